//! The rules of subscriptions on made-up time. "Row" refers to the table in `tests/README.md`.

use serde_json::{Value, json};

use super::*;
use crate::{data::Data, presence::Member};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn name(channel: &str) -> ChannelName {
    ChannelName::parse(channel).unwrap()
}

/// Channels and a clock that only moves when told.
struct Bench {
    channels: Channels,
    now: Instant,
}

impl Bench {
    fn offline() -> Self {
        let backoff = Backoff::new(secs(1), secs(30), 7);
        Self {
            channels: Channels::new(secs(10), backoff),
            now: Instant::now(),
        }
    }

    fn online() -> Self {
        let mut bench = Self::offline();
        assert_eq!(bench.channels.joined("1.1".into(), bench.now), []);
        bench
    }

    fn subscribed(channel: &str) -> Self {
        let mut bench = Self::online();
        bench.subscribe(channel);
        if name(channel).kind() != ChannelKind::Public {
            bench.channels.authorized(0, authorization(None), bench.now);
        }
        bench.succeed(channel);
        bench
    }

    fn subscribe(&mut self, channel: &str) -> Vec<Action> {
        self.channels.subscribe(name(channel), self.now)
    }

    fn unsubscribe(&mut self, channel: &str) -> Vec<Action> {
        self.channels.unsubscribe(&name(channel))
    }

    fn deliver(&mut self, channel: &str, news: ChannelNews) -> Vec<Action> {
        self.channels.deliver(
            ChannelFrame {
                channel: channel.into(),
                news,
            },
            self.now,
        )
    }

    fn succeed(&mut self, channel: &str) -> Vec<Action> {
        self.deliver(channel, ChannelNews::Succeeded { members: Vec::new() })
    }

    fn trigger(&mut self, channel: &str) -> Result<String, TriggerError> {
        let data = RawValue::from_string("{}".into()).unwrap();
        self.channels.trigger(&name(channel), "client-e", &data, self.now)
    }

    /// Goes to the next deadline and ticks.
    fn tick(&mut self) -> Vec<Action> {
        self.now = self.channels.deadline().expect("a timer should run");
        self.channels.tick(self.now)
    }

    fn members(&self, channel: &str) -> Vec<(String, Value)> {
        let members = &self.channels.wanted[channel].members;
        members
            .iter()
            .map(|member| (member.user_id, member.user_info))
            .collect()
    }
}

fn authorization(channel_data: Option<&str>) -> Result<Authorization, AuthError> {
    Ok(Authorization {
        auth: "k:s".into(),
        channel_data: channel_data.map(str::to_owned),
    })
}

fn sub(channel: &str) -> Action {
    Action::Send(protocol::subscribe(channel, None))
}

fn unsub(channel: &str) -> Action {
    Action::Send(protocol::unsubscribe(channel))
}

fn message(event: &str) -> ChannelNews {
    ChannelNews::Message {
        event: event.into(),
        data: Data::default(),
        user_id: None,
    }
}

fn confirmed(channel: &str) -> Action {
    Action::Report(Event::Subscribed {
        channel: name(channel),
    })
}

fn failure(actions: &[Action]) -> Option<SubscriptionError> {
    actions.iter().find_map(|action| match action {
        Action::Report(Event::SubscriptionFailed { error, .. }) => Some(error.clone()),
        _ => None,
    })
}

fn member(id: &str, info: Value) -> Member {
    Member::new(id.into(), info)
}

/// Row 24.
#[test]
fn an_event_for_a_channel_that_nobody_wants_is_dropped() {
    let mut bench = Bench::subscribed("ours");
    for news in [
        message("e"),
        ChannelNews::Succeeded { members: Vec::new() },
        ChannelNews::Refused {
            status: None,
            message: "no".into(),
        },
        ChannelNews::MemberAdded(member("1", Value::Null)),
        ChannelNews::MemberRemoved { user_id: "1".into() },
    ] {
        assert_eq!(bench.deliver("theirs", news), []);
    }
    bench.unsubscribe("ours");
    assert_eq!(
        bench.deliver("ours", message("late")),
        [],
        "also right after leaving"
    );
}

/// Row 25.
#[test]
fn an_event_before_the_confirmation_is_delivered() {
    let mut bench = Bench::online();
    bench.subscribe("c");
    let actions = bench.deliver("c", message("early"));
    assert!(matches!(&actions[..], [Action::Report(Event::Message { event, .. })] if event == "early"));
    assert_eq!(bench.succeed("c"), [confirmed("c")]);
}

/// Row 26.
#[test]
fn subscribing_twice_sends_one_frame() {
    let mut bench = Bench::online();
    assert_eq!(bench.subscribe("c"), [sub("c")]);
    assert_eq!(bench.subscribe("c"), [], "while pending");
    bench.succeed("c");
    assert_eq!(bench.subscribe("c"), [], "when subscribed");
    let mut bench = Bench::online();
    assert_eq!(bench.subscribe("private-c").len(), 1);
    assert_eq!(bench.subscribe("private-c"), [], "while authorising");
}

/// Row 27.
#[test]
fn what_was_wanted_offline_is_subscribed_to_once_connected() {
    let mut bench = Bench::offline();
    assert_eq!(bench.subscribe("b"), []);
    assert_eq!(bench.subscribe("a"), []);
    assert_eq!(bench.subscribe("gone"), []);
    assert_eq!(
        bench.unsubscribe("gone"),
        [],
        "nobody was told, so nobody needs to be"
    );
    assert_eq!(
        bench.channels.joined("1.1".into(), bench.now),
        [sub("a"), sub("b")]
    );
}

/// Row 28.
#[test]
fn unsubscribing_while_pending_waits_for_the_answer_and_subscribing_again_cancels_it() {
    let mut bench = Bench::online();
    bench.subscribe("c");
    assert_eq!(bench.unsubscribe("c"), [], "not yet");
    assert_eq!(
        bench.deliver("c", message("e")),
        [],
        "but nobody listens any more"
    );
    assert_eq!(
        bench.succeed("c"),
        [unsub("c")],
        "undone once the server has answered"
    );
    assert_eq!(bench.subscribe("c"), [sub("c")], "a fresh start");

    let mut bench = Bench::online();
    bench.subscribe("c");
    bench.unsubscribe("c");
    assert_eq!(bench.subscribe("c"), [], "the first request still stands");
    assert_eq!(bench.succeed("c"), [confirmed("c")], "and was not undone");
}

#[test]
fn a_cancelled_subscription_ends_with_a_refusal_a_timeout_or_the_connection() {
    let cancelled = || {
        let mut bench = Bench::online();
        bench.subscribe("c");
        bench.unsubscribe("c");
        bench
    };
    let mut bench = cancelled();
    assert_eq!(
        bench.deliver(
            "c",
            ChannelNews::Refused {
                status: None,
                message: "no".into()
            }
        ),
        []
    );
    assert!(bench.channels.wanted.is_empty(), "refused anyway");
    let mut bench = cancelled();
    assert_eq!(bench.tick(), [unsub("c")], "in case only the answer was lost");
    assert!(bench.channels.wanted.is_empty());
    let mut bench = cancelled();
    assert_eq!(bench.channels.left(), []);
    assert_eq!(
        bench.channels.joined("1.2".into(), bench.now),
        [],
        "not wanted any more"
    );
}

/// Row 29.
#[test]
fn a_failed_authorisation_is_an_error_of_the_channel() {
    for error in [
        AuthError::Status { status: 403 },
        AuthError::BadAnswer("<html>".into()),
        AuthError::NoAuthorizer,
    ] {
        let mut bench = Bench::online();
        bench.subscribe("private-c");
        let actions = bench.channels.authorized(0, Err(error.clone()), bench.now);
        assert_eq!(failure(&actions), Some(SubscriptionError::Auth(error.clone())));
        assert_eq!(actions.len(), 1, "and nothing is sent");
        assert_eq!(bench.channels.deadline(), None, "{error} does not pass by itself");
        assert!(
            matches!(
                bench.subscribe("private-c")[..],
                [Action::Authorize { ticket: 1, .. }]
            ),
            "but one may ask again"
        );
    }
    let mut bench = Bench::online();
    bench.subscribe("private-c");
    bench
        .channels
        .authorized(0, Err(AuthError::Unreachable("offline".into())), bench.now);
    assert!(
        matches!(bench.tick()[..], [Action::Authorize { ticket: 1, .. }]),
        "a network comes back"
    );
}

/// Row 30.
#[test]
fn every_connection_needs_a_new_authorisation_with_its_own_socket_id() {
    let ask = |ticket, socket_id: &str| Action::Authorize {
        ticket,
        request: AuthRequest {
            socket_id: socket_id.into(),
            channel: "private-c".into(),
        },
    };
    let mut bench = Bench::online();
    assert_eq!(bench.subscribe("private-c"), [ask(0, "1.1")]);
    bench.channels.left();
    assert_eq!(bench.channels.joined("2.2".into(), bench.now), [ask(1, "2.2")]);
    assert_eq!(
        bench.channels.authorized(0, authorization(None), bench.now),
        [],
        "signed for another socket"
    );
    assert!(matches!(
        bench.channels.authorized(1, authorization(None), bench.now)[..],
        [Action::Send(_)]
    ));
}

#[test]
fn an_authorisation_that_nobody_waits_for_any_more_is_ignored() {
    let mut bench = Bench::online();
    bench.subscribe("private-c");
    assert_eq!(
        bench.unsubscribe("private-c"),
        [],
        "nothing was sent yet, so nothing needs undoing"
    );
    assert_eq!(bench.channels.authorized(0, authorization(None), bench.now), []);
}

/// Row 31.
#[test]
fn a_subscription_without_an_answer_is_an_error_and_is_tried_again() {
    let mut bench = Bench::online();
    let began = bench.now;
    bench.subscribe("c");
    let actions = bench.tick();
    assert_eq!(bench.now, began + secs(10));
    assert_eq!(
        failure(&actions),
        Some(SubscriptionError::Timeout { waited: secs(10) })
    );
    assert_eq!(
        actions[0],
        unsub("c"),
        "or a server that lost only its answer would refuse the next request"
    );
    assert_eq!(bench.tick(), [sub("c")], "again");
    assert!(bench.now <= began + secs(11), "after a backoff from one second");
    assert_eq!(bench.succeed("c"), [confirmed("c")]);
    assert_eq!(bench.channels.deadline(), None);

    let mut bench = Bench::online();
    bench.subscribe("private-c");
    assert_eq!(
        failure(&bench.tick()),
        Some(SubscriptionError::Timeout { waited: secs(10) }),
        "auth hangs"
    );
    assert!(matches!(bench.tick()[..], [Action::Authorize { .. }]));
}

#[test]
fn a_late_answer_to_a_subscription_that_is_being_undone_does_not_count() {
    let mut bench = Bench::online();
    bench.subscribe("c");
    assert_eq!(bench.tick()[0], unsub("c"), "given up");
    assert_eq!(
        bench.succeed("c"),
        [],
        "true only until the server comes to the unsubscribe"
    );
    let actions = bench.deliver("c", message("e"));
    assert!(
        matches!(&actions[..], [Action::Report(Event::Message { .. })]),
        "what is heard until then is news all the same: {actions:?}"
    );
    assert_eq!(bench.tick(), [sub("c")], "so it is asked for anew after the rest");
    assert_eq!(
        bench.succeed("c"),
        [confirmed("c")],
        "and the answer to that counts"
    );
    assert_eq!(bench.channels.deadline(), None);
}

#[test]
fn a_late_answer_that_comes_after_the_rest_is_followed_by_that_to_the_new_request() {
    let mut bench = Bench::online();
    bench.subscribe("c");
    bench.tick();
    assert_eq!(bench.tick(), [sub("c")], "again");
    // Nobody can tell the two answers apart, but the second request is behind the unsubscribe.
    assert_eq!(bench.succeed("c"), [confirmed("c")]);
    assert_eq!(
        bench.succeed("c"),
        [confirmed("c")],
        "told again, since events in between were missed"
    );
    assert_eq!(bench.channels.deadline(), None);
}

#[test]
fn a_late_answer_does_not_stop_a_new_authorisation() {
    for answer in [authorization(None), Err(AuthError::Status { status: 403 })] {
        let mut bench = Bench::online();
        bench.subscribe("private-c");
        bench.channels.authorized(0, authorization(None), bench.now);
        assert_eq!(bench.tick()[0], unsub("private-c"), "given up");
        assert!(matches!(bench.tick()[..], [Action::Authorize { ticket: 1, .. }]));
        assert_eq!(bench.succeed("private-c"), [], "while authorising");
        let is_allowed = answer.is_ok();
        let actions = bench.channels.authorized(1, answer, bench.now);
        if is_allowed {
            assert!(matches!(actions[..], [Action::Send(_)]), "{actions:?}");
            assert_eq!(bench.succeed("private-c"), [confirmed("private-c")]);
        } else {
            assert!(failure(&actions).is_some());
            assert_eq!(bench.succeed("private-c"), [], "nor does it undo a refusal");
        }
    }
}

#[test]
fn a_refusal_by_the_server_waits_for_the_next_connection() {
    let mut bench = Bench::online();
    bench.subscribe("c");
    let refusal = ChannelNews::Refused {
        status: Some(403),
        message: "no".into(),
    };
    let actions = bench.deliver("c", refusal);
    let error = SubscriptionError::Refused {
        status: Some(403),
        message: "no".into(),
    };
    assert_eq!(failure(&actions), Some(error));
    assert_eq!(bench.channels.deadline(), None);
    bench.channels.left();
    assert_eq!(bench.channels.joined("1.2".into(), bench.now), [sub("c")]);
}

/// Row 32, the half that depends on what we are subscribed to.
#[test]
fn client_events_need_a_subscription() {
    let mut bench = Bench::online();
    assert_eq!(
        bench.trigger("private-c"),
        Err(TriggerError::NotSubscribed),
        "never asked"
    );
    bench.subscribe("private-c");
    assert_eq!(
        bench.trigger("private-c"),
        Err(TriggerError::NotSubscribed),
        "not yet"
    );
    bench.channels.authorized(0, authorization(None), bench.now);
    bench.succeed("private-c");
    assert!(bench.trigger("private-c").is_ok());
    bench.channels.left();
    assert_eq!(
        bench.trigger("private-c"),
        Err(TriggerError::NotSubscribed),
        "not any more"
    );
}

#[test]
fn ten_client_events_go_in_any_one_second() {
    let mut bench = Bench::subscribed("private-c");
    for n in 0..10 {
        assert!(bench.trigger("private-c").is_ok(), "number {n}");
        bench.now += Duration::from_millis(50);
    }
    assert_eq!(
        bench.trigger("private-c"),
        Err(TriggerError::TooMany {
            retry_in: Duration::from_millis(500)
        })
    );
    bench.now += Duration::from_millis(500);
    assert!(bench.trigger("private-c").is_ok(), "a second after the first");
    assert!(bench.trigger("private-c").is_err(), "the window slides");
}

/// Row 33.
#[test]
fn presence_members_follow_the_server_and_start_anew_after_a_reconnect() {
    const ROOM: &str = "presence-room";
    let (ann, bob) = (
        member("1", json!({"name": "Ann"})),
        member("2", json!({"name": "Bob"})),
    );
    let mut bench = Bench::online();
    bench.subscribe(ROOM);
    bench
        .channels
        .authorized(0, authorization(Some(r#"{"user_id": 1}"#)), bench.now);
    let actions = bench.deliver(
        ROOM,
        ChannelNews::Succeeded {
            members: vec![ann.clone()],
        },
    );
    assert!(
        matches!(&actions[..], [Action::Members { .. }, done] if *done == confirmed(ROOM)),
        "the list is there when the news is"
    );
    assert_eq!(bench.members(ROOM), [("1".into(), json!({"name": "Ann"}))]);
    assert_eq!(
        bench.channels.wanted[ROOM].members.me(),
        Some("1"),
        "a numeric id is an id"
    );

    let added = Action::Report(Event::MemberAdded {
        channel: name(ROOM),
        member: bob.clone(),
    });
    assert_eq!(
        bench.deliver(ROOM, ChannelNews::MemberAdded(bob.clone()))[1..],
        [added]
    );
    let robert = member("2", json!({"name": "Robert"}));
    let again = bench.deliver(ROOM, ChannelNews::MemberAdded(robert.clone()));
    assert!(
        matches!(again[..], [Action::Members { .. }]),
        "nobody came, but the name is newer"
    );
    assert_eq!(bench.members(ROOM)[1], ("2".into(), json!({"name": "Robert"})));

    assert_eq!(
        bench.deliver(ROOM, ChannelNews::MemberRemoved { user_id: "9".into() }),
        [],
        "unknown"
    );
    let removed = Action::Report(Event::MemberRemoved {
        channel: name(ROOM),
        member: robert,
    });
    assert_eq!(
        bench.deliver(ROOM, ChannelNews::MemberRemoved { user_id: "2".into() })[1..],
        [removed]
    );
    assert_eq!(bench.members(ROOM).len(), 1);

    assert!(matches!(&bench.channels.left()[..], [Action::Members { members, .. }] if members.is_empty()));
    bench.channels.joined("2.2".into(), bench.now);
    bench.channels.authorized(1, authorization(None), bench.now);
    bench.deliver(ROOM, ChannelNews::Succeeded { members: vec![bob] });
    assert_eq!(
        bench.members(ROOM),
        [("2".into(), json!({"name": "Bob"}))],
        "Ann left while we were away"
    );
}
