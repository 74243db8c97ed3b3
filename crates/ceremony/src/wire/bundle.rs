//! Words that a person carries: text parts for a file or a series of QR codes.
//!
//! A bundle: `EVTQ`, version (1), the sender's identity between watchmen (32) and ceremony key (32), the recipient's ceremony
//! key (32, zero for anybody), count (2), then length (4) and bytes of each word, and the sender's signature (64) over all before
//! it. A part: `EVERWATCH-1 i/n HASH TEXT`, the first 8 bytes of the bundle's SHA-256 in hex and its share of the bundle in
//! base64url, separated by colons and without white space. What always holds: whole bundles only, whose signature verifies.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p2p::PeerId;
use threshold::{Identity, PeerKey};

use super::WORD_MAX;
use crate::keys;

const MAGIC: [u8; 4] = *b"EVTQ";
const VERSION: u8 = 1;
const HEAD: usize = 4 + 1 + 32 + 32 + 32 + 2;
const SIGNATURE: usize = 64;
const PREFIX: &str = "EVERWATCH-1";
/// Bytes of a bundle in one part: 1,440 characters, which a QR code of version 28 holds at its second level.
const PART: usize = 1_080;
const BUNDLE_MAX: usize = 2 * WORD_MAX;
/// Most words of one bundle.
const WORDS_MAX: usize = 1_024;
/// Longest text that is taken at once.
const TEXT_MAX: usize = 4 * BUNDLE_MAX;
/// Unfinished bundles that are kept.
const UNFINISHED_MAX: usize = 4;

/// What came out of text.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) from: PeerId,
    pub(crate) key: PeerKey,
    /// For whom; none: for anybody.
    pub(crate) to: Option<PeerKey>,
    pub(crate) words: Vec<Vec<u8>>,
}

/// The text parts of a bundle; none without words.
pub(crate) fn write(from: PeerId, identity: &Identity, to: Option<&PeerKey>, words: &[Vec<u8>]) -> Vec<String> {
    if words.is_empty() {
        return Vec::new();
    }
    let words = &words[..words.len().min(WORDS_MAX)];
    let count = u16::try_from(words.len()).expect("at most WORDS_MAX");
    let key = identity.peer_key();
    let recipient = to.map_or([0; 32], |key| *key.bytes());
    let mut bytes = [&MAGIC[..], &[VERSION], from.public_key(), key.bytes(), &recipient, &count.to_be_bytes()].concat();
    for word in words {
        bytes.extend(u32::try_from(word.len()).expect("at most WORD_MAX").to_be_bytes());
        bytes.extend(word);
    }
    let signature = identity.vouch(&bytes, &mut keys::rng());
    bytes.extend(signature);
    let (name, parts): (_, Vec<_>) = (name(&bytes), bytes.chunks(PART).collect());
    let part = |(index, part): (usize, &&[u8])| {
        format!("{PREFIX}:{}/{}:{name}:{}", index + 1, parts.len(), BASE64_URL_SAFE_NO_PAD.encode(part))
    };
    parts.iter().enumerate().map(part).collect()
}

fn name(bundle: &[u8]) -> String {
    crypto::hexs::encode(&crypto::sha256(bundle)[..8])
}

struct Unfinished {
    name: String,
    parts: Vec<Option<Vec<u8>>>,
}

/// Parts that wait for others: a series of QR codes comes one after the other.
#[derive(Default)]
pub(crate) struct Desk(Vec<Unfinished>);

impl Desk {
    /// Takes text; gives the bundles that it completes.
    pub(crate) fn take(&mut self, text: &str) -> Result<Vec<Bundle>, &'static str> {
        if text.len() > TEXT_MAX {
            return Err("it is too long");
        }
        let mut parts = Vec::new();
        for word in text.split_whitespace() {
            parts.push(part(word).ok_or("a part is damaged or something else")?);
        }
        if parts.is_empty() {
            return Err("it is empty");
        }
        let mut done = BTreeMap::new();
        for (name, index, count, bytes) in parts {
            if let Some(whole) = self.put(name, index, count, bytes) {
                done.insert(name, whole);
            }
        }
        done.into_iter().map(|(name, whole)| open(name, &whole)).collect()
    }

    fn put(&mut self, name: &str, index: usize, count: usize, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let known = self.0.iter().position(|one| one.name == name && one.parts.len() == count);
        let at = known.unwrap_or_else(|| {
            self.0.push(Unfinished { name: name.to_owned(), parts: vec![None; count] });
            self.0.len() - 1
        });
        self.0[at].parts[index] = Some(bytes);
        if self.0[at].parts.iter().all(Option::is_some) {
            return Some(self.0.remove(at).parts.into_iter().flatten().flatten().collect());
        }
        if self.0.len() > UNFINISHED_MAX {
            self.0.remove(0);
        }
        None
    }
}

/// Name, index from 0, count and bytes of a part.
fn part(text: &str) -> Option<(&str, usize, usize, Vec<u8>)> {
    let rest = text.strip_prefix(PREFIX)?.strip_prefix(':')?;
    let (place, rest) = rest.split_once(':')?;
    let (name, body) = rest.split_once(':')?;
    let (index, count) = place.split_once('/')?;
    let (index, count): (usize, usize) = (index.parse().ok()?, count.parse().ok()?);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).ok()?;
    let fits = (1..=BUNDLE_MAX.div_ceil(PART)).contains(&count)
        && (1..=count).contains(&index)
        && (1..=PART).contains(&bytes.len())
        && (index == count || bytes.len() == PART)
        && name.len() == 16;
    fits.then(|| (name, index - 1, count, bytes))
}

fn open(name: &str, bytes: &[u8]) -> Result<Bundle, &'static str> {
    if self::name(bytes) != name {
        return Err("the checksum differs");
    }
    read(bytes).ok_or("it is not signed by whom it names, or damaged")
}

fn read(bytes: &[u8]) -> Option<Bundle> {
    let (signed, signature) = bytes.split_last_chunk::<SIGNATURE>()?;
    let (head, mut rest) = signed.split_at_checked(HEAD)?;
    let field = |at: usize| <[u8; 32]>::try_from(&head[at..at + 32]).ok();
    if head[..4] != MAGIC || head[4] != VERSION {
        return None;
    }
    let (from, key) = (PeerId::from_public_key(field(5)?).ok()?, PeerKey::new(field(37)?).ok()?);
    let to = match field(69)? {
        anybody if anybody == [0; 32] => None,
        bytes => Some(PeerKey::new(bytes).ok()?),
    };
    if !key.vouched(signed, signature) {
        return None;
    }
    let mut words = Vec::new();
    for _ in 0..usize::from(u16::from_be_bytes([head[101], head[102]])) {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (word, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        words.push(word.to_vec());
        rest = after;
    }
    (rest.is_empty() && words.len() <= WORDS_MAX).then_some(Bundle { from, key, to, words })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn sender() -> (PeerId, Identity) {
        (p2p::Identity::from_secret([3; 32].into()).peer_id(), Identity::from_secret(&[4; 32]).unwrap())
    }

    #[test]
    fn a_bundle_comes_back_from_its_parts_in_any_order_and_one_after_the_other() {
        let (peer, identity) = sender();
        let words = vec![vec![1; 4_000], vec![2; 10]];
        let mut parts = write(peer, &identity, Some(&identity.peer_key()), &words);
        assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= 1_500));
        parts.reverse();
        let mut desk = Desk::default();
        let last = parts.pop().unwrap();
        for part in &parts {
            assert!(desk.take(part).unwrap().is_empty());
        }
        let bundle = desk.take(&format!(" {last}\n{last}")).unwrap().pop().unwrap();
        assert_eq!((bundle.from, bundle.key, bundle.words), (peer, identity.peer_key(), words));
        assert_eq!(bundle.to, Some(identity.peer_key()));
    }

    #[test]
    fn a_changed_bundle_is_refused() {
        let (peer, identity) = sender();
        let parts = write(peer, &identity, None, &[vec![9; 40]]);
        let (head, body) = parts[0].rsplit_once(':').unwrap();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).unwrap();
        assert!(Desk::default().take(&parts[0]).unwrap().pop().unwrap().to.is_none());
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(read(&other).is_none(), "{at}");
            let text = format!("{head}:{}", BASE64_URL_SAFE_NO_PAD.encode(&other));
            assert!(Desk::default().take(&text).is_err(), "{at}");
        }
    }
}
