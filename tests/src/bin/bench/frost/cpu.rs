//! The processor time of this process, user and system, all threads, by the kernel's account (10 ms units).

use anyhow::{Context, Result};

/// The kernel tells times in hundredths of a second (`USER_HZ`).
const TICKS_PER_S: f64 = 100.0;

/// A moment.
pub(super) struct CpuTime(u64);

impl CpuTime {
    /// Now.
    pub(super) fn now() -> Result<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        // The name of the program stands in parentheses and may hold anything.
        let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat names the program")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse);
        let [user, system] = ticks.collect::<Result<Vec<u64>, _>>()?.try_into().ok().context("two times")?;
        Ok(Self(user + system))
    }

    /// Seconds of processor time since.
    pub(super) fn seconds_since(&self) -> Result<f64> {
        Ok((Self::now()?.0 - self.0) as f64 / TICKS_PER_S)
    }
}
