//! Which bytes stood behind a photo's address when it was last fetched. The bytes are in [`crate::PhotoFiles`].

use std::ffi::OsStr;

use rusqlite::{Row, params};

use crate::{AccountId, Cache, PhotoFiles, PhotoHash, Result};

pub(crate) const V1: &str = "
CREATE TABLE picture (
    account       INTEGER NOT NULL REFERENCES account (id),
    url           TEXT NOT NULL,  -- as the server wrote it in photo_url
    hash          TEXT NOT NULL,  -- SHA-256 of the bytes, names the file
    etag          TEXT,           -- both as the server sent them, for asking again
    last_modified TEXT,
    PRIMARY KEY (account, url)
) STRICT, WITHOUT ROWID";

/// A fetched picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureRow {
    /// `photo_url` as the server wrote it.
    pub url: String,
    /// Names the bytes.
    pub hash: PhotoHash,
    /// The server's `ETag`.
    pub etag: Option<String>,
    /// The server's `Last-Modified`.
    pub last_modified: Option<String>,
}

impl PictureRow {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let hash: String = row.get("hash")?;
        let hash = hash.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
        })?;
        Ok(Self {
            url: row.get("url")?,
            hash,
            etag: row.get("etag")?,
            last_modified: row.get("last_modified")?,
        })
    }
}

impl Cache {
    /// Every picture known of an account's hotel.
    pub fn pictures(&self, account: AccountId) -> Result<Vec<PictureRow>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT url, hash, etag, last_modified FROM picture WHERE account = ?1")?;
        let rows = statement.query_map([account.0], PictureRow::from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes what stood behind an address.
    pub fn put_picture(&self, account: AccountId, picture: &PictureRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO picture (account, url, hash, etag, last_modified) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, url)
             DO UPDATE SET hash = excluded.hash, etag = excluded.etag, last_modified = excluded.last_modified",
        )?;
        let hash = picture.hash.to_string();
        statement.execute(params![
            account.0,
            picture.url,
            hash,
            picture.etag,
            picture.last_modified
        ])?;
        Ok(())
    }

    /// Forgets the pictures whose bytes are not in this folder, so that they are fetched again; answers how many. A database may be
    /// moved, or restored, without the folder beside it.
    pub fn forget_lost_pictures(&self, files: &PhotoFiles) -> Result<usize> {
        let mut statement = self
            .connection
            .prepare("SELECT account, url, hash FROM picture")?;
        let rows = statement.query_map([], |row| {
            Ok((
                AccountId(row.get(0)?),
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        if rows.is_empty() {
            return Ok(0);
        }
        let kept = files.names()?;
        let lost: Vec<_> = rows
            .into_iter()
            .filter(|(_, _, hash)| !kept.contains(OsStr::new(hash)))
            .collect();
        if lost.is_empty() {
            return Ok(0);
        }
        // Undone when it is dropped before its commit.
        let transaction = self.connection.unchecked_transaction()?;
        for (account, url, _) in &lost {
            self.delete_picture(*account, url)?;
        }
        transaction.commit()?;
        Ok(lost.len())
    }

    /// Forgets a picture that no offer shows any more. Its bytes may serve another address and are not touched.
    pub fn delete_picture(&self, account: AccountId, url: &str) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM picture WHERE account = ?1 AND url = ?2")?;
        statement.execute(params![account.0, url])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;

    #[test]
    fn a_picture_whose_bytes_are_lost_is_forgotten_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(folder.path()).unwrap();
        let cache = Cache::in_memory().unwrap();
        let account = cache.upsert_account(&Account::example()).unwrap();
        let picture = |url: &str, bytes: &[u8]| PictureRow {
            url: url.to_owned(),
            hash: PhotoHash::of(bytes),
            etag: None,
            last_modified: None,
        };
        let kept = picture("http://x/kept.jpg", b"kept");
        files.put(b"kept").unwrap();
        cache.put_picture(account, &kept).unwrap();
        assert_eq!(cache.forget_lost_pictures(&files).unwrap(), 0);
        cache
            .put_picture(account, &picture("http://x/lost.jpg", b"lost"))
            .unwrap();
        assert_eq!(cache.forget_lost_pictures(&files).unwrap(), 1);
        assert_eq!(cache.pictures(account).unwrap(), [kept]);
    }

    #[test]
    fn a_picture_changes_behind_its_address() {
        let cache = Cache::in_memory().unwrap();
        let account = cache.upsert_account(&Account::example()).unwrap();
        let mut picture = PictureRow {
            url: "http://x/a.jpg".into(),
            hash: PhotoHash::of(b"one"),
            etag: Some("\"1\"".into()),
            last_modified: None,
        };
        cache.put_picture(account, &picture).unwrap();
        picture.hash = PhotoHash::of(b"two");
        picture.etag = None;
        cache.put_picture(account, &picture).unwrap();
        assert_eq!(cache.pictures(account).unwrap(), [picture.clone()]);
        cache.delete_picture(account, &picture.url).unwrap();
        assert_eq!(cache.pictures(account).unwrap(), []);
    }
}
