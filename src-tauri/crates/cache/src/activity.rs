//! What the program did and saw: events, requests, retries, connections. Bounded; the oldest go.
//!
//! Of an account, like everything that names offers, but for what happened while nobody was signed in.

use rusqlite::params;

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE activity (
    id   INTEGER PRIMARY KEY,  -- without gaps, since only the oldest are ever removed
    account INTEGER REFERENCES account (id), -- NULL: nobody was signed in
    at   INTEGER NOT NULL,     -- Unix milliseconds
    what TEXT NOT NULL         -- JSON, never with a secret in it
) STRICT";

/// So many rows are kept.
pub const ACTIVITY_ROWS: i64 = 5_000;

/// So many are removed at once, so that removing is rare.
const PRUNED_AT_ONCE: i64 = 500;

/// Row id of an activity; later ones have larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityId(pub i64);

/// Something that happened. The engine owns the meaning of the JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its place in the order of things.
    pub id: ActivityId,
    /// Unix milliseconds.
    pub at: i64,
    /// What happened, as JSON.
    pub what: String,
}

impl Cache {
    /// Appends what happened (Unix milliseconds, JSON), and lets go of what is beyond the bound.
    pub fn push_activity(
        &self,
        account: Option<AccountId>,
        entries: &[(i64, String)],
    ) -> Result<Vec<ActivityId>> {
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO activity (account, at, what) VALUES (?1, ?2, ?3)")?;
        let mut ids = Vec::with_capacity(entries.len());
        for (at, what) in entries {
            insert.execute(params![account.map(|account| account.0), at, what])?;
            ids.push(ActivityId(self.connection.last_insert_rowid()));
        }
        // A step is crossed when the last id before this call lies in another one than the last id now.
        if let (Some(first), Some(last)) = (ids.first(), ids.last())
            && (first.0 - 1) / PRUNED_AT_ONCE != last.0 / PRUNED_AT_ONCE
        {
            let mut prune = self
                .connection
                .prepare_cached("DELETE FROM activity WHERE id <= ?1")?;
            prune.execute([last.0 - (ACTIVITY_ROWS - PRUNED_AT_ONCE)])?;
        }
        Ok(ids)
    }

    /// What happened to an account, or to nobody, before a place or last of all; newest first.
    pub fn activity(
        &self,
        account: Option<AccountId>,
        before: Option<ActivityId>,
        limit: u32,
    ) -> Result<Vec<ActivityRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, at, what FROM activity WHERE id < ?2 AND (account IS NULL OR account = ?1)
             ORDER BY id DESC LIMIT ?3",
        )?;
        let before = before.map_or(i64::MAX, |id| id.0);
        let rows = statement.query_map(params![account.map(|account| account.0), before, limit], |row| {
            Ok(ActivityRow {
                id: ActivityId(row.get("id")?),
                at: row.get("at")?,
                what: row.get("what")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: i64) -> Vec<(i64, String)> {
        (0..count).map(|at| (at, "{}".to_owned())).collect()
    }

    fn everything(cache: &Cache) -> Vec<i64> {
        let rows = cache.activity(None, None, u32::MAX).unwrap();
        rows.into_iter().map(|row| row.id.0).collect()
    }

    #[test]
    fn what_happened_is_read_backwards_page_by_page() {
        let cache = Cache::in_memory().unwrap();
        assert_eq!(cache.push_activity(None, &[]).unwrap(), []);
        let entries: Vec<_> = ["a", "b", "c"].map(|what| (5, what.to_owned())).into();
        let ids = cache.push_activity(None, &entries).unwrap();
        let newest = cache.activity(None, None, 2).unwrap();
        let whats: Vec<_> = newest.iter().map(|row| (row.at, row.what.as_str())).collect();
        assert_eq!(whats, [(5, "c"), (5, "b")]);
        let before = cache.activity(None, Some(newest[1].id), 2).unwrap();
        assert_eq!(
            before,
            [ActivityRow {
                id: ids[0],
                at: 5,
                what: "a".into()
            }]
        );
    }

    #[test]
    fn an_account_is_told_what_happened_to_it_and_to_nobody_but_not_to_others() {
        let cache = Cache::in_memory().unwrap();
        let mine = cache.upsert_account(&crate::Account::example()).unwrap();
        let other = crate::Account {
            username: "manager".into(),
            ..crate::Account::example()
        };
        let other = cache.upsert_account(&other).unwrap();
        for account in [None, Some(mine), Some(other)] {
            cache
                .push_activity(account, &[(1, format!("{account:?}"))])
                .unwrap();
        }
        let told = |account| cache.activity(account, None, 10).unwrap().len();
        assert_eq!((told(None), told(Some(mine)), told(Some(other))), (1, 2, 2));
    }

    #[test]
    fn the_newest_are_kept_whether_they_come_one_by_one_or_in_a_flood() {
        for at_once in [1, 7, PRUNED_AT_ONCE, 1_234, 2 * ACTIVITY_ROWS] {
            let cache = Cache::in_memory().unwrap();
            cache.begin().unwrap();
            let mut last = ActivityId(0);
            let mut most = 0;
            while last.0 < ACTIVITY_ROWS + 3 * PRUNED_AT_ONCE {
                last = *cache
                    .push_activity(None, &entries(at_once))
                    .unwrap()
                    .last()
                    .unwrap();
                let oldest: i64 = cache
                    .connection
                    .query_row("SELECT min(id) FROM activity", [], |row| row.get(0))
                    .unwrap();
                let held = last.0 - oldest + 1;
                assert!(held <= ACTIVITY_ROWS, "{held} after {last:?}, {at_once} at once");
                most = most.max(held);
            }
            cache.commit().unwrap();
            let held = everything(&cache);
            assert_eq!(held[0], last.0, "the newest stay");
            assert!(held.is_sorted_by(|newer, older| *newer == older + 1), "no gaps");
            assert!(most >= ACTIVITY_ROWS - PRUNED_AT_ONCE, "no more went than had to");
        }
    }
}
