//! Addresses and their text (2.7).

use super::ParseError;
use super::bytes32::serde_as_text_or_bytes;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const PREFIX: Hrp = Hrp::parse_unchecked("even");

/// Where units lie: the hash of a one-time public key (4.4). It is written as bech32m, which finds up to four wrong letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 32]);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        bech32::encode_to_fmt::<Bech32m, _>(f, PREFIX, &self.0).map_err(|_| std::fmt::Error)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({self})")
    }
}

impl std::str::FromStr for Address {
    type Err = ParseError;

    /// Lower or upper case, never mixed.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let parsed = CheckedHrpstring::new::<Bech32m>(text).map_err(|_| ParseError::Address)?;
        parsed.validate_segwit_padding().map_err(|_| ParseError::Address)?;
        if parsed.hrp() != PREFIX || parsed.byte_iter().len() != 32 {
            return Err(ParseError::Address);
        }
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(parsed.byte_iter()).for_each(|(to, from)| *to = from);
        Ok(Self(bytes))
    }
}

serde_as_text_or_bytes!(Address);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rule_2_7_up_to_four_wrong_letters_are_found() {
        let text = Address([7; 32]).to_string();
        assert_eq!((text.len(), text.parse::<Address>().unwrap()), (63, Address([7; 32])));
        for first in 5..60 {
            let mut wrong = text.clone().into_bytes();
            for letter in &mut wrong[first..(first + 4).min(63)] {
                *letter = if *letter == b'q' { b'p' } else { b'q' };
            }
            assert_eq!(String::from_utf8(wrong).unwrap().parse::<Address>(), Err(ParseError::Address));
        }
    }

    #[test]
    fn rule_2_7_other_lengths_prefixes_and_checksums_are_refused() {
        let of = |hrp, bytes: &[u8]| bech32::encode::<Bech32m>(Hrp::parse(hrp).unwrap(), bytes).unwrap();
        assert!(of("even", &[7; 32]).parse::<Address>().is_ok());
        let old_checksum = bech32::encode::<bech32::Bech32>(PREFIX, &[7; 32]).unwrap();
        for bad in [of("even", &[7; 31]), of("even", &[7; 33]), of("odd", &[7; 32]), old_checksum, String::new()] {
            assert_eq!(bad.parse::<Address>(), Err(ParseError::Address), "{bad}");
        }
    }
}
