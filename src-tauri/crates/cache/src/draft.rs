//! The unsaved text of editors, so that neither a crash nor a closed window takes it.

use rusqlite::params;

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE draft (
    account  INTEGER NOT NULL REFERENCES account (id),
    key      TEXT NOT NULL,     -- the draft's id; of earlier versions: its window and its offer
    draft    TEXT NOT NULL,     -- JSON of what the editor held
    saved_at INTEGER NOT NULL,  -- Unix milliseconds
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID";

/// What an editor held. The engine owns the meaning of the JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The draft's own, whatever it is about.
    pub key: String,
    /// What was typed, as JSON.
    pub draft: String,
    /// Unix milliseconds.
    pub saved_at: i64,
}

impl Cache {
    /// Every draft of an account, newest first.
    pub fn drafts(&self, account: AccountId) -> Result<Vec<DraftRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, draft, saved_at FROM draft WHERE account = ?1 ORDER BY saved_at DESC, key",
        )?;
        let rows = statement.query_map([account.0], |row| {
            Ok(DraftRow {
                key: row.get("key")?,
                draft: row.get("draft")?,
                saved_at: row.get("saved_at")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps what an editor holds, in place of what it held before.
    pub fn put_draft(&self, account: AccountId, draft: &DraftRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO draft (account, key, draft, saved_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, key) DO UPDATE SET draft = excluded.draft, saved_at = excluded.saved_at",
        )?;
        statement.execute(params![account.0, draft.key, draft.draft, draft.saved_at])?;
        Ok(())
    }

    /// Forgets a draft: it was saved, or its author let it go.
    pub fn delete_draft(&self, account: AccountId, key: &str) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM draft WHERE account = ?1 AND key = ?2")?;
        statement.execute(params![account.0, key])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;

    #[test]
    fn the_last_text_of_each_editor_is_kept_newest_first() {
        let cache = Cache::in_memory().unwrap();
        let mine = cache.upsert_account(&Account::example()).unwrap();
        let another = cache
            .upsert_account(&Account {
                username: "manager".into(),
                ..Account::example()
            })
            .unwrap();
        let draft = |key: &str, draft: &str, saved_at| DraftRow {
            key: key.into(),
            draft: draft.into(),
            saved_at,
        };
        cache.put_draft(mine, &draft("23", "a", 1)).unwrap();
        cache.put_draft(mine, &draft("new", "b", 2)).unwrap();
        cache.put_draft(another, &draft("23", "theirs", 9)).unwrap();
        cache.put_draft(mine, &draft("23", "c", 3)).unwrap();
        assert_eq!(
            cache.drafts(mine).unwrap(),
            [draft("23", "c", 3), draft("new", "b", 2)]
        );
        cache.delete_draft(mine, "23").unwrap();
        assert_eq!(cache.drafts(mine).unwrap(), [draft("new", "b", 2)]);
        assert_eq!(cache.drafts(another).unwrap(), [draft("23", "theirs", 9)]);
    }
}
