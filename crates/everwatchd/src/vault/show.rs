//! What ceremonies and sessions look like on a terminal.

use ceremony::{CeremonyDetail, Failure, MarkState, Overview, SessionDetail};
use serde::Serialize;

pub(super) use crate::watchman::line::say;

pub(super) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    say(&serde_json::to_string(value)?)
}

pub(super) fn field(name: &str, value: &str) -> anyhow::Result<()> {
    say(&format!("{name:<13} {value}"))
}

/// A value as its JSON text, without quotes.
fn code<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn overview(all: &Overview) -> anyhow::Result<()> {
    field("own words", &all.own_words.join(" "))?;
    for peer in all.peers.iter().filter(|peer| !peer.me) {
        let up = if peer.up { "up" } else { "away" };
        field("peer", &format!("{}  {up}  {}  {}", peer.peer, peer.name, peer.words.join(" ")))?;
    }
    for key in &all.keys {
        let share = if key.share { "share here" } else { "no share" };
        let members = key.members.len();
        let text = format!(
            "{}  {} of {members}  {}  generation {}  {share}",
            key.group, key.threshold, key.label, key.generation
        );
        field("key", &text)?;
    }
    for row in &all.ceremonies {
        let turn = if row.my_turn { "  your turn" } else { "" };
        field("ceremony", &format!("{}  {}  {}  {}{turn}", row.id, code(&row.kind), code(&row.state), row.label))?;
    }
    for row in &all.sessions {
        let text = format!(
            "{}  {}  {}/{}  {} sat  {}",
            row.id,
            code(&row.state),
            row.approved,
            row.threshold,
            row.amount,
            row.label
        );
        field("session", &text)?;
    }
    all.troubles.iter().try_for_each(|note| field("trouble", &format!("{} {}", note.code, params(&note.params))))
}

fn params(params: &[(String, String)]) -> String {
    params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

pub(super) fn ceremony(detail: &CeremonyDetail) -> anyhow::Result<()> {
    field("ceremony", &detail.row.id.to_string())?;
    field("state", &code(&detail.row.state))?;
    field("what", &format!("{} {:?}, attempt {}", code(&detail.row.kind), detail.row.label, detail.row.attempt))?;
    field("threshold", &format!("{} of {}", detail.threshold, detail.members.len()))?;
    field("words", &detail.words.join(" "))?;
    for member in &detail.members {
        let compared = match member.compared {
            None => "ourselves",
            Some(true) => "compared",
            Some(false) => "not compared",
        };
        let joined = if member.joined { "joined" } else { "not joined" };
        let (number, name, words) = (member.member.number, &member.member.name, member.words.join(" "));
        field("member", &format!("{number}  {name}  {words}  {compared}  {joined}"))?;
        let marks = detail.rounds.iter().zip(&member.marks).filter(|(_, mark)| mark.state != MarkState::Absent);
        let marks: Vec<String> = marks.map(|(round, mark)| format!("{round} {}", code(&mark.state))).collect();
        if !marks.is_empty() {
            field("", &marks.join(" · "))?;
        }
    }
    detail.failure.iter().try_for_each(failure)?;
    detail.outcome.iter().try_for_each(|group| field("group", &group.to_string()))?;
    for line in &detail.log {
        let member = line.member.map_or_else(String::new, |number| format!(" {number}"));
        field("log", &format!("{}  {}{member} {}", line.at_ms, line.code, params(&line.params)))?;
    }
    Ok(())
}

fn failure(failure: &Failure) -> anyhow::Result<()> {
    let culprits = failure.culprits.iter().map(|one| format!("{} ({})", one.number, one.charge));
    let silent = failure.silent.iter().map(|number| format!("{number} (silent)"));
    let named: Vec<String> = culprits.chain(silent).collect();
    field("failed", &format!("{}  {}", failure.code, named.join(", ")))
}

pub(super) fn session(detail: &SessionDetail) -> anyhow::Result<()> {
    field("session", &detail.row.id.to_string())?;
    field("state", &code(&detail.row.state))?;
    field("key", &format!("{}  {}", detail.row.label, detail.row.group))?;
    field("transaction", &detail.txid)?;
    for coin in &detail.spends {
        let holder = coin.account.as_deref().unwrap_or("the key's own address");
        field("spends", &format!("{} sat of {holder} ({})", coin.amount, coin.outpoint))?;
    }
    for paid in &detail.pays {
        let own = if paid.own { " (back to the key)" } else { "" };
        field("pays", &format!("{} sat to {}{own}", paid.amount, paid.to))?;
    }
    let rate = format!("{}.{:03}", detail.fee_rate / 1_000, detail.fee_rate % 1_000);
    field("fee", &format!("{} sat, {rate} sat/vB", detail.fee))?;
    field("digest", &detail.digest.to_string())?;
    field("words", &detail.words.join(" "))?;
    for member in &detail.members {
        field("member", &format!("{}  {}  {}", member.member.number, member.member.name, member.state))?;
    }
    detail.failure.iter().try_for_each(failure)?;
    detail.transaction.iter().try_for_each(|bytes| field("signed", bytes))
}
