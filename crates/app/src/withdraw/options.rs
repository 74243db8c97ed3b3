//! Which tokens are paid out on which chains: those that are listed for a chain with a lock contract.

use everpay::{Rules, TokenSpec, is_evm_chain};

use super::recipient;
use crate::api::WithdrawToken;

/// The chains that pay a token out, by name. On other chains a burn would wait for ever.
pub(crate) fn payable_on(rules: &Rules, token: &TokenSpec) -> Vec<String> {
    token.targets.keys().filter(|chain| is_paid_out(rules, token, chain)).cloned().collect()
}

/// Whether the vault of `chain` pays `token`, and the ledger knows what that costs.
pub(super) fn is_paid_out(rules: &Rules, token: &TokenSpec, chain: &str) -> bool {
    is_evm_chain(chain)
        && token.targets.contains_key(chain)
        && token.burn_fees.contains_key(chain)
        && rules.lockers.get(chain).is_some_and(|locker| recipient::parse(locker).is_some())
}

/// Every token on every chain that pays it out, as clients show them.
pub(super) fn tokens(rules: &Rules) -> Vec<WithdrawToken> {
    let mut rows: Vec<_> =
        rules.listed().iter().filter(|token| token.display).flat_map(|token| rows(rules, token)).collect();
    rows.sort_by(|a, b| (&a.tag, &a.chain).cmp(&(&b.tag, &b.chain)));
    rows
}

fn rows<'a>(rules: &'a Rules, token: &'a TokenSpec) -> impl Iterator<Item = WithdrawToken> + 'a {
    token.targets.iter().filter(|(chain, _)| is_paid_out(rules, token, chain)).filter_map(|(chain, target)| {
        Some(WithdrawToken {
            tag: token.tag().to_string(),
            symbol: token.symbol.clone(),
            decimals: token.decimals,
            chain: chain.clone(),
            target_decimals: target.decimals,
            fee: token.burn_fees.get(chain)?.to_string(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use everpay::{Tokens, ar_token, eth_token};

    fn rules(lockers: &[(&str, &str)]) -> Rules {
        let lockers = lockers.iter().map(|(chain, locker)| ((*chain).to_owned(), (*locker).to_owned())).collect();
        Rules { lockers, tokens: Tokens::Listed(vec![eth_token(), ar_token()]), ..Rules::open("o") }
    }

    #[test]
    fn a_token_is_offered_where_a_lock_contract_pays_it() {
        let vault = "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1";
        let paid = tokens(&rules(&[("ethereum", vault), ("arweave", "x")]));
        let paid: Vec<_> = paid.iter().map(|token| (token.symbol.as_str(), token.chain.as_str())).collect();
        assert_eq!(paid, [("AR", "ethereum"), ("ETH", "ethereum")]);
        assert!(tokens(&rules(&[("arweave", "x"), ("moon", vault)])).is_empty());
        assert!(tokens(&rules(&[("ethereum", "nonsense")])).is_empty());
        assert!(tokens(&Rules::open("o")).is_empty());
        assert_eq!(payable_on(&rules(&[("ethereum", vault)]), &ar_token()), ["ethereum"]);
    }
}
