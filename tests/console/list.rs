//! What the list holds, and what events do and do not do to it.

use std::{collections::BTreeSet, time::Duration};

use demo_hotel::{Control, EventFault};
use serde_json::json;

use crate::{
    scene::{DESK, HOTEL, MANAGER, edit_offer, hotel, offer_from_elsewhere, some_offer},
    support::{Workstation, within},
};

/// Several times as long as the console waits before it reads the list after an event: what has not been read by then will not be.
const A_READING_WOULD_HAVE_BEGUN: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_offer_stays_in_the_staff_list() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);

    edit_offer(desk.window(), &offer.title).await;
    desk.window().click("field-is_active").await;
    desk.window().click("save").await;

    for window in [desk.window(), lobby.window()] {
        let hidden = |title: &str, state: &str, sync: &str| {
            title == offer.title && state == "Hidden" && sync == "synced"
        };
        let cards = window
            .wait_for_offers("the offer to be hidden", |cards| {
                cards
                    .iter()
                    .any(|card| hidden(&card.title, &card.state, &card.sync))
            })
            .await;
        assert_eq!(cards.len(), 3, "staff keep seeing all offers");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_on_three_pages_all_appear_once() {
    let hotel = hotel(23).await;
    let desk = Workstation::at(&hotel, "desk");
    let desk = desk.sign_in(DESK).await;

    let cards = desk
        .window()
        .wait_for_offers("all 23 offers", |cards| cards.len() >= 23)
        .await;

    let ids: BTreeSet<_> = cards.iter().map(|card| card.id.clone()).collect();
    assert_eq!(
        (cards.len(), ids.len()),
        (23, 23),
        "each offer is there, and once"
    );
    let stored = within("the hotel's offers", hotel.control().offers(HOTEL))
        .await
        .expect("the hotel has offers");
    let expected: Vec<_> = stored.into_iter().map(|offer| offer.id.to_string()).collect();
    let shown: Vec<_> = cards.into_iter().map(|card| card.id).collect();
    assert_eq!(shown, expected, "in the server's order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicate_and_unknown_events_change_nothing() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let desk = Workstation::at(&hotel, "desk");
    let desk = desk.sign_in(DESK).await;
    desk.window()
        .wait_for_offers("the offers", |cards| cards.len() == 3)
        .await;
    desk.window().notices().await;
    let channel = channel();

    control.next_events([EventFault::Duplicate, EventFault::Duplicate]);
    offer_from_elsewhere(&control, "Seaweed bath").await;
    for (name, data) in [
        ("new-booking", r#"{"room":12}"#),
        ("chat-message", "\"hello\""),
        ("offer-archived", r#"{"offer_id":1,"action":"archived"}"#),
        (
            "offer-deleted",
            r#"{"offer_id":987654,"offer_title":"Never was","action":"deleted"}"#,
        ),
    ] {
        control.send_event(&channel, name, data);
    }
    let before = desk
        .window()
        .wait_for_offers("the new offer", |cards| cards.len() >= 4)
        .await;

    offer_from_elsewhere(&control, "Trad night").await;
    desk.window().wait_for_notice("Trad night").await;
    let after = desk.window().offers().await;
    assert_eq!(after.len(), 5, "each offer is there once: {after:?}");
    assert!(
        before.iter().all(|card| after.contains(card)),
        "what was there is as it was"
    );
    let notices = desk.window().notices().await;
    assert_eq!(notices.len(), 2, "one notice for each offer: {notices:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_general_event_is_read_up_on_alone_but_not_after_its_partner() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let desk = Workstation::at(&hotel, "desk");
    let desk = desk.sign_in(DESK).await;
    desk.window().wait_for_synced(&offer.title).await;

    let reads = reads_at_rest(&control).await;
    update(&control, offer.id, "Both events came").await;
    desk.window().wait_for_synced("Both events came").await;
    assert_eq!(
        reads_at_rest(&control).await,
        reads,
        "the pair says it all: nothing is read"
    );

    // The specific event is lost, as one over 10 kB is.
    control.next_events([EventFault::Lose]);
    update(&control, offer.id, "One event came").await;
    desk.window().wait_for_synced("One event came").await;
    assert!(
        list_reads(&control) > reads,
        "the list was read, how else could it be known"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_by_another_computer_while_the_socket_is_cut_appears() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);

    control.stop_hub();
    update(&control, offer.id, "Nobody was told").await;
    control.start_hub();

    for window in [desk.window(), lobby.window()] {
        window.wait_for_synced("Nobody was told").await;
        window.wait_until_connection_is("live").await;
    }
}

fn channel() -> String {
    format!("hotel-{HOTEL}")
}

fn list_reads(control: &Control) -> u64 {
    control.look(|stats| stats.list_reads)
}

/// How often the list was read, once no further reading begins. Signing in reads it, and so does each subscription.
pub(crate) async fn reads_at_rest(control: &Control) -> u64 {
    loop {
        let reads = list_reads(control);
        let more = control.wait_until(|stats| stats.list_reads > reads);
        if tokio::time::timeout(A_READING_WOULD_HAVE_BEGUN, more)
            .await
            .is_err()
        {
            return reads;
        }
    }
}

async fn update(control: &Control, id: i64, title: &str) {
    let update = control.update_elsewhere(HOTEL, id, json!({ "title": title }));
    within("a change from elsewhere", update)
        .await
        .expect("the hotel takes it");
}
