//! What a driver is opened with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keystore::Session;
use p2p::PeerId;

use crate::carrier::Carrier;

/// What a driver is opened with.
pub struct Config {
    /// Where its public data live; a directory `ceremonies` is made in it.
    pub data_dir: PathBuf,
    /// The unlocked keystore; none: [`crate::Ceremonies::unlock`] brings it.
    pub session: Option<Arc<Session>>,
    /// Our identity between watchmen.
    pub own: PeerId,
    /// What others call us.
    pub name: String,
    /// What carries messages; none for a watchman that is connected to nothing and is reached by files.
    pub carrier: Option<Carrier>,
    /// Times.
    pub timing: Timing,
}

/// How long things wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Machines that hear nothing new for so long give up and name who was silent.
    pub round: Duration,
    /// The same when somebody who is waited for is reached by files only.
    pub carried: Duration,
    /// Sessions that are not signed by then fail.
    pub session: Duration,
    /// People who were invited decide within this time.
    pub people: Duration,
    /// First wait before what was sent is sent again; doubles up to eight times that.
    pub resend: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let hour = Duration::from_secs(3_600);
        Self {
            round: Duration::from_secs(60),
            carried: hour * 24 * 7,
            session: hour * 24,
            people: hour * 24 * 7,
            resend: Duration::from_secs(2),
        }
    }
}
