//! Sets `bundle` and `messages`: sections 6.3 and 6.5.

use super::case::Case;
use even::ids::{Address, Network, Tag};
use even::message::{bundle as bundles, check};
use even::transaction::Transaction;
use even::units::{Time, Value};
use even::wots::Digits;
use serde_json::json;

pub(super) fn rules(case: &Case<'_>) -> Result<(), String> {
    let checked = check(&case.base64("blob")?, Network(case.number("network")?), case.number("bits")?);
    case.expect("code", json!(checked.err().map(|rule| rule.code())))
}

pub(super) fn bundle(case: &Case<'_>) -> Result<(), String> {
    let network = Network(case.number("network")?);
    let entries = case.list("transactions")?;
    let last = u32::try_from(entries.len().saturating_sub(1)).map_err(|error| error.to_string())?;
    let unsigned = |(index, entry)| unsigned(network, index, last, &Case::new(entry));
    let mut transactions: Vec<Transaction> = (0..).zip(entries).map(unsigned).collect::<Result<_, _>>()?;
    let first = bundles::hash(&transactions);
    case.expect_hex("first_hash", first.0)?;
    case.expect("first_safe", Digits::of(&first).is_safe())?;
    let (bundle, increments) = bundles::finalise(&mut transactions);
    case.expect("increments", increments)?;
    case.expect_hex("obsoleteTag", transactions.first().ok_or("no transactions")?.obsolete_tag.0)?;
    case.expect_hex("bundle", bundle.0)?;
    case.expect("digits", json!(Digits::of(&bundle).as_array().as_slice()))
}

fn unsigned(network: Network, index: u32, last_index: u32, entry: &Case<'_>) -> Result<Transaction, String> {
    let (tag, data) = (Tag(entry.array("tag_hex")?), entry.hex("data_hex")?);
    let (time, address) = (Time(entry.number("timestamp")?), Address(entry.array("address")?));
    let value = Value::new(entry.number("value")?).map_err(|error| error.to_string())?;
    entry.finish()?;
    let transaction = Transaction::unsigned(network, time, address, value, tag, &data);
    let transaction = transaction.ok_or("more data than a fragment holds")?;
    Ok(Transaction { index, last_index, ..transaction })
}
