//! Acts as they rest: which events of a vault only a burn justifies, and proposals as the bytes whose hash is their id.

use everpay::lock_contract::Proposal;
use everpay::{Amount, EverHash};
use std::collections::BTreeSet;
use store::ledger::{ActPlace, ActRange, ActRow, ActState};
use store::sqlite::StoreError;
use vault_evm::release::{At, Event, Events, Nature, VaultEvent, nature};

/// Accounts that ever owned a vault.
pub(crate) type Owners = BTreeSet<[u8; 20]>;

/// What is kept of a range. Who owns the vault at each event decides whose signatures count, so that the outcome does not
/// depend on where ranges end; `owners` are those before the range, and afterwards those behind it.
pub(crate) fn range(events: &Events, owners: &mut Owners, now_ms: u64) -> ActRange {
    let (mut acts, mut found) = (Vec::new(), Vec::new());
    for VaultEvent { at, event } in &events.events {
        let (signer, proposal) = match event {
            Event::OwnerAddition(owner) => {
                if owners.insert(owner.into_array()) {
                    found.push((owner.into_array(), at.block));
                }
                continue;
            }
            Event::Execution(proposal) => (None, proposal),
            // The contract counts signatures of owners only, so that this one is.
            Event::Submission { owner, proposal } => {
                if owners.insert(owner.into_array()) {
                    found.push((owner.into_array(), at.block));
                }
                (Some(owner.into_array()), proposal)
            }
            Event::SubmissionFailure { signer, proposal } if owners.contains(&signer.into_array()) => {
                (Some(signer.into_array()), proposal)
            }
            _ => continue,
        };
        if nature(proposal) != Nature::Administers {
            acts.push(row(Some(place(at)), signer, proposal, now_ms));
        }
    }
    ActRange { from: events.from, end: events.end, acts, owners: found }
}

/// A signature that was brought here.
pub(crate) fn brought(signer: [u8; 20], proposal: &Proposal, signature: &[u8; 65], now_ms: u64) -> ActRow {
    ActRow { signature: Some(signature.to_vec()), ..row(None, Some(signer), proposal, now_ms) }
}

fn row(place: Option<ActPlace>, signer: Option<[u8; 20]>, proposal: &Proposal, now_ms: u64) -> ActRow {
    ActRow {
        id: 0,
        place,
        signer,
        ever_hash: proposal.ever_hash.to_string(),
        payload: payload(proposal),
        signature: None,
        seen_ms: now_ms,
        state: ActState::Open,
        alert_key: None,
    }
}

fn place(at: &At) -> ActPlace {
    ActPlace { block: at.block, index: at.index, block_hash: at.block_hash.0, tx: at.tx.0 }
}

/// An act as the event that it was. What was brought comes after all that the chain shows.
pub(crate) fn event(row: &ActRow) -> Result<VaultEvent, StoreError> {
    let proposal = proposal(&row.payload)
        .ok_or_else(|| StoreError::Damaged(format!("act {}: its payload is no proposal", row.id)))?;
    let at = match &row.place {
        Some(place) => {
            At { block: place.block, index: place.index, block_hash: place.block_hash.into(), tx: place.tx.into() }
        }
        None => At { block: u64::MAX, index: row.id, block_hash: [0; 32].into(), tx: [0; 32].into() },
    };
    let event = match row.signer {
        None => Event::Execution(proposal),
        // Whether the contract counted it makes no difference to what was signed.
        Some(signer) => Event::SubmissionFailure { signer: signer.into(), proposal },
    };
    Ok(VaultEvent { at, event })
}

/// The bytes whose Keccak-256 is the proposal's id.
pub(crate) fn payload(proposal: &Proposal) -> Vec<u8> {
    [
        &proposal.chain_id.to_be_bytes()[..],
        &proposal.contract,
        &proposal.proposal_id.to_be_bytes(),
        proposal.ever_hash.as_bytes(),
        &proposal.to,
        &proposal.value.to_be_bytes(),
        &proposal.data,
    ]
    .concat()
}

/// The way back; `None` for bytes that are too short.
pub(crate) fn proposal(payload: &[u8]) -> Option<Proposal> {
    let (chain_id, rest) = payload.split_first_chunk::<32>()?;
    let (contract, rest) = rest.split_first_chunk::<20>()?;
    let (proposal_id, rest) = rest.split_first_chunk::<32>()?;
    let (ever_hash, rest) = rest.split_first_chunk::<32>()?;
    let (to, rest) = rest.split_first_chunk::<20>()?;
    let (value, data) = rest.split_first_chunk::<32>()?;
    Some(Proposal {
        chain_id: Amount::from_be_bytes(*chain_id),
        contract: *contract,
        proposal_id: Amount::from_be_bytes(*proposal_id),
        ever_hash: EverHash::new(*ever_hash),
        to: *to,
        value: Amount::from_be_bytes(*value),
        data: data.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_payload_hashes_to_the_proposals_id_and_reads_back(
            numbers in proptest::array::uniform3(any::<[u8; 32]>()),
            accounts in proptest::array::uniform2(any::<[u8; 20]>()),
            hash in any::<[u8; 32]>(),
            data in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let proposal = Proposal {
                chain_id: Amount::from_be_bytes(numbers[0]),
                contract: accounts[0],
                proposal_id: Amount::from_be_bytes(numbers[1]),
                ever_hash: EverHash::new(hash),
                to: accounts[1],
                value: Amount::from_be_bytes(numbers[2]),
                data,
            };
            let bytes = payload(&proposal);
            prop_assert_eq!(crypto::keccak256(&bytes), proposal.tx_hash());
            prop_assert_eq!(super::proposal(&bytes[..167]), None);
            prop_assert_eq!(super::proposal(&bytes), Some(proposal));
        }
    }
}
