//! The limits that a burn meets, each with what is used of it now: for a page to draw, never to decide by.

use super::judge::sum;
use super::{History, Policy, Window};
use crate::burn::Burn;
use everpay::{AccountId, Amount};

/// A limit, and how much of it is used beside the burn itself. Ledger units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitUse {
    /// `payout_max`, `window`, `recipient_window`, `delay` or `auto_up_to`, in this order.
    pub rule: &'static str,
    /// What counts already in a window; `None` beyond 256 bits. Zero for limits of one payout.
    pub spent: Option<Amount>,
    /// The limit; of a delay, the amount above which it applies.
    pub max: Amount,
    /// Length of the window, hours.
    pub hours: Option<u32>,
    /// Until when this burn is delayed, Unix ms, though it may be past; `None` when it is not.
    pub until_ms: Option<u64>,
}

impl Policy {
    /// The limits for this burn's token, at a time; empty for a token that is not listed.
    #[must_use]
    pub fn limits(&self, burn: &Burn, history: &History, now_ms: u64) -> Vec<LimitUse> {
        let Some(token) = self.tokens.get(&burn.tag) else { return Vec::new() };
        let single = |rule, max| LimitUse { rule, spent: Some(Amount::ZERO), max, hours: None, until_ms: None };
        let rolling = |rule, window: Window, to: Option<&AccountId>| LimitUse {
            rule,
            spent: sum(&window.counted(burn, to, history, now_ms)),
            max: window.max,
            hours: Some(window.hours),
            until_ms: None,
        };
        let to = AccountId::parse(&burn.to).ok();
        let recipient = token.recipient.zip(to.as_ref());
        let delay = token.delay.map(|delay| LimitUse {
            until_ms: (burn.amount > delay.above).then(|| burn.batch.time_ms.saturating_add(delay.length_ms())),
            ..single("delay", delay.above)
        });
        let limits = [
            Some(single("payout_max", token.payout_max)),
            token.window.map(|window| rolling("window", window, None)),
            recipient.map(|(window, to)| rolling("recipient_window", window, Some(to))),
            delay,
            Some(single("auto_up_to", token.auto_up_to)),
        ];
        limits.into_iter().flatten().collect()
    }
}
