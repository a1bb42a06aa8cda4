//! Photos are fetched in the background, however long that takes.

use std::time::Duration;

use cache::PhotoHash;
use serde_json::json;
use sync::effect::{Answer, Call, Fetched, LiveSignal, PictureError};

use crate::desk::{Desk, key, offer, titled};

const ADDRESS: &str = "http://127.0.0.1:1/media/a.jpg";

fn fetches(desk: &Desk) -> usize {
    desk.count(|call| matches!(call, Call::Picture { .. }))
}

fn with_photo() -> model::Offer {
    model::Offer {
        photo: Some("a".into()),
        photo_url: Some(ADDRESS.into()),
        ..offer(1, "Golf")
    }
}

#[test]
fn a_photo_that_could_not_be_fetched_for_long_is_asked_for_rarely_and_shown_once_it_comes() {
    let mut desk = Desk::live(vec![with_photo()]);
    let mut waits = Vec::new();
    for _ in 0..30 {
        let call = desk.take(|call| matches!(call, Call::Picture { .. }));
        desk.answer(call, Answer::Picture(Err(PictureError::Later)));
        let mut waited = Duration::ZERO;
        while fetches(&desk) == 0 {
            assert!(waited < Duration::from_secs(10 * 60), "it is not given up");
            waited += Duration::from_secs(1);
            desk.pass(Duration::from_secs(1));
        }
        waits.push(waited);
    }
    assert!(waits[0] < Duration::from_secs(10), "{waits:?}");
    assert!(waits[29] > Duration::from_secs(4 * 60), "{waits:?}");
    let call = desk.take(|call| matches!(call, Call::Picture { .. }));
    let hash = PhotoHash::of(b"picture");
    let fetched = Fetched {
        hash,
        validators: api::Validators::default(),
    };
    desk.answer(call, Answer::Picture(Ok(Some(fetched))));
    let shown = desk.view(key(1)).unwrap().photo.unwrap().hash;
    assert_eq!(shown, Some(hash.to_string()));
}

#[test]
fn a_photo_that_is_told_of_before_it_is_given_out_is_asked_for_a_few_times_more() {
    let mut desk = Desk::live(vec![with_photo()]);
    for _ in 0..4 {
        let call = desk.take(|call| matches!(call, Call::Picture { .. }));
        desk.answer(call, Answer::Picture(Err(PictureError::NotYet("404".into()))));
        desk.pass(Duration::from_secs(60));
        assert_eq!(fetches(&desk), 0, "rarely");
        desk.pass(Duration::from_secs(9 * 60));
    }
    assert_eq!(fetches(&desk), 0, "and not for ever");
    desk.event(
        "offer-image-updated",
        json!({"offer_id": 1, "photo_url": ADDRESS}),
    );
    assert_eq!(fetches(&desk), 1, "until there is word of it again");
}

#[test]
fn a_photo_that_was_replaced_while_an_unusable_one_was_fetched_is_fetched() {
    let mut desk = Desk::live(vec![with_photo()]);
    let call = desk.take(|call| matches!(call, Call::Picture { .. }));
    desk.event(
        "offer-image-updated",
        json!({"offer_id": 1, "photo_url": ADDRESS}),
    );
    desk.answer(
        call,
        Answer::Picture(Err(PictureError::Unusable("not a picture".into()))),
    );
    assert_eq!(fetches(&desk), 1);
}

#[test]
fn a_photo_that_was_on_its_way_when_the_session_expired_is_fetched_after_the_next_sign_in() {
    let mut desk = Desk::live(vec![with_photo()]);
    desk.take(|call| matches!(call, Call::Picture { .. }));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let words = "Invalid token.".to_owned();
    desk.answer(call, Answer::Offer(Err(api::Error::SignedOut { words })));
    assert_eq!(fetches(&desk), 0);
    desk.sign_in("frontdesk");
    assert_eq!(fetches(&desk), 1);
}

#[test]
fn the_picture_that_an_offer_showed_before_makes_room_like_any_other() {
    let mut desk = Desk::live(vec![with_photo()]);
    let arrives = |desk: &mut Desk, bytes: &[u8]| {
        let call = desk.take(|call| matches!(call, Call::Picture { .. }));
        let fetched = Fetched {
            hash: PhotoHash::of(bytes),
            validators: api::Validators::default(),
        };
        desk.answer(call, Answer::Picture(Ok(Some(fetched))));
    };
    arrives(&mut desk, b"old");
    desk.event(
        "offer-image-updated",
        json!({"offer_id": 1, "photo_url": "http://127.0.0.1:1/media/b.jpg"}),
    );
    arrives(&mut desk, b"new");
    desk.pass(Duration::from_secs(7 * 60 * 60));
    let pictures = desk.tidied.last().expect("they are gone through");
    assert_eq!(pictures.needed, [PhotoHash::of(b"new")].into());
    assert!(
        pictures.versions.contains(&PhotoHash::of(b"old")),
        "for the history"
    );
}

/// The picture on its way comes; what the console named as known to it.
fn arrives(desk: &mut Desk) -> Option<api::Validators> {
    let named = desk.asked_pictures();
    let call = desk.take(|call| matches!(call, Call::Picture { .. }));
    let validators = api::Validators {
        etag: Some("\"1\"".into()),
        last_modified: None,
    };
    let fetched = Fetched {
        hash: PhotoHash::of(b"picture"),
        validators,
    };
    desk.answer(call, Answer::Picture(Ok(Some(fetched))));
    named.into_iter().next().flatten()
}

/// Time with a line that works: each read of the list is answered.
fn minutes(desk: &mut Desk, minutes: u64) {
    for _ in 0..minutes * 6 {
        desk.pass(Duration::from_secs(10));
        if desk.count(|call| matches!(call, Call::List)) > 0 {
            desk.list(vec![with_photo()]);
        }
    }
}

#[test]
fn a_photo_that_may_have_changed_behind_its_address_while_something_was_missed_is_asked_for_again() {
    let mut desk = Desk::live(vec![with_photo()]);
    arrives(&mut desk);
    minutes(&mut desk, 30);
    assert_eq!(fetches(&desk), 0, "nothing hints at a change");

    let missed = |desk: &mut Desk| desk.event("offers-updated", json!({"action": "sync"}));
    missed(&mut desk);
    minutes(&mut desk, 1);
    let named = arrives(&mut desk).expect("only another picture is wanted");
    assert_eq!(named.etag.as_deref(), Some("\"1\""));

    for _ in 0..5 {
        missed(&mut desk);
        minutes(&mut desk, 1);
    }
    assert_eq!(fetches(&desk), 0, "not for each event that was missed");
    minutes(&mut desk, 10);
    assert_eq!(fetches(&desk), 1, "but in the end");
}

#[test]
fn a_photo_that_was_sent_with_an_update_is_seen_behind_an_unchanged_address() {
    let mut desk = Desk::live(vec![with_photo()]);
    arrives(&mut desk);
    minutes(&mut desk, 30);
    desk.event("offer-updated", json!({"offer": with_photo()}));
    minutes(&mut desk, 6);
    assert_eq!(fetches(&desk), 1);
}

#[test]
fn photos_are_asked_for_after_a_start_and_then_rarely_where_there_are_no_live_updates() {
    let mut desk = Desk::live(vec![with_photo()]);
    arrives(&mut desk);
    desk.crash_and_restart();
    desk.signal(LiveSignal::Stopped("no such app".into()));
    desk.list(vec![with_photo()]);
    assert_eq!(
        arrives(&mut desk).and_then(|named| named.etag).as_deref(),
        Some("\"1\"")
    );
    minutes(&mut desk, 9);
    assert_eq!(fetches(&desk), 0);
    minutes(&mut desk, 2);
    assert_eq!(fetches(&desk), 1);
}
