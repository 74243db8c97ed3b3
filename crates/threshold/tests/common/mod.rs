//! Ceremonies in one process: seeded, with a carrier that a test can make lose, repeat, delay and change messages.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by tests that use parts of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use threshold::{
    Abort, CeremonyId, Dkg, Doubt, Identity, Outgoing, Party, Refresh, Refusal, Repair, Roster, Settled, Share, Stage,
    Step, Taken, To,
};

pub fn party(number: u16) -> Party {
    Party::new(number).unwrap()
}

pub fn parties(numbers: impl IntoIterator<Item = u16>) -> BTreeSet<Party> {
    numbers.into_iter().map(party).collect()
}

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn ceremony(number: u8) -> CeremonyId {
    CeremonyId([number; 32])
}

/// The same identity every time, so that a test can act as a member.
pub fn identity(party: Party) -> Identity {
    let mut secret = [7; 32];
    secret[..2].copy_from_slice(&party.number().to_be_bytes());
    Identity::from_secret(&secret).unwrap()
}

pub fn roster(threshold: u16, members: u16) -> Roster {
    let members = (1..=members).map(|n| (party(n), identity(party(n)).peer_key())).collect();
    Roster::new(threshold, members).unwrap()
}

/// A ceremony's machine, whichever.
pub trait Machine {
    type Result;
    fn take(&mut self, from: Party, bytes: &[u8], rng: &mut ChaCha20Rng) -> Taken<Self::Result>;
    fn resend(&self) -> Vec<Outgoing>;
    fn give_up(&mut self) -> Abort;
}

impl Machine for Repair {
    type Result = Option<Share>;
    fn take(&mut self, from: Party, bytes: &[u8], rng: &mut ChaCha20Rng) -> Taken<Option<Share>> {
        self.receive(from, bytes, rng)
    }
    fn resend(&self) -> Vec<Outgoing> {
        self.resend()
    }
    fn give_up(&mut self) -> Abort {
        self.give_up().unwrap()
    }
}

/// A ceremony in two phases.
pub trait Phased {
    fn take(&mut self, from: Party, bytes: &[u8], rng: &mut ChaCha20Rng) -> Taken<Stage>;
    fn staged(&mut self, rng: &mut ChaCha20Rng) -> Step<Result<Stage, Abort>>;
    fn resend(&self) -> Vec<Outgoing>;
    fn give_up(&mut self) -> Abort;
    fn doubt(&self) -> Option<Doubt>;
    fn leave(&mut self, rng: &mut ChaCha20Rng) -> Option<Outgoing>;
}

macro_rules! phased {
    ($machine:ty) => {
        impl Phased for $machine {
            fn take(&mut self, from: Party, bytes: &[u8], rng: &mut ChaCha20Rng) -> Taken<Stage> {
                self.receive(from, bytes, rng)
            }
            fn staged(&mut self, rng: &mut ChaCha20Rng) -> Step<Result<Stage, Abort>> {
                self.staged(rng)
            }
            fn resend(&self) -> Vec<Outgoing> {
                self.resend()
            }
            fn give_up(&mut self) -> Abort {
                self.give_up().unwrap()
            }
            fn doubt(&self) -> Option<Doubt> {
                self.doubt()
            }
            fn leave(&mut self, rng: &mut ChaCha20Rng) -> Option<Outgoing> {
                self.leave(rng)
            }
        }
    };
}
phased!(Dkg);
phased!(Refresh);

/// A ceremony in two phases whose caller keeps every new share at once.
pub struct Staging<M> {
    pub machine: M,
    pub staged: Option<Share>,
}

impl<M: Phased> Machine for Staging<M> {
    type Result = Box<Settled>;
    fn take(&mut self, from: Party, bytes: &[u8], rng: &mut ChaCha20Rng) -> Taken<Self::Result> {
        let step = self.machine.take(from, bytes, rng)?;
        Ok(self.follow(step, rng))
    }
    fn resend(&self) -> Vec<Outgoing> {
        self.machine.resend()
    }
    fn give_up(&mut self) -> Abort {
        self.machine.give_up()
    }
}

impl<M: Phased> Staging<M> {
    pub fn new(machine: M) -> Self {
        Self { machine, staged: None }
    }

    fn follow(&mut self, step: Step<Result<Stage, Abort>>, rng: &mut ChaCha20Rng) -> Step<Result<Box<Settled>, Abort>> {
        let Step { mut send, outcome } = step;
        let outcome = match outcome {
            Some(Ok(Stage::Staged(share))) => {
                self.staged = Some(*share);
                let step = self.machine.staged(rng);
                let step = self.follow(step, rng);
                send.extend(step.send);
                step.outcome
            }
            Some(Ok(Stage::InForce(settled))) => Some(Ok(settled)),
            Some(Err(abort)) => Some(Err(abort)),
            None => None,
        };
        Step { send, outcome }
    }
}

#[derive(Clone, Debug)]
pub struct Envelope {
    pub from: Party,
    pub to: Party,
    pub bytes: Vec<u8>,
}

/// All participants of a ceremony and what is on its way between them.
pub struct Net<M: Machine> {
    pub machines: BTreeMap<Party, M>,
    pub queue: VecDeque<Envelope>,
    pub ended: BTreeMap<Party, Result<M::Result, Abort>>,
    pub refused: Vec<(Envelope, Refusal)>,
    pub rng: ChaCha20Rng,
}

impl<M: Machine> Net<M> {
    pub fn new(seed: u64) -> Self {
        let (machines, queue) = (BTreeMap::new(), VecDeque::new());
        Self { machines, queue, ended: BTreeMap::new(), refused: Vec::new(), rng: rng(seed) }
    }

    pub fn join(&mut self, party: Party, machine: M, send: Vec<Outgoing>) {
        self.machines.insert(party, machine);
        self.post(party, send);
    }

    /// All messages of a run, in the order of their arrival.
    pub fn record(&mut self) -> Vec<Envelope> {
        let mut all = Vec::new();
        while let Some(envelope) = self.next() {
            all.push(envelope.clone());
            self.deliver(envelope);
        }
        all
    }

    /// Puts messages on their way; `join` everybody first, broadcasts go to those who are there when they arrive.
    pub fn post(&mut self, from: Party, send: Vec<Outgoing>) {
        for message in send {
            match message.to {
                To::One(to) => self.queue.push_back(Envelope { from, to, bytes: message.bytes }),
                // Everybody is 1 to 100; who does not take part is dropped on delivery.
                To::All => self.queue.extend((1..=100).map(party).filter(|to| *to != from).map(|to| Envelope {
                    from,
                    to,
                    bytes: message.bytes.clone(),
                })),
            }
        }
    }

    /// Delivers one message; what it sets off goes to the end of the queue.
    pub fn deliver(&mut self, envelope: Envelope) {
        let Some(machine) = self.machines.get_mut(&envelope.to) else { return };
        match machine.take(envelope.from, &envelope.bytes, &mut self.rng) {
            Ok(step) => {
                if let Some(outcome) = step.outcome {
                    assert!(self.ended.insert(envelope.to, outcome).is_none(), "a ceremony ended twice");
                }
                self.post(envelope.to, step.send);
            }
            Err(refusal) => self.refused.push((envelope, refusal)),
        }
    }

    /// Next message that somebody receives.
    pub fn next(&mut self) -> Option<Envelope> {
        while let Some(envelope) = self.queue.pop_front() {
            if self.machines.contains_key(&envelope.to) {
                return Some(envelope);
            }
        }
        None
    }

    pub fn run(&mut self) {
        while let Some(envelope) = self.next() {
            self.deliver(envelope);
        }
    }

    /// Everybody repeats everything.
    pub fn resend(&mut self) {
        let again: Vec<_> = self.machines.iter().map(|(party, machine)| (*party, machine.resend())).collect();
        again.into_iter().for_each(|(party, send)| self.post(party, send));
    }

    pub fn results(self) -> BTreeMap<Party, M::Result>
    where
        M::Result: std::fmt::Debug,
    {
        assert_eq!(self.ended.len(), self.machines.len(), "somebody still waits; refused: {:?}", self.refused);
        self.ended.into_iter().map(|(party, result)| (party, result.unwrap())).collect()
    }
}

pub fn dkg(threshold: u16, members: u16, number: u8, seed: u64) -> Net<Staging<Dkg>> {
    let (mut net, roster) = (Net::new(seed), roster(threshold, members));
    for me in roster.members().keys() {
        let (machine, send) = Dkg::new(roster.clone(), *me, identity(*me), ceremony(number), &mut net.rng).unwrap();
        net.join(*me, Staging::new(machine), send);
    }
    net
}

/// Shares of a new key.
pub fn shares(threshold: u16, members: u16, seed: u64) -> BTreeMap<Party, Share> {
    let mut net = dkg(threshold, members, 1, seed);
    net.run();
    net.results().into_iter().map(|(party, created)| (party, created.share)).collect()
}

pub fn refresh(
    shares: &BTreeMap<Party, Share>,
    keepers: &BTreeSet<Party>,
    number: u8,
    seed: u64,
) -> Net<Staging<Refresh>> {
    let mut net = Net::new(seed);
    for me in keepers {
        let (machine, send) =
            Refresh::new(shares[me].clone(), keepers, identity(*me), ceremony(number), &mut net.rng).unwrap();
        net.join(*me, Staging::new(machine), send);
    }
    net
}

pub fn repair(
    shares: &BTreeMap<Party, Share>,
    helpers: &BTreeSet<Party>,
    lost: Party,
    number: u8,
    seed: u64,
) -> Net<Repair> {
    let mut net = Net::new(seed);
    for me in helpers {
        let (machine, send) =
            Repair::help(&shares[me], helpers, lost, identity(*me), ceremony(number), &mut net.rng).unwrap();
        net.join(*me, machine, send);
    }
    let group = shares[helpers.first().unwrap()].group();
    let machine = Repair::restore(group, lost, helpers, identity(lost), ceremony(number)).unwrap();
    net.join(lost, machine, Vec::new());
    net
}
