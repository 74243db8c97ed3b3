//! From what the detector knows to what the page sees: plain translation, no decision about a ledger.

mod alerts;
mod checks;
mod hour;
mod network;
mod solvency;
mod status;
mod transactions;
mod vaults;

use everpay::{Rules, TokenTag};

pub(crate) use alerts::{detail as alert_detail, is_open, row as alert_row};
pub(crate) use hour::last_hour;
pub(crate) use network::{network, shown_url};
pub(crate) use solvency::{burn_row, halt, halted, solvency, vaults_short};
pub(crate) use status::{Here, Standing, status};
pub(crate) use transactions::{batch_row, detail as transaction_detail, row as transaction_row, verdict_kind};
#[cfg(test)]
pub(crate) use vaults::example_deposit;
pub(crate) use vaults::{deposit_row, finality, vault_chain};

/// Symbol and decimals of a token. What the token list does not say is read off the tag, and decimals stay unknown.
pub(crate) fn token_names(rules: Option<&Rules>, tag: &TokenTag) -> (String, Option<u8>) {
    match rules.and_then(|rules| rules.token(tag)) {
        Some(listed) => (listed.symbol.clone(), Some(listed.decimals)),
        None => {
            let symbol = tag.parts().get(1).map(|symbol| symbol.to_uppercase());
            (symbol.unwrap_or_default(), None)
        }
    }
}

/// Depth in blocks, the block itself counted. None while the tip is not known or behind the block.
pub(crate) fn depth(height: u64, tip: Option<u64>) -> Option<u64> {
    tip.and_then(|tip| tip.checked_sub(height)).map(|below| below + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_the_block_itself() {
        assert_eq!(depth(7, Some(7)), Some(1));
        assert_eq!(depth(7, Some(16)), Some(10));
        assert_eq!(depth(8, Some(7)), None);
        assert_eq!(depth(8, None), None);
    }

    #[test]
    fn decimals_are_never_guessed() {
        let spec = everpay::ar_token();
        let listed = Rules { tokens: everpay::Tokens::Listed(vec![spec.clone()]), ..Rules::open("o") };
        assert_eq!(token_names(Some(&listed), &spec.tag()), ("AR".to_owned(), Some(12)));
        assert_eq!(token_names(Some(&Rules::open("o")), &spec.tag()), ("AR".to_owned(), None));
        assert_eq!(token_names(None, &TokenTag::from_text("odd")), (String::new(), None));
    }
}
