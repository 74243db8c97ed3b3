//! Random facts in random order against a naive model, which remembers in plain flags what was told and knows nothing of states.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use vault::burn::Burn;
use vault::halt::Cause;
use vault::journal::Watchman;
use vault::pipeline::{BurnFact, Effect, Fact};
use vault::signature::Digest;

const BURNS: u8 = 3;

#[derive(Debug, Clone)]
enum Op {
    Alerts(bool),
    Sources(bool),
    Halt(u8),
    Rearm(u8),
    Stop(bool),
    Wait(u64),
    Restart,
    /// What is wanted is done: the n-th of it.
    Answer(usize),
    /// Which burn, in which of two batches, which fact.
    Burn(u8, u8, u8),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => prop::bool::weighted(0.8).prop_map(Op::Alerts),
        2 => prop::bool::weighted(0.8).prop_map(Op::Sources),
        1 => (0_u8..2).prop_map(Op::Halt),
        1 => (0_u8..2).prop_map(Op::Rearm),
        1 => prop::bool::weighted(0.3).prop_map(Op::Stop),
        3 => prop_oneof![Just(1_000), Just(30_000), Just(61_000), Just(3_600_000)].prop_map(Op::Wait),
        1 => Just(Op::Restart),
        20 => (0_usize..8).prop_map(Op::Answer),
        30 => (0..BURNS, 1_u8..3, 0_u8..20).prop_map(|(burn, batch, fact)| Op::Burn(burn, batch, fact)),
    ]
}

/// What was told and taken, in flags.
#[derive(Debug, Default)]
struct Model {
    alerts_clear: bool,
    sources_agree: bool,
    halted: BTreeSet<u8>,
    lifted: BTreeSet<u8>,
    stopped: bool,
    now_ms: u64,
    deep: BTreeSet<u8>,
    paid: BTreeSet<u8>,
    approved: BTreeSet<(u8, Digest)>,
    unreleased: BTreeMap<u8, u64>,
    intents: BTreeMap<u8, Digest>,
    signed: BTreeMap<u8, Digest>,
    left: BTreeSet<u8>,
}

fn amount(number: u8) -> u64 {
    [5, 40, 60][usize::from(number)]
}

fn target(number: u8, batch: u8) -> Burn {
    burn(number + 1, amount(number), batch)
}

/// A fact about a burn. The digest is that of the payload the pipeline would sign, or of one in the other batch.
fn fact(watchman: &Watchman, number: u8, batch: u8, which: u8) -> BurnFact {
    let burn = target(number, batch);
    let known = watchman.pipeline().case(&burn.ever_hash).and_then(|case| case.payload().cloned());
    let payload = known.filter(|_| which.is_multiple_of(2)).unwrap_or_else(|| payload(&burn));
    let thief = common::payload(&Burn { to: "0x00000000000000000000000000000000000000aa".into(), ..burn.clone() });
    let digest = payload.digest();
    match which {
        0 => BurnFact::Seen(burn),
        1 | 2 => deep(&burn),
        3 => BurnFact::BatchDropped { batch: [batch; 32] },
        4 | 5 => BurnFact::NotReleased,
        6 | 7 => BurnFact::IntentStored { digest },
        8 | 9 => BurnFact::OwnSignature(signature(1, &payload)),
        10 | 11 => BurnFact::PeerSignature(signed(2, &payload)),
        12 => BurnFact::Approved { digest, by: "A".into() },
        13 => BurnFact::Sent { tx: format!("0x{batch}") },
        14 => BurnFact::Released,
        15 => BurnFact::Execution { tx: "0xe".into(), block: u64::from(batch), id: payload.id() },
        16 => BurnFact::ExecutionUndone,
        17 => [BurnFact::ExecutionFinal, BurnFact::SendFailed][usize::from(batch - 1)].clone(),
        18 => [BurnFact::Refused { by: "A".into(), reason: "odd".into() }, BurnFact::Reopened { by: "A".into() }]
            [usize::from(batch - 1)]
        .clone(),
        _ => [BurnFact::SubmissionSeen { tx: "0xc".into(), by: owner(2) }, BurnFact::PeerSignature(signed(3, &thief))]
            [usize::from(batch - 1)]
        .clone(),
    }
}

/// The fact that answers an effect.
fn answer(effect: &Effect) -> Option<Fact> {
    let (hash, fact) = match effect {
        Effect::CheckRelease { ever_hash } => (*ever_hash, BurnFact::NotReleased),
        Effect::StoreIntent { ever_hash, digest } => (*ever_hash, BurnFact::IntentStored { digest: *digest }),
        Effect::Sign { ever_hash, payload } => (*ever_hash, BurnFact::OwnSignature(signature(1, payload))),
        Effect::AskPerson { ever_hash, digest, .. } => {
            (*ever_hash, BurnFact::Approved { digest: *digest, by: "A".into() })
        }
        Effect::Publish { signed: ours } => {
            let hash = ours.payload().reading().ever_hash;
            (hash, BurnFact::PeerSignature(signed(2, ours.payload())))
        }
        Effect::Submit { ever_hash, .. } | Effect::RaiseFee { ever_hash, .. } => {
            (*ever_hash, BurnFact::Sent { tx: "0xs".into() })
        }
        _ => return None,
    };
    Some(Fact::Burn(hash, fact))
}

impl Model {
    fn told(&mut self, fact: &Fact) {
        match fact {
            Fact::Started => (self.alerts_clear, self.sources_agree, self.deep, self.unreleased) = Default::default(),
            Fact::Alerts(open) => self.alerts_clear = open.is_empty(),
            Fact::Sources(sources) => self.sources_agree = sources.differing.is_empty(),
            Fact::Policy(policy) => self.stopped = policy.stopped,
            Fact::Burn(hash, fact) => {
                let number = hash.as_bytes()[31] - 1;
                match fact {
                    BurnFact::DepthReached { .. } => drop(self.deep.insert(number)),
                    BurnFact::BatchDropped { .. } => drop(self.deep.remove(&number)),
                    BurnFact::NotReleased => drop(self.unreleased.insert(number, self.now_ms)),
                    BurnFact::Released | BurnFact::Execution { .. } => drop(self.paid.insert(number)),
                    BurnFact::ExecutionUndone => {
                        self.paid.remove(&number);
                        self.unreleased.remove(&number);
                        self.left.remove(&number);
                    }
                    BurnFact::Approved { digest, .. } => drop(self.approved.insert((number, *digest))),
                    BurnFact::IntentStored { digest } => {
                        assert_eq!(*self.intents.entry(number).or_insert(*digest), *digest, "one intent for ever");
                        assert!(!self.stopped, "W4: the stop switch is on");
                        let alone = amount(number) <= 10 || self.approved.contains(&(number, *digest));
                        assert!(alone, "W4, W6: a person approved this digest");
                        let delayed = amount(number) > 50 && self.now_ms < START_MS + 3_600_000;
                        assert!(!delayed, "W4: the delay has passed");
                    }
                    BurnFact::Sent { .. } => drop(self.left.insert(number)),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn check(&mut self, effect: &Effect) {
        let number = |hash: &everpay::EverHash| hash.as_bytes()[31] - 1;
        match effect {
            Effect::Sign { ever_hash, payload } => {
                let number = number(ever_hash);
                self.check_gate(number);
                let fresh = self.unreleased.get(&number).is_some_and(|at| self.now_ms - at <= 60_000);
                assert!(fresh, "W3: the chain was asked just now");
                assert_eq!(self.intents.get(&number), Some(&payload.digest()), "W5: the stored intent");
                assert_eq!(*self.signed.entry(number).or_insert(payload.digest()), payload.digest(), "one digest");
                let (reading, burn) = (payload.reading(), target(number, 1));
                assert_eq!((reading.amount, &reading.to), (burn.target_amount, &[0xee; 20]), "W6");
            }
            Effect::StoreIntent { ever_hash, .. } => self.check_gate(number(ever_hash)),
            Effect::Publish { signed } => self.check_gate(number(&signed.payload().reading().ever_hash)),
            Effect::Submit { ever_hash, signatures, .. } => {
                self.check_gate(number(ever_hash));
                assert!(signatures.len() >= 2, "the threshold");
            }
            Effect::SubmitOwn { signed } => self.check_gate(number(&signed.payload().reading().ever_hash)),
            Effect::RaiseFee { ever_hash, .. } => {
                assert!(self.left.contains(&number(ever_hash)) && !self.paid.contains(&number(ever_hash)));
            }
            Effect::Accuse { signed } => assert_eq!(signed.signature().owner(), owner(3), "only the liar is accused"),
            _ => {}
        }
    }

    fn check_gate(&self, number: u8) {
        assert!(self.deep.contains(&number), "W1");
        assert!(self.alerts_clear, "W2");
        assert!(self.sources_agree, "sources agree");
        assert!(self.halted.is_empty(), "not halted");
        assert!(!self.paid.contains(&number), "W3: not released");
    }
}

struct World {
    watchman: Watchman,
    journal: Vec<u8>,
    model: Model,
    signs: usize,
}

impl World {
    fn take(&mut self, fact: &Fact) -> bool {
        let before = self.watchman.clone();
        let Ok(taken) = self.watchman.take(self.model.now_ms, fact) else {
            assert_eq!(before, self.watchman, "what is ignored changes nothing");
            return false;
        };
        self.journal.extend(&taken.entry);
        self.model.told(fact);
        let pending = self.watchman.pipeline().pending(self.model.now_ms);
        for effect in taken.effects.iter().chain(&pending) {
            self.model.check(effect);
            self.signs += usize::from(matches!(effect, Effect::Sign { .. }));
        }
        true
    }

    fn apply(&mut self, op: &Op) {
        match op {
            Op::Alerts(clear) => drop(self.take(&alerts(if *clear { &[] } else { &["F1"] }))),
            Op::Sources(agree) => drop(self.take(&sources(if *agree { &[] } else { &["gateway"] }))),
            Op::Halt(key) => {
                if !self.model.lifted.contains(key) {
                    self.model.halted.insert(*key);
                }
                self.take(&Fact::Halted { chain: CHAIN.into(), key: key.to_string(), cause: Cause::Shortfall });
            }
            Op::Rearm(key) => {
                let before = self.model.halted.clone();
                if before == BTreeSet::from([*key]) {
                    self.model.halted.clear();
                    self.model.lifted.insert(*key);
                }
                let (by, reason) = ("A".to_owned(), "looked".to_owned());
                let keys = BTreeSet::from([key.to_string()]);
                let taken = self.take(&Fact::Rearmed { chain: CHAIN.into(), keys, by, reason });
                assert_eq!(taken, before != self.model.halted, "only all causes at once are lifted");
            }
            Op::Stop(stopped) => {
                let mut policy = policy();
                policy.stopped = *stopped;
                self.take(&Fact::Policy(policy));
            }
            Op::Wait(ms) => {
                self.model.now_ms += ms;
                self.take(&Fact::Tick);
            }
            Op::Restart => {
                let (replayed, _) = Watchman::replay(&self.journal).unwrap();
                assert_eq!(replayed, self.watchman, "a replay leads to the same states");
                self.watchman = replayed;
                self.take(&Fact::Started);
            }
            Op::Answer(which) => {
                let pending = self.watchman.pipeline().pending(self.model.now_ms);
                if let Some(fact) = pending.get(which % pending.len().max(1)).and_then(answer) {
                    self.take(&fact);
                }
            }
            Op::Burn(number, batch, which) => {
                let fact = fact(&self.watchman, *number, *batch, *which);
                self.take(&Fact::Burn(target(*number, 1).ever_hash, fact));
            }
        }
    }
}

fn run(ops: &[Op]) -> usize {
    let model = Model { now_ms: START_MS, ..Model::default() };
    let mut world = World { watchman: Watchman::new(), journal: Vec::new(), model, signs: 0 };
    assert!(opening().iter().all(|fact| world.take(fact)));
    ops.iter().for_each(|op| world.apply(op));
    world.signs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_told_in_whatever_order_every_rule_holds(ops in proptest::collection::vec(op(), 1..160)) {
        run(&ops);
    }
}

#[test]
fn random_facts_do_lead_to_signatures() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let ways = (0..24).map(|_| {
        let ops = proptest::collection::vec(op(), 150).new_tree(&mut runner).unwrap().current();
        run(&ops)
    });
    let signing = ways.filter(|signs| *signs > 0).count();
    assert!(signing >= 10, "only {signing} of 24 ways came to a signature");
}
