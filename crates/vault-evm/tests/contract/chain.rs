//! An anvil of its own for each test, and contracts on it.

use std::path::PathBuf;
use std::time::Duration;

use alloy::network::{Ethereum, TransactionBuilder};
use alloy::primitives::{Address, Bytes, U256, address};
use alloy::providers::{DynProvider, PendingTransactionBuilder, Provider, ProviderBuilder};
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use devnet::{Anvil, AnvilControl, AnvilOptions, anvil_program, counterparts};

/// Two of the accounts that anvil funds and signs for.
pub const SENDER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
pub const OPERATOR: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
/// Enough for anything here; given explicitly, so that a failing transaction is mined like any other.
pub const GAS: u64 = 6_000_000;

/// A chain that mines at once needs far less.
const MINED: Duration = Duration::from_secs(30);

pub struct Chain {
    pub provider: DynProvider,
    pub control: AnvilControl,
    pub chain_id: u64,
    _anvil: Anvil,
}

pub fn counterparts_folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../counterparts");
    counterparts(Some(folder)).unwrap()
}

impl Chain {
    pub async fn start(chain_id: u64) -> Self {
        let options = AnvilOptions { chain_id, ..AnvilOptions::default() };
        let anvil = Anvil::start(&anvil_program(&counterparts_folder(), &options, None)).await.unwrap();
        let provider = ProviderBuilder::new().disable_recommended_fillers();
        let provider = provider.connect_http(anvil.url().parse().unwrap()).erased();
        Self { provider, control: anvil.control(), chain_id, _anvil: anvil }
    }

    /// Sends it from an account of anvil's; the transaction may have failed.
    pub async fn send(&self, mut transaction: TransactionRequest) -> TransactionReceipt {
        transaction.from.get_or_insert(SENDER);
        transaction.gas.get_or_insert(GAS);
        mined(self.provider.send_transaction(transaction).await.unwrap()).await
    }

    pub async fn try_create(&self, code: Vec<u8>) -> Option<Address> {
        let receipt = self.send(TransactionRequest::default().with_deploy_code(code)).await;
        receipt.contract_address.filter(|_| receipt.status())
    }

    pub async fn create(&self, code: Vec<u8>) -> Address {
        self.try_create(code).await.unwrap()
    }

    pub async fn pay(&self, to: Address, value: u64) -> TransactionReceipt {
        self.send(TransactionRequest::default().with_to(to).with_value(U256::from(value))).await
    }

    pub async fn call(&self, to: Address, input: Vec<u8>) -> TransactionReceipt {
        let receipt = self.send(TransactionRequest::default().with_to(to).with_input(Bytes::from(input))).await;
        assert!(receipt.status(), "a call that prepares a test failed");
        receipt
    }

    pub async fn read(&self, of: Address, input: Vec<u8>) -> Bytes {
        let call = TransactionRequest::default().with_to(of).with_input(Bytes::from(input));
        self.provider.call(call).await.unwrap()
    }

    pub async fn balance(&self, of: Address) -> U256 {
        self.provider.get_balance(of).await.unwrap()
    }
}

/// The receipt of a transaction that a node took; a node that loses it must not hold the test up for ever.
pub async fn mined(pending: PendingTransactionBuilder<Ethereum>) -> TransactionReceipt {
    pending.with_timeout(Some(MINED)).get_receipt().await.unwrap()
}
