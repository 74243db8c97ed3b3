//! A vault with money in it, its owners, and watchmen who submit.

use crate::place::{COIN, Place, owners};
use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;
use crypto::secp::EvmKey;
use everpay::lock_contract::Proposal;
use everpay::{Amount, EverHash};
use oracle::Payout;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::vault::Progress;
use vault_evm::release::{
    FeePolicy, Follower, Mined, Observer, Outcome, SignFault, Slot, Standing, Step, Submission, Submitter, TxSigner,
    VaultEvent, proposal,
};
use vault_evm::{EvmDeposits, NoQuorum};

/// Somebody without code.
pub const PAYEE: Address = Address::repeat_byte(0x33);

/// A key that signs what it is shown, as the keystore's does.
#[derive(Debug)]
pub struct Purse(pub EvmKey);

impl TxSigner for Purse {
    fn address(&self) -> [u8; 20] {
        self.0.address()
    }

    fn sign(&self, unsigned: &[u8]) -> Result<[u8; 65], SignFault> {
        Ok(self.0.sign_digest(&crypto::keccak256(unsigned)))
    }
}

pub struct World {
    pub place: Place,
}

impl World {
    /// A vault with a hundred coins (base units) and a thousand of the listed token.
    pub async fn new() -> Self {
        let place = Place::new().await;
        place.coin(place.accounts[0], 100).await;
        place.tokens(place.accounts[0], place.at.token, 1_000).await;
        Self { place }
    }

    pub fn observer(&self) -> Observer {
        Observer::new(self.place.judge())
    }

    /// Watchman number `number`, who remembers `known`.
    pub async fn watchman(&self, number: u8, known: &[Slot]) -> Submitter {
        self.watchman_by(self.place.judge(), number, known).await
    }

    pub async fn watchman_by(&self, judge: EvmDeposits, number: u8, known: &[Slot]) -> Submitter {
        let purse = Purse(EvmKey::from_bytes(&[0x50 + number; 32]).unwrap());
        let address = Address::from(purse.address()).to_string();
        self.place.control.set_balance(&address, u128::from(COIN)).await.unwrap();
        Submitter::new(judge, Arc::new(purse), FeePolicy::default(), known)
    }

    pub fn coins(&self, burn: u8, to: Address, amount: u64) -> Payout {
        self.tokens(burn, Address::ZERO, to, amount)
    }

    pub fn tokens(&self, burn: u8, token: Address, to: Address, amount: u64) -> Payout {
        Payout {
            ever_hash: EverHash::new([burn; 32]),
            batch_id: [0xb0; 32],
            token_id: token.to_string(),
            to: to.to_string(),
            amount: Amount::from(amount),
        }
    }

    pub fn proposal(&self, payout: &Payout) -> Proposal {
        proposal(payout, self.place.judge().tokens(), 1).unwrap()
    }

    /// The payout, signed by these owners.
    pub fn signed(&self, payout: &Payout, signers: &[usize]) -> Submission {
        sign(self.proposal(payout), signers)
    }

    /// A decision of the owners about the vault itself.
    pub fn decision(&self, number: u64, call: &impl SolCall) -> Proposal {
        self.call(number, self.place.at.vault, call)
    }

    /// A call of anything by the vault.
    pub fn call(&self, number: u64, to: Address, call: &impl SolCall) -> Proposal {
        Proposal {
            chain_id: Amount::from(1_u64),
            contract: self.place.at.vault.into(),
            proposal_id: Amount::from(number),
            ever_hash: EverHash::new([0xad; 32]),
            to: to.into(),
            value: Amount::ZERO,
            data: call.abi_encode(),
        }
    }

    /// Signs, sends and waits until it is mined; each block holds one transaction here.
    pub async fn submit(&self, watchman: &Submitter, submission: &Submission) -> (Slot, Outcome) {
        let slot = watchman.first(submission).await.unwrap();
        watchman.send(&slot).await.unwrap();
        let outcome = self.outcome(watchman, &slot).await;
        (slot, outcome)
    }

    /// What a slot came to.
    pub async fn outcome(&self, watchman: &Submitter, slot: &Slot) -> Outcome {
        self.mined(watchman, slot).await.outcome
    }

    /// Waits until a slot is mined: anvil's state may be ahead of its newest block, and its pool behind what was sent.
    pub async fn mined(&self, watchman: &Submitter, slot: &Slot) -> Mined {
        for turn in 1..500 {
            match watchman.look(slot).await.unwrap() {
                Standing::Mined(mined) => return mined,
                Standing::Waiting { .. } | Standing::Replaced { settled: false } => {}
                other => panic!("{other:?}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            if turn % 100 == 0 {
                self.place.control.mine(1).await.unwrap();
            }
        }
        panic!("it was not mined");
    }

    pub async fn coins_of(&self, account: Address) -> U256 {
        self.place.node().balance(account, self.place.tip().await.hash).await.unwrap()
    }

    pub async fn tokens_of(&self, account: Address) -> U256 {
        let call = vault_evm::contract::PracticeToken::balanceOfCall(account);
        let tip = self.place.tip().await;
        let answer = self.place.node().call(self.place.at.token, call.abi_encode().into(), tip.hash).await.unwrap();
        U256::from_be_slice(&answer)
    }

    /// Takes what waits out of the pool, as a node that restarts does.
    pub async fn forget(&self, slot: &Slot) {
        for attempt in &slot.attempts {
            let hash = B256::from(attempt.hash);
            self.place.control.request("anvil_dropTransaction", json!([hash])).await.unwrap();
        }
    }
}

pub fn sign(proposal: Proposal, signers: &[usize]) -> Submission {
    let digest = crypto::eip191_hash(&proposal.tx_hash());
    let signatures = signers.iter().map(|signer| owners()[*signer].sign_digest(&digest)).collect();
    Submission { proposal, signatures }
}

/// Reads from where it stopped last; what the vault did, without what dropped out.
pub struct Reader {
    follower: Follower,
    pub events: Vec<VaultEvent>,
    pub ranges: Vec<(u64, u64)>,
    pub rewinds: u32,
}

impl Reader {
    pub fn new(judge: EvmDeposits) -> Self {
        let follower = Follower::new(Observer::new(judge), Progress { next: 0, checkpoints: Vec::new() });
        Self { follower, events: Vec::new(), ranges: Vec::new(), rewinds: 0 }
    }

    pub async fn read(&mut self) -> &[VaultEvent] {
        while self.step().await.unwrap() {}
        &self.events
    }

    /// One step; `false` when everything is read.
    pub async fn step(&mut self) -> Result<bool, NoQuorum> {
        match self.follower.step().await? {
            Step::Read(range) => {
                self.ranges.push((range.from, range.end.number));
                self.events.extend(range.events);
            }
            Step::Rewind { next } => {
                self.rewinds += 1;
                self.events.retain(|event| event.at.block < next);
            }
            Step::CaughtUp(_) => return Ok(false),
        }
        Ok(true)
    }

    pub fn next(&self) -> u64 {
        self.follower.next()
    }
}
