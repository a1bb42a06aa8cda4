//! Whose work is whose, and what a session's end leaves.

use sync::effect::{Answer, Ask, Call, Event, LiveSignal, Password, Reply, TokenName};
use sync::problem::ErrorCode;
use sync::view::{ConnectionState, Session, SignInForm, SyncState, WaitingChanges};

use crate::desk::{Desk, key, offer, ok, titled};

#[test]
fn a_token_the_server_no_longer_takes_pauses_the_queue_and_signing_in_again_goes_on() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    desk.answer(
        call,
        Answer::Offer(Err(api::Error::SignedOut {
            words: "Invalid token.".into(),
        })),
    );
    let snapshot = desk.snapshot();
    assert!(matches!(
        snapshot.session,
        Session::Expired { by_server: true, .. }
    ));
    assert_eq!(snapshot.connection.state, ConnectionState::SignedOut);
    assert_eq!((desk.writes().len(), desk.titles()), (0, vec!["Mine".to_owned()]));

    desk.sign_in("frontdesk");
    let call = desk.take_read();
    desk.answer(call, ok(offer(1, "Golf")));
    desk.updated(offer(1, "Mine"));
    assert_eq!(desk.view(key(1)).unwrap().sync, SyncState::Synced);
}

#[test]
fn a_renewed_sign_in_goes_on_with_the_hotels_new_id_and_name() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    assert_eq!(desk.hotel_id, Some(1));
    let last_synced = desk.snapshot().connection.last_synced;
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let words = "Invalid token.".to_owned();
    desk.answer(call, Answer::Offer(Err(api::Error::SignedOut { words })));

    // The hotel was set up anew.
    let (ticket, call) = desk.ask_to_sign_in("frontdesk");
    desk.agree_as(call, "frontdesk", 2, "Killarney House");
    desk.reply(ticket).unwrap();
    assert_eq!(desk.hotel_id, Some(2));
    let snapshot = desk.snapshot();
    let name = match &snapshot.session {
        Session::SignedIn { account, .. } => account.hotel_name.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (name, snapshot.connection.last_synced),
        ("Killarney House", last_synced)
    );
    assert_eq!(desk.titles(), ["Mine"], "what waits is there");
}

#[test]
fn who_has_signed_out_is_told_that_the_keyring_still_holds_the_sign_in() {
    let mut desk = Desk::live(vec![]);
    let sign_out = |desk: &mut Desk| {
        let ticket = desk.ask(Ask::SignOut(None));
        desk.reply(ticket).unwrap();
    };
    let name = TokenName {
        api_url: "https://hotel.example/api".into(),
        username: "frontdesk".into(),
    };
    sign_out(&mut desk);
    assert_eq!(desk.snapshot().connection.message, None);
    desk.happen(Event::TokenLeft(name.clone()));
    let message = desk.snapshot().connection.message.unwrap_or_default();
    assert!(message.contains("sign-in of frontdesk"), "{message}");

    desk.sign_in("frontdesk");
    desk.happen(Event::TokenLeft(name));
    assert_eq!(
        desk.snapshot().connection.message,
        None,
        "that sign-in is in use again"
    );
    sign_out(&mut desk);
    assert_eq!(desk.snapshot().connection.message, None);
}

#[test]
fn a_session_is_renewed_at_its_own_server_whatever_the_environment_names_by_now() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    let form = |desk: &mut Desk| {
        let ticket = desk.ask(Ask::SignInForm);
        match desk.reply(ticket) {
            Ok(Reply::Form(form)) => (form.api_url, form.username),
            other => panic!("{other:?}"),
        }
    };
    let of = |api_url: &str| SignInForm {
        api_url: api_url.to_owned(),
        ..SignInForm::default()
    };
    let [here, elsewhere] = ["https://hotel.example/api", "https://elsewhere.example/api"];
    desk.crash_and_restart_where(Some(of(elsewhere)));
    assert_eq!(
        form(&mut desk),
        (here.to_owned(), "frontdesk".to_owned()),
        "where the session is from"
    );

    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    assert_eq!(form(&mut desk).0, elsewhere, "nobody is signed in");

    for here in [here, "https://Hotel.example:443/api/"] {
        desk.crash_and_restart_where(Some(of(here)));
        assert_eq!(
            form(&mut desk),
            (here.to_owned(), "frontdesk".to_owned()),
            "who worked there last is not asked for"
        );
    }
}

#[test]
fn a_sign_in_that_this_computer_did_not_keep_is_not_said_to_be_ended_by_the_server() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.crash_and_restart_without_keyring();
    let session = desk.snapshot().session;
    assert!(
        matches!(session, Session::Expired { by_server: false, .. }),
        "{session:?}"
    );
}

#[test]
fn another_account_neither_sees_nor_sends_what_waits() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.signal(sync::effect::LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    desk.sign_in("manager");
    desk.list(vec![offer(1, "Golf")]);
    assert_eq!((desk.titles(), desk.writes().len()), (vec!["Golf".to_owned()], 0));
    assert_eq!(desk.snapshot().connection.waiting, 0);

    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    desk.sign_in("frontdesk");
    assert_eq!(
        (desk.titles(), desk.snapshot().connection.waiting),
        (vec!["Mine".to_owned()], 1)
    );
}

#[test]
fn everything_is_there_after_a_restart_before_the_server_has_answered() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    desk.crash_and_restart();
    assert_eq!(desk.titles(), ["Golf", "Spa"]);
}

#[test]
fn a_wrong_password_is_told_with_the_servers_words_and_leaves_nothing_behind() {
    let mut desk = Desk::new();
    let form = SignInForm {
        api_url: "https://hotel.example/api".into(),
        username: "u".into(),
        ..SignInForm::default()
    };
    let ticket = desk.ask(Ask::SignIn {
        form: Box::new(form),
        password: Password("wrong".into()),
    });
    let call = desk.take(|call| matches!(call, Call::SignIn { .. }));
    let words = "Unable to log in with provided credentials.".to_owned();
    let fields = [("non_field_errors".to_owned(), vec![words.clone()])].into();
    desk.answer(
        call,
        Answer::SignedIn(Err(api::Error::Refused {
            status: 400,
            words: words.clone(),
            fields,
        })),
    );
    let error = desk.reply(ticket).unwrap_err();
    assert_eq!((error.code, error.message), (ErrorCode::WrongCredentials, words));
    assert_eq!(desk.snapshot().session, Session::SignedOut);
}

#[test]
fn a_second_sign_in_is_not_answered_by_the_first_ones_answer() {
    let mut desk = Desk::new();
    let form = |user: &str| {
        Box::new(SignInForm {
            api_url: "https://hotel.example/api".into(),
            username: user.into(),
            ..SignInForm::default()
        })
    };
    let first = desk.ask(Ask::SignIn {
        form: form("a"),
        password: Password("p".into()),
    });
    let slow = desk.take(|call| matches!(call, Call::SignIn { .. }));
    let second = desk.ask(Ask::SignIn {
        form: form("b"),
        password: Password("p".into()),
    });
    assert!(desk.reply(first).is_err(), "it was taken over");
    desk.answer(
        slow,
        Answer::SignedIn(Err(api::Error::Unreachable {
            sent: false,
            reason: "late".into(),
        })),
    );
    let call = desk.take(|call| matches!(call, Call::SignIn { .. }));
    let refused = api::Error::Refused {
        status: 400,
        words: "Wrong.".into(),
        fields: Default::default(),
    };
    desk.answer(call, Answer::SignedIn(Err(refused)));
    assert_eq!(
        desk.reply(second).unwrap_err().code,
        ErrorCode::WrongCredentials,
        "its own answer"
    );
}

#[test]
fn an_unencrypted_server_elsewhere_needs_the_users_word() {
    let cases = [
        ("http://hotel.example/api", "", true, Err(ErrorCode::Insecure)),
        ("http://127.0.0.1:8000/api", "127.0.0.1", false, Ok(())),
        ("http://[::1]:8000/api", "::1", false, Ok(())),
        ("http://localhost:8000/api", "[::1]", false, Ok(())),
        (
            "https://hotel.example/api",
            "hub.example",
            false,
            Err(ErrorCode::Insecure),
        ),
        ("", "", true, Err(ErrorCode::Invalid)),
        ("ftp://hotel.example", "", true, Err(ErrorCode::Invalid)),
    ];
    for (api_url, pusher_host, pusher_tls, expected) in cases {
        let mut desk = Desk::new();
        let form = SignInForm {
            api_url: api_url.into(),
            pusher_host: pusher_host.into(),
            pusher_tls,
            ..SignInForm::default()
        };
        let ticket = desk.ask(Ask::SignIn {
            form: Box::new(form.clone()),
            password: Password("p".into()),
        });
        match expected {
            Ok(()) => assert_eq!(
                desk.count(|call| matches!(call, Call::SignIn { .. })),
                1,
                "{api_url}"
            ),
            Err(code) => {
                assert_eq!(desk.reply(ticket).unwrap_err().code, code, "{api_url}");
                assert_eq!(desk.count(|_| true), 0, "no password leaves");
            }
        }
    }
}

#[test]
fn changes_saved_from_a_damaged_file_without_its_offers_are_sent_once_their_offers_have_been_read() {
    let mut desk = Desk::live(vec![offer(1, "Golf"), offer(2, "Spa")]);
    desk.signal(LiveSignal::Waiting(None));
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    desk.edit(key(2), &titled("Spa"), &titled("Mine too")).unwrap();
    desk.forget_offers();
    desk.crash_and_restart();
    assert_eq!(desk.titles(), ["Mine", "Mine too"]);
    let gone = api::Error::Missing {
        words: "No Offer".into(),
    };
    let read = desk.take(|call| matches!(call, Call::Read(id) if id.0 == 1));
    desk.answer(read, Answer::Offer(Ok(Box::new(offer(1, "Golf")))));
    let read = desk.take(|call| matches!(call, Call::Read(id) if id.0 == 2));
    desk.answer(read, Answer::Offer(Err(gone)));
    assert!(
        matches!(desk.writes()[..], [Call::Update(id, _)] if id.0 == 1),
        "{:?}",
        desk.writes()
    );
    assert_eq!(
        desk.view(key(2)).unwrap().sync,
        SyncState::Parked,
        "that one is gone indeed"
    );
}

#[test]
fn a_sign_in_under_way_ends_with_the_sign_out_and_its_late_answer_opens_nothing() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
    let call = desk.take_update();
    let words = "Invalid token.".to_owned();
    desk.answer(call, Answer::Offer(Err(api::Error::SignedOut { words })));
    let (renewal, slow) = desk.ask_to_sign_in("frontdesk");
    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    assert!(
        desk.reply(renewal).is_err(),
        "whoever waits for the sign-in is told"
    );
    desk.tokens.clear();
    desk.agree(slow, "frontdesk");
    assert_eq!(desk.snapshot().session, Session::SignedOut);
    assert_eq!(desk.tokens, [""; 0], "its token is kept nowhere");
    assert_eq!(desk.count(|_| true), 0, "and used for nothing");

    desk.sign_in("frontdesk");
    assert_eq!(desk.titles(), ["Mine"], "what waited is still there");
}

#[test]
fn what_waits_is_found_again_however_the_server_is_spelled_at_the_next_sign_in() {
    let spellings = [
        "https://Hotel.example/api",
        "https://hotel.example:443/api",
        "https://hotel.example/api/",
    ];
    let sign_out = |desk: &mut Desk| {
        let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
        desk.reply(ticket).unwrap();
    };
    let sign_in = |desk: &mut Desk, api_url: &str| {
        let (ticket, call) = desk.ask_to_sign_in_at(api_url, "frontdesk");
        desk.agree(call, "frontdesk");
        desk.reply(ticket).unwrap();
    };
    for spelling in spellings {
        let mut desk = Desk::live(vec![offer(1, "Golf")]);
        desk.signal(LiveSignal::Waiting(None));
        desk.edit(key(1), &titled("Golf"), &titled("Mine")).unwrap();
        sign_out(&mut desk);
        sign_in(&mut desk, spelling);
        assert_eq!(
            (desk.titles(), desk.snapshot().connection.waiting),
            (vec!["Mine".to_owned()], 1),
            "{spelling}"
        );

        // The same of an account that an earlier release has kept as it was typed.
        sign_out(&mut desk);
        desk.spell_server(spelling.trim_end_matches('/'));
        sign_in(&mut desk, "https://hotel.example/api");
        assert_eq!(
            (desk.titles(), desk.snapshot().connection.waiting),
            (vec!["Mine".to_owned()], 1),
            "kept as {spelling}"
        );
    }
}
