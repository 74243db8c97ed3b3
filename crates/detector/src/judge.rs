//! Judging a prepared batch: the ledger decides item by item, refusals become alerts by the fraud rules. Pure: no IO, no
//! clock; the same batches give the same verdicts and roots, however they are split and wherever the program was stopped.

use crate::alert::Alert;
use crate::carry::{Carry, Totals};
use crate::evidence::{Context, Scene};
use crate::model::{ItemVerdict, VerdictKind};
use crate::prepare::{BatchFault, Prepared, PreparedItem, Static};
use crate::{alert::Rule, evidence};
use everpay::{Action, Amount, BatchChange, Checked, Denied, Ledger, MintVerdict, Quantity, Refusal};
use oracle::MintFinding;
use std::collections::BTreeMap;

/// Alerts of one rule that one batch may raise; the rest is counted in the last one.
const ALERTS_PER_RULE_MAX: usize = 64;

/// What judging a batch came to. The ledger has moved on; [`Ledger::revert`] with `change` brings it back.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) verdicts: Vec<ItemVerdict>,
    pub(crate) alerts: Vec<Alert>,
    /// `(key of an earlier or own alert, everHash that failed only because of it)`.
    pub(crate) consequences: Vec<(String, String)>,
    pub(crate) change: BatchChange,
    pub(crate) carry: Carry,
}

/// Judges `prepared` as batch `number`. `findings` holds what the oracle found, by item index from 0; a mint without one
/// counts as not checkable.
pub(crate) fn judge(
    ledger: &mut Ledger,
    carry: &Carry,
    prepared: &Prepared,
    findings: &BTreeMap<usize, MintFinding>,
    number: u64,
    now_ms: u64,
) -> Judged {
    ledger.begin_batch();
    let mut judging = Judging {
        ledger,
        findings,
        context: Context { batch: &prepared.batch, number, now_ms },
        carry: carry.clone(),
        verdicts: Vec::with_capacity(prepared.items.len()),
        alerts: Vec::new(),
        consequences: Vec::new(),
        counts: BTreeMap::new(),
    };
    judging.batch_fault(prepared);
    for (index, item) in prepared.items.iter().enumerate() {
        let verdict = judging.item(index, item);
        judging.count(verdict.kind);
        judging.verdicts.push(verdict);
    }
    let Judging { ledger, carry, verdicts, alerts, consequences, .. } = judging;
    Judged { change: ledger.end_batch(), verdicts, alerts, consequences, carry }
}

struct Judging<'a> {
    ledger: &'a mut Ledger,
    findings: &'a BTreeMap<usize, MintFinding>,
    context: Context<'a>,
    carry: Carry,
    verdicts: Vec<ItemVerdict>,
    alerts: Vec<Alert>,
    consequences: Vec<(String, String)>,
    counts: BTreeMap<Rule, usize>,
}

impl Judging<'_> {
    fn batch_fault(&mut self, prepared: &Prepared) {
        let Some(fault) = prepared.fault.clone().or_else(|| self.unlinked(prepared)) else { return };
        let alert = evidence::batch_alert(&self.context, &self.ledger.rules().owner, &fault);
        self.raise(alert);
    }

    /// The first item must name the item before it, unless a sibling branch repeats older ones.
    fn unlinked(&self, prepared: &Prepared) -> Option<BatchFault> {
        let linked = prepared.items.is_empty()
            || !self.carry.repeats.is_empty()
            || prepared.first_parent == self.carry.last_item;
        (!linked).then_some(BatchFault::BrokenLink(0))
    }

    fn item(&mut self, index: usize, item: &PreparedItem) -> ItemVerdict {
        self.carry.last_item = Some(item.tx_id);
        if self.repeated(index, item) {
            return verdict(VerdictKind::Repeat, None);
        }
        match &item.checked {
            Static::Unreadable => {
                let alert = evidence::unreadable(&self.context, index);
                self.raise(alert);
                verdict(VerdictKind::Rejected, Some(Refusal::NotJsonData.code()))
            }
            Static::Unsound(rejected) => {
                let alert = evidence::unsound(&self.context, self.ledger.rules(), index, rejected);
                self.raise(alert);
                verdict(VerdictKind::Rejected, Some(rejected.refusal.code()))
            }
            Static::Sound(checked) => self.sound(index, checked),
        }
    }

    /// Consumes the next expected repeat; a different item ends the expectation with F6.
    fn repeated(&mut self, index: usize, item: &PreparedItem) -> bool {
        let Some(expected) = self.carry.repeats.pop_front() else { return false };
        if expected == item.tx_id {
            return true;
        }
        self.carry.repeats.clear();
        let alert = evidence::conflict(&self.context, index, &expected, &item.tx_id);
        self.raise(alert);
        false
    }

    fn sound(&mut self, index: usize, checked: &Checked) -> ItemVerdict {
        let finding = self.findings.get(&index);
        match self.ledger.apply(checked, mint_verdict(checked, finding)) {
            Ok(applied) => {
                let kind = if applied.marked { VerdictKind::NotCheckable } else { VerdictKind::Applied };
                verdict(kind, None)
            }
            Err(Denied::Undecidable(rule)) => self.undecidable(rule.as_str()),
            Err(Denied::Rejected(refusal)) if self.carry.undecided && follows_from_state(refusal) => {
                self.undecidable("follows_undecidable")
            }
            Err(Denied::Rejected(refusal)) => {
                self.refused(index, checked, refusal, finding);
                verdict(VerdictKind::Rejected, Some(refusal.code()))
            }
        }
    }

    fn undecidable(&mut self, rule: &'static str) -> ItemVerdict {
        self.carry.undecided = true;
        verdict(VerdictKind::Undecidable, Some(rule))
    }

    fn refused(&mut self, index: usize, checked: &Checked, refusal: Refusal, finding: Option<&MintFinding>) {
        let rule = rule_of(refusal);
        let scene = Scene { context: &self.context, index, checked, ledger: self.ledger, finding };
        let short = if rule == Rule::F2 { scene.shortfall() } else { None };
        let explained = short.and_then(|short| self.carry.debts.explain(&checked.from, &checked.tag, short));
        let key = if let Some(key) = explained {
            self.consequences.push((key.clone(), checked.ever_hash.to_string()));
            key
        } else {
            let alert = scene.alert(rule, refusal);
            let key = alert.key.clone();
            self.raise(alert);
            key
        };
        if let Some(amount) = amount_of(checked.amount) {
            self.carry.debts.expect(&checked.to, &checked.tag, amount, &key);
        }
    }

    /// Adds an alert, or only counts it when its rule has raised enough in this batch.
    fn raise(&mut self, alert: Alert) {
        let count = self.counts.entry(alert.rule).or_default();
        *count += 1;
        if *count <= ALERTS_PER_RULE_MAX {
            self.alerts.push(alert);
            return;
        }
        let more = (*count - ALERTS_PER_RULE_MAX).to_string();
        if let Some(last) = self.alerts.iter_mut().rev().find(|a| a.rule == alert.rule) {
            last.params.retain(|p| p.name != "more");
            last.params.push(crate::alert::param("more", more));
        }
    }

    fn count(&mut self, kind: VerdictKind) {
        let Totals { transactions, rejected, undecidable, not_checkable, applied } = &mut self.carry.totals;
        *transactions += 1;
        match kind {
            VerdictKind::Rejected => *rejected += 1,
            VerdictKind::Undecidable => *undecidable += 1,
            VerdictKind::NotCheckable => {
                *not_checkable += 1;
                *applied += 1;
            }
            VerdictKind::Applied => *applied += 1,
            VerdictKind::Repeat => {}
        }
    }
}

/// The amount, where it is one; a negative or too large one owes nobody anything.
pub(crate) fn amount_of(quantity: Quantity) -> Option<Amount> {
    match quantity {
        Quantity::Amount(amount) => Some(amount),
        Quantity::Negative | Quantity::TooLarge => None,
    }
}

fn verdict(kind: VerdictKind, code: Option<&str>) -> ItemVerdict {
    ItemVerdict { kind, code: code.map(str::to_owned) }
}

fn mint_verdict(checked: &Checked, finding: Option<&MintFinding>) -> MintVerdict {
    match (checked.action == Action::Mint, finding) {
        (false, _) => MintVerdict::NotAMint,
        (true, Some(MintFinding::Verified { .. })) => MintVerdict::Verified,
        (true, Some(MintFinding::Refuted { .. })) => MintVerdict::Refuted,
        (true, Some(MintFinding::NotCheckable { .. }) | None) => MintVerdict::NotCheckable,
    }
}

/// The fraud rule that a refusal falls under.
fn rule_of(refusal: Refusal) -> Rule {
    match refusal {
        Refusal::InsufficientBalance | Refusal::InsufficientTotalSupply => Rule::F2,
        Refusal::NonceTooLow | Refusal::BundleExecuted => Rule::F3,
        Refusal::InvalidMintTx => Rule::F4,
        Refusal::TxMinted => Rule::F5,
        _ => Rule::F1,
    }
}

/// Whether a refusal could come from state that an undecidable transaction may have changed.
fn follows_from_state(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::InsufficientBalance
            | Refusal::InsufficientTotalSupply
            | Refusal::TokenNotFound
            | Refusal::InvalidChainId
            | Refusal::InvalidFee
            | Refusal::InvalidFeeRecipient
            | Refusal::NotFoundTargetChainInfo
            | Refusal::NotExistBurnFee
            | Refusal::InvalidBurnTx
    )
}
