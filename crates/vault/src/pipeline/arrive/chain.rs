//! Facts about submissions, and what the chain says of a payout.

use super::Arrival;
use crate::pipeline::case::{Execution, Failure, Stage, Submission};
use crate::pipeline::effect::{Effect, Notice};
use crate::pipeline::fact::{BurnFact, Ignored};

/// How often one peer's word about a submission is taken, per burn.
const CLAIMS_MAX: u32 = 2;

impl Arrival<'_> {
    pub(super) fn submission(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        let (me, timing) = (self.world.setup()?.me, self.world.setup()?.timing);
        let case = &mut *self.case;
        match (&mut case.stage, fact) {
            (Stage::Submitted(submission), BurnFact::Sent { tx })
                if submission.by == me && (submission.tx.is_none() || submission.raise_due) =>
            {
                (submission.tx, submission.raise_due) = (Some(tx.clone()), false);
                submission.at_ms = self.now_ms;
                self.effects.push(Effect::Announce { ever_hash: case.burn.ever_hash, tx: tx.clone() });
            }
            (Stage::Submitted(submission), BurnFact::SendFailed) if submission.by == me && submission.tx.is_none() => {
                let not_before_ms = self.now_ms.saturating_add(timing.slot_ms);
                case.stage = Stage::Quorum { not_before_ms };
            }
            (Stage::Submitted(submission), BurnFact::SendFailed) if submission.by == me && submission.raise_due => {
                (submission.raise_due, submission.at_ms) = (false, self.now_ms);
            }
            (Stage::Submitted(submission), BurnFact::SubmissionStuck)
                if submission.by == me
                    && submission.tx.is_some()
                    && !submission.raise_due
                    && submission.raises < timing.raises_max =>
            {
                (submission.raises, submission.raise_due) = (submission.raises + 1, true);
                self.notify(Notice::Stuck);
            }
            // A peer's word delays us by our patience, a bounded number of times.
            (Stage::Quorum { .. }, BurnFact::SubmissionSeen { tx, by }) => {
                let active = self.world.active(&case.burn.chain, self.now_ms);
                let claims = case.claims.entry(*by).or_default();
                if *by == me || !active.contains(by) || *claims >= CLAIMS_MAX {
                    return Err(Ignored::NotBelieved);
                }
                *claims += 1;
                let (at_ms, tx) = (self.now_ms, Some(tx.clone()));
                case.stage = Stage::Submitted(Submission { by: *by, at_ms, tx, raises: 0, raise_due: false });
            }
            _ => return case.not_now(),
        }
        Ok(())
    }

    /// W3: what the chain says counts in every state.
    pub(super) fn chain(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        let case = &mut *self.case;
        match (&mut case.stage, fact) {
            (Stage::Executed(execution), BurnFact::Execution { tx, block, .. }) => {
                let now = Execution { tx: Some(tx.clone()), block: Some(*block) };
                if *execution == now {
                    return Err(Ignored::NoChange);
                }
                *execution = now;
            }
            (Stage::Closed(_), BurnFact::Execution { .. })
            | (Stage::Executed(_) | Stage::Closed(_), BurnFact::Released) => return Err(Ignored::NoChange),
            (_, BurnFact::Execution { tx, block, id }) => {
                let as_signed = case.payload.as_ref().is_none_or(|payload| payload.id() == *id);
                self.paid(Execution { tx: Some(tx.clone()), block: Some(*block) });
                self.notify(if as_signed { Notice::Paid } else { Notice::PaidOtherwise });
            }
            (_, BurnFact::Released) => {
                self.paid(Execution { tx: None, block: None });
                self.notify(Notice::Paid);
            }
            (Stage::Executed(execution), BurnFact::ExecutionFinal) => case.stage = Stage::Closed(execution.clone()),
            // The only way back: a reorganisation.
            (Stage::Executed(_) | Stage::Closed(_), BurnFact::ExecutionUndone) => {
                self.undone();
                self.notify(Notice::PayoutUndone);
            }
            // Nothing moved and nothing was consumed; tried again, ever later, a bounded number of times.
            (Stage::Quorum { .. } | Stage::Submitted(_), BurnFact::ExecutionFailed { tx }) => {
                if case.failed_tx.as_ref() == Some(tx) {
                    return Err(Ignored::NoChange);
                }
                let timing = self.world.setup()?.timing;
                (case.failures, case.failed_tx) = (case.failures + 1, Some(tx.clone()));
                let later_ms = timing.slot_ms.saturating_mul(1 << case.failures.min(10));
                case.stage = Stage::Quorum { not_before_ms: self.now_ms.saturating_add(later_ms) };
                if case.failures >= timing.failures_max {
                    case.stage = Stage::Failed(Failure::KeepsFailing);
                    self.notify(Notice::Failed);
                }
            }
            _ => return case.not_now(),
        }
        Ok(())
    }

    fn paid(&mut self, execution: Execution) {
        let before = std::mem::replace(&mut self.case.stage, Stage::Executed(execution));
        let declined = matches!(before, Stage::Refused(_) | Stage::Failed(Failure::Unpayable(_)));
        // Counts in the policy's windows, whoever approved it. What was paid before we ever judged it may have been paid at
        // any time since its batch: it must not fill the windows of today.
        let counts_ms = if before == Stage::Seen { self.case.burn.batch.time_ms.min(self.now_ms) } else { self.now_ms };
        self.case.declined = declined.then_some(before);
        self.case.counted_ms.get_or_insert(counts_ms);
    }

    /// Back to where its signatures are: `advance` finds out whether they are a quorum.
    fn undone(&mut self) {
        let case = &mut *self.case;
        case.unreleased_ms = None;
        let me = self.world.setup.as_ref().map(|setup| setup.me);
        if let Some(declined) = case.declined.take() {
            (case.stage, case.counted_ms) = (declined, None);
            return;
        }
        case.stage = if me.is_some_and(|me| case.signatures.contains_key(&me)) {
            Stage::Signed { since_ms: self.now_ms, alone: 0 }
        } else if case.intent.is_some() {
            Stage::Intended
        } else {
            case.counted_ms = None;
            Stage::Seen
        };
    }
}
