//! Random histories of random vaults: the contract and the model must agree after every step, and the money with both.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use vault_evm::contract::EverwatchVault::{
    addOwnerCall, changeRequirementCall, removeOwnerCall, replaceOwnerCall, setPausedCall,
};

use crate::chain::{GAS, mined};
use crate::hostile::{ReceiverManner, TokenManner};
use crate::model::{Decision, Expected, Key, Model, Wish};
use crate::signatures::broken;
use crate::tokens::transfer;
use crate::vault::{PAYEE, Proposal, Submitted, Vault, account, burn};

/// Each seed is one history; a failing one is named and happens again.
const SEEDS: std::ops::Range<u64> = 0..6;
const STEPS: usize = 150;
/// Owners come from so many keys.
const KEYS: Key = 6;
const BURNS: u8 = 8;

/// One history.
struct World {
    vault: Vault,
    model: Model,
    random: StdRng,
    receiver: Address,
    receiver_pays: bool,
    token: Address,
    token_pays: bool,
    proposals: Vec<(Proposal, Wish)>,
    /// Payouts that went through, to add up in the end.
    paid: Vec<Proposal>,
}

#[tokio::test]
async fn random_histories_agree_with_the_model() {
    for seed in SEEDS {
        let mut world = World::new(seed).await;
        for step in 0..STEPS {
            world.step(&format!("seed {seed}, step {step}")).await;
        }
        world.add_up(seed).await;
    }
}

impl World {
    async fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let owners = random.random_range(1..=4);
        let required = random.random_range(1..=u64::from(owners));
        let vault = Vault::start(required, owners).await;
        let receiver = vault.chain.receiver(ReceiverManner::Accepts).await;
        let token = vault.chain.odd_token(TokenManner::Honest, vault.address(), 1_000_000).await;
        for key in 0..KEYS {
            vault.chain.control.request("anvil_impersonateAccount", serde_json::json!([account(key)])).await.unwrap();
            vault.chain.control.set_balance(&account(key).to_string(), 1 << 70).await.unwrap();
        }
        let model = Model::new(required, owners);
        let (proposals, paid) = (Vec::new(), Vec::new());
        Self { vault, model, random, receiver, receiver_pays: true, token, token_pays: true, proposals, paid }
    }

    async fn step(&mut self, at: &str) {
        match self.random.random_range(0..20) {
            0 => self.change_receiver().await,
            1 => self.change_token().await,
            2 | 3 => self.revoke(at).await,
            _ => self.submit(at).await,
        }
    }

    async fn submit(&mut self, at: &str) {
        if self.proposals.is_empty() || self.random.random_bool(0.3) {
            let new = self.propose();
            self.proposals.push(new);
        }
        let (proposal, wish) = self.proposals.choose(&mut self.random).unwrap().clone();
        let (signers, sigs) = self.signatures(&proposal);
        let possible = match proposal.to {
            to if to == self.receiver => self.receiver_pays,
            to if to == self.token => self.token_pays,
            _ => true,
        };
        let expected = self.model.submit(&proposal, &wish, &signers, possible);
        let submitted = self.vault.submit_raw(&proposal, sigs).await;
        assert_eq!(observed(&submitted, signers.len()), expected, "{at}: {proposal:?} {wish:?} by {signers:?}");
        if submitted.done() && matches!(wish, Wish::Pay) {
            self.paid.push(proposal.clone());
        }
        self.compare(&proposal, at).await;
    }

    /// A payout to anybody, or a decision; few burns and numbers, so that they meet again.
    fn propose(&mut self) -> (Proposal, Wish) {
        let random = &mut self.random;
        let (number, ever_hash) = (random.random_range(1..3), burn(random.random_range(0..BURNS)));
        let value = random.random_range(1..1_000);
        let (proposal, wish) = match random.random_range(0..5) {
            0 => (Proposal::coin(ever_hash, PAYEE, value), Wish::Pay),
            1 => (Proposal::coin(ever_hash, self.receiver, value), Wish::Pay),
            2 => (Proposal::call(ever_hash, self.token, &transfer(PAYEE, value)), Wish::Pay),
            _ => {
                let decision = decision(random);
                let data = calldata(&decision).into();
                let to = self.vault.address();
                (Proposal { number, ever_hash, to, value: U256::ZERO, data }, Wish::Decide(decision))
            }
        };
        (proposal.numbered(number), wish)
    }

    /// Good and broken ones in any order, of owners and others; old ones too, since signing twice gives the same.
    fn signatures(&mut self, proposal: &Proposal) -> (Vec<Option<Key>>, Vec<Bytes>) {
        let number = self.random.random_range(0..6);
        let mut signatures = Vec::new();
        for _ in 0..number {
            let key = self.random.random_range(0..KEYS);
            let good = self.vault.sign(proposal, key);
            signatures.push(match self.random.random_bool(0.85) {
                true => (Some(key), good),
                false => (None, broken(&good).choose(&mut self.random).unwrap().clone()),
            });
        }
        signatures.into_iter().unzip()
    }

    async fn revoke(&mut self, at: &str) {
        let Some((proposal, _)) = self.proposals.choose(&mut self.random).cloned() else { return };
        let owner = self.random.random_range(0..KEYS);
        let call = self.vault.contract.revoke(self.vault.id(&proposal)).from(account(owner)).gas(GAS);
        let receipt = mined(call.send().await.unwrap()).await;
        assert_eq!(receipt.status(), self.model.revoke(&proposal, owner), "{at}: {owner} revokes {proposal:?}");
        self.compare(&proposal, at).await;
    }

    async fn change_receiver(&mut self) {
        let manners = [ReceiverManner::Accepts, ReceiverManner::Reverts, ReceiverManner::LongRevert];
        let manner = *manners.choose(&mut self.random).unwrap();
        self.receiver_pays = manner == ReceiverManner::Accepts;
        self.vault.chain.set_receiver_manner(self.receiver, manner).await;
    }

    async fn change_token(&mut self) {
        let good = [TokenManner::Honest, TokenManner::SaysNothing, TokenManner::LongAnswer];
        let bad =
            [TokenManner::SaysFalseButPays, TokenManner::TakesFee, TokenManner::PaysNothing, TokenManner::Reverts];
        self.token_pays = self.random.random_bool(0.5);
        let manner = if self.token_pays { good.choose(&mut self.random) } else { bad.choose(&mut self.random) };
        self.vault.chain.set_token_manner(self.token, *manner.unwrap()).await;
    }

    async fn compare(&self, proposal: &Proposal, at: &str) {
        let (vault, model) = (&self.vault, &self.model);
        let owners: BTreeSet<Address> = vault.owners().await.into_iter().collect();
        let expected: BTreeSet<Address> = model.owners.keys().map(|key| account(*key)).collect();
        assert_eq!(owners, expected, "{at}");
        assert_eq!(vault.contract.getRequire().call().await.unwrap(), U256::from(model.required), "{at}");
        assert_eq!(vault.contract.getPaused().call().await.unwrap(), model.paused, "{at}");
        assert_eq!(vault.released(proposal.ever_hash).await, model.released.contains(&proposal.ever_hash), "{at}");
        assert_eq!(vault.executed(proposal).await, model.is_executed(proposal), "{at}");
        for key in 0..KEYS {
            assert_eq!(vault.confirmed(proposal, key).await, model.counts(proposal, key), "{at}: of {key}");
        }
    }

    /// Every burn was paid at most once, and exactly what was paid is gone.
    async fn add_up(&self, seed: u64) {
        let burns: BTreeSet<B256> = self.paid.iter().map(|payment| payment.ever_hash).collect();
        assert_eq!(burns.len(), self.paid.len(), "seed {seed}: a burn was paid twice");
        let coins: U256 = self.paid.iter().map(|payment| payment.value).sum();
        let left = self.vault.chain.balance(self.vault.address()).await;
        assert_eq!(left + coins, U256::from(1_000_000), "seed {seed}");
        let tokens: U256 = self.paid.iter().filter(|payment| payment.to == self.token).map(token_amount).sum();
        assert_eq!(self.vault.chain.tokens(self.token, PAYEE).await, tokens, "seed {seed}");
        assert!(!self.paid.is_empty(), "seed {seed}: a history without a payout shows little");
    }
}

fn token_amount(payment: &Proposal) -> U256 {
    crate::hostile::OddToken::transferCall::abi_decode(&payment.data).unwrap().value
}

fn decision(random: &mut StdRng) -> Decision {
    let (key, other) = (random.random_range(0..KEYS), random.random_range(0..KEYS));
    match random.random_range(0..6) {
        0 | 1 => Decision::Add(key),
        2 => Decision::Remove(key),
        3 => Decision::Replace(key, other),
        4 => Decision::Require(random.random_range(0..5)),
        // Mostly off again, or little else would be seen.
        _ => Decision::Pause(random.random_bool(0.2)),
    }
}

fn calldata(decision: &Decision) -> Vec<u8> {
    match *decision {
        Decision::Add(key) => addOwnerCall { owner: account(key) }.abi_encode(),
        Decision::Remove(key) => removeOwnerCall { owner: account(key) }.abi_encode(),
        Decision::Replace(key, other) => {
            replaceOwnerCall { owner: account(key), newOwner: account(other) }.abi_encode()
        }
        Decision::Require(number) => changeRequirementCall { newRequired: U256::from(number) }.abi_encode(),
        Decision::Pause(pause) => setPausedCall { newPaused: pause }.abi_encode(),
    }
}

/// The outcome in the model's words, from the events.
fn observed(submitted: &Submitted, signatures: usize) -> Expected {
    if let Some(why) = submitted.reverted() {
        let known = ["paused", "released", "tx_executed"];
        return Expected::Reverts(known.into_iter().find(|known| *known == why).unwrap_or("something else"));
    }
    let events = submitted.events();
    let counted: Vec<bool> =
        events.iter().filter(|name| name.starts_with("Submission")).map(|name| *name == "Submission").collect();
    assert_eq!(counted.len(), signatures);
    let tried = events.iter().find(|name| name.starts_with("Execution")).map(|name| *name == "Execution");
    assert_eq!(tried.unwrap_or_default(), submitted.done());
    Expected::Counts(counted, tried)
}
