//! Frames, names and limits of Pusher Channels, protocol 7, as a server sees them. Pure: text in, text out.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value, json};

/// The one version served.
pub(crate) const PROTOCOL: u32 = 7;
/// Bytes of an event's data.
pub(crate) const MAX_DATA: usize = 10_240;
/// Characters of an event's name.
pub(crate) const MAX_EVENT_NAME: usize = 200;
/// Characters of a channel's name.
pub(crate) const MAX_CHANNEL_NAME: usize = 164;
/// Channels of one triggered event.
pub(crate) const MAX_CHANNELS: usize = 100;
/// Events of one batch.
pub(crate) const MAX_BATCH: usize = 10;

/// Close codes that the hub sends.
pub(crate) mod close {
    /// The app key is unknown.
    pub(crate) const UNKNOWN_KEY: u16 = 4001;
    /// `protocol` is no number.
    pub(crate) const BAD_VERSION: u16 = 4006;
    /// A protocol that isn't served.
    pub(crate) const UNSUPPORTED_VERSION: u16 = 4007;
    /// No `protocol` at all.
    pub(crate) const NO_VERSION: u16 = 4008;
    /// The socket reads too slowly: come back in a moment.
    pub(crate) const OVER_CAPACITY: u16 = 4100;
    /// The hub goes away: come back at once.
    pub(crate) const RECONNECT: u16 = 4200;
    /// No pong in time.
    pub(crate) const NO_PONG: u16 = 4201;
}

/// Code of an error about a client event.
pub(crate) const CLIENT_EVENT_REFUSED: u16 = 4301;

/// A connection's name, as `123.456`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(crate) u32, pub(crate) u32);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for SocketId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = |part: &str| -> Result<u32, ()> {
            let only_digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if only_digits {
                part.parse().map_err(drop)
            } else {
                Err(())
            }
        };
        let (first, second) = text.split_once('.').ok_or(())?;
        Ok(Self(digits(first)?, digits(second)?))
    }
}

/// A frame from a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Incoming {
    pub(crate) event: String,
    pub(crate) channel: Option<String>,
    pub(crate) data: Value,
}

impl Incoming {
    /// Reads a frame; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let Ok(Value::Object(mut frame)) = serde_json::from_str(text) else {
            return Err("Invalid JSON");
        };
        let Some(Value::String(event)) = frame.remove("event") else {
            return Err("A message needs an event name");
        };
        let channel = match frame.remove("channel") {
            Some(Value::String(channel)) => Some(channel),
            _ => None,
        };
        Ok(Self {
            event,
            channel,
            data: frame.remove("data").unwrap_or(Value::Null),
        })
    }

    /// `data` as an object; clients may send it as a string that holds JSON.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        let data = match &self.data {
            Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            other => other.clone(),
        };
        match data {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

/// The first frame of a good connection.
pub(crate) fn established(socket: SocketId, activity_timeout: u64) -> String {
    let data = json!({"socket_id": socket.to_string(), "activity_timeout": activity_timeout}).to_string();
    json!({"event": "pusher:connection_established", "data": data}).to_string()
}

/// `pusher:error`: its data is an object, unlike everything else the server sends.
pub(crate) fn error(code: Option<u16>, message: &str) -> String {
    json!({"event": "pusher:error", "data": {"code": code, "message": message}}).to_string()
}

/// A refused subscription, told with its channel so that a client knows which.
pub(crate) fn subscription_error(channel: &str, kind: &str, message: &str, status: u16) -> String {
    let data = json!({"type": kind, "error": message, "status": status});
    json!({"event": "pusher:subscription_error", "channel": channel, "data": data}).to_string()
}

/// An event on a channel; `data` is already text.
pub(crate) fn event(channel: &str, name: &str, data: &str) -> String {
    json!({"event": name, "channel": channel, "data": data}).to_string()
}

/// An event from another client: its data goes on as it came.
pub(crate) fn client_event(channel: &str, name: &str, data: &Value, user_id: Option<&str>) -> String {
    let mut frame = json!({"event": name, "channel": channel, "data": data});
    if let (Some(user_id), Some(frame)) = (user_id, frame.as_object_mut()) {
        frame.insert("user_id".into(), user_id.into());
    }
    frame.to_string()
}

/// The server's question whether the client is there.
pub(crate) const PING: &str = r#"{"event":"pusher:ping","data":"{}"}"#;
/// The answer to the client's.
pub(crate) const PONG: &str = r#"{"event":"pusher:pong","data":"{}"}"#;

/// Whether a channel may have this name.
pub(crate) fn is_channel_name(name: &str) -> bool {
    (1..=MAX_CHANNEL_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(&byte))
}

/// What a channel's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    Private,
    Presence,
}

impl Access {
    pub(crate) fn of(channel: &str) -> Self {
        if channel.starts_with("presence-") {
            Self::Presence
        } else if channel.starts_with("private-") {
            Self::Private
        } else {
            Self::Public
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_ids_are_two_numbers() {
        assert_eq!("12.34".parse(), Ok(SocketId(12, 34)));
        for bad in [
            "",
            "12",
            "12.",
            ".3",
            "1.2.3",
            "a.b",
            "1.2 ",
            "+1.2",
            "99999999999.1",
        ] {
            assert_eq!(bad.parse::<SocketId>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn channel_names_have_a_length_and_an_alphabet() {
        assert!(is_channel_name("presence-a_b-c=d@e,f.g;h"));
        assert!(is_channel_name(&"x".repeat(164)));
        for bad in ["", "with space", "a/b", "é", "#server-to-user-1"] {
            assert!(!is_channel_name(bad), "{bad}");
        }
        assert!(!is_channel_name(&"x".repeat(165)));
    }

    #[test]
    fn data_is_an_object_or_a_string_that_holds_one() {
        for text in [
            r#"{"event":"pusher:subscribe","data":{"channel":"a"}}"#,
            r#"{"event":"pusher:subscribe","data":"{\"channel\":\"a\"}"}"#,
        ] {
            assert_eq!(Incoming::parse(text).unwrap().fields()["channel"], "a", "{text}");
        }
    }
}
