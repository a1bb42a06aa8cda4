//! Tasks of staff with the mouse alone, beside those that other tests do in passing: creating, editing, deleting and photos (`offers`, `photos`),
//! history and what was deleted (`history`), conflicts, tables, formatted details, the preview.

use serde_json::{Value, json};

use crate::{
    scene::{
        DESK, all_offers, day, hotel, offer_until, pass_a_night, signed_in_for_good, stored,
        wait_for_hidden_copies, wait_for_stored, wait_until_stored,
    },
    support::Workstation,
};

fn has_dates(offer: &demo_hotel::Offer, first: &str, last: &str) -> bool {
    let said = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    said(offer.valid_from).as_deref() == Some(first) && said(offer.valid_to).as_deref() == Some(last)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_are_ordered_marked_hidden_and_copied_to_next_year_with_the_mouse() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let [first, second, third] = [0, 1, 2].map(|at: usize| offers[at].title.as_str());
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(third).await;

    // The first card behind the second.
    let way = "wayBehind(offerTitled(args[0]), offerTitled(args[1]))";
    window.drag(way, &[json!(first), json!(second)]).await;
    let order = [second, first, third];
    window
        .wait_for_offers("the new order", |cards| {
            cards.iter().map(|card| &card.title).eq(order) && cards.iter().all(|card| card.sync == "synced")
        })
        .await;
    wait_for_stored(&control, "the new order", |offers| {
        offers.iter().map(|offer| &offer.title).eq(order)
    })
    .await;
    assert!(!window.shows("editor").await, "what was dragged is not opened");

    // In the table: two of them are hidden.
    window.click("layout-table").await;
    window.click_in_offer(first, "offer-mark").await;
    window.click_in_offer(third, "offer-mark").await;
    window
        .wait_for_words("bulk-count", |words| words.starts_with("2 marked"))
        .await;
    window.click("bulk-hide").await;
    for title in [first, third] {
        wait_until_stored(&control, title, |offer| !offer.is_active).await;
    }
    assert!(
        stored(&control, second)
            .await
            .is_some_and(|offer| offer.is_active),
        "what was not marked is as it was"
    );
    window.wait_gone("bulk").await;
    window.click("bulk-each").await;
    let rows = window
        .until(
            "what came of each",
            "allById('bulk-row').map((row) => row.dataset.came)",
            &[],
            |rows| (rows.as_array().map(Vec::len) == Some(2)).then(|| rows.clone()),
        )
        .await;
    assert_eq!(rows, json!(["done", "done"]));

    // All of them, for next year.
    window.click("mark-all").await;
    window.click("bulk-next-year").await;
    wait_for_hidden_copies(&control, 6, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_is_hidden_and_dates_are_dragged_with_the_mouse() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    for (title, last) in [("Ended", -2), ("Golf", 40)] {
        offer_until(&control, title, last).await;
    }
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced("Golf").await;

    // One click hides all that ended and is still shown.
    window.click("view-shown-ended").await;
    window.click("hide-all").await;
    wait_until_stored(&control, "Ended", |offer| !offer.is_active).await;
    assert!(
        stored(&control, "Golf")
            .await
            .is_some_and(|offer| offer.is_active)
    );

    // The last day is dragged, and the first stays; then the whole bar.
    window.click("view-live").await;
    window.click("layout-timeline").await;
    // Fifty days long, then sixty.
    let way = "wayOnTimeline(offerTitled('Golf'), ...args)";
    window.drag(way, &[json!("end"), json!(50), json!(10)]).await;
    wait_until_stored(&control, "Golf", |offer| has_dates(offer, &day(-9), &day(50))).await;
    window.wait_for_synced("Golf").await;
    window.drag(way, &[json!(null), json!(60), json!(-5)]).await;
    wait_until_stored(&control, "Golf", |offer| has_dates(offer, &day(-14), &day(45))).await;
    assert!(!window.shows("editor").await, "what was dragged is not opened");

    // What is valid today, on paper.
    window.click("show-desk-sheet").await;
    window
        .wait_for_words("desk-sheet-offer", |words| words.contains("Golf"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_new_since_somebody_was_last_here_is_read_and_ticked_off_with_the_mouse() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offers[0].title).await;
    desk.window().click("show-handover").await;
    station.wait_until_stored("hotelmate.last ").await;
    desk.quit().await;

    pass_a_night(&control, &offers).await;

    let desk = station.launch().await;
    let window = desk.window();
    window
        .wait_for_words("handover-count", |count| count == "3")
        .await;
    window.click("show-handover").await;
    let news = window
        .wait_for_words("handover", |words| words.contains(&offers[2].title))
        .await;
    for part in ["Made at night", "Changed at night"] {
        assert!(news.contains(part), "{part} is not in: {news}");
    }
    window.click("handover-done").await;
    window
        .wait_for_words("handover", |words| words.contains("Nothing is different."))
        .await;
    let count: Value = window.ask("byId('handover-count')", vec![]).await;
    assert_eq!(count, Value::Null, "nothing is left to tell");
}
