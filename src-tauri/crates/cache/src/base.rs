//! The last state of each offer that the server is known to have had.

use model::{Offer, OfferId};
use rusqlite::params;

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE base (
    account  INTEGER NOT NULL REFERENCES account (id),
    offer_id INTEGER NOT NULL,
    offer    TEXT NOT NULL,  -- JSON in the wire's own shape
    PRIMARY KEY (account, offer_id)
) STRICT, WITHOUT ROWID";

impl Cache {
    /// Every offer known of an account's hotel.
    pub fn base(&self, account: AccountId) -> Result<Vec<Offer>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT offer FROM base WHERE account = ?1")?;
        let rows = statement.query_map([account.0], |row| row.get::<_, String>(0))?;
        // One that cannot be read comes again with the list; it must not keep the others from being shown.
        let readable =
            |row: rusqlite::Result<String>| row.map(|row| serde_json::from_str(&row).ok()).transpose();
        Ok(rows.filter_map(readable).collect::<rusqlite::Result<_>>()?)
    }

    /// Stores the state of one offer, as JSON.
    pub(crate) fn put_base(&self, account: AccountId, id: OfferId, text: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO base (account, offer_id, offer) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, offer_id) DO UPDATE SET offer = excluded.offer",
        )?;
        statement.execute(params![account.0, id.0, text])?;
        Ok(())
    }

    /// Forgets an offer that the server no longer has.
    pub fn delete_base(&self, account: AccountId, id: OfferId) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM base WHERE account = ?1 AND offer_id = ?2")?;
        statement.execute([account.0, id.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;

    #[test]
    fn an_accounts_offers_are_its_own() {
        let cache = Cache::in_memory().unwrap();
        let mine = cache.upsert_account(&Account::example()).unwrap();
        let other = cache
            .upsert_account(&Account {
                username: "manager".into(),
                ..Account::example()
            })
            .unwrap();
        let offer: Offer = serde_json::from_value(serde_json::json!({"id":7,"title":"t","short_description":"s","details_text":"",
            "details_html":"","valid_from":null,"valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,"photo_url":null,
            "sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"})).unwrap();
        let text = serde_json::to_string(&offer).unwrap();
        cache.put_base(mine, offer.id, &text).unwrap();
        cache.put_base(mine, offer.id, &text).unwrap();
        assert_eq!(cache.base(mine).unwrap(), std::slice::from_ref(&offer));
        assert_eq!(cache.base(other).unwrap(), []);
        cache.delete_base(other, offer.id).unwrap();
        cache.delete_base(mine, offer.id).unwrap();
        assert_eq!(cache.base(mine).unwrap(), []);
    }
}
