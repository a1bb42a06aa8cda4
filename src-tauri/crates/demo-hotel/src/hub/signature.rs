//! The two signatures of Pusher Channels: of a subscription, and of a request to the HTTP API.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Seconds that a signed request may be old, or ahead.
const FRESH: i64 = 600;

/// The app that the hub serves.
#[derive(Clone, PartialEq, Eq)]
pub struct AppKeys {
    /// Digits: the official Python library insists.
    pub id: String,
    /// Public: every client has it.
    pub key: String,
    /// Known to the server side only.
    pub secret: String,
}

impl std::fmt::Debug for AppKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppKeys")
            .field("id", &self.id)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

fn hmac_hex(secret: &str, text: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn same(ours: &str, theirs: &str) -> bool {
    ours.as_bytes().ct_eq(theirs.as_bytes()).into()
}

impl AppKeys {
    /// Signs a subscription, as an auth endpoint does: `key:signature`.
    pub fn sign_subscription(&self, socket_id: &str, channel: &str, channel_data: Option<&str>) -> String {
        let mut text = format!("{socket_id}:{channel}");
        if let Some(data) = channel_data {
            text.push(':');
            text.push_str(data);
        }
        format!("{}:{}", self.key, hmac_hex(&self.secret, &text))
    }

    pub(crate) fn is_signed_subscription(
        &self,
        auth: &str,
        socket_id: &str,
        channel: &str,
        channel_data: Option<&str>,
    ) -> bool {
        same(&self.sign_subscription(socket_id, channel, channel_data), auth)
    }

    /// Checks a request to the HTTP API. `now` is in seconds since 1970; `query` is decoded. The error says what is
    /// wrong, for a 401.
    pub(crate) fn check_request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: &[u8],
        now: i64,
    ) -> Result<(), String> {
        let given = |name: &str| {
            query
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str())
        };
        if given("auth_key") != Some(self.key.as_str()) {
            return Err("Unknown auth_key".to_owned());
        }
        if given("auth_version") != Some("1.0") {
            return Err("auth_version must be 1.0".to_owned());
        }
        let fresh = given("auth_timestamp")
            .and_then(|text| text.parse::<i64>().ok())
            .is_some_and(|at| now.abs_diff(at) <= FRESH.unsigned_abs());
        if !fresh {
            return Err(format!(
                "Timestamp expired: not within {FRESH}s of server time {now}"
            ));
        }
        let digest = hex::encode(Md5::digest(body));
        match given("body_md5") {
            Some(theirs) if same(&digest, &theirs.to_ascii_lowercase()) => {}
            None if body.is_empty() => {}
            _ => return Err("body_md5 is not the MD5 of the body".to_owned()),
        }
        let mut pairs: Vec<(String, &str)> = query
            .iter()
            .map(|(key, value)| (key.to_ascii_lowercase(), value.as_str()))
            .filter(|(key, _)| key != "auth_signature")
            .collect();
        pairs.sort();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let ours = hmac_hex(&self.secret, &format!("{method}\n{path}\n{}", pairs.join("&")));
        if same(&ours, given("auth_signature").unwrap_or_default()) {
            Ok(())
        } else {
            Err(format!(
                "Invalid signature: you should have sent HmacSHA256Hex of \"{method}\\n{path}\\n{}\"",
                pairs.join("&")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_docs_subscription_examples_verify() {
        let app = AppKeys {
            id: "3".into(),
            key: "278d425bdf160c739803".into(),
            secret: "7ad3773142a6692b25b8".into(),
        };
        assert!(app.is_signed_subscription(
            "278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4",
            "1234.1234",
            "private-foobar",
            None,
        ));
        let data = r#"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#;
        assert!(app.is_signed_subscription(
            "278d425bdf160c739803:31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80",
            "1234.1234",
            "presence-foobar",
            Some(data),
        ));
        assert!(!app.is_signed_subscription(
            "278d425bdf160c739803:58df",
            "1234.1234",
            "private-foobar",
            None
        ));
    }
}
