//! What an answer other than success says, in words.
//!
//! HotelMate, the framework below it and whatever stands in front of it each explain failures in a form of their own: `detail`,
//! `error`, `message`, lists per field, nested objects, pages for browsers. All JSON forms are read; of everything else only the
//! status counts, so that no markup ever reaches a person.

use std::time::{Duration, SystemTime};

use model::FieldErrors;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;
use url::Url;

use crate::error::Error;

/// A server may want to be left alone for longer; the console asks again after this.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Most messages kept of one answer, and most characters of one message.
const MESSAGES: usize = 50;
const MESSAGE_LENGTH: usize = 500;

/// Sorts an answer that is neither success nor a redirect.
pub(crate) fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Error {
    let json = serde_json::from_slice::<Value>(body).unwrap_or(Value::Null);
    let said = Said::read(&json);
    let words = said.words().unwrap_or_else(|| words_for(status).to_owned());
    match status.as_u16() {
        401 => Error::SignedOut {
            words: match said.words() {
                Some(words) => format!("Please sign in again. The server said: {words}"),
                None => words_for(status).to_owned(),
            },
        },
        // Without `detail` it is some other server's 404, and says nothing about an offer.
        404 if json["detail"].is_string() => Error::Missing { words },
        408 | 429 | 500..=599 => Error::Busy {
            status: status.as_u16(),
            retry_after: headers
                .get(RETRY_AFTER)
                .and_then(|value| retry_after(value.to_str().ok()?, now)),
            words,
        },
        status => Error::Refused {
            status,
            words,
            fields: said.fields,
        },
    }
}

/// A redirect that is not followed, because it leads away or asks to repeat a write.
pub(crate) fn redirected(status: StatusCode, to: &Url) -> Error {
    let whither = to.origin().ascii_serialization();
    Error::Refused {
        status: status.as_u16(),
        words: format!("The server points to another address ({whither}). Check the address of HotelMate."),
        fields: FieldErrors::new(),
    }
}

fn words_for(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "Please sign in again.",
        403 => "The server does not allow this.",
        404 => "The address does not lead to HotelMate.",
        408 | 504 => "The server took too long.",
        409 => "This collides with another change.",
        413 => "This is too large for the server.",
        415 => "The server does not take this kind of file.",
        429 => "The server is asked too often at the moment.",
        502 | 503 => "The server is not available at the moment.",
        500..=599 => "The server has a problem.",
        300..=399 => "The server points to another address.",
        _ => "The server refused this.",
    }
}

/// `Retry-After`, as seconds or as a date.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(value)
            .ok()?
            .duration_since(now)
            .unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

/// The messages of one answer.
#[derive(Default)]
struct Said {
    general: Vec<String>,
    fields: FieldErrors,
    count: usize,
}

impl Said {
    fn read(json: &Value) -> Self {
        let mut said = Self::default();
        said.walk("", json);
        said
    }

    /// `path` is the field that `value` is about, or empty.
    fn walk(&mut self, path: &str, value: &Value) {
        match value {
            Value::String(text) => self.add(path, text),
            Value::Array(items) => items.iter().for_each(|item| self.walk(path, item)),
            Value::Object(entries) => {
                for (key, value) in entries {
                    match key.as_str() {
                        "detail" | "error" | "errors" | "message" | "non_field_errors" => {
                            self.walk(path, value)
                        }
                        // Said to programs, beside the words for people.
                        "code" | "status" | "type" => {}
                        key if path.is_empty() => self.walk(key, value),
                        key => self.walk(&format!("{path}.{key}"), value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add(&mut self, path: &str, text: &str) {
        let Some(text) = readable(text).filter(|_| self.count < MESSAGES) else {
            return;
        };
        let messages = if path.is_empty() {
            &mut self.general
        } else {
            self.fields.entry(path.to_owned()).or_default()
        };
        if !messages.contains(&text) {
            messages.push(text);
            self.count += 1;
        }
    }

    /// Everything on one line; `None` when nothing was said.
    fn words(&self) -> Option<String> {
        let of_fields = self
            .fields
            .iter()
            .map(|(field, messages)| format!("{}: {}", spoken(field), messages.join(" ")));
        let words: Vec<String> = self.general.iter().cloned().chain(of_fields).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// `short_description` as a person would say it.
fn spoken(field: &str) -> String {
    let words = field.replace(['_', '.'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// One line of bounded length without control characters; `None` for nothing, and for markup.
fn readable(text: &str) -> Option<String> {
    let is_tag = |(at, _): (usize, &str)| {
        let rest = &text[at + 1..];
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
            && rest.contains('>')
    };
    if text.match_indices('<').any(is_tag) {
        return None;
    }
    let line = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE_LENGTH) {
        _ if line.is_empty() => None,
        Some((end, _)) => Some(format!("{}…", &line[..end])),
        None => Some(line),
    }
}
