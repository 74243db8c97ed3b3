//! What a coordinator is started with.

use everpay::Rules;
use oracle::network::EvmChain;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reads the time, Unix ms. A function, so that a test can stop or move the clock.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The machine's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Everything a coordinator needs to know.
#[derive(Clone)]
pub struct Config {
    /// Directory of the database and the lock; created if missing.
    pub data_dir: PathBuf,
    /// The rollup wallet's key file (JWK), readable by its user only.
    pub wallet: PathBuf,
    /// Base URLs of Arweave gateways, the preferred one first; at least one.
    pub gateways: Vec<String>,
    /// The ledger's rules; pinned at the first start.
    pub rules: Rules,
    /// Where the public API listens; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// A batch is closed when its first item is so old…
    pub seal_interval: Duration,
    /// …or when it holds so many items…
    pub cap_items: u64,
    /// …or when its body would grow beyond so many bytes.
    pub cap_bytes: u64,
    /// Blocks, its own included, that make a batch confirmed.
    pub confirmations: u64,
    /// Blocks, its own included, that a deposit needs, by source chain; a chain that is not named needs
    /// [`Config::DEPOSIT_CONFIRMATIONS`].
    pub deposit_confirmations: BTreeMap<String, u64>,
    /// EVM chains that deposits come from, by name.
    pub evm: BTreeMap<String, EvmChain>,
    /// How far a nonce may be from the clock, either way.
    pub nonce_window: Duration,
    /// The time.
    pub clock: Clock,
    /// Misbehaviour, for a devnet and for tests only.
    pub cheat: Option<CheatPlan>,
}

impl Config {
    /// Deposit confirmations of a chain that is not named: today's everPay documents say 20.
    pub const DEPOSIT_CONFIRMATIONS: u64 = 20;

    /// A configuration with the protocol's customary values.
    #[must_use]
    pub fn new(data_dir: PathBuf, wallet: PathBuf, gateways: Vec<String>, rules: Rules, listen: SocketAddr) -> Self {
        Self {
            data_dir,
            wallet,
            gateways,
            rules,
            listen,
            seal_interval: Duration::from_secs(120),
            cap_items: 9_999,
            cap_bytes: 8 * 1024 * 1024,
            confirmations: 3,
            deposit_confirmations: BTreeMap::new(),
            evm: BTreeMap::new(),
            nonce_window: Duration::from_secs(100),
            clock: system_clock(),
            cheat: None,
        }
    }

    /// Blocks, its own included, that settle something on a source chain.
    pub(crate) fn deposit_confirmations(&self, chain: &str) -> u64 {
        self.deposit_confirmations.get(chain).copied().unwrap_or(Self::DEPOSIT_CONFIRMATIONS)
    }
}

/// Which fraud a cheating coordinator commits, by the detector's rule that must catch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheatId {
    /// An item with a wrong signature.
    F1,
    /// An overspend.
    F2,
    /// A replayed item.
    F3,
    /// A mint of AR without a deposit.
    F4,
    /// A mint of ETH without a deposit.
    F4Eth,
    /// A mint of a real deposit with ten times its amount, before the real one.
    F4Inflate,
    /// A mint whose deposit is not deep enough: one that a client posted too early.
    F4Hasten,
    /// A real mint again, under another signature.
    F5,
    /// A batch signed by a foreign wallet.
    F8,
}

impl std::str::FromStr for CheatId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "F1" => Ok(Self::F1),
            "F2" => Ok(Self::F2),
            "F3" => Ok(Self::F3),
            "F4" => Ok(Self::F4),
            "F4-eth" => Ok(Self::F4Eth),
            "F4-inflate" => Ok(Self::F4Inflate),
            "F4-hasten" => Ok(Self::F4Hasten),
            "F5" => Ok(Self::F5),
            "F8" => Ok(Self::F8),
            _ => Err("a cheat is one of F1, F2, F3, F4, F4-eth, F4-inflate, F4-hasten, F5, F8"),
        }
    }
}

/// One cheat, committed once per process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheatPlan {
    /// Which.
    pub id: CheatId,
    /// It is committed in the first batch that at least so many batches precede. F3 waits for at least one,
    /// F4-inflate and F5 for one with a mint, F4-hasten for a mint that is posted too early.
    pub after_batches: u64,
    /// Key file of a funded wallet that is not the owner's; F8 needs it.
    pub foreign_wallet: Option<PathBuf>,
}
