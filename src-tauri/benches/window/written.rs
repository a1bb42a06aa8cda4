//! What the console writes down of events: each one, where the page shows what stands in the end.
//!
//! Its activities count whatever the engine took, also what is not listed one by one; and since each event of the bench has a title of its own,
//! each is a version in the history. Both are committed before a page is told, and their ids have no gaps, since only the oldest rows go.

use rusqlite::{Connection, OpenFlags};

use crate::support::Workstation;

pub(crate) struct Written {
    database: Connection,
    activity: i64,
    version: i64,
}

impl Written {
    /// What comes later is counted from here.
    pub(crate) fn so_far(station: &Workstation) -> Self {
        let path = station.data().join(cache::FILE_NAME);
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the console's database");
        Self {
            activity: newest(&database, "activity"),
            version: newest(&database, "version"),
            database,
        }
    }

    /// How many of so many events, sent since this was asked last, are missing among the activities or in the history. A list read meanwhile
    /// adds versions and no events, so the smaller number counts; more than were sent would be as wrong as fewer.
    pub(crate) fn missing_of(&mut self, sent: usize) -> usize {
        let taken: i64 = self
            .database
            .query_row(
                "SELECT coalesce(sum(iif(what ->> 'type' = 'events-skipped', what ->> 'count', 1)), 0) FROM activity
                 WHERE id > ?1 AND what ->> 'type' IN ('event', 'events-skipped')",
                [self.activity],
                |row| row.get(0),
            )
            .expect("the activities");
        let version = newest(&self.database, "version");
        let kept = taken.min(version - self.version);
        self.activity = newest(&self.database, "activity");
        self.version = version;
        usize::try_from(kept).unwrap_or(0).abs_diff(sent)
    }
}

/// The last id of a table, or 0.
fn newest(database: &Connection, table: &str) -> i64 {
    database
        .query_row(&format!("SELECT coalesce(max(id), 0) FROM {table}"), [], |row| {
            row.get(0)
        })
        .expect("a number")
}
