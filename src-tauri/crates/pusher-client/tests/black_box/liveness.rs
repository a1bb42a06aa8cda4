//! Pings, pongs, silence and sleep.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use pusher_client::{Client, Error, Event, State};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{DEADLINE, Server, connected, find, ms, next, pair, state};

/// Row 18.
#[tokio::test]
async fn silence_is_pinged_at_the_shorter_of_both_limits() {
    for (ours, theirs) in [(ms(150), 120.0), (Duration::from_secs(120), 0.15)] {
        let server = Server::start().await;
        let mut config = server.config();
        config.timings.activity = ours;
        let (_client, mut events) = Client::connect(config);
        let mut peer = server.accept().await;
        let began = Instant::now();
        let data = json!({"socket_id": "1.1", "activity_timeout": theirs});
        peer.send(json!({"event": "pusher:connection_established", "data": data}))
            .await;
        assert_eq!(
            peer.next_json().await,
            json!({"event": "pusher:ping", "data": {}})
        );
        assert!(
            began.elapsed() >= ms(150),
            "{ours:?} and {theirs}: not before its time"
        );
        peer.send(json!({"event": "pusher:pong", "data": "{}"})).await;
        assert_eq!(
            peer.next_json().await["event"],
            "pusher:ping",
            "and again after the pong"
        );
        state(&mut events, connected("1.1")).await;
    }
}

/// Row 19.
#[tokio::test]
async fn a_missing_pong_drops_the_connection_and_dials_at_once() {
    let (server, mut peer, _client, mut events) = pair(|config| {
        config.timings.activity = ms(100);
        config.timings.pong = ms(100);
    })
    .await;
    assert_eq!(peer.next_json().await["event"], "pusher:ping");
    let error = find(&mut events, "an error", |event| match event {
        Event::Error(error) => Some(error),
        _ => None,
    })
    .await;
    assert!(
        matches!(error, Error::PongTimeout { waited } if waited >= ms(100)),
        "{error:?}"
    );
    assert_eq!(
        state(&mut events, State::Connecting).await.retry_in,
        None,
        "at once"
    );
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

/// Row 20.
#[tokio::test]
async fn any_message_after_the_ping_keeps_the_connection() {
    let (_server, mut peer, client, mut events) = pair(|config| {
        config.timings.activity = ms(100);
        config.timings.pong = DEADLINE;
    })
    .await;
    for answer in [
        json!({"event": "anything"}),
        json!({"no": "event"}),
        json!({"event": "pusher:pong"}),
    ] {
        assert_eq!(peer.next_json().await["event"], "pusher:ping");
        peer.send(answer).await;
    }
    assert_eq!(peer.next_json().await["event"], "pusher:ping");
    peer.raw(Message::Ping("sign of life".into())).await;
    assert_eq!(
        peer.next_json().await["event"],
        "pusher:ping",
        "a WebSocket ping counts too"
    );
    assert_eq!(client.state(), connected("1.1"));
    assert!(
        matches!(next(&mut events).await, Event::Error(Error::Frame(_))),
        "only the odd one is told"
    );
    assert_eq!(events.try_next(), None);
}

/// Row 21.
#[tokio::test]
async fn pings_are_answered_at_both_levels() {
    let (_server, mut peer, _client, _events) = pair(|_| {}).await;
    peer.send(json!({"event": "pusher:ping"})).await;
    assert_eq!(
        peer.next_json().await,
        json!({"event": "pusher:pong", "data": {}})
    );
    peer.send(json!({"event": "pusher:ping", "data": "{}"})).await;
    assert_eq!(
        peer.next_json().await,
        json!({"event": "pusher:pong", "data": {}})
    );
    peer.raw(Message::Ping("42".into())).await;
    assert_eq!(peer.next().await, Message::Pong("42".into()));
}

#[tokio::test]
async fn a_check_pings_at_once_and_drops_a_dead_connection_soon() {
    let (server, mut peer, client, mut events) = pair(|config| config.timings.check = ms(100)).await;
    client.check_now().unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:ping");
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}

#[tokio::test]
async fn sleep_is_noticed_and_the_connection_checked_at_once() {
    let slept = Arc::new(AtomicU64::new(0));
    let clock = slept.clone();
    let (_server, mut peer, _client, _events) = pair(move |config| {
        config.timings.sleep_look = ms(20);
        config.wall_clock =
            Arc::new(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::SeqCst)));
    })
    .await;
    peer.expect_silence().await;
    slept.store(3600, Ordering::SeqCst);
    assert_eq!(peer.next_json().await["event"], "pusher:ping");
}

/// Pongs for a server that reads none of them pile up, and there is a bound to that.
#[tokio::test]
async fn a_server_that_asks_and_never_reads_is_given_up_and_dialled_anew() {
    let (server, mut peer, _client, mut events) = pair(|_| {}).await;
    let error = find(&mut events, "an error", |event| match event {
        Event::Error(error) => Some(error),
        _ => None,
    });
    let ((), error) = tokio::join!(peer.flood(json!({"event": "pusher:ping"})), error);
    assert!(matches!(error, Error::Closed { code: None, .. }), "{error:?}");
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}
