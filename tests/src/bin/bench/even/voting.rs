//! What it costs to tell a reader of outboxes a record.
//!
//! Every node stamps every message; a record carries the stamps of one pass (two messages) and links to eight others. Each
//! record is looked at by every path, and so is each vote: that is the least that locks need, so the value is the time of one
//! vote newly seen by one path.

use crate::Measure;
use anyhow::{Context, Result};
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Reader, Status, Tables};
use std::time::{Duration, Instant};

const NEW_MESSAGES: u32 = 2;
const LINKS: u32 = 8;
const PASSES_OF_AN_EPOCH: u32 = 10;

/// Nodes of one weight.
struct Equal(u32);

impl Tables for Equal {
    fn weight(&self, _: Epoch, _: &NodeId) -> u128 {
        1
    }

    fn denominator(&self, _: Epoch) -> u128 {
        u128::from(self.0)
    }

    fn leaders(&self, _: Epoch) -> &[NodeId] {
        &[]
    }
}

/// Measures `even_vote_ns_50`, `_200` and `_1000`.
pub(super) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    for (name, nodes, passes) in
        [("even_vote_ns_50", 50, 120), ("even_vote_ns_200", 200, 60), ("even_vote_ns_1000", 1_000, 30)]
    {
        report.push(of_network(name, nodes, passes)?);
    }
    Ok(())
}

fn of_network(name: &'static str, nodes: u32, passes: u32) -> Result<Measure> {
    let (tables, mut reader) = (Equal(nodes), Reader::default());
    let (mut told, mut pruned) = (Duration::ZERO, Duration::ZERO);
    for pass in 0..passes {
        for at in pass * NEW_MESSAGES..(pass + 1) * NEW_MESSAGES {
            reader.tell_message(ballot(at, pass / PASSES_OF_AN_EPOCH))?;
        }
        let entries: Vec<Entry> = (0..nodes).map(|node| entry(pass, node, nodes)).collect();
        let start = Instant::now();
        for entry in &entries {
            reader.tell_record(entry, &tables)?;
        }
        told += start.elapsed();
        if (pass + 1) % PASSES_OF_AN_EPOCH == 0 {
            let (epoch, start) = (pass / PASSES_OF_AN_EPOCH, Instant::now());
            reader.prune(&(Epoch(epoch)..=Epoch(epoch + 1)), &tables);
            pruned += start.elapsed();
        }
    }
    let last = (0..passes * NEW_MESSAGES).rev().find(|at| reader.status(&message(*at)) == Some(Status::Final));
    let last = last.context("the votes made something final")?;
    let of_record = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(nodes * passes);
    let held = reader.held();
    Ok(Measure {
        name,
        value: of_record(told) * 1e3 / f64::from(nodes * NEW_MESSAGES),
        unit: "ns",
        note: format!(
            "of {NEW_MESSAGES} votes in a record, seen by each of {nodes} paths: {:.1} us a record, and {:.1} us to prune it; \
             {} of {} messages final, {} messages and {} records held",
            of_record(told),
            of_record(pruned),
            last + 1,
            passes * NEW_MESSAGES,
            held.messages,
            held.records,
        ),
    })
}

fn name(kind: u8, at: u32) -> [u8; 32] {
    let mut name = [kind; 32];
    name[..4].copy_from_slice(&at.to_be_bytes());
    name
}

fn message(at: u32) -> MessageId {
    MessageId(name(1, at))
}

/// A message that names the one before it and the third before it.
fn ballot(at: u32, epoch: u32) -> Ballot {
    let parents = [1, 3].iter().filter_map(|back| at.checked_sub(*back)).map(message).collect();
    Ballot {
        id: message(at),
        bundle: BundleHash(name(1, at)),
        epoch: Epoch(epoch),
        parents,
        spends: vec![Address(name(2, at))],
        funds: Vec::new(),
    }
}

fn entry(pass: u32, node: u32, nodes: u32) -> Entry {
    let id = |pass: u32, node: u32| BlockId(name(3, pass * nodes + node));
    let stride = nodes / LINKS + 1;
    let seen = |link: u32| id(pass - 1, (node + 1 + link * stride) % nodes);
    Entry {
        id: id(pass, node),
        node: NodeId(name(4, node)),
        previous: pass.checked_sub(1).map(|before| id(before, node)),
        seen: if pass == 0 { Vec::new() } else { (0..LINKS).map(seen).collect() },
        stamped: (pass * NEW_MESSAGES..(pass + 1) * NEW_MESSAGES).map(message).collect(),
        votes: Vec::new(),
    }
}
