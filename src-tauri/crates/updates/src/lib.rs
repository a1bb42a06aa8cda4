//! Whether a newer version of the program is there: looked up, told, and nothing else.
//!
//! An administrator who wants it names the address of a small JSON file, [`Told`]. It is read at most once a day, also across restarts and
//! whatever came of it; what it said is kept beside the data, so that a start tells it at once and without asking. The address is `https`,
//! or on this computer; so is the page that the file leads to, which is opened when somebody asks for it.
//!
//! Absent on purpose: an address of its own (without one, nobody is asked), anything that says who is asking but the program's version,
//! downloading and installing a version, and any clock: the time is handed in.

mod address;
mod kept;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use api::Transport;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{Method, Request};
use semver::Version;
use serde::{Deserialize, Serialize};

pub use address::{Address, BadAddress};
use kept::Kept;

/// How long an answer is good for, a failed attempt included.
pub const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
const PATIENCE: Duration = Duration::from_secs(20);
/// The file says two short things; whatever is larger is something else.
const LARGEST: usize = 16 * 1024;

/// What the file at the address says: `{"version": "1.4.0", "page": "https://…"}`. Other fields are for others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Told {
    /// The newest version, as <https://semver.org> writes it.
    pub version: Version,
    /// Where a person reads what is new, and gets it.
    pub page: Address,
}

/// A version newer than the one that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Update {
    /// Its number.
    pub version: String,
    /// Where it is described.
    pub page: String,
}

/// Why nothing was learned. For the log: nobody's work depends on it.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No answer.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// An answer that is no file. A redirect is one too: the address is the administrator's word, and nobody else's.
    #[error("the address answered with status {0}")]
    Status(u16),
    /// Not the file that was expected.
    #[error("not a version file: {0}")]
    Unreadable(String),
}

/// The check. There is one for a data folder.
pub struct Updates {
    address: Address,
    running: Version,
    kept: Mutex<Kept>,
}

impl Updates {
    /// What was kept in `folder` from earlier looks at the same address is known at once.
    pub fn open(address: Address, running: Version, folder: &Path) -> Self {
        let kept = Mutex::new(Kept::read(folder.join("updates.json"), &address));
        Self {
            address,
            running,
            kept,
        }
    }

    /// The newer version that is known of.
    pub fn known(&self) -> Option<Update> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let told = kept.told.as_ref().filter(|told| told.version > self.running)?;
        Some(Update {
            version: told.version.to_string(),
            page: told.page.to_string(),
        })
    }

    /// Reads the file, unless that was done less than [`INTERVAL`] before `now`. `None`: it was not time yet.
    pub async fn look_if_due(
        &self,
        now: SystemTime,
        transport: &dyn Transport,
    ) -> Option<Result<(), Trouble>> {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if !kept.is_due(now) {
                return None;
            }
            // Noted before it is tried: a program that is started again and again asks no more often than one that runs.
            kept.looked(now);
        }
        let told = self.read(transport).await;
        Some(told.map(|told| {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.told(told);
        }))
    }

    async fn read(&self, transport: &dyn Transport) -> Result<Told, Trouble> {
        let mut request = Request::new(Method::GET, self.address.url().clone());
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        // Until the body is there.
        *request.timeout_mut() = Some(PATIENCE);
        let unreachable = |error: String| Trouble::Unreachable(error);
        let answer = transport.execute(request).await;
        let mut answer = answer.map_err(|error| unreachable(error.to_string()))?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(Trouble::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| unreachable(error.without_url().to_string()))?
        {
            if body.len() + chunk.len() > LARGEST {
                return Err(Trouble::Unreadable(format!("more than {LARGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|error| Trouble::Unreadable(error.to_string()))
    }
}
