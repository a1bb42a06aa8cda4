//! Paths that no route has: without their trailing slash, or unknown.
//!
//! Django redirects a `GET` to the path with the slash, and answers a request with a body with an error page, since
//! the redirect would lose the body.

use axum::{
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::answers;

pub(super) fn redirect_or_not_found(method: &Method, uri: &Uri) -> Response {
    let path = uri.path();
    if path.ends_with('/') || !is_route_without_slash(path) {
        return answers::not_found();
    }
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        let words = format!(
            "You called this URL via {method}, but the URL doesn't end in a slash and you have APPEND_SLASH set."
        );
        return answers::page(StatusCode::INTERNAL_SERVER_ERROR, "RuntimeError", &words);
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    (
        StatusCode::MOVED_PERMANENTLY,
        [(header::LOCATION, format!("{path}/{query}"))],
    )
        .into_response()
}

fn is_route_without_slash(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    if segments.iter().any(|segment| segment.is_empty()) {
        return false;
    }
    matches!(
        segments.as_slice(),
        ["api", "staff", "login"]
            | ["api", "staff", "hotel", _, "offers"]
            | ["api", "staff", "hotel", _, "offers", _]
            | ["api", "staff", "hotel", _, "offers", _, "upload-image"]
            | ["api", "hotel", "public", "page", _]
    )
}
