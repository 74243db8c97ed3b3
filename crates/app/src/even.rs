//! EVEN in the app: a practice network inside this program, and what pages ask of it.
//!
//! What always holds: every number comes from crate `even` over the network's own data; commands are answered from a snapshot
//! and never wait for the network, but for the first one after a start; one network at a time; the event `Even` is told when
//! one starts or stops and once a second between. It needs no ledger.
//! What it does not do: keep a network beyond the program's end (its seed starts the same one again), or connect to others.

mod book;
mod detail;
mod live;
mod messages;
mod ratings;
mod rows;
mod signs;
mod snapshot;
mod view;
mod watched;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use even::ids::NodeId;

use crate::api::{
    CommandError, EvenMessageDetail, EvenMessages, EvenMessagesRequest, EvenNodeDetail, EvenNodesPage,
    EvenNodesRequest, EvenView, EvenWhatIf, EvenWhatIfRequest, EventBody, StartEvenRequest, WatchEvenRequest,
};
use crate::events::Hub;
use live::{Live, Practice, Shown};
use rows::Rating;
use snapshot::Snapshot;
use watched::Watched;

type Answer<T> = Result<T, CommandError>;

/// Nodes of a practice network.
const NODES: std::ops::RangeInclusive<u32> = 4..=200;
/// How long an epoch of a practice network lasts, ms.
const EPOCH_MS: NonZeroU64 = NonZeroU64::new(10_000).expect("10000 is not 0");
/// Seeds that nobody chose are short enough to be written down.
const SEEDS: u64 = 1_000_000_000;
/// A network gets this long to be built.
const START_TIME: Duration = Duration::from_secs(30);
/// Messages of an answer at most.
const MESSAGES_MAX: u32 = 300;

/// See the module header.
#[derive(Debug)]
pub(crate) struct Even {
    hub: Arc<Hub>,
    watched: Watched,
    running: Mutex<Running>,
}

#[derive(Debug)]
struct Running {
    live: Option<Live>,
    epoch_ms: NonZeroU64,
    /// The app is on its way out.
    over: bool,
}

impl Even {
    /// With the watch-list of a data directory; no network runs.
    pub(crate) fn new(data_dir: &Path, hub: Arc<Hub>) -> Self {
        let running = Mutex::new(Running { live: None, epoch_ms: EPOCH_MS, over: false });
        Self { hub, watched: Watched::open(data_dir), running }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Networks that start from now on have epochs of this length.
    pub(crate) fn pace(&self, epoch_ms: NonZeroU64) {
        self.running().epoch_ms = epoch_ms;
    }

    /// The network as it was a moment ago, if one runs.
    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        let running = self.running();
        let live = running.live.as_ref().filter(|live| live.runs())?;
        live.shown().borrow().clone()
    }

    pub(crate) fn view(&self) -> EvenView {
        self.snapshot().map_or_else(view::nothing, |snapshot| view::of(&snapshot, &self.watched.nodes()))
    }

    pub(crate) fn nodes(&self, request: &EvenNodesRequest) -> Answer<EvenNodesPage> {
        match self.snapshot() {
            Some(snapshot) => rows::page(&Rating::now(&snapshot, &self.watched.nodes()), request),
            None => Ok(EvenNodesPage { rows: Vec::new(), matching: 0, total: 0, epoch: 0 }),
        }
    }

    pub(crate) fn node(&self, node: &str) -> Answer<EvenNodeDetail> {
        let (snapshot, at) = self.member(node)?;
        Ok(detail::detail(&Rating::now(&snapshot, &self.watched.nodes()), at))
    }

    pub(crate) fn what_if(&self, request: &EvenWhatIfRequest) -> Answer<EvenWhatIf> {
        let (snapshot, at) = self.member(&request.node)?;
        detail::what_if(&snapshot, at, request, &self.watched.nodes())
    }

    pub(crate) fn messages(&self, request: &EvenMessagesRequest) -> Answer<EvenMessages> {
        if !(1..=MESSAGES_MAX).contains(&request.limit) {
            return Err(invalid(format!("limit {} is not between 1 and {MESSAGES_MAX}", request.limit)));
        }
        let Some(snapshot) = self.snapshot() else { return Ok(EvenMessages { messages: Vec::new() }) };
        let member = request.node.as_deref().map(|node| place(&snapshot, node)).transpose()?;
        Ok(messages::page(&snapshot, request.limit as usize, member))
    }

    pub(crate) fn message(&self, id: &str) -> Answer<EvenMessageDetail> {
        let id = id.parse().map_err(|_| invalid("a message is 64 lower-case hexadecimal digits"))?;
        let found = self.snapshot().and_then(|snapshot| messages::detail(&snapshot, &id));
        found.ok_or_else(|| CommandError::new("not_found", "no such message among the newest"))
    }

    pub(crate) fn watch(&self, request: &WatchEvenRequest) -> Answer<EvenView> {
        self.watched.set(id(&request.node)?, request.watched)?;
        Ok(self.view())
    }

    /// Starts a practice network and waits for its first snapshot.
    pub(crate) async fn start(&self, request: &StartEvenRequest) -> Answer<EvenView> {
        if !NODES.contains(&request.nodes) {
            return Err(invalid(format!("a practice network has {} to {} nodes", NODES.start(), NODES.end())));
        }
        let seed = request.seed.as_deref().map(seed).transpose()?.unwrap_or_else(any_seed);
        let mut shown = self.begin(request.nodes as usize, seed)?;
        let first = tokio::time::timeout(START_TIME, shown.wait_for(Option::is_some)).await.map(|first| first.is_ok());
        if first == Ok(true) {
            return Ok(self.view());
        }
        let why = self.end().await.err().unwrap_or_else(|| "the network did not start in time".to_owned());
        Err(CommandError::new("core_fault", why))
    }

    fn begin(&self, nodes: usize, seed: u64) -> Answer<Shown> {
        let mut running = self.running();
        if running.over || running.live.as_ref().is_some_and(Live::runs) {
            return Err(CommandError::new("busy", "a network runs already"));
        }
        let (hub, epoch_ms) = (Arc::clone(&self.hub), running.epoch_ms);
        let live = Live::start(Practice { nodes, seed, epoch_ms }, move || hub.publish(EventBody::Even));
        let live = live.map_err(|fault| CommandError::new("core_fault", fault))?;
        Ok(running.live.insert(live).shown())
    }

    /// Stops the network, if one runs.
    pub(crate) async fn stop(&self) -> EvenView {
        if let Err(why) = self.end().await {
            tracing::warn!(%why, "the EVEN network had ended by itself");
        }
        self.hub.publish(EventBody::Even);
        self.view()
    }

    /// The same for good.
    pub(crate) async fn close(&self) {
        self.running().over = true;
        // Nobody is left to be told why.
        let _ = self.end().await;
    }

    /// Why it had ended before.
    async fn end(&self) -> Result<(), String> {
        let Some(live) = self.running().live.take() else { return Ok(()) };
        let joined = tokio::task::spawn_blocking(move || live.stop()).await;
        joined.unwrap_or_else(|fault| Err(fault.to_string()))
    }

    fn member(&self, node: &str) -> Answer<(Arc<Snapshot>, usize)> {
        let snapshot = self.snapshot().ok_or_else(|| CommandError::new("not_found", "no network runs"))?;
        let at = place(&snapshot, node)?;
        Ok((snapshot, at))
    }
}

fn place(snapshot: &Snapshot, node: &str) -> Answer<usize> {
    let found = snapshot.index.get(&id(node)?).copied();
    found.ok_or_else(|| CommandError::new("not_found", "no such node"))
}

fn id(node: &str) -> Answer<NodeId> {
    node.parse().map_err(|_| invalid("a node is 64 lower-case hexadecimal digits"))
}

fn seed(text: &str) -> Answer<u64> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or_else(|| invalid("a seed is a number below 2^64"))
}

/// The standard library draws a hasher's keys at random. Nothing is secret in a practice network.
fn any_seed() -> u64 {
    RandomState::new().build_hasher().finish() % SEEDS
}

fn invalid(why: impl ToString) -> CommandError {
    CommandError::new("invalid_request", why)
}
