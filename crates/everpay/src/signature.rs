//! Who signed a message: EVM, Arweave and EverID signatures (section 3).
//!
//! What always holds: a signature is accepted exactly where the reference accepts it, since a stricter check would
//! raise false alarms and a laxer one would miss fraud.
//! What it does not do: know which keys an EverID has. An EverID signature is checked against the key inside it, and the
//! key is returned; the ledger must ask whether it is registered.

use crypto::pss::PublicKey;
use crypto::secp::Recoverer;

use crate::account::AccountId;
use crate::fido2::{self, Passkeys};
use crate::hash::{EverHash, Nonce};
use crate::json;

/// Up to and including this nonce (2023-11-29T16:00Z) Arweave accounts may sign either hash, later only SHA-256.
const CUT_OVER: Nonce = Nonce::new(1_701_273_600_000);

/// Which hash of the message was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashUsed {
    /// The EIP-191 hash, the transaction's id.
    Eip191,
    /// SHA-256 of the message.
    Sha256,
}

impl HashUsed {
    /// `eip191` or `sha256`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eip191 => "eip191",
            Self::Sha256 => "sha256",
        }
    }
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The hash that was signed.
    pub hash_used: HashUsed,
    /// The key that an EverID signature brought along; `None` for accounts that are keys themselves.
    pub ever_id_key: Option<EverIdKey>,
}

/// A key as it stands in an EverID signature. Nothing says yet that it belongs to the EverID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EverIdKey {
    /// `ECDSA`, `RSA` or `FIDO2`.
    pub kind: &'static str,
    /// The public part, base64url as sent.
    pub public: String,
}

/// What a signature must fit.
#[derive(Debug, Clone, Copy)]
pub struct SignedText<'a> {
    /// The account that must have signed.
    pub from: &'a AccountId,
    /// The nonce that decides the cut-over.
    pub nonce: Nonce,
    /// The EIP-191 hash of the text.
    pub ever_hash: &'a EverHash,
    /// The text.
    pub message: &'a str,
}

/// A label for people; the protocol knows only `err_invalid_signature`.
pub(crate) type Reason = &'static str;

/// Checks signatures; one for all threads.
#[derive(Debug, Default)]
pub struct Verifier {
    recoverer: Recoverer,
    passkeys: Passkeys,
}

impl Verifier {
    /// With the origins and relying parties that passkeys may name.
    #[must_use]
    pub fn new(passkeys: Passkeys) -> Self {
        Self { recoverer: Recoverer::new(), passkeys }
    }

    /// Whether `sig` is the account's signature of the text.
    ///
    /// # Errors
    /// A label of what is wrong.
    pub fn verify(&self, sig: &str, text: SignedText<'_>) -> Result<Signed, &'static str> {
        match text.from {
            AccountId::Evm(address) => {
                if self.recover(text.ever_hash, sig)? == *address {
                    Ok(Signed { hash_used: HashUsed::Eip191, ever_id_key: None })
                } else {
                    Err("signer")
                }
            }
            AccountId::Arweave(address) => verify_arweave(sig, address.as_str(), text),
            AccountId::EverId(_) => self.verify_ever_id(sig, text),
        }
    }

    fn recover(&self, ever_hash: &EverHash, sig: &str) -> Result<[u8; 20], Reason> {
        self.recoverer.recover(ever_hash.as_bytes(), &parse_evm(sig)?).ok_or("recover")
    }

    fn verify_ever_id(&self, sig: &str, text: SignedText<'_>) -> Result<Signed, Reason> {
        let mut parts = sig.splitn(3, ',');
        let (Some(key_sig), Some(public), Some(kind)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("parts");
        };
        let hash = text.ever_hash;
        let kind = match kind {
            "ECDSA" => {
                let key = self.recoverer.recover_key(hash.as_bytes(), &parse_evm(key_sig)?).ok_or("recover")?;
                if decode(public)? != key {
                    return Err("signer");
                }
                "ECDSA"
            }
            "RSA" => {
                let key = PublicKey::from_modulus(&decode(public)?).map_err(|_| "key")?;
                if !key.verify(hash.as_bytes(), &decode(key_sig)?) {
                    return Err("rsa");
                }
                "RSA"
            }
            "FIDO2" => {
                // The challenge is the text of the hash, not its bytes.
                let challenge = hash.to_string();
                fido2::verify(key_sig, public, challenge.as_bytes(), &self.passkeys)
                    .map_err(fido2::AssertionError::label)?;
                "FIDO2"
            }
            _ => return Err("key type"),
        };
        Ok(Signed { hash_used: HashUsed::Eip191, ever_id_key: Some(EverIdKey { kind, public: public.to_owned() }) })
    }
}

/// `0x` and 130 digits; r, s and v are judged by the recovery.
fn parse_evm(sig: &str) -> Result<[u8; 65], Reason> {
    let digits = sig.strip_prefix("0x").ok_or("signature form")?;
    if digits.len() != 130 {
        return Err("signature length");
    }
    crypto::hexs::decode_array(digits).map_err(|_| "signature form")
}

fn decode(text: &str) -> Result<Vec<u8>, Reason> {
    crypto::b64::decode_lenient(text).map_err(|_| "base64")
}

fn verify_arweave(sig: &str, address: &str, text: SignedText<'_>) -> Result<Signed, Reason> {
    let (sig, owner) = sig.split_once(',').ok_or("parts")?;
    // A second comma would be in `owner`, where base64 has none.
    let owner = decode(owner)?;
    if crypto::b64::encode(&crypto::sha256(&owner)) != address {
        return Err("signer");
    }
    let key = PublicKey::from_modulus(&owner).map_err(|_| "key")?;
    let sig = decode(sig)?;
    let signed = |hash_used| Ok(Signed { hash_used, ever_id_key: None });
    if text.nonce <= CUT_OVER && key.verify(text.ever_hash.as_bytes(), &sig) {
        return signed(HashUsed::Eip191);
    }
    if key.verify(&crypto::sha256(text.message.as_bytes()), &sig) {
        return signed(HashUsed::Sha256);
    }
    Err("rsa")
}

/// The signature in today's form. Early Arweave clients put their key into `data` as `arOwner`.
pub(crate) fn with_owner<'a>(sig: &'a str, from: &AccountId, data: &str) -> Result<std::borrow::Cow<'a, str>, Reason> {
    if !matches!(from, AccountId::Arweave(_)) || sig.contains(',') {
        return Ok(sig.into());
    }
    let owner = json::text_member(data, "arOwner").map_err(|json::Mismatch| "owner")?;
    Ok(format!("{sig},{owner}").into())
}
