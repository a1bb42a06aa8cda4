//! Reading a database of which nothing is certain.
//!
//! From a copy, log included, since even opening a database changes it. Row by row: from the start until something is unreadable,
//! from the end until something is, and what lies between one by one, by the places that an index still knows.
//!
//! Absent on purpose: repair. No row is put together from parts; what cannot be read as a whole is counted and left behind. The one
//! exception is an account, without whose row no operation has anywhere to go.

use std::collections::BTreeSet;
use std::env;
use std::fs::File;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;

use model::Offer;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use tempfile::TempDir;

use super::beside;
use crate::{Account, Cache, FILE_NAME, OperationRow, PictureRow, Result, VersionRow};

/// SQLite's usual size of a page, in bytes; no database of ours has another.
pub(super) const PAGE: u64 = 4096;

/// What became of the operations.
#[derive(Default)]
pub(super) struct Copied {
    pub(super) operations: usize,
    pub(super) unreadable: usize,
}

/// A database of which nothing is certain, opened for reading.
pub(super) struct Wreck {
    connection: Connection,
    _copy: Option<TempDir>,
}

impl Wreck {
    /// `None`: nothing of it can be read.
    pub(super) fn open(path: &Path) -> Option<Self> {
        // The data folder comes second: it may be full or not writable, and nobody would clear it after a power cut. Without any place
        // for a copy the file itself is read, as it is, which leaves out its log.
        let places = [Some(env::temp_dir()), path.parent().map(Path::to_owned)];
        let copy = places
            .into_iter()
            .flatten()
            .find_map(|place| Self::copy_of(path, &place).ok());
        copy.or_else(|| Self::in_place(path).ok())
    }

    fn copy_of(path: &Path, place: &Path) -> Result<Self> {
        let folder = private_folder(place)?;
        let copy = folder.path().join(FILE_NAME);
        for suffix in ["", "-wal"] {
            match File::open(beside(path, suffix)) {
                Ok(mut from) => io::copy(&mut from, &mut File::create(beside(&copy, suffix))?)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => 0,
                Err(error) => return Err(error.into()),
            };
        }
        // SQLite reads the rest of a page that was cut off as zeros, and rows with them.
        let file = File::options().write(true).open(&copy)?;
        file.set_len(file.metadata()?.len() / PAGE * PAGE)?;
        Self::read(Connection::open(copy)?, Some(folder))
    }

    /// Where the copy lies, if the file could be copied.
    #[cfg(test)]
    pub(super) fn copy(&self) -> Option<&Path> {
        Some(self._copy.as_ref()?.path())
    }

    fn in_place(path: &Path) -> Result<Self> {
        let path = path.to_string_lossy();
        let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Self::read(
            Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?,
            None,
        )
    }

    fn read(connection: Connection, copy: Option<TempDir>) -> Result<Self> {
        // Makes SQLite go on where a file is shorter than it says, or a table's definition does not make sense.
        connection.pragma_update(None, "writable_schema", "ON")?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self {
            connection,
            _copy: copy,
        })
    }

    /// Copies what can be read, all or nothing; fails only when `cache` does.
    pub(super) fn copy_into(&self, cache: &Cache) -> Result<Copied> {
        cache.begin()?;
        let copied = self.copy_tables(cache);
        match copied {
            Ok(_) => cache.commit()?,
            Err(_) => cache.rollback()?,
        }
        copied
    }

    fn copy_tables(&self, cache: &Cache) -> Result<Copied> {
        let mut copied = Copied::default();
        for table in &COPIED {
            let mut copying = Copying::of(table, self, cache)?;
            copying.run()?;
            if table.name == "account" {
                copying.rows(ACCOUNTS_BY_INDEX)?;
            }
            if table.name == "operation" {
                copied = Copied {
                    operations: copying.copied.len(),
                    unreadable: copying.seen.difference(&copying.copied).count(),
                };
            }
        }
        self.copy_last_place(cache)?;
        Ok(copied)
    }

    /// A place in the queue is never used twice, a rescue in between or not.
    fn copy_last_place(&self, cache: &Cache) -> Result<()> {
        let last = "SELECT seq FROM sqlite_sequence WHERE name = 'operation'";
        let last: rusqlite::Result<i64> = self.connection.query_row(last, [], |row| row.get(0));
        if let Ok(last) = last {
            cache.connection.execute_batch(&format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'operation', 0
                     WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'operation');
                 UPDATE sqlite_sequence SET seq = max(seq, {last}) WHERE name = 'operation'"
            ))?;
        }
        Ok(())
    }
}

/// A table, the index that may know of rows which the table itself no longer gives out, and whether a row can be used.
pub(super) struct Table {
    pub(super) name: &'static str,
    index: Option<Index>,
    is_readable: fn(&Row<'_>) -> bool,
}

/// An index, and its order from the end: in any other, SQLite would sort its rows first, and give out none if one is unreadable.
struct Index {
    name: &'static str,
    backwards: &'static str,
}

/// In the order in which rows refer to each other. What the program did before is of no use to it, so `activity` stays behind.
///
/// A row that would make its whole table unreadable later is not copied. The JSON of operations and drafts is the engine's business.
pub(super) const COPIED: [Table; 10] = [
    Table {
        name: "account",
        index: Some(Index {
            name: "sqlite_autoindex_account_1",
            backwards: "api_url DESC, username DESC, hotel_slug DESC",
        }),
        is_readable: |row| Account::from_row(row).is_ok(),
    },
    Table {
        name: "session",
        index: None,
        is_readable: |_| true,
    },
    Table {
        name: "operation",
        index: Some(Index {
            name: "operation_by_account",
            backwards: "account DESC, id DESC",
        }),
        is_readable: |row| OperationRow::from_row(row).is_ok(),
    },
    Table {
        name: "draft",
        index: None,
        is_readable: |_| true,
    },
    Table {
        name: "base",
        index: None,
        is_readable: |row| {
            let offer: rusqlite::Result<String> = row.get("offer");
            offer.is_ok_and(|offer| serde_json::from_str::<Offer>(&offer).is_ok())
        },
    },
    Table {
        name: "picture",
        index: None,
        is_readable: |row| PictureRow::from_row(row).is_ok(),
    },
    Table {
        name: "version",
        index: Some(Index {
            name: "version_by_age",
            backwards: "account DESC, id DESC",
        }),
        is_readable: |row| VersionRow::from_row(row).is_some(),
    },
    Table {
        name: "hotel",
        index: None,
        is_readable: |_| true,
    },
    Table {
        name: "preference",
        index: None,
        is_readable: |_| true,
    },
    Table {
        name: "told",
        index: None,
        is_readable: |_| true,
    },
];

/// An account's row without its table: its index holds what tells it from others. The next sign-in fills in the rest.
const ACCOUNTS_BY_INDEX: &str =
    "SELECT id, api_url, username, NULL AS hotel_id, hotel_slug, hotel_slug AS hotel_name,
    NULL AS last_synced FROM account INDEXED BY sqlite_autoindex_account_1";

/// So many places are tried where neither end of the table nor an index says what is there.
const MOST_TRIED: usize = 10_000;

/// One table on its way from a wreck into a cache.
struct Copying<'a> {
    table: &'a Table,
    from: &'a Connection,
    into: &'a Connection,
    /// Those that both sides have: either may be of an older program.
    columns: Vec<String>,
    /// Places, by the first column, of rows that exist or existed.
    seen: BTreeSet<i64>,
    /// Places of rows that are in the cache now.
    copied: BTreeSet<i64>,
}

/// How far reading from one end came.
enum Reached {
    All,
    /// The place of the last readable row, if there was one.
    Damage(Option<i64>),
}

impl<'a> Copying<'a> {
    fn of(table: &'a Table, wreck: &'a Wreck, cache: &'a Cache) -> Result<Self> {
        let columns = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
            let statement = connection.prepare(&format!("SELECT * FROM {}", table.name))?;
            Ok(statement.column_names().into_iter().map(str::to_owned).collect())
        };
        // A table that is missing has no columns.
        let had = columns(&wreck.connection).unwrap_or_default();
        let mut columns = columns(&cache.connection)?;
        columns.retain(|column| had.contains(column));
        Ok(Self {
            table,
            from: &wreck.connection,
            into: &cache.connection,
            columns,
            seen: BTreeSet::new(),
            copied: BTreeSet::new(),
        })
    }

    fn run(&mut self) -> Result<()> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let all = format!("SELECT {} FROM {}", self.columns.join(", "), self.table.name);
        // By the key, which is the first column or the first two, so that rows come as they lie and nothing is sorted first.
        let Reached::Damage(before) = self.rows(&format!("{all} ORDER BY 1, 2"))? else {
            return Ok(());
        };
        let Reached::Damage(after) = self.rows(&format!("{all} ORDER BY 1 DESC, 2 DESC"))? else {
            return Ok(());
        };
        let Some(Index { name, backwards }) = &self.table.index else {
            return Ok(());
        };
        let places = format!(
            "SELECT {} FROM {} INDEXED BY {name}",
            self.columns[0], self.table.name
        );
        let mut missed = self.places(&places);
        missed.extend(self.places(&format!("{places} ORDER BY {backwards}")));
        self.seen.extend(&missed);
        let between = between(before, after, missed.last().copied());
        missed.extend(between.take(MOST_TRIED));
        for place in missed.difference(&self.copied.clone()) {
            self.rows(&format!("{all} WHERE {} = {place}", self.columns[0]))?;
        }
        Ok(())
    }

    /// Copies the rows of a query for as long as they can be read.
    fn rows(&mut self, query: &str) -> Result<Reached> {
        let mut last = None;
        let Ok(mut statement) = self.from.prepare(query) else {
            return Ok(Reached::Damage(last));
        };
        let Ok(mut rows) = statement.query([]) else {
            return Ok(Reached::Damage(last));
        };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let Ok(place) = row.get::<_, i64>(0) else { continue };
                    last = Some(place);
                    self.seen.insert(place);
                    if self.insert(row)? {
                        self.copied.insert(place);
                    }
                }
                Ok(None) => return Ok(Reached::All),
                Err(_) => return Ok(Reached::Damage(last)),
            }
        }
    }

    /// Whether the row is in the cache now.
    fn insert(&self, row: &Row<'_>) -> Result<bool> {
        if !(self.table.is_readable)(row) {
            return Ok(false);
        }
        let names: Vec<_> = row
            .as_ref()
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut values = Vec::with_capacity(names.len());
        for index in 0..names.len() {
            match row.get_ref(index).map(Value::try_from) {
                Ok(Ok(value)) => values.push(value),
                _ => return Ok(false),
            }
        }
        let marks = vec!["?"; names.len()].join(", ");
        let mut insert = self.into.prepare_cached(&format!(
            "INSERT OR IGNORE INTO {} ({}) VALUES ({marks})",
            self.table.name,
            names.join(", ")
        ))?;
        match insert.execute(params_from_iter(values)) {
            Ok(changed) => Ok(changed == 1),
            // It refers to an account that could not be read, or holds a number where text belongs.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The places that a query gives out, for as long as they can be read.
    fn places(&self, query: &str) -> BTreeSet<i64> {
        let mut places = BTreeSet::new();
        if let Ok(mut statement) = self.from.prepare(query)
            && let Ok(mut rows) = statement.query([])
        {
            while let Ok(Some(row)) = rows.next() {
                places.extend(row.get::<_, i64>(0));
            }
        }
        places
    }
}

/// What is copied is as private as the original, and the place may be everybody's.
fn private_folder(place: &Path) -> io::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir_in(place)
}

/// The places between the last row readable from the start and the last one readable from the end.
fn between(before: Option<i64>, after: Option<i64>, last_known: Option<i64>) -> RangeInclusive<i64> {
    let first = before.map_or(1, |place| place.saturating_add(1));
    let last = after.map_or(last_known.unwrap_or(0), |place| place.saturating_sub(1));
    first..=last
}
