//! What is put on a practice Ethereum once: the lock contract with its owners, and an ERC-20 token to play with.

use alloy::primitives::Address;
use crypto::secp::EvmKey;
use vault_evm::contract::{practice_token_code, vault_code};

use crate::error::Fault;
use crate::evm::{EvmCall, EvmNode, address};
use crate::folder::{self, Folder};
use crate::network::{PracticeChain, TOKEN_DECIMALS, TOKEN_SYMBOL};

/// Owners that must agree to a payout.
const THRESHOLD: u64 = 2;
const TOKEN_NAME: &str = "Practice dollar";
/// What the one who deploys is given, in wei: 10 ETH.
const DEPLOYER_WEI: u128 = 10_000_000_000_000_000_000;

/// Deploys both; two of the owners must agree, and the first one pays for it.
///
/// # Errors
/// The node does not do it.
pub async fn deploy(node: &EvmNode, owners: &[EvmKey]) -> Result<PracticeChain, Fault> {
    deploy_owned(node, owners, THRESHOLD).await
}

/// The same with another number of owners that must agree.
///
/// # Errors
/// The node does not do it.
pub async fn deploy_owned(node: &EvmNode, owners: &[EvmKey], threshold: u64) -> Result<PracticeChain, Fault> {
    let addresses: Vec<Address> = owners.iter().map(|owner| owner.address().into()).collect();
    let deployer = owners.first().ok_or_else(|| Fault::service("lock contract")("it has no owners".to_owned()))?;
    node.fund(deployer.address().into(), DEPLOYER_WEI).await?;
    let code = practice_token_code(TOKEN_NAME, TOKEN_SYMBOL, TOKEN_DECIMALS);
    let (_, token) = node.send(deployer, EvmCall::create(code)).await?;
    let (_, vault) = node.send(deployer, EvmCall::create(vault_code(&addresses, threshold))).await?;
    let created = |address: Option<Address>| {
        address.ok_or_else(|| Fault::service("lock contract")("no contract was created".to_owned()))
    };
    Ok(PracticeChain {
        vault: created(vault.created)?.to_string(),
        token: created(token.created)?.to_string(),
        start_block: vault.block,
    })
}

/// What an earlier run deployed, or both anew at the first start.
pub(crate) async fn find_or_deploy(folder: &Folder, node: &EvmNode, owners: &[EvmKey]) -> Result<PracticeChain, Fault> {
    let path = folder.path("ethereum.json");
    if let Some(chain) = folder::read_json::<PracticeChain>(&path)? {
        if node.has_code(address(&chain.vault)?).await? && node.has_code(address(&chain.token)?).await? {
            return Ok(chain);
        }
        // The chain's state is written a moment after the fact: a kill in between forgets the deployment. As long as
        // there is no ledger, nobody relies on it.
        if folder.path("coordinator").exists() {
            let reason = "the practice Ethereum has lost the lock contract named here".to_owned();
            return Err(Fault::Content { path, reason });
        }
    }
    let chain = deploy(node, owners).await?;
    folder::write_json(&path, &chain)?;
    Ok(chain)
}
