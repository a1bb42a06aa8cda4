//! Who is signed in now, and how their server's live updates are reached. One row, or none.
//!
//! Never the token: that lives in the system's keyring.

use rusqlite::{OptionalExtension, params};

use crate::{AccountId, Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE session (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    account  INTEGER REFERENCES account (id),  -- NULL: signed out; the form is remembered all the same
    form     TEXT NOT NULL                     -- JSON of the sign-in form, without the password
) STRICT";

/// The signed-in account, if any, and the sign-in form last used, as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Who is signed in.
    pub account: Option<AccountId>,
    /// The form, as JSON.
    pub form: String,
}

impl Cache {
    /// The session of the last run.
    pub fn session(&self) -> Result<Option<SessionRow>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT account, form FROM session")?;
        let row = statement
            .query_row([], |row| {
                Ok(SessionRow {
                    account: row.get::<_, Option<i64>>(0)?.map(AccountId),
                    form: row.get(1)?,
                })
            })
            .optional()?;
        Ok(row)
    }

    /// Replaces the session.
    pub fn set_session(&self, session: &SessionRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO session (only, account, form) VALUES (1, ?1, ?2)
             ON CONFLICT (only) DO UPDATE SET account = excluded.account, form = excluded.form",
        )?;
        statement.execute(params![session.account.map(|id| id.0), session.form])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;

    #[test]
    fn the_last_session_is_the_only_one() {
        let cache = Cache::in_memory().unwrap();
        assert_eq!(cache.session().unwrap(), None);
        let account = Some(cache.upsert_account(&Account::example()).unwrap());
        cache
            .set_session(&SessionRow {
                account,
                form: "{}".into(),
            })
            .unwrap();
        let signed_out = SessionRow {
            account: None,
            form: "{}".into(),
        };
        cache.set_session(&signed_out).unwrap();
        assert_eq!(cache.session().unwrap(), Some(signed_out));
    }
}
