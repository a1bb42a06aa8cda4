//! Time as the engine sees it: handed in with every turn, never asked for.

use std::time::Duration;

use jiff::Timestamp;

/// An instant on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock; may jump.
    pub wall: Timestamp,
    /// Since the engine started; never goes back. While the computer sleeps it stands still, but not on Windows.
    pub since_start: Duration,
}

impl Moment {
    /// Unix milliseconds of the wall clock.
    pub fn unix_millis(self) -> i64 {
        self.wall.as_millisecond()
    }

    /// The wall clock's Unix milliseconds at a later time of the steady clock.
    pub fn unix_millis_at(self, since_start: Duration) -> i64 {
        let ahead = since_start.saturating_sub(self.since_start).as_millis();
        self.unix_millis()
            .saturating_add(i64::try_from(ahead).unwrap_or(i64::MAX))
    }
}
