//! Threshold signatures: ceremonies between participants in one process, each with an identity and a network of its own (crate
//! `p2p`, real loopback sockets), against the same arithmetic called directly.
//!
//! The machines of crate `threshold` are driven here as briefly as can be: no keystore, no disk, nobody is asked. Each group
//! is measured in a process of its own.

mod cpu;
mod desk;
mod direct;
mod latency;
mod mesh;
mod relay;

use crate::{Measure, apart};
use anyhow::{Context, Result, bail};
use cpu::CpuTime;
use desk::Desk;
use futures::FutureExt;
use mesh::Member;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use threshold::{CeremonyId, Dkg, Identity, Party, Roster, Share, Stage};
use tokio::time::timeout;

pub(crate) use latency::measure_apart as latency;

/// Ceremonies at once.
const PARALLEL: usize = 64;
/// Pairs of measurements, the ceremonies and the direct calls; the median counts.
const ROUNDS: usize = 5;
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// A group, how often the ceremonies are repeated in one measurement so that it takes seconds, and what the ratio must keep.
struct Size {
    threshold: u16,
    members: u16,
    names: [&'static str; 2],
    repeats: usize,
    bound: &'static str,
}

const SIZES: [Size; 3] = [
    Size {
        threshold: 2,
        members: 3,
        names: ["frost_sign_ratio_2of3", "frost_dkg_s_2of3"],
        repeats: 16,
        bound: "; at most 1.5",
    },
    Size {
        threshold: 7,
        members: 10,
        names: ["frost_sign_ratio_7of10", "frost_dkg_s_7of10"],
        repeats: 3,
        bound: "; at most 1.5",
    },
    Size {
        threshold: 34,
        members: 50,
        names: ["frost_sign_ratio_34of50", "frost_dkg_s_34of50"],
        repeats: 1,
        bound: "",
    },
];

/// What the process of one group measured.
#[derive(Serialize, Deserialize)]
pub(crate) struct Measured {
    /// CPU seconds of all participants, and of the direct calls, in each round.
    rounds: Vec<(f64, f64)>,
    /// Seconds from the first message of the key generation until everybody has the key in force.
    dkg_s: f64,
    dkg_cpu_s: f64,
}

/// Measures ratios, key generations and latencies.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    for size in &SIZES {
        let group = [size.threshold.to_string(), size.members.to_string(), size.repeats.to_string()];
        let measured = apart(&["ceremonies", &group[0], &group[1], &group[2]])?;
        report.extend(of_size(size, &serde_json::from_value(measured)?));
    }
    for (name, threshold, members) in [("frost_latency_s_2of3", "2", "3"), ("frost_latency_s_3of5", "3", "5")] {
        let measured = apart(&["latency", threshold, members])?;
        report.push(latency::report(name, &serde_json::from_value(measured)?));
    }
    Ok(())
}

fn of_size(size: &Size, measured: &Measured) -> [Measure; 2] {
    let Measured { rounds, dkg_s, dkg_cpu_s } = measured;
    let mut ratios: Vec<f64> = rounds.iter().map(|(ceremonies, direct)| ceremonies / direct).collect();
    ratios.sort_by(f64::total_cmp);
    let signatures = (PARALLEL * size.repeats) as f64;
    let best = |of: fn(&(f64, f64)) -> f64| rounds.iter().map(of).fold(f64::INFINITY, f64::min) * 1e3 / signatures;
    let sign = Measure {
        name: size.names[0],
        value: ratios[ratios.len() / 2],
        unit: "ratio",
        note: format!(
            "median of {} rounds ({:.2} to {:.2}), {PARALLEL} ceremonies at once: {:.2} CPU ms a signature over crate p2p, {:.2} \
             by direct calls{}",
            ratios.len(),
            ratios[0],
            ratios[ratios.len() - 1],
            best(|round| round.0),
            best(|round| round.1),
            size.bound,
        ),
    };
    let members = f64::from(size.members);
    let dkg = Measure {
        name: size.names[1],
        value: *dkg_s,
        unit: "s",
        note: format!("all {members} members on this machine; {:.3} CPU s each", dkg_cpu_s / members),
    };
    [sign, dkg]
}

/// The measured process of a group: makes its key, then signs in rounds, each followed by the direct calls.
pub(crate) fn ceremonies(threshold: &str, members: &str, repeats: &str) -> Result<Measured> {
    let (threshold, members, repeats) = (threshold.parse()?, members.parse()?, repeats.parse::<usize>()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut mesh = mesh::open(members, None).await?;
        let (began, cpu) = (Instant::now(), CpuTime::now()?);
        let mut shares = create(&mut mesh, threshold).await?;
        let (dkg_s, dkg_cpu_s) = (began.elapsed().as_secs_f64(), cpu.seconds_since()?);
        shares.truncate(usize::from(threshold));
        let _idle = mesh.split_off(shares.len());
        let direct = direct::Keys::new(threshold, members)?;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let cpu = CpuTime::now()?;
            for _ in 0..repeats {
                sign(&mut mesh, &shares, PARALLEL).await?;
            }
            let ceremonies = cpu.seconds_since()?;
            let cpu = CpuTime::now()?;
            direct.sign(PARALLEL * repeats)?;
            rounds.push((ceremonies, cpu.seconds_since()?));
        }
        Ok(Measured { rounds, dkg_s, dkg_cpu_s })
    })
}

/// A key generation between all members of a mesh; their shares in the same order.
async fn create(mesh: &mut Vec<Member>, threshold: u16) -> Result<Vec<Share>> {
    let mut rng = ChaCha20Rng::from_seed(rand::random());
    let (mut identities, mut keys) = (Vec::new(), BTreeMap::new());
    for member in &*mesh {
        let (identity, _) = Identity::generate(&mut rng)?;
        keys.insert(member.party(), identity.peer_key());
        identities.push(identity);
    }
    let (roster, id) = (Roster::new(threshold, keys)?, CeremonyId(rand::random()));
    let tasks = mesh.drain(..).zip(identities).map(|(member, identity)| {
        let roster = roster.clone();
        async move { join(member, roster, identity, id).await }
    });
    let (members, shares): (Vec<_>, Vec<_>) = all(tasks).await?.into_iter().unzip();
    mesh.extend(members);
    Ok(shares)
}

/// One member's part in a key generation. The share is kept nowhere but here.
async fn join(mut member: Member, roster: Roster, identity: Identity, id: CeremonyId) -> Result<(Member, Share)> {
    let mut rng = ChaCha20Rng::from_seed(rand::random());
    let (mut machine, send) = Dkg::new(roster, member.party(), identity, id, &mut rng)?;
    member.say(send).await?;
    loop {
        let (from, bytes) = member.next().await?;
        let mut step = machine.receive(from, &bytes, &mut rng)?;
        loop {
            member.say(step.send).await?;
            match step.outcome {
                None => break,
                Some(Ok(Stage::Staged(_))) => step = machine.staged(&mut rng),
                Some(Ok(Stage::InForce(settled))) => return Ok((member, settled.share)),
                Some(Err(abort)) => bail!("the key generation ended without a key: {abort:?}"),
            }
        }
    }
}

/// `count` ceremonies at once between these members, the first of whom coordinates and signs too.
async fn sign(mesh: &mut Vec<Member>, shares: &[Share], count: usize) -> Result<Vec<Instant>> {
    let quorum: BTreeSet<Party> = mesh.iter().map(Member::party).collect();
    let mut desks = mesh.drain(..).zip(shares).map(|(member, share)| Desk::new(member, share.clone(), count));
    let coordinator = desks.next().context("a coordinator")?;
    let signers: Vec<Desk> = desks.collect();
    let coordinate = async move { coordinator.coordinate(&quorum).await };
    let tasks = std::iter::once(coordinate.boxed()).chain(signers.into_iter().map(|desk| desk.serve().boxed()));
    let (members, ends): (Vec<_>, Vec<_>) = all(tasks).await?.into_iter().unzip();
    mesh.extend(members);
    Ok(ends)
}

/// Each in a task of its own; what they gave, in order, or the first fault of any.
async fn all<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = Result<T>> + Send + 'static>,
) -> Result<Vec<T>> {
    let running: Vec<_> = tasks.map(tokio::spawn).collect();
    let ended = running.into_iter().map(|task| async { task.await? });
    timeout(PATIENCE, futures::future::try_join_all(ended)).await.context("ceremonies in time")?
}
