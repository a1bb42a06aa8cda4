//! Noticing that the computer slept, so that a dead connection is found at once instead of after 150 seconds.
//!
//! Two signs, since systems differ. Where the monotonic clock stops during sleep (Linux, macOS), the wall clock
//! has run ahead of it. Where it runs on (Windows), our own regular look at the clocks comes far too late.
//!
//! Absent: the clocks. A wall clock set forward by hand looks like sleep too; that costs one ping.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Compares what two clocks say between two looks.
#[derive(Debug)]
pub(crate) struct SleepWatch {
    /// How often somebody is going to call [`look`](Self::look).
    every: Duration,
    /// How far the clocks may differ, or a look be late, before we call it sleep.
    tolerance: Duration,
    wall: SystemTime,
    monotonic: Instant,
}

impl SleepWatch {
    pub(crate) fn new(every: Duration, tolerance: Duration, wall: SystemTime, monotonic: Instant) -> Self {
        Self {
            every,
            tolerance,
            wall,
            monotonic,
        }
    }

    /// When to look next.
    pub(crate) fn deadline(&self) -> Instant {
        self.monotonic + self.every
    }

    /// Whether the computer slept since the last look.
    pub(crate) fn look(&mut self, wall: SystemTime, monotonic: Instant) -> bool {
        // A wall clock that went backwards counts as not having moved: it was set, nobody slept.
        let by_wall = wall.duration_since(self.wall).unwrap_or_default();
        let by_monotonic = monotonic.saturating_duration_since(self.monotonic);
        self.wall = wall;
        self.monotonic = monotonic;
        let ran_ahead = by_wall.saturating_sub(by_monotonic) > self.tolerance;
        let came_late = by_monotonic.saturating_sub(self.every) > self.tolerance;
        ran_ahead || came_late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_shows_as_clocks_that_disagree_or_as_a_look_that_comes_late() {
        let secs = Duration::from_secs;
        for (wall, monotonic, slept, why) in [
            (5, 5, false, "awake"),
            (8, 5, false, "a small correction of the wall clock"),
            (3600, 5, true, "slept with a monotonic clock that stopped"),
            (3600, 3600, true, "slept with a monotonic clock that ran on"),
            (0, 5, false, "the wall clock was set back"),
            (9, 9, false, "a busy computer"),
        ] {
            let (start, began) = (SystemTime::UNIX_EPOCH + secs(1_000_000), Instant::now());
            let mut watch = SleepWatch::new(secs(5), secs(10), start, began);
            assert_eq!(
                watch.look(start + secs(wall), began + secs(monotonic)),
                slept,
                "{why}"
            );
            assert!(
                !watch.look(start + secs(wall + 5), began + secs(monotonic + 5)),
                "one sleep is told once: {why}"
            );
        }
    }
}
