//! The policy's file: sealed by the key in the keystore, with a number that only grows.
//!
//! The newest number that was in force stands in the data directory (`policy.serial`): an older file is refused. Who can write
//! there can put an older file back, and can do no more than that.

use crate::disk::{self, FileError};
use crate::keys::{KeysError, seal_key};
use keystore::Session;
use std::path::Path;
use vault::policy::{Policy, PolicyError};
use vault::seal::{self, SealError, Sealed};

const SERIAL_FILE: &str = "policy.serial";

/// Why a policy cannot be used or sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such file.
    #[error("there is no policy")]
    NoFile,
    /// A file that is no text or number.
    #[error("{0} is damaged")]
    Damaged(&'static str),
    /// The key of the seal.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The seal.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Not a policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Opens the sealed policy in `path`, and remembers its number in `data_dir`. Blocks.
///
/// # Errors
/// [`PolicyFileError`].
pub fn open(path: &Path, data_dir: &Path, session: &Session) -> Result<Policy, PolicyFileError> {
    let serial_path = data_dir.join(SERIAL_FILE);
    let known = serial(&serial_path)?;
    let sealed: Sealed<Policy> = seal::open(&text(path)?, known, &seal_key(session)?)?;
    if sealed.serial > known {
        disk::replace(&serial_path, sealed.serial.to_string().as_bytes())?;
    }
    Ok(sealed.settings)
}

/// Seals the policy of the plain file `from` into `to`, with a number above that of the file in its place. Blocks.
///
/// # Errors
/// [`PolicyFileError`]; also when the file in its place is sealed by another key.
pub fn seal(from: &Path, to: &Path, session: &Session) -> Result<u64, PolicyFileError> {
    let (policy, key) = (Policy::parse(&text(from)?)?, seal_key(session)?);
    let last = match disk::read(to)? {
        Some(bytes) => seal::open::<Policy>(&utf8(bytes)?, 0, &key)?.serial,
        None => 0,
    };
    let serial = last + 1;
    disk::replace(to, seal::seal(&policy, serial, &key).as_bytes())?;
    Ok(serial)
}

fn text(path: &Path) -> Result<String, PolicyFileError> {
    utf8(disk::read(path)?.ok_or(PolicyFileError::NoFile)?)
}

fn utf8(bytes: Vec<u8>) -> Result<String, PolicyFileError> {
    String::from_utf8(bytes).map_err(|_| PolicyFileError::Damaged("the policy"))
}

fn serial(path: &Path) -> Result<u64, PolicyFileError> {
    let Some(bytes) = disk::read(path)? else { return Ok(0) };
    let text = std::str::from_utf8(&bytes).ok().map(str::trim);
    text.and_then(|text| text.parse().ok()).ok_or(PolicyFileError::Damaged(SERIAL_FILE))
}
