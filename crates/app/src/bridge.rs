//! From the detector's notices to numbered events and notifications.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use detector::View;
use detector::model::Notice;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::api::EventBody;
use crate::core::Shared;
use crate::map::{self, Standing};

/// The heartbeat is told this often although nothing changed, so that silence means a lost core.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Changes of the heartbeat within this time are told as one.
const CALM: Duration = Duration::from_millis(250);
/// Open alerts are offered to the notification service again this often.
const REMIND: Duration = Duration::from_secs(30);

/// Runs until told to stop or until the detector is gone.
pub(crate) async fn run(shared: Arc<Shared>, view: View, mut stopping: watch::Receiver<bool>) {
    let mut notices = view.subscribe();
    let mut bridge = Bridge { shared, view, reminded: Instant::now() };
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut due: Option<Instant> = None;
    bridge.take_stock();
    bridge.tell(EventBody::Reloaded);
    loop {
        let calm = due;
        tokio::select! {
            () = told_to_stop(&mut stopping) => return,
            _ = beat.tick() => {
                if bridge.reminded.elapsed() >= REMIND {
                    bridge.take_stock();
                }
                bridge.tell_status();
            }
            () = tokio::time::sleep_until(calm.unwrap_or_else(Instant::now)), if calm.is_some() => {
                due = None;
                bridge.tell_status();
            }
            notice = notices.recv() => match notice {
                Ok(Notice::Status) => due = due.or_else(|| Some(Instant::now() + CALM)),
                Ok(notice) => {
                    bridge.pass(notice);
                    due = due.or_else(|| Some(Instant::now() + CALM));
                }
                Err(RecvError::Lagged(_)) => {
                    bridge.take_stock();
                    bridge.tell(EventBody::Reloaded);
                }
                Err(RecvError::Closed) => return,
            },
        }
    }
}

/// The loss of the sender is a reason to stop as well.
async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

struct Bridge {
    shared: Arc<Shared>,
    view: View,
    reminded: Instant,
}

impl Bridge {
    fn tell(&self, body: EventBody) {
        self.shared.hub.publish(body);
    }

    fn tell_status(&self) {
        self.tell(EventBody::Status(Box::new(self.shared.status(&self.view))));
    }

    fn pass(&mut self, notice: Notice) {
        match notice {
            Notice::Status => {}
            Notice::Batch(batch) => {
                let tip = self.view.status().tip;
                self.tell(EventBody::Batch(map::batch_row(&batch, tip)));
            }
            Notice::Alert(alert, _) => {
                // Counted first, so that a page that asks on this event sees it counted.
                self.take_stock();
                let row = map::alert_row(&alert);
                if let Some(notifier) = &self.shared.notifier {
                    notifier.offer(&row);
                }
                self.tell(EventBody::Alert(row));
            }
            Notice::Vaults => self.tell(EventBody::Vaults),
            Notice::Reloaded => {
                self.take_stock();
                self.tell(EventBody::Reloaded);
            }
        }
    }

    /// Counts the open alerts and offers them to the notification service, which knows those it has taken.
    fn take_stock(&mut self) {
        self.reminded = Instant::now();
        let alerts = self.view.alerts();
        *self.shared.standing.lock().unwrap_or_else(PoisonError::into_inner) = Standing::of(&alerts);
        if let Some(notifier) = &self.shared.notifier {
            for alert in alerts.iter().filter(|alert| map::is_open(alert)) {
                notifier.offer(&map::alert_row(alert));
            }
        }
    }
}
