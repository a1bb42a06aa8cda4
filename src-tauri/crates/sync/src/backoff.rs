//! How long to wait before the next try: exponential with full jitter, from 1 s to 60 s.
//!
//! Not `backon`: the engine is a state machine that owns no timers, and needs the wait as a number.

use std::time::Duration;

use rand::{Rng, RngExt};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Even the luckiest draw leaves the server this long.
const LEAST: Duration = Duration::from_millis(200);

/// The wait after so many failures in a row.
pub fn backoff(failures: u32, rng: &mut impl Rng) -> Duration {
    let ceiling = FIRST
        .saturating_mul(1 << failures.saturating_sub(1).min(6))
        .min(LONGEST);
    ceiling.mul_f64(rng.random::<f64>()).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn waits_grow_to_a_minute_and_are_spread_over_all_of_it() {
        let mut rng = StdRng::seed_from_u64(1);
        for (failures, ceiling) in [(1, 1), (2, 2), (4, 8), (7, 60), (1_000, 60)] {
            let draws: Vec<_> = (0..2_000).map(|_| backoff(failures, &mut rng)).collect();
            let ceiling = Duration::from_secs(ceiling);
            assert!(draws.iter().all(|wait| (LEAST..=ceiling).contains(wait)));
            assert!(
                draws.iter().any(|wait| *wait > ceiling.mul_f64(0.9))
                    && draws.iter().any(|wait| *wait < ceiling.mul_f64(0.3))
            );
        }
    }
}
