//! `photo://localhost/{hash}`: pictures for the webview, from this computer only.
//!
//! `?card=320` asks for one that covers a card of this width, `?within=1024` for one that fits into a square; without either it is the
//! file as it is. A name is the SHA-256 of the bytes: it cannot lead anywhere else, and what it names never changes, so the webview may
//! keep it.

use std::borrow::Cow;

use cache::PhotoHash;
use sync::{Console, Size};
use tauri::http::{Request, Response, StatusCode, Uri, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

/// The scheme's name; the page's security policy allows it for pictures.
pub(crate) const SCHEME: &str = "photo";

type Bytes = Cow<'static, [u8]>;

/// Answers without blocking the window: reading and scaling happen on a thread for such work.
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
        let found = console.and_then(|console| find(&console, request.uri()));
        responder.respond(found.unwrap_or_else(|| plain(StatusCode::NOT_FOUND)));
    });
}

fn find(console: &Console, uri: &Uri) -> Option<Response<Bytes>> {
    let (hash, size) = wanted(uri)?;
    let bytes = console.photos().picture(hash, size)?;
    // By content: nothing is ever served as anything but a picture.
    let format = photo::Format::of(&bytes).ok()?;
    Response::builder()
        .header(header::CONTENT_TYPE, format.content_type())
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(Cow::Owned(bytes))
        .ok()
}

/// What an address asks for; `None`: nothing that there is.
fn wanted(uri: &Uri) -> Option<(PhotoHash, Size)> {
    let hash = uri.path().strip_prefix('/')?.parse().ok()?;
    let size = match uri.query() {
        None => Size::Whole,
        Some(query) => match query.split_once('=')? {
            ("card", width) => Size::card(width.parse().ok()?)?,
            ("within", edge) => Size::within(edge.parse().ok()?)?,
            _ => return None,
        },
    };
    Some((hash, size))
}

fn plain(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Cow::Borrowed(&b""[..]));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_picture_and_one_of_a_few_sizes_or_nothing() {
        let hash = "ab".repeat(32);
        let size = |rest: &str| {
            let uri: Uri = format!("photo://localhost/{rest}").parse().unwrap();
            wanted(&uri).map(|(_, size)| size)
        };
        assert_eq!(size(&hash), Some(Size::Whole));
        assert_eq!(size(&format!("{hash}?card=320")), Some(Size::Card(320)));
        assert_eq!(size(&format!("{hash}?within=1024")), Some(Size::Within(1024)));
        for nothing in [
            format!("{hash}?card=321"),
            format!("{hash}?card=-1"),
            format!("{hash}?width=320"),
            format!("{hash}?"),
            "../settings.json".to_owned(),
            "ab".to_owned(),
        ] {
            assert_eq!(size(&nothing), None, "{nothing}");
        }
    }
}
