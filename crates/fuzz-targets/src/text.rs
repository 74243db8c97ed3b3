//! Texts that name things, and the encodings below everything.

use crate::Target;
use crate::everpay::text;
use crypto::secp::Recoverer;
use crypto::{b64, hexs, pkcs1, pss};
use even::cid::Cid;
use even::ids::{Address, BlockId, ChannelId, MessageId, NodeId, Tag};
use everpay::{AccountId, Amount, EverHash, Nonce, Quantity, StateRoot};
use std::fmt::Display;
use std::str::FromStr;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("even_text", even, even_texts, 20_000),
    Target::new("everpay_text", everpay, everpay_texts, 20_000),
    Target::new("crypto_encoding", encoding, encodings, 20_000),
    Target::new("crypto_recover", recover, recoveries, 3_000),
    Target::new("crypto_rsa", rsa, moduli, 1_000),
];

/// Reads a name; its one text is the one it was read from, up to what `fold` folds.
fn reads<T: FromStr + Display>(text: &str, fold: impl Fn(&str) -> String) -> bool {
    let Ok(name) = text.parse::<T>() else { return false };
    assert_eq!(fold(&name.to_string()), fold(text));
    true
}

fn even(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    let exact = str::to_owned;
    let node = NodeId::from_peer_id(text).ok();
    assert!(node.is_none_or(|node| node.peer_id() == text));
    let json = serde_json::to_string(text).expect("a text is JSON");
    let link: Option<BlockId> = serde_json::from_str(&json).ok();
    assert!(link.is_none_or(|link| link.to_string() == text));
    let tag = Tag::parse(text);
    assert!(tag.is_none_or(|tag| tag.0.starts_with(text.as_bytes())));
    // bech32m allows all capitals too.
    let address = reads::<Address>(text, str::to_ascii_lowercase);
    let names = [reads::<Cid>(text, exact), reads::<MessageId>(text, exact), reads::<ChannelId>(text, exact)];
    address || node.is_some() || names.contains(&true)
}

fn even_texts() -> Vec<Vec<u8>> {
    let node = NodeId([5; 32]);
    let cid = Cid::of(even::cid::Codec::DagCbor, b"x");
    let texts = [
        Address([7; 32]).to_string(),
        Address([7; 32]).to_string().to_uppercase(),
        cid.to_string(),
        node.to_string(),
        node.peer_id(),
        "SAMPLE".to_owned(),
    ];
    texts.map(String::into_bytes).to_vec()
}

/// An account has one text and one stored form; numbers are exact.
fn everpay(bytes: &[u8]) -> bool {
    if let Ok(account) = AccountId::from_bytes(bytes) {
        assert_eq!(account.to_bytes(), bytes);
    }
    let Some(text) = text(bytes) else { return false };
    let account = AccountId::parse(text).ok();
    if let Some(account) = &account {
        assert_eq!(AccountId::parse(&account.to_string()).as_ref(), Ok(account));
        assert_eq!(AccountId::from_bytes(&account.to_bytes()).as_ref(), Ok(account));
    }
    let amount: Option<Amount> = text.parse().ok();
    if let Some(amount) = amount {
        assert_eq!(Quantity::parse(text), Some(Quantity::Amount(amount)));
        assert_eq!(amount.to_string().parse(), Ok(amount));
        assert_eq!(Amount::from_be_bytes(amount.to_be_bytes()), amount);
    }
    let nonce = Nonce::parse(text);
    assert!(nonce.is_none_or(|nonce| Nonce::parse(&nonce.to_string()) == Some(nonce)));
    let hash = reads::<EverHash>(text, str::to_lowercase);
    assert_eq!(hash, reads::<StateRoot>(text, str::to_lowercase));
    account.is_some() || amount.is_some() || nonce.is_some() || hash
}

fn everpay_texts() -> Vec<Vec<u8>> {
    let file = crate::seeds::vectors("everpay/ids.json");
    let ids = crate::seeds::members(&file, "id_in").into_iter().filter_map(|id| id.as_str().map(str::to_owned));
    let numbers =
        ["115792089237316195423570985008687907853269984665640564039457584007913129639935", "-7", "+0", "1708507000000"];
    let hash = EverHash::new([0xab; 32]).to_string();
    let stored = AccountId::Evm([3; 20]).to_bytes();
    ids.chain(numbers.map(str::to_owned)).chain([hash]).map(String::into_bytes).chain([stored]).collect()
}

/// The strict forms have one text; every lenient form reads what a stricter one reads, and the same.
fn encoding(bytes: &[u8]) -> bool {
    assert_eq!(b64::decode(&b64::encode(bytes)).as_deref(), Ok(bytes));
    assert_eq!(b64::decode_std(&b64::encode_std(bytes)).as_deref(), Ok(bytes));
    assert_eq!(hexs::decode(&hexs::encode(bytes)).as_deref(), Ok(bytes));
    let Some(text) = text(bytes) else { return false };
    let (url, std, hex) = (b64::decode(text).ok(), b64::decode_std(text).ok(), hexs::decode(text).ok());
    if let Some(decoded) = &url {
        assert_eq!(b64::encode(decoded), text);
        assert_eq!(b64::decode_lenient(text).ok().as_ref(), Some(decoded));
        assert_eq!(b64::decode_any(text).ok().as_ref(), Some(decoded));
    }
    if let Some(decoded) = &std {
        assert_eq!(b64::decode_std(&b64::encode_std(decoded)).as_ref(), Ok(decoded));
        assert_eq!(b64::decode_any(text).ok().as_ref(), Some(decoded));
    }
    if let Some(decoded) = &hex {
        assert!(text.to_lowercase().ends_with(&hexs::encode(decoded)));
        assert_eq!(hexs::decode_array0x::<2>(text).is_ok(), decoded.len() == 2 && text.starts_with("0x"));
    }
    url.is_some() || std.is_some() || hex.is_some()
}

fn encodings() -> Vec<Vec<u8>> {
    [&b"AQID_-8"[..], b"AQID/+8=", b"0x00ff", b"00FF", b"AQIDBA", b"AQIDBA=="].map(<[u8]>::to_vec).to_vec()
}

/// A digest and a signature with its recovery number: whoever is recovered, v 0 and 27 mean the same.
fn recover(bytes: &[u8]) -> bool {
    let Ok(both) = <&[u8; 97]>::try_from(bytes) else { return false };
    let (digest, sig) = both.split_first_chunk::<32>().expect("97 bytes");
    let mut sig: [u8; 65] = sig.try_into().expect("97 - 32");
    let recoverer = Recoverer::new();
    let Some(signer) = recoverer.recover(digest, &sig) else { return false };
    sig[64] = if sig[64] < 27 { sig[64] + 27 } else { sig[64] - 27 };
    assert_eq!(recoverer.recover(digest, &sig), Some(signer));
    true
}

fn recoveries() -> Vec<Vec<u8>> {
    let key = crypto::secp::EvmKey::from_bytes(&[1; 32]).expect("a number that is a key");
    vec![[&[5; 32][..], &key.sign_digest(&[5; 32])].concat()]
}

/// A modulus, then a signature: nothing verifies that nobody signed.
fn rsa(bytes: &[u8]) -> bool {
    let Some((modulus, sig)) = crate::seeds::split(bytes) else { return false };
    let Ok(key) = pss::PublicKey::from_modulus(modulus) else { return false };
    assert!(!key.verify(&[5; 32], sig) && !key.verify_message(b"said by nobody", sig));
    assert_ne!(pkcs1::verify_sha256(modulus, 65_537, b"said by nobody", sig).ok(), Some(true));
    true
}

fn moduli() -> Vec<Vec<u8>> {
    let modulus: Vec<u8> = (0..256_u16).map(|at| at.to_le_bytes()[0] | 0x81).collect();
    vec![crate::seeds::joined(&modulus, &[7; 256])]
}
