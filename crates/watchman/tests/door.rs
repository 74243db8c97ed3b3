//! The socket of commands: reached by a path of any length, by its own user, and deciding only where it may.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{HASH, Place};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use watchman::door::{self, Access, Door, DoorError, FILE, Request};

async fn list(dir: &std::path::Path) -> Result<Value, DoorError> {
    door::ask(dir, &Request::List).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_in_a_directory_with_a_path_longer_than_a_sockets_is_reached_all_the_same() {
    let place = Place::new();
    let running = place.start().await;
    running.row("awaiting").await;
    for length in [0, 60, 120, 200] {
        let dir: PathBuf = place.dir.path().join("d".repeat(length));
        std::fs::create_dir_all(&dir).unwrap();
        assert!(matches!(list(&dir).await, Err(DoorError::Nobody { .. })), "{length}");
        let serving = tokio::spawn(Door::open(&dir, Access::Decide).unwrap().serve(running.view.clone()));
        let mode = std::fs::metadata(dir.join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let rows = list(&dir).await.unwrap();
        assert_eq!(rows[0]["everHash"], HASH.to_string(), "{length}");
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
        assert!(!dir.join(FILE).exists(), "the file goes with the door");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_to_look_through_shows_the_digest_and_takes_no_decision() {
    let place = Place::new();
    let running = place.start().await;
    running.row("awaiting").await;
    let dir = place.dir.path();
    tokio::spawn(Door::open(dir, Access::Look).unwrap().serve(running.view.clone()));
    let shown = door::ask(dir, &Request::Show { ever_hash: HASH }).await.unwrap();
    let digest = shown["signed"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(shown["words"].as_array().map(Vec::len), Some(6));
    for request in [
        Request::Approve { ever_hash: HASH, digest, by: "Ada".to_owned() },
        Request::Refuse { ever_hash: HASH, by: "Ada".to_owned(), reason: "no".to_owned() },
        Request::Halt { chain: "ethereum".to_owned(), key: "k".to_owned() },
        Request::Reload,
    ] {
        let refused = door::ask(dir, &request).await;
        assert!(matches!(&refused, Err(DoorError::Refused(why)) if why.contains("window")), "{refused:?}");
    }
    running.row("awaiting").await;
    running.stop().await;
}
