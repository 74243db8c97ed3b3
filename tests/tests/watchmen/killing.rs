//! kill -9 of a watchman in every state that a payout can be in: each burn is paid exactly once.
//!
//! `ROUNDS` (6; `make soak` 30) and `SEED` (1) choose how many kills, in which states and of whom. With 11 rounds every state
//! is there. A burn is never in `verified` between two entries of the journal: the policy judges in the same step, so nobody
//! can die there. `failed` is no state on the way to a payout.

use super::*;
use everpay::Amount;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::io::Write;
use vault::policy::{Delay, Policy};

const STATES: [&str; 11] = [
    "seen",
    "held",
    "awaiting",
    "approved",
    "intended",
    "signed",
    "quorum",
    "submitted",
    "executed",
    "closed",
    "refused",
];
/// Burns that a round may need until the victim dies in the state that was chosen: some last a few milliseconds.
const TRIES: u8 = 8;
/// ETH beyond this waits for a minute; below nobody is asked and nothing waits.
const HELD_ABOVE: u128 = ETH / 500;
/// Beyond this a person is asked.
const ASKED_ABOVE: u128 = 10 * PUSD;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

fn policy(world: &World) -> Policy {
    let limits = |token: &everpay::TokenSpec| {
        let auto = if token.symbol == "ETH" { AUTO } else { ASKED_ABOVE };
        (Amount::from(auto), Amount::from(u128::MAX))
    };
    let mut policy = devnet::open_policy(&world.network.rules, ETHEREUM, limits);
    let eth = world.network.rules.listed()[1].tag();
    policy.tokens.get_mut(&eth).unwrap().delay = Some(Delay { above: Amount::from(HELD_ABOVE), minutes: 1 });
    policy
}

/// What is burnt so that the burn comes to this state.
fn burnt(state: &str) -> (Asset, u128) {
    match state {
        "held" => (Asset::Coin, 2 * HELD_ABOVE),
        "awaiting" | "refused" => (Asset::Token, 2 * ASKED_ABOVE),
        _ => (Asset::Coin, HELD_ABOVE / 2),
    }
}

struct Place {
    world: World,
    watchmen: TestWatchmen,
    payer: Payer,
    rng: StdRng,
    hashes: Vec<String>,
}

impl Place {
    /// Burns, kills the victim in this state, brings it back, and waits for the payout. Returns the state it died in.
    async fn kill_one(&mut self, state: &str, victim: usize) -> &'static str {
        let other = (victim + 1) % 3;
        match state {
            // Approved and not signed: a person stopped the vault.
            "approved" => {
                // A cause that people dealt with does not halt again: each drill is another one.
                let key = format!("drill {}", self.hashes.len());
                let said = self.watchmen.tell(victim, &["halt", ETHEREUM, "--key", &key]).await;
                assert_eq!(said.code, Some(0), "{said:?}");
            }
            // Signed and alone.
            "signed" => {
                self.watchmen.kill(other).await;
                self.watchmen.kill((victim + 2) % 3).await;
            }
            _ => {}
        }
        let ((asset, amount), to) = (burnt(state), account(100 + u8::try_from(self.hashes.len()).unwrap()));
        let hash = burn(&mut self.world, asset, &self.payer, &to, amount).await;
        self.hashes.push(hash.clone());
        if state == "refused" {
            reaches(&self.watchmen, victim, &hash, "awaiting").await;
            let words = ["refuse", &hash, "--by", "Ada", "--reason", "a drill"];
            assert_eq!(self.watchmen.tell(victim, &words).await.code, Some(0));
        }
        let died = self.watchmen.kill_in(victim, &hash, state, PATIENCE).await;
        sleep(Duration::from_millis(self.rng.random_range(0..1_500))).await;
        self.watchmen.start_all().await;
        match state {
            "approved" => rearm(&self.watchmen, victim).await,
            "awaiting" => approve(&self.watchmen, [victim, other], &hash).await,
            "refused" => {
                reaches(&self.watchmen, victim, &hash, "refused").await;
                let said = self.watchmen.tell(victim, &["reopen", &hash, "--by", "Ada"]).await;
                assert_eq!(said.code, Some(0), "{said:?}");
                approve(&self.watchmen, [victim, other], &hash).await;
            }
            _ => {}
        }
        receives(&self.world, asset, &to, amount).await;
        died
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_a_watchman_in_any_state_pays_every_burn_exactly_once() {
    let (rounds, seed) = (number("ROUNDS", 6), number("SEED", 1));
    let payer = evm(10);
    let world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::with_policy(&world, &policy(&world)).await;
    watchmen.start_all().await;
    let mut place = Place { world, watchmen, payer, rng: StdRng::seed_from_u64(seed), hashes: Vec::new() };
    let mut states = STATES;
    states.shuffle(&mut place.rng);
    let mut deaths = BTreeMap::new();
    for (round, state) in (0..rounds).zip(states.into_iter().cycle()) {
        let victim = place.rng.random_range(0..3);
        let mut died = "nowhere";
        for _ in 0..TRIES {
            died = place.kill_one(state, victim).await;
            *deaths.entry(died).or_insert(0) += 1;
            if died == state {
                break;
            }
        }
        let said =
            format!("round {round} of seed {seed}: watchman {victim} was to die in {state} and died in {died}\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        assert_eq!(died, state, "after {TRIES} tries: {deaths:?}");
    }
    std::io::stderr().write_all(format!("{} burns; deaths {deaths:?}\n", place.hashes.len()).as_bytes()).unwrap();
    check_paid(&place.world, &place.hashes).await;
    Running::start(&place.world, "watching").await.nothing_is_owed().await;
}
