//! Errors as windows see them: a closed code to branch on, words to show, fields to put them at.

use std::time::Duration;

use model::FieldErrors;
use serde::{Deserialize, Serialize};

/// What a window may do differently. A variant exists only where one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// What was entered cannot be saved: see the fields.
    Invalid,
    /// User or password is wrong.
    WrongCredentials,
    /// The user belongs to no hotel.
    NoHotel,
    /// The user may not do this.
    Forbidden,
    /// No answer from the server.
    Unreachable,
    /// The server answered, but with nothing useful.
    Server,
    /// Sign in first.
    SignedOut,
    /// The offer was deleted elsewhere.
    NotFound,
    /// The offer was changed elsewhere after it was deleted here.
    Changed,
    /// Somebody else has given the offer another photo, or taken it away, after it was changed here.
    PhotoChanged,
    /// The picture cannot be used.
    Photo,
    /// The connection would be unencrypted: the user has to agree.
    Insecure,
    /// Changes are not on the server yet: say what should become of them.
    WaitingChanges,
    /// Nothing could be kept on this computer.
    Storage,
    /// A fault of this program.
    Internal,
}

/// Why a command did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct AppError {
    /// What to branch on.
    pub code: ErrorCode,
    /// What to show.
    pub message: String,
    /// Messages by field, where there are any.
    pub fields: Option<FieldErrors>,
    /// Seconds to wait before trying again, when the server said so.
    pub retry_after: Option<u32>,
}

impl AppError {
    /// An error with words and nothing else.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: None,
            retry_after: None,
        }
    }

    /// What was entered cannot be saved.
    pub fn invalid(fields: FieldErrors) -> Self {
        let message = fields.values().flatten().next().cloned().unwrap_or_default();
        Self {
            fields: Some(fields),
            ..Self::new(ErrorCode::Invalid, message)
        }
    }

    /// The program has ended, or is about to.
    pub fn ended() -> Self {
        Self::new(ErrorCode::Internal, "The console is closing.")
    }
}

impl From<cache::Error> for AppError {
    fn from(error: cache::Error) -> Self {
        Self::new(ErrorCode::Storage, error.to_string())
    }
}

impl From<&api::Error> for AppError {
    fn from(error: &api::Error) -> Self {
        let words = error.to_string();
        match error {
            api::Error::Unreachable { .. } => Self::new(ErrorCode::Unreachable, words),
            api::Error::Busy { retry_after, .. } => Self {
                retry_after: retry_after.map(whole_seconds),
                ..Self::new(ErrorCode::Server, words)
            },
            api::Error::SignedOut { .. } => Self::new(ErrorCode::SignedOut, words),
            api::Error::Missing { .. } => Self::new(ErrorCode::NotFound, words),
            api::Error::Refused { status: 403, .. } => Self::new(ErrorCode::Forbidden, words),
            api::Error::Refused { fields, .. } if !fields.is_empty() => Self {
                fields: Some(fields.clone()),
                ..Self::new(ErrorCode::Invalid, words)
            },
            api::Error::Refused { .. } | api::Error::Unreadable { .. } => Self::new(ErrorCode::Server, words),
        }
    }
}

fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs().max(1)).unwrap_or(u32::MAX)
}

/// Why a change is parked: the same shape, kept with the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Problem {
    /// What to branch on.
    pub code: ErrorCode,
    /// What to show.
    pub message: String,
    /// Messages by field, where there are any.
    pub fields: Option<FieldErrors>,
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            fields: error.fields,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_wire_form_of_an_error_is_fixed() {
        let refused = api::Error::Refused {
            status: 400,
            words: "This field may not be blank.".into(),
            fields: [(
                "title".to_owned(),
                vec!["This field may not be blank.".to_owned()],
            )]
            .into(),
        };
        let busy = api::Error::Busy {
            status: 429,
            retry_after: Some(Duration::from_millis(2500)),
            words: "Too many.".into(),
        };
        expect![[r#"{"code":"invalid","message":"This field may not be blank.","fields":{"title":["This field may not be blank."]},"retryAfter":null}"#]]
            .assert_eq(&serde_json::to_string(&AppError::from(&refused)).unwrap());
        expect![[r#"{"code":"server","message":"Too many.","fields":null,"retryAfter":2}"#]]
            .assert_eq(&serde_json::to_string(&AppError::from(&busy)).unwrap());
    }
}
