//! A burn as pages see it: where it stands, what it waits for, who signed, which rules hold.

use super::{Watchman, text};
use crate::clock::now_ms;
use crate::model::{
    CheckResult, Limit, PassedRow, PayoutFacts, QueueRow, RuleCheck, SignerRow, SignerState, SourcesRow,
};
use everpay::EverHash;
use std::cmp::Reverse;
use vault::payload::Field;
use vault::pipeline::{Case, Passed, Sources, Stage};
use vault::signature::Owner;
use vault::words::check_words;

/// Most rows of one answer.
const ROWS_MAX: usize = 2_000;

impl Watchman {
    pub(super) fn queue(&self) -> Vec<QueueRow> {
        let mut cases: Vec<&Case> = self.core.pipeline().cases().collect();
        let newest = |case: &&Case| Reverse((case.burn().batch.time_ms, case.burn().ever_hash));
        cases.sort_by_key(|case| (matches!(case.stage(), Stage::Closed(_)), newest(case)));
        cases.truncate(ROWS_MAX);
        cases.sort_by_key(newest);
        cases.into_iter().map(|case| self.row(case)).collect()
    }

    pub(super) fn facts(&self, ever_hash: &EverHash) -> Option<PayoutFacts> {
        let pipeline = self.core.pipeline();
        let case = pipeline.case(ever_hash)?;
        let words = case.payload().map(|payload| check_words(payload.digest().as_bytes()).to_vec());
        Some(PayoutFacts {
            row: self.row(case),
            signed: case.payload().map(text::fields),
            words: words.unwrap_or_default(),
            counts: self.counts(case),
            checks: self.checks(case),
            sources: pipeline.sources().map(sources),
            history: case.passed().iter().map(passed).collect(),
        })
    }

    fn row(&self, case: &Case) -> QueueRow {
        let burn = case.burn();
        let waits_for = self.core.pipeline().waits_for(&burn.ever_hash, now_ms());
        QueueRow {
            ever_hash: burn.ever_hash,
            state: case.stage().name(),
            waits_for: waits_for.map(|wait| text::wait_code(&wait)),
            verdict: text::verdict(case.stage()),
            approver: case.approver().map(text::approver),
            tag: burn.tag.to_string(),
            amount: burn.amount.to_string(),
            target_amount: burn.target_amount.to_string(),
            chain: burn.chain.clone(),
            to: burn.to.clone(),
            burnt_ms: burn.batch.time_ms,
            since_ms: case.moved_ms(),
            digest: case.payload().map(|payload| payload.digest().to_string()),
            signed_by: case.signatures().map(|one| one.owner().to_string()).collect(),
            needed: self.core.pipeline().owners(&burn.chain).map(|(_, threshold)| threshold),
            tx: text::tx(case.stage()),
            accused: case.accused().map(ToString::to_string).collect(),
            signers: self.signers(case),
            can_reopen: text::can_reopen(case.stage()),
        }
    }

    pub(super) fn tx_of(&self, ever_hash: &EverHash) -> Option<String> {
        text::tx(self.core.pipeline().case(ever_hash)?.stage())
    }

    /// Until when a member is in quarantine; `None` for one that is not.
    pub(super) fn quarantine_until_ms(&self, owner: &Owner) -> Option<u64> {
        let roster = self.core.pipeline().roster()?;
        let until_ms = roster.quarantined_until_ms(roster.member(owner)?);
        (until_ms > now_ms()).then_some(until_ms)
    }

    fn signers(&self, case: &Case) -> Vec<SignerRow> {
        let presence = self.network.presence();
        let is_up = |owner: &Owner| {
            let peer = self.roster.peer(owner).and_then(|id| presence.peer(&id));
            *owner == self.owner || peer.is_some_and(|peer| peer.up)
        };
        let members = self.core.pipeline().roster().into_iter().flat_map(|roster| roster.members());
        let rows = members.map(|member| SignerRow {
            owner: member.owner.to_string(),
            name: member.name.clone(),
            is_me: member.owner == self.owner,
            state: self.signer_state(case, &member.owner, is_up(&member.owner)),
            up: is_up(&member.owner),
            quarantine_until_ms: self.quarantine_until_ms(&member.owner),
        });
        rows.collect()
    }

    fn signer_state(&self, case: &Case, owner: &Owner, is_up: bool) -> SignerState {
        let pipeline = self.core.pipeline();
        let owners = pipeline.owners(&case.burn().chain);
        if pipeline.excluded().contains(owner) || case.accused().any(|one| one == owner) {
            SignerState::Accused
        } else if case.signatures().any(|one| one.owner() == *owner) {
            SignerState::Signed
        } else if owners.is_some_and(|(owners, _)| !owners.contains(owner)) {
            SignerState::NotOwner
        } else if self.quarantine_until_ms(owner).is_some() {
            SignerState::Quarantine
        } else if is_up {
            SignerState::NotYet
        } else {
            SignerState::Unreachable
        }
    }

    fn counts(&self, case: &Case) -> Vec<Limit> {
        let burn = case.burn();
        let limits = self.core.pipeline().limits(&burn.ever_hash, now_ms()).into_iter();
        let rows = limits.map(|limit| Limit {
            rule: limit.rule,
            spent: limit.spent.map(|spent| spent.to_string()),
            max: limit.max.to_string(),
            amount: burn.amount.to_string(),
            hours: limit.hours,
            until_ms: limit.until_ms,
        });
        rows.collect()
    }

    fn checks(&self, case: &Case) -> Vec<RuleCheck> {
        let check = |rule, (result, fact)| RuleCheck { rule, result, fact };
        vec![
            check("W1", self.depth(case)),
            check("W2", self.alerts()),
            check("W3", self.unreleased(case)),
            check("W4", approval(case)),
            check(
                "W5",
                case.intent().map_or((CheckResult::NotReached, String::new()), |intent| {
                    (CheckResult::Holds, intent.to_string())
                }),
            ),
            check("W6", self.decoding(case)),
        ]
    }

    fn depth(&self, case: &Case) -> (CheckResult, String) {
        let tip = self.standing.as_ref().and_then(|standing| standing.tip);
        let had = tip.and_then(|tip| tip.saturating_add(1).checked_sub(case.burn().batch.height));
        let needed = self.core.pipeline().setup().map_or(0, |setup| setup.depth_min);
        let fact = format!("{}/{needed}", had.map_or_else(|| "?".to_owned(), |had| had.to_string()));
        let result = match case.is_deep() {
            true => CheckResult::Holds,
            // The replay looked and its batch is gone, after we had committed to sign.
            false if case.intent().is_some() && self.standing.is_some() => CheckResult::Fails,
            false => CheckResult::NotReached,
        };
        (result, fact)
    }

    fn alerts(&self) -> (CheckResult, String) {
        match self.core.pipeline().alerts() {
            None => (CheckResult::NotReached, String::new()),
            Some(open) if open.is_empty() => (CheckResult::Holds, String::new()),
            Some(open) => (CheckResult::Fails, open.iter().cloned().collect::<Vec<_>>().join(",")),
        }
    }

    fn unreleased(&self, case: &Case) -> (CheckResult, String) {
        let Some(at_ms) = case.unreleased_ms() else { return (CheckResult::NotReached, String::new()) };
        let fresh_ms = self.core.pipeline().setup().map_or(0, |setup| setup.timing.fresh_ms);
        // What was signed was signed on a fresh word.
        let counts = !matches!(case.stage(), Stage::Approved { .. } | Stage::Intended)
            || now_ms().saturating_sub(at_ms) <= fresh_ms;
        (if counts { CheckResult::Holds } else { CheckResult::NotReached }, at_ms.to_string())
    }

    fn decoding(&self, case: &Case) -> (CheckResult, String) {
        let vault = self.core.pipeline().setup().and_then(|setup| setup.vaults.get(&case.burn().chain));
        let Some((payload, vault)) = case.payload().zip(vault) else {
            return (CheckResult::NotReached, String::new());
        };
        let result = match payload.reading().differs(case.burn(), vault) {
            None => CheckResult::Holds,
            // The number is that of the batch under which the intent was stored.
            Some(Field::Batch) if case.intent().is_some() => CheckResult::Holds,
            Some(_) => CheckResult::Fails,
        };
        (result, crypto::hexs::encode0x(&payload.id()))
    }
}

fn approval(case: &Case) -> (CheckResult, String) {
    match (case.approver(), case.stage()) {
        (Some(by), _) => (CheckResult::Holds, text::approver(by)),
        (None, stage @ Stage::Refused(_)) => (CheckResult::Fails, text::verdict(stage).unwrap_or_default()),
        (None, stage) => (CheckResult::NotReached, text::verdict(stage).unwrap_or_default()),
    }
}

/// The sources as pages see them.
pub(super) fn sources(sources: &Sources) -> SourcesRow {
    let Sources { agreeing, needed, differing } = sources;
    SourcesRow { agreeing: *agreeing, needed: *needed, differing: differing.iter().cloned().collect() }
}

fn passed(passed: &Passed) -> PassedRow {
    let detail = text::verdict(&passed.stage).or_else(|| text::tx(&passed.stage)).unwrap_or_default();
    PassedRow { state: passed.stage.name(), at_ms: passed.at_ms, detail }
}
