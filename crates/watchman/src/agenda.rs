//! Who does what, how often: effects that run, and when each may run again.
//!
//! The pipeline names an effect again until a fact answers it. What always holds: one of a kind for one burn at a time; what
//! did not help is done again ever later, up to a bound; so many at a time.

use everpay::EverHash;
use std::collections::BTreeMap;

/// Most effects under way.
const RUNNING_MAX: usize = 64;
const WAIT_MIN_MS: u64 = 500;
const WAIT_MAX_MS: u64 = 30_000;

/// Kinds of effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Check,
    Sign,
    Publish,
    Submit,
    SubmitOwn,
    Raise,
    Announce,
    Accuse,
    Clear,
}

/// An effect of a burn.
pub(crate) type Key = (Kind, EverHash);

#[derive(Debug, Default)]
struct Turn {
    running: bool,
    rounds: u32,
    not_before_ms: u64,
}

/// What runs and what waits for its turn.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    turns: BTreeMap<Key, Turn>,
    running: usize,
}

impl Agenda {
    /// Whether the effect may run now; then it does.
    pub(crate) fn begin(&mut self, key: Key, now_ms: u64) -> bool {
        let turn = self.turns.entry(key).or_default();
        if turn.running || now_ms < turn.not_before_ms || self.running >= RUNNING_MAX {
            return false;
        }
        (turn.running, self.running) = (true, self.running + 1);
        true
    }

    /// The effect ended.
    pub(crate) fn end(&mut self, key: Key, now_ms: u64) {
        let Some(turn) = self.turns.get_mut(&key).filter(|turn| turn.running) else { return };
        let wait_ms = (WAIT_MIN_MS << turn.rounds.min(10)).min(WAIT_MAX_MS);
        (turn.running, turn.rounds, turn.not_before_ms) = (false, turn.rounds + 1, now_ms.saturating_add(wait_ms));
        self.running = self.running.saturating_sub(1);
    }

    /// Forgets a burn's waits: its state changed, so that what is wanted now was not tried before.
    pub(crate) fn refresh(&mut self, ever_hash: &EverHash) {
        for (_, turn) in self.turns.iter_mut().filter(|((_, hash), _)| hash == ever_hash) {
            (turn.rounds, turn.not_before_ms) = (0, 0);
        }
    }

    /// Lets an effect run at once.
    pub(crate) fn allow(&mut self, key: Key) {
        if let Some(turn) = self.turns.get_mut(&key) {
            turn.not_before_ms = 0;
        }
    }

    /// Forgets what neither runs nor waits of burns that are not open any more.
    pub(crate) fn prune(&mut self, now_ms: u64, open: impl Fn(&EverHash) -> bool) {
        self.turns.retain(|(_, hash), turn| turn.running || now_ms < turn.not_before_ms || open(hash));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = (Kind::Submit, EverHash::new([1; 32]));

    #[test]
    fn an_effect_runs_once_at_a_time_and_then_ever_later() {
        let mut agenda = Agenda::default();
        let mut now_ms = 0;
        for wait_ms in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(agenda.begin(KEY, now_ms));
            assert!(!agenda.begin(KEY, now_ms), "it runs");
            agenda.end(KEY, now_ms);
            assert!(!agenda.begin(KEY, now_ms + wait_ms - 1));
            now_ms += wait_ms;
        }
        agenda.refresh(&KEY.1);
        assert!(agenda.begin(KEY, now_ms));
    }

    #[test]
    fn only_so_many_run_at_once_and_what_ended_is_forgotten_with_its_burn() {
        let mut agenda = Agenda::default();
        let begun = (0..=255).filter(|byte| agenda.begin((Kind::Check, EverHash::new([*byte; 32])), 0));
        assert_eq!(begun.count(), RUNNING_MAX);
        agenda.end((Kind::Check, EverHash::new([0; 32])), 0);
        agenda.prune(0, |_| false);
        assert_eq!(agenda.turns.len(), RUNNING_MAX, "one of them waits");
        agenda.prune(WAIT_MIN_MS, |_| false);
        assert_eq!(agenda.turns.len(), RUNNING_MAX - 1);
        assert!(agenda.begin(KEY, 0));
    }
}
