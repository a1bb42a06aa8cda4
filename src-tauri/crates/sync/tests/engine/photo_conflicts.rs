//! A photo that somebody else has changed is neither replaced nor deleted without a word, and one's own is no reason to ask.

use std::time::Duration;

use serde_json::json;
use sync::effect::{Answer, Ask, Call};
use sync::problem::ErrorCode;
use sync::view::{PhotoChange, SyncState};

use crate::desk::{Desk, key, lost, offer, ok, photo, titled};

#[test]
fn a_photo_that_somebody_else_has_changed_meanwhile_is_not_replaced_without_a_word() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    let photo = photo("mine");
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::default(),
        photo: Some(PhotoChange::Set(photo)),
        window: "console-1".into(),
    });
    desk.reply(ticket).unwrap();
    let theirs = model::Offer {
        photo: Some("b".into()),
        photo_url: Some("http://127.0.0.1:1/media/b.jpg".into()),
        ..offer(1, "Golf")
    };
    let call = desk.take_read();
    desk.answer(call, ok(theirs.clone()));
    assert_eq!(desk.writes().len(), 0);
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.sync, view.problem.unwrap().code),
        (SyncState::Parked, ErrorCode::PhotoChanged)
    );

    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(theirs));
    assert!(
        matches!(desk.writes()[..], [Call::Upload(..)]),
        "told to, it is sent"
    );
}

#[test]
fn a_photo_changed_by_somebody_else_after_an_attempt_that_came_to_nothing_is_not_replaced_without_a_word() {
    let refusals = [
        api::Error::SignedOut {
            words: "Invalid token.".into(),
        },
        api::Error::Busy {
            status: 429,
            retry_after: None,
            words: "Too many.".into(),
        },
        api::Error::Unreachable {
            sent: false,
            reason: "refused".into(),
        },
    ];
    let with_photo = |name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(format!("http://127.0.0.1:1/media/{name}.jpg")),
        ..offer(1, "Golf")
    };
    for change in [PhotoChange::Set(photo("mine")), PhotoChange::Remove] {
        for error in &refusals {
            let mut desk = Desk::live(vec![with_photo("a")]);
            change_photo(&mut desk, change.clone());
            let call = desk.take(is_photo_write);
            let answer = match change {
                PhotoChange::Set(_) => Answer::Uploaded(Err(error.clone())),
                PhotoChange::Remove => Answer::Offer(Err(error.clone())),
            };
            desk.answer(call, answer);
            if matches!(error, api::Error::SignedOut { .. }) {
                desk.sign_in("frontdesk");
            }
            desk.pass(Duration::from_secs(60));
            let call = desk.take_read();
            desk.answer(call, ok(with_photo("b")));
            assert_eq!(desk.writes().len(), 0, "{change:?} after {error:?}");
            let view = desk.view(key(1)).unwrap();
            assert_eq!(
                (view.sync, view.problem.unwrap().code),
                (SyncState::Parked, ErrorCode::PhotoChanged),
                "{change:?} after {error:?}"
            );
        }
    }
}

#[test]
fn a_photo_that_our_own_lost_attempt_may_have_put_there_is_no_reason_to_ask() {
    let with_photo = |name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(format!("http://127.0.0.1:1/media/{name}.jpg")),
        ..offer(1, "Golf")
    };
    let busy = api::Error::Busy {
        status: 429,
        retry_after: None,
        words: "Too many.".into(),
    };
    let mut desk = Desk::live(vec![with_photo("a")]);
    change_photo(&mut desk, PhotoChange::Set(photo("mine")));
    let call = desk.take(is_photo_write);
    desk.answer(call, Answer::Uploaded(Err(lost())));
    desk.pass(Duration::from_secs(60));
    let call = desk.take_read();
    desk.answer(call, ok(with_photo("a")));
    // The next attempt is certainly not done, the one before may still have been.
    let call = desk.take(is_photo_write);
    desk.answer(call, Answer::Uploaded(Err(busy)));
    desk.pass(Duration::from_secs(60));
    let call = desk.take_read();
    desk.answer(call, ok(with_photo("ours")));
    assert!(
        matches!(desk.writes()[..], [Call::Upload(..)]),
        "{:?}",
        desk.writes()
    );
}

#[test]
fn a_removal_whose_answer_was_lost_does_not_take_away_the_photo_that_somebody_else_has_put_there_since() {
    let with_photo = |name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(format!("http://127.0.0.1:1/media/{name}.jpg")),
        ..offer(1, "Golf")
    };
    let removed = |standing: model::Offer| {
        let mut desk = Desk::live(vec![with_photo("a")]);
        change_photo(&mut desk, PhotoChange::Remove);
        let call = desk.take(is_photo_write);
        desk.answer(call, Answer::Offer(Err(lost())));
        desk.pass(Duration::from_secs(60));
        let call = desk.take_read();
        desk.answer(call, ok(standing));
        desk
    };
    let mut desk = removed(with_photo("b"));
    assert_eq!(desk.writes().len(), 0);
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.sync, view.problem.unwrap().code),
        (SyncState::Parked, ErrorCode::PhotoChanged)
    );
    let desk = removed(with_photo("a"));
    assert!(
        matches!(desk.writes()[..], [Call::RemovePhoto(_)]),
        "it came to nothing, and nobody has done anything since"
    );
    let mut desk = removed(offer(1, "Golf"));
    assert_eq!(
        (desk.writes().len(), desk.view(key(1)).unwrap().sync),
        (0, SyncState::Synced)
    );
}

#[test]
fn ones_own_photo_change_is_no_reason_to_ask_about_the_next_one() {
    let with_photo = |name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(address(name)),
        ..offer(1, "Golf")
    };
    let is_sent =
        |desk: &Desk| matches!(desk.writes()[..], [Call::Upload(_, photo)] if photo.name == "b.jpg");

    // The answer to a removal is lost, and another photo is chosen before a read has told.
    let mut desk = Desk::live(vec![with_photo("old")]);
    change_photo(&mut desk, PhotoChange::Remove);
    let call = desk.take(is_photo_write);
    desk.answer(call, Answer::Offer(Err(lost())));
    change_photo(&mut desk, PhotoChange::Set(photo("b")));
    desk.pass(Duration::from_secs(60));
    for _ in 0..2 {
        if desk.writes().is_empty() {
            let call = desk.take_read();
            desk.answer(call, ok(offer(1, "Golf")));
        }
    }
    assert!(is_sent(&desk), "{:?}", desk.view(key(1)));

    // Something was heard while the first photo was on its way: that it is somewhere else now, only its answer says, if that.
    for answer in [Some(address("a")), None] {
        let mut desk = Desk::live(vec![with_photo("old")]);
        change_photo(&mut desk, PhotoChange::Set(photo("a")));
        let call = desk.take(is_photo_write);
        desk.event("offer-updated", json!({"offer": with_photo("old")}));
        change_photo(&mut desk, PhotoChange::Set(photo("b")));
        desk.answer(call, Answer::Uploaded(Ok(answer)));
        let call = desk.take_read();
        desk.answer(call, ok(with_photo("a")));
        if desk.writes().is_empty() {
            let call = desk.take_read();
            desk.answer(call, ok(with_photo("a")));
        }
        assert!(is_sent(&desk), "{:?}", desk.view(key(1)));
    }
}

#[test]
fn a_photo_that_somebody_has_put_in_the_place_of_ours_is_asked_about_before_our_next_one() {
    let with_photo = |name: &str| model::Offer {
        photo: Some(name.into()),
        photo_url: Some(address(name)),
        ..offer(1, "Golf")
    };
    let mut desk = Desk::live(vec![with_photo("old")]);
    change_photo(&mut desk, PhotoChange::Set(photo("a")));
    let call = desk.take(is_photo_write);
    change_photo(&mut desk, PhotoChange::Set(photo("b")));
    desk.event("offer-updated", json!({"offer": with_photo("theirs")}));
    desk.answer(call, Answer::Uploaded(Ok(Some(address("a")))));
    for _ in 0..2 {
        if desk.count(|call| matches!(call, Call::Read(_))) > 0 {
            let call = desk.take_read();
            desk.answer(call, ok(with_photo("theirs")));
        }
    }
    assert_eq!(
        (desk.writes().len(), desk.view(key(1)).unwrap().sync),
        (0, SyncState::Parked)
    );
}

#[test]
fn a_text_that_was_saved_with_a_photo_is_not_lost_when_the_offer_is_deleted_elsewhere_before_the_photo_is_sent()
 {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::new(titled("Golf").patch_to(&titled("Mine"))),
        photo: Some(PhotoChange::Set(photo("mine"))),
        window: "console-1".into(),
    });
    desk.reply(ticket).unwrap();
    desk.updated(offer(1, "Mine"));
    let call = desk.take(is_photo_write);
    desk.answer(call, Answer::Uploaded(Err(lost())));
    desk.event("offer-deleted", json!({"offer_id": 1}));
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.sync, view.fields.title.as_str()),
        (SyncState::Parked, "Mine")
    );
}

#[test]
fn a_delete_of_an_offer_that_was_given_another_photo_meanwhile_waits_for_a_decision() {
    let theirs = model::Offer {
        photo: Some("b".into()),
        photo_url: Some(address("b")),
        ..offer(1, "Golf")
    };
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.delete(key(1));
    let call = desk.take_read();
    desk.answer(call, ok(theirs.clone()));
    assert_eq!(desk.writes().len(), 0);
    let view = desk.view(key(1)).expect("it shows again");
    assert_eq!(
        (view.sync, view.problem.unwrap().code),
        (SyncState::Parked, ErrorCode::Changed)
    );

    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(theirs));
    assert!(matches!(desk.writes()[..], [Call::Delete(_)]), "told to, it goes");
}

#[test]
fn a_delete_behind_a_photo_of_ones_own_is_no_reason_to_ask() {
    let with_photo = model::Offer {
        photo: Some("mine".into()),
        photo_url: Some(address("mine")),
        ..offer(1, "Golf")
    };
    for change in [PhotoChange::Set(photo("mine")), PhotoChange::Remove] {
        let (before, after, answer) = match change {
            PhotoChange::Set(_) => {
                let answer = Answer::Uploaded(Ok(with_photo.photo_url.clone()));
                (offer(1, "Golf"), with_photo.clone(), answer)
            }
            PhotoChange::Remove => (with_photo.clone(), offer(1, "Golf"), ok(offer(1, "Golf"))),
        };
        let mut desk = Desk::live(vec![before]);
        change_photo(&mut desk, change);
        let call = desk.take(is_photo_write);
        desk.delete(key(1));
        desk.pass(Duration::from_secs(10));
        desk.answer(call, answer);
        let call = desk.take_read();
        desk.answer(call, ok(after));
        assert!(
            matches!(desk.writes()[..], [Call::Delete(_)]),
            "{:?}",
            desk.writes()
        );
    }
}

#[test]
fn an_offer_that_is_created_again_has_no_photo_that_its_user_has_taken_away() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    change_photo(&mut desk, PhotoChange::Set(photo("pool")));
    let upload = desk.take(is_photo_write);
    change_photo(&mut desk, PhotoChange::Remove);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Golf"}));
    desk.answer(
        upload,
        Answer::Uploaded(Err(api::Error::Missing { words: "gone".into() })),
    );
    desk.pass(Duration::from_secs(10));
    let again = desk.ask(Ask::Retry(key(1)));
    desk.reply(again).unwrap();
    desk.pass(Duration::from_secs(10));
    assert!(
        matches!(desk.writes()[..], [Call::Create(_, None)]),
        "{:?}",
        desk.writes()
    );
}

pub(crate) fn change_photo(desk: &mut Desk, change: PhotoChange) {
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::default(),
        photo: Some(change),
        window: "console-1".into(),
    });
    desk.reply(ticket).expect("the photo is taken");
}

fn address(name: &str) -> String {
    format!("http://127.0.0.1:1/media/{name}.jpg")
}

fn is_photo_write(call: &Call) -> bool {
    matches!(call, Call::Upload(..) | Call::RemovePhoto(_))
}
