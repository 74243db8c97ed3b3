//! The driver: one thread owns records, machines and the keystore's session; everything else speaks to it through bounded queues.
//!
//! Disk, keystore and arithmetic block here, on a thread of the runtime's pool for such work.

mod answer;
mod deal;
mod doubts;
mod hear;
mod live;
mod news;
mod people;
mod rows;
mod safe;
mod sessions;
mod signing;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use keystore::Session;
use p2p::{Event, PeerId, Via};
use threshold::Outgoing;
use tokio::sync::{broadcast, mpsc, watch};
use vault_bitcoin::SpendRequest;

use crate::book::{Book, FileError};
use crate::carrier::{Carrier, Out};
use crate::clock::now_ms;
use crate::config::{Config, Timing};
use crate::error::{AskError, OpenError, RunError};
use crate::id::Id;
use crate::keys;
use crate::model::{Failure, Note, Notice};
use crate::record::Phase;
use crate::view::{Ceremonies, Command};
use crate::wire::bundle::Desk;
use crate::wire::fragment::Assembly;
use live::Live;
use signing::Signing;

const TICK: Duration = Duration::from_millis(250);
/// How often we say who we are, for those who missed it.
const GREETING: Duration = Duration::from_secs(60);
const COMMANDS_MAX: usize = 64;
const NOTICES_MAX: usize = 256;

/// Why something was not done: for whoever asked, or a fault that ends the driver.
pub(crate) enum Fail {
    Ask(AskError),
    File(FileError),
}

impl From<AskError> for Fail {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<FileError> for Fail {
    fn from(fault: FileError) -> Self {
        Self::File(fault)
    }
}

/// What a person asked, done or not.
pub(crate) type Done<T> = Result<T, Fail>;

/// Ceremonies that are open and do not run yet.
pub struct Driver {
    book: Book,
    session: Option<Arc<Session>>,
    own: PeerId,
    name: String,
    carrier: Option<Carrier>,
    out: Option<Out>,
    /// Who is connected, as events told: presence is shown a little later.
    ups: BTreeSet<PeerId>,
    /// Whose last word came by a person's hand.
    by_hand: BTreeSet<PeerId>,
    /// What the roster calls watchmen that no carrier knows.
    names: BTreeMap<PeerId, String>,
    commands: mpsc::Receiver<Command>,
    notices: broadcast::Sender<Notice>,
    changes: watch::Sender<u64>,
    timing: Timing,
    live: BTreeMap<Id, Live>,
    signing: BTreeMap<Id, Signing>,
    /// What open sessions would sign, read from their bytes.
    requests: BTreeMap<Id, SpendRequest>,
    /// Machines' messages that came before ours began, by ceremony.
    early: BTreeMap<Id, Vec<(PeerId, Vec<u8>)>>,
    /// What machines said that came to their end lately, for those who missed it; the newest last.
    last: Vec<(Id, Vec<Outgoing>)>,
    assembly: Assembly,
    desk: Desk,
    troubles: BTreeMap<String, Note>,
    beat: Beat,
}

/// When what was said is said again.
struct Beat {
    next: Instant,
    wait: Duration,
    greeting: Instant,
}

impl Driver {
    /// Opens the records. They are worked on once the driver is run.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(config: Config) -> Result<(Self, Ceremonies), OpenError> {
        let book = Book::open(&config.data_dir)?;
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let (changes, seen) = watch::channel(0);
        let view = Ceremonies { commands: sender, notices: notices.clone(), changes: seen };
        let out = config.carrier.as_ref().map(Carrier::out);
        let driver = Self {
            book,
            session: config.session,
            own: config.own,
            name: config.name,
            carrier: config.carrier,
            out,
            ups: BTreeSet::new(),
            by_hand: BTreeSet::new(),
            names: BTreeMap::new(),
            commands,
            notices,
            changes,
            beat: Beat { next: Instant::now(), wait: config.timing.resend, greeting: Instant::now() + GREETING },
            timing: config.timing,
            live: BTreeMap::new(),
            signing: BTreeMap::new(),
            requests: BTreeMap::new(),
            early: BTreeMap::new(),
            last: Vec::new(),
            assembly: Assembly::default(),
            desk: Desk::default(),
            troubles: BTreeMap::new(),
        };
        Ok((driver, view))
    }

    /// Works until `stop` turns true or its sender is gone.
    ///
    /// # Errors
    /// [`RunError`]; trouble with keys and peers is shown and tried again.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let runtime = tokio::runtime::Handle::current();
        let ended = tokio::task::spawn_blocking(move || runtime.block_on(self.work(stop)));
        ended.await.map_err(|_| RunError::Defect)?
    }

    async fn work(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut carrier = self.carrier.take();
        self.wake()?;
        // A guest comes later than peers.
        let here = self.out.as_ref().map(|out| out.presence().peers).unwrap_or_default();
        for peer in here.iter().filter(|peer| peer.up).map(|peer| peer.id) {
            self.up(peer)?;
        }
        while !*stop.borrow() {
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { break },
                _ = ticks.tick() => self.tick()?,
                Some(command) = self.commands.recv() => self.answer(command)?,
                event = next(&mut carrier) => match event {
                    Some(event) => self.event(event)?,
                    // The watchman whose guest we are has ended.
                    None => carrier = None,
                },
            }
        }
        self.part()?;
        Ok(())
    }

    fn event(&mut self, event: Event) -> Result<(), FileError> {
        match event {
            Event::Message { from, via: Via::Direct, bytes } => match self.assembly.take(from, &bytes) {
                Some(word) => self.hear_bytes(from, &word),
                None => Ok(()),
            },
            Event::Message { .. } => Ok(()),
            Event::PeerUp(peer) => self.up(peer),
            Event::PeerDown(peer) => {
                self.ups.remove(&peer);
                self.assembly.forget(&peer);
                self.note_presence(peer, "down")
            }
        }
    }

    fn up(&mut self, peer: PeerId) -> Result<(), FileError> {
        self.ups.insert(peer);
        // Whoever comes back may have been the silent one.
        self.signing.values_mut().for_each(Signing::rest);
        self.note_presence(peer, "up")?;
        let news = self.news(&peer, None);
        news.into_iter().for_each(|word| self.send(&peer, &word));
        Ok(())
    }

    /// Lets go of what cannot go on without us, and says so.
    fn part(&mut self) -> Result<(), FileError> {
        let ids: Vec<Id> = self.live.keys().copied().collect();
        for id in ids {
            let failure = Failure { code: "restarted".to_owned(), ..Failure::default() };
            self.leave(&id, Phase::Failed, Some(failure))?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), FileError> {
        self.keep_house()?;
        self.run_out()?;
        self.session_times()?;
        let now = Instant::now();
        if now >= self.beat.next {
            self.beat.wait = (self.beat.wait * 2).min(self.timing.resend * 8);
            self.beat.next = now + self.beat.wait;
            self.repeat();
        }
        if now >= self.beat.greeting {
            self.beat.greeting = now + GREETING;
            self.greet();
        }
        Ok(())
    }

    /// Something new was said: what follows is repeated soon.
    fn quicken(&mut self) {
        let wait = self.timing.resend;
        self.beat = Beat { next: Instant::now() + wait, wait, greeting: self.beat.greeting };
        self.changed();
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn notify(&self, code: &str, id: Id, session: bool, label: &str) {
        let notice = Notice { at_ms: now_ms(), code: code.to_owned(), id, session, label: label.to_owned() };
        // An error says that nobody listens.
        let _ = self.notices.send(notice);
        self.changed();
    }

    fn trouble(&mut self, part: &str, code: Option<&str>, params: &[(&str, String)]) {
        let changed = match code {
            None => self.troubles.remove(part).is_some(),
            Some(code) => {
                let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
                let note = Note { code: code.to_owned(), params };
                self.troubles.insert(part.to_owned(), note.clone()).as_ref() != Some(&note)
            }
        };
        if changed {
            self.changed();
        }
    }

    fn open_session(&self) -> Result<Arc<Session>, AskError> {
        let session = self.session.clone().ok_or(AskError::Locked)?;
        match session.tick(now_ms()) {
            keystore::SessionState::Open { .. } => Ok(session),
            keystore::SessionState::Locked => Err(AskError::Locked),
        }
    }
}

async fn next(carrier: &mut Option<Carrier>) -> Option<Event> {
    match carrier {
        Some(carrier) => carrier.next().await,
        None => std::future::pending().await,
    }
}
