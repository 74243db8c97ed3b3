//! Broadcasts: what is let into GossipSub, and how it is set up.
//!
//! What always holds: a message gets past [`Filter`] only if its author, whose signature the library has checked, is in the
//! roster, its topic is one of ours, and it was sent within [`AGE_MAX_MS`] of our clock. Younger ones are told apart by the
//! library's memory of what it has seen, which lasts longer, so that nothing old can be played again.
//! The payload on the wire is the time of sending (8 bytes, Unix ms, big endian) and the message.

use crate::config::MESSAGE_LEN_MAX;
use crate::name::Name;
use crate::presence::unix_ms;
use libp2p::gossipsub::{
    Behaviour, ConfigBuilder, DataTransform, IdentTopic, Message, MessageAuthenticity, RawMessage, TopicHash,
    ValidationMode, WhitelistSubscriptionFilter,
};
use libp2p::identity::Keypair;
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How far the clocks of sender and receiver and the way between them may differ.
pub(crate) const AGE_MAX_MS: u64 = 120_000;
/// Longer than a message can be of allowed age: from `AGE_MAX_MS` ahead of our clock to as much behind.
const REMEMBERED: Duration = Duration::from_millis(2 * AGE_MAX_MS + 60_000);
const STAMP_LEN: usize = 8;
/// Frames: the largest message, its author, signature and topic, and what of the next frame was read with it.
const TRANSMIT_LEN_MAX: usize = MESSAGE_LEN_MAX + 32 * 1024;
/// Messages that wait for one slow peer.
const QUEUE_LEN: usize = 64;

pub(crate) type Gossip = Behaviour<Filter, WhitelistSubscriptionFilter>;

/// What is let in.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    topics: Arc<HashSet<TopicHash>>,
    authors: Arc<RwLock<HashSet<libp2p::PeerId>>>,
    refused: Arc<AtomicU64>,
}

/// The topics of a network by the identifiers that stand for them on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Topics(BTreeMap<TopicHash, Name>);

impl Topics {
    pub(crate) fn new(network: &Name, names: Vec<Name>) -> Self {
        let named = names.into_iter().map(|name| (IdentTopic::new(format!("everwatch/{network}/{name}")).hash(), name));
        Self(named.collect())
    }

    pub(crate) fn name(&self, hash: &TopicHash) -> Option<&Name> {
        self.0.get(hash)
    }

    pub(crate) fn hash(&self, name: &Name) -> Option<&TopicHash> {
        self.0.iter().find_map(|(hash, known)| (known == name).then_some(hash))
    }
}

impl Filter {
    pub(crate) fn new(topics: &Topics) -> Self {
        let topics = Arc::new(topics.0.keys().cloned().collect());
        Self { topics, authors: Arc::default(), refused: Arc::default() }
    }

    /// Lets an author's messages in, or no longer.
    pub(crate) fn set_author(&self, author: libp2p::PeerId, allowed: bool) {
        let mut authors = self.authors.write().unwrap_or_else(PoisonError::into_inner);
        if allowed {
            authors.insert(author);
        } else {
            authors.remove(&author);
        }
    }

    /// How many messages were kept out.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The message without its time, if it is let in.
    fn judge(&self, raw: &RawMessage, now_ms: u64) -> Result<Vec<u8>, &'static str> {
        let authors = self.authors.read().unwrap_or_else(PoisonError::into_inner);
        if !raw.source.is_some_and(|author| authors.contains(&author)) {
            return Err("its author is not in the roster");
        }
        if !self.topics.contains(&raw.topic) {
            return Err("its topic is not ours");
        }
        let (stamp, message) = raw.data.split_first_chunk::<STAMP_LEN>().ok_or("it has no time")?;
        if !(1..=MESSAGE_LEN_MAX).contains(&message.len()) {
            return Err("it is empty or too long");
        }
        if u64::from_be_bytes(*stamp).abs_diff(now_ms) > AGE_MAX_MS {
            return Err("it is too old, or of the future");
        }
        Ok(message.to_vec())
    }
}

impl DataTransform for Filter {
    fn inbound_transform(&self, raw: RawMessage) -> io::Result<Message> {
        match self.judge(&raw, unix_ms()) {
            Ok(data) => {
                Ok(Message { source: raw.source, data, sequence_number: raw.sequence_number, topic: raw.topic })
            }
            Err(why) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(io::Error::new(io::ErrorKind::InvalidData, why))
            }
        }
    }

    fn outbound_transform(&self, _: &TopicHash, data: Vec<u8>) -> io::Result<Vec<u8>> {
        Ok([unix_ms().to_be_bytes().as_slice(), &data].concat())
    }
}

/// GossipSub over our topics, subscribed to all of them.
pub(crate) fn behaviour(
    keypair: &Keypair,
    network: &Name,
    topics: &Topics,
    filter: Filter,
) -> Result<Gossip, Box<dyn std::error::Error + Send + Sync>> {
    let config = ConfigBuilder::default()
        .protocol_id_prefix(format!("/everwatch/{network}/gossip"))
        .validation_mode(ValidationMode::Strict)
        .validate_messages()
        .heartbeat_initial_delay(Duration::from_secs(1))
        .duplicate_cache_time(REMEMBERED)
        .max_transmit_size(TRANSMIT_LEN_MAX)
        .max_publish_messages(QUEUE_LEN)
        .connection_handler_queue_len(QUEUE_LEN)
        .build()?;
    let author = MessageAuthenticity::Signed(keypair.clone());
    let subscriptions = WhitelistSubscriptionFilter(topics.0.keys().cloned().collect());
    let mut gossip = Behaviour::new_with_subscription_filter_and_transform(author, config, subscriptions, filter)?;
    for name in topics.0.values() {
        gossip.subscribe(&IdentTopic::new(format!("everwatch/{network}/{name}")))?;
    }
    Ok(gossip)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::identity::Identity;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn author(number: u8) -> libp2p::PeerId {
        Identity::from_secret([number; 32].into()).peer_id().to_libp2p()
    }

    fn raw(source: Option<libp2p::PeerId>, topic: TopicHash, data: Vec<u8>) -> RawMessage {
        RawMessage { source, data, sequence_number: Some(1), topic, signature: None, key: None, validated: false }
    }

    fn stamped(at_ms: u64, message: &[u8]) -> Vec<u8> {
        [at_ms.to_be_bytes().as_slice(), message].concat()
    }

    #[test]
    fn only_fresh_messages_of_the_roster_on_our_topics_are_let_in() {
        let topics = Topics::new(&"practice".parse().unwrap(), vec!["burns".parse().unwrap()]);
        let filter = Filter::new(&topics);
        filter.set_author(author(1), true);
        let ours = topics.0.keys().next().unwrap().clone();
        let judge = |source, topic: &TopicHash, data| filter.judge(&raw(source, topic.clone(), data), NOW_MS);
        let fresh = stamped(NOW_MS, b"x");
        assert_eq!(judge(Some(author(1)), &ours, fresh.clone()), Ok(b"x".to_vec()));
        for edge in [NOW_MS - AGE_MAX_MS, NOW_MS + AGE_MAX_MS] {
            assert!(judge(Some(author(1)), &ours, stamped(edge, b"x")).is_ok());
        }
        let refused = [
            judge(None, &ours, fresh.clone()),
            judge(Some(author(2)), &ours, fresh.clone()),
            judge(Some(author(1)), &IdentTopic::new("everwatch/other/burns").hash(), fresh.clone()),
            judge(Some(author(1)), &ours, fresh[..7].to_vec()),
            judge(Some(author(1)), &ours, stamped(NOW_MS, b"")),
            judge(Some(author(1)), &ours, stamped(NOW_MS, &vec![0; MESSAGE_LEN_MAX + 1])),
            judge(Some(author(1)), &ours, stamped(NOW_MS - AGE_MAX_MS - 1, b"x")),
            judge(Some(author(1)), &ours, stamped(NOW_MS + AGE_MAX_MS + 1, b"x")),
            judge(Some(author(1)), &ours, stamped(u64::MAX, b"x")),
        ];
        assert!(refused.iter().all(Result::is_err), "{refused:?}");
        filter.set_author(author(1), false);
        assert!(judge(Some(author(1)), &ours, fresh).is_err());
    }

    #[test]
    fn what_is_sent_is_let_in_and_what_is_kept_out_is_counted() {
        let topics = Topics::new(&"practice".parse().unwrap(), vec!["burns".parse().unwrap()]);
        let filter = Filter::new(&topics);
        filter.set_author(author(1), true);
        let ours = topics.hash(&"burns".parse().unwrap()).unwrap().clone();
        let sent = filter.outbound_transform(&ours, b"hello".to_vec()).unwrap();
        let got = filter.inbound_transform(raw(Some(author(1)), ours.clone(), sent.clone())).unwrap();
        assert_eq!((got.data.as_slice(), filter.refused()), (b"hello".as_slice(), 0));
        assert!(filter.inbound_transform(raw(Some(author(2)), ours, sent)).is_err());
        assert_eq!(filter.refused(), 1);
    }
}
