//! When to read the whole list.
//!
//! A read is due at once after signing in and whenever live updates (re)start, every few minutes as a safety net, and shortly after
//! anything that hints at a missed event. Hints are debounced with jitter, so that a hundred consoles do not ask in the same
//! instant; reads are single-flight, with one more run after the current one if something asked meanwhile. Nothing but its user's
//! word brings a read forward that the server has asked to wait with.
//!
//! A server sends `offers-updated` after each specific event. Each specific event is a credit, good for a few seconds; an
//! `offers-updated` that finds no credit says that an event was lost.

use std::collections::VecDeque;
use std::time::Duration;

use rand::{Rng, RngExt};

use crate::backoff::{Rest, backoff};
use crate::base::Tick;
use crate::clock::Moment;

/// How long a specific event vouches for the `offers-updated` that follows it.
pub const CREDIT_LIFETIME: Duration = Duration::from_secs(5);
/// Least wait between a hint and the read it causes; jitter adds up to as much again.
pub const DEBOUNCE: Duration = Duration::from_millis(300);
/// Longest time without a read.
pub const SAFETY_NET: Duration = Duration::from_secs(5 * 60);
/// The same while no live updates arrive.
pub const POLL: Duration = Duration::from_secs(30);

/// Decides when the list is read.
#[derive(Debug, Default)]
pub struct ListReading {
    due: Option<Duration>,
    /// Until then the server has asked to be left alone.
    rest: Rest,
    /// When the running read began.
    running: Option<Tick>,
    failures: u32,
    credits: VecDeque<Duration>,
}

impl ListReading {
    /// Reads as soon as possible.
    pub fn ask_now(&mut self, now: Moment) {
        self.due = Some(now.since_start);
    }

    /// Reads at once, whatever the server has asked for: a user says so, or has signed in.
    pub fn insist(&mut self, now: Moment) {
        self.rest.insist();
        self.ask_now(now);
    }

    /// Something hints that an event was missed.
    pub fn hint(&mut self, now: Moment, rng: &mut impl Rng) {
        let soon = now.since_start + DEBOUNCE + DEBOUNCE.mul_f64(rng.random::<f64>());
        // The first hint of a burst sets the time: a hotel where something always happens would never be read otherwise.
        self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
    }

    /// A specific event arrived.
    pub fn specific_event(&mut self, now: Moment) {
        self.forget_old_credits(now);
        self.credits.push_back(now.since_start + CREDIT_LIFETIME);
    }

    /// `offers-updated` arrived; true when no specific event vouches for it.
    pub fn lost_an_event(&mut self, now: Moment) -> bool {
        self.forget_old_credits(now);
        self.credits.pop_front().is_none()
    }

    // Some servers never ask for them.
    fn forget_old_credits(&mut self, now: Moment) {
        while self.credits.front().is_some_and(|until| *until < now.since_start) {
            self.credits.pop_front();
        }
    }

    /// Live updates have gone: no longer is the next read as far away as it may be with them.
    pub fn within(&mut self, wait: Duration, now: Moment) {
        let latest = now.since_start + wait;
        self.due = self.due.map(|due| due.min(latest));
    }

    /// The computer slept for so long.
    pub fn slept(&mut self, time: Duration) {
        self.rest.slept(time);
    }

    /// When [`start`](Self::start) has something to do.
    pub fn next(&self) -> Option<Duration> {
        let due = self.due.filter(|_| self.running.is_none());
        due.map(|due| due.max(self.rest.until()))
    }

    /// Starts a read if one is due and none runs.
    pub fn start(&mut self, now: Moment, tick: Tick) -> bool {
        let starts = self.next().is_some_and(|due| due <= now.since_start);
        if starts {
            self.due = None;
            self.running = Some(tick);
        }
        starts
    }

    /// The read succeeded; answers when it began. The next is due after `interval`, or as asked meanwhile.
    pub fn succeeded(&mut self, now: Moment, interval: Duration, rng: &mut impl Rng) -> Option<Tick> {
        self.failures = 0;
        let spread = interval.mul_f64(0.9 + 0.2 * rng.random::<f64>());
        self.due.get_or_insert(now.since_start + spread);
        self.running.take()
    }

    /// The read failed. It is tried again with backoff, not before `retry_after`, whatever asks meanwhile.
    pub fn failed(&mut self, now: Moment, retry_after: Option<Duration>, rng: &mut impl Rng) {
        self.running = None;
        self.failures += 1;
        self.due = Some(now.since_start + backoff(self.failures, rng));
        self.rest.put_off(now.since_start, Duration::ZERO, retry_after);
    }

    /// Forgets everything: another account.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn at(millis: u64) -> Moment {
        Moment {
            wall: jiff::Timestamp::UNIX_EPOCH,
            since_start: Duration::from_millis(millis),
        }
    }

    #[test]
    fn only_an_offers_updated_without_a_partner_tells_of_a_loss() {
        let mut reading = ListReading::default();
        assert!(reading.lost_an_event(at(0)), "alone");
        reading.specific_event(at(10));
        reading.specific_event(at(11));
        assert!(
            !reading.lost_an_event(at(20)),
            "not its neighbour, but vouched for"
        );
        assert!(!reading.lost_an_event(at(21)));
        assert!(reading.lost_an_event(at(22)), "each specific event vouches once");
        reading.specific_event(at(30));
        assert!(reading.lost_an_event(at(5_031)), "not for ever");
    }

    #[test]
    fn a_burst_of_hints_is_one_read_soon_and_spread() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut reading = ListReading::default();
        for millis in 0..100 {
            reading.hint(at(millis), &mut rng);
        }
        let due = reading.next().unwrap();
        assert!(
            (DEBOUNCE..DEBOUNCE * 2 + Duration::from_millis(100)).contains(&due),
            "{due:?}"
        );
        assert!(!reading.start(at(299), Tick(1)));
        assert!(reading.start(at(700), Tick(1)));
        assert!(!reading.start(at(701), Tick(2)), "single flight");
    }

    #[test]
    fn what_was_asked_during_a_read_runs_once_after_it() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut reading = ListReading::default();
        reading.ask_now(at(0));
        assert!(reading.start(at(0), Tick(7)));
        reading.hint(at(100), &mut rng);
        reading.hint(at(101), &mut rng);
        assert_eq!(reading.next(), None, "not while one runs");
        assert_eq!(reading.succeeded(at(200), SAFETY_NET, &mut rng), Some(Tick(7)));
        assert!(reading.next().unwrap() < Duration::from_secs(1));
        assert!(reading.start(at(1_000), Tick(8)));
        assert_eq!(reading.succeeded(at(1_100), SAFETY_NET, &mut rng), Some(Tick(8)));
        let next = reading.next().unwrap();
        assert!(
            next > SAFETY_NET.mul_f64(0.89) && next < SAFETY_NET.mul_f64(1.11),
            "then the safety net: {next:?}"
        );
    }

    #[test]
    fn a_failed_read_honours_the_servers_wait() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut reading = ListReading::default();
        reading.ask_now(at(0));
        assert!(reading.start(at(0), Tick(1)));
        reading.hint(at(1), &mut rng);
        reading.failed(at(0), Some(Duration::from_secs(90)), &mut rng);
        assert_eq!(reading.next(), Some(Duration::from_secs(90)));
        reading.hint(at(2), &mut rng);
        reading.ask_now(at(3));
        assert_eq!(
            reading.next(),
            Some(Duration::from_secs(90)),
            "also of what asks later"
        );
        reading.insist(at(4));
        assert_eq!(reading.next(), Some(Duration::from_millis(4)));
    }
}
