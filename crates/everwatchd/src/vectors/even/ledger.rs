//! Set `ledger`: section 7.3.

use super::case::Case;
use even::hash::sha3;
use even::ids::{Address, BundleHash, MessageId};
use even::ledger::{Context, Effect, Ledger, Offer, PaidOffer, Payment, Pending};
use even::units::{Amount, Time};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A state made through final messages alone, as in a network: what is there came from genesis, what is closed was spent.
pub(super) fn ledger(case: &Case<'_>) -> Result<(), String> {
    let mut names = Names::default();
    let mut state = start(case, &mut names)?;
    let mut known: BTreeSet<MessageId> =
        texts(case.value("known")?)?.into_iter().map(|name| MessageId(names.hash(name))).collect();
    let mut codes = Vec::new();
    for message in case.list("messages")? {
        let message = Case::new(message);
        let (effect, id, verdict) = judge(&message, &state, &known, &mut names)?;
        message.finish()?;
        if verdict.is_null() {
            state.apply(&effect).map_err(|broken| broken.to_string())?;
            known.insert(id);
        }
        codes.push(verdict);
    }
    case.expect("codes", codes)?;
    let after: BTreeMap<String, u64> = state.balances().map(|(at, amount)| (names.of(&at.0), amount.units())).collect();
    case.expect("after", serde_json::json!(after))
}

#[derive(Default)]
struct Names(BTreeMap<[u8; 32], String>);

impl Names {
    fn hash(&mut self, name: &str) -> [u8; 32] {
        let hash = sha3(&[name.as_bytes()]);
        self.0.insert(hash, name.to_owned());
        hash
    }

    fn of(&self, hash: &[u8; 32]) -> String {
        self.0.get(hash).cloned().unwrap_or_default()
    }
}

fn texts(list: &Value) -> Result<Vec<&str>, String> {
    let list = list.as_array().ok_or("no list")?;
    list.iter().map(|text| text.as_str().ok_or_else(|| "no text".to_owned())).collect()
}

fn amount(value: &Value) -> Result<Amount, String> {
    Amount::new(value.as_u64().ok_or("no amount")?).map_err(|refusal| refusal.to_string())
}

fn pairs(list: &Value, names: &mut Names) -> Result<Vec<(Address, Amount)>, String> {
    let list = list.as_array().ok_or("no list")?;
    list.iter().map(|pair| Ok((Address(names.hash(pair[0].as_str().ok_or("no name")?)), amount(&pair[1])?))).collect()
}

fn paid(pairs: Vec<(Address, Amount)>) -> Vec<Payment> {
    pairs.into_iter().map(|(to, amount)| Payment { to, amount, stake: None }).collect()
}

fn start(case: &Case<'_>, names: &mut Names) -> Result<Ledger, String> {
    let balances = case.value("balance")?.as_object().ok_or("no balances")?;
    let mut outputs = Vec::new();
    for (name, units) in balances {
        outputs.push((Address(names.hash(name)), amount(units)?));
    }
    let closed: Vec<Address> =
        texts(case.value("closed")?)?.into_iter().map(|name| Address(names.hash(name))).collect();
    outputs.extend(closed.iter().map(|address| (*address, Amount::ZERO)));
    let genesis = Effect { bundle: BundleHash([0; 32]), inputs: Vec::new(), outputs: paid(outputs) };
    let mut state = Ledger::genesis(&genesis).map_err(|broken| broken.to_string())?;
    let inputs = closed.into_iter().map(|address| (address, Amount::ZERO)).collect();
    let sweep = Effect { bundle: BundleHash([1; 32]), inputs, outputs: Vec::new() };
    state.apply(&sweep).map_err(|broken| broken.to_string())?;
    Ok(state)
}

fn judge(
    message: &Case<'_>,
    state: &Ledger,
    known: &BTreeSet<MessageId>,
    names: &mut Names,
) -> Result<(Effect, MessageId, Value), String> {
    let id = MessageId(names.hash(message.text("id")?));
    let bundle = BundleHash(names.hash(message.text("bundle")?));
    let (inputs, outputs) = (pairs(message.value("inputs")?, names)?, pairs(message.value("outputs")?, names)?);
    let effect = Effect { bundle, inputs, outputs: paid(outputs) };
    let branches: Vec<MessageId> =
        texts(message.value("branches")?)?.into_iter().map(|name| MessageId(names.hash(name))).collect();
    let tickets = message.list("tickets")?;
    let tickets = tickets.iter().map(|ticket| offer(ticket, &effect, names)).collect::<Result<Vec<_>, String>>()?;
    let context = Context {
        parents: &branches,
        branches: &branches,
        knows: &|id| known.contains(id),
        is_passive: message.value("passive")?.as_bool().ok_or("passive is no truth value")?,
        tickets: &tickets,
        time: Time(message.number::<i64>("time")?.unsigned_abs()),
    };
    let verdict = state.check(&effect, &Pending::default(), &context);
    Ok((effect, id, verdict.err().map_or(Value::Null, |rule| rule.code().into())))
}

/// The outputs that pay an address count for its ticket: the cases have no data.
fn offer(ticket: &Value, effect: &Effect, names: &mut Names) -> Result<PaidOffer, String> {
    let heads = texts(&ticket["heads"])?.into_iter().map(|name| MessageId(names.hash(name))).collect();
    let address = Address(names.hash(ticket["addr"].as_str().ok_or("no address")?));
    let expiry = Time(ticket["expires"].as_u64().ok_or("no time")?);
    let offer = Offer { heads, fee: amount(&ticket["fee"])?, address, expiry };
    let paid = effect.outputs.iter().filter(|output| output.to == address).copied().collect();
    Ok(PaidOffer { offer, paid })
}
