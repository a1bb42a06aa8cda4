//! How long to wait before trying again: exponential with full jitter.
//!
//! The n-th failure in a row waits a random time between nothing and `base × 2ⁿ`, at most `cap`. Full jitter,
//! since a thousand clients that lost the same server must not come back together.
//!
//! Absent: a clock, and a count of failures. The caller knows both. (The crate `backon` was considered: it
//! drives a future by itself and cannot serve a state machine that only computes deadlines.)

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// A source of waits. Deterministic when seeded.
#[derive(Debug)]
pub(crate) struct Backoff {
    base: Duration,
    cap: Duration,
    rng: StdRng,
}

impl Backoff {
    pub(crate) fn new(base: Duration, cap: Duration, seed: u64) -> Self {
        Self {
            base,
            cap,
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// The wait after `failures` earlier failures in a row.
    pub(crate) fn delay(&mut self, failures: u32) -> Duration {
        self.ceiling(failures).mul_f64(self.rng.random_range(0.0..=1.0))
    }

    /// The longest wait that [`delay`](Self::delay) can give.
    pub(crate) fn ceiling(&self, failures: u32) -> Duration {
        self.base
            .saturating_mul(2_u32.saturating_pow(failures))
            .min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Duration = Duration::from_secs(1);
    const CAP: Duration = Duration::from_secs(30);

    #[test]
    fn the_ceiling_doubles_from_one_second_to_thirty() {
        let backoff = Backoff::new(BASE, CAP, 1);
        let seconds: Vec<u64> = (0..7).map(|n| backoff.ceiling(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(backoff.ceiling(u32::MAX), CAP, "no overflow after a week offline");
    }

    #[test]
    fn waits_use_the_whole_range_and_never_leave_it() {
        let mut backoff = Backoff::new(BASE, CAP, 7);
        let waits: Vec<Duration> = (0..1000).map(|_| backoff.delay(3)).collect();
        assert!(
            waits.iter().all(|wait| *wait <= Duration::from_secs(8)),
            "never above the ceiling"
        );
        assert!(
            waits.iter().any(|wait| *wait < Duration::from_secs(1)),
            "full jitter reaches down"
        );
        assert!(
            waits.iter().any(|wait| *wait > Duration::from_secs(7)),
            "full jitter reaches up"
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let waits = |seed| {
            let mut backoff = Backoff::new(BASE, CAP, seed);
            (0..5).map(|n| backoff.delay(n)).collect::<Vec<_>>()
        };
        assert_eq!(waits(3), waits(3));
        assert_ne!(waits(3), waits(4));
    }
}
