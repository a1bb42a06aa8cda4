//! A scripted Pusher server: a listener of its own port, and peers that say exactly what a test tells them to.

use std::{future::Future, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use pusher_client::{
    Client, Config, DialError, DisconnectReason, Endpoint, Error, Event, Events, State, StateChange,
};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::CloseFrame,
    },
};

/// No await in a test lasts longer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// Long enough for something unwanted on loopback to show up, and the only kind of wait that is not for
/// something.
pub(crate) const QUIET: Duration = Duration::from_millis(150);

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("nothing within {DEADLINE:?}: {what}"),
    }
}

pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) addr: SocketAddr,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        Self { listener, addr }
    }

    /// Goes away. Its address is kept: dialling is refused, and nobody else is given it.
    pub(crate) fn leave(self) -> Away {
        let addr = self.addr;
        drop(self);
        Away::at(addr)
    }

    /// A configuration that dials this server, with waits that suit a test.
    pub(crate) fn config(&self) -> Config {
        config(self.addr)
    }

    pub(crate) async fn accept_tcp(&self) -> TcpStream {
        within("a connection", self.listener.accept()).await.unwrap().0
    }

    /// The next connection, upgraded but not greeted.
    pub(crate) async fn accept(&self) -> Peer {
        let stream = self.accept_tcp().await;
        let mut uri = String::new();
        #[expect(clippy::result_large_err, reason = "the library's signature")]
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            uri = request.uri().to_string();
            Ok(response)
        };
        let socket = within("an upgrade", accept_hdr_async(stream, note))
            .await
            .unwrap();
        Peer { socket, uri }
    }

    /// The next connection, greeted.
    pub(crate) async fn welcome(&self, socket_id: &str) -> Peer {
        let mut peer = self.accept().await;
        peer.greet(socket_id).await;
        peer
    }

    /// Panics if anybody comes.
    pub(crate) async fn expect_nobody(&self) {
        assert!(
            timeout(QUIET, self.listener.accept()).await.is_err(),
            "nobody should dial"
        );
    }
}

/// An address at which nobody listens.
pub(crate) struct Away {
    socket: TcpSocket,
    pub(crate) addr: SocketAddr,
}

impl Away {
    pub(crate) fn somewhere() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap())
    }

    fn at(addr: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(addr).unwrap();
        let addr = socket.local_addr().unwrap();
        Self { socket, addr }
    }

    /// The server comes, or comes back.
    pub(crate) fn open(self) -> Server {
        Server {
            listener: self.socket.listen(16).unwrap(),
            addr: self.addr,
        }
    }
}

pub(crate) fn config(addr: SocketAddr) -> Config {
    let endpoint = Endpoint::Host {
        host: addr.ip().to_string(),
        port: Some(addr.port()),
    };
    let mut config = Config::new("app-key", endpoint);
    config.tls = false;
    config.seed = Some(7);
    config.timings.backoff_base = ms(40);
    config.timings.backoff_cap = ms(200);
    config
}

pub(crate) struct Peer {
    socket: WebSocketStream<TcpStream>,
    pub(crate) uri: String,
}

impl Peer {
    pub(crate) async fn greet(&mut self, socket_id: &str) {
        let data = json!({"socket_id": socket_id, "activity_timeout": 120}).to_string();
        self.send(json!({"event": "pusher:connection_established", "data": data}))
            .await;
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        within("a write", self.socket.send(message)).await.unwrap();
    }

    /// Sends as many messages as are taken, reading nothing, until the client has had enough.
    pub(crate) async fn flood(&mut self, message: Value) {
        let message = Message::text(message.to_string());
        // Each is answered, some ten thousand times, until the client's answers fill what the system holds for a reader.
        let flood = async { while self.socket.send(message.clone()).await.is_ok() {} };
        let ended = timeout(6 * DEADLINE, flood).await;
        assert!(ended.is_ok(), "the client should give up");
    }

    /// An event on a channel, its data doubly encoded as servers do.
    pub(crate) async fn event(&mut self, channel: &str, event: &str, data: Value) {
        self.send(json!({"event": event, "channel": channel, "data": data.to_string()}))
            .await;
    }

    pub(crate) async fn succeed(&mut self, channel: &str) {
        let event = "pusher_internal:subscription_succeeded";
        self.send(json!({"event": event, "channel": channel, "data": "{}"}))
            .await;
    }

    pub(crate) async fn error(&mut self, code: Value, message: &str) {
        self.send(json!({"event": "pusher:error", "data": {"code": code, "message": message}}))
            .await;
    }

    pub(crate) async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "scripted".into(),
        };
        within("a close", self.socket.close(Some(frame))).await.unwrap();
    }

    /// What the client says next.
    pub(crate) async fn next(&mut self) -> Message {
        within("a frame from the client", self.socket.next())
            .await
            .expect("the client left")
            .unwrap()
    }

    pub(crate) async fn next_json(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// Reads a subscription and confirms it.
    pub(crate) async fn confirm(&mut self, channel: &str) {
        let frame = self.next_json().await;
        assert_eq!(frame["event"], "pusher:subscribe", "{frame}");
        assert_eq!(frame["data"]["channel"], channel, "{frame}");
        self.succeed(channel).await;
    }

    /// Panics if the client says anything but an answer to the ping that follows. A ping is answered in order,
    /// so this needs no waiting.
    pub(crate) async fn expect_silence(&mut self) {
        self.send(json!({"event": "pusher:ping"})).await;
        assert_eq!(
            self.next_json().await,
            json!({"event": "pusher:pong", "data": {}}),
            "should be silent"
        );
    }

    /// Waits until the client closes or drops the socket.
    pub(crate) async fn gone(&mut self) -> Option<u16> {
        within("the client to leave", async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }
}

pub(crate) async fn next(events: &mut Events) -> Event {
    within("an event", events.next()).await.expect("the stream ended")
}

/// The next event that `pick` takes, skipping others.
pub(crate) async fn find<T>(events: &mut Events, what: &str, pick: impl Fn(Event) -> Option<T>) -> T {
    within(what, async {
        loop {
            let event = events.next().await.expect("the stream ended");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    })
    .await
}

pub(crate) async fn state(events: &mut Events, wanted: State) -> StateChange {
    find(events, &format!("{wanted:?}"), |event| match event {
        Event::State(change) if change.current == wanted => Some(change),
        _ => None,
    })
    .await
}

pub(crate) fn connected(socket_id: &str) -> State {
    State::Connected {
        socket_id: socket_id.into(),
    }
}

pub(crate) async fn subscribed(events: &mut Events, wanted: &str) {
    find(events, &format!("subscribed to {wanted}"), |event| match event {
        Event::Subscribed { channel } if channel == wanted => Some(()),
        _ => None,
    })
    .await;
}

/// A server, a client connected to it as `1.1`, and what belongs to them.
pub(crate) async fn pair(adapt: impl FnOnce(&mut Config)) -> (Server, Peer, Client, Events) {
    let server = Server::start().await;
    let mut config = server.config();
    adapt(&mut config);
    let (client, mut events) = Client::connect(config);
    let peer = server.welcome("1.1").await;
    state(&mut events, connected("1.1")).await;
    (server, peer, client, events)
}

pub(crate) fn refused(code: u16, message: &str) -> State {
    State::Disconnected {
        reason: DisconnectReason::Refused {
            code,
            message: message.into(),
        },
    }
}

pub(crate) const REQUESTED: State = State::Disconnected {
    reason: DisconnectReason::Requested,
};

pub(crate) async fn dial_error(events: &mut Events) -> DialError {
    find(events, "a failed attempt", |event| match event {
        Event::Error(Error::Dial(error)) => Some(error),
        _ => None,
    })
    .await
}

pub(crate) async fn retry_in(events: &mut Events) -> Duration {
    find(events, "a wait", |event| match event {
        Event::State(change) => change.retry_in,
        _ => None,
    })
    .await
}
