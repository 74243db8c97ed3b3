//! What is wrong, with the evidence for it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Field;

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Fraud or loss.
    Critical,
    /// Look at it.
    Warning,
}

/// What the alert's evidence amounts to (design, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceClass {
    /// By the data alone.
    Proven,
    /// Given the state root of a named batch.
    ProvenGivenRoot,
    /// Recorded here; anyone can repeat the look-ups.
    Recorded,
}

/// A row of the alert list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertRow {
    /// Stable key.
    pub key: String,
    /// Rule, like `F2`.
    pub rule: String,
    /// Severity.
    pub severity: Severity,
    /// Protocol code or fault code, like `err_insufficient_balance`.
    pub code: String,
    /// When it was raised here, Unix ms.
    #[ts(type = "number")]
    pub raised_ms: u64,
    /// Milliseconds from the batch being readable (first seen) to the alert.
    #[ts(type = "number | null")]
    pub latency_ms: Option<u64>,
    /// From a batch that is not confirmed deep enough yet.
    pub provisional: bool,
    /// Seen by a person.
    pub acknowledged: bool,
    /// Settled by itself: the batch dropped out, the source recovered.
    pub closed: bool,
    /// Transaction.
    pub ever_hash: Option<String>,
    /// Arweave id of the batch.
    pub batch_id: String,
    /// Batch number.
    #[ts(type = "number | null")]
    pub batch: Option<u64>,
    /// Item number in the batch, from 1.
    #[ts(type = "number | null")]
    pub item: Option<u64>,
    /// Facts for the sentence: `symbol`, `decimals`, `amount`, `had`, `needed`, `short`, `from`, `to`, `source`, `held`, `owed`, `chain`, …
    pub params: Vec<Field>,
}

/// The alert list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertList {
    /// Open first, worst first, newest first.
    pub rows: Vec<AlertRow>,
}

/// Names an alert.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertRequest {
    /// Its key.
    pub key: String,
}

/// An alert with its evidence.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertDetail {
    /// The row.
    pub row: AlertRow,
    /// What the evidence amounts to.
    pub class: EvidenceClass,
    /// What the coordinator's batch says beside what was computed here.
    pub comparison: Vec<Comparison>,
    /// The chain of evidence.
    pub evidence: Vec<EvidenceLink>,
    /// Everhashes of transactions that failed only because of this one.
    pub consequences: Vec<String>,
}

/// One row of claim beside fact.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// What is compared: `balanceBefore`, `payment`, `verdict`, `balanceAfter`, `signer`, `nonce`, `deposit`, `owner`, `dataRoot`,
    /// `vault`.
    pub what: String,
    /// As the batch has it.
    pub claim: String,
    /// As computed here.
    pub fact: String,
    /// True when both are the same.
    pub equal: bool,
}

/// One link of the evidence.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceLink {
    /// Code: `signed`, `notSigned`, `inBatch`, `batchSigned`, `batchForeign`, `balanceBefore`, `firstInclusion`, `deposit`, `noDeposit`, `ruleBroken`, `dataAltered`,
    /// `depositSeen`, `depositUndone`, `liabilities`, `reserve`.
    pub code: String,
    /// False for the link that breaks.
    pub holds: bool,
    /// Facts.
    pub params: Vec<Field>,
}
