#![allow(clippy::unwrap_used, reason = "tests")]
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// Takes or refuses as told, and reports what it was shown.
struct Scripted {
    shown: Sender<String>,
    refusals: usize,
}

impl Service for Scripted {
    type Fault = String;

    fn show(&mut self, words: &Words, _: Severity) -> Result<(), String> {
        self.shown.send(words.title.clone()).unwrap();
        if self.refusals > 0 {
            self.refusals -= 1;
            return Err("no service".into());
        }
        Ok(())
    }
}

fn alert(key: &str) -> AlertRow {
    AlertRow {
        key: key.into(),
        rule: "F3".into(),
        severity: Severity::Critical,
        code: "err_nonce_too_low".into(),
        raised_ms: 1,
        latency_ms: None,
        provisional: false,
        acknowledged: false,
        closed: false,
        ever_hash: None,
        batch_id: "b".into(),
        batch: Some(1),
        item: Some(1),
        params: Vec::new(),
    }
}

fn scripted(folder: &Path, refusals: usize) -> (Notifier, Receiver<String>) {
    let (shown, titles) = channel();
    let notifier = Notifier::start(&folder.join("notified.log"), Scripted { shown, refusals }).unwrap();
    (notifier, titles)
}

/// What the service was shown until the thread has worked everything off.
fn all_shown(notifier: Notifier, titles: &Receiver<String>) -> usize {
    drop(notifier);
    titles.iter().count()
}

#[test]
fn an_alert_is_notified_once_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (notifier, titles) = scripted(folder.path(), 0);
    for key in ["a", "b", "a", "a", "b"] {
        notifier.offer(&alert(key));
    }
    assert_eq!(all_shown(notifier, &titles), 2);
    let (notifier, titles) = scripted(folder.path(), 0);
    notifier.offer(&alert("a"));
    notifier.offer(&alert("c"));
    assert_eq!(all_shown(notifier, &titles), 1);
}

#[test]
fn a_refusal_is_never_counted_as_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let (notifier, titles) = scripted(folder.path(), 1);
    assert_eq!(notifier.state(), Notifications::Ready);
    notifier.offer(&alert("a"));
    titles.recv().unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    while notifier.state() != Notifications::Failing {
        assert!(Instant::now() < deadline, "the failure never showed");
        thread::sleep(Duration::from_millis(5));
    }
    // While it rests the service is not asked again.
    notifier.offer(&alert("a"));
    assert_eq!(all_shown(notifier, &titles), 0);
    let (notifier, titles) = scripted(folder.path(), 0);
    notifier.offer(&alert("a"));
    assert_eq!(all_shown(notifier, &titles), 1, "the refused alert was not tried again");
}

#[test]
fn a_closed_alert_is_not_notified() {
    let folder = tempfile::tempdir().unwrap();
    let (notifier, titles) = scripted(folder.path(), 0);
    notifier.offer(&AlertRow { closed: true, ..alert("a") });
    assert_eq!(all_shown(notifier, &titles), 0);
}

#[test]
fn offering_never_waits_for_the_service() {
    struct Stuck(Receiver<()>);
    impl Service for Stuck {
        type Fault = String;
        fn show(&mut self, _: &Words, _: Severity) -> Result<(), String> {
            self.0.recv().map_err(|gone| gone.to_string())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (release, wait) = channel();
    let notifier = Notifier::start(&folder.path().join("notified.log"), Stuck(wait)).unwrap();
    let begun = Instant::now();
    for n in 0..10 * QUEUE {
        notifier.offer(&alert(&n.to_string()));
    }
    assert!(begun.elapsed() < Duration::from_secs(2));
    drop(release);
}
