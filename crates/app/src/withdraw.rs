//! Withdrawing: what can be paid out where, what it would cost, the burn signed here, and its way to the payment.
//!
//! What always holds: nothing is signed that a person did not confirm outside the page; the question is made of the
//! transaction that is signed, and only its nonce, the clock, is set after the answer; a withdrawal whose fate is not known
//! is handed in again as it is, never signed a second time.
//! What it does not do: judge. The ledger does, here as everywhere by this machine's own replay; the coordinator's word is
//! shown as its word.
//! Source: sections 5, 8 and 10 of the protocol (tokens, burns, nonces), and what the SDK's `withdraw` sends.

mod options;
mod path;
mod quote;
mod recipient;
mod send;
mod sent;

use std::time::Duration;

use detector::View;
use detector::model::{BurnFilter, BurnState};
use everpay::{AccountId, Rules, TokenTag};
use oracle::network::NetworkFile;
use vault_evm::watch::Coordinator;

use crate::api::{CommandError, WithdrawOptions, WithdrawQuote, WithdrawRequest};
use crate::core::Shared;
use crate::door;

pub(crate) use options::payable_on;
use quote::Payer;
use sent::Sent;

/// Burns of an account that are looked through for a recipient, page by page.
const PAGE: u32 = 200;
const PAGES_MAX: usize = 5;
/// The coordinator gets this long to say what it claims; the page shows the rest without it.
const CLAIM_TIME: Duration = Duration::from_millis(1_500);

type Answer<T> = Result<T, CommandError>;

/// What outlives one command.
#[derive(Debug)]
pub(crate) struct Withdrawals {
    coordinator: Option<Coordinator>,
    sent: Sent,
}

impl Withdrawals {
    pub(crate) fn new(network: &NetworkFile) -> Self {
        let coordinator = network.coordinator.as_deref().and_then(Coordinator::new);
        // A client that cannot be made is the same as none: what needs one says so.
        Self { coordinator: coordinator.and_then(Result::ok), sent: Sent::default() }
    }
}

/// Answers from one view of the ledger.
pub(crate) struct Withdraw<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) view: &'a View,
}

impl Withdraw<'_> {
    fn here(&self) -> &Withdrawals {
        &self.shared.withdrawals
    }

    fn rules(&self) -> Rules {
        self.view.rules().map_or_else(|| self.shared.network.rules.clone(), |rules| (*rules).clone())
    }

    /// What can be withdrawn where.
    pub(crate) fn options(&self) -> WithdrawOptions {
        WithdrawOptions { coordinator: self.here().coordinator.is_some(), tokens: options::tokens(&self.rules()) }
    }

    /// What a withdrawal would do.
    ///
    /// # Errors
    /// `invalid_account`, `invalid_request`, `not_found` for a token that is not listed.
    pub(crate) async fn quote(&self, request: &WithdrawRequest) -> Answer<WithdrawQuote> {
        for text in [&request.account, &request.tag, &request.chain, &request.to, &request.amount] {
            door::text(text)?;
        }
        let from = door::account(&request.account)?;
        let tag = TokenTag::from_text(&request.tag);
        let info = self.view.account(&from);
        let has = info.balances.iter().find(|(own, _, _)| *own == tag).map(|(_, amount, _)| *amount);
        let payer = Payer { has: has.unwrap_or_default(), ours: self.shared.keys.holds(&from) };
        let mut quote = quote::quote(&self.rules(), self.here().coordinator.is_some(), payer, request)?;
        quote.known_recipient = self.was_paid(from, &request.chain, &quote.to).await?;
        Ok(quote)
    }

    /// Whether this ledger has paid `to` for `from` before, as far back as is looked.
    async fn was_paid(&self, from: AccountId, chain: &str, to: &str) -> Answer<bool> {
        let Ok(to) = AccountId::parse(to) else { return Ok(false) };
        let filter = BurnFilter { account: Some(from), waiting_only: false };
        let mut before = None;
        for _ in 0..PAGES_MAX {
            let page = self.view.burns(&filter, before, PAGE).await;
            let page = page.map_err(|fault| CommandError::new("core_fault", fault))?;
            let mut rows = page.rows.iter().filter(|burn| burn.state == BurnState::Paid && burn.chain == chain);
            if rows.any(|burn| AccountId::parse(&burn.to) == Ok(to)) {
                return Ok(true);
            }
            let Some(next) = page.next else { break };
            before = Some(next);
        }
        Ok(false)
    }
}
