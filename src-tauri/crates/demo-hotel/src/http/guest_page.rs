//! The guest page: the files that `npm run build` leaves, served at `/{slug}/` of each hotel, with a `config.json` that is made here.
//!
//! The files are looked up when they are asked for, so nothing of them is needed to build or start a hotel. Their folder is flat: one name, no path,
//! reaches a file.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde_json::json;

use super::answers;
use crate::hotel::PLACES;

const INDEX: &str = "index.html";

/// Where the page lies, and what it is told.
#[derive(Debug)]
pub(crate) struct GuestPage {
    folder: Arc<Path>,
    pusher_key: String,
    /// Of the server itself, for live updates; none when there is no socket.
    port: Option<u16>,
}

impl GuestPage {
    pub(crate) fn new(folder: PathBuf, pusher_key: String, port: Option<u16>) -> Self {
        Self {
            folder: folder.into(),
            pusher_key,
            port,
        }
    }

    /// Whether there is a page to serve now.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.folder.join(INDEX).is_file()
    }

    /// The answer for a path of the page; `None` for any other.
    pub(super) async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let mut segments = path.strip_prefix('/')?.split('/');
        let (slug, name) = (segments.next()?, segments.next());
        if segments.next().is_some() || !PLACES.iter().any(|place| place.slug == slug) {
            return None;
        }
        match name {
            // What the page loads lies beside it: without the slash it would be looked up one folder above.
            None => Some(
                (
                    StatusCode::MOVED_PERMANENTLY,
                    [(header::LOCATION, format!("/{slug}/"))],
                )
                    .into_response(),
            ),
            Some("config.json") => Some(self.headed(Json(self.config(slug)))),
            Some("") => self.file(INDEX, headers).await,
            Some(name) => self.file(name, headers).await,
        }
    }

    fn config(&self, slug: &str) -> serde_json::Value {
        let pusher = self
            .port
            .map(|port| json!({ "key": self.pusher_key, "host": "127.0.0.1", "port": port, "tls": false }));
        json!({ "api": "/api", "slug": slug, "pusher": pusher })
    }

    async fn file(&self, name: &str, headers: &HeaderMap) -> Option<Response> {
        let kind = content_type(name)?;
        let path = self.folder.join(name);
        let small = takes_gzip(headers).then(|| self.folder.join(format!("{name}.gz")));
        let read = move || match small.map(std::fs::read) {
            Some(Ok(bytes)) => Ok((Some([(header::CONTENT_ENCODING, "gzip")]), bytes)),
            // Not every file has a compressed one beside it.
            _ => std::fs::read(path).map(|bytes| (None, bytes)),
        };
        let read = tokio::task::spawn_blocking(read).await;
        match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok((encoding, bytes)) => {
                let about = [(header::CONTENT_TYPE, kind), (header::VARY, "accept-encoding")];
                Some(self.headed((about, encoding.map(AppendHeaders), Body::from(bytes))))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::error!(%error, name, "a file of the guest page can't be read");
                Some(answers::page(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Server Error (500)",
                    "",
                ))
            }
        }
    }

    /// The headers that the README asks of whoever hosts the page.
    fn headed(&self, answer: impl IntoResponse) -> Response {
        let live = self
            .port
            .map_or_else(String::new, |port| format!(" ws://127.0.0.1:{port}"));
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https:; connect-src 'self'{live}; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        );
        let headers: [(HeaderName, &str); 4] = [
            (header::CONTENT_SECURITY_POLICY, &policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        (headers, answer).into_response()
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "gzip"))
}

/// What a file of this name holds; `None` for what is no file of a page, anything with a path in it included.
fn content_type(name: &str) -> Option<&'static str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if stem.is_empty() || stem.starts_with('.') || !stem.chars().all(plain) {
        return None;
    }
    match extension {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "json" => Some("application/json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_of_a_known_kind_is_a_file_of_the_page() {
        for name in ["index.html", "guest.js", "config.example.json", "embed-2.js"] {
            assert!(content_type(name).is_some(), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            ".js",
            "..js",
            "../secret.json",
            "..%2fsecret.json",
            "a\\b.js",
            ".env.json",
            "guest",
            "hotel.db",
        ] {
            assert_eq!(content_type(name), None, "{name}");
        }
    }
}
