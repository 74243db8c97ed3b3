//! Keeps the watchman running: opened once the keystore is, handed every later unlock, opened again when it ends.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use keystore::Session;
use tokio::sync::watch;
use tokio::task::JoinSet;
use vault_evm::release::FeePolicy;
use watchman::door::{Access, Door};
use watchman::{OpenError, SettingsError, Watchman, WatchmanView};

use super::folder::Settings;
use super::{Phase, pulse};
use crate::api::EventBody;
use crate::ceremonies;
use crate::core::{Shared, with_causes};

/// A watchman that ended is left alone for this long, unless something changed that may help.
const REST: Duration = Duration::from_secs(30);

type Fault = Box<dyn Error + Send + Sync>;

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, ledger: detector::View, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        let (settings, session) = tokio::select! {
            ready = wanted(&shared) => ready,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        enter(&shared, Phase::Starting);
        // A task of its own, so that a panic in there ends this run only.
        let mut one = JoinSet::new();
        one.spawn(once(Arc::clone(&shared), ledger.clone(), settings, session, stopping.clone()));
        let ended = one.join_next().await;
        if *stopping.borrow() {
            return;
        }
        let (code, why) = match ended {
            Some(Ok(Err(fault))) => (code(fault.as_ref()), with_causes(fault.as_ref())),
            Some(Err(fault)) => ("defect", fault.to_string()),
            Some(Ok(Ok(()))) | None => ("ended", "it ended by itself".to_owned()),
        };
        tracing::error!(code, %why, "the watchman has stopped");
        // The keystore may have been locked while it opened: then it only waits again.
        let waits = code == "keys" && shared.keys.session().is_none();
        enter(&shared, if waits { Phase::Idle } else { Phase::Failed(code, why) });
        let mut keys = shared.keys.subscribe();
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = shared.watch.kicked.notified() => {}
            _ = keys.changed() => {}
            () = tokio::time::sleep(REST) => {}
        }
    }
}

fn enter(shared: &Shared, phase: Phase) {
    shared.watch.enter(phase);
    shared.hub.publish(EventBody::Watchman);
}

/// Waits until a watchman is set up and the keystore is open.
async fn wanted(shared: &Shared) -> (Settings, Arc<Session>) {
    let mut keys = shared.keys.subscribe();
    loop {
        let settings = shared.watch.inner().settings.clone();
        let settings = settings.filter(|_| shared.watch.folder.is_complete());
        if let Some(ready) = settings.zip(shared.keys.session()) {
            return ready;
        }
        tokio::select! {
            changed = keys.changed() => if changed.is_err() { std::future::pending::<()>().await },
            () = shared.watch.kicked.notified() => {}
        }
    }
}

/// One run, from opening to the end.
async fn once(
    shared: Arc<Shared>,
    ledger: detector::View,
    settings: Settings,
    session: Arc<Session>,
    stopping: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let config = config(&shared, ledger.clone(), &settings, Arc::clone(&session)).await?;
    let (watchman, view) = Watchman::open(config).await?;
    enter(&shared, Phase::Running(view.clone()));
    let door = door(&shared, &view);
    // Ceremonies end first, while their last words can still leave.
    let (hush, hushed) = watch::channel(false);
    let guest = async {
        ceremonies::run(&shared, &ledger, &view, stopping).await;
        let _ = hush.send(true);
        std::future::pending().await
    };
    tokio::select! {
        ended = watchman.run(hushed) => Ok(ended?),
        () = guest => Ok(()),
        () = pulse::beat(&shared, &ledger, &view) => Ok(()),
        () = follow(&shared, &ledger, &view, session) => Ok(()),
        () = door => Ok(()),
    }
}

async fn config(
    shared: &Shared,
    ledger: detector::View,
    settings: &Settings,
    session: Arc<Session>,
) -> Result<watchman::Config, Fault> {
    let folder = &shared.watch.folder;
    let (files, data_dir, key) = (folder.files(), folder.path().to_owned(), Arc::clone(&session));
    let turn = shared.watch.files.lock().await;
    let opened = tokio::task::spawn_blocking(move || {
        let policy = watchman::open_policy(&files.policy, &data_dir, &key)?;
        Ok::<_, SettingsError>((policy, watchman::open_roster(&files.roster, &data_dir, &key)?))
    });
    let (policy, roster) = opened.await??;
    drop(turn);
    let practice = shared.network.practice;
    Ok(watchman::Config {
        data_dir: folder.path().to_owned(),
        network: shared.network.clone(),
        owner: settings.owner().ok_or("the account in the settings is none")?,
        session,
        roster,
        policy,
        files: Some(folder.files()),
        listen: settings.bind().into_iter().collect(),
        ledger: Arc::new(ledger),
        timing: watchman::usual_timing(practice),
        fees: FeePolicy::default(),
        poll: watchman::usual_poll(practice),
    })
}

/// The second surface: `everwatchd watchman` on the same folder. Where this program has windows, nothing is decided there.
/// The watchman goes on without it.
async fn door(shared: &Shared, view: &WatchmanView) {
    let access = if shared.asker.native() { Access::Look } else { Access::Decide };
    match Door::open(shared.watch.folder.path(), access) {
        Ok(door) => door.serve(view.clone()).await,
        Err(fault) => {
            tracing::warn!(why = %with_causes(&fault), "`everwatchd watchman` cannot reach this watchman");
            std::future::pending().await
        }
    }
}

/// Hands every later unlock to the watchman.
async fn follow(shared: &Shared, ledger: &detector::View, view: &WatchmanView, mut session: Arc<Session>) {
    let mut keys = shared.keys.subscribe();
    loop {
        if let Some(fresh) = shared.keys.session().filter(|fresh| !Arc::ptr_eq(fresh, &session)) {
            session = Arc::clone(&fresh);
            if let Err(why) = view.unlock(fresh).await {
                tracing::warn!(why = %with_causes(&why), "the watchman cannot go on signing");
            }
        }
        tell(shared, ledger);
        if keys.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Tells that the watchman changed, and the heartbeat with it.
pub(super) fn tell(shared: &Shared, ledger: &detector::View) {
    shared.hub.publish(EventBody::Status(Box::new(shared.status(ledger))));
    shared.hub.publish(EventBody::Watchman);
}

/// A code for why it does not run.
fn code(fault: &(dyn Error + Send + Sync + 'static)) -> &'static str {
    if fault.is::<SettingsError>() {
        return "settings";
    }
    match fault.downcast_ref::<OpenError>() {
        Some(OpenError::Journal(_)) => "journal",
        Some(OpenError::Keys(_)) => "keys",
        Some(OpenError::Chain(_) | OpenError::NoVault) => "chain",
        Some(OpenError::Submissions { .. }) => "submissions",
        Some(OpenError::NotInRoster(..)) => "not_in_roster",
        Some(OpenError::Network(_)) => "network",
        Some(OpenError::Told(_)) => "another_journal",
        _ => "fault",
    }
}
