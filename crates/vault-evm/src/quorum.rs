//! Several nodes' answers made into one: enough of them must say the same.

use crate::node::{Node, NodeError};
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use oracle::Fault;

/// Too few nodes say the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoQuorum {
    /// Too few answered at all.
    #[error("{answered} of {needed} needed nodes answered; last fault: {last}")]
    Unavailable {
        /// Nodes that answered.
        answered: usize,
        /// Nodes that must agree.
        needed: usize,
        /// What the last other one said, after its name.
        last: String,
    },
    /// Enough answered, but not alike.
    #[error("nodes do not agree: {}", oracle::against(sides))]
    Disagreement {
        /// The names of those who say the same, side by side.
        sides: Vec<Vec<String>>,
    },
}

impl NoQuorum {
    /// As the oracle's fault about `subject`, a deposit or something else of the chain.
    #[must_use]
    pub fn fault(self, chain: &str, subject: &str) -> Fault {
        let chain = chain.to_owned();
        match self {
            Self::Unavailable { answered, needed, last } => Fault::Unavailable { chain, answered, needed, last },
            Self::Disagreement { sides } => {
                tracing::warn!(%chain, subject, ?sides, "nodes do not agree");
                Fault::Disagreement { chain, deposit: subject.to_owned(), sides }
            }
        }
    }
}

/// What every node answers to `question`, by its name, all asked at once.
pub async fn ask_all<'n, T, F: Future<Output = Result<T, NodeError>>>(
    nodes: &'n [Node],
    question: impl Fn(&'n Node) -> F,
) -> Vec<(String, Result<T, NodeError>)> {
    join_all(nodes.iter().map(|node| named(node, question(node)))).await
}

/// The one answer to `question` that at least `needed` nodes give, with their names. All are asked at once; a slow or dead
/// node is not waited for when the others are enough and it could not change that.
///
/// # Errors
/// [`NoQuorum`].
pub async fn ask<'n, T, F: Future<Output = Result<T, NodeError>>>(
    nodes: &'n [Node],
    needed: usize,
    question: impl Fn(&'n Node) -> F,
    same: impl Fn(&T, &T) -> bool,
) -> Result<(T, Vec<String>), NoQuorum> {
    let mut asked: FuturesUnordered<_> = nodes.iter().map(|node| named(node, question(node))).collect();
    let mut tally = Tally::new(needed);
    let decides = tally.needed * 2 > nodes.len();
    while let Some((name, answer)) = asked.next().await {
        tally.add(name, answer, &same);
        if decides && tally.enough().next().is_some() {
            break;
        }
    }
    tally.finish()
}

/// The highest value that at least `needed` nodes name or exceed: no fewer of them can move it.
///
/// # Errors
/// [`NoQuorum::Unavailable`].
pub async fn reached<'n, T: Ord + Copy, F: Future<Output = Result<T, NodeError>>>(
    nodes: &'n [Node],
    needed: usize,
    question: impl Fn(&'n Node) -> F,
) -> Result<T, NoQuorum> {
    reached_by(ask_all(nodes, question).await, needed)
}

/// As [`reached`], of answers that are there.
///
/// # Errors
/// [`NoQuorum::Unavailable`].
pub fn reached_by<T: Ord + Copy>(answers: Vec<(String, Result<T, NodeError>)>, needed: usize) -> Result<T, NoQuorum> {
    let mut values: Vec<T> = answers.iter().filter_map(|(_, answer)| answer.as_ref().ok().copied()).collect();
    values.sort_unstable_by(|a, b| b.cmp(a));
    match values.get(needed.max(1) - 1) {
        Some(value) => Ok(*value),
        // Too few answered, so that they cannot agree on anything.
        None => agree(answers, needed, |_, _| true).map(|(value, _)| value),
    }
}

/// The one answer that at least `needed` nodes gave, with their names. `same` says which answers are one.
///
/// # Errors
/// [`NoQuorum`]; also when two different answers would each have enough.
pub fn agree<T>(
    answers: Vec<(String, Result<T, NodeError>)>,
    needed: usize,
    same: impl Fn(&T, &T) -> bool,
) -> Result<(T, Vec<String>), NoQuorum> {
    let mut tally = Tally::new(needed);
    for (name, answer) in answers {
        tally.add(name, answer, &same);
    }
    tally.finish()
}

async fn named<T, F: Future<Output = Result<T, NodeError>>>(node: &Node, answer: F) -> (String, Result<T, NodeError>) {
    (node.name().to_owned(), answer.await)
}

/// Answers so far, side by side.
struct Tally<T> {
    needed: usize,
    sides: Vec<(T, Vec<String>)>,
    last: String,
}

impl<T> Tally<T> {
    fn new(needed: usize) -> Self {
        Self { needed: needed.max(1), sides: Vec::new(), last: String::from("no node is configured") }
    }

    fn add(&mut self, name: String, answer: Result<T, NodeError>, same: impl Fn(&T, &T) -> bool) {
        match answer {
            Ok(answer) => match self.sides.iter_mut().find(|(known, _)| same(known, &answer)) {
                Some((_, names)) => names.push(name),
                None => self.sides.push((answer, vec![name])),
            },
            Err(error) => {
                tracing::debug!(node = name, %error, "no answer");
                self.last = format!("{name}: {error}");
            }
        }
    }

    fn enough(&self) -> impl Iterator<Item = usize> {
        (0..self.sides.len()).filter(|side| self.sides[*side].1.len() >= self.needed)
    }

    fn finish(mut self) -> Result<(T, Vec<String>), NoQuorum> {
        for (_, names) in &mut self.sides {
            names.sort_unstable();
        }
        let mut enough = self.enough();
        let winner = (enough.next(), enough.next());
        drop(enough);
        if let (Some(side), None) = winner {
            return Ok(self.sides.swap_remove(side));
        }
        let answered = self.sides.iter().map(|(_, names)| names.len()).sum();
        if answered >= self.needed {
            return Err(NoQuorum::Disagreement { sides: self.sides.into_iter().map(|(_, names)| names).collect() });
        }
        Err(NoQuorum::Unavailable { answered, needed: self.needed, last: self.last })
    }
}
