//! Replay of 200,000 EVM transfers over 20,000 accounts, from batch bytes to durable SQLite, against the bare signature
//! recoveries by libsecp256k1 on all cores in the same run.

use crate::{Measure, apart, say};
use anyhow::{Context, Result};
use arweave::{Address, ArweaveId};
use crypto::secp::{EvmKey, Recoverer};
use detector::replay::{Fetched, replay as replay_batches};
use detector::{Config, Detector};
use everpay::{AccountId, Rules, Tokens, Transaction, eth_token, sign_evm};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::ledger::LedgerStore;

const ACCOUNTS: u32 = 20_000;
const TRANSFERS: u32 = 200_000;
const BATCH: usize = 5_000;
/// Rounds of the replay, each between two runs of the bare recoveries; the median counts.
const ROUNDS: usize = 5;
const OWNER: Address = Address::from_bytes([3; 32]);
const ETH: &str = "0x0000000000000000000000000000000000000000";

#[derive(Serialize, Deserialize)]
pub(crate) struct Replayed {
    seconds: f64,
    peak_mib: f64,
    transactions: u64,
    rejected: u64,
    state_root: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Restarted {
    seconds: f64,
    state_root: String,
}

/// Measures replay, its memory, and the restart on its result.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("batches");
    say(&format!("signing {TRANSFERS} transfers over {ACCOUNTS} accounts"))?;
    let signed = write_batches(&file)?;
    let total = signed.len();
    let data = dir.path().join("data");
    let mut rounds = Vec::new();
    let mut before = recover_all(&signed)?;
    for _ in 0..ROUNDS {
        // A fresh database each time; the last one stays for the restart.
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir(&data)?;
        let replayed: Replayed =
            serde_json::from_value(apart(&[OsStr::new("replay"), file.as_os_str(), data.as_os_str()])?)?;
        anyhow::ensure!(replayed.transactions == total as u64 && replayed.rejected == 0, "every transaction applies");
        let after = recover_all(&signed)?;
        rounds.push((f64::midpoint(before, after), replayed));
        before = after;
    }
    let ratio = |(bare, replayed): &(f64, Replayed)| bare / replayed.seconds;
    rounds.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let (bare, replayed) = &rounds[ROUNDS / 2];
    report.push(Measure {
        name: "replay_evm_ratio",
        value: bare / replayed.seconds,
        unit: "ratio",
        note: format!(
            "median of {ROUNDS} rounds ({}): {total} EVM transactions (the mints that fund the accounts included) in {:.2} s, \
             {:.0} per second, bare recoveries around it {bare:.2} s; at least 0.7",
            rounds.iter().map(|round| format!("{:.3}", ratio(round))).collect::<Vec<_>>().join(", "),
            replayed.seconds,
            total as f64 / replayed.seconds,
        ),
    });
    report.push(Measure {
        name: "replay_evm_peak_mib",
        value: rounds.iter().map(|(_, replayed)| replayed.peak_mib).fold(0.0, f64::max),
        unit: "MiB",
        note: "highest resident memory of a replaying process".to_owned(),
    });
    let restarted: Restarted = serde_json::from_value(apart(&[OsStr::new("restart"), data.as_os_str()])?)?;
    anyhow::ensure!(restarted.state_root == replayed.state_root, "a restart comes to the same root");
    report.push(Measure {
        name: "restart_s",
        value: restarted.seconds,
        unit: "s",
        note: "opening the replayed database up to the state root; at most 1".to_owned(),
    });
    Ok(())
}

/// The measured process of the replay.
pub(crate) fn replay(file: &Path, dir: &Path) -> Result<Replayed> {
    let batches = Batches { input: BufReader::with_capacity(1 << 20, File::open(file)?), number: 0 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let started = Instant::now();
        let store = LedgerStore::open(&dir.join("ledger.db")).await?;
        let status = replay_batches(&store, rules(), OWNER, batches).await?;
        let seconds = started.elapsed().as_secs_f64();
        store.close().await;
        Ok(Replayed {
            seconds,
            peak_mib: peak_mib()?,
            transactions: status.transactions,
            rejected: status.rejected,
            state_root: status.state_root,
        })
    })
}

/// The measured process of the restart.
pub(crate) fn restart(dir: &Path) -> Result<Restarted> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = Config {
            owner: OWNER,
            tags: Vec::new(),
            gateways: vec!["http://127.0.0.1:9".to_owned()],
            coordinator: None,
            depth: 1,
            deposit_confirmations: std::collections::BTreeMap::new(),
            evm: std::collections::BTreeMap::new(),
            rules: Some(rules()),
            data_dir: dir.to_owned(),
            poll: Duration::from_secs(1),
        };
        let started = Instant::now();
        let detector = Detector::open(config).await?;
        Ok(Restarted { seconds: started.elapsed().as_secs_f64(), state_root: detector.view().status().state_root })
    })
}

fn rules() -> Rules {
    Rules { tokens: Tokens::Listed(vec![eth_token()]), ..Rules::open(&OWNER.to_string()) }
}

fn key(account: u32) -> EvmKey {
    let mut secret = [1_u8; 32];
    secret[28..].copy_from_slice(&account.to_be_bytes());
    EvmKey::from_bytes(&secret).expect("small numbers are keys")
}

fn transaction(action: &str, from: &EvmKey, to: &str, amount: &str, nonce: u32) -> Transaction {
    let data = if action == "mint" { format!("{{\"hash\":\"0x{nonce:064x}\"}}") } else { String::new() };
    let mut tx = Transaction {
        token_symbol: "ETH".into(),
        action: action.into(),
        from: crypto::eip55(&from.address()),
        to: to.into(),
        amount: amount.into(),
        fee: "0".into(),
        fee_recipient: AccountId::ZERO.to_string(),
        nonce: format!("17{nonce:011}"),
        token_id: ETH.into(),
        chain_type: "ethereum".into(),
        chain_id: "1".into(),
        data,
        version: "v1".into(),
        sig: String::new(),
    };
    sign_evm(&mut tx, from);
    tx
}

/// Mints for every account, then the transfers; what follows depends on the number alone.
fn transactions() -> Vec<Transaction> {
    let keys: Vec<EvmKey> = (0..ACCOUNTS).into_par_iter().map(key).collect();
    let names: Vec<String> = keys.iter().map(|key| crypto::eip55(&key.address())).collect();
    let pick = |n: u32, salt: u32| (n.wrapping_mul(2_654_435_761).rotate_left(13) ^ salt) % ACCOUNTS;
    (0..ACCOUNTS + TRANSFERS)
        .into_par_iter()
        .map(|n| match n.checked_sub(ACCOUNTS) {
            None => transaction("mint", &keys[n as usize], &names[n as usize], "1000000000000000000", n + 1),
            Some(n) => {
                let (from, to) = (pick(n, 0x5bd1), pick(n, 0x9e37) as usize);
                let amount = (1_000 + n).to_string();
                transaction("transfer", &keys[from as usize], &names[to], &amount, n + ACCOUNTS + 1)
            }
        })
        .collect()
}

type Signed = ([u8; 32], [u8; 65]);

/// Writes the batches (length and body each) and returns what has to be recovered.
fn write_batches(file: &Path) -> Result<Vec<Signed>> {
    let transactions = transactions();
    let mut out = BufWriter::new(File::create(file)?);
    let mut last = None;
    for batch in transactions.chunks(BATCH) {
        let items = rollup::seal(last, batch.iter().map(|tx| tx.to_json().into_bytes()));
        last = items.last().map(|item| item.tx_id);
        let body = rollup::pack(&items);
        out.write_all(&(body.len() as u64).to_be_bytes())?;
        out.write_all(&body)?;
    }
    out.flush()?;
    transactions
        .par_iter()
        .map(|tx| {
            let sig = crypto::hexs::decode_array(tx.sig.trim_start_matches("0x")).ok().context("own signature")?;
            Ok((*tx.ever_hash().as_bytes(), sig))
        })
        .collect()
}

/// Seconds that the bare recoveries take on all cores.
fn recover_all(signed: &[Signed]) -> Result<f64> {
    let recoverer = Recoverer::new();
    let started = Instant::now();
    let good = signed.par_iter().filter(|(digest, sig)| recoverer.recover(digest, sig).is_some()).count();
    let seconds = started.elapsed().as_secs_f64();
    anyhow::ensure!(good == signed.len(), "all signatures recover");
    Ok(seconds)
}

/// Reads the batches back one by one, so that memory shows what the replay keeps.
struct Batches {
    input: BufReader<File>,
    number: u64,
}

impl Iterator for Batches {
    type Item = Fetched;

    fn next(&mut self) -> Option<Fetched> {
        let mut length = [0; 8];
        self.input.read_exact(&mut length).ok()?;
        let mut data = vec![0; usize::try_from(u64::from_be_bytes(length)).ok()?];
        self.input.read_exact(&mut data).ok()?;
        self.number += 1;
        Some(Fetched {
            id: id(self.number),
            parent: (self.number > 1).then(|| id(self.number - 1)),
            owner: OWNER,
            height: self.number,
            block_time_ms: 0,
            seen_ms: 0,
            header: Vec::new(),
            data: Arc::new(data),
        })
    }
}

fn id(number: u64) -> ArweaveId {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    ArweaveId::from_bytes(bytes)
}

/// Highest resident memory of this process so far, by the kernel's account.
fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("VmHWM")?;
    let kib: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kib / 1024.0)
}
