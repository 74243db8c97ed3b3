//! Ceremonies of two of three in one process, into which one foreign message is put.
//!
//! Everything is seeded: the n-th delivery of a ceremony is the same in every run until the foreign message arrives.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;
use threshold::{
    Abort, CeremonyId, Coordinator, Dkg, Group, GroupId, Identity, Item, Outgoing, Party, Refresh, Refusal, Repair,
    Request, Roster, Settlement, Share, Signatures, Signer, Spend, Stage, Step, To, verify_signature,
};

/// Most deliveries of a run; honest ones have fewer than 60.
const DELIVERIES_MAX: usize = 400;

/// The kinds of ceremony.
pub(crate) const KINDS: [Kind; 4] = [Kind::Create, Kind::Refresh, Kind::Repair, Kind::Sign];

/// A kind of ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Refresh,
    Repair,
    Sign,
}

/// How it ended for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// With a share of this group.
    Group(GroupId),
    /// As a helper.
    Helped,
    /// With signatures.
    Signed,
    /// With blame, or because nothing goes on.
    Aborted,
}

/// A message on its way, and whose machine is to take it.
#[derive(Debug, Clone)]
struct Envelope {
    from: Party,
    seat: Place,
    bytes: Vec<u8>,
}

/// A party, and whether its coordinating side is meant.
type Place = (Party, bool);

/// What a run came to.
pub(crate) struct Ran {
    /// Everything that was delivered, in order.
    pub(crate) delivered: Vec<Vec<u8>>,
    /// What became of the foreign message, if it was its turn.
    pub(crate) foreign: Option<Result<(), Refusal>>,
    /// How it ended, for everybody who takes part; nothing for who still waits.
    pub(crate) ends: Vec<Option<End>>,
}

enum Seat {
    Create(Box<Dkg>),
    Refresh(Box<Refresh>),
    Repair(Box<Repair>),
    Coordinator(Box<Coordinator>),
    Signer(Box<Share>, Option<Box<Signer>>),
}

#[derive(Default)]
struct Moved {
    send: Vec<Outgoing>,
    end: Option<End>,
    settlement: Option<Vec<u8>>,
}

pub(crate) fn party(number: u16) -> Party {
    Party::new(number).expect("parties are numbered from 1")
}

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn identity(party: Party) -> Identity {
    let mut secret = [7; 32];
    secret[..2].copy_from_slice(&party.number().to_be_bytes());
    Identity::from_secret(&secret).expect("this number is a key")
}

pub(crate) fn roster() -> Roster {
    let members = (1..=3).map(|number| (party(number), identity(party(number)).peer_key())).collect();
    Roster::new(2, members).expect("two of three")
}

fn item() -> Item {
    Item { message: [0x5a; 32], spend: Spend::Plain }
}

/// Shares of one key, and the settlement of their making.
pub(crate) fn made() -> &'static (BTreeMap<Party, Share>, Vec<u8>) {
    static MADE: OnceLock<(BTreeMap<Party, Share>, Vec<u8>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut run = Run::new(Kind::Create);
        run.go(None);
        (run.shares, run.settlement.expect("an honest key generation ends"))
    })
}

/// The group of these shares.
pub(crate) fn group() -> &'static Group {
    made().0[&party(1)].group()
}

/// A ceremony with a foreign message before delivery `at`.
pub(crate) fn run(kind: Kind, foreign: Option<(usize, &[u8])>) -> Ran {
    let mut run = Run::new(kind);
    let (delivered, foreign) = run.go(foreign);
    Ran { delivered, foreign, ends: run.seats.keys().map(|seat| run.ends.get(seat).cloned()).collect() }
}

struct Run {
    seats: BTreeMap<Place, Seat>,
    queue: VecDeque<Envelope>,
    ends: BTreeMap<Place, End>,
    shares: BTreeMap<Party, Share>,
    settlement: Option<Vec<u8>>,
    rng: ChaCha20Rng,
}

impl Run {
    fn new(kind: Kind) -> Self {
        let (seats, queue, ends) = (BTreeMap::new(), VecDeque::new(), BTreeMap::new());
        let mut run = Self { seats, queue, ends, shares: BTreeMap::new(), settlement: None, rng: rng(kind as u64) };
        let ceremony = CeremonyId([kind as u8; 32]);
        match kind {
            Kind::Create => run.create(ceremony),
            Kind::Refresh => run.refresh(ceremony),
            Kind::Repair => run.repair(ceremony),
            Kind::Sign => run.sign(ceremony),
        }
        run
    }

    fn create(&mut self, ceremony: CeremonyId) {
        for me in (1..=3).map(party) {
            let (machine, send) =
                Dkg::new(roster(), me, identity(me), ceremony, &mut self.rng).expect("a member with its key");
            self.sit((me, false), Seat::Create(Box::new(machine)), send);
        }
        self.start();
    }

    fn refresh(&mut self, ceremony: CeremonyId) {
        let shares = &made().0;
        let keepers: BTreeSet<Party> = shares.keys().copied().collect();
        for (me, share) in shares {
            let (machine, send) = Refresh::new(share.clone(), &keepers, identity(*me), ceremony, &mut self.rng)
                .expect("a member with its share");
            self.sit((*me, false), Seat::Refresh(Box::new(machine)), send);
        }
        self.start();
    }

    fn repair(&mut self, ceremony: CeremonyId) {
        let shares = &made().0;
        let (helpers, lost): (BTreeSet<Party>, _) = ([party(1), party(2)].into(), party(3));
        let machine = Repair::restore(group(), lost, &helpers, identity(lost), ceremony).expect("a member that lost");
        self.sit((lost, false), Seat::Repair(Box::new(machine)), Vec::new());
        for me in &helpers {
            let (machine, send) = Repair::help(&shares[me], &helpers, lost, identity(*me), ceremony, &mut self.rng)
                .expect("two helpers with their shares");
            self.sit((*me, false), Seat::Repair(Box::new(machine)), send);
        }
        self.start();
    }

    fn sign(&mut self, ceremony: CeremonyId) {
        let first: BTreeSet<Party> = [party(1), party(2)].into();
        for me in &first {
            self.sit((*me, false), Seat::Signer(Box::new(made().0[me].clone()), None), Vec::new());
        }
        let (machine, send) =
            Coordinator::new(group().clone(), party(1), &first, vec![item()], ceremony).expect("a quorum, one item");
        self.sit((party(1), true), Seat::Coordinator(Box::new(machine)), send);
        self.start();
    }

    fn sit(&mut self, seat: Place, machine: Seat, send: Vec<Outgoing>) {
        self.seats.insert(seat, machine);
        self.queue.extend(send.into_iter().map(|Outgoing { to, bytes }| Envelope {
            from: seat.0,
            seat: (if let To::One(to) = to { to } else { seat.0 }, to == To::All),
            bytes,
        }));
    }

    /// First messages were noted before everybody sat; now they are addressed.
    fn start(&mut self) {
        for Envelope { from, seat: (to, all), bytes } in std::mem::take(&mut self.queue) {
            self.post(from, vec![Outgoing { to: if all { To::All } else { To::One(to) }, bytes }]);
        }
    }

    fn post(&mut self, from: Party, send: Vec<Outgoing>) {
        for Outgoing { to, bytes } in send {
            // Commitments, shares and refusals of signers go to the coordinating side.
            let coordinating =
                |to: Party| matches!(bytes.get(6), Some(2 | 4 | 6)) && self.seats.contains_key(&(to, true));
            let seats: Vec<Place> = match to {
                To::One(to) => vec![(to, coordinating(to))],
                To::All => self.seats.keys().copied().filter(|(to, _)| *to != from).collect(),
            };
            self.queue.extend(seats.into_iter().map(|seat| Envelope { from, seat, bytes: bytes.clone() }));
        }
    }

    fn go(&mut self, foreign: Option<(usize, &[u8])>) -> (Vec<Vec<u8>>, Option<Result<(), Refusal>>) {
        let (mut delivered, mut fate) = (Vec::new(), None);
        while let Some(envelope) = self.queue.pop_front().filter(|_| delivered.len() < DELIVERIES_MAX) {
            if let Some((_, bytes)) = foreign.filter(|(at, _)| *at == delivered.len()) {
                fate = Some(self.deliver(&Envelope { bytes: bytes.to_vec(), ..envelope }));
            }
            // What honest members refuse after a foreign message is their business.
            let _ = self.deliver(&envelope);
            delivered.push(envelope.bytes);
        }
        (delivered, fate)
    }

    fn deliver(&mut self, envelope: &Envelope) -> Result<(), Refusal> {
        let Some(seat) = self.seats.get_mut(&envelope.seat) else { return Ok(()) };
        let me = envelope.seat.0;
        let (moved, share) = seat.take(me, envelope.from, &envelope.bytes, &mut self.rng)?;
        self.shares.extend(share.map(|share| (me, share)));
        self.settlement = moved.settlement.or(self.settlement.take());
        if let Some(end) = moved.end {
            assert!(self.ends.insert(envelope.seat, end).is_none(), "a ceremony ended twice");
        }
        self.post(me, moved.send);
        Ok(())
    }
}

impl Seat {
    fn take(
        &mut self,
        me: Party,
        from: Party,
        bytes: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Result<(Moved, Option<Share>), Refusal> {
        match self {
            Self::Create(machine) => {
                let step = machine.receive(from, bytes, rng)?;
                Ok(follow(step, || machine.staged(rng)))
            }
            Self::Refresh(machine) => {
                let step = machine.receive(from, bytes, rng)?;
                Ok(follow(step, || machine.staged(rng)))
            }
            Self::Repair(machine) => {
                let Step { send, outcome } = machine.receive(from, bytes, rng)?;
                let end = outcome.map(|outcome| match outcome {
                    Ok(Some(share)) => End::Group(share.group().id()),
                    Ok(None) => End::Helped,
                    Err(_) => End::Aborted,
                });
                Ok((Moved { send, end, settlement: None }, None))
            }
            Self::Coordinator(machine) => {
                let Step { send, outcome } = machine.receive(from, bytes)?;
                let end = outcome.map(|outcome| outcome.map_or(End::Aborted, |signatures| verified(&signatures)));
                Ok((Moved { send, end, settlement: None }, None))
            }
            Self::Signer(share, signer @ None) => {
                let request = Request::read(share.group(), me, from, bytes)?;
                let (machine, send) =
                    Signer::approve((**share).clone(), request, rng).expect("a request that was read is approved");
                *signer = Some(Box::new(machine));
                Ok((Moved { send, ..Moved::default() }, None))
            }
            Self::Signer(_, Some(machine)) => {
                let Step { send, outcome } = machine.receive(from, bytes, rng)?;
                Ok((Moved { send, end: outcome.map(|_| End::Signed), settlement: None }, None))
            }
        }
    }
}

/// What a coordinator hands out verifies for the group's key and what it asked for.
fn verified(signatures: &Signatures) -> End {
    for signature in &signatures.signatures {
        assert_eq!(verify_signature(&group().x_only(), &item().message, signature).ok(), Some(()));
    }
    assert_eq!(signatures.signatures.len(), 1);
    End::Signed
}

/// Keeps a staged share at once and goes on.
fn follow(
    step: Step<Result<Stage, Abort>>,
    staged: impl FnOnce() -> Step<Result<Stage, Abort>>,
) -> (Moved, Option<Share>) {
    let Step { mut send, mut outcome } = step;
    if matches!(outcome, Some(Ok(Stage::Staged(_)))) {
        let next = staged();
        send.extend(next.send);
        outcome = next.outcome;
    }
    match outcome {
        Some(Ok(Stage::InForce(settled))) => {
            let end = End::Group(settled.share.group().id());
            let settlement = Settlement::to_bytes(&settled.settlement);
            (Moved { send, end: Some(end), settlement: Some(settlement) }, Some(settled.share))
        }
        Some(Err(_)) => (Moved { send, end: Some(End::Aborted), settlement: None }, None),
        Some(Ok(Stage::Staged(_))) | None => (Moved { send, end: None, settlement: None }, None),
    }
}
