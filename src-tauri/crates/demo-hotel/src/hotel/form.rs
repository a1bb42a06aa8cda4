//! What staff sent for an offer, and what Django REST framework makes of it.
//!
//! JSON and multipart differ where the framework lets them: in multipart, `""` means null for dates and photo, and a
//! create without `is_active` makes an **inactive** offer. Every field is checked, all errors are reported at once,
//! in the order of the offer's fields.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    fields::{self, Checked},
    refusal::FieldErrors,
};

/// A file part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// As the sender named it: only its extension is used.
    pub file_name: String,
    /// As the sender declared it.
    pub content_type: Option<String>,
    /// Any bytes: the server never looks whether they are an image.
    pub bytes: Vec<u8>,
}

/// A request body for an offer.
#[derive(Clone, Debug)]
pub enum Form {
    /// `application/json`.
    Json(Map<String, Value>),
    /// `multipart/form-data`; of a repeated field the last counts.
    Multipart {
        /// Text parts.
        texts: HashMap<String, String>,
        /// File parts.
        files: HashMap<String, Upload>,
    },
}

/// Creating needs every required field, a partial update only what changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `POST`.
    Create,
    /// `PATCH`.
    Update,
}

/// Checked fields; `None` was not sent. For dates and the photo the inner `None` is null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the offer's fields under the wire's names")]
pub struct Changes {
    pub title: Option<String>,
    pub short_description: Option<String>,
    pub details_text: Option<String>,
    pub details_html: Option<String>,
    pub valid_from: Option<Option<Date>>,
    pub valid_to: Option<Option<Date>>,
    pub tag: Option<String>,
    pub book_now_url: Option<String>,
    pub photo: Option<Option<Upload>>,
    pub sort_order: Option<i64>,
    pub is_active: Option<bool>,
}

/// One field as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'a> {
    Json(&'a Value),
    Text(&'a str),
    File(&'a Upload),
}

impl Form {
    /// A JSON body; anything but an object counts as an empty one.
    pub fn from_json(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self::Json(fields),
            _ => Self::Json(Map::new()),
        }
    }

    /// The names of the fields in the body, sorted: for the request log.
    pub fn field_names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Json(object) => object.keys().cloned().collect(),
            Self::Multipart { texts, files } => texts.keys().chain(files.keys()).cloned().collect(),
        };
        names.sort();
        names
    }

    /// `username` and `password` of a sign-in, as they were sent.
    pub fn credentials(&self) -> (Option<Value>, Option<Value>) {
        let value = |name| match self.get(name)? {
            Given::Json(value) => Some(value.clone()),
            Given::Text(text) => Some(Value::String(text.to_owned())),
            Given::File(_) => None,
        };
        (value("username"), value("password"))
    }

    /// The file part called `name`.
    pub fn into_file(self, name: &str) -> Option<Upload> {
        match self {
            Self::Json(_) => None,
            Self::Multipart { mut files, .. } => files.remove(name),
        }
    }

    fn get(&self, name: &str) -> Option<Given<'_>> {
        match self {
            Self::Json(object) => object.get(name).map(Given::Json),
            Self::Multipart { texts, files } => match files.get(name) {
                Some(file) => Some(Given::File(file)),
                None => texts.get(name).map(|text| Given::Text(text)),
            },
        }
    }

    fn is_multipart(&self) -> bool {
        matches!(self, Self::Multipart { .. })
    }

    /// Checks every field.
    ///
    /// # Errors
    /// The messages per field, exactly as the framework words them.
    pub fn check(self, purpose: Purpose) -> Result<Changes, FieldErrors> {
        let mut errors = FieldErrors::default();
        let required = purpose == Purpose::Create;
        let changes = Changes {
            title: self.field(&mut errors, "title", required, |given| {
                fields::text(given, Some(200), false)
            }),
            short_description: self.field(&mut errors, "short_description", required, |given| {
                fields::text(given, None, false)
            }),
            details_text: self.field(&mut errors, "details_text", false, |given| {
                fields::text(given, None, true)
            }),
            details_html: self.field(&mut errors, "details_html", false, |given| {
                fields::text(given, None, true)
            }),
            valid_from: self.field(&mut errors, "valid_from", false, fields::date),
            valid_to: self.field(&mut errors, "valid_to", false, fields::date),
            tag: self.field(&mut errors, "tag", false, |given| {
                fields::text(given, Some(50), true)
            }),
            book_now_url: self.field(&mut errors, "book_now_url", false, fields::url),
            photo: self.field(&mut errors, "photo", false, fields::photo),
            sort_order: self.optional(&mut errors, "sort_order", fields::sort_order),
            is_active: self.is_active(&mut errors, purpose),
        };
        if errors.is_empty() {
            Ok(changes)
        } else {
            Err(errors)
        }
    }

    fn field<T>(
        &self,
        errors: &mut FieldErrors,
        name: &'static str,
        required: bool,
        check: impl FnOnce(Given<'_>) -> Checked<T>,
    ) -> Option<T> {
        match self.get(name) {
            Some(given) => check(given).map_err(|messages| errors.push(name, messages)).ok(),
            None => {
                if required {
                    errors.push(name, vec!["This field is required.".into()]);
                }
                None
            }
        }
    }

    /// Fields with a default that are not text: `""` in a form counts as not sent.
    fn optional<T>(
        &self,
        errors: &mut FieldErrors,
        name: &'static str,
        check: impl FnOnce(Given<'_>) -> Checked<T>,
    ) -> Option<T> {
        match self.get(name) {
            Some(Given::Text("")) => None,
            _ => self.field(errors, name, false, check),
        }
    }

    /// An HTML form cannot send an unticked box, so the framework reads its absence as "no": a multipart create
    /// without `is_active` is inactive.
    fn is_active(&self, errors: &mut FieldErrors, purpose: Purpose) -> Option<bool> {
        if self.is_multipart() && purpose == Purpose::Create && self.get("is_active").is_none() {
            return Some(false);
        }
        self.optional(errors, "is_active", fields::boolean)
    }
}
