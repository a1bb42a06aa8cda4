//! How a connection fails or ends, and when the client comes back.

use std::time::{Duration, Instant};

use pusher_client::{Client, DialError, Error, Event, State};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Server, connected, dial_error, find, ms, next, pair, refused, retry_in, state, within};

/// Row 5.
#[tokio::test]
async fn another_first_event_is_an_error_and_the_next_attempt_connects() {
    let server = Server::start().await;
    let (_client, mut events) = Client::connect(server.config());
    let mut odd = server.accept().await;
    odd.send(json!({"event": "welcome", "data": {}})).await;
    let event = find(&mut events, "an error", |event| match event {
        Event::Error(Error::UnexpectedGreeting { event }) => Some(event),
        _ => None,
    })
    .await;
    assert_eq!(event, "welcome");
    odd.gone().await;
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

/// Row 6.
#[tokio::test]
async fn a_first_error_ends_the_trying_or_delays_it_like_its_close_code() {
    let server = Server::start().await;
    let (_client, mut events) = Client::connect(server.config());
    let mut peer = server.accept().await;
    peer.error(json!(4001), "unknown key").await;
    state(&mut events, refused(4001, "unknown key")).await;
    server.expect_nobody().await;

    let server = Server::start().await;
    let (_client, mut events) = Client::connect(server.config());
    let mut peer = server.accept().await;
    peer.error(json!(4100), "full").await;
    assert!(retry_in(&mut events).await >= ms(40), "the configured second");
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

/// Row 7.
#[tokio::test]
async fn code_4000_makes_the_next_attempt_speak_tls() {
    let (server, mut peer, _client, _events) = pair(|_| {}).await;
    peer.close(4000).await;
    let mut stream = server.accept_tcp().await;
    let first = within("a first byte", stream.read_u8()).await.unwrap();
    assert_eq!(first, 0x16, "a TLS handshake record");
}

/// Row 8.
#[tokio::test]
async fn codes_4001_and_4099_are_obeyed_until_the_user_asks() {
    for code in [4001, 4099] {
        let (server, mut peer, client, mut events) = pair(|_| {}).await;
        peer.close(code).await;
        state(&mut events, refused(code, "scripted")).await;
        server.expect_nobody().await;
        client.reconnect_now().unwrap();
        let _peer = server.welcome("2.2").await;
        state(&mut events, connected("2.2")).await;
    }
}

/// Row 9.
#[tokio::test]
async fn codes_4100_and_4199_come_back_after_the_least_wait() {
    for code in [4100, 4199] {
        let (server, mut peer, _client, mut events) = pair(|_| {}).await;
        let closed = Instant::now();
        peer.close(code).await;
        assert!(retry_in(&mut events).await >= ms(40), "{code}");
        let _peer = server.welcome("2.2").await;
        assert!(closed.elapsed() >= ms(40), "{code} came back early");
    }
}

/// Row 10.
#[tokio::test]
async fn codes_4200_and_4299_come_back_at_once_and_the_second_time_with_a_wait() {
    for code in [4200, 4299] {
        let (server, mut peer, _client, mut events) = pair(|_| {}).await;
        peer.close(code).await;
        let change = state(&mut events, State::Connecting).await;
        assert_eq!(change.retry_in, None, "{code} does not wait");
        let mut peer = server.welcome("2.2").await;
        state(&mut events, connected("2.2")).await;
        peer.close(code).await;
        let change = state(&mut events, State::Connecting).await;
        assert!(change.retry_in.is_some(), "{code} again waits");
        let _peer = server.welcome("3.3").await;
        state(&mut events, connected("3.3")).await;
    }
}

/// Row 11. Codes 1004 to 1006 cannot be sent in a frame; 1006 is a cut.
#[tokio::test]
async fn other_codes_and_a_cut_come_back_after_a_backoff() {
    for code in [
        Some(4301),
        Some(1000),
        Some(1001),
        Some(1002),
        Some(1003),
        Some(1011),
        None,
    ] {
        let (server, mut peer, _client, mut events) = pair(|_| {}).await;
        match code {
            Some(code) => peer.close(code).await,
            None => drop(peer),
        }
        let change = state(&mut events, State::Connecting).await;
        assert!(
            change.retry_in.is_some_and(|wait| wait <= ms(40)),
            "{code:?}: {change:?}"
        );
        let _peer = server.welcome("2.2").await;
        state(&mut events, connected("2.2")).await;
    }
}

/// Row 12.
#[tokio::test]
async fn an_error_and_the_close_of_the_same_code_are_told_once() {
    let (_server, mut peer, _client, mut events) = pair(|_| {}).await;
    peer.error(json!(4003), "disabled").await;
    peer.close(4003).await;
    let error = Error::Server {
        code: Some(4003),
        message: "disabled".into(),
    };
    assert_eq!(next(&mut events).await, Event::Error(error));
    match next(&mut events).await {
        Event::State(change) => assert_eq!(change.current, refused(4003, "disabled")),
        other => panic!("told twice: {other:?}"),
    }
}

/// Rows 13 and 14.
#[tokio::test]
async fn an_error_inside_a_connection_is_told_and_changes_nothing() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    for (code, expected) in [(json!(4001), Some(4001)), (json!(null), None)] {
        peer.error(code, "words").await;
        let error = Error::Server {
            code: expected,
            message: "words".into(),
        };
        assert_eq!(next(&mut events).await, Event::Error(error));
    }
    peer.expect_silence().await;
    assert_eq!(client.state(), connected("1.1"));
    assert_eq!(events.try_next(), None, "nothing else happened");
}

/// Row 34.
#[tokio::test]
async fn a_429_on_the_upgrade_is_obeyed_for_as_long_as_it_says() {
    let server = Server::start().await;
    let (_client, mut events) = Client::connect(server.config());
    let mut stream = server.accept_tcp().await;
    let mut request = [0; 4096];
    within("a request", stream.read(&mut request)).await.unwrap();
    let answer = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    let refused = Instant::now();
    within("an answer", stream.write_all(answer.as_bytes()))
        .await
        .unwrap();
    let error = DialError::Http {
        status: 429,
        retry_after: Some(Duration::from_secs(1)),
    };
    assert_eq!(dial_error(&mut events).await, error);
    assert!(retry_in(&mut events).await >= Duration::from_secs(1));
    let _peer = server.welcome("2.2").await;
    assert!(refused.elapsed() >= Duration::from_secs(1), "came back early");
}
