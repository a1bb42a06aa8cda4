//! What was learned, and when, in a small file: the check has no part in the hotel's data, and must not be able to harm it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use semver::Version;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{Address, INTERVAL, Told};

/// The file and what is in it.
pub(crate) struct Kept {
    file: PathBuf,
    address: Address,
    /// Seconds of Unix time.
    looked_at: Option<u64>,
    pub(crate) told: Option<Told>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnDisk {
    address: Address,
    looked_at: Option<u64>,
    version: Option<Version>,
    page: Option<Address>,
}

impl Kept {
    /// What another address said counts for nothing, and neither does a file that cannot be read.
    pub(crate) fn read(file: PathBuf, address: &Address) -> Self {
        let on_disk: Option<OnDisk> = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let on_disk = on_disk.filter(|on_disk| on_disk.address == *address);
        let (looked_at, told) = match on_disk {
            Some(OnDisk {
                looked_at,
                version,
                page,
                ..
            }) => {
                let told = version.zip(page);
                (looked_at, told.map(|(version, page)| Told { version, page }))
            }
            None => (None, None),
        };
        Self {
            file,
            address: address.clone(),
            looked_at,
            told,
        }
    }

    pub(crate) fn is_due(&self, now: SystemTime) -> bool {
        let Some(looked_at) = self.looked_at else {
            return true;
        };
        let looked_at = UNIX_EPOCH + Duration::from_secs(looked_at);
        // A clock that was set back must not put the next look years away.
        now.duration_since(looked_at)
            .map_or(true, |since| since >= INTERVAL)
    }

    pub(crate) fn looked(&mut self, now: SystemTime) {
        self.looked_at = now.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
        self.write();
    }

    pub(crate) fn told(&mut self, told: Told) {
        self.told = Some(told);
        self.write();
    }

    fn write(&self) {
        let told = self.told.clone();
        let (version, page) = told.map(|told| (told.version, told.page)).unzip();
        let on_disk = OnDisk {
            address: self.address.clone(),
            looked_at: self.looked_at,
            version,
            page,
        };
        let written = serde_json::to_vec(&on_disk)
            .map_err(std::io::Error::from)
            .and_then(|bytes| self.replace(&bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "when versions were looked up could not be kept");
        }
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        // For its owner alone, as all that lies there.
        let mut aside = NamedTempFile::new_in(folder)?;
        aside.write_all(bytes)?;
        aside.persist(&self.file)?;
        Ok(())
    }
}
