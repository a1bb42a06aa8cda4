//! What the console writes down of events: each one, where the page shows what stands in the end.
//!
//! Each event of the bench has a title of its own, so each is a version in the history. A version is committed before a page is told, and ids
//! have no gaps, since only the oldest rows go. The activities tell of events, too, but may let go of a flood's first before its end.

use rusqlite::{Connection, OpenFlags};

use crate::support::Workstation;

pub(crate) struct Written {
    database: Connection,
    version: i64,
}

impl Written {
    /// What comes later is counted from here.
    pub(crate) fn so_far(station: &Workstation) -> Self {
        let path = station.data().join(cache::FILE_NAME);
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the console's database");
        let version = newest(&database);
        Self { database, version }
    }

    /// How many of so many events, sent since this was asked last, are missing in the history, or are too many there.
    pub(crate) fn missing_of(&mut self, sent: usize) -> usize {
        let before = std::mem::replace(&mut self.version, newest(&self.database));
        usize::try_from(self.version - before)
            .expect("ids grow")
            .abs_diff(sent)
    }
}

/// The last id of the history, or 0.
fn newest(database: &Connection) -> i64 {
    database
        .query_row("SELECT coalesce(max(id), 0) FROM version", [], |row| row.get(0))
        .expect("a number")
}
