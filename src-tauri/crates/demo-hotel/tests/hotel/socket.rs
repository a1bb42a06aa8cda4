//! A raw WebSocket client of the hub, for tests: it sends and shows every frame as it is.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::common::{Desk, soon};

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) id: String,
}

/// What a socket sees.
#[derive(Debug, PartialEq)]
pub(crate) enum Sight {
    Frame(Value),
    /// A close frame with its code.
    Closed(u16),
    /// The end of the connection, without a word.
    Cut,
}

impl Sight {
    pub(crate) fn frame(self) -> Value {
        match self {
            Self::Frame(frame) => frame,
            other => panic!("a frame was expected, not {other:?}"),
        }
    }
}

impl Socket {
    /// Connects with any path and query.
    pub(crate) async fn dial(desk: &Desk, path: &str) -> Self {
        let url = format!("ws://127.0.0.1:{}{path}", desk.hotel.port());
        let (stream, _) = soon("the dial", connect_async(url)).await.unwrap();
        Self {
            stream,
            id: String::new(),
        }
    }

    /// Connects as clients do.
    pub(crate) async fn open(desk: &Desk) -> Self {
        let mut socket = Self::dial(
            desk,
            &format!("/app/{}?protocol=7&client=test", desk.hotel.pusher_key()),
        )
        .await;
        let hello = socket.next().await.frame();
        assert_eq!(hello["event"], "pusher:connection_established");
        let data: Value = serde_json::from_str(hello["data"].as_str().unwrap()).unwrap();
        socket.id = data["socket_id"].as_str().unwrap().to_owned();
        socket
    }

    pub(crate) async fn on(desk: &Desk, channel: &str) -> Self {
        let mut socket = Self::open(desk).await;
        socket.subscribe(channel).await;
        socket
    }

    /// Subscribes to a public channel.
    pub(crate) async fn subscribe(&mut self, channel: &str) {
        self.send(json!({"event": "pusher:subscribe", "data": {"channel": channel}}))
            .await;
        let answer = self.next().await.frame();
        let expected = "pusher_internal:subscription_succeeded";
        assert_eq!(
            (&answer["event"], &answer["channel"]),
            (&json!(expected), &json!(channel))
        );
    }

    /// Subscribes with a signature, and shows the answer.
    pub(crate) async fn join(&mut self, desk: &Desk, channel: &str, channel_data: Option<&str>) -> Value {
        let auth = desk
            .hotel
            .pusher_app()
            .sign_subscription(&self.id, channel, channel_data);
        let data = json!({"channel": channel, "auth": auth, "channel_data": channel_data});
        self.send(json!({"event": "pusher:subscribe", "data": data}))
            .await;
        self.next().await.frame()
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        soon("a send", self.stream.send(Message::Text(text.into())))
            .await
            .unwrap();
    }

    pub(crate) async fn next(&mut self) -> Sight {
        soon("a frame", self.next_whenever()).await
    }

    /// Without a deadline: for paused clocks, where the deadline would come first.
    pub(crate) async fn next_whenever(&mut self) -> Sight {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Sight::Frame(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Sight::Closed(frame.code.into()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Sight::Cut,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event: its name, and its data parsed.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let frame = self.next().await.frame();
        let data = serde_json::from_str(frame["data"].as_str().unwrap_or("null")).unwrap();
        (frame["event"].as_str().unwrap().to_owned(), data)
    }

    /// Shows that nothing was waiting: the answer to a ping is the next frame.
    pub(crate) async fn is_quiet(&mut self) {
        self.send(json!({"event": "pusher:ping", "data": {}})).await;
        assert_eq!(
            self.next().await.frame()["event"],
            "pusher:pong",
            "nothing but the pong"
        );
    }
}
