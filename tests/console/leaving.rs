//! Signing out with changes that are not at the hotel yet.

use crate::{
    scene::{
        DESK, MANAGER, all_offers, change_offer, changing, go_offline, go_online, hotel,
        offer_from_elsewhere, requests, stored, wait_for_sync, wait_for_waiting,
    },
    support::{Window, Workstation, within},
};

async fn sign_out(window: &Window, answer: &str) {
    window.click("sign-out").await;
    window.wait_for("sign-out-question").await;
    window.click(answer).await;
}

async fn sign_in_again(window: &Window, user: &str) {
    window.wait_for("signin").await;
    window.sign_in(user, user).await;
    window.wait_until_connection_is("live").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_out_with_changes_waiting_says_what_becomes_of_them() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[2].title).await;

    // To stay loses nothing.
    go_offline(&control, window).await;
    change_offer(window, &offers[0].title, "title", "Kept").await;
    wait_for_waiting(window, 1).await;
    sign_out(window, "sign-out-cancel").await;
    window.wait_gone("sign-out-question").await;
    wait_for_sync(window, "Kept", "waiting").await;

    // Kept for later: another account on this computer neither sees nor sends it, its author finds it again.
    sign_out(window, "sign-out-keep").await;
    window.wait_for("signin").await;
    within("the end of the outage", control.unplug(false)).await;
    sign_in_again(window, MANAGER).await;
    offer_from_elsewhere(&control, "Later").await;
    window.wait_for_synced("Later").await;
    window.wait_for_synced(&offers[0].title).await;
    wait_for_waiting(window, 0).await;
    let titles = window.titles().await;
    assert!(
        !titles.contains(&"Kept".to_owned()),
        "what another wrote is not shown: {titles:?}"
    );
    let sent = requests(&control, changing);
    assert!(sent.is_empty(), "nor sent: {sent:?}");
    window.click("sign-out").await;
    sign_in_again(window, DESK).await;
    window.wait_for_synced("Kept").await;
    assert!(
        stored(&control, "Kept").await.is_some(),
        "its author's sign-in sends it"
    );

    // Sent first: signed out as soon as the hotel has it.
    go_offline(&control, window).await;
    change_offer(window, &offers[1].title, "title", "Sent first").await;
    wait_for_waiting(window, 1).await;
    sign_out(window, "sign-out-send").await;
    window.wait_for("sign-out-left").await;
    within("the end of the outage", control.unplug(false)).await;
    window.wait_for("signin").await;
    assert!(
        stored(&control, "Sent first").await.is_some(),
        "it was there before the sign-out"
    );

    // Discarded: gone for good.
    sign_in_again(window, DESK).await;
    window.wait_for_synced("Sent first").await;
    go_offline(&control, window).await;
    change_offer(window, &offers[2].title, "title", "Dropped").await;
    wait_for_waiting(window, 1).await;
    sign_out(window, "sign-out-discard").await;
    window.wait_for("signin").await;
    let before = requests(&control, changing).len();
    within("the end of the outage", control.unplug(false)).await;
    sign_in_again(window, DESK).await;
    window.wait_for_synced(&offers[2].title).await;
    go_online(&control, window).await;
    offer_from_elsewhere(&control, "Last").await;
    window.wait_for_synced("Last").await;
    let titles = window.titles().await;
    assert!(
        !titles.contains(&"Dropped".to_owned()),
        "it is gone here: {titles:?}"
    );
    assert_eq!(requests(&control, changing).len(), before, "and was never sent");
    assert!(
        stored(&control, "Dropped").await.is_none(),
        "the server never had it"
    );
}
