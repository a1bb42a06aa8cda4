//! What the system's notifications have told an account of, so that nothing is told twice, not after a restart either.

use model::OfferKey;
use rusqlite::params;

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE told (
    account   INTEGER NOT NULL REFERENCES account (id),
    offer_key TEXT NOT NULL,  -- as in operation
    about     TEXT NOT NULL,  -- 'needs-you' while the offer needs a person, or the last day that was told to come
    PRIMARY KEY (account, offer_key, about)
) STRICT, WITHOUT ROWID";

impl Cache {
    /// Everything that an account was told of.
    pub fn told(&self, account: AccountId) -> Result<Vec<(OfferKey, String)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT offer_key, about FROM told WHERE account = ?1")?;
        let rows = statement.query_map([account.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        // A key that cannot be read was written by another program, about an offer that this one cannot name.
        Ok(rows
            .into_iter()
            .filter_map(|(key, about)| Some((key.parse().ok()?, about)))
            .collect())
    }

    /// Notes that an account is told.
    pub fn put_told(&self, account: AccountId, key: OfferKey, about: &str) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO told (account, offer_key, about) VALUES (?1, ?2, ?3)")?;
        statement.execute(params![account.0, key.to_string(), about])?;
        Ok(())
    }

    /// It is over: if it happens again, it is told again.
    pub fn delete_told(&self, account: AccountId, key: OfferKey, about: &str) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM told WHERE account = ?1 AND offer_key = ?2 AND about = ?3")?;
        statement.execute(params![account.0, key.to_string(), about])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;

    #[test]
    fn what_one_account_was_told_says_nothing_about_another() {
        let cache = Cache::in_memory().unwrap();
        let desk = cache.upsert_account(&Account::example()).unwrap();
        let manager = Account {
            username: "manager".into(),
            ..Account::example()
        };
        let manager = cache.upsert_account(&manager).unwrap();
        let key = OfferKey::from(model::OfferId(7));
        for about in ["needs-you", "2026-11-24", "needs-you"] {
            cache.put_told(desk, key, about).unwrap();
        }
        assert_eq!(cache.told(desk).unwrap().len(), 2);
        assert_eq!(cache.told(manager).unwrap(), []);
        cache.delete_told(desk, key, "needs-you").unwrap();
        assert_eq!(cache.told(desk).unwrap(), [(key, "2026-11-24".to_owned())]);
    }
}
