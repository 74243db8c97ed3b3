//! The command line: one network, the conformance runs, or the findings.

use crate::config::{Config, Partition, RATE, Share};
use crate::conformance::{self, Tally};
use crate::live;
use crate::network::{CannotBuild, Network};
use crate::report::{Quantiles, Report};
use clap::Parser;
use even::voting::Switches;
use std::io::{self, Write};
use std::num::NonZeroU64;

/// Length of an epoch, seconds: of a simulated run, and of a live network.
const EPOCH_S: u64 = 600;
const LIVE_EPOCH_S: u64 = 10;

/// Simulate an EVEN network under a seed, and measure it.
#[derive(Debug, Parser)]
pub struct Args {
    /// Nodes, all kinds together.
    #[arg(long, default_value_t = 20)]
    nodes: usize,
    /// What everything is drawn from; with --seeds the first of them.
    #[arg(long, visible_alias = "from", default_value_t = 1)]
    seed: u64,
    /// Seeds in a row; the first bad one ends the run.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Simulated seconds in which messages are issued.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Messages a second, all nodes together [default: 1].
    #[arg(long)]
    rate: Option<f64>,
    /// Nodes that are not honest: kind=count, with kinds passive, double-spend, withhold, equivocate, whale, super-pool, sybil.
    #[arg(long, value_name = "KIND=COUNT")]
    behaviour: Vec<Share>,
    /// The part of what is sent that is lost.
    #[arg(long, default_value_t = 0.0)]
    loss: f64,
    /// A partition: from..until:share, in seconds and as a part of the nodes.
    #[arg(long, value_name = "FROM..UNTIL:SHARE")]
    partition: Option<Partition>,
    /// Length of an epoch, seconds [default: 600; 10 of a live network].
    #[arg(long)]
    epoch: Option<u64>,
    /// Nodes that read all outboxes and vote in later rounds [default: all of up to 50 nodes, 8 up to 400, then 2].
    #[arg(long)]
    readers: Option<usize>,
    /// Leave signatures and work out (always so with more than 50 nodes).
    #[arg(long)]
    light: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Run the adversarial scheduler over --seeds seeds instead, then again with rules switched off.
    #[arg(long, conflicts_with = "findings")]
    conformance: bool,
    /// Compute the figures of docs/even-findings.md instead.
    #[arg(long)]
    findings: bool,
}

/// Why nothing was simulated.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The network cannot be built.
    #[error(transparent)]
    Build(#[from] CannotBuild),
    /// A number that makes no sense.
    #[error("--loss is a part from 0 to 1, and --epoch and --rate are above 0")]
    Arguments,
    /// The output is closed.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The report is no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Runs what was asked for. Whether all held.
///
/// # Errors
/// [`Fault`].
pub fn run(args: &Args, out: &mut impl Write) -> Result<bool, Fault> {
    if args.findings {
        write!(out, "{}", crate::findings::report(args.seed))?;
        return Ok(true);
    }
    if args.conformance {
        return conform(args, out);
    }
    let mut all = Vec::new();
    for seed in args.seed..args.seed.saturating_add(args.seeds) {
        let mut network = Network::new(args.config(seed)?)?;
        network.run();
        let report = Report::of(&network);
        let holds = report.violations == 0;
        if args.json {
            all.push(report);
        } else if args.seeds == 1 || !holds {
            print(&report, out)?;
        }
        if !holds {
            writeln!(io::stderr(), "again: everwatchd even-sim {}", args.again(seed))?;
            finish(args, &all, out)?;
            return Ok(false);
        }
    }
    finish(args, &all, out)?;
    Ok(true)
}

fn finish(args: &Args, all: &[Report], out: &mut impl Write) -> Result<(), Fault> {
    match (args.json, all) {
        (true, [one]) => writeln!(out, "{}", serde_json::to_string_pretty(one)?)?,
        (true, all) => writeln!(out, "{}", serde_json::to_string_pretty(all)?)?,
        (false, _) if args.seeds > 1 => writeln!(out, "{} seeds hold", args.seeds)?,
        (false, _) => {}
    }
    Ok(())
}

impl Args {
    /// The network under a seed, for a simulated run.
    ///
    /// # Errors
    /// [`Fault::Arguments`].
    pub fn config(&self, seed: u64) -> Result<Config, Fault> {
        let mut config = Config::new(self.nodes, seed).with_epoch_ms(self.epoch_ms(EPOCH_S)?);
        config.duration_ms = self.seconds.saturating_mul(1000);
        config.behaviours.clone_from(&self.behaviour);
        self.complete(config)
    }

    /// The network under `--seed`, to be run by the clock until it is stopped.
    ///
    /// # Errors
    /// [`Fault::Arguments`].
    pub fn live(&self) -> Result<Config, Fault> {
        let mut config = live::config(self.nodes, self.seed, self.epoch_ms(LIVE_EPOCH_S)?);
        if !self.behaviour.is_empty() {
            config.behaviours.clone_from(&self.behaviour);
        }
        let mut config = self.complete(config)?;
        config.capacity = live::capacity(config.rate);
        Ok(config)
    }

    fn epoch_ms(&self, default_s: u64) -> Result<NonZeroU64, Fault> {
        NonZeroU64::new(self.epoch.unwrap_or(default_s).saturating_mul(1000)).ok_or(Fault::Arguments)
    }

    /// What both kinds of runs have in common.
    fn complete(&self, mut config: Config) -> Result<Config, Fault> {
        let rate = self.rate.unwrap_or(config.rate);
        if !(0.0..=1.0).contains(&self.loss) || !rate.is_finite() || rate <= 0.0 {
            return Err(Fault::Arguments);
        }
        config.rate = rate;
        config.loss = self.loss;
        config.partition = self.partition;
        config.light |= self.light;
        config.readers = self.readers.unwrap_or(config.readers);
        Ok(config)
    }

    /// The arguments that repeat the run of one seed.
    fn again(&self, seed: u64) -> String {
        let mut text = format!(
            "--nodes {} --seed {seed} --seconds {} --rate {} --loss {} --epoch {}",
            self.nodes,
            self.seconds,
            self.rate.unwrap_or(RATE),
            self.loss,
            self.epoch.unwrap_or(EPOCH_S)
        );
        if let Some(readers) = self.readers {
            text += &format!(" --readers {readers}");
        }
        for share in &self.behaviour {
            text += &format!(" --behaviour {}={}", share.behaviour.name(), share.count);
        }
        if let Some(Partition { from_ms, until_ms, share }) = self.partition {
            text += &format!(" --partition {}..{}:{share}", from_ms / 1000, until_ms / 1000);
        }
        if self.light { text + " --light" } else { text }
    }
}

fn print(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mode = if report.light { "light: no signatures, no work" } else { "full: signatures and work" };
    writeln!(out, "nodes              {} ({} read all outboxes; {mode})", report.nodes, report.readers)?;
    writeln!(out, "seed               {}", report.seed)?;
    writeln!(out, "issued             {} in {} s, {} payments", report.issued, report.seconds, report.payments)?;
    writeln!(
        out,
        "final              {} ({:.2} a second), {} undecided",
        report.finals, report.messages_per_second, report.undecided
    )?;
    let Quantiles { median, p99, max } = report.finality;
    writeln!(out, "issue to final     median {median:.2} s, p99 {p99:.2} s, longest {max:.2} s")?;
    let Quantiles { median, p99, max } = report.hops;
    writeln!(out, "hops               median {median}, p99 {p99}, most {max}")?;
    writeln!(
        out,
        "double-spends      {}, decided {}, last round {}",
        report.double_spends, report.decided, report.last_round
    )?;
    writeln!(out, "equivocators       {} found", report.equivocators)?;
    writeln!(out, "records            {} with {} stamps, {} votes", report.records, report.stamps, report.votes)?;
    writeln!(
        out,
        "epochs             {} began, {} tables agreed on, {} began split, {} stayed split",
        report.epochs, report.agreed_epochs, report.split_epochs, report.still_split_epochs
    )?;
    writeln!(out, "violations         {}", report.violations)?;
    report.breaks.iter().try_for_each(|found| writeln!(out, "  node {}: {}", found.node, found.what))
}

/// All rules on: nothing may break. Then one rule off at a time: something should.
fn conform(args: &Args, out: &mut impl Write) -> Result<bool, Fault> {
    let all = Switches::default();
    let kept = conformance::runs(args.seed, args.seeds, all);
    let off = [
        ("without the proviso of the lock", Switches { lock_proviso: false, ..all }),
        ("votes ignore certificates", Switches { votes_follow_certificates: false, ..all }),
    ];
    let broken: Vec<(&str, Tally)> =
        off.into_iter().map(|(name, switches)| (name, conformance::runs(args.seed, args.seeds, switches))).collect();
    if args.json {
        let json = serde_json::json!({ "allRules": kept, "switchedOff": broken });
        writeln!(out, "{}", serde_json::to_string_pretty(&json)?)?;
    } else {
        line("all rules", &kept, out)?;
        broken.iter().try_for_each(|(name, tally)| line(name, tally, out))?;
    }
    if let Some(seed) = kept.first_broken {
        writeln!(io::stderr(), "again: everwatchd even-sim --conformance --seed {seed} --seeds 1")?;
    }
    Ok(kept.broken == 0)
}

fn line(name: &str, tally: &Tally, out: &mut impl Write) -> io::Result<()> {
    let Tally { runs, decided, broken, first_broken, finding } = tally;
    write!(out, "{name:<32} {runs} runs, {decided} decided, {broken} broken")?;
    if let (Some(seed), Some(finding)) = (first_broken, finding) {
        write!(out, "; first by seed {seed}: {finding}")?;
    }
    writeln!(out)
}
