//! Prints what it costs to tell a reader a record, for networks of several sizes.
//!
//! Every node stamps every message; a record carries the stamps of one pass (two messages) and links to eight others. Each
//! record is looked at by every path, and so is each vote: that is the least that locks need, so the time is also given for
//! one vote newly seen by one path.
//!
//! `cargo run --release -p even --example voting`
#![allow(clippy::print_stdout, reason = "a program that prints its result")]

use even::ids::{BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Reader, Status, Tables};
use std::error::Error;
use std::time::{Duration, Instant};

const NEW_MESSAGES: u32 = 2;
const LINKS: u32 = 8;
const PASSES_OF_AN_EPOCH: u32 = 10;

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

fn main() -> Result<(), Box<dyn Error>> {
    println!("nodes  records  us/record  ns/vote  us/pruned  final  held messages, records");
    for (nodes, passes) in [(50, 120), (200, 60), (500, 40), (1_000, 30)] {
        measure(nodes, passes)?;
    }
    Ok(())
}

fn name(kind: u8, at: u32) -> [u8; 32] {
    let mut name = [kind; 32];
    name[..4].copy_from_slice(&at.to_be_bytes());
    name
}

fn measure(nodes: u32, passes: u32) -> Result<(), Box<dyn Error>> {
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
    let records = nodes * passes;
    let last =
        (0..passes * NEW_MESSAGES).rev().find(|at| reader.status(&MessageId(name(1, *at))) == Some(Status::Final));
    let (held, micros) = (reader.held(), told.as_secs_f64() * 1e6 / f64::from(records));
    let votes = micros * 1e3 / f64::from(nodes) / f64::from(NEW_MESSAGES);
    let prunings = pruned.as_secs_f64() * 1e6 / f64::from(records);
    let last = last.ok_or("nothing became final")?;
    println!(
        "{nodes:5}  {records:7}  {micros:9.1}  {votes:7.1}  {prunings:9.1}  {last:5}  {}, {}",
        held.messages, held.records
    );
    Ok(())
}

fn ballot(at: u32, epoch: u32) -> Ballot {
    let parents =
        if at == 0 { Vec::new() } else { vec![MessageId(name(1, at - 1)), MessageId(name(1, at.max(3) - 3))] };
    Ballot {
        id: MessageId(name(1, at)),
        bundle: BundleHash(name(1, at)),
        epoch: Epoch(epoch),
        parents: if at < 3 { parents.into_iter().take(1).collect() } else { parents },
        spends: vec![even::ids::Address(name(2, at))],
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
        stamped: (pass * NEW_MESSAGES..(pass + 1) * NEW_MESSAGES).map(|at| MessageId(name(1, at))).collect(),
        votes: Vec::new(),
    }
}
