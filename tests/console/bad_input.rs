//! What a user should not have typed or chosen, and what a server should not have sent: said in words where it matters, and nothing is lost.

use demo_hotel::{Canned, Effect, Fault};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    scene::{DESK, HOTEL, begin_offer, changing, hotel, offer_from_elsewhere, requests, some_offer},
    support::{Window, Workstation, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_photo_or_too_large_is_refused_in_words_and_the_offer_is_kept() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    begin_offer(window, "With a photo soon").await;

    station.put_in_file_dialog("menu.jpg", b"%PDF-1.7 this is no picture");
    window.click("photo-pick").await;
    let no_picture = window
        .wait_for_words("error-photo", |words| !words.is_empty())
        .await;
    station.put_in_file_dialog("large.jpg", &crate::scene::photo(64, 64, [9, 9, 9]));
    let large = std::fs::File::options().append(true).open(station.file_dialog());
    large
        .and_then(|file| file.set_len(201 * 1024 * 1024))
        .expect("a long file of holes");
    window.click("photo-pick").await;
    let too_large = window
        .wait_for_words("error-photo", |words| !words.is_empty() && words != no_picture)
        .await;

    assert!(
        too_large.contains("200 MB"),
        "it says what is allowed: {too_large}"
    );
    assert!(!window.shows("photo-preview").await, "neither is taken");
    assert_eq!(
        window.words("field-title").await.as_deref(),
        Some("With a photo soon"),
        "what was typed stays"
    );
    window.click("save").await;
    window.wait_for_synced("With a photo soon").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blank_title_and_an_end_before_the_start_are_said_at_their_fields_and_not_sent() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();

    begin_offer(window, "   ").await;
    window.put_into("field-valid_from", "2027-03-10").await;
    window.put_into("field-valid_to", "2027-03-01").await;
    window.click("save").await;

    window
        .wait_for_words("error-title", |words| !words.is_empty())
        .await;
    window
        .wait_for_words("error-valid_to", |words| !words.is_empty())
        .await;
    assert!(
        requests(&control, changing).is_empty(),
        "the server is not asked what we know"
    );
    assert_eq!(
        window.attribute("field-title", "aria-invalid").await.as_deref(),
        Some("true")
    );

    window.type_into("field-title", "Spring").await;
    window.put_into("field-valid_to", "2027-03-20").await;
    window.click("save").await;
    window.wait_for_synced("Spring").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_words_about_a_field_stand_at_that_field() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();

    begin_offer(window, "Book here").await;
    // Remarked on, but the server decides.
    window.type_into("field-book_now_url", "not a link").await;
    window.click("save").await;

    let words = window
        .wait_for_words("error-book_now_url", |words| !words.is_empty())
        .await;
    assert!(
        words.contains("Enter a valid URL."),
        "in the server's words: {words}"
    );
    window
        .type_into("field-book_now_url", "https://hotel.example/book")
        .await;
    window.click("save").await;
    window.wait_for_synced("Book here").await;
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 2, "refused once, then taken: {sent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_on_the_live_connection_leaves_the_list_as_it_was() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    let before = window
        .wait_for_offers("the offers", |cards| cards.len() == 3)
        .await;
    let channel = format!("hotel-{HOTEL}");

    for frame in [
        "",
        "{",
        "null",
        "[1,2]",
        r#"{"event":7}"#,
        r#"{"no":"event"}"#,
        r#"{"event":"offer-updated"}"#,
    ] {
        control.send_frame(Some(&channel), frame);
    }
    let id = offer.id;
    for (name, data) in [
        ("offer-updated", "{".to_owned()),
        ("offer-updated", "null".to_owned()),
        (
            "offer-updated",
            json!({ "offer": null, "action": "updated" }).to_string(),
        ),
        (
            "offer-updated",
            json!({ "offer": { "id": id, "title": null }, "action": "updated" }).to_string(),
        ),
        (
            "offer-updated",
            json!({ "offer": { "id": id.to_string(), "title": ["a"] }, "action": "updated" }).to_string(),
        ),
        (
            "offer-created",
            json!({ "offer": { "id": {} }, "action": "created" }).to_string(),
        ),
        (
            "offer-deleted",
            json!({ "offer_id": "all of them", "action": "deleted" }).to_string(),
        ),
        ("offer-deleted", json!({ "action": "deleted" }).to_string()),
        (
            "offer-image-updated",
            json!({ "offer_id": id, "photo_url": 7 }).to_string(),
        ),
        ("offers-updated", "\"\\u0000\"".to_owned()),
    ] {
        control.send_event(&channel, name, &data);
    }
    still_works(window, &control, &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_five_megabytes_is_survived() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let before = desk
        .window()
        .wait_for_offers("the offers", |cards| cards.len() == 3)
        .await;

    let padding = "x".repeat(5 * 1024 * 1024);
    control.send_event(
        &format!("hotel-{HOTEL}"),
        "offer-updated",
        &json!({ "offer": padding }).to_string(),
    );

    desk.window().wait_until_connection_is("live").await;
    still_works(desk.window(), &control, &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_make_no_sense_leave_the_last_good_list() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    let before = window
        .wait_for_offers("the offers", |cards| cards.len() == 3)
        .await;

    let mut bodies: Vec<Canned> = [
        r#"{"count":3,"next":null,"results":[{"id":1,"ti"#.as_bytes(),
        br#"{"count":0,"next":null,"previous":null}"#,
        br#"{"count":3,"next":null,"results":"none"}"#,
        br#"{"count":1,"next":null,"results":[{"id":"one","title":null}]}"#,
        b"\xff\xfe\x00",
        b"",
    ]
    .into_iter()
    .map(|body| Canned::json(StatusCode::OK, body))
    .collect();
    bodies.push(Canned::html(StatusCode::OK));
    bodies.push(Canned::html(StatusCode::BAD_GATEWAY));
    for body in bodies {
        control.clear_faults();
        let asked = control.look(|stats| stats.requests_done);
        control.fault(Fault::on(Method::GET, "/offers/", Effect::Instead(body.clone())).always());
        // One without its partner: the list is read.
        within("an event", async {
            control.publish_event(
                &format!("hotel-{HOTEL}"),
                "offers-updated",
                r#"{"action":"sync"}"#,
            )
        })
        .await
        .expect("the hub takes it");
        within(
            "a read of the list",
            control.wait_until(|stats| stats.requests_done > asked),
        )
        .await;
        assert_eq!(window.offers().await, before, "after {body:?}");
    }
    control.clear_faults();
    window.wait_until_connection_is("live").await;
    still_works(window, &control, &before).await;
}

/// What was listed still is, and what comes now is shown.
async fn still_works(window: &Window, control: &demo_hotel::Control, before: &[crate::support::OfferCard]) {
    offer_from_elsewhere(control, "All is well").await;
    window.wait_for_synced("All is well").await;
    let after = window.offers().await;
    assert!(
        before.iter().all(|card| after.contains(card)),
        "what was listed is as it was: {after:?}"
    );
    assert_eq!(after.len(), before.len() + 1, "and nothing else came: {after:?}");
}
