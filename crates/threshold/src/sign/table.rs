//! Who spoke in which round of a signing, as its two kinds of participants see it.

use std::collections::BTreeSet;

use super::{COMMIT, Coordinator, PACKAGE, REQUEST, SHARE, SIGNED, Signer};
use crate::party::Party;
use crate::progress::{Phase, Round};

impl Coordinator {
    /// Who spoke in which round of this attempt.
    #[must_use]
    pub fn progress(&self) -> Vec<Round> {
        let me: BTreeSet<_> = [self.line.me].into();
        let (chosen, shared) = match &self.quorum {
            Some(quorum) => (quorum.members.clone(), quorum.shares.keys().copied().collect()),
            None => (BTreeSet::new(), BTreeSet::new()),
        };
        let if_so = |said: bool| if said { me.clone() } else { BTreeSet::new() };
        let gathered = self.gathered.keys().copied().collect();
        let packed = if_so(self.quorum.is_some());
        vec![
            Round { number: REQUEST, phase: Phase::Request, due: me.clone(), done: me.clone() },
            Round { number: COMMIT, phase: Phase::Nonces, due: self.asked.clone(), done: gathered },
            Round { number: PACKAGE, phase: Phase::Package, due: me.clone(), done: packed },
            Round { number: SHARE, phase: Phase::SignatureShares, due: chosen, done: shared },
            Round { number: SIGNED, phase: Phase::Signatures, due: me.clone(), done: if_so(!self.finished.is_empty()) },
        ]
    }
}

impl Signer {
    /// Who spoke in which round of this attempt, of the two that this signer hears: the coordinator and itself.
    #[must_use]
    pub fn progress(&self) -> Vec<Round> {
        let (me, chair) = (self.line.me, self.coordinator);
        let answered = self.attempt.answer.is_some();
        let round = |number, phase, who: Party, said: bool| {
            let due: BTreeSet<_> = [who].into();
            let done = if said { due.clone() } else { BTreeSet::new() };
            Round { number, phase, due, done }
        };
        vec![
            round(REQUEST, Phase::Request, chair, true),
            round(COMMIT, Phase::Nonces, me, true),
            round(PACKAGE, Phase::Package, chair, answered),
            round(SHARE, Phase::SignatureShares, me, answered),
            round(SIGNED, Phase::Signatures, chair, self.signed),
        ]
    }
}
