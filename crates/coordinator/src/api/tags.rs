//! Token tags as they come in paths and queries.

use super::reply::ApiError;
use everpay::{Refusal, Rules, TokenSpec, TokenTag};

/// The tag that a text means: everything but Arweave ids in lower case. A text that is no tag stays as it is and names
/// nothing.
fn fold(text: &str) -> TokenTag {
    let mut parts = text.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(chain), Some(symbol), Some(id)) => TokenTag::new(&chain.to_ascii_lowercase(), symbol, id),
        _ => TokenTag::from_text(text),
    }
}

/// The listed token that a text means.
pub(crate) fn listed<'a>(rules: &'a Rules, text: &str) -> Result<&'a TokenSpec, ApiError> {
    rules
        .token(&fold(text))
        .ok_or(ApiError { status: axum::http::StatusCode::NOT_FOUND, code: Refusal::TokenNotFound.code() })
}

/// The canonical spelling of a tag; of one that is not listed, its folded form, which no item has.
pub(crate) fn canonical(rules: &Rules, text: &str) -> String {
    let tag = fold(text);
    rules.token(&tag).map_or_else(|| tag.to_string(), |token| token.tag().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use everpay::{Tokens, ar_token};

    #[test]
    fn letter_case_matters_in_arweave_ids_only() {
        let rules = Rules { tokens: Tokens::Listed(vec![ar_token()]), ..Rules::open("owner") };
        let tag = ar_token().tag().to_string();
        let evm_upper = tag.replace("0x4fadc", "0x4FADC").replace("arweave,ethereum-ar", "Arweave,Ethereum-AR");
        assert_eq!(listed(&rules, &tag), Ok(&ar_token()));
        assert_eq!(listed(&rules, &evm_upper), Ok(&ar_token()));
        assert_eq!(canonical(&rules, &evm_upper), tag);
        for other in [tag.to_lowercase(), String::new(), "arweave".to_owned(), "--".to_owned(), "a-b-c-d".to_owned()] {
            assert_eq!(listed(&rules, &other).map_err(|e| e.code), Err("err_token_not_found"), "{other}");
        }
    }
}
