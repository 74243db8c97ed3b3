//! `everwatchd vault run`: ceremonies over a network of their own; and the same beside a watchman, as its guest.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use ceremony::door::{Access, Door};
use ceremony::{Carrier, Config, Driver, Timing};
use keystore::Session;
use oracle::network::NetworkFile;
use p2p::{Identity, PeerId};
use tokio::sync::watch;
use tokio::task::JoinSet;
use watchman::{RosterFile, WatchmanView, talk};
use zeroize::Zeroizing;

use super::show;
use crate::watchman::{KeystoreArgs, run::keep_open, secrets};

/// A watchman's guest that cannot begin is tried again.
const REST: Duration = Duration::from_secs(30);

/// Drive ceremonies.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the records and the socket.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    #[command(flatten)]
    keystore: KeystoreArgs,
    /// The roster: who the watchmen are and where they are reached.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// File that names the network; the watchmen of one network meet each other.
    #[arg(long, value_name = "FILE", required_unless_present = "offline")]
    network: Option<PathBuf>,
    /// Where the others reach this one; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<SocketAddr>,
    /// Connect to nobody: people carry every message (`export`, `import`).
    #[arg(long, conflicts_with_all = ["network", "listen"])]
    offline: bool,
    /// Machines that hear nothing new for so long give up (seconds).
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..=3_600))]
    round_s: u64,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&args.data_dir);
    made.with_context(|| format!("{} cannot be made", args.data_dir.display()))?;
    let text =
        std::fs::read_to_string(&args.roster).with_context(|| format!("{} cannot be read", args.roster.display()))?;
    let roster = RosterFile::parse(&text).with_context(|| format!("{} is no usable roster", args.roster.display()))?;
    let keys = args.keystore.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let session = Arc::new(secrets::unlock(&keys)?);
        let identity = watchman::peer_identity(&session)?;
        anyhow::Ok((session, identity))
    });
    let (session, identity) = opened.await??;
    let own = identity.peer_id();
    let (carrier, listening) =
        if args.offline { (None, Vec::new()) } else { connect(&args, identity, &roster).await? };
    let name = roster.peers().peers().find(|peer| peer.id == own).map(|peer| peer.name.clone());
    let timing = Timing { round: Duration::from_secs(args.round_s), ..Timing::default() };
    let config = Config {
        data_dir: args.data_dir.clone(),
        session: Some(Arc::clone(&session)),
        own,
        name: name.with_context(|| format!("the roster does not name {own}"))?,
        carrier,
        timing,
    };
    let (stop, stopped) = watch::channel(false);
    let mut working = begin(config, &args.data_dir, &roster, stopped).await?;
    let mut beside = JoinSet::new();
    beside.spawn(keep_open(session));
    beside.spawn(crate::signal::stopped());
    say_ready(own, &listening)?;
    let first = tokio::select! {
        Some(ended) = working.join_next() => Some(ended),
        _ = beside.join_next() => None,
    };
    let _ = stop.send(true);
    let ended = match first {
        Some(ended) => Some(ended),
        None => working.join_next().await,
    };
    ended.map_or(Ok(()), |ended| ended.context("a part ended unexpectedly")?)
}

fn say_ready(own: PeerId, listening: &[SocketAddr]) -> anyhow::Result<()> {
    let listening: Vec<String> = listening.iter().map(SocketAddr::to_string).collect();
    let listening = if listening.is_empty() { "nothing".to_owned() } else { listening.join(", ") };
    show::say(&format!("vault {own} listening on {listening}"))
}

async fn connect(
    args: &Args,
    identity: Identity,
    roster: &RosterFile,
) -> anyhow::Result<(Option<Carrier>, Vec<SocketAddr>)> {
    let path = args.network.as_deref().unwrap_or(Path::new(""));
    let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let network =
        NetworkFile::parse(&text).with_context(|| format!("{} is not a usable network file", path.display()))?;
    let config = p2p::Config {
        identity,
        network: talk::network(&network),
        listen: args.listen.clone(),
        roster: roster.peers().clone(),
        topics: Vec::new(),
        limits: p2p::Limits::default(),
    };
    let (handle, events) = p2p::start(config).await?;
    let listening = handle.presence().listening.into_iter().collect();
    Ok((Some(Carrier::own(handle, events)), listening))
}

/// Opens the driver and its door; both work until `stopped`.
async fn begin(
    config: Config,
    data_dir: &Path,
    roster: &RosterFile,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<JoinSet<anyhow::Result<()>>> {
    let (driver, view) = tokio::task::spawn_blocking(move || Driver::open(config)).await??;
    let door = Door::open(data_dir, Access::Decide)?;
    let mut working = JoinSet::new();
    working.spawn(async move { driver.run(stopped).await.map_err(anyhow::Error::from) });
    view.set_names(roster.peers().peers().map(|peer| (peer.id, peer.name.clone())).collect()).await?;
    working.spawn(async move {
        door.serve(view, password).await;
        Ok(())
    });
    Ok(working)
}

fn password(path: &Path) -> Result<Zeroizing<String>, String> {
    secrets::secret(path).map_err(|error| format!("{error:#}"))
}

/// Ceremonies of a watchman that runs in this process.
pub(crate) struct Beside {
    pub(crate) data_dir: PathBuf,
    pub(crate) session: Arc<Session>,
    pub(crate) watchman: WatchmanView,
}

impl Beside {
    /// Works until the watchman ends or `stopped`. The watchman goes on without it.
    pub(crate) async fn run(self, stopped: watch::Receiver<bool>) {
        loop {
            match self.once(stopped.clone()).await {
                Ok(()) if *stopped.borrow() => return,
                Ok(()) => tracing::warn!("ceremonies have stopped"),
                Err(why) => tracing::warn!(why = format!("{why:#}"), "ceremonies do not run"),
            }
            tokio::time::sleep(REST).await;
        }
    }

    async fn once(&self, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
        let guest = self.watchman.guest(ceremony::is_ours).context("the watchman has ended")?;
        let (roster, own) = (self.watchman.roster().await?, guest.network.own());
        let name = roster.peers().peers().find(|peer| peer.id == own).map(|peer| peer.name.clone());
        let config = Config {
            data_dir: self.data_dir.clone(),
            session: Some(Arc::clone(&self.session)),
            own,
            name: name.context("the roster does not name us")?,
            carrier: Some(Carrier::guest(guest.network, guest.events)),
            timing: Timing::default(),
        };
        let mut working = begin(config, &self.data_dir, &roster, stopped).await?;
        working.join_next().await.map_or(Ok(()), |ended| ended?)
    }
}
