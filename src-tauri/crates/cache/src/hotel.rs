//! What staff have set for a hotel on this computer, whoever of them signs in.
//!
//! Not of an account: a hotel lies in one time zone for everybody. Not of the data folder: staff of two hotels may share a computer.

use model::HotelSlug;
use rusqlite::{OptionalExtension, params};

use crate::{Cache, Result};

pub(crate) const V1: &str = "
CREATE TABLE hotel (
    id        INTEGER PRIMARY KEY,
    api_url   TEXT NOT NULL,  -- as in account
    slug      TEXT NOT NULL,
    time_zone TEXT,           -- IANA name; NULL: this computer's
    UNIQUE (api_url, slug)
) STRICT";

impl Cache {
    /// The IANA name of the time zone that was set for a hotel.
    pub fn hotel_time_zone(&self, api_url: &str, slug: &HotelSlug) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT time_zone FROM hotel WHERE api_url = ?1 AND slug = ?2")?;
        let zone = statement
            .query_row([api_url, slug.as_str()], |row| row.get(0))
            .optional()?;
        Ok(zone.flatten())
    }

    /// The servers, as they are spelled here, for whose hotel of this name something was set.
    pub fn servers_of_hotel(&self, slug: &HotelSlug) -> Result<Vec<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT api_url FROM hotel WHERE slug = ?1 ORDER BY id")?;
        let rows = statement.query_map([slug.as_str()], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Sets it; `None`: this computer's.
    pub fn set_hotel_time_zone(&self, api_url: &str, slug: &HotelSlug, zone: Option<&str>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO hotel (api_url, slug, time_zone) VALUES (?1, ?2, ?3)
             ON CONFLICT (api_url, slug) DO UPDATE SET time_zone = excluded.time_zone",
        )?;
        statement.execute(params![api_url, slug.as_str(), zone])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hotel_of_each_server_has_its_own_time_zone() {
        let cache = Cache::in_memory().unwrap();
        let slug = |name: &str| HotelSlug::try_from(name.to_owned()).unwrap();
        let (here, there) = (slug("killarney"), slug("galway"));
        cache
            .set_hotel_time_zone("a", &here, Some("Europe/Dublin"))
            .unwrap();
        cache.set_hotel_time_zone("a", &here, Some("Asia/Tokyo")).unwrap();
        assert_eq!(
            cache.hotel_time_zone("a", &here).unwrap().as_deref(),
            Some("Asia/Tokyo")
        );
        assert_eq!(cache.hotel_time_zone("a", &there).unwrap(), None);
        assert_eq!(cache.hotel_time_zone("b", &here).unwrap(), None);
        cache.set_hotel_time_zone("a", &here, None).unwrap();
        assert_eq!(cache.hotel_time_zone("a", &here).unwrap(), None);
    }
}
