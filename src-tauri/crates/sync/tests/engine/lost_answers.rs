//! A request may have been done although no answer came. Repeating is harmless, except for a create.

use std::time::Duration;

use api::Listing;
use model::{Malformed, Offer, OfferId};
use serde_json::json;
use sync::effect::{Answer, Ask, Call};
use sync::view::{NoticeKind, SyncState, WaitingChanges};

use crate::desk::{Desk, key, lost, offer, ok, titled};

const LATER: Duration = Duration::from_secs(2);
/// A request that nobody answers any more has arrived by then, or never will.
const ARRIVED: Duration = Duration::from_secs(16);

/// The list read on its way is answered with these offers and one that cannot be read.
fn list_with_unreadable(desk: &mut Desk, offers: Vec<Offer>, unreadable: i64) {
    let call = desk.take(|call| matches!(call, Call::List));
    let malformed = Malformed {
        id: Some(OfferId(unreadable)),
        reason: "title: null".into(),
    };
    let listing = Listing {
        offers,
        malformed: vec![malformed],
        complete: true,
    };
    desk.answer(call, Answer::Listed(Ok(listing)));
}

#[test]
fn a_create_without_an_answer_is_found_on_the_list_and_not_sent_again() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    assert_eq!(desk.writes().len(), 0, "looked up before it is repeated");
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa day")]);
    desk.pass(LATER);
    assert_eq!(desk.writes().len(), 0);
    assert_eq!(desk.view(key(2)).unwrap().sync, SyncState::Synced);
    assert_eq!(desk.titles(), ["Golf", "Spa day"]);
}

#[test]
fn a_list_read_that_saw_the_new_offer_before_the_answer_was_lost_does_not_hide_it_from_the_look_up() {
    let mut desk = Desk::live(vec![]);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(LATER);
    desk.create("Spa day");
    desk.list(vec![offer(2, "Spa day")]);
    assert_eq!(desk.titles(), ["Spa day"], "one card");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(LATER);
    assert_eq!(
        (desk.writes().len(), desk.titles()),
        (0, vec!["Spa day".to_owned()])
    );
    assert_eq!(desk.view(key(2)).unwrap().sync, SyncState::Synced);
}

#[test]
fn a_list_that_was_not_read_whole_does_not_prove_that_a_create_was_never_done() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    let call = desk.take(|call| matches!(call, Call::List));
    let listing = Listing {
        offers: vec![],
        malformed: vec![],
        complete: false,
    };
    desk.answer(call, Answer::Listed(Ok(listing)));
    desk.pass(Duration::from_secs(20));
    assert_eq!(desk.writes().len(), 0);
    desk.list(vec![]);
    assert_eq!(desk.writes().len(), 0, "one read alone can be deceived");
    desk.list(vec![]);
    assert!(matches!(desk.writes()[..], [Call::Create(..)]));
}

#[test]
fn a_create_that_is_not_on_the_list_is_sent_again() {
    let mut desk = Desk::live(vec![offer(1, "Spa day")]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    desk.list(vec![offer(1, "Spa day")]);
    desk.list(vec![offer(1, "Spa day")]);
    assert!(
        matches!(desk.writes()[..], [Call::Create(..)]),
        "the one that was there before is not it"
    );
}

#[test]
fn a_list_read_that_began_before_the_create_failed_proves_nothing() {
    let mut desk = Desk::live(vec![]);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(LATER);
    assert_eq!(
        desk.count(|call| matches!(call, Call::List)),
        1,
        "a read is on its way"
    );
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(LATER);
    desk.list(vec![]);
    assert_eq!(
        desk.writes().len(),
        0,
        "that read may have looked before the create arrived"
    );
    desk.pass(ARRIVED);
    desk.list(vec![offer(2, "Spa day")]);
    assert_eq!(
        (desk.titles(), desk.writes().len()),
        (vec!["Spa day".to_owned()], 0)
    );
}

#[test]
fn the_event_of_a_create_tells_what_the_lost_answer_would_have() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    assert_eq!(desk.view(key(7)).unwrap().sync, SyncState::Synced);
    desk.pass(LATER);
    assert_eq!(desk.writes().len(), 0);
}

#[test]
fn a_create_cut_off_by_a_crash_is_looked_up_after_the_restart() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.create("Spa day");
    assert_eq!(desk.writes().len(), 1, "it has left");
    desk.crash_and_restart();
    assert_eq!(desk.titles(), ["Golf", "Spa day"], "nothing is lost");
    assert_eq!(desk.writes().len(), 0);
    desk.list(vec![offer(1, "Golf"), offer(2, "Spa day")]);
    desk.pass(LATER);
    assert_eq!(desk.writes().len(), 0);
    assert_eq!(desk.titles(), ["Golf", "Spa day"]);
    assert_eq!(desk.view(key(2)).unwrap().sync, SyncState::Synced);
}

#[test]
fn an_update_without_an_answer_reads_its_offer_and_is_done_or_sent_again() {
    for was_done in [true, false] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
        let call = desk.take_update();
        desk.answer(call, Answer::Offer(Err(lost())));
        desk.pass(LATER);
        let call = desk.take_read();
        desk.answer(call, ok(offer(1, if was_done { "Mine" } else { "Golf" })));
        assert_eq!(desk.writes().len(), usize::from(!was_done));
    }
}

/// Whoever saw an offer vanish puts it back: what stands then is what stood before, and yet somebody wants it so.
#[test]
fn what_somebody_has_put_back_since_it_was_done_is_not_done_again_without_a_word() {
    let (before, mine) = (offer(1, "Golf"), offer(1, "Mine"));
    for is_answered in [true, false] {
        for restarts in [false, true] {
            let mut desk = Desk::live(vec![before.clone()]);
            desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
            let call = desk.take_update();
            desk.event("offer-updated", json!({"offer": mine}));
            desk.event("offer-updated", json!({"offer": before}));
            let answer = if is_answered {
                ok(mine.clone())
            } else {
                Answer::Offer(Err(lost()))
            };
            desk.answer(call, answer);
            if restarts {
                desk.crash_and_restart();
                desk.list(vec![before.clone()]);
            }
            desk.pass(LATER);
            let call = desk.take_read();
            desk.answer(call, ok(before.clone()));
            assert_eq!(
                desk.writes().len(),
                0,
                "answered {is_answered}, restarts {restarts}"
            );
            let view = desk.view(key(1)).unwrap();
            assert_eq!(view.sync, SyncState::Conflict, "{is_answered}, {restarts}");
            let told = serde_json::to_value(&view.conflicts).unwrap();
            assert_eq!(
                (&told[0]["mine"], &told[0]["theirs"]),
                (&json!("Mine"), &json!("Golf"))
            );
        }
    }
}

#[test]
fn what_was_seen_to_stand_and_still_does_is_done() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(LATER);
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Mine")));
    assert_eq!(desk.writes().len(), 0);
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Synced);
}

#[test]
fn an_edit_of_an_offer_that_was_deleted_here_and_elsewhere_needs_nobody() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.delete(key(1));
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Golf"}));
    let leaving = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    desk.answer(call, ok(offer(1, "Mine")));
    desk.pass(LATER);
    let notices: Vec<_> = desk.notices.iter().map(|notice| notice.kind).collect();
    assert!(!notices.contains(&NoticeKind::Attention), "{notices:?}");
    desk.reply(leaving).expect("nothing is left to decide");
}

#[test]
fn a_read_that_left_before_a_deletion_does_not_bring_back_what_a_lost_create_has_made() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let create = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offer-updated", json!({"offer": offer(7, "Spa day")}));
    let read = desk.take_read();
    desk.event("offer-deleted", json!({"offer_id": 7, "offer_title": "Spa day"}));
    desk.answer(read, ok(offer(7, "Spa day")));
    desk.answer(create, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    assert_eq!((desk.writes().len(), desk.titles().len()), (0, 0));
}

fn theirs_is_read(desk: &mut Desk) {
    let read = desk.take_read();
    desk.answer(read, ok(offer(7, "Theirs")));
}

/// Made by a create of ours without an answer, edited by others, and read.
fn made_and_edited(desk: &mut Desk) {
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offer-updated", json!({"offer": offer(7, "Theirs")}));
    theirs_is_read(desk);
}

fn a_list_read_begins(desk: &mut Desk) {
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(LATER);
}

#[test]
fn an_older_list_does_not_put_back_what_a_read_has_told_of_an_offer_that_may_be_ours() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let create = desk.take_create();
    a_list_read_begins(&mut desk);
    made_and_edited(&mut desk);
    desk.list(vec![offer(7, "Spa day")]);
    desk.answer(create, ok(offer(7, "Spa day")));
    theirs_is_read(&mut desk);
    assert_eq!(desk.titles(), ["Theirs"]);
}

#[test]
fn a_creation_that_is_told_twice_does_not_put_back_what_a_read_has_told_meanwhile() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let create = desk.take_create();
    made_and_edited(&mut desk);
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.answer(create, ok(offer(7, "Spa day")));
    theirs_is_read(&mut desk);
    assert_eq!(desk.titles(), ["Theirs"]);
}

#[test]
fn a_creation_that_is_told_twice_does_not_settle_what_a_list_has_told_otherwise() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let create = desk.take_create();
    a_list_read_begins(&mut desk);
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.list(vec![offer(7, "Theirs")]);
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.answer(create, ok(offer(7, "Spa day")));
    theirs_is_read(&mut desk);
    assert_eq!(desk.titles(), ["Theirs"]);
}

#[test]
fn what_a_lost_create_has_made_is_no_newer_than_its_event_where_a_later_list_misses_it() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let create = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offers-updated", json!({"action": "created"}));
    // Deleted elsewhere, and the event is lost.
    a_list_read_begins(&mut desk);
    desk.answer(create, Answer::Offer(Err(lost())));
    assert_eq!(desk.titles(), ["Spa day"]);
    desk.list(vec![]);
    let read = desk.take_read();
    desk.answer(
        read,
        Answer::Offer(Err(api::Error::Missing {
            words: "No Offer matches".into(),
        })),
    );
    assert_eq!((desk.writes().len(), desk.titles().len()), (0, 0));
}

#[test]
fn a_repeated_delete_that_finds_nothing_is_done() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.delete(key(1));
    let call = desk.take(|call| matches!(call, Call::Delete(_)));
    desk.answer(
        call,
        Answer::Deleted(Err(api::Error::Missing {
            words: "No Offer matches".into(),
        })),
    );
    assert_eq!((desk.titles().len(), desk.snapshot().connection.waiting), (0, 0));
}

#[test]
fn edits_made_while_their_create_is_on_its_way_follow_it() {
    let mut desk = Desk::live(vec![]);
    let new = desk.create("Spa day");
    let call = desk.take_create();
    desk.edit(new, &titled("Spa day"), &titled("Spa weekend"))
        .unwrap();
    assert_eq!(desk.writes().len(), 0, "not before the create is answered");
    desk.answer(call, ok(offer(7, "Spa day")));
    let sent = desk.writes();
    assert!(matches!(sent[..], [Call::Update(id, _)] if id.0 == 7), "{sent:?}");
    assert_eq!(desk.titles(), ["Spa weekend"]);
}

#[test]
fn a_create_that_may_still_be_on_its_way_when_the_program_starts_again_is_not_sent_again_before_it_can_have_arrived()
 {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    desk.crash_and_restart();
    desk.list(vec![]);
    desk.pass(LATER);
    assert_eq!(desk.writes().len(), 0, "a proxy may hold it back for a while");
    desk.pass(ARRIVED);
    desk.list(vec![offer(2, "Spa day")]);
    desk.pass(LATER);
    assert_eq!(
        (desk.writes().len(), desk.titles()),
        (0, vec!["Spa day".to_owned()])
    );
}

#[test]
fn a_create_whose_offer_was_edited_by_others_before_the_look_up_is_recognised_by_its_event() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offer-updated", json!({"offer": offer(7, "Spa weekend")}));
    let read = desk.take_read();
    desk.answer(read, ok(offer(7, "Spa weekend")));
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    assert_eq!(
        (desk.writes().len(), desk.titles()),
        (0, vec!["Spa weekend".to_owned()])
    );
}

#[test]
fn a_create_whose_offer_was_deleted_by_others_before_the_look_up_does_not_bring_it_back() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offer-deleted", json!({"offer_id": 7, "offer_title": "Spa day"}));
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    assert_eq!((desk.writes().len(), desk.titles().len()), (0, 0));
}

#[test]
fn a_new_offer_that_is_only_like_a_create_without_an_answer_is_for_a_person_to_judge() {
    let mut desk = Desk::live(vec![]);
    let new = desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    // The same short description; the title may have been edited since, or it is another offer.
    desk.list(vec![offer(2, "Spa weekend")]);
    desk.pass(ARRIVED);
    assert_eq!(desk.writes().len(), 0);
    assert_eq!(desk.view(new).unwrap().sync, SyncState::Parked);
    assert_eq!(desk.view(key(2)).unwrap().sync, SyncState::Synced, "and is shown");
    desk.edit(new, &titled("Spa day"), &titled("Spa night")).unwrap();
    assert_eq!(desk.writes().len(), 0, "an edit is no answer to the question");
    assert_eq!(desk.view(new).unwrap().sync, SyncState::Parked);
    let ticket = desk.ask(Ask::Retry(new));
    desk.reply(ticket).unwrap();
    assert!(
        matches!(desk.writes()[..], [Call::Create(..)]),
        "told to, it makes another"
    );
}

#[test]
fn a_create_that_was_deleted_here_before_it_was_done_is_not_done_after_all() {
    let not_sent = api::Error::Unreachable {
        sent: false,
        reason: "refused".into(),
    };
    let busy = api::Error::Busy {
        status: 429,
        retry_after: None,
        words: "Too many.".into(),
    };
    for error in [not_sent, busy, lost()] {
        let mut desk = Desk::live(vec![]);
        let new = desk.create("Spa day");
        let call = desk.take_create();
        desk.delete(new);
        desk.answer(call, Answer::Offer(Err(error.clone())));
        desk.pass(ARRIVED);
        // Only where it may have been done is it looked for.
        for _ in 0..2 {
            if desk.count(|call| matches!(call, Call::List)) > 0 {
                desk.list(vec![]);
            }
        }
        assert_eq!(desk.writes().len(), 0, "after {error:?}");
        assert_eq!(desk.snapshot().connection.waiting, 0, "after {error:?}");
    }
}

#[test]
fn a_create_that_was_deleted_here_shows_again_where_a_new_offer_is_only_like_it() {
    let mut desk = Desk::live(vec![]);
    let new = desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.delete(new);
    desk.pass(ARRIVED);
    desk.list(vec![offer(2, "Spa weekend")]);
    assert_eq!(desk.writes().len(), 0);
    let view = desk.view(new).expect("the question can be seen");
    assert_eq!(view.sync, SyncState::Parked);
    let told = desk
        .notices
        .iter()
        .rev()
        .find(|notice| notice.kind == NoticeKind::Attention);
    assert_eq!(
        told.map(|notice| notice.title.as_str()),
        Some("Spa day"),
        "by name"
    );
    let ticket = desk.ask(Ask::Discard(new));
    desk.reply(ticket).unwrap();
    assert_eq!(
        (desk.titles(), desk.snapshot().connection.waiting),
        (vec!["Spa weekend".to_owned()], 0)
    );
}

#[test]
fn a_create_does_not_take_the_offer_of_another_one_that_is_like_it() {
    let mut desk = Desk::live(vec![]);
    // The same short description; both answers are lost, and only the second has arrived.
    let (spa, golf) = (desk.create("Spa"), desk.create("Golf"));
    for _ in 0..2 {
        let call = desk.take_create();
        desk.answer(call, Answer::Offer(Err(lost())));
    }
    desk.event("offer-created", json!({"offer": offer(11, "Golf")}));
    assert_eq!(desk.view(key(11)).unwrap().fields.title, "Golf");
    assert_eq!(desk.view(golf), None, "it has its id now");
    desk.pass(ARRIVED);
    desk.list(vec![offer(11, "Golf")]);
    desk.list(vec![offer(11, "Golf")]);
    let writes = desk.writes();
    assert!(
        matches!(writes[..], [Call::Create(fields, _)] if fields.title == "Spa"),
        "{writes:?}"
    );
    assert_eq!(desk.view(spa).unwrap().sync, SyncState::Sending);
}

#[test]
fn a_create_that_is_lost_sight_of_as_the_session_expires_may_still_be_on_its_way_from_then_on() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.create("Spa day");
    let slow = desk.take_create();
    desk.pass(ARRIVED);
    desk.pass(ARRIVED);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let words = "Invalid token.".to_owned();
    desk.answer(call, Answer::Offer(Err(api::Error::SignedOut { words })));
    desk.sign_in("frontdesk");
    for _ in 0..4 {
        if desk.count(|call| matches!(call, Call::List)) > 0 {
            desk.list(vec![offer(1, "Golf")]);
        }
        desk.pass(LATER);
    }
    let creates = desk.count(|call| matches!(call, Call::Create(..)));
    assert_eq!(
        creates, 0,
        "its photo may be under way for long, and {slow:?} is nobody's any more"
    );
}

#[test]
fn an_unreadable_offer_that_was_listed_before_a_create_does_not_keep_it_from_being_sent_again() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(LATER);
    list_with_unreadable(&mut desk, vec![offer(1, "Golf")], 9);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(ARRIVED);
    list_with_unreadable(&mut desk, vec![offer(1, "Golf")], 9);
    list_with_unreadable(&mut desk, vec![offer(1, "Golf")], 9);
    assert!(matches!(desk.writes()[..], [Call::Create(..)]));
}

#[test]
fn a_create_that_an_unreadable_offer_may_be_is_looked_for_less_and_less_often_and_not_sent_again() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.answer(call, Answer::Offer(Err(lost())));
    let (mut left, mut looks) = (Duration::from_secs(600), 0);
    while !left.is_zero() {
        let step = desk.due_in().clamp(Duration::from_millis(1), left);
        left -= step;
        desk.pass(step);
        if desk.count(|call| matches!(call, Call::List)) > 0 {
            list_with_unreadable(&mut desk, vec![offer(1, "Golf")], 9);
            looks += 1;
        }
    }
    assert_eq!(desk.writes().len(), 0);
    assert!((8..=60).contains(&looks), "{looks} looks in ten minutes");
}
