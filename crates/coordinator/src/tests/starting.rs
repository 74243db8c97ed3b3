//! Every rule of starting, with the sentence that it says.

use super::*;
use crate::{CheatId, CheatPlan, StartError};

async fn refusal(config: Config) -> StartError {
    match Coordinator::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn one_process_per_data_directory() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let error = refusal(place.config.clone()).await;
    assert!(matches!(error, StartError::AlreadyRunning { .. }), "{error}");
    assert!(error.to_string().contains("another coordinator is running"));
    client.stop().await;
    place.start().await.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_wallet_must_be_secret_and_the_owners() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::empty();
    for mode in [0o640, 0o604, 0o644, 0o660] {
        std::fs::set_permissions(&place.config.wallet, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = refusal(place.config.clone()).await;
        assert!(matches!(error, StartError::Wallet { .. }), "{mode:o}: {error}");
    }
    std::fs::set_permissions(&place.config.wallet, std::fs::Permissions::from_mode(0o600)).unwrap();

    let other = Wallet::generate(2048).unwrap();
    let mut config = place.config.clone();
    config.wallet = place.path().join("other.json");
    other.save(&config.wallet).unwrap();
    let error = refusal(config.clone()).await;
    assert!(
        matches!(&error, StartError::NotTheOwner { wallet, .. } if *wallet == other.address().to_string()),
        "{error}"
    );

    config.wallet = place.path().join("missing.json");
    assert!(matches!(refusal(config).await, StartError::Wallet { .. }));
}

#[tokio::test]
async fn rules_are_pinned() {
    let place = Place::empty();
    place.start().await.stop().await;
    let mut config = place.config.clone();
    config.rules.lockers.insert("ethereum".to_owned(), account(5));
    let error = refusal(config).await;
    assert!(matches!(error, StartError::OtherRules { .. }), "{error}");
    place.start().await.stop().await;
}

#[tokio::test]
async fn senseless_configurations_are_refused() {
    let place = Place::empty();
    type Change = fn(&mut Config);
    let changes: [(&str, Change); 7] = [
        ("gateway", |config| config.gateways.clear()),
        ("gateway address", |config| config.gateways = vec!["ftp://x".to_owned()]),
        ("token list", |config| config.rules.tokens = Tokens::Open),
        ("listed twice", |config| config.rules.tokens = Tokens::Listed(vec![usd(), usd()])),
        ("above zero", |config| config.cap_items = 0),
        ("above zero", |config| config.seal_interval = Duration::ZERO),
        ("foreign wallet", |config| {
            config.cheat = Some(CheatPlan { id: CheatId::F8, after_batches: 0, foreign_wallet: None });
        }),
    ];
    for (expected, change) in changes {
        let mut config = place.config.clone();
        change(&mut config);
        let error = refusal(config).await;
        assert!(matches!(error, StartError::Config(_)), "{error}");
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}

#[tokio::test]
async fn a_taken_port_and_an_impossible_directory_are_named() {
    let place = Place::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = place.config.clone();
    config.listen = taken.local_addr().unwrap();
    assert!(matches!(refusal(config).await, StartError::Listen { .. }));
    let mut config = place.config.clone();
    config.data_dir = place.config.wallet.join("below a file");
    assert!(matches!(refusal(config).await, StartError::DataDir { .. }));
}

#[tokio::test]
async fn a_damaged_pool_is_refused() {
    use sqlx::Connection;
    let place = Place::funded(1).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.database());
    let mut disk = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("UPDATE head SET state_root = randomblob(32)").execute(&mut disk).await.unwrap();
    assert!(matches!(refusal(place.config.clone()).await, StartError::Damaged { .. }));
    sqlx::query("UPDATE account SET body = x'00'").execute(&mut disk).await.unwrap();
    assert!(matches!(refusal(place.config.clone()).await, StartError::Store { .. }));
    disk.close().await.unwrap();
    std::fs::write(place.database(), b"this is not a database, but it is long enough to look at").unwrap();
    assert!(matches!(refusal(place.config.clone()).await, StartError::Store { .. }));
}

#[tokio::test]
async fn a_root_of_an_older_format_is_computed_anew() {
    use sqlx::{Connection, Row};
    let place = Place::funded(2).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.database());
    let mut disk = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
    let root = async |disk: &mut sqlx::sqlite::SqliteConnection| -> Vec<u8> {
        sqlx::query("SELECT state_root FROM head").fetch_one(disk).await.unwrap().get(0)
    };
    let good = root(&mut disk).await;
    sqlx::query("UPDATE head SET state_root = zeroblob(32)").execute(&mut disk).await.unwrap();
    place.start().await.stop().await;
    assert_eq!(root(&mut disk).await, good);
}
