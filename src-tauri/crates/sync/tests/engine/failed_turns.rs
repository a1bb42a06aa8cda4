//! A turn that cannot be kept on disk never happened, for the windows, the server and the session alike.

use std::time::Duration;

use sync::effect::{Answer, Ask, Call};
use sync::problem::ErrorCode;
use sync::view::{Session, SyncState};

use crate::desk::{Desk, key, lost, offer, ok, titled};

#[test]
fn a_command_that_cannot_be_kept_is_answered_in_words_and_shows_nowhere() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.refuse_writes("operation");
    let error = desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    assert_eq!((desk.titles(), desk.writes().len()), (vec!["Golf".to_owned()], 0));
    assert!(
        desk.snapshot().connection.message.is_some(),
        "the status bar says that something is wrong"
    );

    desk.allow_writes();
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert_eq!(desk.titles(), ["Mine"]);
}

#[test]
fn a_create_on_its_way_is_not_forgotten_by_a_turn_that_fails() {
    let mut desk = Desk::live(vec![]);
    desk.create("Spa day");
    let call = desk.take_create();
    desk.refuse_writes("operation");
    let ticket = desk.ask(Ask::Create {
        fields: Box::new(titled("Other")),
        photo: None,
        window: "console-1".into(),
    });
    assert!(desk.reply(ticket).is_err());
    desk.allow_writes();
    desk.pass(Duration::from_secs(1));
    assert_eq!(
        (desk.titles(), desk.writes().len()),
        (vec!["Spa day".to_owned()], 0),
        "it is still on its way"
    );
    desk.answer(call, ok(offer(7, "Spa day")));
    assert_eq!(desk.view(key(7)).unwrap().sync, SyncState::Synced);
}

#[test]
fn a_sign_in_that_cannot_be_kept_leaves_the_session_as_it_was() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.refuse_writes("account");
    let ticket = desk.begin_sign_in("manager");
    assert_eq!(desk.reply(ticket).unwrap_err().code, ErrorCode::Storage);
    let snapshot = desk.snapshot();
    assert!(matches!(snapshot.session, Session::SignedIn { account, .. } if account.username == "frontdesk"));
    assert_eq!(desk.titles(), ["Golf"]);
}

#[test]
fn nothing_is_due_while_everything_waits_for_an_event() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    let quiet = Duration::from_secs(60);
    assert!(desk.due_in() > quiet, "{:?}", desk.due_in());
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    assert!(desk.due_in() > quiet, "an answer will come: {:?}", desk.due_in());
    let call = desk.take_update();
    desk.answer(call, Answer::Offer(Err(lost())));
    desk.pass(Duration::from_secs(2));
    let call = desk.take(|call| matches!(call, Call::Read(_)));
    desk.answer(call, ok(offer(1, "Theirs")));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Conflict);
    assert!(desk.due_in() > quiet, "a person will decide: {:?}", desk.due_in());
}
