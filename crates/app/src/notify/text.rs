//! What a notification says: one small table by rule, in plain English.
//!
//! Facts come from foreign data (symbols, ids, urls). They are shortened and stripped of everything that a notification
//! service could read as markup, so that a batch cannot dress up the text around it.

use super::sum;
use crate::api::AlertRow;

/// Foreign text is cut after this many characters.
const FACT_CHARS: usize = 60;

/// Title and body of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub title: String,
    /// Two or three sentences.
    pub body: String,
}

/// The words for an alert.
#[must_use]
pub fn words(alert: &AlertRow) -> Words {
    let (title, fact) = match alert.rule.as_str() {
        "F1" => (
            "A transaction that is not valid was packed",
            format!(
                "{} holds a transaction that breaks a rule by itself, such as its signature. It changed nothing here.",
                place(alert)
            ),
        ),
        "F2" => ("The coordinator let an account overspend", overspend(alert)),
        "F3" => (
            "A transaction was packed a second time",
            format!(
                "{} repeats a transaction or a nonce that already took effect. It was not applied again here.",
                place(alert)
            ),
        ),
        "F4" if alert.code == "mint_undone" => ("A credited deposit is gone from its chain", undone(alert)),
        "F4" => ("A deposit was credited that does not hold", deposit(alert)),
        "F5" => (
            "One deposit was credited twice",
            format!("{} credits a deposit that was credited before. It was not credited again here.", place(alert)),
        ),
        "F6" => (
            "Two versions of the same stretch of ledger",
            "Two batches follow the same parent and hold different transactions. People must decide which one counts."
                .to_owned(),
        ),
        "F7" => (
            "A batch is missing",
            format!(
                "The parent of {} cannot be found at any source. What follows cannot be verified yet.",
                batch(alert)
            ),
        ),
        "F8" if alert.code == "altered_data" => (
            "A source served altered data",
            format!("{} sent data that do not match their own fingerprint. They were not used.", source(alert)),
        ),
        "F8" if alert.code != "foreign_batch" => (
            "A batch that does not fit the ledger",
            format!(
                "{} is signed by the owner and its contents cannot be right. They were not applied here.",
                place(alert)
            ),
        ),
        "F8" => (
            "A batch that the owner did not write",
            format!(
                "{} is on the chain under the ledger's name and was not signed by its owner. It was not used.",
                place(alert)
            ),
        ),
        "F11" => ("A vault paid what no burn justifies", unjustified(alert)),
        "F13" => ("An owner of a vault signed without a burn", signed(alert)),
        "F12" => ("The vaults hold less than the ledger owes", shortfall(alert)),
        _ => (
            "A rule of the ledger was broken",
            format!("{} is concerned. Open Everwatch to see the evidence.", place(alert)),
        ),
    };
    frame(alert, title, &fact)
}

fn frame(alert: &AlertRow, title: &str, fact: &str) -> Words {
    let rule = format!("{}, {}.", plain(&alert.rule), plain(&alert.code));
    if alert.provisional {
        return Words {
            title: format!("Not confirmed yet: {title}"),
            body: format!("{fact} The batch is not deep enough on Arweave yet, so this may still change. {rule}"),
        };
    }
    Words { title: title.to_owned(), body: format!("{fact} {rule}") }
}

fn overspend(alert: &AlertRow) -> String {
    let who = param(alert, "from").map_or_else(|| "an account".to_owned(), |id| shorten(&id));
    match money(alert, "short") {
        Some(short) => format!("It let {who} pay out {short} more than it had. The payment was not applied here."),
        None => format!("It let {who} pay out more than it had. The payment was not applied here."),
    }
}

fn deposit(alert: &AlertRow) -> String {
    let amount = money(alert, "amount").unwrap_or_else(|| "an amount".to_owned());
    let fact = match param(alert, "reason").as_deref() {
        Some("notFound") => "for a deposit that does not exist",
        Some("tooFewConfirmations") => "for a deposit that was not deep enough",
        Some("wrongAmount") => "for a deposit of another sum",
        _ => "for which no matching deposit was found",
    };
    format!("{} credits {amount} {fact}. It was not credited here.", place(alert))
}

fn undone(alert: &AlertRow) -> String {
    let amount = money(alert, "amount").unwrap_or_else(|| "an amount".to_owned());
    let chain = chain(alert);
    format!(
        "{} credits {amount}, and a reorganisation of {chain} took the deposit back. The vault there is halted.",
        place(alert)
    )
}

fn shortfall(alert: &AlertRow) -> String {
    let symbol = param(alert, "symbol").unwrap_or_else(|| "a token".to_owned());
    match money(alert, "short") {
        Some(short) => {
            format!("{short} are missing for what accounts and waiting payouts may claim. Payouts are halted.")
        }
        None => format!("What they hold of {symbol} does not cover accounts and waiting payouts. Payouts are halted."),
    }
}

fn unjustified(alert: &AlertRow) -> String {
    let chain = chain(alert);
    let what = match (alert.code.as_str(), money(alert, "amount")) {
        ("twice", Some(amount)) => format!("paid {amount} for a burn that was paid before"),
        (_, Some(amount)) => format!("paid {amount}, and no burn of the ledger asks for it so"),
        (_, None) => "did something that pays no burn".to_owned(),
    };
    format!("The vault on {chain} {what}. It is halted.")
}

fn signed(alert: &AlertRow) -> String {
    let who = param(alert, "signer").map_or_else(|| "An owner".to_owned(), |id| shorten(&id));
    let chain = chain(alert);
    match money(alert, "amount") {
        Some(amount) => format!("{who} signed a payout of {amount} on {chain} that no burn of the ledger asks for so."),
        None => format!("{who} signed something for the vault on {chain} that pays no burn."),
    }
}

fn chain(alert: &AlertRow) -> String {
    param(alert, "chain").unwrap_or_else(|| "its chain".to_owned())
}

fn source(alert: &AlertRow) -> String {
    param(alert, "source").unwrap_or_else(|| "A source".to_owned())
}

fn batch(alert: &AlertRow) -> String {
    alert.batch.map_or_else(|| "a batch".to_owned(), |number| format!("batch {number}"))
}

fn place(alert: &AlertRow) -> String {
    match (alert.batch, alert.item) {
        (Some(batch), Some(item)) => format!("Batch {batch}, item {item}"),
        (Some(batch), None) => format!("Batch {batch}"),
        (None, _) => "A batch".to_owned(),
    }
}

fn raw<'a>(alert: &'a AlertRow, name: &str) -> Option<&'a str> {
    let field = alert.params.iter().find(|field| field.name == name)?;
    (!field.value.is_empty()).then_some(field.value.as_str())
}

fn param(alert: &AlertRow, name: &str) -> Option<String> {
    raw(alert, name).map(plain)
}

/// A fact in base units as an amount with its symbol.
fn money(alert: &AlertRow, name: &str) -> Option<String> {
    let decimals = raw(alert, "decimals").and_then(|text| text.parse().ok());
    sum(raw(alert, name)?, decimals, raw(alert, "symbol").unwrap_or_default())
}

/// First and last six characters of a long id.
pub(super) fn shorten(id: &str) -> String {
    let chars: Vec<char> = id.chars().collect();
    if chars.len() <= 20 {
        return id.to_owned();
    }
    let head = if id.starts_with("0x") { 8 } else { 6 };
    let (first, last) = (&chars[..head], &chars[chars.len() - 6..]);
    format!("{}…{}", first.iter().collect::<String>(), last.iter().collect::<String>())
}

pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !keystore::is_unseen(*c) && !matches!(c, '<' | '>' | '&')).take(FACT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Field, Severity};

    fn alert(rule: &str, params: &[(&str, &str)]) -> AlertRow {
        AlertRow {
            key: "k".into(),
            rule: rule.into(),
            severity: Severity::Critical,
            code: "err_insufficient_balance".into(),
            raised_ms: 1,
            latency_ms: None,
            provisional: false,
            acknowledged: false,
            closed: false,
            ever_hash: None,
            batch_id: "b".into(),
            batch: Some(12),
            item: Some(3),
            params: params.iter().map(|(name, value)| Field { name: (*name).into(), value: (*value).into() }).collect(),
        }
    }

    #[test]
    fn an_overspend_is_told_with_its_sum() {
        let account = "0xD318F4a0eC04A2f8e5A26aF6bBD3F64aA1b2C3d4";
        let facts = [("from", account), ("short", "38795450000"), ("symbol", "USDC"), ("decimals", "6")];
        let told = words(&alert("F2", &facts));
        assert_eq!(told.title, "The coordinator let an account overspend");
        assert_eq!(
            told.body,
            "It let 0xD318F4…b2C3d4 pay out 38,795.45 USDC more than it had. The payment was not applied here. \
             F2, err_insufficient_balance."
        );
    }

    #[test]
    fn a_short_vault_and_an_undone_mint_are_told_with_their_sums() {
        let facts = [("short", "3200000000000000000"), ("symbol", "ETH"), ("decimals", "18")];
        let told = words(&AlertRow { code: "vault_short".into(), ..alert("F12", &facts) });
        assert_eq!(told.title, "The vaults hold less than the ledger owes");
        assert!(told.body.starts_with("3.20 ETH are missing"), "{}", told.body);
        let facts = [("amount", "15"), ("symbol", "ETH"), ("decimals", "1"), ("chain", "ethereum")];
        let told = words(&AlertRow { code: "mint_undone".into(), ..alert("F4", &facts) });
        assert_eq!(told.title, "A credited deposit is gone from its chain");
        assert!(told.body.starts_with("Batch 12, item 3 credits 1.5 ETH, and a reorg"), "{}", told.body);
        assert_ne!(told.title, words(&alert("F4", &facts)).title);
    }

    #[test]
    fn a_payout_and_a_signature_without_a_burn_are_told_with_their_sums() {
        let facts = [("amount", "1250000"), ("symbol", "PUSD"), ("decimals", "6"), ("chain", "ethereum")];
        let of = |rule: &str, code: &str| words(&AlertRow { code: code.into(), ..alert(rule, &facts) });
        let told = of("F11", "unknown_burn");
        assert_eq!(told.title, "A vault paid what no burn justifies");
        assert!(told.body.starts_with("The vault on ethereum paid 1.25 PUSD, and no burn"), "{}", told.body);
        assert!(told.body.contains("It is halted. F11, unknown_burn."), "{}", told.body);
        assert!(of("F11", "twice").body.contains("for a burn that was paid before"));
        let signer = [("signer", "0xD318F4a0eC04A2f8e5A26aF6bBD3F64aA1b2C3d4"), ("chain", "ethereum")];
        let told = words(&AlertRow { code: "no_payout".into(), ..alert("F13", &signer) });
        assert!(told.body.starts_with("0xD318F4…b2C3d4 signed something"), "{}", told.body);
        assert!(!told.body.contains("halted"), "{}", told.body);
    }

    #[test]
    fn a_provisional_alert_says_so() {
        for rule in ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F11", "F12", "F13", "F99"] {
            let mut row = alert(rule, &[]);
            let settled = words(&row);
            row.provisional = true;
            let told = words(&row);
            assert_eq!(told.title, format!("Not confirmed yet: {}", settled.title));
            assert!(told.body.contains("may still change"), "{}", told.body);
            assert!(!settled.body.contains("may still change"), "{}", settled.body);
        }
    }

    #[test]
    fn unknown_decimals_are_not_guessed() {
        let told = words(&alert("F4", &[("amount", "1234567"), ("symbol", "XYZ")]));
        assert!(told.body.contains("1,234,567 base units of XYZ"), "{}", told.body);
        let told = words(&alert("F4", &[("amount", "12e9"), ("symbol", "XYZ")]));
        assert!(told.body.contains("credits an amount for"), "{}", told.body);
    }

    #[test]
    fn foreign_text_cannot_carry_markup_or_length() {
        let symbol = format!("<b>&\u{202e}\n{}", "A".repeat(500));
        let told = words(&alert("F2", &[("short", "5"), ("decimals", "0"), ("symbol", &symbol)]));
        assert!(!told.body.contains(['<', '>', '&', '\n', '\u{202e}']), "{}", told.body);
        assert!(told.body.chars().count() < 300, "{}", told.body);
    }
}
