//! Seeded changes of an input, as fuzzers make them: bits, bytes, edges of numbers, cuts, copies and splices.

/// Longest input that a mutation makes, bytes.
const LEN_MAX: usize = 1 << 17;
/// Numbers at whose edges decoders err.
const EDGES: [u64; 12] =
    [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, i64::MAX as u64, u64::MAX];

/// A source of mutations; equal seeds give equal ones. SplitMix64, which is enough for picking.
pub struct Mutator(u64);

impl Mutator {
    /// Mutations of this number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, 0 for 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// One of `corpus` after one to four changes; nothing when there is none.
    pub fn of(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let Some(seed) = corpus.get(self.below(corpus.len())) else { return Vec::new() };
        let mut bytes = seed.clone();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes, corpus);
        }
        bytes.truncate(LEN_MAX);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        match self.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            2 if !bytes.is_empty() => bytes[at] = self.next().to_le_bytes()[0],
            3 => self.edge(bytes, at),
            4 => bytes.truncate(at),
            5 => bytes.insert(at, self.next().to_le_bytes()[0]),
            6 => {
                let end = (at + 1 + self.below(64)).min(bytes.len());
                let copy = bytes[at.min(end)..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            _ => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len()).min(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }

    /// Writes an edge of 1, 2, 4 or 8 bytes in either order.
    fn edge(&mut self, bytes: &mut [u8], at: usize) {
        let (number, width) = (EDGES[self.below(EDGES.len())], 1 << self.below(4));
        let little = number.to_le_bytes();
        let mut encoded = little[..width].to_vec();
        if self.below(2) == 0 {
            encoded.reverse();
        }
        bytes.iter_mut().skip(at).zip(encoded).for_each(|(to, byte)| *to = byte);
    }
}
