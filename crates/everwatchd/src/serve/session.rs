//! The token of the address and the sessions it is exchanged for.
//!
//! Token and session ids are 256 random bits of the operating system as lower-case hex, compared in constant time. The
//! number of sessions is bounded, the one unused for longest goes first; a session unused for half a day is gone.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::TryRngCore;
use rand::rngs::OsRng;
use subtle::ConstantTimeEq;

/// Sessions at a time: a few browsers of one person.
const MOST_SESSIONS: usize = 16;
/// An unused session ends after this.
const IDLE: Duration = Duration::from_secs(12 * 3600);

/// Token and open sessions of one run.
pub(super) struct Sessions {
    token: String,
    open: Mutex<Vec<Session>>,
}

struct Session {
    id: String,
    used: Instant,
}

impl Sessions {
    /// Makes a fresh token; returns it beside the keeper, to be printed once.
    pub(super) fn new() -> Result<(Self, String), rand::rand_core::OsError> {
        let token = random_hex()?;
        Ok((Self { token: token.clone(), open: Mutex::new(Vec::new()) }, token))
    }

    /// Opens a session for the holder of the token. None when `given` is not the token.
    pub(super) fn open(&self, given: &str, now: Instant) -> Option<Result<String, rand::rand_core::OsError>> {
        if !same(&self.token, given) {
            return None;
        }
        Some(random_hex().inspect(|id| self.insert(id.clone(), now)))
    }

    /// Whether `given` is an open session; marks it as used.
    pub(super) fn admits(&self, given: &str, now: Instant) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|session| now.saturating_duration_since(session.used) < IDLE);
        let mut admitted = false;
        for session in open.iter_mut() {
            if same(&session.id, given) {
                session.used = now;
                admitted = true;
            }
        }
        admitted
    }

    fn insert(&self, id: String, now: Instant) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST_SESSIONS {
            let oldest = open.iter().enumerate().min_by_key(|(_, session)| session.used);
            if let Some((index, _)) = oldest {
                open.swap_remove(index);
            }
        }
        open.push(Session { id, used: now });
    }
}

fn random_hex() -> Result<String, rand::rand_core::OsError> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(crypto::hexs::encode(&bytes))
}

fn same(secret: &str, given: &str) -> bool {
    secret.as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn open(sessions: &Sessions, token: &str, now: Instant) -> String {
        sessions.open(token, now).unwrap().unwrap()
    }

    #[test]
    fn only_the_token_opens_a_session() {
        let now = Instant::now();
        let (sessions, token) = Sessions::new().unwrap();
        assert_eq!(token.len(), 64);
        for wrong in ["", "0", &token[1..], &token.to_uppercase(), &format!("{token}0"), &"0".repeat(64)] {
            assert!(sessions.open(wrong, now).is_none() || wrong == token, "{wrong} opened a session");
        }
        let id = open(&sessions, &token, now);
        assert_ne!(id, token);
        assert!(sessions.admits(&id, now) && !sessions.admits(&token, now) && !sessions.admits("", now));
        assert_ne!(Sessions::new().unwrap().1, token);
    }

    #[test]
    fn an_unused_session_ends_and_a_used_one_does_not() {
        let start = Instant::now();
        let (sessions, token) = Sessions::new().unwrap();
        let (used, unused) = (open(&sessions, &token, start), open(&sessions, &token, start));
        let half = start + IDLE / 2;
        assert!(sessions.admits(&used, half));
        let later = start + IDLE + Duration::from_secs(1);
        assert!(sessions.admits(&used, later));
        assert!(!sessions.admits(&unused, later));
    }

    #[test]
    fn the_session_unused_for_longest_makes_room() {
        let start = Instant::now();
        let (sessions, token) = Sessions::new().unwrap();
        let at = |n: usize| start + Duration::from_secs(n as u64);
        let ids: Vec<_> = (0..MOST_SESSIONS).map(|n| open(&sessions, &token, at(n))).collect();
        assert!(sessions.admits(&ids[0], at(100)));
        let fresh = open(&sessions, &token, at(101));
        assert!(sessions.admits(&fresh, at(102)) && sessions.admits(&ids[0], at(102)));
        assert!(!sessions.admits(&ids[1], at(102)));
    }
}
