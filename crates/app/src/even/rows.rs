//! The rating table: rows of nodes, sorted, filtered, a page at a time.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use even::forecast::{Forecast, Model, Point, Status, forecast};
use even::ids::NodeId;
use even::rating::State;

use super::snapshot::{Snapshot, Standing, Weights};
use crate::api::{EvenForecast, EvenNodeRow, EvenNodesPage, EvenNodesRequest, EvenSort};
use crate::door;

type Answer<T> = Result<T, crate::api::CommandError>;

/// What leaders are asked for by, whatever their state.
const LEADER: &str = "leader";
/// Ratings that a row holds.
const HISTORY: usize = 24;

/// The members as they stand, or as they would stand.
pub(super) struct Rating<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) standings: &'a [Standing],
    pub(super) weights: &'a Weights,
    /// The member whose last epoch is another than it was.
    pub(super) changed: Option<usize>,
    pub(super) watched: &'a BTreeSet<NodeId>,
    ranks: Vec<u32>,
}

impl<'a> Rating<'a> {
    /// As it is, under the table in force.
    pub(super) fn now(snapshot: &'a Snapshot, watched: &'a BTreeSet<NodeId>) -> Self {
        Self::of(snapshot, &snapshot.standings, &snapshot.force.weights, None, watched)
    }

    /// Under other weights, perhaps with a member changed.
    pub(super) fn of(
        snapshot: &'a Snapshot,
        standings: &'a [Standing],
        weights: &'a Weights,
        changed: Option<usize>,
        watched: &'a BTreeSet<NodeId>,
    ) -> Self {
        let mut order: Vec<usize> = (0..standings.len()).collect();
        let rating = |at: usize| standings[at].row.score.rating;
        order.sort_by(|a, b| {
            let weight = Reverse(weights.of[*a]).cmp(&Reverse(weights.of[*b]));
            let by_rating = rating(*b).total_cmp(&rating(*a));
            weight.then(by_rating).then_with(|| snapshot.members[*a].id.cmp(&snapshot.members[*b].id))
        });
        let mut ranks = vec![0; standings.len()];
        for (rank, at) in (1..).zip(order) {
            ranks[at] = rank;
        }
        Self { snapshot, standings, weights, changed, watched, ranks }
    }

    /// The ratings of a member at the ends of past epochs, with the epoch's number.
    pub(super) fn points(&self, at: usize) -> Vec<Point> {
        let past = &self.snapshot.pasts[at];
        let point = |past: &super::snapshot::Past| Point { time: f64::from(past.epoch), rating: past.row.score.rating };
        let mut points: Vec<Point> = past.iter().map(point).collect();
        if let (Some(last), true) = (points.last_mut(), self.changed == Some(at)) {
            last.rating = self.standings[at].row.score.rating;
        }
        points
    }

    /// A member's row.
    pub(super) fn row(&self, at: usize) -> EvenNodeRow {
        let (member, standing) = (&self.snapshot.members[at], &self.standings[at]);
        let (row, score, weight) = (&standing.row, &standing.row.score, self.weights.of[at]);
        let points = self.points(at);
        let ratings: Vec<f64> = points.iter().map(|point| point.rating).collect();
        let trend = if let [.., before, last] = ratings.as_slice() { Some(last - before) } else { None };
        EvenNodeRow {
            rank: self.ranks[at],
            node: member.id.to_string(),
            label: member.label.clone(),
            kind: member.kind.to_owned(),
            state: state(score.state).to_owned(),
            rating: score.rating,
            literal: score.literal,
            d: score.d,
            exchange: row.k_o,
            stake: row.s_o,
            accuracy: score.accuracy,
            capacity: standing.capacity,
            speed: standing.speed,
            activity: standing.activity,
            stake_units: standing.stake.to_string(),
            weight: weight.to_string(),
            weight_ppm: self.weights.ppm(weight),
            trend,
            history: ratings[ratings.len().saturating_sub(HISTORY)..].to_vec(),
            forecast: forecast(&points, 1.0).ok().map(|forecast| said(&forecast)),
            leader: self.weights.leaders.contains(&at),
            muted: self.snapshot.muted.contains(&at),
            watched: self.watched.contains(&member.id),
        }
    }
}

/// The page that was asked for.
pub(super) fn page(rating: &Rating<'_>, request: &EvenNodesRequest) -> Answer<EvenNodesPage> {
    let limit = door::rows(request.limit)?;
    let text = request.text.as_deref().map(door::text).transpose()?.map(str::to_lowercase);
    let fits = |row: &EvenNodeRow| {
        let holds = |text: &String| row.node.contains(text.as_str()) || row.label.to_lowercase().contains(text);
        text.as_ref().is_none_or(holds)
            && request.state.as_ref().is_none_or(|state| row.state == *state || (row.leader && state == LEADER))
            && (!request.watched || row.watched)
    };
    let total = rating.standings.len();
    let mut rows: Vec<EvenNodeRow> = (0..total).map(|at| rating.row(at)).filter(fits).collect();
    rows.sort_by(|a, b| order(request.sort, request.ascending, a, b).then(a.rank.cmp(&b.rank)));
    let matching = rows.len();
    let offset = usize::try_from(request.offset).unwrap_or(usize::MAX);
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(EvenNodesPage { rows, matching: count(matching), total: count(total), epoch: rating.snapshot.rated })
}

/// Rows without the value come last, whichever way it is sorted.
fn order(sort: EvenSort, ascending: bool, a: &EvenNodeRow, b: &EvenNodeRow) -> Ordering {
    let turned = |order: Ordering| if ascending { order } else { order.reverse() };
    if sort == EvenSort::Label {
        return turned(a.label.cmp(&b.label));
    }
    if sort == EvenSort::Weight {
        return turned(b.rank.cmp(&a.rank));
    }
    match (value(sort, a), value(sort, b)) {
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn value(sort: EvenSort, row: &EvenNodeRow) -> Option<f64> {
    match sort {
        EvenSort::Weight | EvenSort::Label => None,
        EvenSort::Rating => Some(row.rating),
        EvenSort::Trend => row.trend,
        EvenSort::Forecast => row.forecast.as_ref().map(|forecast| forecast.value),
        EvenSort::Exchange => Some(row.exchange),
        EvenSort::Stake => Some(row.stake),
        EvenSort::Balance => row.d,
        EvenSort::Accuracy => Some(row.accuracy),
        EvenSort::Capacity => Some(row.capacity),
        EvenSort::Speed => Some(row.speed),
        EvenSort::Activity => Some(row.activity as f64),
        EvenSort::Literal => row.literal,
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Passive => "passive",
        State::NoStake => "noStake",
    }
}

/// A forecast as pages get it.
pub(super) fn said(forecast: &Forecast) -> EvenForecast {
    let status = match forecast.status {
        Status::Ok => "ok",
        Status::Hold => "hold",
        Status::Stale => "stale",
    };
    let model = match forecast.model {
        Model::Last => "last".to_owned(),
        Model::Polynomial(degree) => format!("poly{degree}"),
    };
    let Forecast { value, low, high, .. } = *forecast;
    EvenForecast { status: status.to_owned(), model, value, low, high }
}
