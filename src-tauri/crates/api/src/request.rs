//! Requests as data: everything that is sent, built without sending it.
//!
//! JSON carries whole offers and changed fields; one multipart request carries an offer together with its photo. In multipart
//! every field is always sent: a server that misses `is_active` there makes the offer inactive.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use model::{Field, FieldValue, OfferFields, OfferPatch};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, Request};
use serde_json::{Map, Value};
use url::Url;

use crate::error::Error;

/// How much of a body is handed to the network at once: small enough to count progress by, and to stop within.
const CHUNK: usize = 16 * 1024;

/// Told how many bytes of how many have been handed to the connection.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// A photo on its way to the server.
#[derive(Clone)]
pub struct Upload {
    /// The file's name. What no header can hold, or some server would read in its own way, is replaced before it is sent.
    pub name: String,
    /// Its type, such as `image/jpeg`.
    pub content_type: String,
    /// The file.
    pub bytes: Bytes,
    /// Who wants to know how far it is; counted over the whole body, the few bytes around the file included.
    pub progress: Option<Progress>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Upload({}, {}, {} bytes)",
            self.name,
            self.content_type,
            self.bytes.len()
        )
    }
}

/// A request without a body that asks for JSON.
pub(crate) fn bare(method: Method, url: Url, headers: &HeaderMap) -> Request {
    let mut request = Request::new(method, url);
    *request.headers_mut() = headers.clone();
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// A request that carries JSON.
pub(crate) fn json(method: Method, url: Url, headers: &HeaderMap, value: &Value) -> Request {
    let mut request = bare(method, url, headers);
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(value.to_string().into());
    request
}

/// A request that carries `photo`, and `fields` before it.
pub(crate) async fn multipart(
    method: Method,
    url: Url,
    headers: &HeaderMap,
    fields: Option<&OfferFields>,
    photo: Upload,
) -> Result<Request, Error> {
    let progress = photo.progress.clone();
    let form = form(fields, photo)?;
    let content_type = format!("multipart/form-data; boundary={}", form.boundary());
    let parts: Vec<Bytes> = form
        .into_stream()
        .try_collect()
        .await
        .map_err(Error::unreadable)?;
    let length: usize = parts.iter().map(Bytes::len).sum();

    let mut request = bare(method, url, headers);
    let content_type = HeaderValue::from_str(&content_type).map_err(Error::unreadable)?;
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    // Without a length the body would be sent in HTTP chunks, which a WSGI server reads as no body at all.
    request
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    *request.body_mut() = Some(Body::wrap_stream(counted(parts, length as u64, progress)));
    Ok(request)
}

/// The body in chunks. A chunk counts when the next one is asked for; before that the connection is given the time to write it, so
/// that what is told is what has left and not what was read.
fn counted(
    parts: Vec<Bytes>,
    total: u64,
    progress: Option<Progress>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let chunks = parts.into_iter().flat_map(chunks);
    stream::unfold((chunks, 0), move |(mut chunks, sent)| {
        let progress = progress.clone();
        async move {
            if sent > 0 {
                tokio::task::yield_now().await;
            }
            let chunk = chunks.next()?;
            let after = sent + chunk.len() as u64;
            if let Some(progress) = progress {
                // Nobody asks for more after the last chunk.
                progress(if after == total { after } else { sent }, total);
            }
            Some((Ok(chunk), (chunks, after)))
        }
    })
}

fn chunks(mut part: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!part.is_empty()).then(|| part.split_to(part.len().min(CHUNK))))
}

fn form(fields: Option<&OfferFields>, photo: Upload) -> Result<Form, Error> {
    let mut form = Form::new();
    if let Some(fields) = fields {
        for field in Field::ALL {
            form = form.text(field.name(), form_text(fields.get(*field)));
        }
    }
    let file_name = plain_file_name(&photo.name);
    let part = Part::stream(photo.bytes).file_name(file_name);
    let part = part.mime_str(&photo.content_type).map_err(|_| Error::Refused {
        status: 415,
        words: format!("“{}” is not a type of file.", photo.content_type),
        fields: Default::default(),
    })?;
    Ok(form.part("photo", part))
}

/// In multipart an empty text stands for a date that is not set.
fn form_text(value: FieldValue) -> String {
    match value {
        FieldValue::Flag(flag) => flag.to_string(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Text(text) => text,
        FieldValue::Nothing(()) => String::new(),
    }
}

/// A name that every multipart parser reads alike. Never empty: a part without a file name is no file to Django.
fn plain_file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '_'
        }
    };
    // From the end, so that the extension stays.
    let kept = name.chars().count().saturating_sub(100);
    let name: String = name.chars().skip(kept).map(plain).collect();
    if name.trim_matches(['.', '_']).is_empty() {
        "photo".to_owned()
    } else {
        name
    }
}

/// A whole offer for a create.
pub(crate) fn whole(fields: &OfferFields) -> Result<Value, Error> {
    serde_json::to_value(fields).map_err(Error::unreadable)
}

/// The wanted values of the changed fields, and nothing else.
pub(crate) fn changes(patch: &OfferPatch) -> Result<Value, Error> {
    let Value::Object(patch) = serde_json::to_value(patch).map_err(Error::unreadable)? else {
        return Ok(Value::Object(Map::new()));
    };
    let after = |(field, mut change): (String, Value)| (field, change["after"].take());
    Ok(Value::Object(patch.into_iter().map(after).collect()))
}

#[cfg(test)]
mod tests {
    use model::Day;

    use super::*;

    fn fields() -> OfferFields {
        OfferFields {
            title: "Spa day".into(),
            short_description: "Two “nights”".into(),
            details_text: "a\r\n--b".into(),
            details_html: String::new(),
            valid_from: Some(Day::new(2026, 12, 24)),
            valid_to: None,
            tag: "Spa".into(),
            book_now_url: String::new(),
            sort_order: 3,
            is_active: false,
        }
    }

    #[test]
    fn a_create_carries_every_field_and_dates_that_are_not_set_as_null() {
        let expected = serde_json::json!({
            "title": "Spa day", "short_description": "Two “nights”", "details_text": "a\r\n--b", "details_html": "",
            "valid_from": "2026-12-24", "valid_to": null, "tag": "Spa", "book_now_url": "", "sort_order": 3, "is_active": false,
        });
        assert_eq!(whole(&fields()).unwrap(), expected);
    }

    #[test]
    fn an_update_carries_the_wanted_values_of_changed_fields_only() {
        let mut after = fields();
        after.valid_from = None;
        after.is_active = true;
        after.sort_order = 0;
        let expected = serde_json::json!({"valid_from": null, "is_active": true, "sort_order": 0});
        assert_eq!(changes(&fields().patch_to(&after)).unwrap(), expected);
        assert_eq!(changes(&OfferPatch::default()).unwrap(), serde_json::json!({}));
    }

    #[test]
    fn a_file_name_is_plain_keeps_its_extension_and_is_never_empty() {
        let long = format!("{}.jpg", "x".repeat(300));
        for (name, plain) in [
            ("spa day.jpg", "spa_day.jpg"),
            ("C:\\Photos\\pool.png", "pool.png"),
            ("../../etc/passwd", "passwd"),
            ("a\"\r\nX-Evil: 1.jpg", "a___X-Evil__1.jpg"),
            ("été.webp", "_t_.webp"),
            ("写真.jpg", "__.jpg"),
            ("写真", "photo"),
            ("", "photo"),
            ("..", "photo"),
            (&long, &long[long.len() - 100..]),
        ] {
            assert_eq!(plain_file_name(name), plain, "{name:?}");
        }
    }

    #[test]
    fn a_body_is_cut_into_chunks_without_losing_a_byte() {
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let whole = Bytes::from((0..length).map(|n| n as u8).collect::<Vec<_>>());
            let cut: Vec<Bytes> = chunks(whole.clone()).collect();
            assert!(cut.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK));
            assert_eq!(cut.concat(), whole, "{length} bytes");
        }
    }
}
