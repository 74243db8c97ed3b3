//! The file of a keystore on disk: read with suspicion, replaced whole.
//!
//! What always holds: after a crash at any moment the file is the old one or the new one, never a part; it is readable
//! by its owner only; a symbolic link in its place is neither read nor written through; only one program writes at a
//! time, and none writes over what another wrote after it had read.
//! Means: `files::replace`, and a lock on `NAME.lock`, which stays: removing it would let two programs lock two files of the same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::Path;

use files::Readers;

use crate::format::{FILE_LEN_MAX, Fingerprint, FormatError, Sealed};

/// Why a keystore file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no file, or the system refused.
    #[error("keystore file: {0}")]
    Io(#[source] io::Error),
    /// A folder, a device, or a symbolic link.
    #[error("the keystore is not an ordinary file")]
    NotAFile,
    /// Others may read it; `mode` are its permission bits.
    #[error("the keystore may be read by others (mode {mode:o}); make it 600")]
    Exposed {
        /// Permission bits of the file.
        mode: u32,
    },
    /// The bytes are no keystore.
    #[error(transparent)]
    Format(#[from] FormatError),
}

impl ReadError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(source) if source.kind() == io::ErrorKind::NotFound => "keystore_missing",
            Self::Io(_) => "keystore_io",
            Self::NotAFile => "keystore_not_a_file",
            Self::Exposed { .. } => "keystore_exposed",
            Self::Format(error) => error.code(),
        }
    }
}

/// Why a keystore file was not written. The old file stands, except after a fault in syncing the folder.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system refused.
    #[error("keystore file: {0}")]
    Io(#[source] io::Error),
    /// A new file was asked for, and there is one.
    #[error("there is a file of this name already")]
    Exists,
    /// Another program is writing.
    #[error("another program is writing this keystore")]
    Busy,
    /// Another program wrote after this one had read.
    #[error("another program changed this keystore; unlock it again")]
    ChangedElsewhere,
    /// The file that would be replaced cannot be read.
    #[error("the keystore that stands there: {0}")]
    Standing(#[source] ReadError),
}

impl WriteError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "keystore_io",
            Self::Exists => "keystore_exists",
            Self::Busy => "keystore_busy",
            Self::ChangedElsewhere => "keystore_changed",
            Self::Standing(error) => error.code(),
        }
    }
}

/// What must stand at the path when a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    Nothing,
    This(Fingerprint),
}

/// Reads a file and checks what needs no password.
pub(crate) fn read(path: &Path) -> Result<Sealed, ReadError> {
    let file = open_no_link(path)?;
    let metadata = file.metadata().map_err(ReadError::Io)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile);
    }
    refuse_exposed(&metadata)?;
    let mut bytes = Vec::new();
    file.take(FILE_LEN_MAX as u64 + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    Ok(Sealed::parse(bytes)?)
}

/// Puts `sealed` at `path` if what is `expected` stands there.
pub(crate) fn write(path: &Path, sealed: &Sealed, expected: Expected) -> Result<(), WriteError> {
    let _lock = take_lock(path)?;
    match expected {
        Expected::Nothing => match path.symlink_metadata() {
            Ok(_) => return Err(WriteError::Exists),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(WriteError::Io(error)),
        },
        Expected::This(fingerprint) => {
            if read(path).map_err(WriteError::Standing)?.fingerprint() != fingerprint {
                return Err(WriteError::ChangedElsewhere);
            }
        }
    }
    files::replace(path, sealed.bytes(), Readers::Owner).map_err(WriteError::Io)
}

fn take_lock(path: &Path) -> Result<File, WriteError> {
    let lock = files::beside(path, ".lock").map_err(WriteError::Io)?;
    let mut options = OpenOptions::new();
    let file = private(options.create(true).truncate(false).write(true)).open(lock).map_err(WriteError::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WriteError::Busy),
        Err(TryLockError::Error(source)) => Err(WriteError::Io(source)),
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn open_no_link(path: &Path) -> Result<File, ReadError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // Without O_NONBLOCK a pipe in the file's place would wait for a writer.
    let opened = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path);
    opened.map_err(|error| match error.raw_os_error() {
        Some(libc::ELOOP) => ReadError::NotAFile,
        _ => ReadError::Io(error),
    })
}

#[cfg(not(unix))]
fn open_no_link(path: &Path) -> Result<File, ReadError> {
    if path.symlink_metadata().map_err(ReadError::Io)?.is_symlink() {
        return Err(ReadError::NotAFile);
    }
    File::open(path).map_err(ReadError::Io)
}

#[cfg(unix)]
fn refuse_exposed(metadata: &std::fs::Metadata) -> Result<(), ReadError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(ReadError::Exposed { mode }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &std::fs::Metadata) -> Result<(), ReadError> {
    Ok(())
}
