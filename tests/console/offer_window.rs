//! One offer in a window of its own.

use crate::{
    scene::{
        DESK, all_offers, begin_offer, change_elsewhere, delete_elsewhere, go_offline, go_online, hotel,
        wait_for_waiting, wait_until_stored,
    },
    support::{Workstation, keys::ctrl},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_is_edited_in_a_window_of_its_own_which_follows_it_and_goes_with_it() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let [first, second] = [&offers[0], &offers[1]];
    let station = Workstation::at(&hotel, "desk");
    let console = station.sign_in(DESK).await;
    let list = console.window();
    list.wait_for_synced(&first.title).await;

    let alone = console
        .window_after(async || list.double_click_in_offer(&first.title, "offer-title").await)
        .await;
    alone
        .wait_for_words("field-title", |words| words == first.title)
        .await;
    assert!(!alone.shows("offer-list").await, "that offer and no other");

    // The same window again, not another one.
    alone.ask("(window.marked = true)", vec![]).await;
    let other = console
        .window_after(async || {
            list.double_click_in_offer(&first.title, "offer-title").await;
            list.double_click_in_offer(&second.title, "offer-title").await;
        })
        .await;
    other
        .wait_for_words("field-title", |words| words == second.title)
        .await;
    assert_eq!(alone.ask("window.marked", vec![]).await, true);

    // What is saved there is in the list and at the hotel, and what others change is in the window.
    alone.type_into("field-title", "Edited alone").await;
    alone.press(&ctrl('s')).await;
    list.wait_for_synced("Edited alone").await;
    wait_until_stored(&control, "Edited alone", |_| true).await;
    change_elsewhere(&control, second, json!({ "title": "Changed elsewhere" })).await;
    other
        .wait_for_words("field-title", |words| words == "Changed elsewhere")
        .await;

    // Its frame is called by the offer's title now; and one whose offer goes, goes with it.
    console
        .close_last_of(1, "Edited alone · Hotel Killarney", alone)
        .await;
    delete_elsewhere(&control, second).await;
    console.wait_until_closed(other).await;
    assert!(list.shows("offer-list").await, "the console goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_offer_keeps_its_window_when_the_hotel_has_given_it_an_id() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let console = station.sign_in(DESK).await;
    let list = console.window();
    list.wait_for_synced(&offers[0].title).await;
    go_offline(&control, list).await;
    begin_offer(list, "Written offline").await;
    list.click("save").await;
    wait_for_waiting(list, 1).await;

    let alone = console
        .window_after(async || {
            list.double_click_in_offer("Written offline", "offer-title").await;
        })
        .await;
    alone
        .wait_for_words("field-title", |words| words == "Written offline")
        .await;
    go_online(&control, list).await;
    list.wait_for_synced("Written offline").await;

    // The same window again: the next one that opens is of the other offer.
    let other = console
        .window_after(async || {
            list.double_click_in_offer("Written offline", "offer-title").await;
            list.double_click_in_offer(&offers[0].title, "offer-title").await;
        })
        .await;
    other
        .wait_for_words("field-title", |words| words == offers[0].title)
        .await;
}
