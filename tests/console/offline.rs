//! The server goes away and comes back.

use demo_hotel::{Data, DemoHotel, Options};
use serde_json::json;

use crate::{
    scene::{
        DESK, HOTEL, begin_offer, edit_offer, hotel, offer_from_elsewhere, signed_in_for_good, some_offer,
        stored,
    },
    support::{Workstation, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_known_shows_after_a_restart_without_the_server_photos_included() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let known = desk
        .window()
        .wait_for_offers("the offers", |cards| cards.len() == 4)
        .await;
    for card in &known {
        desk.window().wait_for_photo(&card.title).await;
    }

    within("the outage", control.unplug(true)).await;
    desk.window().wait_until_connection_is("offline").await;
    desk.quit().await;
    let desk = station.launch().await;

    let shown = desk
        .window()
        .wait_for_offers("the known offers", |cards| cards.len() == 4)
        .await;
    assert_eq!(
        shown, known,
        "the same offers, in the same order, in the same words"
    );
    for card in &shown {
        desk.window().wait_for_photo(&card.title).await;
    }
    desk.window().wait_until_connection_is("offline").await;
    let words = desk.window().words("connection").await.unwrap_or_default();
    assert!(
        words.starts_with("Offline"),
        "the connection says so in words: {words}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_is_back_missed_changes_appear_and_the_console_is_live() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let (changed, deleted) = {
        let mut offers = within("the offers", control.offers(HOTEL))
            .await
            .expect("the hotel has offers")
            .into_iter();
        (
            offers.next().expect("a first offer"),
            offers.next().expect("a second offer"),
        )
    };
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    desk.window()
        .wait_for_offers("the offers", |cards| cards.len() == 4)
        .await;

    within("the outage", control.unplug(true)).await;
    desk.window().wait_until_connection_is("offline").await;
    let update = control.update_elsewhere(HOTEL, changed.id, json!({ "title": "Changed meanwhile" }));
    within("a change", update).await.expect("the hotel takes it");
    within("a deletion", control.delete_elsewhere(HOTEL, deleted.id))
        .await
        .expect("the hotel takes it");
    offer_from_elsewhere(&control, "Made meanwhile").await;
    assert_eq!(
        desk.window().offers().await.len(),
        4,
        "nothing of it can be known yet"
    );
    within("the end of the outage", control.unplug(false)).await;

    desk.window().wait_until_connection_is("live").await;
    desk.window().wait_for_synced("Changed meanwhile").await;
    desk.window().wait_for_synced("Made meanwhile").await;
    desk.window().wait_without(&deleted.title).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_restarted_is_found_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options {
        offers: 3,
        data: Data::Folder(folder.path().to_path_buf()),
        ..Options::default()
    };
    let first = within("the start", DemoHotel::start(options.clone()))
        .await
        .expect("the hotel starts");
    let port = first.port();
    let station = Workstation::at(&first, "desk");
    let desk = station.sign_in(DESK).await;

    within("the server's end", first.shutdown()).await;
    desk.window().wait_until_connection_is("offline").await;
    let second = within("the restart", DemoHotel::start(Options { port, ..options }))
        .await
        .expect("the port is free");

    desk.window().wait_until_connection_is("live").await;
    offer_from_elsewhere(&second.control(), "After the restart").await;
    desk.window().wait_for_synced("After the restart").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_saved_without_the_server_survives_a_power_cut_and_is_sent_later() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offer.title).await;

    within("the outage", control.unplug(true)).await;
    desk.window().wait_until_connection_is("offline").await;
    begin_offer(desk.window(), "Typed in the dark").await;
    desk.window().click("save").await;
    // The list moves when the new offer comes into it.
    let why = "the new offer to be listed";
    desk.window().wait_for_offers(why, |cards| cards.len() == 3).await;
    edit_offer(desk.window(), &offer.title).await;
    desk.window()
        .type_into("field-title", "Changed in the dark")
        .await;
    desk.window().click("save").await;
    desk.window()
        .wait_for_words("waiting-count", |words| words == "2")
        .await;
    desk.kill().await;
    let desk = station.launch().await;

    desk.window()
        .wait_for_words("waiting-count", |words| words == "2")
        .await;
    let mut titles = desk.window().titles().await;
    titles.retain(|title| title.ends_with("in the dark"));
    assert_eq!(titles.len(), 2, "both show as they were saved: {titles:?}");
    within("the end of the outage", control.unplug(false)).await;
    for title in ["Typed in the dark", "Changed in the dark"] {
        desk.window().wait_for_synced(title).await;
        assert!(
            stored(&control, title).await.is_some(),
            "the server has \"{title}\""
        );
    }
    desk.window()
        .wait_for_words("waiting-count", |words| words == "0")
        .await;
}
