//! Who may sign in, and their tokens.
//!
//! The hotels and users are fixed; passwords are no secret, since this server listens on loopback only. A token lasts
//! until it is expired on demand, and signing in again answers the same one, as the framework's `TokenAuthentication`
//! does.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

/// One token per user.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS token (
    key      TEXT PRIMARY KEY, -- 40 hex digits
    username TEXT NOT NULL UNIQUE
);
";

/// A hotel that the server knows.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the public page's field names")]
pub struct Place {
    pub id: i64,
    pub slug: &'static str,
    pub name: &'static str,
    pub tagline: &'static str,
    pub city: &'static str,
    pub phone: &'static str,
    pub email: &'static str,
    pub website_url: &'static str,
    pub booking_url: &'static str,
}

/// Every hotel. The domains end in `.example`: nobody's.
pub static PLACES: [Place; 2] = [
    Place {
        id: 1,
        slug: "killarney",
        name: "Hotel Killarney",
        tagline: "Between the lakes and the mountains",
        city: "Killarney",
        phone: "+353 64 555 0100",
        email: "stay@hotelkillarney.example",
        website_url: "https://hotelkillarney.example/",
        booking_url: "https://hotelkillarney.example/book",
    },
    Place {
        id: 2,
        slug: "other",
        name: "The Other Hotel",
        tagline: "A quiet house by the harbour",
        city: "Kinsale",
        phone: "",
        email: "hello@otherhotel.example",
        website_url: "https://otherhotel.example/",
        booking_url: "",
    },
];

/// Somebody who may sign in.
#[derive(Debug, PartialEq, Eq)]
pub struct Staff {
    /// Database id.
    pub id: i64,
    /// Also the password.
    pub username: &'static str,
    /// Their hotel; `None` for a user who has nothing to manage.
    pub hotel: Option<&'static Place>,
    /// `staff_admin` or `regular_staff`.
    pub access_level: &'static str,
}

/// Every user; the password is the name.
pub static STAFF: [Staff; 4] = [
    Staff {
        id: 1,
        username: "frontdesk",
        hotel: Some(&PLACES[0]),
        access_level: "staff_admin",
    },
    Staff {
        id: 2,
        username: "manager",
        hotel: Some(&PLACES[0]),
        access_level: "staff_admin",
    },
    Staff {
        id: 3,
        username: "outsider",
        hotel: Some(&PLACES[1]),
        access_level: "staff_admin",
    },
    Staff {
        id: 4,
        username: "visitor",
        hotel: None,
        access_level: "regular_staff",
    },
];

/// The answer to a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the wire's field names")]
pub struct SignedIn {
    pub username: &'static str,
    pub token: String,
    pub hotel_id: Option<i64>,
    pub hotel_name: Option<&'static str>,
    pub hotel_slug: Option<&'static str>,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub access_level: &'static str,
    pub hotel: Option<HotelRef>,
    pub allowed_navs: [&'static str; 0],
    pub profile_image_url: Option<&'static str>,
    pub role: Option<&'static str>,
    pub department: Option<&'static str>,
    pub staff_id: i64,
}

/// The hotel inside the answer to a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the wire's field names")]
pub struct HotelRef {
    pub id: i64,
    pub name: &'static str,
    pub slug: &'static str,
}

impl Staff {
    pub(super) fn signed_in(&self, token: String) -> SignedIn {
        SignedIn {
            username: self.username,
            token,
            hotel_id: self.hotel.map(|hotel| hotel.id),
            hotel_name: self.hotel.map(|hotel| hotel.name),
            hotel_slug: self.hotel.map(|hotel| hotel.slug),
            is_staff: false,
            is_superuser: false,
            access_level: self.access_level,
            hotel: self.hotel.map(|hotel| HotelRef {
                id: hotel.id,
                name: hotel.name,
                slug: hotel.slug,
            }),
            allowed_navs: [],
            profile_image_url: None,
            role: None,
            department: None,
            staff_id: self.id,
        }
    }
}

pub(super) fn with_password(username: &str, password: &str) -> Option<&'static Staff> {
    STAFF
        .iter()
        .find(|staff| staff.username == username && staff.username == password)
}

pub(super) fn token_of(db: &Connection, staff: &Staff) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT key FROM token WHERE username = ?1")?
        .query_row([staff.username], |row| row.get(0))
        .optional()
}

pub(super) fn store_token(db: &Connection, key: &str, staff: &Staff) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO token (key, username) VALUES (?1, ?2)",
        [key, staff.username],
    )?;
    Ok(())
}

pub(super) fn with_token(db: &Connection, key: &str) -> rusqlite::Result<Option<&'static Staff>> {
    let username: Option<String> = db
        .prepare_cached("SELECT username FROM token WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(username.and_then(|username| STAFF.iter().find(|staff| staff.username == username)))
}

pub(super) fn expire_tokens(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM token", [])?;
    Ok(())
}
