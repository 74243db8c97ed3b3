//! An authenticated file of settings: readable, and worth nothing when somebody else changed it.
//!
//! HMAC-SHA-256 (RFC 2104) over what it is, the serial number and the settings in one fixed spelling, so that blanks and the order of lines
//! do not matter and every value does. The serial number keeps an older, looser file from being put back.

use crate::policy::{Policy, PolicyError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

const BLOCK_LEN: usize = 64;

/// The key of the seal; printed as redacted. Who holds the unlocked keystore derives it there and wipes it.
pub struct MacKey([u8; 32]);

/// Settings that come in sealed files.
pub trait Settings: Serialize + DeserializeOwned {
    /// What they are, so that a seal of one thing is none of another.
    const NAME: &'static str;

    /// Checks what reading alone does not.
    ///
    /// # Errors
    /// What is wrong.
    fn checked(self) -> Result<Self, PolicyError>;
}

impl Settings for Policy {
    const NAME: &'static str = "everwatch policy 1";

    fn checked(self) -> Result<Self, PolicyError> {
        Self::checked(self)
    }
}

/// Settings whose seal was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed<T> {
    /// The settings.
    pub settings: T,
    /// Their number; each change counts on.
    pub serial: u64,
}

/// Why a sealed file is refused.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Not the format of the envelope.
    #[error("not a sealed file: {0}")]
    Format(#[from] serde_json::Error),
    /// Changed, or sealed under another key.
    #[error("the file was changed by somebody without the key")]
    Broken,
    /// An older file than one that was in force.
    #[error("file number {found} is older than number {known}")]
    Older {
        /// Its number.
        found: u64,
        /// The newest that was in force.
        known: u64,
    },
    /// Rightly sealed and no policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope<T> {
    serial: u64,
    settings: T,
    mac: String,
}

/// The text of a file with these settings.
#[must_use]
pub fn seal<T: Settings>(settings: &T, serial: u64, key: &MacKey) -> String {
    let mac = crypto::hexs::encode0x(&mac(settings, serial, key));
    serde_json::to_string_pretty(&Envelope { serial, settings, mac }).expect("plain data with texts as keys")
}

/// Reads such a file. `serial_min`: the newest number known to have been in force; 0 when none was.
///
/// # Errors
/// When it is no such file, not ours, or older.
pub fn open<T: Settings>(text: &str, serial_min: u64, key: &MacKey) -> Result<Sealed<T>, SealError> {
    let Envelope { serial, settings, mac: given } = serde_json::from_str::<Envelope<T>>(text)?;
    let given = crypto::hexs::decode_array::<32>(&given).map_err(|_| SealError::Broken)?;
    if !same(&given, &mac(&settings, serial, key)) {
        return Err(SealError::Broken);
    }
    if serial < serial_min {
        return Err(SealError::Older { found: serial, known: serial_min });
    }
    Ok(Sealed { settings: settings.checked()?, serial })
}

fn mac<T: Settings>(settings: &T, serial: u64, key: &MacKey) -> [u8; 32] {
    let text = serde_json::to_vec(settings).expect("plain data with texts as keys");
    hmac_sha256(&key.0, &[T::NAME.as_bytes(), b"\n", &serial.to_be_bytes(), &text])
}

fn hmac_sha256(key: &[u8; 32], message: &[&[u8]]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; BLOCK_LEN];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let (inner, outer) = (pad(0x36), pad(0x5c));
    let parts: Vec<&[u8]> = std::iter::once(&inner[..]).chain(message.iter().copied()).collect();
    crypto::sha256_parts(&[&outer, &crypto::sha256_parts(&parts)])
}

/// Looks at every byte, whatever it finds.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

impl MacKey {
    /// Takes the key as it is.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    struct Other(Policy);

    impl Settings for Other {
        const NAME: &'static str = "other settings";

        fn checked(self) -> Result<Self, PolicyError> {
            Ok(self)
        }
    }

    fn policy() -> Policy {
        let token =
            r#"{"payoutMax":"100","window":{"hours":24,"max":"150"},"recipient":null,"delay":null,"autoUpTo":"1"}"#;
        let lists = r#""deny":[],"allow":null"#;
        Policy::parse(&format!(r#"{{"version":1,"stopped":false,"tokens":{{"a-b-c":{token}}},{lists}}}"#)).unwrap()
    }

    #[test]
    fn the_mac_is_hmac_sha256_of_rfc_4231_for_keys_of_32_bytes() {
        // Test case 1 of RFC 4231 has a key of 20 bytes, which padding with zeros to the block makes equal to this one.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let want = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(crypto::hexs::encode(&hmac_sha256(&key, &[b"Hi ", b"There"])), want);
        assert_eq!(format!("{:?}", MacKey::new(key)), "MacKey(redacted)");
    }

    #[test]
    fn a_sealed_policy_opens_with_its_key_unchanged_and_not_older() {
        let (key, other) = (MacKey::new([1; 32]), MacKey::new([2; 32]));
        let sealed = seal(&policy(), 3, &key);
        let opened: Sealed<Policy> = open(&sealed, 3, &key).unwrap();
        assert_eq!((opened.settings, opened.serial), (policy(), 3));
        let spaced = sealed.replace('\n', "\n\n");
        assert!(open::<Policy>(&spaced, 0, &key).is_ok());
        assert!(matches!(open::<Policy>(&sealed, 0, &other), Err(SealError::Broken)));
        assert!(matches!(open::<Policy>(&sealed, 4, &key), Err(SealError::Older { found: 3, known: 4 })));
        for (from, to) in
            [("\"100\"", "\"101\""), ("\"serial\": 3", "\"serial\": 4"), ("\"hours\": 24", "\"hours\": 23")]
        {
            assert!(sealed.contains(from), "{from}");
            assert!(matches!(open::<Policy>(&sealed.replacen(from, to, 1), 0, &key), Err(SealError::Broken)), "{from}");
        }
        assert!(matches!(open::<Policy>(&policy().to_text(), 0, &key), Err(SealError::Format(_))));
    }

    #[test]
    fn a_seal_of_one_kind_of_settings_is_none_of_another() {
        let (other, key) = (Other(policy()), MacKey::new([1; 32]));
        let sealed = seal(&other, 1, &key);
        assert_eq!(open::<Other>(&sealed, 1, &key).unwrap().settings, other);
        assert!(matches!(open::<Policy>(&sealed, 1, &key), Err(SealError::Broken)));
    }
}
