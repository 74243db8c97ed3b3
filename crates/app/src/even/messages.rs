//! Messages of the graph: noted when they are first seen, looked at again while they are shown.

use std::collections::BTreeSet;

use even::ids::{Address, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Status, Tables as _};
use even_sim::node::Node;
use even_sim::post::Post;

use super::snapshot::{Message, Round, Snapshot, ppm};
use crate::api::{EvenMessage, EvenMessageDetail, EvenMessages, EvenRound, Field};

/// A message that was just seen.
pub(super) fn of_post(post: &Post, issuer: usize, time_ms: u64) -> Message {
    let effect = &post.effect;
    let kind = match effect {
        effect if effect.is_data() => "data",
        effect if effect.outputs.iter().any(|output| output.stake.is_some()) => "stake",
        _ => "payment",
    };
    let named = |address: &Address, units: u64| (address.to_string(), units);
    Message {
        id: post.id,
        bundle: post.bundle.to_string(),
        issuer,
        time_ms,
        parents: post.parents().copied().collect(),
        kind,
        status: Status::Received,
        finality_ms: None,
        rounds: Vec::new(),
        locked: 0,
        locked_ppm: 0,
        rivals: BTreeSet::new(),
        transactions: post.message.as_ref().map_or(0, |message| message.transactions().len()),
        bytes: post.message.as_ref().map_or(0, |message| message.encode().len()),
        inputs: effect.inputs.iter().map(|(from, amount)| named(from, amount.units())).collect(),
        outputs: effect.outputs.iter().map(|output| named(&output.to, output.amount.units())).collect(),
    }
}

/// Brings a message of an epoch up to date. What the reader has forgotten stays as it was last seen.
pub(super) fn refresh(message: &mut Message, node: &Node, epoch: Epoch) {
    let Some(reader) = node.reader() else { return };
    message.status = reader.status(&message.id).unwrap_or(message.status);
    let Ok(rivals) = reader.rivals_of(&message.id) else { return };
    message.rivals.extend(rivals);
    let tables = node.tables();
    let denominator = tables.denominator(epoch);
    let round = |(number, (voters, weight)): (u32, (usize, u128))| Round {
        number,
        voters,
        weight_ppm: ppm(weight, denominator),
    };
    message.rounds = reader.votes(&message.id).into_iter().map(round).collect();
    let locked: BTreeSet<NodeId> = reader.locked(&message.id);
    message.locked = locked.len();
    message.locked_ppm = ppm(locked.iter().map(|id| tables.weight(epoch, id)).sum(), denominator);
}

/// The newest `limit` messages, of one member or of all.
pub(super) fn page(snapshot: &Snapshot, limit: usize, member: Option<usize>) -> EvenMessages {
    let fits = |message: &&&Message| member.is_none_or(|member| message.issuer == member);
    let all: Vec<&Message> = snapshot.messages.iter().map(AsRef::as_ref).collect();
    let fitting: Vec<&&Message> = all.iter().filter(fits).collect();
    let newest = &fitting[fitting.len().saturating_sub(limit)..];
    EvenMessages { messages: newest.iter().map(|message| row(snapshot, message)).collect() }
}

/// A message of the window.
pub(super) fn detail(snapshot: &Snapshot, id: &MessageId) -> Option<EvenMessageDetail> {
    let message = snapshot.messages.iter().find(|message| message.id == *id)?;
    let field = |(name, units): &(String, u64)| Field { name: name.clone(), value: units.to_string() };
    let round =
        |round: &Round| EvenRound { round: round.number, voters: count(round.voters), weight_ppm: round.weight_ppm };
    Some(EvenMessageDetail {
        message: row(snapshot, message),
        rounds: message.rounds.iter().map(round).collect(),
        locked: count(message.locked),
        locked_ppm: message.locked_ppm,
        bundle: message.bundle.clone(),
        transactions: count(message.transactions),
        bytes: count(message.bytes),
        inputs: message.inputs.iter().map(field).collect(),
        outputs: message.outputs.iter().map(field).collect(),
    })
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn row(snapshot: &Snapshot, message: &Message) -> EvenMessage {
    let issuer = &snapshot.members[message.issuer];
    let moved: u64 = message.inputs.iter().map(|(_, units)| units).sum();
    EvenMessage {
        id: message.id.to_string(),
        issuer: issuer.id.to_string(),
        label: issuer.label.clone(),
        time_ms: message.time_ms,
        parents: message.parents.iter().map(ToString::to_string).collect(),
        status: status(message.status).to_owned(),
        kind: message.kind.to_owned(),
        amount: (message.kind != "data").then(|| moved.to_string()),
        votes_ppm: message.rounds.last().map_or(0, |round| round.weight_ppm),
        rivals: message.rivals.iter().map(ToString::to_string).collect(),
        finality_ms: message.finality_ms,
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Received => "received",
        Status::Certified => "certified",
        Status::Fast => "fast",
        Status::Final => "final",
        Status::Rejected => "rejected",
    }
}
