//! The list is the truth, and is read when an event was missed; not otherwise.

use std::time::Duration;

use api::Listing;
use model::{Malformed, OfferId};
use serde_json::json;
use sync::effect::{Answer, Ask, Call, CallId, Event, LiveSignal, Reply, Ticket};
use sync::view::ConnectionState;

use crate::desk::{Desk, key, offer, ok, titled};

const SOON: Duration = Duration::from_secs(1);

fn reads(desk: &Desk) -> usize {
    desk.count(|call| matches!(call, Call::List))
}

/// The server's word that an offer is not there.
fn gone() -> Answer {
    Answer::Offer(Err(api::Error::Missing { words: "gone".into() }))
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
