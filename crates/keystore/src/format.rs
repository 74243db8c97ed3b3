//! The keystore file, format version 1: a header, the encrypted content, a checksum.
//!
//! ```text
//! offset  bytes
//!      0      8  magic, "EVWKEYS" and a zero
//!      8      2  version, 1
//!     10      1  key derivation, 1 = Argon2id 1.3
//!     11      1  encryption, 1 = XChaCha20-Poly1305
//!     12      4  memory, KiB
//!     16      4  passes
//!     20      4  lanes
//!     24     16  salt
//!     40     24  nonce
//!     64      4  length n of the encrypted content with its tag
//!     68      n  encrypted content (see `codec`); associated data: bytes 0 to 68
//!   68+n     32  SHA-256 of everything before
//! ```
//!
//! Integers are big-endian. What always holds: every byte of a file is authenticated; one password, salt and nonce give
//! one file; a nonce is random (192 bits) and new for every writing. The checksum needs no password and finds damage, so
//! that a failed decryption of an undamaged file means another password. Someone who alters a file on purpose can
//! correct the checksum too; that then looks like a wrong password, and nothing of the file is used.
//! The functions here are pure: salt and nonce are arguments.

use chacha20poly1305::aead::AeadInPlace as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::codec::{self, CONTENT_LEN_MAX, PAD_LEN};
use crate::contents::Contents;
use crate::kdf::{FileKey, KdfParams, SALT_LEN};

const MAGIC: &[u8; 8] = b"EVWKEYS\0";
/// The version of the format that is written.
pub const FORMAT_VERSION: u16 = 1;
const ARGON2ID: u8 = 1;
const XCHACHA20_POLY1305: u8 = 1;
pub(crate) const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const HEADER_LEN: usize = 68;
const CHECKSUM_LEN: usize = 32;
/// Most bytes of a file.
pub(crate) const FILE_LEN_MAX: usize = HEADER_LEN + CONTENT_LEN_MAX + TAG_LEN + CHECKSUM_LEN;

/// Why bytes are not a keystore that this program can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Something else altogether.
    #[error("not a keystore")]
    NotAKeystore,
    /// Written by a newer program.
    #[error("format version {0} is not known to this program")]
    UnknownVersion(u16),
    /// Length or checksum is wrong: the file was cut or changed after it was written.
    #[error("the keystore is damaged")]
    Damaged,
    /// Undamaged, but not as this program writes: methods, parameters, or what was encrypted.
    #[error("the keystore has content that no version of this program writes")]
    Malformed,
}

impl FormatError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAKeystore => "not_a_keystore",
            Self::UnknownVersion(_) => "keystore_version",
            Self::Damaged => "keystore_damaged",
            Self::Malformed => "keystore_malformed",
        }
    }
}

/// The content could not be decrypted with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongKey;

/// SHA-256 of a file up to its checksum: tells one writing of a file from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; CHECKSUM_LEN]);

/// A file whose form and checksum are right; its content is still encrypted.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    bytes: Vec<u8>,
    kdf: KdfParams,
    salt: [u8; SALT_LEN],
    nonce: [u8; NONCE_LEN],
    fingerprint: Fingerprint,
}

/// Takes `N` bytes at `offset` of a header whose length was checked.
fn field<const N: usize>(header: &[u8; HEADER_LEN], offset: usize) -> [u8; N] {
    *header[offset..].first_chunk().expect("fields lie within the header")
}

impl Sealed {
    /// Checks everything of a file that can be checked without a password.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, FormatError> {
        if !bytes.starts_with(MAGIC) {
            return Err(FormatError::NotAKeystore);
        }
        let version = bytes.get(8..10).ok_or(FormatError::Damaged)?;
        let version = u16::from_be_bytes([version[0], version[1]]);
        if version != FORMAT_VERSION {
            return Err(FormatError::UnknownVersion(version));
        }
        let header: &[u8; HEADER_LEN] = bytes.first_chunk().ok_or(FormatError::Damaged)?;
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(FormatError::Damaged)?;
        let fingerprint = Fingerprint(crypto::sha256(body));
        if fingerprint.0 != *checksum || bytes.len() > FILE_LEN_MAX {
            return Err(FormatError::Damaged);
        }
        let sealed_len = u32::from_be_bytes(field(header, 64)) as usize;
        let content_len = sealed_len.checked_sub(TAG_LEN).ok_or(FormatError::Malformed)?;
        let whole = content_len > 0 && content_len.is_multiple_of(PAD_LEN) && body.len() == HEADER_LEN + sealed_len;
        if !whole || field(header, 10) != [ARGON2ID, XCHACHA20_POLY1305] {
            return Err(FormatError::Malformed);
        }
        let [memory, passes, lanes] = [12, 16, 20].map(|offset| u32::from_be_bytes(field(header, offset)));
        let kdf = KdfParams::of_file(memory, passes, lanes).map_err(|_| FormatError::Malformed)?;
        let (salt, nonce) = (field(header, 24), field(header, 40));
        Ok(Self { bytes, kdf, salt, nonce, fingerprint })
    }

    pub(crate) fn kdf(&self) -> KdfParams {
        self.kdf
    }

    pub(crate) fn salt(&self) -> &[u8; SALT_LEN] {
        &self.salt
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decrypts the content.
    pub(crate) fn open(&self, key: &FileKey) -> Result<Result<Contents, FormatError>, WrongKey> {
        let (header, rest) = self.bytes.split_at(HEADER_LEN);
        let (sealed, _) = rest.split_at(rest.len() - CHECKSUM_LEN);
        let mut content = Zeroizing::new(sealed.to_vec());
        cipher(key).decrypt_in_place(&self.nonce.into(), header, &mut *content).map_err(|_| WrongKey)?;
        Ok(codec::decode(&content).map_err(|_| FormatError::Malformed))
    }
}

fn cipher(key: &FileKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&***key).into())
}

/// Whether two keys are the same, in constant time.
pub(crate) fn same_key(one: &FileKey, other: &FileKey) -> bool {
    one[..].ct_eq(&other[..]).into()
}

/// Encrypts a content into a file. `key` is the password's under `kdf` and `salt`; `nonce` was never used with it.
pub(crate) fn seal(
    contents: &Contents,
    kdf: KdfParams,
    salt: [u8; SALT_LEN],
    key: &FileKey,
    nonce: [u8; NONCE_LEN],
) -> Sealed {
    let mut content = codec::encode(contents, TAG_LEN);
    let sealed_len = u32::try_from(content.len() + TAG_LEN).expect("contents bound their length");
    let mut bytes = Vec::with_capacity(HEADER_LEN + sealed_len as usize + CHECKSUM_LEN);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_be_bytes());
    bytes.extend_from_slice(&[ARGON2ID, XCHACHA20_POLY1305]);
    for number in [kdf.memory_kib(), kdf.passes(), kdf.lanes()] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed_len.to_be_bytes());
    cipher(key).encrypt_in_place(&nonce.into(), &bytes, &mut *content).expect("far below what the cipher can encrypt");
    bytes.extend_from_slice(&content);
    let fingerprint = Fingerprint(crypto::sha256(&bytes));
    bytes.extend_from_slice(&fingerprint.0);
    Sealed { bytes, kdf, salt, nonce, fingerprint }
}

#[cfg(test)]
mod tests;
