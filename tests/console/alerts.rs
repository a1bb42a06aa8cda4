//! What the system's notifications tell, on a desktop that shows them.

use demo_hotel::{Canned, Control, Effect, Fault};
use jiff::Zoned;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    scene::{DESK, MANAGER, change_offer, create_elsewhere, hotel, offer_from_elsewhere, wait_for_sync},
    support::{Notifications, Shown, Workstation},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_somebody_is_notified_once_and_a_click_leads_to_it() {
    let desktop = Notifications::start().await;
    let hotel = hotel(0).await;
    let control = hotel.control();
    for title in ["Golf", "Spa"] {
        offer_from_elsewhere(&control, title).await;
    }
    ends_tomorrow(&control, "Last nights").await;
    let station = Workstation::at(&hotel, "desk")
        .with("DBUS_SESSION_BUS_ADDRESS", desktop.address())
        .with("TZ", "UTC");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced("Golf").await;
    let shown = desktop.shown(1).await;
    assert_eq!(summaries(&shown), ["Ends tomorrow: Last nights"]);

    // The window that is opened last is the one in front.
    let lobby = Workstation::at(&hotel, "lobby").sign_in(MANAGER).await;
    refuse_next_change(&control);
    change_offer(window, "Golf", "title", "Golf & <b>more</b>").await;
    wait_for_sync(window, "Golf & <b>more</b>", "parked").await;
    let shown = desktop.shown(2).await;
    assert_eq!(shown[1].summary, "Needs you: Golf & <b>more</b>");
    assert!(
        shown[1].body.starts_with("Bed &amp; breakfast only."),
        "the hotel's words are words: {}",
        shown[1].body
    );
    refuse_next_change(&control);
    change_offer(window, "Spa", "title", "Spa again").await;
    wait_for_sync(window, "Spa again", "parked").await;
    let shown = desktop.shown(3).await;
    assert_eq!(
        summaries(&shown),
        [
            "Ends tomorrow: Last nights",
            "Needs you: Golf & <b>more</b>",
            "Needs you: Spa again"
        ],
        "each once"
    );

    window.click("view-hidden").await;
    desktop.click(&shown[1]).await;
    window
        .wait_for_words("field-title", |words| words == "Golf & <b>more</b>")
        .await;
    window.wait_for("parked").await;
    drop(lobby);
}

fn summaries(shown: &[Shown]) -> Vec<&str> {
    shown.iter().map(|shown| shown.summary.as_str()).collect()
}

/// An offer whose last day is tomorrow.
async fn ends_tomorrow(control: &Control, title: &str) {
    let tomorrow = Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date()
        .tomorrow();
    let tomorrow = tomorrow.expect("there is a tomorrow").to_string();
    let fields = json!({ "title": title, "short_description": "s", "valid_to": tomorrow });
    create_elsewhere(control, fields).await;
}

fn refuse_next_change(control: &Control) {
    let refusal = Canned::json(
        StatusCode::BAD_REQUEST,
        br#"{"title":["Bed & breakfast only."]}"#.as_slice(),
    );
    control.fault(Fault::on(Method::PATCH, "/offers/", Effect::Instead(refusal)));
}
