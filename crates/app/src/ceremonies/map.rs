//! From what the driver knows to what pages are told.

use ceremony::{self as driver, Id, KeyAddress as Found, Note, Overview};

use crate::api::{
    BitcoinNetwork, CeremoniesView, CeremonyDetail, CeremonyEvent, CeremonyFailure, CeremonyKind, CeremonyMember,
    CeremonyPeer, CeremonyRow, CeremonyState, Culprit, Field, KeyAddress, KeyMember, MarkState, PaidOutput, Reason,
    RoundMark, SessionDetail, SessionMember, SessionRow, SessionState, SharedKey, SpentCoin, WatchmanMode,
};

/// While no driver runs.
pub(super) fn nothing(mode: WatchmanMode) -> CeremoniesView {
    CeremoniesView {
        mode,
        own_key: None,
        own_words: Vec::new(),
        peers: Vec::new(),
        keys: Vec::new(),
        ceremonies: Vec::new(),
        sessions: Vec::new(),
        troubles: Vec::new(),
    }
}

pub(super) fn view(mode: WatchmanMode, now: Overview) -> CeremoniesView {
    CeremoniesView {
        mode,
        own_key: hex(now.own_key),
        own_words: now.own_words,
        peers: now.peers.into_iter().map(peer).collect(),
        keys: now.keys.into_iter().map(key).collect(),
        ceremonies: now.ceremonies.into_iter().map(ceremony_row).collect(),
        sessions: now.sessions.into_iter().map(session_row).collect(),
        troubles: now.troubles.into_iter().map(trouble).collect(),
    }
}

fn trouble(note: Note) -> Reason {
    let values: Vec<String> = note.params.into_iter().map(|(_, value)| value).collect();
    Reason { code: note.code, subject: values.join(" ") }
}

fn peer(row: driver::PeerRow) -> CeremonyPeer {
    CeremonyPeer { peer: row.peer, name: row.name, up: row.up, me: row.me, key: hex(row.key), words: row.words }
}

fn key(row: driver::KeyRow) -> SharedKey {
    SharedKey {
        group: row.group.to_string(),
        key: row.key.to_string(),
        label: row.label,
        network: network(row.network),
        threshold: row.threshold,
        generation: row.generation,
        members: row.members.into_iter().map(member).collect(),
        since_ms: row.since_ms,
        share: row.share,
        backed_up_ms: row.backed_up_ms,
        drilled_ms: row.drilled_ms,
        busy: hex(row.busy),
    }
}

fn member(row: driver::MemberRow) -> KeyMember {
    KeyMember { number: row.number, name: row.name, peer: row.peer, me: row.me, up: row.up }
}

pub(super) fn ceremony_row(row: driver::CeremonyRow) -> CeremonyRow {
    CeremonyRow {
        id: row.id.to_string(),
        kind: match row.kind {
            driver::Kind::Create => CeremonyKind::Create,
            driver::Kind::Refresh => CeremonyKind::Refresh,
            driver::Kind::Remove => CeremonyKind::Remove,
            driver::Kind::Repair => CeremonyKind::Repair,
        },
        label: row.label,
        group: hex(row.group),
        state: match row.state {
            driver::State::Invited => CeremonyState::Invited,
            driver::State::Comparing => CeremonyState::Comparing,
            driver::State::Running => CeremonyState::Running,
            driver::State::InDoubt => CeremonyState::InDoubt,
            driver::State::Done => CeremonyState::Done,
            driver::State::Failed => CeremonyState::Failed,
            driver::State::Stopped => CeremonyState::Stopped,
        },
        my_turn: row.my_turn,
        attempt: row.attempt,
        begun_ms: row.begun_ms,
        ended_ms: row.ended_ms,
    }
}

pub(super) fn ceremony(detail: driver::CeremonyDetail) -> CeremonyDetail {
    CeremonyDetail {
        row: ceremony_row(detail.row),
        network: network(detail.network),
        threshold: detail.threshold,
        proposer: detail.proposer,
        fingerprint: detail.fingerprint.to_string(),
        words: detail.words,
        members: detail.members.into_iter().map(ceremony_member).collect(),
        subject: detail.subject,
        rounds: detail.rounds,
        gives_up_ms: detail.gives_up_ms,
        failure: detail.failure.map(failure),
        outcome: hex(detail.outcome),
        log: detail.log.into_iter().map(event).collect(),
    }
}

fn ceremony_member(one: driver::CeremonyMember) -> CeremonyMember {
    let mark = |mark: driver::Mark| RoundMark {
        state: match mark.state {
            driver::MarkState::Open => MarkState::Open,
            driver::MarkState::Waiting => MarkState::Waiting,
            driver::MarkState::Sent => MarkState::Sent,
            driver::MarkState::Valid => MarkState::Valid,
            driver::MarkState::Broken => MarkState::Broken,
            driver::MarkState::Silent => MarkState::Silent,
            driver::MarkState::Absent => MarkState::Absent,
        },
        after_ms: mark.after_ms,
    };
    CeremonyMember {
        member: member(one.member),
        key: one.key.to_string(),
        words: one.words,
        compared: one.compared,
        joined: one.joined,
        marks: one.marks.into_iter().map(mark).collect(),
    }
}

fn failure(failure: driver::Failure) -> CeremonyFailure {
    let culprit = |one: driver::Culprit| Culprit { number: one.number, charge: one.charge, disputed: one.disputed };
    CeremonyFailure {
        code: failure.code,
        culprits: failure.culprits.into_iter().map(culprit).collect(),
        silent: failure.silent,
        proof: failure.proof,
        can_leave_out: failure.can_leave_out,
    }
}

fn event(line: driver::LogLine) -> CeremonyEvent {
    CeremonyEvent { at_ms: line.at_ms, code: line.code, member: line.member, params: fields(line.params) }
}

pub(super) fn session_row(row: driver::SessionRow) -> SessionRow {
    SessionRow {
        id: row.id.to_string(),
        label: row.label,
        group: row.group.to_string(),
        proposer: row.proposer,
        state: match row.state {
            driver::SessionState::Asked => SessionState::Asked,
            driver::SessionState::Approved => SessionState::Approved,
            driver::SessionState::Declined => SessionState::Declined,
            driver::SessionState::Signed => SessionState::Signed,
            driver::SessionState::Failed => SessionState::Failed,
        },
        amount: row.amount.to_string(),
        to: row.to,
        inputs: row.inputs,
        approved: row.approved,
        threshold: row.threshold,
        asked_ms: row.asked_ms,
    }
}

/// `folder`: what the command names that shows the same from a second process.
pub(super) fn session(detail: driver::SessionDetail, folder: &str) -> SessionDetail {
    let spent = |coin: driver::SpentCoin| SpentCoin {
        outpoint: coin.outpoint,
        amount: coin.amount.to_string(),
        account: coin.account,
        address: coin.address,
    };
    let paid = |paid: driver::PaidOutput| PaidOutput { to: paid.to, amount: paid.amount.to_string(), own: paid.own };
    let one = |one: driver::SessionMember| SessionMember { member: member(one.member), state: one.state };
    SessionDetail {
        second_surface: format!("everwatchd vault session {} --data-dir {folder}", detail.row.id),
        row: session_row(detail.row),
        network: network(detail.network),
        digest: detail.digest.to_string(),
        words: detail.words,
        txid: detail.txid,
        spends: detail.spends.into_iter().map(spent).collect(),
        pays: detail.pays.into_iter().map(paid).collect(),
        fee: detail.fee.to_string(),
        fee_rate: detail.fee_rate,
        members: detail.members.into_iter().map(one).collect(),
        failure: detail.failure.map(failure),
        transaction: detail.transaction,
        gives_up_ms: detail.gives_up_ms,
    }
}

/// `file`: the group's public data, from which the command computes the same alone.
pub(super) fn address(found: Found, network: driver::Network, file: &str) -> KeyAddress {
    let account = found.account.as_ref().map_or_else(String::new, |account| format!("{account} "));
    let network = match network {
        driver::Network::Main => "main",
        driver::Network::Test => "test",
        driver::Network::Regtest => "regtest",
    };
    KeyAddress {
        command: format!("everwatchd vault address {account}--group {file} --network {network}"),
        account: found.account,
        address: found.address,
        script: found.script,
        steps: fields(found.steps),
    }
}

fn fields(params: Vec<(String, String)>) -> Vec<Field> {
    params.into_iter().map(|(name, value)| Field { name, value }).collect()
}

fn hex(id: Option<Id>) -> Option<String> {
    id.map(|id| id.to_string())
}

fn network(network: driver::Network) -> BitcoinNetwork {
    match network {
        driver::Network::Main => BitcoinNetwork::Main,
        driver::Network::Test => BitcoinNetwork::Test,
        driver::Network::Regtest => BitcoinNetwork::Regtest,
    }
}

pub(super) fn network_of(network: BitcoinNetwork) -> driver::Network {
    match network {
        BitcoinNetwork::Main => driver::Network::Main,
        BitcoinNetwork::Test => driver::Network::Test,
        BitcoinNetwork::Regtest => driver::Network::Regtest,
    }
}
