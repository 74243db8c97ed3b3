//! What a person is asked about payouts, policy and roster. Every fact comes from the watchman's own payload or an
//! authenticated file; the words are the table's (`confirm::Word`).

use crate::confirm::{Draft, Word, cut};

/// Longest part of a change, characters: what was must not push out of sight what will be.
const PART_MAX: usize = 150;

/// What a person approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    /// With symbol.
    pub(super) amount: String,
    pub(super) to: String,
    pub(super) chain: String,
    pub(super) chain_id: String,
    pub(super) contract: String,
    /// The token's contract; `None`: the chain's coin.
    pub(super) token: Option<String>,
    pub(super) batch: String,
    pub(super) ever_hash: String,
    pub(super) words: String,
    pub(super) digest: String,
}

/// A line of a change: what, before, after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) what: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    pub(super) loosens: bool,
}

/// A payout that shall try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Retry {
    pub(super) amount: String,
    pub(super) to: String,
    pub(super) ever_hash: String,
    pub(super) why: String,
}

pub(super) fn approve(payment: &Payment) -> Draft {
    let draft = Draft::new(Word::ApprovePayout, Word::ApproveAndSign)
        .fact(Word::Amount, &payment.amount)
        .fact(Word::To, &payment.to)
        .fact(Word::Chain, format!("{} ({})", payment.chain, payment.chain_id));
    let draft = match &payment.token {
        Some(token) => draft.fact(Word::Token, token),
        None => draft.say(Word::ChainsCoin),
    };
    draft
        .fact(Word::Vault, &payment.contract)
        .fact(Word::Batch, &payment.batch)
        .fact(Word::EverHash, &payment.ever_hash)
        .gap()
        .fact(Word::CheckWords, &payment.words)
        .fact(Word::Digest, &payment.digest)
}

pub(super) fn reopen(retry: &Retry) -> Draft {
    Draft::new(Word::ReopenPayout, Word::TryAgain)
        .fact(Word::Amount, &retry.amount)
        .fact(Word::To, &retry.to)
        .fact(Word::EverHash, &retry.ever_hash)
        .fact(Word::NotPaidBecause, &retry.why)
}

/// `causes`: code and key of each.
pub(super) fn rearm(chain: &str, causes: &[(String, String)], reason: &str) -> Draft {
    let draft = Draft::new(Word::RearmVault, Word::ArmAgain).fact(Word::Chain, chain);
    let draft = causes.iter().fold(draft, |draft, (cause, key)| draft.fact(Word::Cause, format!("{cause}, {key}")));
    draft.gap().fact(Word::WhyAgain, reason)
}

pub(super) fn pardon(name: &str, owner: &str) -> Draft {
    Draft::new(Word::PardonMember, Word::TakeBack)
        .fact(Word::Watchman, name)
        .fact(Word::Account, owner)
        .say(Word::SignedOtherwise)
}

pub(super) fn policy(changes: &[Change]) -> Draft {
    changed(Draft::new(Word::SavePolicy, Word::PutInForce), changes)
}

pub(super) fn roster(changes: &[Change]) -> Draft {
    changed(Draft::new(Word::SaveRoster, Word::PutInForce), changes)
}

/// `members`: names with check words; empty when only the identity is made.
pub(super) fn set_up(account: &str, listen: &str, members: &[(String, String)], changes: &[Change]) -> Draft {
    let draft = Draft::new(Word::SetUpWatchman, Word::SetUp).fact(Word::Account, account).fact(Word::ReachedAt, listen);
    if members.is_empty() {
        return draft.say(Word::OnlyIdentity);
    }
    let member =
        |draft: Draft, (name, words): &(String, String)| draft.fact(Word::Watchman, format!("{name}: {words}"));
    changed(members.iter().fold(draft, member).gap(), changes)
}

/// What loosens comes first.
fn changed(draft: Draft, changes: &[Change]) -> Draft {
    let side = |value: &Option<String>| value.as_ref().map_or_else(|| "—".to_owned(), |value| cut(value, PART_MAX));
    let line =
        |change: &Change| format!("{}: {} → {}", cut(&change.what, PART_MAX), side(&change.old), side(&change.new));
    let (loosens, others): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.loosens);
    let draft = loosens.into_iter().fold(draft, |draft, change| draft.fact(Word::Loosens, line(change)));
    others.into_iter().fold(draft, |draft, change| draft.text(line(change)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    fn text(draft: &Draft) -> String {
        draft.question(Language::English).text
    }

    #[test]
    fn an_approval_says_every_field_in_full_in_both_languages() {
        let payment = Payment {
            amount: "1.50 ETH".into(),
            to: "0xD318F4a0eC04A2f8e5A26aF6bBD3F64aA1b2C3d4".into(),
            chain: "ethereum".into(),
            chain_id: "1".into(),
            contract: "0xVault".into(),
            token: None,
            batch: "a-batch".into(),
            ever_hash: "0xburn".into(),
            words: "legal winner thank year wave sausage".into(),
            digest: "0xdigest".into(),
        };
        for language in [Language::English, Language::Chinese] {
            let asked = approve(&payment).question(language).text;
            for fact in
                ["1.50 ETH", &payment.to, "ethereum (1)", "0xVault", "0xburn", "a-batch", &payment.words, "0xdigest"]
            {
                assert!(asked.contains(fact), "{fact} in {asked}");
            }
        }
        let token = Payment { token: Some("0xToken".into()), ..payment };
        assert!(text(&approve(&token)).contains("Token: 0xToken"));
    }

    #[test]
    fn what_loosens_comes_first() {
        let change = |what: &str, loosens| Change { what: what.into(), old: Some("1".into()), new: None, loosens };
        let asked = text(&policy(&[change("a", false), change("b", true), change("c", false)]));
        assert_eq!(asked, "Loosens: b: 1 → —\na: 1 → —\nc: 1 → —");
    }

    #[test]
    fn what_was_does_not_push_what_will_be_out_of_sight() {
        let (old, new) = (Some("a".repeat(5_000)), Some("eve.example:1".to_owned()));
        let asked = text(&roster(&[Change { what: "b".repeat(5_000), old, new, loosens: false }]));
        assert!(asked.replace("\n    ", " ").ends_with("… → eve.example:1"), "{asked}");
    }

    #[test]
    fn setting_up_names_every_watchman_with_its_words() {
        let members = [("Ada".to_owned(), "one two".to_owned()), ("Jun".to_owned(), "three four".to_owned())];
        let change = Change { what: "stopped".into(), old: None, new: Some("false".into()), loosens: true };
        let asked = text(&set_up("0xA", "127.0.0.1:1", &members, &[change]));
        assert!(
            asked.contains("Watchman: Ada: one two\nWatchman: Jun: three four\n\nLoosens: stopped: — → false"),
            "{asked}"
        );
        assert_ne!(text(&set_up("0xA", "h:1", &[], &[])), text(&set_up("0xA", "h:1", &members, &[])));
    }
}
