//! What is written about what happens: files by day in the data folder, with secrets blanked.
//!
//! Code does not log secrets: passwords and tokens are types that print as `•••`. What a server echoes, or a library says, is out of
//! our hands, so every line is also searched for the secrets of this run before it is written.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use crate::environment::Environment;

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
    let files: Result<Box<dyn Write + Send>, _> = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("console")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(environment.data_dir.join("logs"))
        .map(|files| Box::new(files) as _);
    // Where no file can be made, whoever starts it from a terminal reads it there.
    let lines = files.unwrap_or_else(|_| Box::new(io::stderr()));
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
