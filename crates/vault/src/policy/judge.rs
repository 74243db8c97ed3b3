//! The verdict of a policy on one burn, with the rule that decided and its numbers.

use super::{Delay, History, Policy, TokenPolicy, Window};
use crate::burn::Burn;
use everpay::{AccountId, Amount};

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It passes without a person.
    Auto {
        /// What decided.
        rule: PolicyRule,
    },
    /// A person decides.
    Ask {
        /// What decided.
        rule: PolicyRule,
    },
    /// Not yet; to be judged again then.
    HoldUntil {
        /// When, Unix ms.
        at_ms: u64,
        /// What decided.
        rule: PolicyRule,
    },
    /// Not under this policy.
    Forbid {
        /// What decided.
        rule: PolicyRule,
    },
}

/// A rule and the numbers it decided by, ledger units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyRule {
    /// The stop switch is on.
    Stopped,
    /// The policy has no limits for this token.
    TokenNotListed,
    /// The recipient's address cannot be compared with the lists.
    RecipientUnreadable,
    /// The recipient is on the deny list.
    RecipientDenied,
    /// There is an allow list, and the recipient is not on it.
    RecipientNotAllowed,
    /// More than one payout may be.
    PayoutMax {
        /// The limit.
        max: Amount,
    },
    /// With what was paid lately, more of the token than its window may hold.
    Window {
        /// The limit.
        window: Window,
        /// What counts already; `None` beyond 256 bits.
        spent: Option<Amount>,
    },
    /// With what the recipient got lately, more than its window may hold.
    RecipientWindow {
        /// The limit.
        window: Window,
        /// What counts already; `None` beyond 256 bits.
        spent: Option<Amount>,
    },
    /// A large amount waits.
    Delay(Delay),
    /// Up to this no person is asked; above, one is.
    AutoUpTo {
        /// The limit.
        limit: Amount,
    },
}

impl Policy {
    /// Judges a burn at a time.
    #[must_use]
    pub fn judge(&self, burn: &Burn, history: &History, now_ms: u64) -> Verdict {
        match self.judge_or_forbid(burn, history, now_ms) {
            Ok(verdict) => verdict,
            Err(rule) => Verdict::Forbid { rule },
        }
    }

    fn judge_or_forbid(&self, burn: &Burn, history: &History, now_ms: u64) -> Result<Verdict, PolicyRule> {
        if self.stopped {
            return Err(PolicyRule::Stopped);
        }
        let token = self.tokens.get(&burn.tag).ok_or(PolicyRule::TokenNotListed)?;
        let to = AccountId::parse(&burn.to).map_err(|_| PolicyRule::RecipientUnreadable)?;
        if self.deny.contains(&to) {
            return Err(PolicyRule::RecipientDenied);
        }
        if self.allow.as_ref().is_some_and(|allow| !allow.contains(&to)) {
            return Err(PolicyRule::RecipientNotAllowed);
        }
        if burn.amount > token.payout_max {
            return Err(PolicyRule::PayoutMax { max: token.payout_max });
        }
        let holds = token.holds(burn, &to, history, now_ms)?;
        if let Some((at_ms, rule)) = holds.into_iter().max_by_key(|(at_ms, _)| *at_ms) {
            return Ok(Verdict::HoldUntil { at_ms, rule });
        }
        let rule = PolicyRule::AutoUpTo { limit: token.auto_up_to };
        Ok(if burn.amount <= token.auto_up_to { Verdict::Auto { rule } } else { Verdict::Ask { rule } })
    }
}

impl TokenPolicy {
    fn holds(
        &self,
        burn: &Burn,
        to: &AccountId,
        history: &History,
        now_ms: u64,
    ) -> Result<Vec<(u64, PolicyRule)>, PolicyRule> {
        let mut holds = Vec::new();
        if let Some(delay) = self.delay.filter(|delay| burn.amount > delay.above) {
            let at_ms = burn.batch.time_ms.saturating_add(delay.length_ms());
            if now_ms < at_ms {
                holds.push((at_ms, PolicyRule::Delay(delay)));
            }
        }
        if let Some(window) = self.window {
            let rule = |spent| PolicyRule::Window { window, spent };
            holds.extend(window.opens(burn.amount, window.counted(burn, None, history, now_ms), rule)?);
        }
        if let Some(window) = self.recipient {
            let rule = |spent| PolicyRule::RecipientWindow { window, spent };
            holds.extend(window.opens(burn.amount, window.counted(burn, Some(to), history, now_ms), rule)?);
        }
        Ok(holds)
    }
}

impl Window {
    /// What counts beside this burn, oldest first: payouts of its token, to one recipient or to all.
    pub(super) fn counted(
        &self,
        burn: &Burn,
        to: Option<&AccountId>,
        history: &History,
        now_ms: u64,
    ) -> Vec<(u64, Amount)> {
        let payouts = history.within(burn.ever_hash, now_ms, self.length_ms());
        let counts = payouts.filter(|spent| spent.tag == burn.tag && to.is_none_or(|to| spent.to == *to));
        counts.map(|spent| (spent.at_ms, spent.amount)).collect()
    }

    /// When there is room for `amount` beside what is counted (oldest first); `None` when there is room now.
    fn opens(
        &self,
        amount: Amount,
        counted: Vec<(u64, Amount)>,
        rule: impl Fn(Option<Amount>) -> PolicyRule,
    ) -> Result<Option<(u64, PolicyRule)>, PolicyRule> {
        let room = self.max.checked_sub(amount).ok_or_else(|| rule(Some(Amount::ZERO)))?;
        let fits = |part: &[(u64, Amount)]| sum(part).is_some_and(|sum| sum <= room);
        if fits(&counted) {
            return Ok(None);
        }
        // Nothing counted always fits, so that a first place is found.
        let gone = (1..=counted.len()).find(|gone| fits(&counted[*gone..])).unwrap_or(counted.len());
        let at_ms = counted[gone - 1].0.saturating_add(self.length_ms());
        Ok(Some((at_ms, rule(sum(&counted)))))
    }
}

/// The sum of what counts; `None` beyond 256 bits.
pub(super) fn sum(counted: &[(u64, Amount)]) -> Option<Amount> {
    counted.iter().try_fold(Amount::ZERO, |sum, (_, amount)| sum.checked_add(*amount))
}
