//! What a keystore holds: labelled keys, each with a public identity and a secret.
//!
//! What always holds: an identity and its secret belong together (checked when a key is made or imported, again when an
//! EVM key is read from a file, and for an Arweave key before its first signature); an id follows from the identity, so
//! one key has one id in every file. Secrets are zeroised on drop, print as redacted and cannot be serialised.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use arweave::Wallet;
use crypto::secp::EvmKey;
use everpay::AccountId;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::label::Label;

/// Most bytes of a share's name.
pub const SHARE_NAME_LEN_MAX: usize = 128;
/// Most bytes of one secret.
pub const SECRET_LEN_MAX: usize = 64 * 1024;

/// What kind of key an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A secp256k1 key of an EVM account.
    Evm,
    /// An RSA key of an Arweave account.
    Arweave,
    /// A share of a key that several hold, opaque to this crate.
    Share,
}

impl Kind {
    /// `evm`, `arweave` or `share`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evm => "evm",
            Self::Arweave => "arweave",
            Self::Share => "share",
        }
    }
}

/// What a share is a share of: bytes that its scheme chooses, such as group key and member number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShareName(Vec<u8>);

impl ShareName {
    /// A name of 1 to [`SHARE_NAME_LEN_MAX`] bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=SHARE_NAME_LEN_MAX).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for ShareName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShareName({})", crypto::hexs::encode(&self.0))
    }
}

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// An EVM address.
    Evm([u8; 20]),
    /// An Arweave address.
    Arweave(arweave::Address),
    /// The name of a share.
    Share(ShareName),
}

impl Identity {
    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Evm(_) => Kind::Evm,
            Self::Arweave(_) => Kind::Arweave,
            Self::Share(_) => Kind::Share,
        }
    }

    /// The everPay account that this key controls; a share controls none by itself.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Evm(address) => Some(AccountId::Evm(*address)),
            Self::Arweave(address) => {
                Some(AccountId::parse(&address.to_string()).expect("an Arweave address is an account"))
            }
            Self::Share(_) => None,
        }
    }

    /// The bytes of the address or name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Evm(address) => address,
            Self::Arweave(address) => address.as_bytes(),
            Self::Share(name) => name.as_bytes(),
        }
    }

    /// The id of the key that has this identity.
    #[must_use]
    pub fn id(&self) -> EntryId {
        let hash = crypto::sha256_parts(&[self.kind().as_str().as_bytes(), b":", self.as_bytes()]);
        EntryId(*hash.first_chunk().expect("16 of 32 bytes"))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evm(address) => f.write_str(&crypto::eip55(address)),
            Self::Arweave(address) => write!(f, "{address}"),
            Self::Share(name) => f.write_str(&crypto::hexs::encode(name.as_bytes())),
        }
    }
}

/// Text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a key")]
pub struct ParseEntryIdError;

/// The id of a key: the first 16 bytes of SHA-256 over kind, `:` and identity. Text: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId([u8; 16]);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crypto::hexs::encode(&self.0))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({self})")
    }
}

impl FromStr for EntryId {
    type Err = ParseEntryIdError;

    fn from_str(text: &str) -> Result<Self, ParseEntryIdError> {
        let bytes = crypto::hexs::decode_array(text).map_err(|_| ParseEntryIdError)?;
        let id = Self(bytes);
        if id.to_string() == text { Ok(id) } else { Err(ParseEntryIdError) }
    }
}

/// The public view of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub label: Label,
    /// Its public half.
    pub identity: Identity,
    /// When it was added, milliseconds of the Unix epoch by the caller's clock.
    pub created_ms: u64,
}

impl Entry {
    /// The id.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.identity.id()
    }
}

/// Bytes of a secret: on the heap in one place, zeroised on drop, compared in constant time.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl Secret {
    pub(crate) fn copy_of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The EVM key, if these are the 32 bytes of one.
    pub(crate) fn evm_key(&self) -> Option<EvmKey> {
        EvmKey::from_bytes(self.0.as_slice().try_into().ok()?).ok()
    }

    /// The Arweave key, if this is its JWK. Slow: the library proves the factors prime.
    pub(crate) fn wallet(&self) -> Option<Wallet> {
        Wallet::from_jwk(std::str::from_utf8(&self.0).ok()?).ok()
    }
}

/// A key with its secret, as it stands in an unlocked keystore.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) entry: Entry,
    pub(crate) secret: Secret,
    /// Read from the secret when it first signs.
    wallet: OnceLock<Wallet>,
}

impl Record {
    pub(crate) fn new(entry: Entry, secret: Secret) -> Self {
        Self { entry, secret, wallet: OnceLock::new() }
    }

    /// The EVM key; `None` for other kinds.
    pub(crate) fn evm_key(&self) -> Option<EvmKey> {
        let Identity::Evm(address) = self.entry.identity else { return None };
        self.secret.evm_key().filter(|key| key.address() == address)
    }

    /// The Arweave key; `None` for other kinds, or if the secret is another address's.
    pub(crate) fn wallet(&self) -> Option<&Wallet> {
        let Identity::Arweave(address) = self.entry.identity else { return None };
        if self.wallet.get().is_none() {
            let wallet = self.secret.wallet().filter(|wallet| wallet.address() == address)?;
            return Some(self.wallet.get_or_init(|| wallet));
        }
        self.wallet.get()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_id_follows_from_kind_and_identity_and_has_one_spelling() {
        let evm = Identity::Evm([7; 20]);
        let share = Identity::Share(ShareName::new(&[7; 20]).unwrap());
        assert_ne!(evm.id(), share.id());
        let text = evm.id().to_string();
        assert_eq!(text.parse::<EntryId>(), Ok(evm.id()));
        for bad in [text.to_uppercase(), format!("0x{text}"), text[2..].to_owned(), String::new()] {
            assert_eq!(bad.parse::<EntryId>(), Err(ParseEntryIdError), "{bad}");
        }
        assert_eq!(share.account(), None);
        assert_eq!(evm.account(), Some(AccountId::Evm([7; 20])));
        assert!(ShareName::new(&[]).is_none() && ShareName::new(&[0; SHARE_NAME_LEN_MAX + 1]).is_none());
    }

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::copy_of(b"do not print me");
        let entry = Entry { label: Label::new("a").unwrap(), identity: Identity::Evm([1; 20]), created_ms: 0 };
        let text = format!("{:?}", Record::new(entry, secret));
        assert!(text.contains("redacted") && !text.contains("print me") && !text.contains("100, 111"), "{text}");
    }
}
