//! What whoever uses this computer wants of the program. One row, or none.

use rusqlite::OptionalExtension;

use crate::{Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE preference (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    alert TEXT NOT NULL  -- JSON of which system notifications are wanted
) STRICT";

impl Cache {
    /// Which system notifications are wanted, as JSON; the engine owns its meaning.
    pub fn wanted_alerts(&self) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("SELECT alert FROM preference")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// Replaces it.
    pub fn set_wanted_alerts(&self, json: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO preference (only, alert) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET alert = excluded.alert",
        )?;
        statement.execute([json])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_preference_is_the_only_one() {
        let cache = Cache::in_memory().unwrap();
        assert_eq!(cache.wanted_alerts().unwrap(), None);
        for json in ["{\"ending\":true}", "{}"] {
            cache.set_wanted_alerts(json).unwrap();
        }
        assert_eq!(cache.wanted_alerts().unwrap().as_deref(), Some("{}"));
    }
}
