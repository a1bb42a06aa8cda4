//! Who has signed in on this computer. Everything else belongs to one of them: another account never sees or sends it.

use model::HotelSlug;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    api_url     TEXT NOT NULL,  -- API base, e.g. https://hotel.example/api
    username    TEXT NOT NULL,
    hotel_id    INTEGER,        -- for the X-Hotel-ID header; servers may leave it out
    hotel_slug  TEXT NOT NULL,
    hotel_name  TEXT NOT NULL,
    last_synced INTEGER,        -- Unix milliseconds of the last complete list read; NULL: never
    UNIQUE (api_url, username, hotel_slug)
) STRICT";

/// Row id of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(pub(crate) i64);

/// One user of one hotel on one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// API base.
    pub api_url: String,
    /// As typed at sign-in.
    pub username: String,
    /// Sent as `X-Hotel-ID` when known.
    pub hotel_id: Option<i64>,
    /// Names the hotel in paths and channels.
    pub hotel_slug: HotelSlug,
    /// For people.
    pub hotel_name: String,
    /// Unix milliseconds of the last complete list read.
    pub last_synced: Option<i64>,
}

impl Account {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<(AccountId, Self)> {
        let slug: String = row.get("hotel_slug")?;
        let hotel_slug = HotelSlug::try_from(slug).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, Box::new(error))
        })?;
        let account = Self {
            api_url: row.get("api_url")?,
            username: row.get("username")?,
            hotel_id: row.get("hotel_id")?,
            hotel_slug,
            hotel_name: row.get("hotel_name")?,
            last_synced: row.get("last_synced")?,
        };
        Ok((AccountId(row.get("id")?), account))
    }

    #[cfg(test)]
    pub(crate) fn example() -> Self {
        Self {
            api_url: "https://hotel.example/api".into(),
            username: "frontdesk".into(),
            hotel_id: Some(1),
            hotel_slug: HotelSlug::try_from("killarney".to_owned()).unwrap(),
            hotel_name: "Hotel Killarney".into(),
            last_synced: None,
        }
    }
}

impl Cache {
    /// Stores what a sign-in told, keeping what is already known of this account.
    pub fn upsert_account(&self, account: &Account) -> Result<AccountId> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO account (api_url, username, hotel_id, hotel_slug, hotel_name) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (api_url, username, hotel_slug)
             DO UPDATE SET hotel_id = excluded.hotel_id, hotel_name = excluded.hotel_name
             RETURNING id",
        )?;
        let id = statement.query_row(
            params![
                account.api_url,
                account.username,
                account.hotel_id,
                account.hotel_slug.as_str(),
                account.hotel_name
            ],
            |row| row.get(0),
        )?;
        Ok(AccountId(id))
    }

    /// The account of this user at this hotel, if it ever signed in here.
    pub fn find_account(
        &self,
        api_url: &str,
        username: &str,
        hotel_slug: &HotelSlug,
    ) -> Result<Option<(AccountId, Account)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM account WHERE api_url = ?1 AND username = ?2 AND hotel_slug = ?3",
        )?;
        Ok(statement
            .query_row(params![api_url, username, hotel_slug.as_str()], Account::from_row)
            .optional()?)
    }

    /// The accounts of this user at hotels of this name, on whatever server.
    pub fn accounts_of(&self, username: &str, hotel_slug: &HotelSlug) -> Result<Vec<(AccountId, Account)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM account WHERE username = ?1 AND hotel_slug = ?2 ORDER BY id")?;
        let rows = statement.query_map(params![username, hotel_slug.as_str()], Account::from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// An account by its row id.
    pub fn account(&self, id: AccountId) -> Result<Option<Account>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM account WHERE id = ?1")?;
        Ok(statement
            .query_row([id.0], Account::from_row)
            .optional()?
            .map(|(_, account)| account))
    }

    /// Notes when the list was last read completely, in Unix milliseconds.
    pub fn set_last_synced(&self, id: AccountId, at: i64) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("UPDATE account SET last_synced = ?2 WHERE id = ?1")?;
        statement.execute([id.0, at])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_again_finds_the_same_account() {
        let cache = Cache::in_memory().unwrap();
        let mut account = Account::example();
        let first = cache.upsert_account(&account).unwrap();
        cache.set_last_synced(first, 5).unwrap();
        account.hotel_name = "Killarney Park".into();
        assert_eq!(cache.upsert_account(&account).unwrap(), first);
        let stored = cache.account(first).unwrap().unwrap();
        assert_eq!(
            (stored.hotel_name.as_str(), stored.last_synced),
            ("Killarney Park", Some(5))
        );
    }
}
