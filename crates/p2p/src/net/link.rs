//! What is known of one peer. Pure: times are arguments, ms since the network was started.

use crate::address::Address;
use crate::backoff;
use crate::conduct::Conduct;
use crate::config::Limits;
use crate::presence::{Counters, Peering, Trouble, unix_ms};
use crate::roster::Peer;
use std::time::Duration;

/// What is known of one peer.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) peer: Peer,
    pub(crate) conduct: Conduct,
    pub(crate) counters: Counters,
    pub(crate) in_flight: usize,
    pub(crate) rtt_ms: Option<u64>,
    up: bool,
    connected: bool,
    dialing: bool,
    trouble: Option<Trouble>,
    attempts: u32,
    dial_at_ms: u64,
    seen_at_ms: u64,
    shut_until_ms: Option<u64>,
    since_unix_ms: u64,
    seen_unix_ms: Option<u64>,
}

impl Link {
    pub(crate) fn new(peer: Peer, limits: &Limits, now_ms: u64) -> Self {
        let trouble = peer.addresses.is_empty().then_some(Trouble::NoAddress);
        Self {
            peer,
            conduct: Conduct::new(limits, now_ms),
            counters: Counters::default(),
            in_flight: 0,
            rtt_ms: None,
            up: false,
            connected: false,
            dialing: false,
            trouble,
            attempts: 0,
            dial_at_ms: now_ms,
            seen_at_ms: now_ms,
            shut_until_ms: None,
            since_unix_ms: unix_ms(),
            seen_unix_ms: None,
        }
    }

    /// Takes new particulars of the same peer; new addresses are tried at once.
    pub(crate) fn renew(&mut self, peer: Peer, now_ms: u64) {
        if self.peer.addresses != peer.addresses {
            self.attempts = 0;
            self.dial_at_ms = now_ms;
        }
        self.peer = peer;
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    pub(crate) fn is_up(&self) -> bool {
        self.up
    }

    /// The address to dial now, if it is time: one after the other, so that a stranger at one does not hide the peer at
    /// another.
    pub(crate) fn dial(&mut self, now_ms: u64) -> Option<Address> {
        let free = !self.up && !self.dialing && self.shut_until_ms.is_none() && now_ms >= self.dial_at_ms;
        let count = self.peer.addresses.len();
        if !free || count == 0 {
            return None;
        }
        self.dialing = true;
        let turn = usize::try_from(self.attempts).unwrap_or(0) % count;
        self.peer.addresses.get(turn).cloned()
    }

    /// A dial came to nothing.
    pub(crate) fn dial_failed(&mut self, why: Option<Trouble>, limits: &Limits, now_ms: u64) {
        self.dialing = false;
        if !self.up {
            self.trouble = why.or(self.trouble);
            self.again(limits, now_ms);
        }
    }

    /// A connection stands, but the peer has not answered yet.
    pub(crate) fn connected(&mut self, dialled: bool, limits: &Limits, now_ms: u64) {
        self.dialing &= !dialled;
        if !self.connected {
            self.connected = true;
            self.seen_at_ms = now_ms;
            self.dial_at_ms = now_ms + ms(limits.heartbeat) * 2;
        }
    }

    /// A sign of life came. Says whether the peer has come up by it.
    pub(crate) fn seen(&mut self, now_ms: u64) -> bool {
        self.seen_at_ms = now_ms;
        self.seen_unix_ms = Some(unix_ms());
        if self.up || !self.connected || self.shut_until_ms.is_some() {
            return false;
        }
        (self.up, self.trouble, self.attempts) = (true, None, 0);
        self.since_unix_ms = unix_ms();
        true
    }

    /// Whether a connection stands on which nothing came for two heartbeats.
    pub(crate) fn is_silent(&self, limits: &Limits, now_ms: u64) -> bool {
        self.connected && now_ms.saturating_sub(self.seen_at_ms) > ms(limits.heartbeat) * 2
    }

    /// The last connection is gone, or counts for nothing any more. Says whether the peer has gone down by it.
    pub(crate) fn lost(&mut self, silent: bool, limits: &Limits, now_ms: u64) -> bool {
        self.connected = false;
        self.rtt_ms = None;
        let was_up = std::mem::replace(&mut self.up, false);
        self.trouble = match (silent, was_up, self.trouble) {
            (_, _, Some(Trouble::ShutOut)) => Some(Trouble::ShutOut),
            (true, ..) | (false, false, Some(Trouble::Silent)) => Some(Trouble::Silent),
            (false, true, _) => Some(Trouble::Gone),
            (false, false, _) => Some(Trouble::TurnedAway),
        };
        if was_up {
            self.since_unix_ms = unix_ms();
        }
        self.again(limits, now_ms);
        was_up
    }

    /// Keeps the peer out for a while.
    pub(crate) fn shut_out(&mut self, limits: &Limits, now_ms: u64) {
        self.shut_until_ms = Some(now_ms + ms(limits.shut_out));
        self.trouble = Some(Trouble::ShutOut);
    }

    /// Lets it in again when the time is over. Says whether it is.
    pub(crate) fn let_in(&mut self, limits: &Limits, now_ms: u64) -> bool {
        let over = self.shut_until_ms.is_some_and(|until_ms| now_ms >= until_ms);
        if over {
            self.shut_until_ms = None;
            self.trouble = self.peer.addresses.is_empty().then_some(Trouble::NoAddress);
            self.conduct = Conduct::new(limits, now_ms);
            self.dial_at_ms = now_ms;
        }
        over
    }

    pub(crate) fn peering(&self) -> Peering {
        Peering {
            id: self.peer.id,
            name: self.peer.name.clone(),
            up: self.up,
            since_ms: self.since_unix_ms,
            last_seen_ms: self.seen_unix_ms,
            rtt_ms: self.rtt_ms,
            trouble: self.trouble,
            counters: self.counters,
        }
    }

    fn again(&mut self, limits: &Limits, now_ms: u64) {
        let wait_ms = backoff::delay_ms(self.attempts, ms(limits.redial_min), ms(limits.redial_max), rand::random());
        self.attempts = self.attempts.saturating_add(1);
        self.dial_at_ms = now_ms + wait_ms;
    }
}

pub(crate) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Identity;

    const LIMITS: fn() -> Limits = Limits::default;

    fn link(addresses: &[&str]) -> Link {
        let id = Identity::from_secret([1; 32].into()).peer_id();
        let addresses = addresses.iter().filter_map(|text| text.parse().ok()).collect();
        Link::new(Peer { id, addresses, name: "one".into() }, &LIMITS(), 0)
    }

    /// Until the next dial, from now.
    fn wait_ms(link: &mut Link, now_ms: u64) -> Option<u64> {
        (0..100_000).find(|wait_ms| link.dial(now_ms + wait_ms).is_some())
    }

    #[test]
    fn addresses_are_tried_in_turn_with_longer_and_longer_waits() {
        let mut link = link(&["a:1", "b:2"]);
        let mut dialled = Vec::new();
        let mut now_ms = 0;
        for expected_max in [0, 1_000, 2_000, 4_000] {
            let start_ms = now_ms;
            let address = loop {
                match link.dial(now_ms) {
                    Some(address) => break address,
                    None => now_ms += 1,
                }
            };
            assert!((expected_max * 3 / 4..=expected_max).contains(&(now_ms - start_ms)), "{expected_max}");
            assert_eq!(link.dial(now_ms), None, "one dial at a time");
            dialled.push(address.to_string());
            link.dial_failed(Some(Trouble::Unreachable), &LIMITS(), now_ms);
        }
        assert_eq!(dialled, ["a:1", "b:2", "a:1", "b:2"]);
        assert_eq!(link.peering().trouble, Some(Trouble::Unreachable));
    }

    #[test]
    fn a_peer_is_up_when_it_answers_not_when_it_connects() {
        let mut link = link(&["a:1"]);
        assert!(link.dial(0).is_some());
        link.connected(true, &LIMITS(), 5);
        assert!(!link.peering().up);
        assert!(!link.lost(false, &LIMITS(), 6), "nothing was up");
        assert_eq!(link.peering().trouble, Some(Trouble::TurnedAway));
        link.connected(false, &LIMITS(), 7);
        assert!(link.seen(8));
        assert!(!link.seen(9), "told once");
        assert_eq!((link.peering().up, link.peering().trouble), (true, None));
        assert!(link.lost(false, &LIMITS(), 10));
        assert_eq!(link.peering().trouble, Some(Trouble::Gone));
    }

    #[test]
    fn a_peer_that_turns_us_away_is_dialled_less_and_less_often() {
        let mut link = link(&["a:1"]);
        let mut waits = Vec::new();
        for round in 0..4 {
            let now_ms = round * 200_000;
            waits.push(wait_ms(&mut link, now_ms));
            link.connected(true, &LIMITS(), now_ms + 100_000);
            link.lost(false, &LIMITS(), now_ms + 200_000);
        }
        assert_eq!(waits[0], Some(0));
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
    }

    #[test]
    fn silence_for_two_heartbeats_is_the_end_of_a_connection() {
        let mut link = link(&["a:1"]);
        link.connected(false, &LIMITS(), 0);
        link.seen(1_000);
        assert!(!link.is_silent(&LIMITS(), 21_000));
        assert!(link.is_silent(&LIMITS(), 21_001));
        assert!(link.lost(true, &LIMITS(), 21_001));
        assert_eq!(link.peering().trouble, Some(Trouble::Silent));
        assert!(!link.is_silent(&LIMITS(), 99_000), "said once");
    }

    #[test]
    fn who_is_shut_out_is_not_dialled_until_the_time_is_over() {
        let mut link = link(&["a:1"]);
        link.connected(false, &LIMITS(), 0);
        link.seen(0);
        link.shut_out(&LIMITS(), 0);
        assert!(link.lost(false, &LIMITS(), 1));
        assert_eq!(link.peering().trouble, Some(Trouble::ShutOut));
        assert_eq!(link.dial(59_999), None);
        assert!(!link.let_in(&LIMITS(), 59_999));
        assert!(link.let_in(&LIMITS(), 60_000));
        assert!(link.dial(60_000).is_some());
    }
}
