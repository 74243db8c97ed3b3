//! The tag of a transaction: 24 bytes.

/// ASCII by convention, padded with zero bytes; any bytes in the obsolete tag, where it counts (6.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tag(pub [u8; 24]);

impl Tag {
    /// A fee output: the ticket's CID stands at the start of its data (7.8).
    pub const FEE: Self = Self::of("EVEN-FEE");
    /// A stake: the node id stands at the start of its data (4.8).
    pub const STAKE: Self = Self::of("EVEN-STAKE");
    /// A piece of a channel frame (10.4).
    pub const CHANNEL: Self = Self::of("EVEN-MAM");

    /// The tag of a constant name.
    ///
    /// # Panics
    /// A name of more than 24 bytes: use [`Tag::parse`] for names that are not constants.
    #[must_use]
    pub const fn of(name: &str) -> Self {
        match Self::parse(name) {
            Some(tag) => tag,
            None => panic!("a tag has at most 24 ASCII characters"),
        }
    }

    /// The tag of a name, if it is ASCII of at most 24 bytes.
    #[must_use]
    pub const fn parse(name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        if bytes.len() > 24 || !name.is_ascii() {
            return None;
        }
        let mut padded = [0; 24];
        let mut at = 0;
        while at < bytes.len() {
            padded[at] = bytes[at];
            at += 1;
        }
        Some(Self(padded))
    }

    /// The next one: 24 bytes read big-endian, modulo 2^192 (6.3).
    #[must_use]
    pub fn next(mut self) -> Self {
        for byte in self.0.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        self
    }
}

impl std::fmt::Display for Tag {
    /// Its name; bytes that are no printable ASCII are escaped.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let len = self.0.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.0[..len].escape_ascii().fmt(f)
    }
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tag({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_6_3_the_counter_carries_and_wraps() {
        assert_eq!(Tag([0xff; 24]).next(), Tag([0; 24]));
        let mut bytes = [0; 24];
        bytes[23] = 0xff;
        assert_eq!(Tag(bytes).next().0[22..], [1, 0]);
    }

    #[test]
    fn names_are_ascii_of_at_most_24_bytes() {
        assert_eq!(Tag::of("SAMPLE").to_string(), "SAMPLE");
        assert_eq!(Tag::parse("1234567890123456789012345"), None);
        assert_eq!(Tag::parse("é"), None);
        assert_eq!(
            Tag::of("SAMPLE").next().to_string(),
            "SAMPLE\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01"
        );
    }
}
