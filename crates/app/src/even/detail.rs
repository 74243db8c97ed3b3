//! One node: why it is where it is, its past, where it may go, and what it would be with other inputs.

use std::collections::BTreeSet;

use even::block::EpochRow;
use even::epoch::published;
use even::forecast::{Point, forecast};
use even::ids::NodeId;
use even::rating::{Audits, Mode, NodeObservations, Observations, State, bell, counterpart_k, counterpart_s, rate};
use even::units::SUPPLY;
use even_sim::node::Measured;

use super::ratings;
use super::rows::{Rating, said};
use super::snapshot::{Past, Snapshot, Standing};
use crate::api::{
    CommandError, EvenAhead, EvenCurve, EvenNodeDetail, EvenParts, EvenPast, EvenWhatIf, EvenWhatIfRequest, Reason,
};

type Answer<T> = Result<T, CommandError>;

/// Points of a curve on each side of balance.
const SIDE: i32 = 80;
/// Nearest and farthest end of the axis.
const REACH: (f64, f64) = (1.5, 8.0);
/// Others on the axis at most.
const OTHERS_MAX: usize = 2_000;
/// Points of the forecast.
const STEPS: u32 = 10;
/// Nearer to balance than this is balanced: the rating is above 0.99.
const BALANCED: f64 = 0.05;
/// Most that a page may ask for.
const MEASURE_MAX: f64 = 1e12;
const ACTIVITY_MAX: u64 = 1 << 53;
/// Milliseconds of a second: nodes are observed in milliseconds.
const MS: f64 = 1000.0;

/// Everything about a member.
pub(super) fn detail(rating: &Rating<'_>, at: usize) -> EvenNodeDetail {
    EvenNodeDetail {
        row: rating.row(at),
        reasons: reasons(rating, at),
        curve: curve(rating.standings, at),
        history: rating.snapshot.pasts[at].iter().map(past).collect(),
        ahead: ahead(rating.snapshot, &rating.points(at)),
    }
}

fn reasons(rating: &Rating<'_>, at: usize) -> Vec<Reason> {
    let score = &rating.standings[at].row.score;
    let stands = match (score.state, score.d) {
        (State::Passive, _) => "passive",
        (State::NoStake, _) | (State::Active, None) => "no_stake",
        (State::Active, Some(d)) if d.abs() < BALANCED => "balanced",
        (State::Active, Some(d)) if d < 0.0 => "exchange_heavy",
        (State::Active, Some(_)) => "stake_heavy",
    };
    let others = [
        (score.state == State::Active && score.accuracy < 1.0, "blanks"),
        (rating.snapshot.muted.contains(&at), "muted"),
        (rating.weights.clipped.contains(&at), "clipped"),
        (rating.weights.leaders.contains(&at), "leader"),
    ];
    let codes = std::iter::once(stands).chain(others.into_iter().filter(|(holds, _)| *holds).map(|(_, code)| code));
    codes.map(|code| Reason { code: code.to_owned(), subject: String::new() }).collect()
}

/// Wide enough for this member, within bounds; the others are where they are.
fn curve(standings: &[Standing], at: usize) -> EvenCurve {
    let row = &standings[at].row;
    let reach = (row.score.d.unwrap_or(0.0).abs() * 1.25).clamp(REACH.0, REACH.1);
    let d: Vec<f64> = (-SIDE..=SIDE).map(|step| reach * f64::from(step) / f64::from(SIDE)).collect();
    let stake = |d: f64| Some(counterpart_s(row.k_o, d)).filter(|share| row.k_o > 0.0 && *share <= 1.0);
    let others = standings.iter().enumerate().filter(|(other, _)| *other != at);
    EvenCurve {
        bell: d.iter().map(|d| bell(*d)).collect(),
        exchange: d.iter().map(|d| counterpart_k(row.s_o, *d)).collect(),
        stake: d.iter().map(|d| stake(*d)).collect(),
        d,
        others: others.filter_map(|(_, standing)| standing.row.score.d).take(OTHERS_MAX).collect(),
    }
}

fn past(past: &Past) -> EvenPast {
    EvenPast {
        epoch: past.epoch,
        time_ms: past.end_ms,
        rating: past.row.score.rating,
        exchange: past.row.k_o,
        stake: past.row.s_o,
        accuracy: past.row.score.accuracy,
        weight_ppm: past.weight_ppm,
        parts: past.parts.map(|parts| EvenParts {
            exchange: parts.exchange,
            stake: parts.stake,
            accuracy: parts.accuracy,
        }),
    }
}

/// From the end of the last measured epoch to the end of the next.
fn ahead(snapshot: &Snapshot, points: &[Point]) -> Vec<EvenAhead> {
    let length = snapshot.epoch_length_ms;
    let behind = u64::from(snapshot.epoch.saturating_sub(snapshot.rated.saturating_add(1)));
    let end_ms = snapshot.epoch_start_ms.saturating_sub(behind * length);
    let step = |step: u32| {
        let found = forecast(points, f64::from(step) / f64::from(STEPS)).ok()?;
        Some(EvenAhead { time_ms: end_ms + u64::from(step) * length / u64::from(STEPS), forecast: said(&found) })
    };
    (1..=STEPS).filter_map(step).collect()
}

/// What a member's rating would be with other inputs, all others as they were observed.
pub(super) fn what_if(
    snapshot: &Snapshot,
    at: usize,
    request: &EvenWhatIfRequest,
    watched: &BTreeSet<NodeId>,
) -> Answer<EvenWhatIf> {
    let unrated = || CommandError::new("not_ready", "no epoch has been measured yet");
    let measured = snapshot.measured.as_deref().ok_or_else(unrated)?;
    let changed = changed(measured, &snapshot.members[at].id, &snapshot.standings[at], request)?;
    let weights = |rows: &[EpochRow]| ratings::alone(&snapshot.members, &snapshot.index, rows);
    let (old, new) = (weights(&measured.rows), weights(&changed.rows));
    let mut standings: Vec<Standing> = snapshot.standings.to_vec();
    for (place, id) in changed.nodes.iter().enumerate() {
        if let Some(member) = snapshot.index.get(id) {
            standings[*member] = ratings::observed(&changed, place, changed.table.rows[place]);
        }
    }
    let before = Rating::of(snapshot, &snapshot.standings, &old, None, watched);
    let after = Rating::of(snapshot, &standings, &new, Some(at), watched);
    Ok(EvenWhatIf { before: before.row(at), after: after.row(at), curve: curve(&standings, at) })
}

/// The measurement with one node's inputs replaced; one that was not heard is added.
fn changed(measured: &Measured, id: &NodeId, standing: &Standing, request: &EvenWhatIfRequest) -> Answer<Measured> {
    let mut next = measured.clone();
    let place = next.nodes.binary_search(id);
    let steps = next.observations.times().len();
    let silent = vec![0.0; steps];
    let none =
        NodeObservations { power: &silent, speed: &silent, exchanged: 0, stake: standing.stake, audits: Audits::ALL };
    let now = place.map_or(none, |at| measured.observations.node(at));
    let power = scaled(&measured.observations, now.power, measure(request.capacity)?);
    let speed = scaled(&measured.observations, now.speed, measure(request.speed)?);
    let node = NodeObservations {
        power: &power,
        speed: &speed,
        exchanged: activity(request.activity)?.unwrap_or(now.exchanged),
        stake: stake(request.stake.as_deref())?.unwrap_or(now.stake),
        audits: now.audits,
    };
    let put = match place {
        Ok(at) => next.observations.replace(at, &node),
        Err(_) => next.observations.push(&node),
    };
    put.map_err(invalid)?;
    if place.is_err() {
        next.nodes.push(*id);
    }
    next.table = rate(&next.observations, Mode::Auto);
    next.rows = next.nodes.iter().zip(&next.table.rows).map(|(node, row)| published(*node, row)).collect();
    Ok(next)
}

/// The same course of an epoch with another mean; an even one where there was none.
fn scaled(observations: &Observations, samples: &[f64], mean: Option<f64>) -> Vec<f64> {
    let (old, Some(mean)) = (observations.mean(samples), mean) else { return samples.to_vec() };
    samples.iter().map(|sample| if old > 0.0 { sample * mean / old } else { mean }).collect()
}

/// A measure a second, as one a millisecond.
fn measure(asked: Option<f64>) -> Answer<Option<f64>> {
    match asked {
        Some(value) if !(0.0..=MEASURE_MAX).contains(&value) => Err(invalid(format!("{value} is no measure"))),
        asked => Ok(asked.map(|value| value / MS)),
    }
}

fn activity(asked: Option<u64>) -> Answer<Option<u64>> {
    match asked {
        Some(count) if count > ACTIVITY_MAX => Err(invalid(format!("{count} is no count"))),
        asked => Ok(asked),
    }
}

fn stake(asked: Option<&str>) -> Answer<Option<u64>> {
    let units = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        let units = digits.then(|| text.parse().ok()).flatten().filter(|units| *units <= SUPPLY);
        units.ok_or_else(|| invalid(format!("a stake is at most {SUPPLY} units")))
    };
    asked.map(units).transpose()
}

fn invalid(why: impl ToString) -> CommandError {
    CommandError::new("invalid_request", why)
}
