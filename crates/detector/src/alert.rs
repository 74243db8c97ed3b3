//! Alerts: what was wrong, how grave it is, and the evidence that a third party can check.
//!
//! One wrong thing gives one alert, whatever follows from it; the key is made of the rule and of what it concerns, so the
//! same finding after a restart, or in the overlay first and confirmed later, is the same alert. Facts are codes and
//! parameters; the sentences are the page's (and [`Alert::message`] for the command line). Source: the alert table of
//! `docs/architecture.md`, section "Fraud rules".

use serde::{Deserialize, Serialize};

/// The fraud and fault rules that this detector applies so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rule {
    /// An item that is invalid by itself: above all a wrong signature.
    F1,
    /// Overspend.
    F2,
    /// Replayed transaction or nonce, outside a re-sealed sibling batch.
    F3,
    /// Forged mint.
    F4,
    /// Double mint.
    F5,
    /// Two batches name the same parent and their items conflict.
    F6,
    /// A batch's parent cannot be found anywhere.
    F7,
    /// Foreign or altered data.
    F8,
    /// A vault paid what no verified burn justifies.
    F11,
    /// The vaults hold less than the ledger owes.
    F12,
    /// An owner of a vault signed what no verified burn justifies.
    F13,
}

impl Rule {
    /// The id people know it by.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::F1 => "F1",
            Self::F2 => "F2",
            Self::F3 => "F3",
            Self::F4 => "F4",
            Self::F5 => "F5",
            Self::F6 => "F6",
            Self::F7 => "F7",
            Self::F8 => "F8",
            Self::F11 => "F11",
            Self::F12 => "F12",
            Self::F13 => "F13",
        }
    }

    /// What the evidence of this rule amounts to.
    #[must_use]
    pub const fn class(self) -> EvidenceClass {
        match self {
            Self::F1 | Self::F3 | Self::F5 | Self::F6 | Self::F8 => EvidenceClass::Proven,
            Self::F2 => EvidenceClass::ProvenGivenRoot,
            Self::F4 | Self::F7 | Self::F11 | Self::F12 | Self::F13 => EvidenceClass::Recorded,
        }
    }
}

/// How much a third party needs to believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceClass {
    /// Nothing: the data alone prove it.
    Proven,
    /// The state root of a named batch.
    ProvenGivenRoot,
    /// The recorder; the look-ups can be repeated.
    Recorded,
}

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Fraud or loss.
    Critical,
    /// Look at it; nothing was lost.
    Warning,
}

/// A named fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Machine text: base units, canonical ids, hex.
    pub value: String,
}

/// One row of claim beside fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Code of what is compared.
    pub what: String,
    /// What the batch says or implies.
    pub claim: String,
    /// What was computed here.
    pub fact: String,
    /// Whether they agree.
    pub equal: bool,
}

/// One link of the chain of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Code of what was checked.
    pub code: String,
    /// False for the link that breaks.
    pub holds: bool,
    /// Facts.
    pub params: Vec<Param>,
}

/// Where the wrong thing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Arweave id of the batch.
    pub batch_id: String,
    /// Number of the batch on the accepted chain, from 1, when it has one.
    pub batch: Option<u64>,
    /// Number of the item in it, from 1.
    pub item: Option<u64>,
    /// everHash of the item.
    pub ever_hash: Option<String>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Stable key.
    pub key: String,
    /// The broken rule.
    pub rule: Rule,
    /// How grave.
    pub severity: Severity,
    /// The protocol's code, or one of ours for faults (`altered_data`, `foreign_batch`, …).
    pub code: String,
    /// Where.
    pub place: Place,
    /// When it was raised, Unix ms.
    pub raised_ms: u64,
    /// When the batch was first seen readable, Unix ms.
    pub seen_ms: u64,
    /// From a batch that is not confirmed deep enough yet.
    pub provisional: bool,
    /// Seen by a person.
    pub acknowledged: bool,
    /// Settled by itself.
    pub closed: bool,
    /// Facts for the sentence.
    pub params: Vec<Param>,
    /// Claim beside fact.
    pub comparison: Vec<Comparison>,
    /// Evidence, link by link.
    pub evidence: Vec<Link>,
    /// everHashes that failed only because of this one.
    pub consequences: Vec<String>,
}

impl Alert {
    /// A fact of the alert by its name, empty when it is not there.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|p| p.name == name).map_or("", |p| p.value.as_str())
    }

    /// This alert as a later state of `known`: what people did to that one stays.
    pub(crate) fn continuing(mut self, known: Option<&Self>) -> Self {
        if let Some(known) = known {
            (self.raised_ms, self.acknowledged) = (known.raised_ms, known.acknowledged);
            let lifts = known.params.iter().filter(|param| LIFT.contains(&param.name.as_str()));
            self.params.extend(lifts.cloned());
        }
        self
    }

    /// Notes who lifted the halt that this alert had caused, when (Unix ms), and why.
    pub(crate) fn note_lift(&mut self, by: &str, at_ms: u64, reason: &str) {
        self.params.retain(|param| !LIFT.contains(&param.name.as_str()));
        let [who, when, why] = LIFT;
        self.params.extend([param(who, by), param(when, at_ms), param(why, reason)]);
    }

    /// One English line for logs and the command line.
    #[must_use]
    pub fn message(&self) -> String {
        let item = self.place.item.map_or(String::new(), |n| format!(", item {n}"));
        let place = match self.place.batch_id.as_str() {
            "" => String::new(),
            id => format!("; batch {id}{item}"),
        };
        let what = match self.rule {
            Rule::F1 => format!("a transaction that is invalid by itself was put into a batch ({})", self.code),
            Rule::F2 => format!(
                "{} spends {} {} but has {}",
                self.param("from"),
                self.param("needed"),
                self.param("symbol"),
                self.param("had"),
            ),
            Rule::F3 => "a transaction that already took effect stands in a batch again".to_owned(),
            Rule::F4 if self.code == "mint_undone" => format!(
                "the deposit behind a mint of {} {} is gone from its chain",
                self.param("amount"),
                self.param("symbol"),
            ),
            Rule::F4 => format!(
                "a mint of {} {} has no matching deposit ({})",
                self.param("amount"),
                self.param("symbol"),
                self.param("reason"),
            ),
            Rule::F5 => "a deposit was minted twice".to_owned(),
            Rule::F6 => "two batches of one parent hold different items".to_owned(),
            Rule::F7 => "the parent of a batch cannot be found".to_owned(),
            Rule::F8 => match self.code.as_str() {
                "altered_data" => format!("{} served data that do not match their root", self.param("source")),
                _ => "a batch on the chain was not written by the owner".to_owned(),
            },
            Rule::F11 => format!("the vault on {} {} ({})", self.param("chain"), self.act("paid", "called"), self.code),
            Rule::F13 => format!(
                "an owner of the vault on {}, {}, signed {} ({})",
                self.param("chain"),
                self.param("signer"),
                self.act("to pay", "to call"),
                self.code,
            ),
            Rule::F12 => format!(
                "the vaults hold {} {} and owe {}",
                self.param("held"),
                self.param("symbol"),
                self.param("owed"),
            ),
        };
        format!("{}: {what}{place}", self.rule.id())
    }
}

impl Alert {
    /// What a vault did or is to do, as far as the facts say: it pays, or calls somebody.
    fn act(&self, pays: &str, calls: &str) -> String {
        let to = self.param("to");
        match self.param("amount") {
            "" => format!("{calls} {to}, which pays no burn"),
            amount => format!("{pays} {amount} {} to {to}, which no burn justifies", self.param("symbol")),
        }
    }
}

/// Names of the facts that [`Alert::note_lift`] notes.
const LIFT: [&str; 3] = ["liftedBy", "liftedMs", "liftedWhy"];

/// Builds a named fact.
#[must_use]
pub(crate) fn param(name: &str, value: impl ToString) -> Param {
    Param { name: name.to_owned(), value: value.to_string() }
}
