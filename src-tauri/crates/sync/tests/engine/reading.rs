//! The list is the truth, and is read when an event was missed; not otherwise.

use std::time::Duration;

use api::Listing;
use model::{Malformed, OfferId};
use serde_json::json;
use sync::effect::{Answer, Ask, Call, CallId, Event, LiveSignal, Reply, Ticket};
use sync::view::{ConnectionState, ViewChange};

use crate::desk::{Desk, key, lost, offer, ok, titled};

const SOON: Duration = Duration::from_secs(1);

fn reads(desk: &Desk) -> usize {
    desk.count(|call| matches!(call, Call::List))
}

/// The server's word that an offer is not there.
fn gone() -> Answer {
    Answer::Offer(Err(api::Error::Missing { words: "gone".into() }))
}

/// The server's word that it is busy.
fn busy(status: u16, retry_after: Option<Duration>) -> api::Error {
    api::Error::Busy {
        status,
        retry_after,
        words: "busy".into(),
    }
}

/// What a hotel's server asks for that is asked too often.
fn leave_me_alone() -> api::Error {
    busy(429, Some(Duration::from_secs(60)))
}

/// Lets so much time pass while every read of a single offer fails like this, and tells how many there were.
fn failing_reads(desk: &mut Desk, time: Duration, error: &api::Error) -> usize {
    let (mut left, mut count) = (time, 0);
    loop {
        while desk.count(|call| matches!(call, Call::Read(_))) > 0 {
            let call = desk.take_read();
            desk.answer(call, Answer::Offer(Err(error.clone())));
            count += 1;
        }
        if left.is_zero() {
            return count;
        }
        let step = desk.due_in().clamp(Duration::from_millis(1), left);
        left -= step;
        desk.pass(step);
    }
}

/// An event about this offer that cannot be read, so that the offer is.
fn unreadable_event(desk: &mut Desk, id: i64) {
    desk.event("offer-updated", json!({"offer": {"id": id, "title": null}}));
}

fn retry_now(desk: &mut Desk) {
    let ticket = desk.ask(Ask::RetryNow);
    desk.reply(ticket).expect("it is always taken");
}

#[test]
fn offers_updated_alone_reads_the_list_and_after_its_partner_does_not() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offer-updated", json!({"offer": offer(1, "Golf & Stay")}));
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(SOON);
    assert_eq!(reads(&desk), 0);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(SOON);
    assert_eq!(reads(&desk), 1);
}

/// The offers that windows were told of as changed elsewhere, since this was asked last.
fn changed_elsewhere(desk: &mut Desk) -> Vec<String> {
    let titles = desk.changes.drain(..).filter_map(|change| match change {
        ViewChange::Offer { offer, remote: true } => Some(offer.fields.title.clone()),
        _ => None,
    });
    titles.collect()
}

#[test]
fn what_the_first_list_brings_has_nobody_changed() {
    let mut desk = Desk::new();
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa")]);
    assert_eq!(desk.titles(), ["Golf", "Spa"]);
    assert_eq!(changed_elsewhere(&mut desk), [""; 0]);

    desk.crash_and_restart();
    desk.changes.clear();
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa & Pool")]);
    assert_eq!(
        changed_elsewhere(&mut desk),
        ["Spa & Pool"],
        "while the console was closed"
    );
}

#[test]
fn a_new_subscription_and_five_quiet_minutes_read_the_list() {
    let mut desk = Desk::live(vec![]);
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    assert_eq!(reads(&desk), 1);
    desk.list(vec![]);
    desk.pass(Duration::from_secs(6 * 60));
    assert_eq!(reads(&desk), 1);
}

#[test]
fn an_unreadable_event_reads_its_offer_and_keeps_the_last_good_state() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offer-updated", json!({"offer": {"id": 1, "title": null}}));
    assert_eq!(desk.titles(), ["Golf"]);
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Golf & Stay")));
    assert_eq!(desk.titles(), ["Golf & Stay"]);
}

#[test]
fn an_unreadable_offer_on_the_list_keeps_its_last_good_state_and_is_told_of() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(SOON);
    let call = desk.take(|call| matches!(call, Call::List));
    let malformed = vec![Malformed {
        id: Some(OfferId(1)),
        reason: "title: null".into(),
    }];
    desk.answer(
        call,
        Answer::Listed(Ok(Listing {
            offers: vec![offer(2, "Spa")],
            malformed,
            complete: true,
        })),
    );
    assert_eq!(desk.titles(), ["Golf", "Spa"]);
    assert!(
        desk.snapshot()
            .connection
            .message
            .unwrap()
            .contains("cannot read")
    );
}

#[test]
fn an_offer_that_vanished_from_the_list_goes_once_a_read_says_so() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    desk.list(vec![]);
    assert_eq!(desk.titles(), ["Golf"]);
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), [""; 0]);
    assert!(desk.view(key(1)).is_none());
}

#[test]
fn an_offer_deleted_before_the_list_was_read_goes_although_an_earlier_edit_is_answered_after_it_began() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let edit = desk.take_update();
    // The edit is done, and then the offer is deleted while nothing is heard here.
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    assert_eq!(reads(&desk), 1);
    desk.answer(edit, ok(offer(1, "Mine")));
    desk.list(vec![]);
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), [""; 0]);
}

#[test]
fn a_new_offer_deleted_before_the_list_was_read_goes_although_its_create_is_answered_after_it() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa");
    let create = desk.take_create();
    // The create is done, and then the offer is deleted while nothing is heard here.
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    desk.list(vec![]);
    desk.answer(create, ok(offer(1, "Spa")));
    assert_eq!(desk.titles(), ["Spa"], "it stays while nobody knows");
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), [""; 0]);
}

/// An offer was heard of that a create of ours without an answer may have made, and then nothing was heard for a while.
fn heard_of_before_a_gap() -> (Desk, CallId) {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa");
    let create = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(1, "Spa")}));
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    (desk, create)
}

#[test]
fn the_same_holds_for_a_new_offer_that_was_heard_of_before_it_was_deleted() {
    let (mut desk, create) = heard_of_before_a_gap();
    desk.list(vec![]);
    desk.answer(create, ok(offer(1, "Spa")));
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), [""; 0]);
}

#[test]
fn a_colleagues_offer_that_could_have_been_ours_is_asked_for_when_it_left_the_list_before_ours_was_answered()
{
    let (mut desk, create) = heard_of_before_a_gap();
    desk.list(vec![offer(2, "Spa")]);
    desk.answer(create, ok(offer(2, "Spa")));
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), ["Spa"]);
}

#[test]
fn an_offer_that_vanished_from_the_list_is_asked_for_again_when_something_before_the_server_answered() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    desk.list(vec![]);
    let call = desk.take_read();
    let redirect = api::Error::Refused {
        status: 302,
        words: "elsewhere".into(),
        fields: Default::default(),
    };
    desk.answer(call, Answer::Offer(Err(redirect)));
    desk.pass(Duration::from_secs(5));
    let call = desk.take_read();
    desk.answer(call, gone());
    assert_eq!(desk.titles(), [""; 0]);
}

#[test]
fn a_server_that_cannot_be_reached_is_offline_with_everything_shown_and_tried_again() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(
        call,
        Answer::Listed(Err(api::Error::Unreachable {
            sent: false,
            reason: "refused".into(),
        })),
    );
    let snapshot = desk.snapshot();
    assert_eq!(snapshot.connection.state, ConnectionState::Offline);
    assert!(snapshot.connection.retry_at.is_some() && snapshot.connection.last_synced.is_some());
    assert_eq!(desk.titles(), ["Golf"]);
    desk.pass(Duration::from_secs(61));
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa")]);
    assert_eq!(desk.snapshot().connection.state, ConnectionState::Live);
    assert_eq!(desk.titles(), ["Golf", "Spa"]);
}

#[test]
fn a_snapshot_holds_everything_of_its_turn_since_it_is_numbered_after_all_of_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let ticket = Ticket(900);
    let after = desk.message("offer-created", json!({"offer": offer(2, "Spa")}));
    desk.happen_together([Event::Ask(ticket, Ask::Snapshot), after]);
    let Ok(Reply::Snapshot(snapshot)) = desk.reply(ticket) else {
        panic!("no snapshot")
    };
    assert_eq!(
        snapshot.offers.len(),
        2,
        "the batch with the new offer counts as contained"
    );
}

#[test]
fn what_sleep_made_miss_is_read_on_waking() {
    let mut desk = Desk::live(vec![]);
    desk.sleep(Duration::from_secs(3600));
    assert_eq!(reads(&desk), 1);
}

#[test]
fn a_list_read_that_left_before_sleep_does_not_say_what_was_missed_in_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.pass(Duration::from_secs(400));
    assert_eq!(reads(&desk), 1, "the safety net");
    desk.sleep(Duration::from_secs(3600));
    desk.list(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert_eq!(desk.writes().len(), 0, "it is read before");
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Theirs")));
    assert_eq!(desk.writes().len(), 0);
}

#[test]
fn whether_the_line_outlived_sleep_is_looked_at_on_waking_however_sleep_shows() {
    let mut desk = Desk::live(vec![]);
    let before = desk.line_checks;
    desk.sleep(Duration::from_secs(3600));
    assert_eq!(desk.line_checks, before + 1, "the steady clock stood still");
    desk.happen(Event::CameLate);
    assert_eq!(desk.line_checks, before + 2, "the steady clock went on");
    assert_eq!(reads(&desk), 1, "once");
}

#[test]
fn nobody_is_woken_until_something_is_due_unless_the_clocks_move_apart() {
    let desk = Desk::live(vec![]);
    for (steady, wall, is_due) in [
        (5, 5, false),
        (5, 15, false),
        (240, 240, false),
        (400, 400, true),
        (5, 3600, true),
        (5, -3600, true),
    ] {
        assert_eq!(
            desk.is_due(Duration::from_secs(steady), wall),
            is_due,
            "{steady} s, and {wall} s on the wall"
        );
    }
}

#[test]
fn an_offer_that_cannot_be_read_for_long_is_asked_for_less_and_less_often() {
    for error in [lost(), busy(500, None), busy(503, None)] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        unreadable_event(&mut desk, 1);
        let count = failing_reads(&mut desk, Duration::from_secs(600), &error);
        assert!(
            (8..=60).contains(&count),
            "{count} reads in ten minutes of {error:?}"
        );
    }
}

#[test]
fn of_many_offers_none_can_be_read_and_all_are_asked_for_less_and_less_often() {
    let mut desk = Desk::live((1..=40).map(|id| offer(id, "Golf")).collect());
    for id in 1..=40 {
        unreadable_event(&mut desk, id);
    }
    let minute = Duration::from_secs(60);
    failing_reads(&mut desk, 10 * minute, &lost());
    let count = failing_reads(&mut desk, 10 * minute, &lost());
    assert!(count <= 200, "{count} reads in ten minutes");
}

#[test]
fn offers_that_cannot_be_read_leave_the_others_their_turn() {
    for status in [500, 503] {
        let mut desk = Desk::live((1..=5).map(|id| offer(id, "Golf")).collect());
        for id in 1..=5 {
            unreadable_event(&mut desk, id);
        }
        for _ in 0..4 {
            let call = desk.take_read();
            desk.answer(call, Answer::Offer(Err(busy(status, None))));
        }
        desk.pass(Duration::from_secs(2));
        let fifth = |call: &Call| matches!(call, Call::Read(OfferId(5)));
        assert_eq!(desk.count(fifth), 1, "after {status}");
    }
}

#[test]
fn an_offer_that_could_not_be_read_for_long_is_read_at_once_when_the_line_is_back_or_its_user_says_so() {
    type Return = fn(&mut Desk);
    let back: [(&str, Return); 3] = [
        ("told to", retry_now),
        ("a request was answered", |desk| {
            desk.edit(key(2), &titled("Spa"), &titled("Mine")).unwrap();
            desk.updated(offer(2, "Mine"));
        }),
        ("live updates are back", |desk| {
            desk.signal(LiveSignal::Waiting(None));
            desk.signal(LiveSignal::Subscribed);
        }),
    ];
    for (why, back) in back {
        let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
        unreadable_event(&mut desk, 1);
        failing_reads(&mut desk, Duration::from_secs(250), &lost());
        back(&mut desk);
        let is_read = |call: &Call| matches!(call, Call::Read(OfferId(1)));
        assert_eq!(desk.count(is_read), 1, "{why}");
    }
}

#[test]
fn the_wait_that_the_server_asks_for_is_kept_whatever_asks_for_the_list_meanwhile() {
    let mut desk = Desk::live(vec![]);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(SOON);
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(call, Answer::Listed(Err(leave_me_alone())));
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.signal(LiveSignal::Missed("an event".into()));
    desk.create("Spa");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    for _ in 0..29 {
        desk.pass(2 * SOON);
        assert_eq!(reads(&desk), 0);
    }
    desk.pass(3 * SOON);
    assert_eq!(reads(&desk), 1);
}

#[test]
fn the_wait_that_the_server_asks_for_ends_at_its_users_word() {
    let mut desk = Desk::live(vec![]);
    retry_now(&mut desk);
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(call, Answer::Listed(Err(leave_me_alone())));
    retry_now(&mut desk);
    assert_eq!(reads(&desk), 1);
}

#[test]
fn the_wait_that_the_server_asks_for_goes_on_while_the_computer_sleeps() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retry_now(&mut desk);
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(call, Answer::Listed(Err(leave_me_alone())));
    unreadable_event(&mut desk, 1);
    let call = desk.take_read();
    desk.answer(call, Answer::Offer(Err(leave_me_alone())));
    desk.sleep(Duration::from_secs(30));
    assert_eq!(reads(&desk), 0);
    desk.pass(Duration::from_secs(31));
    assert_eq!(desk.count(|call| matches!(call, Call::List | Call::Read(_))), 2);
}

#[test]
fn the_wait_that_the_server_asks_for_is_kept_for_single_offers_too() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    unreadable_event(&mut desk, 1);
    let call = desk.take_read();
    // Asked for anew since that read left.
    unreadable_event(&mut desk, 1);
    desk.answer(call, Answer::Offer(Err(leave_me_alone())));
    unreadable_event(&mut desk, 2);
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(call, Answer::Listed(Err(lost())));
    desk.pass(Duration::from_secs(10));
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa")]);
    assert_eq!(desk.count(|call| matches!(call, Call::Read(_))), 0);
    desk.pass(Duration::from_secs(60));
    assert_eq!(desk.count(|call| matches!(call, Call::Read(_))), 2);
}

#[test]
fn the_wait_that_the_server_asks_for_is_kept_for_a_change_that_waits() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.answer(call, Answer::Offer(Err(leave_me_alone())));
    let is_about_it = |call: &Call| matches!(call, Call::Read(_) | Call::Update(..));
    desk.edit(key(1), &titled("Mine"), &titled("Ours")).unwrap();
    assert_eq!(desk.count(is_about_it), 0, "whatever is made of it");
    desk.signal(LiveSignal::Waiting(None));
    desk.signal(LiveSignal::Subscribed);
    desk.pass(SOON);
    assert_eq!(desk.count(is_about_it), 0, "although live updates are back");
    let call = desk.take(|call| matches!(call, Call::List));
    desk.answer(call, Answer::Listed(Err(lost())));
    desk.pass(Duration::from_secs(10));
    desk.list(vec![offer(1, "Golf")]);
    assert_eq!(desk.count(is_about_it), 0, "although the server is reached again");
    retry_now(&mut desk);
    assert_eq!(desk.count(is_about_it), 1, "but told to");
}
