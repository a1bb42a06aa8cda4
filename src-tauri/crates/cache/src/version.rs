//! The history: every version of an offer that this computer saw, so that each can be looked at, compared and put back.
//!
//! Bounded per offer and per account; the oldest go. The bytes of a version's picture are in [`crate::PhotoFiles`], which keeps
//! them for as long as a row here names them.
//!
//! Absent on purpose: what changed between two versions. That is computed from them, so it cannot disagree with them.

use model::{Offer, OfferId};
use rusqlite::{Row, Rows, params};

use crate::{AccountId, Cache, PhotoHash, Result};

pub(crate) const V1: &str = "
CREATE TABLE version (
    id          INTEGER PRIMARY KEY,  -- later versions have larger ones
    account     INTEGER NOT NULL REFERENCES account (id),
    offer_id    INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,     -- Unix milliseconds
    made_by     TEXT,                 -- label of the window of this computer that made it; NULL: made elsewhere
    offer       TEXT NOT NULL,        -- JSON in the wire's own shape; of a deletion: the last state
    is_deletion INTEGER NOT NULL,     -- 1: the offer was deleted then
    photo_url   TEXT,                 -- the offer's own, for finding the versions that a picture belongs to
    photo       TEXT                  -- SHA-256 of the bytes behind photo_url then; NULL: none, or not on this computer
) STRICT;
CREATE INDEX version_by_offer ON version (account, offer_id, id);
CREATE INDEX version_by_age ON version (account, id);
CREATE INDEX version_without_photo ON version (account, photo_url) WHERE photo IS NULL AND photo_url IS NOT NULL";

/// So many versions of one offer are kept.
pub const VERSIONS_PER_OFFER: u32 = 50;

/// So many versions of all offers of one account are kept.
pub const VERSIONS_IN_TOTAL: u32 = 5_000;

/// Counting an account's rows for every insert would cost more than the insert. Every so many inserts so many more are removed, which
/// keeps the bound all the same.
const PRUNED_AT_ONCE: u32 = 500;

/// So many deleted offers are told.
const DELETED_TOLD: usize = 100;

const COLUMNS: &str = "id, seen_at, made_by, offer, is_deletion, photo";

/// Row id of a version; later versions have larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub i64);

/// A version that was just seen.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion<'a> {
    /// Unix milliseconds.
    pub seen_at: i64,
    /// Label of the window of this computer that made it; `None`: made elsewhere.
    pub window: Option<&'a str>,
    /// The offer; of a deletion, its last state.
    pub offer: &'a Offer,
    /// Whether the offer was deleted then.
    pub is_deletion: bool,
    /// The picture behind `offer.photo_url` then, if it is on this computer.
    pub photo: Option<PhotoHash>,
}

/// A version that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Its place in the history.
    pub id: VersionId,
    /// Unix milliseconds.
    pub seen_at: i64,
    /// Label of the window of this computer that made it; `None`: made elsewhere.
    pub window: Option<String>,
    /// The offer; of a deletion, its last state.
    pub offer: Offer,
    /// Whether the offer was deleted then.
    pub is_deletion: bool,
    /// The picture behind `offer.photo_url` then, if it is on this computer.
    pub photo: Option<PhotoHash>,
}

impl VersionRow {
    /// `None`: not readable, for instance since another program wrote it in another shape. One such row must not hide the history.
    pub(crate) fn from_row(row: &Row<'_>) -> Option<Self> {
        let offer: String = row.get("offer").ok()?;
        let photo: Option<String> = row.get("photo").ok()?;
        Some(Self {
            id: VersionId(row.get("id").ok()?),
            seen_at: row.get("seen_at").ok()?,
            window: row.get("made_by").ok()?,
            offer: serde_json::from_str(&offer).ok()?,
            is_deletion: row.get("is_deletion").ok()?,
            photo: photo.and_then(|hash| hash.parse().ok()),
        })
    }

    fn readable(mut rows: Rows<'_>, limit: usize) -> Result<Vec<Self>> {
        let mut versions = Vec::new();
        while versions.len() < limit
            && let Some(row) = rows.next()?
        {
            versions.extend(Self::from_row(row));
        }
        Ok(versions)
    }
}

impl Cache {
    /// Stores what an offer is now, and adds it to its history.
    pub fn put_base_and_version(&self, account: AccountId, version: &NewVersion<'_>) -> Result<VersionId> {
        let text = serde_json::to_string(version.offer)?;
        self.put_base(account, version.offer.id, &text)?;
        self.push_version_text(account, version, &text)
    }

    /// Adds to the history of an offer, and lets go of what is beyond the bounds.
    pub fn push_version(&self, account: AccountId, version: &NewVersion<'_>) -> Result<VersionId> {
        self.push_version_text(account, version, &serde_json::to_string(version.offer)?)
    }

    fn push_version_text(
        &self,
        account: AccountId,
        version: &NewVersion<'_>,
        text: &str,
    ) -> Result<VersionId> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO version (account, offer_id, seen_at, made_by, offer, is_deletion, photo_url, photo)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let offer = version.offer;
        insert.execute(params![
            account.0,
            offer.id.0,
            version.seen_at,
            version.window,
            text,
            version.is_deletion,
            offer.photo_url,
            version.photo.map(|hash| hash.to_string()),
        ])?;
        let id = self.connection.last_insert_rowid();
        self.prune_versions_of(account, offer.id)?;
        if id % i64::from(PRUNED_AT_ONCE) == 0 {
            self.prune_versions()?;
        }
        Ok(VersionId(id))
    }

    /// Counts an offer's versions only when as many were added as it had room for: to look with each costs a third of the insert. What goes
    /// otherwise leaves more room than is remembered, never less.
    fn prune_versions_of(&self, account: AccountId, offer: OfferId) -> Result<()> {
        let mut rooms = self.version_rooms.borrow_mut();
        let room = rooms.entry((account, offer)).or_default();
        if let Some(left) = room.checked_sub(1) {
            *room = left;
            return Ok(());
        }
        let mut count = self.connection.prepare_cached(
            "SELECT count(*), min(id) FROM (SELECT id FROM version WHERE account = ?1 AND offer_id = ?2 ORDER BY id DESC LIMIT ?3)",
        )?;
        let (count, oldest): (u32, Option<i64>) = count
            .query_row(params![account.0, offer.0, VERSIONS_PER_OFFER], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        *room = VERSIONS_PER_OFFER - count;
        // A statement that may delete costs as much as the insert, also where there is nothing to delete.
        if *room == 0 {
            let mut prune = self
                .connection
                .prepare_cached("DELETE FROM version WHERE account = ?1 AND offer_id = ?2 AND id < ?3")?;
            prune.execute(params![account.0, offer.0, oldest])?;
        }
        Ok(())
    }

    /// Ids are common to all accounts, so whichever account's insert comes here prunes for all of them.
    fn prune_versions(&self) -> Result<()> {
        // CROSS JOIN keeps SQLite from looking for the bound once per version instead of once per account.
        let mut prune = self.connection.prepare_cached(
            "DELETE FROM version WHERE id IN (SELECT kept.id FROM account CROSS JOIN version AS kept ON kept.account = account.id
             AND kept.id <= (SELECT id FROM version WHERE account = account.id ORDER BY id DESC LIMIT 1 OFFSET ?1))",
        )?;
        prune.execute([VERSIONS_IN_TOTAL - PRUNED_AT_ONCE])?;
        Ok(())
    }

    /// The history of an offer, newest first.
    pub fn versions(&self, account: AccountId, offer: OfferId) -> Result<Vec<VersionRow>> {
        self.newest_versions(account, offer, usize::MAX)
    }

    /// A version by its place; `None` also when it has gone beyond the bounds.
    pub fn version(&self, account: AccountId, id: VersionId) -> Result<Option<VersionRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM version WHERE account = ?1 AND id = ?2"
        ))?;
        let rows = statement.query([account.0, id.0])?;
        Ok(VersionRow::readable(rows, 1)?.pop())
    }

    /// The newest version of an offer.
    pub fn latest_version(&self, account: AccountId, offer: OfferId) -> Result<Option<VersionRow>> {
        Ok(self.newest_versions(account, offer, 1)?.pop())
    }

    /// Whether any version of any offer had precisely this as its `details_html`. Looks through all of them.
    pub fn has_version_with_html(&self, account: AccountId, html: &str) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM version WHERE account = ?1 AND offer ->> 'details_html' = ?2)",
        )?;
        Ok(statement.query_row(params![account.0, html], |row| row.get(0))?)
    }

    fn newest_versions(&self, account: AccountId, offer: OfferId, limit: usize) -> Result<Vec<VersionRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM version WHERE account = ?1 AND offer_id = ?2 ORDER BY id DESC"
        ))?;
        let rows = statement.query([account.0, offer.0])?;
        VersionRow::readable(rows, limit)
    }

    /// The last state of each offer whose newest version is a deletion, newest first, at most 100.
    pub fn deleted_offers(&self, account: AccountId) -> Result<Vec<VersionRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM version WHERE is_deletion AND id IN
             (SELECT max(id) FROM version WHERE account = ?1 GROUP BY offer_id) ORDER BY id DESC"
        ))?;
        let rows = statement.query([account.0])?;
        VersionRow::readable(rows, DELETED_TOLD)
    }

    /// The picture behind an address has arrived. The newest versions of each offer that show this address get it, if theirs is not
    /// known yet; versions before another address or another picture do not, since something else may have stood there then.
    pub fn set_version_photos(&self, account: AccountId, photo_url: &str, photo: PhotoHash) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE version SET photo = ?3 WHERE account = ?1 AND photo_url = ?2 AND photo IS NULL AND photo_url IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM version AS later
                 WHERE later.account = ?1 AND later.offer_id = version.offer_id AND later.id > version.id
                 AND (later.photo_url IS NOT ?2 OR later.photo <> ?3))",
        )?;
        statement.execute(params![account.0, photo_url, photo.to_string()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;
    use serde_json::json;

    fn offer(id: i64, title: &str, photo_url: Option<&str>) -> Offer {
        Offer::from_json(json!({"id":id,"title":title,"short_description":"s","details_text":"","details_html":"",
            "valid_from":null,"valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,"photo_url":photo_url,
            "sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"}))
        .unwrap()
    }

    fn seen(offer: &Offer) -> NewVersion<'_> {
        NewVersion {
            seen_at: 1,
            window: None,
            offer,
            is_deletion: false,
            photo: None,
        }
    }

    fn deleted(offer: &Offer) -> NewVersion<'_> {
        NewVersion {
            is_deletion: true,
            ..seen(offer)
        }
    }

    fn titles(rows: &[VersionRow]) -> Vec<&str> {
        rows.iter().map(|row| row.offer.fields.title.as_str()).collect()
    }

    fn signed_in() -> (Cache, AccountId, AccountId) {
        let cache = Cache::in_memory().unwrap();
        let mine = cache.upsert_account(&Account::example()).unwrap();
        let another = cache
            .upsert_account(&Account {
                username: "manager".into(),
                ..Account::example()
            })
            .unwrap();
        (cache, mine, another)
    }

    #[test]
    fn a_version_comes_back_as_it_was_seen_and_to_its_own_account_alone() {
        let (cache, mine, another) = signed_in();
        let photo = PhotoHash::of(b"picture");
        let offer = offer(7, "Spa", Some("http://x/a.jpg"));
        let version = NewVersion {
            seen_at: 5,
            window: Some("main"),
            photo: Some(photo),
            ..deleted(&offer)
        };
        let id = cache.push_version(mine, &version).unwrap();
        let row = VersionRow {
            id,
            seen_at: 5,
            window: Some("main".into()),
            offer: offer.clone(),
            is_deletion: true,
            photo: Some(photo),
        };
        assert_eq!(cache.version(mine, id).unwrap(), Some(row.clone()));
        assert_eq!(cache.latest_version(mine, offer.id).unwrap(), Some(row.clone()));
        assert_eq!(cache.deleted_offers(mine).unwrap(), [row]);
        assert_eq!(cache.version(another, id).unwrap(), None);
        assert_eq!(cache.versions(another, offer.id).unwrap(), []);
        assert_eq!(cache.deleted_offers(another).unwrap(), []);
    }

    #[test]
    fn the_newest_versions_of_an_offer_are_kept() {
        let (cache, mine, _) = signed_in();
        let (busy, quiet) = (OfferId(7), OfferId(8));
        cache.push_version(mine, &seen(&offer(8, "quiet", None))).unwrap();
        for number in 1..=VERSIONS_PER_OFFER + 3 {
            cache
                .push_version(mine, &seen(&offer(7, &number.to_string(), None)))
                .unwrap();
        }
        let rows = cache.versions(mine, busy).unwrap();
        assert_eq!(rows.len(), VERSIONS_PER_OFFER as usize);
        let titles = titles(&rows);
        assert_eq!((titles[0], *titles.last().unwrap()), ("53", "4"));
        assert_eq!(cache.latest_version(mine, busy).unwrap().as_ref(), rows.first());
        assert_eq!(cache.versions(mine, quiet).unwrap().len(), 1);
    }

    #[test]
    fn no_more_versions_of_an_offer_are_kept_after_what_made_room_was_rolled_back() {
        let (cache, mine, _) = signed_in();
        let push = || cache.push_version(mine, &seen(&offer(7, "t", None))).unwrap();
        for _ in 0..VERSIONS_PER_OFFER {
            push();
        }
        cache.begin().unwrap();
        cache.connection.execute("DELETE FROM version", []).unwrap();
        push();
        cache.rollback().unwrap();
        push();
        let rows = cache.versions(mine, OfferId(7)).unwrap();
        assert_eq!(rows.len(), VERSIONS_PER_OFFER as usize);
    }

    #[test]
    fn the_newest_versions_of_an_account_are_kept_whoever_else_writes() {
        let (cache, mine, another) = signed_in();
        let count = |account: AccountId| -> u32 {
            let sql = "SELECT count(*) FROM version WHERE account = ?1";
            cache
                .connection
                .query_row(sql, [account.0], |row| row.get(0))
                .unwrap()
        };
        cache.begin().unwrap();
        let mut theirs = 0;
        for number in 0..i64::from(VERSIONS_IN_TOTAL + 2 * PRUNED_AT_ONCE) {
            let offer = offer(1_000 + number, "mine", None);
            let id = cache.push_version(mine, &seen(&offer)).unwrap();
            if number >= i64::from(VERSIONS_IN_TOTAL - PRUNED_AT_ONCE) {
                assert!(count(mine) <= VERSIONS_IN_TOTAL, "after {number}");
            }
            // The other account takes every place at which the bound is seen to.
            if (id.0 + 1) % i64::from(PRUNED_AT_ONCE) == 0 {
                cache.push_version(another, &seen(&offer)).unwrap();
                theirs += 1;
            }
        }
        cache.commit().unwrap();
        assert!(theirs > 2, "the bound was come to");
        assert!(count(mine) > VERSIONS_IN_TOTAL - 2 * PRUNED_AT_ONCE);
        assert_eq!(count(another), theirs);
        assert_eq!(
            cache.versions(mine, OfferId(1_000)).unwrap(),
            [],
            "the oldest went"
        );
    }

    #[test]
    fn an_offer_counts_as_deleted_until_it_is_seen_again() {
        let (cache, mine, _) = signed_in();
        for id in 1..=3 {
            let offer = offer(id, &id.to_string(), None);
            cache.push_version(mine, &seen(&offer)).unwrap();
            cache.push_version(mine, &deleted(&offer)).unwrap();
        }
        cache.push_version(mine, &seen(&offer(2, "2", None))).unwrap();
        assert_eq!(titles(&cache.deleted_offers(mine).unwrap()), ["3", "1"]);
        for id in 10..200 {
            cache.push_version(mine, &deleted(&offer(id, "t", None))).unwrap();
        }
        assert_eq!(cache.deleted_offers(mine).unwrap().len(), DELETED_TOLD);
    }

    #[test]
    fn a_row_of_another_shape_hides_no_other() {
        let (cache, mine, _) = signed_in();
        let (first, second) = (offer(7, "first", None), offer(7, "second", None));
        cache.push_version(mine, &seen(&first)).unwrap();
        let strange = cache.push_version(mine, &deleted(&second)).unwrap();
        let sql = "UPDATE version SET offer = '{\"id\":7}' WHERE id = ?1";
        cache.connection.execute(sql, [strange.0]).unwrap();
        assert_eq!(titles(&cache.versions(mine, first.id).unwrap()), ["first"]);
        assert_eq!(cache.version(mine, strange).unwrap(), None);
        assert_eq!(
            cache.latest_version(mine, first.id).unwrap().unwrap().offer,
            first
        );
        assert_eq!(cache.deleted_offers(mine).unwrap(), []);
    }

    #[test]
    fn a_picture_that_arrives_belongs_to_the_newest_versions_that_show_its_address() {
        let (cache, mine, another) = signed_in();
        let (a, b) = (Some("http://x/a.jpg"), Some("http://x/b.jpg"));
        let (old, new) = (PhotoHash::of(b"old"), PhotoHash::of(b"new"));
        let photos = |account, id| -> Vec<_> {
            let rows = cache.versions(account, OfferId(id)).unwrap();
            rows.into_iter().map(|row| row.photo).rev().collect()
        };
        for url in [a, b, a, a] {
            cache.push_version(mine, &seen(&offer(7, "t", url))).unwrap();
        }
        cache.push_version(mine, &deleted(&offer(7, "t", a))).unwrap();
        for photo in [None, Some(old), None] {
            let offer = offer(8, "t", a);
            let version = NewVersion {
                photo,
                ..seen(&offer)
            };
            cache.push_version(mine, &version).unwrap();
        }
        for url in [a, None] {
            cache.push_version(mine, &seen(&offer(9, "t", url))).unwrap();
        }
        cache.push_version(another, &seen(&offer(7, "t", a))).unwrap();

        cache.set_version_photos(mine, "http://x/a.jpg", new).unwrap();
        assert_eq!(photos(mine, 7), [None, None, Some(new), Some(new), Some(new)]);
        assert_eq!(
            photos(mine, 8),
            [None, Some(old), Some(new)],
            "what is known stays"
        );
        assert_eq!(photos(mine, 9), [None, None], "its newest version shows nothing");
        assert_eq!(photos(another, 7), [None]);
    }
}
