//! Prints what each step costs per transaction on one core: parsing, message and hash, the static checks with the
//! recovery of the signer, execution, and the state root per batch of 5,000.
//!
//! `cargo run --release -p everpay --example throughput`
#![allow(clippy::print_stdout, reason = "a program that prints its result")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use crypto::secp::{EvmKey, Recoverer};
use everpay::{
    AccountId, Amount, Checked, Checker, Ledger, MintVerdict, Rules, Snapshot, Tokens, Transaction, ar_token, sign_evm,
};

const TRANSACTIONS: usize = 200_000;
const ACCOUNTS: usize = 20_000;
const BATCH: usize = 5_000;

fn main() {
    let keys: Vec<EvmKey> = (1..=ACCOUNTS).map(key).collect();
    let ids: Vec<AccountId> = keys.iter().map(|key| AccountId::Evm(key.address())).collect();
    let mut seed = 1_u64;
    let texts: Vec<String> = (0..TRANSACTIONS)
        .map(|number| {
            let (from, to) = (random(&mut seed) % ACCOUNTS, random(&mut seed) % ACCOUNTS);
            transfer(number, &ids[from], &ids[to], &keys[from]).to_json()
        })
        .collect();

    let start = Instant::now();
    let parsed: Vec<_> = texts.iter().filter_map(|text| Transaction::from_json(text.as_bytes()).ok()).collect();
    report("parse", start.elapsed());
    let start = Instant::now();
    for tx in &parsed {
        black_box(tx.ever_hash());
    }
    report("message and hash", start.elapsed());

    let recoverer = Recoverer::new();
    let start = Instant::now();
    for tx in &parsed {
        let mut sig = [0; 65];
        sig.copy_from_slice(&crypto::hexs::decode(&tx.sig).unwrap_or_default());
        black_box(recoverer.recover(&[7; 32], &sig));
    }
    report("recovery alone", start.elapsed());

    let checker = Checker::new();
    let start = Instant::now();
    let checked: Vec<Checked> = parsed.into_iter().filter_map(|tx| checker.check(tx, true).ok()).collect();
    report("checks with recovery", start.elapsed());
    execute(&ids, &checked);
}

fn execute(ids: &[AccountId], checked: &[Checked]) {
    let mut ledger = funded(ids);
    let (mut applying, mut hashing, mut applied) = (Duration::ZERO, Duration::ZERO, 0);
    for batch in checked.chunks(BATCH) {
        let start = Instant::now();
        for tx in batch {
            applied += usize::from(ledger.apply(tx, MintVerdict::NotAMint).is_ok());
        }
        applying += start.elapsed();
        let start = Instant::now();
        black_box(ledger.end_batch());
        hashing += start.elapsed();
    }
    report("execution", applying);
    report("change and root", hashing);
    println!("{applied} of {TRANSACTIONS} applied, root {}", ledger.root());
    let start = Instant::now();
    let snapshot = Snapshot {
        accounts: ledger.accounts().map(|(id, account)| (*id, account.clone())).collect::<Vec<_>>(),
        tokens: ledger.tokens().collect(),
        mints: ledger.mints(),
        applied: ledger.applied(),
    };
    let loaded = Ledger::load(ledger.rules().clone(), snapshot);
    let same = loaded.is_ok_and(|loaded| loaded.root() == ledger.root());
    println!("{ACCOUNTS} accounts loaded in {} ms, root equal: {same}", start.elapsed().as_millis());
}

fn report(name: &str, elapsed: Duration) {
    println!("{name:>24}: {:>7} ns", elapsed.as_nanos() / TRANSACTIONS as u128);
}

fn key(number: usize) -> EvmKey {
    let mut secret = [0; 32];
    secret[24..].copy_from_slice(&(number as u64).to_be_bytes());
    EvmKey::from_bytes(&secret).expect("small numbers are keys")
}

/// A linear congruential generator: the same workload on every run.
fn random(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

fn rules() -> Rules {
    Rules { tokens: Tokens::Listed(vec![ar_token()]), ..Rules::open("owner") }
}

fn transfer(number: usize, from: &AccountId, to: &AccountId, key: &EvmKey) -> Transaction {
    let mut tx = draft("transfer", from, to, "1000");
    tx.nonce = (1_700_000_000_000 + number).to_string();
    sign_evm(&mut tx, key);
    tx
}

fn draft(action: &str, from: &AccountId, to: &AccountId, amount: &str) -> Transaction {
    let token = ar_token();
    Transaction {
        token_symbol: token.symbol,
        action: action.into(),
        from: from.to_string(),
        to: to.to_string(),
        amount: amount.into(),
        fee: "0".into(),
        fee_recipient: AccountId::ZERO.to_string(),
        nonce: "1".into(),
        token_id: token.id,
        chain_type: token.chain_type,
        chain_id: token.chain_id,
        data: String::new(),
        version: "v1".into(),
        sig: String::new(),
    }
}

/// Every account holds 10^12 base units of AR.
fn funded(ids: &[AccountId]) -> Ledger {
    let mut ledger = Ledger::new(rules());
    let checker = Checker::new();
    let minter = key(ACCOUNTS + 1);
    for (number, id) in ids.iter().enumerate() {
        let mut tx =
            draft("mint", &AccountId::Evm(minter.address()), id, &Amount::from(1_000_000_000_000_u64).to_string());
        tx.nonce = (number + 1).to_string();
        tx.data = format!("{{\"id\":\"deposit {number}\"}}");
        sign_evm(&mut tx, &minter);
        let mint = checker.check(tx, true).map(|mint| ledger.apply(&mint, MintVerdict::Verified).is_ok());
        assert!(matches!(mint, Ok(true)), "every deposit is minted");
    }
    ledger.end_batch();
    ledger
}
