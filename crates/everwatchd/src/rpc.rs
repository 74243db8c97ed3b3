//! `--rpc CHAIN=URL`: nodes of EVM chains from the command line, in place of the network file's.

use anyhow::bail;
use oracle::network::EvmChain;
use std::collections::BTreeMap;
use std::fmt;

/// A node of a chain, as given on the command line.
#[derive(Clone)]
pub(crate) struct ChainNode {
    chain: String,
    url: String,
}

/// URLs of nodes may hold keys: only the chain is shown.
impl fmt::Debug for ChainNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chain)
    }
}

/// Reads `CHAIN=URL`.
///
/// # Errors
/// Another form.
pub(crate) fn parse(text: &str) -> Result<ChainNode, String> {
    match text.split_once('=') {
        Some((chain, url)) if !chain.is_empty() && !url.is_empty() => {
            Ok(ChainNode { chain: chain.to_owned(), url: url.to_owned() })
        }
        _ => Err("a node is given as CHAIN=URL".to_owned()),
    }
}

/// Puts the nodes in place of all that are named for their chains. The caller validates the network afterwards.
///
/// # Errors
/// A chain that the network does not describe.
pub(crate) fn replace(chains: &mut BTreeMap<String, EvmChain>, nodes: &[ChainNode]) -> anyhow::Result<()> {
    for node in nodes {
        match chains.get_mut(&node.chain) {
            Some(evm) => evm.rpc.clear(),
            None => bail!("--rpc {}: the network file describes no EVM chain of this name", node.chain),
        }
    }
    for node in nodes {
        if let Some(evm) = chains.get_mut(&node.chain) {
            evm.rpc.push(node.url.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use oracle::network::NetworkFile;
    use serde_json::json;

    fn network(practice: bool) -> NetworkFile {
        let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
        let file = json!({
            "name": "N", "practice": practice, "owner": owner, "gateways": ["http://127.0.0.1:1984"], "depth": 3,
            "evm": {"ethereum": {"chainId": 1, "rpc": ["http://a", "http://b"]}},
            "rules": {
                "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
                "lockers": {"ethereum": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1"},
                "tokens": {"listed": [serde_json::to_value(everpay::eth_token()).unwrap()]},
            },
        });
        NetworkFile::parse(file.to_string().as_bytes()).unwrap()
    }

    fn replaced(practice: bool, nodes: &[&str]) -> anyhow::Result<NetworkFile> {
        let mut network = network(practice);
        let nodes: Vec<_> = nodes.iter().map(|node| parse(node).unwrap()).collect();
        replace(&mut network.evm, &nodes)?;
        network.validate()?;
        Ok(network)
    }

    #[test]
    fn nodes_of_a_named_chain_replace_the_files() {
        let network = replaced(false, &["ethereum=https://c/key?a=b", "ethereum=http://d"]).unwrap();
        assert_eq!(network.evm["ethereum"].rpc, ["https://c/key?a=b", "http://d"]);
        assert_eq!(replaced(false, &[]).unwrap().evm["ethereum"].rpc, ["http://a", "http://b"]);
    }

    #[test]
    fn nodes_that_a_network_cannot_have_are_refused_without_their_urls() {
        let error = replaced(false, &["bsc=http://c"]).unwrap_err().to_string();
        assert!(error.contains("bsc"), "{error}");
        assert!(replaced(false, &["ethereum=http://only-one"]).is_err());
        assert!(replaced(true, &["ethereum=http://only-one"]).is_ok());
        let error = replaced(true, &["ethereum=ftp://secret"]).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(!format!("{:?}", parse("ethereum=http://secret")).contains("secret"));
        assert!(parse("ethereum").is_err() && parse("=http://c").is_err());
    }
}
