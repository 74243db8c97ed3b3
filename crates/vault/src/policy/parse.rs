//! Reading a policy: nothing unknown, nothing missing, nothing twice, nothing that contradicts itself.

use super::{Policy, TokenPolicy};
use everpay::TokenTag;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Longest text of a policy, bytes.
const TEXT_LEN_MAX: usize = 1 << 20;
const TOKENS_MAX: usize = 1_000;
const RECIPIENTS_MAX: usize = 10_000;
const HOURS_MAX: u32 = 8_760;
const MINUTES_MAX: u32 = 43_200;

/// Why a text is no policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Longer than any policy.
    #[error("a policy has at most {TEXT_LEN_MAX} bytes")]
    TooLong,
    /// Not the format.
    #[error("not a policy: {0}")]
    Format(#[from] serde_json::Error),
    /// Another version of the format.
    #[error("version {0} of policies is not known")]
    Version(u32),
    /// Too many tokens or recipients.
    #[error("more {0} than a policy may hold")]
    TooMany(&'static str),
    /// A number out of its bounds.
    #[error("{token}: {member} is out of bounds")]
    OutOfBounds {
        /// The token.
        token: TokenTag,
        /// Which number.
        member: &'static str,
    },
    /// A limit that another makes meaningless.
    #[error("{token}: {member} is greater than {than}")]
    Contradiction {
        /// The token.
        token: TokenTag,
        /// Which limit.
        member: &'static str,
        /// The limit that it exceeds.
        than: &'static str,
    },
    /// Somebody who is both denied and allowed.
    #[error("{0} is denied and allowed")]
    DeniedAndAllowed(everpay::AccountId),
}

impl Policy {
    /// Reads a policy from its JSON text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(PolicyError::TooLong);
        }
        serde_json::from_str::<Self>(text)?.checked()
    }

    /// Checks a policy that was put together otherwise.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checked(self) -> Result<Self, PolicyError> {
        if self.version != 1 {
            return Err(PolicyError::Version(self.version));
        }
        if self.tokens.len() > TOKENS_MAX {
            return Err(PolicyError::TooMany("tokens"));
        }
        if self.deny.len() > RECIPIENTS_MAX || self.allow.iter().any(|allow| allow.len() > RECIPIENTS_MAX) {
            return Err(PolicyError::TooMany("recipients"));
        }
        if let Some(both) = self.allow.iter().flatten().find(|account| self.deny.contains(account)) {
            return Err(PolicyError::DeniedAndAllowed(*both));
        }
        for (tag, token) in &self.tokens {
            token.check(tag)?;
        }
        Ok(self)
    }

    /// The policy as people read it.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data with texts as keys")
    }
}

impl TokenPolicy {
    fn check(&self, tag: &TokenTag) -> Result<(), PolicyError> {
        let bounds = [
            (self.window.is_none_or(|window| (1..=HOURS_MAX).contains(&window.hours)), "window.hours"),
            (self.recipient.is_none_or(|window| (1..=HOURS_MAX).contains(&window.hours)), "recipient.hours"),
            (self.delay.is_none_or(|delay| (1..=MINUTES_MAX).contains(&delay.minutes)), "delay.minutes"),
        ];
        if let Some((_, member)) = bounds.into_iter().find(|(within, _)| !within) {
            return Err(PolicyError::OutOfBounds { token: tag.clone(), member });
        }
        let order = [
            (self.auto_up_to <= self.payout_max, "autoUpTo", "payoutMax"),
            (self.window.is_none_or(|window| self.payout_max <= window.max), "payoutMax", "window.max"),
            (self.recipient.is_none_or(|window| self.payout_max <= window.max), "payoutMax", "recipient.max"),
        ];
        match order.into_iter().find(|(right, ..)| !right) {
            Some((_, member, than)) => Err(PolicyError::Contradiction { token: tag.clone(), member, than }),
            None => Ok(()),
        }
    }
}

/// An option that must be written out: by itself serde takes a missing one for `null`.
pub(super) fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A map in which no key stands twice: by itself the last one would win quietly.
pub(super) fn unique<'de, D, V>(deserializer: D) -> Result<BTreeMap<TokenTag, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Unique<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Unique<V> {
        type Value = BTreeMap<TokenTag, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with each token once")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((tag, value)) = access.next_entry::<TokenTag, V>()? {
                if map.contains_key(&tag) {
                    return Err(A::Error::custom(format_args!("{tag} stands twice")));
                }
                map.insert(tag, value);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(Unique(PhantomData))
}
