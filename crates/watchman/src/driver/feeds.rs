//! The tasks that look around: at the ledger, at each chain, and at what peers say.

use super::Snapshot;
use crate::chain::{ChainWatch, LookError, Looked};
use crate::guest::{Host, Place};
use crate::ledger::{FoundBurn, Ledger, Standing};
use crate::talk::{self, Talk};
use everpay::EverHash;
use p2p::{Events, PeerId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::sqlite::StoreError;
use tokio::sync::{mpsc, watch};
use vault::signature::SignedPayload;
use vault_evm::NoQuorum;

/// What waits for the driver at most.
pub(super) const INBOX_MAX: usize = 256;
/// Longest look at a ledger or a chain.
const LOOK_MAX: Duration = Duration::from_secs(120);
/// Burns about which the ledger is asked by name in one look.
const NAMES_MAX: usize = 64;
/// How often our position is told.
const PRESENCE: Duration = Duration::from_secs(10);

/// What a feed brings.
#[derive(Debug)]
pub(super) enum Input {
    Ledger { standing: Box<Standing>, found: Vec<FoundBurn>, shown: Option<Shown> },
    LedgerFault(String),
    Chain { chain: String, looked: Looked },
    ChainFault { chain: String, why: String, differing: BTreeSet<String> },
    Peer { from: PeerId, said: Said },
}

/// What the ledger says of burns that it was asked about by name.
#[derive(Debug)]
pub(super) struct Shown {
    /// Which.
    pub(super) asked: Vec<EverHash>,
    /// Those of them that it shows.
    pub(super) found: Vec<FoundBurn>,
}

/// What a peer says.
#[derive(Debug)]
pub(super) enum Said {
    Signed(Box<SignedPayload>),
    Submitted { ever_hash: EverHash, tx: [u8; 32] },
    At { batch: u64, root: String },
    Came,
}

/// A task that looks around.
pub(super) enum Feed {
    Ledger { ledger: Arc<dyn Ledger>, chains: BTreeSet<String>, poll: Duration },
    Chain { name: String, watch: Box<ChainWatch>, poll: Duration },
    Peers(Events, Host),
    Presence { ledger: Arc<dyn Ledger>, network: p2p::Handle },
}

impl Feed {
    /// Looks until nobody hears it any more.
    pub(super) async fn run(self, inbox: mpsc::Sender<Input>, snapshot: watch::Receiver<Snapshot>) {
        match self {
            Self::Ledger { ledger, chains, poll } => look_at_ledger(&inbox, &snapshot, &*ledger, &chains, poll).await,
            Self::Chain { name, watch, poll } => look_at_chain(&inbox, &snapshot, &name, *watch, poll).await,
            Self::Peers(events, host) => listen(&inbox, events, &host.0).await,
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
    let mut last = EverHash::new([0; 32]);
    loop {
        let known = snapshot.borrow().clone();
        let input = match tokio::time::timeout(LOOK_MAX, ask_ledger(ledger, chains, &known, &mut last)).await {
            // Asked last: a halt that was known to what was found is in it.
            Ok(Ok((found, shown))) => Input::Ledger { standing: Box::new(ledger.standing()), found, shown },
            Ok(Err(why)) => Input::LedgerFault(why.to_string()),
            Err(_) => Input::LedgerFault("it took too long".to_owned()),
        };
        if inbox.send(input).await.is_err() {
            return;
        }
        tokio::time::sleep(poll).await;
    }
}

/// What waits, and how those are shown that wait no longer or were paid before we knew them: some of them in each look, in
/// turn, after `last`.
async fn ask_ledger(
    ledger: &dyn Ledger,
    chains: &BTreeSet<String>,
    known: &Snapshot,
    last: &mut EverHash,
) -> Result<(Vec<FoundBurn>, Option<Shown>), StoreError> {
    let found = ledger.waiting(chains, &known.deep).await?;
    let waiting: BTreeSet<EverHash> = found.iter().map(|one| one.burn.ever_hash).collect();
    let unpaid = known.open.iter().filter(|burn| !burn.is_paid).map(|burn| burn.ever_hash);
    let mut names: Vec<EverHash> = unpaid.chain(known.paid.iter().copied()).collect();
    names.retain(|hash| !waiting.contains(hash));
    names.sort_unstable();
    let first = names.partition_point(|hash| hash <= last);
    names.rotate_left(first);
    names.truncate(NAMES_MAX);
    *last = names.last().copied().unwrap_or(*last);
    let shown = ledger.find(&names).await?;
    Ok((found, shown.map(|found| Shown { asked: names, found })))
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
            Ok(looked) => Input::Chain { chain, looked },
            Err(why) => Input::ChainFault { chain, why: why.to_string(), differing: differing(&why) },
        };
        if inbox.send(input).await.is_err() {
            return;
        }
        tokio::time::sleep(poll).await;
    }
}

/// The nodes that stand against the most.
fn differing(why: &LookError) -> BTreeSet<String> {
    match why {
        LookError::Nodes(NoQuorum::Disagreement { sides }) => sides.iter().flatten().cloned().collect(),
        LookError::Nodes(NoQuorum::Unavailable { .. }) | LookError::File(_) => BTreeSet::new(),
    }
}

async fn listen(inbox: &mpsc::Sender<Input>, mut events: Events, place: &Place) {
    while let Some(event) = events.next().await {
        let Some(event) = place.pass(event) else { continue };
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
    Some(match Talk::decode(bytes)? {
        Talk::Signed(signed) => Said::Signed(signed),
        Talk::Submitted { ever_hash, tx } => Said::Submitted { ever_hash, tx },
        Talk::At { batch, root } => Said::At { batch, root: root.to_string() },
    })
}

async fn tell_position(ledger: &dyn Ledger, network: &p2p::Handle) {
    loop {
        let (batch, root) = ledger.standing().position;
        if let Ok(root) = root.parse() {
            let said = network.broadcast(&talk::presence(), Talk::At { batch, root }.encode()).await;
            if said == Err(p2p::BroadcastError::Stopped(p2p::Stopped)) {
                return;
            }
        }
        tokio::time::sleep(PRESENCE).await;
    }
}
