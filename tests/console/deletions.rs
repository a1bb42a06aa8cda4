//! An offer edited here and deleted elsewhere, and the other way round; and one that was deleted by mistake.

use serde_json::json;

use crate::{
    scene::{
        DESK, all_offers, change_elsewhere, change_offer, changing, delete_elsewhere, delete_offer,
        go_offline, go_online, hotel, requests, stored, wait_for_stored, wait_for_sync, wait_for_waiting,
        wait_until_stored,
    },
    support::{Window, Workstation},
};

/// Opens a parked offer, and returns the words about it.
async fn look_at_parked(window: &Window, title: &str, code: &str) -> String {
    wait_for_sync(window, title, "parked").await;
    window.click_in_offer(title, "offer-edit").await;
    let why = format!("\"{title}\" to be asked about");
    let question = "byId('parked')?.dataset.code === args[0] && words(byId('field-title')) === args[1]";
    window
        .until_true(&why, question, &[json!(code), json!(title)])
        .await;
    window.words("parked").await.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_meets_a_deletion_and_a_deletion_an_edit_and_the_user_decides() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[3].title).await;
    go_offline(&control, window).await;
    change_offer(window, &offers[0].title, "title", "Mine, wanted").await;
    change_offer(window, &offers[1].title, "title", "Mine, let go").await;
    delete_offer(window, &offers[2].title).await;
    delete_offer(window, &offers[3].title).await;
    wait_for_waiting(window, 4).await;
    delete_elsewhere(&control, &offers[0]).await;
    delete_elsewhere(&control, &offers[1]).await;
    change_elsewhere(&control, &offers[2], json!({ "title": "Theirs, unwanted" })).await;
    change_elsewhere(&control, &offers[3], json!({ "title": "Theirs, kept" })).await;
    go_online(&control, window).await;

    let words = look_at_parked(window, "Mine, wanted", "not-found").await;
    assert!(words.contains("Deleted elsewhere"), "it is said: {words}");
    let sent = requests(&control, |seen| changing(seen) && seen.status != Some(404));
    assert!(
        sent.is_empty(),
        "nothing is done before the user decides: {sent:?}"
    );
    window.click("try-again").await;
    let anew = window.wait_for_synced("Mine, wanted").await;
    assert_ne!(anew.id, offers[0].id.to_string(), "it is another offer now");
    assert!(
        stored(&control, "Mine, wanted").await.is_some(),
        "the server has it"
    );

    look_at_parked(window, "Mine, let go", "not-found").await;
    window.click("discard").await;
    window.click("confirm-yes").await;
    window.wait_without("Mine, let go").await;

    let words = look_at_parked(window, "Theirs, unwanted", "changed").await;
    assert!(
        words.contains("Changed elsewhere since you deleted it"),
        "it is said: {words}"
    );
    window.click("try-again").await;
    window.wait_without("Theirs, unwanted").await;

    look_at_parked(window, "Theirs, kept", "changed").await;
    window.click("discard").await;
    window.wait_for_synced("Theirs, kept").await;

    wait_for_waiting(window, 0).await;
    let mut left: Vec<_> = all_offers(&control)
        .await
        .into_iter()
        .map(|offer| offer.title)
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["Mine, wanted", "Theirs, kept"],
        "what the server has in the end"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_deleted_by_mistake_is_back_by_one_click_photo_included() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let offer = offers
        .iter()
        .find(|offer| offer.photo_url.is_some())
        .expect("one with a photo");
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_photo(&offer.title).await;
    delete_offer(window, &offer.title).await;
    wait_for_stored(&control, "the deletion", |left| {
        left.iter().all(|other| other.id != offer.id)
    })
    .await;

    window.click("toast-act").await;
    let back = window.wait_for_synced(&offer.title).await;
    assert_ne!(back.id, offer.id.to_string(), "it was created again");
    window.wait_for_photo(&offer.title).await;
    wait_until_stored(&control, &offer.title, |anew| {
        anew.photo_url.is_some() && anew.short_description == offer.short_description
    })
    .await;
    window.wait_gone("toast-act").await;

    // What has not left yet is taken back as it is.
    go_offline(&control, window).await;
    delete_offer(window, &offers[1].title).await;
    window.click("toast-act").await;
    wait_for_waiting(window, 0).await;
    go_online(&control, window).await;
    let kept = window.wait_for_synced(&offers[1].title).await;
    assert_eq!(kept.id, offers[1].id.to_string());
}
