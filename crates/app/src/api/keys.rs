//! The keystore: accounts and keys in one encrypted file. Secrets go in through these commands and never come out, but for
//! a new phrase, which is shown once so that a person can write it down.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroize as _;

/// The keystore as a page may know it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeystoreView {
    /// Whether there is a file.
    pub exists: bool,
    /// Where it is, or would be made.
    pub path: String,
    /// Whether keys can sign now.
    pub unlocked: bool,
    /// For how long still, ms; null while locked.
    #[ts(type = "number | null")]
    pub left_ms: Option<u64>,
    /// How long an unlock lasts, minutes. Using it does not lengthen it; `extendUnlock` does, up to a day after the password.
    pub auto_lock_minutes: u32,
    /// The keys, in the order in which they came; empty while locked.
    pub accounts: Vec<KeyRow>,
    /// Whether this shell can ask in a window of its own and choose files; false behind the headless server.
    pub native: bool,
}

/// One key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Stable id.
    pub id: String,
    /// What its user calls it.
    pub label: String,
    /// `evm`, `arweave` or `share` (a secret of this program, such as the key of a seal).
    pub kind: String,
    /// The account that it signs for; null for a share.
    pub account: Option<String>,
    /// When it came in, Unix ms.
    #[ts(type = "number")]
    pub created_ms: u64,
    /// Whether the watchman of this program signs with it.
    pub watchman: bool,
}

/// A password and what is made with it.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRequest {
    /// The password.
    pub password: String,
}

/// Opens the keystore.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnlockRequest {
    /// Its password.
    pub password: String,
    /// For how long, minutes, 1 to 1440; null: as set.
    pub minutes: Option<u32>,
}

/// How long an unlock lasts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MinutesRequest {
    /// Minutes, 1 to 1440.
    pub minutes: u32,
}

/// A change of password.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangePasswordRequest {
    /// The one that opens it now.
    pub current: String,
    /// The one that shall.
    pub new: String,
}

/// How long a new phrase is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhraseRequest {
    /// 12 or 24.
    pub words: u32,
}

/// A new phrase, to be written down before its account is made. It is forgotten when the account was added, the keystore
/// locked, another one asked for, or ten minutes have passed.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhraseView {
    /// The words, in their order.
    pub words: Vec<String>,
    /// The account that they give.
    pub account: String,
}

/// Makes an account of the phrase that was shown.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewAccountRequest {
    /// What its user calls it.
    pub label: String,
    /// Some of the words that were shown, by place (from 1), to show that they were written down: at least three.
    pub check: Vec<WordCheck>,
}

/// One word of a phrase.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordCheck {
    /// Its place, from 1.
    pub place: u32,
    /// The word.
    pub word: String,
}

/// Takes a key in.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// What its user calls it.
    pub label: String,
    /// The key.
    pub source: ImportSource,
}

/// In what form a key comes.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ImportSource {
    /// A BIP-39 phrase; the account at `m/44'/60'/0'/0/index`.
    Phrase {
        /// The words.
        phrase: String,
        /// The passphrase beside it, mostly empty.
        passphrase: String,
        /// Which account, from 0.
        index: u32,
    },
    /// A private key of an EVM account, hex.
    EvmKey {
        /// 64 hexadecimal digits.
        hex: String,
    },
    /// A key file of an EVM account (Web3 Secret Storage, version 3).
    KeyFile {
        /// The file's text.
        json: String,
        /// Its password.
        password: String,
    },
    /// An Arweave wallet (JWK).
    Arweave {
        /// The file's text.
        json: String,
    },
}

/// Names a key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyRequest {
    /// Its id.
    pub id: String,
}

/// Gives a key another label.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RenameKeyRequest {
    /// Its id.
    pub id: String,
    /// The new label.
    pub label: String,
}

/// A file that was written, or not because the person closed the window that asks where.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// Its path; null: nothing was written.
    pub path: Option<String>,
}

/// A text to be written to a file that the person chooses.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveTextRequest {
    /// Proposed name of the file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What restoring a backup would do. The backup stays open here for ten minutes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestorePreview {
    /// The file; null: the person chose none.
    pub path: Option<String>,
    /// Keys that would be added.
    pub added: Vec<KeyRow>,
    /// Keys that are here already.
    pub present: Vec<KeyRow>,
    /// Keys whose label differs: as they are in the backup.
    pub differing: Vec<KeyRow>,
}

/// Does what the preview said.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreRequest {
    /// Ids of differing keys that become as they are in the backup.
    pub take_theirs: Vec<String>,
}

impl Drop for PhraseView {
    fn drop(&mut self) {
        self.words.zeroize();
    }
}

redacted!(
    PasswordRequest,
    UnlockRequest,
    ChangePasswordRequest,
    PhraseView,
    NewAccountRequest,
    WordCheck,
    ImportRequest,
    ImportSource
);
