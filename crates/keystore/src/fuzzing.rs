//! Entry points of the fuzz targets for decoders that nobody else may call: foreign bytes in, a panic when a property is
//! broken, and whether they were accepted. What always holds: nothing here hands out a secret.

use crate::codec;
use crate::contents::Contents;
use crate::entry::{Entry, Identity, Record, Secret, ShareName};
use crate::format::Sealed;
use crate::label::Label;

/// A whole file: everything of it that can be checked without a password. It is kept as it is.
#[must_use]
pub fn file(bytes: &[u8]) -> bool {
    let Ok(sealed) = Sealed::parse(bytes.to_vec()) else { return false };
    assert_eq!(sealed.bytes(), bytes, "a file that reads as another");
    true
}

/// What is encrypted in a file: one content has one encoding.
#[must_use]
pub fn content(bytes: &[u8]) -> bool {
    let Ok(contents) = codec::decode(bytes) else { return false };
    assert_eq!(*codec::encode(&contents, 0), bytes, "a content with two encodings");
    assert_eq!(codec::encoded_len(&contents), bytes.len(), "a length that is not the content's");
    true
}

/// Contents to start from, with keys that are nobody's.
#[must_use]
pub fn contents() -> Vec<Vec<u8>> {
    let mut two = Contents::default();
    let share = ShareName::new(b"group 7, member 1").map(Identity::Share);
    let evm = Secret::copy_of(&[1; 32]).evm_key().map(|key| Identity::Evm(key.address()));
    for (identity, label, secret) in [(evm, "Main", &[1; 32][..]), (share, "Share", b"no secret")] {
        let (Some(identity), Ok(label)) = (identity, Label::new(label)) else { continue };
        let record = Record::new(Entry { label, identity, created_ms: 1 }, Secret::copy_of(secret));
        // Two different keys under two labels.
        let _ = two.add(record);
    }
    [Contents::default(), two].map(|contents| codec::encode(&contents, 0).to_vec()).to_vec()
}
