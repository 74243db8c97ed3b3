//! Rules that can be switched off.

/// Which rules a reader and a voter keep. With any of them off the network is **not safe**: they are here to measure what
/// each is worth, by looking for runs that break without it and hold with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// 9.4: a node that voted for a rival in a later round before is not locked.
    pub lock_proviso: bool,
    /// 9.5: a vote goes to the member with the certificate of the highest round.
    pub votes_follow_certificates: bool,
    /// A vote goes to a message that its own conflict set elects, not only that of the message asked about.
    pub votes_fit_their_own_conflicts: bool,
    /// A vote of a node counts once, however often its records repeat it.
    pub repeats_count_once: bool,
}

impl Default for Switches {
    /// All on.
    fn default() -> Self {
        Self {
            lock_proviso: true,
            votes_follow_certificates: true,
            votes_fit_their_own_conflicts: true,
            repeats_count_once: true,
        }
    }
}
