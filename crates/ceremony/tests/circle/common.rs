//! Watchmen in one process, each with a keystore, a folder and sockets of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ceremony::{
    Carrier, Ceremonies, CeremonyDetail, Config, Driver, Id, Invite, Network, Overview, RunError, State, Timing,
};
use keystore::{KdfParams, Keystore, Password, Session};
use p2p::{Address, Handle, Identity, Limits, Peer, PeerId, Roster};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery";

pub(crate) struct Member {
    number: u8,
    pub(crate) folder: TempDir,
    pub(crate) session: Arc<Session>,
    pub(crate) peer: PeerId,
    running: Option<Running>,
}

struct Running {
    view: Ceremonies,
    network: Option<Handle>,
    stop: watch::Sender<bool>,
    ended: JoinHandle<Result<(), RunError>>,
}

pub(crate) fn now_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

fn timing() -> Timing {
    Timing { round: Duration::from_secs(6), resend: Duration::from_millis(300), ..Timing::default() }
}

fn limits() -> Limits {
    Limits {
        heartbeat: Duration::from_millis(500),
        redial_min: Duration::from_millis(50),
        redial_max: Duration::from_millis(400),
        acknowledge: Duration::from_secs(2),
        ..Limits::default()
    }
}

impl Member {
    pub(crate) fn new(number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let password = Password::new(PASSWORD).unwrap();
        let made = Keystore::create(&path, &password, KdfParams::insecure_for_tests()).unwrap();
        let session = Arc::new(made.unlock(&password, now_ms(), 3_600_000).unwrap());
        Self { number, folder, session, peer: identity(number).peer_id(), running: None }
    }

    /// Opens the keystore anew, as after a start.
    pub(crate) fn unlock(&mut self) {
        let locked = Keystore::open(&self.folder.path().join("keys")).unwrap();
        self.session = Arc::new(locked.unlock(&Password::new(PASSWORD).unwrap(), now_ms(), 3_600_000).unwrap());
    }

    /// Starts it; `connected`: with sockets, otherwise it is reached by hands only.
    pub(crate) async fn start(&mut self, connected: bool) {
        // A failed test shows what drivers said. An error says that another test was first.
        let filter = tracing_subscriber::EnvFilter::new("ceremony=debug");
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        let (mut carrier, mut network) = (None, None);
        if connected {
            let config = p2p::Config {
                identity: identity(self.number),
                network: "practice".parse().unwrap(),
                listen: vec!["127.0.0.1:0".parse().unwrap()],
                roster: Roster::default(),
                topics: Vec::new(),
                limits: limits(),
            };
            let (handle, events) = p2p::start(config).await.unwrap();
            carrier = Some(Carrier::own(handle.clone(), events));
            network = Some(handle);
        }
        let config = Config {
            data_dir: self.folder.path().to_owned(),
            session: Some(Arc::clone(&self.session)),
            own: self.peer,
            name: format!("member {}", self.number),
            carrier,
            timing: timing(),
        };
        let (driver, view) = Driver::open(config).unwrap();
        let (stop, stopped) = watch::channel(false);
        let ended = tokio::spawn(driver.run(stopped));
        self.running = Some(Running { view, network, stop, ended });
    }

    pub(crate) async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.send(true).unwrap();
        running.ended.await.unwrap().unwrap();
        if let Some(network) = running.network {
            network.stop().await;
        }
    }

    pub(crate) fn view(&self) -> &Ceremonies {
        &self.running.as_ref().unwrap().view
    }

    pub(crate) async fn see(&self) -> Overview {
        self.view().overview().await.unwrap()
    }

    fn network(&self) -> Option<&Handle> {
        self.running.as_ref()?.network.as_ref()
    }

    /// Messages that came from all others.
    pub(crate) fn heard(&self) -> u64 {
        self.network().unwrap().presence().peers.iter().map(|peer| peer.counters.taken).sum()
    }

    fn address(&self) -> Option<SocketAddr> {
        self.network()?.presence().listening.first().copied()
    }

    /// Waits until what it shows is so.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl FnMut(&Overview) -> Option<T>) -> T {
        let waited = async {
            let mut changes = self.view().changes();
            loop {
                if let Some(found) = look(&self.see().await) {
                    return found;
                }
                let _ = tokio::time::timeout(Duration::from_millis(300), changes.changed()).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(found) => found,
            Err(_) => panic!("member {}: not in time: {what}; {:#?}", self.number, self.see().await),
        }
    }

    /// Waits until a ceremony is so.
    pub(crate) async fn until_state(&self, id: Id, state: State) -> CeremonyDetail {
        let is = |overview: &Overview| overview.ceremonies.iter().any(|row| row.id == id && row.state == state);
        let what = format!("{id} is {state:?}");
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is(&self.see().await) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        if waited.await.is_err() {
            panic!("member {}: not in time: {what}; {:#?}", self.number, self.view().ceremony(id).await);
        }
        self.view().ceremony(id).await.unwrap()
    }

    /// A person compares all words and joins.
    pub(crate) async fn agree(&self, id: Id) {
        self.until("an invitation", |all| all.ceremonies.iter().any(|row| row.id == id).then_some(())).await;
        let detail = self.view().ceremony(id).await.unwrap();
        for member in detail.members.iter().filter(|member| member.compared == Some(false)) {
            self.view().compare(id, member.member.number).await.unwrap();
        }
        if !detail.members.iter().any(|member| member.member.me && member.joined) {
            self.view().join(id).await.unwrap();
        }
    }
}

fn identity(number: u8) -> Identity {
    Identity::from_secret([number; 32].into())
}

/// Members 1 to `count`, all connected and known to each other.
pub(crate) async fn circle(count: u8) -> Vec<Member> {
    let mut members: Vec<Member> = (1..=count).map(Member::new).collect();
    for member in &mut members {
        member.start(true).await;
    }
    acquaint(&members).await;
    for member in &members {
        let known = |all: &Overview| {
            (all.peers.iter().filter(|peer| peer.key.is_some()).count() == members.len()).then_some(())
        };
        member.until("the others' keys", known).await;
    }
    members
}

/// Tells those who run where the others are.
pub(crate) async fn acquaint(members: &[Member]) {
    let peer = |member: &Member| Peer {
        id: member.peer,
        addresses: member.address().map(Address::from).into_iter().collect(),
        name: format!("member {}", member.number),
    };
    let peers: Vec<Peer> = members.iter().map(peer).collect();
    for member in members {
        if let Some(network) = member.network() {
            network.set_roster(Roster::new(peers.clone()).unwrap()).await.unwrap();
        }
    }
}

/// The first invites all others; all compare, join, and have the key in the end.
pub(crate) async fn make_key(members: &[Member], threshold: u16) -> Id {
    let id = invite(members, threshold).await;
    for member in members {
        member.agree(id).await;
    }
    for member in members {
        member.until_state(id, State::Done).await;
    }
    members[0].view().ceremony(id).await.unwrap().outcome.unwrap()
}

pub(crate) async fn invite(members: &[Member], threshold: u16) -> Id {
    let peers = members[1..].iter().map(|member| member.peer.to_string()).collect();
    let invite = Invite { label: "Vault".to_owned(), network: Network::Regtest, threshold, peers };
    members[0].view().invite(invite).await.unwrap().row.id
}
