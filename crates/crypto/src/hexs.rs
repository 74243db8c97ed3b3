//! Hexadecimal text, with and without the `0x` prefix.

/// Text that is not hexadecimal of the expected length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid hexadecimal")]
pub struct DecodeError;

/// Lower case, no prefix.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    const_hex::encode(bytes)
}

/// Lower case with `0x`.
#[must_use]
pub fn encode0x(bytes: &[u8]) -> String {
    const_hex::encode_prefixed(bytes)
}

/// Digits of either case after an optional `0x`.
///
/// # Errors
/// An odd number of digits or another character.
pub fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    const_hex::decode(strip(text)?).map_err(|_| DecodeError)
}

/// Exactly `N` bytes, otherwise like [`decode`].
///
/// # Errors
/// Another length or another character.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    let mut bytes = [0; N];
    const_hex::decode_to_slice(strip(text)?, &mut bytes).map_err(|_| DecodeError)?;
    Ok(bytes)
}

/// Exactly `N` bytes as digits of either case after one `0x`, which must be there.
///
/// # Errors
/// Anything else.
pub fn decode_array0x<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    if text.starts_with("0x") { decode_array(text) } else { Err(DecodeError) }
}

/// Takes one prefix off. The decoder would take another, which no text of ours may have.
fn strip(text: &str) -> Result<&str, DecodeError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.starts_with("0x") { Err(DecodeError) } else { Ok(digits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_is_optional_and_length_is_checked() {
        assert_eq!(encode0x(&[1, 0xab]), "0x01ab");
        assert_eq!(encode0x(&[]), "0x");
        assert_eq!(decode("0x01Ab"), Ok(vec![1, 0xab]));
        assert_eq!(decode_array::<2>("01ab"), Ok([1, 0xab]));
        assert_eq!(decode_array::<2>("01ab00"), Err(DecodeError));
        for bad in ["0x1", "0xzz", "0x0x01", "é1"] {
            assert_eq!(decode(bad), Err(DecodeError), "{bad:?}");
        }
        assert_eq!(decode_array0x::<2>("0x01Ab"), Ok([1, 0xab]));
        for bad in ["01ab", "0x0x01ab", "0x01", "0X01ab", ""] {
            assert_eq!(decode_array0x::<2>(bad), Err(DecodeError), "{bad:?}");
        }
    }
}
