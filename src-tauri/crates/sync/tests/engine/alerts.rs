//! What the system's notifications tell: once, in time, and to whom it concerns. The clock begins at 10:00 UTC on 22 November 2026.

use std::time::Duration;

use model::Offer;
use serde_json::json;
use sync::alerts::Opens;
use sync::effect::{Answer, Ask, LiveSignal};
use sync::settings::WantedAlerts;
use sync::view::{SyncState, WaitingChanges};

use crate::desk::{Desk, key, offer, ok, titled};

const HOUR: Duration = Duration::from_secs(3600);

fn ending(id: i64, title: &str, day: &str) -> Offer {
    let mut offer = offer(id, title);
    offer.fields.valid_to = Some(day.parse().expect("a day"));
    offer
}

fn refused() -> Answer {
    Answer::Offer(Err(api::Error::Refused {
        status: 400,
        words: "There is no such tag.".into(),
        fields: [("tag".to_owned(), vec!["There is no such tag.".to_owned()])].into(),
    }))
}

/// An edit of offer 1 that the hotel refuses.
fn park(desk: &mut Desk, from: &str, to: &str) {
    desk.edit(key(1), &titled(from), &titled(to))
        .expect("the edit is taken");
    let call = desk.take_update();
    desk.answer(call, refused());
    assert_eq!(desk.view(key(1)).expect("it is listed").sync, SyncState::Parked);
}

#[test]
fn a_parked_change_is_told_once_and_not_again_after_a_restart() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    park(&mut desk, "Golf", "Mine");
    let alert = desk.alerts.first().expect("it is told").clone();
    assert_eq!(alert.opens, Opens::Offer { key: key(1) });
    assert!(alert.is_in_sight, "a window in front shows it");
    assert_eq!(desk.told(), ["Needs you: Mine"]);
    assert!(alert.body.starts_with("There is no such tag."), "{}", alert.body);

    desk.pass(HOUR);
    desk.crash_and_restart();
    desk.list(vec![offer(1, "Golf")]);
    desk.pass(HOUR);
    assert_eq!(desk.told(), Vec::<String>::new());
}

#[test]
fn what_was_settled_and_happens_again_is_told_again() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    park(&mut desk, "Golf", "Mine");
    desk.told();
    let ticket = desk.ask(Ask::Discard(key(1)));
    desk.reply(ticket).unwrap();
    park(&mut desk, "Golf", "Mine again");
    assert_eq!(desk.told(), ["Needs you: Mine again"]);
}

#[test]
fn a_conflict_is_told() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert_eq!(desk.told(), Vec::<String>::new(), "waiting needs nobody");
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
    assert_eq!(desk.told(), ["Needs you: Mine"]);
}

#[test]
fn nothing_is_told_while_signed_out_nor_what_is_another_accounts() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    park(&mut desk, "Golf", "Mine");
    desk.told();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    desk.pass(25 * HOUR);
    assert_eq!(desk.told(), Vec::<String>::new(), "nobody is signed in");

    desk.sign_in("manager");
    desk.list(vec![ending(2, "Spa", "2026-11-24")]);
    assert_eq!(
        desk.told(),
        ["Ends tomorrow: Spa"],
        "the manager's list, not the desk's change"
    );
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Golf"), ending(2, "Spa", "2026-11-24")]);
    assert_eq!(
        desk.told(),
        ["Ends tomorrow: Spa"],
        "each account is told of its own; the parked change it knew of already"
    );
}

#[test]
fn what_comes_to_need_somebody_while_the_hotel_lets_nobody_in_is_told_after_the_sign_in() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let signed_out = api::Error::SignedOut {
        words: "Invalid token.".into(),
    };
    desk.answer(call, Answer::Offer(Err(signed_out)));
    desk.event(
        "offer-updated",
        json!({ "offer": offer(1, "Theirs"), "action": "updated" }),
    );
    assert_eq!(desk.told(), Vec::<String>::new());
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Theirs")]);
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
    assert_eq!(desk.told(), ["Needs you: Mine"]);
}

#[test]
fn offers_that_end_tomorrow_are_told_when_the_console_is_opened_and_once() {
    let offers = vec![
        ending(1, "Spa", "2026-11-23"),
        ending(2, "Golf", "2026-11-23"),
        ending(3, "Tonight", "2026-11-22"),
        ending(4, "Later", "2026-11-24"),
    ];
    let mut desk = Desk::live(offers.clone());
    let alert = desk.alerts.first().expect("it is told").clone();
    assert_eq!((alert.body.as_str(), alert.opens), ("Spa, Golf", Opens::Ending));
    assert!(!alert.is_in_sight, "no window says this by itself");
    assert_eq!(desk.told(), ["2 offers end tomorrow"]);
    desk.crash_and_restart();
    desk.list(offers);
    desk.pass(HOUR);
    assert_eq!(desk.told(), Vec::<String>::new());
}

#[test]
fn a_console_that_stays_open_tells_in_the_morning_by_the_hotels_clock() {
    let mut desk = Desk::live(vec![ending(1, "Spa", "2026-11-24")]);
    desk.set_time_zone(Some("America/New_York")).unwrap();
    // From 5:00 there to one minute before 9:00 on the day after.
    desk.pass(27 * HOUR);
    desk.pass(59 * HOUR / 60);
    assert_eq!(desk.told(), Vec::<String>::new(), "8:59");
    assert!(
        desk.due_in() <= Duration::from_secs(61),
        "it wakes by itself: {:?}",
        desk.due_in()
    );
    desk.pass(Duration::from_secs(61));
    assert_eq!(desk.told(), ["Ends tomorrow: Spa"]);
}

#[test]
fn an_edit_that_makes_an_offer_end_tomorrow_is_told_by_day_unless_a_window_shows_it() {
    let mut desk = Desk::live(vec![offer(1, "Spa")]);
    desk.event(
        "offer-updated",
        json!({ "offer": ending(1, "Spa", "2026-11-23"), "action": "updated" }),
    );
    let alert = desk.alerts.first().expect("it is told").clone();
    assert!(alert.is_in_sight);
    assert_eq!(desk.told(), ["Ends tomorrow: Spa"]);
    // To 22:00.
    desk.pass(12 * HOUR);
    desk.event(
        "offer-created",
        json!({ "offer": ending(2, "At night", "2026-11-23"), "action": "created" }),
    );
    assert_eq!(desk.told(), Vec::<String>::new());
}

#[test]
fn only_what_is_wanted_is_told_and_nothing_is_made_up_for_later() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let want = |desk: &mut Desk, wanted| {
        let ticket = desk.ask(Ask::SetWantedAlerts(wanted));
        desk.reply(ticket).unwrap();
    };
    desk.event(
        "offer-created",
        json!({ "offer": offer(2, "Spa"), "action": "created" }),
    );
    assert_eq!(
        desk.told(),
        Vec::<String>::new(),
        "what others do is not, unless wanted"
    );
    let none = WantedAlerts {
        needs_you: false,
        ending: false,
        others: false,
    };
    want(&mut desk, none);
    park(&mut desk, "Golf", "Mine");
    want(
        &mut desk,
        WantedAlerts {
            needs_you: true,
            others: true,
            ..none
        },
    );
    desk.pass(HOUR);
    assert_eq!(desk.told(), Vec::<String>::new());
    desk.event(
        "offer-created",
        json!({ "offer": offer(3, "Trad night"), "action": "created" }),
    );
    assert_eq!(desk.told(), ["New offer: Trad night"]);
    desk.create("Our own");
    assert_eq!(
        desk.told(),
        Vec::<String>::new(),
        "nobody is told of what was done here"
    );
}

#[test]
fn nothing_is_told_of_a_turn_that_could_not_be_kept() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.refuse_writes("told");
    desk.answer(call, refused());
    assert_eq!(desk.told(), Vec::<String>::new());
    desk.allow_writes();
    assert_ne!(
        desk.view(key(1)).unwrap().sync,
        SyncState::Parked,
        "that was undone too"
    );
}
