//! What an offer was, and putting it back.

use std::time::Duration;

use api::Listing;
use cache::PhotoHash;
use model::{Field, FieldValue};
use serde_json::json;
use sync::activity::{Activity, ChangeStep};
use sync::effect::{Answer, Ask, Call, Fetched, Reply};
use sync::history::{OfferVersion, Origin};
use sync::view::{PhotoChange, StagedPhoto, SyncState, WaitingChanges};

use crate::desk::{Desk, key, offer, ok, photo, titled};

fn history(desk: &mut Desk, id: i64) -> Vec<OfferVersion> {
    let ticket = desk.ask(Ask::History(key(id)));
    match desk.reply(ticket) {
        Ok(Reply::Versions(versions)) => versions,
        other => panic!("no history: {other:?}"),
    }
}

fn restore(
    desk: &mut Desk,
    version: i64,
    photo: Option<StagedPhoto>,
) -> Result<Reply, sync::problem::AppError> {
    let ticket = desk.ask(Ask::Version(version));
    let version = match desk.reply(ticket)? {
        Reply::Version(version) => version,
        other => panic!("no version: {other:?}"),
    };
    let window = "console-1".to_owned();
    let ticket = desk.ask(Ask::Restore {
        version,
        photo,
        window,
    });
    desk.reply(ticket)
}

#[test]
fn versions_tell_what_changed_and_whether_it_was_made_here() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    // Our own echo comes first: it is ours all the same.
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.answer(call, ok(offer(1, "Mine")));
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));

    let told: Vec<_> = history(&mut desk, 1)
        .into_iter()
        .map(|version| (version.fields.title, version.origin, version.changes.len()))
        .collect();
    let here = Origin::ThisComputer {
        window: Some("console-1".to_owned()),
    };
    assert_eq!(
        told,
        [
            ("Theirs".to_owned(), Origin::Elsewhere, 1),
            ("Mine".to_owned(), here, 1),
            ("Golf".to_owned(), Origin::Elsewhere, 0),
        ]
    );
    desk.crash_and_restart();
    let origin = history(&mut desk, 1)[1].origin.clone();
    assert_eq!(
        origin,
        Origin::ThisComputer { window: None },
        "that window is no more"
    );
}

#[test]
fn a_version_is_restored_as_an_ordinary_edit() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    let first = history(&mut desk, 1).last().unwrap().id;
    restore(&mut desk, first, None).unwrap();
    match desk.writes()[..] {
        [Call::Update(_, patch)] => assert_eq!(patch.fields(), [Field::Title]),
        ref other => panic!("{other:?}"),
    }
    assert_eq!(desk.titles(), ["Golf"]);
}

#[test]
fn a_deleted_offer_is_told_and_restored_with_its_photo_as_a_new_one() {
    let photo = offer_with_photo();
    let mut desk = Desk::live(vec![]);
    desk.event("offer-created", json!({"offer": photo}));
    let call = desk.take(|call| matches!(call, Call::Picture { .. }));
    let hash = PhotoHash::of(b"picture");
    let fetched = Fetched {
        hash,
        validators: api::Validators::default(),
    };
    desk.answer(call, Answer::Picture(Ok(Some(fetched))));
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Golf"}));

    let ticket = desk.ask(Ask::DeletedOffers);
    let Ok(Reply::Versions(deleted)) = desk.reply(ticket) else {
        panic!("the deleted offers are told");
    };
    assert_eq!((deleted.len(), deleted[0].is_deletion), (1, true));
    let shown = deleted[0].photo.clone().unwrap().hash;
    assert_eq!(
        shown,
        Some(hash.to_string()),
        "its picture came after its version"
    );

    let staged = StagedPhoto {
        hash,
        name: "photo.jpg".into(),
        content_type: "image/jpeg".into(),
        width: 1,
        height: 1,
        bytes: 7,
        source: None,
    };
    restore(&mut desk, deleted[0].id, Some(staged)).unwrap();
    assert!(
        matches!(desk.writes()[..], [Call::Create(_, Some(_))]),
        "{:?}",
        desk.writes()
    );
}

/// One save of a title and a photo.
fn save_with_photo(desk: &mut Desk, title: &str, photo: PhotoChange) {
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::new(titled("Golf").patch_to(&titled(title))),
        photo: Some(photo),
        window: "console-1".into(),
    });
    desk.reply(ticket).expect("both are taken");
}

fn offer_with_photo() -> model::Offer {
    model::Offer {
        photo: Some("image/upload/v1/a.jpg".into()),
        photo_url: Some("http://127.0.0.1:1/media/a.jpg".into()),
        ..offer(1, "Golf")
    }
}

#[test]
fn a_photo_that_was_saved_with_a_text_was_made_here_also_where_its_event_comes_first() {
    let moved = "http://127.0.0.1:1/media/b.jpg";
    for is_edited_elsewhere in [false, true] {
        let mut desk = Desk::live(vec![offer_with_photo()]);
        save_with_photo(&mut desk, "Mine", PhotoChange::Set(photo("b")));
        let titled = model::Offer {
            fields: titled("Mine"),
            ..offer_with_photo()
        };
        desk.updated(titled.clone());
        let call = desk.take(|call| matches!(call, Call::Upload(..)));
        if is_edited_elsewhere {
            let mut tagged = titled;
            tagged.fields.tag = "Sport".into();
            desk.event("offer-updated", json!({"offer": tagged}));
        }
        desk.event("offer-image-updated", json!({"offer_id": 1, "photo_url": moved}));
        desk.answer(call, Answer::Uploaded(Ok(Some(moved.into()))));
        let here = Origin::ThisComputer {
            window: Some("console-1".to_owned()),
        };
        assert_eq!(history(&mut desk, 1)[0].origin, here, "{is_edited_elsewhere}");
    }
}

#[test]
fn a_photo_that_was_removed_with_a_change_of_text_was_removed_here_also_where_its_event_comes_first() {
    let mut desk = Desk::live(vec![offer_with_photo()]);
    save_with_photo(&mut desk, "Mine", PhotoChange::Remove);
    desk.updated(model::Offer {
        fields: titled("Mine"),
        ..offer_with_photo()
    });
    let call = desk.take(|call| matches!(call, Call::RemovePhoto(_)));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.answer(call, ok(offer(1, "Mine")));
    let here = Origin::ThisComputer {
        window: Some("console-1".to_owned()),
    };
    assert_eq!(history(&mut desk, 1)[0].origin, here);
}

#[test]
fn restoring_an_offer_whose_deletion_has_not_left_yet_takes_the_deletion_back() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.delete(key(1));
    let version = history(&mut desk, 1)[0].id;
    restore(&mut desk, version, None).unwrap();
    let view = desk.view(key(1)).expect("it is there again");
    assert_eq!(view.sync, SyncState::Synced);
    assert_eq!(desk.snapshot().connection.waiting, 0);
}

#[test]
fn a_list_that_says_what_is_known_makes_no_version() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    for _ in 0..3 {
        let ticket = desk.ask(Ask::RetryNow);
        desk.reply(ticket).unwrap();
        let call = desk.take(|call| matches!(call, Call::List));
        let listing = Listing {
            offers: vec![offer(1, "Golf")],
            malformed: vec![],
            complete: true,
        };
        desk.answer(call, Answer::Listed(Ok(listing)));
    }
    assert_eq!(history(&mut desk, 1).len(), 1);
}

#[test]
fn what_a_change_has_replaced_is_told_and_one_edit_puts_it_back() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    // Somebody else was there first; then the server took ours.
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    assert_eq!(
        desk.notices.len(),
        0,
        "nobody knows how it ends before the answer"
    );
    desk.answer(call, ok(offer(1, "Mine")));
    let [notice] = &desk.notices[..] else {
        panic!("one notice: {:?}", desk.notices);
    };
    let replaced: Vec<_> = notice
        .replaced
        .iter()
        .map(|change| (change.field, &change.before))
        .collect();
    assert_eq!(replaced, [(Field::Title, &FieldValue::Text("Theirs".into()))]);
    desk.edit(key(1), &titled("Mine"), &titled("Theirs")).unwrap();
    desk.updated(offer(1, "Theirs"));
    assert_eq!(desk.notices.len(), 1, "putting it back replaces nothing unseen");
}

#[test]
fn what_was_replaced_is_told_also_when_its_event_comes_after_the_answer() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.updated(offer(1, "Mine"));
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    assert_eq!(desk.notices.len(), 0, "so far they have replaced ours");
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    assert_eq!(desk.notices.len(), 1);
}

#[test]
fn an_event_that_contradicts_the_answer_to_ours_has_the_offer_read() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.updated(offer(1, "Mine"));
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    let call = desk.take_read();
    // The event of ours never comes, and the answer takes its time.
    desk.pass(Duration::from_secs(20));
    assert_eq!(told_titles(&desk), []);
    desk.answer(call, ok(offer(1, "Mine")));
    assert_eq!(desk.view(key(1)).unwrap().fields.title, "Mine");
    assert_eq!(told_titles(&desk), [FieldValue::Text("Theirs".into())]);
}

/// The values of the title that staff were told to have replaced.
fn told_titles(desk: &Desk) -> Vec<FieldValue> {
    let changes = desk.notices.iter().flat_map(|notice| &notice.replaced);
    let titles = changes.filter(|change| change.field == Field::Title);
    titles.map(|change| change.before.clone()).collect()
}

#[test]
fn what_was_replaced_is_told_also_when_somebody_has_replaced_ours_before_it_was_settled() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.answer(call, ok(offer(1, "Mine")));
    let call = desk.take_read();
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.event("offer-updated", json!({"offer": offer(1, "A third one's")}));
    assert_eq!(
        told_titles(&desk),
        [],
        "the read has not told yet what became of it"
    );
    desk.answer(call, ok(offer(1, "A third one's")));
    assert_eq!(told_titles(&desk), [FieldValue::Text("Theirs".into())]);
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
}

#[test]
fn what_was_replaced_is_told_to_its_own_account_when_another_was_signed_in_meanwhile() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.answer(call, ok(offer(1, "Mine")));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    let _never_answered = desk.take_read();
    for user in ["manager", "frontdesk"] {
        let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
        desk.reply(ticket).unwrap();
        desk.sign_in(user);
        assert_eq!(told_titles(&desk), []);
    }
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Mine")));
    assert_eq!(told_titles(&desk), [FieldValue::Text("Theirs".into())]);
}

#[test]
fn what_two_quick_edits_have_replaced_is_told_of_each() {
    let mut desk = Desk::live(vec![offer(1, "A")]);
    for (before, after) in [("A", "B"), ("B", "C")] {
        desk.edit(key(1), &titled(before), &titled(after)).unwrap();
        desk.updated(offer(1, after));
    }
    for title in ["First", "B", "Second", "C"] {
        desk.event("offer-updated", json!({"offer": offer(1, title)}));
    }
    assert_eq!(
        told_titles(&desk),
        ["First", "Second"].map(|title| FieldValue::Text(title.into()))
    );
}

#[test]
fn what_somebody_put_back_between_two_edits_is_told_when_the_second_replaces_it() {
    let mut desk = Desk::live(vec![offer(1, "A")]);
    desk.edit(key(1), &titled("A"), &titled("B")).unwrap();
    desk.updated(offer(1, "B"));
    desk.event("offer-updated", json!({"offer": offer(1, "B")}));
    desk.edit(key(1), &titled("B"), &titled("C")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "A")}));
    desk.answer(call, ok(offer(1, "C")));
    let call = desk.take_read();
    desk.event("offer-updated", json!({"offer": offer(1, "C")}));
    desk.answer(call, ok(offer(1, "C")));
    assert_eq!(told_titles(&desk), [FieldValue::Text("A".into())]);
}

#[test]
fn what_a_read_saw_ahead_of_the_events_is_not_taken_for_replaced() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "First")}));
    desk.answer(call, ok(offer(1, "Mine")));
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Later")));
    // Only now the events that the answers were ahead of.
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.event("offer-updated", json!({"offer": offer(1, "Later")}));
    desk.pass(Duration::from_secs(20));
    assert_eq!(told_titles(&desk), [FieldValue::Text("First".into())]);
}

#[test]
fn ones_own_edits_in_quick_succession_replace_nothing() {
    let mut desk = Desk::live(vec![offer(1, "A")]);
    for (before, after) in [("A", "B"), ("B", "C"), ("C", "D")] {
        desk.edit(key(1), &titled(before), &titled(after)).unwrap();
        desk.updated(offer(1, after));
    }
    for late in ["B", "C", "D"] {
        desk.event("offer-updated", json!({"offer": offer(1, late)}));
    }
    assert_eq!(desk.notices.len(), 0);
}

#[test]
fn what_happens_is_listed_newest_first_and_without_bodies() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.updated(offer(1, "Mine"));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    let ticket = desk.ask(Ask::Activity(None));
    let Ok(Reply::Activity(entries)) = desk.reply(ticket) else {
        panic!("the list is given");
    };
    let told: Vec<_> = entries.iter().map(|entry| &entry.what).take(3).collect();
    assert!(
        matches!(
            told[..],
            [
                Activity::Event { offer: Some(1), .. },
                Activity::Change {
                    step: ChangeStep::Sent,
                    ..
                },
                Activity::Change {
                    step: ChangeStep::Made,
                    ..
                },
            ]
        ),
        "{told:?}"
    );
    let ticket = desk.ask(Ask::Activity(Some(entries[1].id)));
    let Ok(Reply::Activity(older)) = desk.reply(ticket) else {
        panic!("the list is given");
    };
    assert_eq!(older[0], entries[2]);
}

#[test]
fn of_a_flood_of_events_only_the_first_are_listed() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let flood: Vec<_> = (0..200)
        .map(|_| desk.message("offer-updated", json!({"offer": offer(1, "Golf")})))
        .collect();
    desk.happen_together(flood);
    let ticket = desk.ask(Ask::Activity(None));
    let Ok(Reply::Activity(entries)) = desk.reply(ticket) else {
        panic!("the list is given");
    };
    assert_eq!(entries[0].what, Activity::EventsSkipped { count: 180 });
}

#[test]
fn an_earlier_version_is_restored_where_what_could_not_be_saved_here_stands_there_already() {
    let mut before = offer(1, "Spa");
    before.fields.valid_from = Some(model::Day::new(2026, 12, 15));
    before.fields.valid_to = Some(model::Day::new(2026, 12, 10));
    let mut after = before.clone();
    after.fields.title = "Spa days".into();
    let mut desk = Desk::live(vec![before]);
    desk.event("offer-updated", json!({"offer": after}));
    let first = history(&mut desk, 1).last().unwrap().id;
    restore(&mut desk, first, None).unwrap();
    assert!(
        matches!(desk.writes()[..], [Call::Update(_, patch)] if patch.fields() == [Field::Title]),
        "{:?}",
        desk.writes()
    );

    // Where it does not, the version is not put back with it.
    let mut mended = after.clone();
    mended.fields.valid_to = Some(model::Day::new(2026, 12, 20));
    let mut desk = Desk::live(vec![after]);
    desk.event("offer-updated", json!({"offer": mended}));
    let first = history(&mut desk, 1).last().unwrap().id;
    let fields = restore(&mut desk, first, None).unwrap_err().fields.unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["valid_to"]);
}
