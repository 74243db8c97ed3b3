//! What is watched.

use everpay::{Amount, Rules, TokenTag, Tokens};
use oracle::network::NetworkFile;

use super::token_names;
use crate::api::{Locker, NetworkView, TokenView};
use crate::withdraw::payable_on;

/// The network as configured, with the rules in force and the supplies computed here.
pub(crate) fn network(file: &NetworkFile, rules: &Rules, supply: &[(TokenTag, Amount)]) -> NetworkView {
    NetworkView {
        name: file.name.clone(),
        practice: file.practice,
        owner: file.owner.clone(),
        coordinator: file.coordinator.as_deref().map(shown_url),
        gateways: file.gateways.iter().map(|url| shown_url(url)).collect(),
        fee_recipient: rules.fee_recipient.to_string(),
        lockers: rules
            .lockers
            .iter()
            .map(|(chain, address)| Locker { chain: chain.clone(), address: address.clone() })
            .collect(),
        tokens_listed: matches!(rules.tokens, Tokens::Listed(_)),
        tokens: supply.iter().map(|(tag, supply)| token(rules, tag, *supply)).collect(),
    }
}

fn token(rules: &Rules, tag: &TokenTag, supply: Amount) -> TokenView {
    let (symbol, decimals) = token_names(Some(rules), tag);
    let payable_on = rules.token(tag).map(|spec| payable_on(rules, spec)).unwrap_or_default();
    TokenView { tag: tag.to_string(), symbol, decimals, supply: supply.to_string(), payable_on }
}

/// A url without user name, password and query, which may hold keys.
pub(crate) fn shown_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, format!("/{path}")),
        None => (rest, String::new()),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::shown_url;

    #[test]
    fn no_credentials_leave_the_core() {
        for (url, shown) in [
            ("http://127.0.0.1:1984", "http://127.0.0.1:1984"),
            ("https://me:secret@gate.example/ar/?key=k#f", "https://gate.example/ar/"),
            ("https://gate.example?key=k", "https://gate.example"),
            ("https://me@a@gate.example/@x", "https://gate.example/@x"),
            ("b-id", "b-id"),
        ] {
            assert_eq!(shown_url(url), shown);
        }
    }
}
