//! The format: its golden file, and that every other file is refused.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::contents::tests::{contents_of_three, share};
use crate::password::Password;
use proptest::prelude::*;

const SALT: [u8; SALT_LEN] = *b"0123456789abcdef";
const NONCE: [u8; NONCE_LEN] = *b"nonce of twenty-four by.";

fn key(password: &str) -> FileKey {
    KdfParams::insecure_for_tests().derive(&Password::new(password).unwrap(), &SALT)
}

fn file() -> Sealed {
    let kdf = KdfParams::insecure_for_tests();
    seal(&contents_of_three(), kdf, SALT, &key("correct horse"), NONCE)
}

/// Corrects the checksum, as one who alters a file on purpose does.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len() - CHECKSUM_LEN;
    let checksum = crypto::sha256(&bytes[..body]);
    bytes[body..].copy_from_slice(&checksum);
    bytes
}

/// What comes of a file: its error before the password, or whether the right password opens it.
fn outcome(bytes: Vec<u8>) -> Result<bool, FormatError> {
    let sealed = Sealed::parse(bytes)?;
    // The key is asked under the file's own salt; deriving under foreign costs is another test's matter.
    let key = if sealed.salt == SALT { key("correct horse") } else { Box::new(Zeroizing::new([0; 32])) };
    Ok(sealed.open(&key).is_ok_and(|contents| contents.is_ok()))
}

#[test]
fn the_golden_file_is_written_and_read() {
    let golden = include_str!("../../tests/vectors/keystore-v1.hex").replace('\n', "");
    let file = file();
    assert!(crypto::hexs::encode(file.bytes()) == golden, "the format changed: raise its version");
    let read = Sealed::parse(crypto::hexs::decode(&golden).unwrap()).unwrap();
    let contents = read.open(&key("correct horse")).unwrap().unwrap();
    assert_eq!(contents.entries(), contents_of_three().entries());
    assert_eq!(read.fingerprint(), file.fingerprint());
    assert_eq!(read.open(&key("battery staple")).unwrap_err(), WrongKey);
}

#[test]
fn every_truncation_and_every_extension_is_refused() {
    let file = file();
    for len in 0..file.bytes.len() {
        let want = if len < MAGIC.len() { FormatError::NotAKeystore } else { FormatError::Damaged };
        assert_eq!(Sealed::parse(file.bytes[..len].to_vec()).unwrap_err(), want, "{len}");
        if len >= HEADER_LEN + CHECKSUM_LEN {
            let cut = with_checksum(file.bytes[..len].to_vec());
            assert_eq!(Sealed::parse(cut).unwrap_err(), FormatError::Malformed, "{len}");
        }
    }
    for more in [1, 31, 32, 33, PAD_LEN] {
        let mut long = file.bytes.clone();
        long.resize(long.len() + more, 0);
        assert_eq!(Sealed::parse(long.clone()).unwrap_err(), FormatError::Damaged);
        assert_eq!(Sealed::parse(with_checksum(long)).unwrap_err(), FormatError::Malformed);
    }
}

#[test]
fn every_flipped_bit_is_refused_also_under_a_corrected_checksum() {
    let file = file();
    for position in 0..file.bytes.len() {
        for bit in 0..8 {
            let mut bytes = file.bytes.clone();
            bytes[position] ^= 1 << bit;
            let want = match position {
                0..8 => FormatError::NotAKeystore,
                8..10 => FormatError::UnknownVersion(u16::from_be_bytes([bytes[8], bytes[9]])),
                _ => FormatError::Damaged,
            };
            assert_eq!(outcome(bytes.clone()), Err(want), "{position} {bit}");
            // One bit of every byte, all of header and tag: signing off all of them takes long in a debug build.
            let body = position < file.bytes.len() - CHECKSUM_LEN;
            if body && (bit == position % 8 || position < HEADER_LEN || position >= file.bytes.len() - 48) {
                assert_ne!(outcome(with_checksum(bytes)), Ok(true), "{position} {bit}");
            }
        }
    }
}

#[test]
fn a_full_keystore_is_a_file_that_can_be_read() {
    let mut contents = Contents::default();
    let big = vec![7; crate::entry::SECRET_LEN_MAX];
    let fits = (0..).take_while(|n: &u32| contents.add(share(&n.to_string(), &n.to_be_bytes(), &big)).is_ok());
    assert_eq!(fits.count(), CONTENT_LEN_MAX / big.len() - 1);
    while let Ok(()) =
        contents.add(share(&contents.records().len().to_string(), &[contents.records().len() as u8], &big[..9000]))
    {
    }
    let file = seal(&contents, KdfParams::insecure_for_tests(), SALT, &key("correct horse"), NONCE);
    assert!(file.bytes.len() <= FILE_LEN_MAX && file.bytes.len() > FILE_LEN_MAX - 3 * PAD_LEN);
    let read = Sealed::parse(file.bytes.clone()).unwrap().open(&key("correct horse")).unwrap().unwrap();
    assert_eq!(read.entries(), contents.entries());
    let mut long = file.bytes;
    long.resize(FILE_LEN_MAX + 1, 0);
    assert_eq!(Sealed::parse(with_checksum(long)).unwrap_err(), FormatError::Damaged);
}

#[test]
fn header_fields_that_nobody_writes_are_malformed() {
    for (offset, bytes) in [
        (10, &[0_u8][..]),
        (10, &[2]),
        (11, &[0]),
        (11, &[2]),
        (12, &[0xff, 0xff, 0xff, 0xff]),
        (12, &[0, 0, 0, 7]),
        (16, &[0, 0, 0, 0]),
        (16, &[0, 0, 0, 65]),
        (20, &[0, 0, 0, 0]),
        (20, &[0, 0, 0, 9]),
        (64, &[0, 0, 0, 0]),
        (64, &[0, 0, 0, 15]),
        (64, &[0, 0, 0, 16]),
        (64, &[0, 0, 0x10, 0x0f]),
        (64, &[0, 0, 0x20, 0x10]),
        (64, &[0xff, 0xff, 0xff, 0xff]),
    ] {
        let mut file = file().bytes;
        file[offset..offset + bytes.len()].copy_from_slice(bytes);
        assert_eq!(outcome(with_checksum(file)), Err(FormatError::Malformed), "{offset} {bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in any::<bool>(), sum in any::<bool>()) {
        let mut bytes = bytes;
        if magic && bytes.len() > 12 {
            bytes[..12].copy_from_slice(b"EVWKEYS\0\0\x01\x01\x01");
        }
        if sum && bytes.len() > CHECKSUM_LEN {
            bytes = with_checksum(bytes);
        }
        prop_assert!(outcome(bytes).is_err());
    }
}
