//! Why the memory of this computer cannot be used, by what to do about it.

use rusqlite::ffi;

/// Why the memory of this computer cannot be used. The words say what to do about it.
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
    #[error("The data folder cannot be written. Check its permissions, then start the program again.")]
    ReadOnly,
    /// Another program holds the file.
    #[error(
        "Another program is using the data of HotelMate Console, perhaps a backup or a virus scanner. Wait until it is done or close it, then start the program again."
    )]
    Locked,
    /// The file is no database any more, or a part of it is unreadable.
    #[error(
        "The data on this computer is damaged. Start the program again: it sets the damaged file aside and keeps what can be read of it."
    )]
    Damaged,
    /// Anything else SQLite says.
    #[error(
        "The data on this computer cannot be used ({0}). Start the program again, and the computer if that does not help."
    )]
    Sqlite(rusqlite::Error),
    /// A row holds something this program cannot read.
    #[error("The data on this computer holds something unreadable ({0}). Updating the program may help.")]
    Row(#[from] serde_json::Error),
    /// A file could not be written, moved or read.
    #[error("A file on this computer could not be kept ({0}). Check the data folder.")]
    Io(#[source] std::io::Error),
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::Full,
            PermissionDenied | ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, FileLockingProtocolFailed,
            NotADatabase, PermissionDenied, ReadOnly,
        };
        // The one file that SQLite sizes without writing it, so a full disk shows in another way.
        if error.sqlite_error().map(|error| error.extended_code) == Some(ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full,
            Some(ReadOnly | CannotOpen | PermissionDenied) => Self::ReadOnly,
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged,
            Some(DatabaseBusy | DatabaseLocked | FileLockingProtocolFailed) => Self::Locked,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite_migration::Error> for Error {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error as Cause, MigrationDefinitionError};
        match error {
            Cause::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => Self::Newer,
            Cause::RusqliteError { err, .. } => Self::of_schema(err),
            // The migrations themselves are sound, a test says so: then it is the tables that they met.
            _ => Self::Damaged,
        }
    }
}

impl Error {
    /// Of a statement that is right for the tables as they should be: if SQLite does not understand it, the tables are not so.
    pub(crate) fn of_schema(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqlInputError { .. } => Self::Damaged,
            rusqlite::Error::SqliteFailure(cause, _) if cause.extended_code == ffi::SQLITE_ERROR => {
                Self::Damaged
            }
            _ => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_is_told_by_what_to_do_about_it() {
        let told = |code| match Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)) {
            Error::Full => "full",
            Error::ReadOnly => "read-only",
            Error::Locked => "locked",
            Error::Damaged => "damaged",
            Error::Sqlite(_) => "other",
            error => panic!("{error:?}"),
        };
        for (code, expected) in [
            (ffi::SQLITE_FULL, "full"),
            (ffi::SQLITE_IOERR_SHMSIZE, "full"),
            (ffi::SQLITE_READONLY, "read-only"),
            (ffi::SQLITE_READONLY_DIRECTORY, "read-only"),
            (ffi::SQLITE_CANTOPEN, "read-only"),
            (ffi::SQLITE_CANTOPEN_ISDIR, "read-only"),
            (ffi::SQLITE_PERM, "read-only"),
            (ffi::SQLITE_BUSY, "locked"),
            (ffi::SQLITE_BUSY_RECOVERY, "locked"),
            (ffi::SQLITE_BUSY_SNAPSHOT, "locked"),
            (ffi::SQLITE_LOCKED, "locked"),
            (ffi::SQLITE_PROTOCOL, "locked"),
            (ffi::SQLITE_CORRUPT, "damaged"),
            (ffi::SQLITE_CORRUPT_INDEX, "damaged"),
            (ffi::SQLITE_NOTADB, "damaged"),
            (ffi::SQLITE_IOERR, "other"),
            (ffi::SQLITE_IOERR_READ, "other"),
            (ffi::SQLITE_ERROR, "other"),
            (ffi::SQLITE_NOMEM, "other"),
        ] {
            assert_eq!(told(code), expected, "code {code}");
        }
    }

    #[test]
    fn what_the_file_system_says_is_told_in_the_same_words() {
        use std::io::ErrorKind;
        for (kind, expected) in [
            (ErrorKind::StorageFull, "full"),
            (ErrorKind::QuotaExceeded, "full"),
            (ErrorKind::PermissionDenied, "read-only"),
            (ErrorKind::ReadOnlyFilesystem, "read-only"),
            (ErrorKind::NotFound, "other"),
        ] {
            let told = match Error::from(std::io::Error::from(kind)) {
                Error::Full => "full",
                Error::ReadOnly => "read-only",
                Error::Io(_) => "other",
                error => panic!("{error:?}"),
            };
            assert_eq!(told, expected, "{kind:?}");
        }
    }
}
