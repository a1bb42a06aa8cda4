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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use reqwest::header::HeaderValue;

    use super::*;

    fn sorted(status: u16, body: &str) -> Error {
        refusal(
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
            SystemTime::UNIX_EPOCH,
        )
    }

    fn check(answers: &[(u16, &str)], expected: Expect) {
        let line = |(status, body): &(u16, &str)| match sorted(*status, body) {
            Error::Refused { words, fields, .. } => format!("{status} Refused {words:?} {fields:?}\n"),
            Error::Busy { words, .. } => format!("{status} Busy {words:?}\n"),
            Error::SignedOut { words } => format!("{status} SignedOut {words:?}\n"),
            Error::Missing { words } => format!("{status} Missing {words:?}\n"),
            error => format!("{status} {error:?}\n"),
        };
        expected.assert_eq(&answers.iter().map(line).collect::<String>());
    }

    #[test]
    fn hotelmates_own_refusals_keep_their_words_and_fields() {
        check(
            &[
                (
                    400,
                    r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#,
                ),
                (
                    400,
                    r#"{"username":["This field is required."],"password":["This field is required."]}"#,
                ),
                (400, r#"{"title":["This field may not be blank."]}"#),
                (
                    400,
                    r#"{"valid_from":["Date has wrong format."],"tag":["Too long."],"book_now_url":["Enter a valid URL.","Too long."],"sort_order":["Too small."]}"#,
                ),
                (400, r#"{"detail":"JSON parse error - Expecting value"}"#),
                (400, r#"{"error":"No photo file provided"}"#),
                (400, r#"{"message":"No photo file provided"}"#),
                (500, r#"{"error":"Upload failed: disk full"}"#),
                (401, r#"{"detail":"Invalid token."}"#),
                (
                    403,
                    r#"{"detail":"You can only access resources from your hotel."}"#,
                ),
                (404, r#"{"detail":"No Offer matches the given query."}"#),
                (404, r#"{"detail":"Invalid page."}"#),
            ],
            expect![[r#"
                400 Refused "Unable to log in with provided credentials." {}
                400 Refused "Password: This field is required. Username: This field is required." {"password": ["This field is required."], "username": ["This field is required."]}
                400 Refused "Title: This field may not be blank." {"title": ["This field may not be blank."]}
                400 Refused "Book now url: Enter a valid URL. Too long. Sort order: Too small. Tag: Too long. Valid from: Date has wrong format." {"book_now_url": ["Enter a valid URL.", "Too long."], "sort_order": ["Too small."], "tag": ["Too long."], "valid_from": ["Date has wrong format."]}
                400 Refused "JSON parse error - Expecting value" {}
                400 Refused "No photo file provided" {}
                400 Refused "No photo file provided" {}
                500 Busy "Upload failed: disk full"
                401 SignedOut "Please sign in again. The server said: Invalid token."
                403 Refused "You can only access resources from your hotel." {}
                404 Missing "No Offer matches the given query."
                404 Missing "Invalid page."
            "#]],
        );
    }

    #[test]
    fn other_json_forms_are_read_too() {
        check(
            &[
                (400, r#"["Not today.", ["Nor tomorrow."]]"#),
                (400, r#""Not today.""#),
                (400, r#"{"title":"Too short."}"#),
                (400, r#"{"title":[{"message":"Too short.","code":"min_length"}]}"#),
                (
                    400,
                    r#"{"errors":{"title":["Too short."],"detail":"Look again."},"status":"error"}"#,
                ),
                (
                    400,
                    r#"{"errors":[{"detail":"Look again.","code":7},{"tag":["No."]}]}"#,
                ),
                (400, r#"{"hotel":{"slug":["Unknown."]}}"#),
                (400, r#"{"detail":"Twice.","message":"Twice."}"#),
                (409, r#"{"detail":null,"retry":true,"count":3}"#),
                (404, r#"{"error":"Offer not found"}"#),
            ],
            expect![[r#"
                400 Refused "Not today. Nor tomorrow." {}
                400 Refused "Not today." {}
                400 Refused "Title: Too short." {"title": ["Too short."]}
                400 Refused "Title: Too short." {"title": ["Too short."]}
                400 Refused "Look again. Title: Too short." {"title": ["Too short."]}
                400 Refused "Look again. Tag: No." {"tag": ["No."]}
                400 Refused "Hotel slug: Unknown." {"hotel.slug": ["Unknown."]}
                400 Refused "Twice." {}
                409 Refused "This collides with another change." {}
                404 Refused "Offer not found" {}
            "#]],
        );
    }

    #[test]
    fn pages_for_browsers_and_unreadable_bodies_are_worded_by_their_status() {
        let page = "<!doctype html><html><body><h1>Not Found</h1></body></html>";
        let quoted = r#"{"detail":"<h1>Server Error (500)</h1>"}"#;
        check(
            &[
                (400, page),
                (400, quoted),
                (401, page),
                (403, ""),
                (404, page),
                (408, ""),
                (413, page),
                (415, "plain text"),
                (422, r#"{"detail": "cut o"#),
                (429, page),
                (500, quoted),
                (502, page),
                (503, "\u{0}"),
                (504, page),
                (507, ""),
                (304, ""),
            ],
            expect![[r#"
                400 Refused "The server refused this." {}
                400 Refused "The server refused this." {}
                401 SignedOut "Please sign in again."
                403 Refused "The server does not allow this." {}
                404 Refused "The address does not lead to HotelMate." {}
                408 Busy "The server took too long."
                413 Refused "This is too large for the server." {}
                415 Refused "The server does not take this kind of file." {}
                422 Refused "The server refused this." {}
                429 Busy "The server is asked too often at the moment."
                500 Busy "The server has a problem."
                502 Busy "The server is not available at the moment."
                503 Busy "The server is not available at the moment."
                504 Busy "The server took too long."
                507 Busy "The server has a problem."
                304 Refused "The server points to another address." {}
            "#]],
        );
    }

    #[test]
    fn messages_are_single_bounded_lines() {
        let long = "ö".repeat(MESSAGE_LENGTH + 1);
        let Error::Refused { words, .. } = sorted(400, &format!(r#"{{"detail":"{long}"}}"#)) else {
            panic!()
        };
        assert_eq!(
            words.chars().count(),
            MESSAGE_LENGTH + 1,
            "cut between letters, with an ellipsis"
        );

        let Error::Refused { words, .. } = sorted(400, r#"{"detail":" two\nlines\u0007 "}"#) else {
            panic!()
        };
        assert_eq!(words, "two lines");

        let Error::Refused { words, .. } = sorted(400, r#"{"detail":"3 < 4, and 5 > 4"}"#) else {
            panic!()
        };
        assert_eq!(words, "3 < 4, and 5 > 4", "which is no markup");

        let many: Vec<String> = (0..1_000).map(|n| format!("No. {n}")).collect();
        let Error::Refused { words, .. } = sorted(400, &serde_json::to_string(&many).unwrap()) else {
            panic!()
        };
        assert!(words.ends_with(&format!("No. {}", MESSAGES - 1)), "{words}");
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_bounded() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").unwrap();
        for (value, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", Some(30)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
            ("Mon, 22 Nov 2027 10:00:00 GMT", Some(3600)),
            ("86400", Some(3600)),
            ("99999999999999999999999999", Some(3600)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())]);
            let error = refusal(StatusCode::TOO_MANY_REQUESTS, &headers, b"", now);
            let Error::Busy {
                retry_after,
                status: 429,
                ..
            } = error
            else {
                panic!("{error:?}")
            };
            assert_eq!(retry_after, seconds.map(Duration::from_secs), "{value:?}");
        }
    }
}
