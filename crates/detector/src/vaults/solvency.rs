//! What the vaults hold beside what the ledger owes. Pure: readings and debts in, one verdict a token out.
//!
//! What always holds: `Short` is said only when every vault of the token was read, the ledger is read to its end, and no
//! payout that could explain the lack went unasked; whatever is not known makes the verdict `Unknown`, unless what is known
//! covers the debt already. Fractions that the ledger cannot express are rounded down, to the ledger's disadvantage.

use crate::model::{ChainReserve, Cover, TokenSolvency};
use everpay::{Amount, Rules, Target, TokenSpec, TokenTag, token};
use oracle::Reserves;
use std::collections::BTreeMap;

/// A chain's vault at one block, or the code of why it could not be read.
pub(crate) type Reading = Result<Reserves, &'static str>;

/// What the ledger owes in one token, in its base units.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Debt {
    /// What accounts hold.
    pub(crate) supply: Amount,
    /// Burnt and not seen paid.
    pub(crate) waiting: Amount,
    /// The part of `waiting` whose payment was not asked about.
    pub(crate) unasked: Amount,
}

/// Compares every listed token that has a vault somewhere.
pub(crate) fn assess(
    rules: &Rules,
    readings: &BTreeMap<String, Reading>,
    debts: &BTreeMap<TokenTag, Debt>,
    caught_up: bool,
) -> Vec<TokenSolvency> {
    let vaulted = rules.listed().iter().filter(|spec| !spec.targets.is_empty() && !spec.tag().is_native());
    vaulted
        .map(|spec| {
            let chains = spec.targets.iter().map(|(chain, target)| reserve(spec, chain, target, readings)).collect();
            let debt = debts.get(&spec.tag()).copied().unwrap_or_default();
            compare(spec, debt, chains, caught_up)
        })
        .collect()
}

fn compare(spec: &TokenSpec, debt: Debt, chains: Vec<ChainReserve>, caught_up: bool) -> TokenSolvency {
    let sum = |a: Amount, b: Amount| a.checked_add(b).unwrap_or(Amount::MAX);
    let owed = sum(debt.supply, debt.waiting);
    let known = chains.iter().filter_map(|chain| chain.held).fold(Amount::ZERO, sum);
    let all_known = chains.iter().all(|chain| chain.held.is_some());
    let surely_owed = owed.checked_sub(debt.unasked).unwrap_or(Amount::ZERO);
    let verdict = match () {
        () if !caught_up => Cover::Unknown,
        () if known >= owed => Cover::Covered,
        () if all_known && known < surely_owed => Cover::Short,
        () => Cover::Unknown,
    };
    TokenSolvency {
        tag: spec.tag(),
        symbol: spec.symbol.clone(),
        decimals: Some(spec.decimals),
        supply: debt.supply,
        waiting: debt.waiting,
        owed,
        held: all_known.then_some(known),
        verdict,
        chains,
    }
}

fn reserve(spec: &TokenSpec, chain: &str, target: &Target, readings: &BTreeMap<String, Reading>) -> ChainReserve {
    let unread = |why| ChainReserve {
        chain: chain.to_owned(),
        token_id: target.token_id.clone(),
        held: None,
        height: None,
        block: None,
        time_ms: None,
        why: Some(why),
        sources: Vec::new(),
    };
    let reading = match readings.get(chain) {
        None => return unread("no_node"),
        Some(Err(why)) => return unread(why),
        Some(Ok(reading)) => reading,
    };
    let there = reading.tokens.iter().find(|(id, _)| id.eq_ignore_ascii_case(&target.token_id));
    let held = there.and_then(|(_, units)| token::mint_amount(*units, spec.decimals, target.decimals));
    ChainReserve {
        held,
        height: Some(reading.height),
        block: Some(reading.block.clone()),
        time_ms: Some(reading.time_ms),
        why: held.is_none().then_some("not_read"),
        sources: reading.sources.clone(),
        ..unread("not_read")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use everpay::{Tokens, ar_token};
    use proptest::prelude::*;

    /// AR with twelve decimals here, and as many on Arweave and ten on Ethereum.
    fn rules() -> Rules {
        let mut ar = ar_token();
        ar.targets.get_mut("ethereum").unwrap().decimals = 10;
        Rules { tokens: Tokens::Listed(vec![ar]), ..Rules::open("o") }
    }

    fn read(chain: &str, units: u64) -> (String, Reading) {
        let id = rules().listed()[0].targets[chain].token_id.to_uppercase();
        let tokens = vec![(id, Amount::from(units))];
        let sources = vec!["s".to_owned()];
        let block = "b".to_owned();
        (chain.to_owned(), Ok(Reserves { height: 1, block, time_ms: 2, tokens, paid: Vec::new(), sources }))
    }

    fn token(readings: &[(String, Reading)], debt: (u64, u64, u64)) -> TokenSolvency {
        let (supply, waiting, unasked) = debt;
        let of = |units: u64| Amount::from(units);
        let debt = Debt { supply: of(supply), waiting: of(waiting), unasked: of(unasked) };
        let debts = BTreeMap::from([(rules().listed()[0].tag(), debt)]);
        assess(&rules(), &readings.iter().cloned().collect(), &debts, true).remove(0)
    }

    #[test]
    fn one_vault_that_covers_all_is_enough_and_one_unread_vault_leaves_a_lack_open() {
        let gone = |why| ("ethereum".to_owned(), Err(why));
        let covered = token(&[read("arweave", 100), gone("disagreement")], (60, 40, 0));
        assert_eq!((covered.verdict, covered.held), (Cover::Covered, None));
        let open = token(&[read("arweave", 99), gone("disagreement")], (60, 40, 0));
        assert_eq!(open.verdict, Cover::Unknown);
        assert_eq!(open.chains.iter().map(|c| c.why).collect::<Vec<_>>(), [None, Some("disagreement")]);
        assert_eq!(token(&[read("arweave", 99)], (60, 40, 0)).chains[1].why, Some("no_node"));
    }

    #[test]
    fn units_of_every_chain_count_in_units_of_the_ledger() {
        let both = [read("arweave", 7), read("ethereum", 3)];
        assert_eq!(token(&both, (307, 0, 0)).verdict, Cover::Covered);
        let short = token(&both, (308, 0, 0));
        assert_eq!((short.verdict, short.held), (Cover::Short, Some(Amount::from(307_u64))));
    }

    #[test]
    fn a_chain_that_could_not_tell_the_token_is_not_read() {
        let (chain, reading) = read("ethereum", 0);
        let silent = (chain, reading.map(|reserves| Reserves { tokens: Vec::new(), ..reserves }));
        let token = token(&[read("arweave", 0), silent], (1, 0, 0));
        assert_eq!(
            (token.verdict, token.chains[1].why, token.chains[1].height),
            (Cover::Unknown, Some("not_read"), Some(1))
        );
    }

    proptest! {
        #[test]
        fn a_lack_is_said_only_when_no_unasked_payment_could_explain_it(
            held in 0_u64..50, supply in 0_u64..40, asked in 0_u64..20, unasked in 0_u64..20,
        ) {
            let token = token(&[read("arweave", held), read("ethereum", 0)], (supply, asked + unasked, unasked));
            let expected = match () {
                () if held >= supply + asked + unasked => Cover::Covered,
                () if held < supply + asked => Cover::Short,
                () => Cover::Unknown,
            };
            prop_assert_eq!(token.verdict, expected);
        }
    }
}
