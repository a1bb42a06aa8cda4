//! What is written about what happens: files by day in the data folder, with secrets blanked.
//!
//! Code does not log secrets: passwords and tokens are types that print as `•••`. What a server echoes, or a library says, is out of
//! our hands, so every line is also searched for the secrets of this run before it is written.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use crate::environment::{Environment, private_folder};

const DEFAULT: &str = "info,hotelmate=debug";
const DAYS_KEPT: usize = 14;
/// Shorter texts would blank innocent words.
const SHORTEST: usize = 6;

static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps a secret out of the logs from now on.
pub(crate) fn hide(secret: &str) {
    let mut secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= SHORTEST && !secrets.iter().any(|known| known == secret) {
        secrets.push(secret.to_owned());
    }
}

/// The text without the secrets of this run.
pub(crate) fn blanked(text: &str) -> Cow<'_, str> {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = Cow::Borrowed(text);
    for secret in secrets.iter() {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), "•••").into();
        }
    }
    text
}

/// Starts writing; what is still on its way is written when the guard goes.
pub(crate) fn start(environment: &Environment) -> Result<WorkerGuard> {
    // Where no file can be made, whoever starts it from a terminal reads it there.
    let lines = files(&environment.data_dir.join("logs")).unwrap_or_else(|_| Box::new(io::stderr()));
    let (writer, guard) = tracing_appender::non_blocking(Blanking(lines));
    let filter = environment.log.as_deref().unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(filter).or_else(|_| EnvFilter::try_new(DEFAULT))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .init();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the console starts");
    Ok(guard)
}

/// The files of the log. They name offers and staff, and the data folder may be one that others can look into.
fn files(folder: &Path) -> Result<Box<dyn Write + Send>> {
    private_folder(folder)?;
    // A folder of ours that an earlier version left open.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("console")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(folder)?;
    Ok(Box::new(files))
}

/// Blanks secrets in what passes. One write is one line: that is how the subscriber writes.
struct Blanking<W>(W);

impl<W: Write> Write for Blanking<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(blanked(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_logs() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("logs");
        // As a version left it that did not see to it.
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        files(&folder).unwrap().write_all(b"a line\n").unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700);
        assert_eq!(
            std::fs::read_dir(&folder).unwrap().count(),
            1,
            "a file is written"
        );
    }

    #[test]
    fn a_hidden_secret_is_blanked_wherever_a_line_holds_it() {
        hide("d686f00dsecret");
        let mut blanking = Blanking(Vec::new());
        blanking
            .write_all(b"Authorization: Token d686f00dsecret\n")
            .unwrap();
        assert_eq!(
            String::from_utf8(blanking.0).unwrap(),
            "Authorization: Token •••\n"
        );
    }
}
