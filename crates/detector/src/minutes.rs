//! The last hour, one mark a minute. In memory only: after a start the hour fills up again.

use crate::model::MinuteMark;
use std::collections::VecDeque;

const MINUTE_MS: u64 = 60_000;
const MARKS: usize = 60;

/// A ring of the last sixty minutes.
#[derive(Debug, Default)]
pub(crate) struct Minutes(VecDeque<MinuteMark>);

/// What one poll of the sources came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poll {
    Agreed,
    Late,
    Disagreed,
    Silent,
}

impl Minutes {
    pub(crate) fn verified(&mut self, now_ms: u64, transactions: u64) {
        self.mark(now_ms).verified += transactions;
    }

    pub(crate) fn alert(&mut self, now_ms: u64) {
        self.mark(now_ms).alerts += 1;
    }

    pub(crate) fn poll(&mut self, now_ms: u64, poll: Poll) {
        let mark = self.mark(now_ms);
        match poll {
            Poll::Agreed => mark.agreed += 1,
            Poll::Late => mark.late += 1,
            Poll::Disagreed => mark.disagreed += 1,
            Poll::Silent => mark.silent += 1,
        }
    }

    /// Sixty marks, oldest first; minutes without activity are empty marks.
    pub(crate) fn hour(&self, now_ms: u64) -> Vec<MinuteMark> {
        let last = now_ms / MINUTE_MS * MINUTE_MS;
        (0..MARKS as u64)
            .rev()
            .map(|ago| {
                let start_ms = last.saturating_sub(ago * MINUTE_MS);
                let known = self.0.iter().find(|mark| mark.start_ms == start_ms);
                known.copied().unwrap_or(MinuteMark { start_ms, ..MinuteMark::default() })
            })
            .collect()
    }

    fn mark(&mut self, now_ms: u64) -> &mut MinuteMark {
        let start_ms = now_ms / MINUTE_MS * MINUTE_MS;
        // A clock that was set back counts into the newest mark.
        if self.0.back().is_none_or(|newest| newest.start_ms < start_ms) {
            self.0.push_back(MinuteMark { start_ms, ..MinuteMark::default() });
            if self.0.len() > MARKS {
                self.0.pop_front();
            }
        }
        self.0.back_mut().expect("pushed above when it was empty")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_in_their_minute_and_old_ones_fall_out() {
        let mut minutes = Minutes::default();
        minutes.verified(5 * MINUTE_MS + 1, 3);
        minutes.verified(5 * MINUTE_MS + 59_999, 4);
        minutes.alert(6 * MINUTE_MS);
        let hour = minutes.hour(7 * MINUTE_MS);
        assert_eq!(hour.len(), 60);
        assert_eq!(hour[57].verified, 7);
        assert_eq!(hour[58].alerts, 1);
        assert_eq!(hour[59].verified, 0);
        minutes.poll(70 * MINUTE_MS, Poll::Late);
        assert_eq!(minutes.hour(70 * MINUTE_MS).iter().map(|m| m.verified).sum::<u64>(), 0);
    }
}
