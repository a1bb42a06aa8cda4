//! What comes in: every form of data, and everything that is no message.

use pusher_client::{Data, Error, Event, Events, FrameError};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data as OpData, OpCode},
    },
};

use crate::support::{connected, find, next, pair, state, subscribed};

async fn message(events: &mut Events) -> Data {
    find(events, "a message", |event| match event {
        Event::Message { data, .. } => Some(data),
        _ => None,
    })
    .await
}

async fn error(events: &mut Events) -> Error {
    find(events, "an error", |event| match event {
        Event::Error(error) => Some(error),
        _ => None,
    })
    .await
}

/// Row 22.
#[tokio::test]
async fn data_in_every_form_is_decoded_and_its_text_kept() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    for (data, text, value) in [
        (json!(r#"{"id":1}"#), Some(r#"{"id":1}"#), json!({"id": 1})),
        (json!({"id": 1}), Some(r#"{"id":1}"#), json!({"id": 1})),
        (json!("plain text"), Some("plain text"), json!("plain text")),
        (json!("42"), Some("42"), json!(42)),
        (json!(null), None, Value::Null),
    ] {
        peer.send(json!({"event": "e", "channel": "c", "data": data}))
            .await;
        let got = message(&mut events).await;
        assert_eq!((got.text(), got.value()), (text, value), "{data}");
    }
    peer.send(json!({"event": "e", "channel": "c"})).await;
    assert_eq!(message(&mut events).await.text(), None, "absent");
}

/// Row 23.
#[tokio::test]
async fn frames_that_are_no_messages_are_errors_and_the_connection_lives() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
    let huge = format!(
        r#"{{"event":"e","channel":"c","data":"{}"}}"#,
        "x".repeat(5 << 20)
    );
    let size = huge.len();

    peer.raw(Message::text("{\"event\":")).await;
    assert!(matches!(
        next(&mut events).await,
        Event::Error(Error::Frame(FrameError::Malformed { .. }))
    ));
    peer.raw(Message::text("{\"channel\":\"c\"}")).await;
    assert_eq!(
        next(&mut events).await,
        Event::Error(Error::Frame(FrameError::NoEvent))
    );
    peer.raw(Message::binary(vec![0, 159])).await;
    assert_eq!(
        next(&mut events).await,
        Event::Error(Error::Frame(FrameError::Binary { size: 2 }))
    );
    peer.raw(Message::text(huge)).await;
    let limit = 1 << 20;
    assert_eq!(
        next(&mut events).await,
        Event::Error(Error::Frame(FrameError::TooLarge { size, limit }))
    );

    peer.event("c", "e", json!({"still": "here"})).await;
    assert_eq!(message(&mut events).await.value(), json!({"still": "here"}));
    assert_eq!(client.state(), connected("1.1"));
}

#[tokio::test]
async fn a_message_at_the_limit_is_accepted() {
    let (_server, mut peer, client, mut events) = pair(|config| config.max_message_size = 4096).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    let frame = |length: usize| {
        let rest = r#"{"event":"e","channel":"c","data":""}"#.len();
        format!(
            r#"{{"event":"e","channel":"c","data":"{}"}}"#,
            "x".repeat(length - rest)
        )
    };
    peer.raw(Message::text(frame(4096))).await;
    assert!(!message(&mut events).await.is_empty());
    peer.raw(Message::text(frame(4097))).await;
    let too_large = FrameError::TooLarge {
        size: 4097,
        limit: 4096,
    };
    assert_eq!(error(&mut events).await, Error::Frame(too_large));
}

/// The hard limit protects memory; reading on past it would mean trusting the length that the server claims.
#[tokio::test]
async fn a_message_over_the_hard_limit_costs_the_connection_and_it_comes_back() {
    let (server, mut peer, client, mut events) = pair(|config| config.max_frame_size = 64 << 10).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    peer.raw(Message::text("x".repeat((64 << 10) + 1))).await;
    assert!(matches!(
        error(&mut events).await,
        Error::Closed { code: None, .. }
    ));
    let mut peer = server.welcome("2.2").await;
    peer.confirm("c").await;
    state(&mut events, connected("2.2")).await;
    subscribed(&mut events, "c").await;
}

/// RFC 6455 wants the connection failed here.
#[tokio::test]
async fn invalid_utf8_costs_the_connection_and_it_comes_back() {
    let (server, mut peer, _client, mut events) = pair(|_| {}).await;
    let frame = Frame::message(vec![b'"', 0xff, b'"'], OpCode::Data(OpData::Text), true);
    peer.raw(Message::Frame(frame)).await;
    assert!(matches!(
        error(&mut events).await,
        Error::Closed { code: None, .. }
    ));
    let _peer = server.welcome("2.2").await;
    state(&mut events, connected("2.2")).await;
}
