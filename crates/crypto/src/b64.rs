//! Base64 in the three forms that occur on the wire.
//!
//! The URL alphabet without padding is Arweave's. Decoders refuse foreign alphabets, padding where none belongs, and
//! line breaks (the original Go decoder skips CR and LF; no honest writer emits them).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Text that is not base64 of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid base64")]
pub struct DecodeError;

const URL: GeneralPurpose = engine(&alphabet::URL_SAFE, false, DecodePaddingMode::RequireNone, false);
const URL_LENIENT: GeneralPurpose = engine(&alphabet::URL_SAFE, false, DecodePaddingMode::RequireNone, true);
const URL_ANY_PADDING: GeneralPurpose = engine(&alphabet::URL_SAFE, false, DecodePaddingMode::Indifferent, true);
const STANDARD: GeneralPurpose = engine(&alphabet::STANDARD, true, DecodePaddingMode::RequireCanonical, true);

const fn engine(
    alphabet: &alphabet::Alphabet,
    pad: bool,
    padding: DecodePaddingMode,
    trailing_bits: bool,
) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(pad)
        .with_decode_padding_mode(padding)
        .with_decode_allow_trailing_bits(trailing_bits);
    GeneralPurpose::new(alphabet, config)
}

/// URL alphabet, unpadded.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL.encode(bytes)
}

/// URL alphabet, unpadded, and the only spelling of its bytes: unused low bits must be zero.
///
/// # Errors
/// Anything else.
pub fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    URL.decode(text).map_err(|_| DecodeError)
}

/// URL alphabet, unpadded; unused low bits of the last character are ignored, as the reference does.
///
/// # Errors
/// Anything else.
pub fn decode_lenient(text: &str) -> Result<Vec<u8>, DecodeError> {
    URL_LENIENT.decode(text).map_err(|_| DecodeError)
}

/// Either alphabet, padded or not: what web authentication clients send.
///
/// # Errors
/// Anything else.
pub fn decode_any(text: &str) -> Result<Vec<u8>, DecodeError> {
    let url: String = text
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    URL_ANY_PADDING.decode(url).map_err(|_| DecodeError)
}

/// Standard alphabet, padded: the form of `tx_data` in a batch.
#[must_use]
pub fn encode_std(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Standard alphabet with its padding; unused low bits of the last character are ignored, as the reference does.
///
/// # Errors
/// Anything else.
pub fn decode_std(text: &str) -> Result<Vec<u8>, DecodeError> {
    STANDARD.decode(text).map_err(|_| DecodeError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_refuses_the_others() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        assert_eq!(encode(&bytes), "-__-AQ");
        assert_eq!(encode_std(&bytes), "+//+AQ==");
        assert_eq!(decode("-__-AQ"), Ok(bytes.to_vec()));
        assert_eq!(decode_std("+//+AQ=="), Ok(bytes.to_vec()));
        assert_eq!(decode_any("+//+AQ=="), Ok(bytes.to_vec()));
        assert_eq!(decode_any("-__-AQ"), Ok(bytes.to_vec()));
        assert_eq!(decode("-__-AR"), Err(DecodeError), "stray low bits");
        assert_eq!(decode_lenient("-__-AR"), Ok(bytes.to_vec()));
        for bad in ["-__-AQ==", "+//+AQ", "-__-A", "-__-A Q", "-__-\nAQ"] {
            assert_eq!(decode(bad), Err(DecodeError), "{bad:?}");
            assert_eq!(decode_lenient(bad), Err(DecodeError), "{bad:?}");
        }
        assert_eq!(decode_std("+//+AQ"), Err(DecodeError));
        assert_eq!(decode_std("-__-AQ=="), Err(DecodeError));
    }
}
