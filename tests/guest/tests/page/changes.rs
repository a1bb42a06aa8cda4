//! One change after the other, each on its own card, without a reload.

use demo_hotel::{Control, EventFault, draw_scene};
use guest_page::{HOTEL, within};
use serde_json::json;

use crate::scene::{Scene, channel, titles};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_offer_appears_in_its_place_and_a_hidden_one_does_not() {
    let scene = Scene::with(&["First", "Second", "Third"]).await;
    let old = scene.listed().await;
    scene.mark().await;

    scene
        .create(json!({ "title": "Hidden", "is_active": false, "sort_order": 5 }))
        .await;
    scene
        .create(json!({ "title": "Between", "sort_order": 15, "tag": "New" }))
        .await;
    let cards = scene.wait_for_order("the new offer").await;
    assert_eq!(titles(&cards), ["First", "Between", "Second", "Third"]);
    scene.expect_untouched(&old).await;
    let fade = "offerNodes().map((card) => getComputedStyle(card).animationName !== 'none')";
    assert_eq!(
        scene.browser.ask(fade, vec![]).await,
        json!([false, true, false, false]),
        "which cards are faded in: none of those that the page began with"
    );

    scene
        .create(json!({ "title": "Newest of all", "sort_order": 0 }))
        .await;
    let cards = scene.wait_for_order("the newest").await;
    assert_eq!(cards[0].title, "Newest of all");
    scene.expect_untouched(&old).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_draws_its_own_card_and_no_other() {
    let scene = Scene::open(6).await;
    let listed = scene.listed().await;
    let (id, others) = (listed[1], [&listed[..1], &listed[2..]].concat());
    scene.mark().await;

    let fields = json!({
        "title": "Seaweed & sauna", "short_description": "An hour of each.", "tag": "Spa", "valid_from": "2026-12-01",
        "valid_to": "2026-12-24", "book_now_url": "https://book.example/sauna", "details_html": "<p>Towels are there.</p>",
    });
    scene.change(id, fields).await;
    let card = scene.wait_for_title("Seaweed & sauna").await;
    assert_eq!(
        (card.id, card.text.as_str(), card.tag.as_str(), card.book.as_str()),
        (id, "An hour of each.", "Spa", "https://book.example/sauna")
    );
    assert_eq!(card.dates, "1 Dec – 24 Dec");
    scene.expect_untouched(&others).await;
    let same = scene
        .browser
        .ask("offerNode(args[0]).marked", vec![json!(id)])
        .await;
    assert_eq!(
        same,
        json!(id.to_string()),
        "the card that changed is the same node too"
    );

    scene
        .change(
            id,
            json!({ "valid_from": null, "valid_to": null, "tag": "", "book_now_url": "", "title": "Sauna" }),
        )
        .await;
    let card = scene.wait_for_title("Sauna").await;
    assert_eq!((card.dates.as_str(), card.tag.as_str()), ("", ""));
    assert_eq!(
        card.book, "https://hotelkillarney.example/book",
        "the hotel's own booking page"
    );
    scene.expect_untouched(&others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_leaves_and_what_is_shown_comes_back_in_its_place() {
    let scene = Scene::with(&["First", "Second", "Third"]).await;
    let second = scene.id_of("Second").await;
    scene.mark().await;

    scene.change(second, json!({ "is_active": false })).await;
    let cards = scene.wait_for_order("one to leave").await;
    assert_eq!(titles(&cards), ["First", "Third"]);

    scene.change(second, json!({ "is_active": true })).await;
    let cards = scene.wait_for_order("it to come back").await;
    assert_eq!(titles(&cards), ["First", "Second", "Third"]);
    let others = [cards[0].id, cards[2].id];
    scene.expect_untouched(&others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_order_moves_cards_and_keeps_them() {
    let scene = Scene::with(&["First", "Second", "Third", "Fourth"]).await;
    let (first, fourth) = (scene.id_of("First").await, scene.id_of("Fourth").await);
    scene.mark().await;

    scene.change(fourth, json!({ "sort_order": 15 })).await;
    let cards = scene.wait_for_order("one to move up").await;
    assert_eq!(titles(&cards), ["First", "Fourth", "Second", "Third"]);
    scene.change(first, json!({ "sort_order": 99 })).await;
    let cards = scene.wait_for_order("one to move down").await;
    assert_eq!(titles(&cards), ["Fourth", "Second", "Third", "First"]);
    scene.expect_untouched(&scene.listed().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_offer_leaves_and_the_last_one_leaves_kind_words() {
    let scene = Scene::with(&["First", "Second"]).await;
    let (first, second) = (scene.id_of("First").await, scene.id_of("Second").await);
    scene.mark().await;
    scene.delete(first).await;
    scene.wait_for_order("one to leave").await;
    scene.expect_untouched(&[second]).await;
    scene.delete(second).await;
    scene
        .browser
        .until_true(
            "kind words",
            "words(byId('guest-empty')).includes('no special offers')",
            &[],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_picture_behind_the_same_address_is_swapped_in_once_it_is_there() {
    let scene = Scene::open(4).await;
    let listed = scene.listed().await;
    let id = listed[0];
    scene
        .browser
        .until_true(
            "the first photo",
            "isPainted(offerNode(args[0]).querySelector('img'))",
            &[json!(id)],
        )
        .await;
    let before = scene.browser.cards().await[0]
        .photo
        .clone()
        .expect("it has a photo");
    scene.mark().await;
    // Looks at the picture in every frame from now on: it must never be without one.
    scene
        .browser
        .execute(
            "window.picture = offerNode(arguments[0]).querySelector('img'); window.blank = 0; window.frames_seen = 0;
             (function look() {
               const picture = offerNode(arguments[0] ?? window.picture.closest('li').dataset.offerId)?.querySelector('img');
               window.frames_seen += 1;
               if (picture !== window.picture || !isPainted(picture)) window.blank += 1;
               requestAnimationFrame(() => look());
             })();",
            vec![json!(id)],
        )
        .await;

    within(
        "another picture",
        scene.control.repaint_photo(HOTEL, id, draw_scene(4711)),
    )
    .await
    .expect("the hotel takes it");
    let after = scene
        .browser
        .until(
            "the new picture",
            "offerNode(args[0]).querySelector('img').src",
            &[json!(id)],
            |src| src.as_str().filter(|src| *src != before).map(str::to_owned),
        )
        .await;
    assert!(
        after.starts_with(&before),
        "the same address, asked anew: {after}"
    );
    let seen = scene
        .browser
        .ask("[window.blank, window.frames_seen > 0]", vec![])
        .await;
    assert_eq!(seen, json!([0, true]), "the same node, and never an empty place");
    scene.expect_untouched(&listed[1..]).await;

    scene.change(id, json!({ "photo": null })).await;
    scene
        .browser
        .until_true(
            "a quiet placeholder",
            "offerNode(args[0]).querySelector('img') === null",
            &[json!(id)],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_twice_or_from_other_apps_change_nothing() {
    let scene = Scene::with(&["First", "Second"]).await;
    let second = scene.id_of("Second").await;
    scene
        .control
        .next_events([EventFault::Duplicate, EventFault::Duplicate]);
    scene.change(second, json!({ "title": "Second, changed" })).await;
    scene.wait_for_title("Second, changed").await;
    scene.mark().await;

    let offer = whole_offer(&scene.control, second).await;
    for (name, data) in [
        ("offer-updated", json!({ "offer": offer, "action": "updated" })),
        ("offer-created", json!({ "offer": offer, "action": "created" })),
        (
            "offer-deleted",
            json!({ "offer_id": 987_654, "action": "deleted" }),
        ),
        ("new-booking", json!({ "room": 12 })),
        ("offer-archived", json!({ "offer_id": second })),
    ] {
        scene.control.send_event(&channel(), name, &data.to_string());
    }
    let last = scene
        .create(json!({ "title": "Comes later", "sort_order": 0 }))
        .await;
    let cards = scene.wait_for_order("what came later").await;
    assert_eq!(titles(&cards), ["Comes later", "First", "Second, changed"]);
    let others: Vec<_> = scene
        .listed()
        .await
        .into_iter()
        .filter(|id| *id != last.id)
        .collect();
    scene.expect_untouched(&others).await;
}

async fn whole_offer(control: &Control, id: i64) -> serde_json::Value {
    let offers = within("the hotel's offers", control.offers(HOTEL))
        .await
        .expect("they are there");
    let offer = offers
        .into_iter()
        .find(|offer| offer.id == id)
        .expect("it is there");
    serde_json::to_value(offer).expect("an offer is JSON")
}
