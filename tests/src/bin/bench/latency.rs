//! From a batch being readable at a gateway to the alert on standard output, over twenty cheats.

use crate::{Measure, say};
use anyhow::{Context, Result};
use arweave::gateway::Gateway;
use arweave::{Address, ArweaveId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::{Setup, World, evm};
use tokio::time::timeout;

const AR: u128 = 1_000_000_000_000;
const CHEATS: [&str; 5] = ["F1", "F2", "F3", "F4", "F8"];
const ROUNDS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(60);

type Readable = Arc<Mutex<HashMap<ArweaveId, Instant>>>;

/// Measures `alert_latency_p99_s`.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut seconds = runtime.block_on(run())?;
    seconds.sort_by(f64::total_cmp);
    let (median, worst) = (seconds[seconds.len() / 2], seconds[seconds.len() - 1]);
    report.push(Measure {
        name: "alert_latency_p99_s",
        value: worst,
        unit: "s",
        // Of twenty values the 99th percentile is the largest.
        note: format!(
            "from readable at the gateway to the alert, {} cheats, median {median:.2}; at most 5",
            seconds.len()
        ),
    });
    Ok(())
}

async fn run() -> Result<Vec<f64>> {
    let mut world = World::with_coordinator(Setup::default()).await;
    let payer = world.deposit(900 * AR).await;
    let receiver = evm(1).account();
    let readable = Readable::default();
    let watcher = tokio::spawn(watch(world.gateway.client(), world.owner.address(), Arc::clone(&readable)));
    let mut detector = world.start_detector("running");
    let mut seconds = Vec::new();
    for (round, id) in CHEATS.into_iter().cycle().take(ROUNDS).enumerate() {
        world.pay(&payer, &receiver, AR / 10).await;
        world.settled_root().await;
        world.restart_coordinator(Setup::cheating(id, 0)).await;
        // Two batches: what a stranger wrote is on the chain only when the owner's next batch names it.
        world.pay(&payer, &receiver, AR / 10).await;
        let line = timeout(PATIENCE, detector.line()).await.context("an alert in time")?.context("a detector")?;
        let raised = Instant::now();
        let alert: serde_json::Value = serde_json::from_str(&line)?;
        anyhow::ensure!(alert["id"] == id, "round {round}: {line}");
        let batch: ArweaveId = alert["batch"].as_str().context("a batch")?.parse()?;
        let since = readable.lock().ok().and_then(|times| times.get(&batch).copied()).context("seen by the watcher")?;
        seconds.push(raised.duration_since(since).as_secs_f64());
        say(&format!("cheat {round:>2} {id}: {:.2} s", seconds[seconds.len() - 1]))?;
    }
    watcher.abort();
    detector.stop().await;
    Ok(seconds)
}

/// Notes when each batch of the owner could first be read whole, and with it the parent it names.
async fn watch(gateway: Gateway, owner: Address, readable: Readable) {
    loop {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let Ok(Some(id)) = gateway.last_tx(&owner).await else { continue };
        if readable.lock().is_ok_and(|times| times.contains_key(&id)) {
            continue;
        }
        let Ok(Some(header)) = gateway.tx(&id).await else { continue };
        if gateway.data(&header).await.is_err() {
            continue;
        }
        let now = Instant::now();
        let parent = rollup::parse_tags(header.tags()).ok().and_then(|tags| tags.parent);
        if let Ok(mut times) = readable.lock() {
            times.insert(id, now);
            if let Some(parent) = parent {
                times.entry(parent).or_insert(now);
            }
        }
    }
}
