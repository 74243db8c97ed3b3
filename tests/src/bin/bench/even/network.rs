//! Whole networks under a seed: simulated seconds from issue to final, and how many messages one process makes final.
//!
//! Each network runs in a process of its own, and must not break a rule. Up to fifty nodes sign, work and read all outboxes;
//! larger ones run light, with some readers (`docs/even-findings.md`).

use crate::{Measure, apart};
use anyhow::{Context, Result, ensure};
use even_sim::config::Config;
use even_sim::network::Network;
use even_sim::report::Report;
use serde_json::{Value, json};
use std::time::Instant;

const SEED: u64 = 1;

/// A network: nodes, simulated seconds in which messages are issued, messages a second.
struct Size {
    nodes: u32,
    seconds: u32,
    rate: u32,
}

/// Measures `even_finality_s_50`, `_200`, `_1000` and `even_messages_per_s`.
pub(super) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let sizes = [
        (["even_finality_s_50", "even_finality_p99_s_50"], Size { nodes: 50, seconds: 60, rate: 1 }),
        (["even_finality_s_200", "even_finality_p99_s_200"], Size { nodes: 200, seconds: 60, rate: 1 }),
        (["even_finality_s_1000", "even_finality_p99_s_1000"], Size { nodes: 1_000, seconds: 20, rate: 1 }),
    ];
    for (names, size) in sizes {
        report.extend(finality(names, &run(&size)?)?);
    }
    report.push(throughput(&run(&Size { nodes: 20, seconds: 20, rate: 100 })?)?);
    Ok(())
}

/// The measured process: runs a network and prints what it reported.
pub(crate) fn simulate(nodes: &str, seconds: &str, rate: &str) -> Result<Value> {
    let mut config = Config::new(nodes.parse()?, SEED);
    config.duration_ms = 1_000 * seconds.parse::<u64>()?;
    config.rate = rate.parse()?;
    let started = Instant::now();
    let mut network = Network::new(config)?;
    network.run();
    let seconds = started.elapsed().as_secs_f64();
    Ok(json!({ "report": Report::of(&network), "seconds": seconds }))
}

fn run(size: &Size) -> Result<Value> {
    let [nodes, seconds, rate] = [size.nodes, size.seconds, size.rate].map(|number| number.to_string());
    let ran = apart(&["network", &nodes, &seconds, &rate])?;
    ensure!(number(&ran, "/report/violations")? < 0.5, "a rule was broken: {ran}");
    Ok(ran)
}

fn number(ran: &Value, path: &str) -> Result<f64> {
    ran.pointer(path).and_then(Value::as_f64).with_context(|| format!("{path} of a network's report"))
}

fn finality([median, p99]: [&'static str; 2], ran: &Value) -> Result<[Measure; 2]> {
    let of = |path: &str| number(ran, &format!("/report/{path}"));
    let note = format!(
        "simulated, {} of {} messages final, {} of {} nodes read; longest {:.2} s; hops median {}, p99 {}; {:.0} s to simulate",
        of("finals")?,
        of("issued")?,
        of("readers")?,
        of("nodes")?,
        of("finality/max")?,
        of("hops/median")?,
        of("hops/p99")?,
        number(ran, "/seconds")?,
    );
    let measure = |name, value, note| Measure { name, value, unit: "s", note };
    Ok([measure(median, of("finality/median")?, note), measure(p99, of("finality/p99")?, "of the same".to_owned())])
}

fn throughput(ran: &Value) -> Result<Measure> {
    let of = |path: &str| number(ran, &format!("/report/{path}"));
    let seconds = number(ran, "/seconds")?;
    Ok(Measure {
        name: "even_messages_per_s",
        value: of("finals")? / seconds,
        unit: "/s",
        note: format!(
            "made final by {} nodes in one thread: composed, signed, checked once, gossiped, and stamped, recorded, voted on \
             and applied by each; {} of {} messages, half of them payments, in {seconds:.1} s",
            of("nodes")?,
            of("finals")?,
            of("issued")?,
        ),
    })
}
