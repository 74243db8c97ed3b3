//! What people see, made from records and machines.

use std::time::Duration;

use p2p::PeerId;

use super::safe::millis;
use super::{Done, Driver};
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::{Id, words};
use crate::model::{
    CeremonyDetail, CeremonyMember, CeremonyRow, KeyRow, Kind, Mark, MarkState, MemberRow, Overview, PeerRow,
    SessionState, State,
};
use crate::plan::Seat;
use crate::record::{CeremonyRecord, Key, Phase, Rounds};

impl Driver {
    pub(super) fn overview(&self) -> Overview {
        let mut ceremonies: Vec<CeremonyRow> =
            self.book.ceremonies.values().map(|one| self.ceremony_row(one)).collect();
        ceremonies.sort_by_key(|row| (std::cmp::Reverse(row.begun_ms), row.id));
        let mut sessions: Vec<_> = self.book.sessions.values().map(|one| self.session_row(one)).collect();
        sessions.sort_by_key(|row| (row.state != SessionState::Asked, std::cmp::Reverse(row.asked_ms), row.id));
        let mut troubles: Vec<_> = self.troubles.values().cloned().collect();
        if self.open_session().is_err() && !troubles.iter().any(|note| note.code == "keystore_locked") {
            troubles.push(crate::model::Note { code: "keystore_locked".to_owned(), params: Vec::new() });
        }
        Overview {
            own_key: self.book.own.key,
            own_words: self.book.own.key.map(|key| key.words()).unwrap_or_default(),
            peers: self.peer_rows(),
            keys: self.book.keys.values().map(|key| self.key_row(key)).collect(),
            ceremonies,
            sessions,
            troubles,
        }
    }

    fn peer_rows(&self) -> Vec<PeerRow> {
        let key = self.book.own.key;
        let me = PeerRow {
            peer: self.own.to_string(),
            name: self.name_of(&self.own),
            up: true,
            me: true,
            key,
            words: key.map(|key| key.words()).unwrap_or_default(),
        };
        let mut peers: Vec<PeerId> = self.book.own.known.keys().filter_map(|peer| peer.parse().ok()).collect();
        peers.extend(self.out.as_ref().map(|out| out.presence().peers).unwrap_or_default().iter().map(|peer| peer.id));
        peers.extend(self.names.keys());
        peers.sort_unstable();
        peers.dedup();
        let other = |peer: PeerId| {
            let key = self.book.own.known.get(&peer.to_string()).map(|known| known.key);
            PeerRow {
                name: self.name_of(&peer),
                up: self.is_up(&peer),
                peer: peer.to_string(),
                me: false,
                key,
                words: key.map(|key| key.words()).unwrap_or_default(),
            }
        };
        let others = peers.into_iter().filter(|peer| *peer != self.own).map(other);
        std::iter::once(me).chain(others).collect()
    }

    pub(super) fn member_row(&self, seat: &Seat) -> MemberRow {
        let peer = seat.peer();
        let me = peer == Some(self.own);
        MemberRow {
            number: seat.number,
            name: seat.name.clone(),
            me,
            up: me || peer.is_some_and(|peer| self.is_up(&peer)),
            peer: peer.map(|peer| peer.to_string()),
        }
    }

    fn key_row(&self, key: &Key) -> KeyRow {
        let record = &key.record;
        KeyRow {
            group: key.group_id(),
            key: key.id(),
            label: record.label.clone(),
            network: record.network,
            threshold: key.group.threshold(),
            generation: key.group.generation(),
            members: key.seats().map(|seat| self.member_row(seat)).collect(),
            since_ms: record.since_ms,
            share: record.share && !record.left,
            backed_up_ms: record.backed_up_ms,
            drilled_ms: record.drilled_ms,
            busy: self.busy(&key.group_id()),
        }
    }

    fn state(&self, record: &CeremonyRecord) -> State {
        match record.phase {
            Phase::Open => {
                let me = self.seat(&record.plan);
                let untouched = record.compared.is_empty() && me.is_some_and(|me| !record.joined.contains(&me));
                if untouched && me != Some(record.plan.proposer) { State::Invited } else { State::Comparing }
            }
            Phase::Claimed => State::Running,
            Phase::Doubtful if self.live.contains_key(&record.plan.id) => State::Running,
            Phase::Doubtful => State::InDoubt,
            Phase::Done => State::Done,
            Phase::Failed => State::Failed,
            Phase::Stopped => State::Stopped,
        }
    }

    fn ceremony_row(&self, record: &CeremonyRecord) -> CeremonyRow {
        let me = self.seat(&record.plan);
        CeremonyRow {
            id: record.plan.id,
            kind: record.plan.kind,
            label: record.plan.label.clone(),
            group: record.plan.group,
            state: self.state(record),
            my_turn: record.phase == Phase::Open && me.is_some_and(|me| !record.joined.contains(&me)),
            attempt: record.plan.attempt,
            begun_ms: record.plan.begun_ms,
            ended_ms: record.ended_ms,
        }
    }

    pub(super) fn ceremony_detail(&self, id: &Id) -> Done<CeremonyDetail> {
        let record = self.book.ceremonies.get(id).ok_or(AskError::Unknown("the ceremony"))?;
        let plan = &record.plan;
        let rounds = self.rounds(id);
        let fingerprint = plan.fingerprint();
        Ok(CeremonyDetail {
            row: self.ceremony_row(record),
            network: plan.network,
            threshold: plan.threshold,
            proposer: plan.proposer,
            fingerprint: Id(fingerprint),
            words: words(&fingerprint),
            members: plan.members.iter().map(|seat| self.ceremony_member(record, seat, &rounds)).collect(),
            subject: plan.subject,
            rounds: names(plan.kind, &rounds),
            gives_up_ms: self.left(id).map(|left| now_ms().saturating_add(millis(left))),
            failure: record.failure.clone(),
            outcome: record.outcome,
            log: record.log.clone(),
        })
    }

    fn ceremony_member(&self, record: &CeremonyRecord, seat: &Seat, rounds: &Rounds) -> CeremonyMember {
        let member = self.member_row(seat);
        let compared = (!member.me).then(|| record.compared.contains(&seat.number));
        let marks = self.marks(record, seat.number, member.me, rounds);
        let joined = record.joined.contains(&seat.number);
        CeremonyMember { member, key: seat.key, words: seat.key.words(), compared, joined, marks }
    }

    fn marks(&self, record: &CeremonyRecord, number: u16, me: bool, rounds: &Rounds) -> Vec<Mark> {
        let failure = record.failure.as_ref();
        let broke = failure.is_some_and(|failure| failure.culprits.iter().any(|one| one.number == number));
        let silent = failure.is_some_and(|failure| failure.silent.contains(&number));
        let open = |round: usize| {
            let due = rounds.due.get(round).zip(rounds.done.get(round));
            due.is_some_and(|(due, done)| due.iter().any(|number| !done.contains_key(number)))
        };
        // The first round that somebody has not finished is the one that is waited for.
        let current = (0..rounds.names.len()).find(|round| open(*round));
        let mark = |round: usize| {
            let (due, done) = (&rounds.due[round], &rounds.done[round]);
            let after_ms = done.get(&number).copied();
            let state = match (after_ms, current == Some(round)) {
                _ if !due.contains(&number) => MarkState::Absent,
                (_, true) if broke => MarkState::Broken,
                (Some(_), _) if me => MarkState::Sent,
                (Some(_), _) => MarkState::Valid,
                (None, true) if silent => MarkState::Silent,
                (None, true) if !record.phase.is_over() => MarkState::Waiting,
                (None, _) => MarkState::Open,
            };
            Mark { state, after_ms }
        };
        (0..rounds.names.len()).map(mark).collect()
    }
}

/// Names of the rounds; before a machine begins those that its kind will have.
fn names(kind: Kind, rounds: &Rounds) -> Vec<String> {
    if !rounds.names.is_empty() {
        return rounds.names.clone();
    }
    let names: &[&str] = match kind {
        Kind::Create => &["commitments", "echo", "values", "confirmation"],
        Kind::Refresh | Kind::Remove => {
            &["commitments", "echo", "values", "ready", "ready_echo", "test_shares", "verified"]
        }
        Kind::Repair => &["commitments", "echo", "parts", "sums", "restored"],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Unix ms at which something gives up.
pub(super) fn at(asked_ms: u64, limit: Duration) -> u64 {
    asked_ms.saturating_add(millis(limit))
}
