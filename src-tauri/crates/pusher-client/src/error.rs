//! What can go wrong, sorted by what the caller does about it.
//!
//! [`Error`] travels on the event stream and is news, not a verdict: the client goes on by itself, and a
//! [`StateChange`](crate::StateChange) says so when it does not. [`RequestError`] and [`TriggerError`] answer a
//! call that was refused locally, before anything was sent. [`SubscriptionError`] and [`AuthError`] concern
//! one channel only and leave the connection alone.
//!
//! Absent: panics, and errors that have to be told apart by their text.

use std::time::Duration;

use crate::names::NameError;

/// Something went wrong on the connection. Arrives in [`Event::Error`](crate::Event::Error).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server sent `pusher:error`. Inside a live connection this changes nothing by itself.
    #[error("the server reports {}: {message}", code_text(*code))]
    Server {
        /// The server's code (4000 to 4399), which is null for errors that concern one request.
        code: Option<u16>,
        /// The server's words, for a log rather than for a user.
        message: String,
    },
    /// The WebSocket ended. Not reported when an error frame with the same code came just before.
    #[error("the connection was closed with {}: {reason}", code_text(*code))]
    Closed {
        /// The close code; `None` when the transport ended without a close frame.
        code: Option<u16>,
        /// The reason in the close frame, or what the transport said.
        reason: String,
    },
    /// An attempt to connect failed.
    #[error("could not connect: {0}")]
    Dial(#[from] DialError),
    /// A frame made no sense. It was dropped and the connection lives on.
    #[error("dropped a frame: {0}")]
    Frame(#[from] FrameError),
    /// The server began with something else than `pusher:connection_established`.
    #[error("the server did not greet us but said {event:?}")]
    UnexpectedGreeting {
        /// The event that came instead.
        event: String,
    },
    /// A ping stayed without an answer, so the connection is dead and was dropped.
    #[error("no answer to a ping within {waited:?}")]
    PongTimeout {
        /// How long we waited.
        waited: Duration,
    },
}

/// Why a frame was dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, or not the JSON object that the protocol prescribes.
    #[error("not a Pusher message: {problem}")]
    Malformed {
        /// What the parser says.
        problem: String,
    },
    /// A JSON object without `event`.
    #[error("a message without an event name")]
    NoEvent,
    /// A binary frame; the protocol is text only.
    #[error("a binary frame of {size} bytes")]
    Binary {
        /// Its length in bytes.
        size: usize,
    },
    /// One of the protocol's own events whose data lacks what the protocol prescribes.
    #[error("{event} with unusable data: {problem}")]
    BadData {
        /// The event's name.
        event: String,
        /// What is missing or wrong.
        problem: String,
    },
    /// Larger than [`Config::max_message_size`](crate::Config::max_message_size).
    #[error("a message of {size} bytes, over the limit of {limit}")]
    TooLarge {
        /// Its length in bytes.
        size: usize,
        /// The limit in force.
        limit: usize,
    },
}

/// Why an attempt to connect failed. Everything but [`DialError::Impossible`] is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The network: no name, no route, refused, reset.
    #[error("{0}")]
    Network(String),
    /// TLS failed; most often a certificate that this computer does not trust.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The server answered the WebSocket upgrade with another HTTP status than 101.
    #[error("the server answered with HTTP status {status}")]
    Http {
        /// The status.
        status: u16,
        /// What its `Retry-After` says, as a wait from now. It is honoured, up to an hour.
        retry_after: Option<Duration>,
    },
    /// The server does not speak WebSocket as it should.
    #[error("not a WebSocket server: {0}")]
    Handshake(String),
    /// No answer, or no greeting, in time.
    #[error("no answer within {waited:?}")]
    Timeout {
        /// How long we waited.
        waited: Duration,
    },
    /// It cannot work with this configuration on this computer; the state becomes
    /// [`State::Failed`](crate::State::Failed).
    #[error("cannot connect at all: {0}")]
    Impossible(String),
}

/// Why a channel could not be subscribed to. The connection stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// The [`Authorizer`](crate::Authorizer) said no, or could not be asked.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The server refused. Not tried again before the next connection or the next call of
    /// [`Client::subscribe`](crate::Client::subscribe).
    #[error("the server refused: {message}")]
    Refused {
        /// An HTTP-like status when the server gives one.
        status: Option<u16>,
        /// The server's words.
        message: String,
    },
    /// No answer in time. It is tried again.
    #[error("no answer within {waited:?}")]
    Timeout {
        /// How long we waited.
        waited: Duration,
    },
}

/// Why an authorisation could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A private or presence channel was asked for, but [`Config::authorizer`](crate::Config::authorizer) is
    /// not set.
    #[error("no authorizer is configured")]
    NoAuthorizer,
    /// The auth endpoint answered with another status than 200.
    #[error("the auth endpoint answered with HTTP status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The auth endpoint's answer is not the JSON it should be.
    #[error("the auth endpoint's answer is unusable: {0}")]
    BadAnswer(String),
    /// The auth endpoint could not be reached. The only one of these that is tried again by itself.
    #[error("the auth endpoint could not be reached: {0}")]
    Unreachable(String),
}

/// Why a call was refused. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The name breaks the protocol's rules.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Too many requests are waiting for the connection's task (256). It runs freely, so this means a flood.
    #[error("too many requests at once")]
    Busy,
    /// The connection's task has ended: its runtime was shut down.
    #[error("the client has ended")]
    Ended,
}

/// Why a client event was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// The channel's or the event's name is not one that the protocol allows here.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The event's name does not begin with `client-`.
    #[error("names of client events begin with client-")]
    NotAClientEvent,
    /// Only private and presence channels carry client events.
    #[error("client events need a private or presence channel")]
    PublicChannel,
    /// The data cannot be written as JSON.
    #[error("the data cannot be written as JSON: {0}")]
    Data(String),
    /// The data is longer than 10,240 bytes of JSON.
    #[error("{size} bytes of data, over the limit of {limit}")]
    TooLarge {
        /// Its length in bytes of UTF-8.
        size: usize,
        /// The limit in force.
        limit: usize,
    },
    /// We are not (or not yet) subscribed to the channel, perhaps because we are offline.
    #[error("not subscribed to the channel")]
    NotSubscribed,
    /// More than 10 client events in one second; servers drop or punish the rest.
    #[error("too many client events; the next one can go in {retry_in:?}")]
    TooMany {
        /// When the next one can go.
        retry_in: Duration,
    },
    /// See [`RequestError::Busy`].
    #[error("too many requests at once")]
    Busy,
    /// See [`RequestError::Ended`].
    #[error("the client has ended")]
    Ended,
}

/// A code for people, where there may be none.
fn code_text(code: Option<u16>) -> String {
    code.map_or_else(|| "no code".to_owned(), |code| format!("code {code}"))
}
