//! The content of a keystore as bytes, before it is encrypted: format version 1.
//!
//! Layout, integers big-endian: `count` u16, then per key `kind` u8 (1 EVM, 2 Arweave, 3 share), `created_ms` u64,
//! `label` (u16 length, UTF-8), `identity` (u8 length), `secret` (u32 length); then zeros up to a multiple of
//! [`PAD_LEN`], so that the length of a file does not tell how many keys it holds.
//!
//! What always holds: one content has one encoding; whatever [`decode`] accepts encodes to the same bytes. Buffers of
//! secrets are made in their final length: a buffer that grows leaves copies in freed memory.

use zeroize::Zeroizing;

use crate::contents::Contents;
use crate::entry::{Entry, Identity, Kind, Record, SECRET_LEN_MAX, Secret, ShareName};
use crate::label::Label;

/// Length of a content is a multiple of this.
pub(crate) const PAD_LEN: usize = 4096;
/// Most bytes of a content.
pub(crate) const CONTENT_LEN_MAX: usize = 4 * 1024 * 1024;

/// Bytes that are not a content; the position is in the message for those who debug a writer of this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContentError {
    #[error("ends early")]
    Short,
    #[error("unknown kind of key")]
    Kind,
    #[error("label breaks the rules of labels")]
    Label,
    #[error("identity has a wrong length or is another key's")]
    Identity,
    #[error("secret is not a secret of its kind")]
    Secret,
    #[error("two keys have one identity or one label, or there are too many")]
    Keys,
    #[error("padding is wrong")]
    Padding,
}

const fn kind_byte(kind: Kind) -> u8 {
    match kind {
        Kind::Evm => 1,
        Kind::Arweave => 2,
        Kind::Share => 3,
    }
}

fn len_of(record: &Record) -> usize {
    let fixed = 1 + 8 + 2 + 1 + 4;
    let entry = &record.entry;
    fixed + entry.label.as_str().len() + entry.identity.as_bytes().len() + record.secret.as_bytes().len()
}

/// Bytes of the encoded content, padding included.
pub(crate) fn encoded_len(contents: &Contents) -> usize {
    (2 + contents.records().iter().map(len_of).sum::<usize>()).next_multiple_of(PAD_LEN)
}

/// Writes a content. There is room for `spare` more bytes, so that an authentication tag can follow.
pub(crate) fn encode(contents: &Contents, spare: usize) -> Zeroizing<Vec<u8>> {
    let len = encoded_len(contents);
    let mut out = Zeroizing::new(Vec::with_capacity(len + spare));
    let count = u16::try_from(contents.records().len()).expect("contents bound their number of keys");
    out.extend_from_slice(&count.to_be_bytes());
    for Record { entry, secret, .. } in contents.records() {
        let (label, identity, secret) = (entry.label.as_str().as_bytes(), entry.identity.as_bytes(), secret.as_bytes());
        out.push(kind_byte(entry.identity.kind()));
        out.extend_from_slice(&entry.created_ms.to_be_bytes());
        out.extend_from_slice(&u16::try_from(label.len()).expect("labels are bounded").to_be_bytes());
        out.extend_from_slice(label);
        out.push(u8::try_from(identity.len()).expect("identities are bounded"));
        out.extend_from_slice(identity);
        out.extend_from_slice(&u32::try_from(secret.len()).expect("secrets are bounded").to_be_bytes());
        out.extend_from_slice(secret);
    }
    out.resize(len, 0);
    out
}

/// Reads a content.
pub(crate) fn decode(bytes: &[u8]) -> Result<Contents, ContentError> {
    let mut reader = Reader(bytes);
    let count = u16::from_be_bytes(reader.array()?);
    let mut contents = Contents::default();
    for _ in 0..count {
        let record = reader.record()?;
        contents.add(record).map_err(|_| ContentError::Keys)?;
    }
    let expected = encoded_len(&contents);
    if bytes.len() != expected || reader.0.iter().any(|byte| *byte != 0) {
        return Err(ContentError::Padding);
    }
    Ok(contents)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], ContentError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(ContentError::Short)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ContentError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(ContentError::Short)?;
        self.0 = rest;
        Ok(*head)
    }

    fn record(&mut self) -> Result<Record, ContentError> {
        let [kind] = self.array()?;
        let kind = [Kind::Evm, Kind::Arweave, Kind::Share].into_iter().find(|known| kind_byte(*known) == kind);
        let kind = kind.ok_or(ContentError::Kind)?;
        let created_ms = u64::from_be_bytes(self.array()?);
        let label_len = u16::from_be_bytes(self.array()?);
        let label = std::str::from_utf8(self.take(label_len.into())?).map_err(|_| ContentError::Label)?;
        let label = Label::new(label).map_err(|_| ContentError::Label)?;
        let [identity_len] = self.array()?;
        let identity = identity(kind, self.take(identity_len.into())?)?;
        let secret_len = u32::from_be_bytes(self.array()?) as usize;
        if !(1..=SECRET_LEN_MAX).contains(&secret_len) {
            return Err(ContentError::Secret);
        }
        let secret = Secret::copy_of(self.take(secret_len)?);
        let record = Record::new(Entry { label, identity, created_ms }, secret);
        // Cheap to check; that an Arweave secret is its address's is checked before it signs.
        if record.entry.identity.kind() == Kind::Evm && record.evm_key().is_none() {
            return Err(ContentError::Secret);
        }
        Ok(record)
    }
}

fn identity(kind: Kind, bytes: &[u8]) -> Result<Identity, ContentError> {
    let identity = match kind {
        Kind::Evm => bytes.try_into().ok().map(Identity::Evm),
        Kind::Arweave => arweave::Address::from_slice(bytes).map(Identity::Arweave),
        Kind::Share => ShareName::new(bytes).map(Identity::Share),
    };
    identity.ok_or(ContentError::Identity)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::contents::tests::contents_of_three;
    use proptest::prelude::*;

    /// Offsets in the encoding of [`contents_of_three`]: its first key is an EVM key labelled "Main".
    const FIRST_KIND: usize = 2;
    const FIRST_LABEL_LEN: usize = 11;
    const FIRST_IDENTITY_LEN: usize = 17;
    const FIRST_SECRET_LEN: usize = 38;

    #[test]
    fn what_is_written_is_read_and_written_alike() {
        for contents in [Contents::default(), contents_of_three()] {
            let bytes = encode(&contents, 16);
            assert_eq!(bytes.len(), PAD_LEN);
            assert!(bytes.capacity() >= PAD_LEN + 16);
            let again = decode(&bytes).unwrap();
            assert_eq!(again.entries(), contents.entries());
            assert_eq!(*encode(&again, 0), *bytes);
        }
    }

    #[test]
    fn every_truncation_and_every_extension_is_refused() {
        let bytes = encode(&contents_of_three(), 0);
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err(), "{len}");
        }
        for more in [1, PAD_LEN - 1, PAD_LEN, 2 * PAD_LEN] {
            let mut long = bytes.to_vec();
            long.resize(bytes.len() + more, 0);
            assert_eq!(decode(&long).unwrap_err(), ContentError::Padding, "{more}");
        }
    }

    #[test]
    fn each_wrong_length_or_kind_names_its_rule() {
        let check = |offset: usize, bytes: &[u8], want: ContentError| {
            let mut content = encode(&contents_of_three(), 0).to_vec();
            content[offset..offset + bytes.len()].copy_from_slice(bytes);
            assert_eq!(decode(&content).unwrap_err(), want, "{offset} {bytes:?}");
        };
        check(0, &[0, 2], ContentError::Padding);
        check(0, &[0, 4], ContentError::Kind);
        check(0, &[0xff, 0xff], ContentError::Kind);
        check(FIRST_KIND, &[0], ContentError::Kind);
        check(FIRST_KIND, &[4], ContentError::Kind);
        check(FIRST_KIND, &[2], ContentError::Identity);
        check(FIRST_LABEL_LEN, &[0, 0], ContentError::Label);
        check(FIRST_LABEL_LEN, &[0xff, 0xff], ContentError::Short);
        check(FIRST_LABEL_LEN + 2, &[0xff], ContentError::Label);
        check(FIRST_LABEL_LEN + 2, b"\n", ContentError::Label);
        for len in [0, 19, 21, 255] {
            check(FIRST_IDENTITY_LEN, &[len], ContentError::Identity);
        }
        check(FIRST_IDENTITY_LEN + 1, &[0; 20], ContentError::Secret);
        for len in [0_u32, 31, 33, SECRET_LEN_MAX as u32 + 1, u32::MAX] {
            check(FIRST_SECRET_LEN, &len.to_be_bytes(), ContentError::Secret);
        }
        check(FIRST_SECRET_LEN, &(SECRET_LEN_MAX as u32).to_be_bytes(), ContentError::Short);
        check(FIRST_SECRET_LEN + 4, &[0; 32], ContentError::Secret);
        check(PAD_LEN - 1, &[1], ContentError::Padding);
    }

    #[test]
    fn a_repeated_key_is_refused() {
        let bytes = encode(&contents_of_three(), 0);
        let first_end = FIRST_SECRET_LEN + 4 + 32;
        let mut twice = vec![0, 2];
        twice.extend_from_slice(&bytes[2..first_end]);
        twice.extend_from_slice(&bytes[2..first_end]);
        twice.resize(PAD_LEN, 0);
        assert_eq!(decode(&twice).unwrap_err(), ContentError::Keys);
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_are_the_only_encoding(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), pad in any::<bool>(), few in any::<bool>()) {
            if few && bytes.len() > 2 {
                bytes[..2].copy_from_slice(&[0, 1]);
            }
            if pad {
                bytes.resize(PAD_LEN, 0);
            }
            if let Ok(contents) = decode(&bytes) {
                prop_assert_eq!(&*encode(&contents, 0), &bytes);
            }
        }

        #[test]
        fn a_changed_byte_is_refused_or_reads_as_the_change(position in 0..400_usize, value in any::<u8>()) {
            let mut bytes = encode(&contents_of_three(), 0).to_vec();
            bytes[position] = value;
            if let Ok(contents) = decode(&bytes) {
                prop_assert_eq!(&*encode(&contents, 0), &bytes);
            }
        }
    }
}
