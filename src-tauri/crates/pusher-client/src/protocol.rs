//! The wire format: text frames in, [`Incoming`] out; and the few frames that a client sends.
//!
//! Every message is a JSON object `{event, channel?, data?, user_id?}`. Servers send `data` as a JSON string
//! holding JSON (except in `pusher:error`), clients send objects; both are accepted everywhere.
//!
//! Absent: any memory. What a frame means for the connection is `state.rs`'s to say, what it means for a
//! channel is `channels.rs`'s.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::{auth::Authorization, data::Data, error::FrameError, presence::Member};

/// What a server said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Incoming {
    Established {
        socket_id: String,
        activity_timeout: Option<Duration>,
    },
    Ping,
    Pong,
    Error {
        code: Option<u16>,
        message: String,
    },
    Channel(ChannelFrame),
    /// A named event that belongs to no channel and means nothing to us.
    Other {
        event: String,
    },
}

impl Incoming {
    /// The name on the wire, for messages to people.
    pub(crate) fn event(&self) -> &str {
        match self {
            Self::Established { .. } => "pusher:connection_established",
            Self::Ping => "pusher:ping",
            Self::Pong => "pusher:pong",
            Self::Error { .. } => "pusher:error",
            Self::Channel(frame) => match &frame.news {
                ChannelNews::Succeeded { .. } => "pusher_internal:subscription_succeeded",
                ChannelNews::Refused { .. } => "pusher:subscription_error",
                ChannelNews::MemberAdded(_) => "pusher_internal:member_added",
                ChannelNews::MemberRemoved { .. } => "pusher_internal:member_removed",
                ChannelNews::Message { event, .. } => event,
            },
            Self::Other { event } => event,
        }
    }
}

/// A message on a channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChannelFrame {
    pub(crate) channel: String,
    pub(crate) news: ChannelNews,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ChannelNews {
    /// With the members who are there already, when it is a presence channel.
    Succeeded {
        members: Vec<Member>,
    },
    Refused {
        status: Option<u16>,
        message: String,
    },
    MemberAdded(Member),
    MemberRemoved {
        user_id: String,
    },
    Message {
        event: String,
        data: Data,
        user_id: Option<String>,
    },
}

#[derive(Deserialize)]
struct Wire<'a> {
    event: Option<String>,
    channel: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    user_id: Option<Value>,
}

/// Reads one text frame.
pub(crate) fn decode(text: &str) -> Result<Incoming, FrameError> {
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|error| FrameError::Malformed {
        // The parser repeats what it met, however long.
        problem: words(&error.to_string()),
    })?;
    let event = wire.event.ok_or(FrameError::NoEvent)?;
    let data = Data::from_wire(wire.data);
    match (event.as_str(), wire.channel) {
        ("pusher:connection_established", _) => established(&event, &data),
        ("pusher:ping", _) => Ok(Incoming::Ping),
        ("pusher:pong", _) => Ok(Incoming::Pong),
        ("pusher:error", _) => Ok(error(&data)),
        (_, None) => Ok(Incoming::Other { event }),
        (_, Some(channel)) => {
            let news = channel_news(event, data, wire.user_id.as_ref())?;
            Ok(Incoming::Channel(ChannelFrame { channel, news }))
        }
    }
}

fn established(event: &str, data: &Data) -> Result<Incoming, FrameError> {
    let value = data.value();
    let socket_id = value
        .get("socket_id")
        .and_then(Value::as_str)
        .filter(|id| !id.is_empty())
        .ok_or_else(|| bad_data(event, "no socket_id"))?;
    // Zero or nonsense would make us ping without end; our own limit serves then. Ten days and more are no
    // limit at all, and would only invite overflow.
    let activity_timeout = value
        .get("activity_timeout")
        .and_then(Value::as_f64)
        .filter(|seconds| *seconds > 0.0 && *seconds < 864_000.0)
        .map(Duration::from_secs_f64);
    Ok(Incoming::Established {
        socket_id: socket_id.to_owned(),
        activity_timeout,
    })
}

fn error(data: &Data) -> Incoming {
    let value = data.value();
    let code = value
        .get("code")
        .and_then(Value::as_u64)
        .and_then(|code| u16::try_from(code).ok());
    let message = match value.get("message").and_then(Value::as_str) {
        Some(message) => words(message),
        // Better the server's own odd words than none.
        None => words(data.text().unwrap_or("no message")),
    };
    Incoming::Error { code, message }
}

fn channel_news(event: String, data: Data, user_id: Option<&Value>) -> Result<ChannelNews, FrameError> {
    match event.as_str() {
        "pusher_internal:subscription_succeeded" => {
            let value = data.value();
            let hash = value.pointer("/presence/hash").and_then(Value::as_object);
            let members = hash
                .into_iter()
                .flatten()
                .map(|(id, info)| Member::new(id.clone(), info.clone()));
            Ok(ChannelNews::Succeeded {
                members: members.collect(),
            })
        }
        "pusher:subscription_error" | "pusher_internal:subscription_error" => {
            let value = data.value();
            let status = value
                .get("status")
                .and_then(Value::as_u64)
                .and_then(|s| u16::try_from(s).ok());
            let said = value
                .get("error")
                .or_else(|| value.get("message"))
                .and_then(Value::as_str);
            let message = words(said.or(data.text()).unwrap_or("no reason given"));
            Ok(ChannelNews::Refused { status, message })
        }
        "pusher_internal:member_added" | "pusher_internal:member_removed" => {
            let value = data.value();
            let user_id = value
                .get("user_id")
                .and_then(id_text)
                .ok_or_else(|| bad_data(&event, "no user_id"))?;
            Ok(if event.ends_with("added") {
                let info = value.get("user_info").cloned().unwrap_or_default();
                ChannelNews::MemberAdded(Member::new(user_id, info))
            } else {
                ChannelNews::MemberRemoved { user_id }
            })
        }
        _ => Ok(ChannelNews::Message {
            event,
            data,
            user_id: user_id.and_then(id_text),
        }),
    }
}

/// A server's words for people. Cut, since they outlive their frame in queues and states, whose bounds count on
/// their being short.
pub(crate) fn words(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A user's id: a string by the book, a number from some servers.
pub(crate) fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn bad_data(event: &str, problem: &str) -> FrameError {
    FrameError::BadData {
        event: words(event),
        problem: problem.to_owned(),
    }
}

#[derive(Serialize)]
struct Outgoing<'a, D> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    data: D,
}

#[derive(Serialize)]
struct SubscribeData<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_data: Option<&'a str>,
}

#[derive(Serialize)]
struct Empty {}

pub(crate) fn ping() -> String {
    encode("pusher:ping", None, Empty {})
}

pub(crate) fn pong() -> String {
    encode("pusher:pong", None, Empty {})
}

pub(crate) fn subscribe(channel: &str, authorization: Option<&Authorization>) -> String {
    let auth = authorization.map(|a| a.auth.as_str());
    let channel_data = authorization.and_then(|a| a.channel_data.as_deref());
    encode(
        "pusher:subscribe",
        None,
        SubscribeData {
            channel,
            auth,
            channel_data,
        },
    )
}

pub(crate) fn unsubscribe(channel: &str) -> String {
    encode(
        "pusher:unsubscribe",
        None,
        SubscribeData {
            channel,
            auth: None,
            channel_data: None,
        },
    )
}

pub(crate) fn client_event(channel: &str, event: &str, data: &RawValue) -> String {
    encode(event, Some(channel), data)
}

fn encode<D: Serialize>(event: &str, channel: Option<&str>, data: D) -> String {
    serde_json::to_string(&Outgoing { event, channel, data })
        .expect("structs of strings and of JSON that was checked always serialise")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(text: &str) -> (Data, Option<String>) {
        match decode(text) {
            Ok(Incoming::Channel(ChannelFrame {
                news: ChannelNews::Message { data, user_id, .. },
                ..
            })) => (data, user_id),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// Rows 3 and 4, the reading of the greeting.
    #[test]
    fn the_greeting_is_read_as_string_and_as_object_with_and_without_a_timeout() {
        let secs = |n| Some(Duration::from_secs(n));
        for (data, activity_timeout) in [
            (r#""{\"socket_id\":\"1.2\",\"activity_timeout\":120}""#, secs(120)),
            (r#"{"socket_id":"1.2","activity_timeout":30}"#, secs(30)),
            (r#"{"socket_id":"1.2"}"#, None),
            (r#"{"socket_id":"1.2","activity_timeout":0}"#, None),
            (r#"{"socket_id":"1.2","activity_timeout":-1}"#, None),
            (r#"{"socket_id":"1.2","activity_timeout":1e300}"#, None),
            (r#"{"socket_id":"1.2","activity_timeout":null}"#, None),
            (r#"{"socket_id":"1.2","activity_timeout":"120"}"#, None),
        ] {
            let text = format!(r#"{{"event":"pusher:connection_established","data":{data}}}"#);
            let expected = Incoming::Established {
                socket_id: "1.2".into(),
                activity_timeout,
            };
            assert_eq!(decode(&text), Ok(expected), "{data}");
        }
        for data in [
            "null",
            "{}",
            r#"{"socket_id":7}"#,
            r#"{"socket_id":""}"#,
            r#""what""#,
        ] {
            let text = format!(r#"{{"event":"pusher:connection_established","data":{data}}}"#);
            assert!(
                matches!(decode(&text), Err(FrameError::BadData { .. })),
                "{data} greets nobody"
            );
        }
    }

    /// Row 14, the reading of the error.
    #[test]
    fn an_error_frame_is_read_with_and_without_a_code() {
        for (data, code, message) in [
            (r#"{"code":4001,"message":"no app"}"#, Some(4001), "no app"),
            (r#""{\"code\":4201,\"message\":\"late\"}""#, Some(4201), "late"),
            (r#"{"code":null,"message":"existing"}"#, None, "existing"),
            (r#"{"message":"bare"}"#, None, "bare"),
            (r#"{"code":70000,"message":"huge"}"#, None, "huge"),
            (r#""just words""#, None, "just words"),
            ("null", None, "no message"),
        ] {
            let text = format!(r#"{{"event":"pusher:error","data":{data}}}"#);
            let expected = Incoming::Error {
                code,
                message: message.into(),
            };
            assert_eq!(decode(&text), Ok(expected), "{data}");
        }
    }

    /// Row 23, the codec's half.
    #[test]
    fn what_is_no_message_is_told_apart() {
        for text in [
            "",
            "{",
            "[]",
            "42",
            "null",
            r#"{"event":5}"#,
            r#"{"event":"e","channel":5}"#,
        ] {
            assert!(
                matches!(decode(text), Err(FrameError::Malformed { .. })),
                "{text:?} is malformed"
            );
        }
        for text in ["{}", r#"{"event":null}"#, r#"{"data":{}}"#] {
            assert_eq!(decode(text), Err(FrameError::NoEvent), "{text:?}");
        }
        let nameless = r#"{"event":"pusher_internal:member_added","channel":"presence-a","data":{}}"#;
        assert!(
            matches!(decode(nameless), Err(FrameError::BadData { .. })),
            "a member without an id"
        );
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error_and_never_a_panic() {
        for whole in [
            r#"{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\",\"ü\":1}"}"#,
            r#"{"event":"e","channel":"c","data":{"a":[1,2.5e3,null,true]},"user_id":"\ud83d\ude00"}"#,
        ] {
            assert!(decode(whole).is_ok(), "{whole}");
            for (end, _) in whole.char_indices() {
                assert!(
                    matches!(decode(&whole[..end]), Err(FrameError::Malformed { .. })),
                    "cut at {end}"
                );
            }
        }
    }

    #[test]
    fn words_of_a_server_are_cut_to_what_people_read() {
        assert_eq!(words("short"), "short");
        let cut = words(&"ü".repeat(1_000_000));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (501, true));
    }

    #[test]
    fn what_is_told_of_a_frame_is_short_however_long_the_frame_is() {
        let long = "x".repeat(1_000_000);
        let problem = decode(&format!("\"{long}\"")).unwrap_err().to_string();
        assert!(problem.len() < 1_000, "{} bytes", problem.len());
        let refused =
            format!(r#"{{"event":"pusher:subscription_error","channel":"c","data":{{"error":"{long}"}}}}"#);
        let Ok(Incoming::Channel(ChannelFrame {
            news: ChannelNews::Refused { message, .. },
            ..
        })) = decode(&refused)
        else {
            panic!("it is refused")
        };
        assert!(message.len() < 1_000, "{} bytes", message.len());
    }

    #[test]
    fn unknown_fields_and_unknown_events_do_no_harm() {
        let (data, user_id) = message(r#"{"event":"e","channel":"c","data":"{}","new":[1],"user_id":7}"#);
        assert_eq!((data.value(), user_id.as_deref()), (json!({}), Some("7")));
        assert_eq!(
            decode(r#"{"event":"pusher:news_of_2030","data":{}}"#),
            Ok(Incoming::Other {
                event: "pusher:news_of_2030".into()
            })
        );
    }

    /// Row 22, absence on the wire.
    #[test]
    fn absent_and_null_data_are_both_absent() {
        assert_eq!(message(r#"{"event":"e","channel":"c"}"#).0, Data::default());
        assert_eq!(
            message(r#"{"event":"e","channel":"c","data":null}"#).0,
            Data::default()
        );
    }

    #[test]
    fn frames_to_the_server_carry_objects() {
        assert_eq!(ping(), r#"{"event":"pusher:ping","data":{}}"#);
        assert_eq!(pong(), r#"{"event":"pusher:pong","data":{}}"#);
        assert_eq!(
            subscribe("c", None),
            r#"{"event":"pusher:subscribe","data":{"channel":"c"}}"#
        );
        let authorization = Authorization {
            auth: "k:s".into(),
            channel_data: Some(r#"{"user_id":  "1"}"#.into()),
        };
        assert_eq!(
            subscribe("presence-c", Some(&authorization)),
            concat!(
                r#"{"event":"pusher:subscribe","data":{"channel":"presence-c","auth":"k:s","#,
                r#""channel_data":"{\"user_id\":  \"1\"}"}}"#
            ),
            "the signed bytes are passed on untouched"
        );
        assert_eq!(
            unsubscribe("c"),
            r#"{"event":"pusher:unsubscribe","data":{"channel":"c"}}"#
        );
        let data = RawValue::from_string(r#"{"n":1}"#.into()).unwrap();
        assert_eq!(
            client_event("private-c", "client-e", &data),
            r#"{"event":"client-e","channel":"private-c","data":{"n":1}}"#
        );
    }

    #[test]
    fn a_presence_list_is_read_from_both_encodings() {
        let inner = r#"{"presence":{"count":2,"ids":["1","2"],"hash":{"1":{"name":"Ann"},"2":null}}}"#;
        for data in [inner.to_owned(), serde_json::to_string(inner).unwrap()] {
            let text = format!(
                r#"{{"event":"pusher_internal:subscription_succeeded","channel":"presence-a","data":{data}}}"#
            );
            let Ok(Incoming::Channel(ChannelFrame {
                news: ChannelNews::Succeeded { members },
                ..
            })) = decode(&text)
            else {
                panic!("not read: {text}");
            };
            assert_eq!(
                members,
                [
                    Member::new("1".into(), json!({"name": "Ann"})),
                    Member::new("2".into(), Value::Null)
                ]
            );
        }
    }
}
