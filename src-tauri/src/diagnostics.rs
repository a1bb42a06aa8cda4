//! One file that tells a helper at the other end of a telephone what happened here: the list of activities, what the windows show
//! of the session, and the logs. Secrets of this run are blanked in every part; earlier runs blanked theirs as they wrote.
//!
//! Absent: the database and the pictures. They hold more than anybody needs for this.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use sync::Console;
use sync::problem::{AppError, ErrorCode};
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use crate::{logs, whole_file};

/// What the file is called unless its user calls it something else.
pub(crate) const FILE_NAME: &str = "hotelmate-diagnostics.zip";

/// Most of one log file that is taken along: its end.
const LOG_BYTES: usize = 4 * 1024 * 1024;

/// Writes the file; answers where it is.
pub(crate) async fn export(console: &Console, data_dir: &Path, path: PathBuf) -> Result<String, AppError> {
    let mut parts = vec![
        ("about.json".to_owned(), about(console).await?),
        ("activity.json".to_owned(), activity(console).await?),
    ];
    let folder = data_dir.join("logs");
    let written = whole_file::blocking(move || {
        parts.extend(log_files(&folder));
        let bytes = zipped(&parts).map_err(std::io::Error::other)?;
        whole_file::write(&path, &bytes)?;
        Ok(path.display().to_string())
    })
    .await;
    written.map_err(|error| {
        AppError::new(
            ErrorCode::Storage,
            format!("The file could not be written: {error}. Choose another place."),
        )
    })
}

async fn about(console: &Console) -> Result<String, AppError> {
    let snapshot = console.snapshot().await?;
    let mut states = std::collections::BTreeMap::<String, u32>::new();
    for offer in &snapshot.offers {
        *states
            .entry(format!("{:?}", offer.sync).to_lowercase())
            .or_default() += 1;
    }
    let about = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "exported_at": jiff::Timestamp::now().to_string(),
        "session": snapshot.session,
        "connection": snapshot.connection,
        "offers_by_state": states,
    });
    Ok(format!("{about:#}"))
}

async fn activity(console: &Console) -> Result<String, AppError> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let page = console.activity(before).await?;
        let Some(oldest) = page.last() else { break };
        before = Some(oldest.id);
        all.extend(page);
    }
    Ok(format!("{:#}", json!(all)))
}

/// The ends of the logs. One that cannot be read says so in its own place.
fn log_files(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let text = match std::fs::read(&path) {
            Ok(bytes) => {
                let from = bytes.len().saturating_sub(LOG_BYTES);
                String::from_utf8_lossy(&bytes[from..]).into_owned()
            }
            Err(error) => format!("cannot be read: {error}"),
        };
        Some((format!("logs/{name}"), text))
    };
    paths.into_iter().filter_map(read).collect()
}

fn zipped(parts: &[(String, String)]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(logs::blanked(text).as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn no_secret_is_in_any_byte_of_the_file() {
        let secrets = ["tok3n-0f-th1s-run", "pa55w0rd-typed-here"];
        secrets.iter().for_each(|secret| logs::hide(secret));
        let folder = tempfile::tempdir().unwrap();
        let log = format!(
            "GET / Authorization: Token {}\nbody {{\"password\":\"{}\"}}\n",
            secrets[0], secrets[1]
        );
        std::fs::write(folder.path().join("console.log"), &log).unwrap();
        let mut parts = log_files(folder.path());
        assert_eq!(parts.len(), 1);
        parts.push(("about.json".to_owned(), log.clone()));
        parts.push((secrets[0].to_owned(), String::new()));
        // Names are ours; one made of a secret would be a fault of this program, and shows that the search below finds something.
        let has = |bytes: &[u8], secret: &str| {
            bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        };
        let spoilt = zipped(&parts).unwrap();
        assert!(has(&spoilt, secrets[0]));
        parts.pop();

        let bytes = zipped(&parts).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for secret in secrets {
            assert!(!has(&bytes, secret), "{secret} as it lies there");
            for part in 0..archive.len() {
                let mut text = Vec::new();
                archive.by_index(part).unwrap().read_to_end(&mut text).unwrap();
                assert!(!has(&text, secret), "{secret} in part {part}");
                assert!(!text.is_empty());
            }
        }
    }
}
