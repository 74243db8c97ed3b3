//! A vault with owners whose keys are known, and proposals to it.

use alloy::primitives::{Address, B256, Bytes, U256, address};
use alloy::providers::DynProvider;
use alloy::rpc::types::TransactionReceipt;
use alloy::sol_types::{Revert, SolCall, SolError, SolEventInterface};
use crypto::secp::EvmKey;
use everpay::{Amount, EverHash, lock_contract};
use vault_evm::contract::{EverwatchVault, vault_code};

use crate::chain::{Chain, GAS, SENDER, mined};

pub use EverwatchVault::EverwatchVaultEvents as Event;

/// Somebody without code.
pub const PAYEE: Address = address!("00000000000000000000000000000000000a11ce");

/// Key number `number`; owners are the first ones.
pub fn key(number: u8) -> EvmKey {
    EvmKey::from_bytes(&[number + 1; 32]).unwrap()
}

pub fn account(number: u8) -> Address {
    key(number).address().into()
}

/// The hash of a burn, as far as the contract cares.
pub fn burn(number: u8) -> B256 {
    B256::repeat_byte(number)
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proposal {
    pub number: u64,
    pub ever_hash: B256,
    pub to: Address,
    pub value: U256,
    pub data: Bytes,
}

impl Proposal {
    pub fn coin(ever_hash: B256, to: Address, value: u64) -> Self {
        Self { number: 1, ever_hash, to, value: U256::from(value), data: Bytes::new() }
    }

    pub fn call(ever_hash: B256, to: Address, call: &impl SolCall) -> Self {
        Self { number: 1, ever_hash, to, value: U256::ZERO, data: call.abi_encode().into() }
    }

    pub fn numbered(self, number: u64) -> Self {
        Self { number, ..self }
    }
}

/// What a `submit` came to.
#[derive(Debug)]
pub enum Submitted {
    Reverted(String),
    Mined { done: bool, receipt: Box<TransactionReceipt> },
}

impl Submitted {
    pub fn done(&self) -> bool {
        matches!(self, Self::Mined { done: true, .. })
    }

    pub fn reverted(&self) -> Option<&str> {
        match self {
            Self::Reverted(why) => Some(why),
            Self::Mined { .. } => None,
        }
    }

    /// Its events by name, in order.
    pub fn events(&self) -> Vec<&'static str> {
        let Self::Mined { receipt, .. } = self else { return Vec::new() };
        receipt.logs().iter().filter_map(|log| Event::decode_log(&log.inner).ok()).map(|log| name(&log.data)).collect()
    }
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::Submission(_) => "Submission",
        Event::SubmissionFailure(_) => "SubmissionFailure",
        Event::Execution(_) => "Execution",
        Event::ExecutionFailure(_) => "ExecutionFailure",
        Event::Revocation(_) => "Revocation",
        Event::Deposit(_) => "Deposit",
        Event::OwnerAddition(_) => "OwnerAddition",
        Event::OwnerRemoval(_) => "OwnerRemoval",
        Event::RequirementChange(_) => "RequirementChange",
        Event::OperatorChange(_) => "OperatorChange",
        Event::PausedChange(_) => "PausedChange",
    }
}

pub struct Vault {
    pub chain: Chain,
    pub contract: EverwatchVault::EverwatchVaultInstance<DynProvider>,
}

impl Vault {
    /// `required` of `owners` on a fresh chain, with a coin balance of 1,000,000 wei.
    pub async fn start(required: u64, owners: u8) -> Self {
        Self::on(Chain::start(1).await, required, owners).await
    }

    pub async fn on(chain: Chain, required: u64, owners: u8) -> Self {
        let owners: Vec<Address> = (0..owners).map(account).collect();
        let address = chain.create(vault_code(&owners, required)).await;
        assert!(chain.pay(address, 1_000_000).await.status());
        let contract = EverwatchVault::new(address, chain.provider.clone());
        Self { chain, contract }
    }

    pub fn address(&self) -> Address {
        *self.contract.address()
    }

    /// The id that owners sign, computed by the ledger's own code.
    pub fn id(&self, proposal: &Proposal) -> B256 {
        let packed = lock_contract::Proposal {
            chain_id: Amount::from(self.chain.chain_id),
            contract: self.address().into_array(),
            proposal_id: Amount::from(proposal.number),
            ever_hash: EverHash::new(proposal.ever_hash.0),
            to: proposal.to.into_array(),
            value: Amount::from_be_bytes(proposal.value.to_be_bytes()),
            data: proposal.data.to_vec(),
        };
        B256::from(packed.tx_hash())
    }

    pub fn sign(&self, proposal: &Proposal, signer: u8) -> Bytes {
        let digest = crypto::eip191_hash(self.id(proposal).as_slice());
        key(signer).sign_digest(&digest).to_vec().into()
    }

    pub fn sign_all(&self, proposal: &Proposal, signers: &[u8]) -> Vec<Bytes> {
        signers.iter().map(|signer| self.sign(proposal, *signer)).collect()
    }

    /// Submits with the signatures of `signers`.
    pub async fn submit(&self, proposal: &Proposal, signers: &[u8]) -> Submitted {
        self.submit_raw(proposal, self.sign_all(proposal, signers)).await
    }

    pub async fn submit_raw(&self, proposal: &Proposal, sigs: Vec<Bytes>) -> Submitted {
        self.submit_with_gas(proposal, sigs, GAS).await
    }

    pub async fn submit_with_gas(&self, proposal: &Proposal, sigs: Vec<Bytes>, gas: u64) -> Submitted {
        let Proposal { number, ever_hash, to, value, data } = proposal.clone();
        let call = self.contract.submit(U256::from(number), ever_hash, to, value, data, sigs).from(SENDER).gas(gas);
        let expected = call.call().await;
        let receipt = mined(call.send().await.unwrap()).await;
        match expected {
            Ok(answer) => {
                assert!(receipt.status(), "it was to go through");
                assert_eq!(answer.id, self.id(proposal));
                Submitted::Mined { done: answer.done, receipt: Box::new(receipt) }
            }
            Err(error) => {
                assert!(!receipt.status(), "it was to revert: {error}");
                let data = error.as_revert_data().unwrap_or_default();
                Submitted::Reverted(Revert::abi_decode(&data).map(|revert| revert.reason).unwrap_or_default())
            }
        }
    }

    /// Carries out a decision of the owners about the contract itself.
    pub async fn decide(&self, number: u64, call: &impl SolCall, signers: &[u8]) -> Submitted {
        self.submit(&Proposal::call(B256::ZERO, self.address(), call).numbered(number), signers).await
    }

    pub async fn executed(&self, proposal: &Proposal) -> bool {
        self.contract.executed(self.id(proposal)).call().await.unwrap()
    }

    pub async fn released(&self, ever_hash: B256) -> bool {
        self.contract.released(ever_hash).call().await.unwrap()
    }

    pub async fn confirmed(&self, proposal: &Proposal, owner: u8) -> bool {
        self.contract.confirmations(self.id(proposal), account(owner)).call().await.unwrap()
    }

    pub async fn owners(&self) -> Vec<Address> {
        self.contract.getOwners().call().await.unwrap()
    }
}
