//! Who is subscribed to what, and what follows from a frame. Pure: frames in, frames out, no I/O and no clock of its
//! own.
//!
//! Absent: encrypted and cache channels as kinds of their own (the former are private channels whose data nobody here
//! reads, the latter are public), user sign-in, subscription counts.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{
    protocol::{self, Access, CLIENT_EVENT_REFUSED, Incoming, SocketId},
    signature::AppKeys,
};

/// Client events that one socket may send within [`CLIENT_EVENT_SPAN`].
const CLIENT_EVENTS: usize = 10;
const CLIENT_EVENT_SPAN: Duration = Duration::from_secs(1);

/// Frames to send, in order.
pub(crate) type Outbox = Vec<(SocketId, String)>;

#[derive(Debug, Default)]
pub(crate) struct Rooms {
    seats: BTreeMap<SocketId, Seat>,
    channels: BTreeMap<String, BTreeMap<SocketId, Option<Member>>>,
}

#[derive(Debug, Default)]
struct Seat {
    channels: BTreeSet<String>,
    client_events: VecDeque<Instant>,
}

#[derive(Clone, Debug, PartialEq)]
struct Member {
    user_id: String,
    user_info: Value,
}

impl Rooms {
    pub(crate) fn enter(&mut self, socket: SocketId) {
        self.seats.insert(socket, Seat::default());
    }

    /// The socket is gone: it leaves all its channels.
    pub(crate) fn leave(&mut self, socket: SocketId) -> Outbox {
        let Some(seat) = self.seats.remove(&socket) else {
            return Outbox::new();
        };
        seat.channels
            .iter()
            .flat_map(|channel| self.leave_channel(socket, channel))
            .collect()
    }

    /// A frame has come from `from`.
    pub(crate) fn receive(&mut self, from: SocketId, text: &str, app: &AppKeys, now: Instant) -> Outbox {
        let frame = match Incoming::parse(text) {
            Ok(frame) => frame,
            Err(problem) => return vec![(from, protocol::error(None, problem))],
        };
        match frame.event.as_str() {
            "pusher:ping" => vec![(from, protocol::PONG.to_owned())],
            "pusher:pong" => Outbox::new(),
            "pusher:subscribe" => self.subscribe(from, &frame.fields(), app),
            "pusher:unsubscribe" => match frame.fields().get("channel") {
                Some(Value::String(channel)) => self.unsubscribe(from, channel),
                _ => vec![(from, protocol::error(None, "pusher:unsubscribe needs a channel"))],
            },
            name if name.starts_with("client-") => self.client_event(from, &frame, now),
            name => vec![(from, protocol::error(None, &format!("No such event: {name}")))],
        }
    }

    /// An event for everyone on `channel` but `except`.
    pub(crate) fn publish(&self, channel: &str, frame: &str, except: Option<SocketId>) -> Outbox {
        let Some(sockets) = self.channels.get(channel) else {
            return Outbox::new();
        };
        sockets
            .keys()
            .filter(|socket| Some(**socket) != except)
            .map(|socket| (*socket, frame.to_owned()))
            .collect()
    }

    /// Occupied channels and how many sockets are on each.
    pub(crate) fn occupied(&self) -> impl Iterator<Item = (&str, usize)> {
        self.channels
            .iter()
            .map(|(name, sockets)| (name.as_str(), sockets.len()))
    }

    /// Sockets on a channel.
    pub(crate) fn subscription_count(&self, channel: &str) -> usize {
        self.channels.get(channel).map_or(0, BTreeMap::len)
    }

    /// The different users on a presence channel, in order.
    pub(crate) fn users(&self, channel: &str) -> BTreeSet<&str> {
        self.members(channel)
            .map(|member| member.user_id.as_str())
            .collect()
    }

    fn members(&self, channel: &str) -> impl Iterator<Item = &Member> {
        self.channels
            .get(channel)
            .into_iter()
            .flat_map(|sockets| sockets.values().flatten())
    }

    fn subscribe(&mut self, from: SocketId, fields: &Map<String, Value>, app: &AppKeys) -> Outbox {
        let Some(channel) = fields.get("channel").and_then(Value::as_str) else {
            return vec![(from, protocol::error(None, "pusher:subscribe needs a channel"))];
        };
        let refuse = |kind: &str, message: &str, status: u16| {
            vec![(from, protocol::subscription_error(channel, kind, message, status))]
        };
        if !protocol::is_channel_name(channel) {
            return refuse("InvalidChannel", "Invalid channel name", 400);
        }
        let Some(seat) = self.seats.get_mut(&from) else {
            return Outbox::new();
        };
        if seat.channels.contains(channel) {
            return vec![(
                from,
                protocol::error(None, &format!("Existing subscription to channel {channel}")),
            )];
        }
        let access = Access::of(channel);
        let channel_data = fields.get("channel_data").and_then(Value::as_str);
        if access != Access::Public {
            let Some(auth) = fields.get("auth").and_then(Value::as_str) else {
                return refuse("AuthError", "This channel needs an auth signature", 401);
            };
            let signed = if access == Access::Presence {
                channel_data
            } else {
                None
            };
            if !app.is_signed_subscription(auth, &from.to_string(), channel, signed) {
                return refuse("AuthError", "Invalid signature", 401);
            }
        }
        let member = if access == Access::Presence {
            match channel_data.and_then(member) {
                Some(member) => Some(member),
                None => return refuse("AuthError", "channel_data needs a user_id", 400),
            }
        } else {
            None
        };
        seat.channels.insert(channel.to_owned());
        let newcomer = member
            .as_ref()
            .filter(|member| !self.users(channel).contains(member.user_id.as_str()))
            .cloned();
        self.channels
            .entry(channel.to_owned())
            .or_default()
            .insert(from, member);

        let data = if access == Access::Presence {
            self.presence(channel)
        } else {
            "{}".to_owned()
        };
        let mut out = vec![(
            from,
            protocol::event(channel, "pusher_internal:subscription_succeeded", &data),
        )];
        if let Some(member) = newcomer {
            let data = json!({"user_id": member.user_id, "user_info": member.user_info}).to_string();
            let frame = protocol::event(channel, "pusher_internal:member_added", &data);
            out.extend(self.publish(channel, &frame, Some(from)));
        }
        out
    }

    fn presence(&self, channel: &str) -> String {
        let hash: Map<String, Value> = self
            .members(channel)
            .map(|member| (member.user_id.clone(), member.user_info.clone()))
            .collect();
        let ids: Vec<&String> = hash.keys().collect();
        json!({"presence": {"count": ids.len(), "ids": ids, "hash": hash}}).to_string()
    }

    fn unsubscribe(&mut self, from: SocketId, channel: &str) -> Outbox {
        let was_on = self
            .seats
            .get_mut(&from)
            .is_some_and(|seat| seat.channels.remove(channel));
        if was_on {
            self.leave_channel(from, channel)
        } else {
            Outbox::new()
        }
    }

    fn leave_channel(&mut self, socket: SocketId, channel: &str) -> Outbox {
        let Some(sockets) = self.channels.get_mut(channel) else {
            return Outbox::new();
        };
        let member = sockets.remove(&socket).flatten();
        if sockets.is_empty() {
            self.channels.remove(channel);
            return Outbox::new();
        }
        match member {
            Some(member) if !self.users(channel).contains(member.user_id.as_str()) => {
                let data = json!({"user_id": member.user_id}).to_string();
                let frame = protocol::event(channel, "pusher_internal:member_removed", &data);
                self.publish(channel, &frame, None)
            }
            _ => Outbox::new(),
        }
    }

    fn client_event(&mut self, from: SocketId, frame: &Incoming, now: Instant) -> Outbox {
        let refuse = |message: &str| vec![(from, protocol::error(Some(CLIENT_EVENT_REFUSED), message))];
        let Some(channel) = frame.channel.as_deref() else {
            return refuse("A client event needs a channel");
        };
        let Some(seat) = self.seats.get_mut(&from) else {
            return Outbox::new();
        };
        if Access::of(channel) == Access::Public {
            return refuse("Client events only go to private and presence channels");
        }
        if !seat.channels.contains(channel) {
            return refuse("Client events need a subscription to their channel");
        }
        if frame.event.chars().count() > protocol::MAX_EVENT_NAME
            || frame.data.to_string().len() > protocol::MAX_DATA
        {
            return refuse("The client event is too large");
        }
        while seat
            .client_events
            .front()
            .is_some_and(|at| now.duration_since(*at) >= CLIENT_EVENT_SPAN)
        {
            seat.client_events.pop_front();
        }
        if seat.client_events.len() >= CLIENT_EVENTS {
            return refuse("At most 10 client events per second");
        }
        seat.client_events.push_back(now);
        let user_id = self
            .channels
            .get(channel)
            .and_then(|sockets| sockets.get(&from)?.as_ref());
        let user_id = user_id.map(|member| member.user_id.as_str());
        let text = protocol::client_event(channel, &frame.event, &frame.data, user_id);
        self.publish(channel, &text, Some(from))
    }
}

/// Reads `channel_data`; a `user_id` that is a number counts as its digits.
fn member(channel_data: &str) -> Option<Member> {
    let Ok(Value::Object(mut data)) = serde_json::from_str(channel_data) else {
        return None;
    };
    let user_id = match data.remove("user_id")? {
        Value::String(text) if !text.is_empty() => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Member {
        user_id,
        user_info: data.remove("user_info").unwrap_or(Value::Null),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eleventh_client_event_within_a_second_is_refused() {
        let app = AppKeys {
            id: "1".into(),
            key: "k".into(),
            secret: "s".into(),
        };
        let (mut rooms, sender, start) = (Rooms::default(), SocketId(1, 2), Instant::now());
        rooms.enter(sender);
        let auth = app.sign_subscription("1.2", "private-a", None);
        let subscribe = json!({"event": "pusher:subscribe", "data": {"channel": "private-a", "auth": auth}});
        rooms.receive(sender, &subscribe.to_string(), &app, start);
        let mut is_refused = |after_ms: u64| {
            let event = r#"{"event":"client-x","channel":"private-a","data":{}}"#;
            let out = rooms.receive(sender, event, &app, start + Duration::from_millis(after_ms));
            out.iter().any(|(_, frame)| frame.contains("4301"))
        };
        for number in 0..10 {
            assert!(!is_refused(number * 50), "number {number}");
        }
        assert!(is_refused(999), "the eleventh");
        assert!(!is_refused(1000), "the first is a second old now");
        assert!(is_refused(1049));
    }
}
