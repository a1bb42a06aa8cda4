//! The outbox: what was done here and is not yet known to be on the server, in the order it was done.

use model::OfferKey;
use rusqlite::{Row, params};

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE operation (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of the queue; never used twice
    account   INTEGER NOT NULL REFERENCES account (id),
    offer_key TEXT NOT NULL,     -- '23', or 'new:<uuid>' while its create waits
    action    TEXT NOT NULL,     -- JSON of what to do
    delivery  TEXT NOT NULL      -- JSON of how far it got: tries, what the server said
) STRICT;
CREATE INDEX operation_by_account ON operation (account, id)";

/// Row id of an operation; later operations have larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub i64);

/// One row of the outbox. The engine owns the meaning of the two JSON texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// Its place in the queue.
    pub id: OperationId,
    /// The offer it is about.
    pub key: OfferKey,
    /// What to do, as JSON.
    pub action: String,
    /// How far it got, as JSON.
    pub delivery: String,
}

impl OperationRow {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let key: String = row.get("offer_key")?;
        let key = key.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
        })?;
        Ok(Self {
            id: OperationId(row.get("id")?),
            key,
            action: row.get("action")?,
            delivery: row.get("delivery")?,
        })
    }
}

impl Cache {
    /// The outbox of an account, oldest first.
    pub fn operations(&self, account: AccountId) -> Result<Vec<OperationRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, offer_key, action, delivery FROM operation WHERE account = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([account.0], OperationRow::from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Appends to the outbox; answers the new operation's place.
    pub fn push_operation(
        &self,
        account: AccountId,
        key: OfferKey,
        action: &str,
        delivery: &str,
    ) -> Result<OperationId> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO operation (account, offer_key, action, delivery) VALUES (?1, ?2, ?3, ?4)",
        )?;
        statement.execute(params![account.0, key.to_string(), action, delivery])?;
        Ok(OperationId(self.connection.last_insert_rowid()))
    }

    /// Rewrites an operation where it stands.
    pub fn update_operation(&self, row: &OperationRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE operation SET offer_key = ?2, action = ?3, delivery = ?4 WHERE id = ?1",
        )?;
        statement.execute(params![row.id.0, row.key.to_string(), row.action, row.delivery])?;
        Ok(())
    }

    /// Takes an operation out: the server has it, or its author let it go.
    pub fn delete_operation(&self, id: OperationId) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM operation WHERE id = ?1")?
            .execute([id.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;
    use model::OfferId;

    #[test]
    fn the_outbox_keeps_its_order_and_never_reuses_a_place() {
        let cache = Cache::in_memory().unwrap();
        let account = cache.upsert_account(&Account::example()).unwrap();
        let key = OfferKey::from(OfferId(7));
        let push = |action| cache.push_operation(account, key, action, "{}").unwrap();
        let (first, second) = (push("1"), push("2"));
        cache.delete_operation(second).unwrap();
        let third = push("3");
        assert!(third > second, "a place that was used tells of another operation");
        cache
            .update_operation(&OperationRow {
                id: first,
                key,
                action: "1b".into(),
                delivery: "{}".into(),
            })
            .unwrap();
        let actions: Vec<_> = cache
            .operations(account)
            .unwrap()
            .into_iter()
            .map(|row| row.action)
            .collect();
        assert_eq!(actions, ["1b", "3"]);
    }
}
