//! What a person decides: approving and refusing payouts, taking a watchman back.
//!
//! What always holds: what lets more happen is asked in a window that no page reaches and needs an open keystore; what is
//! approved after the answer is the digest that was asked about.

use std::sync::Arc;

use keystore::Session;
use vault::signature::{Digest, Owner};
use watchman::{NAME_LEN_MAX, PayoutFacts};

use super::questions::{self, Payment, Retry};
use super::{Answer, Guard, detail, not_done};
use crate::api::{CommandError, EventBody, OwnerRequest, PayoutDetail, RefuseRequest, WatchmanView};
use crate::confirm::Draft;
use crate::door;
use crate::notify::sum;

impl Guard<'_> {
    /// Asks outside the page; an error unless the answer is yes.
    pub(super) async fn ask(&self, question: Draft) -> Answer<()> {
        self.shared.asker.confirm(question).await
    }

    /// The open keystore.
    pub(super) fn unlocked(&self) -> Answer<Arc<Session>> {
        self.shared.keys.session().ok_or_else(|| CommandError::new("locked", "the keystore is locked"))
    }

    pub(super) fn changed(&self) {
        self.shared.hub.publish(EventBody::Watchman);
    }

    pub(crate) async fn approve(&self, hash: &str) -> Answer<PayoutDetail> {
        let facts = self.facts(hash).await?;
        match detail::why_not(&facts, self.here()) {
            None => {}
            Some(code @ ("locked" | "needs_window")) => {
                return Err(CommandError::new(code, "it cannot be approved here now"));
            }
            Some(why) => return Err(CommandError::new("refused", why)),
        }
        let payment = self.payment(&facts)?;
        self.ask(questions::approve(&payment)).await?;
        self.unlocked()?;
        // What would be signed may have changed while the window stood open.
        if self.payment(&self.facts(hash).await?)? != payment {
            return Err(CommandError::new("refused", "what would be signed is no longer what was approved"));
        }
        let digest: Digest =
            payment.digest.parse().map_err(|_| CommandError::new("core_fault", "a digest of our own"))?;
        self.running()?.approve(facts.row.ever_hash, digest, &person()).await.map_err(not_done)?;
        self.decided(hash).await
    }

    /// Out of the bytes that would be signed, read back.
    fn payment(&self, facts: &PayoutFacts) -> Answer<Payment> {
        let none = || CommandError::new("refused", "nothing would be signed for it yet");
        let signed = facts.signed.as_ref().ok_or_else(none)?;
        let row = super::rows::row(&facts.row, Some(&self.rules));
        let amount = sum(&signed.amount, row.target_decimals, &row.symbol).ok_or_else(none)?;
        Ok(Payment {
            amount,
            to: signed.to.clone(),
            chain: row.chain,
            chain_id: signed.chain_id.clone(),
            contract: signed.contract.clone(),
            token: signed.token.clone(),
            batch: signed.batch.clone(),
            ever_hash: signed.ever_hash.clone(),
            words: facts.words.join(" "),
            digest: signed.digest.clone(),
        })
    }

    pub(crate) async fn refuse(&self, request: &RefuseRequest) -> Answer<PayoutDetail> {
        self.unlocked()?;
        let hash = door::ever_hash(&request.ever_hash)?;
        self.running()?.refuse(hash, &person(), &request.reason).await.map_err(not_done)?;
        self.decided(&request.ever_hash).await
    }

    pub(crate) async fn reopen(&self, hash: &str) -> Answer<PayoutDetail> {
        self.unlocked()?;
        let facts = self.facts(hash).await?;
        let row = super::rows::row(&facts.row, Some(&self.rules));
        let amount = sum(&row.amount, row.decimals, &row.symbol).unwrap_or_default();
        let why = facts.row.verdict.clone().unwrap_or_default();
        let retry = Retry { amount, to: row.to, ever_hash: row.ever_hash, why };
        self.ask(questions::reopen(&retry)).await?;
        self.unlocked()?;
        self.running()?.reopen(facts.row.ever_hash, &person()).await.map_err(not_done)?;
        self.decided(hash).await
    }

    pub(crate) async fn pardon(&self, request: &OwnerRequest) -> Answer<WatchmanView> {
        self.unlocked()?;
        let running = self.running()?;
        let owner: Owner = request.owner.parse().map_err(super::rules::invalid)?;
        let member = self.watchman().await?.members.into_iter().find(|member| member.owner == owner.to_string());
        let member = member.ok_or_else(|| CommandError::new("not_found", "no such watchman"))?;
        self.ask(questions::pardon(&member.name, &member.owner)).await?;
        self.unlocked()?;
        running.pardon(owner, &person()).await.map_err(not_done)?;
        self.changed();
        self.watchman().await
    }

    async fn decided(&self, hash: &str) -> Answer<PayoutDetail> {
        self.changed();
        self.payout(hash).await
    }
}

/// Who decides, for the journal: the system's name of the user, which is a note and no proof.
pub(super) fn person() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).ok();
    let usable =
        name.filter(|name| !name.is_empty() && name.len() <= NAME_LEN_MAX && !name.chars().any(char::is_control));
    usable.unwrap_or_else(|| "a person at the window".to_owned())
}
