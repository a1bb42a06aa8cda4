//! First frames, errors and close codes.

use super::*;
use crate::data::Data;

/// Row 5.
#[test]
fn another_first_event_is_an_error_and_is_retried() {
    for (first, name) in [
        (Incoming::Ping, "pusher:ping"),
        (
            Incoming::Other {
                event: "hello".into(),
            },
            "hello",
        ),
        (
            Incoming::Channel(ChannelFrame {
                channel: "c".into(),
                news: protocol::ChannelNews::Message {
                    event: "early".into(),
                    data: Data::default(),
                    user_id: None,
                },
            }),
            "early",
        ),
    ] {
        let mut bench = Bench::dialling();
        let actions = bench.step(Input::Frame(first));
        assert_eq!(
            errors(&actions),
            [Error::UnexpectedGreeting { event: name.into() }]
        );
        assert!(
            actions.contains(&Action::HangUp),
            "no use for a server that does not greet"
        );
        assert!(
            retry_in(&actions).is_some_and(|wait| wait <= SECOND),
            "retried with backoff from 1 s"
        );
        assert!(dials(&bench.tick()), "dials when the wait is over");
    }
    let mut bench = Bench::dialling();
    let actions = bench.step(Input::BadFrame(FrameError::NoEvent));
    assert_eq!(errors(&actions), [Error::Frame(FrameError::NoEvent)]);
    assert!(
        actions.contains(&Action::HangUp) && retry_in(&actions).is_some(),
        "garbage is no greeting"
    );
}

/// Row 6.
#[test]
fn an_error_as_the_first_frame_counts_as_that_close_code() {
    let mut bench = Bench::dialling();
    let actions = bench.step(error_frame(Some(4001)));
    assert_eq!(
        errors(&actions),
        [Error::Server {
            code: Some(4001),
            message: "words".into()
        }]
    );
    assert_eq!(bench.machine.state, refused(4001, "words"));
    assert_eq!(bench.machine.deadline(), None, "nobody comes back");

    let mut bench = Bench::dialling();
    let wait = retry_in(&bench.step(error_frame(Some(4100)))).expect("4100 is retried");
    assert!(wait >= SECOND, "{wait:?} is less than a second");

    let mut bench = Bench::dialling();
    let wait = retry_in(&bench.step(error_frame(None))).expect("an error without a code is retried");
    assert!(wait <= SECOND, "with backoff from one second");
}

/// Row 7.
#[test]
fn code_4000_dials_again_at_once_over_tls_and_stays_with_it() {
    let mut bench = Bench::settled();
    let actions = bench.close(4000);
    assert!(actions.contains(&Action::Dial { force_tls: true }), "{actions:?}");
    let again = bench.close(4000);
    assert!(!dials(&again), "a server that keeps saying so is not hammered");
    assert!(
        bench.tick().contains(&Action::Dial { force_tls: true }),
        "TLS is kept"
    );
}

/// Row 8.
#[test]
fn codes_4001_to_4099_end_the_trying() {
    for code in [4001, 4099] {
        let mut bench = Bench::settled();
        let actions = bench.close(code);
        assert!(!dials(&actions), "{code} must not dial");
        assert_eq!(bench.machine.state, refused(code, "closed"));
        assert_eq!(bench.machine.deadline(), None, "{code} leaves no timer");
        assert!(
            dials(&bench.step(Input::Connect)),
            "but the user may ask again after {code}"
        );
    }
}

/// Row 9.
#[test]
fn codes_4100_to_4199_wait_for_a_second_or_more() {
    for code in [4100, 4199] {
        for seed in 0..50 {
            let mut bench = Bench::new(seed);
            bench.step(Input::Connect);
            bench.greet();
            let wait = retry_in(&bench.close(code)).expect("retried");
            assert!(wait >= SECOND && wait <= secs(2), "{code} waits {wait:?}");
        }
    }
}

/// Row 10.
#[test]
fn codes_4200_to_4299_come_back_at_once_but_only_once_in_a_row() {
    for code in [4200, 4299] {
        let mut bench = Bench::settled();
        assert!(dials(&bench.close(code)), "{code} dials at once");
        bench.greet();
        let second = bench.close(code);
        assert!(
            !dials(&second) && retry_in(&second).is_some(),
            "{code} again waits"
        );
        bench.tick();
        bench.greet();
        bench.pass(secs(60));
        assert!(
            dials(&bench.close(code)),
            "{code} after a good connection is a first time again"
        );
    }
}

/// Row 11.
#[test]
fn other_codes_wait_with_a_backoff_from_one_second_to_thirty() {
    for code in [
        Some(4301),
        Some(1000),
        Some(1001),
        Some(1006),
        Some(1011),
        Some(1002),
        Some(1003),
        None,
    ] {
        let mut bench = Bench::settled();
        let mut longest = Duration::ZERO;
        for ceiling in [1, 2, 4, 8, 16, 30, 30, 30, 30] {
            let actions = bench.step(Input::Lost {
                code,
                reason: String::new(),
            });
            let wait = retry_in(&actions).unwrap_or_else(|| panic!("{code:?} waits"));
            assert!(
                wait <= secs(ceiling),
                "{wait:?} is over the ceiling of {ceiling} s"
            );
            longest = longest.max(wait);
            while !dials(&bench.tick()) {}
        }
        assert!(longest > secs(2), "the waits of {code:?} grow");
    }
}

/// Row 12.
#[test]
fn an_error_frame_and_the_close_that_follows_are_one_piece_of_news() {
    let mut bench = Bench::settled();
    assert_eq!(errors(&bench.step(error_frame(Some(4200)))).len(), 1);
    let close = bench.close(4200);
    assert_eq!(errors(&close), [], "the close is an echo");
    assert!(dials(&close), "but it is obeyed");

    let mut bench = Bench::settled();
    bench.step(error_frame(Some(4001)));
    bench.close(4001);
    assert_eq!(
        bench.machine.state,
        refused(4001, "words"),
        "the frame has the better words"
    );

    let mut bench = Bench::settled();
    bench.step(error_frame(Some(4301)));
    assert_eq!(errors(&bench.close(4200)).len(), 1, "another code is other news");

    let mut bench = Bench::dialling();
    bench.step(error_frame(Some(4001)));
    assert_eq!(
        bench.close(4001),
        [],
        "after a first frame nothing is left to close"
    );
}

/// Rows 13 and 14.
#[test]
fn an_error_inside_a_connection_is_surfaced_and_changes_nothing() {
    for code in [Some(4001), Some(4100), Some(4200), None] {
        let mut bench = Bench::connected();
        let actions = bench.step(error_frame(code));
        assert_eq!(
            actions,
            [report(Error::Server {
                code,
                message: "words".into()
            })]
        );
        assert!(bench.machine.state.is_connected(), "{code:?} changes no state");
    }
}
