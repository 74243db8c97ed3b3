//! Bundles: several transfers that all senders sign as one text (section 8). Static checks only; the ledger does not
//! execute bundles yet and says so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::hash::{EverHash, Nonce};
use crate::refusal::Refusal;
use crate::signature::{SignedText, Verifier};

/// A bundle as it stands in `data`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bundle {
    /// The transfers, in order.
    #[serde(default)]
    pub items: Vec<BundleItem>,
    /// Unix seconds after which no outer transaction may carry it.
    #[serde(default)]
    pub expiration: i64,
    /// A UUID.
    #[serde(default)]
    pub salt: String,
    /// `v1`.
    #[serde(default)]
    pub version: String,
    /// Signature by account id.
    #[serde(default)]
    pub sigs: BTreeMap<String, String>,
}

/// One transfer of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleItem {
    /// The token.
    #[serde(default)]
    pub tag: String,
    /// Its chain.
    #[serde(rename = "chainID", default)]
    pub chain_id: String,
    /// Sender.
    #[serde(default)]
    pub from: String,
    /// Recipient.
    #[serde(default)]
    pub to: String,
    /// Newer clients sign it, even when it is empty; older ones do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Base units.
    #[serde(default)]
    pub amount: String,
}

/// Why a bundle's inner part fails: the item, or −1 for the bundle as a whole, and the protocol's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InternalError {
    /// Index of the item, or −1.
    pub index: i64,
    /// Error code.
    pub msg: &'static str,
}

/// The one internal error that has no code.
const SAME_SIGNER: &str = "exist same signer";

impl Bundle {
    /// Reads the member `bundle` of a transaction's data.
    ///
    /// # Errors
    /// [`Refusal::InvalidBundleData`] when it is missing or malformed.
    pub fn from_data(data: &str) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        struct Data {
            bundle: Bundle,
        }
        serde_json::from_str::<Data>(data).map(|data| data.bundle).map_err(|_| Refusal::InvalidBundleData)
    }

    /// The text that all senders sign: compact JSON, members in fixed order, escaped as JavaScript does.
    #[must_use]
    pub fn sign_text(&self) -> String {
        #[derive(Serialize)]
        struct Text<'a> {
            items: &'a [BundleItem],
            expiration: i64,
            salt: &'a str,
            version: &'a str,
        }
        let text = Text { items: &self.items, expiration: self.expiration, salt: &self.salt, version: &self.version };
        serde_json::to_string(&text).expect("texts and integers are always JSON")
    }

    /// Runs the checks that need no ledger, in the reference's order. `nonce` is the outer transaction's, the clock of
    /// the expiry and the cut-over.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check(&self, nonce: Nonce, verifier: &Verifier) -> Result<(), InternalError> {
        let whole = |refusal: Refusal| InternalError { index: -1, msg: refusal.code() };
        if self.items.is_empty() {
            return Err(whole(Refusal::NotFoundBundleItems));
        }
        if self.version.to_lowercase() != "v1" {
            return Err(whole(Refusal::BundleVersion));
        }
        if !is_uuid(&self.salt) {
            return Err(whole(Refusal::BundleSalt));
        }
        if self.expiration < nonce.get() / 1000 {
            return Err(whole(Refusal::BundleExpired));
        }
        let sigs = self.signers()?;
        let message = self.sign_text();
        let ever_hash = EverHash::new(crypto::eip191_hash(message.as_bytes()));
        let mut verified = BTreeSet::new();
        for (index, item) in (0..).zip(&self.items) {
            let of_item = |refusal: Refusal| InternalError { index, msg: refusal.code() };
            let from = AccountId::parse(&item.from).map_err(whole)?;
            let sig = sigs.get(&from).ok_or(of_item(Refusal::NotFoundBundleSig))?;
            if verified.contains(&from) {
                continue;
            }
            let text = SignedText { from: &from, nonce, ever_hash: &ever_hash, message: &message };
            verifier.verify(sig, text).map_err(|_| of_item(Refusal::InvalidSignature))?;
            verified.insert(from);
        }
        Ok(())
    }

    fn signers(&self) -> Result<BTreeMap<AccountId, &str>, InternalError> {
        let mut signers = BTreeMap::new();
        for (id, sig) in &self.sigs {
            let id = AccountId::parse(id).map_err(|refusal| InternalError { index: -1, msg: refusal.code() })?;
            if signers.insert(id, sig.as_str()).is_some() {
                return Err(InternalError { index: -1, msg: SAME_SIGNER });
            }
        }
        Ok(signers)
    }
}

/// The four spellings that the reference's reader takes: plain, in braces, as a URN, and without dashes.
fn is_uuid(text: &str) -> bool {
    let plain = match text.len() {
        45 if text.get(..9).is_some_and(|urn| urn.eq_ignore_ascii_case("urn:uuid:")) => &text[9..],
        38 => text.get(1..37).unwrap_or_default(),
        32 => return text.bytes().all(|digit| digit.is_ascii_hexdigit()),
        _ => text,
    };
    plain.len() == 36
        && plain.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The text of a record's `internalStatus`.
#[must_use]
pub fn internal_status(error: Option<(i64, &str)>) -> String {
    #[derive(Serialize)]
    struct Failed<'a> {
        status: &'static str,
        index: i64,
        msg: &'a str,
    }
    match error {
        None => r#"{"status":"success"}"#.to_owned(),
        Some((index, msg)) => {
            serde_json::to_string(&Failed { status: "failed", index, msg }).expect("texts are always JSON")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts() {
        for good in [
            "23b35070-c5a5-4c66-94f8-ad6064ab5cfc",
            "23B35070C5A54C6694F8AD6064AB5CFC",
            "{23b35070-c5a5-4c66-94f8-ad6064ab5cfc}",
            "urn:uuid:23b35070-c5a5-4c66-94f8-ad6064ab5cfc",
        ] {
            assert!(is_uuid(good), "{good}");
        }
        for bad in
            ["", "23b35070-c5a5-4c66-94f8-ad6064ab5cf", "23b35070+c5a5-4c66-94f8-ad6064ab5cfc", "é".repeat(19).as_str()]
        {
            assert!(!is_uuid(bad), "{bad}");
        }
    }

    #[test]
    fn text_is_escaped_as_javascript_does() {
        let item = BundleItem {
            tag: "<&>\u{2028}é\u{1}\n".to_owned(),
            chain_id: String::new(),
            from: String::new(),
            to: String::new(),
            data: Some(String::new()),
            amount: "1".to_owned(),
        };
        let bundle = Bundle {
            items: vec![item],
            expiration: 1,
            salt: String::new(),
            version: "v1".to_owned(),
            sigs: BTreeMap::new(),
        };
        let want = "{\"items\":[{\"tag\":\"<&>\u{2028}é\\u0001\\n\",\"chainID\":\"\",\"from\":\"\",\"to\":\"\",\"data\":\"\",\"amount\":\"1\"}],\"expiration\":1,\"salt\":\"\",\"version\":\"v1\"}";
        assert_eq!(bundle.sign_text(), want);
    }
}
