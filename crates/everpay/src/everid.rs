//! EverIDs: the id of an e-mail address, its passkey user id, and the e-mail check of a registration (sections 1, 4.2).

use crypto::pss::PublicKey;
use serde::Deserialize;

use crate::account::AccountId;
use crate::hash::Nonce;
use crate::refusal::Refusal;

/// Seconds an e-mail code is valid.
const CODE_VALID_S: i64 = 300;

/// The EverID of an e-mail address: blanks around it and letter case do not matter.
#[must_use]
pub fn from_email(email: &str) -> String {
    let body = crypto::sha256(email.trim().to_lowercase().as_bytes());
    let checksum = crypto::sha256_parts(&[b"eid", &body]);
    format!("eid{}{}", crypto::hexs::encode(&body), crypto::hexs::encode(&checksum[..2]))
}

/// The user id under which passkeys keep an EverID. `chain_id` is the everPay chain id, `expiration_s` is set for
/// further keys only.
#[must_use]
pub fn user_id(ever_id: &str, chain_id: u64, expiration_s: Option<u64>) -> String {
    let expiration = expiration_s.map(|seconds| seconds.to_string()).unwrap_or_default();
    let text = format!("{}{chain_id}{expiration}", ever_id.to_lowercase());
    crypto::b64::encode(&crypto::sha256(text.as_bytes())[..10])
}

/// What a registration says about its e-mail check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MailVerify {
    /// When the code was sent, Unix seconds.
    pub timestamp: i64,
    /// `signature,modulus` of the ledger's owner, base64url.
    pub sig: String,
    /// The code from the e-mail.
    pub code: String,
}

impl MailVerify {
    /// Reads the member `mailVerify` of a registration's data.
    ///
    /// # Errors
    /// [`Refusal::NotJsonData`] when it is missing or malformed.
    pub fn parse(data: &str) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        struct Data {
            #[serde(rename = "mailVerify")]
            mail_verify: MailVerify,
        }
        serde_json::from_str::<Data>(data).map(|data| data.mail_verify).map_err(|_| Refusal::NotJsonData)
    }

    /// Checks the code: not older than five minutes by the transaction's own clock, signed by the ledger's owner.
    ///
    /// # Errors
    /// [`Refusal::EmailCodeExpired`], [`Refusal::RegisterSig`] for another signer, [`Refusal::InvalidSignature`].
    pub fn verify(&self, owner: &str, ever_id: &AccountId, nonce: Nonce) -> Result<(), Refusal> {
        let age = (nonce.get() / 1000).checked_sub(self.timestamp);
        if !age.is_some_and(|age| (0..=CODE_VALID_S).contains(&age)) {
            return Err(Refusal::EmailCodeExpired);
        }
        let (sig, modulus) = self.sig.split_once(',').ok_or(Refusal::RegisterSig)?;
        let modulus = crypto::b64::decode_lenient(modulus).map_err(|_| Refusal::RegisterSig)?;
        if crypto::b64::encode(&crypto::sha256(&modulus)) != owner {
            return Err(Refusal::RegisterSig);
        }
        let key = PublicKey::from_modulus(&modulus).map_err(|_| Refusal::InvalidSignature)?;
        let sig = crypto::b64::decode_lenient(sig).map_err(|_| Refusal::InvalidSignature)?;
        let digest = crypto::eip191_hash(format!("{}{}{ever_id}", self.timestamp, self.code).as_bytes());
        if key.verify(&digest, &sig) { Ok(()) } else { Err(Refusal::InvalidSignature) }
    }
}
