//! Waits, pings, sleep, and requests of the user.

use super::*;

/// Row 15.
#[test]
fn ten_seconds_without_a_connection_is_unavailable_and_the_trying_goes_on() {
    let mut bench = Bench::dialling();
    let began = bench.now;
    let mut attempts = 0;
    while bench.machine.state != State::Unavailable {
        assert!(bench.now <= began + secs(10), "unavailable is late");
        if dials(&bench.fail()) || dials(&bench.tick()) {
            attempts += 1;
        }
    }
    assert_eq!(bench.now, began + secs(10));
    assert!(attempts > 1, "tried meanwhile");
    for _ in 0..20 {
        bench.fail();
        while !dials(&bench.tick()) {}
        assert_eq!(
            bench.machine.state,
            State::Unavailable,
            "it stays until there is a connection"
        );
    }
    bench.greet();
    assert!(bench.machine.state.is_connected());
    bench.close(1006);
    assert_eq!(
        bench.machine.state,
        State::Connecting,
        "a new loss has its own ten seconds"
    );
}

#[test]
fn the_wait_for_the_next_attempt_is_told_also_when_it_becomes_unavailable() {
    let mut bench = Bench::dialling();
    for _ in 0..8 {
        bench.fail();
        let Some(wait) = bench.until_deadline() else {
            panic!("a timer runs")
        };
        let actions = bench.tick();
        if let Some(left) = retry_in(&actions) {
            assert_eq!(bench.machine.state, State::Unavailable);
            assert!(
                left > Duration::ZERO && !wait.is_zero(),
                "the rest of the wait is told"
            );
            return;
        }
    }
    panic!("the tenth second should have fallen into a wait");
}

/// Row 16: pusher-js needs 16 s here.
#[test]
fn a_server_that_was_away_for_four_seconds_is_found_within_the_backoff() {
    for seed in 0..300 {
        let mut bench = Bench::new(seed);
        bench.step(Input::Connect);
        bench.greet();
        bench.pass(secs(60));
        let gone = bench.now;
        bench.close(1006);
        let mut ceiling = 1;
        loop {
            while !dials(&bench.tick()) {}
            if bench.now >= gone + secs(4) {
                break;
            }
            ceiling *= 2;
            bench.fail();
        }
        let away = bench.now - gone;
        assert!(
            away <= secs(4 + ceiling),
            "seed {seed}: back after {away:?}, ceiling {ceiling} s"
        );
    }
}

/// Row 17.
#[test]
fn disconnecting_while_connecting_aborts_and_leaves_no_timer() {
    let requested = State::Disconnected {
        reason: DisconnectReason::Requested,
    };
    let mut bench = Bench::dialling();
    assert!(
        bench.step(Input::Disconnect).contains(&Action::Cut),
        "the attempt is dropped"
    );
    assert_eq!(
        (bench.machine.deadline(), &bench.machine.state),
        (None, &requested)
    );

    let mut bench = Bench::dialling();
    bench.fail();
    bench.step(Input::Disconnect);
    assert_eq!(
        (bench.machine.deadline(), &bench.machine.state),
        (None, &requested),
        "while waiting"
    );

    let mut bench = Bench::connected();
    assert!(
        bench.step(Input::Disconnect).contains(&Action::HangUp),
        "while connected"
    );
    assert_eq!(
        (bench.machine.deadline(), &bench.machine.state),
        (None, &requested)
    );
}

/// Rows 4 and 18.
#[test]
fn silence_is_pinged_at_the_shorter_of_both_limits() {
    for (theirs, expected) in [(None, 120), (Some(30), 30), (Some(300), 120), (Some(120), 120)] {
        let mut bench = Bench::dialling();
        bench.step(established(theirs));
        assert_eq!(
            bench.until_deadline(),
            Some(secs(expected)),
            "server says {theirs:?}"
        );
        assert_eq!(
            bench.tick(),
            [Action::Send(protocol::ping())],
            "server says {theirs:?}"
        );
        assert_eq!(bench.until_deadline(), Some(secs(30)), "then 30 s for the pong");
    }
}

/// Row 19.
#[test]
fn a_missing_pong_drops_the_connection_and_dials_at_once() {
    let mut bench = Bench::connected();
    bench.tick();
    let actions = bench.tick();
    assert_eq!(errors(&actions), [Error::PongTimeout { waited: secs(30) }]);
    assert!(
        actions.contains(&Action::Cut) && actions.contains(&Action::Left),
        "{actions:?}"
    );
    assert!(dials(&actions), "at once");
    assert_eq!(bench.machine.state, State::Connecting);
}

/// Row 20.
#[test]
fn any_sign_of_life_after_the_ping_restarts_the_timer() {
    for sign in [
        Input::Frame(Incoming::Pong),
        Input::Frame(Incoming::Other { event: "x".into() }),
        Input::BadFrame(FrameError::NoEvent),
        Input::Heard,
        error_frame(None),
    ] {
        let mut bench = Bench::connected();
        bench.tick();
        bench.pass(secs(29));
        bench.step(sign.clone());
        assert_eq!(bench.until_deadline(), Some(secs(120)), "after {sign:?}");
        assert!(
            sends(&bench.tick(), &protocol::ping()),
            "then the next ping, not the end"
        );
    }
    let mut bench = Bench::connected();
    bench.pass(secs(119));
    bench.step(Input::Heard);
    assert_eq!(bench.until_deadline(), Some(secs(120)), "before the ping too");
}

/// Row 21.
#[test]
fn a_ping_is_answered() {
    let mut bench = Bench::connected();
    assert_eq!(
        bench.step(Input::Frame(Incoming::Ping)),
        [Action::Send(protocol::pong())]
    );
}

/// Row 34, the waiting.
#[test]
fn retry_after_is_a_lower_bound_and_has_a_limit() {
    for (asked, least) in [(0, 0), (7, 7), (90, 90), (10_000_000, 3600)] {
        let mut bench = Bench::dialling();
        let error = DialError::Http {
            status: 429,
            retry_after: Some(secs(asked)),
        };
        let wait = retry_in(&bench.step(Input::DialFailed(error))).expect("retried");
        assert!(
            wait >= secs(least) && wait <= secs(least + 1),
            "asked for {asked} s, waits {wait:?}"
        );
    }
}

/// Row 34: a server that is down, or whose clock is ahead of ours, may ask for no wait at all.
#[test]
fn whoever_asks_for_no_wait_is_left_alone_longer_each_time() {
    let mut bench = Bench::dialling();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let error = DialError::Http {
            status: 503,
            retry_after: Some(Duration::ZERO),
        };
        waits.push(retry_in(&bench.step(Input::DialFailed(error))).expect("retried"));
        while !dials(&bench.tick()) {}
    }
    assert!(waits[0] <= secs(1), "{waits:?}");
    let last: Duration = waits[8..].iter().sum();
    assert!(last > secs(10), "{waits:?}");
}

#[test]
fn an_attempt_without_an_answer_is_given_up_after_ten_seconds() {
    let mut bench = Bench::dialling();
    let mut actions = bench.tick();
    actions.extend(bench.step(Input::Tick));
    assert_eq!(
        errors(&actions),
        [Error::Dial(DialError::Timeout { waited: secs(10) })]
    );
    assert!(
        actions.contains(&Action::Cut) && retry_in(&actions).is_some(),
        "{actions:?}"
    );
}

#[test]
fn what_cannot_ever_work_is_failed_until_asked_again() {
    let mut bench = Bench::dialling();
    bench.step(Input::DialFailed(DialError::Impossible(
        "no such host name".into(),
    )));
    assert_eq!(
        (bench.machine.deadline(), &bench.machine.state),
        (None, &State::Failed)
    );
    assert!(dials(&bench.step(Input::Connect)));
}

#[test]
fn retry_now_cuts_a_wait_short_and_tells_that_it_is_over() {
    let mut bench = Bench::dialling();
    assert!(retry_in(&bench.fail()).is_some());
    let actions = bench.step(Input::Connect);
    let change = StateChange {
        previous: State::Connecting,
        current: State::Connecting,
        retry_in: None,
    };
    assert_eq!(
        actions,
        [
            Action::Report(Event::State(change)),
            Action::Dial { force_tls: false }
        ],
        "a user who sees a countdown must see it end"
    );
    assert_eq!(
        bench.step(Input::Connect),
        [],
        "an attempt under way is left alone"
    );
}

#[test]
fn waking_from_sleep_pings_at_once_and_waits_only_briefly() {
    let mut bench = Bench::connected();
    assert_eq!(bench.step(Input::Check), [Action::Send(protocol::ping())]);
    assert_eq!(bench.until_deadline(), Some(secs(5)));
    assert_eq!(bench.step(Input::Check), [], "one ping is enough");
    assert_eq!(errors(&bench.tick()), [Error::PongTimeout { waited: secs(5) }]);

    let mut bench = Bench::connected();
    bench.tick();
    bench.step(Input::Check);
    assert_eq!(
        bench.until_deadline(),
        Some(secs(5)),
        "a patient ping becomes an impatient one"
    );

    let mut bench = Bench::dialling();
    bench.fail();
    assert!(
        dials(&bench.step(Input::Check)),
        "a wait from before the sleep is over"
    );

    let mut bench = Bench::dialling();
    bench.step(Input::Check);
    assert_eq!(
        bench.until_deadline(),
        Some(secs(5)),
        "an attempt from before the sleep is given less time"
    );

    let mut bench = Bench::new(7);
    assert_eq!(
        bench.step(Input::Check),
        [],
        "nobody connects who was not asked to"
    );
}

#[test]
fn news_of_a_socket_that_is_gone_changes_nothing() {
    let mut bench = Bench::dialling();
    bench.fail();
    for input in [
        Input::Frame(Incoming::Ping),
        Input::Heard,
        Input::Lost {
            code: None,
            reason: "".into(),
        },
    ] {
        assert_eq!(bench.step(input.clone()), [], "{input:?} while waiting");
    }
}
