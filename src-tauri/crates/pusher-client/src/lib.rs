//! A client for [Pusher Channels](https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/)
//! (protocol 7) and the servers that speak its protocol.
//!
//! ```no_run
//! use pusher_client::{Client, Config, Endpoint, Event};
//!
//! # async fn run() -> Result<(), pusher_client::RequestError> {
//! let (client, mut events) = Client::connect(Config::new("app-key", Endpoint::Cluster("eu".into())));
//! client.subscribe("offers")?;
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Subscribed { channel } => println!("{channel}: now read its state"),
//!         Event::Message { event, data, .. } => println!("{event}: {}", data.value()),
//!         Event::State(change) => println!("{:?}, next attempt in {:?}", change.current, change.retry_in),
//!         other => println!("{other:?}"),
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! # States
//!
//! | [`State`] | meaning | leaves by |
//! |---|---|---|
//! | `Initialised` | just made | at once |
//! | `Connecting` | first attempt, or lost the connection less than 10 s ago | greeting; 10 s; refusal |
//! | `Connected` | the server greeted us | close, error, silence, [`Client::disconnect`] |
//! | `Unavailable` | 10 s without a connection, still trying | greeting; refusal |
//! | `Failed` | cannot ever work (address, TLS set-up) | [`Client::reconnect_now`] |
//! | `Disconnected` | asked for, or told not to come back (4001 to 4099) | [`Client::reconnect_now`] |
//!
//! A [`StateChange`] also tells in how long the next attempt begins.
//!
//! # Timers
//!
//! All in [`Timings`], all on tokio's clock.
//!
//! | Timer | runs | at its end |
//! |---|---|---|
//! | activity (120 s, or the server's if shorter) | since the last frame of any kind | ping |
//! | pong (30 s; 5 s after waking) | since a ping, until any frame | drop, dial at once |
//! | dial (10 s) | from the lookup to the greeting | drop, dial after backoff |
//! | backoff (random up to 1, 2, 4 … 30 s) | after a loss or a failed attempt | dial |
//! | unavailable (10 s) | while wanting a connection | state `Unavailable` |
//! | subscribe (10 s) | per authorisation and per answer | error, again after backoff |
//! | sleep look (5 s) | always | ping at once if the computer slept |
//!
//! Close codes: 4000 at once over TLS; 4001 to 4099 never; 4100 to 4199 after a second or more; 4200 to 4299 at
//! once, with backoff the second time in a row; everything else after backoff.
//!
//! # Promises
//!
//! - Everything is bounded, but for the list of members that a server gives a presence channel. A reader too slow
//!   loses the oldest messages and is told with [`Event::Lagged`].
//! - A frame that makes no sense is an [`Event::Error`], and the connection lives on.
//! - No certificate error is ever skipped.
//!
//! # Absent
//!
//! End-to-end encrypted channels, the user sign-in (`pusher:signin`), fallbacks to HTTP polling, proxies, and the
//! HTTP API for servers.

mod auth;
mod backoff;
mod channels;
mod client;
mod close;
mod config;
mod connection;
mod data;
mod dial;
mod error;
mod event;
mod feed;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod names;
mod presence;
mod protocol;
mod sleep;
mod state;

pub use auth::{AuthFuture, AuthRequest, Authorization, Authorizer};
pub use client::Client;
pub use config::{Config, Endpoint, Timings, WallClock};
pub use data::Data;
pub use error::{AuthError, DialError, Error, FrameError, RequestError, SubscriptionError, TriggerError};
pub use event::{Event, StateChange};
pub use feed::Events;
pub use names::{ChannelKind, ChannelName, MAX_CHANNEL_NAME, MAX_DATA, MAX_EVENT_NAME, NameError};
pub use presence::{Member, Members};
pub use state::{DisconnectReason, State};
