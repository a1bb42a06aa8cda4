//! One's own work comes back as an event, before or after the answer, and is never announced as somebody else's.

use serde_json::json;
use sync::effect::{Answer, Ask, Call};
use sync::view::{NoticeBy, NoticeKind, PhotoChange, SyncState, ViewChange};

use crate::desk::{Desk, key, offer, ok, photo, titled};

fn elsewhere(desk: &Desk) -> usize {
    desk.notices
        .iter()
        .filter(|notice| notice.by == NoticeBy::Elsewhere)
        .count()
}

#[test]
fn a_create_is_visible_at_once_and_becomes_the_servers_offer() {
    let mut desk = Desk::live(vec![]);
    let new = desk.create("Spa day");
    assert_eq!(desk.view(new).unwrap().sync, SyncState::Sending);
    let call = desk.take_create();
    desk.answer(call, ok(offer(7, "Spa day")));
    assert!(desk.view(new).is_none());
    assert_eq!(desk.view(key(7)).unwrap().sync, SyncState::Synced);
}

#[test]
fn the_echo_of_a_create_before_its_answer_is_neither_a_second_card_nor_news() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    assert_eq!(desk.titles(), ["Spa day"]);
    let call = desk.take_create();
    desk.answer(call, ok(offer(7, "Spa day")));
    assert_eq!(desk.titles(), ["Spa day"]);
    assert_eq!(elsewhere(&desk), 0, "{:?}", desk.notices);
}

#[test]
fn the_echo_of_a_create_after_its_answer_is_not_news() {
    let mut desk = Desk::live(vec![]);
    desk.create("  Spa day ");
    let call = desk.take_create();
    desk.answer(call, ok(offer(7, "Spa day")));
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    assert_eq!(desk.titles(), ["Spa day"]);
    assert_eq!(elsewhere(&desk), 0, "{:?}", desk.notices);
}

#[test]
fn the_same_offer_made_elsewhere_in_the_same_instant_is_news_once_ours_is_answered() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    desk.event("offer-created", json!({"offer": offer(6, "Spa day")}));
    let call = desk.take_create();
    desk.answer(call, ok(offer(7, "Spa day")));
    assert_eq!(desk.titles(), ["Spa day", "Spa day"]);
    assert_eq!(elsewhere(&desk), 1);
}

#[test]
fn others_creates_and_deletes_are_news_and_their_updates_are_not() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offer-created", json!({"offer": offer(2, "Spa day")}));
    desk.event("offer-updated", json!({"offer": offer(1, "Golf & Stay")}));
    desk.event(
        "offer-deleted",
        json!({"offer_id": 1, "offer_title": "Golf & Stay"}),
    );
    let told: Vec<_> = desk
        .notices
        .iter()
        .map(|notice| (notice.kind, notice.title.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (NoticeKind::Created, "Spa day"),
            (NoticeKind::Deleted, "Golf & Stay")
        ]
    );
    assert_eq!(desk.titles(), ["Spa day"]);
}

#[test]
fn ones_own_delete_is_not_news_whichever_comes_first() {
    for event_first in [true, false] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        desk.delete(key(1));
        assert_eq!(desk.titles(), [""; 0], "gone from the screen at once");
        let call = desk.take(|call| matches!(call, Call::Delete(_)));
        if event_first {
            desk.event("offer-deleted", json!({"offer_id": 1}));
        }
        desk.answer(call, Answer::Deleted(Ok(())));
        desk.event("offer-deleted", json!({"offer_id": 1}));
        assert_eq!(elsewhere(&desk), 0, "{:?}", desk.notices);
        assert_eq!(desk.snapshot().connection.waiting, 0);
    }
}

#[test]
fn doubled_and_foreign_events_change_nothing() {
    let mut desk = Desk::live(vec![]);
    for _ in 0..2 {
        desk.event("offer-created", json!({"offer": offer(2, "Spa day")}));
    }
    desk.event("room-cleaned", json!({"room": 12}));
    assert_eq!(desk.titles(), ["Spa day"]);
    assert_eq!(desk.notices.len(), 1);
}

#[test]
fn the_other_windows_of_this_computer_hear_of_a_create() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let notice = &desk.notices[0];
    assert_eq!(
        (notice.by, notice.origin.as_deref()),
        (NoticeBy::AnotherWindow, Some("console-1"))
    );
}

#[test]
fn an_event_that_overtakes_the_answer_is_settled_by_a_read() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    // Somebody else changed the tag in between; their event arrives before our answer.
    let mut theirs = offer(1, "Golf");
    theirs.fields.tag = "Sport".into();
    desk.event("offer-updated", json!({"offer": theirs}));
    desk.answer(call, ok(offer(1, "Mine")));
    assert_eq!(
        desk.view(key(1)).unwrap().fields.title,
        "Mine",
        "the edit does not flicker away"
    );
    let mut now = theirs.clone();
    now.fields.title = "Mine".into();
    let call = desk.take_read();
    desk.answer(call, ok(now));
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.fields.title.as_str(), view.fields.tag.as_str(), view.sync),
        ("Mine", "Sport", SyncState::Synced)
    );
}

#[test]
fn a_late_event_during_an_upload_does_not_bring_the_old_photo_back() {
    let standing = |title: &str, name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(format!("http://127.0.0.1:1/media/{name}.jpg")),
        ..offer(1, title)
    };
    let mut desk = Desk::live(vec![standing("Golf", "old")]);
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::new(titled("Golf").patch_to(&titled("Mine"))),
        photo: Some(PhotoChange::Set(photo("ours"))),
        window: "console-1".into(),
    });
    desk.reply(ticket).unwrap();
    desk.updated(standing("Mine", "old"));
    let call = desk.take(|call| matches!(call, Call::Upload(..)));
    // The event of the update, whose answer came first.
    desk.event("offer-updated", json!({"offer": standing("Mine", "old")}));
    desk.changes.clear();
    desk.answer(call, Answer::Uploaded(Ok(standing("Mine", "ours").photo_url)));
    let read = desk.take_read();
    let shown = Some(cache::PhotoHash::of(b"ours").to_string());
    let photo_of = |desk: &mut Desk| desk.view(key(1)).unwrap().photo.unwrap().hash;
    assert_eq!(photo_of(&mut desk), shown, "before the read has told");
    desk.answer(read, ok(standing("Mine", "ours")));
    assert_eq!(photo_of(&mut desk), shown);
    for change in &desk.changes {
        if let ViewChange::Offer { offer, remote } = change {
            let hash = offer.photo.as_ref().and_then(|photo| photo.hash.clone());
            assert_eq!(
                (hash, *remote),
                (shown.clone(), false),
                "nobody else has changed it"
            );
        }
    }
}

#[test]
fn what_others_made_of_ones_new_offer_before_the_answer_stays() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.event("offer-created", json!({"offer": offer(7, "Spa day")}));
    desk.event("offer-updated", json!({"offer": offer(7, "Theirs")}));
    let read = desk.take_read();
    desk.answer(read, ok(offer(7, "Theirs")));
    // The answer was long on its way, and tells how the offer began.
    desk.answer(call, ok(offer(7, "Spa day")));
    assert_eq!(desk.titles(), ["Theirs"]);
    let read = desk.take_read();
    desk.answer(read, ok(offer(7, "Theirs")));
    assert_eq!(desk.titles(), ["Theirs"]);
}

#[test]
fn a_creation_that_is_heard_of_late_undoes_nothing_that_was_learned_since() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.updated(offer(1, "Mine"));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    // The server sends it once, when the offer is made: whatever is known of the offer is no older.
    desk.event("offer-created", json!({"offer": offer(1, "Golf")}));
    assert_eq!(desk.view(key(1)).unwrap().fields.title, "Mine");
    assert_eq!(desk.notices.len(), 0);
}

/// What an event put in the place of ours may have been there before it: a read tells.
#[test]
fn a_late_event_of_an_earlier_change_of_ours_is_settled_by_a_read() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    for (before, after) in [("Golf", "First"), ("First", "Second")] {
        desk.edit(key(1), &titled(before), &titled(after)).unwrap();
        desk.updated(offer(1, after));
    }
    desk.event("offer-updated", json!({"offer": offer(1, "Second")}));
    desk.event("offer-updated", json!({"offer": offer(1, "First")}));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Second")));
    assert_eq!(desk.titles(), ["Second"]);
    assert_eq!(desk.notices.len(), 0);
}

#[test]
fn a_late_event_of_what_was_there_before_ours_is_settled_by_a_read() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let mut tagged = offer(1, "Golf");
    tagged.fields.tag = "Sport".into();
    let mut ours = tagged.clone();
    ours.fields.title = "Mine".into();
    desk.answer(call, ok(ours.clone()));
    // Our own event is lost.
    desk.event("offer-updated", json!({"offer": tagged}));
    let read = desk.take_read();
    desk.answer(read, ok(ours));
    assert_eq!(desk.titles(), ["Mine"]);
    assert_eq!(desk.notices.len(), 0);
}
