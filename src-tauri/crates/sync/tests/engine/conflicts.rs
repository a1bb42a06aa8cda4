//! Nothing is overwritten without a word.

use std::time::Duration;

use serde_json::json;
use sync::effect::{Answer, Ask, Call};
use sync::problem::ErrorCode;
use sync::view::{Choice, PhotoChange, Side, SyncState};

use crate::desk::{Desk, key, offer, ok, photo, titled};
use crate::photo_conflicts::change_photo;

/// An edit made while offline, and somebody else's change of the same field.
fn collided() -> Desk {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine"))
        .expect("the edit is taken");
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    desk
}

/// Decides about the title, against what was shown as theirs.
fn choose_title(desk: &mut Desk, side: Side, theirs: &str) {
    let choice = Choice {
        field: model::Field::Title,
        side,
        theirs: theirs.to_owned().into(),
    };
    let ticket = desk.ask(Ask::Resolve(key(1), vec![choice]));
    desk.reply(ticket).expect("the decision is taken");
}

#[test]
fn an_edit_that_waited_reads_its_offer_first_and_a_collision_is_held() {
    let mut desk = collided();
    assert_eq!(desk.writes().len(), 0, "nothing is sent over their change");
    let view = desk.view(key(1)).unwrap();
    assert_eq!(view.sync, SyncState::Conflict);
    let conflict = serde_json::to_value(&view.conflicts).unwrap();
    assert_eq!(
        conflict,
        json!([{"field": "title", "base": "Golf", "mine": "Mine", "theirs": "Theirs"}])
    );
    desk.crash_and_restart();
    assert_eq!(
        desk.view(key(1)).unwrap().sync,
        SyncState::Conflict,
        "and stays held across a restart"
    );
}

#[test]
fn mine_is_sent_and_theirs_lets_the_edit_go() {
    for side in [Side::Mine, Side::Theirs] {
        let mut desk = collided();
        choose_title(&mut desk, side, "Theirs");
        if side == Side::Mine {
            desk.updated(offer(1, "Mine"));
        }
        let view = desk.view(key(1)).unwrap();
        let expected = if side == Side::Mine { "Mine" } else { "Theirs" };
        assert_eq!(
            (view.fields.title.as_str(), view.sync),
            (expected, SyncState::Synced)
        );
        assert_eq!(desk.writes().len(), 0);
    }
}

#[test]
fn fields_that_do_not_collide_merge_without_a_question() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let mut theirs = offer(1, "Golf");
    theirs.fields.tag = "Sport".into();
    let call = desk.take_read();
    desk.answer(call, ok(theirs.clone()));
    let sent = desk.writes();
    assert!(
        matches!(sent[..], [Call::Update(_, patch)] if patch.fields() == [model::Field::Title]),
        "{sent:?}"
    );
}

#[test]
fn an_editor_that_has_not_seen_the_latest_does_not_overwrite_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.event("offer-updated", json!({"offer": offer(1, "Theirs")}));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert_eq!(desk.writes().len(), 0);
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
}

#[test]
fn two_windows_of_one_computer_follow_the_same_rules() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("First window"))
        .unwrap();
    desk.edit(key(1), &titled("Golf"), &titled("Second window"))
        .unwrap();
    let view = desk.view(key(1)).unwrap();
    let conflict = serde_json::to_value(&view.conflicts).unwrap();
    assert_eq!(
        conflict,
        json!([{"field": "title", "base": "Golf", "mine": "Second window", "theirs": "First window"}])
    );
}

/// Two windows made different things of what somebody else has changed as well.
#[test]
fn of_ones_own_edits_that_all_collide_the_last_is_held_against_what_the_server_has() {
    for side in [Side::Mine, Side::Theirs] {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        desk.signal(sync::effect::LiveSignal::Waiting(None));
        for mine in ["One", "Two"] {
            desk.edit(key(1), &titled("Golf"), &titled(mine)).unwrap();
        }
        let call = desk.take_read();
        desk.answer(call, ok(offer(1, "Theirs")));
        let view = desk.view(key(1)).unwrap();
        assert_eq!(
            serde_json::to_value(&view.conflicts).unwrap(),
            json!([{"field": "title", "base": "Golf", "mine": "Two", "theirs": "Theirs"}])
        );

        choose_title(&mut desk, side, "Theirs");
        if side == Side::Mine {
            // It has not been held against the server yet.
            let call = desk.take_read();
            desk.answer(call, ok(offer(1, "Theirs")));
            desk.updated(offer(1, "Two"));
        }
        let view = desk.view(key(1)).unwrap();
        let expected = if side == Side::Mine { "Two" } else { "Theirs" };
        assert_eq!(
            (view.fields.title.as_str(), view.sync),
            (expected, SyncState::Synced),
            "one question is enough"
        );
        assert_eq!(desk.writes().len(), 0);
    }
}

#[test]
fn an_edit_of_an_offer_that_was_deleted_elsewhere_waits_for_a_decision() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.event("offer-deleted", json!({"offer_id": 1}));
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        (view.sync, view.problem.unwrap().code),
        (SyncState::Parked, ErrorCode::NotFound)
    );
    assert_eq!(view.fields.title, "Mine", "nothing typed is lost");

    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    assert!(matches!(desk.writes()[..], [Call::Create(fields, _)] if fields.title == "Mine"));
}

#[test]
fn a_delete_of_an_offer_that_was_changed_meanwhile_waits_for_a_decision() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.delete(key(1));
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    assert_eq!(desk.writes().len(), 0);
    let view = desk.view(key(1)).expect("it shows again");
    assert_eq!(
        (view.sync, view.problem.unwrap().code),
        (SyncState::Parked, ErrorCode::Changed)
    );
    let told: Vec<_> = desk.notices.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(told.last(), Some(&"Theirs"), "by name");

    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    let call = desk.take(|call| matches!(call, Call::Delete(_)));
    desk.answer(call, Answer::Deleted(Ok(())));
    assert_eq!(desk.titles(), [""; 0]);
}

#[test]
fn what_the_server_refuses_is_parked_with_its_words_and_goes_on_when_mended() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    let mut wrong = titled("Golf");
    wrong.book_now_url = "nowhere".into();
    desk.edit(key(1), &titled("Golf"), &wrong).unwrap();
    let call = desk.take_update();
    let fields = [("book_now_url".to_owned(), vec!["Enter a valid URL.".to_owned()])].into();
    desk.answer(
        call,
        Answer::Offer(Err(api::Error::Refused {
            status: 400,
            words: "Enter a valid URL.".into(),
            fields,
        })),
    );
    let problem = desk.view(key(1)).unwrap().problem.unwrap();
    assert_eq!(problem.fields.unwrap()["book_now_url"], ["Enter a valid URL."]);

    desk.edit(key(2), &titled("Spa"), &titled("Spa day")).unwrap();
    desk.updated(offer(2, "Spa day"));
    assert_eq!(
        desk.view(key(2)).unwrap().sync,
        SyncState::Synced,
        "other offers go on"
    );

    let mut right = wrong.clone();
    right.book_now_url = "https://hotel.example/golf".into();
    desk.edit(key(1), &wrong, &right).unwrap();
    desk.pass(Duration::from_secs(1));
    assert!(
        matches!(desk.writes()[..], [Call::Update(..)]),
        "{:?}",
        desk.writes()
    );
}

#[test]
fn a_conflict_decided_much_later_is_not_sent_over_what_nobody_has_read() {
    let mut desk = collided();
    desk.pass(Duration::from_secs(60));
    choose_title(&mut desk, Side::Mine, "Theirs");
    assert_eq!(desk.writes().len(), 0, "the offer is read first");
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "A third version")));
    assert_eq!(
        (desk.writes().len(), desk.view(key(1)).unwrap().sync),
        (0, SyncState::Conflict)
    );
}

#[test]
fn a_refused_edit_of_an_offer_that_was_deleted_here_meanwhile_does_not_hold_the_delete_up() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.delete(key(1));
    let refused = api::Error::Refused {
        status: 400,
        words: "No.".into(),
        fields: Default::default(),
    };
    desk.answer(call, Answer::Offer(Err(refused)));
    let call = desk.take(|call| matches!(call, Call::Delete(_)));
    desk.answer(call, Answer::Deleted(Ok(())));
    assert_eq!((desk.titles().len(), desk.snapshot().connection.waiting), (0, 0));
}

#[test]
fn an_edit_made_behind_a_refused_one_can_mend_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let wrong = model::OfferFields {
        book_now_url: "nowhere".into(),
        ..titled("Golf")
    };
    desk.edit(key(1), &titled("Golf"), &wrong).unwrap();
    let call = desk.take_update();
    let tagged = model::OfferFields {
        tag: "Sport".into(),
        ..wrong.clone()
    };
    desk.edit(key(1), &wrong, &tagged).unwrap();
    let refused = api::Error::Refused {
        status: 400,
        words: "No.".into(),
        fields: Default::default(),
    };
    desk.answer(call, Answer::Offer(Err(refused)));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Parked);

    let right = model::OfferFields {
        book_now_url: "https://hotel.example/golf".into(),
        ..tagged.clone()
    };
    desk.edit(key(1), &tagged, &right).unwrap();
    let sent = desk.writes();
    let expected = [model::Field::Tag, model::Field::BookNowUrl];
    assert!(
        matches!(sent[..], [Call::Update(_, patch)] if patch.fields() == expected),
        "{sent:?}"
    );
}

#[test]
fn bad_input_is_told_at_its_field_and_nothing_is_kept_or_sent() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let error = desk.edit(key(1), &titled("Golf"), &titled("   ")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.fields.unwrap().contains_key("title"));
    assert_eq!((desk.writes().len(), desk.snapshot().connection.waiting), (0, 0));
}

#[test]
fn an_edit_of_an_offer_whose_delete_waits_for_a_decision_keeps_it() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.delete(key(1));
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    desk.edit(key(1), &titled("Theirs"), &titled("Mine")).unwrap();
    desk.event("offer-deleted", json!({"offer_id": 1, "offer_title": "Theirs"}));
    let view = desk
        .view(key(1))
        .expect("the edit is not lost with the delete it took back");
    assert_eq!(
        (view.sync, view.fields.title.as_str()),
        (SyncState::Parked, "Mine")
    );
}

#[test]
fn a_decision_about_a_value_that_is_no_longer_theirs_decides_nothing() {
    let mut desk = collided();
    desk.event("offer-updated", json!({"offer": offer(1, "Even newer")}));
    choose_title(&mut desk, Side::Mine, "Theirs");
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
    assert_eq!(desk.writes().len(), 0);
}

#[test]
fn an_edit_made_before_the_list_is_current_reads_its_offer_first() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.signal(sync::effect::LiveSignal::Subscribed);
    // Live again, and what was missed meanwhile is not known yet.
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert_eq!(desk.writes().len(), 0);
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Theirs")));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
}

/// An offer that lasts from and to these days of December.
fn lasting(from: i8, to: i8) -> model::Offer {
    let mut offer = offer(1, "Golf");
    offer.fields.valid_from = Some(model::Day::new(2026, 12, from));
    offer.fields.valid_to = Some(model::Day::new(2026, 12, to));
    offer
}

fn choose(desk: &mut Desk, sides: [Side; 2]) -> Result<(), sync::problem::AppError> {
    let conflicts = desk.view(key(1)).expect("it is shown").conflicts;
    assert_eq!(conflicts.len(), 2, "{conflicts:?}");
    let choices = conflicts.into_iter().zip(sides).map(|(conflict, side)| Choice {
        field: conflict.field,
        side,
        theirs: conflict.theirs,
    });
    let ticket = desk.ask(Ask::Resolve(key(1), choices.collect()));
    desk.reply(ticket).map(drop)
}

#[test]
fn an_end_that_a_colleagues_new_start_has_overtaken_is_not_sent_and_says_so_at_its_field() {
    let mut desk = Desk::live(vec![lasting(1, 20)]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &lasting(1, 20).fields, &lasting(1, 10).fields)
        .unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(lasting(15, 20)));
    assert_eq!(desk.writes().len(), 0, "{:?}", desk.writes());
    let view = desk.view(key(1)).unwrap();
    assert_eq!(view.fields, lasting(15, 10).fields, "as it would be");
    let problem = view.problem.unwrap();
    assert_eq!((view.sync, problem.code), (SyncState::Parked, ErrorCode::Invalid));
    assert!(problem.fields.unwrap().contains_key("valid_to"));

    desk.edit(key(1), &lasting(15, 10).fields, &lasting(15, 18).fields)
        .unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(lasting(15, 20)));
    desk.updated(lasting(15, 18));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Synced);
}

#[test]
fn a_choice_of_dates_that_would_end_an_offer_before_it_starts_is_refused_at_once() {
    let mut desk = Desk::live(vec![lasting(1, 20)]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &lasting(1, 20).fields, &lasting(12, 18).fields)
        .unwrap();
    let call = desk.take_read();
    desk.answer(call, ok(lasting(3, 10)));
    let refused = choose(&mut desk, [Side::Mine, Side::Theirs]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    assert!(refused.fields.unwrap().contains_key("valid_to"));
    assert_eq!(
        (desk.view(key(1)).unwrap().sync, desk.writes().len()),
        (SyncState::Conflict, 0),
        "nothing is decided"
    );
    choose(&mut desk, [Side::Theirs, Side::Mine]).unwrap();
    desk.updated(lasting(3, 18));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Synced);
}

#[test]
fn what_others_have_stored_and_nobody_has_touched_here_stands_in_the_way_of_no_edit() {
    let mut theirs = lasting(15, 10);
    theirs.fields.title = "t".repeat(model::validation::TITLE_LIMIT + 1);
    let mut hidden = theirs.fields.clone();
    hidden.is_active = false;
    let mut desk = Desk::live(vec![theirs.clone()]);
    desk.edit(key(1), &theirs.fields, &hidden).unwrap();
    assert!(
        matches!(desk.writes()[..], [Call::Update(_, patch)] if patch.fields() == [model::Field::IsActive]),
        "{:?}",
        desk.writes()
    );

    let mut desk = Desk::live(vec![theirs.clone()]);
    change_photo(&mut desk, PhotoChange::Set(photo("mine")));
    assert!(matches!(desk.writes()[..], [Call::Upload(..)]));

    // One date decides about both.
    for (from, to) in [(14, 10), (15, 11)] {
        let mut after = theirs.fields.clone();
        let dates = lasting(from, to).fields;
        (after.valid_from, after.valid_to) = (dates.valid_from, dates.valid_to);
        let fields = desk
            .edit(key(1), &theirs.fields, &after)
            .unwrap_err()
            .fields
            .unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["valid_to"]);
    }
}

#[test]
fn white_space_that_others_have_stored_is_left_alone_where_nobody_has_touched_it() {
    let mut theirs = offer(1, "Golf");
    theirs.fields.details_html = "<p>Tee</p>\n".into();
    theirs.fields.details_text = " Tee".into();
    let mut after = theirs.fields.clone();
    after.tag = " Sport ".into();
    let mut desk = Desk::live(vec![theirs.clone()]);
    desk.edit(key(1), &theirs.fields, &after).unwrap();
    let [Call::Update(_, patch)] = desk.writes()[..] else {
        panic!("{:?}", desk.writes());
    };
    assert_eq!(patch.fields(), [model::Field::Tag]);
    assert_eq!(patch.tag.as_ref().unwrap().after, "Sport");
}

#[test]
fn an_offer_deleted_elsewhere_is_not_created_anew_with_an_end_before_its_start() {
    let theirs = lasting(15, 10).fields;
    let tagged = model::OfferFields {
        tag: "Sport".into(),
        ..theirs.clone()
    };
    let mut desk = Desk::live(vec![lasting(15, 10)]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &theirs, &tagged).unwrap();
    let call = desk.take_read();
    let gone = api::Error::Missing {
        words: "No Offer".into(),
    };
    desk.answer(call, Answer::Offer(Err(gone)));
    let ticket = desk.ask(Ask::Retry(key(1)));
    let refused = desk.reply(ticket).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    assert!(refused.fields.unwrap().contains_key("valid_to"));
    assert_eq!(desk.view(key(1)).unwrap().fields, tagged, "nothing is lost");

    let mended = model::OfferFields {
        valid_to: lasting(15, 18).fields.valid_to,
        ..tagged.clone()
    };
    desk.edit(key(1), &tagged, &mended).unwrap();
    let ticket = desk.ask(Ask::Retry(key(1)));
    desk.reply(ticket).unwrap();
    assert!(
        matches!(desk.writes()[..], [Call::Create(fields, _)] if **fields == mended),
        "{:?}",
        desk.writes()
    );
}
