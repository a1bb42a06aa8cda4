//! Live updates that are late, gone, or never were: the page says nothing alarming, and catches up.

use demo_hotel::{Canned, Effect, Fault, Gate};
use guest_page::{Size, built_page, within};
use http::StatusCode;
use serde_json::json;

use crate::scene::{Scene, channel};

/// Words that would make a guest wonder. The page's words are compared with those from before anyway.
const ALARMING: [&str; 5] = ["error", "offline", "connect", "fail", "problem"];

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_painted_before_live_updates_are_asked_for() {
    let scene = Scene::before(12, built_page(), Size::PHONE).await;
    scene.visit().await;
    let order = scene
        .browser
        .until("both moments", "window.notes", &[], |notes| {
            Some((notes["firstOffer"].as_f64()?, notes["live"].as_f64()?))
        })
        .await;
    assert!(
        order.0 < order.1,
        "painted at {} ms, live updates at {} ms",
        order.0,
        order.1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_painted_is_pushed_aside_by_offers_that_come_late() {
    let scene = Scene::before(12, built_page(), Size::PHONE).await;
    let gate = Gate::closed();
    scene.control.fault(Fault::on_matching(
        |_, path| path.contains("/public/page/"),
        Effect::HoldBefore(gate.clone()),
    ));
    scene.browser.open(&scene.address()).await;
    let waiting = "[...document.querySelectorAll('[data-testid=\"guest-loading\"] > *')].some((words) => getComputedStyle(words).opacity === '1')";
    scene
        .browser
        .until_true("the words for whoever waits", waiting, &[])
        .await;
    gate.open();
    scene.wait_for_order("the offers").await;
    let asked = "window.notes.live !== null";
    scene
        .browser
        .until_true(
            "live updates to be asked for, after the first picture",
            asked,
            &[],
        )
        .await;
    let shift = scene.browser.ask("window.notes.shift", vec![]).await;
    assert_eq!(shift, json!(0), "as the browser measures it: layout shift");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_while_the_hub_was_down_appears_and_events_come_again() {
    let scene = Scene::with(&["First", "Second", "Third"]).await;
    let (first, second) = (scene.id_of("First").await, scene.id_of("Second").await);
    let untouched = [scene.id_of("Third").await];
    scene.mark().await;

    scene.control.stop_hub();
    within(
        "the line to be lost",
        scene.control.wait_until(|stats| stats.sockets == 0),
    )
    .await;
    scene.change(first, json!({ "title": "Nobody was told" })).await;
    scene.wait_for_title("Nobody was told").await;
    let said = scene
        .browser
        .ask("document.body.innerText.toLowerCase()", vec![])
        .await;
    let said = said.as_str().expect("a page says something");
    for word in ALARMING {
        assert!(
            !said.contains(word),
            "guests need not hear of it: {word} in {said}"
        );
    }

    scene.control.start_hub();
    let live = scene
        .control
        .wait_until(|stats| stats.subscribers_of(&channel()) > 0);
    within("live updates again", live).await;
    // Only an event can tell of this change.
    scene.control.fault(
        Fault::on_matching(
            |_, path| path.contains("/public/page/"),
            Effect::Instead(Canned::html(StatusCode::SERVICE_UNAVAILABLE)),
        )
        .always(),
    );
    scene.change(second, json!({ "title": "An event told" })).await;
    scene.wait_for_title("An event told").await;
    scene.expect_untouched(&untouched).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_too_large_to_come_is_read_up_on() {
    let scene = Scene::with(&["First", "Second"]).await;
    let (first, second) = (scene.id_of("First").await, scene.id_of("Second").await);
    scene.mark().await;
    let details = format!("<p>{}</p>", "All that is in it. ".repeat(700));
    assert!(details.len() > 10_240, "Pusher refuses it");
    scene
        .change(
            second,
            json!({ "title": "A long story", "details_html": details }),
        )
        .await;
    scene.wait_for_title("A long story").await;
    scene.expect_untouched(&[first]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_network_the_offers_stay_and_then_catch_up() {
    let scene = Scene::with(&["First", "Second"]).await;
    let (first, second) = (scene.id_of("First").await, scene.id_of("Second").await);
    let before = scene.browser.ask("document.body.innerText", vec![]).await;
    scene.mark().await;

    within("the outage", scene.control.unplug(true)).await;
    scene.change(first, json!({ "title": "Missed by all" })).await;
    let after = scene.browser.ask("document.body.innerText", vec![]).await;
    assert_eq!(before, after, "the same words as before");
    within("the end of the outage", scene.control.unplug(false)).await;
    scene.wait_for_title("Missed by all").await;
    scene.expect_untouched(&[second]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_meets_a_broken_server_shows_the_offers_later() {
    let scene = Scene::before(3, built_page(), Size::PHONE).await;
    let broken = Effect::Instead(Canned::html(StatusCode::BAD_GATEWAY));
    let fault = Fault::on_matching(|_, path| path.contains("/public/page/"), broken);
    scene.control.fault(fault.always());
    scene.browser.open(&scene.address()).await;
    scene
        .browser
        .until_true(
            "kind words",
            "words(byId('guest-unreachable')).includes('in a moment')",
            &[],
        )
        .await;
    scene.control.clear_faults();
    scene.wait_for_order("the offers").await;
    let gone = scene
        .browser
        .ask("byId('guest-unreachable') === null", vec![])
        .await;
    assert_eq!(gone, json!(true));
}
