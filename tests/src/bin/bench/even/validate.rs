//! Messages with two inputs, validated on all cores, against the raw SHA3-256 work that they need as the hash library does it
//! (6.9 of the reference).
//!
//! The bound hashes inputs of the lengths that the rules ask for, and does nothing else: six transactions of 1536 bytes, two
//! contents of 1024, the bundle's 860, and for each input 480 chain steps of 50, two halves of 1041 and 80 for the address.

use crate::Measure;
use anyhow::{Context, Result, ensure};
use even::ids::{Address, MessageId, Network, NodeId, Tag};
use even::keys::Seed;
use even::message::{Attachment, Output, Payment, Spend, check};
use even::transaction::Branches;
use even::units::{Amount, Time};
use sha3::{Digest, Sha3_256};
use std::hint::black_box;
use std::time::{Duration, Instant};

const MESSAGES: u64 = 64;
const ROUNDS: u32 = 2;
const REPEATS: usize = 40;
/// Length and number of the inputs to be hashed for one message.
const WORK: [(usize, usize); 6] = [(1536, 6), (1024, 2), (860, 1), (50, 960), (1041, 4), (80, 2)];

/// Measures `even_validate_ratio`.
pub(super) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let blobs = (0..MESSAGES).map(message).collect::<Result<Vec<_>>>()?;
    ensure!(blobs.iter().all(|blob| is_valid(blob)), "every message of the measure is valid");
    let cores = std::thread::available_parallelism()?.get();
    // Taking turns, so that both see the same machine; the best of each counts.
    let mut best = [Duration::MAX; 2];
    for _ in 0..REPEATS {
        best[0] = best[0].min(on_all_cores(cores, || blobs.iter().for_each(|blob| hash_as_much(blob))));
        best[1] = best[1].min(on_all_cores(cores, || blobs.iter().for_each(|blob| assert!(is_valid(blob)))));
    }
    let [raw, validated] = best.map(|time| (MESSAGES * u64::from(ROUNDS)) as f64 * cores as f64 / time.as_secs_f64());
    report.push(Measure {
        name: "even_validate_ratio",
        value: validated / raw,
        unit: "ratio",
        note: format!(
            "{validated:.0} messages a second with two inputs on {cores} cores, the hashes alone {raw:.0}; best of \
             {REPEATS} turns; at least 0.9"
        ),
    });
    Ok(())
}

fn on_all_cores(cores: usize, work: impl Fn() + Sync) -> Duration {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| (0..ROUNDS).for_each(|_| work()));
        }
    });
    start.elapsed()
}

fn is_valid(blob: &[u8]) -> bool {
    check(black_box(blob), Network::LOCAL, 0).is_ok()
}

/// Every input continues with bytes of the hash before, so that none of it can be left out.
fn hash_as_much(blob: &[u8]) {
    let mut input = [0; 1536];
    input.copy_from_slice(&blob[..1536]);
    for (length, count) in WORK {
        for _ in 0..count {
            let hash = Sha3_256::digest(&input[..length]);
            input[..32].copy_from_slice(&hash);
        }
    }
    black_box(input);
}

fn message(number: u64) -> Result<Vec<u8>> {
    let seed = Seed::new([1; 32].into());
    let own = [2 * number, 2 * number + 1].map(|index| seed.address(0, index));
    let ten = Amount::new(10)?;
    let output = |byte| Output { address: Address([byte; 32]), amount: ten, tag: Tag::default(), data: vec![byte; 9] };
    let payment = Payment {
        network: Network::LOCAL,
        time: Time(1),
        tag: Tag::default(),
        outputs: vec![output(1)],
        fees: vec![],
        inputs: own.map(|address| Spend { address, amount: ten }).to_vec(),
        remainder: Some(output(2)),
    };
    let key_of = |address: &Address| seed.key(0, 2 * number + u64::from(*address == own[1]));
    let signed = payment.compose()?.finalise().sign(|address| Some(key_of(address)))?;
    let branches = Branches::new(&[MessageId([1; 32])]).context("one branch fits")?;
    Ok(signed.attach(&Attachment { issuer: NodeId([1; 32]), trunk: None, branches }).with_counter(0).encode())
}
