//! Drives the real console in its real window, as a user with eyes, a mouse and a keyboard would.
//!
//! [`Workstation`] is a computer: a folder of its own and an environment. [`Console`] is the app running on it, [`Window`] one of its windows; a [`Launch`] is
//! only a process.
//! WebKit's driver starts the app, so each app has a driver of its own; several windows of one app share its session.
//!
//! Every wait has a deadline and is answered by the page itself, on the change it waits for. A wait that fails says what it waited for, what stood
//! on the page, what the app logged, and where the picture of the window lies. Whatever is started ends when its value is dropped.
//!
//! Absent on purpose: any way into the app besides its windows, its environment and its process, and any pause.

mod display;
mod driver;
mod gauges;
pub(crate) mod keys;
mod notifications;
mod page;
mod process;
mod window;
mod workstation;

use std::{future::Future, time::Duration};

pub(crate) use display::Painting;
pub(crate) use gauges::Gauge;
pub(crate) use notifications::{Notifications, Shown};
pub(crate) use page::OfferCard;
pub(crate) use process::Launch;
pub(crate) use window::Window;
pub(crate) use workstation::{CONSOLE, Console, PREVIEW, Workstation};

/// How long anything may take on a busy machine. A healthy one needs a small part of it, and waits end as soon as they can.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What `work` comes to, or a panic that says what did not happen in time.
pub(crate) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {} s", PATIENCE.as_secs()),
    }
}
