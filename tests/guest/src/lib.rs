//! The guest page in a real Chromium, without a screen and without a network beyond loopback.
//!
//! A [`Browser`] is a process of its own with a profile of its own. Every wait has a deadline and is answered by the page itself, on the change it
//! waits for. Whatever is started ends when its value is dropped, by process id.
//!
//! Absent: any way into the page besides its address, its window and its document.

#![cfg(target_os = "linux")]

mod browser;
mod process;
pub mod same_cards;

use std::{
    env,
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

pub use browser::{Browser, Card, Size};
use demo_hotel::{DemoHotel, Options};

/// How long anything may take on a busy machine. A healthy one needs a small part of it, and waits end as soon as they can.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The hotel whose page is looked at.
pub const HOTEL: &str = "killarney";

/// What `work` comes to.
///
/// # Panics
/// When it takes too long.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {} s", PATIENCE.as_secs()),
    }
}

/// A hotel with this many offers that serves the page from this folder.
///
/// # Panics
/// When it does not start.
pub async fn hotel(offers: usize, page: &Path) -> DemoHotel {
    let options = Options {
        offers,
        guest_page: Some(page.to_path_buf()),
        ..Options::default()
    };
    within("the hotel's start", DemoHotel::start(options))
        .await
        .expect("a hotel starts")
}

/// The folder of the built page.
///
/// # Panics
/// When it was not built.
pub fn built_page() -> PathBuf {
    let folder = ui().join("dist-guest");
    assert!(
        folder.join("index.html").is_file(),
        "the guest page is not built: `cargo xtask setup` does, or `npm run build` in ui/"
    );
    folder
}

/// The folder of the UI, with its installed packages.
pub fn ui() -> PathBuf {
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.join("../../ui")
}
