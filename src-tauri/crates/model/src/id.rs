//! Names of things: an offer's id on the server, its key in this program, a hotel's slug.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The server's primary key of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(transparent)]
pub struct OfferId(
    // Primary keys stay far below 2^53, so a JavaScript number holds them.
    #[specta(type = u32)] pub i64,
);

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How this program names an offer: `23`, or `new:<uuid>` until the server has given it an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub enum OfferKey {
    /// An offer that the server knows.
    Server(OfferId),
    /// Created here, not answered yet.
    New(Uuid),
}

impl OfferKey {
    /// The server's id, if it has one yet.
    pub fn id(self) -> Option<OfferId> {
        match self {
            Self::Server(id) => Some(id),
            Self::New(_) => None,
        }
    }
}

impl From<OfferId> for OfferKey {
    fn from(id: OfferId) -> Self {
        Self::Server(id)
    }
}

impl fmt::Display for OfferKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(id) => id.fmt(f),
            Self::New(uuid) => write!(f, "new:{uuid}"),
        }
    }
}

/// A text that names no offer.
#[derive(Debug, thiserror::Error)]
#[error("not an offer key: {0:?}")]
pub struct NotAKey(String);

impl FromStr for OfferKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let wrong = || NotAKey(text.to_owned());
        match text.strip_prefix("new:") {
            Some(uuid) => uuid.parse().map(Self::New).map_err(|_| wrong()),
            None => text
                .parse()
                .map(|id| Self::Server(OfferId(id)))
                .map_err(|_| wrong()),
        }
    }
}

impl TryFrom<String> for OfferKey {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        text.parse()
    }
}

impl From<OfferKey> for String {
    fn from(key: OfferKey) -> Self {
        key.to_string()
    }
}

/// A hotel's name in addresses and channels: ASCII letters, digits, `-` and `_`, never empty.
///
/// Anything else could change the meaning of a URL path or of a Pusher channel name it is put into.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct HotelSlug(String);

impl HotelSlug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Pusher channel on which this hotel's events arrive.
    pub fn channel(&self) -> String {
        format!("hotel-{}", self.0)
    }
}

impl fmt::Display for HotelSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that cannot be a hotel's slug.
#[derive(Debug, thiserror::Error)]
#[error("not a hotel slug: {0:?}")]
pub struct NotASlug(String);

impl TryFrom<String> for HotelSlug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Self, NotASlug> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.is_empty() || !text.chars().all(fits) {
            Err(NotASlug(text))
        } else {
            Ok(Self(text))
        }
    }
}

impl From<HotelSlug> for String {
    fn from(slug: HotelSlug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text_form() {
        for text in ["23", "new:9f0c2a54-6c5b-4c6e-8d57-0d3f1a7b2c11"] {
            assert_eq!(text.parse::<OfferKey>().unwrap().to_string(), text);
        }
        for text in ["", "new:", "new:7", "x", "../1"] {
            assert!(text.parse::<OfferKey>().is_err(), "{text:?} names no offer");
        }
    }

    #[test]
    fn a_slug_cannot_escape_the_path_it_is_put_into() {
        assert_eq!(
            HotelSlug::try_from("killarney".to_owned()).unwrap().channel(),
            "hotel-killarney"
        );
        for text in ["", "a/b", "..", "a b", "é", "a?x"] {
            assert!(
                HotelSlug::try_from(text.to_owned()).is_err(),
                "{text:?} is no slug"
            );
        }
    }
}
