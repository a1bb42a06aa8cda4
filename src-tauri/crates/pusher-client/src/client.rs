//! What a program holds: the [`Client`] to ask with, the [`Events`] to listen to.
//!
//! Every call returns at once; what comes of it arrives on the stream. The connection lives in one task on the
//! tokio runtime in which [`Client::connect`] was called, and ends with the last clone of the client.
//!
//! Absent: callbacks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    config::Config,
    connection::Connection,
    error::{RequestError, TriggerError},
    feed::{self, Events},
    names::{ChannelKind, ChannelName, MAX_DATA, check_event_name},
    presence::Members,
    state::State,
};

/// Requests that may wait for the connection's task.
const REQUESTS: usize = 256;

/// What the client asks of the connection's task.
#[derive(Debug)]
pub(crate) enum Request {
    Subscribe(ChannelName),
    Unsubscribe(ChannelName),
    Trigger(Trigger),
    Connect,
    Check,
    Disconnect,
}

#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) channel: ChannelName,
    pub(crate) event: String,
    pub(crate) data: Box<RawValue>,
    pub(crate) answer: oneshot::Sender<Result<(), TriggerError>>,
}

/// The members of every presence channel, for reading from outside the task.
pub(crate) type Roster = Arc<Mutex<HashMap<ChannelName, Members>>>;

/// A connection to a Pusher server that keeps itself up. Clones share it; the last one to be dropped ends it.
#[derive(Debug, Clone)]
pub struct Client {
    requests: mpsc::Sender<Request>,
    state: watch::Receiver<State>,
    roster: Roster,
}

impl Client {
    /// Starts connecting and returns at once.
    ///
    /// # Panics
    ///
    /// When called outside of a tokio runtime with I/O and time enabled.
    #[must_use = "dropping the client ends the connection"]
    pub fn connect(config: Config) -> (Self, Events) {
        let (requests, inbox) = mpsc::channel(REQUESTS);
        let (show, state) = watch::channel(State::Initialised);
        let (feed, events) = feed::queue(config.event_buffer, config.event_buffer_bytes);
        let roster = Roster::default();
        tokio::spawn(Connection::new(config, inbox, feed, show, roster.clone()).run());
        (
            Self {
                requests,
                state,
                roster,
            },
            events,
        )
    }

    /// Wants a channel, now and after every reconnect, until [`unsubscribe`](Self::unsubscribe). While offline
    /// it is remembered. Asking twice is the same as asking once.
    ///
    /// # Errors
    ///
    /// The name breaks the rules, or the task cannot be reached.
    pub fn subscribe(&self, channel: &str) -> Result<(), RequestError> {
        self.request(Request::Subscribe(ChannelName::parse(channel)?))
    }

    /// Stops wanting a channel. No more events of it arrive, except those already queued.
    ///
    /// # Errors
    ///
    /// The name breaks the rules, or the task cannot be reached.
    pub fn unsubscribe(&self, channel: &str) -> Result<(), RequestError> {
        self.request(Request::Unsubscribe(ChannelName::parse(channel)?))
    }

    /// Sends an event to the other subscribers of a private or presence channel, past the application's server.
    /// `Ok` means that it is on its way; the protocol has no receipt. The sender gets no echo.
    ///
    /// # Errors
    ///
    /// Everything that the protocol forbids is refused here instead of sent: see [`TriggerError`].
    pub async fn trigger(
        &self,
        channel: &str,
        event: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<(), TriggerError> {
        let channel = ChannelName::parse(channel)?;
        check_event_name(event)?;
        if !event.starts_with("client-") {
            return Err(TriggerError::NotAClientEvent);
        }
        if channel.kind() == ChannelKind::Public {
            return Err(TriggerError::PublicChannel);
        }
        let data =
            serde_json::value::to_raw_value(data).map_err(|error| TriggerError::Data(error.to_string()))?;
        let size = data.get().len();
        if size > MAX_DATA {
            return Err(TriggerError::TooLarge {
                size,
                limit: MAX_DATA,
            });
        }
        let (answer, outcome) = oneshot::channel();
        let trigger = Trigger {
            channel,
            event: event.to_owned(),
            data,
            answer,
        };
        self.request(Request::Trigger(trigger))
            .map_err(|error| match error {
                RequestError::Busy => TriggerError::Busy,
                RequestError::Name(error) => TriggerError::Name(error),
                RequestError::Ended => TriggerError::Ended,
            })?;
        outcome.await.unwrap_or(Err(TriggerError::Ended))
    }

    /// Who is on a presence channel now. Empty while not subscribed, and for other kinds of channels.
    ///
    /// The stream may be behind this list when the reader is.
    #[must_use]
    pub fn members(&self, channel: &str) -> Members {
        let roster = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
        roster.get(channel).cloned().unwrap_or_default()
    }

    /// The connection's state now. The stream may be behind it when the reader is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Connects at once: a wait is cut short, and `Disconnected` or `Failed` is left. For the button "retry
    /// now". While connected it does what [`check_now`](Self::check_now) does.
    ///
    /// # Errors
    ///
    /// The task cannot be reached.
    pub fn reconnect_now(&self) -> Result<(), RequestError> {
        self.request(Request::Connect)
    }

    /// Finds out at once whether the connection still lives, with a ping that is given
    /// [`Timings::check`](crate::Timings::check) for its answer; dials at once when waiting. For a program that
    /// learns of a wake from sleep or a change of network; sleep is noticed by itself too, some seconds later.
    ///
    /// # Errors
    ///
    /// The task cannot be reached.
    pub fn check_now(&self) -> Result<(), RequestError> {
        self.request(Request::Check)
    }

    /// Closes the connection and stays away until [`reconnect_now`](Self::reconnect_now). Subscriptions are
    /// remembered.
    ///
    /// # Errors
    ///
    /// The task cannot be reached.
    pub fn disconnect(&self) -> Result<(), RequestError> {
        self.request(Request::Disconnect)
    }

    fn request(&self, request: Request) -> Result<(), RequestError> {
        self.requests.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => RequestError::Busy,
            mpsc::error::TrySendError::Closed(_) => RequestError::Ended,
        })
    }
}
