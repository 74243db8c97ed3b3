//! Set `weights`: sections 9.1, 9.2 and 8.6.

use super::case::Case;
use even::block::EpochRow;
use even::ids::NodeId;
use even::mailing::{Candidate, mailing_list};
use even::weight::{SHARE_UNITS, drift, weigh};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn weights(case: &Case<'_>) -> Result<(), String> {
    match case.text("kind")? {
        "weights" => table(case),
        "drift" => limited(case),
        "mailing" => mailing(case),
        other => Err(format!("unknown kind {other}")),
    }
}

/// The short names of the vectors, in the same order as ids.
fn short(name: &str) -> Result<NodeId, String> {
    let mut id = [0; 32];
    let place = id.get_mut(..name.len()).ok_or("a name of at most 32 letters")?;
    place.copy_from_slice(name.as_bytes());
    Ok(NodeId(id))
}

fn name(id: &NodeId) -> String {
    String::from_utf8_lossy(&id.0).trim_end_matches('\0').to_owned()
}

/// A share in units of the tables, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn units(share: f64) -> u32 {
    (share * f64::from(SHARE_UNITS)).floor() as u32
}

fn table(case: &Case<'_>) -> Result<(), String> {
    let rows: Vec<EpochRow> =
        case.list("entries")?.iter().map(|entry| row(&Case::new(entry))).collect::<Result<_, _>>()?;
    let table = weigh(&rows);
    let by_name = |value: &dyn Fn(&NodeId) -> Value| -> Value {
        table.nodes.keys().map(|node| (name(node), value(node))).collect::<serde_json::Map<_, _>>().into()
    };
    case.expect("kc", by_name(&|node| table.nodes[node].bounded_exchange.into()))?;
    case.expect("raw", by_name(&|node| table.nodes[node].raw.to_string().into()))?;
    case.expect("w", by_name(&|node| table.weight(node).to_string().into()))?;
    case.expect("T", table.raw_total.to_string())?;
    case.expect("cap", table.cap.to_string())?;
    case.expect("Tw", table.total.to_string())?;
    case.expect("D", table.denominator.to_string())?;
    case.expect("n_eff_milli", json!(u64::try_from(table.effective_milli).map_err(|error| error.to_string())?))?;
    case.expect("leaders", table.leaders().iter().map(name).collect::<Vec<_>>())?;
    case.expect("order", table.order.iter().map(name).collect::<Vec<_>>())
}

fn row(entry: &Case<'_>) -> Result<EpochRow, String> {
    let row = EpochRow {
        node: short(entry.text("id")?)?,
        accuracy_ppm: entry.number("I0_ppm")?,
        rating_ppm: entry.number("rating_ppm")?,
        exchange: units(entry.real("K_o")?),
        stake: units(entry.real("S_o")?),
    };
    entry.finish()?;
    Ok(row)
}

fn limited(case: &Case<'_>) -> Result<(), String> {
    let read = |member| -> Result<BTreeMap<NodeId, u128>, String> {
        let weights = case.value(member)?.as_object().ok_or("no weights")?;
        weights.iter().map(|(id, weight)| Ok((short(id)?, weight.as_u64().ok_or("no weight")?.into()))).collect()
    };
    let found = drift(&read("old")?, &read("new")?);
    let found: BTreeMap<String, String> = found.iter().map(|(id, weight)| (name(id), weight.to_string())).collect();
    case.expect("expect", json!(found))
}

fn mailing(case: &Case<'_>) -> Result<(), String> {
    let rows = case.list("rows")?.iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
    let list = mailing_list(&NodeId(case.array("me")?), &rows, case.number("fanout")?, &case.array("seed")?);
    let texts = |ids: &[NodeId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    case.expect("by_order", texts(&list.by_order))?;
    case.expect("drawn", texts(&list.drawn))
}

fn candidate(row: &Value) -> Result<Candidate, String> {
    let number = |at: usize| row[at].as_u64().ok_or("no number");
    Ok(Candidate {
        node: row[0].as_str().ok_or("no id")?.parse().map_err(|error| format!("{error}"))?,
        weight: number(1)?.into(),
        rating_ppm: u32::try_from(number(2)?).map_err(|error| error.to_string())?,
        exchange: units(row[3].as_f64().ok_or("no share")?),
    })
}
