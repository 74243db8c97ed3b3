//! Set `ranking`: section 3.

use super::case::Case;
use even::rating::{Audits, Mode, NodeObservations, Observations, Reference, Row, Score, State, ppm, rate, score};
use serde_json::Value;

pub(super) fn rating(case: &Case<'_>) -> Result<(), String> {
    match case.text("kind")? {
        "node" => node(case),
        "node_error" => match node_score(case)? {
            Err(_) => Ok(()),
            Ok(_) => Err("it was not refused".into()),
        },
        "network" => network(case),
        other => Err(format!("unknown kind {other}")),
    }
}

fn audits(case: &Case<'_>) -> Result<Audits, String> {
    Audits::new(case.number("blanks")?, case.number("total")?).map_err(|refusal| refusal.to_string())
}

/// The score of the case's numbers, or why they have none.
fn node_score(case: &Case<'_>) -> Result<Result<Score, String>, String> {
    let (k_o, s_o) = (case.real("K")?, case.real("S")?);
    Ok(audits(case).and_then(|audits| score(k_o, s_o, audits).map_err(|refusal| refusal.to_string())))
}

fn node(case: &Case<'_>) -> Result<(), String> {
    compare(case, &node_score(case)??)
}

fn compare(case: &Case<'_>, score: &Score) -> Result<(), String> {
    case.expect_real("I0", score.accuracy)?;
    case.expect("I0_ppm", ppm(score.accuracy))?;
    case.expect_real("g", score.g)?;
    case.expect_real("d", score.d)?;
    case.expect_real("literal", score.literal)?;
    case.expect_real("phi", score.phi)?;
    case.expect_real("rating", score.rating)?;
    case.expect("ppm", ppm(score.rating))?;
    let state = match score.state {
        State::Active => "active",
        State::Passive => "passive",
        State::NoStake => "no_stake",
    };
    case.expect("state", state)
}

fn network(case: &Case<'_>) -> Result<(), String> {
    let mut epoch = Observations::new(case.reals("times")?).map_err(|refusal| refusal.to_string())?;
    let nodes = case.list("nodes")?;
    nodes.iter().try_for_each(|node| push(&mut epoch, &Case::new(node)))?;
    let mode = match case.text("mode")? {
        "mean" => Mode::Fixed(Reference::Mean),
        "max" => Mode::Fixed(Reference::Max),
        "auto" => Mode::Auto,
        other => return Err(format!("unknown mode {other}")),
    };
    let table = rate(&epoch, mode);
    let expect = Case::new(case.value("expect")?);
    expect.expect("mode", if table.reference == Reference::Mean { "mean" } else { "max" })?;
    expect.expect_real("entropy", table.entropy)?;
    if let Some(entropies) = table.entropies {
        let auto = Case::new(expect.value("auto")?);
        auto.expect_real("mean", entropies.mean)?;
        auto.expect_real("max", entropies.max)?;
        auto.finish()?;
    }
    let rows = expect.list("rows")?;
    if rows.len() != table.rows.len() || rows.len() != nodes.len() {
        return Err(format!("{} rows instead of {}", table.rows.len(), rows.len()));
    }
    rows.iter().zip(nodes).zip(&table.rows).try_for_each(|((wanted, node), row)| self::row(wanted, node, row))?;
    expect.finish()
}

fn push(epoch: &mut Observations, node: &Case<'_>) -> Result<(), String> {
    let (power, speed) = (node.reals("P")?, node.reals("V")?);
    let (exchanged, stake) = (node.number("K")?, node.number("S")?);
    node.text("id")?;
    let observed = NodeObservations { power: &power, speed: &speed, exchanged, stake, audits: audits(node)? };
    epoch.push(&observed).map_err(|refusal| refusal.to_string())?;
    node.finish()
}

fn row(wanted: &Value, node: &Value, row: &Row) -> Result<(), String> {
    let wanted = Case::new(wanted);
    wanted.expect("id", node["id"].clone())?;
    wanted.expect_real("K_raw", row.k_raw)?;
    wanted.expect_real("K_o", row.k_o)?;
    wanted.expect_real("S_o", row.s_o)?;
    compare(&wanted, &row.score)?;
    wanted.finish()
}
