//! From dialling to farewell.

use std::time::{Duration, Instant};

use pusher_client::{Client, Config, DialError, Endpoint, Event, RequestError, State};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{
    Away, REQUESTED, Server, config, connected, dial_error, ms, pair, retry_in, state, subscribed, within,
};

#[tokio::test]
async fn connects_and_says_who_it_is() {
    let server = Server::start().await;
    let mut config = server.config();
    config.client = ("my console".into(), "1.2".into());
    let (client, mut events) = Client::connect(config);
    let mut peer = server.accept().await;
    assert_eq!(peer.uri, "/app/app-key?protocol=7&client=my+console&version=1.2");
    assert_eq!(
        state(&mut events, State::Connecting).await.previous,
        State::Initialised
    );
    peer.greet("1.1").await;
    assert_eq!(
        state(&mut events, connected("1.1")).await.previous,
        State::Connecting
    );
    assert_eq!(client.state(), connected("1.1"));
}

/// Rows 3 and 4.
#[tokio::test]
async fn a_greeting_in_either_encoding_and_without_a_timeout_connects() {
    for data in [
        json!({"socket_id": "7.7", "activity_timeout": 120}),
        json!(r#"{"socket_id":"7.7","activity_timeout":120}"#),
        json!({"socket_id": "7.7"}),
    ] {
        let server = Server::start().await;
        let (_client, mut events) = Client::connect(server.config());
        let mut peer = server.accept().await;
        peer.send(json!({"event": "pusher:connection_established", "data": data}))
            .await;
        state(&mut events, connected("7.7")).await;
    }
}

/// Row 15.
#[tokio::test]
async fn without_a_server_it_becomes_unavailable_and_finds_the_server_later() {
    let away = Away::somewhere();
    let mut config = config(away.addr);
    config.timings.unavailable = ms(200);
    let (client, mut events) = Client::connect(config);
    state(&mut events, State::Unavailable).await;
    assert!(
        matches!(dial_error(&mut events).await, DialError::Network(_)),
        "keeps trying"
    );
    assert_eq!(client.state(), State::Unavailable);
    let server = away.open();
    let _peer = server.welcome("2.2").await;
    assert_eq!(
        state(&mut events, connected("2.2")).await.previous,
        State::Unavailable
    );
}

/// Row 15 with the default waits, on tokio's paused clock: the server takes the connection and says nothing.
#[tokio::test(start_paused = true)]
async fn it_runs_on_a_paused_clock_and_ten_seconds_are_ten_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(silent.local_addr().unwrap());
    config.timings = pusher_client::Timings::default();
    let began = tokio::time::Instant::now();
    let (_client, mut events) = Client::connect(config);
    while !matches!(events.next().await, Some(Event::State(change)) if change.current == State::Unavailable) {
    }
    assert_eq!(began.elapsed().as_secs(), 10);
}

/// Row 16.
#[tokio::test]
async fn a_server_that_was_away_is_found_within_the_backoff() {
    let (server, peer, _client, mut events) = pair(|_| {}).await;
    let away = server.leave();
    drop(peer);
    for _ in 0..4 {
        dial_error(&mut events).await;
    }
    let server = away.open();
    let back = Instant::now();
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
    assert!(
        back.elapsed() < ms(8000),
        "the backoff is 200 ms here, it took {:?}",
        back.elapsed()
    );
}

/// Row 17.
#[tokio::test]
async fn disconnecting_while_connecting_aborts_the_attempt() {
    let server = Server::start().await;
    let (client, mut events) = Client::connect(server.config());
    let mut half_open = server.accept_tcp().await;
    client.disconnect().unwrap();
    state(&mut events, REQUESTED).await;
    let mut rest = Vec::new();
    within("the attempt to end", half_open.read_to_end(&mut rest))
        .await
        .ok();
    server.expect_nobody().await;
}

#[tokio::test]
async fn a_requested_disconnect_says_goodbye_and_can_be_taken_back() {
    let (server, mut peer, client, mut events) = pair(|_| {}).await;
    client.disconnect().unwrap();
    assert_eq!(peer.gone().await, Some(1000));
    state(&mut events, REQUESTED).await;
    server.expect_nobody().await;
    client.reconnect_now().unwrap();
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

#[tokio::test]
async fn retry_now_cuts_a_wait_short() {
    let away = Away::somewhere();
    let mut config = config(away.addr);
    config.timings.backoff_base = Duration::from_secs(3600);
    config.timings.backoff_cap = Duration::from_secs(3600);
    let (client, mut events) = Client::connect(config);
    assert!(
        retry_in(&mut events).await > Duration::from_secs(60),
        "the seed gives a long wait"
    );
    let server = away.open();
    client.reconnect_now().unwrap();
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

#[tokio::test]
async fn dropping_the_last_client_says_goodbye_and_ends_the_stream() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    let clone = client.clone();
    drop(client);
    peer.expect_silence().await;
    drop(clone);
    assert_eq!(peer.gone().await, Some(1000));
    state(&mut events, REQUESTED).await;
    assert_eq!(within("the end", events.next()).await, None);
}

#[test]
fn the_stream_ends_with_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (client, mut events) = runtime.block_on(async {
        let (_server, _peer, client, events) = pair(|_| {}).await;
        (client, events)
    });
    drop(runtime);
    while let Some(event) = events.try_next() {
        drop(event);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(within("the end", events.next())), None);
    assert_eq!(client.subscribe("c"), Err(RequestError::Ended));
}

#[tokio::test]
async fn an_address_that_cannot_work_is_failed() {
    let (client, mut events) = Client::connect(Config::new("", Endpoint::Cluster("eu".into())));
    assert!(matches!(dial_error(&mut events).await, DialError::Impossible(_)));
    state(&mut events, State::Failed).await;
    assert_eq!(client.state(), State::Failed);
}

#[tokio::test]
async fn a_server_that_is_no_websocket_is_told_and_retried() {
    let server = Server::start().await;
    let (_client, mut events) = Client::connect(server.config());
    let mut stream = server.accept_tcp().await;
    within("an answer", stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"))
        .await
        .unwrap();
    assert!(matches!(dial_error(&mut events).await, DialError::Handshake(_)));
    drop(stream);
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

#[tokio::test]
async fn a_wait_without_end_is_said_with_the_longest_duration() {
    let (_server, mut peer, client, mut events) = pair(|config| {
        config.timings.activity = Duration::MAX;
        config.timings.unavailable = Duration::MAX;
        config.timings.subscribe = Duration::MAX;
        config.timings.dial = Duration::MAX;
        config.timings.sleep_look = Duration::MAX;
    })
    .await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
}
