//! Reserves against liabilities, halted vaults, burns.

use detector::model::{self, BurnInfo, BurnState, Halt, Solvency};
use everpay::Amount;

use crate::api::{BurnRow, BurnStage, ChainReserve, Cover, HaltView, SolvencyView, TokenSolvency, VaultShort};

/// The whole table, what needs attention first.
pub(crate) fn solvency(known: &Solvency) -> SolvencyView {
    let mut tokens: Vec<_> = known.tokens.iter().map(token).collect();
    tokens.sort_by(|a, b| (a.verdict, &a.tag).cmp(&(b.verdict, &b.tag)));
    SolvencyView { batch: known.batch, at_ms: known.at_ms, tokens, halts: known.halts.iter().map(halt).collect() }
}

/// What the heartbeat says of it: tokens that are short, by tag.
pub(crate) fn vaults_short(known: &Solvency) -> Vec<VaultShort> {
    let mut short: Vec<_> = known.tokens.iter().filter_map(shortfall).collect();
    short.sort_by(|a, b| a.tag.cmp(&b.tag));
    short
}

/// Chains whose vault is halted, each once.
pub(crate) fn halted(known: &Solvency) -> Vec<String> {
    let mut chains: Vec<_> = known.halts.iter().map(|halt| halt.chain.clone()).collect();
    chains.sort_unstable();
    chains.dedup();
    chains
}

pub(crate) fn halt(halt: &Halt) -> HaltView {
    HaltView {
        chain: halt.chain.clone(),
        since_ms: halt.since_ms,
        code: halt.code.clone(),
        alert_key: halt.alert_key.clone(),
    }
}

fn shortfall(token: &model::TokenSolvency) -> Option<VaultShort> {
    let missing = token.owed.checked_sub(token.held?)?;
    (token.verdict == model::Cover::Short).then(|| VaultShort {
        tag: token.tag.to_string(),
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        shortfall: missing.to_string(),
    })
}

fn token(token: &model::TokenSolvency) -> TokenSolvency {
    TokenSolvency {
        tag: token.tag.to_string(),
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        supply: token.supply.to_string(),
        waiting: token.waiting.to_string(),
        owed: token.owed.to_string(),
        held: token.held.map(|held| held.to_string()),
        difference: token.held.and_then(|held| difference(held, token.owed)),
        verdict: match token.verdict {
            model::Cover::Covered => Cover::Covered,
            model::Cover::Short => Cover::Short,
            model::Cover::Unknown => Cover::Unknown,
        },
        chains: token.chains.iter().map(reserve).collect(),
    }
}

/// `a - b` as text with its sign.
fn difference(a: Amount, b: Amount) -> Option<String> {
    let over = a.checked_sub(b).map(|over| over.to_string());
    over.or_else(|| b.checked_sub(a).map(|under| format!("-{under}")))
}

fn reserve(chain: &model::ChainReserve) -> ChainReserve {
    ChainReserve {
        chain: chain.chain.clone(),
        token_id: chain.token_id.clone(),
        held: chain.held.map(|held| held.to_string()),
        height: chain.height,
        block: chain.block.clone(),
        time_ms: chain.time_ms,
        why: chain.why.map(str::to_owned),
        sources: chain.sources.clone(),
    }
}

/// The row of the list of burns.
pub(crate) fn burn_row(burn: &BurnInfo) -> BurnRow {
    BurnRow {
        ever_hash: burn.ever_hash.clone(),
        tag: burn.tag.to_string(),
        symbol: burn.symbol.clone(),
        decimals: burn.decimals,
        chain: burn.chain.clone(),
        from: burn.from.to_string(),
        to: burn.to.clone(),
        amount: burn.amount.to_string(),
        fee: burn.fee.to_string(),
        batch: burn.batch,
        time_ms: burn.time_ms,
        settled: burn.settled,
        state: match burn.state {
            BurnState::Waiting => BurnStage::Waiting,
            BurnState::Paid => BurnStage::Paid,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use everpay::TokenTag;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn row(tag: &str, owed: &str, held: Option<&str>, verdict: model::Cover) -> model::TokenSolvency {
        model::TokenSolvency {
            tag: TokenTag::from_text(tag),
            symbol: tag.to_uppercase(),
            decimals: Some(2),
            supply: amount(owed),
            waiting: Amount::ZERO,
            owed: amount(owed),
            held: held.map(amount),
            verdict,
            chains: Vec::new(),
        }
    }

    fn known() -> Solvency {
        let halt = |chain: &str, code: &str| Halt {
            chain: chain.to_owned(),
            since_ms: 5,
            code: code.to_owned(),
            alert_key: "k".to_owned(),
        };
        Solvency {
            audits: Vec::new(),
            batch: 7,
            at_ms: 9,
            tokens: vec![
                row("a", "10", Some("10"), model::Cover::Covered),
                row("b", "10", None, model::Cover::Unknown),
                row("d", "10", Some("7"), model::Cover::Short),
                row("c", "10", Some("0"), model::Cover::Short),
                row("e", "0", Some("12"), model::Cover::Covered),
            ],
            halts: vec![halt("moon", "vault_short"), halt("ethereum", "mint_undone"), halt("moon", "mint_undone")],
        }
    }

    #[test]
    fn what_is_short_comes_first_with_what_is_missing() {
        let view = solvency(&known());
        let order: Vec<_> = view.tokens.iter().map(|t| (t.tag.as_str(), t.difference.as_deref())).collect();
        assert_eq!(order, [("c", Some("-10")), ("d", Some("-3")), ("b", None), ("a", Some("0")), ("e", Some("12"))]);
        assert_eq!((view.batch, view.at_ms, view.halts.len()), (7, 9, 3));
    }

    #[test]
    fn the_heartbeat_names_only_what_is_known_to_be_short() {
        let short: Vec<_> = vaults_short(&known()).into_iter().map(|s| (s.tag, s.shortfall)).collect();
        assert_eq!(short, [("c".to_owned(), "10".to_owned()), ("d".to_owned(), "3".to_owned())]);
        assert_eq!(halted(&known()), ["ethereum", "moon"]);
    }
}
