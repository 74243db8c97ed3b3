//! How long to wait before a peer is dialled again. Pure: attempts and chance are arguments.

/// The wait before the next dial after this many fruitless ones: doubling from `min_ms`, at most `max_ms`, less up to a
/// quarter by `jitter` (0 to 255), so that peers that lost each other together do not return together.
pub(crate) fn delay_ms(attempts: u32, min_ms: u64, max_ms: u64, jitter: u8) -> u64 {
    let doubled = min_ms.saturating_mul(1_u64 << attempts.min(31));
    let whole = doubled.min(max_ms);
    whole - whole / 1024 * u64::from(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_a_bound() {
        let waits: Vec<u64> = (0..8).map(|attempts| delay_ms(attempts, 1_000, 60_000, 0)).collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
        assert_eq!(delay_ms(u32::MAX, u64::MAX, 60_000, 0), 60_000);
    }

    #[test]
    fn chance_shortens_it_by_at_most_a_quarter() {
        for jitter in 0..=255 {
            let wait = delay_ms(9, 1_000, 60_000, jitter);
            assert!((45_000..=60_000).contains(&wait), "{wait}");
        }
        assert_ne!(delay_ms(9, 1_000, 60_000, 7), delay_ms(9, 1_000, 60_000, 200));
    }
}
