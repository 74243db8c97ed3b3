//! The checksummed spelling of an EVM address (EIP-55).

use crate::{hexs, keccak256};

/// `0x` and forty digits whose letter case carries the checksum.
#[must_use]
pub fn eip55(address: &[u8; 20]) -> String {
    let text = hexs::encode0x(address);
    let hash = keccak256(&text.as_bytes()[2..]);
    // A letter is upper case where the hash of the lower-case digits has a nibble of eight or more.
    text.chars()
        .enumerate()
        .map(|(position, digit)| match position.checked_sub(2) {
            Some(index) if nibble(&hash, index) >= 8 => digit.to_ascii_uppercase(),
            _ => digit,
        })
        .collect()
}

fn nibble(hash: &[u8; 32], index: usize) -> u8 {
    let byte = hash[index / 2];
    if index.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_standard() {
        for want in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            assert_eq!(hexs::decode_array(want).map(|address| eip55(&address)).as_deref(), Ok(want));
        }
    }
}
