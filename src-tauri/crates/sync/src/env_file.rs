//! The server in variables: those of the environment, or of the `.env` file of the web page that this program takes the place of.
//!
//! `HOTELMATE_…` and the page's `VITE_…` mean the same, the first is stronger. They fill the sign-in form and never skip it.

use std::collections::HashMap;

use crate::problem::{AppError, ErrorCode};
use crate::view::SignInForm;

/// More than any such file holds. Who reads one need read no more than one byte further.
pub const BYTE_LIMIT: usize = 64 * 1024;

/// More than any address or key has. A value may name those above it, so that a few lines could stand for any amount of text.
const VALUE_LIMIT: usize = 2048;

/// The form that these variables fill; `None` where they name no server.
pub fn form(value: impl Fn(&str) -> Option<String>) -> Option<SignInForm> {
    let either = |name: &str, alias: &str| value(name).or_else(|| value(alias));
    Some(SignInForm {
        api_url: either("HOTELMATE_API_URL", "VITE_API_URL")?,
        pusher_key: either("HOTELMATE_PUSHER_KEY", "VITE_PUSHER_KEY").unwrap_or_default(),
        pusher_cluster: either("HOTELMATE_PUSHER_CLUSTER", "VITE_PUSHER_CLUSTER").unwrap_or_default(),
        pusher_host: value("HOTELMATE_PUSHER_HOST").unwrap_or_default(),
        pusher_port: value("HOTELMATE_PUSHER_PORT").and_then(|port| port.parse().ok()),
        // Encrypted unless it is said in so many words.
        pusher_tls: !value("HOTELMATE_PUSHER_TLS")
            .is_some_and(|tls| tls.eq_ignore_ascii_case("false") || tls == "0"),
        ..SignInForm::default()
    })
}

/// The form that a `.env` file fills.
///
/// # Errors
/// In words for whoever chose the file: it is none, or it names no server.
pub fn read(bytes: &[u8]) -> Result<SignInForm, AppError> {
    let refuse = |words: &str| Err(AppError::new(ErrorCode::Invalid, words));
    if bytes.len() > BYTE_LIMIT {
        return refuse("This file is too large to be the settings of a web page. Choose its \".env\" file.");
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse("This file is not text. Choose the \".env\" file of the web page.");
    };
    let mut variables = HashMap::new();
    for line in dotenvy::from_read_iter(text.as_bytes()) {
        match line {
            Ok((name, value)) if value.len() > VALUE_LIMIT => {
                return refuse(&format!("What this file says for {name} is too long."));
            }
            // An empty value is as good as none.
            Ok((name, value)) if !value.trim().is_empty() => variables.insert(name, value.trim().to_owned()),
            Ok(_) => None,
            Err(error) => {
                return refuse(&format!("This file cannot be read as a \".env\" file: {error}"));
            }
        };
    }
    match form(|name| variables.get(name).cloned()) {
        Some(form) => Ok(form),
        None => refuse("This file names no server: a line VITE_API_URL=… is missing."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_web_page_fills_the_form() {
        let text = "# the hotel\nexport VITE_API_URL=\"https://hotel.example/api\"\nVITE_PUSHER_KEY=app-key # public\r\nVITE_PUSHER_CLUSTER='eu'\n\
                    VITE_OTHER=1\nHOTELMATE_PUSHER_HOST=\n";
        let form = read(text.as_bytes()).unwrap();
        assert_eq!(
            form,
            SignInForm {
                api_url: "https://hotel.example/api".into(),
                pusher_key: "app-key".into(),
                pusher_cluster: "eu".into(),
                ..SignInForm::default()
            }
        );
    }

    #[test]
    fn what_is_no_such_file_is_refused_in_words() {
        let words = |bytes: &[u8]| read(bytes).unwrap_err().message;
        assert!(words(b"PORT=3000\n").contains("VITE_API_URL"));
        assert!(words(b"VITE_API_URL=\n").contains("VITE_API_URL"));
        assert!(words(b"\xff\xd8\xff").contains("not text"));
        assert!(words(b"this is a letter, not a list\n").contains("cannot be read"));
        assert!(words(&vec![b'#'; BYTE_LIMIT + 1]).contains("too large"));
        // Each line is twice as long as the one before.
        let doubling = format!("A=0123456789\n{}VITE_API_URL=$A\n", "A=$A$A\n".repeat(26));
        assert!(words(doubling.as_bytes()).contains("too long"));
    }
}
