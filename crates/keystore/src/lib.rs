//! One encrypted file for the keys of several accounts, and the short time in which they can sign.
//!
//! Where it stands: watchmen and wallet users open a [`Keystore`], unlock it into a [`Session`] and take [`Signer`]s from
//! it; `crypto`, `everpay` and `arweave` do the signing.
//! What always holds: a locked file shows its path, its cost and roughly its size, nothing else; a session ends at its
//! deadline whoever still holds a signer of it, and what it held is zeroised; no secret is printed, serialised or part
//! of an error; a file is replaced whole or not at all; every byte of it is authenticated.
//! What it does not do: read a clock (times are arguments, in milliseconds of one clock; a clock that goes back gains no
//! time), keep secrets from being swapped to disk or from a debugger of the same user, limit attempts (the cost of the
//! key derivation does), or hand a key out: backups are encrypted, only shares are given to the code that computes with
//! them. Signing is asked for messages and transactions, never for bare digests, so that a device that shows what it
//! signs can stand behind the same seam.
//! Everything that derives a key blocks for about half a second: call it outside async code.
//!
//! Source: RFC 9106 (Argon2id), XChaCha20-Poly1305, BIP-39, BIP-32, BIP-44, the Web3 Secret Storage Definition; the
//! layout of the file stands in `format.rs` and `codec.rs`.

mod codec;
mod contents;
mod disk;
mod dumps;
mod entry;
mod error;
mod format;
#[doc(hidden)]
pub mod fuzzing;
mod import;
mod kdf;
mod label;
mod password;
mod random;
mod restore;
mod session;
mod signer;
mod store;

pub use contents::{ENTRIES_MAX, Refusal};
pub use disk::{ReadError, WriteError};
pub use entry::{Entry, EntryId, Identity, Kind, ParseEntryIdError, SECRET_LEN_MAX, SHARE_NAME_LEN_MAX, ShareName};
pub use error::{BackupError, EditError, Locked, SaveError, UnlockError};
pub use format::{FORMAT_VERSION, FormatError};
pub use import::{GenerateError, IMPORT_LEN_MAX, KeyError, NewKey, Phrase, PhraseError, V3Error, WordCount};
pub use kdf::{KdfError, KdfParams, LANES_MAX, MEMORY_KIB_MAX, MEMORY_KIB_MIN, PASSES_MAX, PASSES_MIN, WORK_KIB_MAX};
pub use label::{LABEL_CHARS_MAX, Label, LabelError, is_unseen};
pub use password::{PASSWORD_CHARS_MIN, PASSWORD_LEN_MAX, Password, PasswordError};
pub use random::NoRandomness;
pub use restore::{Addition, Conflict, RestorePlan};
pub use session::{Session, SessionState, UNLOCK_MS_MAX};
pub use signer::{SignError, Signer};
pub use store::Keystore;
