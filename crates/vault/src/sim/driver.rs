//! What a watchman's driver does: tells what it sees, writes before it acts, acts. And what liars do instead.

use super::chain::{FINAL_DEPTH, State};
use super::plan::{CHAIN, Kind, MINUTE_MS, Sabotage, within};
use super::run::{Event, Run};
use crate::halt::Cause;
use crate::journal::Taken;
use crate::payload::Payload;
use crate::pipeline::{BurnFact, Effect, Fact, Sources, Stage};
use crate::signature::{SignedPayload, VerifiedSignature};
use everpay::{AccountId, EverHash};
use std::collections::BTreeSet;
use std::rc::Rc;

impl Run {
    /// Tells a watchman a fact, writes the entry, then does the effects; a crash may come before, within and after each.
    pub(super) fn tell(&mut self, place: usize, fact: &Fact) {
        let Some(watchman) = &mut self.nodes[place].watchman else { return };
        let Ok(Taken { entry, effects }) = watchman.take(self.now_ms, fact) else { return };
        if self.crashes_now() {
            let torn = self.rng.index(entry.len());
            self.nodes[place].disk.extend(&entry[..torn]);
            return self.crash(place);
        }
        if self.sabotage != Sabotage::NoJournal {
            self.nodes[place].disk.extend(entry);
        }
        self.told(place, fact);
        for effect in effects {
            if self.nodes[place].watchman.is_none() {
                return;
            }
            if self.crashes_now() {
                return self.crash(place);
            }
            self.perform(place, effect);
        }
    }

    /// A person answered, and is asked again should the burn come back.
    pub(super) fn answered(&mut self, place: usize, fact: &Fact) {
        if let Fact::Burn(hash, BurnFact::Approved { digest, .. }) = fact {
            self.nodes[place].asked.remove(&(*hash, *digest));
        }
    }

    fn crashes_now(&mut self) -> bool {
        let per_mille = if self.is_faulty() { self.plan.crash_per_mille } else { 0 };
        self.rng.next() % 1000 < per_mille
    }

    fn crash(&mut self, place: usize) {
        self.nodes[place].watchman = None;
        self.nodes[place].life += 1;
        self.crashes += 1;
        let wait_ms = self.rng.between(1_000, 5 * MINUTE_MS);
        self.after(wait_ms, Event::Start(place));
    }

    fn perform(&mut self, place: usize, effect: Effect) {
        let honest = self.plan.is_honest(place);
        if honest {
            self.check(place, &effect);
        }
        match effect {
            Effect::CheckRelease { ever_hash } => {
                let state = self.view_of(place);
                let paid = state.paid.contains_key(&ever_hash) && self.sabotage != Sabotage::DeafToChain;
                let fact = if paid { BurnFact::Released } else { BurnFact::NotReleased };
                self.tell_soon(place, 2_000, Fact::Burn(ever_hash, fact));
            }
            Effect::StoreIntent { ever_hash, digest } => {
                self.tell_soon(place, 0, Fact::Burn(ever_hash, BurnFact::IntentStored { digest }));
            }
            Effect::Sign { ever_hash, payload } => {
                let fact = BurnFact::OwnSignature(self.sign(place, &payload).signature().clone());
                self.tell_soon(place, 3_000, Fact::Burn(ever_hash, fact));
            }
            Effect::Publish { signed } => {
                let ever_hash = signed.payload().reading().ever_hash;
                self.broadcast(place, &Fact::Burn(ever_hash, BurnFact::PeerSignature(signed)));
            }
            Effect::Submit { ever_hash, payload, signatures, .. } if honest => {
                let tx = self.submit(&payload, &signatures);
                self.tell_soon(place, 1_000, Fact::Burn(ever_hash, BurnFact::Sent { tx }));
            }
            // A starving relayer says that it did.
            Effect::Submit { ever_hash, .. } => self.claim(place, ever_hash, "0xnone".to_owned()),
            Effect::SubmitOwn { signed } => {
                self.submit(signed.payload(), std::slice::from_ref(signed.signature()));
            }
            Effect::RaiseFee { ever_hash, tx, .. } => {
                self.chain.raise_fee(&tx);
                self.tell_soon(place, 1_000, Fact::Burn(ever_hash, BurnFact::Sent { tx }));
            }
            Effect::Announce { ever_hash, tx } => self.claim(place, ever_hash, tx),
            Effect::AskPerson { ever_hash, digest, .. } => {
                if self.nodes[place].asked.insert((ever_hash, digest)) {
                    let fact = BurnFact::Approved { digest, by: "person".to_owned() };
                    self.tell_soon(place, 20 * MINUTE_MS, Fact::Burn(ever_hash, fact));
                }
            }
            Effect::Watch { .. } | Effect::Notify { .. } | Effect::Accuse { .. } => {}
        }
    }

    fn tell_soon(&mut self, place: usize, most_ms: u64, fact: Fact) {
        let (wait_ms, life) = (self.rng_up_to(most_ms), self.nodes[place].life);
        self.after(wait_ms, Event::Tell(place, life, Box::new(fact)));
    }

    fn sign(&self, place: usize, payload: &Payload) -> SignedPayload {
        let sig = self.plan.keys[place].sign_digest(payload.digest().as_bytes());
        SignedPayload::check(payload.clone(), &sig).expect("our keys make signatures that count")
    }

    fn submit(&mut self, payload: &Payload, signatures: &[VerifiedSignature]) -> String {
        let faulty = self.is_faulty();
        let stuck = faulty && self.rng.chance(self.plan.stuck_percent);
        let fails = faulty && self.rng.chance(self.plan.failing_percent);
        self.chain.send(payload, signatures, stuck, fails)
    }

    fn claim(&mut self, place: usize, ever_hash: EverHash, tx: String) {
        let by = self.plan.owner(place);
        self.broadcast(place, &Fact::Burn(ever_hash, BurnFact::SubmissionSeen { tx, by }));
    }

    /// Sends to all others: lost, doubled, late, or cut off.
    fn broadcast(&mut self, from: usize, fact: &Fact) {
        for to in (0..self.nodes.len()).filter(|to| *to != from).collect::<Vec<_>>() {
            let cut = |(span, side): &(_, BTreeSet<usize>)| {
                within(*span, self.now_ms) && side.contains(&from) != side.contains(&to)
            };
            let faulty = self.is_faulty();
            if self.plan.partitions.iter().any(cut) || faulty && self.rng.chance(self.plan.loss_percent) {
                continue;
            }
            for _ in 0..=u32::from(faulty && self.rng.chance(10)) {
                self.tell_soon(to, if faulty { self.plan.delay_max_ms } else { 500 }, fact.clone());
            }
        }
    }

    /// The vault as this machine sees it, worked out once per block.
    pub(super) fn view_of(&mut self, place: usize) -> Rc<State> {
        self.vault_state(self.nodes[place].behind_blocks)
    }

    pub(super) fn vault_state(&mut self, behind: usize) -> Rc<State> {
        let version = self.chain.version;
        match self.states.get(&behind) {
            Some((of, state)) if *of == version => Rc::clone(state),
            _ => {
                let state = Rc::new(self.chain.state(behind, &self.plan.owners(), self.plan.threshold));
                self.states.insert(behind, (version, Rc::clone(&state)));
                state
            }
        }
    }

    /// One round of looking at everything.
    pub(super) fn poll(&mut self, place: usize) {
        self.tell_world(place);
        for index in 0..self.plan.burns.len() {
            self.tell_ledger(place, index);
        }
        self.tell_chain(place);
        self.tell(place, &Fact::Tick);
        if !self.is_faulty() {
            self.reopen(place);
        }
        if self.rng.chance(20) {
            let pending = self.nodes[place].watchman.as_ref().map(|one| one.pipeline().pending(self.now_ms));
            for effect in pending.unwrap_or_default() {
                if self.nodes[place].watchman.is_some() {
                    self.perform(place, effect);
                }
            }
        }
        if self.plan.kinds[place] == Kind::Liar {
            self.lie(place);
        }
    }

    fn tell_world(&mut self, place: usize) {
        let now = self.now_ms;
        let hits = |list: &[(usize, (u64, u64))]| list.iter().any(|(who, span)| *who == place && within(*span, now));
        let (alert, disagree) = (hits(&self.plan.alerts), hits(&self.plan.disagreements));
        let names = |name: &str, there: bool| there.then(|| name.to_owned()).into_iter().collect::<BTreeSet<_>>();
        let (owners, threshold) = (self.plan.owners(), self.plan.threshold);
        self.tell(place, &Fact::Owners { chain: CHAIN.to_owned(), owners, threshold });
        self.tell(place, &Fact::Alerts(names("F3", alert)));
        let differing = names("gateway", disagree);
        self.tell(place, &Fact::Sources(Sources { agreeing: 2, needed: 2, differing }));
        for (number, (from, to)) in self.plan.halts.clone().into_iter().enumerate() {
            let (chain, key) = (CHAIN.to_owned(), format!("short-{number}"));
            if now >= from {
                self.tell(place, &Fact::Halted { chain: chain.clone(), key: key.clone(), cause: Cause::Shortfall });
            }
            if now >= to {
                let (by, reason) = ("person".to_owned(), "looked".to_owned());
                self.tell(place, &Fact::Rearmed { chain, keys: BTreeSet::from([key]), by, reason });
            }
        }
    }

    /// What this machine's own replay says, as late as it is.
    fn tell_ledger(&mut self, place: usize, index: usize) {
        let at_ms = self.now_ms.saturating_sub(self.nodes[place].behind_ms);
        let planned = &self.plan.burns[index];
        let burn = planned.burn.clone();
        let hash = burn.ever_hash;
        if at_ms < planned.seen_ms {
            return;
        }
        let depth = if planned.is_deep(at_ms) || self.sabotage == Sabotage::Shallow { self.plan.depth() } else { 1 };
        let sibling = planned.sibling.clone().map(|batch| crate::burn::Burn { batch, ..burn.clone() });
        let is_off = planned.deep_ms.is_some_and(|deep| at_ms >= deep) && !planned.is_deep(at_ms);
        // A replay that is young names now one of two siblings, now the other.
        let sibling = sibling.filter(|_| self.rng.chance(20));
        let facts = match (depth > 1, is_off, sibling) {
            (true, ..) => vec![BurnFact::DepthReached { burn, depth }],
            (_, true, _) => vec![BurnFact::BatchDropped { batch: burn.batch.id }],
            (.., Some(sibling)) => vec![BurnFact::Seen(sibling), BurnFact::DepthReached { burn, depth }],
            (.., None) => vec![BurnFact::Seen(burn)],
        };
        facts.into_iter().for_each(|fact| self.tell(place, &Fact::Burn(hash, fact)));
    }

    /// What the chain says, as far behind as this machine is.
    fn tell_chain(&mut self, place: usize) {
        let state = self.view_of(place);
        let mut facts = Vec::new();
        for planned in &self.plan.burns {
            let hash = planned.burn.ever_hash;
            let known = self.nodes[place].watchman.as_ref().and_then(|one| one.pipeline().case(&hash));
            let known = known.map(|case| case.stage().clone());
            match (known, state.paid.get(&hash).and_then(|paid| paid.first())) {
                (Some(Stage::Executed(_) | Stage::Closed(_)), None) => facts.push((hash, BurnFact::ExecutionUndone)),
                (Some(_), Some(paid)) => {
                    let block = u64::try_from(paid.height).expect("chains here are short");
                    facts.push((hash, BurnFact::Execution { tx: paid.tx.clone(), block, id: paid.payload.id() }));
                    if state.height - paid.height > FINAL_DEPTH {
                        facts.push((hash, BurnFact::ExecutionFinal));
                    }
                }
                _ => {}
            }
        }
        if self.sabotage == Sabotage::DeafToChain {
            facts.clear();
        }
        facts.extend(state.failed.iter().map(|(hash, tx)| (*hash, BurnFact::ExecutionFailed { tx: tx.clone() })));
        facts.extend(
            state
                .submitted
                .iter()
                .filter(|(hash, signed)| self.is_news(place, hash, signed))
                .map(|(hash, signed)| (*hash, BurnFact::PeerSignature(signed.clone()))),
        );
        facts.into_iter().for_each(|(hash, fact)| self.tell(place, &Fact::Burn(hash, fact)));
    }

    fn is_news(&self, place: usize, ever_hash: &EverHash, signed: &SignedPayload) -> bool {
        let case = self.nodes[place].watchman.as_ref().and_then(|one| one.pipeline().case(ever_hash));
        let owner = signed.signature().owner();
        case.is_some_and(|case| {
            case.accused().all(|one| *one != owner) && case.signatures().all(|one| one != signed.signature())
        })
    }

    /// Signs another recipient, on the network and on the chain, and claims submissions that are not there.
    fn lie(&mut self, place: usize) {
        if !self.rng.chance(10) {
            return;
        }
        let index = self.rng.index(self.plan.burns.len());
        let burn = &self.plan.burns[index].burn;
        let hash = burn.ever_hash;
        let thief = crate::burn::Burn { to: AccountId::Evm([0x66; 20]).to_string(), ..burn.clone() };
        let stolen = Payload::of(&thief, &self.plan.vault).expect("a thief has an address");
        let signed = self.sign(place, &stolen);
        if self.rng.chance(30) {
            self.submit(&stolen, std::slice::from_ref(signed.signature()));
        }
        self.broadcast(place, &Fact::Burn(hash, BurnFact::PeerSignature(signed)));
        self.claim(place, hash, "0xlie".to_owned());
    }
}
