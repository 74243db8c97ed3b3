//! A keystore while it is locked: a path to a file that was readable when it was opened.

use std::path::{Path, PathBuf};

use crate::contents::Contents;
use crate::disk::{self, Expected, ReadError};
use crate::dumps;
use crate::error::{SaveError, UnlockError};
use crate::format::{Fingerprint, NONCE_LEN, Sealed, WrongKey, seal};
use crate::kdf::{FileKey, KdfParams, SALT_LEN};
use crate::password::Password;
use crate::random;
use crate::session::Session;

/// The key of a file, and what it was derived with.
#[derive(Clone)]
pub(crate) struct Lock {
    pub(crate) kdf: KdfParams,
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) key: FileKey,
}

impl Lock {
    /// Derives a key under a new salt.
    pub(crate) fn new(password: &Password, kdf: KdfParams) -> Result<Self, random::NoRandomness> {
        let salt = random::array()?;
        Ok(Self { kdf, salt, key: kdf.derive(password, &salt) })
    }

    /// Encrypts `contents` under a new nonce and puts the file in place.
    pub(crate) fn save(&self, path: &Path, contents: &Contents, expected: Expected) -> Result<Fingerprint, SaveError> {
        let nonce: [u8; NONCE_LEN] = random::array()?;
        let sealed = seal(contents, self.kdf, self.salt, &self.key, nonce);
        disk::write(path, &sealed, expected)?;
        Ok(sealed.fingerprint())
    }
}

/// A locked keystore.
#[derive(Debug, Clone)]
pub struct Keystore {
    path: PathBuf,
    kdf: KdfParams,
}

impl Keystore {
    /// Writes a new keystore without keys. Blocks for one derivation.
    ///
    /// # Errors
    /// The file exists, or cannot be written.
    pub fn create(path: &Path, password: &Password, kdf: KdfParams) -> Result<Self, SaveError> {
        dumps::forbid();
        Lock::new(password, kdf)?.save(path, &Contents::default(), Expected::Nothing)?;
        Ok(Self { path: path.to_owned(), kdf })
    }

    /// Looks at a file and checks what needs no password.
    ///
    /// # Errors
    /// It cannot be read, is damaged, or is no keystore.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Ok(Self { path: path.to_owned(), kdf: disk::read(path)?.kdf() })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What an unlocking cost when the file was opened or made.
    #[must_use]
    pub const fn kdf(&self) -> KdfParams {
        self.kdf
    }

    /// Decrypts the file as it is now, for `for_ms` milliseconds (at most [`crate::UNLOCK_MS_MAX`]) from `now_ms` on.
    /// Blocks for one derivation.
    ///
    /// # Errors
    /// The file, or the password.
    pub fn unlock(&self, password: &Password, now_ms: u64, for_ms: u64) -> Result<Session, UnlockError> {
        dumps::forbid();
        let sealed = disk::read(&self.path)?;
        let (lock, contents) = decrypt(&sealed, password)?;
        Ok(Session::new(self.path.clone(), lock, sealed.fingerprint(), contents, now_ms, for_ms))
    }
}

fn decrypt(sealed: &Sealed, password: &Password) -> Result<(Lock, Contents), UnlockError> {
    let key = sealed.kdf().derive(password, sealed.salt());
    let contents = sealed.open(&key).map_err(|WrongKey| UnlockError::WrongPassword)?;
    let contents = contents.map_err(ReadError::Format)?;
    Ok((Lock { kdf: sealed.kdf(), salt: *sealed.salt(), key }, contents))
}
