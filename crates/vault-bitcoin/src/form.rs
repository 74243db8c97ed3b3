//! The one form of a request: a PSBT of version 0 in which nothing is left to choose.
//!
//! Inputs and outputs in BIP 69's order, version 2, no time lock, sequence `fffffffd` (replaceable). An input has its coin
//! (witness UTXO), the group's key as Taproot internal key and, for an account's coin, the root of the script tree and the
//! account's text in the proprietary field `everwatch`, subtype 1. Outputs have no fields; nor has the whole.

use bitcoin::absolute::LockTime;
use bitcoin::hashes::Hash;
use bitcoin::psbt::raw::ProprietaryKey;
use bitcoin::psbt::{Input, Psbt};
use bitcoin::secp256k1::XOnlyPublicKey;
use bitcoin::transaction::Version;
use bitcoin::{OutPoint, ScriptBuf, Sequence, TapNodeHash, Transaction, TxIn, TxOut, Witness};

use crate::error::Refused;
use crate::place::Holder;
use crate::request::Mine;

/// The field that names an input's account.
fn account_key() -> ProprietaryKey {
    ProprietaryKey { prefix: b"everwatch".to_vec(), subtype: 1, key: Vec::new() }
}

/// By transaction id as it is written, then by place in it.
pub(crate) fn input_order(outpoint: &OutPoint) -> ([u8; 32], u32) {
    let mut txid = outpoint.txid.to_byte_array();
    txid.reverse();
    (txid, outpoint.vout)
}

/// By amount, then by script.
pub(crate) fn output_order(output: &TxOut) -> (u64, &[u8]) {
    (output.value.to_sat(), output.script_pubkey.as_bytes())
}

/// The transaction without its witnesses.
pub(crate) fn unsigned(inputs: &[Mine], outputs: &[TxOut]) -> Transaction {
    let input = inputs.iter().map(|mine| TxIn {
        previous_output: mine.coin.outpoint,
        script_sig: ScriptBuf::new(),
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        witness: Witness::new(),
    });
    Transaction { version: Version::TWO, lock_time: LockTime::ZERO, input: input.collect(), output: outputs.to_vec() }
}

/// The PSBT's bytes.
pub(crate) fn encode(internal: XOnlyPublicKey, inputs: &[Mine], transaction: &Transaction) -> Vec<u8> {
    let psbt = Psbt {
        unsigned_tx: transaction.clone(),
        version: 0,
        xpub: Default::default(),
        proprietary: Default::default(),
        unknown: Default::default(),
        inputs: inputs.iter().map(|mine| input(internal, mine)).collect(),
        outputs: vec![Default::default(); transaction.output.len()],
    };
    psbt.serialize()
}

fn input(internal: XOnlyPublicKey, mine: &Mine) -> Input {
    let mut input = Input {
        witness_utxo: Some(mine.utxo()),
        tap_internal_key: Some(internal),
        tap_merkle_root: mine.place.root().map(TapNodeHash::from_byte_array),
        ..Input::default()
    };
    if let Holder::Account(account) = mine.coin.holder {
        input.proprietary.insert(account_key(), account.to_string().into_bytes());
    }
    input
}

/// Whose coin an input says that it spends.
pub(crate) fn holder(number: usize, input: &Input) -> Result<Holder, Refused> {
    let Some(name) = input.proprietary.get(&account_key()) else { return Ok(Holder::Vault) };
    let account = std::str::from_utf8(name).ok().and_then(|text| everpay::AccountId::parse(text).ok());
    account.map(Holder::Account).ok_or(Refused::Account { input: number })
}
