//! The secret that a signed-in user's requests carry.

use std::fmt;

use reqwest::header::HeaderValue;

/// A token of Django REST framework's `TokenAuthentication`. Printed as `•••` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token as sign-in answered it or the keyring kept it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the keyring and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `Authorization: Token …`; `None` when the secret holds what no header may, as only a spoilt keyring entry does.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        if self.0.is_empty() {
            return None;
        }
        let mut value = HeaderValue::from_str(&format!("Token {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_printed() {
        let token = Token::new("d686abc");
        let header = token.header().unwrap();
        let printed = format!("{token} {token:?} {token:#?} {header:?}");
        assert!(!printed.contains("d686"), "{printed}");
        assert_eq!(header.as_bytes(), b"Token d686abc");
    }

    #[test]
    fn a_spoilt_token_makes_no_header() {
        for secret in ["", "a\r\nX-Evil: 1", "a\0"] {
            assert!(Token::new(secret).header().is_none(), "{secret:?}");
        }
    }
}
