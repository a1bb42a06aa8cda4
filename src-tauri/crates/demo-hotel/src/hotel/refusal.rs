//! Why the hotel said no, by what the caller can do about it. Status codes and bodies are the HTTP layer's.

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Messages per field, in the order in which the fields were checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, Vec<String>)>);

impl FieldErrors {
    /// The errors of one field alone.
    pub fn of(field: &'static str, message: &str) -> Self {
        Self(vec![(field, vec![message.to_owned()])])
    }

    pub(super) fn push(&mut self, field: &'static str, messages: Vec<String>) {
        self.0.push((field, messages));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, messages) in &self.0 {
            map.serialize_entry(field, messages)?;
        }
        map.end()
    }
}

/// A refused operation.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What was sent is wrong: 400 with messages per field.
    #[error("invalid fields: {0:?}")]
    Invalid(FieldErrors),
    /// Not signed in, in the framework's words: 401.
    #[error("{0}")]
    Unauthorised(&'static str),
    /// Another hotel: 403.
    #[error("You can only access resources from your hotel.")]
    OtherHotel,
    /// The offer is not there (any more): 404.
    #[error("No Offer matches the given query.")]
    NoOffer,
    /// The hotel is not there: 404.
    #[error("No Hotel matches the given query.")]
    NoHotel,
    /// A page past the end: 404.
    #[error("Invalid page.")]
    NoPage,
    /// The upload has no file field `photo`: 400.
    #[error("No photo file provided")]
    NoPhoto,
    /// The photo could not be stored: 500.
    #[error("Upload failed: {0}")]
    UploadFailed(String),
    /// The store failed: 500 in HTML.
    #[error("the hotel's store failed: {0}")]
    Store(#[from] rusqlite::Error),
}
