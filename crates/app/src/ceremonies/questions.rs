//! What a person is asked about shared keys. Members, words and amounts come from the ceremony driver's own books and from
//! the bytes that would be signed; the words are the table's (`confirm::Word`).

use super::Answer;
use crate::api::{
    BitcoinNetwork, CeremonyDetail, CeremonyKind, CeremonyMember, CeremonyPeer, CommandError, InviteRequest, KeyMember,
    SessionDetail, SharedKey,
};
use crate::confirm::{Draft, Word};
use crate::notify::sum;

/// Most outputs that a person can look through in one window; a larger transaction is not approved here.
const OUTPUTS_MAX: usize = 60;
const BTC_DECIMALS: u8 = 8;

/// `peers`: ourselves first, then the invited ones in the order of their numbers.
pub(super) fn invite(request: &InviteRequest, peers: &[&CeremonyPeer]) -> Draft {
    let draft = key(Draft::new(Word::InviteToKey, Word::Invite), &request.label, request.network);
    let draft = draft.fact(Word::SignTogether, of(request.threshold, peers.len())).gap();
    let member = |draft: Draft, peer: &&CeremonyPeer| draft.fact(who_is(peer.me), named(&peer.name, &peer.words));
    peers.iter().fold(draft, member).gap().say(Word::CompareFirst)
}

/// `left_out`: the member that a removal leaves out, who does not take part.
pub(super) fn join(ceremony: &CeremonyDetail, left_out: Option<&KeyMember>) -> Draft {
    let title = match ceremony.row.kind {
        CeremonyKind::Create => Word::JoinCreate,
        CeremonyKind::Refresh => Word::JoinRefresh,
        CeremonyKind::Remove => Word::JoinRemoval,
        CeremonyKind::Repair => Word::JoinRepair,
    };
    let draft = key(Draft::new(title, Word::Join), &ceremony.row.label, ceremony.network);
    let draft = draft.fact(Word::SignTogether, of(ceremony.threshold, ceremony.members.len()));
    let who = ceremony.subject.map(|number| {
        let mut members = ceremony.members.iter().map(|one| &one.member).chain(left_out);
        members.find(|one| one.number == number).map_or_else(|| number.to_string(), numbered)
    });
    let draft = subject(draft, ceremony.row.kind, who.as_deref()).gap();
    let member = |draft: Draft, one: &CeremonyMember| {
        draft.fact(who_is(one.member.me), named(&numbered(&one.member), &one.words))
    };
    let draft = ceremony.members.iter().fold(draft, member).gap();
    let draft = draft.fact(Word::CheckWords, ceremony.words.join(" ")).fact(Word::Fingerprint, &ceremony.fingerprint);
    draft.say(Word::SameWords)
}

/// A task of a key; `None` for key generation, which is none.
pub(super) fn begin(shared: &SharedKey, kind: CeremonyKind, who: Option<&KeyMember>) -> Option<Draft> {
    let title = match kind {
        CeremonyKind::Create => return None,
        CeremonyKind::Refresh => Word::BeginRefresh,
        CeremonyKind::Remove => Word::BeginRemoval,
        CeremonyKind::Repair => Word::BeginRepair,
    };
    let draft = key(Draft::new(title, Word::Begin), &shared.label, shared.network);
    let stay = shared.members.len() - usize::from(kind == CeremonyKind::Remove);
    let draft = draft.fact(Word::SignTogether, of(shared.threshold, stay));
    let who = who.map(numbered);
    let draft = subject(draft, kind, who.as_deref()).gap();
    let member = |draft: Draft, one: &KeyMember| draft.fact(who_is(one.me), numbered(one));
    let draft = shared.members.iter().fold(draft, member);
    Some(if kind == CeremonyKind::Repair { draft } else { draft.gap().say(Word::OldSharesSign) })
}

/// Everything that a transaction does, in full.
///
/// # Errors
/// `refused` for one that a person cannot look through.
pub(super) fn approve(session: &SessionDetail) -> Answer<Draft> {
    if session.pays.len() > OUTPUTS_MAX {
        let why = format!("a person cannot look through more than {OUTPUTS_MAX} outputs");
        return Err(CommandError::new("refused", why));
    }
    let draft = Draft::new(Word::ApproveSession, Word::ApproveAndSign);
    let draft = session.pays.iter().fold(draft, |draft, paid| {
        let name = if paid.own { Word::BackToKey } else { Word::Pays };
        draft.fact(name, format!("{} → {}", btc(&paid.amount), paid.to))
    });
    let rate = format!("{}.{:03} sat/vB", session.fee_rate / 1000, session.fee_rate % 1000);
    let draft = draft
        .fact(Word::Fee, btc(&session.fee))
        .fact(Word::FeeRate, rate)
        .fact(Word::LeavesKey, btc(&session.row.amount))
        .gap();
    let draft = key(draft, &session.row.label, session.network)
        .fact(Word::Transaction, &session.txid)
        .fact(Word::CheckWords, session.words.join(" "))
        .fact(Word::Digest, &session.digest)
        .gap();
    Ok(session.spends.iter().fold(draft, |draft, coin| {
        let account = coin.account.as_ref().map_or_else(String::new, |account| format!(" · {account}"));
        draft.fact(Word::Spends, format!("{} · {}{account}", btc(&coin.amount), coin.outpoint))
    }))
}

/// What a backup holds: its key's label if it is known here, the key, and whose share.
pub(super) fn restore(label: Option<&str>, key: &str, member: &str, generation: u32, file: &str) -> Draft {
    let draft = Draft::new(Word::RestoreShare, Word::TakeIntoUse).fact(Word::File, file);
    let draft = label.into_iter().fold(draft, |draft, label| draft.fact(Word::Label, label));
    draft.fact(Word::SharedKey, key).fact(Word::Member, member).fact(Word::Generation, generation)
}

fn key(draft: Draft, label: &str, network: BitcoinNetwork) -> Draft {
    let network = match network {
        BitcoinNetwork::Main => "Bitcoin",
        BitcoinNetwork::Test => "Bitcoin testnet/signet",
        BitcoinNetwork::Regtest => "Bitcoin regtest",
    };
    draft.fact(Word::SharedKey, label).fact(Word::Network, network)
}

fn who_is(me: bool) -> Word {
    if me { Word::ThisProgram } else { Word::Member }
}

fn subject(draft: Draft, kind: CeremonyKind, who: Option<&str>) -> Draft {
    match (kind, who) {
        (CeremonyKind::Remove, Some(who)) => draft.fact(Word::LeftOut, who),
        (CeremonyKind::Repair, Some(who)) => draft.fact(Word::ShareFor, who),
        _ => draft,
    }
}

fn of(threshold: u16, members: usize) -> String {
    format!("{threshold} / {members}")
}

fn numbered(member: &KeyMember) -> String {
    format!("{} {}", member.number, member.name)
}

fn named(name: &str, words: &[String]) -> String {
    if words.is_empty() { name.to_owned() } else { format!("{name}: {}", words.join(" ")) }
}

fn btc(satoshi: &str) -> String {
    // What is no amount is shown as it is: nothing that is signed is hidden.
    sum(satoshi, Some(BTC_DECIMALS), "BTC").unwrap_or_else(|| satoshi.to_owned())
}

#[cfg(test)]
mod tests;
