//! Keeps the driver of ceremonies running beside the watchman, as a guest of its connections.
//!
//! What always holds: the watchman goes on without it; a driver that cannot open or ends by itself is opened again after a rest.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use ceremony::door::{Access, Door};
use ceremony::{Carrier, Ceremonies, Config, Driver, Timing};
use keystore::Session;
use tokio::sync::watch;
use watchman::WatchmanView;

use super::{backups, pulse};
use crate::api::EventBody;
use crate::core::{Shared, with_causes};

/// A driver that ended is left alone for this long.
const REST: Duration = Duration::from_secs(30);
/// A driver that was told to stop gets this long.
const STOP_TIME: Duration = Duration::from_secs(5);

type Fault = Box<dyn Error + Send + Sync>;

/// Runs until told to stop, and returns when the driver has ended. Dropped, it lets the driver go.
pub(crate) async fn run(
    shared: &Shared,
    ledger: &detector::View,
    watchman: &WatchmanView,
    mut stopping: watch::Receiver<bool>,
) {
    while !*stopping.borrow() {
        let left = Left(shared);
        let ended = once(shared, ledger, watchman, stopping.clone()).await;
        drop(left);
        if *stopping.borrow() {
            return;
        }
        let why = ended.map_or_else(|fault| with_causes(fault.as_ref()), |()| "it ended by itself".to_owned());
        tracing::error!(%why, "the driver of ceremonies has stopped");
        shared.ceremonies.inner().why = Some(why);
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(REST) => {}
        }
    }
}

/// Nothing is shown of a driver that is gone, however it went.
struct Left<'a>(&'a Shared);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        *self.0.ceremonies.inner() = super::Inner::default();
        self.0.hub.publish(EventBody::Ceremonies);
    }
}

/// One run, from opening to the end.
async fn once(
    shared: &Shared,
    ledger: &detector::View,
    watchman: &WatchmanView,
    mut stopping: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let config = config(shared, watchman).await?;
    let (driver, running) = tokio::task::spawn_blocking(move || Driver::open(config)).await??;
    shared.ceremonies.inner().running = Some(running.clone());
    shared.hub.publish(EventBody::Ceremonies);
    // The driver has a thread of its own, which ends when this sender is gone.
    let (stop, stopped) = watch::channel(false);
    let mut driver = std::pin::pin!(driver.run(stopped));
    tokio::select! {
        ended = &mut driver => return Ok(ended?),
        () = pulse::beat(shared, ledger, &running) => {}
        () = follow(shared, &running) => {}
        () = door(shared, &running) => {}
        _ = stopping.wait_for(|stop| *stop) => {}
    }
    drop(stop);
    Ok(tokio::time::timeout(STOP_TIME, driver).await??)
}

async fn config(shared: &Shared, watchman: &WatchmanView) -> Result<Config, Fault> {
    let guest = watchman.guest(ceremony::is_ours).ok_or("the watchman has ended")?;
    let (roster, owner) = (watchman.roster().await?, watchman.owner().to_string());
    let me = roster.members().into_iter().find(|member| member.owner == owner).ok_or("the roster does not name us")?;
    Ok(Config {
        data_dir: shared.watch.data_dir().to_owned(),
        session: shared.keys.session(),
        own: guest.network.own(),
        name: me.name,
        carrier: Some(Carrier::guest(guest.network, guest.events)),
        timing: Timing::default(),
    })
}

/// The second surface: `everwatchd vault` on the watchman's folder. Where this program has windows, nothing is decided there.
async fn door(shared: &Shared, running: &Ceremonies) {
    let access = if shared.asker.native() { Access::Look } else { Access::Decide };
    match Door::open(shared.watch.data_dir(), access) {
        Ok(door) => door.serve(running.clone(), backups::password_file).await,
        Err(fault) => {
            tracing::warn!(why = %with_causes(&fault), "`everwatchd vault` cannot reach these ceremonies");
            std::future::pending().await
        }
    }
}

/// Hands every later unlock to the driver.
async fn follow(shared: &Shared, running: &Ceremonies) {
    let mut keys = shared.keys.subscribe();
    let mut last: Option<Arc<Session>> = None;
    loop {
        let fresh = shared.keys.session();
        if let Some(session) = fresh.filter(|fresh| !last.as_ref().is_some_and(|last| Arc::ptr_eq(fresh, last))) {
            last = Some(Arc::clone(&session));
            if let Err(why) = running.unlock(session).await {
                tracing::warn!(why = %with_causes(&why), "ceremonies cannot use the keystore");
            }
        }
        if keys.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}
