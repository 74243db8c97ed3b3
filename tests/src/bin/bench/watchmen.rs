//! What watchmen achieve together, each in a process of its own, on a real chain with a block a second: how long a verified
//! burn takes to have all its signatures, and how many burns are paid in a minute. Nobody is asked; the times are those of the
//! watchmen's own journals.

use crate::{Measure, say};
use anyhow::{Context, Result};
use devnet::{ETHEREUM, Payer};
use everpay::EverHash;
use std::time::Duration;
use tests::{Asset, Owners, Setup, TestWatchmen, World, evm};
use tokio::time::{Instant, sleep};

const ETH: u128 = 1_000_000_000_000_000_000;
/// Burns one after the other, for the time to the signatures.
const PACED: usize = 100;
const PACE: Duration = Duration::from_millis(400);
/// Burns at once, for the payouts in a minute.
const BURST: usize = 120;
const PATIENCE: Duration = Duration::from_secs(900);

/// Measures `burn_to_quorum_p99_s`, `evm_releases_per_minute_2of3` and `_5of7`.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut place = Place::new(Owners::default()).await;
        report.push(place.burn_to_quorum().await?);
        report.push(place.releases("evm_releases_per_minute_2of3").await?);
        drop(place);
        let mut place = Place::new(Owners { count: 7, threshold: 5 }).await;
        report.push(place.releases("evm_releases_per_minute_5of7").await?);
        Ok(())
    })
}

struct Place {
    world: World,
    watchmen: TestWatchmen,
    payer: Payer,
}

/// What one burn took.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// First verified by anybody, Unix ms.
    verified: u64,
    /// First seen with enough signatures by anybody, Unix ms.
    quorum: u64,
    /// First seen paid by anybody, Unix ms.
    paid: u64,
}

impl Place {
    async fn new(owners: Owners) -> Self {
        let world = World::with_coordinator(Setup { evm: true, owners, ..Setup::default() }).await;
        let payer = evm(9);
        world.evm_deposit(&payer, Asset::Coin, 100 * ETH).await;
        let watchmen = TestWatchmen::running(&world, ETH).await;
        Self { world, watchmen, payer }
    }

    async fn burn(&mut self) -> Result<EverHash> {
        let nonce = self.world.nonces.fresh();
        let to = evm(10).account().to_string();
        let burn = self.world.payments_in(Asset::Coin).burn(&self.payer, &to, ETH / 1_000, ETHEREUM, nonce);
        self.world.api.post(&burn).await?;
        Ok(burn.ever_hash())
    }

    async fn burn_to_quorum(&mut self) -> Result<Measure> {
        let mut burns = Vec::with_capacity(PACED);
        for _ in 0..PACED {
            burns.push(self.burn().await?);
            sleep(PACE).await;
        }
        let times = self.times(&burns).await?;
        let mut seconds: Vec<f64> = times.iter().map(|of| of.quorum.saturating_sub(of.verified) as f64 / 1e3).collect();
        seconds.sort_by(f64::total_cmp);
        let of_hundred = |place: usize| seconds[(seconds.len() * place).div_ceil(100).saturating_sub(1)];
        Ok(Measure {
            name: "burn_to_quorum_p99_s",
            value: of_hundred(99),
            unit: "s",
            note: format!("2 of 3, {PACED} burns, one every {} ms; median {:.3}", PACE.as_millis(), of_hundred(50)),
        })
    }

    async fn releases(&mut self, name: &'static str) -> Result<Measure> {
        let mut burns = Vec::with_capacity(BURST);
        for _ in 0..BURST {
            burns.push(self.burn().await?);
        }
        let times = self.times(&burns).await?;
        let began = times.iter().map(|of| of.verified).min().context("burns")?;
        let ended = times.iter().map(|of| of.paid).max().context("burns")?;
        let signed = times.iter().map(|of| of.quorum).max().context("burns")?;
        let minutes = ended.saturating_sub(began) as f64 / 60e3;
        Ok(Measure {
            name,
            value: BURST as f64 / minutes,
            unit: "/min",
            note: format!(
                "{BURST} burns at once, a block a second; all signatures after {:.1} s, all seen paid after {:.1} s",
                signed.saturating_sub(began) as f64 / 1e3,
                minutes * 60.0,
            ),
        })
    }

    /// Waits until all are paid, and reads what each took.
    async fn times(&self, burns: &[EverHash]) -> Result<Vec<Times>> {
        let began = Instant::now();
        loop {
            let known: Option<Vec<Times>> = self.journals(burns);
            if let Some(times) = known {
                let paid = self.world.ethereum().paid().await;
                let once = |burn: &EverHash| paid.iter().filter(|hash| **hash == burn.to_string()).count() == 1;
                anyhow::ensure!(burns.iter().all(once), "every burn is paid once");
                say(&format!("{} burns paid after {:.1} s", burns.len(), began.elapsed().as_secs_f64()))?;
                return Ok(times);
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "not all burns were paid within {PATIENCE:?}");
            sleep(Duration::from_secs(2)).await;
        }
    }

    /// What each burn took by all journals; `None` until each is known to be paid.
    fn journals(&self, burns: &[EverHash]) -> Option<Vec<Times>> {
        let journals: Vec<_> = (0..self.watchmen.count()).map(|index| self.watchmen.replay(index)).collect();
        let first = |burn: &EverHash, stage: &str| {
            let cases = journals.iter().filter_map(|journal| journal.pipeline().case(burn));
            let passed = cases.flat_map(vault::pipeline::Case::passed).filter(|passed| passed.stage.name() == stage);
            passed.map(|passed| passed.at_ms).min()
        };
        let times = |burn: &EverHash| {
            let (verified, quorum) = (first(burn, "verified")?, first(burn, "quorum")?);
            Some(Times { verified, quorum, paid: first(burn, "executed")? })
        };
        burns.iter().map(times).collect()
    }
}
