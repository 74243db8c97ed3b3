//! One devnet from start to stop.
//!
//! Order of starting: folder, keys, gateway, Ethereum with its vault, network file, coordinator, deposit bot, watchmen,
//! activity, view. They stop all at once, because every part of it survives being stopped anywhere. Whatever ends it (a signal, the window closed, a child that does not
//! stay up), everything that was started is stopped before [`run`] returns; and were this process killed, its children
//! would see their standard input close and end too.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use arweave::{Gateway, Limits};
use everpay::AccountId;
use oracle::network::NetworkFile;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::activity::{Activity, Chance, Large, coins};
use crate::anvil::{self, ANVIL_READY, Anvil, AnvilOptions};
use crate::api::Api;
use crate::arlocal::{self, Arlocal, Control};
use crate::child::{Child, Program};
use crate::deposits::Deposits;
use crate::error::Fault;
use crate::evm::{self, EvmNode};
use crate::evm_deposits::EvmDeposits;
use crate::folder::{self, Folder};
use crate::keys::{Keys, Payer, wallet_path};
use crate::network::{DEPTH_BLOCKS, PracticeChain, Setup, network};
use crate::ports::{self, Chosen, Ports};
use crate::practice_chain;
use crate::programs;
use crate::service::{self, Ready, keep, stopped};
use crate::watchmen::PRACTICE_PASSWORD;

/// Blocks of the practice Ethereum; their times are in whole seconds and must rise.
const EVM_BLOCK_SECONDS: u64 = 1;
/// What the coordinator's and the stranger's wallets hold at least, in winston: 100 AR.
const WALLET_MIN: u128 = 100_000_000_000_000;
/// What a watchman has for fees at the start, in wei: 10 ETH.
const WATCHMAN_WEI: u128 = 10_000_000_000_000_000_000;

/// How a devnet is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Everything is kept here.
    pub data_dir: PathBuf,
    /// The folder `counterparts`, if it is not where it usually is.
    pub counterparts: Option<PathBuf>,
    /// Ports; by default those of the last run, or free ones.
    pub ports: Ports,
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
    set_older_aside(&folder, out)?;
    let ports = ports::choose(config.ports, &folder)?;
    let counterparts = arlocal::counterparts(config.counterparts.clone())?;
    let mut devnet = Devnet { config, folder, counterparts, ports, tasks, stopping };
    let keys = devnet.keys(out).await?;
    let control = devnet.gateway(out).await?;
    fund(&control, &keys).await?;
    let (node, chain) = devnet.ethereum(&keys, out).await?;
    let network = devnet.network(&keys, &chain)?;
    devnet.coordinator(out).await?;
    devnet.ethbot(out).await?;
    devnet.watchmen(&network, &node, out).await?;
    devnet.activity(&network, keys, control, EvmDeposits::new(node, &chain)?)?;
    devnet.view(out).await?;
    tell(out, "Everything runs. Ctrl-C stops it.");
    match devnet.tasks.join_next().await {
        Some(Ok(Ok(End::ViewClosed | End::Asked))) | None => Ok(()),
        Some(Ok(Err(fault))) => Err(fault),
        Some(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// A devnet of before there was Ethereum has another ledger, which cannot go on by today's rules.
fn set_older_aside(folder: &Folder, out: &mut impl Write) -> Result<(), Fault> {
    if folder.choices()?.is_some_and(|choices| choices.evm_port.is_none()) {
        let aside = folder.set_aside("without-ethereum")?;
        tell(out, &format!("The network of an older version was moved to {}", aside.display()));
    }
    Ok(())
}

/// What the steps of starting share.
struct Devnet<'a> {
    config: &'a Config,
    folder: Arc<Folder>,
    counterparts: PathBuf,
    ports: Chosen,
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
        let (port, log) = (self.ports.gateway, self.folder.log("arlocal"));
        let program = arlocal::program(&self.counterparts, &self.folder.path("arlocal"), port, log);
        let arlocal = Arlocal::start(&program).await?;
        let control = arlocal.control();
        tell(out, &format!("Arweave gateway  {}", arlocal.url()));
        self.keep(program, arlocal::READY, arlocal.into_child());
        let (miner, mut stopping) = (control.clone(), self.stopping.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stopped(&mut stopping) => {}
                () = miner.mine_for_ever() => {}
            }
            Ok(End::Asked)
        });
        Ok(control)
    }

    /// The practice Ethereum, with the lock contract on it.
    async fn ethereum(&mut self, keys: &Keys, out: &mut impl Write) -> Result<(EvmNode, PracticeChain), Fault> {
        let options = AnvilOptions {
            port: self.ports.evm,
            block_time: Some(EVM_BLOCK_SECONDS),
            state: Some(self.folder.path("anvil.json")),
            ..AnvilOptions::default()
        };
        let program = anvil::program(&self.counterparts, &options, self.folder.log("anvil"));
        let anvil = Anvil::start(&program).await?;
        let (node, url) = (EvmNode::new(anvil.control()), anvil.url());
        self.keep(program, ANVIL_READY, anvil.into_child());
        let chain = practice_chain::find_or_deploy(&self.folder, &node, &keys.vault_owners).await?;
        tell(out, &format!("Ethereum node    {url}  (vault {})", chain.vault));
        Ok((node, chain))
    }

    fn network(&self, keys: &Keys, chain: &PracticeChain) -> Result<NetworkFile, Fault> {
        let network = network(Setup {
            owner: keys.coordinator.address().to_string(),
            locker: keys.locker.address().to_string(),
            fee_recipient: keys.payers.last().map_or(AccountId::ZERO, Payer::account),
            gateways: vec![local(self.ports.gateway)],
            coordinator: Some(local(self.ports.coordinator)),
            ethereum: Some((chain.clone(), vec![local(self.ports.evm)])),
        });
        folder::write_json(&programs::network_path(&self.folder), &network)?;
        Ok(network)
    }

    async fn coordinator(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        let program = programs::coordinator(self.config, &self.folder, self.ports.coordinator);
        let url = local(self.ports.coordinator);
        let honesty = self.config.cheat.as_ref().map_or(String::new(), |id| format!("  (it is going to commit {id})"));
        self.start(program, Ready::Line("listening on ")).await?;
        tell(out, &format!("Coordinator      {url}{honesty}"));
        Ok(())
    }

    async fn ethbot(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        let chain = self.start(programs::ethbot(self.config, &self.folder), Ready::Line("watching ")).await?;
        tell(out, &format!("Deposit bot      watching {chain}"));
        Ok(())
    }

    async fn watchmen(&mut self, network: &NetworkFile, node: &EvmNode, out: &mut impl Write) -> Result<(), Fault> {
        if !self.folder.path("watchmen").exists() {
            tell(out, "Making watchmen (once, some seconds)");
        }
        let watchmen = programs::watchmen(self.config, &self.folder, network).await?;
        for index in 0..watchmen.count() {
            node.fund(evm::address(watchmen.address(index))?, WATCHMAN_WEI).await?;
        }
        for index in 0..watchmen.count() {
            if watchmen.is_apps(index) {
                let dir = watchmen.data_dir(index);
                let text = format!("the window's; its keystore opens with {PRACTICE_PASSWORD}  ({})", dir.display());
                tell(out, &format!("Watchman {}       {text}", index + 1));
                continue;
            }
            let mut program = watchmen.program(index);
            program.log = self.folder.log(&format!("watchman-{}", index + 1));
            let said = self.start(program, Ready::Line("watchman ")).await?;
            tell(out, &format!("Watchman {}       {said}", index + 1));
        }
        Ok(())
    }

    fn activity(
        &mut self,
        network: &NetworkFile,
        keys: Keys,
        control: Control,
        evm_deposits: EvmDeposits,
    ) -> Result<(), Fault> {
        let gateway = Gateway::new(&local(self.ports.gateway), Limits::default())
            .map_err(|fault| Fault::service("Arweave gateway")(fault.to_string()))?;
        let deposits =
            Deposits::open(gateway, control, keys.locker.address(), DEPTH_BLOCKS, self.folder.path("deposits.json"))?;
        let activity = Activity {
            api: Api::new(local(self.ports.coordinator))?,
            coins: coins(network),
            deposits,
            evm_deposits,
            payers: keys.payers,
            chance: Chance::new(self.config.seed),
            large: Large::default(),
        };
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            activity.run(stopping).await;
            Ok(End::Asked)
        });
        Ok(())
    }

    async fn view(&mut self, out: &mut impl Write) -> Result<(), Fault> {
        match &self.config.view {
            View::Desktop(path) => {
                let (child, _) = service::start(&programs::desktop(path, &self.folder), &Ready::AtOnce).await?;
                tell(out, "Desktop app      opening; closing its window stops the devnet");
                self.tasks.spawn(until_closed(child, self.stopping.clone()));
            }
            View::Pages => {
                let pages = programs::pages(self.config, &self.folder);
                let address = self.start(pages, Ready::Line("http://")).await?;
                tell(out, &format!("Pages            http://{address}"));
            }
        }
        Ok(())
    }

    /// Starts a program that is to stay up; returns the rest of the line that said it is ready.
    async fn start(&mut self, program: Program, ready: Ready) -> Result<String, Fault> {
        let (child, line) = service::start(&program, &ready).await?;
        self.keep(program, ready, child);
        Ok(line)
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

/// The wallets that pay for what is stored must not run dry.
async fn fund(control: &Control, keys: &Keys) -> Result<(), Fault> {
    for wallet in [&keys.coordinator, &keys.foreign] {
        control.mint(&wallet.address().to_string(), WALLET_MIN).await?;
    }
    Ok(())
}

fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// A line for people. Nobody may be reading: that is no reason to stop.
fn tell(out: &mut impl Write, line: &str) {
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
