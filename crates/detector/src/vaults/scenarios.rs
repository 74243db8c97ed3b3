//! Scenarios of the watch over the vaults: a real ledger and database, and a source chain whose answers the test gives.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::watch::VaultWatch;
use crate::alert::{Alert, Severity};
use crate::engine::Engine;
use crate::head::Shared;
use crate::model::{BurnFilter, BurnState, Cover, TokenSolvency};
use crate::scenarios::{OWNER, World, funded, tx};
use crate::view::View;
use everpay::{Amount, Checked, EverHash, TokenTag, eth_token};
use futures::future::{BoxFuture, ready};
use oracle::{CheckPoint, Evidence, Fault, MintFinding, NotCheckable, Oracle, Payout, Reserves, SourceChain, Standing};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use store::ledger::LedgerStore;

const CHAIN: &str = "ethereum";

/// The foreign counterpart: says what it was told to say.
struct Chain(Mutex<Says>);

#[derive(Clone)]
struct Says {
    /// `None` keeps silent.
    held: Option<u64>,
    height: u64,
    paid: Vec<EverHash>,
    standing: Standing,
    asked: Vec<EverHash>,
}

impl SourceChain for Chain {
    fn check<'a>(&'a self, _: &'a Checked, _: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>> {
        Box::pin(ready(Ok(MintFinding::NotCheckable { why: NotCheckable::NoSource })))
    }

    fn standing<'a>(&'a self, _: &'a Evidence) -> BoxFuture<'a, Result<Standing, Fault>> {
        Box::pin(ready(Ok(self.0.lock().unwrap().standing.clone())))
    }

    fn reserves<'a>(&'a self, waiting: &'a [Payout]) -> BoxFuture<'a, Result<Reserves, Fault>> {
        let mut says = self.0.lock().unwrap();
        says.asked = waiting.iter().map(|payout| payout.ever_hash).collect();
        let Some(held) = says.held else {
            let chain = CHAIN.to_owned();
            return Box::pin(ready(Err(Fault::Unavailable { chain, answered: 0, needed: 1, last: String::new() })));
        };
        let zero = eth_token().targets[CHAIN].token_id.clone();
        Box::pin(ready(Ok(Reserves {
            height: says.height,
            block: "0xb1".to_owned(),
            time_ms: 5,
            tokens: vec![(zero, Amount::from(held))],
            paid: says.paid.iter().filter(|hash| says.asked.contains(hash)).copied().collect(),
            sources: vec!["http://node".to_owned()],
        })))
    }
}

struct Place {
    shared: Arc<Shared>,
    store: LedgerStore,
    view: View,
    engine: Engine,
    chain: Arc<Chain>,
    watch: VaultWatch,
    dir: tempfile::TempDir,
}

impl Place {
    async fn new(world: World) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = LedgerStore::open(&dir.path().join("ledger.db")).await.unwrap();
        let shared = Arc::new(Shared::new(world.head));
        shared.write(|head| head.status.started = true);
        let says = Says { held: Some(1_000), height: 50, paid: vec![], standing: Standing::Stands, asked: vec![] };
        let chain = Arc::new(Chain(Mutex::new(says)));
        let view = View::new(Arc::clone(&shared), store.clone(), None);
        let engine = Engine::new(Arc::clone(&shared), store.clone(), OWNER);
        let watch = watch(&shared, &store, &view, &chain);
        Self { shared, store, view, engine, chain, watch, dir }
    }

    fn restart_watch(&mut self) {
        self.watch = watch(&self.shared, &self.store, &self.view, &self.chain);
    }

    fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.chain.0.lock().unwrap());
    }

    /// Two rounds: what two readings in a row show is told.
    async fn look(&mut self) -> TokenSolvency {
        self.watch.round().await.unwrap();
        self.watch.round().await.unwrap();
        self.view.solvency().tokens.remove(0)
    }

    async fn with_held(&mut self, held: u64) -> TokenSolvency {
        self.say(|says| says.held = Some(held));
        self.look().await
    }

    fn open_alerts(&self) -> Vec<Alert> {
        self.view.alerts().into_iter().filter(|alert| !alert.closed).collect()
    }

    fn halts(&self) -> Vec<(String, String)> {
        self.view.solvency().halts.into_iter().map(|halt| (halt.chain, halt.code)).collect()
    }

    async fn settle_all(&self) {
        while self.shared.read(|head| !head.overlay.is_empty()) {
            self.engine.settle_oldest().await.unwrap();
        }
    }
}

fn watch(shared: &Arc<Shared>, store: &LedgerStore, view: &View, chain: &Arc<Chain>) -> VaultWatch {
    let oracle = Oracle::new().with(CHAIN, Arc::clone(chain) as Arc<dyn SourceChain>);
    let (shared, store, view) = (Arc::clone(shared), store.clone(), view.clone());
    VaultWatch::new(shared, store, view, Arc::new(OnceLock::from(oracle)), Duration::ZERO)
}

fn units(value: u64) -> Amount {
    Amount::from(value)
}

#[tokio::test]
async fn a_short_vault_is_told_once_an_episode_and_halts() {
    let mut place = Place::new(funded()).await;
    let token = place.with_held(1_000).await;
    assert_eq!((token.verdict, token.owed, token.held), (Cover::Covered, units(1_000), Some(units(1_000))));
    assert!(place.open_alerts().is_empty() && place.halts().is_empty());

    place.say(|says| says.held = Some(999));
    place.watch.round().await.unwrap();
    assert!(place.open_alerts().is_empty(), "one reading is not enough");
    place.watch.round().await.unwrap();
    let alert = place.open_alerts().remove(0);
    assert_eq!((alert.rule.id(), alert.code.as_str(), alert.param("short")), ("F12", "vault_short", "1"));
    assert_eq!((alert.severity, alert.provisional), (Severity::Critical, false));
    assert!(alert.evidence.iter().any(|link| !link.holds));
    assert_eq!(place.halts(), [(CHAIN.to_owned(), "vault_short".to_owned())]);

    // Further off, and after a restart: the same alert.
    place.restart_watch();
    place.with_held(990).await;
    let [now] = &place.open_alerts()[..] else { panic!("one alert") };
    assert_eq!((&now.key, now.param("short"), now.raised_ms), (&alert.key, "10", alert.raised_ms));

    assert_eq!(place.with_held(1_001).await.verdict, Cover::Covered);
    assert!(place.open_alerts().is_empty(), "closed by itself");
    assert_eq!(place.halts().len(), 1, "armed again by a person only");
    place.with_held(0).await;
    let [second] = &place.open_alerts()[..] else { panic!("one alert") };
    assert_ne!(second.key, alert.key);
    let stored = place.store.alerts().await.unwrap();
    assert_eq!(stored.len(), 2);
    let reopened = LedgerStore::open(&place.dir.path().join("ledger.db")).await.unwrap();
    assert_eq!(reopened.halts().await.unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_is_said_while_it_is_not_known() {
    let mut place = Place::new(funded()).await;
    place.say(|says| says.held = Some(1));
    place.shared.write(|head| head.status.lag_batches = 1);
    assert_eq!(place.look().await.verdict, Cover::Unknown, "the ledger is not read to its end");
    place.shared.write(|head| head.status.lag_batches = 0);
    place.say(|says| says.held = None);
    let token = place.look().await;
    assert_eq!((token.verdict, token.held, token.chains[0].why), (Cover::Unknown, None, Some("no_answer")));
    assert!(place.view.alerts().is_empty() && place.halts().is_empty());
}

#[tokio::test]
async fn a_reading_older_than_a_credited_deposit_proves_no_lack() {
    let mut place = Place::new(credited()).await;
    place.say(|says| (says.held, says.height) = (Some(0), 41));
    let token = place.look().await;
    assert_eq!((token.verdict, token.chains[0].why), (Cover::Unknown, Some("behind")));
    place.say(|says| says.height = 42);
    assert_eq!(place.look().await.verdict, Cover::Short);
}

#[tokio::test]
async fn a_burn_is_owed_until_its_chain_has_paid_it() {
    let mut world = funded();
    let burn = tx("burn", 1, 2, 400, 50);
    world.take(std::slice::from_ref(&burn));
    let mut place = Place::new(world).await;
    for settled in [false, true] {
        let token = place.with_held(1_000).await;
        assert_eq!((token.supply, token.waiting, token.owed), (units(600), units(400), units(1_000)));
        assert_eq!(token.verdict, Cover::Covered);
        assert_eq!(place.chain.0.lock().unwrap().asked, [burn.ever_hash()]);
        // Paid out: the vault holds less and owes less.
        place.say(|says| says.paid = vec![burn.ever_hash()]);
        let token = place.with_held(600).await;
        assert_eq!((token.waiting, token.verdict), (Amount::ZERO, Cover::Covered));
        let page = place.view.burns(&BurnFilter::default(), None, 10).await.unwrap();
        let [row] = &page.rows[..] else { panic!("one burn: {page:?}") };
        let state = if settled { BurnState::Paid } else { BurnState::Waiting };
        assert_eq!((row.settled, row.state, row.amount, row.chain.as_str()), (settled, state, units(400), CHAIN));
        // The chain took the payment back.
        place.say(|says| says.paid.clear());
        assert_eq!(place.with_held(1_000).await.waiting, units(400));
        let waiting = BurnFilter { account: Some(row.from), waiting_only: true };
        assert_eq!(place.view.burns(&waiting, None, 10).await.unwrap().rows.len(), 1);
        assert_eq!(place.view.burns(&waiting, Some(row.id), 10).await.unwrap().rows.len(), 0);
        place.settle_all().await;
    }
    assert!(place.view.alerts().is_empty());
}

#[tokio::test]
async fn burns_are_paged_newest_first_across_what_is_settled() {
    let mut world = funded();
    let burns: Vec<_> = (0..5).map(|n| tx("burn", 1, 2, 10 + n, 50 + n)).collect();
    world.take(&burns[..3]);
    world.take(&burns[3..]);
    let place = Place::new(world).await;
    for _ in 0..2 {
        place.engine.settle_oldest().await.unwrap();
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = place.view.burns(&BurnFilter::default(), before, 2).await.unwrap();
        seen.extend(page.rows.iter().map(|row| (row.amount, row.settled)));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [14, 13, 12, 11, 10].map(|n| (units(n), n < 13)));
}

/// A ledger with one verified mint, its deposit in block 42.
fn credited() -> World {
    let mut world = World::new();
    let evidence = Evidence {
        chain: CHAIN.to_owned(),
        deposit: "0x01".to_owned(),
        height: Some(42),
        block: Some("0xb0".to_owned()),
        ..Evidence::default()
    };
    world.take_with(&[tx("mint", 9, 1, 1_000, 1)], BTreeMap::from([(0, MintFinding::Verified { evidence })]));
    world
}

#[tokio::test]
async fn a_deposit_that_its_chain_takes_back_is_told_once_and_halts_its_vault() {
    for settled in [false, true] {
        let mut place = Place::new(credited()).await;
        if settled {
            place.settle_all().await;
        }
        place.look().await;
        assert!(place.view.alerts().is_empty());
        place.say(|says| says.standing = Standing::Undone { tip: 60 });
        place.look().await;
        place.restart_watch();
        place.look().await;
        let [alert] = &place.open_alerts()[..] else { panic!("one alert: {:?}", place.view.alerts()) };
        assert_eq!((alert.rule.id(), alert.code.as_str(), alert.severity), ("F4", "mint_undone", Severity::Critical));
        assert_eq!((alert.param("amount"), alert.param("chain"), alert.provisional), ("1000", CHAIN, false));
        assert_eq!(alert.place.ever_hash, Some(tx("mint", 9, 1, 1_000, 1).ever_hash().to_string()));
        assert_eq!(place.halts(), [(CHAIN.to_owned(), "mint_undone".to_owned())]);
        place.view.acknowledge(&alert.key).await.unwrap();
        place.settle_all().await;
        place.look().await;
        assert!(place.view.alert(&alert.key).unwrap().acknowledged, "nothing is told again when the batch settles");
        // It was only a deeper reorganisation: the deposit is back, and in the end final.
        place.say(|says| says.standing = Standing::Final);
        place.look().await;
        assert!(place.open_alerts().is_empty());
        assert_eq!(place.halts().len(), 1);
        assert!(place.store.credits(CHAIN, "", 10).await.unwrap().is_empty(), "final ones are not asked about again");
    }
}

#[tokio::test]
async fn the_mint_of_a_deposit_is_found_before_and_after_it_is_settled() {
    let place = Place::new(credited()).await;
    let (tag, deposit) = (eth_token().tag(), format!("0x{:064x}", 1));
    for settled in [false, true] {
        let mint = place.view.mint_of(&tag, &deposit).await.unwrap().unwrap();
        assert_eq!((mint.batch, mint.settled), (1, settled));
        assert_eq!(mint.ever_hash, tx("mint", 9, 1, 1_000, 1).ever_hash().to_string());
        assert_eq!(place.view.mint_of(&TokenTag::from_text("a-b-c"), &deposit).await.unwrap(), None);
        place.settle_all().await;
    }
}
