//! Requests that came from somewhere: one form is read, every other is refused by its rule.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../threshold/tests/common/mod.rs"]
mod common;
mod support;

use bitcoin::absolute::LockTime;
use bitcoin::psbt::raw::{Key, ProprietaryKey};
use bitcoin::psbt::{Psbt, PsbtSighashType};
use bitcoin::sighash::TapSighashType;
use bitcoin::transaction::Version;
use bitcoin::{Amount, ScriptBuf, Sequence, Witness};
use support::{ALICE, BOB, account, coin, payment, rate, request, vault};
use vault_bitcoin::{Holder, MAX_BYTES, MAX_INPUTS, MAX_OUTPUTS, Payment, Refused, SpendError, SpendRequest, Vault};

/// The example with one change, as another program might write it.
fn changed(vault: &Vault, change: impl FnOnce(&mut Psbt)) -> Result<SpendRequest, Refused> {
    let mut psbt = Psbt::deserialize(request(vault).to_bytes()).unwrap();
    change(&mut psbt);
    SpendRequest::from_bytes(vault, &psbt.serialize())
}

macro_rules! refused {
    ($vault:expr, $change:expr, $rule:pat) => {
        let result = changed($vault, $change);
        assert!(matches!(result, Err($rule)), "{}: {result:?}", stringify!($change));
    };
}

fn name() -> ProprietaryKey {
    ProprietaryKey { prefix: b"everwatch".to_vec(), subtype: 1, key: vec![] }
}

/// The inputs of the example are Bob's, the vault's and Alice's.
const BOBS: usize = 0;
const VAULTS: usize = 1;
const ALICES: usize = 2;

#[test]
fn a_request_is_read_as_it_was_written() {
    let (_, vault) = vault(1);
    let written = request(&vault);
    let read = SpendRequest::from_bytes(&vault, written.to_bytes()).unwrap();
    assert_eq!(read.describe(), written.describe());
    let holders: Vec<_> = read.coins().map(|coin| coin.holder).collect();
    assert_eq!(holders, [account(BOB), Holder::Vault, account(ALICE)]);
    assert_eq!(read, written);
}

#[test]
fn an_input_that_is_not_the_vaults_for_the_account_that_it_names_is_refused() {
    let (_, vault) = vault(1);
    let (_, other) = support::vault(2);
    assert!(matches!(
        SpendRequest::from_bytes(&other, request(&vault).to_bytes()),
        Err(Refused::InternalKey { input: 0 })
    ));
    let rename = |psbt: &mut Psbt, input: usize, text: &str| {
        psbt.inputs[input].proprietary.insert(name(), text.into());
    };
    refused!(&vault, |psbt| rename(psbt, ALICES, BOB), Refused::NotOurs { input: ALICES });
    refused!(&vault, |psbt| rename(psbt, VAULTS, BOB), Refused::NotOurs { input: VAULTS });
    refused!(&vault, |psbt| rename(psbt, BOBS, "bob"), Refused::Account { input: BOBS });
    refused!(&vault, |psbt| rename(psbt, BOBS, "\u{0}"), Refused::Account { input: BOBS });
    refused!(&vault, |psbt| psbt.inputs[BOBS].proprietary.clear(), Refused::NotOurs { input: BOBS });
    refused!(&vault, |psbt| psbt.inputs[BOBS].tap_merkle_root = None, Refused::NotOurs { input: BOBS });
    refused!(
        &vault,
        |psbt| psbt.inputs[VAULTS].tap_merkle_root = psbt.inputs[BOBS].tap_merkle_root,
        Refused::NotOurs { input: VAULTS }
    );
    refused!(&vault, |psbt| psbt.inputs[BOBS].tap_internal_key = None, Refused::InternalKey { input: BOBS });
    refused!(&vault, |psbt| psbt.inputs[BOBS].witness_utxo = None, Refused::NoCoin { input: BOBS });
    let elsewhere = |psbt: &mut Psbt| {
        psbt.inputs[BOBS].witness_utxo.as_mut().unwrap().script_pubkey = payment(1).to.assume_checked().script_pubkey();
    };
    refused!(&vault, elsewhere, Refused::NotOurs { input: BOBS });
}

#[test]
fn a_signature_over_less_than_the_whole_transaction_is_refused() {
    let (_, vault) = vault(1);
    for kind in
        [TapSighashType::Default, TapSighashType::All, TapSighashType::None, TapSighashType::AllPlusAnyoneCanPay]
    {
        let ask = |psbt: &mut Psbt| psbt.inputs[VAULTS].sighash_type = Some(PsbtSighashType::from(kind));
        refused!(&vault, ask, Refused::Sighash { input: VAULTS });
    }
}

#[test]
fn fields_order_and_numbers_that_a_request_does_not_have_are_refused() {
    let (_, vault) = vault(1);
    let unknown = || Key { type_value: 0x77, key: vec![1] };
    let more = || ProprietaryKey { subtype: 2, ..name() };
    refused!(&vault, |psbt| drop(psbt.unknown.insert(unknown(), vec![])), Refused::Form);
    refused!(&vault, |psbt| drop(psbt.inputs[0].unknown.insert(unknown(), vec![])), Refused::Form);
    refused!(&vault, |psbt| drop(psbt.outputs[0].unknown.insert(unknown(), vec![])), Refused::Form);
    refused!(&vault, |psbt| drop(psbt.proprietary.insert(more(), vec![])), Refused::Form);
    refused!(&vault, |psbt| drop(psbt.inputs[0].proprietary.insert(more(), vec![])), Refused::Form);
    refused!(&vault, |psbt| psbt.inputs[0].final_script_sig = Some(ScriptBuf::new()), Refused::Form);
    refused!(&vault, |psbt| psbt.inputs[0].final_script_witness = Some(Witness::new()), Refused::Form);
    refused!(&vault, |psbt| psbt.outputs[0].witness_script = Some(ScriptBuf::new()), Refused::Form);
    refused!(&vault, |psbt| psbt.unsigned_tx.version = Version::ONE, Refused::Form);
    refused!(&vault, |psbt| psbt.unsigned_tx.lock_time = LockTime::from_consensus(1), Refused::Form);
    refused!(&vault, |psbt| psbt.unsigned_tx.input[2].sequence = Sequence::MAX, Refused::Form);
    refused!(&vault, |psbt| psbt.unsigned_tx.output.reverse(), Refused::Form);
    let swap = |psbt: &mut Psbt| {
        psbt.unsigned_tx.input.swap(0, 2);
        psbt.inputs.swap(0, 2);
    };
    refused!(&vault, swap, Refused::Form);
    // Another spelling of the same account.
    let lower = |psbt: &mut Psbt| drop(psbt.inputs[ALICES].proprietary.insert(name(), ALICE.to_lowercase().into()));
    refused!(&vault, lower, Refused::Form);
}

#[test]
fn the_rules_hold_for_requests_of_others_too() {
    let (_, vault) = vault(1);
    let pays = |sat| move |psbt: &mut Psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(sat);
    refused!(&vault, pays(200_000), Refused::Rule(SpendError::NotEnough { .. }));
    refused!(&vault, pays(293), Refused::Rule(SpendError::Dust { .. }));
    refused!(&vault, pays(u64::MAX), Refused::Rule(SpendError::Amounts));
    let fee = |psbt: &mut Psbt| psbt.inputs[BOBS].witness_utxo.as_mut().unwrap().value = Amount::from_sat(1_000_000);
    refused!(&vault, fee, Refused::Rule(SpendError::Fee { .. }));
    let nowhere = |psbt: &mut Psbt| psbt.unsigned_tx.output[0].script_pubkey = ScriptBuf::new_op_return([1, 2]);
    refused!(&vault, nowhere, Refused::Rule(SpendError::NoAddress { output: 0 }));
    let twice = |psbt: &mut Psbt| {
        psbt.unsigned_tx.input[1] = psbt.unsigned_tx.input[0].clone();
        psbt.inputs[1] = psbt.inputs[0].clone();
    };
    refused!(&vault, twice, Refused::Rule(SpendError::Repeated(_)));
    let nobody = |psbt: &mut Psbt| {
        psbt.unsigned_tx.output.clear();
        psbt.outputs.clear();
    };
    refused!(&vault, nobody, Refused::Rule(SpendError::Outputs(0)));
    let many = |psbt: &mut Psbt| {
        psbt.unsigned_tx.output = vec![psbt.unsigned_tx.output[0].clone(); MAX_OUTPUTS + 1];
        psbt.outputs = vec![psbt.outputs[0].clone(); MAX_OUTPUTS + 1];
    };
    refused!(&vault, many, Refused::Rule(SpendError::Outputs(_)));
}

#[test]
fn no_bytes_are_read_as_another_request_than_they_are() {
    let (_, vault) = vault(1);
    let written = request(&vault);
    let bytes = written.to_bytes();
    let mut others = 0;
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.to_vec();
            changed[place] ^= 1 << bit;
            let Ok(read) = SpendRequest::from_bytes(&vault, &changed) else { continue };
            others += 1;
            assert_eq!(read.to_bytes(), changed, "byte {place}");
            assert_ne!(read.items(), written.items(), "byte {place}: other bytes, the same signatures");
        }
        assert!(SpendRequest::from_bytes(&vault, &bytes[..place]).is_err(), "{place} bytes");
    }
    assert!(others > 100, "other coins and other amounts are other requests");
    assert!(SpendRequest::from_bytes(&vault, &[bytes, &[0]].concat()).is_err(), "a byte too many");
}

#[test]
fn the_longest_request_is_shorter_than_the_bound_and_nothing_longer_is_looked_at() {
    let (_, vault) = vault(1);
    let name = format!("eid{}", crypto::hexs::encode(&everid()));
    let coins: Vec<_> = (0..MAX_INPUTS).map(|n| coin(u8::try_from(n).unwrap(), 100_000, account(&name))).collect();
    // Taproot addresses are the longest.
    let to = vault.place(account(BOB)).unwrap().address(vault.network()).into_unchecked();
    let payment = Payment { to, value: Amount::from_sat(10_000) };
    let longest = vault.plan(&coins, &vec![payment; MAX_OUTPUTS - 1], rate(1)).unwrap();
    assert_eq!(longest.transaction().output.len(), MAX_OUTPUTS);
    assert!(longest.to_bytes().len() < MAX_BYTES, "{}", longest.to_bytes().len());
    assert!(SpendRequest::from_bytes(&vault, longest.to_bytes()).is_ok());
    let long = vec![0; MAX_BYTES + 1];
    assert!(matches!(SpendRequest::from_bytes(&vault, &long), Err(Refused::Length(_))));
}

/// 32 bytes and the checksum of an EverID.
fn everid() -> Vec<u8> {
    let body = [7; 32];
    [&body[..], &crypto::sha256_parts(&[b"eid", &body])[..2]].concat()
}
