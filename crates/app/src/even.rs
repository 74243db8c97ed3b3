//! EVEN in the app: a practice network inside this program, or one in a process of its own, and what pages ask of it.
//!
//! What always holds: every number comes from crate `even` over the network's own data; commands are answered from a snapshot
//! and never wait for the network, but for the first one after a start; one network at a time, that in this program before
//! the other; the event `Even` is told when one starts or stops and once a second between. It needs no ledger.
//! What it does not do: keep a network beyond its program's end (its seed starts the same one again), or connect to others.

mod book;
mod detail;
mod host;
mod live;
mod messages;
mod process;
mod questions;
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

use crate::api::{Command, CommandError, EvenView, EventBody, Nothing, Reply, StartEvenRequest, WatchEvenRequest};
use crate::events::Hub;
pub use host::{CannotHost, host_even};
use live::{Live, Shown};
use process::Process;
use questions::Questions;
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

/// See the module header.
#[derive(Debug)]
pub(crate) struct Even {
    hub: Arc<Hub>,
    watched: Watched,
    running: Arc<Mutex<Running>>,
    process: Process,
}

#[derive(Debug)]
struct Running {
    live: Option<Live>,
    epoch_ms: NonZeroU64,
    /// The app is on its way out.
    over: bool,
}

impl Running {
    fn has_network(&self) -> bool {
        self.live.as_ref().is_some_and(Live::runs)
    }
}

impl Even {
    /// With the watch-list of a data directory; no network runs here. Must be called inside a tokio runtime.
    pub(crate) fn new(data_dir: &Path, hub: Arc<Hub>) -> Self {
        let running = Arc::new(Mutex::new(Running { live: None, epoch_ms: EPOCH_MS, over: false }));
        let here = Arc::clone(&running);
        let runs_elsewhere = move || !here.lock().unwrap_or_else(PoisonError::into_inner).has_network();
        let process = Process::look(data_dir, Arc::clone(&hub), runs_elsewhere);
        Self { hub, watched: Watched::open(data_dir), running, process }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Networks that start from now on have epochs of this length.
    pub(crate) fn pace(&self, epoch_ms: NonZeroU64) {
        self.running().epoch_ms = epoch_ms;
    }

    /// The network in this program as it was a moment ago, if one runs.
    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        let running = self.running();
        let live = running.live.as_ref().filter(|live| live.runs())?;
        live.shown().borrow().clone()
    }

    /// Answers a command that only reads.
    pub(crate) async fn read(&self, command: Command) -> Answer<Reply> {
        let (snapshot, watched) = (self.snapshot(), self.watched.nodes());
        if snapshot.is_none() && self.process.is_there() {
            let answer = self.process.ask(command.clone(), watched.clone()).await?;
            if let Some(reply) = answer {
                return Ok(reply);
            }
        }
        Questions { snapshot: snapshot.as_deref(), watched: &watched }.answer(&command)
    }

    async fn view(&self) -> Answer<EvenView> {
        match self.read(Command::Even(Nothing {})).await? {
            Reply::Even(view) => Ok(view),
            other => Err(CommandError::new("core_fault", format!("{other:?} is no view of a network"))),
        }
    }

    pub(crate) async fn watch(&self, request: &WatchEvenRequest) -> Answer<EvenView> {
        self.watched.set(id(&request.node)?, request.watched)?;
        self.view().await
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
            return self.view().await;
        }
        let why = self.end().await.err().unwrap_or_else(|| "the network did not start in time".to_owned());
        Err(CommandError::new("core_fault", why))
    }

    fn begin(&self, nodes: usize, seed: u64) -> Answer<Shown> {
        let mut running = self.running();
        if running.over || running.has_network() {
            return Err(CommandError::new("busy", "a network runs already"));
        }
        let (hub, config) = (Arc::clone(&self.hub), even_sim::live::config(nodes, seed, running.epoch_ms));
        let live = Live::start(config, move || hub.publish(EventBody::Even));
        let live = live.map_err(|fault| CommandError::new("core_fault", fault))?;
        Ok(running.live.insert(live).shown())
    }

    /// Stops the network, if one runs.
    pub(crate) async fn stop(&self) -> Answer<EvenView> {
        if let Err(why) = self.end().await {
            tracing::warn!(%why, "the EVEN network had ended by itself");
        }
        self.hub.publish(EventBody::Even);
        self.view().await
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
