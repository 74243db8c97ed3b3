//! Opening: the journal is replayed, what stands fixed is told, the network is joined.

use super::feeds::{self, Feed};
use super::{Chain, Snapshot, Watchman};
use crate::agenda::Agenda;
use crate::chain::ChainWatch;
use crate::clock::now_ms;
use crate::config::{Config, OpenError};
use crate::journal::{Journal, JournalError};
use crate::keys::Keys;
use crate::submit::Desk;
use crate::view::WatchmanView;
use everpay::EverHash;
use oracle::network::{EvmChain, NetworkFile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use vault::burn::{Lock, Vault};
use vault::journal::Watchman as Core;
use vault::pipeline::{Fact, Ignored, Setup, Stage};
use vault_evm::EvmDeposits;

const JOURNAL_FILE: &str = "journal";
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
        let (mut core, journal) = open_journal(config.data_dir.join(JOURNAL_FILE)).await?;
        for fact in first_facts(&config, &judges) {
            tell(&mut core, &journal, &fact).await?;
        }
        let chains = chains(&config, &core, &keys, &judges)?;
        let (network, events) = p2p::start(p2p::Config {
            identity: keys.identity,
            network: network_name(&config.network),
            listen: config.listen.clone(),
            roster: config.roster.peers.clone(),
            topics: vec![feeds::payouts(), feeds::presence()],
            limits: p2p::Limits::default(),
        })
        .await?;
        let mut feeds = vec![
            Feed::Peers(events),
            Feed::Presence { ledger: Arc::clone(&config.ledger), network: network.clone() },
            Feed::Ledger {
                ledger: Arc::clone(&config.ledger),
                chains: judges.keys().cloned().collect(),
                poll: config.poll,
            },
        ];
        feeds.extend(judges.iter().map(|(name, (evm, judge))| Feed::Chain {
            name: name.clone(),
            watch: Box::new(ChainWatch::new(name, evm, judge)),
            poll: config.poll,
        }));
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let view = WatchmanView { commands: sender, notices: notices.clone(), owner: config.owner };
        let watchman = Self {
            core,
            journal,
            owner: config.owner,
            hand: keys.hand,
            session: config.session,
            roster: config.roster,
            chains,
            feeds,
            network,
            commands,
            notices,
            snapshot: watch::channel(Snapshot::default()).0,
            agenda: Agenda::default(),
            jobs: JoinSet::new(),
            deep: BTreeSet::new(),
            seats: BTreeMap::new(),
            asked: BTreeSet::new(),
            thresholds: BTreeMap::new(),
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

/// One network of watchmen for each ledger.
fn network_name(network: &NetworkFile) -> p2p::Name {
    let hash = crypto::keccak256(network.owner.as_bytes());
    crypto::hexs::encode(&hash[..16]).parse().expect("32 hexadecimal digits are a name")
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

fn chains(config: &Config, core: &Core, keys: &Keys, judges: &Judges) -> Result<BTreeMap<String, Chain>, OpenError> {
    let open =
        |hash: &EverHash| core.pipeline().case(hash).is_some_and(|case| !matches!(case.stage(), Stage::Closed(_)));
    let mut chains = BTreeMap::new();
    for (name, (_, judge)) in judges {
        let path = config.data_dir.join(format!("submissions-{name}.json"));
        let hand = Arc::new(keys.hand.clone());
        let desk = Desk::open(&path, judge.clone(), hand, config.fees, open);
        let desk = desk.map_err(|why| OpenError::Submissions { chain: name.clone(), why: why.to_string() })?;
        chains.insert(name.clone(), Chain { judge: judge.clone(), desk });
    }
    Ok(chains)
}
