//! Outcomes as HTTP answers: statuses, JSON bodies and the HTML pages of a Django server.

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::hotel::Refusal;

pub(super) fn detail(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "detail": words }))).into_response()
}

/// An HTML page as Django's default ones.
pub(super) fn page(status: StatusCode, title: &str, words: &str) -> Response {
    let html = format!(
        "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>{title}</title>\n</head>\n<body>\n  <h1>{title}</h1>\
         <p>{words}</p>\n</body>\n</html>\n"
    );
    (status, Html(html)).into_response()
}

pub(super) fn not_found() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "Not Found",
        "The requested resource was not found on this server.",
    )
}

/// For a method that a known route doesn't have; axum adds `Allow`.
pub(super) async fn method_not_allowed(method: Method) -> Response {
    detail(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("Method \"{method}\" not allowed."),
    )
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let words = self.to_string();
        match self {
            Self::Invalid(errors) => (StatusCode::BAD_REQUEST, Json(errors)).into_response(),
            Self::Unauthorised(_) => {
                let mut answer = detail(StatusCode::UNAUTHORIZED, &words);
                answer
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
                answer
            }
            Self::OtherHotel => detail(StatusCode::FORBIDDEN, &words),
            Self::NoOffer | Self::NoHotel | Self::NoPage => detail(StatusCode::NOT_FOUND, &words),
            Self::NoPhoto => error(StatusCode::BAD_REQUEST, &words),
            Self::UploadFailed(_) => error(StatusCode::INTERNAL_SERVER_ERROR, &words),
            Self::Store(cause) => {
                tracing::error!(%cause, "the hotel's store failed");
                page(StatusCode::INTERNAL_SERVER_ERROR, "Server Error (500)", "")
            }
        }
    }
}

fn error(status: StatusCode, words: &str) -> Response {
    let body: Value = json!({ "error": words });
    (status, Json(body)).into_response()
}
