//! What the preview window is told: what guests see, and what they would see with everything that is not sent yet.

use model::{Field, OfferKey};
use sync::draft::Draft;
use sync::effect::{Answer, Ask, Call, LiveSignal, Reply};
use sync::preview::{GuestPreview, Stage};

use crate::desk::{Desk, key, lost, offer, ok, page, titled};

fn preview(desk: &mut Desk) -> GuestPreview {
    let ticket = desk.ask(Ask::GuestPreview);
    match desk.reply(ticket) {
        Ok(Reply::GuestPreview(preview)) => *preview,
        other => panic!("no preview: {other:?}"),
    }
}

fn titles(offers: &[sync::preview::GuestOffer]) -> Vec<&str> {
    offers.iter().map(|offer| offer.title.as_str()).collect()
}

fn type_draft(desk: &mut Desk, about: Option<OfferKey>, from: &str, to: &str) {
    let (base, fields) = (titled(from), titled(to));
    let draft = Box::new(Draft {
        id: to.to_owned(),
        key: about,
        base,
        fields,
        photo: None,
        unreadable: Default::default(),
        saved_at: 0,
    });
    let window = "console-1".to_owned();
    let ticket = desk.ask(Ask::SaveDraft { draft, window });
    desk.reply(ticket).expect("kept");
}

#[test]
fn guests_see_what_the_server_has_until_a_change_is_there() {
    let mut hidden = offer(3, "Hidden");
    hidden.fields.is_active = false;
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa"), hidden]);
    desk.edit(key(1), &titled("Golf"), &titled("Tea")).expect("taken");
    desk.delete(key(2));
    let new = desk.create("Fresh");
    let now = preview(&mut desk);
    assert_eq!(
        titles(&now.offers),
        ["Spa", "Golf"],
        "newest first, and only what is shown"
    );
    assert_eq!(titles(&now.intended), ["Fresh", "Tea"]);
    let pending = |title: &str| {
        now.intended
            .iter()
            .find(|offer| offer.title == title)?
            .pending
            .clone()
    };
    let changed = pending("Tea").expect("it is not on the server");
    assert_eq!(
        (changed.stage, changed.fields, changed.is_new),
        (Stage::Sending, vec![Field::Title], false)
    );
    assert!(pending("Fresh").is_some_and(|pending| pending.is_new));
    let leaving: Vec<_> = now
        .leaving
        .iter()
        .map(|offer| (offer.title.as_str(), offer.is_deleted))
        .collect();
    assert_eq!(leaving, [("Spa", true)]);
    assert!(
        now.offers
            .iter()
            .all(|offer| offer.pending.is_none() && offer.key != Some(new))
    );
}

#[test]
fn a_deletion_that_waits_for_a_person_is_not_passed_over() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Waiting(None));
    desk.delete(key(1));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Theirs")));
    let now = preview(&mut desk);
    let leaving: Vec<_> = now
        .leaving
        .iter()
        .map(|offer| (offer.title.as_str(), offer.stage, offer.is_deleted))
        .collect();
    assert_eq!(leaving, [("Theirs", Stage::NeedsYou, true)]);
    let cards = titles(&now.intended);
    assert_eq!(cards, ["Theirs"], "its card stays until somebody has decided");
}

#[test]
fn what_is_typed_and_not_saved_is_marked_and_an_empty_editor_leaves_no_trace() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    type_draft(&mut desk, Some(key(1)), "Golf", "Golf for two");
    type_draft(&mut desk, None, "", "Brand new");
    let now = preview(&mut desk);
    assert_eq!(titles(&now.offers), ["Golf"]);
    assert_eq!(titles(&now.intended), ["Brand new", "Golf for two"]);
    let stages = now
        .intended
        .iter()
        .map(|offer| offer.pending.as_ref().map(|pending| pending.stage));
    assert!(stages.into_iter().all(|stage| stage == Some(Stage::Unsaved)));
    for id in ["Golf for two", "Brand new"] {
        let ticket = desk.ask(Ask::DropDraft(id.to_owned()));
        desk.reply(ticket).expect("dropped");
    }
    let now = preview(&mut desk);
    assert_eq!(now.offers, now.intended);
}

#[test]
fn what_was_typed_in_a_window_that_has_closed_is_not_shown_as_if_it_were_still_there() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    type_draft(&mut desk, Some(key(1)), "Golf", "Golf for two");
    let ticket = desk.ask(Ask::WindowClosed("console-1".into()));
    desk.reply(ticket).expect("taken");
    let now = preview(&mut desk);
    assert_eq!(now.offers, now.intended);
}

#[test]
fn the_pages_header_is_read_once_for_a_preview_and_is_not_invented() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    assert_eq!(preview(&mut desk).hotel, None);
    preview(&mut desk);
    let call = desk.take(|call| matches!(call, Call::PublicPage));
    desk.answer(call, page(&[offer(1, "Golf")]));
    let hotel = preview(&mut desk).hotel.expect("it was read");
    assert_eq!(
        (hotel.name.as_str(), hotel.booking_url.as_str()),
        ("Hotel Killarney", "https://book.example/")
    );
    assert_eq!(desk.count(|call| matches!(call, Call::PublicPage)), 0);
}

#[test]
fn a_header_that_cannot_be_read_stays_unknown() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    preview(&mut desk);
    let call = desk.take(|call| matches!(call, Call::PublicPage));
    desk.answer(call, Answer::PublicPage(Err(lost())));
    assert_eq!(preview(&mut desk).hotel, None);
}
