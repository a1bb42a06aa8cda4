//! One WebSocket client: `/app/{key}`.
//!
//! The handshake's key and protocol are judged after the upgrade, since the client only understands close codes.
//! Then three things can happen: a frame comes, a frame is to be sent, the hub ends it. Silence is answered with a
//! ping, and a missing pong with 4201.

use std::{borrow::Cow, time::Duration};

use axum::{
    Extension, Router,
    extract::{
        Path, RawQuery, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::time::{Instant, timeout};

use super::{
    Ending, Hub, Seat,
    protocol::{self, close},
};
use crate::net::Wire;

/// Bytes of one message from a client: far above any event, far below what hurts.
const MAX_MESSAGE: usize = 1 << 20;
/// How long a frame may take to leave, and the other side's half of a close.
const SEND_LIMIT: Duration = Duration::from_secs(10);
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(hub: &Hub) -> Router<S> {
    Router::new()
        .route("/app/{key}", get(upgrade))
        .with_state(hub.clone())
}

async fn upgrade(
    State(hub): State<Hub>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    wire: Option<Extension<Wire>>,
    socket: WebSocketUpgrade,
) -> Response {
    if !hub.is_running() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let refusal = judge(&hub, &key, query.as_deref().unwrap_or_default());
    let wire = wire.map(|Extension(wire)| wire);
    socket
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(async move |socket| match refusal {
            Some((code, message)) => refuse(socket, code, &message).await,
            None => serve(socket, hub.enter(wire)).await,
        })
}

fn judge(hub: &Hub, key: &str, query: &str) -> Option<(u16, Cow<'static, str>)> {
    if key != hub.app().key {
        return Some((
            close::UNKNOWN_KEY,
            format!("App key {key} not in this cluster").into(),
        ));
    }
    let protocol = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "protocol");
    match protocol.map(|(_, version)| version.parse::<u32>()) {
        None => Some((close::NO_VERSION, "No protocol version supplied".into())),
        Some(Err(_)) => Some((close::BAD_VERSION, "Invalid version string format".into())),
        Some(Ok(protocol::PROTOCOL)) => None,
        Some(Ok(_)) => Some((close::UNSUPPORTED_VERSION, "Unsupported protocol version".into())),
    }
}

async fn refuse(mut socket: WebSocket, code: u16, message: &str) {
    if socket
        .send(Message::Text(protocol::error(Some(code), message).into()))
        .await
        .is_ok()
    {
        end(socket, code, message).await;
    }
}

async fn serve(mut socket: WebSocket, mut seat: Seat) {
    let patience = seat.hub.0.patience;
    let hello = protocol::established(seat.id, patience.silence.as_secs().max(1));
    if socket.send(Message::Text(hello.into())).await.is_err() {
        return;
    }
    let mut deadline = Instant::now() + patience.silence;
    let mut asked = false;
    let Ending { code, reason } = loop {
        tokio::select! {
            biased;
            // Copied out at once: the guard may not live across the other arms.
            ended = async { seat.ending.wait_for(Option::is_some).await.ok().and_then(|ended| *ended) } => match ended {
                Some(ending) => break ending,
                None => return,
            },
            message = socket.recv() => {
                match message {
                    Some(Ok(Message::Text(text))) => seat.hub.receive(seat.id, &text),
                    Some(Ok(Message::Binary(_))) => seat.hub.receive(seat.id, ""),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                }
                deadline = Instant::now() + patience.silence;
                asked = false;
            }
            Some(frame) = seat.frames.recv() => {
                match timeout(SEND_LIMIT, socket.send(Message::Text(frame))).await {
                    Ok(Ok(())) => {}
                    _ => return,
                }
            }
            () = tokio::time::sleep_until(deadline) => {
                if asked {
                    break Ending { code: close::NO_PONG, reason: "Pong reply not received in time" };
                }
                if socket.send(Message::Text(protocol::PING.into())).await.is_err() {
                    return;
                }
                deadline = Instant::now() + patience.pong;
                asked = true;
            }
        }
    };
    end(socket, code, reason).await;
}

/// Sends the close frame and waits a moment for the other side's, so that it is read before the connection goes.
async fn end(mut socket: WebSocket, code: u16, reason: &str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    let _ = timeout(CLOSE_LIMIT, async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    })
    .await;
}
