//! What a page may ask of the core and what it gets back: the one list of commands and events, in plain data.
//!
//! The desktop shell (IPC) and the headless server (HTTP) are adapters over this file; the TypeScript types and the
//! command map are generated from it. All 64-bit numbers on this surface stay below 2^53. Amounts are integers in base
//! units as decimal text. Instants are Unix milliseconds by the core's clock. The core sends codes and parameters; the
//! sentences are the page's.

/// Redacts what its fields hold: requests with secrets are never printed.
macro_rules! redacted {
    ($($name:ident),*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        })*
    };
}

mod alerts;
mod ceremonies;
mod even;
mod heartbeat;
mod keys;
mod ledger;
mod solvency;
mod vaults;
mod watch;
mod withdrawals;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use alerts::*;
pub use ceremonies::*;
pub use even::*;
pub use heartbeat::*;
pub use keys::*;
pub use ledger::*;
pub use solvency::*;
pub use vaults::*;
pub use watch::*;
pub use withdrawals::*;

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

        impl Command {
            /// Its name, for logs: a request may hold what no log may.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }
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
    /// The keystore.
    "keystore" Keystore: Nothing => KeystoreView;
    /// Makes a keystore under a password and leaves it open.
    "createKeystore" CreateKeystore: PasswordRequest => KeystoreView;
    /// Opens the keystore for a while.
    "unlockKeystore" UnlockKeystore: UnlockRequest => KeystoreView;
    /// Ends the unlock now.
    "lockKeystore" LockKeystore: Nothing => KeystoreView;
    /// Keeps the keystore open for as long as is set from now.
    "extendUnlock" ExtendUnlock: Nothing => KeystoreView;
    /// Sets how long an unlock lasts.
    "setAutoLock" SetAutoLock: MinutesRequest => KeystoreView;
    /// Changes the keystore's password.
    "changePassword" ChangePassword: ChangePasswordRequest => KeystoreView;
    /// Makes a phrase for a new account, which is shown once.
    "newPhrase" NewPhrase: PhraseRequest => PhraseView;
    /// Makes the account of the phrase that was shown.
    "addNewAccount" AddNewAccount: NewAccountRequest => KeystoreView;
    /// Takes a key in.
    "importAccount" ImportAccount: ImportRequest => KeystoreView;
    /// Gives a key another label.
    "renameKey" RenameKey: RenameKeyRequest => KeystoreView;
    /// Removes a key, after a confirmation outside the page.
    "removeKey" RemoveKey: KeyRequest => KeystoreView;
    /// Writes an encrypted copy of all keys under its own password, to a file that the person chooses.
    "backupKeystore" BackupKeystore: PasswordRequest => Saved;
    /// Opens a backup that the person chooses and says what restoring it would do.
    "previewRestore" PreviewRestore: PasswordRequest => RestorePreview;
    /// Restores it, after a confirmation outside the page.
    "restoreKeystore" RestoreKeystore: RestoreRequest => KeystoreView;
    /// Writes a text, such as a list as CSV, to a file that the person chooses.
    "saveText" SaveText: SaveTextRequest => Saved;
    /// In which language this program's own windows speak.
    "setLanguage" SetLanguage: LanguageRequest => Nothing;
    /// What can be withdrawn where.
    "withdrawOptions" WithdrawOptions: Nothing => WithdrawOptions;
    /// What a withdrawal would do; changes nothing.
    "quoteWithdrawal" QuoteWithdrawal: WithdrawRequest => WithdrawQuote;
    /// Signs a burn and hands it to the coordinator, after a confirmation outside the page.
    "withdraw" Withdraw: WithdrawRequest => Posted;
    /// The way of a burn to its payment.
    "withdrawal" Withdrawal: HashRequest => WithdrawalView;
    /// The watchman of this program.
    "watchman" Watchman: Nothing => WatchmanView;
    /// Payouts: what waits for a person first.
    "payouts" Payouts: PayoutsRequest => PayoutPage;
    /// One payout with what would be signed and all checks.
    "payout" Payout: HashRequest => PayoutDetail;
    /// Approves a payout, after a confirmation outside the page that shows what is signed.
    "approvePayout" ApprovePayout: HashRequest => PayoutDetail;
    /// Refuses a payout that was not signed yet.
    "refusePayout" RefusePayout: RefuseRequest => PayoutDetail;
    /// Lets a refused or failed payout try again, after a confirmation outside the page.
    "reopenPayout" ReopenPayout: HashRequest => PayoutDetail;
    /// Stops signing, for one chain or all.
    "stopSigning" StopSigning: StopRequest => WatchmanView;
    /// Arms a halted vault again, after a confirmation outside the page.
    "rearmVault" RearmVault: RearmRequest => WatchmanView;
    /// Takes an accused watchman back, after a confirmation outside the page.
    "pardonMember" PardonMember: OwnerRequest => WatchmanView;
    /// The policy in force.
    "policy" Policy: Nothing => PolicyView;
    /// What another policy would change.
    "previewPolicy" PreviewPolicy: TextRequest => ChangePreview;
    /// Puts another policy in force, after a confirmation outside the page that shows what changes.
    "savePolicy" SavePolicy: TextRequest => PolicyView;
    /// The roster in force.
    "roster" Roster: Nothing => RosterView;
    /// What another roster would change.
    "previewRoster" PreviewRoster: TextRequest => ChangePreview;
    /// Puts another roster in force, after a confirmation outside the page that shows what changes.
    "saveRoster" SaveRoster: TextRequest => RosterView;
    /// Sets the watchman of this program up, after a confirmation outside the page.
    "setUpWatchman" SetUpWatchman: SetUpRequest => WatchmanView;
    /// Shared keys, ceremonies and sessions of signing.
    "ceremonies" Ceremonies: Nothing => CeremoniesView;
    /// One ceremony.
    "ceremony" Ceremony: CeremonyRequest => CeremonyDetail;
    /// Invites watchmen to make a key, after a confirmation outside the page.
    "inviteToKey" InviteToKey: InviteRequest => CeremonyDetail;
    /// Says that a member's words were compared.
    "compareMember" CompareMember: CompareRequest => CeremonyDetail;
    /// Joins a ceremony whose words were all compared, after a confirmation outside the page.
    "joinCeremony" JoinCeremony: CeremonyRequest => CeremonyDetail;
    /// Stops a ceremony for everybody.
    "stopCeremony" StopCeremony: CeremonyRequest => CeremonyDetail;
    /// Begins a failed ceremony again under a new id.
    "repeatCeremony" RepeatCeremony: AgainRequest => CeremonyDetail;
    /// Writes the evidence against a culprit to a file that the person chooses.
    "saveCeremonyProof" SaveCeremonyProof: CeremonyRequest => Saved;
    /// Begins a refresh, a removal or a repair, after a confirmation outside the page.
    "startKeyTask" StartKeyTask: KeyTaskRequest => CeremonyDetail;
    /// Writes an encrypted backup of a share and its group to a file that the person chooses.
    "backupShare" BackupShare: ShareBackupRequest => Saved;
    /// Opens a backup that the person chooses and compares it with the share in use; changes nothing.
    "drillShareBackup" DrillShareBackup: ShareBackupRequest => CeremoniesView;
    /// Takes a lost share back from a backup that the person chooses, after a confirmation outside the page.
    "restoreShare" RestoreShare: PasswordRequest => CeremoniesView;
    /// A deposit address of a shared key, with its derivation.
    "keyAddress" KeyAddress: KeyAddressRequest => KeyAddress;
    /// Asks the members of a key to sign a transaction.
    "askToSign" AskToSign: SignRequest => SessionDetail;
    /// One session of signing.
    "session" Session: CeremonyRequest => SessionDetail;
    /// Approves a session, after a confirmation outside the page that shows what is signed.
    "approveSession" ApproveSession: CeremonyRequest => SessionDetail;
    /// Declines it.
    "declineSession" DeclineSession: CeremonyRequest => SessionDetail;
    /// Messages for a member that a person carries to it.
    "carryMessages" CarryMessages: CarryRequest => CarriedMessages;
    /// Takes messages in that a person carried here.
    "takeMessages" TakeMessages: TakeMessagesRequest => CeremoniesView;
    /// The EVEN network as a whole.
    "even" Even: Nothing => EvenView;
    /// Its nodes with their ratings.
    "evenNodes" EvenNodes: EvenNodesRequest => EvenNodesPage;
    /// One node and why it ranks where it does.
    "evenNode" EvenNode: EvenNodeRequest => EvenNodeDetail;
    /// What a node's rating would be with other inputs; changes nothing.
    "evenWhatIf" EvenWhatIf: EvenWhatIfRequest => EvenWhatIf;
    /// The newest messages of the graph.
    "evenMessages" EvenMessages: EvenMessagesRequest => EvenMessages;
    /// One message with its votes.
    "evenMessage" EvenMessage: EvenMessageRequest => EvenMessageDetail;
    /// Puts a node on the watch-list or takes it off.
    "watchEvenNode" WatchEvenNode: WatchEvenRequest => EvenView;
    /// Starts a practice network in this program.
    "startEven" StartEven: StartEvenRequest => EvenView;
    /// Stops it.
    "stopEven" StopEven: Nothing => EvenView;
}
/// The request of a command that needs none: `{}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Why a command could not be answered. The page acts on `code` alone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// A stable code: `invalid_request`, `invalid_account`, `not_found`, `starting`, `core_fault`, `not_watched`; of
    /// `postMint` and `withdraw` beside them `not_ready`, `stranded`, `no_coordinator`, `refused`, `unreachable`; of keys
    /// `no_keystore`, `keystore_exists`, `locked`, `wrong_password`, `weak_password`, `bad_key`, `bad_label`, `key_exists`,
    /// `no_phrase`, `wrong_words`, `in_use`, `file`; of the watchman `not_set_up`, `not_running`, `refused`; of shared keys
    /// `not_compared`, `key_unknown` (a watchman never said its ceremony key), `too_few`, `key_busy`, `in_doubt`, `known`,
    /// `outdated`, `no_share`, `bad_psbt`, `bad_backup`, `bad_text`; of what a person must confirm outside the page
    /// `needs_window` (this shell has none), `declined`; of the server `unauthorized`, `forbidden`, `read_only`, `too_large`,
    /// `busy`.
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

/// A language.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LanguageRequest {
    /// `en` or `zh`.
    pub language: String,
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
    /// The keystore was opened, locked or changed: load it anew where it is shown.
    Keystore,
    /// The watchman, or a payout, changed: load them anew where they are shown.
    Watchman,
    /// Shared keys, a ceremony or a session changed: load them anew where they are shown.
    Ceremonies,
    /// The EVEN network changed: load it anew where it is shown.
    Even,
}
