//! From a password to a key: Argon2id, version 1.3 (RFC 9106).
//!
//! What always holds: parameters outside the bounds below never reach the function, so a foreign file cannot ask for
//! unbounded memory or time; its memory is wiped afterwards. Lanes are computed one after the other.
//! The floor for new files is the OWASP one: 19 MiB and two passes.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Version};
use zeroize::Zeroizing;

use crate::password::Password;

/// Least memory of a new file, KiB.
pub const MEMORY_KIB_MIN: u32 = 19 * 1024;
/// Most memory of any file, KiB.
pub const MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// Fewest passes of a new file.
pub const PASSES_MIN: u32 = 2;
/// Most passes of any file.
pub const PASSES_MAX: u32 = 64;
/// Most lanes of any file.
pub const LANES_MAX: u32 = 8;
/// Most memory times passes of any file, KiB: some seconds on a slow machine.
pub const WORK_KIB_MAX: u64 = 4 * 1024 * 1024;
/// What [`KdfParams::calibrate`] uses at most: two programs that unlock at once must fit into a small machine.
const CALIBRATED_KIB_MAX: u32 = 256 * 1024;
const PROBE_KIB: u32 = 32 * 1024;

pub(crate) const SALT_LEN: usize = 16;
pub(crate) const KEY_LEN: usize = 32;

/// A key that encrypts a file.
pub(crate) type FileKey = Box<Zeroizing<[u8; KEY_LEN]>>;

/// Parameters outside the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("key derivation parameters are out of bounds: {memory_kib} KiB, {passes} passes, {lanes} lanes")]
pub struct KdfError {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// What one derivation costs; stands in the file's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfParams {
    /// The cheapest that a new file of a person may have.
    pub const FLOOR: Self = Self { memory_kib: MEMORY_KIB_MIN, passes: PASSES_MIN, lanes: 1 };

    /// Parameters of a new file.
    ///
    /// # Errors
    /// Below the floor or above the bounds.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfError> {
        if memory_kib < MEMORY_KIB_MIN || passes < PASSES_MIN {
            return Err(KdfError { memory_kib, passes, lanes });
        }
        Self::of_file(memory_kib, passes, lanes)
    }

    /// Next to no protection: for tests that derive many keys.
    #[must_use]
    pub const fn insecure_for_tests() -> Self {
        Self { memory_kib: 8, passes: 1, lanes: 1 }
    }

    /// Parameters as a header has them. Below the floor is read: the header is authenticated, so its maker chose them.
    pub(crate) const fn of_file(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfError> {
        let lanes_fit = lanes >= 1 && lanes <= LANES_MAX && memory_kib >= 8 * lanes;
        let cost_fits = passes >= 1 && passes <= PASSES_MAX && memory_kib <= MEMORY_KIB_MAX;
        if lanes_fit && cost_fits && memory_kib as u64 * passes as u64 <= WORK_KIB_MAX {
            Ok(Self { memory_kib, passes, lanes })
        } else {
            Err(KdfError { memory_kib, passes, lanes })
        }
    }

    /// Measures this machine and chooses parameters that take about `target`, memory first: at least the floor, at most
    /// 256 MiB. Blocks for some tens of milliseconds.
    #[must_use]
    pub fn calibrate(target: Duration) -> Self {
        let probe = Self { memory_kib: PROBE_KIB, passes: 1, lanes: 1 };
        // The quickest of three: what disturbs a measurement only ever makes it longer.
        let measured = (0..3).map(|_| measure(probe)).min().unwrap_or(target);
        Self::fitting(target, measured, PROBE_KIB)
    }

    /// The parameters for `target` when one pass over `probe_kib` takes `measured`; cost grows with memory times passes.
    fn fitting(target: Duration, measured: Duration, probe_kib: u32) -> Self {
        let work_kib = target.as_nanos() * u128::from(probe_kib) / measured.as_nanos().max(1);
        let work_kib = u32::try_from(work_kib.min(u128::from(WORK_KIB_MAX))).expect("the bound of work fits 32 bits");
        let whole_mib = work_kib / PASSES_MIN / 1024 * 1024;
        let memory_kib = whole_mib.clamp(MEMORY_KIB_MIN, CALIBRATED_KIB_MAX);
        Self { memory_kib, passes: (work_kib / memory_kib).clamp(PASSES_MIN, PASSES_MAX / 4), lanes: 1 }
    }

    /// Memory, KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    #[must_use]
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    /// Whether a new file of a person could have these.
    #[must_use]
    pub const fn meets_floor(self) -> bool {
        self.memory_kib >= MEMORY_KIB_MIN && self.passes >= PASSES_MIN
    }

    /// The key of `password` under `salt`. Blocks for as long as the parameters ask.
    pub(crate) fn derive(self, password: &Password, salt: &[u8; SALT_LEN]) -> FileKey {
        let params = argon2::Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LEN))
            .expect("the bounds of a file lie within those of Argon2");
        let mut memory = Zeroizing::new(vec![Block::default(); params.block_count()]);
        let mut key = Box::new(Zeroizing::new([0; KEY_LEN]));
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut key[..], &mut memory[..])
            .expect("salt, key and memory have the lengths that Argon2 wants");
        key
    }
}

fn measure(params: KdfParams) -> Duration {
    let password = Password::new("calibration").expect("long enough");
    let start = Instant::now();
    let key = params.derive(&password, &[0; SALT_LEN]);
    let took = start.elapsed();
    std::hint::black_box(&key);
    took
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn bounds_of_new_files_and_of_any_file() {
        for (memory_kib, passes, lanes, new, any) in [
            (MEMORY_KIB_MIN, 2, 1, true, true),
            (MEMORY_KIB_MIN - 1, 2, 1, false, true),
            (MEMORY_KIB_MIN, 1, 1, false, true),
            (8, 1, 1, false, true),
            (7, 1, 1, false, false),
            (8, 1, 2, false, false),
            (MEMORY_KIB_MIN, 0, 1, false, false),
            (MEMORY_KIB_MIN, 2, 0, false, false),
            (MEMORY_KIB_MIN, 2, LANES_MAX, true, true),
            (MEMORY_KIB_MIN, 2, LANES_MAX + 1, false, false),
            (MEMORY_KIB_MIN, PASSES_MAX, 1, true, true),
            (MEMORY_KIB_MIN, PASSES_MAX + 1, 1, false, false),
            (MEMORY_KIB_MAX, 4, 1, true, true),
            (MEMORY_KIB_MAX, 5, 1, false, false),
            (MEMORY_KIB_MAX + 1, 2, 1, false, false),
            (u32::MAX, u32::MAX, u32::MAX, false, false),
        ] {
            assert_eq!(KdfParams::new(memory_kib, passes, lanes).is_ok(), new, "{memory_kib} {passes} {lanes}");
            assert_eq!(KdfParams::of_file(memory_kib, passes, lanes).is_ok(), any, "{memory_kib} {passes} {lanes}");
        }
        assert!(KdfParams::FLOOR.meets_floor() && !KdfParams::insecure_for_tests().meets_floor());
    }

    #[test]
    fn calibration_fits_the_target_and_never_leaves_its_bounds() {
        let fit = |target_ms, probe_us| {
            KdfParams::fitting(Duration::from_millis(target_ms), Duration::from_micros(probe_us), PROBE_KIB)
        };
        // 20 ms for 32 MiB: half a second is 25 times as much, 800 MiB of work.
        assert_eq!(fit(500, 20_000), KdfParams { memory_kib: CALIBRATED_KIB_MAX, passes: 3, lanes: 1 });
        assert_eq!(fit(500, 100_000), KdfParams { memory_kib: 80 * 1024, passes: 2, lanes: 1 });
        assert_eq!(fit(1, 1_000_000), KdfParams::FLOOR);
        assert_eq!(fit(500, 0), KdfParams { memory_kib: CALIBRATED_KIB_MAX, passes: 16, lanes: 1 });
        for (target, probe) in [(0, 0), (u64::from(u32::MAX), 1), (500, 37_123), (90, 5_000)] {
            let KdfParams { memory_kib, passes, lanes } = fit(target, probe);
            assert!(KdfParams::new(memory_kib, passes, lanes).is_ok(), "{target} {probe}");
        }
    }

    #[test]
    fn a_calibrated_derivation_takes_the_order_of_its_target() {
        let target = Duration::from_millis(400);
        let params = KdfParams::calibrate(target);
        let took = (0..3).map(|_| measure(params)).min().unwrap();
        let floor = measure(KdfParams::FLOOR);
        assert!(took < target * 4 + floor, "{params:?} took {took:?}");
        assert!(took > target / 8 || params.memory_kib * params.passes >= 16 * CALIBRATED_KIB_MAX, "{took:?}");
    }
}
