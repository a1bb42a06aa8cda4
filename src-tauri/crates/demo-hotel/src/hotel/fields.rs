//! The framework's field types, one function each: what they accept, and their exact words when they don't.
//!
//! Written after Django REST framework 3.16 (`rest_framework/fields.py`) and Django 5.2 (`core/validators.py`).

use jiff::civil::Date;
use serde_json::{Number, Value};

use super::form::{Given, Upload};

/// A value, or the messages why not.
pub(super) type Checked<T> = Result<T, Vec<String>>;

const NULL: &str = "This field may not be null.";
const SORT_ORDER_MAX: i64 = 2_147_483_647;
const NOT_A_FILE: &str = "The submitted data was not a file. Check the encoding type on the form.";
const URL_MAX: usize = 200;

fn no<T>(message: &str) -> Checked<T> {
    Err(vec![message.to_owned()])
}

/// Python's `str.strip()`: Unicode white space and the four ASCII separators, which Rust doesn't count.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// Text: trimmed, then measured in characters.
pub(super) fn text(given: Given<'_>, max: Option<usize>, may_be_blank: bool) -> Checked<String> {
    let text = trimmed(given)?;
    if text.is_empty() && !may_be_blank {
        return no("This field may not be blank.");
    }
    let messages = text_faults(&text, max);
    if messages.is_empty() {
        Ok(text)
    } else {
        Err(messages)
    }
}

/// A URL of at most 200 characters, or blank. Every check that fails is reported, as the framework does.
pub(super) fn url(given: Given<'_>) -> Checked<String> {
    let text = trimmed(given)?;
    let mut messages = text_faults(&text, Some(URL_MAX));
    if !text.is_empty() && !is_url(&text) {
        messages.push("Enter a valid URL.".to_owned());
    }
    if messages.is_empty() {
        Ok(text)
    } else {
        Err(messages)
    }
}

fn trimmed(given: Given<'_>) -> Checked<String> {
    match given {
        Given::Text(text) => Ok(trim(text).to_owned()),
        Given::Json(Value::String(text)) => Ok(trim(text).to_owned()),
        Given::Json(Value::Number(number)) => Ok(number.to_string()),
        Given::Json(Value::Null) => no(NULL),
        Given::Json(_) | Given::File(_) => no("Not a valid string."),
    }
}

fn text_faults(text: &str, max: Option<usize>) -> Vec<String> {
    let mut messages = Vec::new();
    if let Some(max) = max
        && text.chars().count() > max
    {
        messages.push(format!("Ensure this field has no more than {max} characters."));
    }
    if text.contains('\0') {
        messages.push("Null characters are not allowed.".to_owned());
    }
    messages
}

/// `YYYY-MM-DD` or null; `""` is null in a form and refused in JSON.
pub(super) fn date(given: Given<'_>) -> Checked<Option<Date>> {
    let text = match given {
        Given::Text("") | Given::Json(Value::Null) => return Ok(None),
        Given::Text(text) => text,
        Given::Json(Value::String(text)) => text,
        Given::Json(_) | Given::File(_) => "",
    };
    let digits = |range: std::ops::Range<usize>| {
        text.as_bytes()
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let shaped = text.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[7] == b'-';
    match text.parse::<Date>() {
        // Python has no year 0.
        Ok(date) if shaped && date.year() > 0 => Ok(Some(date)),
        _ => no("Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
    }
}

/// A whole number from 0 to 2147483647; a number in a string counts.
pub(super) fn sort_order(given: Given<'_>) -> Checked<i64> {
    const INVALID: &str = "A valid integer is required.";
    let number = match given {
        Given::Json(Value::Null) => return no(NULL),
        Given::Json(Value::Number(number)) => match whole(number) {
            Some(number) => number,
            None => return no(INVALID),
        },
        Given::Text(text) => match python_int(text) {
            Some(number) => number,
            None => return no(INVALID),
        },
        Given::Json(Value::String(text)) => match python_int(text) {
            Some(number) => number,
            None => return no(INVALID),
        },
        Given::Json(_) | Given::File(_) => return no(INVALID),
    };
    match number {
        ..0 => no("Ensure this value is greater than or equal to 0."),
        0..=SORT_ORDER_MAX => Ok(number),
        _ => Err(vec![format!(
            "Ensure this value is less than or equal to {SORT_ORDER_MAX}."
        )]),
    }
}

/// Clamped to `i64`: far outside is outside.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float-to-int cast saturates, which is what is wanted"
)]
fn whole(number: &Number) -> Option<i64> {
    if let Some(number) = number.as_i64() {
        return Some(number);
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0).then_some(float as i64)
}

/// What the framework's `int(re.sub(r"\.0*\s*$", "", text))` accepts, clamped to `i64`.
fn python_int(text: &str) -> Option<i64> {
    let text = trim(text);
    let text = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse::<i64>().unwrap_or(i64::MAX) * sign)
}

/// The framework's spellings of yes and no.
pub(super) fn boolean(given: Given<'_>) -> Checked<bool> {
    const INVALID: &str = "Must be a valid boolean.";
    let word = match given {
        Given::Json(Value::Null) => return no(NULL),
        Given::Json(Value::Bool(value)) => return Ok(*value),
        Given::Json(Value::Number(number)) => match number.as_f64() {
            Some(1.0) => return Ok(true),
            Some(0.0) => return Ok(false),
            _ => return no(INVALID),
        },
        Given::Json(Value::String(text)) => trim(text).to_lowercase(),
        Given::Text(text) => trim(text).to_lowercase(),
        Given::Json(_) | Given::File(_) => return no(INVALID),
    };
    match word.as_str() {
        "t" | "y" | "yes" | "true" | "on" | "1" => Ok(true),
        "f" | "n" | "no" | "false" | "off" | "0" => Ok(false),
        _ => no(INVALID),
    }
}

/// A file in a form; null, or an empty text part, removes the photo.
pub(super) fn photo(given: Given<'_>) -> Checked<Option<Upload>> {
    match given {
        Given::Text("") | Given::Json(Value::Null) => Ok(None),
        Given::File(file) if file.bytes.is_empty() => no("The submitted file is empty."),
        Given::File(file) => Ok(Some(file.clone())),
        Given::Text(_) | Given::Json(_) => no(NOT_A_FILE),
    }
}

/// Django's `URLValidator` for http, https and ftp: a host with a top-level domain, `localhost`, or an address.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    if !["http", "https", "ftp"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return false;
    }
    if text.chars().any(|c| c.is_whitespace() || c == '\0') {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = match authority.rsplit_once('@') {
        Some((user, place)) if !user.is_empty() && !user.contains('@') && user.matches(':').count() < 2 => {
            place
        }
        Some(_) => return false,
        None => authority,
    };
    if let Some(bracketed) = place.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else {
            return false;
        };
        return address.parse::<std::net::Ipv6Addr>().is_ok()
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    match place.split_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => is_host(place),
    }
}

fn is_port(port: &str) -> bool {
    (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_host(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    let labels: Vec<&str> = host.split('.').collect();
    let Some((top, names)) = labels.split_last() else {
        return false;
    };
    let is_letter = |c: char| c.is_ascii_alphabetic() || ('\u{a1}'..='\u{ffff}').contains(&c);
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| is_letter(c) || c.is_ascii_digit() || c == '-')
    };
    let is_top = top.to_ascii_lowercase().starts_with("xn--")
        || (top.chars().count() >= 2 && top.chars().all(|c| is_letter(c) || c == '-'));
    host.len() <= 253 && !names.is_empty() && names.iter().all(is_label) && is_label(top) && is_top
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said<T: std::fmt::Debug>(checked: Checked<T>) -> String {
        checked.unwrap_err().join(" | ")
    }

    #[test]
    fn text_is_trimmed_as_python_trims() {
        assert_eq!(
            text(Given::Text("\u{a0} Spa day\u{1f}\n"), None, false).unwrap(),
            "Spa day"
        );
        assert_eq!(text(Given::Json(&json!(7)), None, false).unwrap(), "7");
        assert_eq!(
            text(Given::Json(&json!("é".repeat(200))), Some(200), false)
                .unwrap()
                .len(),
            400
        );
        assert_eq!(text(Given::Text(" \t"), None, true).unwrap(), "");
    }

    #[test]
    fn refused_text_is_told_in_the_frameworks_words() {
        for (sent, words) in [
            (json!(" "), "This field may not be blank."),
            (json!(null), "This field may not be null."),
            (json!(true), "Not a valid string."),
            (json!(["a"]), "Not a valid string."),
            (json!("a\u{0}b"), "Null characters are not allowed."),
            (
                json!("123456"),
                "Ensure this field has no more than 5 characters.",
            ),
        ] {
            assert_eq!(said(text(Given::Json(&sent), Some(5), false)), words, "{sent}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar_in_one_spelling() {
        assert_eq!(
            date(Given::Json(&json!("2026-02-28"))).unwrap(),
            Some(jiff::civil::date(2026, 2, 28))
        );
        assert_eq!(date(Given::Text("")).unwrap(), None);
        for sent in [
            json!(""),
            json!("2026-02-30"),
            json!("20260228"),
            json!("2026-2-8"),
            json!("28/02/2026"),
            json!("2026-02-28T00:00:00Z"),
            json!(20260228),
            json!("0000-01-01"),
            json!("+002026-1"),
        ] {
            assert_eq!(
                said(date(Given::Json(&sent))),
                "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
                "{sent}"
            );
        }
    }

    #[test]
    fn sort_order_reads_whole_numbers_within_its_range() {
        for (sent, value) in [
            (json!(3), 3),
            (json!("4"), 4),
            (json!(" 5 "), 5),
            (json!("6.0"), 6),
            (json!(7.0), 7),
        ] {
            assert_eq!(sort_order(Given::Json(&sent)).unwrap(), value, "{sent}");
        }
        for (sent, words) in [
            (json!(null), "This field may not be null."),
            (json!("many"), "A valid integer is required."),
            (json!(1.5), "A valid integer is required."),
            (json!(true), "A valid integer is required."),
            (json!("-"), "A valid integer is required."),
            (json!(-1), "Ensure this value is greater than or equal to 0."),
            (
                json!(2_147_483_648_i64),
                "Ensure this value is less than or equal to 2147483647.",
            ),
            (
                json!("99999999999999999999"),
                "Ensure this value is less than or equal to 2147483647.",
            ),
        ] {
            assert_eq!(said(sort_order(Given::Json(&sent))), words, "{sent}");
        }
    }

    #[test]
    fn booleans_have_many_spellings_but_not_every_one() {
        for sent in [json!(true), json!(1), json!("True"), json!("on"), json!("Y")] {
            assert!(boolean(Given::Json(&sent)).unwrap(), "{sent}");
        }
        for sent in [json!(false), json!(0), json!("FALSE"), json!("off"), json!("n")] {
            assert!(!boolean(Given::Json(&sent)).unwrap(), "{sent}");
        }
        for sent in [json!(""), json!("maybe"), json!(2), json!([])] {
            assert_eq!(
                said(boolean(Given::Json(&sent))),
                "Must be a valid boolean.",
                "{sent}"
            );
        }
        assert_eq!(said(boolean(Given::Json(&json!(null)))), NULL);
    }

    #[test]
    fn urls_follow_djangos_validator() {
        for good in [
            "https://hotel.example/book",
            "http://localhost:8000/",
            "ftp://files.example.com/a",
            "HTTP://EXAMPLE.COM",
            "https://u:p@example.ie:443/?q=1#x",
            "http://192.168.0.1",
            "http://[::1]:80/",
            "https://münchen.example",
            "https://example.com.",
            "https://xn--nxasmq6b.xn--jxalpdlp/",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "hotel.example",
            "javascript:alert(1)",
            "https://",
            "https://hotel",
            "mailto:a@b.ie",
            "https://a b.ie",
            "https://-a.ie",
            "https://a..ie",
            "https://example.com:port",
            "https://1.2.3.4.5",
            "file:///etc/passwd",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
        let long = format!("nonsense {}", "x".repeat(200));
        assert_eq!(
            said(url(Given::Text(&long))),
            "Ensure this field has no more than 200 characters. | Enter a valid URL."
        );
    }
}
