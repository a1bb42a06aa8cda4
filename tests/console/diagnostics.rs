//! What happened, on the screen and in a file for whoever helps.

use std::{
    fs,
    io::{Cursor, Read},
};

use demo_hotel::{Canned, Effect, Fault};
use reqwest::{Method, StatusCode};
use serde_json::json;
use zip::ZipArchive;

use crate::{
    scene::{DESK, hotel, kept_token, offer_from_elsewhere},
    support::{Window, Workstation},
};

/// Typed by mistake: the password of something else. Secret all the same.
const MISTYPED: &str = "lakeside-7-safe";

async fn wait_for_row(window: &Window, filter: &str, kind: &str) {
    window.type_into("activity-search", filter).await;
    let question =
        "allById('activity-row').some((row) => row.dataset.kind === args[0] && words(row).includes(args[1]))";
    let why = format!("a row about {filter}");
    window
        .until_true(&why, question, &[json!(kind), json!(filter)])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_activity_lists_what_happened_and_its_export_holds_no_secret() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    // A server that repeats what it was sent.
    let echo = Canned::json(
        StatusCode::BAD_REQUEST,
        format!(r#"{{"non_field_errors":["The password {MISTYPED} is wrong."]}}"#),
    );
    control.fault(Fault::on(Method::POST, "/login/", Effect::Instead(echo)));
    let station = Workstation::at(&hotel, "desk");
    let desk = station.launch().await;
    let window = desk.window();
    window.sign_in(DESK, MISTYPED).await;
    window
        .wait_for_words("signin-error", |words| !words.is_empty())
        .await;
    window.type_into("signin-password", DESK).await;
    window.click("signin-submit").await;
    window.wait_until_connection_is("live").await;
    let token = kept_token(&hotel, DESK).await;
    // So does this one, with the token.
    let echo = Canned::json(
        StatusCode::BAD_GATEWAY,
        format!(r#"{{"detail":"cannot forward Authorization: Token {token}"}}"#),
    );
    control.fault(Fault::on(Method::GET, "/offers/", Effect::Instead(echo)));
    offer_from_elsewhere(&control, "Made somewhere").await;
    window.wait_for_synced("Made somewhere").await;

    window.click("show-activity").await;
    window.wait_for("activity").await;
    wait_for_row(window, "GET", "request").await;
    wait_for_row(window, "An offer was created", "event").await;
    wait_for_row(window, "Live", "connection").await;
    window.click("activity-export").await;
    window
        .wait_for_words("activity-said", |words| words.starts_with("Written to"))
        .await;

    let bytes = fs::read(station.save_dialog()).expect("the file is where the user wanted it");
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("it is a zip");
    let mut parts = vec![("the file itself".to_owned(), bytes.clone())];
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("the part is whole");
        let name = part.name().expect("our names are plain").into_owned();
        parts.push((name, content));
    }
    let names: Vec<_> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"activity.json") && names.contains(&"about.json"),
        "{names:?}"
    );
    assert!(
        names.iter().any(|name| name.starts_with("logs/")),
        "the logs are there: {names:?}"
    );
    for (name, content) in &parts {
        for secret in [token.as_str(), MISTYPED] {
            let is_in = content
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!is_in, "{secret} is in {name}");
        }
    }
    let activity = &parts
        .iter()
        .find(|(name, _)| name == "activity.json")
        .expect("a part")
        .1;
    let activity = String::from_utf8_lossy(activity);
    assert!(
        activity.contains("offer-created") && activity.contains("/offers/"),
        "what happened is in it"
    );
}
