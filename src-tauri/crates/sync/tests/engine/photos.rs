//! Photos on their way: progress, stopping, and bytes that nobody needs any more.

use std::time::Duration;

use api::Validators;
use cache::PhotoHash;
use model::{OfferId, OfferKey};
use serde_json::json;
use sync::effect::{Answer, Ask, Call, CallId, Event, Fetched, Reply};
use sync::view::{ChosenPhoto, PhotoChange, PhotoSource, StagedPhoto, SyncState, Upload};

use crate::desk::{Desk, key, lost, offer, ok, photo, titled};

fn set(desk: &mut Desk, key: OfferKey, photo: StagedPhoto) {
    let ticket = desk.ask(Ask::Update {
        key,
        patch: Box::default(),
        photo: Some(PhotoChange::Set(photo)),
        window: "console-1".into(),
    });
    assert!(matches!(desk.reply(ticket), Ok(Reply::Done)));
}

fn cancel(desk: &mut Desk, key: OfferKey) {
    let ticket = desk.ask(Ask::CancelUpload(key));
    assert!(matches!(desk.reply(ticket), Ok(Reply::Done)));
}

fn take_upload(desk: &mut Desk) -> CallId {
    desk.take(|call| matches!(call, Call::Upload(..)))
}

fn upload(desk: &mut Desk) -> Option<Upload> {
    desk.view(key(1)).expect("it is shown").upload
}

fn uploading() -> (Desk, CallId) {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    set(&mut desk, key(1), photo("pool"));
    let call = take_upload(&mut desk);
    (desk, call)
}

#[test]
fn an_upload_shows_how_far_it_is_and_nothing_once_it_is_there() {
    let (mut desk, call) = uploading();
    assert_eq!(upload(&mut desk), Some(Upload { sent: 0, total: 100 }));
    let half = Upload { sent: 60, total: 120 };
    desk.happen(Event::Progress(call, half));
    assert_eq!(upload(&mut desk), Some(half));
    desk.answer(
        call,
        Answer::Uploaded(Ok(Some("https://res.example/a.jpg".into()))),
    );
    assert_eq!(upload(&mut desk), None);
    // A word that was on its way when the answer came.
    desk.happen(Event::Progress(call, half));
    assert_eq!(upload(&mut desk), None);
}

#[test]
fn an_upload_that_failed_begins_anew() {
    let (mut desk, call) = uploading();
    desk.happen(Event::Progress(call, Upload { sent: 60, total: 120 }));
    desk.answer(call, Answer::Uploaded(Err(lost())));
    assert_eq!(upload(&mut desk), Some(Upload { sent: 0, total: 100 }));
}

#[test]
fn an_upload_that_was_cut_off_by_the_end_of_a_sign_in_shows_no_progress() {
    let (mut desk, call) = uploading();
    desk.happen(Event::Progress(call, Upload { sent: 60, total: 120 }));
    desk.event("offers-updated", json!({"action": "sync"}));
    desk.pass(Duration::from_secs(2));
    let list = desk.take(|call| matches!(call, Call::List));
    let words = "Invalid token.".into();
    desk.answer(list, Answer::Listed(Err(api::Error::SignedOut { words })));
    assert_ne!(upload(&mut desk), Some(Upload { sent: 60, total: 120 }));
}

/// So often in a row the server fails at the photo; the next try, if there is one.
fn sent_after(desk: &mut Desk, mut call: CallId, status: u16, failures: usize) -> Option<CallId> {
    for _ in 0..failures {
        let failed = api::Error::Busy {
            status,
            retry_after: None,
            words: "Upload failed: Invalid image file".into(),
        };
        desk.answer(call, Answer::Uploaded(Err(failed)));
        desk.pass(Duration::from_secs(61));
        // Whether it has arrived all the same.
        let read = desk.take_read();
        desk.answer(read, ok(offer(1, "Golf")));
        if desk.count(|call| matches!(call, Call::Upload(..))) == 0 {
            return None;
        }
        call = take_upload(desk);
    }
    Some(call)
}

#[test]
fn a_photo_that_the_server_fails_at_each_time_waits_for_its_user_with_the_servers_words() {
    let (mut desk, call) = uploading();
    assert_eq!(sent_after(&mut desk, call, 500, 20), None);
    let view = desk.view(key(1)).unwrap();
    let words = view.problem.map(|problem| problem.message);
    assert_eq!(
        (view.sync, words.as_deref()),
        (SyncState::Parked, Some("Upload failed: Invalid image file"))
    );
    assert_eq!(desk.notices.len(), 1, "{:?}", desk.notices);

    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Golf")));
    let call = take_upload(&mut desk);
    let call = sent_after(&mut desk, call, 500, 7).expect("tried anew");
    assert_eq!(sent_after(&mut desk, call, 500, 1), None);

    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    cancel(&mut desk, key(1));
    assert!(
        matches!(desk.writes()[..], [Call::Update(..)]),
        "what was done since goes without it: {:?}",
        desk.writes()
    );
}

#[test]
fn another_photo_takes_the_place_of_one_that_the_server_fails_at() {
    let (mut desk, call) = uploading();
    assert_eq!(sent_after(&mut desk, call, 500, 20), None);
    set(&mut desk, key(1), photo("smaller"));
    assert!(
        matches!(desk.writes()[..], [Call::Upload(_, photo)] if photo.name == "smaller.jpg"),
        "{:?}",
        desk.writes()
    );
}

#[test]
fn a_photo_is_sent_until_a_server_that_is_not_available_has_it() {
    for status in [429, 502, 503, 504] {
        let (mut desk, call) = uploading();
        assert!(sent_after(&mut desk, call, status, 20).is_some(), "{status}");
    }
    let (mut desk, mut call) = uploading();
    for status in [500, 503, 500] {
        call = sent_after(&mut desk, call, status, 7).expect("not in a row");
    }
}

#[test]
fn an_upload_that_is_stopped_stops_and_the_server_says_which_photo_stands() {
    let (mut desk, call) = uploading();
    cancel(&mut desk, key(1));
    assert_eq!(desk.aborted, [call]);
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.upload, view.photo, view.sync),
        (None, None, SyncState::Synced)
    );

    // It had arrived all the same.
    let mut there = offer(1, "Golf");
    there.photo_url = Some("https://res.example/a.jpg".into());
    let read = desk.take_read();
    desk.answer(read, ok(there));
    assert!(desk.view(key(1)).unwrap().photo.is_some());
    desk.pass(Duration::from_secs(60));
    assert_eq!(desk.count(|call| matches!(call, Call::Upload(..))), 0);
}

#[test]
fn stopping_an_upload_leaves_the_other_edits_alone() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    set(&mut desk, key(1), photo("pool"));
    let call = desk.take_update();
    cancel(&mut desk, key(1));
    assert_eq!(desk.aborted, []);
    desk.answer(call, ok(offer(1, "Mine")));
    assert_eq!(desk.titles(), ["Mine"]);
    assert_eq!(desk.count(|call| matches!(call, Call::Upload(..))), 0);
}

#[test]
fn the_bytes_of_a_photo_that_was_taken_back_go_with_the_file_it_was_made_from() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let file = PhotoHash::of(b"file");
    let mut made = photo("made");
    made.source = Some(PhotoSource {
        chosen: ChosenPhoto {
            hash: file,
            name: "file.jpg".into(),
            width: 1,
            height: 1,
            bytes: 1,
        },
        crop: None,
        advice: Vec::new(),
    });
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    set(&mut desk, key(1), made.clone());
    assert_eq!(desk.let_go, []);
    cancel(&mut desk, key(1));
    desk.let_go.sort_unstable();
    let mut gone = [made.hash, file];
    gone.sort_unstable();
    assert_eq!(desk.let_go, gone);
}

#[test]
fn the_bytes_of_a_photo_that_is_there_stay_as_the_picture_of_its_offer() {
    let (mut desk, call) = uploading();
    desk.answer(
        call,
        Answer::Uploaded(Ok(Some("https://res.example/a.jpg".into()))),
    );
    assert_eq!(desk.let_go, []);
    // The server has made another file of it.
    let picture = desk.take(|call| matches!(call, Call::Picture { .. }));
    let fetched = Fetched {
        hash: PhotoHash::of(b"smaller"),
        validators: Validators::default(),
    };
    desk.answer(picture, Answer::Picture(Ok(Some(fetched))));
    let shown = desk.view(key(1)).unwrap().photo.unwrap();
    assert_eq!(shown.hash, Some(PhotoHash::of(b"smaller").to_string()));
}

#[test]
fn a_photo_that_another_offer_waits_to_send_stays() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.edit(key(2), &titled("Spa"), &titled("Ours")).unwrap();
    set(&mut desk, key(1), photo("pool"));
    set(&mut desk, key(2), photo("pool"));
    cancel(&mut desk, key(1));
    assert_eq!(desk.let_go, []);
    cancel(&mut desk, key(2));
    assert_eq!(desk.let_go, [PhotoHash::of(b"pool")]);
}

#[test]
fn the_pictures_on_disk_are_gone_through_now_and_then_and_what_waits_is_needed() {
    let (mut desk, _) = uploading();
    assert_eq!(desk.tidied.len(), 1, "at the start");
    desk.pass(Duration::from_secs(60 * 60));
    assert_eq!(desk.tidied.len(), 1);
    desk.pass(Duration::from_secs(6 * 60 * 60));
    assert_eq!(desk.tidied.len(), 2);
    assert!(desk.tidied[1].needed.contains(&PhotoHash::of(b"pool")));
}

#[test]
fn an_offer_deleted_here_and_elsewhere_during_an_upload_stays_away_whatever_becomes_of_the_upload() {
    for answer in [
        Err(lost()),
        Err(api::Error::Missing { words: "gone".into() }),
        Ok(None),
    ] {
        let (mut desk, upload) = uploading();
        desk.delete(key(1));
        desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Golf"}));
        assert_eq!(desk.titles(), [""; 0]);
        desk.answer(upload, Answer::Uploaded(answer));
        desk.pass(Duration::from_secs(5));
        // Whatever is asked about it: it is not there.
        let missing = || api::Error::Missing { words: "gone".into() };
        let is_read = |call: &Call| matches!(call, Call::Read(OfferId(1)));
        let is_delete = |call: &Call| matches!(call, Call::Delete(OfferId(1)));
        if desk.count(is_read) > 0 {
            let call = desk.take(is_read);
            desk.answer(call, Answer::Offer(Err(missing())));
            desk.pass(Duration::from_secs(5));
        }
        if desk.count(is_delete) > 0 {
            let call = desk.take(is_delete);
            desk.answer(call, Answer::Deleted(Err(missing())));
        }
        assert_eq!(desk.titles(), [""; 0]);
        assert_eq!(desk.snapshot().connection.waiting, 0);
    }
}
