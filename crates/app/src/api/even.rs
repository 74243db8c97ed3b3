//! The EVEN network that is shown: its nodes and why they rank where they do, who leads, what the graph of messages decides.
//!
//! Every number is computed by `even` from the network's own data. Shares and ratings are numbers between 0 and 1 or parts of
//! a million (`…Ppm`); weights are integers as decimal text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// Where the shown network lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EvenSource {
    /// Nothing is shown: none runs.
    None,
    /// A practice network inside this program.
    Here,
    /// A network in a process of its own, which uses the same data directory.
    Process,
}

/// The network as a whole.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenView {
    /// Where it lives.
    pub source: EvenSource,
    /// The seed from which it can be repeated, decimal text; empty when none runs.
    pub seed: String,
    /// Its clock, Unix ms.
    #[ts(type = "number")]
    pub now_ms: u64,
    /// The current epoch.
    pub epoch: u32,
    /// When it began, Unix ms.
    #[ts(type = "number")]
    pub epoch_start_ms: u64,
    /// How long an epoch lasts, ms.
    #[ts(type = "number")]
    pub epoch_length_ms: u64,
    /// The epoch whose table is in force; null: that of genesis.
    pub table_epoch: Option<u32>,
    /// Nodes known.
    pub nodes: u32,
    /// Nodes with weight.
    pub voting: u32,
    /// `mean` or `max`: what speeds were compared with.
    pub reference: String,
    /// `D`: what a quorum is counted against.
    pub denominator: String,
    /// All weight.
    pub total: String,
    /// How balanced the whole network is: 1 when every node has as much exchange as stake.
    pub balance: f64,
    /// Effective number of nodes, thousandths.
    #[ts(type = "number")]
    pub effective_milli: u64,
    /// The leaders, the heaviest first.
    pub leaders: Vec<EvenLeader>,
    /// Weight of all leaders, of the denominator.
    pub leaders_ppm: u32,
    /// What the leaders together cannot exceed of all weight.
    pub leaders_cap_ppm: u32,
    /// What one node cannot exceed of the denominator.
    pub node_cap_ppm: u32,
    /// Messages that are final.
    #[ts(type = "number")]
    pub final_messages: u64,
    /// Messages that are not decided.
    #[ts(type = "number")]
    pub open_messages: u64,
    /// Messages that were rejected.
    #[ts(type = "number")]
    pub rejected_messages: u64,
    /// Median time to finality lately, ms; null before the first.
    #[ts(type = "number | null")]
    pub finality_ms: Option<u64>,
    /// Final messages a second lately.
    pub per_second: f64,
    /// Two rivals that are final: the reader has stopped.
    pub alarm: Option<(String, String)>,
    /// What needs a look.
    pub alerts: Vec<EvenAlert>,
}

/// A leader.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenLeader {
    /// Node id.
    pub node: String,
    /// What it is called here.
    pub label: String,
    /// Weight, of the denominator.
    pub weight_ppm: u32,
}

/// What needs a look.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenAlert {
    /// `rating_falls` and `passive` (of watched nodes; of all while none of the network's is watched), `conflict` (on a watched node's addresses), `cap_near`, `equivocation`, `two_final`.
    pub code: String,
    /// The node it is about; null for the network.
    pub node: Option<String>,
    /// What it is called here.
    pub label: Option<String>,
    /// Since when, Unix ms.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Numbers for the sentence: `from`, `to`, `share`, `message`.
    pub params: Vec<super::Field>,
}

/// By what the rating table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EvenSort {
    /// Vote weight.
    Weight,
    /// Rating.
    Rating,
    /// Change of the rating since the epoch before.
    Trend,
    /// Forecast.
    Forecast,
    /// Share of the exchange.
    Exchange,
    /// Share of the stake.
    Stake,
    /// Signed balance.
    Balance,
    /// Accuracy.
    Accuracy,
    /// Capacity.
    Capacity,
    /// Speed.
    Speed,
    /// Activity.
    Activity,
    /// Formula (1.6) by the letter.
    Literal,
    /// Name.
    Label,
}

/// Which nodes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenNodesRequest {
    /// By what.
    pub sort: EvenSort,
    /// The smallest first.
    pub ascending: bool,
    /// Only those whose id or name holds this text.
    pub text: Option<String>,
    /// Only this state: `active`, `passive`, `noStake`; or `leader`, whatever its state.
    pub state: Option<String>,
    /// Only watched ones.
    pub watched: bool,
    /// Rows to leave out from the first.
    pub offset: u32,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A part of the rating table.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenNodesPage {
    /// The rows.
    pub rows: Vec<EvenNodeRow>,
    /// Rows that fit the request.
    pub matching: u32,
    /// Nodes in all.
    pub total: u32,
    /// The epoch whose end they hold for.
    pub epoch: u32,
}

/// A forecast.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenForecast {
    /// `ok`, `hold` (too few points) or `stale`.
    pub status: String,
    /// `last`, `poly0` to `poly3`.
    pub model: String,
    /// The rating at the end of the current epoch.
    pub value: f64,
    /// Lower end of the 95 % band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A row of the rating table.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenNodeRow {
    /// Rank by weight, from 1.
    pub rank: u32,
    /// Node id, hex.
    pub node: String,
    /// What it is called here.
    pub label: String,
    /// What a practice network told it to be: `honest`, `passive`, `whale`, …
    pub kind: String,
    /// `active`, `passive` or `noStake`.
    pub state: String,
    /// Rating, 0 to 1.
    pub rating: f64,
    /// Formula (1.6) by the letter: used for nothing.
    pub literal: Option<f64>,
    /// Signed balance: below 0 exchange dominates, above 0 stake does.
    pub d: Option<f64>,
    /// `K_o`: share of all exchange.
    pub exchange: f64,
    /// `S_o`: share of all stake.
    pub stake: f64,
    /// Served part of the audits.
    pub accuracy: f64,
    /// Mean nominal work a second.
    pub capacity: f64,
    /// Mean final messages stamped a second.
    pub speed: f64,
    /// Final messages stamped in the epoch.
    #[ts(type = "number")]
    pub activity: u64,
    /// Stake, units as decimal text.
    pub stake_units: String,
    /// Vote weight, decimal text.
    pub weight: String,
    /// Of the denominator.
    pub weight_ppm: u32,
    /// Change of the rating since the epoch before; null for a node that is new.
    pub trend: Option<f64>,
    /// Ratings of the last epochs, oldest first, at most 24.
    pub history: Vec<f64>,
    /// Where it is heading.
    pub forecast: Option<EvenForecast>,
    /// It is a leader.
    pub leader: bool,
    /// It was proven to equivocate and has no vote.
    pub muted: bool,
    /// On the watch-list.
    pub watched: bool,
}

/// Names a node.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenNodeRequest {
    /// Node id, hex.
    pub node: String,
}

/// Everything about a node.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenNodeDetail {
    /// Its row.
    pub row: EvenNodeRow,
    /// Why it is where it is: codes `balanced`, `exchange_heavy`, `stake_heavy`, `blanks`, `passive`, `no_stake`, `muted`, `clipped`, `leader`.
    pub reasons: Vec<Reason>,
    /// The curves over the axis d.
    pub curve: EvenCurve,
    /// Its past epochs, oldest first.
    pub history: Vec<EvenPast>,
    /// What the next epoch's end may bring, one point a step of the epoch ahead.
    pub ahead: Vec<EvenAhead>,
}

/// The bell and the two curves that meet it at one vertical line.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenCurve {
    /// Values of d, ascending.
    pub d: Vec<f64>,
    /// The bell there.
    pub bell: Vec<f64>,
    /// The exchange share that this node would need there beside its stake; null where none is enough.
    pub exchange: Vec<Option<f64>>,
    /// The stake share that it would need there beside its exchange; null above 1.
    pub stake: Vec<Option<f64>>,
    /// d of the other nodes, at most 2,000.
    pub others: Vec<f64>,
}

/// A past epoch of a node.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenPast {
    /// Epoch.
    pub epoch: u32,
    /// Its end, Unix ms.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// Rating.
    pub rating: f64,
    /// Share of the exchange.
    pub exchange: f64,
    /// Share of the stake.
    pub stake: f64,
    /// Accuracy.
    pub accuracy: f64,
    /// Of the denominator.
    pub weight_ppm: u32,
    /// What moved the rating since the epoch before; the parts add up. Null for the first.
    pub parts: Option<EvenParts>,
}

/// Signed parts of a change.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenParts {
    /// By the share of the exchange.
    pub exchange: f64,
    /// By the share of the stake.
    pub stake: f64,
    /// By the accuracy.
    pub accuracy: f64,
}

/// A point of the forecast.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenAhead {
    /// When, Unix ms.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// The forecast.
    pub forecast: EvenForecast,
}

/// What if a node had other inputs. Null: as it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenWhatIfRequest {
    /// Node id, hex.
    pub node: String,
    /// Nominal work a second.
    pub capacity: Option<f64>,
    /// Final messages stamped a second.
    pub speed: Option<f64>,
    /// Final messages stamped in the epoch.
    #[ts(type = "number | null")]
    pub activity: Option<u64>,
    /// Stake, units as decimal text.
    pub stake: Option<String>,
}

/// Before and after. Weights and ranks are those that the epoch's own table gives, without the drift from the table before.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenWhatIf {
    /// As it is.
    pub before: EvenNodeRow,
    /// As it would be, all other nodes unchanged.
    pub after: EvenNodeRow,
    /// The curves after.
    pub curve: EvenCurve,
}

/// Which messages.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenMessagesRequest {
    /// At most so many, the newest, 1 to 300.
    pub limit: u32,
    /// Only messages of this node.
    pub node: Option<String>,
}

/// A window of the graph.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenMessages {
    /// The messages, oldest first.
    pub messages: Vec<EvenMessage>,
}

/// A message.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenMessage {
    /// Id, hex.
    pub id: String,
    /// Who issued it.
    pub issuer: String,
    /// What that is called here.
    pub label: String,
    /// When, by its issuer, Unix ms.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// Trunk and branches.
    pub parents: Vec<String>,
    /// `received`, `certified`, `fast`, `final` or `rejected`.
    pub status: String,
    /// `payment`, `data` or `stake`.
    pub kind: String,
    /// What its inputs hold and it moves, units as decimal text; null for data. What it pays back to its issuer cannot be told
    /// from what it pays to others.
    pub amount: Option<String>,
    /// Weight of its votes in the last round, of the denominator.
    pub votes_ppm: u32,
    /// Messages that conflict with it.
    pub rivals: Vec<String>,
    /// From its time to finality, ms.
    #[ts(type = "number | null")]
    pub finality_ms: Option<u64>,
}

/// Names a message.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenMessageRequest {
    /// Id, hex.
    pub id: String,
}

/// Everything about a message.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenMessageDetail {
    /// The message.
    pub message: EvenMessage,
    /// Its votes by round.
    pub rounds: Vec<EvenRound>,
    /// Nodes that are locked on it.
    pub locked: u32,
    /// Their weight, of the denominator.
    pub locked_ppm: u32,
    /// Name of its payment, hex.
    pub bundle: String,
    /// Transactions; 0 in a network of more than 50 nodes, whose messages have no bytes.
    pub transactions: u32,
    /// Bytes; 0 as above.
    pub bytes: u32,
    /// Addresses it spends from, with amounts.
    pub inputs: Vec<super::Field>,
    /// Addresses it pays, with amounts.
    pub outputs: Vec<super::Field>,
}

/// One round of votes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvenRound {
    /// Number, from 0.
    pub round: u32,
    /// Nodes that voted for it.
    pub voters: u32,
    /// Their weight, of the denominator.
    pub weight_ppm: u32,
}

/// Puts a node on the watch-list or takes it off.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchEvenRequest {
    /// Node id, hex.
    pub node: String,
    /// On it.
    pub watched: bool,
}

/// Starts a practice network in this program.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StartEvenRequest {
    /// Nodes, 4 to 200.
    pub nodes: u32,
    /// Seed, decimal text; null: one at random.
    pub seed: Option<String>,
}
