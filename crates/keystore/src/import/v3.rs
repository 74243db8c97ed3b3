//! Key files of EVM wallets: the Web3 Secret Storage Definition, version 3, as geth and ethers write it.
//!
//! What always holds: costs are checked before the derivation runs; the code of authentication is compared in constant
//! time; a file that names an address is believed only if the key has it.
//! What it does not do: read versions 1 and 2, or the recovery phrase that some writers add in a section of their own.

use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::bounds::{DERIVED_LEN, Derivation};
use super::{IMPORT_LEN_MAX, NewKey};
use crate::entry::Identity;
use crate::password::{PASSWORD_LEN_MAX, nfkc};

type Aes128Ctr = ctr::Ctr128BE<aes::Aes128>;

/// Why a key file gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum V3Error {
    /// Not JSON of this kind.
    #[error("not a version 3 key file")]
    NotAKeyFile,
    /// A version, cipher or derivation that is not read here.
    #[error("the key file uses a method that is not read here")]
    Unsupported,
    /// A number or length out of its bounds; for costs, more than this machine will spend.
    #[error("the key file has a number or length out of bounds")]
    OutOfBounds,
    /// The password is another one, or the file was altered: this format cannot tell.
    #[error("wrong password, or the key file was altered")]
    WrongPassword,
    /// What was decrypted is no key, or another address's than the file says.
    #[error("the key file holds another key than it says")]
    WrongKey,
}

impl V3Error {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAKeyFile => "v3_not_a_key_file",
            Self::Unsupported => "v3_unsupported",
            Self::OutOfBounds => "v3_out_of_bounds",
            Self::WrongPassword => "v3_wrong_password",
            Self::WrongKey => "v3_wrong_key",
        }
    }
}

#[derive(Deserialize)]
struct File {
    version: u32,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
    address: Option<String>,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
    mac: String,
}

#[derive(Deserialize)]
struct CipherParams {
    iv: String,
}

/// The numbers of both derivations; which are needed depends on `kdf`.
#[derive(Deserialize)]
struct KdfParams {
    dklen: u32,
    salt: String,
    n: Option<u64>,
    r: Option<u32>,
    p: Option<u32>,
    c: Option<u32>,
    prf: Option<String>,
}

/// A key file whose numbers are checked.
struct Checked {
    derivation: Derivation,
    iv: [u8; 16],
    ciphertext: [u8; 32],
    mac: [u8; 32],
    address: Option<[u8; 20]>,
}

impl NewKey {
    /// Reads a version 3 key file. Takes as long as the file asks, some seconds at the bounds: not for async code.
    /// Passwords of any length are tried; as typed, then in the Unicode form that ethers uses.
    ///
    /// # Errors
    /// What is wrong with the file or the password.
    pub fn from_evm_v3(json: &str, password: &str) -> Result<Self, V3Error> {
        if password.len() > PASSWORD_LEN_MAX {
            return Err(V3Error::WrongPassword);
        }
        let file = parse(json)?;
        let normal = nfkc(password);
        let key = match decrypt(&file, password.as_bytes()) {
            None if *normal != *password => decrypt(&file, normal.as_bytes()),
            other => other,
        };
        let key = Self::from_evm_bytes(&*key.ok_or(V3Error::WrongPassword)?).map_err(|_| V3Error::WrongKey)?;
        match file.address {
            Some(address) if *key.identity() != Identity::Evm(address) => Err(V3Error::WrongKey),
            _ => Ok(key),
        }
    }
}

fn parse(json: &str) -> Result<Checked, V3Error> {
    if json.len() > IMPORT_LEN_MAX {
        return Err(V3Error::OutOfBounds);
    }
    let File { version, crypto, address } = serde_json::from_str(json).map_err(|_| V3Error::NotAKeyFile)?;
    if version != 3 || crypto.cipher != "aes-128-ctr" {
        return Err(V3Error::Unsupported);
    }
    // Some writers leave the address empty for privacy.
    let address = address.filter(|text| !text.is_empty()).map(|text| array(&text)).transpose()?;
    Ok(Checked {
        derivation: derivation(&crypto.kdf, &crypto.kdfparams)?,
        iv: array(&crypto.cipherparams.iv)?,
        ciphertext: array(&crypto.ciphertext)?,
        mac: array(&crypto.mac)?,
        address,
    })
}

fn array<const N: usize>(text: &str) -> Result<[u8; N], V3Error> {
    crypto::hexs::decode_array(text).map_err(|_| V3Error::OutOfBounds)
}

fn derivation(name: &str, params: &KdfParams) -> Result<Derivation, V3Error> {
    if params.dklen as usize != DERIVED_LEN {
        return Err(V3Error::OutOfBounds);
    }
    let salt = crypto::hexs::decode(&params.salt).map_err(|_| V3Error::OutOfBounds)?;
    let bounded = match (name, params.prf.as_deref()) {
        ("scrypt", _) => {
            let (Some(n), Some(r), Some(p)) = (params.n, params.r, params.p) else { return Err(V3Error::NotAKeyFile) };
            Derivation::scrypt(n, r, p, salt)
        }
        ("pbkdf2", Some("hmac-sha256")) => Derivation::pbkdf2(params.c.ok_or(V3Error::NotAKeyFile)?, salt),
        _ => return Err(V3Error::Unsupported),
    };
    bounded.ok_or(V3Error::OutOfBounds)
}

fn decrypt(file: &Checked, password: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let derived = file.derivation.derive(password);
    let (encrypts, authenticates) = derived.split_at(16);
    let mac = crypto::keccak256_parts(&[authenticates, &file.ciphertext]);
    if !bool::from(mac.ct_eq(&file.mac)) {
        return None;
    }
    let mut key = Zeroizing::new(file.ciphertext);
    let encrypts: &[u8; 16] = encrypts.try_into().expect("half of 32 bytes");
    Aes128Ctr::new(encrypts.into(), &file.iv.into()).apply_keystream(&mut key[..]);
    Some(key)
}
