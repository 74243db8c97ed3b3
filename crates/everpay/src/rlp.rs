//! RLP, the encoding of EVM transactions; writing only.

/// A byte string. Integers come as big-endian bytes without leading zeros.
pub(crate) fn bytes(data: &[u8]) -> Vec<u8> {
    match data {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => prefixed(0x80, data),
    }
}

/// A list of items that are encoded already.
pub(crate) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    prefixed(0xc0, &items.concat())
}

fn prefixed(offset: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 9);
    match u8::try_from(payload.len()) {
        Ok(short) if short <= 55 => out.push(offset + short),
        _ => {
            let length = payload.len().to_be_bytes();
            let length = trim(&length);
            out.push(offset + 55 + u8::try_from(length.len()).expect("a length has at most 8 bytes"));
            out.extend_from_slice(length);
        }
    }
    out.extend_from_slice(payload);
    out
}

/// Without leading zeros.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    &bytes[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_specification() {
        assert_eq!(bytes(b"dog"), b"\x83dog");
        assert_eq!(bytes(b""), [0x80]);
        assert_eq!(bytes(&[0x0f]), [0x0f]);
        assert_eq!(bytes(&[0x80]), [0x81, 0x80]);
        assert_eq!(list(&[bytes(b"cat"), bytes(b"dog")]), b"\xc8\x83cat\x83dog");
        assert_eq!(list(&[]), [0xc0]);
        assert_eq!(bytes(&[b'a'; 56])[..2], [0xb8, 56]);
        assert_eq!(bytes(&[b'a'; 1024])[..3], [0xb9, 4, 0]);
    }
}
