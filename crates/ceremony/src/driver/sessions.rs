//! Sessions of signing as people see and decide them. What is signed is read back from the proposal's bytes by everybody.

use std::collections::{BTreeMap, BTreeSet};

use p2p::PeerId;
use vault_bitcoin::{Description, Holder, SpendRequest, Vault, bitcoin};

use super::rows::at;
use super::safe::millis;
use super::{Done, Driver};
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::{Id, digest_words};
use crate::keys;
use crate::model::{Failure, PaidOutput, SessionDetail, SessionMember, SessionRow, SessionState, SpentCoin};
use crate::plan::Seat;
use crate::record::{Hex, Key, SessionRecord};
use crate::wire::Word;

/// Open sessions of one key.
const OPEN_MAX: usize = 32;

impl Driver {
    /// A person asks the members of a key to sign.
    pub(super) fn propose(&mut self, group: &Id, psbt: &[u8]) -> Done<Id> {
        let key = self.key_of(group)?;
        let me = key.me().ok_or(AskError::NoShare)?.number();
        let request = read(key, psbt)?;
        let record = new(keys::random_id(), key, me, &request, now_ms());
        let id = record.id;
        self.room(&key.id())?;
        self.requests.insert(id, request);
        self.book.put_session(record)?;
        self.spread(&id);
        self.quicken();
        Ok(id)
    }

    fn room(&self, key: &Id) -> Result<(), AskError> {
        let open = self.book.sessions.values().filter(|record| record.key == *key && record.is_open());
        if open.count() < OPEN_MAX { Ok(()) } else { Err(AskError::refused("busy", "too many sessions wait")) }
    }

    /// Somebody asks.
    pub(super) fn hear_proposal(
        &mut self,
        from: &PeerId,
        id: Id,
        group: &Id,
        asked_ms: u64,
        psbt: &[u8],
    ) -> Result<(), FileError> {
        if self.book.sessions.contains_key(&id) || self.book.knows_ceremony(&id) {
            return Ok(());
        }
        let Ok(key) = self.key_of(group) else { return Ok(()) };
        let (Some(number), Some(_)) = (key.seat_of(from).map(|seat| seat.number), key.me()) else { return Ok(()) };
        let request = match read(key, psbt) {
            Ok(request) => request,
            Err(why) => {
                tracing::info!(%from, %why, "a proposal was refused");
                let params = [("peer", self.name_of(from)), ("why", why.to_string())];
                self.trouble("proposal", Some("proposal_refused"), &params);
                return Ok(());
            }
        };
        self.trouble("proposal", None, &[]);
        let Ok(key) = self.key_of(group) else { return Ok(()) };
        let asked_ms = asked_ms.min(now_ms());
        if self.room(&key.id()).is_err() || now_ms() > at(asked_ms, self.timing.session) {
            return Ok(());
        }
        let (record, label) = (new(id, key, number, &request, asked_ms), key.record.label.clone());
        self.requests.insert(id, request);
        self.book.put_session(record)?;
        self.notify("asked", id, true, &label);
        self.quicken();
        Ok(())
    }

    /// What a session would sign, read from its bytes.
    pub(super) fn request(&mut self, id: &Id) -> Result<SpendRequest, AskError> {
        if let Some(request) = self.requests.get(id) {
            return Ok(request.clone());
        }
        let request = self.read_request(id)?;
        self.requests.insert(*id, request.clone());
        Ok(request)
    }

    fn read_request(&self, id: &Id) -> Result<SpendRequest, AskError> {
        let record = self.book.sessions.get(id).ok_or(AskError::Unknown("the session"))?;
        let key = self.book.keys.get(&record.key).ok_or(AskError::Unknown("the key"))?;
        read(key, &record.psbt.0)
    }

    /// Our own number in a session, and the record.
    pub(super) fn in_session(&self, id: &Id) -> Option<(u16, &SessionRecord)> {
        let record = self.book.sessions.get(id)?;
        Some((self.book.keys.get(&record.key)?.me()?.number(), record))
    }

    pub(super) fn approve(&mut self, id: &Id, digest: &Id) -> Done<()> {
        let request = self.request(id)?;
        let (me, record) = self.in_session(id).ok_or(AskError::NoShare)?;
        if request.digest() != digest.0 || record.digest != *digest {
            return Err(AskError::refused("digest", "this is not what would be signed").into());
        }
        if record.state != SessionState::Asked {
            return Err(AskError::refused("state", "it is decided already").into());
        }
        self.share_in_force(&record.group)?;
        self.stand(id, me, true)
    }

    pub(super) fn decline(&mut self, id: &Id) -> Done<()> {
        let (me, record) = self.in_session(id).ok_or(AskError::NoShare)?;
        if record.state != SessionState::Asked {
            return Err(AskError::refused("state", "it is decided already").into());
        }
        self.stand(id, me, false)
    }

    fn stand(&mut self, id: &Id, me: u16, approves: bool) -> Done<()> {
        self.book.alter_session(id, |record| {
            record.stands.insert(me, approves);
            record.state = if approves { SessionState::Approved } else { SessionState::Declined };
        })?;
        self.spread(id);
        self.coordinate(id)?;
        self.quicken();
        Ok(())
    }

    /// Somebody decided.
    pub(super) fn hear_stand(
        &mut self,
        from: &PeerId,
        id: &Id,
        digest: &Id,
        approves: bool,
        by_hand: bool,
    ) -> Result<(), FileError> {
        let Some(record) = self.book.sessions.get(id) else { return Ok(()) };
        let seat = self.book.keys.get(&record.key).and_then(|key| key.seat_of(from));
        let Some(number) = seat.map(|seat| seat.number) else { return Ok(()) };
        if record.digest != *digest || !record.is_open() || record.stands.contains_key(&number) {
            return Ok(());
        }
        self.book.alter_session(id, |record| {
            record.stands.insert(number, approves);
            if by_hand {
                record.carried.insert(number);
            }
        })?;
        self.coordinate(id)?;
        self.quicken();
        Ok(())
    }

    /// What a member should hear of a session.
    pub(super) fn about_session(&self, peer: &PeerId, record: &SessionRecord) -> Vec<Word> {
        let Some(key) = self.book.keys.get(&record.key) else { return Vec::new() };
        let (Some(seat), Some(me)) = (key.seat_of(peer), key.me()) else { return Vec::new() };
        let session = record.id.0;
        let mut words = Vec::new();
        if record.proposer == me.number() && record.is_open() && !record.stands.contains_key(&seat.number) {
            let (group, asked_ms, psbt) = (record.group.0, record.asked_ms, record.psbt.0.clone());
            words.push(Word::Proposal { session, group, asked_ms, psbt });
        }
        if let Some(approves) = record.stands.get(&me.number()) {
            words.push(Word::Stand { session, digest: record.digest.0, approves: *approves });
        }
        if record.is_open() && record.proposer != me.number() {
            words.push(Word::Asking { id: session });
        }
        words.extend(self.signing_words(&record.id, seat.number));
        words.extend(self.signed_word(record));
        words
    }

    /// Sessions of a group that is no longer in force come to nothing.
    pub(super) fn end_sessions_of(&mut self, group: &Id) -> Result<(), FileError> {
        let of_it = self.book.sessions.values().filter(|record| record.group == *group && record.is_open());
        let ids: Vec<Id> = of_it.map(|record| record.id).collect();
        for id in ids {
            self.fail_session(&id, Failure { code: "rule".to_owned(), ..Failure::default() })?;
        }
        Ok(())
    }

    pub(super) fn fail_session(&mut self, id: &Id, failure: Failure) -> Result<(), FileError> {
        self.signing.remove(id);
        self.requests.remove(id);
        self.book.alter_session(id, |record| {
            record.state = SessionState::Failed;
            record.failure = Some(failure);
            record.ended_ms = Some(now_ms());
        })?;
        let label = self.session_label(id);
        self.notify("failed", *id, true, &label);
        Ok(())
    }

    pub(super) fn session_label(&self, id: &Id) -> String {
        let key = self.book.sessions.get(id).and_then(|record| self.book.keys.get(&record.key));
        key.map(|key| key.record.label.clone()).unwrap_or_default()
    }

    pub(super) fn session_row(&self, record: &SessionRecord) -> SessionRow {
        let key = self.book.keys.get(&record.key);
        let request = self.requests.get(&record.id).cloned();
        let told = request.or_else(|| self.read_request(&record.id).ok()).map(|request| request.describe());
        let seat = key.and_then(|key| key.record.seats.iter().find(|seat| seat.number == record.proposer));
        let own = |paid: &vault_bitcoin::Paid| key.is_some_and(|key| is_own(key, &told, paid));
        let foreign = told.iter().flat_map(|told| told.outputs.iter()).filter(|paid| !own(paid));
        let leaving: u64 = foreign.clone().map(|paid| paid.value.to_sat()).sum();
        let fee = told.as_ref().map_or(0, |told| told.fee.to_sat());
        SessionRow {
            id: record.id,
            label: key.map(|key| key.record.label.clone()).unwrap_or_default(),
            group: record.group,
            proposer: seat.map(|seat| seat.name.clone()).unwrap_or_default(),
            state: record.state,
            amount: leaving.saturating_add(fee),
            to: foreign.clone().next().map(|paid| paid.address.to_string()),
            inputs: told.as_ref().map_or(0, |told| u32::try_from(told.inputs.len()).unwrap_or(u32::MAX)),
            approved: u16::try_from(record.approvals().count()).unwrap_or(u16::MAX),
            threshold: key.map_or(0, |key| key.group.threshold()),
            asked_ms: record.asked_ms,
        }
    }

    pub(super) fn session_detail(&self, id: &Id) -> Done<SessionDetail> {
        let record = self.book.sessions.get(id).ok_or(AskError::Unknown("the session"))?;
        let key = self.book.keys.get(&record.key).ok_or(AskError::Unknown("the key"))?;
        let request = self.read_request(id)?;
        let told = request.describe();
        let vault = Vault::new(key.group.clone(), key.record.network.bitcoin());
        let some = Some(told.clone());
        Ok(SessionDetail {
            row: self.session_row(record),
            network: key.record.network,
            digest: Id(told.digest),
            words: digest_words(&told.digest),
            txid: told.txid.to_string(),
            spends: told.inputs.iter().map(|spent| coin(&vault, spent)).collect(),
            pays: told.outputs.iter().map(|paid| output(key, &some, paid)).collect(),
            fee: told.fee.to_sat(),
            fee_rate: told.fee.to_sat().saturating_mul(1_000) / told.vsize.max(1),
            members: key.seats().map(|seat| self.session_member(record, seat)).collect(),
            failure: record.failure.clone(),
            transaction: record.transaction.as_ref().map(|bytes| crypto::hexs::encode(&bytes.0)),
            gives_up_ms: record.is_open().then(|| at(record.asked_ms, self.timing.session)),
        })
    }

    fn session_member(&self, record: &SessionRecord, seat: &Seat) -> SessionMember {
        let state = match (record.marks.get(&seat.number), record.stands.get(&seat.number)) {
            (Some(mark), _) => mark,
            (None, Some(false)) => "declined",
            (None, Some(true)) if record.state == SessionState::Signed => "spare",
            (None, Some(true)) => "approved",
            (None, None) if record.state == SessionState::Signed => "spare",
            (None, None) if record.state == SessionState::Failed => "silent",
            (None, None) => "waiting",
        };
        SessionMember { member: self.member_row(seat), state: state.to_owned() }
    }

    /// Sessions whose time is over, and coordinators that hear nothing.
    pub(super) fn session_times(&mut self) -> Result<(), FileError> {
        let limit = millis(self.timing.session);
        let late =
            self.book.sessions.values().filter(|one| one.is_open() && now_ms() > one.asked_ms.saturating_add(limit));
        let late: Vec<Id> = late.map(|record| record.id).collect();
        for id in late {
            let silent: BTreeSet<u16> = self.undecided(&id);
            let silent = silent.into_iter().collect();
            self.fail_session(&id, Failure { code: "silent".to_owned(), silent, ..Failure::default() })?;
        }
        self.coordinators()
    }

    fn undecided(&self, id: &Id) -> BTreeSet<u16> {
        let Some(record) = self.book.sessions.get(id) else { return BTreeSet::new() };
        let seats = self.book.keys.get(&record.key).map(|key| key.seats().map(|seat| seat.number).collect::<Vec<_>>());
        seats.unwrap_or_default().into_iter().filter(|number| !record.stands.contains_key(number)).collect()
    }
}

/// A new session's record.
fn new(id: Id, key: &Key, proposer: u16, request: &SpendRequest, asked_ms: u64) -> SessionRecord {
    SessionRecord {
        id,
        key: key.id(),
        group: key.group_id(),
        proposer,
        psbt: Hex(request.to_bytes().to_vec()),
        digest: Id(request.digest()),
        asked_ms,
        state: SessionState::Asked,
        stands: BTreeMap::new(),
        carried: BTreeSet::new(),
        marks: BTreeMap::new(),
        transaction: None,
        failure: None,
        ended_ms: None,
    }
}

fn read(key: &Key, psbt: &[u8]) -> Result<SpendRequest, AskError> {
    let vault = Vault::new(key.group.clone(), key.record.network.bitcoin());
    SpendRequest::from_bytes(&vault, psbt).map_err(|refused| AskError::Spend(refused.to_string()))
}

/// Whether an output lies on one of the key's own addresses: its own one, or one that this very transaction spends from.
fn is_own(key: &Key, told: &Option<Description>, paid: &vault_bitcoin::Paid) -> bool {
    let vault = Vault::new(key.group.clone(), key.record.network.bitcoin());
    let holders = told.iter().flat_map(|told| told.inputs.iter().map(|spent| spent.holder));
    let mut places = holders.filter_map(|holder| vault.place(holder).ok());
    paid.back || places.any(|place| place.address(vault.network()) == paid.address)
}

fn coin(vault: &Vault, spent: &vault_bitcoin::Spent) -> SpentCoin {
    let address = vault.place(spent.holder).map(|place| place.address(vault.network()).to_string());
    SpentCoin {
        outpoint: spent.outpoint.to_string(),
        amount: spent.value.to_sat(),
        account: match &spent.holder {
            Holder::Vault => None,
            Holder::Account(account) => Some(account.to_string()),
        },
        address: address.unwrap_or_default(),
    }
}

fn output(key: &Key, told: &Option<Description>, paid: &vault_bitcoin::Paid) -> PaidOutput {
    PaidOutput { to: paid.address.to_string(), amount: paid.value.to_sat(), own: is_own(key, told, paid) }
}

/// A transaction as a chain takes it.
pub(super) fn serialize(transaction: &bitcoin::Transaction) -> Vec<u8> {
    bitcoin::consensus::encode::serialize(transaction)
}
