//! Set `voting`: sections 9.3 to 9.6.

use super::case::Case;
use even::block::Vote;
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Reader, Status, Tables};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The weights of a case.
struct Weights {
    nodes: BTreeMap<NodeId, u128>,
    denominator: u128,
}

impl Tables for Weights {
    fn weight(&self, _: Epoch, node: &NodeId) -> u128 {
        self.nodes.get(node).copied().unwrap_or(0)
    }

    fn denominator(&self, _: Epoch) -> u128 {
        self.denominator
    }

    fn leaders(&self, _: Epoch) -> &[NodeId] {
        &[]
    }
}

pub(super) fn voting(case: &Case<'_>) -> Result<(), String> {
    let nodes = object(case.value("weights")?)?;
    let nodes = nodes.iter().map(|(id, weight)| Ok((NodeId(short(id)?), weight.as_u64().ok_or("no weight")?.into())));
    let tables = Weights { nodes: nodes.collect::<Result<_, String>>()?, denominator: case.number::<u64>("D")?.into() };
    let mut reader = Reader::default();
    messages(case, &mut reader)?;
    records(case, &mut reader, &tables)?;
    let faulty: Vec<String> = reader.equivocators().iter().map(|node| name(&node.0)).collect();
    let wanted = texts(case.value("faulty")?)?;
    if faulty.iter().any(|node| !wanted.contains(&node.as_str())) {
        return Err(format!("faulty: {faulty:?} instead of {wanted:?}"));
    }
    let ids = object(case.value("messages")?)?;
    let found = ids.keys().map(|id| Ok((id.clone(), standing(&reader, &MessageId(short(id)?)))));
    case.expect("expect", Value::Object(found.collect::<Result<Map<_, _>, String>>()?))?;
    if case.has("next_votes") { next_votes(case, &reader, &tables) } else { Ok(()) }
}

/// The names of the vectors in their order as ids.
fn short(name: &str) -> Result<[u8; 32], String> {
    let mut id = [0; 32];
    id.get_mut(..name.len()).ok_or("a name of at most 32 letters")?.copy_from_slice(name.as_bytes());
    Ok(id)
}

fn name(id: &[u8; 32]) -> String {
    String::from_utf8_lossy(id).trim_end_matches('\0').to_owned()
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| "no object".to_owned())
}

fn texts(list: &Value) -> Result<Vec<&str>, String> {
    let list = list.as_array().ok_or("no list")?;
    list.iter().map(|text| text.as_str().ok_or_else(|| "no text".to_owned())).collect()
}

fn ids<T>(list: &Value, make: impl Fn([u8; 32]) -> T) -> Result<Vec<T>, String> {
    texts(list)?.into_iter().map(|name| short(name).map(&make)).collect()
}

/// Tells everything as soon as what it names was told.
fn messages(case: &Case<'_>, reader: &mut Reader) -> Result<(), String> {
    let mut open: Vec<Ballot> = Vec::new();
    for (id, message) in object(case.value("messages")?)? {
        open.push(Ballot {
            id: MessageId(short(id)?),
            bundle: BundleHash(short(id)?),
            epoch: Epoch(0),
            parents: ids(&message["parents"], MessageId)?,
            spends: ids(&message["spends"], Address)?,
            funds: ids(&message["funds"], MessageId)?,
        });
    }
    in_order(open, |ballot| reader.tell_message(ballot.clone()).is_ok())
}

fn records(case: &Case<'_>, reader: &mut Reader, tables: &Weights) -> Result<(), String> {
    let mut open: Vec<Entry> = Vec::new();
    for (id, record) in object(case.value("records")?)? {
        let votes = record["votes"].as_array().ok_or("no votes")?;
        let vote = |vote: &Value| -> Result<Vote, String> {
            let round = vote[1].as_u64().and_then(|round| u32::try_from(round).ok()).ok_or("no round")?;
            Ok(Vote { message: MessageId(short(vote[0].as_str().ok_or("no message")?)?), round })
        };
        let previous = record["prev"].as_str().map(short).transpose()?;
        open.push(Entry {
            id: BlockId(short(id)?),
            node: NodeId(short(record["node"].as_str().ok_or("no node")?)?),
            previous: previous.map(BlockId),
            seen: ids(&record["seen"], BlockId)?,
            stamped: ids(&record["stamps"], MessageId)?,
            votes: votes.iter().map(vote).collect::<Result<_, _>>()?,
        });
    }
    in_order(open, |entry| reader.tell_record(entry, tables).is_ok())
}

fn in_order<T>(mut open: Vec<T>, mut tell: impl FnMut(&T) -> bool) -> Result<(), String> {
    while !open.is_empty() {
        let before = open.len();
        open.retain(|one| !tell(one));
        if open.len() == before {
            return Err("the case names what it does not have".into());
        }
    }
    Ok(())
}

fn standing(reader: &Reader, id: &MessageId) -> Value {
    let status = match reader.status(id) {
        Some(Status::Certified | Status::Fast) => "certified",
        Some(Status::Final) => "final",
        Some(Status::Rejected) => "rejected",
        Some(Status::Received) | None => "pending",
    };
    let weight: Vec<Value> = (0..=reader.last_round()).map(|round| number(reader.weight(id, round))).collect();
    let locked: Vec<String> = reader.locked(id).iter().map(|node| name(&node.0)).collect();
    json!({"status": status, "weight": weight, "locked": locked})
}

fn number(weight: u128) -> Value {
    u64::try_from(weight).map_or(Value::Null, Value::from)
}

fn next_votes(case: &Case<'_>, reader: &Reader, tables: &Weights) -> Result<(), String> {
    let found = case.list("next_votes")?.iter().map(|vote| {
        let message = vote["message"].as_str().ok_or("no message")?;
        let round = vote["round"].as_u64().and_then(|round| u32::try_from(round).ok()).ok_or("no round")?;
        let next =
            reader.next_vote(&MessageId(short(message)?), round, tables).map_err(|missing| missing.to_string())?;
        Ok(json!({"message": message, "round": round, "vote": name(&next.0)}))
    });
    case.expect("next_votes", found.collect::<Result<Vec<_>, String>>()?)
}
