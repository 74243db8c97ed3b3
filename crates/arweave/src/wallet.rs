//! A wallet: an RSA key that signs transactions and everPay messages.
//!
//! What always holds: the secret is never printed; text forms of it are wiped when dropped; a key file that
//! others can read is refused, and one that we write is readable by its owner only.
//! Key format: JWK (RFC 7517), as Arweave wallets export it. Signatures: RSA-PSS, SHA-256, salt of 32 bytes.

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;

use crypto::{b64, sha256};
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa, RsaPrivateKeyBuilder};
use openssl::sign::{RsaPssSaltlen, Signer};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::ids::Address;
use crate::pss;

/// Key size of ordinary Arweave wallets, in bits.
pub const KEY_BITS: u32 = 4096;
const SALT_LEN: i32 = 32;
const FILE_LEN_MAX: u64 = 64 * 1024;

/// Why a wallet cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    /// The file cannot be read or written.
    #[error("wallet file: {0}")]
    Io(#[from] std::io::Error),
    /// The file can be read by others; `mode` are its permission bits.
    #[error("wallet file may be read by others (mode {mode:o}); make it 600")]
    Exposed {
        /// Permission bits of the file.
        mode: u32,
    },
    /// Not the JWK of an RSA private key.
    #[error("not the JWK of an RSA private key")]
    NotAKey,
    /// The numbers do not belong together, or the key is too short or too long.
    #[error("the key is broken or outside 2048 to 8192 bits")]
    BadKey,
    /// The cryptographic library failed.
    #[error("key operation failed: {0}")]
    Crypto(#[from] ErrorStack),
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Jwk {
    kty: String,
    n: String,
    e: String,
    d: String,
    p: String,
    q: String,
    dp: String,
    dq: String,
    qi: String,
}

/// An RSA key pair. `Debug` shows the address only.
#[derive(Clone)]
pub struct Wallet {
    key: PKey<Private>,
    owner: Vec<u8>,
    address: Address,
}

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wallet({}, secret redacted)", self.address)
    }
}

impl Wallet {
    /// Makes a new key with the operating system's randomness. Slow (seconds at [`KEY_BITS`]): not for async code.
    ///
    /// # Errors
    /// [`WalletError::BadKey`] for sizes outside 2048 to 8192 bits.
    pub fn generate(bits: u32) -> Result<Self, WalletError> {
        if !(2048..=8192).contains(&bits) || !bits.is_multiple_of(8) {
            return Err(WalletError::BadKey);
        }
        Self::from_rsa(Rsa::generate(bits)?)
    }

    /// Reads a JWK.
    ///
    /// # Errors
    /// [`WalletError::NotAKey`] or [`WalletError::BadKey`]; the text is never part of the error.
    pub fn from_jwk(json: &str) -> Result<Self, WalletError> {
        let jwk: Jwk = serde_json::from_str(json).map_err(|_| WalletError::NotAKey)?;
        if jwk.kty != "RSA" || number(&jwk.e)? != BigNum::from_u32(65537)? {
            return Err(WalletError::NotAKey);
        }
        let rsa = RsaPrivateKeyBuilder::new(number(&jwk.n)?, number(&jwk.e)?, number(&jwk.d)?)?
            .set_factors(number(&jwk.p)?, number(&jwk.q)?)?
            .set_crt_params(number(&jwk.dp)?, number(&jwk.dq)?, number(&jwk.qi)?)?
            .build();
        Self::from_rsa(rsa)
    }

    fn from_rsa(rsa: Rsa<Private>) -> Result<Self, WalletError> {
        let owner = rsa.n().to_vec();
        if !pss::owner_len_ok(&owner) || !rsa.check_key().unwrap_or(false) {
            return Err(WalletError::BadKey);
        }
        Ok(Self { key: PKey::from_rsa(rsa)?, address: Address::of_owner(&owner), owner })
    }

    /// The key as JWK; wiped when dropped.
    ///
    /// # Errors
    /// [`WalletError::Crypto`] if the library fails.
    pub fn to_jwk(&self) -> Result<Zeroizing<String>, WalletError> {
        let rsa = self.key.rsa()?;
        let (p, q) = (rsa.p().ok_or(WalletError::BadKey)?, rsa.q().ok_or(WalletError::BadKey)?);
        let text = |number: &openssl::bn::BigNumRef| b64::encode(&Zeroizing::new(number.to_vec()));
        let mut inverse = BigNum::new()?;
        inverse.mod_inverse(q, p, &mut *BigNumContext::new()?)?;
        let jwk = Jwk {
            kty: "RSA".into(),
            n: text(rsa.n()),
            e: text(rsa.e()),
            d: text(rsa.d()),
            p: text(p),
            q: text(q),
            dp: text(rsa.dmp1().ok_or(WalletError::BadKey)?),
            dq: text(rsa.dmq1().ok_or(WalletError::BadKey)?),
            qi: text(&inverse),
        };
        inverse.clear();
        Ok(Zeroizing::new(serde_json::to_string(&jwk).map_err(|_| WalletError::BadKey)?))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`WalletError::Exposed`] if group or others have any permission on it; else as [`Wallet::from_jwk`].
    pub fn load(path: &Path) -> Result<Self, WalletError> {
        let file = std::fs::File::open(path)?;
        refuse_exposed(&file.metadata()?)?;
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_LEN_MAX).read_to_string(&mut text)?;
        Self::from_jwk(&text)
    }

    /// Writes a new key file that only its owner can read. An existing file is never replaced.
    ///
    /// # Errors
    /// [`WalletError::Io`], also if the file exists.
    pub fn save(&self, path: &Path) -> Result<(), WalletError> {
        let jwk = self.to_jwk()?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(jwk.as_bytes())?;
        Ok(file.sync_all()?)
    }

    /// The address.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The RSA modulus, big-endian.
    pub fn owner(&self) -> &[u8] {
        &self.owner
    }

    /// RSA-PSS over SHA-256 of `message`, salt of 32 bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.try_sign(message).expect("a checked RSA key of at least 2048 bits signs any message")
    }

    /// As [`sign`](Self::sign) for a 32-byte digest, which is hashed once more (section 3.2 of the notes).
    pub fn sign_digest(&self, digest: &[u8; 32]) -> Vec<u8> {
        self.sign(digest)
    }

    /// Signs an everPay message as an Arweave account does today: `signature,owner` over SHA-256 of the message.
    pub fn sign_message(&self, message: &[u8]) -> String {
        let signature = self.sign_digest(&sha256(message));
        format!("{},{}", b64::encode(&signature), b64::encode(&self.owner))
    }

    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key)?;
        signer.set_rsa_padding(Padding::PKCS1_PSS)?;
        signer.set_rsa_mgf1_md(MessageDigest::sha256())?;
        signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(SALT_LEN))?;
        signer.sign_oneshot_to_vec(message)
    }
}

fn number(text: &str) -> Result<BigNum, WalletError> {
    let bytes = Zeroizing::new(b64::decode(text).map_err(|_| WalletError::NotAKey)?);
    Ok(BigNum::from_slice(&bytes)?)
}

#[cfg(unix)]
fn refuse_exposed(metadata: &std::fs::Metadata) -> Result<(), WalletError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(WalletError::Exposed { mode }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &std::fs::Metadata) -> Result<(), WalletError> {
    Ok(())
}
