//! The hotel's time zone, set by keyboard: for every window, and for the next start.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::json;

use crate::{
    scene::{DESK, create_elsewhere, hotel, kept_token},
    support::{
        Window, Workstation,
        keys::{ENTER, ESCAPE, ctrl},
    },
};

/// A place where it is another day than in UTC, and will be for half an hour at least; and the words for an offer that ends today in UTC.
fn elsewhere(now: Timestamp) -> (&'static str, &'static str, &'static str) {
    let utc = now.to_zoned(TimeZone::UTC);
    if (utc.hour(), utc.minute()) >= (10, 30) {
        (
            "kiritimati",
            "Kiritimati, Pacific",
            "Ended yesterday, still shown",
        )
    } else {
        ("pago", "Pago Pago, Pacific", "Ends tomorrow")
    }
}

async fn wait_for_state(window: &Window, state: &str) {
    let fits = |cards: &[crate::support::OfferCard]| cards.iter().any(|card| card.state == state);
    window.wait_for_offers(state, fits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_zone_of_the_hotel_is_set_by_keyboard_for_every_window_and_the_next_start() {
    let hotel = hotel(0).await;
    let now = Timestamp::now();
    let (letters, place, state) = elsewhere(now);
    let today: Date = now.to_zoned(TimeZone::UTC).date();
    let fields = json!({ "title": "Tonight", "short_description": "s", "valid_to": today.to_string() });
    create_elsewhere(&hotel.control(), fields).await;
    let station = Workstation::at(&hotel, "desk").with("TZ", "UTC");
    let desk = station.sign_in(DESK).await;
    kept_token(&hotel, DESK).await;
    let window = desk.window();
    wait_for_state(window, "Ends tonight").await;
    let second = desk.open_window().await;
    wait_for_state(&second, "Ends tonight").await;

    window.press(&ctrl(',')).await;
    window.wait_for("zone-clock").await;
    assert_eq!(
        window.words("zone-name").await.as_deref(),
        Some("This computer’s")
    );
    window.go_to("zone-search").await;
    window.press(letters).await;
    window
        .wait_for_words("zone", |words| {
            words.contains(place.split(',').next().unwrap_or_default())
        })
        .await;
    window.press(ENTER).await;
    window.wait_for_words("zone-name", |words| words == place).await;
    window.go_to("alert-needsYou").await;
    window.press(ESCAPE).await;
    window.wait_gone("settings").await;

    for window in [window, &second] {
        wait_for_state(window, state).await;
    }
    desk.quit().await;
    let desk = station.launch().await;
    wait_for_state(desk.window(), state).await;
    desk.window().press(&ctrl(',')).await;
    desk.window()
        .wait_for_words("zone-name", |words| words == place)
        .await;
}
