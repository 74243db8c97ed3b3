//! Questions whose answer counts only while nobody contradicts it, with the names of those who do.

use alloy::primitives::{B256, Bytes};
use alloy::sol_types::SolCall;
use everpay::EverHash;
use std::collections::BTreeSet;
use std::time::Duration;
use vault_evm::contract::EverwatchVault::{getOwnersCall, releasedCall};
use vault_evm::node::NodeError;
use vault_evm::release::Observer;
use vault_evm::{BlockInfo, EvmDeposits, NoQuorum, Node, quorum};

/// How long slow nodes are waited for, when it is asked whether they contradict.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the vault moved money for a burn, up to the chain's tip: by the word of enough nodes, and against nobody's.
///
/// # Errors
/// Too few say the same, or somebody says something else.
pub(crate) async fn released(judge: &EvmDeposits, ever_hash: EverHash) -> Result<bool, NoQuorum> {
    let tip = Observer::new(judge.clone()).tip().await?;
    let call = Bytes::from(releasedCall(B256::from(*ever_hash.as_bytes())).abi_encode());
    let vault = judge.tokens().vault();
    let answers = ask(judge, |node| node.call(vault, call.clone(), tip.hash)).await;
    let others = differing(&answers);
    let (answer, names) = quorum::agree(answers, judge.needed(), Bytes::eq)?;
    if !others.is_empty() {
        return Err(NoQuorum::Disagreement { sides: vec![names, others.into_iter().collect()] });
    }
    releasedCall::abi_decode_returns_validate(&answer).map_err(|_| NoQuorum::Unavailable {
        answered: 0,
        needed: judge.needed(),
        last: "the vault is no lock contract".to_owned(),
    })
}

/// The nodes that know another chain up to the settled height, or other owners of the vault at the tip.
pub(super) async fn dissenters(judge: &EvmDeposits, tip: &BlockInfo, settled: Option<u64>) -> BTreeSet<String> {
    let call = Bytes::from(getOwnersCall {}.abi_encode());
    let vault = judge.tokens().vault();
    let owners = ask(judge, |node| node.call(vault, call.clone(), tip.hash));
    let Some(height) = settled else { return differing(&owners.await) };
    let (owners, blocks) = tokio::join!(owners, ask(judge, |node| node.block(height)));
    let known = blocks.into_iter().filter_map(|(name, answer)| Some((name, Ok(answer.ok()??.hash))));
    let mut differ = differing(&known.collect::<Vec<_>>());
    differ.extend(differing(&owners));
    differ
}

/// What every node answers, each within a bounded time.
async fn ask<'n, T, F: Future<Output = Result<T, NodeError>>>(
    judge: &'n EvmDeposits,
    question: impl Fn(&'n Node) -> F,
) -> Vec<(String, Result<T, NodeError>)> {
    quorum::ask_all(judge.nodes(), |node| {
        let answer = tokio::time::timeout(PATIENCE, question(node));
        async move { answer.await.unwrap_or(Err(NodeError::Contradiction("it takes too long"))) }
    })
    .await
}

/// Who says something else than most of those who answer; all of them when no answer has the most.
fn differing<T: PartialEq>(answers: &[(String, Result<T, NodeError>)]) -> BTreeSet<String> {
    let said = || answers.iter().filter_map(|(name, answer)| Some((name, answer.as_ref().ok()?)));
    let voices = |answer: &T| said().filter(|(_, other)| *other == answer).count();
    let most = said().map(|(_, answer)| voices(answer)).max().unwrap_or(0);
    let mut leading = said().filter(|(_, answer)| voices(answer) == most);
    let first = leading.next().map(|(_, answer)| answer);
    let leads = first.filter(|first| leading.all(|(_, answer)| answer == *first));
    said().filter(|(_, answer)| Some(*answer) != leads).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(answers: &[(&str, Option<u8>)]) -> Vec<String> {
        let answer = |answer: Option<u8>| answer.ok_or(NodeError::Contradiction("behind"));
        let answers: Vec<_> = answers.iter().map(|(name, said)| ((*name).to_owned(), answer(*said))).collect();
        differing(&answers).into_iter().collect()
    }

    #[test]
    fn who_says_something_else_is_named_and_who_is_silent_is_not() {
        assert_eq!(who(&[("a", Some(1)), ("b", Some(1)), ("c", Some(1))]), [""; 0]);
        assert_eq!(who(&[("a", Some(1)), ("b", Some(2)), ("c", Some(1))]), ["b"]);
        assert_eq!(who(&[("a", Some(1)), ("b", None)]), [""; 0]);
        assert_eq!(who(&[]), [""; 0]);
        assert_eq!(who(&[("a", Some(1)), ("b", Some(2))]), ["a", "b"], "nobody knows which of two");
        assert_eq!(who(&[("a", Some(1)), ("b", Some(2)), ("c", Some(3)), ("d", Some(1))]), ["b", "c"]);
    }
}
