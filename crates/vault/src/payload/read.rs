//! Reads the bytes that are signed back into fields (W6).

use super::{MINT, TRANSFER, evm_address};
use crate::burn::{Burn, Lock, Vault};
use everpay::{Amount, EverHash};

/// Bytes before the call data.
pub(super) const FIXED_LEN: usize = 32 + 20 + 32 + 32 + 20 + 32;

/// The fields of a payload, as its bytes say them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// EIP-155 id of the chain.
    pub chain_id: Amount,
    /// The vault.
    pub contract: [u8; 20],
    /// The number of the proposal: Arweave id of the batch, decoded.
    pub batch: [u8; 32],
    /// The burn.
    pub ever_hash: EverHash,
    /// How it is paid.
    pub call: Call,
    /// Who is paid.
    pub to: [u8; 20],
    /// How much, base units of the chain that pays.
    pub amount: Amount,
}

/// How a vault pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The chain's own coin.
    Coin,
    /// A token that the vault holds.
    Transfer {
        /// Its contract.
        token: [u8; 20],
    },
    /// A bridged token that the vault makes.
    Mint {
        /// Its contract.
        token: [u8; 20],
    },
}

/// A field in which a payload and a burn differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The chain or its id.
    Chain,
    /// The vault.
    Vault,
    /// The number of the proposal.
    Batch,
    /// The burn.
    EverHash,
    /// The token, or how it is paid.
    Token,
    /// The recipient.
    To,
    /// The amount.
    Amount,
}

/// Bytes that are no payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Neither a plain payment nor a call with two words.
    #[error("{0} bytes are no payout")]
    Length(usize),
    /// Another function than `transfer` and `mint`.
    #[error("call of an unknown function")]
    Function,
    /// Coins sent along with a call.
    #[error("a token's payout that sends coins too")]
    CoinsWithCall,
    /// A word that should hold an address and holds more.
    #[error("a recipient of more than 20 bytes")]
    Padding,
}

pub(super) fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    let length = ReadError::Length(bytes.len());
    let (chain_id, rest) = bytes.split_first_chunk::<32>().ok_or(length)?;
    let (contract, rest) = rest.split_first_chunk::<20>().ok_or(length)?;
    let (batch, rest) = rest.split_first_chunk::<32>().ok_or(length)?;
    let (ever_hash, rest) = rest.split_first_chunk::<32>().ok_or(length)?;
    let (target, rest) = rest.split_first_chunk::<20>().ok_or(length)?;
    let (value, data) = rest.split_first_chunk::<32>().ok_or(length)?;
    let value = Amount::from_be_bytes(*value);
    let (call, to, amount) = match data.len() {
        0 => (Call::Coin, *target, value),
        68 => token_call(*target, value, data, length)?,
        _ => return Err(length),
    };
    Ok(Reading {
        chain_id: Amount::from_be_bytes(*chain_id),
        contract: *contract,
        batch: *batch,
        ever_hash: EverHash::new(*ever_hash),
        call,
        to,
        amount,
    })
}

fn token_call(
    token: [u8; 20],
    value: Amount,
    data: &[u8],
    length: ReadError,
) -> Result<(Call, [u8; 20], Amount), ReadError> {
    let (function, rest) = data.split_first_chunk::<4>().ok_or(length)?;
    let (padding, rest) = rest.split_first_chunk::<12>().ok_or(length)?;
    let (to, rest) = rest.split_first_chunk::<20>().ok_or(length)?;
    let amount: &[u8; 32] = rest.try_into().map_err(|_| length)?;
    let call = match *function {
        TRANSFER => Call::Transfer { token },
        MINT => Call::Mint { token },
        _ => return Err(ReadError::Function),
    };
    if !value.is_zero() {
        return Err(ReadError::CoinsWithCall);
    }
    if *padding != [0; 12] {
        return Err(ReadError::Padding);
    }
    Ok((call, *to, Amount::from_be_bytes(*amount)))
}

impl Reading {
    /// The first field in which this is not the payout of `burn` by `vault`.
    #[must_use]
    pub fn differs(&self, burn: &Burn, vault: &Vault) -> Option<Field> {
        let Lock::Evm { chain_id, contract } = vault.lock;
        let token = evm_address(&burn.token_id);
        let token_is_right = match self.call {
            Call::Coin => token == Some([0; 20]),
            Call::Transfer { token: called } | Call::Mint { token: called } => {
                called != [0; 20] && token == Some(called)
            }
        };
        [
            (burn.chain == vault.chain && self.chain_id == Amount::from(chain_id), Field::Chain),
            (self.contract == contract, Field::Vault),
            (self.batch == burn.batch.id, Field::Batch),
            (self.ever_hash == burn.ever_hash, Field::EverHash),
            (token_is_right, Field::Token),
            (evm_address(&burn.to) == Some(self.to), Field::To),
            (self.amount == burn.target_amount, Field::Amount),
        ]
        .into_iter()
        .find_map(|(same, field)| (!same).then_some(field))
    }

    /// Whether both pay the same, under whatever number of the proposal.
    #[must_use]
    pub fn pays_the_same(&self, other: &Self) -> bool {
        let other = Self { batch: self.batch, ..other.clone() };
        *self == other
    }
}
