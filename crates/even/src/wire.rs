//! What nodes ask each other, byte for byte (8.8): one canonical map per request and per answer.
//!
//! What always holds: nothing longer than 1 MiB is read, and lists are bounded; unknown members of these maps, which are not
//! signed, are ignored.
//! What it does not do: send, or check what a message or block holds. An answer is read as what was asked for.

use crate::cbor::{self, Value};
use crate::ids::{MessageId, NodeId};
use std::collections::BTreeMap;

/// Most ids of a question (8.6).
pub const IDS_MAX: usize = 1024;

/// A question or an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Which of these are in your inbox or graph?
    Have(Vec<MessageId>),
    /// Take these messages.
    Push(Vec<Vec<u8>>),
    /// Give me these messages.
    Get(Vec<MessageId>),
    /// What is the latest head of this node?
    Head(NodeId),
    /// Offer tickets for this many heads to this issuer.
    Ticket {
        /// Who is served.
        issuer: NodeId,
        /// How many heads.
        count: u32,
    },
}

/// What became of a pushed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It was new.
    Accepted,
    /// It was there.
    Known,
    /// It breaks a rule.
    Refused,
}

/// An answer. Blocks and messages are bytes that their reader has to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Which of the ids are there, in the order of the question.
    Have(Vec<bool>),
    /// What became of each message.
    Push(Vec<Pushed>),
    /// The messages that are there.
    Get(Vec<Option<Vec<u8>>>),
    /// The signed head, if one is known.
    Head(Option<Vec<u8>>),
    /// Signed tickets.
    Ticket(Vec<Vec<u8>>),
}

/// Bytes that are no request or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an object of the wire")]
pub struct Malformed;

type Members = BTreeMap<String, Value>;

impl Request {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Have(ids) => map("have", [("i", id_list(ids))]),
            Self::Push(blobs) => map("push", [("b", blob_list(blobs))]),
            Self::Get(ids) => map("get", [("i", id_list(ids))]),
            Self::Head(node) => map("head", [("n", Value::Bytes(node.0.to_vec()))]),
            Self::Ticket { issuer, count } => {
                map("tick", [("w", Value::Bytes(issuer.0.to_vec())), ("n", Value::Integer((*count).into()))])
            }
        }
    }

    /// The request of these bytes.
    ///
    /// # Errors
    /// Anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let (kind, mut members) = members(bytes)?;
        match kind.as_str() {
            "have" => Ok(Self::Have(ids(take(&mut members, "i")?)?)),
            "push" => Ok(Self::Push(list(take(&mut members, "b")?, bytes_of)?)),
            "get" => Ok(Self::Get(ids(take(&mut members, "i")?)?)),
            "head" => Ok(Self::Head(NodeId(array(take(&mut members, "n")?)?))),
            "tick" => {
                let Value::Integer(count) = take(&mut members, "n")? else { return Err(Malformed) };
                let issuer = NodeId(array(take(&mut members, "w")?)?);
                Ok(Self::Ticket { issuer, count: count.try_into().map_err(|_| Malformed)? })
            }
            _ => Err(Malformed),
        }
    }
}

impl Answer {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Have(present) => map("have", [("m", Value::Bytes(bitmap(present)))]),
            Self::Push(results) => {
                let codes = results.iter().map(|result| Value::Integer(*result as i128)).collect();
                map("push", [("r", Value::List(codes))])
            }
            Self::Get(blobs) => map("get", [("b", Value::List(blobs.iter().map(optional).collect()))]),
            Self::Head(head) => map("head", [("h", optional(head))]),
            Self::Ticket(tickets) => map("tick", [("k", blob_list(tickets))]),
        }
    }

    /// The answer to `request` of these bytes.
    ///
    /// # Errors
    /// Anything else, or another number of entries than was asked for.
    pub fn decode(bytes: &[u8], request: &Request) -> Result<Self, Malformed> {
        let (kind, mut members) = members(bytes)?;
        match (kind.as_str(), request) {
            ("have", Request::Have(ids)) => {
                let Value::Bytes(bits) = take(&mut members, "m")? else { return Err(Malformed) };
                Ok(Self::Have(flags(&bits, ids.len())?))
            }
            ("push", Request::Push(blobs)) => {
                counted(list(take(&mut members, "r")?, pushed)?, blobs.len()).map(Self::Push)
            }
            ("get", Request::Get(ids)) => {
                counted(list(take(&mut members, "b")?, optional_bytes)?, ids.len()).map(Self::Get)
            }
            ("head", Request::Head(_)) => optional_bytes(take(&mut members, "h")?).map(Self::Head),
            ("tick", Request::Ticket { .. }) => list(take(&mut members, "k")?, bytes_of).map(Self::Ticket),
            _ => Err(Malformed),
        }
    }
}

fn map<const N: usize>(kind: &str, members: [(&str, Value); N]) -> Vec<u8> {
    let named = members.into_iter().map(|(name, value)| (name.to_owned(), value));
    let kind = ("t".to_owned(), Value::String(kind.to_owned()));
    cbor::encode(&std::iter::once(kind).chain(named).collect::<Members>())
}

fn members(bytes: &[u8]) -> Result<(String, Members), Malformed> {
    let mut members: Members = cbor::decode(bytes).map_err(|_| Malformed)?;
    match members.remove("t") {
        Some(Value::String(kind)) => Ok((kind, members)),
        _ => Err(Malformed),
    }
}

fn take(members: &mut Members, name: &str) -> Result<Value, Malformed> {
    members.remove(name).ok_or(Malformed)
}

fn list<T>(value: Value, entry: impl Fn(Value) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
    match value {
        Value::List(entries) if entries.len() <= IDS_MAX => entries.into_iter().map(entry).collect(),
        _ => Err(Malformed),
    }
}

fn counted<T>(entries: Vec<T>, count: usize) -> Result<Vec<T>, Malformed> {
    if entries.len() == count { Ok(entries) } else { Err(Malformed) }
}

fn bytes_of(value: Value) -> Result<Vec<u8>, Malformed> {
    if let Value::Bytes(bytes) = value { Ok(bytes) } else { Err(Malformed) }
}

fn optional_bytes(value: Value) -> Result<Option<Vec<u8>>, Malformed> {
    if value == Value::Null { Ok(None) } else { bytes_of(value).map(Some) }
}

fn array(value: Value) -> Result<[u8; 32], Malformed> {
    bytes_of(value)?.try_into().map_err(|_| Malformed)
}

fn ids(value: Value) -> Result<Vec<MessageId>, Malformed> {
    list(value, |id| array(id).map(MessageId))
}

fn pushed(value: Value) -> Result<Pushed, Malformed> {
    match value {
        Value::Integer(0) => Ok(Pushed::Accepted),
        Value::Integer(1) => Ok(Pushed::Known),
        Value::Integer(2) => Ok(Pushed::Refused),
        _ => Err(Malformed),
    }
}

fn id_list(ids: &[MessageId]) -> Value {
    Value::List(ids.iter().map(|id| Value::Bytes(id.0.to_vec())).collect())
}

fn blob_list(blobs: &[Vec<u8>]) -> Value {
    Value::List(blobs.iter().cloned().map(Value::Bytes).collect())
}

fn optional(blob: &Option<Vec<u8>>) -> Value {
    blob.clone().map_or(Value::Null, Value::Bytes)
}

/// Bit k, most significant first.
fn bitmap(present: &[bool]) -> Vec<u8> {
    let byte = |eight: &[bool]| eight.iter().zip(0..).fold(0, |byte, (set, at)| byte | u8::from(*set) << (7 - at));
    present.chunks(8).map(byte).collect()
}

/// The first `count` bits; the others of the last byte must be clear.
fn flags(bits: &[u8], count: usize) -> Result<Vec<bool>, Malformed> {
    let flags: Vec<bool> = (0..count.min(bits.len() * 8)).map(|at| bits[at / 8] & (0x80 >> (at % 8)) != 0).collect();
    if flags.len() == count && bitmap(&flags) == bits { Ok(flags) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn exchanges() -> Vec<(Request, Answer)> {
        let ids: Vec<MessageId> = (0..10).map(|byte| MessageId([byte; 32])).collect();
        let present = (0..10).map(|at| at % 3 == 0).collect();
        vec![
            (Request::Have(ids.clone()), Answer::Have(present)),
            (Request::Push(vec![vec![1]; 3]), Answer::Push(vec![Pushed::Accepted, Pushed::Known, Pushed::Refused])),
            (Request::Get(ids[..2].to_vec()), Answer::Get(vec![None, Some(vec![2])])),
            (Request::Head(NodeId([4; 32])), Answer::Head(None)),
            (Request::Ticket { issuer: NodeId([4; 32]), count: 2 }, Answer::Ticket(vec![vec![5]])),
        ]
    }

    #[test]
    fn rule_8_8_requests_and_answers_survive_the_wire() {
        for (request, answer) in exchanges() {
            assert_eq!(Request::decode(&request.encode()).as_ref(), Ok(&request));
            assert_eq!(Answer::decode(&answer.encode(), &request), Ok(answer));
        }
    }

    #[test]
    fn rule_8_8_bits_are_counted_from_the_most_significant() {
        let present = [true, false, false, false, false, false, false, true, true];
        assert_eq!(bitmap(&present), [0x81, 0x80]);
        assert_eq!(flags(&[0x81, 0x80], 9).unwrap(), present);
        assert_eq!(flags(&[0x81, 0xc0], 9), Err(Malformed), "a bit beyond the question");
        assert_eq!(flags(&[0x81], 9), Err(Malformed));
    }

    #[test]
    fn rule_8_8_an_answer_fits_its_question() {
        let exchanges = exchanges();
        for (at, (request, _)) in exchanges.iter().enumerate() {
            for (_, answer) in exchanges.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, pair)| pair) {
                assert_eq!(Answer::decode(&answer.encode(), request), Err(Malformed));
            }
        }
        let short = Answer::Get(vec![None]).encode();
        assert_eq!(Answer::decode(&short, &exchanges[2].0), Err(Malformed));
    }

    #[test]
    fn rule_8_8_unknown_members_are_ignored_and_lists_bounded() {
        let more = map("head", [("n", Value::Bytes(vec![4; 32])), ("new", Value::Null)]);
        assert_eq!(Request::decode(&more), Ok(Request::Head(NodeId([4; 32]))));
        let ids = |count| Request::Have(vec![MessageId([0; 32]); count]).encode();
        assert!(Request::decode(&ids(IDS_MAX)).is_ok());
        assert_eq!(Request::decode(&ids(IDS_MAX + 1)), Err(Malformed));
        for bad in [&[][..], &[0xa0], &map("else", []), &map("head", [("n", Value::Bytes(vec![4; 31]))])] {
            assert_eq!(Request::decode(bad), Err(Malformed));
        }
    }
}
