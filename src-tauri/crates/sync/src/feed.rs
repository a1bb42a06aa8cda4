//! One change feed to all windows: numbered batches, the first change at once, bursts gathered per frame.
//!
//! A lone change leaves without waiting. While changes keep coming, one batch leaves per frame, holding the last state of each
//! offer only, so that five thousand events cost the windows no more than the frames they can paint.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::view::{Batch, ViewChange};

/// At 60 pictures a second.
const FRAME: Duration = Duration::from_millis(16);

/// Takes a batch to every window. Must not block.
pub type Publish = Arc<dyn Fn(Batch) + Send + Sync>;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    state: Arc<Mutex<State>>,
    publish: Publish,
    runtime: Handle,
}

struct State {
    seq: u32,
    last: Option<Instant>,
    gathered: Vec<ViewChange>,
    timer: bool,
}

impl Feed {
    /// A feed that hands its batches to `publish`, one after the other.
    pub fn new(publish: Publish, runtime: Handle) -> Self {
        let state = State {
            seq: 0,
            last: None,
            gathered: Vec::new(),
            timer: false,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            publish,
            runtime,
        }
    }

    /// The number of the last batch. Whatever was given to [`push`](Self::push) before a snapshot was made is either in a batch up
    /// to this number, or comes in a later one and says nothing new.
    pub fn seq(&self) -> u32 {
        self.lock().seq
    }

    /// Tells the windows, now or with the next frame.
    pub fn push(&self, changes: Vec<ViewChange>) {
        let mut state = self.lock();
        state.gathered.extend(changes);
        if state.timer {
            return;
        }
        let now = Instant::now();
        match state.last.map(|last| last + FRAME) {
            Some(next) if next > now => {
                state.timer = true;
                let feed = self.clone();
                self.runtime.spawn(async move {
                    tokio::time::sleep_until(next).await;
                    let mut state = feed.lock();
                    state.timer = false;
                    feed.flush(&mut state);
                });
            }
            _ => self.flush(&mut state),
        }
    }

    // Under the lock, so that batches reach the windows in the order of their numbers.
    fn flush(&self, state: &mut State) {
        let changes = gather(std::mem::take(&mut state.gathered));
        if changes.is_empty() {
            return;
        }
        state.seq = state.seq.wrapping_add(1);
        state.last = Some(Instant::now());
        (self.publish)(Batch {
            seq: state.seq,
            changes,
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same changes without those that a later one makes pointless.
fn gather(changes: Vec<ViewChange>) -> Vec<ViewChange> {
    let (mut offers, mut connection, mut session, mut preview) = (HashSet::new(), false, false, false);
    let mut kept: Vec<ViewChange> = changes
        .into_iter()
        .rev()
        .filter(|change| match change {
            ViewChange::Offer { offer, .. } => offers.insert(offer.key),
            ViewChange::Removed { key } => offers.insert(*key),
            ViewChange::Connection { .. } => !std::mem::replace(&mut connection, true),
            ViewChange::Session { .. } => !std::mem::replace(&mut session, true),
            ViewChange::Preview => !std::mem::replace(&mut preview, true),
            ViewChange::Renamed { .. }
            | ViewChange::Activity { .. }
            | ViewChange::Notice { .. }
            | ViewChange::Settings { .. }
            | ViewChange::Today { .. }
            | ViewChange::Reset => true,
        })
        .collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{OfferId, OfferKey};

    fn removed(id: i64) -> ViewChange {
        ViewChange::Removed {
            key: OfferKey::Server(OfferId(id)),
        }
    }

    fn feed() -> (Feed, tokio::sync::mpsc::UnboundedReceiver<Batch>) {
        // A test reads all it causes, so what waits here is bounded by the test.
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        let publish: Publish = Arc::new(move |batch| sender.send(batch).unwrap());
        (Feed::new(publish, Handle::current()), receiver)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_change_leaves_at_once_and_a_burst_once_per_frame() {
        let (feed, mut batches) = feed();
        feed.push(vec![removed(1)]);
        assert_eq!(
            batches.try_recv().unwrap(),
            Batch {
                seq: 1,
                changes: vec![removed(1)]
            }
        );
        for id in [2, 3, 2] {
            feed.push(vec![removed(id)]);
        }
        assert!(batches.try_recv().is_err(), "gathered until the next frame");
        let start = Instant::now();
        assert_eq!(
            batches.recv().await.unwrap(),
            Batch {
                seq: 2,
                changes: vec![removed(3), removed(2)]
            }
        );
        assert!(start.elapsed() <= FRAME + Duration::from_millis(1));
        assert_eq!(feed.seq(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_quiet_frame_a_change_leaves_at_once_again() {
        let (feed, mut batches) = feed();
        feed.push(vec![removed(1)]);
        tokio::time::advance(FRAME * 2).await;
        feed.push(vec![removed(2)]);
        assert_eq!(batches.try_recv().unwrap().seq, 1);
        assert_eq!(batches.try_recv().unwrap().seq, 2);
    }
}
