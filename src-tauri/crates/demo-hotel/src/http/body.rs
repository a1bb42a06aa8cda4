//! Request bodies: JSON and multipart, and the framework's words for broken ones.

use std::collections::HashMap;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::answers;
use crate::hotel::{Form, Upload};

/// Bytes of a body at most: beyond, a server in front says 413 in HTML.
const MAX_BODY: usize = 64 << 20;

/// The names of a body's fields, left on the answer for the log.
#[derive(Clone, Debug)]
pub(super) struct FieldNames(pub(super) Vec<String>);

/// Why a body can't be read.
#[derive(Debug)]
pub(super) enum BadBody {
    TooLarge,
    Unsupported(String),
    Unparsable(String),
    NotAnObject(&'static str),
    Null,
}

impl IntoResponse for BadBody {
    fn into_response(self) -> Response {
        let non_field = |words: String| {
            (
                StatusCode::BAD_REQUEST,
                Json(json!({ "non_field_errors": [words] })),
            )
                .into_response()
        };
        match self {
            Self::TooLarge => {
                answers::page(StatusCode::PAYLOAD_TOO_LARGE, "413 Request Entity Too Large", "")
            }
            Self::Unsupported(media_type) => answers::detail(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                &format!("Unsupported media type \"{media_type}\" in request."),
            ),
            Self::Unparsable(words) => answers::detail(StatusCode::BAD_REQUEST, &words),
            Self::NotAnObject(kind) => {
                non_field(format!("Invalid data. Expected a dictionary, but got {kind}."))
            }
            Self::Null => non_field("No data provided".to_owned()),
        }
    }
}

/// Reads the whole body: before anything is judged, since the client is still sending it.
pub(super) async fn read(body: Body) -> Result<Bytes, BadBody> {
    axum::body::to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| BadBody::TooLarge)
}

/// Parses a body by its content type.
pub(super) async fn parse(headers: &HeaderMap, bytes: Bytes) -> Result<Form, BadBody> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match media_type.as_str() {
        // Nothing sent is nothing given, whatever its type.
        "multipart/form-data" if bytes.is_empty() => Ok(Form::Multipart {
            texts: HashMap::new(),
            files: HashMap::new(),
        }),
        "multipart/form-data" => multipart(content_type, bytes).await,
        _ if bytes.is_empty() => Ok(Form::Json(Map::new())),
        "application/json" => json_object(&bytes).map(Form::Json),
        _ => Err(BadBody::Unsupported(media_type)),
    }
}

fn json_object(bytes: &[u8]) -> Result<Map<String, Value>, BadBody> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        BadBody::Unparsable(format!(
            "JSON parse error - 'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte"
        ))
    })?;
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(Value::Null) => Err(BadBody::Null),
        Ok(Value::Array(_)) => Err(BadBody::NotAnObject("list")),
        Ok(Value::String(_)) => Err(BadBody::NotAnObject("str")),
        Ok(Value::Bool(_)) => Err(BadBody::NotAnObject("bool")),
        Ok(Value::Number(number)) => Err(BadBody::NotAnObject(if number.is_f64() {
            "float"
        } else {
            "int"
        })),
        Err(error) => {
            let (line, column) = (error.line(), error.column().max(1));
            let before: usize = text
                .split_inclusive('\n')
                .take(line.saturating_sub(1))
                .map(|line| line.chars().count())
                .sum();
            let at = before + column - 1;
            Err(BadBody::Unparsable(format!(
                "JSON parse error - Expecting value: line {line} column {column} (char {at})"
            )))
        }
    }
}

async fn multipart(content_type: &str, bytes: Bytes) -> Result<Form, BadBody> {
    let broken = |problem: &dyn std::fmt::Display| {
        BadBody::Unparsable(format!("Multipart form parse error - {problem}"))
    };
    let request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .body(Body::from(bytes))
        .map_err(|error| broken(&error))?;
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken(&"Invalid boundary in multipart: None"))?;
    let (mut texts, mut files) = (HashMap::new(), HashMap::new());
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|error| broken(&error.body_text()))?
    {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part
            .bytes()
            .await
            .map_err(|error| broken(&error.body_text()))?
            .to_vec();
        match file_name {
            None => {
                texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
            // A file input that was left empty: the framework skips it.
            Some(file_name) if file_name.is_empty() => {}
            Some(file_name) => {
                files.insert(
                    name,
                    Upload {
                        file_name,
                        content_type,
                        bytes,
                    },
                );
            }
        }
    }
    Ok(Form::Multipart { texts, files })
}
