//! The address that is paid, as a person typed it. A letter that was mistyped must not pass where its case can tell (EIP-55).

/// The 20 bytes of an EVM address: `0x` and 40 digits, in one case or with the checksum of EIP-55. Never the zero address.
pub(super) fn parse(text: &str) -> Option<[u8; 20]> {
    let address: [u8; 20] = crypto::hexs::decode_array0x(text).ok()?;
    let digits = &text[2..];
    let one_case = !digits.bytes().any(|c| c.is_ascii_lowercase()) || !digits.bytes().any(|c| c.is_ascii_uppercase());
    (address != [0; 20] && (one_case || crypto::eip55(&address) == text)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_mistyped_address_is_caught_where_its_case_can_tell() {
        let right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        let address = parse(right);
        assert!(address.is_some());
        assert_eq!(parse(&right.to_lowercase()), address);
        assert_eq!(parse(&format!("0x{}", right[2..].to_uppercase())), address);
        for bad in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
            "0x0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaedd",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
            " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x0000000000000000000000000000000000000000",
            "5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHXo",
            "",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
