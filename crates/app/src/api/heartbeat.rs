//! The heartbeat: how the core, its sources and the coordinator are doing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Signing, VaultShort};

/// How the core is doing, worst state wins (in this order, best last).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Watching {
    /// A fraud of a proven class, or one proven given a root, is open.
    FraudProven,
    /// The vaults hold less of a token than the ledger owes.
    VaultShort,
    /// Sources contradict each other or served altered data.
    SourcesDisagree,
    /// A coordinator is configured and has not answered for longer than it may.
    CoordinatorSilent,
    /// No gateway answers.
    NoSource,
    /// A part of the chain cannot be fetched or judged yet.
    Unfinished,
    /// Behind the head and working on it.
    CatchingUp,
    /// Nothing was asked of a source yet.
    Starting,
    /// At the head, nothing wrong.
    Watching,
}

/// How the coordinator's claimed state root compares with ours at the same batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CoordinatorState {
    /// No coordinator is configured.
    NotConfigured,
    /// Configured; no answer yet, or none that names a batch we have.
    NotKnownYet,
    /// Its root equals ours at the same batch.
    SameRoot,
    /// Its root differs from ours at the same batch.
    OtherRoot,
    /// It does not answer.
    Silent,
}

/// The heartbeat.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Number of this snapshot; grows by at least one with every change.
    #[ts(type = "number")]
    pub seq: u64,
    /// The core's clock when this was made, Unix ms.
    #[ts(type = "number")]
    pub now_ms: u64,
    /// The worst thing that is the case.
    pub watching: Watching,
    /// Rule id of the worst open alert, like `F2`.
    pub worst_rule: Option<String>,
    /// When the last transaction was verified here, Unix ms.
    #[ts(type = "number | null")]
    pub last_verified_ms: Option<u64>,
    /// Number (from 1) of the last batch verified here.
    #[ts(type = "number | null")]
    pub last_batch: Option<u64>,
    /// Block height of that batch.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// The highest block any source reported.
    #[ts(type = "number | null")]
    pub tip: Option<u64>,
    /// Batches known to exist on the chain and not applied yet.
    #[ts(type = "number")]
    pub lag_batches: u64,
    /// Batches applied, confirmed and overlay together.
    #[ts(type = "number")]
    pub batches: u64,
    /// Batches of the overlay: applied, not confirmed deep enough yet.
    #[ts(type = "number")]
    pub overlay_batches: u64,
    /// Transactions judged.
    #[ts(type = "number")]
    pub transactions: u64,
    /// Transactions rejected.
    #[ts(type = "number")]
    pub rejected: u64,
    /// Transactions whose rule was never published, or mints not checkable now.
    #[ts(type = "number")]
    pub unsettled: u64,
    /// State root computed here at the head, `0x` hex.
    pub state_root: String,
    /// The coordinator.
    pub coordinator: CoordinatorState,
    /// The root it claims at the newest batch that both know, `0x` hex.
    pub coordinator_root: Option<String>,
    /// Our root at that batch, `0x` hex.
    pub compared_root: Option<String>,
    /// That batch's number.
    #[ts(type = "number | null")]
    pub compared_batch: Option<u64>,
    /// When the coordinator last answered, Unix ms.
    #[ts(type = "number | null")]
    pub coordinator_seen_ms: Option<u64>,
    /// The sources and what they last said.
    pub sources: Vec<SourceView>,
    /// Sources that agree on the head.
    pub sources_agreeing: u32,
    /// Sources that must agree before a batch counts as confirmed.
    pub sources_needed: u32,
    /// Open critical alerts.
    pub alerts_critical: u32,
    /// Open alerts of lesser severity.
    pub alerts_other: u32,
    /// Tokens that the vaults do not cover, by tag.
    pub vaults_short: Vec<VaultShort>,
    /// Chains whose vault must not pay out.
    pub halted: Vec<String>,
    /// Whether the watchman of this program can sign.
    pub signing: Signing,
    /// Payouts that wait for a person here.
    pub awaiting: u32,
    /// Why the core is `unfinished`: a code like `gap`, `altered`, `undecidable`, with the batch id where it has one.
    pub unfinished: Option<Reason>,
    /// Name of the network for the rail's foot.
    pub network: String,
    /// True for a devnet: play money.
    pub practice: bool,
    /// Blocks a batch must be deep before it counts as confirmed.
    #[ts(type = "number")]
    pub depth_blocks: u64,
    /// Whether alerts reach the desktop's notification service.
    pub notifications: Notifications,
}

/// What became of the native notifications of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Notifications {
    /// Switched off, as behind the headless server.
    Off,
    /// Switched on; none was needed yet.
    Ready,
    /// The service accepted the last one.
    Delivered,
    /// The service could not be reached or refused the last one.
    Failing,
}

/// A code with its parameter.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// The thing it concerns, empty if none.
    pub subject: String,
}

/// One gateway.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceView {
    /// Its address as configured, without credentials.
    pub url: String,
    /// `agrees`, `behind`, `disagrees`, `unreachable`, `altered`, `unknown`.
    pub state: String,
    /// Its height.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// Duration of its last answer in ms.
    #[ts(type = "number | null")]
    pub latency_ms: Option<u64>,
    /// When it last answered, Unix ms.
    #[ts(type = "number | null")]
    pub seen_ms: Option<u64>,
}

/// The last hour.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LastHour {
    /// 60 minutes, oldest first; the last one is still running.
    pub minutes: Vec<Minute>,
}

/// One minute.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Minute {
    /// Its start, Unix ms.
    #[ts(type = "number")]
    pub start_ms: u64,
    /// Transactions verified in it.
    #[ts(type = "number")]
    pub verified: u64,
    /// `agree`, `late`, `disagree`, `silent`, `notWatching`.
    pub sources: String,
    /// Alerts raised in it.
    pub alerts: u32,
}
