//! Photos, with the headers that let a client keep them.
//!
//! The tag is made of the bytes, so that a picture that changed behind its URL is noticed. Only pictures are served
//! as what they are: an upload can hold anything, and nothing of it may run as a page of this origin.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, fmt::rfc2822};
use md5::{Digest, Md5};

use super::{App, answers};
use crate::hotel::Photo;

pub(super) async fn serve(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let now = app.0.clock.now();
    let photos = app.0.photos.clone();
    let read = if photos.at_hand(&name) {
        photos.read(&name, now)
    } else {
        let name = name.clone();
        match tokio::task::spawn_blocking(move || photos.read(&name, now)).await {
            Ok(read) => read,
            Err(error) => Err(std::io::Error::other(error)),
        }
    };
    match read {
        Ok(Some(photo)) => answer(&name, &photo, &headers),
        Ok(None) => answers::not_found(),
        Err(error) => {
            tracing::error!(%error, name, "a photo can't be read");
            answers::page(StatusCode::INTERNAL_SERVER_ERROR, "Server Error (500)", "")
        }
    }
}

fn answer(name: &str, photo: &Photo, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(Md5::digest(&photo.bytes)));
    let modified = http_date(photo.modified);
    let kept = [
        (header::ETAG, tag.clone()),
        (header::LAST_MODIFIED, modified),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if is_unchanged(headers, &tag, photo.modified) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let safety = [
        (header::CONTENT_TYPE, content_type(name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    (
        kept,
        safety,
        Body::from(axum::body::Bytes::from_owner(photo.bytes.clone())),
    )
        .into_response()
}

/// `If-None-Match` decides when it is there; only else the date.
fn is_unchanged(headers: &HeaderMap, tag: &str, modified: Timestamp) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        return tags
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|sent| sent == "*" || sent == tag);
    }
    text(header::IF_MODIFIED_SINCE)
        .and_then(|date| rfc2822::parse(date).ok())
        .is_some_and(|since| modified.as_second() <= since.timestamp().as_second())
}

fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
