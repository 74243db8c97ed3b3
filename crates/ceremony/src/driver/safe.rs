//! Shares in the keystore, backups, and what is to be destroyed.

use std::time::Duration;

use threshold::{GroupId, Party, Share};

use super::{Done, Driver};
use crate::address::{KeyAddress, key_address};
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys;
use crate::model::{Failure, Network};
use crate::plan::{self, Seat};
use crate::record::{Hex, Key, KeyRecord, Phase};

impl Driver {
    /// What waits for the keystore, and what people did not decide in time.
    pub(super) fn keep_house(&mut self) -> Result<(), FileError> {
        let waiting: Vec<Id> = self.live.iter().filter(|(_, live)| live.unkept.is_some()).map(|(id, _)| *id).collect();
        if !waiting.is_empty() && self.open_session().is_ok() {
            for id in waiting {
                let share = self.live.get_mut(&id).and_then(|live| live.unkept.take());
                let repairs = self.book.ceremonies.get(&id).is_some_and(|record| record.plan.subject.is_some());
                match share {
                    Some(share) if repairs && self.is_repair(&id) => self.restored(&id, Some(share))?,
                    Some(share) => self.stage(&id, share)?,
                    None => {}
                }
            }
        }
        let ready = self.book.ceremonies.values().filter(|one| one.phase == Phase::Open && one.is_complete());
        let ready: Vec<Id> = ready.map(|record| record.plan.id).collect();
        for id in ready {
            self.begin_if_complete(&id)?;
        }
        self.destroy()?;
        self.expire()
    }

    fn is_repair(&self, id: &Id) -> bool {
        self.book.ceremonies.get(id).is_some_and(|record| record.plan.kind == crate::model::Kind::Repair)
    }

    /// Destroys shares that no longer count.
    fn destroy(&mut self) -> Result<(), FileError> {
        let Ok(session) = self.open_session() else { return Ok(()) };
        let retired = self
            .book
            .keys
            .values()
            .flat_map(|key| key.record.retired.iter().map(|group| (key.id(), *group, key.record.me)));
        let retired: Vec<(Id, Id, u16)> = retired.collect();
        for (key, group, me) in retired {
            if self.destroy_one(&session, &group, me) {
                self.book.alter_key(&key, |record| {
                    record.retired.remove(&group);
                })?;
            }
        }
        let discarded = self.book.ceremonies.values().filter(|record| record.discard);
        let discarded: Vec<_> =
            discarded.filter_map(|one| Some((one.plan.id, one.staged?, self.seat(&one.plan)?))).collect();
        for (id, group, me) in discarded {
            if self.destroy_one(&session, &group, me) {
                self.book.alter_ceremony(&id, |record| (record.discard, record.staged) = (false, None))?;
            }
        }
        Ok(())
    }

    fn destroy_one(&mut self, session: &keystore::Session, group: &Id, me: u16) -> bool {
        let in_force = self.book.keys.values().any(|key| key.group_id() == *group && !key.record.left);
        let Ok(me) = Party::new(me) else { return true };
        if in_force {
            return true;
        }
        match keys::destroy(session, &GroupId(group.0), me) {
            Ok(()) => {
                self.trouble("destroy", None, &[]);
                true
            }
            Err(why) => {
                self.trouble("destroy", Some(why.code()), &[]);
                false
            }
        }
    }

    /// Ends what waited too long for people, and machines that hear nothing.
    fn expire(&mut self) -> Result<(), FileError> {
        let limit = millis(self.timing.people);
        let old = |begun_ms: u64| now_ms() > begun_ms.saturating_add(limit);
        let open = self.book.ceremonies.values().filter(|one| one.phase == Phase::Open && old(one.plan.begun_ms));
        let ids: Vec<Id> = open.map(|record| record.plan.id).collect();
        for id in ids {
            let Some(record) = self.book.ceremonies.get(&id) else { continue };
            let missing = record.plan.members.iter().map(|seat| seat.number);
            let silent = missing.filter(|number| !record.joined.contains(number)).collect();
            let failure = Failure { code: "silent".to_owned(), silent, ..Failure::default() };
            self.end(&id, Phase::Failed, Some(failure), "failed")?;
        }
        Ok(())
    }

    /// Machines that hear nothing new give up.
    pub(super) fn run_out(&mut self) -> Result<(), FileError> {
        let late: Vec<Id> =
            self.live.keys().copied().filter(|id| self.left(id).is_some_and(|left| left.is_zero())).collect();
        for id in late {
            let abort = self.live.get_mut(&id).and_then(|live| live.machine.give_up());
            if let Some(abort) = abort {
                self.fail(&id, &abort)?;
            }
        }
        Ok(())
    }

    /// How long a machine still waits; none without one, or while it waits for our own keystore.
    pub(super) fn left(&self, id: &Id) -> Option<Duration> {
        let live = self.live.get(id).filter(|live| live.unkept.is_none())?;
        let plan = &self.book.ceremonies.get(id)?.plan;
        let by_hand = live.machine.waits_for().iter().any(|party| {
            let peer = plan.seat(party.number()).and_then(Seat::peer);
            peer.is_some_and(|peer| self.is_carried(&peer))
        });
        let limit = if by_hand { self.timing.carried } else { self.timing.round };
        Some(limit.saturating_sub(live.heard.elapsed()))
    }

    /// Notes for each key whether its share is here.
    pub(super) fn look_for_shares(&mut self) -> Result<(), FileError> {
        let Ok(session) = self.open_session() else { return Ok(()) };
        let all: Vec<(Id, bool, bool)> = self
            .book
            .keys
            .values()
            .map(|key| {
                let here = key.me().is_some_and(|me| keys::share(&session, &key.group, me).is_ok());
                (key.id(), key.record.share, here)
            })
            .collect();
        for (id, noted, here) in all {
            if noted != here {
                self.book.alter_key(&id, |record| record.share = here)?;
            }
        }
        Ok(())
    }

    /// The share in use, for a backup or a drill.
    pub(super) fn share(&self, group: &Id) -> Done<Share> {
        Ok(self.share_in_force(group)?)
    }

    pub(super) fn backed_up(&mut self, group: &Id) -> Done<()> {
        let id = self.key_of(group)?.id();
        self.book.alter_key(&id, |record| record.backed_up_ms = Some(now_ms()))?;
        self.changed();
        Ok(())
    }

    pub(super) fn drilled(&mut self, group: &Id) -> Done<()> {
        let id = self.key_of(group)?.id();
        self.book.alter_key(&id, |record| {
            record.drilled_ms = Some(now_ms());
            record.backed_up_ms.get_or_insert(now_ms());
        })?;
        self.changed();
        Ok(())
    }

    pub(super) fn address(&self, group: &Id, account: Option<&str>) -> Done<KeyAddress> {
        let key = self.key_of(group)?;
        Ok(key_address(&key.group, key.record.network, account)?)
    }

    pub(super) fn group(&self, group: &Id) -> Done<Vec<u8>> {
        Ok(self.key_of(group)?.group.to_bytes())
    }

    /// Takes a share back that was lost here.
    pub(super) fn restore(&mut self, share: Share, named: Option<(String, Network)>) -> Done<Id> {
        let session = self.open_session()?;
        let (key, group) = (Id(share.group().x_only()), Id(share.group().id().0));
        let label = match self.book.keys.get(&key) {
            Some(known) if known.group_id() != group => {
                return Err(AskError::refused(
                    "outdated",
                    "the backup is of an earlier generation of this key's shares",
                )
                .into());
            }
            Some(known) if keys::share(&session, &known.group, share.party()).is_ok() => {
                return Err(AskError::refused("known", "this share is in the keystore").into());
            }
            Some(known) => known.record.label.clone(),
            None => self.take_key_in(&share, named)?,
        };
        keys::put(&session, &label, &share)?;
        self.book.alter_key(&key, |record| record.share = true)?;
        self.greet();
        self.changed();
        Ok(group)
    }

    /// A key that only the backup knows. What it is called, and where its members are reached, others say.
    fn take_key_in(&mut self, share: &Share, named: Option<(String, Network)>) -> Done<String> {
        let (group, unnamed) = (share.group().clone(), named.is_none());
        let short = Id(group.x_only()).to_string();
        let (label, network) = named.unwrap_or_else(|| (format!("restored {}", &short[..8]), Network::Main));
        plan::label(&label).map_err(|bad| AskError::refused("label", bad.to_string()))?;
        let seats = group.roster().members().iter().map(|(party, key)| self.seat_of_key(*party, Id(*key.bytes())));
        let record = KeyRecord {
            label: label.clone(),
            network,
            unnamed,
            group: Hex(group.to_bytes()),
            me: share.party().number(),
            left: false,
            seats: seats.collect(),
            since_ms: now_ms(),
            settlements: Vec::new(),
            share: true,
            backed_up_ms: Some(now_ms()),
            drilled_ms: None,
            retired: Default::default(),
        };
        self.book.put_key(Key { record, group })?;
        Ok(label)
    }

    /// Who has a ceremony key, as far as we know.
    fn seat_of_key(&self, party: Party, key: Id) -> Seat {
        let own = self.book.own.key == Some(key);
        let known = self.book.own.known.iter().find(|(_, known)| known.key == key);
        let (peer, name) = match known {
            _ if own => (self.own.to_string(), self.name.clone()),
            Some((peer, known)) => (peer.clone(), known.name.clone()),
            None => (String::new(), format!("member {party}")),
        };
        Seat { number: party.number(), peer, name, key }
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
