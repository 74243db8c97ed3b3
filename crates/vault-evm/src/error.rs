//! What is wrong with a configuration.

use crate::node::NodeError;

/// A configured chain that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No node is named.
    #[error("{0}: no RPC node is configured")]
    NoNode(String),
    /// The same node twice would count as two that agree.
    #[error("{chain}: the node {node} is configured twice")]
    SameNode {
        /// The chain.
        chain: String,
        /// The node's name.
        node: String,
    },
    /// A node's address cannot be used.
    #[error("{chain}: {source}")]
    Node {
        /// The chain.
        chain: String,
        /// What is wrong.
        source: NodeError,
    },
    /// The rules name no lock contract on the chain, or something that is no address.
    #[error("{0}: the rules name no lock contract on this chain")]
    NoVault(String),
    /// A listed token's id on the chain is no address.
    #[error("{chain}: token {symbol} has the impossible contract {id:?}")]
    TokenId {
        /// The chain.
        chain: String,
        /// Symbol of the token.
        symbol: String,
        /// What is given as its contract.
        id: String,
    },
    /// Two listed tokens with one contract: one deposit would be worth both.
    #[error("{chain}: two tokens, {first} and {second}, have one contract")]
    SharedContract {
        /// The chain.
        chain: String,
        /// Symbol of the first.
        first: String,
        /// Symbol of the second.
        second: String,
    },
}
