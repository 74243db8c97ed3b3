//! What a withdrawal would do: a pure function of the rules, the balance and the request.

use everpay::token::burn_amount;
use everpay::{Amount, Rules, Target, TokenSpec, TokenTag};

use super::options::is_paid_out;
use super::{Answer, recipient};
use crate::api::{CommandError, Reason, WithdrawQuote, WithdrawRequest};

/// Who pays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payer {
    /// What the account has of the token.
    pub(super) has: Amount,
    /// Whether its key is here; `None` while the keystore is locked.
    pub(super) ours: Option<bool>,
}

/// What it would do, with everything that speaks against it. `known_recipient` is left open.
///
/// # Errors
/// `not_found` for a token that is not listed, `invalid_request` for an amount that is none.
pub(super) fn quote(
    rules: &Rules,
    coordinator: bool,
    payer: Payer,
    request: &WithdrawRequest,
) -> Answer<WithdrawQuote> {
    let spec = rules.token(&TokenTag::from_text(&request.tag));
    let spec = spec.ok_or_else(|| CommandError::new("not_found", "no such token is listed"))?;
    let amount = amount(&request.amount)?;
    let target = spec.targets.get(&request.chain).filter(|_| is_paid_out(rules, spec, &request.chain));
    let fee = spec.burn_fees.get(&request.chain).copied().unwrap_or_default();
    let total = amount.checked_add(fee);
    let left = total.and_then(|total| payer.has.checked_sub(total));
    let target_decimals = target.map_or(spec.decimals, |target| target.decimals);
    let paid = burn_amount(amount, spec.decimals, target_decimals);
    let mut problems = Problems::default();
    problems.when(!coordinator, "no_coordinator", String::new());
    problems.when(payer.ours == Some(false), "account_unknown", request.account.clone());
    match target {
        None => problems.when(true, "not_payable", request.chain.clone()),
        Some(target) => problems.recipient(rules, target, request),
    }
    problems.when(amount.is_zero(), "amount_zero", String::new());
    problems.when(paid.is_none(), "precision", whole_units(amount, spec, target_decimals).to_string());
    let missing = total.and_then(|total| total.checked_sub(payer.has)).unwrap_or_default();
    problems.when(left.is_none(), "balance", missing.to_string());
    Ok(WithdrawQuote {
        symbol: spec.symbol.clone(),
        decimals: spec.decimals,
        amount: amount.to_string(),
        fee: fee.to_string(),
        total: total.unwrap_or(Amount::MAX).to_string(),
        has: payer.has.to_string(),
        left: left.map(|left| left.to_string()),
        target_amount: paid.unwrap_or_default().to_string(),
        target_decimals,
        to: recipient::parse(&request.to).map_or_else(|| request.to.clone(), |to| crypto::eip55(&to)),
        known_recipient: false,
        problems: problems.0,
    })
}

/// What speaks against it, most basic first.
#[derive(Default)]
struct Problems(Vec<Reason>);

impl Problems {
    fn when(&mut self, is: bool, code: &str, subject: String) {
        if is {
            self.0.push(Reason { code: code.to_owned(), subject });
        }
    }

    /// A vault or a token's own contract cannot spend what it is paid.
    fn recipient(&mut self, rules: &Rules, target: &Target, request: &WithdrawRequest) {
        let Some(to) = recipient::parse(&request.to) else {
            return self.when(true, "recipient", request.to.clone());
        };
        let vault = rules.lockers.values().any(|locker| recipient::parse(locker) == Some(to));
        self.when(vault, "recipient_is_vault", request.chain.clone());
        let token = recipient::parse(&target.token_id) == Some(to);
        self.when(token && !vault, "recipient", request.to.clone());
    }
}

fn amount(text: &str) -> Answer<Amount> {
    text.parse().map_err(|fault| CommandError::new("invalid_request", fault))
}

/// The most of `amount` that the chain can pay, in base units of the ledger.
fn whole_units(amount: Amount, spec: &TokenSpec, target_decimals: u8) -> Amount {
    let finer = u32::from(spec.decimals.saturating_sub(target_decimals));
    amount.div_rem_pow10(finer).0.checked_mul_pow10(finer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use everpay::{Tokens, eth_token};

    const VAULT: &str = "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1";
    const TO: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    const TOKEN: &str = "0xdbf03b407c01e7cd3cbea99509d93f8dddc8c6fb";

    /// A token of eight decimals, six of them on the chain; a burn costs 150 of its units.
    fn rules() -> Rules {
        let mut token = TokenSpec { decimals: 8, symbol: "T".to_owned(), id: TOKEN.to_owned(), ..eth_token() };
        let target = token.targets.get_mut("ethereum").unwrap();
        (target.decimals, target.token_id) = (6, TOKEN.to_owned());
        token.burn_fees.insert("ethereum".to_owned(), Amount::from(150_u64));
        let lockers = [("ethereum".to_owned(), VAULT.to_owned())].into();
        Rules { lockers, tokens: Tokens::Listed(vec![token]), ..Rules::open("o") }
    }

    fn request(change: impl FnOnce(&mut WithdrawRequest)) -> WithdrawRequest {
        let mut request = WithdrawRequest {
            account: "0x26361130d5d6E798E9319114643AF8c868412859".to_owned(),
            tag: rules().listed()[0].tag().to_string(),
            chain: "ethereum".to_owned(),
            to: TO.to_owned(),
            amount: "12300".to_owned(),
        };
        change(&mut request);
        request
    }

    fn asked(has: u64, change: impl FnOnce(&mut WithdrawRequest)) -> WithdrawQuote {
        quote(&rules(), true, Payer { has: Amount::from(has), ours: Some(true) }, &request(change)).unwrap()
    }

    fn codes(quote: &WithdrawQuote) -> Vec<(&str, &str)> {
        quote.problems.iter().map(|problem| (problem.code.as_str(), problem.subject.as_str())).collect()
    }

    #[test]
    fn the_fee_comes_on_top_and_the_chain_pays_in_its_own_units() {
        let quote = asked(20_000, |request| request.to = TO.to_lowercase());
        assert_eq!(codes(&quote), []);
        assert_eq!((quote.amount.as_str(), quote.fee.as_str(), quote.total.as_str()), ("12300", "150", "12450"));
        assert_eq!((quote.has.as_str(), quote.left.as_deref()), ("20000", Some("7550")));
        assert_eq!((quote.target_amount.as_str(), quote.target_decimals), ("123", 6));
        assert_eq!(quote.to, TO, "the address is signed with its checksum");
        let all = asked(12_450, |_| {});
        assert_eq!((codes(&all), all.left.as_deref()), (vec![], Some("0")));
    }

    #[test]
    fn what_speaks_against_it_is_named() {
        type Row = (u64, fn(&mut WithdrawRequest), &'static [(&'static str, &'static str)]);
        let table: [Row; 10] = [
            (12_449, |_| {}, &[("balance", "1")]),
            (0, |_| {}, &[("balance", "12450")]),
            (20_000, |request| request.amount = "0".to_owned(), &[("amount_zero", "")]),
            (20_000, |request| request.amount = "12345".to_owned(), &[("precision", "12300")]),
            (20_000, |request| request.amount = "99".to_owned(), &[("precision", "0")]),
            (
                20_000,
                |request| request.to = TO.replace('B', "b"),
                &[("recipient", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1beAed")],
            ),
            (20_000, |request| request.to = "nobody".to_owned(), &[("recipient", "nobody")]),
            (20_000, |request| request.to = VAULT.to_lowercase(), &[("recipient_is_vault", "ethereum")]),
            (20_000, |request| request.to = TOKEN.to_owned(), &[("recipient", TOKEN)]),
            (20_000, |request| request.chain = "arweave".to_owned(), &[("not_payable", "arweave")]),
        ];
        for (has, change, want) in table {
            assert_eq!(codes(&asked(has, change)), want, "{has}");
        }
        let stranger = quote(&rules(), false, Payer { has: Amount::MAX, ours: Some(false) }, &request(|_| {})).unwrap();
        assert_eq!(
            codes(&stranger).iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            ["no_coordinator", "account_unknown"]
        );
        let locked = quote(&rules(), true, Payer { has: Amount::MAX, ours: None }, &request(|_| {})).unwrap();
        assert_eq!(codes(&locked), [], "what a locked keystore holds is not known");
    }

    #[test]
    fn an_amount_beyond_all_numbers_is_too_much_and_nonsense_is_refused() {
        let quote_of = |change: fn(&mut WithdrawRequest)| {
            quote(&rules(), true, Payer { has: Amount::MAX, ours: Some(true) }, &request(change))
        };
        let most = quote_of(|request| request.amount = Amount::MAX.to_string()).unwrap();
        assert_eq!(most.left, None);
        assert!(codes(&most).iter().any(|(code, _)| *code == "balance"));
        for bad in ["", "-1", "1.5", "1e3", "0x10"] {
            let mut asked = request(|_| {});
            asked.amount = bad.to_owned();
            let refused = quote(&rules(), true, Payer { has: Amount::MAX, ours: None }, &asked);
            assert_eq!(refused.unwrap_err().code, "invalid_request", "{bad}");
        }
        assert_eq!(quote_of(|request| request.tag = "ethereum-none-0x".to_owned()).unwrap_err().code, "not_found");
    }
}
