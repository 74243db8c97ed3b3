//! The tasks that look around: at the ledger, at each chain, and at what peers say.

use super::Snapshot;
use crate::chain::ChainWatch;
use crate::ledger::{FoundBurn, Ledger, Standing};
use crate::talk::Talk;
use everpay::EverHash;
use p2p::wire::Message;
use p2p::{Events, Name, PeerId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use vault::pipeline::Fact;
use vault::signature::SignedPayload;
use vault_evm::NoQuorum;

/// What waits for the driver at most.
pub(super) const INBOX_MAX: usize = 256;
/// Longest look at a ledger or a chain.
const LOOK_MAX: Duration = Duration::from_secs(120);
/// How often our position is told.
const PRESENCE: Duration = Duration::from_secs(10);

/// What a feed brings.
#[derive(Debug)]
pub(super) enum Input {
    Ledger { standing: Box<Standing>, found: Vec<FoundBurn> },
    LedgerFault(String),
    Chain { chain: String, facts: Vec<Fact> },
    ChainFault { chain: String, why: String, differing: BTreeSet<String> },
    Peer { from: PeerId, said: Said },
}

/// What a peer says.
#[derive(Debug)]
pub(super) enum Said {
    Signed(Box<SignedPayload>),
    Submitted { ever_hash: EverHash, tx: [u8; 32] },
    At { batch: u64, root: String },
    Wants(BTreeSet<EverHash>),
    Came,
}

/// A task that looks around.
pub(super) enum Feed {
    Ledger { ledger: Arc<dyn Ledger>, chains: BTreeSet<String>, poll: Duration },
    Chain { name: String, watch: Box<ChainWatch>, poll: Duration },
    Peers(Events),
    Presence { ledger: Arc<dyn Ledger>, network: p2p::Handle },
}

/// The topic of signatures and submissions.
pub(super) fn payouts() -> Name {
    "payouts".parse().expect("a short name")
}

/// The topic of positions.
pub(super) fn presence() -> Name {
    "presence".parse().expect("a short name")
}

impl Feed {
    /// Looks until nobody hears it any more.
    pub(super) async fn run(self, inbox: mpsc::Sender<Input>, snapshot: watch::Receiver<Snapshot>) {
        match self {
            Self::Ledger { ledger, chains, poll } => look_at_ledger(&inbox, &snapshot, &*ledger, &chains, poll).await,
            Self::Chain { name, watch, poll } => look_at_chain(&inbox, &snapshot, &name, *watch, poll).await,
            Self::Peers(events) => listen(&inbox, events).await,
            Self::Presence { ledger, network } => tell_position(&*ledger, &network).await,
        }
    }
}

async fn look_at_ledger(
    inbox: &mpsc::Sender<Input>,
    snapshot: &watch::Receiver<Snapshot>,
    ledger: &dyn Ledger,
    chains: &BTreeSet<String>,
    poll: Duration,
) {
    loop {
        let deep = Arc::clone(&snapshot.borrow().deep);
        let input = match tokio::time::timeout(LOOK_MAX, ledger.waiting(chains, &deep)).await {
            // Asked last: a halt that was known to what was found is in it.
            Ok(Ok(found)) => Input::Ledger { standing: Box::new(ledger.standing()), found },
            Ok(Err(why)) => Input::LedgerFault(why.to_string()),
            Err(_) => Input::LedgerFault("it took too long".to_owned()),
        };
        if inbox.send(input).await.is_err() {
            return;
        }
        tokio::time::sleep(poll).await;
    }
}

async fn look_at_chain(
    inbox: &mpsc::Sender<Input>,
    snapshot: &watch::Receiver<Snapshot>,
    name: &str,
    mut watch: ChainWatch,
    poll: Duration,
) {
    loop {
        let open = Arc::clone(&snapshot.borrow().open);
        let chain = name.to_owned();
        // Not cut short from outside: a step that was read must be kept. Each question is bounded by itself.
        let input = match watch.look(&open).await {
            Ok(facts) => Input::Chain { chain, facts },
            Err(why) => Input::ChainFault { chain, why: why.to_string(), differing: differing(&why) },
        };
        if inbox.send(input).await.is_err() {
            return;
        }
        tokio::time::sleep(poll).await;
    }
}

/// The nodes that stand against the most.
fn differing(why: &NoQuorum) -> BTreeSet<String> {
    match why {
        NoQuorum::Unavailable { .. } => BTreeSet::new(),
        NoQuorum::Disagreement { sides } => sides.iter().flatten().cloned().collect(),
    }
}

async fn listen(inbox: &mpsc::Sender<Input>, mut events: Events) {
    while let Some(event) = events.next().await {
        let (from, said) = match event {
            p2p::Event::Message { from, bytes, .. } => match read(&bytes) {
                Some(said) => (from, said),
                None => {
                    tracing::debug!(%from, "a message that says nothing known");
                    continue;
                }
            },
            p2p::Event::PeerUp(peer) => (peer, Said::Came),
            p2p::Event::PeerDown(_) => continue,
        };
        if inbox.send(Input::Peer { from, said }).await.is_err() {
            return;
        }
    }
}

fn read(bytes: &[u8]) -> Option<Said> {
    if let Some(talk) = Talk::decode(bytes) {
        return Some(match talk {
            Talk::Signed(signed) => Said::Signed(signed),
            Talk::Submitted { ever_hash, tx } => Said::Submitted { ever_hash, tx },
        });
    }
    match Message::decode(bytes).ok()? {
        Message::Presence { batch, root } => Some(Said::At { batch, root: root.to_string() }),
        Message::WantSignatures(wanted) => Some(Said::Wants(wanted.ever_hashes().clone())),
        // Without the payload nothing can be held against it.
        _ => None,
    }
}

async fn tell_position(ledger: &dyn Ledger, network: &p2p::Handle) {
    loop {
        let (batch, root) = ledger.standing().position;
        if let Ok(root) = root.parse() {
            let said = network.broadcast(&presence(), Message::Presence { batch, root }.encode()).await;
            if said == Err(p2p::BroadcastError::Stopped(p2p::Stopped)) {
                return;
            }
        }
        tokio::time::sleep(PRESENCE).await;
    }
}
