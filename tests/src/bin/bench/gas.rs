//! What a payout costs on the chain: the gas of a release by two of three owners, of ETH and of an ERC-20 token, on a real
//! EVM, beside what the same transfer costs without a vault and what no vault with these promises can do without.

use crate::Measure;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result};
use devnet::AnvilOptions;
use everpay::{Amount, EverHash, lock_contract};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{TestEthereum, eventually};
use vault_evm::contract::{EverwatchVault, PracticeToken};

/// An account that anvil funds and signs for.
const SENDER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
/// Who is paid: somebody who has some of it already.
const RECEIVER: [u8; 20] = [0x42; 20];
/// The first payout ever is dearer for nobody; this many are made of each and the last is reported.
const PAYOUTS: u8 = 3;
const ECRECOVER_GAS: u64 = 3_000;
/// A storage word that was zero.
const NEW_WORD_GAS: u64 = 22_100;
/// Two confirmations, "executed" and "released": what must be remembered.
const NEW_WORDS: u64 = 4;

/// Measures `evm_release_gas` and `evm_release_gas_erc20`.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(report))
}

async fn run(report: &mut Vec<Measure>) -> Result<()> {
    let ethereum = TestEthereum::start_with(AnvilOptions::default()).await;
    let (vault, token) = (ethereum.chain.vault.parse()?, ethereum.chain.token.parse()?);
    let receiver = Address::from(RECEIVER);
    let make = |to| PracticeToken::mintCall { to, value: U256::from(1_000_000) }.abi_encode();
    for to in [SENDER.parse()?, vault, receiver] {
        gas(&ethereum, token, 0, make(to)).await?;
    }
    gas(&ethereum, vault, 1_000_000, Vec::new()).await?;

    let transfer = PracticeToken::transferCall { to: receiver, value: U256::from(5) }.abi_encode();
    let kinds = [("evm_release_gas", receiver, 5, Vec::new()), ("evm_release_gas_erc20", token, 0, transfer)];
    for (kind, (name, to, value, data)) in kinds.into_iter().enumerate() {
        gas(&ethereum, to, value, data.clone()).await?;
        let plain = gas(&ethereum, to, value, data.clone()).await?;
        let (mut used, mut floor) = (0, 0);
        for number in 0..PAYOUTS {
            let input = submit(&ethereum, vault, [kind as u8 + 1, number], (to, value, &data));
            floor = plain + calldata_gas(&input) + 2 * ECRECOVER_GAS + NEW_WORDS * NEW_WORD_GAS;
            used = gas(&ethereum, vault, 0, input).await?;
        }
        report.push(Measure {
            name,
            value: used as f64,
            unit: "gas",
            note: format!(
                "2 of 3 owners; {:.2} times the floor of {floor}: the bare transfer ({plain}), its input, two signatures, \
                 four words kept",
                used as f64 / floor as f64
            ),
        });
    }
    Ok(())
}

/// The input of a payout, signed by two owners.
fn submit(ethereum: &TestEthereum, vault: Address, burn: [u8; 2], call: (Address, u64, &[u8])) -> Vec<u8> {
    let (to, value, data) = call;
    let mut ever_hash = [0x77; 32];
    ever_hash[..2].copy_from_slice(&burn);
    let proposal = lock_contract::Proposal {
        chain_id: Amount::from(1_u64),
        contract: vault.into_array(),
        proposal_id: lock_contract::proposal_id([0x99; 32]),
        ever_hash: EverHash::new(ever_hash),
        to: to.into_array(),
        value: Amount::from(value),
        data: data.to_vec(),
    };
    let digest = crypto::eip191_hash(&proposal.tx_hash());
    EverwatchVault::submitCall {
        proposalID: U256::from_be_bytes([0x99; 32]),
        everHash: B256::from(ever_hash),
        to,
        value: U256::from(value),
        data: Bytes::copy_from_slice(data),
        sigs: ethereum.owners[..2].iter().map(|owner| owner.sign_digest(&digest).to_vec().into()).collect(),
    }
    .abi_encode()
}

fn calldata_gas(input: &[u8]) -> u64 {
    input.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum()
}

/// Sends it and tells what it used; that it failed is an error.
async fn gas(ethereum: &TestEthereum, to: Address, value: u64, input: Vec<u8>) -> Result<u64> {
    let control = ethereum.control();
    let input = crypto::hexs::encode0x(&input);
    let transaction = json!([{ "from": SENDER, "to": to, "value": format!("{value:#x}"), "input": input }]);
    let hash = control.request("eth_sendTransaction", transaction).await?;
    let receipt: Value = eventually(Duration::from_secs(10), "a transaction is mined", || async {
        let receipt = control.request("eth_getTransactionReceipt", json!([hash])).await.ok()?;
        receipt.is_object().then_some(receipt)
    })
    .await;
    anyhow::ensure!(receipt["status"] == "0x1", "a transaction failed: {receipt}");
    let used = receipt["gasUsed"].as_str().context("its gas")?;
    Ok(u64::from_str_radix(used.trim_start_matches("0x"), 16)?)
}
