//! Tokens and receivers that misbehave (`contracts/test/Hostile.sol`).

use alloy::primitives::{Address, U256};
use alloy::sol;
use alloy::sol_types::{SolCall, SolConstructor};

use crate::chain::Chain;

sol!(OddToken, "../../contracts/artifacts/OddToken.json");
sol!(Receiver, "../../contracts/artifacts/Receiver.json");
sol!(Batch, "../../contracts/artifacts/Batch.json");

/// In the order of the contract's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenManner {
    Honest,
    SaysNothing,
    SaysFalse,
    SaysFalseButPays,
    TakesFee,
    Overcharges,
    PaysNothing,
    Reverts,
    BurnsGas,
    Calls,
    LongAnswer,
}

/// In the order of the contract's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverManner {
    Accepts,
    Reverts,
    BurnsGas,
    Reenters,
    ReentersAndInsists,
    SendsBack,
    LongRevert,
}

impl Chain {
    /// A token of this manner of which `holder` has `amount`.
    pub async fn odd_token(&self, manner: TokenManner, holder: Address, amount: u64) -> Address {
        let arguments = OddToken::constructorCall { itsManner: manner as u8 }.abi_encode();
        let token = self.create([OddToken::BYTECODE.as_ref(), &arguments].concat()).await;
        self.call(token, OddToken::mintCall { to: holder, value: U256::from(amount) }.abi_encode()).await;
        token
    }

    pub async fn set_token_manner(&self, token: Address, manner: TokenManner) {
        self.call(token, OddToken::setMannerCall { itsManner: manner as u8 }.abi_encode()).await;
    }

    pub async fn receiver(&self, manner: ReceiverManner) -> Address {
        let arguments = Receiver::constructorCall { itsManner: manner as u8 }.abi_encode();
        self.create([Receiver::BYTECODE.as_ref(), &arguments].concat()).await
    }

    pub async fn set_receiver_manner(&self, receiver: Address, manner: ReceiverManner) {
        self.call(receiver, Receiver::setMannerCall { itsManner: manner as u8 }.abi_encode()).await;
    }

    /// What `receiver` calls when money arrives.
    pub async fn prepare(&self, receiver: Address, target: Address, call: &impl SolCall) {
        let prepare = Receiver::prepareCall { itsVault: target, itsCall: call.abi_encode().into() };
        self.call(receiver, prepare.abi_encode()).await;
    }

    pub async fn went_through(&self, receiver: Address) -> bool {
        let answer = self.read(receiver, Receiver::wentThroughCall {}.abi_encode()).await;
        Receiver::wentThroughCall::abi_decode_returns(&answer).unwrap()
    }

    pub async fn tokens(&self, token: Address, holder: Address) -> U256 {
        let answer = self.read(token, OddToken::balanceOfCall(holder).abi_encode()).await;
        OddToken::balanceOfCall::abi_decode_returns(&answer).unwrap()
    }
}
