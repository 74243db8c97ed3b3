//! Payouts as rows: their groups, the tokens' names, and a page of them at a time. Pure.
//!
//! Source of the states: `vault::pipeline::Stage`; amounts are decimal text in base units.

use std::cmp::Reverse;

use everpay::{EverHash, Rules, TokenTag};
use watchman::QueueRow;

use crate::api::{CommandError, PayoutGroup, PayoutPage, PayoutRow, PayoutsRequest};
use crate::{door, map};

/// The groups in the order in which they are listed.
pub(super) const GROUPS: [PayoutGroup; 4] =
    [PayoutGroup::Waiting, PayoutGroup::OnTheWay, PayoutGroup::Done, PayoutGroup::NotPaid];

/// Where a payout in this state is listed.
pub(super) fn group(state: &str) -> PayoutGroup {
    match state {
        "awaiting" => PayoutGroup::Waiting,
        "executed" | "closed" => PayoutGroup::Done,
        "refused" | "failed" => PayoutGroup::NotPaid,
        _ => PayoutGroup::OnTheWay,
    }
}

fn place(group: PayoutGroup) -> usize {
    GROUPS.iter().position(|one| *one == group).unwrap_or(GROUPS.len())
}

/// How many there are of a count that a page shows.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How many payouts of this group there are.
pub(super) fn of_group(rows: &[QueueRow], wanted: PayoutGroup) -> u32 {
    count(rows.iter().filter(|row| group(row.state) == wanted).count())
}

/// The row of a payout.
pub(super) fn row(payout: &QueueRow, rules: Option<&Rules>) -> PayoutRow {
    let tag = TokenTag::from_text(&payout.tag);
    let (symbol, decimals) = map::token_names(rules, &tag);
    let target = rules.and_then(|rules| rules.token(&tag)).and_then(|token| token.targets.get(&payout.chain));
    PayoutRow {
        ever_hash: payout.ever_hash.to_string(),
        state: payout.state.to_owned(),
        group: group(payout.state),
        waits_for: payout.waits_for.map(str::to_owned),
        verdict: verdict(payout),
        tag: payout.tag.clone(),
        symbol,
        decimals,
        amount: payout.amount.clone(),
        target_amount: payout.target_amount.clone(),
        target_decimals: target.map(|target| target.decimals),
        chain: payout.chain.clone(),
        to: payout.to.clone(),
        burnt_ms: payout.burnt_ms,
        since_ms: payout.since_ms,
        signed: count(payout.signed_by.len()),
        needed: payout.needed,
        tx: payout.tx.clone(),
        accused: !payout.accused.is_empty(),
    }
}

/// The code of what the policy or a person said; the words of a person are in the details.
fn verdict(payout: &QueueRow) -> Option<String> {
    let code = match (payout.approver.as_deref(), payout.verdict.as_deref()) {
        (Some("auto"), _) => "auto_up_to",
        (Some(_), _) => "approved",
        (None, _) if payout.state == "failed" => "failed",
        (None, Some(said)) => said.split(' ').next()?,
        (None, None) => return None,
    };
    Some(code.to_owned())
}

/// The place of a payout in the list: group, then newest first.
type Place = (usize, Reverse<u64>, Reverse<EverHash>);

fn place_of(payout: &QueueRow) -> Place {
    (place(group(payout.state)), Reverse(payout.burnt_ms), Reverse(payout.ever_hash))
}

/// One page of all payouts.
///
/// # Errors
/// `invalid_request` for a limit or cursor that is none.
pub(super) fn page(
    mut all: Vec<QueueRow>,
    request: &PayoutsRequest,
    rules: Option<&Rules>,
) -> Result<PayoutPage, CommandError> {
    let limit = door::rows(request.limit)?;
    let after = request.cursor.as_deref().map(cursor).transpose()?;
    for text in [&request.chain, &request.tag, &request.text].into_iter().flatten() {
        door::text(text)?;
    }
    let counts = GROUPS.map(|group| of_group(&all, group));
    all.retain(|payout| is_wanted(payout, request));
    all.sort_by_key(place_of);
    let mut rest = all.iter().filter(|payout| after.is_none_or(|after| place_of(payout) > after)).peekable();
    let shown: Vec<&QueueRow> = rest.by_ref().take(limit).collect();
    let cursor = rest.peek().and(shown.last()).map(|last| cursor_of(last));
    Ok(PayoutPage { rows: shown.into_iter().map(|payout| row(payout, rules)).collect(), cursor, counts })
}

fn is_wanted(payout: &QueueRow, request: &PayoutsRequest) -> bool {
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let text = request.text.as_deref().map(|text| text.trim().to_lowercase());
    request.group.is_none_or(|wanted| group(payout.state) == wanted)
        && is(&request.chain, &payout.chain)
        && is(&request.tag, &payout.tag)
        && text
            .is_none_or(|text| payout.ever_hash.to_string().contains(&text) || payout.to.to_lowercase().contains(&text))
}

fn cursor_of(payout: &QueueRow) -> String {
    format!("{}.{}.{}", place(group(payout.state)), payout.burnt_ms, payout.ever_hash)
}

fn cursor(text: &str) -> Result<Place, CommandError> {
    let bad = || CommandError::new("invalid_request", "not a cursor of payouts");
    let mut parts = text.splitn(3, '.');
    let mut next = || parts.next().ok_or_else(bad);
    let group = next()?.parse().map_err(|_| bad())?;
    let burnt_ms = next()?.parse().map_err(|_| bad())?;
    Ok((group, Reverse(burnt_ms), Reverse(door::ever_hash(next()?).map_err(|_| bad())?)))
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    pub(in crate::watch) fn payout(number: u8, state: &'static str) -> QueueRow {
        QueueRow {
            ever_hash: EverHash::new([number; 32]),
            state,
            waits_for: None,
            verdict: None,
            approver: None,
            tag: everpay::eth_token().tag().to_string(),
            amount: "1500000000000000000".to_owned(),
            target_amount: "1500000000000000000".to_owned(),
            chain: "ethereum".to_owned(),
            to: format!("0x{}", hex(number).repeat(20)),
            burnt_ms: u64::from(number),
            since_ms: 1,
            digest: None,
            signed_by: Vec::new(),
            needed: Some(2),
            tx: None,
            accused: Vec::new(),
            signers: Vec::new(),
            can_reopen: false,
        }
    }

    fn hex(number: u8) -> String {
        format!("{number:02x}")
    }

    fn asking(limit: u32) -> PayoutsRequest {
        PayoutsRequest { group: None, chain: None, tag: None, text: None, cursor: None, limit }
    }

    fn numbers(page: &PayoutPage) -> Vec<u64> {
        page.rows.iter().map(|row| row.burnt_ms).collect()
    }

    fn some() -> Vec<QueueRow> {
        let states = ["closed", "awaiting", "signed", "refused", "awaiting", "executed", "seen"];
        (1..).zip(states).map(|(number, state)| payout(number, state)).collect()
    }

    #[test]
    fn what_waits_for_a_person_comes_first_and_no_page_skips_or_repeats_a_row() {
        let want = vec![5, 2, 7, 3, 6, 1, 4];
        for limit in 1..=8 {
            let (mut told, mut request) = (Vec::new(), asking(limit));
            loop {
                let page = page(some(), &request, None).unwrap();
                assert_eq!(page.counts, [2, 2, 2, 1]);
                told.extend(numbers(&page));
                match page.cursor {
                    Some(cursor) => request.cursor = Some(cursor),
                    None => break,
                }
            }
            assert_eq!(told, want, "{limit} at a time");
        }
    }

    #[test]
    fn a_filter_leaves_what_it_names_and_changes_no_count() {
        let shown = |request: PayoutsRequest| {
            let page = page(some(), &request, None).unwrap();
            assert_eq!(page.counts, [2, 2, 2, 1]);
            numbers(&page)
        };
        assert_eq!(shown(PayoutsRequest { group: Some(PayoutGroup::NotPaid), ..asking(9) }), [4]);
        assert_eq!(shown(PayoutsRequest { chain: Some("moon".into()), ..asking(9) }), [0; 0]);
        assert_eq!(shown(PayoutsRequest { text: Some(" 0X0606".into()), ..asking(9) }), [6]);
        assert_eq!(shown(PayoutsRequest { text: Some(EverHash::new([3; 32]).to_string()), ..asking(9) }), [3]);
        assert_eq!(shown(PayoutsRequest { tag: Some(payout(1, "seen").tag), ..asking(9) }).len(), 7);
    }

    #[test]
    fn foreign_cursors_limits_and_texts_are_refused() {
        for cursor in ["", "1", "1.2", "1.2.3", "x.2.0x", "1.2.3.4"] {
            let request = PayoutsRequest { cursor: Some(cursor.into()), ..asking(9) };
            assert_eq!(page(some(), &request, None).unwrap_err().code, "invalid_request", "{cursor}");
        }
        assert!(page(some(), &asking(0), None).is_err());
        assert!(page(some(), &PayoutsRequest { text: Some("x".repeat(600)), ..asking(9) }, None).is_err());
    }

    #[test]
    fn a_row_has_the_tokens_names_where_the_list_knows_them_and_codes_for_verdicts() {
        let listed = Rules { tokens: everpay::Tokens::Listed(vec![everpay::eth_token()]), ..Rules::open("o") };
        let known = row(&payout(1, "awaiting"), Some(&listed));
        assert_eq!((known.symbol.as_str(), known.decimals, known.target_decimals), ("ETH", Some(18), Some(18)));
        assert_eq!(row(&payout(1, "awaiting"), None).target_decimals, None);
        let said = |state, verdict: Option<&str>, approver: Option<&str>| {
            let payout = QueueRow {
                verdict: verdict.map(str::to_owned),
                approver: approver.map(str::to_owned),
                ..payout(1, state)
            };
            row(&payout, None).verdict
        };
        assert_eq!(said("seen", None, None), None);
        assert_eq!(said("awaiting", Some("auto_up_to 5"), None).as_deref(), Some("auto_up_to"));
        assert_eq!(said("signed", None, Some("auto")).as_deref(), Some("auto_up_to"));
        assert_eq!(said("approved", Some("approved by Ada"), Some("Ada")).as_deref(), Some("approved"));
        assert_eq!(said("refused", Some("refused by Ada: no"), None).as_deref(), Some("refused"));
        assert_eq!(said("failed", Some("the vault tried"), None).as_deref(), Some("failed"));
    }
}
