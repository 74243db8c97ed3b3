//! Ends what has had its time: the session, a phrase that was shown, a backup that was opened.
//!
//! The wall clock is asked once a second while something is open, so that the time a machine slept counts.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Inner;

const BEAT: Duration = Duration::from_secs(1);

/// Works until the keystore of this program is gone.
pub(super) fn start(inner: &Arc<Inner>) {
    let (inner, mut changes) = (Arc::downgrade(inner), inner.revision.subscribe());
    tokio::spawn(async move {
        while let Some(open) = look(&inner) {
            if open {
                tokio::time::sleep(BEAT).await;
            } else if changes.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Whether something is open still; `None` when nobody is left to ask.
fn look(inner: &Weak<Inner>) -> Option<bool> {
    let inner = inner.upgrade()?;
    let now_ms = detector::now_ms();
    let over = {
        let mut state = inner.state();
        let Some(open) = state.open.as_mut() else { return Some(false) };
        open.phrase.take_if(|shown| now_ms >= shown.until_ms);
        open.backup.take_if(|preview| now_ms >= preview.until_ms);
        now_ms >= open.deadline_ms
    };
    if over {
        inner.lock();
    }
    Some(!over)
}
