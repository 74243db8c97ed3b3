//! How an account's deposit address follows from the group's key, step by step, so that anybody can check it with other tools.

use std::fmt;

use bitcoin::hashes::Hash;
use bitcoin::secp256k1::XOnlyPublicKey;
use bitcoin::{Address, ScriptBuf, TapNodeHash, TapTweakHash};
use crypto::hexs;
use everpay::AccountId;
use threshold::FormatError;

use crate::place::{Holder, Vault};

/// Every step from the account to its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The account, as the ledger writes it: this text is what is hashed.
    pub account: AccountId,
    /// The x-only group key P.
    pub internal_key: [u8; 32],
    /// The one leaf of the script tree: `OP_RETURN`, then the tagged hash of the account. Nobody can execute it.
    pub leaf: ScriptBuf,
    /// The root of the tree: the leaf's hash.
    pub root: [u8; 32],
    /// The tagged hash of P and the root.
    pub tweak: [u8; 32],
    /// The x-only output key: P + tweak · G.
    pub output_key: [u8; 32],
    /// The address on the vault's network.
    pub address: Address,
}

impl Vault {
    /// The deposit address of an account with all that it follows from. No network is asked.
    ///
    /// # Errors
    /// Never for a group whose public data fit together.
    pub fn derivation(&self, account: AccountId) -> Result<Derivation, FormatError> {
        let (deposit, place) = (self.deposit(&account)?, self.place(Holder::Account(account))?);
        let internal_key = self.group().x_only();
        let internal = XOnlyPublicKey::from_slice(&internal_key).map_err(|_| FormatError::Curve)?;
        let root = TapNodeHash::from_byte_array(deposit.root());
        Ok(Derivation {
            account,
            internal_key,
            leaf: deposit.leaf().clone(),
            root: deposit.root(),
            tweak: TapTweakHash::from_key_and_tweak(internal, Some(root)).to_byte_array(),
            output_key: *place.output_key(),
            address: place.address(self.network()),
        })
    }
}

impl fmt::Display for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account       {}", self.account)?;
        writeln!(f, "internal key  {}", hexs::encode(&self.internal_key))?;
        writeln!(f, "leaf          {}", hexs::encode(self.leaf.as_bytes()))?;
        writeln!(f, "root          {}", hexs::encode(&self.root))?;
        writeln!(f, "tweak         {}", hexs::encode(&self.tweak))?;
        writeln!(f, "output key    {}", hexs::encode(&self.output_key))?;
        write!(f, "address       {}", self.address)
    }
}
