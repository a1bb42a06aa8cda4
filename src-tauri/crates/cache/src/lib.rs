//! What this computer remembers: one SQLite database and a folder of pictures.
//!
//! - [`account`], [`session`], [`base`], [`operation`], [`picture`], [`version`], [`draft`], [`activity`], [`hotel`], [`preference`],
//!   [`told`]: one table each, with its row type, its queries and its migration
//! - [`photo_files`]: picture bytes on disk, named by their content
//! - [`rescue`]: opening a folder whatever state it is in; [`run`]: whether the last run ended by itself
//!
//! **One writer.** A [`Cache`] is owned by one thread; every write happens between [`Cache::begin`] and [`Cache::commit`], and
//! nobody is told of a change before the commit returned.
//!
//! **Durability.** WAL with `synchronous = FULL`: a commit has reached the disk when it returns, so that a change which the console
//! called safe survives a power cut, not only a crash of the program. `NORMAL` would be faster and lose the last commits then.
//! The engine commits once per burst, which pays for it.
//!
//! Absent on purpose: rules. Rows hold what the engine decided, and when it says it was.

pub mod account;
pub mod activity;
pub mod base;
pub mod draft;
mod error;
pub mod hotel;
pub mod operation;
pub mod photo_files;
pub mod picture;
pub mod preference;
pub mod rescue;
pub mod run;
pub mod session;
pub mod told;
pub mod version;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use model::OfferId;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite_migration::{M, Migrations};

pub use account::{Account, AccountId};
pub use activity::{ActivityId, ActivityRow};
pub use draft::DraftRow;
pub use error::Error;
pub use operation::{OperationId, OperationRow};
pub use photo_files::{PhotoFiles, PhotoHash};
pub use picture::PictureRow;
pub use rescue::{Opened, Trouble};
pub use run::RunMarker;
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
    M::up(hotel::V1),
    M::up(preference::V1),
    M::up(told::V1),
];

/// So long another program may hold the file before we give up on it. A backup lets go in a moment; longer than this, nobody waits
/// before an empty screen.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the migrations make. Neither a migration nor an integrity check misses a table that is not there.
const TABLES: [&str; 11] = [
    "account",
    "session",
    "base",
    "operation",
    "picture",
    "version",
    "draft",
    "activity",
    "hotel",
    "preference",
    "told",
];

/// The outcome of anything done here.
pub type Result<T> = std::result::Result<T, Error>;

/// The database, open and migrated.
#[derive(Debug)]
pub struct Cache {
    connection: Connection,
    kept: bool,
    /// So many versions of an offer can at least be added before one of them has to go.
    version_rooms: RefCell<HashMap<(AccountId, OfferId), u32>>,
}

impl Cache {
    /// Opens the database in `folder`, creating and migrating it as needed. [`Cache::open_or_rescue`] also knows what to do when this
    /// fails.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_file(&folder.join(FILE_NAME), false, PATIENCE)
    }

    /// A database that is gone with the value: for simulations, and for when nothing can be kept.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?, false)
    }

    /// Whether what is written here is still there tomorrow.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    fn open_file(path: &Path, check: bool, patience: Duration) -> Result<Self> {
        private_file(path)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(patience)?;
        // Whoever closes last writes the log into the file, by default. A file that we turn out not to open has to stay as it is.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let cache = Self::prepare(connection, check)?;
        cache
            .connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self { kept: true, ..cache })
    }

    /// Nothing is written before it is known that the file is sound and ours.
    fn prepare(mut connection: Connection, check: bool) -> Result<Self> {
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if usize::try_from(version).is_ok_and(|version| version > MIGRATIONS.len()) {
            return Err(Error::Newer);
        }
        if check {
            let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if verdict != "ok" {
                return Err(Error::Damaged);
            }
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        Migrations::from_slice(MIGRATIONS).to_latest(&mut connection)?;
        for table in TABLES {
            connection
                .prepare(&format!("SELECT 1 FROM {table}"))
                .map_err(Error::of_schema)?;
        }
        // SQLite opens a file that it cannot write, and a disk may be full: better known now than with the first edit.
        let version = MIGRATIONS.len();
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; PRAGMA user_version = {version}; COMMIT"
        ))?;
        Ok(Self {
            connection,
            kept: false,
            version_rooms: RefCell::default(),
        })
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
        self.version_rooms.borrow_mut().clear();
        // SQLite has rolled back by itself after some errors (a full disk, for one); then there is nothing left to undo.
        if self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }
}

/// Sees to it that a file exists which only its owner can read. One that exists is not touched: on Unix, closing it would take away
/// the locks of every other connection of this process.
fn private_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn a_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let setting = |name: &str| -> rusqlite::types::Value {
            let value = cache.connection.pragma_query_value(None, name, |row| row.get(0));
            value.unwrap()
        };
        assert_eq!(setting("journal_mode"), "wal".to_owned().into());
        // 2 is FULL: in a write-ahead log the next less, NORMAL, loses what was committed when the power goes.
        assert_eq!(setting("synchronous"), 2.into());
    }

    #[test]
    fn every_table_that_the_migrations_make_is_looked_for() {
        let cache = Cache::in_memory().unwrap();
        let mut made = cache
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let made: BTreeSet<String> = made
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert_eq!(made, TABLES.map(str::to_owned).into());
    }

    /// A file as the first release left it.
    fn first_release(path: &Path) {
        let mut connection = Connection::open(path).unwrap();
        Migrations::from_slice(&MIGRATIONS[..5])
            .to_latest(&mut connection)
            .unwrap();
        connection
            .execute_batch(
                r#"PRAGMA journal_mode = WAL;
                INSERT INTO account VALUES (3, 'https://hotel.example/api', 'frontdesk', 1, 'killarney', 'Hotel Killarney', 5);
                INSERT INTO session VALUES (1, 3, '{"username":"frontdesk"}');
                INSERT INTO base VALUES (3, 7, '{"id":7,"title":"Spa","short_description":"s","details_text":"","details_html":"",
                    "valid_from":null,"valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,"photo_url":null,
                    "sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"}');
                INSERT INTO operation VALUES (11, 3, '7', '{"edit":1}', '{"tries":2}');
                INSERT INTO picture SELECT 3, 'http://x/a.jpg', hex(zeroblob(32)), '"1"', NULL;"#,
            )
            .unwrap();
    }

    #[test]
    fn what_the_first_release_left_is_all_there_and_can_be_added_to() {
        let folder = tempfile::tempdir().unwrap();
        first_release(&folder.path().join(FILE_NAME));
        let Opened { cache, trouble } = Cache::open_or_rescue(folder.path(), 0, true);
        assert!(trouble.is_none(), "{trouble:?}");
        let id = cache.session().unwrap().unwrap().account.unwrap();
        let account = Account {
            last_synced: Some(5),
            ..Account::example()
        };
        assert_eq!(cache.account(id).unwrap(), Some(account));
        let operations = cache.operations(id).unwrap();
        let [
            OperationRow {
                id: OperationId(11),
                action,
                delivery,
                ..
            },
        ] = operations.as_slice()
        else {
            panic!("{operations:?}")
        };
        assert_eq!(
            (action.as_str(), delivery.as_str()),
            (r#"{"edit":1}"#, r#"{"tries":2}"#)
        );
        assert_eq!(cache.pictures(id).unwrap()[0].etag.as_deref(), Some("\"1\""));
        let offers = cache.base(id).unwrap();
        let [offer] = offers.as_slice() else {
            panic!("{offers:?}")
        };
        let version = NewVersion {
            seen_at: 1,
            window: None,
            offer,
            is_deletion: false,
            photo: None,
        };
        cache.push_version(id, &version).unwrap();
        assert_eq!(&cache.latest_version(id, offer.id).unwrap().unwrap().offer, offer);
        cache.push_activity(None, &[(1, "{}".into())]).unwrap();
        assert_eq!(cache.drafts(id).unwrap(), []);
    }

    #[test]
    fn a_disk_that_is_full_takes_nothing_of_what_was_there() {
        let cache = Cache::in_memory().unwrap();
        let account = cache.upsert_account(&Account::example()).unwrap();
        let push = |action: &str| cache.push_operation(account, model::OfferId(7).into(), action, "{}");
        push("first").unwrap();
        let pages: i64 = cache
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        cache
            .connection
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
        cache.begin().unwrap();
        let error = push(&"x".repeat(100_000)).unwrap_err();
        assert!(matches!(error, Error::Full), "{error:?}");
        cache.rollback().unwrap();
        cache
            .connection
            .pragma_update(None, "max_page_count", pages + 100)
            .unwrap();
        push("second").expect("somebody freed space");
        let actions = cache
            .operations(account)
            .unwrap()
            .into_iter()
            .map(|row| row.action);
        assert_eq!(actions.collect::<Vec<_>>(), ["first", "second"]);
    }

    #[test]
    fn a_disk_that_is_too_full_for_a_migration_is_not_called_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        first_release(&path);
        let before = std::fs::read(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        // Below what is there already: SQLite takes that as "no more than now".
        connection.pragma_update(None, "max_page_count", 1).unwrap();
        let error = Cache::prepare(connection, true).unwrap_err();
        assert!(matches!(error, Error::Full), "{error:?}");
        assert!(std::fs::read(&path).unwrap() == before, "nothing was half done");
    }

    #[test]
    fn a_file_that_can_only_be_read_is_known_at_once() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap();
        let path = folder.path().join(FILE_NAME);
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let error = Cache::prepare(Connection::open_with_flags(path, flags).unwrap(), false).unwrap_err();
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
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
        // Open and written to: its log, and what belongs to that, are there too.
        let cache = Cache::open(folder.path()).unwrap();
        cache.upsert_account(&Account::example()).unwrap();
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let modes: BTreeMap<String, u32> = entries
            .map(|entry| {
                let entry = entry.unwrap();
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                (entry.file_name().into_string().unwrap(), mode)
            })
            .collect();
        let names = ["", "-wal", "-shm"].map(|end| (format!("{FILE_NAME}{end}"), 0o600));
        assert_eq!(modes, BTreeMap::from(names));
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
