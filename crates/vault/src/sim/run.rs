//! The loop: one thing after the other, in the order of simulated time.

use super::chain::{Chain, State};
use super::node::Node;
use super::plan::{FAULTS_MS, MINUTE_MS, Plan, START_MS, Sabotage};
use super::rng::Rng;
use super::{Failure, Report};
use crate::pipeline::{BurnFact, Fact, Stage};
use everpay::EverHash;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Blocks that a reorganisation replaces at most.
pub(super) const REORG_MAX: usize = 10;
pub(super) const BLOCK_MS: u64 = 12_000;
const POLL_MS: u64 = 15_000;
/// How long after the last fault everything must be paid: several windows of the policy, waits and take-overs.
const SETTLE_MS: u64 = 12 * 60 * MINUTE_MS;

/// What happens; what is meant for one life of a watchman does not reach the next.
pub(super) enum Event {
    Start(usize),
    Poll(usize, u32),
    Tell(usize, u32, Box<Fact>),
    Block,
}

pub(super) struct Run {
    pub(super) seed: u64,
    pub(super) sabotage: Sabotage,
    pub(super) rng: Rng,
    pub(super) plan: Plan,
    pub(super) chain: Chain,
    pub(super) nodes: Vec<Node>,
    pub(super) now_ms: u64,
    pub(super) broken: Option<String>,
    pub(super) crashes: u32,
    pub(super) blocks_undone: u32,
    pub(super) signatures: u32,
    pub(super) accused: BTreeSet<crate::signature::Owner>,
    /// By how many blocks behind: of which version of the chain, and the vault.
    pub(super) states: BTreeMap<usize, (u64, Rc<State>)>,
    queue: BTreeMap<(u64, u64), Event>,
    queued: u64,
}

impl Run {
    pub(super) fn new(seed: u64, sabotage: Sabotage) -> Self {
        let mut rng = Rng::new(seed);
        let plan = Plan::new(&mut rng);
        let nodes = plan.keys.iter().map(|_| Node::new()).collect::<Vec<_>>();
        let mut run = Self {
            seed,
            sabotage,
            rng,
            plan,
            chain: Chain::default(),
            nodes,
            now_ms: START_MS,
            broken: None,
            crashes: 0,
            blocks_undone: 0,
            signatures: 0,
            accused: BTreeSet::new(),
            states: BTreeMap::new(),
            queue: BTreeMap::new(),
            queued: 0,
        };
        (0..run.nodes.len()).for_each(|place| run.after(0, Event::Start(place)));
        run.after(BLOCK_MS, Event::Block);
        run
    }

    pub(super) fn finish(mut self) -> Result<Report, Failure> {
        while let Some(((at_ms, _), event)) = self.queue.pop_first() {
            self.now_ms = at_ms;
            self.happen(event);
            if let Some(what) = self.broken.take() {
                return Err(Failure { seed: self.seed, at_ms: self.now_ms - START_MS, what });
            }
            if !self.is_faulty() && self.all_closed() {
                break;
            }
            if self.now_ms > START_MS + FAULTS_MS + SETTLE_MS {
                let what = format!("not all paid: {}", self.unpaid());
                return Err(Failure { seed: self.seed, at_ms: self.now_ms - START_MS, what });
            }
        }
        Ok(Report {
            watchmen: self.nodes.len(),
            paid: self.plan.burns.iter().filter(|burn| burn.is_payable()).count(),
            crashes: self.crashes,
            blocks_undone: self.blocks_undone,
            signatures: self.signatures,
            accused: self.accused.len(),
            length_ms: self.now_ms - START_MS,
        })
    }

    pub(super) fn after(&mut self, wait_ms: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.now_ms + wait_ms, self.queued), event);
    }

    /// Says what broke; the first counts.
    pub(super) fn broke(&mut self, what: String) {
        self.broken.get_or_insert(what);
    }

    pub(super) fn is_faulty(&self) -> bool {
        self.now_ms < START_MS + FAULTS_MS
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Start(place) => self.start(place),
            Event::Poll(place, life) if self.nodes[place].life == life => {
                self.poll(place);
                let wait_ms = POLL_MS + self.rng_up_to(500);
                self.after(wait_ms, Event::Poll(place, life));
            }
            Event::Tell(place, life, fact) if self.nodes[place].life == life => {
                self.answered(place, &fact);
                self.tell(place, &fact);
            }
            Event::Poll(..) | Event::Tell(..) => {}
            Event::Block => {
                self.block();
                self.after(BLOCK_MS, Event::Block);
            }
        }
    }

    pub(super) fn rng_up_to(&mut self, most: u64) -> u64 {
        self.rng.between(0, most)
    }

    fn start(&mut self, place: usize) {
        let faulty = self.is_faulty();
        let node = &mut self.nodes[place];
        node.behind_blocks = if faulty { self.rng.index(3) } else { 0 };
        node.behind_ms = if faulty { self.rng.between(0, MINUTE_MS) } else { 0 };
        if let Err(damaged) = node.start() {
            return self.broke(format!("watchman {place}: {damaged}"));
        }
        for fact in [
            Fact::Setup(self.plan.setup(place)),
            Fact::Started,
            Fact::Policy(self.plan.policy(place)),
            Fact::Roster(self.plan.roster()),
        ] {
            self.tell(place, &fact);
        }
        if self.nodes[place].watchman.is_some() {
            let life = self.nodes[place].life;
            self.after(0, Event::Poll(place, life));
        }
    }

    fn block(&mut self) {
        if self.is_faulty() && self.rng.chance(self.plan.reorg_percent) && self.chain.height() > 0 {
            let depth = 1 + self.rng.index(self.chain.height().min(REORG_MAX));
            self.blocks_undone += u32::try_from(depth).expect("at most 10");
            self.chain.reorganise(depth, &mut self.rng);
            // A branch that replaces another is longer.
            (0..depth).for_each(|_| self.chain.mine(&mut self.rng));
        }
        if self.is_faulty() && self.rng.chance(5) {
            self.chain.pool.pop();
        }
        self.chain.mine(&mut self.rng);
        self.check_payouts();
    }

    fn all_closed(&self) -> bool {
        let honest = || (0..self.nodes.len()).filter(|place| self.plan.is_honest(*place));
        let mut payable = self.plan.burns.iter().filter(|burn| burn.is_payable());
        payable.all(|planned| honest().all(|place| self.stage(place, &planned.burn.ever_hash) == Some("closed")))
    }

    pub(super) fn stage(&self, place: usize, ever_hash: &EverHash) -> Option<&'static str> {
        let case = self.nodes[place].watchman.as_ref()?.pipeline().case(ever_hash)?;
        Some(case.stage().name())
    }

    fn unpaid(&self) -> String {
        let payable = self.plan.burns.iter().filter(|burn| burn.is_payable());
        let line = |hash: &EverHash| {
            let stages = (0..self.nodes.len()).map(|place| self.stage(place, hash).unwrap_or("none"));
            format!("{hash} {:?}", stages.collect::<Vec<_>>())
        };
        payable.map(|planned| line(&planned.burn.ever_hash)).collect::<Vec<_>>().join("; ")
    }

    /// People look at what failed, once the chain behaves.
    pub(super) fn reopen(&mut self, place: usize) {
        let Some(watchman) = &self.nodes[place].watchman else { return };
        let failed = watchman
            .pipeline()
            .cases()
            .filter(|case| matches!(case.stage(), Stage::Failed(crate::pipeline::Failure::KeepsFailing)));
        for ever_hash in failed.map(|case| case.burn().ever_hash).collect::<Vec<_>>() {
            self.tell(place, &Fact::Burn(ever_hash, BurnFact::Reopened { by: "person".to_owned() }));
        }
    }
}
