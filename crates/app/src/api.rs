//! What a page may ask of the core and what it gets back: the one list of commands and events, in plain data.
//!
//! The desktop shell (IPC) and the headless server (HTTP) are adapters over this file; the TypeScript types and the
//! command map are generated from it. All 64-bit numbers on this surface stay below 2^53. Amounts are integers in base
//! units as decimal text. Instants are Unix milliseconds by the core's clock. The core sends codes and parameters; the
//! sentences are the page's.

mod alerts;
mod heartbeat;
mod ledger;
mod solvency;
mod vaults;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use alerts::*;
pub use heartbeat::*;
pub use ledger::*;
pub use solvency::*;
pub use vaults::*;

/// Declares every command once: its name, request and reply.
macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:literal $variant:ident : $request:ty => $reply:ty;)*) => {
        /// A command with its request, as it crosses IPC or HTTP: `{"command": "...", "request": {...}}`.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "command", content = "request")]
        pub enum Command {
            $($(#[doc = $doc])* #[serde(rename = $name)] $variant($request),)*
        }

        /// The reply to the command of the same name; serialised without a tag.
        #[derive(Debug, Clone, Serialize)]
        #[serde(untagged)]
        pub enum Reply {
            $($(#[doc = $doc])* $variant($reply),)*
        }

        /// `(name, request type, reply type)` of every command, for the generated TypeScript map.
        #[must_use]
        pub fn command_map() -> Vec<(&'static str, String, String)> {
            let config = ts_rs::Config::default();
            vec![$(($name, <$request as TS>::name(&config), <$reply as TS>::name(&config)),)*]
        }

        /// Shows every type of this surface that is not reached through another one to `visitor`.
        pub fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$request>(); visitor.visit::<$reply>();)*
            visitor.visit::<CommandError>();
            visitor.visit::<Event>();
        }
    };
}

commands! {
    /// The heartbeat: everything that stands on every page.
    "status" Status: Nothing => Status;
    /// Which ledger is watched, by which rules, from which sources.
    "network" Network: Nothing => NetworkView;
    /// One mark a minute for the last hour, oldest first.
    "lastHour" LastHour: Nothing => LastHour;
    /// Balances of one account as this machine computed them.
    "balances" Balances: AccountRequest => AccountView;
    /// Accounts seen most recently, newest first.
    "recentAccounts" RecentAccounts: PageRequest => RecentAccounts;
    /// Transactions, newest first.
    "transactions" Transactions: TransactionsRequest => TransactionPage;
    /// One transaction with its verdict and what it changed.
    "transaction" Transaction: HashRequest => TransactionDetail;
    /// Batches, newest first.
    "batches" Batches: PageRequest => BatchPage;
    /// Alerts, open ones first, worst first.
    "alerts" Alerts: Nothing => AlertList;
    /// One alert with its evidence.
    "alert" Alert: AlertRequest => AlertDetail;
    /// Marks an alert as seen by a person; hides nothing.
    "acknowledgeAlert" AcknowledgeAlert: AlertRequest => AlertDetail;
    /// Finds out what a text names.
    "search" Search: SearchRequest => SearchReply;
    /// The chains that assets come from, their vaults and how they are watched.
    "vaultChains" VaultChains: Nothing => VaultChains;
    /// What came into the vaults, newest first.
    "deposits" Deposits: DepositsRequest => DepositPage;
    /// Hands the mint of a deposit to the coordinator. Anybody may do that for any deposit.
    "postMint" PostMint: PostMintRequest => Posted;
    /// What the vaults hold beside what the ledger owes.
    "solvency" Solvency: Nothing => SolvencyView;
    /// Burns and whether they were paid out, newest first.
    "burns" Burns: BurnsRequest => BurnPage;
}
/// The request of a command that needs none: `{}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Why a command could not be answered. The page acts on `code` alone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// A stable code: `invalid_request`, `invalid_account`, `not_found`, `starting`, `core_fault`, `not_watched`; of
    /// `postMint` beside them `not_ready`, `stranded`, `no_coordinator`, `refused`, `unreachable`; of the server
    /// `unauthorized`, `forbidden`, `read_only`, `too_large`, `busy`.
    pub code: String,
    /// For a log or a detail view; not a sentence for people.
    pub message: String,
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PageRequest {
    /// Where the previous page ended; null for the first.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A named text.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// Its text as signed.
    pub value: String,
}

/// Names a chain.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainName {
    /// Chain type, like `ethereum`.
    pub chain: String,
}

/// What the core tells without being asked. A gap in `seq` means: load anew.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Consecutive number.
    #[ts(type = "number")]
    pub seq: u64,
    /// What happened.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "type", content = "data", rename_all = "camelCase")]
pub enum EventBody {
    /// The heartbeat changed.
    Status(Box<Status>),
    /// A batch was applied.
    Batch(BatchRow),
    /// An alert was raised or changed.
    Alert(AlertRow),
    /// Overlay batches were thrown away; lists must be loaded anew.
    Reloaded,
    /// Solvency, halts or burns changed: load them anew where they are shown.
    Vaults,
    /// Deposits of a chain, or how it is watched, changed: load them anew where they are shown.
    Deposits(ChainName),
}
