//! Signing out with changes waiting, what editors hold, the order of the list, and a computer that can keep nothing.

use std::collections::BTreeMap;

use model::OfferKey;
use serde_json::json;
use sync::draft::Draft;
use sync::effect::{Answer, Ask, Call, Event, LiveSignal, Reply, TokenName};
use sync::problem::ErrorCode;
use sync::settings::WantedAlerts;
use sync::view::{Session, WaitingChanges};

use crate::desk::{Desk, key, lost, offer, ok, photo, titled};

/// An edit that cannot leave.
fn offline() -> Desk {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine"))
        .expect("the edit is taken");
    let read = desk.take_read();
    desk.answer(read, Answer::Offer(Err(lost())));
    desk
}

fn sign_out(desk: &mut Desk, waiting: Option<WaitingChanges>) -> Result<(), ErrorCode> {
    let ticket = desk.ask(Ask::SignOut(waiting));
    desk.reply(ticket).map(drop).map_err(|error| error.code)
}

fn is_signed_out(desk: &mut Desk) -> bool {
    desk.snapshot().session == Session::SignedOut
}

#[test]
fn signing_out_with_changes_waiting_asks_what_should_become_of_them() {
    let mut desk = offline();
    assert_eq!(sign_out(&mut desk, None), Err(ErrorCode::WaitingChanges));
    assert!(!is_signed_out(&mut desk));
}

#[test]
fn changes_that_are_kept_are_there_when_the_account_signs_in_again() {
    let mut desk = offline();
    sign_out(&mut desk, Some(WaitingChanges::Keep)).unwrap();
    assert!(is_signed_out(&mut desk));
    desk.sign_in("frontdesk");
    assert_eq!(desk.titles(), ["Mine"]);
}

#[test]
fn changes_that_are_discarded_are_gone() {
    let mut desk = offline();
    sign_out(&mut desk, Some(WaitingChanges::Discard)).unwrap();
    desk.sign_in("frontdesk");
    assert_eq!(desk.titles(), ["Golf"]);
}

#[test]
fn sending_first_signs_out_when_everything_is_on_the_server() {
    let mut desk = offline();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Golf")));
    assert!(!is_signed_out(&mut desk));
    desk.updated(offer(1, "Mine"));
    desk.reply(ticket).unwrap();
    assert!(is_signed_out(&mut desk));
}

#[test]
fn sending_first_ends_when_what_is_left_needs_a_person() {
    let mut desk = offline();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Theirs")));
    assert_eq!(desk.reply(ticket).unwrap_err().code, ErrorCode::WaitingChanges);
    assert!(!is_signed_out(&mut desk));
}

#[test]
fn sending_first_can_be_cancelled() {
    let mut desk = offline();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    let cancel = desk.ask(Ask::CancelSignOut);
    desk.reply(cancel).unwrap();
    assert!(desk.reply(ticket).is_err());
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Golf")));
    desk.updated(offer(1, "Mine"));
    assert!(!is_signed_out(&mut desk));
}

fn save(key: Option<OfferKey>, title: &str) -> Ask {
    save_as("a", key, title)
}

fn save_as(id: &str, key: Option<OfferKey>, title: &str) -> Ask {
    save_in("console-1", id, key, title)
}

fn save_in(window: &str, id: &str, key: Option<OfferKey>, title: &str) -> Ask {
    let draft = Box::new(Draft {
        id: id.to_owned(),
        key,
        base: titled("Golf"),
        fields: titled(title),
        photo: None,
        unreadable: BTreeMap::new(),
        saved_at: 0,
    });
    let window = window.to_owned();
    Ask::SaveDraft { draft, window }
}

fn drafts(desk: &mut Desk) -> Vec<(Option<OfferKey>, String)> {
    let ticket = desk.ask(Ask::Drafts);
    match desk.reply(ticket) {
        Ok(Reply::Drafts(drafts)) => drafts
            .into_iter()
            .map(|draft| (draft.key, draft.fields.title))
            .collect(),
        other => panic!("no drafts: {other:?}"),
    }
}

#[test]
fn what_was_typed_survives_a_crash_and_is_nobody_elses() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    for title in ["M", "Mi", "Mine"] {
        let ticket = desk.ask(save(Some(key(1)), title));
        desk.reply(ticket).unwrap();
    }
    desk.crash_and_restart();
    assert_eq!(drafts(&mut desk), [(Some(key(1)), "Mine".to_owned())]);
    sign_out(&mut desk, None).unwrap();
    desk.sign_in("manager");
    assert_eq!(drafts(&mut desk), []);
    sign_out(&mut desk, None).unwrap();
    desk.sign_in("frontdesk");
    let ticket = desk.ask(Ask::DropDraft("a".into()));
    desk.reply(ticket).unwrap();
    assert_eq!(drafts(&mut desk), []);
}

#[test]
fn what_was_typed_in_a_window_that_has_closed_is_told_again_in_the_same_run_until_another_shows_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let ask = |desk: &mut Desk, ask| {
        let ticket = desk.ask(ask);
        desk.reply(ticket).unwrap();
    };
    ask(&mut desk, save_in("console-1", "a", None, "Still open"));
    ask(&mut desk, save_in("offer-1", "b", Some(key(1)), "Mine"));
    assert_eq!(drafts(&mut desk), [], "both are on a screen");
    ask(&mut desk, Ask::WindowClosed("offer-1".into()));
    assert_eq!(drafts(&mut desk), [(Some(key(1)), "Mine".to_owned())]);
    ask(&mut desk, save_in("console-2", "b", Some(key(1)), "Mine"));
    assert_eq!(drafts(&mut desk), [], "another window has taken it up");
    ask(&mut desk, Ask::WindowClosed("offer-1".into()));
    assert_eq!(drafts(&mut desk), [], "it is no longer that window's");
}

#[test]
fn a_draft_follows_its_offer_when_it_gets_its_id() {
    let mut desk = Desk::live(vec![]);
    let new = desk.create("Spa day");
    let ticket = desk.ask(save(Some(new), "Spa weekend"));
    desk.reply(ticket).unwrap();
    let call = desk.take_create();
    desk.answer(call, ok(offer(7, "Spa day")));
    assert_eq!(drafts(&mut desk), [], "it is still on the screen");
    desk.crash_and_restart();
    assert_eq!(drafts(&mut desk), [(Some(key(7)), "Spa weekend".to_owned())]);
}

#[test]
fn two_windows_that_write_about_the_same_offer_keep_two_drafts() {
    for about in [None, Some(key(1))] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        let mut ask = |ask| {
            let ticket = desk.ask(ask);
            desk.reply(ticket).unwrap();
        };
        ask(save_as("one", about, "One"));
        ask(save_as("other", about, "Other"));
        ask(Ask::DropDraft("one".into()));
        desk.crash_and_restart();
        assert_eq!(drafts(&mut desk), [(about, "Other".to_owned())]);
    }
}

#[test]
fn what_two_windows_left_unsaved_is_told_apart_after_a_crash() {
    for about in [None, Some(key(1))] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        for (id, title) in [("one", "One"), ("other", "Other")] {
            let ticket = desk.ask(save_as(id, about, title));
            desk.reply(ticket).unwrap();
        }
        desk.crash_and_restart();
        assert_eq!(drafts(&mut desk).len(), 2);
        // The one that opened is typed on, and saved; a third is begun.
        for ask in [
            save_as("other", about, "Other, and more"),
            Ask::DropDraft("other".into()),
            save_as("third", about, "Third"),
        ] {
            let ticket = desk.ask(ask);
            desk.reply(ticket).unwrap();
        }
        desk.crash_and_restart();
        let mut left = drafts(&mut desk);
        left.sort();
        assert_eq!(left, [(about, "One".to_owned()), (about, "Third".to_owned())]);
    }
}

#[test]
fn sending_first_ends_also_when_what_is_left_waits_behind_a_change_that_needs_a_person() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let refused = api::Error::Refused {
        status: 400,
        words: "no".into(),
        fields: Default::default(),
    };
    let call = desk.take_update();
    let photo = photo("p");
    let ticket = desk.ask(Ask::Update {
        key: key(1),
        patch: Box::default(),
        photo: Some(sync::view::PhotoChange::Set(photo)),
        window: "console-1".into(),
    });
    desk.reply(ticket).unwrap();
    desk.answer(call, Answer::Offer(Err(refused)));
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    assert_eq!(desk.reply(ticket).unwrap_err().code, ErrorCode::WaitingChanges);
}

#[test]
fn moving_an_offer_writes_only_the_order_of_those_that_must_change() {
    let ordered = |id, sort_order| {
        let mut offer = offer(id, &format!("offer {id}"));
        offer.fields.sort_order = sort_order;
        offer
    };
    let mut desk = Desk::live(vec![ordered(1, 10), ordered(2, 20), ordered(3, 30)]);
    let ticket = desk.ask(Ask::Reorder {
        key: key(3),
        before: Some(key(2)),
        window: "console-1".into(),
    });
    desk.reply(ticket).unwrap();
    let writes = desk.writes();
    assert!(
        matches!(writes[..], [Call::Update(id, _)] if id.0 == 3),
        "{writes:?}"
    );
    let moved = desk.view(key(3)).unwrap().fields.sort_order;
    assert!((10..=20).contains(&moved), "{moved}");
}

#[test]
fn where_nothing_can_be_kept_offers_are_shown_and_edits_are_refused_in_words() {
    let mut desk = Desk::keeping_nothing();
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Golf")]);
    assert_eq!(desk.titles(), ["Golf"]);
    let refused = desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (ErrorCode::Storage, "The disk is full.")
    );
    for ask in [
        save(Some(key(1)), "Mine"),
        Ask::SetTimeZone(Some("Europe/Dublin".into())),
        Ask::SetWantedAlerts(WantedAlerts::default()),
    ] {
        let what = format!("{ask:?}");
        let ticket = desk.ask(ask);
        let refused = desk.reply(ticket).expect_err(&what);
        assert_eq!(refused.code, ErrorCode::Storage, "{what}");
    }
    assert_eq!(
        desk.snapshot().connection.storage.as_deref(),
        Some("The disk is full.")
    );
    assert_eq!(desk.writes().len(), 0);
}

#[test]
fn where_nothing_can_be_kept_a_sign_out_says_that_the_next_start_does_not_know_of_it() {
    let message = |desk: &mut Desk| desk.snapshot().connection.message.unwrap_or_default();
    let mut desk = Desk::keeping_nothing();
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Golf")]);
    sign_out(&mut desk, None).unwrap();
    assert!(is_signed_out(&mut desk));
    let words = message(&mut desk);
    assert!(words.contains("could not be noted"), "{words}");
    // Also beside what else there is to say.
    desk.happen(Event::TokenLeft(TokenName {
        api_url: "https://hotel.example/api".into(),
        username: "frontdesk".into(),
    }));
    let words = message(&mut desk);
    assert!(
        words.contains("sign-in of frontdesk") && words.contains("could not be noted"),
        "{words}"
    );

    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    sign_out(&mut desk, None).unwrap();
    assert_eq!(message(&mut desk), "");
}

#[test]
fn where_nothing_can_be_kept_settings_are_refused_in_words() {
    let mut desk = Desk::keeping_nothing();
    desk.sign_in("frontdesk");
    desk.list(vec![offer(1, "Golf")]);
    let before = desk.snapshot().settings;
    let zone = desk.set_time_zone(Some("Pacific/Kiritimati"));
    let ticket = desk.ask(Ask::SetWantedAlerts(WantedAlerts {
        others: true,
        ..WantedAlerts::default()
    }));
    for refused in [zone.unwrap_err(), desk.reply(ticket).unwrap_err()] {
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (ErrorCode::Storage, "The disk is full.")
        );
    }
    assert_eq!(desk.snapshot().settings, before);
}

#[test]
fn what_a_change_has_replaced_is_told_also_when_it_was_the_last_before_signing_out() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.answer(call, ok(offer(1, "Mine")));
    desk.event("offer-updated", json!({"offer": offer(1, "Mine")}));
    desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Mine")));
    assert!(is_signed_out(&mut desk));
    let replaced: Vec<_> = desk.notices.iter().flat_map(|notice| &notice.replaced).collect();
    assert_eq!(replaced.len(), 1, "{:?}", desk.notices);
}

#[test]
fn what_was_sent_last_before_signing_out_is_told_to_its_account_and_to_no_other() {
    let activities = |desk: &mut Desk| {
        let ticket = desk.ask(Ask::Activity(None));
        match desk.reply(ticket) {
            Ok(Reply::Activity(entries)) => format!("{entries:?}"),
            other => panic!("{other:?}"),
        }
    };
    let mut desk = offline();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::SendFirst)));
    let read = desk.take_read();
    desk.answer(read, ok(offer(1, "Golf")));
    // Its answer and the sign-out are one turn.
    desk.updated(offer(1, "Mine"));
    desk.reply(ticket).unwrap();

    desk.sign_in("manager");
    let told = activities(&mut desk);
    assert!(!told.contains("Mine"), "{told}");
    desk.sign_in("frontdesk");
    let told = activities(&mut desk);
    assert!(told.contains("Mine") && told.contains("Sent"), "{told}");
}
