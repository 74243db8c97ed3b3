//! The keystore: its file, what is encrypted in it, and the keys of other wallets.

use crate::Target;
use crate::everpay::text;
use ::keystore::{Label, NewKey, Phrase, ShareName, fuzzing};
use serde_json::Value;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("keystore_file", fuzzing::file, files, 3_000),
    Target::new("keystore_content", fuzzing::content, contents, 3_000),
    Target::new("keystore_v3", v3, v3_files, 500),
    Target::new("keystore_key_text", key_text, key_texts, 5_000),
];

const FILE: &str = include_str!("../../keystore/tests/vectors/keystore-v1.hex");
/// The definition's example of PBKDF2, with one pass and the code of authentication that this gives.
const V3: &str = include_str!("v3.json");
const SCRYPT: &str = include_str!("../../keystore/tests/vectors/web3-scrypt.json");
const V3_PASSWORD: &str = "testpassword";

fn files() -> Vec<Vec<u8>> {
    crypto::hexs::decode(&FILE.split_whitespace().collect::<String>()).into_iter().collect()
}

fn contents() -> Vec<Vec<u8>> {
    fuzzing::contents()
}

/// A key file of another wallet; those that ask for much work are left out, as its bounds have tests.
fn v3(bytes: &[u8]) -> bool {
    const WORK_MAX: u64 = 4_096;
    let Some(json) = text(bytes) else { return false };
    let params = serde_json::from_str::<Value>(json).ok().and_then(|file| {
        let crypto = file.get("crypto").or_else(|| file.get("Crypto"))?;
        crypto.get("kdfparams").cloned()
    });
    let number = |name: &str| params.as_ref().and_then(|params| params[name].as_u64()).unwrap_or(1);
    let work = ["n", "r", "p", "c"].iter().fold(1, |work: u64, name| work.saturating_mul(number(name)));
    work <= WORK_MAX && NewKey::from_evm_v3(json, V3_PASSWORD).is_ok()
}

fn v3_files() -> Vec<Vec<u8>> {
    [V3, SCRYPT].map(|json| json.as_bytes().to_vec()).to_vec()
}

/// Phrases, raw keys, labels and names of shares, as people paste them.
fn key_text(bytes: &[u8]) -> bool {
    if let Some(name) = ShareName::new(bytes) {
        assert_eq!(name.as_bytes(), bytes);
    }
    let Some(text) = text(bytes) else { return false };
    let phrase = Phrase::parse(text).ok();
    if let Some(phrase) = &phrase {
        assert_eq!(Phrase::parse(&phrase.words()).map(|again| again.words()), Ok(phrase.words()));
    }
    if let Ok(label) = Label::new(text) {
        assert_eq!(label.as_str(), text);
        assert!(!text.chars().any(::keystore::is_unseen));
    }
    phrase.is_some() || NewKey::from_evm_hex(text).is_ok()
}

fn key_texts() -> Vec<Vec<u8>> {
    let texts = [
        "test test test test test test test test test test test junk",
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "Main",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
