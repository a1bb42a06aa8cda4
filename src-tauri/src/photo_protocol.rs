//! `photo://localhost/{hash}`: pictures for the webview, from this computer only.
//!
//! A name is the SHA-256 of the bytes: it cannot lead anywhere else, and what it names never changes, so the webview may keep it.

use std::borrow::Cow;

use cache::PhotoHash;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use sync::Console;

/// The scheme's name; the page's security policy allows it for pictures.
pub(crate) const SCHEME: &str = "photo";

type Bytes = Cow<'static, [u8]>;

/// Answers without blocking the window: reading happens on a thread for such work.
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let console = context
        .app_handle()
        .try_state::<Console>()
        .map(|console| console.inner().clone());
    tauri::async_runtime::spawn_blocking(move || {
        let found = console.and_then(|console| find(&console, request.uri().path()));
        responder.respond(found.unwrap_or_else(|| plain(StatusCode::NOT_FOUND)));
    });
}

fn find(console: &Console, path: &str) -> Option<Response<Bytes>> {
    let hash: PhotoHash = path.strip_prefix('/')?.parse().ok()?;
    let bytes = console.photos().get(hash).ok()?;
    // By content: nothing is ever served as anything but a picture.
    let format = photo::Format::of(&bytes).ok()?;
    Response::builder()
        .header(header::CONTENT_TYPE, format.content_type())
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(Cow::Owned(bytes))
        .ok()
}

fn plain(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Cow::Borrowed(&b""[..]));
    *response.status_mut() = status;
    response
}
