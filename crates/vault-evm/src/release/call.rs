//! Which proposal pays a burn, and what a proposal does. Pure.

use crate::contract::EverwatchVault::{executesCall, submitCall};
use crate::node::ChainTx;
use crate::tokens::{VaultTokens, address};
use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;
use everpay::lock_contract::{Proposal, proposal_id};
use everpay::{Amount, EverHash, native_chain};
use oracle::Payout;

mod abi {
    #![allow(missing_docs, reason = "generated from the declarations below")]
    alloy::sol! {
        function transfer(address to, uint256 value) external returns (bool);
        function mint(address to, uint256 value) external;
    }
}

/// Batches of calls within batches of calls that are followed.
const DEPTH_MAX: u8 = 4;

/// Money that a proposal moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// Contract of the token; zero for the chain's coin.
    pub token: Address,
    /// Who gets it.
    pub to: Address,
    /// How much, in the token's base units.
    pub amount: Amount,
    /// Whether the token makes it anew instead of the vault giving of its own.
    pub minted: bool,
}

/// What a proposal does when it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It pays.
    Pays(Payment),
    /// It changes the vault itself and nothing leaves.
    Administers,
    /// It calls others in a way that no burn is paid in: a batch of calls, or a function that is neither `transfer` nor
    /// `mint`.
    Otherwise,
}

/// The proposal that pays a burn; `None` for one that cannot be paid on this chain. A token that lives on Arweave and is
/// bridged here is minted, others are transferred.
#[must_use]
pub fn proposal(payout: &Payout, tokens: &VaultTokens, chain_id: u64) -> Option<Proposal> {
    let (to, token) = (address(&payout.to)?, address(&payout.token_id)?);
    let value = U256::from_be_bytes(payout.amount.to_be_bytes());
    let (to, value, data) = if token.is_zero() {
        (to, payout.amount, Vec::new())
    } else if is_bridged(tokens, token) {
        (token, Amount::ZERO, abi::mintCall { to, value }.abi_encode())
    } else {
        (token, Amount::ZERO, abi::transferCall { to, value }.abi_encode())
    };
    Some(Proposal {
        chain_id: Amount::from(chain_id),
        contract: tokens.vault().into(),
        proposal_id: proposal_id(payout.batch_id),
        ever_hash: payout.ever_hash,
        to: to.into(),
        value,
        data,
    })
}

/// Whether the token's home is Arweave (section 10); tokens of other chains are held here, not made.
fn is_bridged(tokens: &VaultTokens, token: Address) -> bool {
    let home = tokens.token(token).and_then(|token| native_chain(&token.spec.chain_type));
    home == Some("arweave")
}

/// What carrying out a proposal does.
#[must_use]
pub fn nature(proposal: &Proposal) -> Nature {
    if proposal.to == proposal.contract {
        return if stays(&proposal.data, proposal.contract.into(), DEPTH_MAX) {
            Nature::Administers
        } else {
            Nature::Otherwise
        };
    }
    payment(proposal).map_or(Nature::Otherwise, Nature::Pays)
}

/// Whether a call of the vault to itself leaves money and everybody else alone. Only `executes` calls others.
fn stays(data: &[u8], vault: Address, depth: u8) -> bool {
    if !data.starts_with(&executesCall::SELECTOR) {
        return true;
    }
    let Ok(batch) = executesCall::abi_decode(data) else { return false };
    depth > 0 && batch.to.iter().all(|to| *to == vault) && batch.data.iter().all(|inner| stays(inner, vault, depth - 1))
}

fn payment(proposal: &Proposal) -> Option<Payment> {
    let target = Address::from(proposal.to);
    if proposal.data.is_empty() {
        return Some(Payment { token: Address::ZERO, to: target, amount: proposal.value, minted: false });
    }
    let (to, value, minted) = if let Ok(call) = abi::transferCall::abi_decode_validate(&proposal.data) {
        (call.to, call.value, false)
    } else {
        let call = abi::mintCall::abi_decode_validate(&proposal.data).ok()?;
        (call.to, call.value, true)
    };
    // Nothing behind the arguments, no coins beside them.
    let plain = proposal.data.len() == 4 + 32 + 32 && proposal.value.is_zero();
    plain.then(|| Payment { token: target, to, amount: Amount::from_be_bytes(value.to_be_bytes()), minted })
}

/// The call that submits signatures of a proposal.
pub(super) fn submit(proposal: &Proposal, signatures: &[[u8; 65]]) -> Vec<u8> {
    let call = submitCall {
        proposalID: U256::from_be_bytes(proposal.proposal_id.to_be_bytes()),
        everHash: B256::from(*proposal.ever_hash.as_bytes()),
        to: proposal.to.into(),
        value: U256::from_be_bytes(proposal.value.to_be_bytes()),
        data: proposal.data.clone().into(),
        sigs: signatures.iter().map(|signature| signature.to_vec().into()).collect(),
    };
    call.abi_encode()
}

/// The proposal and the signatures that a transaction submits to the vault, whether it succeeded or not; signatures are as
/// they were given, of any length. `None` for one that does anything else.
#[must_use]
pub fn submission(tx: &ChainTx, vault: Address, chain_id: u64) -> Option<(Proposal, Vec<Vec<u8>>)> {
    let call = submitCall::abi_decode_validate(&tx.input).ok().filter(|_| tx.to == Some(vault))?;
    let proposal = Proposal {
        chain_id: Amount::from(chain_id),
        contract: vault.into(),
        proposal_id: Amount::from_be_bytes(call.proposalID.to_be_bytes()),
        ever_hash: EverHash::new(call.everHash.0),
        to: call.to.into(),
        value: Amount::from_be_bytes(call.value.to_be_bytes()),
        data: call.data.to_vec(),
    };
    Some((proposal, call.sigs.iter().map(|signature| signature.to_vec()).collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::release::fixture::{BRIDGED, PAYEE, TOKEN, VAULT, payout, tokens};
    use alloy::primitives::Bytes;

    #[test]
    fn a_burns_proposal_reads_as_its_payment() {
        for (token, minted) in [(Address::ZERO, false), (TOKEN, false), (BRIDGED, true)] {
            let proposal = proposal(&payout(1, token, &PAYEE.to_string()), &tokens(), 1).unwrap();
            let payment = Payment { token, to: PAYEE, amount: Amount::from(7_u64), minted };
            assert_eq!(nature(&proposal), Nature::Pays(payment));
            assert_eq!(proposal.proposal_id, proposal_id([2; 32]));
        }
        assert_eq!(proposal(&payout(1, TOKEN, "an Arweave address"), &tokens(), 1), None);
    }

    fn call(to: Address, value: u64, data: Vec<u8>) -> Proposal {
        let base = proposal(&payout(1, TOKEN, &PAYEE.to_string()), &tokens(), 1).unwrap();
        Proposal { to: to.into(), value: Amount::from(value), data, ..base }
    }

    fn batch(calls: Vec<(Address, Vec<u8>)>) -> Vec<u8> {
        let (to, data): (Vec<_>, Vec<Bytes>) = calls.into_iter().map(|(to, data)| (to, data.into())).unzip();
        executesCall { value: vec![U256::ZERO; to.len()], to, data }.abi_encode()
    }

    #[test]
    fn a_call_that_is_not_exactly_a_payout_is_none() {
        let transfer = abi::transferCall { to: PAYEE, value: U256::from(7) }.abi_encode();
        assert!(matches!(nature(&call(TOKEN, 0, transfer.clone())), Nature::Pays(_)));
        let mut dirty = transfer.clone();
        dirty[4] = 1;
        let longer = [&transfer[..], &[0]].concat();
        let shorter = transfer[..67].to_vec();
        for (value, data) in [(1, transfer), (0, dirty), (0, longer), (0, shorter), (0, vec![1, 2, 3, 4]), (0, vec![9])]
        {
            assert_eq!(nature(&call(TOKEN, value, data.clone())), Nature::Otherwise, "{value} {data:?}");
        }
    }

    #[test]
    fn administration_is_what_stays_within_the_vault() {
        let add = crate::contract::EverwatchVault::addOwnerCall { owner: PAYEE }.abi_encode();
        let inner =
            |depth: u8| (0..depth).fold(add.clone(), |data, _| batch(vec![(VAULT, data), (VAULT, add.clone())]));
        for depth in 0..=DEPTH_MAX {
            assert_eq!(nature(&call(VAULT, 0, inner(depth))), Nature::Administers, "{depth}");
        }
        assert_eq!(nature(&call(VAULT, 0, inner(DEPTH_MAX + 1))), Nature::Otherwise, "too deep to be followed");
        let leaves = batch(vec![(VAULT, add.clone()), (PAYEE, Vec::new())]);
        assert_eq!(nature(&call(VAULT, 0, leaves.clone())), Nature::Otherwise);
        assert_eq!(nature(&call(VAULT, 0, batch(vec![(VAULT, leaves)]))), Nature::Otherwise);
        let broken = [&executesCall::SELECTOR[..], &[0xff; 40]].concat();
        assert_eq!(nature(&call(VAULT, 0, broken)), Nature::Otherwise);
    }
}
