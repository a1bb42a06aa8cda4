//! A quiet start: the network leaves the processor to the first window.
//!
//! Reading a hotel of a thousand offers anew is a hundred pages. Done while the window is made, it costs the window a tenth of a second, and
//! what is known already is what people wait for.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SetOnce;
use tokio::time::{Instant, timeout_at};

/// A start without a window to wait for, or one whose page never comes, is quiet no longer than this.
const LATEST: Duration = Duration::from_secs(1);

/// From the start of the program until its first window shows what is known. Cheap to clone.
#[derive(Clone)]
pub(crate) struct QuietStart {
    over: Arc<SetOnce<()>>,
    latest: Instant,
}

impl QuietStart {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self {
            over: Arc::default(),
            latest: Instant::now() + LATEST,
        }
    }

    /// Whoever waited goes on, and nobody waits any more.
    pub(crate) fn end(&self) {
        // Every window says that it is painted; the first one counts.
        drop(self.over.set(()));
    }

    /// Waits for its end.
    pub(crate) async fn ended(self) {
        if !self.over.initialized() {
            drop(timeout_at(self.latest, self.over.wait()).await);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_wait_for_the_first_window_and_never_again() {
        let start = QuietStart::begin();
        let mut waiting = Box::pin(start.clone().ended());
        assert!((&mut waiting).now_or_never().is_none());
        start.end();
        assert!(waiting.now_or_never().is_some());
        start.end();
        assert!(start.ended().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_without_a_window_is_quiet_for_a_second() {
        let begun = Instant::now();
        let start = QuietStart::begin();
        start.clone().ended().await;
        assert_eq!(begun.elapsed(), LATEST);
        assert!(
            start.ended().now_or_never().is_some(),
            "nor does a later call wait"
        );
    }
}
