//! A set of small numbers.

use super::prune::Numbers;

/// Numbers of records or messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

const WORD: usize = 64;

impl Bits {
    pub(super) fn contains(&self, at: usize) -> bool {
        self.0.get(at / WORD).is_some_and(|word| word >> (at % WORD) & 1 == 1)
    }

    /// Adds a number; false when it was there.
    pub(super) fn insert(&mut self, at: usize) -> bool {
        if self.0.len() <= at / WORD {
            self.0.resize(at / WORD + 1, 0);
        }
        let (word, bit) = (&mut self.0[at / WORD], 1 << (at % WORD));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// In ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let of_word = |(at, word): (usize, &u64)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = usize::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < WORD)?;
                left &= left - 1;
                Some(at * WORD + bit)
            })
        };
        self.0.iter().enumerate().flat_map(of_word)
    }

    /// The numbers that are left, by their new names.
    pub(super) fn renumbered(&self, numbers: &Numbers) -> Self {
        let mut renumbered = Self::default();
        self.iter().filter_map(|at| numbers.renamed(at)).for_each(|at| {
            renumbered.insert(at);
        });
        renumbered
    }
}
