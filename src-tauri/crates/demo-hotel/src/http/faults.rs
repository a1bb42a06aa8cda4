//! Around every request: its misfortune, if it has one, its line in the log, and events that wait for its answer.
//!
//! Without a socket (a simulation calling the router) a connection can't be cut: the answer then carries
//! [`AnswerDropped`] in its extensions, and its body breaks off.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http_body::Frame;

use super::{App, body::FieldNames};
use crate::{
    control::{Canned, Effect, Seen},
    hotel::Broadcast,
    net::Wire,
};

/// On an answer that never reaches its client: to be taken for a broken connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerDropped;

/// Events to publish once the answer has left.
#[derive(Clone, Debug)]
pub(super) struct AfterAnswer(pub(super) Vec<Broadcast>);

pub(super) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let wire = request
        .extensions()
        .get::<ConnectInfo<Wire>>()
        .map(|info| info.0.clone());
    if let Some(wire) = &wire {
        request.extensions_mut().insert(wire.clone());
    }
    app.observations().change(|stats| stats.requests_begun += 1);
    let effect = app.faults().effect_on(request.method(), request.uri().path());
    let mut seen = describe(&request);

    let mut answer = meet(effect, request, next, wire.as_ref()).await;

    seen.status = answer
        .extensions()
        .get::<AnswerDropped>()
        .is_none()
        .then(|| answer.status().as_u16());
    if let Some(FieldNames(names)) = answer.extensions_mut().remove() {
        seen.fields = names;
    }
    app.observations().done(seen);
    match answer.extensions_mut().remove() {
        Some(AfterAnswer(broadcasts)) => answer.map(|body| {
            Body::new(Announcing {
                body,
                app,
                broadcasts,
            })
        }),
        None => answer,
    }
}

fn describe(request: &Request) -> Seen {
    let headers: &HeaderMap = request.headers();
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        content_type: text("content-type"),
        authorised: headers.contains_key(header::AUTHORIZATION),
        hotel_id: text("x-hotel-id"),
        hotel_slug: text("x-hotel-slug"),
        status: None,
        fields: Vec::new(),
    }
}

async fn meet(effect: Option<Effect>, request: Request, next: Next, wire: Option<&Wire>) -> Response {
    match effect {
        None => next.run(request).await,
        Some(Effect::DelayBefore(by)) => {
            tokio::time::sleep(by).await;
            next.run(request).await
        }
        Some(Effect::DelayAfter(by)) => {
            let answer = next.run(request).await;
            tokio::time::sleep(by).await;
            answer
        }
        Some(Effect::HoldBefore(gate)) => {
            gate.pass().await;
            next.run(request).await
        }
        Some(Effect::HoldAfter(gate)) => {
            let answer = next.run(request).await;
            gate.pass().await;
            answer
        }
        Some(Effect::DropRequest) => dropped(wire, Response::default()),
        Some(Effect::DropAnswer) => {
            let answer = next.run(request).await;
            dropped(wire, answer)
        }
        Some(Effect::CutBody) => cut_half_way(next.run(request).await).await,
        Some(Effect::SlowBody { piece, pause }) => slow(next.run(request).await, piece, pause).await,
        Some(Effect::Instead(canned)) => {
            // Taken to its end, or a client that is still sending would see a broken pipe and not the answer.
            let _ = axum::body::to_bytes(request.into_body(), usize::MAX).await;
            canned.into_response()
        }
        Some(Effect::InsteadOfAnswer(canned)) => {
            let answer = next.run(request).await;
            let mut instead = canned.into_response();
            // The log still wants the names, and the events still wait for an answer.
            instead.extensions_mut().extend(answer.extensions().clone());
            instead
        }
    }
}

/// Cuts the connection. The answer is still returned, as there must be one: it can't leave any more.
fn dropped(wire: Option<&Wire>, answer: Response) -> Response {
    if let Some(wire) = wire {
        wire.cut();
    }
    let (mut parts, _) = answer.into_parts();
    parts.extensions.insert(AnswerDropped);
    Response::from_parts(
        parts,
        Body::from_stream(stream::iter([Err::<Bytes, _>(broken())])),
    )
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Announces the whole body and sends half of it: the server notices its own broken stream and cuts the connection.
async fn cut_half_way(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return dropped(None, Response::default());
    };
    let half = bytes.slice(..bytes.len() / 2);
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    let rest = stream::once(async {
        // The server sends what it has whenever the body pauses, and nothing of it when the body breaks at once.
        tokio::task::yield_now().await;
        Err(broken())
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(rest)))
}

async fn slow(answer: Response, piece: usize, pause: Duration) -> Response {
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return dropped(None, Response::default());
    };
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let sent = rest.split_to(piece.clamp(1, rest.len()));
        Some((Ok::<_, io::Error>(sent), rest))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

impl IntoResponse for Canned {
    fn into_response(self) -> Response {
        let mut answer = (
            self.status,
            [(header::CONTENT_TYPE, self.content_type)],
            self.body,
        )
            .into_response();
        for (name, value) in self.headers {
            match value.parse() {
                Ok(value) => {
                    answer.headers_mut().insert(name, value);
                }
                Err(_) => {
                    return (StatusCode::INTERNAL_SERVER_ERROR, "a canned header is invalid").into_response();
                }
            }
        }
        answer
    }
}

/// A body that publishes events when it is done with: sent, or given up.
struct Announcing {
    body: Body,
    app: App,
    broadcasts: Vec<Broadcast>,
}

impl HttpBody for Announcing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Announcing {
    fn drop(&mut self) {
        self.app.broadcast(std::mem::take(&mut self.broadcasts));
    }
}
