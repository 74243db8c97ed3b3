//! Members that crash at every point of a key generation and of a refresh: before and after each message, one, two or all at once.
//! Whatever happens, the new shares are in force for everybody or for nobody, and nobody stays in doubt.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, VecDeque};

use common::{Envelope, Net, Phased, Staging, identity, parties, party, rng};
use rand_chacha::ChaCha20Rng;
use threshold::{Doubt, Outgoing, Party, Settled, Share, Stage, To, Verdict, forfeit};

/// What outlives a crash.
#[derive(Default)]
struct Disk {
    staged: Option<Share>,
    doubt: Option<Vec<u8>>,
    settled: Option<Box<Settled>>,
    /// The ceremony came to nothing.
    void: bool,
}

struct Member<M> {
    machine: Option<M>,
    doubt: Option<Doubt>,
    disk: Disk,
}

#[derive(Clone, Copy, PartialEq)]
enum Crash {
    /// Before the message is read.
    Before,
    /// Once the disk is written, before anything is sent.
    After,
}

struct World<M> {
    members: BTreeMap<Party, Member<M>>,
    queue: VecDeque<Envelope>,
    rng: ChaCha20Rng,
}

impl<M: Phased> World<M> {
    fn new(net: Net<Staging<M>>) -> Self {
        let start = |machine: Staging<M>| Member { machine: Some(machine.machine), doubt: None, disk: Disk::default() };
        let members: BTreeMap<_, _> =
            net.machines.into_iter().map(|(party, machine)| (party, start(machine))).collect();
        let queue = net.queue.into_iter().filter(|envelope| members.contains_key(&envelope.to)).collect();
        Self { members, queue, rng: rng(1) }
    }

    fn post(&mut self, from: Party, send: Vec<Outgoing>) {
        for Outgoing { to, bytes } in send {
            let others = self.members.keys().filter(|party| **party != from && to.reaches(**party));
            self.queue.extend(others.map(|to| Envelope { from, to: *to, bytes: bytes.clone() }));
        }
    }

    fn crash(&mut self, who: Party) {
        let member = self.members.get_mut(&who).unwrap();
        member.machine = None;
        if member.disk.settled.is_some() || member.disk.void {
            return;
        }
        member.doubt = member.disk.doubt.as_ref().map(|bytes| Doubt::from_bytes(bytes).unwrap());
        match &member.doubt {
            Some(doubt) => {
                let word = doubt.word();
                self.post(who, vec![word]);
            }
            None => member.disk.staged = None,
        }
    }

    fn deliver(&mut self, envelope: Envelope, crash: Option<Crash>) {
        let to = envelope.to;
        if crash == Some(Crash::Before) {
            self.crash(to);
        }
        let send = self.handle(&envelope);
        match crash {
            Some(Crash::After) => self.crash(to),
            _ => self.post(to, send),
        }
    }

    fn handle(&mut self, envelope: &Envelope) -> Vec<Outgoing> {
        let Self { members, rng, .. } = self;
        let member = members.get_mut(&envelope.to).unwrap();
        if member.disk.settled.is_some() {
            return Vec::new();
        }
        if let Some(machine) = &mut member.machine {
            let Ok(mut step) = machine.take(envelope.from, &envelope.bytes, rng) else { return Vec::new() };
            let mut send = std::mem::take(&mut step.send);
            if let Some(Ok(Stage::Staged(share))) = step.outcome {
                member.disk.staged = Some(*share);
                step = machine.staged(rng);
                send.append(&mut step.send);
            }
            if let Some(doubt) = machine.doubt() {
                member.disk.doubt = Some(doubt.to_bytes());
            }
            match step.outcome {
                Some(Ok(Stage::InForce(settled))) => (member.disk.settled, member.machine) = (Some(settled), None),
                Some(Err(abort)) => {
                    assert!(abort.culprits.is_empty(), "nobody did wrong: {abort:?}");
                    assert!(!abort.left.is_empty());
                    (member.disk.void, member.machine) = (true, None);
                }
                _ => {}
            }
            return send;
        }
        if let Some(doubt) = member.doubt.as_mut().filter(|_| !member.disk.void) {
            match doubt.receive(envelope.from, &envelope.bytes) {
                Ok(Some(Verdict::Void(_))) => member.disk.void = true,
                Ok(Some(Verdict::InForce(settlement))) => {
                    let share = member.disk.staged.clone().unwrap();
                    member.disk.settled = Some(Box::new(Settled { share, settlement: *settlement }));
                }
                Ok(None) | Err(_) => {}
            }
            return Vec::new();
        }
        if member.doubt.is_some() || member.disk.doubt.is_some() {
            return Vec::new();
        }
        member.disk.void = true;
        forfeit(&envelope.bytes, envelope.to, &identity(envelope.to), rng).into_iter().collect()
    }

    fn run(&mut self) {
        while let Some(envelope) = self.queue.pop_front() {
            self.deliver(envelope, None);
        }
    }

    /// Everybody says again what they said.
    fn again(&mut self) {
        let say = |member: &Member<M>| match (&member.machine, &member.doubt) {
            (Some(machine), _) => machine.resend(),
            (None, Some(doubt)) => vec![doubt.word()],
            (None, None) => Vec::new(),
        };
        let said: Vec<_> = self.members.iter().map(|(party, member)| (*party, say(member))).collect();
        said.into_iter().for_each(|(party, send)| self.post(party, send));
        self.run();
    }

    /// Who waits in vain leaves, or goes on as somebody in doubt.
    fn lose_patience(&mut self) {
        for party in self.members.keys().copied().collect::<Vec<_>>() {
            let member = self.members.get_mut(&party).unwrap();
            let Some(mut machine) = member.machine.take() else { continue };
            match machine.leave(&mut self.rng) {
                Some(message) => {
                    member.disk.void = true;
                    self.post(party, vec![message]);
                }
                None => member.doubt = Some(Doubt::from_bytes(member.disk.doubt.as_ref().unwrap()).unwrap()),
            }
        }
        self.run();
    }

    /// Who has a settlement shows it to all in doubt.
    fn settle(&mut self) {
        let shown = self.members.values().find_map(|member| member.disk.settled.as_ref());
        let Some(settlement) = shown.map(|settled| settled.settlement.clone()) else { return };
        for member in self.members.values_mut().filter(|member| member.disk.settled.is_none()) {
            let Some(doubt) = &member.doubt else { continue };
            doubt.settled_by(&settlement).unwrap();
            let share = member.disk.staged.clone().unwrap();
            assert_eq!(share.group().id(), settlement.group().id());
            member.disk.settled = Some(Box::new(Settled { share, settlement: settlement.clone() }));
        }
    }

    /// True if the new shares are in force for all, false if for nobody.
    fn ends(mut self, what: &str) -> bool {
        self.run();
        self.again();
        self.lose_patience();
        self.again();
        self.settle();
        let settled: Vec<_> = self.members.values().filter_map(|member| member.disk.settled.as_ref()).collect();
        assert!(settled.is_empty() || settled.len() == self.members.len(), "{what}: {} in force", settled.len());
        let ids: Vec<_> = settled.iter().map(|settled| settled.share.group().id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]));
        let lost = |member: &Member<M>| member.machine.is_none() && member.doubt.is_none();
        let decided = |member: &Member<M>| member.disk.settled.is_some() || member.disk.void || lost(member);
        assert!(self.members.values().all(decided), "{what}: somebody stays in doubt");
        !settled.is_empty()
    }
}

/// How often the new shares came into force in all runs with one member, then all, crashing at each message.
fn crash_everywhere<M: Phased>(make: impl Fn() -> Net<Staging<M>>) -> (usize, usize) {
    let (mut in_force, mut runs) = (0, 0);
    for crash in [Crash::Before, Crash::After] {
        for everybody in [false, true] {
            for at in 0.. {
                let mut world = World::new(make());
                let mut index = 0;
                while let Some(envelope) = world.queue.pop_front() {
                    let dies = index == at;
                    world.deliver(envelope, dies.then_some(crash));
                    if dies && everybody {
                        // All that was on its way is lost, too.
                        world.queue.clear();
                        parties_of(&world).into_iter().for_each(|who| world.crash(who));
                    }
                    index += 1;
                }
                if index <= at {
                    break;
                }
                runs += 1;
                in_force += usize::from(world.ends(&format!("crash at message {at}")));
            }
        }
    }
    (in_force, runs)
}

fn parties_of<M>(world: &World<M>) -> Vec<Party> {
    world.members.keys().copied().collect()
}

#[test]
fn key_generation_is_in_force_for_all_or_nobody_after_a_crash_at_every_point() {
    let (in_force, runs) = crash_everywhere(|| common::dkg(2, 3, 1, 1));
    assert!(runs > 90 && in_force > 5 && in_force < runs, "{in_force} of {runs}");
}

#[test]
fn refresh_is_in_force_for_all_or_nobody_after_a_crash_at_every_point() {
    let old = common::shares(2, 3, 2);
    let (in_force, runs) = crash_everywhere(|| common::refresh(&old, &parties(1..=3), 2, 3));
    assert!(runs > 160 && in_force > 5 && in_force < runs, "{in_force} of {runs}");
}

#[test]
fn removal_from_a_larger_group_is_in_force_for_all_or_nobody_after_two_crashes() {
    use rand_chacha::rand_core::RngCore;
    let old = common::shares(3, 5, 4);
    let mut in_force = 0;
    for seed in 0..60 {
        let mut world = World::new(common::refresh(&old, &parties([1, 2, 4, 5]), 2, seed));
        let mut dice = rng(seed);
        // The last of seven rounds begins after 72 of 84 messages.
        let chosen = [dice.next_u32() % 84, 60 + dice.next_u32() % 24];
        let mut index = 0;
        while let Some(envelope) = world.queue.pop_front() {
            let dies = chosen.contains(&index);
            let crash = if dice.next_u32().is_multiple_of(2) { Crash::Before } else { Crash::After };
            world.deliver(envelope, dies.then_some(crash));
            index += 1;
        }
        in_force += u32::from(world.ends(&format!("seed {seed}")));
    }
    assert!(in_force > 3 && in_force < 60, "{in_force}");
}

#[test]
fn a_doubt_outlives_a_restart_and_takes_only_signed_words_of_its_ceremony() {
    let mut world = World::new(common::dkg(2, 3, 1, 5));
    let mut last = Vec::new();
    while let Some(envelope) = world.queue.pop_front() {
        if envelope.bytes[6] == 4 && envelope.to == party(3) {
            last.push(envelope);
        } else {
            world.deliver(envelope, None);
        }
    }
    world.crash(party(3));
    let bytes = world.members[&party(3)].disk.doubt.clone().unwrap();
    let fresh = || Doubt::from_bytes(&bytes).unwrap();
    let doubt = fresh();
    assert_eq!(doubt.waits_for(), [party(1), party(2)]);
    let To::All = doubt.word().to else { panic!("a word is for all") };
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        assert!(Doubt::from_bytes(&changed).is_err(), "byte {index}");
    }
    for envelope in &last {
        for index in 0..envelope.bytes.len() {
            let mut changed = envelope.bytes.clone();
            changed[index] ^= 1;
            assert!(fresh().receive(envelope.from, &changed).is_err(), "byte {index}");
        }
        let longer = [&envelope.bytes[..], &[0]].concat();
        assert!(fresh().receive(envelope.from, &longer).is_err());
        assert!(fresh().receive(party(7), &envelope.bytes).is_err());
    }
    let mut doubt = fresh();
    assert_eq!(doubt.receive(last[0].from, &last[0].bytes).unwrap(), None);
    // Its word stands: who gave it does not leave any more.
    let left = forfeit(&last[1].bytes, last[0].from, &identity(last[0].from), &mut rng(1)).unwrap();
    assert_eq!(doubt.receive(last[0].from, &left.bytes).unwrap(), None);
    let Some(Verdict::InForce(settlement)) = doubt.receive(last[1].from, &last[1].bytes).unwrap() else {
        panic!("everybody gave their word")
    };
    settlement.creates(&common::roster(2, 3)).unwrap();
    assert_eq!(doubt.settled_by(&settlement), Ok(()));
}
