#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::burn::{BatchRef, Burn};
use everpay::{EverHash, eth_token};
use proptest::prelude::*;

const HOUR: u64 = 3_600_000;
/// A moment well after the start of time.
const NOW: u64 = 1_000 * HOUR;

fn text() -> String {
    let tag = eth_token().tag();
    format!(
        r#"{{"version":1,"stopped":false,"tokens":{{"{tag}":{{"payoutMax":"100","window":{{"hours":24,"max":"150"}},
        "recipient":{{"hours":2,"max":"120"}},"delay":{{"above":"50","minutes":90}},"autoUpTo":"10"}}}},
        "deny":["{}"],"allow":null}}"#,
        account(66)
    )
}

fn policy() -> Policy {
    Policy::parse(&text()).unwrap()
}

fn account(number: u8) -> AccountId {
    AccountId::Evm([number; 20])
}

fn burn(number: u8, to: u8, amount: u64) -> Burn {
    let batch = BatchRef { id: [1; 32], height: 1, time_ms: NOW - 100 * HOUR };
    let (hash, to) = (EverHash::new([number; 32]), account(to).to_string());
    Burn::new(hash, batch, &eth_token(), "ethereum", &to, Amount::from(amount)).unwrap()
}

/// `(number, to, amount, hours ago)` of what was paid.
fn history(paid: &[(u8, u8, u64, u64)]) -> History {
    let mut history = History::default();
    for (number, to, amount, ago) in paid {
        let spent =
            Spent { tag: eth_token().tag(), to: account(*to), amount: Amount::from(*amount), at_ms: NOW - ago * HOUR };
        history.add(EverHash::new([*number; 32]), spent);
    }
    history
}

/// A verdict in one line: its kind, the rule, and for a hold the hours from now.
fn brief(verdict: &Verdict) -> String {
    let name = |rule: &PolicyRule| match rule {
        PolicyRule::Window { spent, .. } => format!("window spent {}", spent.map_or("?".to_owned(), |s| s.to_string())),
        PolicyRule::RecipientWindow { spent, .. } => {
            format!("recipient spent {}", spent.map_or("?".to_owned(), |s| s.to_string()))
        }
        PolicyRule::Delay(delay) => format!("delay {}m", delay.minutes),
        PolicyRule::AutoUpTo { limit } => format!("limit {limit}"),
        PolicyRule::PayoutMax { max } => format!("payout max {max}"),
        other => format!("{other:?}"),
    };
    match verdict {
        Verdict::Auto { rule } => format!("auto: {}", name(rule)),
        Verdict::Ask { rule } => format!("ask: {}", name(rule)),
        Verdict::HoldUntil { at_ms, rule } => format!("hold {}h: {}", (at_ms - NOW) / HOUR, name(rule)),
        Verdict::Forbid { rule } => format!("forbid: {}", name(rule)),
    }
}

#[test]
fn each_rule_decides_where_it_should_and_is_named_with_its_numbers() {
    // amount, to, what was paid before (number, to, amount, hours ago), verdict
    type Paid = &'static [(u8, u8, u64, u64)];
    let table: &[(u64, u8, Paid, &str)] = &[
        (10, 7, &[], "auto: limit 10"),
        (11, 7, &[], "ask: limit 10"),
        (100, 7, &[], "ask: limit 10"),
        (101, 7, &[], "forbid: payout max 100"),
        (5, 66, &[], "forbid: RecipientDenied"),
        // The window is full until the oldest payout leaves it; exactly full is not too much.
        (50, 7, &[(1, 8, 100, 23)], "ask: limit 10"),
        (51, 7, &[(1, 8, 100, 23)], "hold 1h: window spent 100"),
        (51, 7, &[(1, 8, 100, 24)], "ask: limit 10"),
        (100, 7, &[(1, 8, 10, 20), (2, 8, 90, 10)], "hold 14h: window spent 100"),
        (55, 7, &[(1, 8, 10, 20), (2, 8, 90, 10)], "hold 4h: window spent 100"),
        // One recipient's window, apart from others'.
        (21, 7, &[(1, 7, 100, 1)], "hold 1h: recipient spent 100"),
        (20, 7, &[(1, 7, 100, 1)], "ask: limit 10"),
        (21, 7, &[(1, 8, 100, 1)], "ask: limit 10"),
        // Of two holds the later one counts.
        (51, 7, &[(1, 7, 100, 1)], "hold 23h: window spent 100"),
        // A payout is not counted against itself.
        (100, 7, &[(9, 7, 100, 1)], "ask: limit 10"),
    ];
    for (amount, to, paid, want) in table {
        let verdict = policy().judge(&burn(9, *to, *amount), &history(paid), NOW);
        assert_eq!(brief(&verdict), *want, "{amount} to {to} after {paid:?}");
    }
}

#[test]
fn a_large_amount_waits_from_the_time_of_its_batch() {
    let mut large = burn(9, 7, 51);
    large.batch.time_ms = NOW - HOUR;
    let verdict = policy().judge(&large, &History::default(), NOW);
    let delay = Delay { above: Amount::from(50_u64), minutes: 90 };
    assert_eq!(verdict, Verdict::HoldUntil { at_ms: NOW + HOUR / 2, rule: PolicyRule::Delay(delay) });
    assert_eq!(brief(&policy().judge(&large, &History::default(), NOW + HOUR / 2)), "ask: limit 10");
    let small = Burn { amount: Amount::from(50_u64), ..large };
    assert_eq!(brief(&policy().judge(&small, &History::default(), NOW)), "ask: limit 10");
}

#[test]
fn switch_lists_and_unknown_tokens_forbid() {
    let judged = |change: &dyn Fn(&mut Policy), burn: &Burn| {
        let mut policy = policy();
        change(&mut policy);
        brief(&policy.judge(burn, &History::default(), NOW))
    };
    let small = burn(9, 7, 5);
    assert_eq!(judged(&|policy| policy.stopped = true, &small), "forbid: Stopped");
    assert_eq!(judged(&|policy| policy.tokens.clear(), &small), "forbid: TokenNotListed");
    assert_eq!(judged(&|policy| policy.allow = Some(BTreeSet::new()), &small), "forbid: RecipientNotAllowed");
    assert_eq!(judged(&|policy| policy.allow = Some([account(7)].into()), &small), "auto: limit 10");
    let unreadable = Burn { to: "somebody".to_owned(), ..small };
    assert_eq!(judged(&|_| (), &unreadable), "forbid: RecipientUnreadable");
}

#[test]
fn the_spelling_of_an_address_does_not_get_around_the_deny_list() {
    let lower = Burn { to: account(66).to_string().to_lowercase()[2..].to_owned(), ..burn(9, 7, 5) };
    assert_eq!(brief(&policy().judge(&lower, &History::default(), NOW)), "forbid: RecipientDenied");
}

#[test]
fn sums_beyond_256_bits_are_beyond_every_limit() {
    let mut policy = policy();
    let token = policy.tokens.get_mut(&eth_token().tag()).unwrap();
    (token.payout_max, token.recipient, token.delay) = (Amount::MAX, None, None);
    token.window = Some(Window { hours: 24, max: Amount::MAX });
    let mut history = history(&[]);
    for number in 1..=2 {
        let spent = Spent { tag: eth_token().tag(), to: account(8), amount: Amount::MAX, at_ms: NOW };
        history.add(EverHash::new([number; 32]), spent);
    }
    assert_eq!(brief(&policy.judge(&burn(9, 7, 1), &history, NOW)), "hold 24h: window spent ?");
}

#[test]
fn a_policy_file_is_complete_known_and_free_of_contradictions() {
    let refused = |from: &str, to: &str| {
        let changed = text().replacen(from, to, 1);
        assert_ne!(changed, text(), "{from}");
        Policy::parse(&changed).expect_err(to).to_string()
    };
    let has = |from: &str, to: &str, part: &str| {
        let error = refused(from, to);
        assert!(error.contains(part), "{error}");
    };
    has(r#","allow":null"#, "", "missing field `allow`");
    has(r#""delay":{"above":"50","minutes":90},"#, "", "missing field `delay`");
    has(r#""autoUpTo":"10""#, r#""autoUpTo":"10","autoUpto":"99""#, "unknown field");
    has(r#""stopped":false"#, r#""stopped":false,"stopped":true"#, "duplicate field");
    has(r#""version":1"#, r#""version":2"#, "version 2");
    has(r#""payoutMax":"100""#, r#""payoutMax":100"#, "expected");
    has(r#""payoutMax":"100""#, r#""payoutMax":"-1""#, "decimal");
    has(r#""hours":24"#, r#""hours":0"#, "window.hours is out of bounds");
    has(r#""hours":2,"#, r#""hours":8761,"#, "recipient.hours is out of bounds");
    has(r#""minutes":90"#, r#""minutes":43201"#, "delay.minutes is out of bounds");
    has(r#""autoUpTo":"10""#, r#""autoUpTo":"101""#, "autoUpTo is greater than payoutMax");
    has(r#""max":"150""#, r#""max":"99""#, "payoutMax is greater than window.max");
    has(r#""max":"120""#, r#""max":"99""#, "payoutMax is greater than recipient.max");
    has(r#""allow":null"#, &format!(r#""allow":["{}"]"#, account(66)), "denied and allowed");
    has("{", &" ".repeat(1 << 20), "at most");
    let tag = format!("\"{}\":", eth_token().tag());
    let token = text().split_once(&tag).unwrap().1.split_once("}},").unwrap().0.to_owned();
    has(&tag, &format!("{tag}{token}}},{tag}"), "stands twice");
    assert_eq!(Policy::parse(&policy().to_text()).unwrap(), policy());
}

#[test]
fn a_diff_shows_each_changed_line_and_whether_it_lets_more_pass() {
    let mut new = policy();
    new.stopped = true;
    new.deny.clear();
    new.allow = Some([account(7)].into());
    let token = new.tokens.get_mut(&eth_token().tag()).unwrap();
    token.payout_max = Amount::from(90_u64);
    token.auto_up_to = Amount::from(20_u64);
    token.window = Some(Window { hours: 12, max: Amount::from(150_u64) });
    token.delay = None;
    let show = |changes: Vec<PolicyChange>| {
        let line = |change: PolicyChange| {
            let path = change.path.replace(&format!("tokens/{}", eth_token().tag()), "T");
            let value = |value: Option<String>| value.unwrap_or("-".to_owned());
            let arrow = if change.loosens { "=>" } else { "->" };
            format!("{path} {} {arrow} {}", value(change.old), value(change.new))
        };
        changes.into_iter().map(line).collect::<Vec<_>>()
    };
    let (seven, denied) = (account(7), account(66));
    let want = [
        "allow - -> present".to_owned(),
        format!("allow/{seven} - => present"),
        format!("deny/{denied} present => -"),
        "stopped false -> true".to_owned(),
        "T/autoUpTo 10 => 20".to_owned(),
        "T/delay/above 50 => -".to_owned(),
        "T/delay/minutes 90 => -".to_owned(),
        "T/payoutMax 100 -> 90".to_owned(),
        "T/window/hours 24 => 12".to_owned(),
    ];
    assert_eq!(show(diff(&policy(), &new)), want);
    assert_eq!(diff(&new, &new), []);
    new.tokens.clear();
    assert!(diff(&policy(), &new).iter().filter(|change| change.path.starts_with("tokens")).all(|line| !line.loosens));
    assert!(
        diff(&new, &policy()).iter().any(|change| change.path.ends_with(eth_token().tag().as_str()) && change.loosens)
    );
}

#[test]
fn no_token_hides_a_line_of_another() {
    let (eth, odd) = (eth_token().tag(), |end: &str| TokenTag::from_text(&format!("{}{end}", eth_token().tag())));
    let with = |auto: u64| {
        let mut policy = policy();
        let token = policy.tokens[&eth].clone();
        policy.tokens.extend(["/autoUpTo", "~1autoUpTo", "/payoutMax"].map(|end| (odd(end), token.clone())));
        policy.tokens.get_mut(&eth).unwrap().auto_up_to = Amount::from(auto);
        policy
    };
    let changes = diff(&with(10), &with(90));
    let told: Vec<_> = changes.iter().map(|change| (change.path.clone(), change.loosens)).collect();
    assert_eq!(told, [(format!("tokens/{eth}/autoUpTo"), true)]);
    for end in ["", "/autoUpTo", "~1autoUpTo", "~01/"] {
        let mut one = policy();
        one.tokens = [(odd(end), policy().tokens[&eth].clone())].into();
        let changes = diff(&Policy { tokens: [].into(), ..policy() }, &one);
        assert!(!changes.is_empty() && changes.iter().all(|change| token_of(&change.path) == Some(odd(end))), "{end}");
    }
    assert_eq!(token_of("deny/0x12"), None);
}

proptest! {
    #[test]
    fn whatever_passes_keeps_every_window(burns in proptest::collection::vec((1_u64..120, 7_u8..9, 0_u64..3), 1..40)) {
        let (policy, tag) = (policy(), eth_token().tag());
        let token = &policy.tokens[&tag];
        let (mut now, mut history, mut passed) = (NOW, History::default(), Vec::<Spent>::new());
        for (number, (amount, to, hours)) in burns.into_iter().enumerate() {
            now += hours * HOUR;
            let burn = burn(u8::try_from(number).unwrap(), to, amount);
            if let Verdict::Auto { .. } | Verdict::Ask { .. } = policy.judge(&burn, &history, now) {
                let spent = Spent { tag: tag.clone(), to: account(to), amount: burn.amount, at_ms: now };
                history.add(burn.ever_hash, spent.clone());
                passed.push(spent);
            }
            let sum = |window: Window, to: Option<AccountId>| passed.iter()
                .filter(|spent| spent.at_ms + window.length_ms() > now && to.is_none_or(|to| spent.to == to))
                .fold(Amount::ZERO, |sum, spent| sum.checked_add(spent.amount).unwrap());
            prop_assert!(sum(token.window.unwrap(), None) <= token.window.unwrap().max);
            prop_assert!(sum(token.recipient.unwrap(), Some(account(to))) <= token.recipient.unwrap().max);
        }
    }

    #[test]
    fn what_is_held_passes_at_the_time_named_when_nothing_else_happens(paid in proptest::collection::vec((7_u8..9, 1_u64..100, 0_u64..30), 0..6), amount in 1_u64..=100) {
        let paid: Vec<_> = paid.into_iter().enumerate().map(|(number, (to, amount, ago))| (u8::try_from(number).unwrap(), to, amount, ago)).collect();
        let (policy, history, burn) = (policy(), history(&paid), burn(99, 7, amount));
        if let Verdict::HoldUntil { at_ms, .. } = policy.judge(&burn, &history, NOW) {
            let held = |at| matches!(policy.judge(&burn, &history, at), Verdict::HoldUntil { .. });
            prop_assert!(held(at_ms - 1) && !held(at_ms));
        }
    }
}
