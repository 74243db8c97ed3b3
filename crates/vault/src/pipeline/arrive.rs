//! What a fact about a burn does to it: an arm per state and fact, each with the rule it serves.

mod chain;

use super::case::{Approver, Case, Failure, Refusal, Stage};
use super::effect::{Effect, Notice};
use super::fact::{BurnFact, Ignored};
use super::world::World;
use crate::payload::Unpayable;
use crate::policy::Verdict;
use crate::signature::{Owner, SignedPayload, VerifiedSignature};

pub(super) struct Arrival<'a> {
    pub(super) case: &'a mut Case,
    pub(super) world: &'a World,
    pub(super) now_ms: u64,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Arrival<'_> {
    /// Takes the fact or leaves the case as it was.
    pub(super) fn take(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        match fact {
            BurnFact::Seen(_) | BurnFact::DepthReached { .. } | BurnFact::BatchDropped { .. } => self.ledger(fact),
            BurnFact::Approved { .. } | BurnFact::Refused { .. } | BurnFact::Reopened { .. } => self.person(fact),
            BurnFact::NotReleased | BurnFact::IntentStored { .. } | BurnFact::OwnSignature(_) => self.signing(fact),
            BurnFact::PeerSignature(signed) => self.peer_signature(signed),
            BurnFact::Sent { .. }
            | BurnFact::SendFailed
            | BurnFact::SubmissionSeen { .. }
            | BurnFact::SubmissionStuck => self.submission(fact),
            BurnFact::Released
            | BurnFact::Execution { .. }
            | BurnFact::ExecutionFailed { .. }
            | BurnFact::ExecutionUndone
            | BurnFact::ExecutionFinal => self.chain(fact),
        }
    }

    /// W1: what our own replay says.
    fn ledger(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        let case = &mut *self.case;
        if let BurnFact::Seen(burn) | BurnFact::DepthReached { burn, .. } = fact
            && !case.burn.is_same_payout(burn)
        {
            return Err(Ignored::AnotherBurn);
        }
        match (&case.stage, fact) {
            // A sibling batch holds it too: one burn, under the batch that our replay names now.
            (Stage::Seen, BurnFact::Seen(burn)) if case.seat != burn.batch.id => {
                (case.seat, case.burn) = (burn.batch.id, burn.clone());
            }
            // W1.
            (_, BurnFact::DepthReached { burn, depth }) if !case.deep => {
                let needed = self.world.setup()?.depth_min;
                if *depth < needed {
                    return Err(Ignored::TooShallow { depth: *depth, needed });
                }
                (case.deep, case.seat) = (true, burn.batch.id);
                // The number of the proposal is that of the first batch on the accepted chain, until an intent fixes it.
                if case.intent.is_none() && case.burn.batch != burn.batch {
                    self.unpromised();
                    self.case.burn = burn.clone();
                }
            }
            (Stage::Executed(_) | Stage::Closed(_), BurnFact::BatchDropped { .. }) => return case.not_now(),
            // W5: the digest stays what it is; nothing goes on until the burn is settled again.
            (_, BurnFact::BatchDropped { batch }) if *batch == case.seat && case.intent.is_some() && case.deep => {
                case.deep = false;
                self.notify(Notice::BatchGone);
            }
            // W1 no longer holds, and nothing was promised yet.
            (stage, BurnFact::BatchDropped { batch })
                if *batch == case.seat && case.intent.is_none() && (case.deep || *stage != Stage::Seen) =>
            {
                case.deep = false;
                self.unpromised();
            }
            _ => return Err(Ignored::NoChange),
        }
        Ok(())
    }

    /// W4 and W6: what a person decides.
    fn person(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        let case = &mut *self.case;
        match (&case.stage, fact) {
            // W6: what the person saw is what would be signed.
            (Stage::Awaiting { .. }, BurnFact::Approved { digest, by }) => {
                if case.payload.as_ref().map(|payload| payload.digest()) != Some(*digest) {
                    return Err(Ignored::AnotherDigest);
                }
                (case.stage, case.counted_ms) =
                    (Stage::Approved { by: Approver::Person(by.clone()) }, Some(self.now_ms));
            }
            // W5: after the intent a signature may be out; then it is too late.
            (
                Stage::Verified | Stage::Held { .. } | Stage::Awaiting { .. } | Stage::Approved { .. },
                BurnFact::Refused { by, reason },
            ) => {
                let (by, reason) = (by.clone(), reason.clone());
                (case.stage, case.counted_ms) = (Stage::Refused(Refusal::Person { by, reason }), None);
            }
            // From the beginning, with a payload for the batch that holds it now.
            (Stage::Refused(Refusal::Person { .. }), BurnFact::Reopened { .. }) => case.stage = Stage::Seen,
            (Stage::Failed(Failure::KeepsFailing), BurnFact::Reopened { .. }) => {
                (case.failures, case.stage) = (0, Stage::Quorum { not_before_ms: self.now_ms });
            }
            _ => return case.not_now(),
        }
        Ok(())
    }

    /// W3 to W5: the way to a signature.
    fn signing(&mut self, fact: &BurnFact) -> Result<(), Ignored> {
        let case = &mut *self.case;
        match (&case.stage, fact) {
            // W3.
            (Stage::Approved { .. } | Stage::Intended, BurnFact::NotReleased) => {
                if case.unreleased_ms == Some(self.now_ms) {
                    return Err(Ignored::NoChange);
                }
                case.unreleased_ms = Some(self.now_ms);
            }
            // W5, and W4 at the moment that counts.
            (Stage::Approved { .. }, BurnFact::IntentStored { digest }) => {
                if case.payload.as_ref().map(|payload| payload.digest()) != Some(*digest)
                    || case.intent.is_some_and(|intent| intent != *digest)
                {
                    return Err(Ignored::AnotherDigest);
                }
                let policy = self.world.policy.as_ref().ok_or(Ignored::PolicyNow)?;
                match policy.judge(&case.burn, &self.world.history, self.now_ms) {
                    Verdict::Auto { .. } | Verdict::Ask { .. } => {}
                    Verdict::HoldUntil { .. } | Verdict::Forbid { .. } => return Err(Ignored::PolicyNow),
                }
                (case.intent, case.counted_ms) = (Some(*digest), Some(self.now_ms));
                case.stage = Stage::Intended;
            }
            // W5: of the intent and no other.
            (Stage::Intended, BurnFact::OwnSignature(signature)) => {
                if Some(signature.digest()) != case.intent || signature.owner() != self.world.setup()?.me {
                    return Err(Ignored::AnotherDigest);
                }
                case.signatures.insert(signature.owner(), signature.clone());
                case.stage = Stage::Signed { since_ms: self.now_ms, alone: 0 };
            }
            _ => return case.not_now(),
        }
        Ok(())
    }

    fn peer_signature(&mut self, signed: &SignedPayload) -> Result<(), Ignored> {
        let case = &mut *self.case;
        let (owner, me) = (signed.signature().owner(), self.world.setup()?.me);
        let is_owner = self.world.owners.get(&case.burn.chain).is_some_and(|(owners, _)| owners.contains(&owner));
        if !is_owner || owner == me {
            return Err(Ignored::NotOwner(owner));
        }
        // W1: before our own replay settled the burn, nobody can be judged by it.
        let Some(payload) = case.payload.as_ref().filter(|_| case.deep && !case.is_paid()) else {
            return case.not_now();
        };
        if payload == signed.payload() {
            return count(case, owner, signed.signature());
        }
        let (ours, theirs) = (payload.reading(), signed.payload().reading());
        // A sibling batch gives another number and pays the same.
        if ours.pays_the_same(&theirs) {
            return Err(Ignored::OtherNumber);
        }
        if ours.ever_hash != theirs.ever_hash {
            return Err(Ignored::AnotherBurn);
        }
        if case.accused.contains_key(&owner) {
            return Err(Ignored::NoChange);
        }
        case.accused.insert(owner, signed.clone());
        self.effects.push(Effect::Accuse { signed: signed.clone() });
        Ok(())
    }

    /// Back to the beginning: what follows from the batch is no longer true. What a person refused stays refused, wherever
    /// the burn turns up again; what the chain paid stays paid.
    fn unpromised(&mut self) {
        let case = &mut *self.case;
        (case.payload, case.unreleased_ms) = (None, None);
        case.signatures.clear();
        if !case.is_paid() {
            case.counted_ms = None;
            if !matches!(case.stage, Stage::Refused(Refusal::Person { .. })) {
                case.stage = Stage::Seen;
            }
        }
    }

    fn notify(&mut self, notice: Notice) {
        self.effects.push(Effect::Notify { ever_hash: self.case.burn.ever_hash, notice });
    }
}

fn count(case: &mut Case, owner: Owner, signature: &VerifiedSignature) -> Result<(), Ignored> {
    if case.signatures.contains_key(&owner) {
        return Err(Ignored::NoChange);
    }
    case.signatures.insert(owner, signature.clone());
    Ok(())
}

impl From<Unpayable> for Stage {
    fn from(why: Unpayable) -> Self {
        Self::Failed(Failure::Unpayable(why))
    }
}
