//! Photos are fetched in the background, however long that takes.

use std::time::Duration;

use cache::PhotoHash;
use serde_json::json;
use sync::effect::{Answer, Call, Fetched, PictureError};

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
