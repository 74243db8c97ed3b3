//! One devnet from start to stop.
//!
//! Order of starting: folder, keys, gateway, network file, coordinator, activity, view. They stop all at once, because
//! every part of it survives being stopped anywhere. Whatever ends it (a signal, the window closed, a child that does not
//! stay up), everything that was started is stopped before [`run`] returns; and were this process killed, its children
//! would see their standard input close and end too.

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arweave::{Gateway, Limits};
use everpay::AccountId;
use oracle::network::NetworkFile;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::activity::Activity;
use crate::api::Api;
use crate::arlocal::{self, Arlocal, Control};
use crate::child::{Child, Program};
use crate::deposits::Deposits;
use crate::error::Fault;
use crate::folder::{self, Choices, Folder};
use crate::keys::{Keys, Payer, wallet_path};
use crate::network::{DEPTH_BLOCKS, Setup, network};
use crate::payments::Payments;
use crate::service::{self, Ready, keep, stopped};

/// At least a second between blocks: arlocal orders blocks by the second when it resumes.
const BLOCK_EVERY: Duration = Duration::from_millis(1_050);
/// What the coordinator's and the stranger's wallets hold at least, in winston: 100 AR.
const WALLET_MIN: u128 = 100_000_000_000_000;
/// Batches must be seen often, or nothing seems to happen.
const SEAL_EVERY: Duration = Duration::from_secs(3);
/// A cheating coordinator starts honestly, so that there is a ledger to protect.
const CHEAT_AFTER_BATCHES: u64 = 4;

/// How a devnet is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Everything is kept here.
    pub data_dir: PathBuf,
    /// The folder `counterparts`, if it is not where it usually is.
    pub counterparts: Option<PathBuf>,
    /// The gateway's port; by default the one of the last run, or a free one.
    pub gateway_port: Option<u16>,
    /// The coordinator's port; likewise.
    pub coordinator_port: Option<u16>,
    /// A fraud that the coordinator is to commit, like `F2`.
    pub cheat: Option<String>,
    /// Seed of the accounts' behaviour.
    pub seed: u64,
    /// The program `everwatchd`.
    pub everwatchd: PathBuf,
    /// What people look at.
    pub view: View,
}

/// What shows the devnet.
#[derive(Debug, Clone)]
pub enum View {
    /// The desktop program; the devnet ends when its window is closed.
    Desktop(PathBuf),
    /// Pages on a loopback port.
    Pages,
}

/// How a part of the devnet ended without a fault.
enum End {
    /// It was told to stop.
    Asked,
    /// Somebody closed the window.
    ViewClosed,
}

type Tasks = JoinSet<Result<End, Fault>>;

/// Runs a devnet until `stop` resolves, the window is closed or something does not stay up. Writes what people need to
/// know to `out`.
///
/// # Errors
/// What kept it from starting or from going on; nothing it started still runs then.
pub async fn run(config: Config, out: &mut (impl Write + Send), stop: impl Future<Output = ()>) -> Result<(), Fault> {
    let (stopper, stopping) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let outcome = tokio::select! {
        ended = live(&config, out, &mut tasks, stopping) => ended,
        () = stop => Ok(()),
    };
    tell(out, "Stopping everything.");
    // Receivers are gone only if all tasks ended already.
    let _ = stopper.send(true);
    while tasks.join_next().await.is_some() {}
    outcome
}

async fn live(
    config: &Config,
    out: &mut (impl Write + Send),
    tasks: &mut Tasks,
    stopping: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let folder = Arc::new(Folder::take(&config.data_dir)?);
    let ports = ports(config, &folder)?;
    let mut devnet = Devnet { config, folder, ports, tasks, stopping };
    let keys = devnet.keys(out).await?;
    let control = devnet.gateway(out).await?;
    fund(&control, &keys).await?;
    let network = devnet.network(&keys)?;
    devnet.coordinator(out).await?;
    devnet.activity(&network, keys, control)?;
    devnet.view(out).await?;
    tell(out, "Everything runs. Ctrl-C stops it.");
    match devnet.tasks.join_next().await {
        Some(Ok(Ok(End::ViewClosed | End::Asked))) | None => Ok(()),
        Some(Ok(Err(fault))) => Err(fault),
        Some(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// What the steps of starting share.
struct Devnet<'a> {
    config: &'a Config,
    folder: Arc<Folder>,
    ports: Choices,
    tasks: &'a mut Tasks,
    stopping: watch::Receiver<bool>,
}

impl Devnet<'_> {
    async fn keys(&self, out: &mut impl Write) -> Result<Keys, Fault> {
        if !wallet_path(&self.folder, "coordinator").exists() {
            tell(out, "Making wallets (once, some seconds)");
        }
        let folder = Arc::clone(&self.folder);
        let made = tokio::task::spawn_blocking(move || Keys::load_or_make(&folder)).await;
        made.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }

    async fn gateway(&mut self, out: &mut impl Write) -> Result<Control, Fault> {
        let counterparts = arlocal::counterparts(self.config.counterparts.clone())?;
        let port = self.ports.gateway_port;
        let program = arlocal::program(&counterparts, &self.folder.path("arlocal"), port, self.folder.log("arlocal"));
        let arlocal = Arlocal::start(&program).await?;
        let control = arlocal.control();
        tell(out, &format!("Arweave gateway  {}", arlocal.url()));
        self.keep(program, arlocal::READY, arlocal.into_child());
        let (miner, mut stopping) = (control.clone(), self.stopping.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stopped(&mut stopping) => {}
                () = mine_for_ever(&miner) => {}
            }
            Ok(End::Asked)
        });
        Ok(control)
    }

    fn network_path(&self) -> PathBuf {
        self.folder.path("network.json")
    }

    fn network(&self, keys: &Keys) -> Result<NetworkFile, Fault> {
        let local = |port: u16| format!("http://127.0.0.1:{port}");
        let network = network(Setup {
            owner: keys.coordinator.address().to_string(),
            locker: keys.locker.address().to_string(),
            fee_recipient: keys.payers.last().map_or(AccountId::ZERO, Payer::account),
            gateways: vec![local(self.ports.gateway_port)],
            coordinator: Some(local(self.ports.coordinator_port)),
        });
        folder::write_json(&self.network_path(), &network)?;
        Ok(network)
    }

    async fn coordinator(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        let url = format!("http://127.0.0.1:{}", self.ports.coordinator_port);
        let mut program = Program::new("coordinator", &self.config.everwatchd);
        program.log = self.folder.log("coordinator");
        let mut arg = |text: &str| program.args.push(text.into());
        for text in ["--exit-with-parent", "coordinator", "--listen"] {
            arg(text);
        }
        arg(&format!("127.0.0.1:{}", self.ports.coordinator_port));
        arg("--seal-interval-ms");
        arg(&SEAL_EVERY.as_millis().to_string());
        if let Some(cheat) = &self.config.cheat {
            for text in ["--cheat", cheat, "--cheat-after", &CHEAT_AFTER_BATCHES.to_string(), "--foreign-wallet"] {
                arg(text);
            }
            program.args.push(wallet_path(&self.folder, "foreign").into());
        }
        let paths = [
            ("--network", self.network_path()),
            ("--wallet", wallet_path(&self.folder, "coordinator")),
            ("--data-dir", self.folder.path("coordinator")),
        ];
        program.args.extend(paths.into_iter().flat_map(|(flag, path)| [flag.into(), path.into()]));
        let ready = Ready::Line("listening on ");
        let (child, _) = service::start(&program, &ready).await?;
        let honesty = self.config.cheat.as_ref().map_or(String::new(), |id| format!("  (it is going to commit {id})"));
        tell(out, &format!("Coordinator      {url}{honesty}"));
        self.keep(program, ready, child);
        Ok(())
    }

    fn activity(&mut self, network: &NetworkFile, keys: Keys, control: Control) -> Result<(), Fault> {
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let gateway = Gateway::new(&url(self.ports.gateway_port), Limits::default())
            .map_err(|fault| Fault::service("Arweave gateway")(fault.to_string()))?;
        let deposits =
            Deposits::open(gateway, control, keys.locker.address(), DEPTH_BLOCKS, self.folder.path("deposits.json"))?;
        let payments = Payments::new(&network.rules, network.rules.listed()[0].clone());
        let api = Api::new(url(self.ports.coordinator_port))?;
        let activity = Activity::new(api, payments, deposits, keys.payers, self.config.seed);
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            activity.run(stopping).await;
            Ok(End::Asked)
        });
        Ok(())
    }

    async fn view(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        let paths = [("--network", self.network_path()), ("--data-dir", self.folder.path("detector"))];
        let paths = paths.into_iter().flat_map(|(flag, path)| [flag.into(), path.into()]);
        match &self.config.view {
            View::Desktop(path) => {
                let mut program = Program::new("desktop app", path);
                program.log = self.folder.log("desktop");
                program.args = std::iter::once("--exit-with-parent".into()).chain(paths).collect();
                let (child, _) = service::start(&program, &Ready::AtOnce).await?;
                tell(out, "Desktop app      opening; closing its window stops the devnet");
                self.tasks.spawn(until_closed(child, self.stopping.clone()));
            }
            View::Pages => {
                let mut program = Program::new("page server", &self.config.everwatchd);
                program.log = self.folder.log("pages");
                // It prints the address with the token that opens the pages.
                program.secret_output = true;
                program.args = ["--exit-with-parent", "serve"].map(Into::into).into_iter().chain(paths).collect();
                let ready = Ready::Line("http://");
                let (child, address) = service::start(&program, &ready).await?;
                tell(out, &format!("Pages            http://{address}"));
                self.keep(program, ready, child);
            }
        }
        Ok(())
    }

    fn keep(&mut self, program: Program, ready: Ready, child: Child) {
        let kept = keep(program, ready, child, self.stopping.clone());
        self.tasks.spawn(async move { kept.await.map(|()| End::Asked) });
    }
}

async fn until_closed(mut child: Child, mut stopping: watch::Receiver<bool>) -> Result<End, Fault> {
    let status = tokio::select! {
        () = stopped(&mut stopping) => {
            child.stop().await;
            return Ok(End::Asked);
        }
        status = child.ended() => status?,
    };
    if status.success() {
        return Ok(End::ViewClosed);
    }
    Err(Fault::Crashed { name: "desktop app", status, times: 1, tail: child.tail().await })
}

async fn mine_for_ever(control: &Control) {
    let mut clock = interval(BLOCK_EVERY);
    // Never two blocks in a hurry, whatever was missed.
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if let Err(fault) = control.mine().await {
            tracing::debug!(%fault, "no block this time");
        }
    }
}

/// The wallets that pay for what is stored must not run dry.
async fn fund(control: &Control, keys: &Keys) -> Result<(), Fault> {
    for wallet in [&keys.coordinator, &keys.foreign] {
        control.mint(&wallet.address().to_string(), WALLET_MIN).await?;
    }
    Ok(())
}

/// Ports that were asked for must be free; those of the last run are taken again if they are.
fn ports(config: &Config, folder: &Folder) -> Result<Choices, Fault> {
    let last = folder.choices()?;
    let choices = Choices {
        gateway_port: port(
            config.gateway_port,
            last.map(|last| last.gateway_port),
            "Arweave gateway",
            "--gateway-port",
        )?,
        coordinator_port: port(
            config.coordinator_port,
            last.map(|last| last.coordinator_port),
            "coordinator",
            "--coordinator-port",
        )?,
    };
    folder.remember(choices)?;
    Ok(choices)
}

fn port(asked: Option<u16>, last: Option<u16>, what: &'static str, flag: &'static str) -> Result<u16, Fault> {
    if let Some(port) = asked.filter(|port| *port != 0) {
        return if is_free(port) { Ok(port) } else { Err(Fault::PortInUse { port, what, flag }) };
    }
    match last.filter(|port| is_free(*port)) {
        Some(port) => Ok(port),
        None => free_port(),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// A port of 127.0.0.1 that is free at this moment.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Result<u16, Fault> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|source| Fault::System { what: "finding a free port", source })
}

/// A line for people. Nobody may be reading: that is no reason to stop.
fn tell(out: &mut impl Write, line: &str) {
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_port_that_was_asked_for_must_be_free_and_a_remembered_one_may_move() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let number = taken.local_addr().unwrap().port();
        let text = port(Some(number), None, "coordinator", "--coordinator-port").unwrap_err().to_string();
        assert!(text.contains(&number.to_string()) && text.contains("--coordinator-port"), "{text}");
        assert_ne!(port(None, Some(number), "coordinator", "--coordinator-port").unwrap(), number);
        drop(taken);
        assert_eq!(port(None, Some(number), "coordinator", "--coordinator-port").unwrap(), number);
        assert_eq!(port(Some(number), None, "coordinator", "--coordinator-port").unwrap(), number);
    }
}
