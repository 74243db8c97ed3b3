//! Signatures, checked by those who verify them: the ledger's checker, the lock contract's rule, and a gateway's.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use arweave::Wallet;
use crypto::secp::Recoverer;
use everpay::{AccountId, Nonce, SignedText, Transaction, Verifier, lock_contract};
use keystore::{Identity, Kind, NewKey, Phrase, SignError, Signer};
use support::{NOW, Place, evm, label, share};

fn transfer(from: AccountId) -> Transaction {
    let (action, version, nonce) = ("transfer".into(), "v1".into(), NOW.to_string());
    Transaction { from: from.to_string(), action, nonce, version, ..Transaction::default() }
}

/// Whether the ledger takes the signature of a transaction.
fn holds(tx: &Transaction) -> bool {
    let from = AccountId::parse(&tx.from).unwrap();
    let (nonce, ever_hash, message) = (Nonce::parse(&tx.nonce).unwrap(), tx.ever_hash(), tx.message());
    let text = SignedText { from: &from, nonce, ever_hash: &ever_hash, message: &message };
    Verifier::default().verify(&tx.sig, text).is_ok()
}

/// A keystore with one key, and a signer for it.
fn one(key: NewKey) -> (Place, keystore::Session, Box<dyn Signer>) {
    let place = Place::new();
    place.unlock().add(label("Main"), key, NOW).unwrap();
    // Unlocked anew, so that the key comes from the file.
    let session = place.unlock();
    let entry = session.entries(NOW).unwrap().remove(0);
    let signer = session.signer(entry.id(), NOW).unwrap();
    assert_eq!(Some(signer.account()), entry.identity.account());
    (place, session, signer)
}

#[test]
fn an_evm_key_signs_what_ledger_contract_and_chain_accept() {
    let phrase = Phrase::parse("test test test test test test test test test test test junk").unwrap();
    let (_place, _session, signer) = one(phrase.evm_account("", 0).unwrap());
    let AccountId::Evm(address) = signer.account() else { panic!("an EVM account") };
    assert_eq!(signer.account().to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

    let mut tx = transfer(signer.account());
    signer.sign_everpay(&mut tx, NOW).unwrap();
    assert!(holds(&tx));
    tx.amount.push('0');
    assert!(!holds(&tx));

    let id = crypto::sha256(b"a proposal");
    let sig = signer.sign_evm_message(&id, NOW).unwrap();
    assert_eq!(lock_contract::ec_address(&Recoverer::new(), &id, &sig), Ok(address));

    let unsigned = [&[0x02, 0xc3][..], &[1, 2, 3]].concat();
    let sig = signer.sign_evm_transaction(&unsigned, NOW).unwrap();
    assert_eq!(Recoverer::new().recover(&crypto::keccak256(&unsigned), &sig), Some(address));
}

#[test]
fn an_arweave_key_signs_what_ledger_and_gateways_accept() {
    let wallet = Wallet::generate(2048).unwrap();
    let (_place, session, signer) = one(NewKey::from_arweave_jwk(&wallet.to_jwk().unwrap()).unwrap());
    assert_eq!(session.entries(NOW).unwrap()[0].identity.kind(), Kind::Arweave);
    assert_eq!(signer.account().to_string(), wallet.address().to_string());

    let mut tx = transfer(signer.account());
    signer.sign_everpay(&mut tx, NOW).unwrap();
    assert!(holds(&tx));

    let mut tx = arweave::Transaction::new_data(b"data".to_vec(), Vec::new());
    signer.sign_arweave(&mut tx, NOW).unwrap();
    assert!(tx.signature_holds());
    // The second signature comes from the key that the first one read.
    let mut again = transfer(signer.account());
    signer.sign_everpay(&mut again, NOW).unwrap();
    assert!(holds(&again));
    session.lock();
    assert_eq!(signer.sign_everpay(&mut again, NOW), Err(SignError::Locked));
}

#[test]
fn a_key_of_one_kind_does_not_sign_for_another() {
    let (_place, session, evm_signer) = one(evm(1));
    let wallet = Wallet::generate(2048).unwrap();
    let ar = session.add(label("AR"), NewKey::from_arweave_jwk(&wallet.to_jwk().unwrap()).unwrap(), NOW).unwrap();
    let part = session.add(label("Part"), share("group", b"bytes"), NOW).unwrap();
    let ar_signer = session.signer(ar.id(), NOW).unwrap();
    let mut tx = arweave::Transaction::new_data(b"data".to_vec(), Vec::new());
    let before = tx.clone();
    assert_eq!(evm_signer.sign_arweave(&mut tx, NOW), Err(SignError::WrongKind));
    assert_eq!(tx, before);
    assert_eq!(ar_signer.sign_evm_message(b"x", NOW), Err(SignError::WrongKind));
    assert_eq!(ar_signer.sign_evm_transaction(&[0xc0], NOW), Err(SignError::WrongKind));
    assert_eq!(session.signer(part.id(), NOW).unwrap_err(), SignError::WrongKind);
    assert_eq!(session.share(ar.id(), NOW).unwrap_err(), SignError::WrongKind);
    assert_eq!(session.signer(Identity::Evm([9; 20]).id(), NOW).unwrap_err(), SignError::NoSuchKey);
}

#[test]
fn a_transaction_of_another_account_is_not_signed() {
    let (_place, _session, signer) = one(evm(1));
    for from in [AccountId::Evm([9; 20]).to_string(), String::new(), "nonsense".into()] {
        let mut tx = Transaction { from, ..transfer(signer.account()) };
        assert_eq!(signer.sign_everpay(&mut tx, NOW), Err(SignError::OtherAccount));
        assert!(tx.sig.is_empty());
    }
    let mut tx = Transaction { from: signer.account().to_string().to_lowercase(), ..transfer(signer.account()) };
    signer.sign_everpay(&mut tx, NOW).unwrap();
}

#[test]
fn a_message_cannot_be_signed_as_a_transaction() {
    let (_place, _session, signer) = one(evm(1));
    for bytes in [&b"\x19Ethereum Signed Message:\n1a"[..], b"\x19\x01", b"", &[2, 0xc1]] {
        assert_eq!(signer.sign_evm_transaction(bytes, NOW), Err(SignError::NotATransaction));
    }
}

#[test]
fn a_signer_ends_with_its_session_and_with_its_key() {
    let (place, session, signer) = one(evm(1));
    assert_eq!(format!("{signer:?}"), format!("FileSigner({})", signer.account()));
    session.remove(session.entries(NOW).unwrap()[0].id(), NOW).unwrap();
    assert_eq!(signer.sign_evm_message(b"x", NOW), Err(SignError::NoSuchKey));
    drop(session);
    assert_eq!(signer.sign_evm_message(b"x", NOW), Err(SignError::Locked));
    let session = place.unlock();
    assert_eq!(signer.sign_evm_message(b"x", NOW), Err(SignError::Locked), "a new session is another one");
    drop(session);
}

#[test]
fn locking_from_another_thread_stops_all_signing() {
    let (_place, session, signer) = one(evm(1));
    let signed = std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut signed = 0_u32;
            while signer.sign_evm_message(b"x", NOW).is_ok() {
                signed += 1;
                if signed == 20 {
                    session.lock();
                }
            }
            signed
        });
        worker.join().unwrap()
    });
    assert_eq!(signed, 20);
}
