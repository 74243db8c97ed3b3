//! What the pipeline asks for, done: short jobs beside the driver, each bounded in time, each answering with facts.

use super::Watchman;
use crate::agenda::{Key, Kind};
use crate::clock::now_ms;
use crate::config::RunError;
use crate::talk::{self, Talk};
use everpay::EverHash;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::task::JoinError;
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Case, Effect, Fact, Notice};
use vault::signature::{SignedPayload, VerifiedSignature};

/// Longest time of one effect.
const EFFECT_MAX: Duration = Duration::from_secs(120);

/// What an effect came to.
#[derive(Debug)]
pub(super) struct Done {
    key: Key,
    facts: Vec<BurnFact>,
    part: String,
    trouble: Option<String>,
}

/// What an effect answers: facts about its burn, and why it failed.
type Outcome = (Vec<BurnFact>, Option<String>);

impl Watchman {
    /// Begins an effect, unless it runs or has to wait. Gives the fact that answers it at once, if one does.
    pub(super) fn perform(&mut self, effect: Effect) -> Option<Fact> {
        match effect {
            Effect::StoreIntent { ever_hash, digest } => {
                return Some(Fact::Burn(ever_hash, BurnFact::IntentStored { digest }));
            }
            Effect::CheckRelease { ever_hash } => self.check_release(ever_hash),
            Effect::Sign { ever_hash, payload } => self.sign(ever_hash, payload),
            Effect::Publish { signed } => self.publish(&signed),
            Effect::Submit { ever_hash, payload, signatures, .. } => self.submit(ever_hash, payload, signatures),
            Effect::SubmitOwn { signed } => self.submit_own(&signed),
            Effect::RaiseFee { ever_hash, tx, .. } => self.raise_fee(ever_hash, tx),
            Effect::Announce { ever_hash, tx } => self.announce(ever_hash, &tx),
            // The chain is looked at all the time.
            Effect::Watch { .. } => {}
            Effect::AskPerson { ever_hash, digest, .. } => {
                if self.asked.insert((ever_hash, digest)) {
                    self.notify(Some(ever_hash), "ask", digest.to_string());
                }
            }
            // The replay is told at the next tick.
            Effect::Accuse { signed } => {
                let ever_hash = signed.payload().reading().ever_hash;
                self.notify(Some(ever_hash), "accused", signed.signature().owner().to_string());
            }
            Effect::Notify { ever_hash, notice } => {
                self.notify(Some(ever_hash), code(notice), self.tx_of(&ever_hash).unwrap_or_default());
            }
        }
        None
    }

    /// Takes what an effect came to.
    pub(super) async fn done(&mut self, done: Result<Done, JoinError>) -> Result<(), RunError> {
        let Ok(done) = done else { return Ok(()) };
        let (kind, ever_hash) = done.key;
        self.agenda.end(done.key, now_ms());
        self.trouble(&done.part, done.trouble);
        let sent = done.facts.iter().find_map(|fact| match fact {
            BurnFact::Sent { tx } => Some(tx.clone()),
            _ => None,
        });
        self.take_all(done.facts.into_iter().map(|fact| Fact::Burn(ever_hash, fact))).await?;
        if let (Some(tx), Kind::Submit | Kind::Raise) = (sent, kind) {
            self.notify(Some(ever_hash), "sent", tx);
        }
        Ok(())
    }

    /// Runs a job beside the driver, unless one of its kind runs for that burn or has to wait.
    pub(super) fn begin(&mut self, key: Key, part: String, job: impl Future<Output = Outcome> + Send + 'static) {
        if !self.agenda.begin(key, now_ms()) {
            return;
        }
        self.jobs.spawn(async move {
            let outcome = AssertUnwindSafe(tokio::time::timeout(EFFECT_MAX, job)).catch_unwind().await;
            let (facts, trouble) = match outcome {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => (given_up(key.0), Some("it took too long".to_owned())),
                Err(_) => (given_up(key.0), Some("a defect of this program".to_owned())),
            };
            Done { key, facts, part, trouble }
        });
    }

    fn chain_of(&self, ever_hash: &EverHash) -> Option<(String, super::Chain)> {
        let chain = &self.core.pipeline().case(ever_hash)?.burn().chain;
        Some((chain.clone(), self.chains.get(chain)?.clone()))
    }

    /// The chain whose vault is this contract.
    pub(super) fn chain_with(&self, contract: &[u8; 20]) -> Option<String> {
        let mut chains = self.chains.iter();
        chains.find_map(|(name, chain)| (chain.judge.tokens().vault() == *contract).then(|| name.clone()))
    }

    fn check_release(&mut self, ever_hash: EverHash) {
        let Some((name, chain)) = self.chain_of(&ever_hash) else { return };
        self.begin((Kind::Check, ever_hash), format!("check/{name}"), async move {
            match crate::chain::released(&chain.judge, ever_hash).await {
                Ok(true) => (vec![BurnFact::Released], None),
                Ok(false) => (vec![BurnFact::NotReleased], None),
                Err(why) => (Vec::new(), Some(why.to_string())),
            }
        });
    }

    fn sign(&mut self, ever_hash: EverHash, payload: Payload) {
        let hand = self.hand.clone();
        self.begin((Kind::Sign, ever_hash), "keystore".to_owned(), async move {
            match tokio::task::spawn_blocking(move || hand.sign(&payload)).await {
                Ok(Ok(signature)) => (vec![BurnFact::OwnSignature(signature)], None),
                Ok(Err(why)) => (Vec::new(), Some(why.to_string())),
                Err(_) => (Vec::new(), Some("signing was given up".to_owned())),
            }
        });
    }

    fn publish(&mut self, signed: &SignedPayload) {
        let ever_hash = signed.payload().reading().ever_hash;
        self.broadcast((Kind::Publish, ever_hash), &Talk::Signed(Box::new(signed.clone())));
    }

    fn announce(&mut self, ever_hash: EverHash, tx: &str) {
        let Ok(tx) = crypto::hexs::decode_array(tx) else { return };
        self.broadcast((Kind::Announce, ever_hash), &Talk::Submitted { ever_hash, tx });
    }

    fn broadcast(&mut self, key: Key, talk: &Talk) {
        let (network, bytes) = (self.network.clone(), talk.encode());
        self.begin(key, "network".to_owned(), async move {
            let sent = network.broadcast(&talk::payouts(), bytes).await;
            // Nobody to hear it is no trouble of ours; it is said again.
            let trouble = sent.err().filter(|why| *why != p2p::BroadcastError::Nobody);
            (Vec::new(), trouble.map(|why| why.to_string()))
        });
    }

    fn submit(&mut self, ever_hash: EverHash, payload: Payload, signatures: Vec<VerifiedSignature>) {
        let Some((name, chain)) = self.chain_of(&ever_hash) else { return };
        self.begin((Kind::Submit, ever_hash), format!("submit/{name}"), async move {
            match chain.desk.submit(&payload, &signatures).await {
                Ok(tx) => (vec![BurnFact::Sent { tx }], None),
                Err(why) => (vec![BurnFact::SendFailed], Some(why.to_string())),
            }
        });
    }

    fn submit_own(&mut self, signed: &SignedPayload) {
        let (payload, signature) = (signed.payload().clone(), signed.signature().clone());
        let ever_hash = payload.reading().ever_hash;
        let Some((name, chain)) = self.chain_of(&ever_hash) else { return };
        self.begin((Kind::SubmitOwn, ever_hash), format!("submit/{name}"), async move {
            let sent = chain.desk.submit_own(&payload, &signature).await;
            (Vec::new(), sent.err().map(|why| why.to_string()))
        });
    }

    /// Frees the nonces of submissions that are not needed any more, whose transactions keep later ones waiting.
    pub(super) fn clear_slots(&mut self) {
        let patience =
            self.core.pipeline().setup().map_or(Duration::MAX, |setup| Duration::from_millis(setup.timing.patience_ms));
        let pipeline = self.core.pipeline();
        let is_needless = |hash: &EverHash| pipeline.case(hash).is_none_or(Case::is_paid);
        let slots = self.chains.iter().flat_map(|(name, chain)| {
            let burns = chain.desk.burns().into_iter().filter(is_needless);
            burns.map(move |hash| (hash, name.clone(), chain.desk.clone()))
        });
        for (ever_hash, name, desk) in slots.collect::<Vec<_>>() {
            self.begin((Kind::Clear, ever_hash), format!("submit/{name}"), async move {
                (Vec::new(), desk.clear(ever_hash, patience).await.err().map(|why| why.to_string()))
            });
        }
    }

    fn raise_fee(&mut self, ever_hash: EverHash, tx: String) {
        let Some((name, chain)) = self.chain_of(&ever_hash) else { return };
        let Some(case) = self.core.pipeline().case(&ever_hash) else { return };
        let Some(payload) = case.payload().cloned() else { return };
        let signatures: Vec<_> = case.signatures().cloned().collect();
        self.begin((Kind::Raise, ever_hash), format!("submit/{name}"), async move {
            match chain.desk.raise(&payload, &signatures).await {
                Ok(fresh) => (vec![BurnFact::Sent { tx: fresh.unwrap_or(tx) }], None),
                Err(why) => (vec![BurnFact::SendFailed], Some(why.to_string())),
            }
        });
    }
}

/// What is told when an effect was given up: what the pipeline waits for must not stay unanswered for ever.
fn given_up(kind: Kind) -> Vec<BurnFact> {
    match kind {
        Kind::Submit | Kind::Raise => vec![BurnFact::SendFailed],
        _ => Vec::new(),
    }
}

fn code(notice: Notice) -> &'static str {
    match notice {
        Notice::Forbidden => "forbidden",
        Notice::Quorum => "quorum",
        Notice::Stuck => "stuck",
        Notice::Paid => "paid",
        Notice::PaidOtherwise => "paid_otherwise",
        Notice::PayoutUndone => "payout_undone",
        Notice::Failed => "failed",
        Notice::BatchGone => "batch_gone",
    }
}
