//! Set `alice`: the worked payment and the messages around it (6.6), composed again and compared byte by byte.

use super::case::Case;
use even::hash::{sha3, zeros};
use even::identity::NodeKey;
use even::ids::{Address, MessageId, Network, NodeId, Tag};
use even::keys::Seed;
use even::message::{Attachment, Authorised, Draft, Message, Output, Payment, Spend, check, genesis};
use even::transaction::{Branches, Transaction};
use even::units::Time;
use serde_json::{Value, json};

const NETWORK: Network = Network::TEST;
const BITS: u32 = 8;
const COUNTERS: std::ops::Range<u64> = 0..1 << 20;

pub(super) fn example(case: &Case<'_>) -> Result<(), String> {
    let blob = case.base64("blob")?;
    let composed = if case.has("seed_alice") {
        payment(case, &check(&blob, NETWORK, BITS).map_err(|error| error.to_string())?)?
    } else if case.has("supply") {
        case.expect("supply", even::units::SUPPLY)?;
        let message = genesis(&blob, NETWORK).map_err(|error| error.to_string())?;
        again(&message, Draft::genesis(NETWORK, message.time(), &outputs(&message)), 0)?
    } else {
        let message = check(&blob, NETWORK, BITS).map_err(|error| error.to_string())?;
        let data = Payment { time: message.time(), outputs: outputs(&message), ..empty() };
        again(&message, data.compose(), BITS)?
    };
    if composed.encode() != blob {
        return Err("the composed message has other bytes".into());
    }
    case.expect_hex("message_id", composed.id().0)?;
    let described = case.list("transactions")?;
    if described.len() != composed.transactions().len() {
        return Err("another number of transactions".into());
    }
    let mut pairs = described.iter().zip(composed.transactions());
    pairs.try_for_each(|(described, transaction)| fields(described, transaction))
}

fn empty() -> Payment {
    Payment {
        network: NETWORK,
        time: Time(0),
        tag: Tag::of("SAMPLE"),
        outputs: vec![],
        fees: vec![],
        inputs: vec![],
        remainder: None,
    }
}

/// What each transaction pays or says; of no use for inputs.
fn outputs(message: &Message) -> Vec<Output> {
    let output = |entry: &Transaction| {
        let mut data = entry.fragment.to_vec();
        data.truncate(data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        Output { address: entry.address, amount: entry.value.amount(), tag: entry.tag, data }
    };
    message.transactions().iter().map(output).collect()
}

/// Composes a message without inputs at the same place.
fn again<E: std::fmt::Display>(message: &Message, draft: Result<Draft, E>, bits: u32) -> Result<Message, String> {
    let bundled = draft.map_err(|error| error.to_string())?.finalise();
    let data = bundled.sign(|_| None).map_err(|error| error.to_string())?;
    let branches = Branches::new(message.branches()).ok_or("too many branches")?;
    attach(data, &Attachment { issuer: message.issuer(), trunk: message.trunk(), branches }, bits)
}

fn attach(payment: Authorised, to: &Attachment, bits: u32) -> Result<Message, String> {
    let attached = payment.attach(to);
    let counter = attached.search(bits, COUNTERS).ok_or("no work was found")?;
    Ok(attached.with_counter(counter))
}

/// Alice's payment, composed again from what it pays and spends, and signed with the keys of her seed.
fn payment(case: &Case<'_>, sent: &Message) -> Result<Message, String> {
    let alice = Seed::new(case.array("seed_alice")?.into());
    let bob = Seed::new(case.array("seed_bob")?.into());
    let own = addresses(case, "addresses_alice", &alice)?;
    addresses(case, "addresses_bob", &bob)?;
    case.expect("texts_alice", own.iter().map(Address::to_string).collect::<Vec<_>>())?;
    let spends: Vec<Spend> = sent.inputs().map(|(address, amount)| Spend { address, amount }).collect();
    let spent = |address| spends.iter().find(|spend| spend.address == address).map_or(0, |spend| spend.amount.units());
    case.expect("balances", own.iter().map(|address| spent(*address)).collect::<Vec<_>>())?;
    let first = sent.transactions().iter().take_while(|transaction| !transaction.value.is_input()).count();
    let mut before = outputs(sent);
    let after = before.split_off(first).split_off(2 * spends.len());
    let draft =
        Payment { time: sent.time(), outputs: before, inputs: spends, remainder: after.into_iter().next(), ..empty() };
    let bundled = draft.compose().map_err(|error| error.to_string())?.finalise();
    case.expect("obsolete_increments", bundled.increments())?;
    case.expect_hex("bundle", bundled.bundle().0)?;
    let key_of = |address: &Address| Some(alice.key(0, (0..).zip(&own).find(|(_, own)| *own == address)?.0));
    let signed = bundled.sign(key_of).map_err(|error| error.to_string())?;
    let message = attach(signed, &attachment(case)?, case.number("bits")?)?;
    outcome(case, &message).map(|()| message)
}

/// The first addresses of a seed, as many as the case lists.
fn addresses(case: &Case<'_>, member: &str, seed: &Seed) -> Result<Vec<Address>, String> {
    let addresses: Vec<Address> = (0..).zip(case.list(member)?).map(|(index, _)| seed.address(0, index)).collect();
    case.expect(member, addresses.iter().map(|address| const_hex::encode(address.0)).collect::<Vec<_>>())?;
    Ok(addresses)
}

fn attachment(case: &Case<'_>) -> Result<Attachment, String> {
    let issuer = NodeKey::from_secret(&case.array("issuer_secret")?).node();
    case.expect_hex("issuer", issuer.0)?;
    let ids = case.list("branches")?.iter().map(|id| id.as_str().and_then(|id| id.parse().ok()));
    let ids: Vec<MessageId> = ids.collect::<Option<_>>().ok_or("a branch is no id")?;
    let branches = Branches::new(&ids).ok_or("too many branches")?;
    Ok(Attachment { issuer, trunk: Some(case.parse("previous_own_head")?), branches })
}

fn outcome(case: &Case<'_>, message: &Message) -> Result<(), String> {
    case.expect("pow_counter", message.head().counter())?;
    case.expect("message_cid", message.cid().to_string())?;
    case.expect("head_cid", message.id().head().cid().to_string())?;
    let checked = check(&message.encode(), NETWORK, case.number("bits")?);
    case.expect("check", json!(checked.err().map(|rule| rule.code())))?;
    if zeros(&message.id().0) < BITS { Err("too little work".into()) } else { Ok(()) }
}

fn fields(described: &Value, transaction: &Transaction) -> Result<(), String> {
    let case = Case::new(described);
    case.expect_hex("address", transaction.address.0)?;
    case.expect("value", transaction.value.units())?;
    case.expect("tag", transaction.tag.to_string())?;
    case.expect_hex("obsoleteTag", transaction.obsolete_tag.0)?;
    case.expect("timestamp", transaction.time.0)?;
    case.expect("index", transaction.index)?;
    case.expect("lastIndex", transaction.last_index)?;
    case.expect("bundle", transaction.bundle.to_string())?;
    case.expect("trunk", transaction.trunk.to_string())?;
    case.expect("branches", transaction.branches.iter().map(MessageId::to_string).collect::<Vec<_>>())?;
    case.expect("issuer", NodeId::to_string(&transaction.issuer))?;
    case.expect_hex("nonce", transaction.nonce)?;
    case.expect_hex("fragment_sha3", sha3(&[&transaction.fragment]))?;
    case.expect("hash", transaction.hash().to_string())?;
    case.finish()
}
