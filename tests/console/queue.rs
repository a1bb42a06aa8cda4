//! A queue that stops on its way: a change the server refuses, a sign-in that ends, a value that somebody else has just set.

use demo_hotel::{Canned, Effect, Fault, Gate};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    scene::{
        DESK, all_offers, begin_offer, change_elsewhere, change_offer, go_offline, hotel,
        offer_from_elsewhere, requests, some_offer, stored, wait_for_sync, wait_for_waiting,
    },
    support::{Workstation, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refuses_is_said_at_its_field_corrected_and_sent() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    let refusal = Canned::json(
        StatusCode::BAD_REQUEST,
        br#"{"title":["There is another offer of this name."]}"#.as_slice(),
    );
    control.fault(Fault::on(Method::PATCH, "/offers/", Effect::Instead(refusal)));

    change_offer(window, &offer.title, "title", "Taken name").await;
    wait_for_sync(window, "Taken name", "parked").await;
    let words = window
        .wait_for_words("error-title", |words| !words.is_empty())
        .await;
    assert!(
        words.contains("There is another offer of this name."),
        "in the server's words: {words}"
    );
    window.type_into("field-title", "Free name").await;
    window.click("save").await;

    window.wait_for_synced("Free name").await;
    window.wait_gone("parked").await;
    assert!(!window.shows("error-title").await, "nothing is wrong any more");
    assert!(
        stored(&control, "Free name").await.is_some(),
        "the server has the correction"
    );
    wait_for_waiting(window, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_ends_in_the_middle_of_the_queue_is_renewed_in_the_window_and_the_rest_is_sent() {
    let hotel = hotel(5).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[4].title).await;
    go_offline(&control, window).await;
    begin_offer(window, "Dark new").await;
    window.click("save").await;
    wait_for_sync(window, "Dark new", "waiting").await;
    for (number, offer) in offers.iter().enumerate() {
        change_offer(window, &offer.title, "title", &format!("Dark {number}")).await;
    }
    wait_for_waiting(window, 6).await;

    let is_write = |method: &Method, path: &str| *method != Method::GET && path.contains("/offers/");
    let gate = Gate::closed();
    control.fault(
        Fault::on_matching(is_write, Effect::HoldBefore(gate.clone()))
            .after(2)
            .always(),
    );
    within("the end of the outage", control.unplug(false)).await;
    wait_for_waiting(window, 4).await;
    within("the tokens' end", control.expire_tokens())
        .await
        .expect("the hotel forgets its tokens");
    gate.open();
    window.wait_for("expired").await;
    let waiting = window.words("waiting-count").await;
    assert_eq!(waiting.as_deref(), Some("4"), "nothing of the rest is given up");
    window.type_into("expired-password", DESK).await;
    window.click("expired-submit").await;
    window.wait_gone("expired").await;

    for title in ["Dark new", "Dark 0", "Dark 1", "Dark 2", "Dark 3", "Dark 4"] {
        window.wait_for_synced(title).await;
        assert!(
            stored(&control, title).await.is_some(),
            "the server has \"{title}\""
        );
    }
    wait_for_waiting(window, 0).await;
    let refused = requests(&control, |seen| {
        seen.status == Some(401) && is_write(&Method::PATCH, &seen.path)
    });
    assert!(!refused.is_empty(), "the sign-in ended in the middle");
    assert_eq!(all_offers(&control).await.len(), 6, "the new one was made once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_was_replaced_unseen_is_told_and_put_back_with_one_click() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    let gate = Gate::closed();
    control.fault(Fault::on(
        Method::PATCH,
        "/offers/",
        Effect::HoldBefore(gate.clone()),
    ));

    change_offer(window, &offer.title, "title", "Ours").await;
    wait_for_sync(window, "Ours", "sending").await;
    change_elsewhere(&control, &offer, json!({ "title": "Theirs" })).await;
    offer_from_elsewhere(&control, "Later").await;
    window.wait_for_synced("Later").await;
    gate.open();

    let told = "words(document.querySelector('[data-testid=toast][data-kind=replaced]'))";
    let words = window
        .until("word of what was replaced", told, &[], |words| {
            words.as_str().map(str::to_owned)
        })
        .await;
    assert!(
        words.contains("Your title replaced “Theirs”"),
        "it is quoted: {words}"
    );
    window.wait_for_synced("Ours").await;
    assert!(
        stored(&control, "Ours").await.is_some(),
        "ours stands on the server"
    );

    window.click("put-back").await;
    window.wait_for_synced("Theirs").await;
    assert!(stored(&control, "Theirs").await.is_some(), "theirs stands again");
}
