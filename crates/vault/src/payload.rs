//! What is signed for a burn, and the fields that people read back out of its bytes.
//!
//! What always holds (W6): a payload is only built when reading its bytes gives the burn's own facts again, by a decoder
//! that shares no code with the encoder. What it does not do: sign.
//! Source: section 12 of the protocol (packing, personal-sign), section 10 (which call pays what).

mod read;

pub use read::{Call, Field, ReadError, Reading};

use crate::burn::{Burn, Lock, Vault};
use crate::signature::Digest;
use everpay::lock_contract::{Proposal, proposal_id};
use everpay::{AccountId, Amount, is_evm_chain, native_chain};
use serde::{Deserialize, Serialize};

/// `transfer(address,uint256)`.
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
/// `mint(address,uint256)`.
const MINT: [u8; 4] = [0x40, 0xc1, 0x0f, 0x19];

/// What owners of a vault sign to pay one burn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub enum Payload {
    /// A proposal to a lock contract.
    Evm(EvmPayload),
}

/// A proposal that reads as a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvmPayload(Proposal);

impl EvmPayload {
    /// The proposal.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.0
    }
}

/// Why no payload pays a burn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpayable {
    /// The vault is another chain's.
    #[error("the burn is paid on {0}, not by this vault")]
    OtherChain(String),
    /// Not an address of that chain.
    #[error("{0:?} is no recipient there")]
    Recipient(String),
    /// Nobody could ever use it.
    #[error("the zero address is paid nothing")]
    ZeroRecipient,
    /// A call of the vault to itself is administration, never a payout.
    #[error("the vault does not pay itself")]
    ToVault,
    /// The token's id is no contract there.
    #[error("{0:?} is no token there")]
    Token(String),
    /// An amount of nothing.
    #[error("there is nothing to pay")]
    Nothing,
    /// The bytes read otherwise than the burn: a defect of this program, caught before anything is signed.
    #[error("the bytes to be signed read otherwise than the burn: {0:?}")]
    Misread(Field),
}

impl Payload {
    /// What is signed for this burn.
    ///
    /// # Errors
    /// Why it cannot be paid.
    pub fn of(burn: &Burn, vault: &Vault) -> Result<Self, Unpayable> {
        let Lock::Evm { chain_id, contract } = vault.lock;
        if burn.chain != vault.chain {
            return Err(Unpayable::OtherChain(burn.chain.clone()));
        }
        if burn.target_amount.is_zero() {
            return Err(Unpayable::Nothing);
        }
        let recipient = evm_address(&burn.to).ok_or_else(|| Unpayable::Recipient(burn.to.clone()))?;
        let token = evm_address(&burn.token_id).ok_or_else(|| Unpayable::Token(burn.token_id.clone()))?;
        if recipient == [0; 20] {
            return Err(Unpayable::ZeroRecipient);
        }
        if recipient == contract || token == contract {
            return Err(Unpayable::ToVault);
        }
        let (to, value, data) = match selector(burn) {
            None => (recipient, burn.target_amount, Vec::new()),
            Some(selector) => (token, Amount::ZERO, call_data(selector, recipient, burn.target_amount)),
        };
        let payload = Self::of_proposal(Proposal {
            chain_id: Amount::from(chain_id),
            contract,
            proposal_id: proposal_id(burn.batch.id),
            ever_hash: burn.ever_hash,
            to,
            value,
            data,
        });
        match payload.reading().differs(burn, vault) {
            None => Ok(payload),
            Some(field) => Err(Unpayable::Misread(field)),
        }
    }

    fn of_proposal(proposal: Proposal) -> Self {
        Self::Evm(EvmPayload(proposal))
    }

    /// The bytes whose hash is signed: chain id, contract, proposal number, everHash, target, value, call data, packed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let Self::Evm(EvmPayload(proposal)) = self;
        let mut bytes = Vec::with_capacity(read::FIXED_LEN + proposal.data.len());
        bytes.extend_from_slice(&proposal.chain_id.to_be_bytes());
        bytes.extend_from_slice(&proposal.contract);
        bytes.extend_from_slice(&proposal.proposal_id.to_be_bytes());
        bytes.extend_from_slice(proposal.ever_hash.as_bytes());
        bytes.extend_from_slice(&proposal.to);
        bytes.extend_from_slice(&proposal.value.to_be_bytes());
        bytes.extend_from_slice(&proposal.data);
        bytes
    }

    /// The vault's id of this payload: the contract's `txHash`.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        let Self::Evm(EvmPayload(proposal)) = self;
        proposal.tx_hash()
    }

    /// The 32 bytes that keys sign: the id as a personal message (EIP-191).
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::new(crypto::eip191_hash(&self.id()))
    }

    /// The fields, decoded from the bytes of a payload.
    ///
    /// # Errors
    /// Bytes that are no payout this program would sign.
    pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
        read::read(bytes)
    }

    /// The fields of this payload, decoded from its bytes.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Self::read(&self.bytes()).expect("a payload is made by `of` or from bytes that read as one")
    }
}

/// A token that lives on Arweave and is bridged to an EVM chain is minted there by the vault; others are moved.
fn selector(burn: &Burn) -> Option<[u8; 4]> {
    let bridged = burn.tag.parts().first().and_then(|chain| native_chain(chain)) == Some("arweave");
    match evm_address(&burn.token_id) {
        Some(token) if token == [0; 20] => None,
        _ if bridged && is_evm_chain(&burn.chain) => Some(MINT),
        _ => Some(TRANSFER),
    }
}

fn call_data(selector: [u8; 4], to: [u8; 20], amount: Amount) -> Vec<u8> {
    let mut data = Vec::with_capacity(68);
    data.extend_from_slice(&selector);
    data.extend_from_slice(&[0; 12]);
    data.extend_from_slice(&to);
    data.extend_from_slice(&amount.to_be_bytes());
    data
}

pub(crate) fn evm_address(text: &str) -> Option<[u8; 20]> {
    match AccountId::parse(text) {
        Ok(AccountId::Evm(address)) => Some(address),
        _ => None,
    }
}

impl From<Payload> for Vec<u8> {
    fn from(payload: Payload) -> Self {
        payload.bytes()
    }
}

impl TryFrom<Vec<u8>> for Payload {
    type Error = ReadError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, ReadError> {
        let reading = read::read(&bytes)?;
        let (to, value, data) = match reading.call {
            Call::Coin => (reading.to, reading.amount, Vec::new()),
            Call::Transfer { token } => (token, Amount::ZERO, call_data(TRANSFER, reading.to, reading.amount)),
            Call::Mint { token } => (token, Amount::ZERO, call_data(MINT, reading.to, reading.amount)),
        };
        Ok(Self::of_proposal(Proposal {
            chain_id: reading.chain_id,
            contract: reading.contract,
            proposal_id: proposal_id(reading.batch),
            ever_hash: reading.ever_hash,
            to,
            value,
            data,
        }))
    }
}

#[cfg(test)]
mod tests;
