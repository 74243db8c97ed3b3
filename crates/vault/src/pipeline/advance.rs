//! What follows by itself, from what is known and from time: an arm per state.

use super::case::{Approver, Case, Refusal, Stage, Submission};
use super::effect::{Effect, Notice};
use super::fact::Setup;
use super::world::World;
use crate::payload::Payload;
use crate::policy::Verdict;
use crate::rotation;

/// More steps than the longest way through the states: a way round in circles would be a defect, and ends.
const STEPS_MAX: usize = 8;

/// Moves a case as far as it goes. True when it moved.
pub(super) fn advance(case: &mut Case, world: &World, now_ms: u64, effects: &mut Vec<Effect>) -> bool {
    let Ok(setup) = world.setup() else { return false };
    let mut moved = false;
    for _ in 0..STEPS_MAX {
        let Some(stage) = next(case, world, setup, now_ms, effects) else { break };
        (case.stage, moved) = (stage, true);
        case.note(now_ms);
    }
    moved
}

fn next(case: &mut Case, world: &World, setup: &Setup, now_ms: u64, effects: &mut Vec<Effect>) -> Option<Stage> {
    match &case.stage {
        // W1 holds; W6: the payload is built and read back here.
        Stage::Seen if case.deep => match Payload::of(&case.burn, setup.vaults.get(&case.burn.chain)?) {
            Ok(payload) => {
                case.payload = Some(payload);
                Some(Stage::Verified)
            }
            Err(why) => {
                effects.push(notice(case, Notice::Failed));
                Some(why.into())
            }
        },
        // W4.
        Stage::Verified => judge(case, world, now_ms, effects),
        Stage::Held { until_ms, .. } if now_ms >= *until_ms => Some(Stage::Verified),
        // W4 again, when the other rules let a signature be made: windows may have filled while it waited.
        Stage::Approved { .. } if world.gate(case, now_ms).is_ok() => {
            match world.policy.as_ref()?.judge(&case.burn, &world.history, now_ms) {
                Verdict::Auto { .. } | Verdict::Ask { .. } => None,
                Verdict::HoldUntil { .. } | Verdict::Forbid { .. } => {
                    case.counted_ms = None;
                    Some(Stage::Verified)
                }
            }
        }
        Stage::Signed { .. } if world.has_quorum(case, now_ms) => {
            effects.push(notice(case, Notice::Quorum));
            Some(Stage::Quorum { not_before_ms: now_ms })
        }
        Stage::Signed { since_ms, alone } => submit_alone(case, world, setup, now_ms, *since_ms, *alone, effects),
        // Owners changed, or somebody who signed was found to cheat.
        Stage::Quorum { .. } if !world.has_quorum(case, now_ms) => Some(Stage::Signed { since_ms: now_ms, alone: 0 }),
        Stage::Submitted(submission) if submission.tx.is_none() && !world.has_quorum(case, now_ms) => {
            Some(Stage::Signed { since_ms: now_ms, alone: 0 })
        }
        Stage::Quorum { not_before_ms } if now_ms >= *not_before_ms => submit(case, world, setup, now_ms),
        Stage::Submitted(submission) if now_ms >= submission.at_ms.saturating_add(setup.timing.patience_ms) => {
            Some(lost_patience(case, submission.clone(), setup, now_ms, effects))
        }
        _ => None,
    }
}

fn judge(case: &mut Case, world: &World, now_ms: u64, effects: &mut Vec<Effect>) -> Option<Stage> {
    Some(match world.policy.as_ref()?.judge(&case.burn, &world.history, now_ms) {
        Verdict::Auto { .. } => {
            case.counted_ms = Some(now_ms);
            Stage::Approved { by: Approver::Policy }
        }
        Verdict::Ask { rule } => Stage::Awaiting { rule },
        Verdict::HoldUntil { at_ms, rule } => Stage::Held { until_ms: at_ms, rule },
        Verdict::Forbid { rule } => {
            effects.push(notice(case, Notice::Forbidden));
            Stage::Refused(Refusal::Policy(rule))
        }
    })
}

/// The watchmen may not hear each other; the chain hears everybody.
fn submit_alone(
    case: &Case,
    world: &World,
    setup: &Setup,
    now_ms: u64,
    since_ms: u64,
    alone: u32,
    effects: &mut Vec<Effect>,
) -> Option<Stage> {
    let wait_ms = setup.timing.lonely_ms.saturating_mul(1 << alone.min(10));
    if now_ms < since_ms.saturating_add(wait_ms) || world.gate(case, now_ms).is_err() {
        return None;
    }
    effects.push(Effect::SubmitOwn { signed: case.own(&setup.me)? });
    Some(Stage::Signed { since_ms: now_ms, alone: alone.saturating_add(1) })
}

/// Our turn: all rules that a signature needs, a submission needs as well.
fn submit(case: &mut Case, world: &World, setup: &Setup, now_ms: u64) -> Option<Stage> {
    world.gate(case, now_ms).ok()?;
    let slot = rotation::slot(now_ms, setup.timing.slot_ms);
    let turn = rotation::turn(&case.burn.ever_hash, &world.active(&case.burn.chain, now_ms), slot);
    if turn != Some(setup.me) {
        return None;
    }
    case.attempts = case.attempts.saturating_add(1);
    Some(Stage::Submitted(Submission { by: setup.me, at_ms: now_ms, tx: None, raises: 0, raise_due: false }))
}

fn lost_patience(case: &Case, submission: Submission, setup: &Setup, now_ms: u64, effects: &mut Vec<Effect>) -> Stage {
    let ours_is_out = submission.by == setup.me && submission.tx.is_some();
    if ours_is_out && submission.raises < setup.timing.raises_max {
        effects.push(notice(case, Notice::Stuck));
        let raises = submission.raises + 1;
        return Stage::Submitted(Submission { at_ms: now_ms, raises, raise_due: true, ..submission });
    }
    Stage::Quorum { not_before_ms: now_ms }
}

fn notice(case: &Case, notice: Notice) -> Effect {
    Effect::Notify { ever_hash: case.burn.ever_hash, notice }
}
