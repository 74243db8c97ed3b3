//! The same actors in a living network: what it measured of them after some epochs.

use super::{line, percent};
use crate::config::{Behaviour, Config, Share};
use crate::network::Network;
use crate::report::Report;
use std::num::NonZeroU64;

const NODES: usize = 30;
const EPOCH_MS: NonZeroU64 = NonZeroU64::new(20_000).expect("20000 is not 0");
const EPOCHS: u64 = 15;

pub(super) fn report(seed: u64, out: &mut String) {
    let mut config = Config::new(NODES, seed).with_epoch_ms(EPOCH_MS);
    config.duration_ms = EPOCHS * EPOCH_MS.get();
    config.light = true;
    config.rate = 2.0;
    // Less than the traffic: power decides who stamps how much.
    config.capacity = 1.0;
    config.stake_spread = 0.3;
    let kinds =
        [Behaviour::Whale, Behaviour::SuperPool, Behaviour::Withhold, Behaviour::Equivocate, Behaviour::Passive];
    config.behaviours = kinds.into_iter().map(|behaviour| Share { behaviour, count: 1 }).collect();
    config.behaviours.push(Share { behaviour: Behaviour::Sybil, count: 5 });
    let Ok(mut network) = Network::new(config) else { return };
    network.run();
    line(
        out,
        &format!(
            "\n### In a living network\n\n{NODES} nodes, {EPOCHS} epochs of {} s, light; ordinary nodes stamp half of the messages.\n\n| kind | nodes | exchange | stake | accuracy | rating | weight / D |\n|---|---|---|---|---|---|---|",
            EPOCH_MS.get() / 1000
        ),
    );
    for behaviour in Behaviour::ALL {
        row(&network, behaviour, out);
    }
    let report = Report::of(&network);
    line(
        out,
        &format!(
            "\n{} messages, {} final (median {:.1} s, p99 {:.1} s); {} of {} epochs agreed on a table; violations: {}.",
            report.issued,
            report.finals,
            report.finality.median,
            report.finality.p99,
            report.agreed_epochs,
            report.epochs,
            report.violations
        ),
    );
}

/// Means over the nodes of a kind; exchange, stake and weight are their sums.
fn row(network: &Network, behaviour: Behaviour, out: &mut String) {
    let honest = network.peers.iter().find(|peer| peer.behaviour == Behaviour::Honest);
    let Some((node, (_, measured))) = honest.and_then(|peer| Some((&peer.node, peer.node.measured()?))) else { return };
    let of_kind: Vec<_> = network.peers.iter().filter(|peer| peer.behaviour == behaviour).collect();
    let force = &node.tables().at(node.epoch()).force;
    let (mut exchange, mut stake, mut accuracy, mut rating, mut weight) = (0.0, 0.0, 0.0, 0.0, 0);
    for peer in &of_kind {
        weight += force.weight(&peer.node.id());
        let Some(at) = measured.nodes.iter().position(|id| *id == peer.node.id()) else { continue };
        let row = &measured.table.rows[at];
        exchange += row.k_o;
        stake += row.s_o;
        accuracy += row.score.accuracy;
        rating += row.score.rating;
    }
    let count = of_kind.len();
    if count > 0 {
        let (accuracy, rating) = (accuracy / count as f64, rating / count as f64);
        let weight = weight as f64 / force.denominator() as f64;
        line(
            out,
            &format!(
                "| {} | {count} | {} | {} | {accuracy:.2} | {rating:.3} | {} |",
                behaviour.name(),
                percent(exchange),
                percent(stake),
                percent(weight)
            ),
        );
    }
}
