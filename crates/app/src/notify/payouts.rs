//! What a notification says about the watchman of this program, in plain English; each of them is raised once.
//!
//! Names and reasons come from files and journals; they are stripped as facts of alerts are.

use super::text::{Words, plain, shorten};
use super::{Note, sum};
use crate::api::{PayoutRow, Severity};

/// What happened to a payout, or to the watchman.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutNews {
    /// It waits for a person.
    Ask,
    /// Enough have signed what a person here approved.
    Quorum,
    /// The vault paid.
    Paid,
    /// A submission is not mined.
    Stuck,
    /// It cannot be paid as it is.
    Failed,
}

impl PayoutNews {
    const fn code(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Quorum => "quorum",
            Self::Paid => "paid",
            Self::Stuck => "stuck",
            Self::Failed => "failed",
        }
    }
}

/// The note on a payout: the same once for ever.
#[must_use]
pub fn payout(news: PayoutNews, row: &PayoutRow) -> Note {
    let amount = sum(&row.amount, row.decimals, &row.symbol).unwrap_or_else(|| "An amount".to_owned());
    let (to, chain) = (shorten(&plain(&row.to)), plain(&row.chain));
    let paid = format!("{amount} to {to} on {chain}");
    let (title, body, severity) = match news {
        PayoutNews::Ask => (
            "A payout waits for your approval",
            format!("{paid}. This machine verified the burn; the policy wants a person to look."),
            Severity::Warning,
        ),
        PayoutNews::Quorum => (
            "Enough watchmen have signed",
            format!("{paid}, which you approved. One of the watchmen submits it now."),
            Severity::Warning,
        ),
        PayoutNews::Paid => ("A payout was made", format!("{paid}. The vault says so."), Severity::Warning),
        PayoutNews::Stuck => (
            "A payout is not mined",
            format!("{paid}. The submission is sent again with a higher fee; look at the fee account if this stays."),
            Severity::Warning,
        ),
        PayoutNews::Failed => (
            "A payout cannot be made",
            format!("{paid}. Open Everwatch to see why, and whether it may try again."),
            Severity::Critical,
        ),
    };
    note(format!("payout:{}:{}", news.code(), row.ever_hash), title, body, severity)
}

/// The note on a halted vault; `key` names the cause.
#[must_use]
pub fn halted(chain: &str, key: &str) -> Note {
    let body =
        format!("The vault on {} pays nothing until a person looks at every cause and arms it again.", plain(chain));
    note(format!("halt:{chain}:{key}"), "A vault is halted", body, Severity::Critical)
}

/// The note on a watchman that signed what no burn justifies.
#[must_use]
pub fn accused(name: &str, owner: &str) -> Note {
    let body = format!(
        "{} ({}) signed something else than a verified burn says. Its signatures count no more here. Call the others.",
        plain(name),
        shorten(&plain(owner))
    );
    note(format!("accused:{owner}"), "A watchman signed what no burn justifies", body, Severity::Critical)
}

fn note(key: String, title: &str, body: String, severity: Severity) -> Note {
    Note { key, words: Words { title: title.to_owned(), body }, severity }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PayoutGroup;

    fn row() -> PayoutRow {
        PayoutRow {
            ever_hash: "0xaa".into(),
            state: "awaiting".into(),
            group: PayoutGroup::Waiting,
            waits_for: None,
            verdict: None,
            tag: "t".into(),
            symbol: "ETH".into(),
            decimals: Some(18),
            amount: "1500000000000000000".into(),
            target_amount: "1500000000000000000".into(),
            target_decimals: Some(18),
            chain: "ethereum".into(),
            to: "0xD318F4a0eC04A2f8e5A26aF6bBD3F64aA1b2C3d4".into(),
            burnt_ms: 1,
            since_ms: 1,
            signed: 0,
            needed: None,
            tx: None,
            accused: false,
        }
    }

    #[test]
    fn a_payout_that_waits_says_how_much_and_to_whom() {
        let note = payout(PayoutNews::Ask, &row());
        assert_eq!(note.words.title, "A payout waits for your approval");
        assert!(note.words.body.starts_with("1.50 ETH to 0xD318F4…b2C3d4 on ethereum."), "{}", note.words.body);
        assert_eq!(note.key, "payout:ask:0xaa");
    }

    #[test]
    fn every_news_of_a_payout_has_a_key_and_a_title_of_its_own() {
        use PayoutNews::{Ask, Failed, Paid, Quorum, Stuck};
        let notes: Vec<Note> = [Ask, Quorum, Paid, Stuck, Failed].map(|news| payout(news, &row())).into();
        let keys: std::collections::BTreeSet<_> = notes.iter().map(|note| (&note.key, &note.words.title)).collect();
        assert_eq!(keys.len(), notes.len());
    }

    #[test]
    fn a_name_from_a_file_cannot_dress_up_the_text() {
        let told = accused("<b>\u{202e}Eve\n", "0x1").words.body;
        assert!(told.starts_with("bEve (0x1)") && !told.contains(['<', '\n', '\u{202e}']), "{told}");
        assert_ne!(halted("moon", "a").key, halted("moon", "b").key);
    }
}
