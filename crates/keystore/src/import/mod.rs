//! Keys on their way into a keystore: made new, or read from the forms that other wallets export.
//!
//! What always holds: nothing here touches a file; a [`NewKey`] exists only if its secret is valid and belongs to its
//! identity; foreign parameters are bounded before any work is done for them; no error carries a part of a secret.

mod bounds;
mod phrase;
mod scrypt;
mod v3;

use std::fmt;

use arweave::Wallet;
use zeroize::Zeroizing;

use crate::entry::{Identity, SECRET_LEN_MAX, Secret, ShareName};
use crate::random::{self, NoRandomness};

pub use phrase::{Phrase, PhraseError, WordCount};
pub use v3::V3Error;

/// Most bytes of a key file of another wallet.
pub const IMPORT_LEN_MAX: usize = 64 * 1024;

/// Text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hexadecimal digits, or not a number that can be a key.
    #[error("not the private key of an EVM account")]
    NotAnEvmKey,
    /// Not the JWK of an RSA key of 2048 to 8192 bits whose numbers belong together.
    #[error("not the JWK of an Arweave account")]
    NotAnArweaveKey,
    /// A share is empty or too large.
    #[error("a share has 1 to {SECRET_LEN_MAX} bytes")]
    NotAShare,
}

impl KeyError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnEvmKey => "not_an_evm_key",
            Self::NotAnArweaveKey => "not_an_arweave_key",
            Self::NotAShare => "not_a_share",
        }
    }
}

/// A key that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The library refused.
    #[error("making an Arweave key: {0}")]
    Arweave(#[from] arweave::WalletError),
}

/// A key that is not in a keystore yet: its identity may be shown, its secret may not. Zeroised on drop.
#[derive(Clone)]
pub struct NewKey {
    identity: Identity,
    secret: Secret,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({}, secret redacted)", self.identity)
    }
}

impl NewKey {
    /// Makes a key of an EVM account with the operating system's randomness. A key that stands in no recovery phrase:
    /// back the keystore up.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate_evm() -> Result<Self, NoRandomness> {
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            random::fill(&mut bytes[..])?;
            // Fails once in 2^128: bytes that are no key.
            if let Ok(key) = Self::from_evm_bytes(&bytes) {
                return Ok(key);
            }
        }
    }

    /// Makes a key of an Arweave account of the ordinary size. Takes seconds: not for async code.
    ///
    /// # Errors
    /// The library's.
    pub fn generate_arweave() -> Result<Self, GenerateError> {
        Ok(Self::from_wallet(&Wallet::generate(arweave::wallet::KEY_BITS)?)?)
    }

    /// Reads 64 hexadecimal digits, with or without `0x`, white space around them allowed.
    ///
    /// # Errors
    /// [`KeyError::NotAnEvmKey`].
    pub fn from_evm_hex(text: &str) -> Result<Self, KeyError> {
        let bytes = crypto::hexs::decode_array(text.trim()).map(Zeroizing::new).map_err(|_| KeyError::NotAnEvmKey)?;
        Self::from_evm_bytes(&bytes)
    }

    /// Takes the 32 bytes of an EVM key, big-endian.
    ///
    /// # Errors
    /// [`KeyError::NotAnEvmKey`].
    pub fn from_evm_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = Secret::copy_of(bytes);
        let address = secret.evm_key().ok_or(KeyError::NotAnEvmKey)?.address();
        Ok(Self { identity: Identity::Evm(address), secret })
    }

    /// Reads the JWK file of an Arweave account. Slow (the factors are proven prime): not for async code.
    ///
    /// # Errors
    /// [`KeyError::NotAnArweaveKey`].
    pub fn from_arweave_jwk(json: &str) -> Result<Self, KeyError> {
        if json.len() > IMPORT_LEN_MAX {
            return Err(KeyError::NotAnArweaveKey);
        }
        let wallet = Wallet::from_jwk(json).map_err(|_| KeyError::NotAnArweaveKey)?;
        Self::from_wallet(&wallet).map_err(|_| KeyError::NotAnArweaveKey)
    }

    fn from_wallet(wallet: &Wallet) -> Result<Self, arweave::WalletError> {
        // Written anew, so that what else stood in a foreign file is not kept.
        let jwk = wallet.to_jwk()?;
        Ok(Self { identity: Identity::Arweave(wallet.address()), secret: Secret::copy_of(jwk.as_bytes()) })
    }

    /// Takes a share of a key that several hold. The bytes stay opaque.
    ///
    /// # Errors
    /// [`KeyError::NotAShare`].
    pub fn from_share(name: ShareName, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.is_empty() || bytes.len() > SECRET_LEN_MAX {
            return Err(KeyError::NotAShare);
        }
        Ok(Self { identity: Identity::Share(name), secret: Secret::copy_of(bytes) })
    }

    /// The public half, to be shown before the key is added.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn into_parts(self) -> (Identity, Secret) {
        (self.identity, self.secret)
    }
}
