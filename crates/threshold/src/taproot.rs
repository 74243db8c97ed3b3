//! The group key on Bitcoin: internal key of Taproot outputs that can be spent by the key path only.
//!
//! A deposit address commits to an account by a script leaf that nobody can ever execute: `OP_RETURN` and 32 bytes. So each
//! account has an address of its own, anybody can compute it offline from the group key and the account, and no script path
//! spends it.

use bitcoin::key::{TapTweak, TweakedPublicKey, UntweakedPublicKey};
use bitcoin::opcodes::all::OP_RETURN;
use bitcoin::secp256k1::{Secp256k1, XOnlyPublicKey};
use bitcoin::taproot::{LeafVersion, TapLeafHash, TapNodeHash};
use bitcoin::{Address, KnownHrp, ScriptBuf};

use crate::error::FormatError;
use crate::group::Group;
use crate::hash::tagged;
use crate::sign::{Item, Spend};

/// A Taproot output of the group, spendable by its key path.
pub trait KeyPath {
    /// The form of the key that signs for it.
    fn spend(&self) -> Spend;

    /// What a signing ceremony signs for an input that spends it: the BIP 341 signature hash of the input.
    fn item(&self, sighash: [u8; 32]) -> Item {
        Item { message: sighash, spend: self.spend() }
    }
}

/// Where an account deposits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    leaf: ScriptBuf,
    root: TapNodeHash,
    output: TweakedPublicKey,
}

impl Deposit {
    /// The deposit output of an account: the bytes of its name on the ledger, in the one form that the ledger uses.
    ///
    /// # Errors
    /// Never for a group whose public data fit together.
    pub fn new(group: &Group, account: &[u8]) -> Result<Self, FormatError> {
        let internal: UntweakedPublicKey =
            XOnlyPublicKey::from_slice(&group.x_only()).map_err(|_| FormatError::Curve)?;
        let commitment = tagged("everwatch/threshold/account/1", &[account]);
        let leaf = ScriptBuf::builder().push_opcode(OP_RETURN).push_slice(commitment).into_script();
        let root = TapNodeHash::from(TapLeafHash::from_script(&leaf, LeafVersion::TapScript));
        let (output, _) = internal.tap_tweak(&Secp256k1::verification_only(), Some(root));
        Ok(Self { leaf, root, output })
    }

    /// The leaf that commits to the account: `OP_RETURN`, then 32 bytes.
    #[must_use]
    pub fn leaf(&self) -> &ScriptBuf {
        &self.leaf
    }

    /// The root of the script tree, which is the leaf's hash.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        *self.root.as_ref()
    }

    /// The x-only output key.
    #[must_use]
    pub fn output_key(&self) -> [u8; 32] {
        self.output.serialize()
    }

    /// What an output to this address holds.
    #[must_use]
    pub fn script_pubkey(&self) -> ScriptBuf {
        ScriptBuf::new_p2tr_tweaked(self.output)
    }

    /// The address on a network.
    #[must_use]
    pub fn address(&self, network: impl Into<KnownHrp>) -> Address {
        Address::p2tr_tweaked(self.output, network)
    }
}

impl KeyPath for Deposit {
    fn spend(&self) -> Spend {
        Spend::Tree(self.root())
    }
}
