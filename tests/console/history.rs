//! Going back: to an earlier version, and to an offer that was deleted.

use serde_json::json;

use crate::{
    scene::{DESK, all_offers, change_offer, delete_offer, hotel, served, stored, wait_for_stored},
    support::Workstation,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_version_is_restored_from_the_history() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let first = &offers[0].title;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(first).await;
    change_offer(window, first, "title", "Second thought").await;
    window.wait_for_synced("Second thought").await;
    change_offer(window, "Second thought", "title", "Third thought").await;
    window.wait_for_synced("Third thought").await;

    window.click("show-history").await;
    let rows = window
        .until(
            "three versions",
            "allById('history-row').map(words)",
            &[],
            |rows| rows.as_array().filter(|rows| rows.len() == 3).cloned(),
        )
        .await;
    let says = |row: usize, part: &str| rows[row].as_str().is_some_and(|words| words.contains(part));
    assert!(
        says(0, "Third thought") && says(1, "Second thought") && says(2, first),
        "newest first, each with what it brought: {rows:?}"
    );
    window.click_last("history-restore").await;
    let question = window.words("history-question").await.unwrap_or_default();
    assert!(
        question.contains("Third thought") && question.contains(first.as_str()),
        "what it would change is said first: {question}"
    );
    window.click("history-restore-confirm").await;

    window.wait_for_synced(first).await;
    let stored = stored(&control, first)
        .await
        .expect("the server has the first version again");
    assert_eq!(stored.id, offers[0].id, "in the same offer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_offer_is_restored_with_its_photo() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = all_offers(&control).await.remove(0);
    let before = served(offer.photo_url.as_deref().expect("the offer has a photo")).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    window.wait_for_photo(&offer.title).await;
    delete_offer(window, &offer.title).await;
    wait_for_stored(&control, "the deletion", |offers| offers.len() == 1).await;

    window.click("show-deleted").await;
    let row = "words(byId('deleted-row'))?.includes(args[0])";
    window
        .until_true("the deleted offer", row, &[json!(offer.title)])
        .await;
    window.click("deleted-restore").await;

    window.wait_for_synced(&offer.title).await;
    window.wait_for_photo(&offer.title).await;
    let restored = stored(&control, &offer.title)
        .await
        .expect("the server has it again");
    assert_ne!(restored.id, offer.id, "it is created anew");
    assert_eq!(restored.details_text, offer.details_text, "with all its words");
    assert_eq!(
        served(restored.photo_url.as_deref().expect("and has it again")).await,
        before,
        "and its photo, to the last byte"
    );
}
