//! Databases that an older program left: nothing that people did is lost, and what the new state root needs is made anew.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use sqlx::migrate::Migrator;
use sqlx::{Row, SqlitePool};
use std::path::{Path, PathBuf};
use store::ledger::LedgerStore;
use store::pool::Pool;
use store::sqlite;

/// A database with the first migration of a kind only.
async fn first_version(dir: &Path, kind: &str, first: &str) -> (PathBuf, SqlitePool) {
    let migrations = dir.join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind).join(first);
    std::fs::copy(source, migrations.join(first)).unwrap();
    let path = dir.join("old.db");
    let disk = sqlite::open(&path).await.unwrap();
    Migrator::new(migrations.as_path()).await.unwrap().run(&disk).await.unwrap();
    (path, disk)
}

async fn run(disk: &SqlitePool, statements: &[&'static str]) {
    for statement in statements {
        sqlx::query(*statement).execute(disk).await.unwrap();
    }
}

#[tokio::test]
async fn a_detectors_replay_begins_anew_and_marks_of_people_stay() {
    let dir = tempfile::tempdir().unwrap();
    let (path, disk) = first_version(dir.path(), "ledger", "0001_ledger.sql").await;
    run(
        &disk,
        &[
            "INSERT INTO batches VALUES (1, 'b', '', 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, zeroblob(32), x'00', x'00')",
            "INSERT INTO bodies VALUES (1, x'00', x'00', x'00', x'00')",
            "INSERT INTO mints VALUES ('d', 1)",
            "INSERT INTO accounts VALUES (x'01', x'02')",
            "INSERT INTO meta VALUES ('folded', x'0000000000000001'), ('rules', x'7b7d')",
            "INSERT INTO findings VALUES ('b', 1, '{}')",
            "INSERT INTO alerts VALUES ('F2:x', 0, 1, 4, '{}')",
            "INSERT INTO notified VALUES ('F2:x')",
        ],
    )
    .await;
    disk.close().await;
    let store = LedgerStore::open(&path).await.unwrap();
    let restored = store.restore().await.unwrap();
    assert!(restored.cursor.is_none() && restored.accounts.is_empty() && restored.mints.is_empty());
    assert!(!store.work_behind().await.unwrap());
    assert_eq!(store.meta("rules").await.unwrap(), Some(b"{}".to_vec()));
    assert_eq!(store.finding("b", 1).await.unwrap(), Some("{}".to_owned()), "an old chain need not be asked again");
    assert!(store.alerts().await.unwrap()[0].acknowledged);
    assert!(!store.claim_notification("F2:x").await.unwrap());
}

#[tokio::test]
async fn a_coordinators_mints_keep_their_tokens_and_its_roots_become_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let (path, disk) = first_version(dir.path(), "pool", "0001_pool.sql").await;
    run(
        &disk,
        &[
            "INSERT INTO identity VALUES (1, 'o', '{}')",
            "INSERT INTO head VALUES (1, 2, randomblob(32))",
            "INSERT INTO item VALUES (1, randomblob(32), x'00', 'ar', 'mint', 1)",
            "INSERT INTO item VALUES (2, randomblob(32), x'00', 'eth', 'mint', 1)",
            "INSERT INTO mint VALUES ('one', 1), ('two', 2)",
            "INSERT INTO mark VALUES (1, 2, randomblob(32), randomblob(32), 1, NULL, NULL, NULL, NULL, NULL)",
        ],
    )
    .await;
    disk.close().await;
    let pool = Pool::open(&path).await.unwrap();
    let mints = [("ar", "one"), ("eth", "two")].map(|(tag, name)| (tag.to_owned(), name.to_owned()));
    assert_eq!(pool.mints().await.unwrap(), mints);
    assert_eq!(pool.item_by_fingerprint("two").await.unwrap().unwrap().raw_id, 2);
    assert_eq!(pool.head().await.unwrap().state_root, [0; 32]);
    pool.set_root(&[7; 32]).await.unwrap();
    assert_eq!(pool.head().await.unwrap().state_root, [7; 32]);
    pool.close().await;
    let disk = sqlite::open(&path).await.unwrap();
    let mark: Vec<u8> = sqlx::query("SELECT state_root FROM mark").fetch_one(&disk).await.unwrap().get(0);
    assert_eq!(mark, [0; 32]);
}
