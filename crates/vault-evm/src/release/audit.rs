//! What a vault did, held against the burns that its ledger verified (F11, F13). Pure.
//!
//! A finding about an unknown burn holds only when the caller's replay has reached the ledger's head: watchmen may be
//! faster. Administration is no payout: a proposal to the vault itself, also in a batch, as long as nothing leaves. The
//! proposal's number is not judged: a burn may stand in several sibling batches, and is paid once whatever the number.

use super::call::{Nature, nature, proposal};
use super::event::{At, Event, VaultEvent};
use crate::tokens::VaultTokens;
use alloy::primitives::Address;
use everpay::EverHash;
use everpay::lock_contract::Proposal;
use oracle::Payout;
use std::collections::{BTreeMap, BTreeSet};

/// The rule that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The vault released funds that no verified burn justifies.
    F11,
    /// An owner signed what no verified burn justifies.
    F13,
}

/// In what a proposal is not the payout of a verified burn; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No verified burn has this everHash.
    UnknownBurn,
    /// It is no plain payout: a batch of calls, or another function.
    NoPayout,
    /// The burn is of another token, or paid in another way.
    OtherToken,
    /// The burn names another recipient.
    OtherRecipient,
    /// The burn is of another amount.
    OtherAmount,
    /// The burn was paid before.
    Twice,
}

impl Why {
    /// A stable name for rows and pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownBurn => "unknown_burn",
            Self::NoPayout => "no_payout",
            Self::OtherToken => "other_token",
            Self::OtherRecipient => "other_recipient",
            Self::OtherAmount => "other_amount",
            Self::Twice => "twice",
        }
    }
}

/// A broken rule, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Why.
    pub why: Why,
    /// Where the chain shows it: the transaction is the evidence.
    pub at: At,
    /// What was carried out (F11) or signed (F13).
    pub proposal: Proposal,
    /// The owner who signed (F13).
    pub signer: Option<Address>,
    /// What pays the burn of this everHash, if there is one that this chain can pay.
    pub expected: Option<Proposal>,
}

/// Holds `events` of a vault, in the order of the chain, against `burns`, the payouts that a replay verified. `owners` are
/// all who own the vault or ever did: who left can still be known by a signature, anybody else signs what they like.
/// One finding for each execution, and for each pair of signer and proposal.
#[must_use]
pub fn audit(
    events: &[VaultEvent],
    burns: &[Payout],
    owners: &BTreeSet<Address>,
    tokens: &VaultTokens,
    chain_id: u64,
) -> Vec<Finding> {
    let burns = burns.iter().map(|burn| (burn.ever_hash, burn)).collect();
    let judge = Judge { burns, tokens, chain_id };
    let (mut paid, mut signed) = (BTreeSet::new(), BTreeSet::new());
    let mut findings = Vec::new();
    for VaultEvent { at, event } in events {
        let (rule, signer, proposal) = match event {
            Event::Execution(proposal) => (Rule::F11, None, proposal),
            Event::Submission { owner: signer, proposal } | Event::SubmissionFailure { signer, proposal }
                if owners.contains(signer) && signed.insert((*signer, proposal.tx_hash())) =>
            {
                (Rule::F13, Some(*signer), proposal)
            }
            _ => continue,
        };
        let (expected, why) = judge.judge(proposal);
        let again = rule == Rule::F11 && pays(proposal) && !paid.insert(proposal.ever_hash);
        if let Some(why) = why.or(again.then_some(Why::Twice)) {
            findings.push(Finding { rule, why, at: *at, proposal: proposal.clone(), signer, expected });
        }
    }
    findings
}

fn pays(proposal: &Proposal) -> bool {
    matches!(nature(proposal), Nature::Pays(_))
}

struct Judge<'a> {
    burns: BTreeMap<EverHash, &'a Payout>,
    tokens: &'a VaultTokens,
    chain_id: u64,
}

impl Judge<'_> {
    /// What was to be expected, and why this is not it.
    fn judge(&self, found: &Proposal) -> (Option<Proposal>, Option<Why>) {
        let nature = nature(found);
        if nature == Nature::Administers {
            return (None, None);
        }
        let Some(burn) = self.burns.get(&found.ever_hash) else { return (None, Some(Why::UnknownBurn)) };
        let expected = proposal(burn, self.tokens, self.chain_id);
        let wanted = expected.as_ref().map(super::call::nature);
        let why = match (nature, wanted) {
            (Nature::Pays(found), Some(Nature::Pays(wanted))) => {
                let differences = [
                    ((found.token, found.minted) != (wanted.token, wanted.minted), Why::OtherToken),
                    (found.to != wanted.to, Why::OtherRecipient),
                    (found.amount != wanted.amount, Why::OtherAmount),
                ];
                differences.into_iter().find_map(|(differs, why)| differs.then_some(why))
            }
            _ => Some(Why::NoPayout),
        };
        (expected, why)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::release::fixture::{BRIDGED, PAYEE, TOKEN, payout, tokens};
    use alloy::primitives::B256;
    use everpay::Amount;
    use proptest::prelude::*;

    const OWNER: Address = Address::repeat_byte(0x01);

    fn burns() -> Vec<Payout> {
        let to = PAYEE.to_string();
        let burns = [Address::ZERO, TOKEN, BRIDGED].into_iter().zip(1..).map(|(token, burn)| payout(burn, token, &to));
        burns.chain([payout(4, TOKEN, "nobody on this chain")]).collect()
    }

    fn events(events: Vec<Event>) -> Vec<VaultEvent> {
        let at = |block| At { block, index: 0, block_hash: B256::ZERO, tx: B256::ZERO };
        events.into_iter().zip(1..).map(|(event, block)| VaultEvent { at: at(block), event }).collect()
    }

    fn codes(said: Vec<Event>) -> Vec<(Rule, &'static str, u64)> {
        let findings = audit(&events(said), &burns(), &BTreeSet::from([OWNER]), &tokens(), 1);
        findings.iter().map(|finding| (finding.rule, finding.why.code(), finding.at.block)).collect()
    }

    fn right(burn: usize) -> Proposal {
        proposal(&burns()[burn], &tokens(), 1).unwrap()
    }

    fn signed(signer: Address, proposal: Proposal) -> Event {
        Event::Submission { owner: signer, proposal }
    }

    #[test]
    fn a_burn_is_justification_for_one_payout_only() {
        let sibling = Proposal { proposal_id: Amount::from(9_u64), ..right(0) };
        assert_eq!(codes(vec![Event::Execution(right(0)), Event::Execution(right(1))]), []);
        let twice = vec![Event::Execution(right(0)), Event::ExecutionFailure(right(0)), Event::Execution(sibling)];
        assert_eq!(codes(twice), [(Rule::F11, "twice", 3)]);
        let more = Proposal { value: Amount::from(8_u64), ..right(0) };
        let both = vec![Event::Execution(more), Event::Execution(right(0))];
        assert_eq!(codes(both), [(Rule::F11, "other_amount", 1), (Rule::F11, "twice", 2)]);
    }

    #[test]
    fn what_this_chain_cannot_pay_justifies_nothing() {
        let other = Proposal { ever_hash: burns()[3].ever_hash, ..right(1) };
        assert_eq!(codes(vec![Event::Execution(other)]), [(Rule::F11, "no_payout", 1)]);
    }

    #[test]
    fn a_transfer_of_what_is_to_be_minted_is_another_token() {
        let mut transfer = right(1);
        (transfer.ever_hash, transfer.to) = (right(2).ever_hash, right(2).to);
        assert_eq!(codes(vec![Event::Execution(transfer)]), [(Rule::F11, "other_token", 1)]);
    }

    #[test]
    fn a_failed_payout_moves_nothing_but_shows_who_signed() {
        let wrong = Proposal { to: [9; 20], ..right(0) };
        let said = vec![
            signed(OWNER, wrong.clone()),
            signed(OWNER, right(0)),
            Event::SubmissionFailure { signer: PAYEE, proposal: wrong.clone() },
            Event::ExecutionFailure(wrong.clone()),
            Event::SubmissionFailure { signer: OWNER, proposal: wrong.clone() },
            Event::SubmissionFailure { signer: Address::ZERO, proposal: wrong },
        ];
        assert_eq!(codes(said), [(Rule::F13, "other_recipient", 1)]);
    }

    proptest! {
        #[test]
        fn any_other_payout_is_found_and_the_right_one_never(
            burn in 0_usize..3, bit in 0_usize..(20 + 32 + 68) * 8,
        ) {
            prop_assert_eq!(codes(vec![signed(OWNER, right(burn)), Event::Execution(right(burn))]), []);
            let mut proposal = right(burn);
            let mut value = proposal.value.to_be_bytes();
            let (place, bit) = (bit / 8, 1_u8 << (bit % 8));
            match place {
                0..20 => proposal.to[place] ^= bit,
                20..52 => value[place - 20] ^= bit,
                _ => match proposal.data.get_mut(place - 52) {
                    Some(byte) => *byte ^= bit,
                    None => return Ok(()),
                },
            }
            proposal.value = Amount::from_be_bytes(value);
            let found = codes(vec![signed(OWNER, proposal.clone()), Event::Execution(proposal)]);
            let rules: Vec<_> = found.iter().map(|(rule, _, block)| (*rule, *block)).collect();
            prop_assert_eq!(rules, [(Rule::F13, 1), (Rule::F11, 2)]);
        }
    }
}
