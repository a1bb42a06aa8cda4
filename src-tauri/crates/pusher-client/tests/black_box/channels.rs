//! Subscribing, authorising, client events and presence, as a server sees them.

use std::sync::Arc;

use pusher_client::{
    AuthError, AuthRequest, Authorization, Client, Config, Event, Events, NameError, RequestError,
    SubscriptionError, TriggerError,
};
use serde_json::{Value, json};

use crate::support::{Server, connected, find, ms, next, pair, state, subscribed};

/// Signs whatever it is asked, so that the scripted server can see for which socket.
fn with_authorizer(config: &mut Config) {
    config.authorizer = Some(Arc::new(async |request: AuthRequest| {
        let answer = match request.channel.starts_with("presence-") {
            true => json!({"auth": request.form(), "channel_data": r#"{"user_id":"1"}"#}),
            false => json!({"auth": request.form()}),
        };
        Authorization::from_response(200, answer.to_string().as_bytes())
    }));
}

async fn failure(events: &mut Events) -> SubscriptionError {
    find(events, "a failed subscription", |event| match event {
        Event::SubscriptionFailed { error, .. } => Some(error),
        _ => None,
    })
    .await
}

/// Row 24.
#[tokio::test]
async fn an_event_for_a_channel_we_do_not_have_is_dropped() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("ours").unwrap();
    peer.confirm("ours").await;
    subscribed(&mut events, "ours").await;
    peer.event("theirs", "e", json!(1)).await;
    peer.event("ours", "e", json!(2)).await;
    assert!(matches!(next(&mut events).await, Event::Message { channel, .. } if channel == "ours"));
}

/// Row 25.
#[tokio::test]
async fn an_event_before_the_confirmation_is_delivered() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    assert_eq!(
        peer.next_json().await,
        json!({"event": "pusher:subscribe", "data": {"channel": "c"}})
    );
    peer.event("c", "early", json!({})).await;
    peer.succeed("c").await;
    assert!(matches!(next(&mut events).await, Event::Message { event, .. } if event == "early"));
    assert!(matches!(next(&mut events).await, Event::Subscribed { .. }));
}

/// Row 26.
#[tokio::test]
async fn subscribing_twice_sends_one_frame() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
    client.subscribe("c").unwrap();
    peer.expect_silence().await;
}

/// Row 27.
#[tokio::test]
async fn what_is_wanted_offline_is_sent_once_connected() {
    let server = Server::start().await;
    let (client, mut events) = Client::connect(server.config());
    client.subscribe("a").unwrap();
    client.subscribe("b").unwrap();
    let mut peer = server.welcome("1.1").await;
    peer.confirm("a").await;
    peer.confirm("b").await;
    subscribed(&mut events, "b").await;
}

/// Row 28.
#[tokio::test]
async fn unsubscribing_while_pending_waits_for_the_answer_and_subscribing_again_cancels_it() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
    client.unsubscribe("c").unwrap();
    peer.expect_silence().await;
    client.subscribe("c").unwrap();
    peer.expect_silence().await;
    peer.succeed("c").await;
    subscribed(&mut events, "c").await;
    peer.expect_silence().await;

    client.subscribe("d").unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
    client.unsubscribe("d").unwrap();
    peer.expect_silence().await;
    peer.succeed("d").await;
    assert_eq!(
        peer.next_json().await,
        json!({"event": "pusher:unsubscribe", "data": {"channel": "d"}})
    );
    assert_eq!(
        events.try_next(),
        None,
        "nobody was told of a subscription that nobody wants"
    );
}

#[tokio::test]
async fn unsubscribing_tells_the_server_and_stops_the_events() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
    client.unsubscribe("c").unwrap();
    assert_eq!(
        peer.next_json().await,
        json!({"event": "pusher:unsubscribe", "data": {"channel": "c"}})
    );
    peer.event("c", "late", json!({})).await;
    peer.expect_silence().await;
    assert_eq!(events.try_next(), None);
}

/// Row 29.
#[tokio::test]
async fn a_failed_authorisation_is_an_error_of_the_channel_and_the_connection_stays() {
    let (_server, mut peer, client, mut events) = pair(|config| {
        config.authorizer = Some(Arc::new(async |request: AuthRequest| match &*request.channel {
            "private-forbidden" => Authorization::from_response(403, b"{}"),
            "private-html" => Authorization::from_response(200, b"<html>"),
            _ => panic!("an authorizer with a bug"),
        }));
    })
    .await;
    client.subscribe("private-forbidden").unwrap();
    assert_eq!(
        failure(&mut events).await,
        SubscriptionError::Auth(AuthError::Status { status: 403 })
    );
    for channel in ["private-html", "private-bug"] {
        client.subscribe(channel).unwrap();
        let error = failure(&mut events).await;
        assert!(
            matches!(error, SubscriptionError::Auth(AuthError::BadAnswer(_))),
            "{channel}: {error:?}"
        );
    }
    peer.expect_silence().await;
    assert_eq!(client.state(), connected("1.1"));
}

#[tokio::test]
async fn without_an_authorizer_a_private_channel_fails_in_words() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("private-c").unwrap();
    assert_eq!(
        failure(&mut events).await,
        SubscriptionError::Auth(AuthError::NoAuthorizer)
    );
    peer.expect_silence().await;
}

/// Row 30, and what a reconnect means for every channel.
#[tokio::test]
async fn a_reconnect_subscribes_to_everything_again_with_new_authorisations() {
    let (server, mut peer, client, mut events) = pair(with_authorizer).await;
    client.subscribe("private-c").unwrap();
    let frame = peer.next_json().await;
    assert_eq!(frame["data"]["auth"], "socket_id=1.1&channel_name=private-c");
    peer.succeed("private-c").await;
    client.subscribe("public").unwrap();
    peer.confirm("public").await;
    subscribed(&mut events, "public").await;
    peer.close(4200).await;

    let mut peer = server.welcome("2.2").await;
    peer.confirm("public").await;
    let frame = peer.next_json().await;
    assert_eq!(frame["data"]["auth"], "socket_id=2.2&channel_name=private-c");
    peer.succeed("private-c").await;
    state(&mut events, connected("2.2")).await;
    subscribed(&mut events, "public").await;
    subscribed(&mut events, "private-c").await;
}

#[tokio::test]
async fn as_many_channels_as_are_wanted_come_back_with_the_connection() {
    const CHANNELS: usize = 2_000;
    let server = Server::start().await;
    let (client, mut events) = Client::connect(server.config());
    for number in 0..CHANNELS {
        while client.subscribe(&format!("c{number}")) == Err(RequestError::Busy) {
            tokio::task::yield_now().await;
        }
    }
    for socket in ["1.1", "2.2"] {
        let mut peer = server.welcome(socket).await;
        state(&mut events, connected(socket)).await;
        for _ in 0..CHANNELS {
            assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
        }
        peer.expect_silence().await;
    }
}

/// Row 31, and a refusal that names no channel.
#[tokio::test]
async fn a_subscription_without_an_answer_is_an_error_and_is_tried_again() {
    let (_server, mut peer, client, mut events) = pair(|config| config.timings.subscribe = ms(100)).await;
    client.subscribe("c").unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
    peer.error(Value::Null, "refused without saying what").await;
    assert_eq!(
        failure(&mut events).await,
        SubscriptionError::Timeout { waited: ms(100) }
    );
    assert_eq!(
        peer.next_json().await["event"],
        "pusher:unsubscribe",
        "in case only the answer was lost"
    );
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
}

#[tokio::test]
async fn a_refusal_that_names_its_channel_is_told_at_once() {
    let (_server, mut peer, client, mut events) = pair(|_| {}).await;
    client.subscribe("c").unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
    let data = json!({"type": "AuthError", "error": "no", "status": 401});
    peer.send(json!({"event": "pusher:subscription_error", "channel": "c", "data": data}))
        .await;
    let refused = SubscriptionError::Refused {
        status: Some(401),
        message: "no".into(),
    };
    assert_eq!(failure(&mut events).await, refused);
    assert_eq!(client.state(), connected("1.1"));
}

/// Row 32.
#[tokio::test]
async fn a_client_event_that_the_protocol_forbids_is_refused_here() {
    let (_server, mut peer, client, mut events) = pair(with_authorizer).await;
    client.subscribe("private-c").unwrap();
    assert_eq!(peer.next_json().await["event"], "pusher:subscribe");
    peer.succeed("private-c").await;
    subscribed(&mut events, "private-c").await;
    let long_name = format!("client-{}", "e".repeat(194));
    let too_long = NameError::TooLong {
        length: 201,
        limit: 200,
    };
    for (channel, event, expected) in [
        ("private-c", "update", TriggerError::NotAClientEvent),
        ("public", "client-e", TriggerError::PublicChannel),
        ("private-other", "client-e", TriggerError::NotSubscribed),
        ("private-c", long_name.as_str(), TriggerError::Name(too_long)),
        (
            "private c",
            "client-e",
            TriggerError::Name(NameError::Character(' ')),
        ),
    ] {
        assert_eq!(
            client.trigger(channel, event, &json!({})).await,
            Err(expected),
            "{event} on {channel}"
        );
    }
    let too_large = TriggerError::TooLarge {
        size: 10_241,
        limit: 10_240,
    };
    let text = |size: usize| "x".repeat(size - 2);
    assert_eq!(
        client.trigger("private-c", "client-e", &text(10_241)).await,
        Err(too_large)
    );
    peer.expect_silence().await;

    client
        .trigger("private-c", "client-e", &text(10_240))
        .await
        .unwrap();
    assert_eq!(
        peer.next_json().await["data"],
        text(10_240),
        "the limit itself is fine"
    );
    client
        .trigger("private-c", "client-typing", &json!({"who": 1}))
        .await
        .unwrap();
    let expected = json!({"event": "client-typing", "channel": "private-c", "data": {"who": 1}});
    assert_eq!(peer.next_json().await, expected);
}

#[tokio::test]
async fn the_eleventh_client_event_in_a_second_is_refused_here() {
    let (_server, mut peer, client, mut events) = pair(with_authorizer).await;
    client.subscribe("private-c").unwrap();
    peer.next_json().await;
    peer.succeed("private-c").await;
    subscribed(&mut events, "private-c").await;
    let mut outcomes = Vec::new();
    for n in 0..11 {
        outcomes.push(client.trigger("private-c", "client-e", &n).await);
    }
    let last = outcomes.pop().unwrap();
    assert!(
        matches!(last, Err(TriggerError::TooMany { retry_in }) if retry_in <= ms(1000)),
        "{last:?}"
    );
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    for n in 0..10 {
        assert_eq!(peer.next_json().await["data"], n);
    }
    peer.expect_silence().await;
}

/// Row 33.
#[tokio::test]
async fn presence_members_are_kept_and_start_anew_after_a_reconnect() {
    const ROOM: &str = "presence-room";
    let (server, mut peer, client, mut events) = pair(with_authorizer).await;
    let ids = |client: &Client| client.members(ROOM).iter().map(|m| m.user_id).collect::<Vec<_>>();
    let welcome = |hash: Value| {
        let data = json!({"presence": {"hash": hash}}).to_string();
        json!({"event": "pusher_internal:subscription_succeeded", "channel": ROOM, "data": data})
    };
    client.subscribe(ROOM).unwrap();
    let frame = peer.next_json().await;
    assert_eq!(
        frame["data"]["channel_data"], r#"{"user_id":"1"}"#,
        "the exact bytes that were signed"
    );
    assert_eq!(ids(&client), [""; 0], "nobody yet");
    peer.send(welcome(json!({"1": {"name": "Ann"}}))).await;
    subscribed(&mut events, ROOM).await;
    assert_eq!(
        (ids(&client), client.members(ROOM).me()),
        (vec!["1".to_owned()], Some("1"))
    );

    let bob = json!({"user_id": 2, "user_info": {"name": "Bob"}});
    for _ in 0..2 {
        peer.event(ROOM, "pusher_internal:member_added", bob.clone())
            .await;
    }
    peer.event(ROOM, "pusher_internal:member_removed", json!({"user_id": "9"}))
        .await;
    peer.event(ROOM, "pusher_internal:member_removed", json!({"user_id": "1"}))
        .await;
    assert!(matches!(next(&mut events).await, Event::MemberAdded { member, .. } if member.user_id == "2"));
    assert!(matches!(next(&mut events).await, Event::MemberRemoved { member, .. } if member.user_id == "1"));
    assert_eq!(ids(&client), ["2"]);

    let from_bob = json!({"event": "client-e", "channel": ROOM, "data": {}, "user_id": "2"});
    peer.send(from_bob).await;
    assert!(matches!(next(&mut events).await, Event::Message { user_id: Some(id), .. } if id == "2"));

    peer.close(4200).await;
    let mut peer = server.welcome("2.2").await;
    peer.next_json().await;
    state(&mut events, connected("2.2")).await;
    assert!(
        client.members(ROOM).is_empty(),
        "whoever was there before may be gone"
    );
    peer.send(welcome(json!({"3": null}))).await;
    subscribed(&mut events, ROOM).await;
    assert_eq!(ids(&client), ["3"]);
}

#[tokio::test]
async fn a_bad_channel_name_is_refused_here() {
    let (_server, mut peer, client, _events) = pair(|_| {}).await;
    let long = "c".repeat(165);
    for (name, error) in [
        ("", NameError::Empty),
        ("a/b", NameError::Character('/')),
        (
            long.as_str(),
            NameError::TooLong {
                length: 165,
                limit: 164,
            },
        ),
        ("private-encrypted-c", NameError::Encrypted),
    ] {
        assert_eq!(client.subscribe(name), Err(RequestError::Name(error)));
    }
    peer.expect_silence().await;
}
