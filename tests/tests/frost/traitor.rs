//! A member that cheats, spoken for by the test itself over the real network: it says two things in a key generation, or gives bad
//! signature shares. The keepers name it, and go on without.

use std::collections::BTreeMap;

use ceremony::wire::{Assembly, Hello, Plan, Word, split};
use oracle::network::NetworkFile;
use p2p::{Address, Event, Events, Handle, Peer, PeerId, Roster, Via};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tests::{eventually, within};
use threshold::{CeremonyId, Dkg, Identity, Outgoing, Party, Request, Share, Signer, Stage, To};
use tokio::task::JoinHandle;
use vault_bitcoin::Vault;
use vault_bitcoin::bitcoin::Network;

use crate::keepers::{Keepers, READY, text};

const SECRET: [u8; 32] = [0x5e; 32];

/// How it cheats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Tells each other member something else.
    TwoFaced,
    /// Keeps the rules until it signs.
    BadShares,
    /// Keeps the rules until it has its share; then the test says what it does.
    Leads,
}

/// The third keeper's place, with a program of our own.
pub(crate) struct Traitor {
    manner: Manner,
    network: Handle,
    events: Events,
    assembly: Assembly,
    pub(crate) rng: ChaCha20Rng,
    plan: Option<Plan>,
    joined: Vec<PeerId>,
    machine: Option<Dkg>,
    pub(crate) share: Option<Share>,
    signer: Option<Signer>,
}

impl Traitor {
    async fn start(keepers: &Keepers, manner: Manner) -> Self {
        let session = keepers.unlock(2);
        let file = NetworkFile::parse(&std::fs::read(keepers.network()).unwrap()).unwrap();
        let peer = |index: usize| Peer {
            id: keepers.peers[index].parse().unwrap(),
            addresses: vec![format!("127.0.0.1:{}", keepers.port(index)).parse::<Address>().unwrap()],
            name: format!("keeper {index}"),
        };
        let config = p2p::Config {
            identity: watchman::peer_identity(&session).unwrap(),
            network: watchman::talk::network(&file),
            listen: vec![format!("127.0.0.1:{}", keepers.port(2)).parse().unwrap()],
            roster: Roster::new(vec![peer(0), peer(1)]).unwrap(),
            topics: Vec::new(),
            limits: p2p::Limits::default(),
        };
        let (network, events) = p2p::start(config).await.unwrap();
        let (assembly, rng) = (Assembly::default(), ChaCha20Rng::seed_from_u64(7));
        let joined = Vec::new();
        let (plan, machine, share, signer) = (None, None, None, None);
        Self { manner, network, events, assembly, rng, plan, joined, machine, share, signer }
    }

    async fn run(mut self) -> Self {
        while self.manner != Manner::Leads || self.share.is_none() {
            if let Some((from, word)) = self.word().await {
                self.hear(from, word).await;
            }
        }
        self
    }

    /// What happens next, if it is a word. Whoever comes is greeted.
    pub(crate) async fn word(&mut self) -> Option<(PeerId, Word)> {
        match self.events.next().await.unwrap() {
            Event::PeerUp(peer) => {
                let hello = Hello { key: *identity().peer_key().bytes(), name: "keeper 3".into(), holds: vec![] };
                self.send(peer, &Word::Hello(hello)).await;
                None
            }
            Event::Message { from, via: Via::Direct, bytes } => {
                let word = self.assembly.take(from, &bytes).and_then(|word| Word::decode(&word))?;
                Some((from, word))
            }
            _ => None,
        }
    }

    /// Waits until somebody who was away speaks.
    pub(crate) async fn reached(&mut self, peer: PeerId) {
        let back = async { while !matches!(self.word().await, Some((from, Word::Hello(_))) if from == peer) {} };
        within(READY, "a keeper is back", back).await;
    }

    pub(crate) async fn send(&self, to: PeerId, word: &Word) {
        for piece in split(&word.encode()) {
            let _ = self.network.send(to, piece).await;
        }
    }

    async fn hear(&mut self, from: PeerId, word: Word) {
        match word {
            Word::Invite(plan) if self.plan.is_none() => {
                let joined = Word::Joined { ceremony: plan.id.0, fingerprint: plan.hash() };
                self.plan = Some(*plan);
                for peer in self.others() {
                    self.send(peer, &joined).await;
                }
            }
            Word::Joined { .. } => {
                if !self.joined.contains(&from) {
                    self.joined.push(from);
                }
                if self.joined.len() == 2 && self.machine.is_none() {
                    self.begin().await;
                }
            }
            Word::Machine { id, bytes } => self.machine(from, id, &bytes).await,
            Word::Proposal { session, group: _, asked_ms: _, psbt } => {
                let share = self.share.as_ref().unwrap();
                let vault = Vault::new(share.group().clone(), Network::Regtest);
                let request = vault_bitcoin::SpendRequest::from_bytes(&vault, &psbt).unwrap();
                self.send(from, &Word::Stand { session, digest: request.digest(), approves: true }).await;
            }
            _ => {}
        }
    }

    fn others(&self) -> Vec<PeerId> {
        self.seats().into_iter().filter(|(number, _)| *number != 3).map(|(_, peer)| peer).collect()
    }

    fn seats(&self) -> BTreeMap<u16, PeerId> {
        let plan = self.plan.as_ref().unwrap();
        plan.members.iter().map(|seat| (seat.number, seat.peer.parse().unwrap())).collect()
    }

    async fn begin(&mut self) {
        let plan = self.plan.clone().unwrap();
        let mut make =
            || Dkg::new(plan.roster().unwrap(), party(3), identity(), CeremonyId(plan.id.0), &mut self.rng).unwrap();
        let ((machine, one), (_, two)) = (make(), make());
        self.machine = Some(machine);
        let faces = if self.manner == Manner::TwoFaced { [&one, &two] } else { [&one, &one] };
        for (number, words) in (1..).zip(faces) {
            self.say_to(plan.id.0, number, words).await;
        }
    }

    async fn say(&self, id: [u8; 32], words: &[Outgoing]) {
        for number in [1, 2] {
            self.say_to(id, number, words).await;
        }
    }

    async fn say_to(&self, id: [u8; 32], number: u16, words: &[Outgoing]) {
        let peer = self.seats()[&number];
        for word in words.iter().filter(|word| word.to == To::All || word.to == To::One(party(number))) {
            self.send(peer, &Word::Machine { id, bytes: word.bytes.clone() }).await;
        }
    }

    async fn machine(&mut self, from: PeerId, id: [u8; 32], bytes: &[u8]) {
        let Some(plan) = &self.plan else { return };
        let number = self.seats().into_iter().find(|(_, peer)| *peer == from).unwrap().0;
        if plan.id.0 != id {
            return self.sign(id, party(number), bytes).await;
        }
        let Some(machine) = &mut self.machine else { return };
        let Ok(step) = machine.receive(party(number), bytes, &mut self.rng) else { return };
        let mut send = step.send;
        let mut outcome = step.outcome;
        while let Some(Ok(Stage::Staged(_))) = outcome {
            let step = machine.staged(&mut self.rng);
            send.extend(step.send);
            outcome = step.outcome;
        }
        if let Some(Ok(Stage::InForce(settled))) = outcome {
            self.share = Some(settled.share);
        }
        self.say(id, &send).await;
    }

    /// Commits as it should, and then gives shares that are none.
    async fn sign(&mut self, id: [u8; 32], from: Party, bytes: &[u8]) {
        let Some(share) = self.share.clone() else { return };
        let send = match Request::read(share.group(), party(3), from, bytes) {
            Ok(request) if self.signer.is_none() => {
                let (signer, send) = Signer::approve(share, request, &mut self.rng).unwrap();
                self.signer = Some(signer);
                send
            }
            _ => {
                let Some(signer) = &mut self.signer else { return };
                let Ok(step) = signer.receive(from, bytes, &mut self.rng) else { return };
                let mut send = step.send;
                send.iter_mut().filter_map(|word| word.bytes.last_mut()).for_each(|byte| *byte ^= 1);
                send
            }
        };
        self.say(id, &send).await;
    }
}

fn identity() -> Identity {
    Identity::from_secret(&SECRET).unwrap()
}

pub(crate) fn party(number: u16) -> Party {
    Party::new(number).unwrap()
}

/// Two keepers who know the traitor.
pub(crate) async fn keepers_and(manner: Manner) -> (Keepers, JoinHandle<Traitor>) {
    let mut keepers = Keepers::new(3).await;
    keepers.start(0).await;
    keepers.start(1).await;
    let traitor = tokio::spawn(Traitor::start(&keepers, manner).await.run());
    for index in [0, 1] {
        eventually(READY, "the traitor's key", || async {
            let status = keepers.status(index).await;
            let known = status["peers"].as_array().unwrap().iter().filter(|peer| !peer["key"].is_null()).count();
            (known == 3).then_some(())
        })
        .await;
    }
    (keepers, traitor)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_two_things_in_a_key_generation_is_convicted_and_left_out() {
    let (keepers, _traitor) = keepers_and(Manner::TwoFaced).await;
    let id = keepers.invite("2", &[1, 2]).await;
    for index in [0, 1] {
        keepers.agree(index, &id).await;
    }
    for index in [0, 1] {
        let failed = keepers.until(index, &id, &["failed"]).await;
        let failure = &failed["failure"];
        assert_eq!(failure["code"], "culprit", "{failed}");
        assert_eq!(
            (&failure["culprits"][0]["number"], &failure["culprits"][0]["charge"]),
            (&3.into(), &"equivocation".into())
        );
        assert_eq!((&failure["proof"], &failure["canLeaveOut"]), (&true.into(), &true.into()));
    }
    let proof = keepers.file("proof");
    keepers.tell(0, &["proof", &id, "--out", proof.to_str().unwrap()]).await;
    let words = ["vault", "check-proof", proof.to_str().unwrap()];
    let checked = tests::run_everwatchd(READY, words).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.contains("equivocation") && checked.out.contains(&id), "{checked:?}");
    assert!(checked.out.lines().any(|line| line.split_whitespace().eq(["member", "3"])), "{checked:?}");
    let again = text(&keepers.tell(0, &["again", &id, "--without", "3"]).await["row"]["id"]);
    for index in [0, 1] {
        keepers.agree(index, &again).await;
    }
    for index in [0, 1] {
        keepers.until(index, &again, &["done"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_bad_signature_shares_is_named_and_another_signs_in_its_place() {
    let (keepers, _traitor) = keepers_and(Manner::BadShares).await;
    let id = keepers.invite("2", &[1, 2]).await;
    for index in [0, 1] {
        keepers.agree(index, &id).await;
    }
    for index in [0, 1] {
        keepers.until(index, &id, &["done"]).await;
    }
    let group = keepers.group(0).await;
    let session = keepers.ask(0, &group, 9).await;
    keepers.approve(0, &session).await;
    eventually(READY, "the traitor is named", || async {
        let detail = keepers.tell(0, &["session", &session]).await;
        (detail["members"][2]["state"] == "broken").then_some(())
    })
    .await;
    keepers.approve(1, &session).await;
    for index in [0, 1] {
        keepers.signed(index, &session).await;
    }
}
