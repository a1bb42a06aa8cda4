//! One console for a data folder: two programs writing to one would each believe to be alone.
//!
//! Two things see to it. A lock on the folder works everywhere. A name on the session bus, which `tauri-plugin-single-instance` takes
//! when the app is built, lets a second launch become a window of the first; where there is no bus, the second launch is refused.
//!
//! **Who ends lets go of both, but not at once.** A console that was killed holds its folder until its last thread is gone, and its
//! name until the bus has noticed. A launch in that instant would be refused for nothing, or hand itself over to nobody: the plugin
//! takes a call that is never answered for a start that failed. So the folder is locked before the app is built, and a launch that
//! finds folder or name taken waits until the other is gone or answers.
//!
//! Absent: the handing over, which is the plugin's; and any guess from process ids.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::environment::private_file;

/// How long another console may take to end, or to answer once it has the folder.
const PATIENCE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(10);

/// Takes the folder for as long as the answer lives; `None` where it cannot be written at all. `id` names the folder's console on the session bus.
///
/// An error says that another console runs on it. Where that one can be reached, building the app ends this launch before anybody
/// reads the error.
pub(crate) fn own(folder: &Path, id: &str) -> Result<Option<File>> {
    let other = other::Console::named(id);
    let deadline = Instant::now() + PATIENCE;
    let lock = loop {
        match lock(folder)? {
            Lock::Ours(file) => break Some(file),
            Lock::Needless => break None,
            Lock::Taken => {}
        }
        if Instant::now() >= deadline || other.answers() {
            bail!("it is already open, with the data folder {}", folder.display());
        }
        thread::sleep(GLANCE);
    };
    // The folder was let go of, so whoever still has the name is no more.
    while other.has_name() && Instant::now() < deadline {
        thread::sleep(GLANCE);
    }
    Ok(lock)
}

enum Lock {
    Ours(File),
    Taken,
    /// The folder cannot be written, so nobody writes to it twice. Offers can be seen all the same.
    Needless,
}

fn lock(folder: &Path) -> Result<Lock> {
    let path = folder.join("lock");
    // What cannot be closed to others can be a lock all the same.
    let _ = private_file(&path, b"");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let lock = match options.open(path) {
        Ok(lock) => lock,
        Err(error) => {
            tracing::error!(%error, "the data folder cannot be written");
            return Ok(Lock::Needless);
        }
    };
    match lock.try_lock() {
        Ok(()) => Ok(Lock::Ours(lock)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Taken),
        Err(TryLockError::Error(error)) => Err(error).context("the data folder cannot be locked"),
    }
}

#[cfg(target_os = "linux")]
mod other {
    use std::time::Duration;

    use zbus::blocking::{Connection, connection::Builder, fdo::DBusProxy};
    use zbus::names::BusName;

    /// A console that lives answers from a thread of its own, however busy its windows are.
    const ANSWERED_WITHIN: Duration = Duration::from_millis(500);

    /// The console that has the folder's name on the session bus, if any has and there is a bus.
    pub(super) struct Console {
        bus: Option<Connection>,
        name: String,
    }

    impl Console {
        pub(super) fn named(id: &str) -> Self {
            let bus = Builder::session().and_then(|bus| bus.method_timeout(ANSWERED_WITHIN).build());
            Self {
                bus: bus.ok(),
                // As the plugin calls it.
                name: format!("{id}.SingleInstance"),
            }
        }

        pub(super) fn has_name(&self) -> bool {
            let ask = |bus| -> zbus::Result<bool> {
                let name = BusName::try_from(self.name.as_str())?;
                Ok(DBusProxy::new(bus)?.name_has_owner(name)?)
            };
            self.bus.as_ref().is_some_and(|bus| ask(bus).unwrap_or(false))
        }

        pub(super) fn answers(&self) -> bool {
            let peer = Some("org.freedesktop.DBus.Peer");
            let ask = |bus: &Connection| bus.call_method(Some(self.name.as_str()), "/", peer, "Ping", &());
            self.bus.as_ref().is_some_and(|bus| ask(bus).is_ok())
        }
    }
}

/// On macOS and Windows the plugin finds out by itself that nobody is there, and there is nothing to wait for.
#[cfg(not(target_os = "linux"))]
mod other {
    pub(super) struct Console;

    impl Console {
        pub(super) fn named(_: &str) -> Self {
            Self
        }

        pub(super) fn has_name(&self) -> bool {
            false
        }

        pub(super) fn answers(&self) -> bool {
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let id = "app.hotelmate.console.test";
        let first = own(folder.path(), id).unwrap();
        let refusal = own(folder.path(), id).unwrap_err().to_string();
        assert!(refusal.contains("already open"), "{refusal}");
        drop(first);
        own(folder.path(), id).unwrap();
    }
}
