//! HTML that was written here leaves clean; HTML that the server has had leaves as it was.

use model::{Offer, OfferFields};
use sync::effect::{Ask, Call, Reply};

use crate::desk::{Desk, key, offer, titled};

/// What the hotel's web site put there: more than is ever written here.
const THEIRS: &str =
    "<p onclick=\"track()\">Spa</p><img src=\"https://cdn.example/spa.jpg\"><script>count()</script>";

fn with_html(title: &str, html: &str) -> OfferFields {
    OfferFields {
        details_html: html.to_owned(),
        ..titled(title)
    }
}

fn offer_with_html(id: i64, html: &str) -> Offer {
    Offer {
        fields: with_html("Spa", html),
        ..offer(id, "Spa")
    }
}

fn sent(desk: &Desk) -> Vec<Option<String>> {
    desk.writes()
        .into_iter()
        .map(|call| match call {
            Call::Create(fields, _) => Some(fields.details_html.clone()),
            Call::Update(_, patch) => patch.details_html.clone().map(|change| change.after),
            other => panic!("not an edit: {other:?}"),
        })
        .collect()
}

fn create(desk: &mut Desk, fields: OfferFields) {
    let ticket = desk.ask(Ask::Create {
        fields: Box::new(fields),
        photo: None,
        window: "console-1".to_owned(),
    });
    desk.reply(ticket).expect("it is taken");
}

#[test]
fn html_written_here_is_cleaned_before_it_is_queued() {
    let mut desk = Desk::live(vec![offer(1, "Golf")]);
    desk.edit(
        key(1),
        &titled("Golf"),
        &with_html("Golf", "<p>Tee</p><script>x()</script>"),
    )
    .unwrap();
    assert_eq!(sent(&desk), [Some("<p>Tee</p>".to_owned())]);
    let view = desk.view(key(1)).unwrap();
    assert_eq!(
        view.fields.details_html, "<p>Tee</p>",
        "and windows show what is sent"
    );

    let mut desk = Desk::live(vec![]);
    create(&mut desk, with_html("New", "<a href=\"javascript:x()\">Book</a>"));
    assert_eq!(sent(&desk), [Some("<a>Book</a>".to_owned())]);
}

#[test]
fn the_servers_own_html_is_neither_sent_nor_changed_by_an_edit_of_another_field() {
    let mut desk = Desk::live(vec![offer_with_html(1, THEIRS)]);
    desk.edit(key(1), &with_html("Spa", THEIRS), &with_html("Spa days", THEIRS))
        .unwrap();
    assert_eq!(sent(&desk), [None]);
    assert_eq!(desk.view(key(1)).unwrap().fields.details_html, THEIRS);
}

#[test]
fn a_copy_and_a_restored_version_keep_the_servers_own_html() {
    let mut desk = Desk::live(vec![offer_with_html(1, THEIRS)]);
    create(&mut desk, with_html("Spa (copy)", THEIRS));
    assert_eq!(sent(&desk), [Some(THEIRS.to_owned())], "a copy");

    let mut desk = Desk::live(vec![offer_with_html(1, THEIRS)]);
    desk.edit(
        key(1),
        &with_html("Spa", THEIRS),
        &with_html("Spa", "<p>Ours</p>"),
    )
    .unwrap();
    desk.updated(offer_with_html(1, "<p>Ours</p>"));
    let ticket = desk.ask(Ask::History(key(1)));
    let Ok(Reply::Versions(versions)) = desk.reply(ticket) else {
        panic!("no history");
    };
    let first = versions.last().expect("the server's own version").id;
    let ticket = desk.ask(Ask::Version(first));
    let Ok(Reply::Version(version)) = desk.reply(ticket) else {
        panic!("no version");
    };
    let ticket = desk.ask(Ask::Restore {
        version,
        photo: None,
        window: "console-1".to_owned(),
    });
    desk.reply(ticket).unwrap();
    assert_eq!(sent(&desk), [Some(THEIRS.to_owned())], "an earlier version");
}
