//! Policy and roster as files: sealed by the key in the keystore, each with a number that only grows.
//!
//! The newest number of each that was in force stands in the data directory (`policy.number`, `roster.number`), sealed by the
//! same key. What always holds: a changed file, an older one, and a number that somebody else wrote are refused; so is a
//! number that is gone while there is a journal, until a person says by [`trust_settings`] that the files are the newest.
//! What it does not do: notice that files *and* numbers were put back together, which needs a memory outside this machine.

use crate::changes::{self, ChangeRow};
use crate::disk::{self, FileError};
use crate::journal;
use crate::keys::{KeysError, seal_key};
use crate::roster::RosterFile;
use keystore::Session;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use vault::policy::{Policy, PolicyError};
use vault::seal::{self, SealError, Sealed, Settings};

/// Why a sealed file cannot be used or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such file.
    #[error("there is no {}", .0.display())]
    NoFile(PathBuf),
    /// Not text.
    #[error("{} is no text", .0.display())]
    NotText(PathBuf),
    /// The number of the newest file is not there, and this is no first start.
    #[error("{} is gone, so that an older file would not be noticed; a person must say that the files are the newest", .0.display())]
    NumberGone(PathBuf),
    /// The number of the newest file was changed, or is of something else.
    #[error("{} was changed by somebody without the key", .0.display())]
    NumberBroken(PathBuf),
    /// The key of the seal.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The seal, or what is in it.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Where a watchman's sealed files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFiles {
    /// The policy.
    pub policy: PathBuf,
    /// The roster.
    pub roster: PathBuf,
}

/// Settings of a watchman.
trait Kept: Settings {
    /// Where the newest number stands.
    const NUMBER_FILE: &'static str;
}

impl Kept for Policy {
    const NUMBER_FILE: &'static str = "policy.number";
}

impl Settings for RosterFile {
    const NAME: &'static str = "everwatch roster 1";

    /// Reading it checked it.
    fn checked(self) -> Result<Self, PolicyError> {
        Ok(self)
    }
}

impl Kept for RosterFile {
    const NUMBER_FILE: &'static str = "roster.number";
}

/// What stands beside the newest number: what it is the number of.
#[derive(Debug, Serialize, Deserialize)]
struct Newest(String);

impl Settings for Newest {
    const NAME: &'static str = "everwatch newest number 1";

    fn checked(self) -> Result<Self, PolicyError> {
        Ok(self)
    }
}

/// Opens the sealed policy in `path`, and remembers its number in `data_dir`. Blocks.
///
/// # Errors
/// [`SettingsError`].
pub fn open_policy(path: &Path, data_dir: &Path, session: &Session) -> Result<Policy, SettingsError> {
    open(path, data_dir, session)
}

/// Opens the sealed roster in `path`, and remembers its number in `data_dir`. Blocks.
///
/// # Errors
/// [`SettingsError`].
pub fn open_roster(path: &Path, data_dir: &Path, session: &Session) -> Result<RosterFile, SettingsError> {
    open(path, data_dir, session)
}

/// Seals a policy into `to`, with a number above that of the file in its place. Blocks.
///
/// # Errors
/// [`SettingsError`]; also when the file in its place is sealed by another key.
pub fn seal_policy(policy: &Policy, to: &Path, session: &Session) -> Result<u64, SettingsError> {
    seal(policy, to, session)
}

/// Seals a roster into `to`, with a number above that of the file in its place. Blocks.
///
/// # Errors
/// As [`seal_policy`].
pub fn seal_roster(roster: &RosterFile, to: &Path, session: &Session) -> Result<u64, SettingsError> {
    seal(roster, to, session)
}

/// What sealing this policy into `to` would change; `None` when nothing is sealed there. Blocks.
///
/// # Errors
/// As [`seal_policy`].
pub fn policy_diff(policy: &Policy, to: &Path, session: &Session) -> Result<Option<Vec<ChangeRow>>, SettingsError> {
    Ok(sealed::<Policy>(to, session)?.map(|old| changes::policy_changes(&old.settings, policy)))
}

/// What sealing this roster into `to` would change; `None` when nothing is sealed there. Blocks.
///
/// # Errors
/// As [`seal_policy`].
pub fn roster_diff(roster: &RosterFile, to: &Path, session: &Session) -> Result<Option<Vec<ChangeRow>>, SettingsError> {
    Ok(sealed::<RosterFile>(to, session)?.map(|old| changes::roster_changes(&old.settings, roster)))
}

/// Takes the files as the newest, whatever number was in force before: a person's decision. Blocks.
///
/// # Errors
/// [`SettingsError`]; both files must be rightly sealed.
pub fn trust_settings(files: &SettingsFiles, data_dir: &Path, session: &Session) -> Result<(), SettingsError> {
    trust::<Policy>(&files.policy, data_dir, session)?;
    trust::<RosterFile>(&files.roster, data_dir, session)
}

fn open<T: Kept>(path: &Path, data_dir: &Path, session: &Session) -> Result<T, SettingsError> {
    let known = number::<T>(data_dir, session)?;
    let sealed: Sealed<T> = seal::open(&text(path)?, known, &seal_key(session)?)?;
    if sealed.serial > known {
        remember::<T>(sealed.serial, data_dir, session)?;
    }
    Ok(sealed.settings)
}

fn seal<T: Kept>(settings: &T, to: &Path, session: &Session) -> Result<u64, SettingsError> {
    let serial = sealed::<T>(to, session)?.map_or(0, |last| last.serial) + 1;
    disk::replace(to, seal::seal(settings, serial, &seal_key(session)?).as_bytes())?;
    Ok(serial)
}

/// What is sealed in `path`, whether or not it is the newest.
fn sealed<T: Kept>(path: &Path, session: &Session) -> Result<Option<Sealed<T>>, SettingsError> {
    match text(path) {
        Ok(text) => Ok(Some(seal::open(&text, 0, &seal_key(session)?)?)),
        Err(SettingsError::NoFile(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn trust<T: Kept>(path: &Path, data_dir: &Path, session: &Session) -> Result<(), SettingsError> {
    let sealed = sealed::<T>(path, session)?.ok_or_else(|| SettingsError::NoFile(path.to_owned()))?;
    remember::<T>(sealed.serial, data_dir, session)
}

fn remember<T: Kept>(serial: u64, data_dir: &Path, session: &Session) -> Result<(), SettingsError> {
    let text = seal::seal(&Newest(T::NAME.to_owned()), serial, &seal_key(session)?);
    Ok(disk::replace(&data_dir.join(T::NUMBER_FILE), text.as_bytes())?)
}

/// The newest number that was in force; 0 before the first start.
fn number<T: Kept>(data_dir: &Path, session: &Session) -> Result<u64, SettingsError> {
    let path = data_dir.join(T::NUMBER_FILE);
    let text = match text(&path) {
        Ok(text) => text,
        Err(SettingsError::NoFile(_)) if journal::is_begun(data_dir) => return Err(SettingsError::NumberGone(path)),
        Err(SettingsError::NoFile(_)) => return Ok(0),
        Err(error) => return Err(error),
    };
    match seal::open::<Newest>(&text, 0, &seal_key(session)?) {
        Ok(newest) if newest.settings.0 == T::NAME => Ok(newest.serial),
        _ => Err(SettingsError::NumberBroken(path)),
    }
}

fn text(path: &Path) -> Result<String, SettingsError> {
    let bytes = disk::read(path)?.ok_or_else(|| SettingsError::NoFile(path.to_owned()))?;
    String::from_utf8(bytes).map_err(|_| SettingsError::NotText(path.to_owned()))
}
