//! Tells the windows of a newer version, where an administrator has said whom to ask (`HOTELMATE_UPDATE_URL`). Without that nobody is asked.
//!
//! What is told is a line and a page. Absent: downloading, installing, and any restart that its user has not asked for.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use semver::Version;
use serde::{Deserialize, Serialize};
use sync::Transport;
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use updates::{Address, Update, Updates};

use crate::environment::Environment;
use crate::guest_page;

/// How often it is asked whether a day has passed. A computer that slept through the night notices within that.
const GLANCE: Duration = Duration::from_secs(60 * 60);

/// A newer version is known, or no longer.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct UpdateKnown(Option<Update>);

/// The check, where it is switched on.
pub(crate) struct UpdateCheck(Option<Arc<Updates>>);

impl UpdateCheck {
    /// Switched on by the environment alone.
    pub(crate) fn of(environment: &Environment) -> Self {
        let Some(text) = &environment.update_url else {
            return Self(None);
        };
        let opened = Address::parse(text).map_err(|error| error.to_string());
        let version = Version::parse(env!("CARGO_PKG_VERSION")).map_err(|error| error.to_string());
        match opened.and_then(|address| Ok((address, version?))) {
            Ok((address, version)) => Self(Some(Arc::new(Updates::open(
                address,
                version,
                &environment.data_dir,
            )))),
            Err(error) => {
                tracing::error!(error, "HOTELMATE_UPDATE_URL is not used");
                Self(None)
            }
        }
    }

    pub(crate) fn known(&self) -> Option<Update> {
        self.0.as_ref()?.known()
    }

    /// Looks for as long as the program runs.
    pub(crate) fn start(&self, app: &AppHandle) {
        let Some(updates) = self.0.clone() else { return };
        let app = app.clone();
        let transport = app.state::<Arc<dyn Transport>>().inner().clone();
        tauri::async_runtime::spawn(async move {
            loop {
                match updates.look_if_due(SystemTime::now(), transport.as_ref()).await {
                    Some(Ok(())) => tell(&app, updates.known()),
                    Some(Err(trouble)) => tracing::warn!(%trouble, "no word about newer versions"),
                    None => {}
                }
                tokio::time::sleep(GLANCE).await;
            }
        });
    }
}

fn tell(app: &AppHandle, known: Option<Update>) {
    if let Err(error) = UpdateKnown(known).emit(app) {
        tracing::error!(%error, "windows could not be told of a newer version");
    }
}

/// Opens the page about the newer version in the system's browser. Which page that is, no window says.
pub(crate) fn open_page(check: &UpdateCheck) -> Result<(), AppError> {
    let Some(update) = check.known() else {
        let words = "There is no newer version that the console knows of.";
        return Err(AppError::new(ErrorCode::NotFound, words));
    };
    guest_page::in_browser(&update.page)
}
