//! Words in pieces that a carrier takes, and together again.
//!
//! A piece: `EVTX`, version (1), hash (16, of the whole word), index (2), count (2), then its part of the word; big-endian.
//! What always holds: memory for pieces of one sender is bounded, the oldest unfinished word goes first; what comes out has the
//! hash that its pieces name. Which watchman sent a piece is the carrier's word.

use std::collections::BTreeMap;

use p2p::{MESSAGE_LEN_MAX, PeerId};

use super::WORD_MAX;

/// With what every piece begins, so that others who share a carrier tell it from their own messages.
pub(crate) const MAGIC: [u8; 4] = *b"EVTX";
const VERSION: u8 = 1;
const HEAD: usize = 4 + 1 + 16 + 2 + 2;
const PART: usize = MESSAGE_LEN_MAX - HEAD;
/// Unfinished words of one sender.
const UNFINISHED_MAX: usize = 4;
/// Bytes of them together.
const UNFINISHED_BYTES: usize = 2 * WORD_MAX;

/// Whether bytes are a piece, by their beginning.
#[must_use]
pub fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// A word as pieces.
#[must_use]
pub fn split(word: &[u8]) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = word.chunks(PART).collect();
    let count = u16::try_from(parts.len()).expect("a word has at most WORD_MAX bytes").to_be_bytes();
    let hash = hash(word);
    let piece = |(index, part): (usize, &&[u8])| {
        let index = u16::try_from(index).expect("below count").to_be_bytes();
        [&MAGIC[..], &[VERSION], &hash, &index, &count, part].concat()
    };
    parts.iter().enumerate().map(piece).collect()
}

fn hash(word: &[u8]) -> [u8; 16] {
    let whole = crypto::sha256(word);
    let mut hash = [0; 16];
    hash.copy_from_slice(&whole[..16]);
    hash
}

#[derive(Debug)]
struct Unfinished {
    hash: [u8; 16],
    parts: Vec<Option<Vec<u8>>>,
}

impl Unfinished {
    fn bytes(&self) -> usize {
        self.parts.iter().flatten().map(Vec::len).sum()
    }
}

/// Pieces that wait for others, by sender.
#[derive(Debug, Default)]
pub struct Assembly(BTreeMap<PeerId, Vec<Unfinished>>);

impl Assembly {
    /// Takes a piece; gives the word that it completes.
    pub fn take(&mut self, from: PeerId, bytes: &[u8]) -> Option<Vec<u8>> {
        let (hash, index, count, part) = read(bytes)?;
        if count == 1 {
            return (self::hash(part) == hash).then(|| part.to_vec());
        }
        let words = self.0.entry(from).or_default();
        let at = match words.iter().position(|word| word.hash == hash && word.parts.len() == count) {
            Some(at) => at,
            None => {
                words.push(Unfinished { hash, parts: vec![None; count] });
                words.len() - 1
            }
        };
        words[at].parts[index] = Some(part.to_vec());
        if words[at].parts.iter().all(Option::is_some) {
            let word: Vec<u8> = words.remove(at).parts.into_iter().flatten().flatten().collect();
            return (word.len() <= WORD_MAX && self::hash(&word) == hash).then_some(word);
        }
        while words.len() > UNFINISHED_MAX || words.iter().map(Unfinished::bytes).sum::<usize>() > UNFINISHED_BYTES {
            words.remove(0);
        }
        None
    }

    /// Forgets the pieces of somebody who left.
    pub fn forget(&mut self, peer: &PeerId) {
        self.0.remove(peer);
    }
}

/// Hash, index, count and part of a piece.
fn read(bytes: &[u8]) -> Option<([u8; 16], usize, usize, &[u8])> {
    let (head, part) = bytes.split_at_checked(HEAD)?;
    let number = |at: usize| usize::from(u16::from_be_bytes([head[at], head[at + 1]]));
    let (index, count) = (number(21), number(23));
    let fits = head[..4] == MAGIC
        && head[4] == VERSION
        && (1..=WORD_MAX.div_ceil(PART)).contains(&count)
        && index < count
        && (1..=PART).contains(&part.len())
        && (index + 1 == count || part.len() == PART);
    let hash = head[5..21].try_into().ok()?;
    fits.then_some((hash, index, count, part))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn peer(number: u8) -> PeerId {
        p2p::Identity::from_secret([number; 32].into()).peer_id()
    }

    #[test]
    fn the_longest_word_travels_in_pieces_in_any_order_and_repeated() {
        let word: Vec<u8> = (0..WORD_MAX).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut pieces = split(&word);
        assert!(pieces.iter().all(|piece| piece.len() <= MESSAGE_LEN_MAX && is_ours(piece)));
        pieces.reverse();
        let mut assembly = Assembly::default();
        let last = pieces.pop().unwrap();
        for piece in pieces.iter().chain(&pieces) {
            assert_eq!(assembly.take(peer(1), piece), None);
        }
        assert_eq!(assembly.take(peer(2), &last), None, "another's pieces are another's");
        assert_eq!(assembly.take(peer(1), &last), Some(word));
    }

    #[test]
    fn a_changed_piece_completes_nothing() {
        let pieces = split(&[7; 100]);
        for at in 0..pieces[0].len() {
            let mut other = pieces[0].clone();
            other[at] ^= 1;
            assert_eq!(Assembly::default().take(peer(1), &other), None, "{at}");
        }
        for end in 0..pieces[0].len() {
            assert_eq!(Assembly::default().take(peer(1), &pieces[0][..end]), None, "{end}");
        }
    }

    #[test]
    fn unfinished_words_of_one_sender_are_bounded() {
        let mut assembly = Assembly::default();
        for number in 0..100_u8 {
            let word = vec![number; PART + 1];
            assert_eq!(assembly.take(peer(1), &split(&word)[0]), None);
        }
        assert_eq!(assembly.0[&peer(1)].len(), UNFINISHED_MAX);
    }
}
