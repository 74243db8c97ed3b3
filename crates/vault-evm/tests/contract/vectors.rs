//! The protocol's vectors for the lock contract, answered by the deployed contract itself.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{Revert, SolError};
use serde_json::{Value, json};
use vault_evm::contract::{EverwatchVault, vault_code};

use crate::chain::{Chain, SENDER};
use crate::vault::account;

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/everpay/contract.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn of_kind(kind: &str) -> Vec<Value> {
    let found: Vec<Value> = vectors().into_iter().filter(|vector| vector["kind"] == kind).collect();
    assert!(!found.is_empty(), "no vectors of kind {kind}");
    found
}

fn field<T: std::str::FromStr>(vector: &Value, name: &str) -> T {
    vector[name].as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} of {vector}"))
}

/// The contract where the vectors have it: created by that account's transaction number 8.
async fn deployed(chain: &Chain) -> Address {
    let vector = &of_kind("contract-address")[0];
    assert_eq!(field::<Address>(vector, "deployer"), SENDER);
    chain
        .control
        .request("anvil_setNonce", json!([SENDER, format!("{:#x}", vector["nonce"].as_u64().unwrap())]))
        .await
        .unwrap();
    let address = chain.create(vault_code(&[account(0)], 1)).await;
    assert_eq!(address, field::<Address>(&vector["expect"], "address"));
    address
}

#[tokio::test]
async fn the_deployed_contract_computes_the_ids_of_the_vectors() {
    let vectors = of_kind("contract-txhash");
    let mut chain_ids: Vec<u64> = vectors.iter().map(|vector| field(vector, "chainID")).collect();
    chain_ids.sort_unstable();
    chain_ids.dedup();
    assert!(chain_ids.contains(&31_337));
    for chain_id in chain_ids {
        let chain = Chain::start(chain_id).await;
        let vault = EverwatchVault::new(deployed(&chain).await, chain.provider.clone());
        assert_eq!(vault.chainID().call().await.unwrap(), U256::from(chain_id));
        for vector in vectors.iter().filter(|vector| field::<u64>(vector, "chainID") == chain_id) {
            assert_eq!(field::<Address>(vector, "contract"), *vault.address());
            let (number, ever_hash) = (field::<U256>(vector, "proposalID"), field::<B256>(vector, "everHash"));
            let (to, value, data) =
                (field(vector, "to"), field::<U256>(vector, "value"), field::<Bytes>(vector, "data"));
            let id = vault.txHash(number, ever_hash, to, value, data).call().await.unwrap();
            assert_eq!(id, field::<B256>(&vector["expect"], "txHash"), "{}", vector["id"]);
        }
    }
}

#[tokio::test]
async fn the_deployed_contract_recovers_the_signers_of_the_vectors_and_reverts_where_they_say() {
    let chain = Chain::start(31_337).await;
    let vault = EverwatchVault::new(deployed(&chain).await, chain.provider.clone());
    for vector in of_kind("contract-ecaddress") {
        let answer = vault.ecAddress(field(&vector, "txHash"), field(&vector, "sig")).call().await;
        match vector["expect"]["revert"].as_str() {
            None => assert_eq!(answer.unwrap(), field::<Address>(&vector["expect"], "address"), "{}", vector["id"]),
            Some(reason) => {
                let data = answer.unwrap_err().as_revert_data().unwrap();
                assert_eq!(Revert::abi_decode(&data).unwrap().reason, reason, "{}", vector["id"]);
            }
        }
    }
}
