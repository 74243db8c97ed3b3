//! Tags as data items carry them: an Avro array of (name, value) byte strings.
//!
//! Numbers are zig-zag variable-length integers. Written as one block and a closing 0; read in any blocks. No
//! tags are no bytes at all. Bounds are those of ANS-104.

use crate::tags::Tag;

/// Most tags one item may carry.
pub const TAGS_MAX: usize = 128;
/// Longest encoded form, in bytes.
pub const ENCODED_LEN_MAX: usize = 4096;

/// Bytes that are not the Avro form of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the Avro form of tags")]
pub struct AvroError;

/// Writes tags. Empty for no tags.
pub fn encode(tags: &[Tag]) -> Vec<u8> {
    let mut out = Vec::new();
    if tags.is_empty() {
        return out;
    }
    put_number(&mut out, tags.len());
    for tag in tags {
        for part in [&tag.name, &tag.value] {
            put_number(&mut out, part.len());
            out.extend_from_slice(part);
        }
    }
    out.push(0);
    out
}

/// Reads tags; all bytes must be used.
///
/// # Errors
/// [`AvroError`] for anything else than at most [`TAGS_MAX`] tags in at most [`ENCODED_LEN_MAX`] bytes.
pub fn decode(bytes: &[u8]) -> Result<Vec<Tag>, AvroError> {
    let mut tags = Vec::new();
    if bytes.is_empty() {
        return Ok(tags);
    }
    if bytes.len() > ENCODED_LEN_MAX {
        return Err(AvroError);
    }
    let mut rest = bytes;
    loop {
        let mut count = take_number(&mut rest)?;
        if count == 0 {
            return if rest.is_empty() { Ok(tags) } else { Err(AvroError) };
        }
        if count < 0 {
            // A negative count announces the size of the block, which we have no use for.
            count = count.checked_neg().ok_or(AvroError)?;
            take_number(&mut rest)?;
        }
        for _ in 0..count {
            if tags.len() == TAGS_MAX {
                return Err(AvroError);
            }
            tags.push(Tag { name: take_bytes(&mut rest)?, value: take_bytes(&mut rest)? });
        }
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    let mut rest = (number as u64) << 1;
    while rest > 0x7f {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn take_number(rest: &mut &[u8]) -> Result<i64, AvroError> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (byte, tail) = rest.split_first().ok_or(AvroError)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    Err(AvroError)
}

fn take_bytes(rest: &mut &[u8]) -> Result<Vec<u8>, AvroError> {
    let len = usize::try_from(take_number(rest)?).map_err(|_| AvroError)?;
    let (bytes, tail) = rest.split_at_checked(len).ok_or(AvroError)?;
    *rest = tail;
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn several_blocks_and_sized_blocks_are_read() {
        let one = [2, 2, b'a', 2, b'b'];
        let sized = [1, 8, 2, b'c', 2, b'd'];
        let bytes = [&one[..], &sized, &[0]].concat();
        assert_eq!(decode(&bytes).unwrap(), [Tag::new("a", "b"), Tag::new("c", "d")]);
    }

    #[test]
    fn every_truncation_and_excess_is_refused() {
        let bytes = encode(&[Tag::new("name", &"v".repeat(100)), Tag::new("x", "")]);
        assert_eq!(decode(&bytes).unwrap().len(), 2);
        for len in 1..bytes.len() {
            assert_eq!(decode(&bytes[..len]), Err(AvroError), "{len}");
        }
        assert_eq!(decode(&[&bytes[..], &[0]].concat()), Err(AvroError));
    }

    #[test]
    fn hostile_numbers_are_refused() {
        assert_eq!(decode(&[0xff; 12]), Err(AvroError));
        let huge_len = [2, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0];
        assert_eq!(decode(&huge_len), Err(AvroError));
        let negative_len = [2, 1, 0];
        assert_eq!(decode(&negative_len), Err(AvroError));
        let too_many = encode(&vec![Tag::new("", ""); TAGS_MAX + 1]);
        assert_eq!(decode(&too_many), Err(AvroError));
    }
}
