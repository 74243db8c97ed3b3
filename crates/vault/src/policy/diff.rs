//! What a new policy changes, as plain lines for a person to approve.

use super::{Policy, TokenPolicy, Window};
use everpay::{Amount, TokenTag};
use std::collections::{BTreeMap, BTreeSet};

const TOKENS: &str = "tokens/";

/// A tag as one segment of a path (RFC 6901): a tag may hold a slash, and must not pass for a line of another token.
fn segment(tag: &TokenTag) -> String {
    tag.as_str().replace('~', "~0").replace('/', "~1")
}

/// The token that a path of a change is about.
#[must_use]
pub fn token_of(path: &str) -> Option<TokenTag> {
    let segment = path.strip_prefix(TOKENS)?.split('/').next()?;
    Some(TokenTag::from_text(&segment.replace("~1", "/").replace("~0", "~")))
}

/// One changed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// What: the path of the member, such as `tokens/TAG/payoutMax`.
    pub path: String,
    /// Its former value; `None`: it was not there.
    pub old: Option<String>,
    /// Its new value; `None`: it is no longer there.
    pub new: Option<String>,
    /// Whether more passes than before because of it.
    pub loosens: bool,
}

/// A value of a policy, and what makes it more permissive.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// A switch that stops.
    Stop(bool),
    /// More passes when it grows; a limit that is absent lets everything pass.
    Limit(Amount),
    /// Less passes when it grows (payouts count, or wait, for longer); absent lets everything pass.
    Time(u32),
    /// A line that forbids by being there.
    Forbids,
    /// A line that permits by being there.
    Permits,
}

/// The lines in which two policies differ, in the order of their paths.
#[must_use]
pub fn diff(old: &Policy, new: &Policy) -> Vec<PolicyChange> {
    let (old, new) = (lines(old), lines(new));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    paths
        .into_iter()
        .filter(|path| old.get(*path) != new.get(*path))
        .map(|path| PolicyChange {
            path: path.clone(),
            old: old.get(path).map(Line::text),
            new: new.get(path).map(Line::text),
            loosens: !is_of_removed(path, &old, &new) && loosens(old.get(path), new.get(path)),
        })
        .collect()
}

/// Whether this is a limit of a token that is no longer paid out at all.
fn is_of_removed(path: &str, old: &BTreeMap<String, Line>, new: &BTreeMap<String, Line>) -> bool {
    let is_token = |line: &String| path.strip_prefix(line.as_str()).is_some_and(|member| member.starts_with('/'));
    old.iter().any(|(line, kind)| *kind == Line::Permits && is_token(line) && !new.contains_key(line))
}

fn loosens(old: Option<&Line>, new: Option<&Line>) -> bool {
    match (old, new) {
        (Some(Line::Stop(was)), Some(Line::Stop(is))) => *was && !*is,
        (Some(Line::Limit(was)), Some(Line::Limit(is))) => is > was,
        (Some(Line::Time(was)), Some(Line::Time(is))) => is < was,
        (Some(Line::Permits), None) | (None, Some(Line::Forbids | Line::Limit(_) | Line::Time(_))) => false,
        (Some(Line::Forbids | Line::Limit(_) | Line::Time(_)), None) | (None, Some(Line::Permits)) => true,
        // Lines of one path are of one kind; what is not recognised is shown as the graver.
        _ => true,
    }
}

fn lines(policy: &Policy) -> BTreeMap<String, Line> {
    let mut lines = BTreeMap::from([("stopped".to_owned(), Line::Stop(policy.stopped))]);
    for (tag, token) in &policy.tokens {
        token_lines(&mut lines, tag, token);
    }
    lines.extend(policy.deny.iter().map(|account| (format!("deny/{account}"), Line::Forbids)));
    if let Some(allow) = &policy.allow {
        lines.insert("allow".to_owned(), Line::Forbids);
        lines.extend(allow.iter().map(|account| (format!("allow/{account}"), Line::Permits)));
    }
    lines
}

fn token_lines(lines: &mut BTreeMap<String, Line>, tag: &TokenTag, token: &TokenPolicy) {
    let start = format!("{TOKENS}{}", segment(tag));
    let mut put = |member: &str, line: Line| lines.insert(format!("{start}{member}"), line);
    put("", Line::Permits);
    put("/payoutMax", Line::Limit(token.payout_max));
    put("/autoUpTo", Line::Limit(token.auto_up_to));
    let windows: [(&str, Option<Window>); 2] = [("window", token.window), ("recipient", token.recipient)];
    for (name, window) in windows {
        if let Some(window) = window {
            put(&format!("/{name}/max"), Line::Limit(window.max));
            put(&format!("/{name}/hours"), Line::Time(window.hours));
        }
    }
    if let Some(delay) = token.delay {
        put("/delay/above", Line::Limit(delay.above));
        put("/delay/minutes", Line::Time(delay.minutes));
    }
}

impl Line {
    fn text(&self) -> String {
        match self {
            Self::Stop(on) => on.to_string(),
            Self::Limit(amount) => amount.to_string(),
            Self::Time(length) => length.to_string(),
            Self::Forbids | Self::Permits => "present".to_owned(),
        }
    }
}
