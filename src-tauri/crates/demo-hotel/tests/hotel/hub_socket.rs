//! The hub's WebSocket side: rows 1 to 10 and 17 of the contract's table.

use std::time::Duration;

use demo_hotel::{Options, Patience};
use serde_json::{Value, json};

use crate::{
    common::{DEADLINE, Desk, options, soon},
    socket::{Sight, Socket},
};

/// The refusal of a subscription: told with its channel, and the socket stays.
async fn refused(socket: &mut Socket, subscribe: Value) {
    let channel = subscribe["channel"].clone();
    socket
        .send(json!({"event": "pusher:subscribe", "data": subscribe}))
        .await;
    let answer = socket.next().await.frame();
    assert_eq!(
        (&answer["event"], &answer["channel"]),
        (&json!("pusher:subscription_error"), &channel)
    );
    socket.is_quiet().await;
}

#[tokio::test]
async fn row_1_a_valid_key_is_greeted_first_an_unknown_one_is_closed_with_4001() {
    let desk = Desk::open(0).await;
    let socket = Socket::open(&desk).await;
    assert!(
        socket
            .id
            .split_once('.')
            .is_some_and(|(a, b)| a.parse::<u64>().is_ok() && b.parse::<u64>().is_ok())
    );
    let mut newcomer = Socket::dial(
        &desk,
        "/app/app-key?protocol=7&client=js&version=8.6.0&flash=false",
    )
    .await;
    let hello = newcomer.next().await.frame();
    assert_eq!(hello["event"], "pusher:connection_established");
    let data: Value = serde_json::from_str(hello["data"].as_str().unwrap()).unwrap();
    assert_eq!(data["activity_timeout"], 120, "as text that holds JSON");
    let mut stranger = Socket::dial(&desk, "/app/unknown?protocol=7").await;
    let error = stranger.next().await.frame();
    assert_eq!(
        (&error["event"], &error["data"]["code"]),
        (&json!("pusher:error"), &json!(4001))
    );
    assert_eq!(stranger.next().await, Sight::Closed(4001));
    desk.close().await;
}

#[tokio::test]
async fn row_2_a_missing_protocol_is_4008_an_unsupported_one_4007() {
    let desk = Desk::open(0).await;
    for (query, code) in [
        ("", 4008),
        ("?client=js", 4008),
        ("?protocol=3", 4007),
        ("?protocol=8", 4007),
        ("?protocol=x", 4006),
    ] {
        let mut socket = Socket::dial(&desk, &format!("/app/app-key{query}")).await;
        assert_eq!(socket.next().await.frame()["data"]["code"], code, "{query}");
        assert_eq!(socket.next().await, Sight::Closed(code), "{query}");
    }
    desk.close().await;
}

#[tokio::test]
async fn row_3_a_ping_is_answered_with_a_pong() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    for ping in [
        json!({"event": "pusher:ping", "data": {}}),
        json!({"event": "pusher:ping"}),
    ] {
        socket.send(ping).await;
        assert_eq!(socket.next().await.frame()["event"], "pusher:pong");
    }
    desk.close().await;
}

#[tokio::test]
async fn row_4_a_silent_client_is_asked_and_then_closed_with_4201() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert_eq!(socket.next_whenever().await.frame()["event"], "pusher:ping");
    let asked = begun.elapsed();
    assert!(
        (118..=122).contains(&asked.as_secs()),
        "after 120 s of silence, not {asked:?}"
    );
    assert_eq!(socket.next_whenever().await, Sight::Closed(4201));
    let closed = begun.elapsed() - asked;
    assert!(
        (29..=32).contains(&closed.as_secs()),
        "30 s later, not {closed:?}"
    );
    tokio::time::resume();
    desk.close().await;
}

#[tokio::test]
async fn row_4_any_frame_after_the_ping_keeps_the_socket() {
    // Real time: a paused clock jumps ahead while a frame is on its way through the system.
    let patience = Patience {
        silence: Duration::from_millis(50),
        pong: DEADLINE,
    };
    let desk = Desk::start(Options {
        patience,
        ..options(0)
    })
    .await;
    let mut socket = Socket::open(&desk).await;
    for answer in ["pusher:pong", "pusher:ping", "pusher:pong"] {
        assert_eq!(socket.next().await.frame()["event"], "pusher:ping");
        socket.send(json!({"event": answer, "data": {}})).await;
        if answer == "pusher:ping" {
            assert_eq!(socket.next().await.frame()["event"], "pusher:pong");
        }
    }
    assert_eq!(
        socket.next().await.frame()["event"],
        "pusher:ping",
        "asked again instead of closed"
    );
    desk.close().await;
}

#[tokio::test]
async fn row_5_a_public_subscription_succeeds_and_a_second_one_is_an_error_without_code() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    let subscribe = json!({"event": "pusher:subscribe", "data": {"channel": "news"}});
    socket.send(subscribe.clone()).await;
    let expected =
        json!({"event": "pusher_internal:subscription_succeeded", "channel": "news", "data": "{}"});
    assert_eq!(socket.next().await.frame(), expected);
    socket.send(subscribe).await;
    let error = socket.next().await.frame();
    assert_eq!(
        (&error["event"], &error["data"]["code"]),
        (&json!("pusher:error"), &Value::Null)
    );
    desk.control.send_event("news", "hello", r#"{"a":1}"#);
    let expected = json!({"event": "hello", "channel": "news", "data": "{\"a\":1}"});
    assert_eq!(
        socket.next().await.frame(),
        expected,
        "once, although it subscribed twice"
    );
    socket.is_quiet().await;

    socket
        .send(json!({"event": "pusher:unsubscribe", "data": {"channel": "news"}}))
        .await;
    socket.is_quiet().await;
    desk.control.send_event("news", "hello", "{}");
    socket.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn row_6_a_private_subscription_needs_its_signature_and_the_socket_stays() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    refused(&mut socket, json!({"channel": "private-desk"})).await;
    refused(
        &mut socket,
        json!({"channel": "private-desk", "auth": "app-key:00"}),
    )
    .await;
    let of_another = desk
        .hotel
        .pusher_app()
        .sign_subscription("1.1", "private-desk", None);
    refused(
        &mut socket,
        json!({"channel": "private-desk", "auth": of_another}),
    )
    .await;
    let answer = socket.join(&desk, "private-desk", None).await;
    assert_eq!(answer["event"], "pusher_internal:subscription_succeeded");
    desk.close().await;
}

#[tokio::test]
async fn row_7_presence_needs_a_user_and_a_user_joins_once() {
    let desk = Desk::open(0).await;
    let mut anna = Socket::open(&desk).await;
    let auth = desk
        .hotel
        .pusher_app()
        .sign_subscription(&anna.id, "presence-desk", None);
    refused(&mut anna, json!({"channel": "presence-desk", "auth": auth})).await;
    for nobody in ["{}", "[]", "no JSON", r#"{"user_id":""}"#, r#"{"user_id":null}"#] {
        let answer = anna.join(&desk, "presence-desk", Some(nobody)).await;
        assert_eq!(answer["event"], "pusher:subscription_error", "{nobody}");
    }
    let answer = anna
        .join(
            &desk,
            "presence-desk",
            Some(r#"{"user_id":1,"user_info":{"name":"Anna"}}"#),
        )
        .await;
    let data: Value = serde_json::from_str(answer["data"].as_str().unwrap()).unwrap();
    assert_eq!(
        data,
        json!({"presence": {"count": 1, "ids": ["1"], "hash": {"1": {"name": "Anna"}}}})
    );

    let mut phone = Socket::open(&desk).await;
    let mut laptop = Socket::open(&desk).await;
    for socket in [&mut phone, &mut laptop] {
        let answer = socket
            .join(&desk, "presence-desk", Some(r#"{"user_id":"ben"}"#))
            .await;
        assert_eq!(answer["event"], "pusher_internal:subscription_succeeded");
    }
    let (event, data) = anna.event().await;
    assert_eq!(
        (event.as_str(), data["user_id"].as_str()),
        ("pusher_internal:member_added", Some("ben"))
    );
    anna.is_quiet().await;
    drop(phone);
    soon(
        "the phone's end",
        desk.control.wait_until(|seen| seen.sockets == 2),
    )
    .await;
    anna.is_quiet().await;
    drop(laptop);
    let (event, data) = anna.event().await;
    assert_eq!(
        (event.as_str(), data),
        ("pusher_internal:member_removed", json!({"user_id": "ben"}))
    );
    desk.close().await;
}

#[tokio::test]
async fn row_8_a_bad_or_long_channel_name_is_refused() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    for name in ["", "two words", "a/b", "ä", "#a", &"x".repeat(165)] {
        refused(&mut socket, json!({ "channel": name })).await;
    }
    socket
        .send(json!({"event": "pusher:subscribe", "data": {}}))
        .await;
    assert_eq!(socket.next().await.frame()["event"], "pusher:error");
    socket.subscribe(&"x".repeat(164)).await;
    desk.close().await;
}

#[tokio::test]
async fn row_9_client_events_go_to_the_others_and_only_on_joined_private_channels() {
    let desk = Desk::open(0).await;
    let mut sender = Socket::open(&desk).await;
    let mut other = Socket::open(&desk).await;
    let typing = json!({"event": "client-typing", "channel": "private-desk", "data": {"field": "title"}});
    sender.send(typing.clone()).await;
    assert_eq!(
        sender.next().await.frame()["data"]["code"],
        4301,
        "not subscribed"
    );
    sender.join(&desk, "private-desk", None).await;
    other.join(&desk, "private-desk", None).await;
    sender.send(typing.clone()).await;
    assert_eq!(other.next().await.frame(), typing);
    sender.is_quiet().await;

    sender.subscribe("news").await;
    sender
        .send(json!({"event": "client-typing", "channel": "news", "data": {}}))
        .await;
    assert_eq!(
        sender.next().await.frame()["data"]["code"],
        4301,
        "a public channel"
    );
    desk.close().await;
}

#[tokio::test]
async fn row_10_nonsense_is_an_error_and_the_socket_stays_open() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::open(&desk).await;
    for text in [
        "no JSON",
        "[]",
        "{}",
        r#"{"event":7}"#,
        r#"{"event":"pusher:nonsense"}"#,
        "",
    ] {
        socket.send_text(text).await;
        let error = socket.next().await.frame();
        assert_eq!(
            (&error["event"], &error["data"]["code"]),
            (&json!("pusher:error"), &Value::Null),
            "{text}"
        );
    }
    socket.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn row_17_a_shutdown_closes_sockets_with_4200() {
    let desk = Desk::open(0).await;
    let mut sockets = [Socket::open(&desk).await, Socket::on(&desk, "news").await];
    let closing = tokio::spawn(desk.close());
    for socket in &mut sockets {
        assert_eq!(socket.next().await, Sight::Closed(4200));
        // The client's half of the close, which the server waits for a moment.
        assert_eq!(socket.next().await, Sight::Cut);
    }
    soon("the shutdown", closing).await.unwrap();
}
