//! The state of live updates, as the connection reports it.

use std::time::Duration;

use super::Engine;
use crate::effect::LiveSignal;
use crate::reading::POLL;
use crate::view::SignInForm;

/// What is known of the connection for live updates.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// Where it goes.
    pub(super) target: SignInForm,
    phase: Phase,
    problem: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// On the way, and nothing has failed yet.
    #[default]
    Starting,
    Subscribed,
    /// Lost or never had; next try at this time of the steady clock, if known.
    Down(Option<Duration>),
    /// Nothing more is tried. Not the same as offline: the list can still be read.
    Off,
}

impl Live {
    pub(super) fn is_subscribed(&self) -> bool {
        self.phase == Phase::Subscribed
    }

    /// Whether nothing has failed yet: a subscription is near.
    pub(super) fn is_starting(&self) -> bool {
        self.phase == Phase::Starting && self.problem.is_none()
    }

    pub(super) fn is_down(&self) -> bool {
        matches!(self.phase, Phase::Down(_))
    }

    pub(super) fn retry_at(&self) -> Option<Duration> {
        match self.phase {
            Phase::Down(at) => at,
            _ => None,
        }
    }

    /// What staff should know about it, in words.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    pub(super) fn restart(&mut self) {
        self.phase = Phase::Starting;
        self.problem = None;
    }

    pub(super) fn unavailable(&mut self, words: &str) {
        self.phase = Phase::Off;
        self.problem = Some(words.to_owned());
    }
}

impl Engine {
    pub(super) fn live_signal(&mut self, signal: LiveSignal) -> cache::Result<()> {
        let was_subscribed = self.live.is_subscribed();
        let taken = self.take_signal(signal);
        if was_subscribed
            && !self.live.is_subscribed()
            && let Some(desk) = &mut self.desk
        {
            desk.reading.within(POLL, self.now);
        }
        taken
    }

    fn take_signal(&mut self, signal: LiveSignal) -> cache::Result<()> {
        match signal {
            // After a loss, a new try is no reason to call the state anything better than it was.
            LiveSignal::Connecting => {
                if self.live.is_subscribed() {
                    self.live.phase = Phase::Starting;
                } else if self.live.is_down() {
                    self.live.phase = Phase::Down(None);
                }
            }
            LiveSignal::Waiting(wait) => {
                self.live.phase = Phase::Down(wait.map(|wait| self.now.since_start + wait))
            }
            LiveSignal::Subscribed => self.subscribed(),
            LiveSignal::NotSubscribed(words) => {
                self.live.phase = Phase::Starting;
                self.live.problem = Some(format!("Live updates: {words}"));
            }
            LiveSignal::Stopped(words) => self.live.unavailable(&format!("Live updates are off: {words}")),
            LiveSignal::Message(message) => return self.hotel_event(*message),
            LiveSignal::Missed(words) => {
                tracing::warn!(%words, "an event was missed");
                if let Some(desk) = &mut self.desk {
                    desk.has_missed(self.tick);
                    desk.reading.hint(self.now, &mut self.rng);
                }
            }
        }
        Ok(())
    }

    /// From here on nothing is missed; what was missed before only the list can tell.
    fn subscribed(&mut self) {
        self.live.phase = Phase::Subscribed;
        self.live.problem = None;
        let now = self.now;
        let Some(desk) = &mut self.desk else { return };
        desk.has_missed(self.tick);
        let is_first = !desk.listed;
        if is_first {
            desk.reading.ask_now(now);
        } else {
            // All consoles of the hotel come back together: spread their reads.
            desk.reading.hint(now, &mut self.rng);
        }
        desk.hurry(now.since_start);
        self.settle_doubts();
    }
}
