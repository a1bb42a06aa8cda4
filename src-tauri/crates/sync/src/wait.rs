//! The engine's thread waits: for events, for its end, and for the clock.
//!
//! Not on a runtime, whose timers would wake the thread three times for each of ours.
//!
//! Absent: what is done then.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use tokio::sync::mpsc;

use crate::engine::SLEEP;

/// What ended a wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wake<E> {
    /// There are some in `events`.
    Events,
    /// Somebody asks for the end.
    Asked(E),
    /// Nobody is left who could send anything.
    Alone,
    /// The time has come.
    Time,
    /// The time has passed, so long ago that the computer must have slept.
    Late,
}

/// Waits until `until` at most. Takes as many events as there are, up to `most`. Blocks its thread.
pub(crate) fn wait<T, E>(
    inbox: &mut mpsc::Receiver<T>,
    ends: &mut mpsc::Receiver<E>,
    events: &mut Vec<T>,
    most: usize,
    until: Instant,
) -> Wake<E> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(Some(end)) = ends.poll_recv(&mut context) {
            return Wake::Asked(end);
        }
        // Before any event: after sleep there are some, such as that the line has broken.
        let now = Instant::now();
        if now.saturating_duration_since(until) > SLEEP {
            return Wake::Late;
        }
        match inbox.poll_recv_many(&mut context, events, most) {
            Poll::Ready(0) => return Wake::Alone,
            Poll::Ready(_) => return Wake::Events,
            Poll::Pending => {}
        }
        if now >= until {
            return Wake::Time;
        }
        thread::park_timeout(until - now);
    }
}

struct Unpark(Thread);

impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn an_event_ends_a_long_wait_at_once_and_all_that_are_there_come_together() {
        let ((events, mut inbox), (_end, mut ends)) = (mpsc::channel(8), mpsc::channel::<()>(1));
        let mut taken = Vec::new();
        let sender = thread::spawn(move || {
            // Most likely the other thread waits by then; if it does not yet, the test holds all the same.
            thread::sleep(Duration::from_millis(20));
            for event in 0..5 {
                events.try_send(event).expect("there is room");
            }
        });
        let begun = Instant::now();
        while taken.len() < 5 {
            let wake = wait(&mut inbox, &mut ends, &mut taken, 8, begun + LONG);
            assert_eq!(wake, Wake::Events);
        }
        assert_eq!(taken, [0, 1, 2, 3, 4]);
        assert!(begun.elapsed() < LONG / 2);
        sender.join().expect("it sends");
        assert_eq!(
            wait(&mut inbox, &mut ends, &mut taken, 8, begun + LONG),
            Wake::Alone
        );
    }

    #[test]
    fn the_end_comes_before_events() {
        let ((events, mut inbox), (end, mut ends)) = (mpsc::channel(1), mpsc::channel(1));
        events.try_send(()).expect("there is room");
        end.try_send("now").expect("there is room");
        let mut taken = Vec::new();
        let until = Instant::now() + LONG;
        assert_eq!(
            wait(&mut inbox, &mut ends, &mut taken, 1, until),
            Wake::Asked("now")
        );
        assert!(taken.is_empty());
    }

    #[test]
    fn the_clock_ends_a_wait_and_a_clock_that_went_on_through_sleep_tells_so() {
        let ((events, mut inbox), (_end, mut ends)) = (mpsc::channel(1), mpsc::channel::<()>(1));
        let mut taken = Vec::new();
        let begun = Instant::now();
        let soon = Duration::from_millis(30);
        assert_eq!(
            wait(&mut inbox, &mut ends, &mut taken, 1, begun + soon),
            Wake::Time
        );
        assert!(begun.elapsed() >= soon);
        events.try_send(()).expect("there is room");
        let past = begun
            .checked_sub(SLEEP + LONG)
            .expect("the computer runs for minutes");
        assert_eq!(wait(&mut inbox, &mut ends, &mut taken, 1, past), Wake::Late);
        assert!(taken.is_empty(), "what happened meanwhile comes after that");
    }
}
