//! An offer as the server keeps and serves it, and its table.
//!
//! No rule lives here: what may be stored is decided in [`super::form`].

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::form::Changes;

/// One row per offer. `created_at` is microseconds since 1970, dates are `YYYY-MM-DD`, `photo` is a file name below
/// the media folder.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS offer (
    id                INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again after a delete, as in the real server
    hotel             TEXT    NOT NULL,                  -- the hotel's slug
    title             TEXT    NOT NULL,
    short_description TEXT    NOT NULL,
    details_text      TEXT    NOT NULL,
    details_html      TEXT    NOT NULL,                  -- as sent, scripts included
    valid_from        TEXT,
    valid_to          TEXT,
    tag               TEXT    NOT NULL,
    book_now_url      TEXT    NOT NULL,
    photo             TEXT,
    sort_order        INTEGER NOT NULL,
    is_active         INTEGER NOT NULL,
    created_at        INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS offer_in_order ON offer (hotel, sort_order, created_at DESC, id DESC);
";

const COLUMNS: &str = "id, title, short_description, details_text, details_html, valid_from, valid_to, tag, book_now_url, \
                       photo, sort_order, is_active, created_at";

/// The order of every list. Equal moments (a manual clock makes them) are settled by the id, newest first.
const ORDER: &str = "ORDER BY sort_order, created_at DESC, id DESC";

/// The folder in front of a stored photo's name in `photo`, as the real server's storage writes it.
const STORAGE: &str = "image/upload/v1/";

/// An offer in the wire's field names and order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Server id.
    pub id: i64,
    /// 1 to 200 characters, trimmed.
    pub title: String,
    /// Not blank, trimmed.
    pub short_description: String,
    /// May be blank.
    pub details_text: String,
    /// As sent: not sanitised.
    pub details_html: String,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day; may lie before `valid_from`.
    pub valid_to: Option<Date>,
    /// At most 50 characters.
    pub tag: String,
    /// A URL, or blank.
    pub book_now_url: String,
    /// Storage id of the photo.
    pub photo: Option<String>,
    /// Where the photo is served.
    pub photo_url: Option<String>,
    /// 0 to 2147483647.
    pub sort_order: i64,
    /// Shown to guests.
    pub is_active: bool,
    /// When it was created, to the microsecond.
    #[serde(serialize_with = "wire_timestamp")]
    pub created_at: Timestamp,
}

/// An offer as the public page lists it: no `is_active`, no `details_text`, no `photo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields of Offer under the same names")]
pub struct PublicOffer {
    pub id: i64,
    pub title: String,
    pub short_description: String,
    pub details_html: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub tag: String,
    pub book_now_url: String,
    pub photo_url: Option<String>,
}

impl From<Offer> for PublicOffer {
    fn from(offer: Offer) -> Self {
        Self {
            id: offer.id,
            title: offer.title,
            short_description: offer.short_description,
            details_html: offer.details_html,
            valid_from: offer.valid_from,
            valid_to: offer.valid_to,
            tag: offer.tag,
            book_now_url: offer.book_now_url,
            photo_url: offer.photo_url,
        }
    }
}

/// A photo column to write: the name of a file that is already stored, or none.
pub(super) type PhotoName = Option<String>;

/// Django prints microseconds, all six digits or none.
pub(super) fn wire_time(at: Timestamp) -> String {
    let format = if at.subsec_microsecond() == 0 && at.subsec_millisecond() == 0 {
        "%Y-%m-%dT%H:%M:%SZ"
    } else {
        "%Y-%m-%dT%H:%M:%S%.6fZ"
    };
    at.strftime(format).to_string()
}

fn wire_timestamp<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&wire_time(*at))
}

fn read(row: &Row<'_>, media_url: &str) -> rusqlite::Result<Offer> {
    let date = |index: usize| -> rusqlite::Result<Option<Date>> {
        let text: Option<String> = row.get(index)?;
        text.map(|text| text.parse::<Date>())
            .transpose()
            .map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, error.into())
            })
    };
    let photo: PhotoName = row.get(9)?;
    Ok(Offer {
        id: row.get(0)?,
        title: row.get(1)?,
        short_description: row.get(2)?,
        details_text: row.get(3)?,
        details_html: row.get(4)?,
        valid_from: date(5)?,
        valid_to: date(6)?,
        tag: row.get(7)?,
        book_now_url: row.get(8)?,
        photo_url: photo.as_ref().map(|name| format!("{media_url}{name}")),
        photo: photo.map(|name| format!("{STORAGE}{name}")),
        sort_order: row.get(10)?,
        is_active: row.get(11)?,
        created_at: Timestamp::from_microsecond(row.get(12)?).unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

pub(super) fn list(
    db: &Connection,
    media_url: &str,
    hotel: &str,
    only_active: bool,
    limit: i64,
    offset: i64,
) -> rusqlite::Result<Vec<Offer>> {
    let only = if only_active { "AND is_active" } else { "" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM offer WHERE hotel = ?1 {only} {ORDER} LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map(params![hotel, limit, offset], |row| read(row, media_url))?;
    rows.collect()
}

pub(super) fn count(db: &Connection, hotel: &str) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count(*) FROM offer WHERE hotel = ?1")?
        .query_row([hotel], |row| row.get(0))
}

pub(super) fn find(
    db: &Connection,
    media_url: &str,
    hotel: &str,
    id: i64,
) -> rusqlite::Result<Option<Offer>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM offer WHERE hotel = ?1 AND id = ?2"
    ))?
    .query_row(params![hotel, id], |row| read(row, media_url))
    .optional()
}

/// Inserts an offer; fields that `changes` leaves out take the model's defaults. The caller has checked that the
/// required ones are there.
pub(super) fn insert(
    db: &Connection,
    hotel: &str,
    changes: &Changes,
    photo: &PhotoName,
    created_at: Timestamp,
) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO offer (hotel, title, short_description, details_text, details_html, valid_from, valid_to, tag, \
         book_now_url, photo, sort_order, is_active, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .insert(params![
        hotel,
        changes.title.as_deref().unwrap_or_default(),
        changes.short_description.as_deref().unwrap_or_default(),
        changes.details_text.as_deref().unwrap_or_default(),
        changes.details_html.as_deref().unwrap_or_default(),
        changes.valid_from.flatten().map(|date| date.to_string()),
        changes.valid_to.flatten().map(|date| date.to_string()),
        changes.tag.as_deref().unwrap_or_default(),
        changes.book_now_url.as_deref().unwrap_or_default(),
        photo,
        changes.sort_order.unwrap_or(0),
        changes.is_active.unwrap_or(true),
        created_at.as_microsecond(),
    ])
}

/// Writes the fields that `changes` holds, and the photo when one is given.
pub(super) fn update(
    db: &Connection,
    hotel: &str,
    id: i64,
    changes: &Changes,
    photo: Option<&PhotoName>,
) -> rusqlite::Result<()> {
    let mut row = db.prepare_cached(
        "UPDATE offer SET title = coalesce(?3, title), short_description = coalesce(?4, short_description), \
         details_text = coalesce(?5, details_text), details_html = coalesce(?6, details_html), \
         valid_from = iif(?7, ?8, valid_from), valid_to = iif(?9, ?10, valid_to), tag = coalesce(?11, tag), \
         book_now_url = coalesce(?12, book_now_url), photo = iif(?13, ?14, photo), \
         sort_order = coalesce(?15, sort_order), is_active = coalesce(?16, is_active) \
         WHERE hotel = ?1 AND id = ?2",
    )?;
    row.execute(params![
        hotel,
        id,
        changes.title,
        changes.short_description,
        changes.details_text,
        changes.details_html,
        changes.valid_from.is_some(),
        changes.valid_from.flatten().map(|date| date.to_string()),
        changes.valid_to.is_some(),
        changes.valid_to.flatten().map(|date| date.to_string()),
        changes.tag,
        changes.book_now_url,
        photo.is_some(),
        photo.cloned().flatten(),
        changes.sort_order,
        changes.is_active,
    ])?;
    Ok(())
}

pub(super) fn delete(db: &Connection, hotel: &str, id: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM offer WHERE hotel = ?1 AND id = ?2")?
        .execute(params![hotel, id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_digits_or_none() {
        for (given, wire) in [
            ("2026-11-22T09:52:01.968263Z", "2026-11-22T09:52:01.968263Z"),
            ("2026-11-22T09:52:01.5Z", "2026-11-22T09:52:01.500000Z"),
            ("2026-11-22T09:52:01Z", "2026-11-22T09:52:01Z"),
        ] {
            assert_eq!(wire_time(given.parse().unwrap()), wire);
        }
    }
}
