//! What this computer remembers: one SQLite database and a folder of pictures.
//!
//! - [`account`], [`session`], [`base`], [`operation`], [`picture`], [`version`], [`draft`], [`activity`]: one table each, with its row
//!   type, its queries and its migration
//! - [`photo_files`]: picture bytes on disk, named by their content
//!
//! **One writer.** A [`Cache`] is owned by one thread; every write happens between [`Cache::begin`] and [`Cache::commit`], and
//! nobody is told of a change before the commit returned.
//!
//! **Durability.** WAL with `synchronous = FULL`: a commit has reached the disk when it returns, so that a change which the console
//! called safe survives a power cut, not only a crash of the program. `NORMAL` would be faster and lose the last commits then.
//! The engine commits once per burst, which pays for it.
//!
//! Absent on purpose: rules. Rows hold what the engine decided; nothing here reads a clock.

pub mod account;
pub mod activity;
pub mod base;
pub mod draft;
pub mod operation;
pub mod photo_files;
pub mod picture;
pub mod session;
pub mod version;

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

pub use account::{Account, AccountId};
pub use activity::{ActivityId, ActivityRow};
pub use draft::DraftRow;
pub use operation::{OperationId, OperationRow};
pub use photo_files::{PhotoFiles, PhotoHash};
pub use picture::PictureRow;
pub use version::{NewVersion, VersionId, VersionRow};

/// Name of the database in the data folder.
pub const FILE_NAME: &str = "console.db";

/// Numbered by position; append, never change one that has shipped.
const MIGRATIONS: &[M<'static>] = &[
    M::up(account::V1),
    M::up(session::V1),
    M::up(base::V1),
    M::up(operation::V1),
    M::up(picture::V1),
    M::up(version::V1),
    M::up(draft::V1),
    M::up(activity::V1),
];

/// Why the memory of this computer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Written by a later version of the program.
    #[error(
        "The data on this computer was written by a newer version of HotelMate Console. Please update the program."
    )]
    Newer,
    /// The disk is full.
    #[error("The disk is full, so nothing more can be kept safe. Free some space and try again.")]
    Full,
    /// The folder or the file refuses writing.
    #[error("The data folder cannot be written. Check its permissions.")]
    ReadOnly,
    /// The file is no database any more.
    #[error("The data on this computer is damaged.")]
    Damaged,
    /// Anything else SQLite says.
    #[error("The data on this computer cannot be used: {0}")]
    Sqlite(rusqlite::Error),
    /// A row holds something this program cannot read.
    #[error("The data on this computer holds something unreadable: {0}")]
    Row(#[from] serde_json::Error),
    /// A picture could not be written or read.
    #[error("A picture could not be kept: {0}")]
    Io(#[from] std::io::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full,
            Some(ReadOnly | CannotOpen) => Self::ReadOnly,
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged,
            _ => Self::Sqlite(error),
        }
    }
}

/// The outcome of anything done here.
pub type Result<T> = std::result::Result<T, Error>;

/// The database, open and migrated.
#[derive(Debug)]
pub struct Cache {
    connection: Connection,
}

impl Cache {
    /// Opens the database in `folder`, creating and migrating it as needed.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE_NAME);
        private_file(&path)?;
        Self::prepare(Connection::open(path)?)
    }

    /// A database that is gone with the value: for simulations.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(64);
        Migrations::from_slice(MIGRATIONS)
            .to_latest(&mut connection)
            .map_err(|error| match error {
                rusqlite_migration::Error::MigrationDefinition(
                    rusqlite_migration::MigrationDefinitionError::DatabaseTooFarAhead,
                ) => Error::Newer,
                rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
                other => Error::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(other))),
            })?;
        Ok(Self { connection })
    }

    /// Opens a transaction; everything until [`commit`](Self::commit) happens together or not at all.
    pub fn begin(&self) -> Result<()> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes everything since [`begin`](Self::begin) safe on disk.
    pub fn commit(&self) -> Result<()> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Forgets everything since [`begin`](Self::begin).
    pub fn rollback(&self) -> Result<()> {
        // SQLite has rolled back by itself after some errors (a full disk, for one); then there is nothing left to undo.
        if self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }
}

/// Sees to it that a file exists which only its owner can read.
fn private_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn a_database_from_a_newer_program_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache
            .connection
            .pragma_update(None, "user_version", 1_000)
            .unwrap();
        drop(cache);
        let error = Cache::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::Newer), "{error:?}");
    }

    #[test]
    fn a_file_that_is_no_database_is_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), [b'x'; 4096]).unwrap();
        let error = Cache::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::Damaged), "{error:?}");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_database() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.path());
        }
    }

    #[test]
    fn what_was_rolled_back_never_was() {
        let cache = Cache::in_memory().unwrap();
        cache.begin().unwrap();
        let account = Account::example();
        cache.upsert_account(&account).unwrap();
        cache.rollback().unwrap();
        assert!(
            cache.rollback().is_ok(),
            "a second rollback finds nothing and says nothing"
        );
        assert!(
            cache
                .find_account(&account.api_url, &account.username, &account.hotel_slug)
                .unwrap()
                .is_none()
        );
    }
}
