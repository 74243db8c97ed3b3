//! A spend as watchmen pass it round: read from bytes, shown from bytes, signed as one ceremony, and completed.

use std::collections::BTreeSet;

use bitcoin::hashes::Hash;
use bitcoin::psbt::{Input, Psbt};
use bitcoin::secp256k1::XOnlyPublicKey;
use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::{Address, Amount, Network, OutPoint, Transaction, TxOut, Witness};
use threshold::{FormatError, Item, KeyPath, verify_signature};

use crate::error::{NotSigned, Refused, SpendError};
use crate::form;
use crate::place::{Holder, Place, Vault};
use crate::plan::{MAX_RATE, MIN_RATE};

/// Most inputs: as many as one signing ceremony signs.
pub const MAX_INPUTS: usize = threshold::MAX_ITEMS;
/// Most outputs.
pub const MAX_OUTPUTS: usize = 64;
/// Most bytes of a request.
pub const MAX_BYTES: usize = 64 << 10;
const DIGEST: &[u8] = b"everwatch/bitcoin/spend/1";

/// A coin of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coin {
    /// Where it is.
    pub outpoint: OutPoint,
    /// What it holds.
    pub value: Amount,
    /// For whom the output is.
    pub holder: Holder,
}

/// A coin, and the output of the vault in which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mine {
    pub(crate) coin: Coin,
    pub(crate) place: Place,
}

impl Mine {
    pub(crate) fn utxo(&self) -> TxOut {
        TxOut { value: self.coin.value, script_pubkey: self.place.script_pubkey() }
    }
}

/// A spend that keeps every rule. Equal spends have equal bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendRequest {
    network: Network,
    own: Place,
    inputs: Vec<Mine>,
    transaction: Transaction,
    fee: Amount,
    vsize: u64,
    bytes: Vec<u8>,
}

impl SpendRequest {
    /// Reads a request that came over a network, a file or a screen. What it says of its coins' amounts is checked by the
    /// signatures, which commit to them: a lie makes the transaction invalid.
    ///
    /// # Errors
    /// Any bytes but the one form of a spend of this vault that keeps the rules.
    pub fn from_bytes(vault: &Vault, bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_BYTES {
            return Err(Refused::Length(bytes.len()));
        }
        let psbt = Psbt::deserialize(bytes).map_err(Refused::Psbt)?;
        count(psbt.inputs.len(), psbt.outputs.len())?;
        let internal = internal_key(vault).map_err(SpendError::Group)?;
        let mut inputs = Vec::with_capacity(psbt.inputs.len());
        for (number, input) in psbt.inputs.iter().enumerate() {
            inputs.push(read_input(vault, internal, number, psbt.unsigned_tx.input[number].previous_output, input)?);
        }
        let request = Self::build(vault, inputs, psbt.unsigned_tx.output)?;
        if request.bytes == bytes { Ok(request) } else { Err(Refused::Form) }
    }

    /// A spend of these coins to these outputs, in any order.
    pub(crate) fn build(vault: &Vault, mut inputs: Vec<Mine>, mut outputs: Vec<TxOut>) -> Result<Self, SpendError> {
        count(inputs.len(), outputs.len())?;
        inputs.sort_by_key(|mine| form::input_order(&mine.coin.outpoint));
        outputs.sort_by(|a, b| form::output_order(a).cmp(&form::output_order(b)));
        check_inputs(&inputs)?;
        check_outputs(vault.network(), &outputs)?;
        let transaction = form::unsigned(&inputs, &outputs);
        let vsize = signed_vsize(&transaction);
        let fee = fee(&inputs, &outputs, vsize)?;
        let bytes = form::encode(internal_key(vault)?, &inputs, &transaction);
        let own = vault.place(Holder::Vault)?;
        Ok(Self { network: vault.network(), own, inputs, transaction, fee, vsize, bytes })
    }

    /// The request as it is passed round: a PSBT of version 0.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of network and bytes. Whoever compares it compares everything.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let tag = crypto::sha256(DIGEST);
        crypto::sha256_parts(&[&tag, &tag, &self.network.magic().to_bytes(), &self.bytes])
    }

    /// The digest as words, which people compare by reading them out.
    #[must_use]
    pub fn check_words(&self) -> [&'static str; vault::words::WORDS] {
        vault::words::check_words(&self.digest())
    }

    /// On which network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// The coins, in the order of the inputs.
    pub fn coins(&self) -> impl ExactSizeIterator<Item = &Coin> {
        self.inputs.iter().map(|mine| &mine.coin)
    }

    /// The transaction without its signatures. Its id is the one that the signed one has.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// What the miner gets.
    #[must_use]
    pub fn fee(&self) -> Amount {
        self.fee
    }

    /// The size in virtual bytes once it is signed.
    #[must_use]
    pub fn vsize(&self) -> u64 {
        self.vsize
    }

    pub(crate) fn own(&self) -> &Place {
        &self.own
    }

    /// What the members sign, in the order of the inputs: BIP 341 signature hashes over the whole transaction with all
    /// amounts and scripts that it spends (`SIGHASH_DEFAULT`).
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        let spent: Vec<_> = self.inputs.iter().map(Mine::utxo).collect();
        let mut cache = SighashCache::new(&self.transaction);
        let mut item = |(input, mine): (usize, &Mine)| {
            let hash = cache
                .taproot_key_spend_signature_hash(input, &Prevouts::All(&spent), TapSighashType::Default)
                .expect("there is one spent output for each input");
            mine.place.item(hash.to_byte_array())
        };
        self.inputs.iter().enumerate().map(&mut item).collect()
    }

    /// The complete transaction, every input of which libsecp256k1 accepted.
    ///
    /// # Errors
    /// Another number of signatures than inputs, or one that is not valid for its input.
    pub fn finalise(&self, signatures: &[[u8; 64]]) -> Result<Transaction, NotSigned> {
        if signatures.len() != self.inputs.len() {
            return Err(NotSigned::Count { signatures: signatures.len(), inputs: self.inputs.len() });
        }
        let mut transaction = self.transaction.clone();
        for (number, (item, signature)) in self.items().iter().zip(signatures).enumerate() {
            verify_signature(self.inputs[number].place.output_key(), &item.message, signature)
                .map_err(|source| NotSigned::Signature { input: number, source })?;
            transaction.input[number].witness = Witness::from_slice(&[signature]);
        }
        Ok(transaction)
    }
}

pub(crate) fn internal_key(vault: &Vault) -> Result<XOnlyPublicKey, FormatError> {
    XOnlyPublicKey::from_slice(&vault.group().x_only()).map_err(|_| FormatError::Curve)
}

/// The transaction's size when every input has a signature of 64 bytes.
pub(crate) fn signed_vsize(unsigned: &Transaction) -> u64 {
    let mut signed = unsigned.clone();
    signed.input.iter_mut().for_each(|input| input.witness = Witness::from_slice(&[[0; 64]]));
    signed.vsize().try_into().expect("a size that is bounded by inputs and outputs")
}

fn read_input(
    vault: &Vault,
    internal: XOnlyPublicKey,
    number: usize,
    outpoint: OutPoint,
    input: &Input,
) -> Result<Mine, Refused> {
    let utxo = input.witness_utxo.as_ref().ok_or(Refused::NoCoin { input: number })?;
    if input.sighash_type.is_some() {
        return Err(Refused::Sighash { input: number });
    }
    if input.tap_internal_key != Some(internal) {
        return Err(Refused::InternalKey { input: number });
    }
    let holder = form::holder(number, input)?;
    let place = vault.place(holder).map_err(SpendError::Group)?;
    let root = input.tap_merkle_root.map(|root| root.to_byte_array());
    if utxo.script_pubkey != place.script_pubkey() || root != place.root() {
        return Err(Refused::NotOurs { input: number });
    }
    Ok(Mine { coin: Coin { outpoint, value: utxo.value, holder }, place })
}

fn count(inputs: usize, outputs: usize) -> Result<(), SpendError> {
    if inputs == 0 || inputs > MAX_INPUTS {
        return Err(SpendError::Inputs(inputs));
    }
    if outputs == 0 || outputs > MAX_OUTPUTS { Err(SpendError::Outputs(outputs)) } else { Ok(()) }
}

fn check_inputs(inputs: &[Mine]) -> Result<(), SpendError> {
    let mut seen = BTreeSet::new();
    match inputs.iter().map(|mine| mine.coin.outpoint).find(|outpoint| !seen.insert(*outpoint)) {
        Some(outpoint) => Err(SpendError::Repeated(outpoint)),
        None => Ok(()),
    }
}

fn check_outputs(network: Network, outputs: &[TxOut]) -> Result<(), SpendError> {
    for (output, TxOut { value, script_pubkey }) in outputs.iter().enumerate() {
        if Address::from_script(script_pubkey, network).is_err() {
            return Err(SpendError::NoAddress { output });
        }
        let least = script_pubkey.minimal_non_dust();
        if *value < least {
            return Err(SpendError::Dust { output, value: *value, least });
        }
    }
    Ok(())
}

/// The sum, if there can be that much.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Result<Amount, SpendError> {
    let add = |sum: Amount, amount| sum.checked_add(amount).filter(|sum| *sum <= Amount::MAX_MONEY);
    amounts.into_iter().try_fold(Amount::ZERO, add).ok_or(SpendError::Amounts)
}

fn fee(inputs: &[Mine], outputs: &[TxOut], vsize: u64) -> Result<Amount, SpendError> {
    let have = sum(inputs.iter().map(|mine| mine.coin.value))?;
    let paid = sum(outputs.iter().map(|output| output.value))?;
    let fee = have.checked_sub(paid).ok_or(SpendError::NotEnough { have, need: paid })?;
    let bounds = [MIN_RATE, MAX_RATE].map(|rate| rate.fee_vb(vsize));
    let within = matches!(bounds, [Some(least), Some(most)] if (least..=most).contains(&fee));
    if within { Ok(fee) } else { Err(SpendError::Fee { fee, vsize }) }
}
