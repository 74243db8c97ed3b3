//! A line of a table is a fact, the state after it (`-`: nothing changed), and the effects.

use crate::common::*;
use std::collections::BTreeSet;
use vault::burn::Burn;
use vault::halt::Cause;
use vault::journal::Watchman;
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Effect, Fact, Ignored};
use vault::signature::SignedPayload;

/// A watchman with one burn, played line by line.
pub struct Scene {
    pub watchman: Watchman,
    pub journal: Vec<u8>,
    pub now_ms: u64,
    pub burn: Burn,
}

impl Scene {
    pub fn new(amount: u64) -> Self {
        let watchman = Watchman::new();
        let mut scene = Self { watchman, journal: Vec::new(), now_ms: START_MS, burn: burn(1, amount, 1) };
        opening().iter().for_each(|fact| {
            scene.take(fact).unwrap();
        });
        scene
    }

    pub fn take(&mut self, fact: &Fact) -> Result<Vec<Effect>, Ignored> {
        let before = self.watchman.clone();
        match self.watchman.take(self.now_ms, fact) {
            Ok(taken) => {
                self.journal.extend(taken.entry);
                Ok(taken.effects)
            }
            Err(ignored) => {
                assert_eq!(self.watchman, before, "a fact that is ignored changes nothing");
                Err(ignored)
            }
        }
    }

    pub fn restart(&mut self) -> Result<Vec<Effect>, Ignored> {
        let (replayed, _) = Watchman::replay(&self.journal).unwrap();
        assert_eq!(replayed, self.watchman);
        self.watchman = replayed;
        self.take(&Fact::Started)
    }

    pub fn payload(&self) -> Payload {
        let case = self.watchman.pipeline().case(&self.burn.ever_hash);
        case.and_then(|case| case.payload().cloned()).unwrap_or_else(|| payload(&self.burn))
    }

    pub fn fact(&self, words: &str) -> Fact {
        let mut words = words.split(' ');
        let (word, rest) = (words.next().unwrap(), words.next());
        let text = || rest.unwrap_or("0xt1").to_owned();
        let by = || owner(rest.unwrap().parse().unwrap());
        let batch = rest.map_or(1, |rest| rest.parse().unwrap_or(1));
        let sibling = || Burn { batch: burn(1, 1, batch).batch, ..self.burn.clone() };
        let digest = self.payload().digest();
        let other = payload(&Burn { to: "0x00000000000000000000000000000000000000aa".to_owned(), ..self.burn.clone() });
        let fact = match word {
            "alert" => return alerts(&["F3-1"]),
            "clear" => return alerts(&[]),
            "disagree" => return sources(&["gateway-2"]),
            "agree" => return sources(&[]),
            "halt" => return Fact::Halted { chain: CHAIN.into(), key: "short-1".into(), cause: Cause::Shortfall },
            "rearm" => {
                let keys = BTreeSet::from(["short-1".to_owned()]);
                return Fact::Rearmed { chain: CHAIN.into(), keys, by: "A".into(), reason: "topped up".into() };
            }
            "policy" => return Fact::Policy(policy()),
            "stop" => {
                let mut policy = policy();
                policy.stopped = true;
                return Fact::Policy(policy);
            }
            "pardon" => return Fact::Pardoned { owner: by(), by: "A".into() },
            "tick" => return Fact::Tick,
            "seen" => BurnFact::Seen(sibling()),
            "deep" => deep(&sibling()),
            "shallow" => BurnFact::DepthReached { burn: sibling(), depth: DEPTH - 1 },
            "dropped" => BurnFact::BatchDropped { batch: [batch; 32] },
            "unreleased" => BurnFact::NotReleased,
            "released" => BurnFact::Released,
            "approve" => BurnFact::Approved { digest, by: "A".into() },
            "approve-other" => BurnFact::Approved { digest: other.digest(), by: "A".into() },
            "refuse" => BurnFact::Refused { by: "A".into(), reason: "odd".into() },
            "reopen" => BurnFact::Reopened { by: "A".into() },
            "intent" => BurnFact::IntentStored { digest },
            "intent-other" => BurnFact::IntentStored { digest: other.digest() },
            "own" => BurnFact::OwnSignature(signature(1, &self.payload())),
            "own-other" => BurnFact::OwnSignature(signature(1, &other)),
            "peer" => BurnFact::PeerSignature(signed(rest.unwrap().parse().unwrap(), &self.payload())),
            "liar" => BurnFact::PeerSignature(signed(rest.unwrap().parse().unwrap(), &other)),
            "number" => BurnFact::PeerSignature(signed(2, &payload(&sibling()))),
            "sent" => BurnFact::Sent { tx: text() },
            "unsent" => BurnFact::SendFailed,
            "claim" => BurnFact::SubmissionSeen { tx: "0xt2".into(), by: by() },
            "stuck" => BurnFact::SubmissionStuck,
            "executed" => BurnFact::Execution { tx: text(), block: 7, id: self.payload().id() },
            "executed-other" => BurnFact::Execution { tx: text(), block: 7, id: other.id() },
            "failed" => BurnFact::ExecutionFailed { tx: text() },
            "undone" => BurnFact::ExecutionUndone,
            "final" => BurnFact::ExecutionFinal,
            unknown => panic!("{unknown:?}"),
        };
        Fact::Burn(self.burn.ever_hash, fact)
    }

    pub fn play(&mut self, table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut columns = line.split('|').map(str::trim);
            let (words, want) = (columns.next().unwrap(), (columns.next().unwrap(), columns.next().unwrap_or("")));
            let result = match words.split_once(' ') {
                Some(("wait", seconds)) => {
                    self.now_ms += seconds.parse::<u64>().unwrap() * 1000;
                    self.take(&Fact::Tick)
                }
                _ if words == "restart" => self.restart(),
                _ => self.take(&self.fact(words)),
            };
            let stage = self.watchman.pipeline().case(&self.burn.ever_hash).map_or("none", |case| case.stage().name());
            let got = match &result {
                Ok(effects) => (stage, effects.iter().map(brief).collect::<Vec<_>>().join(", ")),
                Err(_) => ("-", String::new()),
            };
            assert_eq!((got.0, got.1.as_str()), want, "after {words:?}: {result:?}");
        }
        assert_eq!(Watchman::replay(&self.journal).unwrap().0, self.watchman);
    }
}

pub fn brief(effect: &Effect) -> String {
    let number = |signed: &SignedPayload| (1..=3).find(|one| owner(*one) == signed.signature().owner()).unwrap();
    match effect {
        Effect::CheckRelease { .. } => "check".into(),
        Effect::StoreIntent { .. } => "intent".into(),
        Effect::Sign { .. } => "sign".into(),
        Effect::Publish { .. } => "publish".into(),
        Effect::Submit { signatures, attempt, .. } => format!("submit {attempt} with {}", signatures.len()),
        Effect::SubmitOwn { .. } => "submit own".into(),
        Effect::RaiseFee { raise, .. } => format!("raise {raise}"),
        Effect::Announce { .. } => "announce".into(),
        Effect::Watch { .. } => "watch".into(),
        Effect::AskPerson { .. } => "ask".into(),
        Effect::Accuse { signed } => format!("accuse {}", number(signed)),
        Effect::Notify { notice, .. } => format!("{notice:?}"),
    }
}
