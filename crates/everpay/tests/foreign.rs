//! Foreign bytes of any shape: an answer, never a panic; and no altered transaction passes.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{account, dollar, draft, signed};
use everpay::bundle::Bundle;
use everpay::evm::EvmTransaction;
use everpay::{ArweaveDeposit, Checker, EverHash, MintFingerprint, Refusal, Transaction};
use proptest::prelude::*;

fn shared<T: Send + Sync>(value: T) -> T {
    value
}

/// Texts near the edges of what the fields may hold.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,50}",
        "[+-]?[0-9]{0,90}",
        "(0x|0X)?[0-9a-fA-F]{38,42}",
        "[A-Za-z0-9_-]{42,44}",
        "eid[0-9a-f]{68}",
        "(0x)?[0-9a-f]{128,132}",
        "[A-Za-z0-9_-]{0,90},[A-Za-z0-9_-]{0,90}(,(ECDSA|RSA|FIDO2|x))?",
        r#"\{"(hash|id|targetChainType|arOwner|mainItem|HASH)":("[a-z0-9]{0,9}"|null|1|\{\}|\[\])\}"#,
        Just("v1".to_owned()),
        Just("mint".to_owned()),
        Just("register".to_owned()),
        Just("arweave".to_owned()),
        Just("arweave,ethereum".to_owned()),
        Just("5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHXo".to_owned()),
        Just("eid56e2f17ae24f15371a843a9d66c6a6f4703cb8fad59364fde5932559794bc760bea7".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_fields_get_an_answer(fields in prop::collection::vec(field(), 14), places in prop::collection::vec(0_usize..14, 0..8)) {
        let mut tx = draft(&dollar(), "transfer", 0, 1, 1, 2, 1);
        everpay::sign_evm(&mut tx, &common::key(0));
        let good = tx.clone();
        for place in places {
            let value = fields[place].clone();
            let all = [
                &mut tx.token_symbol, &mut tx.action, &mut tx.from, &mut tx.to, &mut tx.amount, &mut tx.fee,
                &mut tx.fee_recipient, &mut tx.nonce, &mut tx.token_id, &mut tx.chain_type, &mut tx.chain_id,
                &mut tx.data, &mut tx.version, &mut tx.sig,
            ];
            *all.into_iter().nth(place).unwrap() = value;
        }
        let read = Transaction::from_json(tx.to_json().as_bytes()).unwrap();
        prop_assert_eq!(&read, &tx);
        let unchanged = tx == good;
        match Checker::new().check(tx.clone(), true) {
            // A registration's signature is not looked at; the ledger does not execute it.
            Ok(checked) => prop_assert!(unchanged || checked.signed.is_none(), "an altered transaction passed"),
            Err(rejected) => prop_assert_eq!((rejected.tx, rejected.ever_hash), (tx.clone(), tx.ever_hash())),
        }
    }

    #[test]
    fn any_text_gets_an_answer(text in prop_oneof![field(), ".{0,200}"], target in field()) {
        let _ = Transaction::from_json(text.as_bytes());
        let _ = Bundle::from_data(&text);
        let _ = EvmTransaction::from_json(&text);
        let _ = ArweaveDeposit::parse(&text);
        let _ = MintFingerprint::of_mint(&target, &text, &EverHash::new([0; 32]));
        let _ = everpay::everid::MailVerify::parse(&text);
        let _ = everpay::fido2::verify(&text, &target, b"", &everpay::fido2::Passkeys::default());
        let _ = serde_json::from_str::<everpay::InfoResponse>(&text);
    }

    #[test]
    fn a_flipped_bit_in_the_signature_never_passes(position in 0_usize..64, bit in 0_u8..8) {
        let checked = signed(draft(&dollar(), "transfer", 0, 1, 1, 2, 1), 0);
        let mut sig = crypto::hexs::decode(&checked.tx.sig).unwrap();
        sig[position] ^= 1 << bit;
        let tx = Transaction { sig: crypto::hexs::encode0x(&sig), ..checked.tx };
        prop_assert_eq!(Checker::new().check(tx, true).unwrap_err().refusal, Refusal::InvalidSignature);
    }
}

#[test]
fn one_checker_serves_all_threads() {
    let checker = shared(Checker::new());
    std::thread::scope(|scope| {
        for number in 0..4 {
            let checker = &checker;
            scope.spawn(move || {
                let mut tx = draft(&dollar(), "transfer", number, 1, 1, 2, 1);
                everpay::sign_evm(&mut tx, &common::key(number));
                assert_eq!(checker.check(tx, true).unwrap().from, account(number));
            });
        }
    });
}

#[test]
fn deposits_as_mints_claim_them() {
    let data = r#"{"format":2,"id":"i","owner":"o","Target":"t","quantity":"5","tags":[]}"#;
    let deposit = ArweaveDeposit::parse(data).unwrap();
    assert_eq!((&deposit.id[..], &deposit.owner[..], &deposit.target[..], &deposit.quantity[..]), ("i", "o", "t", "5"));
    assert_eq!(ArweaveDeposit::parse(r#"{"quantity":5}"#), Err(Refusal::InvalidMintHash));
    let token = dollar();
    assert_eq!(everpay::mint::deposit_amount(&token, "ethereum", common::amount(7)), Ok(common::amount(70_000)));
    assert_eq!(everpay::mint::deposit_amount(&token, "bsc", common::amount(7)), Err(Refusal::NotFoundTargetChainInfo));
}
