//! The connection as a state machine: input and time in, actions out. It owns every timer of the connection as
//! a deadline and touches neither socket nor clock.
//!
//! | Phase | shown as | leaves by |
//! |---|---|---|
//! | idle | `Initialised`, `Failed` or `Disconnected` | a request to connect |
//! | opening | `Connecting`, after 10 s `Unavailable` | the greeting; a failure; the dial deadline |
//! | live | `Connected` | close, error, missing pong, request |
//! | waiting | `Connecting`, after 10 s `Unavailable` | its deadline; a request; waking from sleep |
//!
//! Close codes: `close.rs`. What to do next after a loss: [`Machine::lose`].
//!
//! Absent: channels. Frames that belong to one are handed on untouched.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    backoff::Backoff,
    close::Comeback,
    config::Timings,
    error::{DialError, Error, FrameError},
    event::{Event, StateChange},
    protocol::{self, ChannelFrame, Incoming},
};

/// The longest `Retry-After` that we honour; beyond it a server is more likely wrong than busy.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(3600);

/// The connection's state, as shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing has happened yet.
    Initialised,
    /// Trying to connect, for less than ten seconds so far.
    Connecting,
    /// Connected.
    Connected {
        /// The server's name for this connection, e.g. `123.456`.
        socket_id: String,
    },
    /// Without a connection for ten seconds; still trying.
    Unavailable,
    /// It cannot ever work with this configuration. Only
    /// [`Client::reconnect_now`](crate::Client::reconnect_now) tries again.
    Failed,
    /// Not connected and not trying, because somebody said so.
    Disconnected {
        /// Who, and why.
        reason: DisconnectReason,
    },
}

impl State {
    /// Whether there is a connection.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }
}

/// Why we stay away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisconnectReason {
    /// [`Client::disconnect`](crate::Client::disconnect) was called.
    Requested,
    /// The server told us not to come back (4001 to 4099), e.g. since it does not know the key.
    Refused {
        /// The code.
        code: u16,
        /// The server's words.
        message: String,
    },
}

/// What happens to the connection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    /// Connect now: at the start, or because a user asks.
    Connect,
    Disconnect,
    /// Find out quickly whether the connection still lives.
    Check,
    DialFailed(DialError),
    Frame(Incoming),
    /// Something came that is no message.
    BadFrame(FrameError),
    /// A sign of life below the protocol: WebSocket ping or pong.
    Heard,
    /// The socket ended.
    Lost {
        code: Option<u16>,
        reason: String,
    },
    /// A deadline may have passed.
    Tick,
}

/// What the connection's owner is to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// Open a new socket. There is none at that moment.
    Dial {
        force_tls: bool,
    },
    /// Close the socket with a farewell.
    HangUp,
    /// Drop the socket, or the attempt to open one: nobody is listening there.
    Cut,
    Send(String),
    Report(Event),
    /// Channels can be subscribed to now.
    Joined {
        socket_id: String,
    },
    /// All subscriptions are gone.
    Left,
    Deliver(ChannelFrame),
}

#[derive(Debug)]
enum Phase {
    Idle,
    Opening {
        deadline: Instant,
    },
    Live {
        idle: Duration,
        since: Instant,
        heard: Instant,
        ping: Option<Ping>,
    },
    Waiting {
        until: Instant,
    },
}

/// A ping without an answer yet.
#[derive(Debug, Clone, Copy)]
struct Ping {
    sent: Instant,
    due: Instant,
}

#[derive(Debug)]
pub(crate) struct Machine {
    timings: Timings,
    backoff: Backoff,
    phase: Phase,
    state: State,
    /// Whether the last word on the stream was about a wait.
    wait_announced: bool,
    /// When to call ourselves unavailable: set while we want a connection and have none.
    unavailable_at: Option<Instant>,
    /// Failures since the last good connection.
    failures: u32,
    /// Whether we have come back at once since the last good connection; the next time we wait.
    rushed: bool,
    force_tls: bool,
    /// The last error frame: a close with the same code is its echo.
    last_error: Option<(u16, String)>,
}

impl Machine {
    pub(crate) fn new(timings: Timings, backoff: Backoff) -> Self {
        Self {
            timings,
            backoff,
            phase: Phase::Idle,
            state: State::Initialised,
            wait_announced: false,
            unavailable_at: None,
            failures: 0,
            rushed: false,
            force_tls: false,
            last_error: None,
        }
    }

    /// When to come with [`Input::Tick`]. `None` when no timer runs.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let phase = match self.phase {
            Phase::Idle => None,
            Phase::Opening { deadline } => Some(deadline),
            Phase::Live { ping: Some(ping), .. } => Some(ping.due),
            Phase::Live { heard, idle, .. } => Some(heard + idle),
            Phase::Waiting { until } => Some(until),
        };
        [phase, self.unavailable_at].into_iter().flatten().min()
    }

    pub(crate) fn step(&mut self, input: Input, now: Instant) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::Connect => match self.phase {
                Phase::Idle | Phase::Waiting { .. } => self.open(now, &mut actions),
                Phase::Opening { .. } => {}
                Phase::Live { .. } => self.check(now, &mut actions),
            },
            Input::Disconnect => self.disconnect(&mut actions),
            Input::Check => self.check(now, &mut actions),
            Input::DialFailed(error) => self.dial_failed(error, now, &mut actions),
            Input::Frame(frame) => self.frame(frame, now, &mut actions),
            Input::BadFrame(error) => {
                let opening = matches!(self.phase, Phase::Opening { .. });
                self.heard(now);
                actions.push(report(Error::Frame(error)));
                if opening {
                    actions.push(Action::HangUp);
                    self.lose(Comeback::Backoff, String::new(), now, &mut actions);
                }
            }
            Input::Heard => self.heard(now),
            Input::Lost { code, reason } => self.lost(code, reason, now, &mut actions),
            Input::Tick => self.tick(now, &mut actions),
        }
        actions
    }

    fn disconnect(&mut self, actions: &mut Vec<Action>) {
        match self.phase {
            Phase::Live { .. } => actions.extend([Action::HangUp, Action::Left]),
            Phase::Opening { .. } => actions.push(Action::Cut),
            Phase::Idle | Phase::Waiting { .. } => {}
        }
        self.rest(
            State::Disconnected {
                reason: DisconnectReason::Requested,
            },
            actions,
        );
    }

    /// Ends all trying.
    fn rest(&mut self, state: State, actions: &mut Vec<Action>) {
        self.phase = Phase::Idle;
        self.unavailable_at = None;
        self.failures = 0;
        self.rushed = false;
        self.show(state, None, actions);
    }

    fn open(&mut self, now: Instant, actions: &mut Vec<Action>) {
        self.phase = Phase::Opening {
            deadline: now + self.timings.dial,
        };
        self.last_error = None;
        self.show_trying(None, now, actions);
        actions.push(Action::Dial {
            force_tls: self.force_tls,
        });
    }

    fn wait(&mut self, delay: Duration, now: Instant, actions: &mut Vec<Action>) {
        self.phase = Phase::Waiting { until: now + delay };
        self.failures = self.failures.saturating_add(1);
        self.show_trying(Some(delay), now, actions);
    }

    fn show_trying(&mut self, retry_in: Option<Duration>, now: Instant, actions: &mut Vec<Action>) {
        self.unavailable_at = match self.state {
            State::Connecting => self.unavailable_at,
            State::Unavailable => None,
            _ => Some(now + self.timings.unavailable),
        };
        let state = match self.state {
            State::Unavailable => State::Unavailable,
            _ => State::Connecting,
        };
        self.show(state, retry_in, actions);
    }

    fn show(&mut self, state: State, retry_in: Option<Duration>, actions: &mut Vec<Action>) {
        let announced = std::mem::replace(&mut self.wait_announced, retry_in.is_some());
        if state == self.state && retry_in.is_none() && !announced {
            return;
        }
        let previous = std::mem::replace(&mut self.state, state.clone());
        actions.push(Action::Report(Event::State(StateChange {
            previous,
            current: state,
            retry_in,
        })));
    }

    fn check(&mut self, now: Instant, actions: &mut Vec<Action>) {
        let soon = now + self.timings.check;
        match &mut self.phase {
            Phase::Idle => {}
            // The network may be back: a wait that began before the sleep says nothing about now.
            Phase::Waiting { .. } => self.open(now, actions),
            Phase::Opening { deadline } => *deadline = soon.min(*deadline),
            Phase::Live { ping: Some(ping), .. } => ping.due = soon.min(ping.due),
            Phase::Live { ping, .. } => {
                *ping = Some(Ping { sent: now, due: soon });
                actions.push(Action::Send(protocol::ping()));
            }
        }
    }

    fn dial_failed(&mut self, error: DialError, now: Instant, actions: &mut Vec<Action>) {
        if !matches!(self.phase, Phase::Opening { .. }) {
            return;
        }
        actions.push(report(Error::Dial(error.clone())));
        match error {
            DialError::Impossible(_) => self.rest(State::Failed, actions),
            DialError::Http {
                retry_after: Some(asked),
                ..
            } => {
                // Never earlier than asked; not all at the same moment either; and later each time, since "in no time" is asked, too.
                let more = self.backoff.delay(self.failures);
                self.wait(asked.min(RETRY_AFTER_CAP) + more, now, actions);
            }
            _ => self.lose(Comeback::Backoff, String::new(), now, actions),
        }
    }

    fn heard(&mut self, now: Instant) {
        if let Phase::Live { heard, ping, .. } = &mut self.phase {
            *heard = now;
            *ping = None;
        }
    }

    fn frame(&mut self, frame: Incoming, now: Instant, actions: &mut Vec<Action>) {
        match self.phase {
            Phase::Opening { .. } => self.greeting(frame, now, actions),
            Phase::Live { .. } => {
                self.heard(now);
                match frame {
                    Incoming::Ping => actions.push(Action::Send(protocol::pong())),
                    Incoming::Error { code, message } => {
                        self.last_error = code.map(|code| (code, message.clone()));
                        actions.push(report(Error::Server { code, message }));
                    }
                    Incoming::Channel(frame) => actions.push(Action::Deliver(frame)),
                    Incoming::Pong | Incoming::Established { .. } | Incoming::Other { .. } => {}
                }
            }
            Phase::Idle | Phase::Waiting { .. } => {}
        }
    }

    /// The first frame decides whether this connection is one.
    fn greeting(&mut self, frame: Incoming, now: Instant, actions: &mut Vec<Action>) {
        match frame {
            Incoming::Established {
                socket_id,
                activity_timeout,
            } => {
                let ours = self.timings.activity;
                let idle = activity_timeout.map_or(ours, |theirs| theirs.min(ours));
                self.phase = Phase::Live {
                    idle,
                    since: now,
                    heard: now,
                    ping: None,
                };
                self.unavailable_at = None;
                self.show(
                    State::Connected {
                        socket_id: socket_id.clone(),
                    },
                    None,
                    actions,
                );
                actions.push(Action::Joined { socket_id });
            }
            Incoming::Error { code, message } => {
                actions.push(report(Error::Server {
                    code,
                    message: message.clone(),
                }));
                actions.push(Action::HangUp);
                self.lose(Comeback::after(code), message, now, actions);
            }
            other => {
                actions.push(report(Error::UnexpectedGreeting {
                    event: protocol::words(other.event()),
                }));
                actions.push(Action::HangUp);
                self.lose(Comeback::Backoff, String::new(), now, actions);
            }
        }
    }

    fn lost(&mut self, code: Option<u16>, reason: String, now: Instant, actions: &mut Vec<Action>) {
        if matches!(self.phase, Phase::Idle | Phase::Waiting { .. }) {
            return;
        }
        let announced = match self.last_error.take() {
            Some((announced, message)) if Some(announced) == code => Some(message),
            _ => None,
        };
        let message = announced.unwrap_or_else(|| {
            actions.push(report(Error::Closed {
                code,
                reason: reason.clone(),
            }));
            reason
        });
        self.lose(Comeback::after(code), message, now, actions);
    }

    /// The socket is gone; decides when to come back.
    fn lose(&mut self, comeback: Comeback, message: String, now: Instant, actions: &mut Vec<Action>) {
        if let Phase::Live { since, .. } = self.phase {
            actions.push(Action::Left);
            if now.saturating_duration_since(since) >= self.timings.stable {
                self.failures = 0;
                self.rushed = false;
            }
        }
        self.force_tls |= comeback == Comeback::AtOnceOverTls;
        match comeback {
            Comeback::Never(code) => {
                let reason = DisconnectReason::Refused { code, message };
                self.rest(State::Disconnected { reason }, actions);
            }
            Comeback::AtOnce | Comeback::AtOnceOverTls if !self.rushed => {
                self.rushed = true;
                self.open(now, actions);
            }
            Comeback::AfterASecond => {
                let delay = self.timings.backoff_base + self.backoff.delay(self.failures);
                self.wait(delay, now, actions);
            }
            Comeback::AtOnce | Comeback::AtOnceOverTls | Comeback::Backoff => {
                let delay = self.backoff.delay(self.failures);
                self.wait(delay, now, actions);
            }
        }
    }

    fn tick(&mut self, now: Instant, actions: &mut Vec<Action>) {
        if self.unavailable_at.is_some_and(|at| now >= at) {
            self.unavailable_at = None;
            let retry_in = match self.phase {
                Phase::Waiting { until } if until > now => Some(until - now),
                _ => None,
            };
            self.show(State::Unavailable, retry_in, actions);
        }
        match self.phase {
            Phase::Waiting { until } if now >= until => self.open(now, actions),
            Phase::Opening { deadline } if now >= deadline => {
                actions.push(report(Error::Dial(DialError::Timeout {
                    waited: self.timings.dial,
                })));
                actions.push(Action::Cut);
                self.lose(Comeback::Backoff, String::new(), now, actions);
            }
            Phase::Live { ping: Some(ping), .. } if now >= ping.due => {
                let waited = now.saturating_duration_since(ping.sent);
                actions.push(report(Error::PongTimeout { waited }));
                actions.push(Action::Cut);
                self.lose(Comeback::AtOnce, String::new(), now, actions);
            }
            Phase::Live {
                ref mut ping,
                heard,
                idle,
                ..
            } if ping.is_none() && now >= heard + idle => {
                *ping = Some(Ping {
                    sent: now,
                    due: now + self.timings.pong,
                });
                actions.push(Action::Send(protocol::ping()));
            }
            _ => {}
        }
    }
}

fn report(error: Error) -> Action {
    Action::Report(Event::Error(error))
}

#[cfg(test)]
mod tests;
