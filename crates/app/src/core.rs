//! The app: a detector at work with the deposit watchers beside it, commands answered, events told, alerts notified.
//!
//! Starting returns at once; the detector opens its data behind it, and until then every command is answered with the
//! code `starting`. A detector that cannot open or ends with a fault leaves an app that answers `core_fault` with the
//! reason, so that a page can say it.

use std::fs;
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use detector::{Detector, View};
use oracle::network::{NetworkError, NetworkFile};
use tokio::sync::broadcast;
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use crate::api::{CommandError, Event, Notifications, Status};
use crate::bridge;
use crate::ceremonies::SharedKeys;
use crate::confirm::{Asker, Desk};
use crate::even::Even;
use crate::events::Hub;
use crate::keys::Keys;
use crate::lock::{DataLock, LockFault};
use crate::map::{self, Here, Standing};
use crate::notify::{Desktop, Notifier};
use crate::settings::Settings;
use crate::watch::{self, Watch};
use crate::watchers::{self, Watchers};
use crate::withdraw::Withdrawals;

/// Bytes of a network file at most.
const NETWORK_MAX: u64 = 4 << 20;
/// A detector gets this long to put its things in order.
const STOP_TIME: Duration = Duration::from_secs(10);

/// What to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is watched.
    pub network: NetworkFile,
    /// Where everything verified is kept; created when missing. One app at a time.
    pub data_dir: PathBuf,
    /// Whether alerts raise native notifications.
    pub notify: bool,
    /// The shell's own windows, in which a person confirms; without one what needs a person is refused.
    pub desk: Option<Arc<dyn Desk>>,
}

/// Why an app cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another app has the data directory.
    #[error("another Everwatch uses {} already; close it or name another folder with --data-dir", .0.display())]
    InUse(PathBuf),
    /// The data directory cannot be made or written.
    #[error("cannot use {} as data directory", .0.display())]
    DataDir(PathBuf, #[source] io::Error),
    /// The network file cannot be read.
    #[error("cannot read the network file {}", .0.display())]
    NetworkFile(PathBuf, #[source] io::Error),
    /// The network file is none.
    #[error("{} is not a network file", .0.display())]
    Network(PathBuf, #[source] NetworkError),
}

/// Reads and checks a network file.
///
/// # Errors
/// When it cannot be read, is too large or is not a network that can be used.
pub fn network_file(path: &Path) -> Result<NetworkFile, StartError> {
    let unreadable = |fault| StartError::NetworkFile(path.to_owned(), fault);
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > NETWORK_MAX {
        return Err(unreadable(io::Error::other(format!("{size} bytes are too many"))));
    }
    let text = fs::read(path).map_err(unreadable)?;
    NetworkFile::parse(&text).map_err(|fault| StartError::Network(path.to_owned(), fault))
}

/// How far the core has come.
#[derive(Clone)]
enum Phase {
    Starting,
    Running(View),
    Failed(String),
}

/// What commands, the bridge and the supervisor share.
pub(crate) struct Shared {
    pub(crate) network: NetworkFile,
    phase: RwLock<Phase>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) asker: Arc<Asker>,
    pub(crate) keys: Keys,
    pub(crate) notifier: Option<Notifier>,
    pub(crate) standing: Mutex<Standing>,
    pub(crate) watchers: Watchers,
    pub(crate) withdrawals: Withdrawals,
    pub(crate) watch: Watch,
    pub(crate) ceremonies: SharedKeys,
    pub(crate) even: Even,
    snapshots: AtomicU64,
}

/// A running app. See the module header.
pub struct App {
    pub(crate) shared: Arc<Shared>,
    stop: Sender<bool>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
    _lock: DataLock,
}

impl App {
    /// Starts an app. Must be called inside a tokio runtime; returns before the detector has opened its data.
    ///
    /// # Errors
    /// When the data directory cannot be used or is in use.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let unusable = |fault| StartError::DataDir(config.data_dir.clone(), fault);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
        made.map_err(unusable)?;
        let lock = DataLock::take(&config.data_dir, "app.lock").map_err(|fault| match fault {
            LockFault::Taken => StartError::InUse(config.data_dir.clone()),
            LockFault::Io(fault) => unusable(fault),
        })?;
        let journal = config.data_dir.join("notified.log");
        let notifier = config.notify.then(|| Notifier::start(&journal, Desktop)).transpose().map_err(unusable)?;
        let (hub, settings) = (Arc::new(Hub::new()), Arc::new(Settings::open(&config.data_dir)));
        let asker = Arc::new(Asker::new(config.desk, Arc::clone(&settings)));
        let shared = Arc::new(Shared {
            keys: Keys::new(&config.data_dir, Arc::clone(&settings), Arc::clone(&asker), Arc::clone(&hub)),
            watchers: Watchers::new(&config.network),
            withdrawals: Withdrawals::new(&config.network),
            watch: Watch::new(&config.data_dir),
            ceremonies: SharedKeys::default(),
            even: Even::new(&config.data_dir, Arc::clone(&hub)),
            network: config.network,
            phase: RwLock::new(Phase::Starting),
            hub,
            settings,
            asker,
            notifier,
            standing: Mutex::new(Standing::of(&[])),
            snapshots: AtomicU64::new(0),
        });
        shared.keys.set_watchman(shared.watch.account());
        let (stop, stopping) = channel(false);
        let supervisor = tokio::spawn(supervise(Arc::clone(&shared), config.data_dir, stopping));
        Ok(Self { shared, stop, supervisor: Mutex::new(Some(supervisor)), _lock: lock })
    }

    /// The events from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.shared.hub.subscribe()
    }

    /// EVEN networks that start from now on have epochs of this length: ten seconds unless a shell or a test says otherwise.
    pub fn pace_even(&self, epoch: Duration) {
        let ms = u64::try_from(epoch.as_millis()).ok().and_then(NonZeroU64::new);
        self.shared.even.pace(ms.unwrap_or(NonZeroU64::MIN));
    }

    /// Stops the detector and waits for it, within bounds. Further calls do nothing.
    pub async fn stop(&self) {
        // An error means that nothing runs any more.
        let _ = self.stop.send(true);
        self.shared.keys.lock();
        self.shared.even.close().await;
        let supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut supervisor) = supervisor
            && tokio::time::timeout(STOP_TIME, &mut supervisor).await.is_err()
        {
            tracing::warn!("the detector did not stop in time and is cut off");
            supervisor.abort();
        }
    }
}

impl Shared {
    pub(crate) fn view(&self) -> Result<View, CommandError> {
        match &*self.phase.read().unwrap_or_else(PoisonError::into_inner) {
            Phase::Running(view) => Ok(view.clone()),
            Phase::Starting => Err(CommandError::new("starting", "the core is opening its data")),
            Phase::Failed(why) => Err(CommandError::new("core_fault", why)),
        }
    }

    fn enter(&self, phase: Phase) {
        *self.phase.write().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// A fresh snapshot of the heartbeat.
    pub(crate) fn status(&self, view: &View) -> Status {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Numbered before it is made: of two snapshots the later number never shows the older state.
        let seq = self.snapshots.fetch_add(1, Ordering::SeqCst) + 1;
        let (signing, awaiting) = self.watch.heartbeat(self.keys.session().is_some());
        let here = Here {
            now_ms: detector::now_ms(),
            seq,
            network: self.network.name.clone(),
            practice: self.network.practice,
            depth_blocks: self.network.depth,
            notifications: self.notifier.as_ref().map_or(Notifications::Off, Notifier::state),
            signing,
            awaiting: awaiting + self.ceremonies.awaiting(),
        };
        map::status(&view.status(), &view.solvency(), &standing, here)
    }
}

/// Keeps the detector running until told to stop. It works in a task of its own: a panic in there ends the detector, not
/// the app.
async fn supervise(shared: Arc<Shared>, data_dir: PathBuf, stopping: Receiver<bool>) {
    let ended = tokio::spawn(watch_ledger(Arc::clone(&shared), data_dir, stopping.clone())).await;
    match ended {
        Ok(Ok(())) if *stopping.borrow() => {}
        Ok(Ok(())) => fail(&shared, &io::Error::other("the detector ended by itself")),
        Ok(Err(fault)) => fail(&shared, fault.as_ref()),
        Err(fault) => fail(&shared, &fault),
    }
}

async fn watch_ledger(
    shared: Arc<Shared>,
    data_dir: PathBuf,
    stopping: Receiver<bool>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let config = detector::Config::from_network(&shared.network, data_dir.clone())?;
    let mut detector = Detector::open(config).await?;
    let view = detector.view();
    shared.enter(Phase::Running(view.clone()));
    let (done, over) = channel(false);
    let bridge = bridge::run(Arc::clone(&shared), view.clone(), over.clone());
    let watchman = watch::run(Arc::clone(&shared), view, over.clone());
    let watchers = watchers::run(shared, &data_dir, over);
    let run = async {
        let ended = detector.run(stopping).await;
        // The bridge passes on what is left and ends, the watchers and the watchman end.
        let _ = done.send(true);
        ended
    };
    let (ended, (), (), ()) = tokio::join!(run, bridge, watchers, watchman);
    Ok(ended?)
}

fn fail(shared: &Shared, fault: &dyn std::error::Error) {
    let why = with_causes(fault);
    tracing::error!(%why, "the core has stopped");
    shared.enter(Phase::Failed(why));
    shared.hub.publish(crate::api::EventBody::Reloaded);
}

/// A fault in one line with what lies below it.
pub(crate) fn with_causes(fault: &dyn std::error::Error) -> String {
    let mut why = fault.to_string();
    let mut cause = fault.source();
    while let Some(below) = cause {
        why.push_str(": ");
        why.push_str(&below.to_string());
        cause = below.source();
    }
    why
}
