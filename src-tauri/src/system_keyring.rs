//! The system's keyring, reached anew where it has to be.
//!
//! On Linux it is a program like others: it may come up after the console, or be started again while that is open for weeks, and then
//! knows nothing of who spoke to it before. So a keyring that was away is looked for again each time, and one that fails is spoken to
//! once more from the beginning.
//!
//! Absent: what is kept there, and what else there is where it cannot be.

use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};

const SERVICE: &str = "hotelmate-console";

type Open = dyn Fn() -> Result<Arc<CredentialStore>, Error> + Send + Sync;

/// See the module.
pub(crate) struct SystemKeyring {
    open: Box<Open>,
    opened: Mutex<Option<Arc<CredentialStore>>>,
}

impl SystemKeyring {
    /// The one of this system.
    pub(crate) fn new() -> Self {
        Self::opened_by(open)
    }

    /// One that is reached in this way.
    pub(crate) fn opened_by(
        open: impl Fn() -> Result<Arc<CredentialStore>, Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            opened: Mutex::default(),
        }
    }

    /// Does something with the entry of this name; twice where the first time came to nothing, so once and twice have to be the same.
    pub(crate) fn with<T>(&self, name: &str, deed: impl Fn(&Entry) -> Result<T, Error>) -> Result<T, Error> {
        let attempt = |store: &CredentialStore| {
            let entry = store.build(SERVICE, name, None)?;
            deed(&entry)
        };
        let known = self.opened().take();
        if let Some(store) = known {
            let done = attempt(&*store);
            // Not one that is locked: its user has just been asked.
            if !matches!(done, Err(Error::PlatformFailure(_) | Error::NoDefaultStore)) {
                *self.opened() = Some(store);
                return done;
            }
        }
        let store = (self.open)()?;
        let done = attempt(&*store);
        *self.opened() = Some(store);
        done
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(target_os = "linux")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

/// Elsewhere it is a part of the system, and there once and for all.
#[cfg(not(target_os = "linux"))]
fn open() -> Result<Arc<CredentialStore>, Error> {
    if keyring::v1::Entry::store_status().is_err() {
        return Err(Error::NoDefaultStore);
    }
    keyring_core::get_default_store().ok_or(Error::NoDefaultStore)
}
