//! An alert reaches the desktop: over a real message bus, to a real notification service, once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod desktop;

use std::time::Duration;

use app::api::{AlertRow, Command, Notifications as State, Reply, Severity, Status};
use app::notify::{Desktop, Notifier};
use app::{App, Config};
use desktop::{Notifications, Session, inside, wait_for};
use serde_json::json;
use tests::{Setup, World, eventually, evm};

const AR: u128 = 1_000_000_000_000;
const PATIENCE: Duration = Duration::from_secs(90);

async fn ask(app: &App, name: &str) -> Option<Reply> {
    let command = Command::from_json(json!({"command": name, "request": {}})).unwrap();
    app.handle(command).await.ok()
}

async fn status(app: &App) -> Option<Status> {
    match ask(app, "status").await? {
        Reply::Status(status) => Some(status),
        other => panic!("{other:?}"),
    }
}

async fn alerts(app: &App) -> Vec<AlertRow> {
    match ask(app, "alerts").await {
        Some(Reply::Alerts(list)) => list.rows,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cheat_found_by_the_detector_is_notified_once() {
    if !inside(Session::Desktop, "a_cheat_found_by_the_detector_is_notified_once") {
        return;
    }
    let mut world = World::with_coordinator(Setup::cheating("F2", 2)).await;
    let notifications = Notifications::start(&world.path(""));
    let config = Config { network: world.network.clone(), data_dir: world.path("app"), notify: true, desk: None };
    let app = App::start(config.clone()).unwrap();
    let payer = world.deposit(50 * AR).await;
    for round in 1..=10_u128 {
        world.pay(&payer, &evm(1).account(), round * AR / 100).await;
        tokio::time::sleep(Duration::from_millis(450)).await;
    }
    eventually(PATIENCE, "a notification is sent", || async { (notifications.sent() > 0).then_some(()) }).await;
    let delivered = || async { status(&app).await.filter(|status| status.notifications == State::Delivered) };
    eventually(PATIENCE, "the delivery is shown", delivered).await;

    // The batch gets confirmed and the app is started anew: the same alert, no second notification.
    let confirmed = || async { alerts(&app).await.iter().all(|alert| !alert.provisional).then_some(()) };
    eventually(PATIENCE, "the alert is confirmed", confirmed).await;
    app.stop().await;
    drop(app);
    let app = App::start(config).unwrap();
    eventually(PATIENCE, "the app runs again", || status(&app)).await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    let alerts = alerts(&app).await;
    assert_eq!(alerts.iter().map(|alert| alert.rule.as_str()).collect::<Vec<_>>(), ["F2"]);
    assert_eq!(notifications.sent(), 1);
    let shown = notifications.shown();
    let [(title, body)] = shown.as_slice() else { panic!("{shown:?}") };
    assert!(title.ends_with("The coordinator let an account overspend"), "{title}");
    assert!(body.contains("AR more than it had") && body.contains("F2, err_insufficient_balance"), "{body}");
    assert_eq!(title.starts_with("Not confirmed yet: "), body.contains("may still change"), "{title}: {body}");
    app.stop().await;
}

fn alert() -> AlertRow {
    AlertRow {
        key: "F3:test".into(),
        rule: "F3".into(),
        severity: Severity::Critical,
        code: "err_nonce_too_low".into(),
        raised_ms: 1,
        latency_ms: None,
        provisional: false,
        acknowledged: false,
        closed: false,
        ever_hash: None,
        batch_id: String::new(),
        batch: Some(4),
        item: Some(2),
        params: Vec::new(),
    }
}

/// Nobody takes the notification: that is said, and nothing is noted as delivered.
fn nobody_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("notified.log");
    let notifier = Notifier::start(&journal, Desktop).unwrap();
    assert_eq!(notifier.state(), State::Ready);
    notifier.offer(&alert());
    wait_for("the failure is shown", || (notifier.state() == State::Failing).then_some(()));
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), "");
}

#[test]
fn without_a_service_it_is_not_counted_as_delivered() {
    if inside(Session::BusOnly, "without_a_service_it_is_not_counted_as_delivered") {
        nobody_takes_it();
    }
}

#[test]
fn without_a_bus_it_is_not_counted_as_delivered() {
    if inside(Session::NoBus, "without_a_bus_it_is_not_counted_as_delivered") {
        nobody_takes_it();
    }
}
