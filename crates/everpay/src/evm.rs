//! EVM transactions as JSON-RPC objects inside mints: hash and sender recomputed from the fields (section 9).
//!
//! What it does not do: believe `hash` or `from` of the object, or say whether the transaction is on any chain.

use crypto::secp::Recoverer;
use serde::Deserialize;

use crate::amount::Amount;
use crate::rlp;

/// An object that is no signed transaction of a known type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signed EVM transaction")]
pub struct EvmError;

/// A signed transaction of type 0 (legacy, with or without EIP-155), 1 (access list) or 2 (EIP-1559).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvmTransaction {
    kind: Kind,
    /// Recipient; `None` for the creation of a contract.
    pub to: Option<[u8; 20]>,
    /// Coins moved, base units.
    pub value: Amount,
    /// Call data.
    pub input: Vec<u8>,
    nonce: Vec<u8>,
    gas: Vec<u8>,
    v: u64,
    r: Vec<u8>,
    s: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Legacy { gas_price: Vec<u8> },
    AccessList { chain_id: Vec<u8>, gas_price: Vec<u8>, access_list: Vec<u8> },
    DynamicFee { chain_id: Vec<u8>, priority_fee: Vec<u8>, fee: Vec<u8>, access_list: Vec<u8> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    chain_id: Option<String>,
    nonce: String,
    #[serde(default)]
    gas_price: Option<String>,
    #[serde(default)]
    max_fee_per_gas: Option<String>,
    #[serde(default)]
    max_priority_fee_per_gas: Option<String>,
    gas: String,
    #[serde(default)]
    to: Option<String>,
    value: String,
    input: String,
    #[serde(default)]
    access_list: Option<Vec<AccessItem>>,
    v: String,
    r: String,
    s: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessItem {
    address: String,
    #[serde(default)]
    storage_keys: Vec<String>,
}

impl EvmTransaction {
    /// Reads a JSON-RPC transaction object.
    ///
    /// # Errors
    /// [`EvmError`] for anything else, or a type of transaction that is not known here.
    pub fn from_json(json: &str) -> Result<Self, EvmError> {
        let wire: Wire = serde_json::from_str(json).map_err(|_| EvmError)?;
        let v = quantity(&wire.v)?
            .iter()
            .try_fold(0_u64, |value, byte| value.checked_mul(256).map(|value| value + u64::from(*byte)));
        Ok(Self {
            kind: Kind::read(&wire)?,
            to: wire.to.as_deref().map(address).transpose()?,
            value: amount(&wire.value)?,
            input: crypto::hexs::decode(&wire.input).map_err(|_| EvmError)?,
            nonce: quantity(&wire.nonce)?,
            gas: quantity(&wire.gas)?,
            v: v.ok_or(EvmError)?,
            r: quantity(&wire.r)?,
            s: quantity(&wire.s)?,
        })
    }

    /// The transaction's hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let signature = [integer(self.v), rlp::bytes(&self.r), rlp::bytes(&self.s)];
        crypto::keccak256(&self.encode(&signature))
    }

    /// Who signed it; `None` when nobody can have.
    #[must_use]
    pub fn sender(&self, recoverer: &Recoverer) -> Option<[u8; 20]> {
        let (tail, parity) = match &self.kind {
            Kind::Legacy { .. } if self.v >= 35 => {
                let chain_id = integer((self.v - 35) / 2);
                (vec![chain_id, rlp::bytes(&[]), rlp::bytes(&[])], (self.v - 35) % 2)
            }
            Kind::Legacy { .. } => (Vec::new(), self.v.checked_sub(27)?),
            Kind::AccessList { .. } | Kind::DynamicFee { .. } => (Vec::new(), self.v),
        };
        let mut sig = [0; 65];
        sig[32 - self.r.len()..32].copy_from_slice(&self.r);
        sig[64 - self.s.len()..64].copy_from_slice(&self.s);
        // Beside 0 and 1 the recovery would also take 27 and 28, which is not the form here.
        sig[64] = u8::try_from(parity).ok().filter(|parity| *parity < 2)?;
        recoverer.recover(&crypto::keccak256(&self.encode(&tail)), &sig)
    }

    /// Recipient and amount when the call data is an ERC-20 `transfer(address,uint256)`.
    #[must_use]
    pub fn erc20_transfer(&self) -> Option<([u8; 20], Amount)> {
        let arguments = self.input.strip_prefix(&[0xa9, 0x05, 0x9c, 0xbb])?;
        let (recipient, amount) = arguments.split_first_chunk::<32>()?;
        let (padding, recipient) = recipient.split_at(12);
        let amount: [u8; 32] = amount.try_into().ok()?;
        if padding != [0; 12] {
            return None;
        }
        Some((recipient.try_into().ok()?, Amount::from_be_bytes(amount)))
    }

    fn encode(&self, tail: &[Vec<u8>]) -> Vec<u8> {
        let to = self.to.as_ref().map_or(&[][..], |to| to);
        let value = self.value.to_be_bytes();
        let call = [rlp::bytes(&self.gas), rlp::bytes(to), rlp::bytes(rlp::trim(&value)), rlp::bytes(&self.input)];
        let nonce = rlp::bytes(&self.nonce);
        let (prefix, head, access_list) = match &self.kind {
            Kind::Legacy { gas_price } => (None, vec![nonce, rlp::bytes(gas_price)], None),
            Kind::AccessList { chain_id, gas_price, access_list } => {
                (Some(1), vec![rlp::bytes(chain_id), nonce, rlp::bytes(gas_price)], Some(access_list.clone()))
            }
            Kind::DynamicFee { chain_id, priority_fee, fee, access_list } => {
                let head = vec![rlp::bytes(chain_id), nonce, rlp::bytes(priority_fee), rlp::bytes(fee)];
                (Some(2), head, Some(access_list.clone()))
            }
        };
        let fields: Vec<_> = head.into_iter().chain(call).chain(access_list).chain(tail.iter().cloned()).collect();
        prefix.into_iter().chain(rlp::list(&fields)).collect()
    }
}

impl Kind {
    fn read(wire: &Wire) -> Result<Self, EvmError> {
        let of = |text: &Option<String>| quantity(text.as_deref().ok_or(EvmError)?);
        let kind = quantity(wire.kind.as_deref().unwrap_or("0x0"))?;
        match kind[..] {
            [] => Ok(Self::Legacy { gas_price: of(&wire.gas_price)? }),
            [1] => Ok(Self::AccessList {
                chain_id: of(&wire.chain_id)?,
                gas_price: of(&wire.gas_price)?,
                access_list: access_list(wire)?,
            }),
            [2] => Ok(Self::DynamicFee {
                chain_id: of(&wire.chain_id)?,
                priority_fee: of(&wire.max_priority_fee_per_gas)?,
                fee: of(&wire.max_fee_per_gas)?,
                access_list: access_list(wire)?,
            }),
            _ => Err(EvmError),
        }
    }
}

fn access_list(wire: &Wire) -> Result<Vec<u8>, EvmError> {
    let items = wire.access_list.iter().flatten().map(|item| {
        let keys = item.storage_keys.iter().map(|key| {
            let key: [u8; 32] = crypto::hexs::decode_array(key).map_err(|_| EvmError)?;
            Ok(rlp::bytes(&key))
        });
        let keys = keys.collect::<Result<Vec<_>, EvmError>>()?;
        Ok(rlp::list(&[rlp::bytes(&address(&item.address)?), rlp::list(&keys)]))
    });
    Ok(rlp::list(&items.collect::<Result<Vec<_>, EvmError>>()?))
}

fn address(text: &str) -> Result<[u8; 20], EvmError> {
    crypto::hexs::decode_array(text).map_err(|_| EvmError)
}

fn amount(text: &str) -> Result<Amount, EvmError> {
    let given = quantity(text)?;
    let mut bytes = [0; 32];
    bytes[32 - given.len()..].copy_from_slice(&given);
    Ok(Amount::from_be_bytes(bytes))
}

fn integer(value: u64) -> Vec<u8> {
    rlp::bytes(rlp::trim(&value.to_be_bytes()))
}

/// A hexadecimal integer of at most 256 bits, without leading zeros.
fn quantity(text: &str) -> Result<Vec<u8>, EvmError> {
    let digits = text.strip_prefix("0x").ok_or(EvmError)?;
    let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
    let bytes = crypto::hexs::decode(&format!("0x{even}")).map_err(|_| EvmError)?;
    let bytes = rlp::trim(&bytes);
    if bytes.len() > 32 { Err(EvmError) } else { Ok(bytes.to_vec()) }
}

/// The address of a contract that `deployer` creates with its transaction number `nonce`.
#[must_use]
pub fn contract_address(deployer: &[u8; 20], nonce: u64) -> [u8; 20] {
    let hash = crypto::keccak256(&rlp::list(&[rlp::bytes(deployer), integer(nonce)]));
    hash[12..].try_into().expect("32 - 12 = 20")
}
