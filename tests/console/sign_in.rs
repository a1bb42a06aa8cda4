//! Signing in, staying signed in, and no longer being so.

use demo_hotel::{Canned, Effect, Fault};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    scene::{
        DESK, HOTEL, begin_offer, hotel, offer_from_elsewhere, served, signed_in_for_good, some_offer, stored,
    },
    support::{Console, Workstation, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_can_be_typed_into_the_form() {
    let hotel = hotel(2).await;
    let desk = Workstation::new("desk").launch().await;
    let window = desk.window();
    window.type_into("signin-api-url", &hotel.api_url()).await;
    window.type_into("signin-pusher-key", hotel.pusher_key()).await;
    window
        .until_true(
            "the fields of a self-hosted server",
            "(document.querySelector('details').open = true)",
            &[],
        )
        .await;
    window.type_into("signin-pusher-host", "127.0.0.1").await;
    window
        .type_into("signin-pusher-port", &hotel.port().to_string())
        .await;
    window.click("signin-pusher-tls").await;
    window.sign_in(DESK, DESK).await;

    window.wait_until_connection_is("live").await;
    window
        .wait_for_offers("the offers", |cards| cards.len() == 2)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_of_the_web_page_fill_the_form() {
    let hotel = hotel(2).await;
    let station = Workstation::new("desk");
    let settings = format!(
        "# offers page\nVITE_API_URL={}\nVITE_PUSHER_KEY=\"{}\"\nHOTELMATE_PUSHER_HOST=127.0.0.1\nHOTELMATE_PUSHER_PORT={}\n\
         HOTELMATE_PUSHER_TLS=false\n",
        hotel.api_url(),
        hotel.pusher_key(),
        hotel.port()
    );
    station.put_in_file_dialog("page.env", settings.as_bytes());
    let desk = station.launch().await;
    let window = desk.window();
    window.click("signin-env").await;
    window.sign_in(DESK, DESK).await;

    window.wait_until_connection_is("live").await;
    window
        .wait_for_offers("the offers", |cards| cards.len() == 2)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_in_place_and_the_right_one_is_taken() {
    let hotel = hotel(2).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.launch().await;
    let window = desk.window();

    window.sign_in(DESK, "wrong").await;
    let words = window
        .wait_for_words("signin-error", |words| !words.is_empty())
        .await;
    assert!(
        words.contains("Unable to log in with provided credentials."),
        "in the server's words: {words}"
    );
    assert_eq!(
        window.words("signin-username").await.as_deref(),
        Some(DESK),
        "what was typed stays"
    );

    window.type_into("signin-password", DESK).await;
    window.click("signin-submit").await;
    window.wait_until_connection_is("live").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_needs_no_password_and_the_token_lies_in_no_file() {
    let hotel = hotel(2).await;
    let station = Workstation::at(&hotel, "desk");
    signed_in_for_good(&hotel, &station, DESK).await.quit().await;
    let desk = station.launch().await;

    desk.window().wait_until_connection_is("live").await;
    let token = within("the token", sign_in_by_hand(&hotel.api_url())).await;
    drop(desk);
    let leaks = files_with(&station.data(), token.as_bytes());
    assert!(
        leaks.is_empty(),
        "the token is in the keyring, and not in {leaks:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_hotels_refusal_is_said_and_nothing_is_lost() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    desk.window()
        .wait_for_offers("the offers", |cards| cards.len() == 2)
        .await;
    let refusal = br#"{"detail":"You can only access resources from your hotel."}"#;
    let refusal = Canned::json(StatusCode::FORBIDDEN, refusal.as_slice());
    control.fault(Fault::on(Method::POST, "/offers/", Effect::Instead(refusal)));

    begin_offer(desk.window(), "Not ours").await;
    desk.window().click("save").await;

    let parked = |title: &str, sync: &str| title == "Not ours" && sync == "parked";
    let why = "the refused offer to be kept";
    desk.window()
        .wait_for_offers(why, |cards| {
            cards.iter().any(|card| parked(&card.title, &card.sync))
        })
        .await;
    let words = desk
        .window()
        .wait_for_words("parked", |words| !words.is_empty())
        .await;
    assert!(
        words.contains("You can only access resources from your hotel."),
        "in the server's words: {words}"
    );

    desk.window().click("try-again").await;
    desk.window().wait_for_synced("Not ours").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_of_another_hotel_see_its_offers_and_never_ours() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let theirs = async |title: &str| {
        let fields = json!({ "title": title, "short_description": "By the harbour." });
        within(
            "an offer of the other hotel",
            control.create_elsewhere("other", fields),
        )
        .await
        .expect("the hotel takes it");
    };
    theirs("Harbour walk").await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in("outsider").await;
    let window = desk.window();
    window.wait_for_synced("Harbour walk").await;

    offer_from_elsewhere(&control, "For Killarney's staff").await;
    theirs("Oysters").await;
    window.wait_for_synced("Oysters").await;

    let stored = within("the other hotel's offers", control.offers("other"))
        .await
        .expect("the store answers");
    let expected: Vec<_> = stored.into_iter().map(|offer| offer.title).collect();
    assert_eq!(window.titles().await, expected, "theirs, and all of them");
    let asked_for_ours =
        control.look(|stats| stats.count(|seen| seen.path.contains(&format!("/hotel/{HOTEL}/"))));
    assert_eq!(asked_for_ours, 0, "ours were not even asked for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_belongs_to_no_hotel_is_told_so_in_place() {
    let hotel = hotel(2).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.launch().await;
    let window = desk.window();

    window.sign_in("visitor", "visitor").await;

    let words = window
        .wait_for_words("signin-error", |words| !words.is_empty())
        .await;
    assert!(words.contains("visitor belongs to no hotel"), "{words}");
    window.sign_in(DESK, DESK).await;
    window.wait_until_connection_is("live").await;
    window
        .wait_for_offers("the hotel's offers", |cards| cards.len() == 2)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_asks_for_the_password_and_waiting_work_goes_on() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    begin_offer(window, "Written meanwhile").await;
    within("the tokens' end", control.expire_tokens())
        .await
        .expect("the hotel forgets its tokens");
    window.click("save").await;
    window.wait_for("expired").await;
    let titles = window.titles().await;
    assert!(
        titles.contains(&offer.title),
        "what is known stays in sight: {titles:?}"
    );
    assert!(
        titles.contains(&"Written meanwhile".to_owned()),
        "and so does what waits: {titles:?}"
    );

    window.type_into("expired-password", "wrong").await;
    window.click("expired-submit").await;
    window
        .wait_for_words("expired-error", |words| !words.is_empty())
        .await;
    window.type_into("expired-password", DESK).await;
    window.click("expired-submit").await;
    window.wait_gone("expired").await;
    window.wait_for_synced("Written meanwhile").await;
    window.wait_until_connection_is("live").await;
    assert!(
        stored(&control, "Written meanwhile").await.is_some(),
        "the server has it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_hotel_is_one_click_away_and_its_key_is_another_in_each_run() {
    let station = Workstation::new("desk");
    let desk = station.launch().await;
    desk.window().click("signin-demo").await;
    let first = demo_key(&station, &desk).await;
    let cards = desk
        .window()
        .wait_for_offers("a dozen offers", |cards| cards.len() == 12)
        .await;
    desk.window().wait_for_photo(&cards[0].title).await;
    // Whoever knows the key could listen, and send with the secret that is made beside it.
    assert_ne!(first, "app-key", "not that of the server on its own");

    desk.quit().await;
    let desk = station.launch().await;
    assert_ne!(demo_key(&station, &desk).await, first);
}

/// The key by which this console is live, since the hub knows no other. Its page is told.
async fn demo_key(station: &Workstation, console: &Console) -> String {
    console.window().wait_until_connection_is("live").await;
    let port =
        std::fs::read_to_string(station.data().join("demo/port")).expect("the demo hotel's port is kept");
    let config = served(&format!("http://127.0.0.1:{port}/{HOTEL}/config.json")).await;
    let config: serde_json::Value = serde_json::from_slice(&config).expect("in JSON");
    config["pusher"]["key"].as_str().expect("with a key").to_owned()
}

async fn sign_in_by_hand(api_url: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client
        .post(format!("{api_url}/staff/login/"))
        .json(&serde_json::json!({ "username": DESK, "password": DESK }))
        .send()
        .await
        .expect("the hotel answers");
    let answer: serde_json::Value = answer.json().await.expect("in JSON");
    answer["token"].as_str().expect("with a token").to_owned()
}

/// The files below `folder` that hold these bytes.
fn files_with(folder: &std::path::Path, bytes: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path)
            .is_ok_and(|content| content.windows(bytes.len()).any(|part| part == bytes))
        {
            found.push(path);
        }
    }
    found
}
