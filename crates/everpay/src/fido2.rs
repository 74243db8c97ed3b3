//! Passkey assertions as EverIDs sign with them (section 4.1).
//!
//! What it does not do: know whether the credential belongs to an EverID. The signature is checked against the key that
//! came with it; membership is a matter of the ledger's state.

use serde::Deserialize;

use crate::cose::CoseKey;

/// Where assertions may come from. The reference has its lists built in; here they are configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkeys {
    /// Allowed origins of pages.
    pub origins: Vec<String>,
    /// Allowed relying parties.
    pub rp_ids: Vec<String>,
}

impl Default for Passkeys {
    /// The lists of the reference.
    fn default() -> Self {
        let origins = [
            "https://app.everpay.io",
            "https://app-dev.everpay.io",
            "https://beta-dev.everpay.io",
            "https://beta.everpay.io",
            "http://localhost:8080",
        ];
        Self {
            origins: origins.map(str::to_owned).to_vec(),
            rp_ids: ["localhost", "everpay.io"].map(str::to_owned).to_vec(),
        }
    }
}

/// Which check an assertion failed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Not readable at all.
    #[error("malformed")]
    Malformed,
    /// Made with another credential than the one presented.
    #[error("credential-id")]
    CredentialId,
    /// Not an answer to a login.
    #[error("type")]
    Type,
    /// Signed for another challenge.
    #[error("challenge")]
    Challenge,
    /// Made on a page that is not allowed.
    #[error("origin")]
    Origin,
    /// Made for another relying party.
    #[error("rpid")]
    RelyingParty,
    /// Nobody touched the device.
    #[error("user-present")]
    UserPresent,
    /// The device did not check who touched it.
    #[error("user-verified")]
    UserVerified,
    /// The signature does not hold.
    #[error("signature")]
    Signature,
}

impl AssertionError {
    /// A short label for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::CredentialId => "credential-id",
            Self::Type => "type",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::RelyingParty => "rpid",
            Self::UserPresent => "user-present",
            Self::UserVerified => "user-verified",
            Self::Signature => "signature",
        }
    }
}

#[derive(Deserialize)]
struct Assertion {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    signature: String,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
}

#[derive(Deserialize)]
struct Credential {
    id: String,
    #[serde(rename = "publicKey")]
    public_key: String,
}

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_MORE: u8 = 0x40 | 0x80;
/// Relying-party hash, flags and counter.
const AUTHENTICATOR_DATA_LEN: usize = 37;

/// Checks an assertion (base64 of its JSON) against the credential that came with it (base64 of its JSON) and the
/// challenge bytes.
///
/// # Errors
/// The first check that fails.
pub fn verify(assertion: &str, credential: &str, challenge: &[u8], allowed: &Passkeys) -> Result<(), AssertionError> {
    let assertion: Assertion = parse_base64(assertion)?;
    let credential: Credential = parse_base64(credential)?;
    check_credential_id(&assertion, &credential)?;
    let client_data = decode(&assertion.client_data)?;
    check_client_data(&client_data, challenge, allowed)?;
    let authenticator_data = decode(&assertion.authenticator_data)?;
    check_authenticator_data(&authenticator_data, allowed)?;
    let key = CoseKey::parse(&decode(&credential.public_key)?).ok_or(AssertionError::Malformed)?;
    let message = [&authenticator_data[..], &crypto::sha256(&client_data)].concat();
    if key.verify(&message, &decode(&assertion.signature)?) { Ok(()) } else { Err(AssertionError::Signature) }
}

fn check_credential_id(assertion: &Assertion, credential: &Credential) -> Result<(), AssertionError> {
    let (id, raw_id) = (decode(&assertion.id)?, decode(&assertion.raw_id)?);
    if id.is_empty() || id != raw_id || id != decode(&credential.id)? {
        return Err(AssertionError::CredentialId);
    }
    Ok(())
}

fn check_client_data(json: &[u8], challenge: &[u8], allowed: &Passkeys) -> Result<(), AssertionError> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| AssertionError::Malformed)?;
    if data.kind != "webauthn.get" {
        return Err(AssertionError::Type);
    }
    if data.challenge != crypto::b64::encode(challenge) {
        return Err(AssertionError::Challenge);
    }
    if !allowed.origins.contains(&data.origin) {
        return Err(AssertionError::Origin);
    }
    Ok(())
}

fn check_authenticator_data(data: &[u8], allowed: &Passkeys) -> Result<(), AssertionError> {
    let (rp_id_hash, rest) = data.split_first_chunk::<32>().ok_or(AssertionError::Malformed)?;
    let flags = *rest.first().ok_or(AssertionError::Malformed)?;
    let more = flags & HAS_MORE != 0;
    if data.len() < AUTHENTICATOR_DATA_LEN || (!more && data.len() > AUTHENTICATOR_DATA_LEN) {
        return Err(AssertionError::Malformed);
    }
    if !allowed.rp_ids.iter().any(|rp_id| crypto::sha256(rp_id.as_bytes()) == *rp_id_hash) {
        return Err(AssertionError::RelyingParty);
    }
    if flags & USER_PRESENT == 0 {
        return Err(AssertionError::UserPresent);
    }
    if flags & USER_VERIFIED == 0 {
        return Err(AssertionError::UserVerified);
    }
    Ok(())
}

fn parse_base64<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, AssertionError> {
    serde_json::from_slice(&decode(text)?).map_err(|_| AssertionError::Malformed)
}

fn decode(text: &str) -> Result<Vec<u8>, AssertionError> {
    crypto::b64::decode_any(text).map_err(|_| AssertionError::Malformed)
}
