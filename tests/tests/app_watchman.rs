//! The watchman in the app beside one in a process of its own, both of whom must sign: a person before the window decides, and
//! only what this person was shown is paid, once.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../crates/app/tests/common/mod.rs"]
mod common;

use std::time::Duration;

use common::Window;
use devnet::{Child, ETHEREUM, PRACTICE_PASSWORD, Payer, Seat, Watchmen, evm_address, open_policy};
use everpay::Amount;
use serde_json::{Value, json};
use tests::{Asset, Owners, Setup, World, eventually, everwatchd, evm, run_everwatchd, within};

const ETH: u128 = 1_000_000_000_000_000_000;
const FEES_WEI: u128 = 10 * ETH;
const PATIENCE: Duration = Duration::from_secs(240);
/// The secrets of the vault's owners are 32 times these bytes (`tests::Owners`).
const OWNERS: [u8; 2] = [201, 202];

/// One who pays everything unasked in a process of its own, and the app's, which asks about everything.
struct Both {
    world: World,
    site: Watchmen,
    _first: Child,
}

impl Both {
    async fn start(payer: &Payer) -> Self {
        let owners = Owners { count: 2, threshold: 2 };
        let world = World::with_coordinator(Setup { evm: true, owners, ..Setup::default() }).await;
        world.evm_deposit(payer, Asset::Coin, 2 * ETH).await;
        let policy =
            |auto: u128| open_policy(&world.network.rules, ETHEREUM, |_| (Amount::from(auto), Amount::from(u128::MAX)));
        let seat =
            |number: u8, auto, app| Seat { secret: format!("{number:02x}").repeat(32), policy: policy(auto), app };
        let seats = [seat(OWNERS[0], u128::MAX, None), seat(OWNERS[1], 0, Some(world.path("window")))];
        let (network, folder) = (world.path("network.json"), world.path("watchmen"));
        let site = Watchmen::seated(&everwatchd(), &network, &folder, &seats).await.unwrap();
        for index in 0..site.count() {
            let account = evm_address(site.address(index)).unwrap();
            assert_eq!(account, world.ethereum().owners[index].address());
            world.ethereum().node().fund(account, FEES_WEI).await.unwrap();
        }
        let mut first = Child::spawn(&site.program(0)).unwrap();
        within(PATIENCE, "the other watchman listens", first.line()).await.unwrap();
        Self { world, site, _first: first }
    }

    async fn burn(&mut self, payer: &Payer, to: &str, amount: u128) -> String {
        let payments = self.world.payments_in(Asset::Coin);
        let burn = payments.burn(payer, to, amount, ETHEREUM, self.world.nonces.fresh());
        self.world.api.post(&burn).await.unwrap();
        burn.ever_hash().to_string()
    }

    async fn holds(&self, account: &str) -> u128 {
        self.world.ethereum().holds(Asset::Coin, account).await
    }

    async fn receives(&self, account: &str, amount: u128) {
        eventually(PATIENCE, "a payout arrives", || async { (self.holds(account).await == amount).then_some(()) })
            .await;
    }

    /// What `everwatchd` shows of a burn, asked in the app's folder.
    async fn second_surface(&self, hash: &str) -> Value {
        let dir = self.site.data_dir(1).display().to_string();
        let shown = run_everwatchd(PATIENCE, ["watchman", "show", hash, "--json", "--data-dir", &dir]).await;
        serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"))
    }
}

async fn payout(window: &Window, hash: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    window.until(what, "payout", json!({"everHash": hash}), holds).await
}

async fn asks(window: &Window, hash: &str) -> Value {
    payout(window, hash, "the window asks", |view| view["row"]["state"] == "awaiting").await
}

fn steps(view: &Value) -> Vec<&str> {
    let done = view["path"].as_array().unwrap().iter().filter(|step| step["state"] != "to_come");
    done.map(|step| step["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_at_the_window_approves_a_payout_and_it_is_paid_as_shown() {
    let (payer, to) = (evm(61), evm(62).account().to_string());
    let mut both = Both::start(&payer).await;
    let window = Window::open(both.world.network.clone(), &both.world.path("window"), PATIENCE).await;
    window.unlock(PRACTICE_PASSWORD).await;
    window
        .watchman("both are there", |view| view["members"].as_array().unwrap().iter().all(|one| one["up"] == true))
        .await;
    let hash = both.burn(&payer, &to, ETH / 4).await;
    let request = json!({"everHash": hash});
    asks(&window, &hash).await;
    let listed = window.done("payouts", json!({"limit": 10})).await;
    assert_eq!((&listed["counts"], &listed["rows"][0]["everHash"]), (&json!([1, 0, 0, 0]), &json!(hash)));
    window.until("the heartbeat counts it", "status", json!({}), |status| status["awaiting"] == 1).await;

    assert_eq!(window.refused("approvePayout", request.clone()).await, "declined");
    window.done("lockKeystore", json!({})).await;
    assert_eq!(window.refused("approvePayout", request.clone()).await, "locked");
    assert_eq!(asks(&window, &hash).await["whyNot"], "locked");
    window.unlock(PRACTICE_PASSWORD).await;
    let shown = payout(&window, &hash, "it can be approved", |view| view["canApprove"] == true).await;
    let checks: Vec<_> = shown["checks"].as_array().unwrap().iter().map(|check| check["code"].clone()).collect();
    assert_eq!(checks, ["W1", "W2", "W3", "W4", "W5", "W6"]);
    let fields = &shown["fields"];
    assert_eq!((&fields["to"], &fields["amount"]), (&json!(to), &json!((ETH / 4).to_string())));
    let surface = both.second_surface(&hash).await;
    assert_eq!((&surface["signed"]["digest"], &surface["words"]), (&fields["digest"], &fields["words"]));
    assert_eq!(both.holds(&to).await, 0);

    window.person.says(true);
    window.done("approvePayout", request.clone()).await;
    let asked = window.person.was_asked();
    for fact in ["0.25 ETH", &to, fields["digest"].as_str().unwrap(), &hash] {
        assert!(asked.contains(fact), "{fact} in {asked}");
    }
    both.receives(&to, ETH / 4).await;
    let paid = payout(&window, &hash, "it is done", |view| view["row"]["group"] == "done").await;
    let way = ["seen", "verified", "awaiting", "approved", "intended", "signed", "quorum"];
    assert_eq!(steps(&paid)[..way.len()], way, "{paid}");
    assert_eq!(paid["decided"][0]["code"], "approved");
    assert_eq!(both.world.ethereum().paid().await, [hash]);
    assert_eq!(window.refused("approvePayout", request).await, "refused");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_refuses_is_not_paid_until_a_person_lets_it_try_again() {
    let (payer, to) = (evm(63), evm(64).account().to_string());
    let mut both = Both::start(&payer).await;
    let window = Window::open(both.world.network.clone(), &both.world.path("window"), PATIENCE).await;
    window.unlock(PRACTICE_PASSWORD).await;
    window.running().await;
    let hash = both.burn(&payer, &to, ETH / 8).await;
    asks(&window, &hash).await;
    let why = json!({"everHash": hash, "reason": "not before the audit"});
    assert_eq!(window.refused("refusePayout", json!({"everHash": hash, "reason": " "})).await, "invalid_request");
    let refused = window.done("refusePayout", why).await;
    assert_eq!((&refused["row"]["group"], &refused["canReopen"]), (&json!("notPaid"), &json!(true)));
    assert!(refused["decided"][0]["subject"].as_str().unwrap().ends_with(": not before the audit"), "{refused}");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(both.holds(&to).await, 0);

    assert_eq!(window.refused("reopenPayout", json!({"everHash": hash})).await, "declined");
    window.person.says(true);
    window.done("reopenPayout", json!({"everHash": hash})).await;
    asks(&window, &hash).await;
    payout(&window, &hash, "it can be approved", |view| view["canApprove"] == true).await;
    window.person.says(true);
    window.done("approvePayout", json!({"everHash": hash})).await;
    both.receives(&to, ETH / 8).await;
    window.close().await;
}
