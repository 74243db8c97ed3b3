//! What the driver answers to pages and commands, out of the pipeline's own states (W6).

use super::Watchman;
use crate::clock::now_ms;
use crate::config::RunError;
use crate::model::{HaltRow, PayoutFacts, PeerRow, QueueRow, SignedFields, Status};
use crate::view::Command;
use everpay::EverHash;
use vault::halt::Cause;
use vault::payload::{Call, Payload};
use vault::pipeline::{Approver, Case, Failure, Refusal, Stage, Wait};
use vault::policy::PolicyRule;

impl Watchman {
    pub(super) async fn answer(&mut self, command: Command) -> Result<(), RunError> {
        // Who does not wait for the answer any more gets none.
        match command {
            Command::Queue(reply) => drop(reply.send(self.queue())),
            Command::Facts(hash, reply) => drop(reply.send(self.facts(&hash))),
            Command::Status(reply) => drop(reply.send(self.status())),
            Command::Tell(fact, reply) => {
                let outcome = self.take(*fact).await?;
                drop(reply.send(outcome));
            }
            Command::Unlock(keys, session) => {
                self.hand.become_other(&keys.hand);
                self.session = session;
            }
        }
        Ok(())
    }

    fn queue(&self) -> Vec<QueueRow> {
        let mut rows: Vec<QueueRow> = self.core.pipeline().cases().map(|case| self.row(case)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.burnt_ms, row.ever_hash)));
        rows
    }

    fn facts(&self, ever_hash: &EverHash) -> Option<PayoutFacts> {
        let case = self.core.pipeline().case(ever_hash)?;
        Some(PayoutFacts { row: self.row(case), signed: case.payload().map(fields) })
    }

    fn row(&self, case: &Case) -> QueueRow {
        let burn = case.burn();
        QueueRow {
            ever_hash: burn.ever_hash,
            state: case.stage().name(),
            waits_for: self.core.pipeline().waits_for(&burn.ever_hash, now_ms()).map(|wait| wait_code(&wait)),
            verdict: verdict(case.stage()),
            tag: burn.tag.to_string(),
            amount: burn.amount.to_string(),
            target_amount: burn.target_amount.to_string(),
            chain: burn.chain.clone(),
            to: burn.to.clone(),
            burnt_ms: burn.batch.time_ms,
            since_ms: case.moved_ms(),
            digest: case.payload().map(|payload| payload.digest().to_string()),
            signed_by: case.signatures().map(|one| one.owner().to_string()).collect(),
            needed: self.thresholds.get(&burn.chain).copied(),
            tx: tx(case.stage()),
            accused: case.accused().iter().map(ToString::to_string).collect(),
        }
    }

    pub(super) fn tx_of(&self, ever_hash: &EverHash) -> Option<String> {
        tx(self.core.pipeline().case(ever_hash)?.stage())
    }

    fn status(&self) -> Status {
        let presence = self.network.presence();
        let head = self.core.head();
        Status {
            owner: self.owner.to_string(),
            peer: presence.own.to_string(),
            listening: presence.listening.iter().map(ToString::to_string).collect(),
            journal_entries: head.count,
            journal_head: crypto::hexs::encode0x(&head.hash),
            peers: presence.peers.iter().filter_map(|peering| self.peer(peering)).collect(),
            halts: self.halts(),
            troubles: self.troubles.clone().into_iter().collect(),
        }
    }

    fn peer(&self, peering: &p2p::Peering) -> Option<PeerRow> {
        let owner = self.roster.owner(&peering.id)?;
        Some(PeerRow {
            name: peering.name.clone(),
            owner: owner.to_string(),
            peer: peering.id.to_string(),
            up: peering.up,
            trouble: peering.trouble.map(p2p::Trouble::code),
            position: self.positions.get(&peering.id).cloned(),
            accused: self.core.pipeline().excluded().contains(&owner),
        })
    }

    fn halts(&self) -> Vec<HaltRow> {
        let chains = self.chains.keys().filter_map(|chain| Some((chain, self.core.pipeline().halts().of(chain)?)));
        let rows = chains.flat_map(|(chain, halts)| {
            halts.iter().map(|(key, halt)| HaltRow {
                chain: chain.clone(),
                key: key.clone(),
                cause: cause_code(halt.cause),
                since_ms: halt.since_ms,
            })
        });
        rows.collect()
    }
}

fn tx(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Submitted(submission) => submission.tx.clone(),
        Stage::Executed(execution) | Stage::Closed(execution) => execution.tx.clone(),
        _ => None,
    }
}

fn fields(payload: &Payload) -> SignedFields {
    let reading = payload.reading();
    let (call, token) = match reading.call {
        Call::Coin => ("coin", None),
        Call::Transfer { token } => ("transfer", Some(token)),
        Call::Mint { token } => ("mint", Some(token)),
    };
    SignedFields {
        digest: payload.digest().to_string(),
        id: crypto::hexs::encode0x(&payload.id()),
        chain_id: reading.chain_id.to_string(),
        contract: crypto::eip55(&reading.contract),
        batch: arweave::ArweaveId::from_bytes(reading.batch).to_string(),
        ever_hash: reading.ever_hash.to_string(),
        call,
        token: token.map(|token| crypto::eip55(&token)),
        to: crypto::eip55(&reading.to),
        amount: reading.amount.to_string(),
    }
}

fn verdict(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Held { rule, .. } | Stage::Awaiting { rule } | Stage::Refused(Refusal::Policy(rule)) => {
            Some(rule_text(rule))
        }
        Stage::Approved { by: Approver::Policy } => Some("auto".to_owned()),
        Stage::Approved { by: Approver::Person(name) } => Some(format!("approved by {name}")),
        Stage::Refused(Refusal::Person { by, reason }) => Some(format!("refused by {by}: {reason}")),
        Stage::Failed(Failure::Unpayable(why)) => Some(why.to_string()),
        Stage::Failed(Failure::KeepsFailing) => Some("the vault tried too often and nothing moved".to_owned()),
        _ => None,
    }
}

fn rule_text(rule: &PolicyRule) -> String {
    match rule {
        PolicyRule::Stopped => "stopped".to_owned(),
        PolicyRule::TokenNotListed => "token_not_listed".to_owned(),
        PolicyRule::RecipientUnreadable => "recipient_unreadable".to_owned(),
        PolicyRule::RecipientDenied => "recipient_denied".to_owned(),
        PolicyRule::RecipientNotAllowed => "recipient_not_allowed".to_owned(),
        PolicyRule::PayoutMax { max } => format!("payout_max {max}"),
        PolicyRule::Window { window, .. } => format!("window {} in {} h", window.max, window.hours),
        PolicyRule::RecipientWindow { window, .. } => format!("recipient_window {} in {} h", window.max, window.hours),
        PolicyRule::Delay(delay) => format!("delay {} min above {}", delay.minutes, delay.above),
        PolicyRule::AutoUpTo { limit } => format!("auto_up_to {limit}"),
    }
}

fn wait_code(wait: &Wait) -> &'static str {
    match wait {
        Wait::Depth => "depth",
        Wait::AlertsUnknown => "alerts_unknown",
        Wait::AlertOpen => "alert_open",
        Wait::SourcesUnknown => "sources_unknown",
        Wait::SourcesDisagree => "sources_disagree",
        Wait::Halted => "halted",
        Wait::NotActive => "not_active",
        Wait::ReleaseUnknown => "release_unknown",
        Wait::NoPolicy => "no_policy",
    }
}

fn cause_code(cause: Cause) -> &'static str {
    match cause {
        Cause::Shortfall => "shortfall",
        Cause::MintUndone => "mint_undone",
        Cause::Fraud => "fraud",
        Cause::Person => "person",
    }
}
