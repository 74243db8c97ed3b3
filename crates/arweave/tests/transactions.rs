//! Transactions, wallets and data items: round trips, and every change noticed.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;

use arweave::ans104::{Ans104Error, DataItem, parse_bundle};
use arweave::data_root::{self, Split};
use arweave::{Address, Format, Tag, Transaction, TxError, VerifiedHeader, Wallet, WalletError, Winston};
use crypto::{b64, sha256};
use serde_json::Value;
use support::{signed, wallet};

fn vectors(file: &str, kind: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/everpay").join(file);
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let all = json["vectors"].as_array().unwrap();
    let found: Vec<_> = all.iter().filter(|vector| vector["kind"] == kind).cloned().collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn published_transactions_verify_exactly_when_they_should() {
    for vector in vectors("arweave.json", "ar-tx") {
        let tx = Transaction::from_json(vector["tx"].to_string().as_bytes()).unwrap();
        let expect = &vector["expect"];
        let expected = match (expect["idOk"].as_bool().unwrap(), expect["sigOk"].as_bool().unwrap()) {
            (false, _) => Err(TxError::IdMismatch),
            (true, false) => Err(TxError::BadSignature),
            (true, true) => Ok(()),
        };
        assert_eq!(tx.verify(), expected, "{}", vector["id"]);
        assert_eq!(Transaction::from_json(&tx.to_json()).unwrap(), tx);
    }
}

#[test]
fn a_signed_transaction_verifies_and_is_portable() {
    let tx = signed();
    assert_eq!(tx.verify(), Ok(()));
    let header = tx.clone().into_verified().unwrap();
    assert_eq!(header.check_data(&tx.data), Ok(()));
    assert_eq!(VerifiedHeader::from_json(&header.transaction().to_json()).unwrap(), header);
    let mut data = tx.data;
    data[0] ^= 1;
    assert_eq!(header.check_data(&data), Err(TxError::DataRootMismatch));
    assert_eq!(header.check_data(&data[1..]), Err(TxError::DataSizeMismatch));
}

#[test]
fn data_carried_along_is_part_of_verify() {
    let mut tx = signed();
    tx.data[5] ^= 1;
    assert_eq!(tx.verify(), Err(TxError::DataRootMismatch));
    tx.data.pop();
    assert_eq!(tx.verify(), Err(TxError::DataSizeMismatch));
}

#[test]
fn money_transfers_are_signed_too() {
    let mut tx = Transaction::transfer(Address::from_bytes([1; 32]), Winston(5));
    tx.sign(wallet());
    assert_eq!(tx.verify(), Ok(()));
    tx.quantity = Winston(6);
    assert_eq!(tx.verify(), Err(TxError::BadSignature));
}

#[test]
fn format_1_signs_its_data() {
    let mut tx = signed();
    tx.format = Format::V1;
    (tx.data_root, tx.data_size) = (None, 0);
    tx.sign(wallet());
    // Recomputed by hand: the plain concatenation, tags as names and values without separators.
    let parts = [&tx.owner[..], &tx.data, b"0", b"1234", &[5; 48], b"AppeverPayparent_id"];
    assert_eq!(tx.signing_bytes(), parts.concat());
    let header = tx.clone().into_verified().unwrap();
    assert_eq!(header.data_size(), 700);
    assert_eq!(header.data_root(), data_root::root(&tx.data, Split::Ceil).as_ref());
    tx.data[0] ^= 1;
    assert_eq!(tx.verify(), Err(TxError::BadSignature));
}

#[test]
fn either_split_of_the_data_is_accepted() {
    let data = vec![3; 262_144 + 1];
    let (ceil, floor) = (data_root::root(&data, Split::Ceil).unwrap(), data_root::root(&data, Split::Floor).unwrap());
    assert_ne!(ceil, floor);
    let mut tx = Transaction::new_data(data, Vec::new());
    assert_eq!(tx.data_root, Some(ceil));
    tx.data_root = Some(floor);
    tx.sign(wallet());
    assert_eq!(tx.verify(), Ok(()));
}

#[test]
fn a_key_survives_its_text_form_and_signs_alike() {
    let jwk = wallet().to_jwk().unwrap();
    let again = Wallet::from_jwk(&jwk).unwrap();
    assert_eq!(again.address(), wallet().address());
    let members: Value = serde_json::from_str(&jwk).unwrap();
    assert_eq!((members["kty"].as_str(), members["e"].as_str()), (Some("RSA"), Some("AQAB")));
    let key = crypto::pss::PublicKey::from_modulus(wallet().owner()).unwrap();
    let digest = sha256(b"digest");
    for signer in [wallet(), &again] {
        let signature = signer.sign_digest(&digest);
        assert!(key.verify(&digest, &signature));
        assert!(key.verify_with_salt(&digest, &signature, 32));
        assert!(!key.verify(&sha256(b"other"), &signature));
    }
}

#[test]
fn everpay_messages_are_signed_over_their_hash() {
    let text = wallet().sign_message(b"tokenSymbol:AR");
    let (signature, owner) = text.split_once(',').unwrap();
    let (signature, owner) = (b64::decode(signature).unwrap(), b64::decode(owner).unwrap());
    assert_eq!(Address::of_owner(&owner), wallet().address());
    let key = crypto::pss::PublicKey::from_modulus(&owner).unwrap();
    assert!(key.verify(&sha256(b"tokenSymbol:AR"), &signature));
}

#[test]
fn broken_keys_are_refused_without_showing_them() {
    let jwk: Value = serde_json::from_str(&wallet().to_jwk().unwrap()).unwrap();
    let with = |member: &str, value: &str| {
        let mut jwk = jwk.clone();
        jwk[member] = value.into();
        Wallet::from_jwk(&jwk.to_string()).unwrap_err()
    };
    for (member, value) in [("kty", "EC"), ("e", "Aw"), ("d", "!")] {
        assert!(matches!(with(member, value), WalletError::NotAKey), "{member}");
    }
    let other: Value = serde_json::from_str(&Wallet::generate(2048).unwrap().to_jwk().unwrap()).unwrap();
    for member in ["n", "d", "p", "q"] {
        let error = with(member, other[member].as_str().unwrap());
        assert!(matches!(error, WalletError::BadKey | WalletError::Crypto(_)), "{member}: {error:?}");
    }
    assert!(matches!(Wallet::from_jwk("{"), Err(WalletError::NotAKey)));
    assert!(matches!(Wallet::generate(1024), Err(WalletError::BadKey)));
    let shown = format!("{:?}", wallet());
    assert_eq!(shown, format!("Wallet({}, secret redacted)", wallet().address()));
}

#[cfg(unix)]
#[test]
fn key_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wallet.json");
    wallet().save(&path).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(Wallet::load(&path).unwrap().address(), wallet().address());
    assert!(matches!(wallet().save(&path), Err(WalletError::Io(_))));
    for exposed in [0o640, 0o604, 0o620, 0o601] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(exposed)).unwrap();
        assert!(matches!(Wallet::load(&path), Err(WalletError::Exposed { mode }) if mode == exposed));
    }
    assert!(matches!(Wallet::load(&dir.path().join("none")), Err(WalletError::Io(_))));
}

#[test]
fn data_items_notice_every_change_and_truncation() {
    for vector in vectors("ans104.json", "ans104-item").iter().filter(|vector| vector["expect"]["ok"] == true) {
        let binary = b64::decode(vector["binary"].as_str().unwrap()).unwrap();
        assert!(DataItem::parse(&binary).unwrap().signature_holds());
        // Every eleventh byte, the kind of signature included.
        for index in (0..binary.len()).step_by(11) {
            let mut changed = binary.clone();
            changed[index] ^= 1;
            assert!(!DataItem::parse(&changed).is_ok_and(|item| item.signature_holds()), "byte {index}");
        }
        let head = binary.len() - DataItem::parse(&binary).unwrap().data.len();
        for len in (0..head).step_by(7) {
            assert!(DataItem::parse(&binary[..len]).is_err(), "{len} bytes");
        }
    }
}

#[test]
fn bundles_are_taken_whole_or_not_at_all() {
    let vector = &vectors("ans104.json", "ans104-bundle")[0];
    let binary = b64::decode(vector["binary"].as_str().unwrap()).unwrap();
    assert_eq!(parse_bundle(&binary).unwrap().len(), 2);
    assert_eq!(parse_bundle(&[&binary[..], &[0]].concat()), Err(Ans104Error::Length));
    assert_eq!(parse_bundle(&binary[..binary.len() - 1]), Err(Ans104Error::Length));
    let mut other_id = binary.clone();
    other_id[32 + 32] ^= 1;
    assert_eq!(parse_bundle(&other_id), Err(Ans104Error::IdMismatch(0)));
    let mut many = binary;
    many[..32].fill(0xff);
    assert!(parse_bundle(&many).is_err());
}

#[test]
fn tags_keep_bytes_that_are_no_text() {
    let mut tx = Transaction::new_data(vec![1], vec![Tag { name: vec![0xff], value: vec![0, 1] }]);
    tx.sign(wallet());
    let again = Transaction::from_json(&tx.to_json()).unwrap();
    assert_eq!((again.verify(), again.tags[0].name_str()), (Ok(()), None));
}
