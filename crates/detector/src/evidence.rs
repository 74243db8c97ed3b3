//! Turns a broken rule into an alert with its facts: what the batch claims beside what was computed here, and the chain of
//! evidence, link by link. Everything named here can be recomputed from the batch, its header and the state before it.

use crate::alert::{Alert, Comparison, Link, Param, Place, Rule, Severity, param};
use crate::judge::amount_of;
use crate::prepare::{BatchFault, Fetched};
use everpay::{Amount, Checked, Ledger, Refusal, Rejected, Rules, TokenTag};
use oracle::{Evidence, MintFinding};

/// The batch that is being judged.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) batch: &'a Fetched,
    pub(crate) number: u64,
    pub(crate) now_ms: u64,
}

impl Context<'_> {
    fn place(&self, index: Option<usize>, ever_hash: Option<String>) -> Place {
        Place {
            batch_id: self.batch.id.to_string(),
            batch: Some(self.number),
            item: index.map(|i| i as u64 + 1),
            ever_hash,
        }
    }

    fn alert(&self, rule: Rule, code: &str, place: Place, params: Vec<Param>) -> Alert {
        Alert {
            key: key(rule, &place),
            rule,
            severity: Severity::Critical,
            code: code.to_owned(),
            place,
            raised_ms: self.now_ms,
            seen_ms: self.batch.seen_ms,
            provisional: true,
            acknowledged: false,
            closed: false,
            params,
            comparison: Vec::new(),
            evidence: Vec::new(),
            consequences: Vec::new(),
        }
    }

    /// The links that hold for every item: it is in the batch, and the owner signed the batch.
    fn inclusion(&self, index: usize) -> [Link; 2] {
        [
            link("inBatch", true, vec![param("batch", self.number), param("item", index + 1)]),
            link(
                "batchSigned",
                true,
                vec![param("id", self.batch.id), param("owner", self.batch.owner), param("height", self.batch.height)],
            ),
        ]
    }
}

/// The same wrong thing has the same key, in whichever batch of a re-sealed branch it stands; a replay is one each time.
fn key(rule: Rule, place: &Place) -> String {
    match (&place.ever_hash, place.item) {
        (Some(hash), _) if rule != Rule::F3 => format!("{}:{hash}", rule.id()),
        (_, Some(item)) => format!("{}:{}:{item}", rule.id(), place.batch_id),
        (_, None) => format!("{}:{}", rule.id(), place.batch_id),
    }
}

/// A link of the chain of evidence.
pub(crate) fn link(code: &str, holds: bool, params: Vec<Param>) -> Link {
    Link { code: code.to_owned(), holds, params }
}

/// A claim beside the fact.
pub(crate) fn compare(what: &str, claim: impl ToString, fact: impl ToString) -> Comparison {
    let (claim, fact) = (claim.to_string(), fact.to_string());
    Comparison { what: what.to_owned(), equal: claim == fact, claim, fact }
}

/// The decimals of a listed token, so that a page can show amounts.
fn decimals(rules: &Rules, tag: &TokenTag) -> Option<Param> {
    rules.token(tag).map(|token| param("decimals", token.decimals))
}

/// A batch that is wrong as a whole.
pub(crate) fn batch_alert(context: &Context<'_>, owner: &str, fault: &BatchFault) -> Alert {
    let batch = context.batch;
    let (code, mut params) = match fault {
        BatchFault::Foreign => ("foreign_batch", vec![param("signer", batch.owner)]),
        BatchFault::Unparsable(why) => ("malformed_batch", vec![param("why", why)]),
        BatchFault::BrokenLink(index) => ("broken_item_chain", vec![param("item", index + 1)]),
    };
    params.push(param("batch", batch.id));
    let mut alert = context.alert(Rule::F8, code, context.place(None, None), params.clone());
    let foreign = *fault == BatchFault::Foreign;
    if foreign {
        alert.comparison = vec![compare("owner", batch.owner, owner)];
    }
    alert.evidence = vec![
        link("inChain", true, vec![param("id", batch.id), param("height", batch.height)]),
        link(if foreign { "batchForeign" } else { "batchSigned" }, !foreign, vec![param("owner", batch.owner)]),
    ];
    if !foreign {
        alert.evidence.push(link("ruleBroken", false, params));
        if matches!(fault, BatchFault::BrokenLink(_)) {
            alert.severity = Severity::Warning;
        }
    }
    alert
}

/// An item that is no transaction.
pub(crate) fn unreadable(context: &Context<'_>, index: usize) -> Alert {
    let mut alert = context.alert(Rule::F1, Refusal::NotJsonData.code(), context.place(Some(index), None), Vec::new());
    alert.evidence = context.inclusion(index).into();
    alert.evidence.push(link("ruleBroken", false, vec![param("code", Refusal::NotJsonData.code())]));
    alert
}

/// A transaction that is invalid by itself.
pub(crate) fn unsound(context: &Context<'_>, rules: &Rules, index: usize, rejected: &Rejected) -> Alert {
    let tx = &rejected.tx;
    let code = rejected.refusal.code();
    let mut params = vec![
        param("symbol", &tx.token_symbol),
        param("amount", &tx.amount),
        param("from", &tx.from),
        param("to", &tx.to),
        param("action", &tx.action),
        param("reason", rejected.reason),
    ];
    params.extend(decimals(rules, &TokenTag::new(&tx.chain_type, &tx.token_symbol, &tx.token_id)));
    let place = context.place(Some(index), Some(rejected.ever_hash.to_string()));
    let mut alert = context.alert(Rule::F1, code, place, params);
    alert.comparison = vec![compare("verdict", "accepted", code)];
    alert.evidence = context.inclusion(index).into();
    let signature = rejected.refusal == Refusal::InvalidSignature;
    alert.evidence.push(link(
        if signature { "notSigned" } else { "ruleBroken" },
        false,
        vec![param("code", code), param("reason", rejected.reason), param("from", &tx.from)],
    ));
    alert
}

/// A branch that replaces settled batches with other items.
pub(crate) fn conflict(context: &Context<'_>, index: usize, expected: &[u8; 32], found: &[u8; 32]) -> Alert {
    let (expected, found) = (crypto::hexs::encode(expected), crypto::hexs::encode(found));
    let params = vec![param("expected", &expected), param("found", &found)];
    let mut alert = context.alert(Rule::F6, "conflicting_siblings", context.place(Some(index), None), params);
    alert.comparison = vec![compare("item", found, expected)];
    alert.evidence = context.inclusion(index).into();
    alert.evidence.push(link("ruleBroken", false, alert.params.clone()));
    alert
}

/// A sound transaction that the ledger refused, with the ledger as it was at that moment.
pub(crate) struct Scene<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) index: usize,
    pub(crate) checked: &'a Checked,
    pub(crate) ledger: &'a Ledger,
    pub(crate) finding: Option<&'a MintFinding>,
}

impl Scene<'_> {
    fn needed(&self) -> Option<Amount> {
        let amount = amount_of(self.checked.amount)?;
        amount.checked_add(amount_of(self.checked.fee)?)
    }

    fn had(&self) -> Amount {
        self.ledger.balance(&self.checked.from, &self.checked.tag)
    }

    /// How much the sender lacks.
    pub(crate) fn shortfall(&self) -> Option<Amount> {
        self.needed()?.checked_sub(self.had())
    }

    /// The alert for a refusal by the ledger.
    pub(crate) fn alert(&self, rule: Rule, refusal: Refusal) -> Alert {
        let place = self.context.place(Some(self.index), Some(self.checked.ever_hash.to_string()));
        let mut alert = self.context.alert(rule, refusal.code(), place, self.params());
        alert.comparison = vec![compare("payment", &self.checked.tx.amount, &self.checked.tx.amount)];
        alert.evidence = vec![link(
            "signed",
            true,
            vec![param("from", self.checked.from), param("everHash", self.checked.ever_hash)],
        )];
        alert.evidence.extend(self.context.inclusion(self.index));
        match rule {
            Rule::F2 => self.overspend(&mut alert),
            Rule::F3 => self.replay(&mut alert),
            Rule::F4 => self.forged(&mut alert),
            Rule::F5 => {
                let deposit = self.checked.fingerprint.iter().map(|deposit| param("deposit", deposit));
                alert.params.extend(deposit);
            }
            _ => {}
        }
        alert.comparison.push(compare("verdict", "accepted", refusal.code()));
        alert.evidence.push(link("ruleBroken", false, vec![param("code", refusal.code())]));
        alert
    }

    fn params(&self) -> Vec<Param> {
        let tx = &self.checked.tx;
        let mut params = vec![
            param("symbol", &tx.token_symbol),
            param("tag", &self.checked.tag),
            param("amount", &tx.amount),
            param("from", self.checked.from),
            param("to", self.checked.to),
            param("action", &tx.action),
        ];
        params.extend(decimals(self.ledger.rules(), &self.checked.tag));
        params
    }

    fn overspend(&self, alert: &mut Alert) {
        let had = self.had();
        if let (Some(needed), Some(short)) = (self.needed(), self.shortfall()) {
            alert.params.extend([param("needed", needed), param("had", had), param("short", short)]);
            alert.comparison.insert(
                0,
                Comparison {
                    what: "balanceBefore".to_owned(),
                    claim: format!("≥ {needed}"),
                    fact: had.to_string(),
                    equal: false,
                },
            );
        }
        let proof = self.ledger.prove(&self.checked.from);
        alert.evidence.push(link(
            "balanceBefore",
            true,
            vec![
                param("had", had),
                param("root", self.ledger.root()),
                param("proof", serde_json::to_string(&proof).expect("a proof is plain data")),
                param("steps", proof.path.siblings.len()),
            ],
        ));
    }

    fn replay(&self, alert: &mut Alert) {
        let last = self.ledger.account(&self.checked.from).map_or(0, |account| account.nonce().get());
        alert.params.push(param("lastNonce", last));
        alert.comparison.push(Comparison {
            what: "nonce".to_owned(),
            claim: self.checked.tx.nonce.clone(),
            fact: format!("> {last}"),
            equal: false,
        });
    }

    fn forged(&self, alert: &mut Alert) {
        let Some(MintFinding::Refuted { reason, evidence }) = self.finding else { return };
        alert.params.push(param("reason", reason.code()));
        alert.params.push(param("deposit", &evidence.deposit));
        alert.comparison.push(compare("deposit", &self.checked.tx.amount, deposit_fact(evidence)));
        let mut facts = vec![
            param("chain", &evidence.chain),
            param("deposit", &evidence.deposit),
            param("needed", evidence.confirmations_needed),
            param("sources", evidence.sources.join(" ")),
        ];
        let optional = [
            ("had", evidence.confirmations_had.map(|n| n.to_string())),
            ("height", evidence.height.map(|n| n.to_string())),
            ("block", evidence.block.clone()),
            ("token", evidence.token.clone()),
            ("target", evidence.target.clone()),
            ("locker", evidence.locker.clone()),
            ("quantity", evidence.quantity.clone()),
            ("worth", evidence.worth.clone()),
            ("sender", evidence.sender.clone()),
        ];
        facts.extend(optional.into_iter().filter_map(|(name, value)| Some(param(name, value?))));
        alert.evidence.push(link("noDeposit", false, facts));
    }
}

/// What the source chain shows for the deposit, in the ledger's base units where it has any.
fn deposit_fact(evidence: &Evidence) -> String {
    match (&evidence.worth, &evidence.quantity) {
        (Some(worth), _) => worth.clone(),
        (None, Some(quantity)) => quantity.clone(),
        (None, None) => "0".to_owned(),
    }
}
