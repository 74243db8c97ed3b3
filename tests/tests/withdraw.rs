//! A withdrawal from the app: quoted, confirmed by a person, signed by the keystore, taken by a real coordinator, paid by three
//! watchmen; what the app says of it follows it all the way.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../crates/app/tests/common/mod.rs"]
mod common;

use std::time::Duration;

use common::Window;
use serde_json::{Value, json};
use tests::{Asset, Setup, TestWatchmen, World, evm};

const ETH: u128 = 1_000_000_000_000_000_000;
const PATIENCE: Duration = Duration::from_secs(240);
/// Far more than this test withdraws: no watchman asks anybody.
const AUTO: u128 = 10 * ETH;
const PASSWORD: &str = "a long practice password";

/// The app on a world's network, with the key whose 32 bytes are `number`.
async fn wallet(world: &World, number: u8) -> Window {
    let wallet = Window::open(world.network.clone(), &world.path("wallet"), PATIENCE).await;
    wallet.done("createKeystore", json!({"password": PASSWORD})).await;
    let key = json!({"kind": "evmKey", "hex": format!("{number:02x}").repeat(32)});
    wallet.done("importAccount", json!({"label": "Main", "source": key})).await;
    wallet
}

/// A quote as soon as nothing speaks against it: the money is in the verified ledger.
async fn quoted(wallet: &Window, request: &Value) -> Value {
    let fine = |quote: &Value| quote["problems"] == json!([]);
    wallet.until("the money is verified", "quoteWithdrawal", request.clone(), fine).await
}

fn is_done(step: &Value) -> bool {
    step["state"] == "done"
}

/// How a withdrawal stands, as soon as this step is done.
async fn step(wallet: &Window, hash: &Value, code: &str) -> Value {
    let reached = |view: &Value| {
        let mut steps = view["steps"].as_array().unwrap().iter();
        steps.any(|step| step["code"] == code && is_done(step))
    };
    wallet.until(code, "withdrawal", json!({"everHash": hash}), reached).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_is_confirmed_signed_taken_and_paid_once() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let payer = evm(41);
    world.evm_deposit(&payer, Asset::Coin, 2 * ETH).await;
    let _watchmen = TestWatchmen::running(&world, AUTO).await;
    let wallet = wallet(&world, 41).await;
    let account = payer.account().to_string();
    let to = evm(142).account().to_string();
    let request = json!({
        "account": account, "tag": world.payments_in(Asset::Coin).tag(), "chain": "ethereum", "to": to.to_lowercase(),
        "amount": (ETH / 2).to_string(),
    });

    let quote = quoted(&wallet, &request).await;
    assert_eq!((&quote["has"], &quote["to"]), (&json!((2 * ETH).to_string()), &json!(to)));
    assert_eq!((&quote["targetAmount"], &quote["knownRecipient"]), (&json!((ETH / 2).to_string()), &json!(false)));
    let options = wallet.done("withdrawOptions", json!({})).await;
    assert_eq!(options["coordinator"], true);
    assert!(options["tokens"].as_array().unwrap().iter().any(|token| token["tag"] == request["tag"]), "{options}");

    assert_eq!(wallet.refused("withdraw", request.clone()).await, "declined");
    let asked = wallet.person.was_asked();
    for fact in ["0.50 ETH", &to, &account, "ethereum"] {
        assert!(asked.contains(fact), "{fact} is missing: {asked}");
    }
    let mut too_much = request.clone();
    too_much["amount"] = json!((3 * ETH).to_string());
    let refused = wallet.ask("withdraw", too_much).await.unwrap_err();
    assert!(refused.code == "refused" && refused.message.starts_with("balance"), "{refused:?}");
    wallet.done("lockKeystore", json!({})).await;
    assert_eq!(wallet.refused("withdraw", request.clone()).await, "locked");
    wallet.unlock(PASSWORD).await;

    wallet.person.says(true);
    let hash = wallet.done("withdraw", request.clone()).await["everHash"].clone();
    let accepted = step(&wallet, &hash, "accepted").await;
    assert_eq!(accepted["steps"].as_array().unwrap().len(), 6);
    assert_eq!(accepted["signed"], Value::Null, "no watchman runs in this app");
    step(&wallet, &hash, "confirmed").await;
    let paid = step(&wallet, &hash, "paid").await;
    step(&wallet, &hash, "final").await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &to).await, ETH / 2, "{paid}");
    assert_eq!(world.ethereum().paid().await, [hash.as_str().unwrap().to_owned()]);
    assert_eq!(wallet.done("quoteWithdrawal", request).await["knownRecipient"], true);
    let unknown = json!({"everHash": format!("0x{}", "7".repeat(64))});
    assert_eq!(wallet.refused("withdrawal", unknown).await, "not_found");
    wallet.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_that_nobody_answered_for_is_handed_in_again_and_never_signed_twice() {
    let mut world = World::with_coordinator(Setup::with_evm()).await;
    let payer = evm(43);
    world.evm_deposit(&payer, Asset::Coin, 2 * ETH).await;
    let wallet = wallet(&world, 43).await;
    let request = json!({
        "account": payer.account().to_string(), "tag": world.payments_in(Asset::Coin).tag(), "chain": "ethereum",
        "to": evm(144).account().to_string(), "amount": (ETH / 4).to_string(),
    });
    quoted(&wallet, &request).await;
    world.kill_coordinator().await;
    wallet.person.says(true);
    let unheard = wallet.ask("withdraw", request.clone()).await.unwrap_err();
    assert_eq!(unheard.code, "unreachable");
    world.start_coordinator().await;
    let mut hashes = Vec::new();
    for _ in 0..2 {
        wallet.person.says(true);
        hashes.push(wallet.done("withdraw", request.clone()).await["everHash"].clone());
    }
    assert!(unheard.message.starts_with(hashes[0].as_str().unwrap()), "it was signed again: {unheard:?}");
    assert_ne!(hashes[0], hashes[1], "once the first was accepted, the same again is another withdrawal");
    let burnt = json!((2 * ETH - 2 * (ETH / 4)).to_string());
    wallet.until("both are verified", "quoteWithdrawal", request, |quote| quote["has"] == burnt).await;
    wallet.close().await;
}
