//! everPay: transactions, bundles, deposits of other chains, what registrations and passkeys bring, stored rows.

use crate::Target;
use crate::seeds::{joined, json, members, split, vectors};
use ::everpay::everid::MailVerify;
use ::everpay::evm::EvmTransaction;
use ::everpay::{
    Account, AccountChange, AccountId, ArweaveDeposit, BatchChange, Checker, InfoResponse, MintFingerprint, Minted,
    Nonce, Rules, StateRoot, TokenTag, Tokens, Transaction, ar_token, eth_token,
};
use ::everpay::{bundle::Bundle, fido2};
use crypto::secp::Recoverer;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("everpay_transaction", transaction, transactions, 1_000),
    Target::new("everpay_bundle", bundle, bundles, 1_500),
    Target::new("everpay_evm_transaction", evm_transaction, evm_transactions, 1_500),
    Target::new("everpay_deposit", deposit, deposits, 3_000),
    Target::new("everpay_registration", registration, registrations, 2_000),
    Target::new("everpay_passkey", passkey, passkeys, 1_000),
    Target::new("everpay_info", info, infos, 3_000),
    Target::new("everpay_account_row", account_row, account_rows, 10_000),
    Target::new("everpay_batch_row", batch_row, batch_rows, 10_000),
];

/// What is read is written again with the same meaning, and gets the same verdict.
fn transaction(bytes: &[u8]) -> bool {
    let Ok(transaction) = Transaction::from_json(bytes) else { return false };
    let again = Transaction::from_json(transaction.to_json().as_bytes());
    assert_eq!(again.ok().as_ref(), Some(&transaction));
    let verdict = |transaction: Transaction| match Checker::new().check(transaction, true) {
        Ok(checked) => Ok(format!("{checked:?}")),
        Err(rejected) => Err(rejected.refusal.code()),
    };
    let first = verdict(transaction.clone());
    assert_eq!(first, verdict(transaction));
    first.is_ok()
}

fn transactions() -> Vec<Vec<u8>> {
    json("everpay/tx.json", "tx")
}

/// The text that senders sign is JSON that reads as the bundle again.
fn bundle(bytes: &[u8]) -> bool {
    let Some(data) = text(bytes) else { return false };
    let Ok(bundle) = Bundle::from_data(data) else { return false };
    assert!(serde_json::from_str::<serde_json::Value>(&bundle.sign_text()).is_ok());
    bundle.check(Nonce::new(1_630_490_851_000), Checker::new().verifier()).is_ok()
}

fn bundles() -> Vec<Vec<u8>> {
    let file = vectors("everpay/bundle.json");
    members(&file, "bundle").iter().map(|bundle| format!(r#"{{"bundle":{bundle}}}"#).into_bytes()).collect()
}

/// A sender is named by a signature over what the hash covers, whatever the node says beside it.
fn evm_transaction(bytes: &[u8]) -> bool {
    let Some(json) = text(bytes) else { return false };
    let Ok(transaction) = EvmTransaction::from_json(json) else { return false };
    let _ = (transaction.hash(), transaction.erc20_transfer());
    transaction.sender(&Recoverer::new()).is_some()
}

fn evm_transactions() -> Vec<Vec<u8>> {
    json("everpay/evmtx.json", "tx")
}

fn deposit(bytes: &[u8]) -> bool {
    text(bytes).is_some_and(|data| ArweaveDeposit::parse(data).is_ok())
}

fn deposits() -> Vec<Vec<u8>> {
    json("everpay/arweave.json", "tx")
}

/// An owner, then the data of a registration.
fn registration(bytes: &[u8]) -> bool {
    let Some((owner, data)) = split(bytes).and_then(|(owner, data)| Some((text(owner)?, text(data)?))) else {
        return false;
    };
    let Ok(mail) = MailVerify::parse(data) else { return false };
    let file = vectors("everpay/state.json");
    let ids = members(&file, "everId");
    let ids = ids.iter().filter_map(|id| AccountId::parse(id.as_str()?).ok());
    ids.into_iter().any(|id| mail.verify(owner, &id, Nonce::new(1_708_507_000_000)).is_ok())
}

fn registrations() -> Vec<Vec<u8>> {
    let file = vectors("everpay/state.json");
    let cases = file["vectors"].as_array().into_iter().flatten().filter(|case| case["kind"] == "mail-verify");
    let data = |case: &serde_json::Value| {
        let data = serde_json::json!({"mailVerify": {
            "timestamp": case["timestamp"], "code": case["code"], "sig": case["sig"],
        }});
        Some(joined(case["payOwner"].as_str()?.as_bytes(), data.to_string().as_bytes()))
    };
    cases.filter_map(data).collect()
}

/// The text that was to be signed, then `assertion,credential,FIDO2`.
fn passkey(bytes: &[u8]) -> bool {
    let Some((challenge, sig)) = split(bytes) else { return false };
    let Some(sig) = text(sig) else { return false };
    let mut parts = sig.splitn(3, ',');
    let (Some(assertion), Some(credential), Some("FIDO2")) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    fido2::verify(assertion, credential, challenge, &fido2::Passkeys::default()).is_ok()
}

fn passkeys() -> Vec<Vec<u8>> {
    let file = vectors("everpay/fido2.json");
    let cases = file["vectors"].as_array().into_iter().flatten();
    let parts = |case: &serde_json::Value| {
        Some(joined(case["challengeText"].as_str()?.as_bytes(), case["sig"].as_str()?.as_bytes()))
    };
    cases.filter_map(parts).collect()
}

/// Rules that a coordinator claims are the same rules when they are told again.
fn info(bytes: &[u8]) -> bool {
    let Ok(info) = serde_json::from_slice::<InfoResponse>(bytes) else { return false };
    let Ok(rules) = Rules::from_info(&info) else { return false };
    assert_eq!(Rules::from_info(&rules.to_info()).ok().as_ref(), Some(&rules));
    true
}

fn infos() -> Vec<Vec<u8>> {
    let tokens = Tokens::Listed(vec![eth_token(), ar_token()]);
    let rules = Rules { tokens, ..Rules::open("uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM") };
    vec![serde_json::to_vec(&rules.to_info()).expect("plain data")]
}

/// Rows have one encoding.
fn account_row(bytes: &[u8]) -> bool {
    let Ok(account) = Account::decode(bytes) else { return false };
    assert_eq!(account.encode(), bytes);
    true
}

fn account_rows() -> Vec<Vec<u8>> {
    // Version, nonce, two balances: token 0 with 300 units, token 7 with 1.
    let two = [
        &[1][..],
        &1_700_000_000_000_i64.to_be_bytes(),
        &2_u32.to_be_bytes(),
        &0_u32.to_be_bytes(),
        &[2, 1, 44],
        &7_u32.to_be_bytes(),
        &[1, 1],
    ];
    vec![two.concat(), [&[1][..], &[0; 12]].concat()]
}

/// Rows have one encoding.
fn batch_row(bytes: &[u8]) -> bool {
    let Ok(change) = BatchChange::decode(bytes) else { return false };
    assert_eq!(change.encode(), bytes);
    true
}

fn batch_rows() -> Vec<Vec<u8>> {
    let account = account_rows().first().and_then(|row| Account::decode(row).ok());
    let change = BatchChange {
        root_before: StateRoot::new([1; 32]),
        root: StateRoot::new([2; 32]),
        accounts: vec![AccountChange { id: AccountId::Evm([3; 20]), before: None, after: account }],
        tokens: Vec::new(),
        mints: vec![Minted { tag: TokenTag::from_text("a-b-c"), deposit: MintFingerprint::from_text("d".to_owned()) }],
        applied: 4,
    };
    vec![change.encode()]
}

pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
