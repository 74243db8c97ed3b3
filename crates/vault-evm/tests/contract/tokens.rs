//! ERC-20 payouts: weakness 6 of section 12. A token may answer what it likes; its balances decide.

use alloy::primitives::{Address, U256};
use alloy::sol_types::SolConstructor;
use vault_evm::contract::{PracticeToken, practice_token_code};

use crate::hostile::{OddToken, TokenManner};
use crate::vault::{PAYEE, Proposal, Vault, burn};

pub fn transfer(to: Address, value: u64) -> OddToken::transferCall {
    OddToken::transferCall { to, value: U256::from(value) }
}

/// Whether a payout through such a token counts, and what it does if so.
const MANNERS: [(TokenManner, bool); 11] = [
    (TokenManner::Honest, true),
    (TokenManner::SaysNothing, true),
    (TokenManner::LongAnswer, true),
    // PAYEE has no code that could be called.
    (TokenManner::Calls, false),
    (TokenManner::SaysFalse, false),
    (TokenManner::SaysFalseButPays, false),
    (TokenManner::TakesFee, false),
    (TokenManner::Overcharges, false),
    (TokenManner::PaysNothing, false),
    (TokenManner::Reverts, false),
    (TokenManner::BurnsGas, false),
];

#[tokio::test]
async fn a_token_payout_counts_only_if_exactly_the_amount_moved() {
    let vault = Vault::start(2, 3).await;
    for (manner, pays) in MANNERS {
        let token = vault.chain.odd_token(manner, vault.address(), 1_000).await;
        let payment = Proposal::call(burn(manner as u8), token, &transfer(PAYEE, 100));
        assert_eq!(vault.submit(&payment, &[0, 1]).await.done(), pays, "{manner:?}");
        assert_eq!(vault.released(payment.ever_hash).await, pays, "{manner:?}");
        let paid = if pays { 100 } else { 0 };
        assert_eq!(vault.chain.tokens(token, PAYEE).await, U256::from(paid), "{manner:?}");
        assert_eq!(vault.chain.tokens(token, vault.address()).await, U256::from(1_000 - paid), "{manner:?}");
        if !pays {
            vault.chain.set_token_manner(token, TokenManner::Honest).await;
            assert!(vault.submit(&payment, &[0, 1]).await.done(), "{manner:?}: payable once the token behaves");
            assert_eq!(vault.chain.tokens(token, PAYEE).await, U256::from(100));
        }
    }
}

#[tokio::test]
async fn a_transfer_with_malformed_arguments_is_no_payout() {
    let vault = Vault::start(1, 1).await;
    let token = vault.chain.odd_token(TokenManner::SaysNothing, vault.address(), 1_000).await;
    let good = Proposal::call(burn(1), token, &transfer(PAYEE, 100));
    let mut dirty = good.data.to_vec();
    dirty[4] = 1;
    for data in [dirty, good.data[..4].to_vec(), good.data[..67].to_vec()] {
        assert!(!vault.submit(&Proposal { data: data.into(), ..good.clone() }, &[0]).await.done());
    }
    assert!(vault.submit(&good, &[0]).await.done());
}

/// How AR leaves towards an EVM chain: the vault makes tokens of a contract that lets it.
#[tokio::test]
async fn making_a_bridged_token_counts_only_if_the_receiver_got_it() {
    let vault = Vault::start(1, 1).await;
    let call = PracticeToken::mintCall { to: PAYEE, value: U256::from(100) };
    let token = vault.chain.create(practice_token_code("Practice", "P", 6)).await;
    assert!(vault.submit(&Proposal::call(burn(1), token, &call), &[0]).await.done());
    assert_eq!(vault.chain.tokens(token, PAYEE).await, U256::from(100));
    // A contract that accepts every call and makes nothing.
    let quiet = vault.chain.create(code_that_answers_zero()).await;
    assert!(!vault.submit(&Proposal::call(burn(2), quiet, &call), &[0]).await.done());
}

/// Creation code of a contract that answers 32 zero bytes to everything.
fn code_that_answers_zero() -> Vec<u8> {
    // Runtime: PUSH1 32 PUSH0 RETURN. It is the last four bytes of: PUSH4 runtime PUSH0 MSTORE PUSH1 4 PUSH1 28 RETURN.
    vec![0x63, 0x60, 0x20, 0x5f, 0xf3, 0x5f, 0x52, 0x60, 0x04, 0x60, 0x1c, 0xf3]
}

#[tokio::test]
async fn the_practice_token_is_an_erc20_token() {
    let arguments = PracticeToken::constructorCall {
        itsName: "Practice dollar".to_owned(),
        itsSymbol: "PUSD".to_owned(),
        itsDecimals: 6,
    };
    assert!(practice_token_code("Practice dollar", "PUSD", 6).ends_with(&arguments.abi_encode()));
    let vault = Vault::start(1, 1).await;
    let token = vault.chain.create(practice_token_code("Practice dollar", "PUSD", 6)).await;
    let token = PracticeToken::new(token, vault.chain.provider.clone());
    assert_eq!(token.symbol().call().await.unwrap(), "PUSD");
    assert_eq!(token.decimals().call().await.unwrap(), 6);
}
