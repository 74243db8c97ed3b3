//! Opening: the journal is replayed, what stands fixed is told, the network is joined.

use super::feeds::Feed;
use super::{Chain, Snapshot, Watchman, accuse};
use crate::agenda::Agenda;
use crate::chain::ChainWatch;
use crate::clock::now_ms;
use crate::config::{Config, OpenError};
use crate::guest::{Host, Place};
use crate::journal::{self, Journal, JournalError};
use crate::keys::Keys;
use crate::submit::Desk;
use crate::talk;
use crate::view::WatchmanView;
use oracle::network::{EvmChain, NetworkFile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use vault::burn::{Lock, Vault};
use vault::journal::Watchman as Core;
use vault::pipeline::{Fact, Ignored, Setup};
use vault_evm::EvmDeposits;

const COMMANDS_MAX: usize = 32;
const NOTICES_MAX: usize = 1_024;

impl Watchman {
    /// Opens a watchman: its journal in the data directory, its place in the network. It works once it is run.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(config: Config) -> Result<(Self, WatchmanView), OpenError> {
        let keys = Keys::take(&config.session, config.owner)?;
        let peer = keys.identity.peer_id();
        if config.roster.peer(&config.owner) != Some(peer) {
            return Err(OpenError::NotInRoster(config.owner, peer.to_string()));
        }
        let judges = judges(&config.network)?;
        let (mut core, journal) = open_journal(config.data_dir.join(journal::FILE)).await?;
        for fact in first_facts(&config, &judges) {
            tell(&mut core, &journal, &fact).await?;
        }
        let roster = core.pipeline().roster().cloned().unwrap_or_else(|| config.roster.roster.clone());
        let chains = chains(&config, &keys, &judges)?;
        let (network, events) = p2p::start(p2p::Config {
            identity: keys.identity,
            network: talk::network(&config.network),
            listen: config.listen.clone(),
            roster: config.roster.peers.clone(),
            topics: vec![talk::payouts(), talk::presence()],
            limits: p2p::Limits::default(),
        })
        .await?;
        let place = Place::new(network.clone());
        let mut feeds = vec![
            Feed::Peers(events, Host(place.clone())),
            Feed::Presence { ledger: Arc::clone(&config.ledger), network: network.clone() },
            Feed::Ledger {
                ledger: Arc::clone(&config.ledger),
                chains: judges.keys().cloned().collect(),
                poll: config.poll,
            },
        ];
        for (name, (evm, judge)) in &judges {
            let path = config.data_dir.join(format!("events-{name}.json"));
            let watch = Box::new(ChainWatch::open(path, name, evm, judge)?);
            feeds.push(Feed::Chain { name: name.clone(), watch, poll: config.poll });
        }
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let view = WatchmanView {
            commands: sender,
            notices: notices.clone(),
            owner: config.owner,
            ledger: Arc::clone(&config.ledger),
            place,
        };
        let watchman = Self {
            core,
            journal,
            owner: config.owner,
            hand: keys.hand,
            session: config.session,
            roster: config.roster.dated(&roster),
            files: config.files,
            data_dir: config.data_dir,
            ledger: config.ledger,
            chains,
            feeds,
            network,
            commands,
            notices,
            snapshot: watch::channel(Snapshot::default()).0,
            agenda: Agenda::default(),
            jobs: JoinSet::new(),
            deep: BTreeSet::new(),
            paid: BTreeSet::new(),
            done: BTreeSet::new(),
            asked: BTreeSet::new(),
            suspects: accuse::Suspects::default(),
            positions: BTreeMap::new(),
            standing: None,
            differing: BTreeMap::new(),
            troubles: BTreeMap::new(),
        };
        Ok((watchman, view))
    }
}

type Judges = BTreeMap<String, (EvmChain, EvmDeposits)>;

/// The chains that have a vault.
fn judges(network: &NetworkFile) -> Result<Judges, OpenError> {
    let mut judges = Judges::new();
    for (chain, evm) in network.evm.iter().filter(|(chain, _)| network.rules.lockers.contains_key(*chain)) {
        let needed = network.deposit_confirmations.get(chain).copied();
        let needed = needed.unwrap_or(detector::DEPOSIT_CONFIRMATIONS_DEFAULT);
        judges.insert(chain.clone(), (evm.clone(), EvmDeposits::new(chain, evm, needed, &network.rules)?));
    }
    if judges.is_empty() { Err(OpenError::NoVault) } else { Ok(judges) }
}

async fn open_journal(path: PathBuf) -> Result<(Core, Journal), JournalError> {
    let opened = tokio::task::spawn_blocking(move || Journal::open(&path));
    opened.await.map_err(|_| JournalError::GivenUp)?
}

fn first_facts(config: &Config, judges: &Judges) -> Vec<Fact> {
    let vaults = judges.iter().map(|(chain, (evm, judge))| {
        let lock = Lock::Evm { chain_id: evm.chain_id, contract: judge.tokens().vault().into() };
        (chain.clone(), Vault { chain: chain.clone(), lock })
    });
    let setup =
        Setup { me: config.owner, vaults: vaults.collect(), depth_min: config.network.depth, timing: config.timing };
    vec![
        Fact::Setup(setup),
        Fact::Started,
        Fact::Policy(config.policy.clone()),
        Fact::Roster(config.roster.roster.clone()),
    ]
}

/// Before the driver runs: what follows is asked for again by then.
async fn tell(core: &mut Core, journal: &Journal, fact: &Fact) -> Result<(), OpenError> {
    match core.take(now_ms(), fact) {
        Ok(taken) => Ok(journal.append(taken.entry).await?),
        Err(Ignored::NoChange) => Ok(()),
        Err(why) => Err(OpenError::Told(why)),
    }
}

fn chains(config: &Config, keys: &Keys, judges: &Judges) -> Result<BTreeMap<String, Chain>, OpenError> {
    let mut chains = BTreeMap::new();
    for (name, (_, judge)) in judges {
        let path = config.data_dir.join(format!("submissions-{name}.json"));
        let desk = Desk::open(&path, judge.clone(), Arc::new(keys.hand.clone()), config.fees);
        let desk = desk.map_err(|why| OpenError::Submissions { chain: name.clone(), why: why.to_string() })?;
        chains.insert(name.clone(), Chain { judge: judge.clone(), desk });
    }
    Ok(chains)
}
