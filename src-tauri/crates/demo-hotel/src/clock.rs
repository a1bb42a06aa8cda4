//! The hotel's clock: the machine's, or one that a test sets.
//!
//! It gives `created_at` and decides whether a signed hub request is fresh. The hub's timers (idle sockets, delayed
//! events) are not here: they run on tokio's clock, which tests pause.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// A clock shared by everything in one hotel. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Face>>);

#[derive(Debug)]
enum Face {
    Running { ahead: SignedDuration },
    Stopped { at: Timestamp },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(Face::Running {
            ahead: SignedDuration::ZERO,
        })))
    }

    /// A clock that stands still until [`Clock::advance`] or [`Clock::set`].
    pub fn stopped_at(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Face::Stopped { at })))
    }

    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        match *self.face() {
            Face::Running { ahead } => Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX),
            Face::Stopped { at } => at,
        }
    }

    /// Stops the clock at `at`.
    pub fn set(&self, at: Timestamp) {
        *self.face() = Face::Stopped { at };
    }

    /// Moves the clock forward, or back when `by` is negative; a running clock goes on running.
    pub fn advance(&self, by: SignedDuration) {
        match &mut *self.face() {
            Face::Running { ahead } => *ahead = ahead.saturating_add(by),
            Face::Stopped { at } => *at = at.saturating_add(by).unwrap_or(Timestamp::MAX),
        }
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}
