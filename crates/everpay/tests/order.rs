//! The order of refusals: every table starts with a transaction that breaks all its rules and mends one a line, from
//! the first that is reported to none. What is reported before each mending is the precedence of the protocol.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{account, ar, dollar, draft, mint, rules, signed, usd};
use everpay::{
    AccountId, Amount, Checker, Denied, Ledger, MintVerdict, Rule, Rules, TokenTag, Tokens, Transaction, ar_token,
    sign_evm,
};

type Step = (&'static str, fn(&mut Transaction));

/// Mends `tx` step by step; before each step the named code must be reported.
fn check_static(mut tx: Transaction, signer: u8, steps: &[Step]) {
    let checker = Checker::new();
    for (code, mend) in steps {
        // The batch's owner stands between version and data.
        let owner_ok = *code != "err_invalid_owner";
        let rejected = checker.check(tx.clone(), owner_ok).unwrap_err();
        assert_eq!(rejected.refusal.code(), *code);
        mend(&mut tx);
    }
    sign_evm(&mut tx, &common::key(signer));
    assert!(checker.check(tx, true).is_ok());
}

#[test]
fn static_checks_of_a_mint() {
    let mut tx = mint(0, 1, 5, 7, 1);
    tx.version = "v2".into();
    tx.data = "x".repeat(30_001);
    tx.amount = "1.5".into();
    tx.fee = "none".into();
    tx.from = "nobody".into();
    tx.to = "nobody".into();
    tx.fee_recipient = "nobody".into();
    tx.nonce = "soon".into();
    check_static(
        tx,
        0,
        &[
            ("err_invalid_tx_version", |tx| tx.version = "v1".into()),
            ("err_invalid_owner", |_| {}),
            ("err_larger_data", |tx| tx.data = "x".repeat(30_000)),
            ("err_invalid_amount", |tx| tx.amount = "-00015".into()),
            ("err_invalid_fee", |tx| tx.fee = "+0".into()),
            ("err_invalid_id", |tx| tx.from = account(0).to_string()),
            ("err_invalid_id", |tx| tx.to = account(1).to_string()),
            ("err_invalid_id", |tx| tx.fee_recipient = account(2).to_string()),
            ("err_invalid_target_chain_type", |tx| tx.data = r#"{"targetChainType":"mmmm"}"#.into()),
            ("err_invalid_mint_hash", |tx| tx.data = r#"{"ID":"","id":5}"#.into()),
            ("err_invalid_mint_hash", |tx| tx.data = r#"{"ID":"x"}"#.into()),
            ("err_invalid_nonce", |tx| tx.nonce = "7".into()),
            ("err_invalid_signature", |_| {}),
        ],
    );
}

#[test]
fn thirty_thousand_counts_bytes() {
    let mut tx = draft(&dollar(), "transfer", 0, 1, 1, 0, 1);
    tx.data = "é".repeat(15_000);
    signed(tx.clone(), 0);
    tx.data.push('x');
    assert_eq!(Checker::new().check(tx, true).unwrap_err().refusal.code(), "err_larger_data");
}

#[test]
fn a_fee_recipient_may_be_missing_only_for_the_text_zero() {
    let mut tx = draft(&dollar(), "transfer", 0, 1, 1, 0, 1);
    tx.fee_recipient = String::new();
    assert_eq!(signed(tx.clone(), 0).fee_recipient, None);
    for fee in ["00", "+0", "1"] {
        tx.fee = fee.into();
        assert_eq!(Checker::new().check(tx.clone(), true).unwrap_err().refusal.code(), "err_invalid_id", "{fee}");
    }
}

/// Mends `tx` step by step; before each step the ledger must report the named code and stay as it is.
fn check_ledger(ledger: &mut Ledger, mut tx: Transaction, from: u8, mint: MintVerdict, steps: &[Step]) {
    let root = ledger.end_batch().root;
    for (code, mend) in steps {
        let denied = ledger.apply(&signed(tx.clone(), from), mint).unwrap_err();
        assert_eq!(denied.to_string(), *code);
        assert_eq!(ledger.end_batch().root, root, "a refusal changes nothing");
        mend(&mut tx);
    }
    ledger.apply(&signed(tx, from), mint).unwrap();
    assert_ne!(ledger.end_batch().root, root);
}

/// Account 0 holds 1000 base units of AR and of dollars, and used nonce 10.
fn funded() -> Ledger {
    let mut ledger = Ledger::new(rules());
    ledger.apply(&signed(mint(0, 0, 1000, 9, 200), 0), MintVerdict::Verified).unwrap();
    ledger.apply(&signed(common::mint_usd(0, 0, 1000, 10, 201), 0), MintVerdict::Verified).unwrap();
    ledger
}

const BEYOND: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
const MAX: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

#[test]
fn a_transfer() {
    let mut tx = draft(&dollar(), "transfer", 0, 1, 0, 0, 10);
    tx.token_symbol = "WRONG".into();
    tx.chain_id = "42".into();
    tx.fee_recipient = account(3).to_string();
    tx.fee = "-1".into();
    tx.amount = "-1".into();
    check_ledger(
        &mut funded(),
        tx,
        0,
        MintVerdict::NotAMint,
        &[
            ("err_nonce_too_low", |tx| tx.nonce = "11".into()),
            ("err_token_not_found", |tx| tx.token_symbol = "usd".into()),
            ("err_invalid_chainid", |tx| tx.chain_id = "1".into()),
            ("err_invalid_fee_recipient", |tx| tx.fee_recipient = account(common::FEES).to_string()),
            ("err_negative_fee", |tx| tx.fee = "1".into()),
            ("err_invalid_fee", |tx| tx.fee = BEYOND.into()),
            ("err_larger_amount", |tx| tx.fee = "2".into()),
            ("err_negative_amount", |tx| tx.amount = BEYOND.into()),
            ("err_larger_amount", |tx| tx.amount = MAX.into()),
            ("err_larger_amount", |tx| tx.amount = "999".into()),
            ("err_insufficient_balance", |tx| tx.amount = "998".into()),
        ],
    );
}

#[test]
fn a_burn() {
    let mut tx = draft(&dollar(), "burn", 0, 1, 0, 0, 11);
    tx.to = "5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHXo".into();
    tx.data = r#"{"targetChainType":"arweave"}"#.into();
    tx.amount = "-1".into();
    let mut ledger = funded();
    // Enough to burn a whole unit, which is 10000 here.
    ledger.apply(&signed(common::mint_usd(1, 0, 19_002, 1, 202), 1), MintVerdict::Verified).unwrap();
    check_ledger(
        &mut ledger,
        tx,
        0,
        MintVerdict::NotAMint,
        &[
            ("err_not_found_target_chain_info", |tx| tx.data = r#"{"targetChainType":"moon"}"#.into()),
            ("err_not_exist_burn_fee", |tx| tx.data = "not JSON".into()),
            ("err_invalid_fee", |tx| tx.fee = "3".into()),
            ("err_negative_amount", |tx| tx.amount = "20000".into()),
            ("err_invalid_burn_tx", |tx| tx.to = account(1).to_string()),
            ("err_insufficient_balance", |tx| tx.amount = "10001".into()),
            ("err_invalid_burn_tx", |tx| tx.amount = "10000".into()),
        ],
    );
    assert_eq!(ledger.supply(&usd()), common::amount(10_002));
    assert_eq!(ledger.balance(&account(0), &usd()), common::amount(9_999));
    assert_eq!(ledger.balance(&account(common::FEES), &usd()), common::amount(3));
}

#[test]
fn a_mint() {
    let mut tx = mint(0, 1, 0, 11, 200);
    tx.data =
        format!("{{\"targetChainType\":\"bsc\",\"hash\":\"0x1\",\"id\":\"{}\"}}", crypto::b64::encode(&[200; 32]));
    tx.fee = "1".into();
    tx.amount = "-1".into();
    check_ledger(
        &mut funded(),
        tx,
        0,
        MintVerdict::Verified,
        &[
            ("err_not_found_target_chain_info", |tx| tx.data = tx.data.replace("bsc", "arweave")),
            ("err_invalid_fee", |tx| tx.fee = "0".into()),
            ("err_negative_amount", |tx| tx.amount = MAX.into()),
            ("err_tx_minted", |tx| tx.data = "{\"id\":\"new\"}".into()),
            ("err_larger_amount", |tx| tx.amount = "5".into()),
        ],
    );
}

#[test]
fn the_verdict_on_a_deposit() {
    let mut ledger = funded();
    let tx = signed(mint(0, 1, 5, 11, 1), 0);
    for verdict in [MintVerdict::Refuted, MintVerdict::NotAMint] {
        assert_eq!(ledger.apply(&tx, verdict).unwrap_err().to_string(), "err_invalid_mint_tx");
    }
    assert!(ledger.apply(&tx, MintVerdict::NotCheckable).unwrap().marked);
    assert!(!ledger.apply(&signed(mint(0, 1, 5, 12, 2), 0), MintVerdict::Verified).unwrap().marked);
    // Minted is minted, whoever sends it again and however the id is spelt.
    let mut again = mint(3, 1, 5, 1, 1);
    again.data = again.data.replace("AQE\"", "AQF\"");
    assert!(again.data.contains("AQF\""));
    let denied = ledger.apply(&signed(again, 3), MintVerdict::Verified).unwrap_err();
    assert_eq!(denied.to_string(), "err_tx_minted");
}

#[test]
fn evm_deposits_have_one_name_in_any_letter_case() {
    let mut ledger = Ledger::new(rules());
    let mut tx = common::mint_usd(0, 0, 5, 1, 0xab);
    ledger.apply(&signed(tx.clone(), 0), MintVerdict::Verified).unwrap();
    tx.nonce = "2".into();
    tx.data = tx.data.replace("ab", "AB");
    assert_eq!(ledger.apply(&signed(tx, 0), MintVerdict::Verified).unwrap_err().to_string(), "err_tx_minted");
}

#[test]
fn what_cannot_be_judged_is_named() {
    let mut ledger = funded();
    let root = ledger.end_batch().root;
    for (action, rule) in [
        ("bundle", Rule::Bundle),
        ("set", Rule::Administration),
        ("setAcc", Rule::EverIdKeys),
        ("register", Rule::EverIdKeys),
        ("transferOwner", Rule::NativeToken),
        ("addWhiteList", Rule::NativeToken),
        ("removeWhiteList", Rule::NativeToken),
        ("addBlackList", Rule::NativeToken),
        ("removeBlackList", Rule::NativeToken),
        ("pauseWhiteList", Rule::NativeToken),
        ("pauseBlackList", Rule::NativeToken),
        ("pause", Rule::NativeToken),
    ] {
        let tx = signed(draft(&dollar(), action, 0, 0, 0, 0, 11), 0);
        assert_eq!(ledger.apply(&tx, MintVerdict::NotAMint), Err(Denied::Undecidable(rule)), "{action}");
    }
    let native = signed(draft(&common::native(), "transfer", 0, 1, 0, 2, 11), 0);
    assert_eq!(ledger.apply(&native, MintVerdict::NotAMint), Err(Denied::Undecidable(Rule::NativeToken)));
    let unknown = signed(draft(&dollar(), "Transfer", 0, 0, 0, 0, 11), 0);
    assert_eq!(ledger.apply(&unknown, MintVerdict::NotAMint).unwrap_err().to_string(), "err_invalid_action");
    assert_eq!(ledger.end_batch().root, root);
}

#[test]
fn an_everid_cannot_spend_with_a_key_nobody_registered() {
    // The signature holds under the key inside it; whether that key is the account's is what counts.
    let owner = common::key(0);
    let ever_id: AccountId = everpay::everid::from_email("a@b.co").parse().unwrap();
    let mut tx = draft(&dollar(), "transfer", 0, 1, 1, 2, 1);
    tx.from = ever_id.to_string();
    let sig = crypto::hexs::encode0x(&owner.sign_digest(tx.ever_hash().as_bytes()));
    tx.sig = format!("{sig},{},ECDSA", crypto::b64::encode(&owner.public_key()));
    let checked = Checker::new().check(tx, true).unwrap();
    assert_eq!(checked.signed.as_ref().unwrap().ever_id_key.as_ref().unwrap().kind, "ECDSA");
    let mut ledger = Ledger::new(rules());
    let mut deposit = common::mint_usd(0, 0, 100, 1, 1);
    deposit.to = ever_id.to_string();
    ledger.apply(&signed(deposit, 0), MintVerdict::Verified).unwrap();
    assert_eq!(ledger.apply(&checked, MintVerdict::NotAMint), Err(Denied::Undecidable(Rule::EverIdKeys)));
}

#[test]
fn who_pays_whom() {
    // (from, to, amount, fee) on 1000 dollars of account 0; balances afterwards of 0, 1 and the fee account.
    let fees = common::FEES;
    for (from, to, amount, fee, after) in [
        (0, 1, 10, 2, [988, 10, 2]),
        (0, 0, 10, 2, [998, 0, 2]),
        (0, 0, 998, 2, [998, 0, 2]),
        (0, fees, 10, 2, [988, 0, 12]),
        (0, 1, 0, 2, [998, 0, 2]),
        (0, 1, 0, 5, [995, 0, 5]),
    ] {
        let mut ledger = funded();
        ledger
            .apply(&signed(draft(&dollar(), "transfer", from, to, amount, fee, 11), 0), MintVerdict::NotAMint)
            .unwrap();
        let held = [0, 1, fees].map(|number| ledger.balance(&account(number), &usd()));
        assert_eq!(held, after.map(common::amount), "{from} {to} {amount} {fee}");
    }
    let mut ledger = funded();
    let all_and_fee = signed(draft(&dollar(), "transfer", 0, 0, 999, 2, 11), 0);
    assert_eq!(ledger.apply(&all_and_fee, MintVerdict::NotAMint).unwrap_err().to_string(), "err_insufficient_balance");
    // The fee account pays itself.
    ledger.apply(&signed(common::mint_usd(fees, fees, 50, 1, 7), fees), MintVerdict::Verified).unwrap();
    ledger.apply(&signed(draft(&dollar(), "transfer", fees, fees, 48, 2, 2), fees), MintVerdict::NotAMint).unwrap();
    assert_eq!(ledger.balance(&account(fees), &usd()), common::amount(50));
    assert_eq!(ledger.holders(&usd()), 2);
}

#[test]
fn without_a_list_a_token_is_what_its_first_transaction_says() {
    let mut ledger = Ledger::new(Rules { tokens: Tokens::Open, ..rules() });
    let mut tx = draft(&ar_token(), "transfer", 0, 1, 5, 3, 1);
    tx.fee_recipient = account(4).to_string();
    let denied = ledger.apply(&signed(tx.clone(), 0), MintVerdict::NotAMint).unwrap_err();
    assert_eq!(denied.to_string(), "err_insufficient_balance");
    assert_eq!(ledger.tokens().count(), 0, "a refused transaction names no token");
    ledger.apply(&signed(mint(0, 0, 8, 1, 1), 0), MintVerdict::NotCheckable).unwrap();
    let named = ledger.end_batch();
    tx.nonce = "2".into();
    ledger.apply(&signed(tx.clone(), 0), MintVerdict::NotAMint).unwrap();
    assert_eq!(ledger.balance(&account(4), &ar()), common::amount(3), "fees are unjudged");
    ledger.abort_batch();
    tx.chain_id = "0,5".into();
    assert_eq!(
        ledger.apply(&signed(tx.clone(), 0), MintVerdict::NotAMint).unwrap_err().to_string(),
        "err_invalid_chainid"
    );
    ledger.revert(&named).unwrap();
    assert_eq!(ledger.tokens().count(), 0);
    assert_eq!(ledger.supply(&TokenTag::from_text(ar().as_str())), Amount::ZERO);
    tx.token_id = "onlyone".into();
    assert_eq!(ledger.apply(&signed(tx, 0), MintVerdict::NotAMint).unwrap_err().to_string(), "err_token_not_found");
}

#[test]
fn a_deposit_mints_once_in_each_token() {
    let mut ledger = funded();
    let dollars = common::mint_usd(0, 1, 5, 11, 1);
    // The same transaction of the source chain paid in another token as well.
    let mut wrapped = mint(0, 1, 5, 12, 1);
    wrapped.data = format!(r#"{{"targetChainType":"ethereum",{}"#, &dollars.data[1..]);
    for tx in [dollars, wrapped] {
        ledger.apply(&signed(tx.clone(), 0), MintVerdict::Verified).unwrap();
        let again = Transaction { nonce: "13".into(), ..tx };
        let denied = ledger.apply(&signed(again, 0), MintVerdict::Verified).unwrap_err();
        assert_eq!(denied.to_string(), "err_tx_minted");
    }
}
