//! The lock contract: bindings made from its compiled form, and the code that creates it.
//!
//! What always holds: the bindings and the bytecode are those of `contracts/artifacts`, which a test compares with a fresh
//! compilation of `contracts/src`. What this module does not do: sign, send, or decide what is paid; the hash that owners
//! sign is [`everpay::lock_contract`]'s. Source: section 12 of the protocol, and `docs/contract.md`.

use alloy::primitives::{Address, U256};
use alloy::sol_types::SolConstructor;

mod generated {
    alloy::sol!(
        #[sol(rpc)]
        EverwatchVault,
        "../../contracts/artifacts/EverwatchVault.json"
    );
    alloy::sol!(
        #[sol(rpc)]
        PracticeToken,
        "../../contracts/artifacts/PracticeToken.json"
    );
}

pub use generated::{EverwatchVault, PracticeToken};

/// Creation code of a vault with these owners, `required` of whom decide. The contract refuses zero or repeated owners and
/// a `required` that is 0 or more than there are.
#[must_use]
pub fn vault_code(owners: &[Address], required: u64) -> Vec<u8> {
    let arguments =
        EverwatchVault::constructorCall { initialOwners: owners.to_vec(), initialRequired: U256::from(required) };
    [EverwatchVault::BYTECODE.as_ref(), &arguments.abi_encode()].concat()
}

/// Creation code of an ERC-20 token of which anyone may make some: play money, for practice networks and tests.
#[must_use]
pub fn practice_token_code(name: &str, symbol: &str, decimals: u8) -> Vec<u8> {
    let arguments = PracticeToken::constructorCall {
        itsName: name.to_owned(),
        itsSymbol: symbol.to_owned(),
        itsDecimals: decimals,
    };
    [PracticeToken::BYTECODE.as_ref(), &arguments.abi_encode()].concat()
}
