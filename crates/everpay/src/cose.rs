//! The two kinds of COSE public key that passkeys of this ledger have: ES256 on P-256, and RS256.
//!
//! The reader takes exactly one CBOR map with small integer labels and integer or byte-string values, bounded by the
//! input; everything else is refused.

use std::collections::BTreeMap;

/// A passkey's public key.
pub(crate) enum CoseKey {
    /// ECDSA on P-256 with SHA-256.
    Es256 { x: [u8; 32], y: [u8; 32] },
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256 { modulus: Vec<u8>, exponent: u32 },
}

impl CoseKey {
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let map = parse_map(bytes)?;
        match (map.get(&1)?.integer()?, map.get(&3)?.integer()?) {
            (2, -7) if map.get(&-1)?.integer()? == 1 => Some(Self::Es256 {
                x: map.get(&-2)?.bytes()?.try_into().ok()?,
                y: map.get(&-3)?.bytes()?.try_into().ok()?,
            }),
            (3, -257) => {
                let exponent = map.get(&-2)?.bytes()?;
                let exponent = exponent
                    .iter()
                    .try_fold(0_u32, |value, byte| value.checked_mul(256).map(|value| value + u32::from(*byte)))?;
                Some(Self::Rs256 { modulus: map.get(&-1)?.bytes()?.to_vec(), exponent })
            }
            _ => None,
        }
    }

    pub(crate) fn verify(&self, message: &[u8], sig: &[u8]) -> bool {
        match self {
            Self::Es256 { x, y } => crypto::verify_p256_sha256(x, y, message, sig),
            Self::Rs256 { modulus, exponent } => {
                crypto::pkcs1::verify_sha256(modulus, *exponent, message, sig).unwrap_or(false)
            }
        }
    }
}

enum Item<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
}

impl Item<'_> {
    fn integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(value) = self { Some(value) } else { None }
    }
}

fn parse_map(mut input: &[u8]) -> Option<BTreeMap<i64, Item<'_>>> {
    let (major, count) = head(&mut input)?;
    if major != 5 {
        return None;
    }
    let mut map = BTreeMap::new();
    for _ in 0..count {
        let label = item(&mut input)?.integer()?;
        if map.insert(label, item(&mut input)?).is_some() {
            return None;
        }
    }
    input.is_empty().then_some(map)
}

fn item<'a>(input: &mut &'a [u8]) -> Option<Item<'a>> {
    match head(input)? {
        (0, value) => Some(Item::Integer(i64::try_from(value).ok()?)),
        (1, value) => Some(Item::Integer(-1 - i64::try_from(value).ok()?)),
        (2, length) => {
            let (bytes, rest) = input.split_at_checked(usize::try_from(length).ok()?)?;
            *input = rest;
            Some(Item::Bytes(bytes))
        }
        _ => None,
    }
}

/// Major type and argument of the next CBOR item.
fn head(input: &mut &[u8]) -> Option<(u8, u64)> {
    let (first, rest) = input.split_first()?;
    let (major, info) = (first >> 5, first & 31);
    let width = match info {
        0..=23 => {
            *input = rest;
            return Some((major, u64::from(info)));
        }
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (argument, rest) = rest.split_at_checked(width)?;
    *input = rest;
    Some((major, argument.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_an_es256_key_and_refuses_damage() {
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend([7; 32]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend([8; 32]);
        assert!(matches!(CoseKey::parse(&key), Some(CoseKey::Es256 { x, y }) if x == [7; 32] && y == [8; 32]));
        assert!(CoseKey::parse(&key[..key.len() - 1]).is_none());
        assert!(CoseKey::parse(&[&key[..], &[0]].concat()).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = CoseKey::parse(&bytes);
        }
    }
}
