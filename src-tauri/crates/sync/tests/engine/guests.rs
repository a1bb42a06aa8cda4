//! What became of a change on the page that guests see.

use std::time::Duration;

use api::{Listing, PublicPage};
use model::{Field, FieldValue, Offer};
use serde_json::{Value, json};
use sync::activity::{Activity, ChangeStep};
use sync::effect::{Answer, Ask, Call, LiveSignal, Reply};
use sync::preview::{Difference, Receipt};
use sync::view::NoticeKind;

use crate::desk::{Desk, key, lost, offer, ok, page, photo, titled};

/// Longer than a burst may hold the look up.
const SOON: Duration = Duration::from_secs(11);

fn looks(desk: &Desk) -> usize {
    desk.count(|call| matches!(call, Call::PublicPage))
}

/// The public page is read now, and shows these offers.
fn look(desk: &mut Desk, offers: &[Offer]) {
    let call = desk.take(|call| matches!(call, Call::PublicPage));
    desk.answer(call, page(offers));
}

fn receipt(desk: &mut Desk, id: i64) -> Option<Receipt> {
    desk.view(key(id)).and_then(|offer| offer.receipt)
}

fn is_seen(desk: &mut Desk, id: i64) -> bool {
    matches!(receipt(desk, id), Some(Receipt::Seen { .. }))
}

fn differences(desk: &mut Desk, id: i64) -> Vec<Difference> {
    match receipt(desk, id) {
        Some(Receipt::Differs { differences, .. }) => differences,
        other => panic!("no difference is told: {other:?}"),
    }
}

/// What the activities say last about a change.
fn noted(desk: &mut Desk) -> (String, ChangeStep) {
    let ticket = desk.ask(Ask::Activity(None));
    let Ok(Reply::Activity(entries)) = desk.reply(ticket) else {
        panic!("the list is given");
    };
    let change = entries.into_iter().find_map(|entry| match entry.what {
        Activity::Change { title, step, .. } => Some((title, step)),
        _ => None,
    });
    change.expect("a change is listed")
}

/// The offer is deleted here, and the server takes it.
fn delete(desk: &mut Desk, id: i64) {
    desk.delete(key(id));
    let call = desk.take(|call| matches!(call, Call::Delete(_)));
    desk.answer(call, Answer::Deleted(Ok(())));
}

/// The offer is hidden here, and the server takes it.
fn hide(desk: &mut Desk, before: &Offer) {
    let mut hidden = before.clone();
    hidden.fields.is_active = false;
    desk.edit(key(before.id.0), &before.fields, &hidden.fields)
        .expect("taken");
    desk.updated(hidden);
}

/// The title of this offer is changed, and the server takes it.
fn retitle(desk: &mut Desk, id: i64, from: &str, to: &str) {
    desk.edit(key(id), &titled(from), &titled(to)).expect("taken");
    desk.updated(offer(id, to));
}

#[test]
fn what_the_server_took_is_looked_for_on_the_guests_page_and_told_once() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    assert_eq!(
        receipt(&mut desk, 1),
        Some(Receipt::Awaited),
        "nobody has looked yet"
    );
    assert_eq!(looks(&desk), 0, "more may follow");
    desk.pass(Duration::from_secs(1));
    look(&mut desk, &[offer(1, "Spa")]);
    let at = jiff::Timestamp::from_second(1_795_341_601).map(|time| time.as_millisecond());
    assert_eq!(receipt(&mut desk, 1), at.ok().map(|at| Receipt::Seen { at }));
    desk.pass(Duration::from_secs(600));
    assert_eq!(looks(&desk), 0, "what is settled is not looked at again");
}

#[test]
fn a_burst_of_changes_is_one_look() {
    let offers: Vec<Offer> = (1..=20).map(|id| offer(id, "Golf")).collect();
    let mut desk = Desk::live(offers);
    for id in 1..=20 {
        retitle(&mut desk, id, "Golf", "Spa");
        desk.pass(Duration::from_millis(400));
    }
    desk.pass(SOON);
    let after: Vec<Offer> = (1..=20).map(|id| offer(id, "Spa")).collect();
    assert_eq!(looks(&desk), 1);
    look(&mut desk, &after);
    assert!((1..=20).all(|id| is_seen(&mut desk, id)));
}

#[test]
fn what_guests_see_otherwise_is_told_and_looked_at_again_a_few_times() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Golf")]);
    let old = Difference::Field {
        field: Field::Title,
        guests: FieldValue::Text("Golf".into()),
        old: true,
    };
    assert_eq!(differences(&mut desk, 1), [old]);
    let mut again = 0;
    for _ in 0..100 {
        desk.pass(Duration::from_secs(10));
        if looks(&desk) > 0 {
            again += 1;
            look(&mut desk, &[offer(1, "Golf")]);
        }
    }
    assert_eq!(again, 4, "a cache is given its time, and is not asked for ever");
    assert_eq!(differences(&mut desk, 1).len(), 1, "and it stays said");

    // The next change begins anew.
    retitle(&mut desk, 1, "Spa", "Tea");
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Tea")]);
    assert!(is_seen(&mut desk, 1));
}

#[test]
fn an_offer_missing_from_the_page_or_still_there_is_told() {
    let hidden = |id| {
        let mut offer = offer(id, "Golf");
        offer.fields.is_active = false;
        offer
    };
    let mut desk = Desk::live(vec![hidden(1), offer(2, "Golf")]);
    for (id, before, after) in [(1, hidden(1), offer(1, "Golf")), (2, offer(2, "Golf"), hidden(2))] {
        desk.edit(key(id), &before.fields, &after.fields).expect("taken");
        desk.updated(after);
    }
    desk.pass(SOON);
    look(&mut desk, &[offer(2, "Golf")]);
    assert_eq!(differences(&mut desk, 1), [Difference::Missing]);
    assert_eq!(differences(&mut desk, 2), [Difference::StillThere]);
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Golf")]);
    assert!(is_seen(&mut desk, 1) && is_seen(&mut desk, 2));
}

fn placed(id: i64, place: u32) -> Offer {
    let mut offer = offer(id, "Golf");
    offer.fields.sort_order = place;
    offer
}

/// Of two offers the second was put before the first, and the server has taken it.
fn with_the_second_moved_up() -> Desk {
    let mut desk = Desk::live(vec![placed(1, 1), placed(2, 2)]);
    desk.edit(key(2), &placed(2, 2).fields, &placed(2, 0).fields)
        .expect("taken");
    desk.updated(placed(2, 0));
    desk
}

#[test]
fn a_new_offer_and_another_place_are_looked_for_too() {
    let mut desk = with_the_second_moved_up();
    desk.create("Golf");
    let call = desk.take_create();
    desk.answer(call, ok(placed(3, 3)));
    desk.pass(SOON);
    look(&mut desk, &[placed(1, 1), placed(2, 2), placed(3, 3)]);
    assert_eq!(differences(&mut desk, 2), [Difference::Place]);
    assert!(is_seen(&mut desk, 3));
}

#[test]
fn a_deleted_offer_that_guests_go_on_seeing_is_told_when_it_stays_so() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    delete(&mut desk, 1);
    desk.notices.clear();
    for look_number in 0..5 {
        assert_eq!(desk.notices.len(), 0, "look {look_number}");
        desk.pass(Duration::from_secs(130));
        look(&mut desk, &[offer(1, "Golf")]);
    }
    let told: Vec<_> = desk
        .notices
        .iter()
        .map(|notice| (notice.kind, notice.title.as_str()))
        .collect();
    assert_eq!(told, [(NoticeKind::StillSeen, "Golf")]);
}

#[test]
fn the_activities_say_of_a_deleted_or_hidden_offer_whether_guests_no_longer_see_it() {
    let golf = || "Golf".to_owned();
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Golf")]);
    delete(&mut desk, 1);
    desk.pass(SOON);
    look(&mut desk, &[offer(2, "Golf")]);
    assert_eq!(noted(&mut desk), (golf(), ChangeStep::NoLongerSeen));
    hide(&mut desk, &offer(2, "Golf"));
    desk.pass(SOON);
    look(&mut desk, &[offer(2, "Golf")]);
    assert_eq!(noted(&mut desk), (golf(), ChangeStep::StillSeen));
    desk.pass(SOON);
    look(&mut desk, &[]);
    assert_eq!(noted(&mut desk), (golf(), ChangeStep::NoLongerSeen));
}

/// Guests go on seeing this one offer however often the page is read.
fn stays_on_the_page(desk: &mut Desk, offer: &Offer) {
    for _ in 0..5 {
        desk.pass(Duration::from_secs(130));
        look(desk, std::slice::from_ref(offer));
    }
}

#[test]
fn an_offer_that_is_deleted_before_an_earlier_change_was_seen_keeps_its_name() {
    let golf = offer(1, "Golf");
    for is_hidden in [false, true] {
        let mut desk = Desk::live(vec![golf.clone()]);
        if is_hidden {
            hide(&mut desk, &golf);
        } else {
            retitle(&mut desk, 1, "Golf", "Spa");
        }
        let name = if is_hidden { "Golf" } else { "Spa" };
        delete(&mut desk, 1);
        desk.notices.clear();
        stays_on_the_page(&mut desk, &golf);
        assert_eq!(noted(&mut desk), (name.into(), ChangeStep::StillSeen));
        let told: Vec<_> = desk
            .notices
            .iter()
            .map(|notice| (notice.kind, notice.title.as_str()))
            .collect();
        assert_eq!(
            told,
            [(NoticeKind::StillSeen, name)],
            "hidden before: {is_hidden}"
        );
    }
}

#[test]
fn a_hidden_offer_that_guests_went_on_seeing_is_looked_for_when_it_is_deleted() {
    let golf = offer(1, "Golf");
    let mut desk = Desk::live(vec![golf.clone()]);
    hide(&mut desk, &golf);
    stays_on_the_page(&mut desk, &golf);
    delete(&mut desk, 1);
    desk.pass(SOON);
    look(&mut desk, &[]);
    assert_eq!(noted(&mut desk), ("Golf".into(), ChangeStep::NoLongerSeen));
}

#[test]
fn what_a_colleague_deleted_is_not_said_to_be_deleted_here() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Spa"}));
    desk.notices.clear();
    stays_on_the_page(&mut desk, &offer(1, "Golf"));
    assert_eq!(desk.notices.len(), 0);
    assert_eq!(noted(&mut desk), ("Spa".into(), ChangeStep::StillSeen));
}

#[test]
fn a_new_offer_that_a_colleague_deletes_before_it_was_seen_keeps_its_name() {
    let mut desk = Desk::live(Vec::new());
    desk.create("Golf");
    let call = desk.take_create();
    desk.answer(call, ok(offer(1, "Golf")));
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Golf"}));
    desk.pass(SOON);
    look(&mut desk, &[]);
    assert_eq!(noted(&mut desk), ("Golf".into(), ChangeStep::NoLongerSeen));
}

#[test]
fn an_old_photo_is_told_and_another_address_of_the_same_is_not() {
    let with = |url: &str| {
        let mut offer = offer(1, "Golf");
        offer.photo_url = Some(url.into());
        offer
    };
    let mut desk = Desk::live(vec![with("http://res.example/old.jpg")]);
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::default(),
        photo: Some(sync::view::PhotoChange::Set(photo("new"))),
        window: "console-1".into(),
    });
    desk.reply(ticket).expect("taken");
    let call = desk.take(|call| matches!(call, Call::Upload(..)));
    desk.answer(
        call,
        Answer::Uploaded(Ok(Some("http://res.example/new.jpg".into()))),
    );
    desk.pass(SOON);
    look(&mut desk, &[with("https://res.example/old.jpg")]);
    assert_eq!(differences(&mut desk, 1), [Difference::Photo]);
    desk.pass(SOON);
    look(&mut desk, &[with("https://res.example/c_fill/new.jpg")]);
    assert!(
        is_seen(&mut desk, 1),
        "which picture that is, nobody can tell from here"
    );
}

#[test]
fn what_guests_cannot_see_is_not_looked_for() {
    let mut hidden = offer(1, "Golf");
    hidden.fields.is_active = false;
    let mut desk = Desk::live(vec![hidden.clone(), offer(2, "Golf")]);
    let mut retitled = hidden.clone();
    retitled.fields.title = "Spa".into();
    desk.edit(key(1), &hidden.fields, &retitled.fields)
        .expect("taken");
    desk.updated(retitled);
    let mut noted = offer(2, "Golf");
    noted.fields.details_text = "for staff".into();
    desk.edit(key(2), &offer(2, "Golf").fields, &noted.fields)
        .expect("taken");
    desk.updated(noted);
    desk.pass(SOON);
    assert_eq!(looks(&desk), 0);
    assert_eq!((receipt(&mut desk, 1), receipt(&mut desk, 2)), (None, None));
}

#[test]
fn nothing_is_looked_at_while_offline_or_before_what_waits_is_sent() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    desk.edit(key(2), &titled("Golf"), &titled("Tea")).expect("taken");
    let slow = desk.take_update();
    desk.pass(Duration::from_secs(2));
    assert_eq!(looks(&desk), 0, "a change is on its way");
    desk.answer(slow, Answer::Offer(Err(lost())));
    desk.pass(Duration::from_secs(2));
    assert_eq!(looks(&desk), 0, "the server cannot be reached");
    // Its read, before it is sent again, says that the server is back.
    desk.pass(Duration::from_secs(30));
    let read = desk.take_read();
    desk.answer(read, ok(offer(2, "Tea")));
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Spa"), offer(2, "Tea")]);
    assert!(is_seen(&mut desk, 1) && is_seen(&mut desk, 2));
}

#[test]
fn a_page_that_cannot_be_read_says_nothing_and_is_not_tried_for_ever() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    let mut tries = 0;
    for _ in 0..100 {
        desk.pass(Duration::from_secs(10));
        if looks(&desk) > 0 {
            tries += 1;
            let call = desk.take(|call| matches!(call, Call::PublicPage));
            desk.answer(call, Answer::PublicPage(Err(lost())));
        }
    }
    assert_eq!(tries, 5);
    assert_eq!(receipt(&mut desk, 1), None);

    // A server without such a page is asked once for a change.
    retitle(&mut desk, 1, "Spa", "Tea");
    desk.pass(SOON);
    let call = desk.take(|call| matches!(call, Call::PublicPage));
    let words = "No Hotel matches the given query.".to_owned();
    desk.answer(call, Answer::PublicPage(Err(api::Error::Missing { words })));
    desk.pass(Duration::from_secs(600));
    assert_eq!((looks(&desk), receipt(&mut desk, 1)), (0, None));
}

/// The public page is read now, and has these entries.
fn look_at(desk: &mut Desk, entries: &[Value]) {
    let page = PublicPage::read(&json!({"offers": entries})).expect("a page");
    let call = desk.take(|call| matches!(call, Call::PublicPage));
    desk.answer(call, Answer::PublicPage(Ok(Box::new(page))));
}

#[test]
fn of_an_offer_that_may_be_what_cannot_be_read_on_the_page_nothing_is_told() {
    let theirs = (1..=3).map(|id| json!({"id": id, "title": 7})).collect();
    let anybodys = vec![json!("?")];
    for entries in [theirs, anybodys] {
        let mut hidden = offer(3, "Golf");
        hidden.fields.is_active = false;
        let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Golf"), hidden.clone()]);
        delete(&mut desk, 1);
        hide(&mut desk, &offer(2, "Golf"));
        desk.edit(key(3), &hidden.fields, &offer(3, "Golf").fields)
            .expect("taken");
        desk.updated(offer(3, "Golf"));
        desk.notices.clear();
        let mut tries = 0;
        for _ in 0..100 {
            desk.pass(Duration::from_secs(10));
            if looks(&desk) > 0 {
                tries += 1;
                look_at(&mut desk, &entries);
            }
        }
        assert_eq!(tries, 5, "it is not asked for ever");
        assert_eq!((receipt(&mut desk, 2), receipt(&mut desk, 3)), (None, None));
        assert_eq!(noted(&mut desk).1, ChangeStep::Sent);
        assert_eq!(desk.notices.len(), 0);
    }
}

#[test]
fn an_entry_of_the_page_that_cannot_be_read_leaves_other_offers_to_be_told() {
    let mut hidden = offer(2, "Golf");
    hidden.fields.is_active = false;
    let mut desk = Desk::live(vec![offer(1, "Golf"), hidden.clone()]);
    hide(&mut desk, &offer(1, "Golf"));
    desk.edit(key(2), &hidden.fields, &offer(2, "Golf").fields)
        .expect("taken");
    desk.updated(offer(2, "Golf"));
    desk.pass(SOON);
    look_at(&mut desk, &[json!({"id": 3, "title": 7})]);
    assert!(is_seen(&mut desk, 1));
    assert_eq!(differences(&mut desk, 2), [Difference::Missing]);
}

#[test]
fn a_look_that_left_before_something_newer_came_says_nothing() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    desk.pass(SOON);
    let early = desk.take(|call| matches!(call, Call::PublicPage));
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.answer(early, page(&[offer(1, "Spa")]));
    assert_eq!(
        receipt(&mut desk, 1),
        Some(Receipt::Awaited),
        "guests do not see “Spa” any more"
    );
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Theirs")]);
    assert!(is_seen(&mut desk, 1));
    desk.event("offer-updated", json!({"offer": offer(1, "Again")}));
    assert_eq!(
        receipt(&mut desk, 1),
        None,
        "what was seen stands there no longer"
    );
}

#[test]
fn a_place_that_was_told_to_differ_is_looked_at_again_when_another_offer_is_heard_of() {
    let mut desk = with_the_second_moved_up();
    let wrong = [placed(1, 1), placed(2, 0)];
    for wait in [1, 4, 11, 31, 121] {
        desk.pass(Duration::from_secs(wait));
        look(&mut desk, &wrong);
    }
    assert_eq!(differences(&mut desk, 2), [Difference::Place]);
    // The event that told of this move of the first was late.
    desk.event("offer-updated", json!({"offer": placed(1, 5)}));
    desk.pass(Duration::from_secs(31));
    look(&mut desk, &[placed(2, 0), placed(1, 5)]);
    assert!(is_seen(&mut desk, 2));
}

#[test]
fn with_live_updates_lost_a_place_among_others_is_not_judged() {
    let mut desk = with_the_second_moved_up();
    desk.signal(LiveSignal::Missed("a gap".into()));
    desk.pass(SOON);
    look(&mut desk, &[placed(1, 1), placed(2, 2)]);
    assert_eq!(receipt(&mut desk, 2), Some(Receipt::Awaited));
    let call = desk.take(|call| matches!(call, Call::List));
    let offers = vec![placed(1, 1), placed(2, 2)];
    let listing = Listing {
        offers: offers.clone(),
        malformed: Vec::new(),
        complete: true,
    };
    desk.answer(call, Answer::Listed(Ok(listing)));
    desk.pass(SOON);
    look(&mut desk, &offers);
    assert!(is_seen(&mut desk, 2), "somebody had moved it back");
}

#[test]
fn a_look_that_was_cut_off_by_signing_in_again_is_made_anew() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Golf")]);
    retitle(&mut desk, 1, "Golf", "Spa");
    desk.pass(SOON);
    desk.take(|call| matches!(call, Call::PublicPage));
    desk.edit(key(2), &titled("Golf"), &titled("Tea")).expect("taken");
    desk.pass(Duration::from_secs(1));
    let call = desk.take_update();
    let words = "Invalid token.".to_owned();
    desk.answer(call, Answer::Offer(Err(api::Error::SignedOut { words })));
    assert_eq!(looks(&desk), 0, "nobody may ask");
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Spa"), offer(2, "Golf")]);
    desk.pass(SOON);
    if desk.count(|call| matches!(call, Call::Read(_))) > 0 {
        let read = desk.take_read();
        desk.answer(read, ok(offer(2, "Golf")));
    }
    if !desk.writes().is_empty() {
        desk.updated(offer(2, "Tea"));
    }
    desk.pass(SOON);
    look(&mut desk, &[offer(1, "Spa"), offer(2, "Tea")]);
    assert!(is_seen(&mut desk, 1));
}
