//! Alerts about vaults, with what a third party needs to ask again: F12 (a vault is short) and F4 `mint_undone`.

use crate::alert::{Alert, Comparison, Link, Param, Place, Rule, Severity, param};
use crate::evidence::link;
use crate::model::{ChainReserve, TokenSolvency, TransactionInfo};
use everpay::{Amount, Rules, TokenTag};
use oracle::Evidence;

/// Code of a vault that holds less than the ledger owes.
pub(crate) const VAULT_SHORT: &str = "vault_short";
/// Code of a mint whose deposit is gone from its chain.
pub(crate) const MINT_UNDONE: &str = "mint_undone";

/// Key of the alert about one mint's deposit.
pub(crate) fn undone_key(ever_hash: &str) -> String {
    format!("{}:undone:{ever_hash}", Rule::F4.id())
}

pub(crate) fn base(key: String, rule: Rule, code: &str, place: Place, now_ms: u64) -> Alert {
    Alert {
        key,
        rule,
        severity: Severity::Critical,
        code: code.to_owned(),
        place,
        raised_ms: now_ms,
        seen_ms: now_ms,
        // What a chain says now does not depend on whether the batch settles.
        provisional: false,
        acknowledged: false,
        closed: false,
        params: Vec::new(),
        comparison: Vec::new(),
        evidence: Vec::new(),
        consequences: Vec::new(),
    }
}

/// How much a token lacks.
pub(crate) fn shortfall(token: &TokenSolvency) -> Amount {
    token.held.and_then(|held| token.owed.checked_sub(held)).unwrap_or(Amount::ZERO)
}

/// A vault is short of a token, as of a batch. One alert a token and episode: `key` is that of the open one, if any.
pub(crate) fn vault_short(token: &TokenSolvency, place: Place, key: Option<String>, now_ms: u64) -> Alert {
    let batch = place.batch.unwrap_or(0);
    let key = key.unwrap_or_else(|| format!("{}:{}:{batch}:{now_ms}", Rule::F12.id(), token.tag));
    let held = token.held.unwrap_or(Amount::ZERO);
    let mut alert = base(key, Rule::F12, VAULT_SHORT, place, now_ms);
    alert.params = vec![
        param("symbol", &token.symbol),
        param("tag", &token.tag),
        param("held", held),
        param("owed", token.owed),
        param("supply", token.supply),
        param("waiting", token.waiting),
        param("short", shortfall(token)),
    ];
    alert.params.extend(token.decimals.map(|decimals| param("decimals", decimals)));
    alert.comparison = vec![Comparison {
        what: "vault".to_owned(),
        claim: format!("≥ {}", token.owed),
        fact: held.to_string(),
        equal: false,
    }];
    alert.evidence = vec![link(
        "liabilities",
        true,
        vec![param("batch", batch), param("supply", token.supply), param("waiting", token.waiting)],
    )];
    alert.evidence.extend(token.chains.iter().map(reserve_link));
    alert.evidence.push(link("ruleBroken", false, vec![param("code", VAULT_SHORT)]));
    alert
}

fn reserve_link(reserve: &ChainReserve) -> Link {
    let mut params = vec![
        param("chain", &reserve.chain),
        param("token", &reserve.token_id),
        param("held", reserve.held.unwrap_or(Amount::ZERO)),
        param("sources", reserve.sources.join(" ")),
    ];
    params.extend(reserve.height.map(|height| param("height", height)));
    params.extend(reserve.block.as_ref().map(|block| param("block", block)));
    link("reserve", true, params)
}

/// A deposit that was credited is gone from its chain, which was read up to `tip`.
pub(crate) fn mint_undone(
    mint: &TransactionInfo,
    rules: Option<&Rules>,
    seen: &Evidence,
    tip: u64,
    now_ms: u64,
) -> Alert {
    let place = Place {
        batch_id: mint.batch.id.clone(),
        batch: Some(mint.batch.number),
        item: Some(mint.item),
        ever_hash: Some(mint.ever_hash.clone()),
    };
    let mut alert = base(undone_key(&mint.ever_hash), Rule::F4, MINT_UNDONE, place, now_ms);
    alert.params = vec![param("reason", "undone"), param("deposit", &seen.deposit), param("chain", &seen.chain)];
    if let Some(tx) = &mint.tx {
        let tag = TokenTag::new(&tx.chain_type, &tx.token_symbol, &tx.token_id);
        alert.params.extend([
            param("symbol", &tx.token_symbol),
            param("tag", &tag),
            param("amount", &tx.amount),
            param("from", &tx.from),
            param("to", &tx.to),
            param("action", &tx.action),
        ]);
        let spec = rules.and_then(|rules| rules.token(&tag));
        alert.params.extend(spec.map(|spec| param("decimals", spec.decimals)));
        alert.comparison = vec![Comparison {
            what: "deposit".to_owned(),
            claim: tx.amount.clone(),
            fact: "0".to_owned(),
            equal: false,
        }];
    }
    alert.evidence = vec![
        link("inBatch", true, vec![param("batch", mint.batch.number), param("item", mint.item)]),
        link("depositSeen", true, seen_params(seen)),
        link("depositUndone", false, vec![param("chain", &seen.chain), param("tip", tip)]),
    ];
    alert
}

fn seen_params(seen: &Evidence) -> Vec<Param> {
    let mut params = vec![
        param("chain", &seen.chain),
        param("deposit", &seen.deposit),
        param("needed", seen.confirmations_needed),
        param("sources", seen.sources.join(" ")),
    ];
    let optional = [
        ("height", seen.height.map(|height| height.to_string())),
        ("block", seen.block.clone()),
        ("had", seen.confirmations_had.map(|had| had.to_string())),
        ("quantity", seen.quantity.clone()),
        ("sender", seen.sender.clone()),
    ];
    params.extend(optional.into_iter().filter_map(|(name, value)| Some(param(name, value?))));
    params
}
