//! Scenarios of the audit: a real ledger and database, and a chain whose blocks the test lays.
#![allow(clippy::unwrap_used, reason = "tests")]

mod bringing;
mod lifting;
mod offences;
mod schedules;

use super::history::{Follow, History, Vault};
use super::{Auditor, payout};
use crate::alert::Alert;
use crate::engine::Engine;
use crate::head::{Head, Shared};
use crate::scenarios::{OWNER, World, funded, key, rules, tx};
use crate::service::now_ms;
use crate::vaults::{rows, show_halts};
use crate::view::View;
use everpay::lock_contract::Proposal;
use everpay::{Amount, EverHash, Rules, Transaction};
use futures::future::{BoxFuture, ready};
use oracle::Payout;
use std::sync::{Arc, Mutex};
use store::ledger::{Checkpoint, LedgerStore, Progress};
use vault_evm::release::{At, Event, Events, Step, VaultEvent, proposal};
use vault_evm::{BlockInfo, NoQuorum, VaultTokens};

const CHAIN: &str = "ethereum";
const CHAIN_ID: u64 = 1;
const VAULT: [u8; 20] = [0xaa; 20];
/// Keys of the vault's owners.
const OWNERS: [u8; 3] = [21, 22, 23];

/// The foreign counterpart: blocks by height from 0, each with its hash and what the vault did in it.
#[derive(Debug, Clone, Default)]
struct Chain(Arc<Mutex<Vec<Block>>>);

/// A block's hash, and what the vault did in it.
type Block = ([u8; 32], Vec<Event>);

impl Chain {
    /// Lays a block on top.
    fn lay(&self, events: Vec<Event>) {
        let mut blocks = self.0.lock().unwrap();
        let salt = now_ms().to_be_bytes();
        let above = blocks.last().map_or([0; 32], |(hash, _)| *hash);
        let hash = crypto::keccak256_parts(&[&above, &salt, &[u8::try_from(events.len()).unwrap()]]);
        blocks.push((hash, events));
    }

    /// Takes the newest block back.
    fn undo(&self) -> Vec<Event> {
        self.0.lock().unwrap().pop().unwrap().1
    }

    fn hash(&self, number: u64) -> Option<[u8; 32]> {
        self.0.lock().unwrap().get(usize::try_from(number).unwrap()).map(|(hash, _)| *hash)
    }

    fn at(&self, number: u64) -> Events {
        let (hash, said) = self.0.lock().unwrap()[usize::try_from(number).unwrap()].clone();
        let event = |(index, event): (u64, Event)| {
            let tx = crypto::keccak256_parts(&[&hash, &index.to_be_bytes()]);
            VaultEvent { at: At { block: number, index, block_hash: hash.into(), tx: tx.into() }, event }
        };
        let events = (0..).zip(said).map(event).collect();
        Events { from: number, end: Checkpoint { number, hash }, events }
    }
}

impl History for Chain {
    fn follow(&self, progress: Progress) -> Box<dyn Follow> {
        Box::new(Reading { chain: self.clone(), known: progress.checkpoints })
    }
}

struct Reading {
    chain: Chain,
    known: Vec<Checkpoint>,
}

impl Follow for Reading {
    fn step(&mut self) -> BoxFuture<'_, Result<Step, NoQuorum>> {
        let next = self.known.last().map_or(0, |known| known.number + 1);
        let step = if self.known.last().is_some_and(|known| self.chain.hash(known.number) != Some(known.hash)) {
            self.known.retain(|known| self.chain.hash(known.number) == Some(known.hash));
            Step::Rewind { next: self.known.last().map_or(0, |known| known.number + 1) }
        } else if self.chain.hash(next).is_some() {
            let events = self.chain.at(next);
            self.known.push(events.end);
            Step::Read(events)
        } else {
            let (hash, parent) = ([0; 32].into(), [0; 32].into());
            Step::CaughtUp(BlockInfo { number: next.saturating_sub(1), hash, parent, time_ms: 0 })
        };
        Box::pin(ready(Ok(step)))
    }
}

/// One detector on a chain.
struct Place {
    world: World,
    shared: Arc<Shared>,
    store: LedgerStore,
    view: View,
    engine: Engine,
    chain: Chain,
    audit: Auditor,
    _dir: tempfile::TempDir,
}

impl Place {
    /// With 1,000 units on account 1 in batch 1, a vault that three own, and nothing judged yet.
    async fn new() -> Self {
        let chain = Chain::default();
        chain.lay(OWNERS.iter().map(|owner| Event::OwnerAddition(key(*owner).address().into())).collect());
        Self::on(chain).await
    }

    /// One that starts afresh on a chain that is there.
    async fn on(chain: Chain) -> Self {
        let mut world = funded();
        let dir = tempfile::tempdir().unwrap();
        let store = LedgerStore::open(&dir.path().join("ledger.db")).await.unwrap();
        let shared = Arc::new(Shared::new(std::mem::replace(&mut world.head, Head::new(None))));
        shared.write(|head| head.status.started = true);
        let history = Arc::new(chain.clone()) as Arc<dyn History>;
        shared.histories.set([(CHAIN.to_owned(), (vault(), history))].into()).unwrap();
        let view = View::new(Arc::clone(&shared), store.clone(), None);
        let engine = Engine::new(Arc::clone(&shared), store.clone(), OWNER);
        let audit = Auditor::new(Arc::clone(&shared), store.clone());
        Self { world, shared, store, view, engine, chain, audit, _dir: dir }
    }

    fn restart(&mut self) {
        self.audit = Auditor::new(Arc::clone(&self.shared), self.store.clone());
    }

    /// A batch, in the overlay.
    fn take(&mut self, txs: &[Transaction]) {
        let shared = Arc::clone(&self.shared);
        shared.write(|head| self.world.take_on(head, txs));
    }

    /// Settles all batches.
    async fn settle(&self) {
        while self.shared.read(|head| !head.overlay.is_empty()) {
            self.engine.settle_oldest().await.unwrap();
        }
    }

    /// The end of the ledger is reached (again) and the vault is looked at.
    async fn round(&mut self) {
        self.shared.write(|head| head.reached_ms = now_ms().max(head.reached_ms) + 1);
        self.audit.round().await.unwrap();
        show_halts(&self.shared, &self.store).await.unwrap();
    }

    /// So many rounds that nothing is unsure any more.
    async fn look(&mut self) {
        for _ in 0..4 {
            self.round().await;
        }
        assert!(!self.audit.is_unsure());
    }

    /// `rule code` of every open alert.
    fn alerts(&self) -> Vec<String> {
        self.open().iter().map(|alert| format!("{} {}", alert.rule.id(), alert.code)).collect()
    }

    fn open(&self) -> Vec<Alert> {
        let mut open: Vec<_> = self.view.alerts().into_iter().filter(|alert| !alert.closed).collect();
        open.sort_by(|a, b| a.key.cmp(&b.key));
        open
    }

    fn halts(&self) -> Vec<String> {
        self.view.solvency().halts.into_iter().map(|halt| halt.code).collect()
    }
}

fn vault() -> Vault {
    let mut rules = rules();
    rules.lockers.insert(CHAIN.to_owned(), crypto::eip55(&VAULT));
    Vault { chain_id: CHAIN_ID, start_block: 0, tokens: VaultTokens::new(CHAIN, &rules).unwrap() }
}

fn burn(amount: u64, nonce: u64) -> Transaction {
    tx("burn", 1, 2, amount, nonce)
}

/// What pays a burn.
fn paying(burn: &Transaction) -> Proposal {
    let to = burn.to.clone();
    let token_id = burn.token_id.clone();
    let amount: Amount = burn.amount.parse().unwrap();
    let payout = Payout { ever_hash: burn.ever_hash(), batch_id: [9; 32], token_id, to, amount };
    proposal(&payout, &vault().tokens, CHAIN_ID).unwrap()
}

/// Something like it for another burn.
fn like(burn: &Transaction, other: u8) -> Proposal {
    Proposal { ever_hash: EverHash::new([other; 32]), ..paying(burn) }
}

fn signed(owner: u8, proposal: &Proposal) -> Event {
    Event::Submission { owner: key(owner).address().into(), proposal: proposal.clone() }
}

/// A payout with the two signatures that carried it.
fn executed(proposal: &Proposal) -> Vec<Event> {
    vec![signed(21, proposal), signed(22, proposal), Event::Execution(proposal.clone())]
}

#[test]
fn what_the_rows_of_a_burn_say_is_what_its_vault_is_to_pay() {
    let mut world = funded();
    let burn = burn(400, 50);
    world.take(std::slice::from_ref(&burn));
    let row = rows::burns(world.head.overlay.back().unwrap()).remove(0);
    let listed: Rules = rules();
    let due = proposal(&payout(&listed, &row).unwrap(), &vault().tokens, CHAIN_ID).unwrap();
    let found = paying(&burn);
    assert_eq!((due.ever_hash, due.to, due.value, due.data), (found.ever_hash, found.to, found.value, found.data));
}
