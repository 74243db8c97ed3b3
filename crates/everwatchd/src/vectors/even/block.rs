//! Sets `hashcash` and `records`: sections 8.1 to 8.4.

use super::case::Case;
use even::block::{Body, Head, Record, Signed};
use even::cbor::{self, Value};
use even::cid::{Cid, Codec};
use even::hash::{sha3, zeros};
use even::identity::NodeKey;
use even::ids::{BlockId, NodeId};
use even::units::Epoch;
use even::work::{StampTarget, difficulty};

pub(super) fn work(case: &Case<'_>) -> Result<(), String> {
    let kind = case.text("kind")?;
    if kind == "difficulty" {
        let bits = difficulty(case.number("base")?, case.number("issued")?, case.number("quota")?);
        return case.expect("bits", bits);
    }
    let (message, node) = (case.parse("message_id")?, case.parse("node")?);
    let target = StampTarget { message, node, epoch: Epoch(case.number("epoch")?) };
    let bits = case.number("bits")?;
    match kind {
        "mint" => {
            let nonce = target.mint(bits, 0..1 << 24).ok_or("no nonce was found")?;
            case.expect("nonce", nonce)?;
            case.expect_hex("hash", target.hash(nonce))?;
            case.expect("zeros", zeros(&target.hash(nonce)))
        }
        "check" => case.expect("valid", target.holds(case.number("nonce")?, bits)),
        other => Err(format!("unknown kind {other}")),
    }
}

pub(super) fn signed(case: &Case<'_>) -> Result<(), String> {
    match case.text("kind")? {
        "dag-cbor" => canonical(case),
        "cid" => cid(case),
        "node" => node(case),
        "record" => block::<Record>(case, |record| record.seq),
        "head" => block::<Head>(case, |head| head.seq),
        other => Err(format!("unknown kind {other}")),
    }
}

fn canonical(case: &Case<'_>) -> Result<(), String> {
    let value = match case.text("name")? {
        "int" => Value::Integer(0),
        "int24" => Value::Integer(24),
        "int256" => Value::Integer(256),
        "int2^32" => Value::Integer(1 << 32),
        "neg" => Value::Integer(-500),
        "bytes" => Value::Bytes(vec![1, 2]),
        "text" => Value::String("héad".into()),
        "list" => {
            let inner = Value::List(vec![Value::Integer(2), Value::Null, Value::Bool(true)]);
            Value::List(vec![Value::Integer(1), inner])
        }
        "map" => {
            let members = [("bb", 1), ("a", 2), ("c", 3), ("aaa", 4), ("B", 5)];
            Value::Map(members.map(|(name, number)| (name.to_owned(), Value::Integer(number))).into())
        }
        "link" => return link(case),
        other => return Err(format!("unknown value {other}")),
    };
    case.expect_hex("cbor", cbor::encode(&value))?;
    let decoded: Value = cbor::decode(&case.hex("cbor")?).map_err(|error| error.to_string())?;
    if decoded == value { Ok(()) } else { Err("it decodes to another value".into()) }
}

/// A link to raw bytes, which no member of a block is.
fn link(case: &Case<'_>) -> Result<(), String> {
    let cid = Cid::of(Codec::Raw, b"x");
    case.expect_hex("cbor", cbor::encode(&cid))?;
    let decoded: Cid = cbor::decode(&case.hex("cbor")?).map_err(|error| error.to_string())?;
    if decoded != cid {
        return Err("it decodes to another link".into());
    }
    let block = cbor::decode::<BlockId>(&case.hex("cbor")?);
    if block.is_err() { Ok(()) } else { Err("a link to raw bytes was read as one to a block".into()) }
}

/// `content` is hexadecimal, or one byte and how often it is repeated.
fn cid(case: &Case<'_>) -> Result<(), String> {
    let hex = match case.text("content")?.split_once('*') {
        Some((byte, count)) => byte.repeat(count.parse().map_err(|_| "content: no count")?),
        None => case.text("content")?.to_owned(),
    };
    let content = const_hex::decode(hex).map_err(|error| format!("content: {error}"))?;
    case.expect("raw", Cid::of(Codec::Raw, &content).to_string())?;
    case.expect("dag_cbor", Cid::of(Codec::DagCbor, &content).to_string())?;
    case.expect_hex("digest", sha3(&[&content]))
}

fn node(case: &Case<'_>) -> Result<(), String> {
    let node = NodeKey::from_secret(&case.array("secret")?).node();
    case.expect("node", node.to_string())?;
    case.expect("peer_id", node.peer_id())?;
    case.expect_hex("inbox", node.inbox())?;
    case.expect_hex("outbox", node.outbox())?;
    let back = NodeId::from_peer_id(case.text("peer_id")?).map_err(|error| error.to_string())?;
    if back == node { Ok(()) } else { Err("the peer id names another node".into()) }
}

fn block<T: Body>(case: &Case<'_>, seq: impl Fn(&T) -> u64) -> Result<(), String> {
    let decoded = Signed::<T>::decode(&case.hex("cbor")?);
    case.expect("valid", decoded.is_ok())?;
    let Ok(block) = decoded else { return Ok(()) };
    if case.has("seq") {
        case.expect("seq", seq(block.body()))?;
    }
    case.expect("cid", block.id().to_string())?;
    case.expect_hex("sig", block.signature())?;
    if case.has("secret") {
        let key = NodeKey::from_secret(&case.array("secret")?);
        let body = cbor::decode(&cbor::encode(block.body())).map_err(|error| error.to_string())?;
        let again = Signed::<T>::seal(body, &key).map_err(|error| error.to_string())?;
        case.expect_hex("cbor", again.bytes())?;
    }
    Ok(())
}
