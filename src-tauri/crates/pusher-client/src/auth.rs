//! Authorisation of private and presence channels: a callback of yours, and the wire forms it needs.
//!
//! A server of the application signs `socket_id:channel` with the Pusher secret. How to reach that server (its
//! address, its session, its HTTP client) is the application's business; this module gives the form to POST
//! ([`AuthRequest::form`]) and reads the answer ([`Authorization::from_response`]).
//!
//! Absent: an HTTP client, and the secret. A desktop or mobile program must never hold the latter.

use std::{fmt, future::Future, pin::Pin};

use serde::Deserialize;

use crate::error::AuthError;

/// What to authorise. Both parts are covered by the signature, so an authorisation serves one connection only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthRequest {
    /// The id of the connection, new after every reconnect.
    pub socket_id: String,
    /// The channel's name.
    pub channel: String,
}

impl AuthRequest {
    /// The body to POST, of type `application/x-www-form-urlencoded`: `socket_id=…&channel_name=…`.
    #[must_use]
    pub fn form(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("socket_id", &self.socket_id)
            .append_pair("channel_name", &self.channel)
            .finish()
    }
}

/// A permission to subscribe, as the auth endpoint gave it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Authorization {
    /// `key:signature`.
    pub auth: String,
    /// For presence channels: who we are, as JSON text. The signature covers these exact bytes, so they are
    /// passed on untouched.
    #[serde(default)]
    pub channel_data: Option<String>,
}

impl Authorization {
    /// Reads an auth endpoint's answer.
    ///
    /// # Errors
    ///
    /// [`AuthError::Status`] for any status but 200, [`AuthError::BadAnswer`] for a body that is not
    /// `{"auth":"…","channel_data"?:"…"}`.
    pub fn from_response(status: u16, body: &[u8]) -> Result<Self, AuthError> {
        if status != 200 {
            return Err(AuthError::Status { status });
        }
        serde_json::from_slice(body).map_err(|error| AuthError::BadAnswer(error.to_string()))
    }
}

impl fmt::Debug for Authorization {
    // The signature is a credential for as long as the connection lives; logs have no use for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("channel_data", &self.channel_data)
            .finish_non_exhaustive()
    }
}

/// The answer of an [`Authorizer`], some time later.
pub type AuthFuture = Pin<Box<dyn Future<Output = Result<Authorization, AuthError>> + Send>>;

/// Asks somebody who holds the secret whether we may listen. Any `Fn(AuthRequest) -> Future` is one.
///
/// It is called anew for every private or presence channel on every connection, several at once, and given up
/// after [`Timings::subscribe`](crate::Timings::subscribe).
pub trait Authorizer: Send + Sync + 'static {
    /// Starts asking.
    fn authorize(&self, request: AuthRequest) -> AuthFuture;
}

impl<F, Fut> Authorizer for F
where
    F: Fn(AuthRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Authorization, AuthError>> + Send + 'static,
{
    fn authorize(&self, request: AuthRequest) -> AuthFuture {
        Box::pin(self(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_names_socket_and_channel_and_escapes_them() {
        let request = AuthRequest {
            socket_id: "123.456".into(),
            channel: "private-a=b;c@d".into(),
        };
        assert_eq!(
            request.form(),
            "socket_id=123.456&channel_name=private-a%3Db%3Bc%40d"
        );
    }

    /// Row 29, the reading of the answer.
    #[test]
    fn only_a_200_with_the_right_json_is_an_authorisation() {
        let good = Authorization::from_response(200, br#"{"auth":"k:s","channel_data":"{\"user_id\": 1}"}"#);
        assert_eq!(
            good,
            Ok(Authorization {
                auth: "k:s".into(),
                channel_data: Some(r#"{"user_id": 1}"#.into())
            })
        );
        for status in [201, 204, 302, 403, 500] {
            assert_eq!(
                Authorization::from_response(status, br#"{"auth":"k:s"}"#),
                Err(AuthError::Status { status })
            );
        }
        for body in [&b"<html>"[..], b"", b"{}", br#"{"auth":1}"#, b"\xff"] {
            assert!(
                matches!(
                    Authorization::from_response(200, body),
                    Err(AuthError::BadAnswer(_))
                ),
                "{body:?} is not an authorisation"
            );
        }
    }
}
