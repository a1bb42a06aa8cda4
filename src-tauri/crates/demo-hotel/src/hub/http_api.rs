//! The signed HTTP API that server libraries use: `/apps/{id}/…`.

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{FromRequestParts, Path, RawQuery, State},
    http::{Method, StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Hub, HubEvent, Untaken,
    protocol::{self, Access, SocketId},
};
use crate::clock::Clock;

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(hub: &Hub, clock: &Clock) -> Router<S> {
    Router::new()
        .route("/apps/{id}/events", post(trigger))
        .route("/apps/{id}/batch_events", post(trigger_batch))
        .route("/apps/{id}/channels", get(channels))
        .route("/apps/{id}/channels/{channel}", get(channel))
        .route("/apps/{id}/channels/{channel}/users", get(users))
        .layer(Extension(clock.clone()))
        .with_state(hub.clone())
}

/// A refused request, with words.
#[derive(Debug, PartialEq, Eq)]
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

fn bad(message: impl Into<String>) -> Refused {
    Refused(StatusCode::BAD_REQUEST, message.into())
}

/// What a signature covers, beside the body.
struct Envelope {
    method: Method,
    uri: Uri,
    query: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Envelope {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        Ok(Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            query,
        })
    }
}

impl Envelope {
    fn check(&self, hub: &Hub, clock: &Clock, app: &str, body: &[u8]) -> Result<(), Refused> {
        if app != hub.app().id {
            return Err(Refused(StatusCode::NOT_FOUND, format!("No app {app}")));
        }
        let now = clock.now().as_second();
        hub.app()
            .check_request(self.method.as_str(), self.uri.path(), &self.query, body, now)
            .map_err(|problem| Refused(StatusCode::UNAUTHORIZED, problem))
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn info(&self) -> Vec<&str> {
        self.param("info")
            .unwrap_or_default()
            .split(',')
            .filter(|part| !part.is_empty())
            .collect()
    }
}

#[derive(Deserialize)]
struct Trigger {
    name: String,
    data: String,
    #[serde(default)]
    channels: Option<Vec<String>>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    socket_id: Option<String>,
    #[serde(default)]
    info: Option<String>,
}

#[derive(Deserialize)]
struct Batch {
    batch: Vec<Trigger>,
}

impl Trigger {
    /// Checks everything before anything is published: a bad event of a batch stops the whole batch.
    fn events(&self) -> Result<Vec<HubEvent>, Refused> {
        let channels: Vec<&String> = match (&self.channels, &self.channel) {
            (Some(channels), _) => channels.iter().collect(),
            (None, Some(channel)) => vec![channel],
            (None, None) => return Err(bad("channel or channels is needed")),
        };
        if channels.is_empty() || channels.len() > protocol::MAX_CHANNELS {
            return Err(bad(format!(
                "an event goes to 1 to {} channels",
                protocol::MAX_CHANNELS
            )));
        }
        if let Some(name) = channels.iter().find(|name| !protocol::is_channel_name(name)) {
            return Err(bad(format!("invalid channel name {name:?}")));
        }
        let name = self.name.as_str();
        if name.is_empty() || name.chars().count() > protocol::MAX_EVENT_NAME {
            return Err(bad(format!(
                "an event's name has 1 to {} characters",
                protocol::MAX_EVENT_NAME
            )));
        }
        if name.starts_with("pusher:") || name.starts_with("pusher_internal:") {
            return Err(bad("names that begin with pusher: belong to the protocol"));
        }
        let except = match &self.socket_id {
            None => None,
            Some(id) => Some(
                id.parse::<SocketId>()
                    .map_err(|()| bad(format!("invalid socket_id {id:?}")))?,
            ),
        };
        if self.data.len() > protocol::MAX_DATA {
            let message = format!("an event's data has at most {} bytes", protocol::MAX_DATA);
            return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        let event = |channel: &String| HubEvent {
            channel: channel.clone(),
            name: name.to_owned(),
            data: self.data.clone(),
            except,
        };
        Ok(channels.into_iter().map(event).collect())
    }

    fn info(&self) -> Vec<&str> {
        self.info
            .as_deref()
            .unwrap_or_default()
            .split(',')
            .filter(|part| !part.is_empty())
            .collect()
    }
}

fn publish(hub: &Hub, events: Vec<HubEvent>) -> Result<(), Refused> {
    for event in events {
        hub.publish(event).map_err(|untaken| match untaken {
            Untaken::TooLarge => Refused(StatusCode::PAYLOAD_TOO_LARGE, untaken.to_string()),
            Untaken::Stopped => Refused(StatusCode::SERVICE_UNAVAILABLE, untaken.to_string()),
        })?;
    }
    Ok(())
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| bad(format!("invalid body: {error}")))
}

async fn trigger(
    State(hub): State<Hub>,
    Extension(clock): Extension<Clock>,
    Path(app): Path<String>,
    envelope: Envelope,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    envelope.check(&hub, &clock, &app, &body)?;
    let trigger: Trigger = parse(&body)?;
    let events = trigger.events()?;
    let wanted = trigger.info();
    let mut counts = Map::new();
    for event in &events {
        counts.insert(
            event.channel.clone(),
            describe(&hub, &event.channel, &wanted)?.into(),
        );
    }
    publish(&hub, events)?;
    Ok(Json(if wanted.is_empty() {
        json!({})
    } else {
        json!({"channels": counts})
    }))
}

async fn trigger_batch(
    State(hub): State<Hub>,
    Extension(clock): Extension<Clock>,
    Path(app): Path<String>,
    envelope: Envelope,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    envelope.check(&hub, &clock, &app, &body)?;
    let Batch { batch } = parse(&body)?;
    if batch.len() > protocol::MAX_BATCH {
        return Err(bad(format!("a batch has at most {} events", protocol::MAX_BATCH)));
    }
    let mut events = Vec::new();
    let mut answers = Vec::new();
    for trigger in &batch {
        let of_this = trigger.events()?;
        let counts = match of_this.first() {
            Some(event) => describe(&hub, &event.channel, &trigger.info())?,
            None => Map::new(),
        };
        answers.push(counts);
        events.extend(of_this);
    }
    publish(&hub, events)?;
    let asked = batch.iter().any(|trigger| trigger.info.is_some());
    Ok(Json(if asked {
        json!({"batch": answers})
    } else {
        json!({})
    }))
}

/// The attributes of a channel that were asked for.
fn describe(hub: &Hub, channel: &str, wanted: &[&str]) -> Result<Map<String, Value>, Refused> {
    let state = hub.state();
    let mut described = Map::new();
    for attribute in wanted {
        let count = match *attribute {
            "subscription_count" => state.rooms.subscription_count(channel),
            "user_count" if Access::of(channel) == Access::Presence => state.rooms.users(channel).len(),
            "user_count" => return Err(bad("user_count is for presence channels")),
            other => return Err(bad(format!("no such attribute: {other}"))),
        };
        described.insert((*attribute).to_owned(), count.into());
    }
    Ok(described)
}

async fn channels(
    State(hub): State<Hub>,
    Extension(clock): Extension<Clock>,
    Path(app): Path<String>,
    envelope: Envelope,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    envelope.check(&hub, &clock, &app, &body)?;
    let prefix = envelope.param("filter_by_prefix").unwrap_or_default();
    let wanted = envelope.info();
    if wanted.contains(&"user_count") && Access::of(prefix) != Access::Presence {
        return Err(bad("user_count needs filter_by_prefix=presence-"));
    }
    let names: Vec<String> = {
        let state = hub.state();
        state
            .rooms
            .occupied()
            .map(|(name, _)| name)
            .filter(|name| name.starts_with(prefix))
            .map(Into::into)
            .collect()
    };
    let mut listed = Map::new();
    for name in names {
        let described = describe(&hub, &name, &wanted)?;
        listed.insert(name, described.into());
    }
    Ok(Json(json!({"channels": listed})))
}

async fn channel(
    State(hub): State<Hub>,
    Extension(clock): Extension<Clock>,
    Path((app, channel)): Path<(String, String)>,
    envelope: Envelope,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    envelope.check(&hub, &clock, &app, &body)?;
    let mut described = describe(&hub, &channel, &envelope.info())?;
    described.insert(
        "occupied".into(),
        (hub.state().rooms.subscription_count(&channel) > 0).into(),
    );
    Ok(Json(described.into()))
}

async fn users(
    State(hub): State<Hub>,
    Extension(clock): Extension<Clock>,
    Path((app, channel)): Path<(String, String)>,
    envelope: Envelope,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    envelope.check(&hub, &clock, &app, &body)?;
    if Access::of(&channel) != Access::Presence {
        return Err(bad("only presence channels have users"));
    }
    let state = hub.state();
    let users: Vec<Value> = state
        .rooms
        .users(&channel)
        .into_iter()
        .map(|id| json!({"id": id}))
        .collect();
    Ok(Json(json!({"users": users})))
}
