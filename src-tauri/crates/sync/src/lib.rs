//! The sync engine: one owner of the truth about a hotel's offers.
//!
//! - [`engine`]: the state machine; pure but for its SQLite transaction
//! - [`effect`]: everything that goes in and out of it
//! - [`view`], [`preview`], [`settings`], [`problem`]: what crosses to the windows
//! - [`alerts`]: what the system's notifications tell
//! - [`driver`]: its thread, and the network on a runtime; [`feed`]: numbered batches for the windows
//! - [`Photos`]: chosen files and what is made of them, pictures in the sizes that windows show
//! - [`check()`]: the connection test
//! - [`base`], [`action`], [`reading`], [`guests`], [`backoff`]: its pure parts
//!
//! Absent: tauri. A shell implements the driver's host, and forwards.

pub mod action;
pub mod activity;
pub mod alerts;
pub mod backoff;
pub mod base;
mod calls;
mod check;
pub mod clock;
pub mod draft;
pub mod driver;
pub mod effect;
pub mod engine;
pub mod env_file;
pub mod feed;
pub mod guests;
pub mod history;
mod link;
pub mod message;
mod opening;
mod photos;
pub mod preview;
pub mod problem;
mod quiet;
pub mod reading;
mod recorder;
pub mod settings;
pub mod view;
mod wait;

pub use api::{Token, Transport};
pub use check::check;
pub use driver::{Console, Host, Prepared, Tokens};
pub use opening::PHOTO_ROOM;
pub use photos::{Photos, Size};

/// The network, as the engine and the connection test use it.
pub fn transport() -> Result<impl Transport, api::TransportError> {
    api::reqwest_transport(api::Timeouts::default())
}

#[cfg(test)]
mod testing;
