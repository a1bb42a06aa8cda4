//! How long to wait before the next try: exponential with full jitter, from 1 s to 60 s, or as long as the server asks for.
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

/// Until when something is not tried again, on the steady clock. What we chose ends early when there is reason to believe that a
/// try would succeed; what the server has named does not, but for its user's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    chosen: Duration,
    named: Duration,
}

impl Rest {
    /// The end of both waits.
    pub fn until(self) -> Duration {
        self.chosen.max(self.named)
    }

    /// Not before `wait` has passed, nor before `named` has, if the server asks for that.
    pub fn put_off(&mut self, now: Duration, wait: Duration, named: Option<Duration>) {
        self.chosen = self.chosen.max(now + wait);
        if let Some(named) = named {
            self.named = self.named.max(now + named);
        }
    }

    /// The line is back, or what is to be done has changed: there is no need to wait any longer, unless the server asks for it.
    pub fn hurry(&mut self, now: Duration) {
        self.chosen = self.chosen.min(now);
    }

    /// A user says that the server need not be spared any longer.
    pub fn insist(&mut self) {
        self.named = Duration::ZERO;
    }

    /// The steady clock stood still for so long, and the server's did not.
    pub fn slept(&mut self, time: Duration) {
        self.named = self.named.saturating_sub(time);
    }
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

    #[test]
    fn what_the_server_asks_for_ends_with_time_or_a_users_word_and_what_we_chose_earlier() {
        let secs = Duration::from_secs;
        let mut rest = Rest::default();
        rest.put_off(secs(10), secs(90), Some(secs(60)));
        assert_eq!(rest.until(), secs(100));
        rest.hurry(secs(20));
        assert_eq!(rest.until(), secs(70));
        rest.put_off(secs(20), secs(1), None);
        assert_eq!(
            rest.until(),
            secs(70),
            "a failure without a wait does not take it back"
        );
        rest.slept(secs(45));
        assert_eq!(rest.until(), secs(25));
        rest.insist();
        assert_eq!(rest.until(), secs(21));
    }
}
