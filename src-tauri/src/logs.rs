//! What is written about what happens: files by day in the data folder, with secrets blanked.
//!
//! Code does not log secrets: passwords and tokens are types that print as `•••`. What a server echoes, or a library says, is out of
//! our hands, so every line is also searched for the secrets of this run before it is written.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use crate::environment::{Environment, private_file, private_folder};

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
    // A folder of ours, and files, that an earlier version left open.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    for entry in std::fs::read_dir(folder)?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // Not to be closed is no reason to write nothing.
            let _ = private_file(&entry.path(), b"");
        }
    }
    let day = today();
    open_to_its_owner(folder, day)?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("console")
        .filename_suffix("log")
        // The day's own is there already when it counts.
        .max_log_files(DAYS_KEPT + 1)
        .build(folder)?;
    let folder = folder.to_owned();
    Ok(Box::new(Days {
        folder,
        today,
        day,
        files,
    }))
}

/// As the appender counts days.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

fn open_to_its_owner(folder: &Path, day: Date) -> io::Result<()> {
    private_file(&folder.join(format!("console.{day}.log")), b"")
}

/// Makes each day's file before the appender does, whose files anybody can read that the system lets. One that the appender has made all the
/// same, in the instant in which a day ends, is closed with the next line.
struct Days<W> {
    folder: PathBuf,
    today: fn() -> Date,
    day: Date,
    files: W,
}

impl<W: Write> Write for Days<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let today = (self.today)();
        if today != self.day && open_to_its_owner(&self.folder, today).is_ok() {
            self.day = today;
        }
        self.files.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.files.flush()
    }
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
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_logs() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("logs");
        // As a version left it that did not see to it.
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        let old = folder.join("console.2026-01-02.log");
        std::fs::write(&old, "older\n").unwrap();
        std::fs::set_permissions(&old, PermissionsExt::from_mode(0o644)).unwrap();
        files(&folder).unwrap().write_all(b"a line\n").unwrap();
        assert_eq!(mode(&folder), 0o700);
        let entries = std::fs::read_dir(&folder).unwrap();
        let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 2, "one file is written: {files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            assert_ne!(std::fs::read(&file).unwrap(), b"", "{}", file.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_of_the_next_day_is_there_for_its_owner_alone_before_a_line_is_written_to_it() {
        struct File(PathBuf);
        impl Write for File {
            fn write(&mut self, line: &[u8]) -> io::Result<usize> {
                assert_eq!(mode(&self.0), 0o600);
                Ok(line.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut days = Days {
            folder: folder.path().to_owned(),
            today: || jiff::civil::date(2026, 3, 1),
            day: jiff::civil::date(2026, 2, 28),
            files: File(folder.path().join("console.2026-03-01.log")),
        };
        days.write_all(b"a line\n").unwrap();
    }

    #[test]
    fn two_weeks_of_days_are_kept_with_today() {
        let folder = tempfile::tempdir().unwrap();
        for day in 1..=20 {
            std::fs::write(folder.path().join(format!("console.2026-01-{day:02}.log")), "").unwrap();
        }
        // What is made within one tick of the file system's clock is equally old to the appender, and today's could go.
        let made = || {
            let file = tempfile::NamedTempFile::new().unwrap();
            file.as_file().metadata().unwrap().created().ok()
        };
        let last = made();
        while last.is_some() && made() == last {}
        for _ in 0..2 {
            files(folder.path()).unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), DAYS_KEPT);
        }
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
