//! What most tests begin with: a hotel, its computers, an offer to speak of.

use std::{
    io::{Write, stderr},
    time::Duration,
};

use demo_hotel::{Control, DemoHotel, Offer, Options, Seen};
use keyring::v1::Entry;
use serde_json::json;

use crate::support::{Console, PATIENCE, Window, Workstation, within};

/// The hotel whose staff we are.
pub(crate) const HOTEL: &str = "killarney";
/// Who sits at the computers. The demo hotel's passwords are the names.
pub(crate) const DESK: &str = "frontdesk";
pub(crate) const MANAGER: &str = "manager";

/// A hotel with this many offers. Its day is long enough for a test: what tests say of days they look for some seconds later.
pub(crate) async fn hotel(offers: usize) -> DemoHotel {
    away_from_midnight().await;
    let options = Options {
        offers,
        ..Options::default()
    };
    within("the hotel's start", DemoHotel::start(options))
        .await
        .expect("a hotel starts")
}

/// Waits for the next day, here and in UTC, where it is about to begin.
async fn away_from_midnight() {
    const LONG_ENOUGH: Duration = Duration::from_secs(120);
    let here = jiff::Zoned::now();
    for now in [here.with_time_zone(jiff::tz::TimeZone::UTC), here] {
        let midnight = now
            .tomorrow()
            .and_then(|day| day.start_of_day())
            .expect("there is a tomorrow");
        let left = Duration::try_from(midnight.duration_since(&now)).unwrap_or_default();
        if left < LONG_ENOUGH {
            tokio::time::sleep(left + Duration::from_secs(1)).await;
        }
    }
}

/// The console of this computer, signed in so that the next start needs no password.
///
/// The app sees to it at its end that the keyring has the token. But WebKit's driver ends an app at once when it closes its last window, so who
/// means to start again waits for the keyring first.
pub(crate) async fn signed_in_for_good(
    hotel: &DemoHotel,
    station: &Workstation,
    user: &'static str,
) -> Console {
    let console = station.sign_in(user).await;
    kept_token(hotel, user).await;
    console
}

/// The token in the keyring, as soon as it is there.
pub(crate) async fn kept_token(hotel: &DemoHotel, user: &str) -> String {
    let name = format!("{user} at {}", hotel.api_url());
    within("the token in the keyring", async {
        loop {
            let name = name.clone();
            let look = move || Entry::new("hotelmate-console", &name).and_then(|entry| entry.get_password());
            let token = tokio::task::spawn_blocking(look)
                .await
                .expect("a look does not panic");
            if let Ok(token) = token {
                break token;
            }
        }
    })
    .await
}

/// An offer that somebody made who is none of our consoles. Seen there, it shows that all that came before was seen too.
pub(crate) async fn offer_from_elsewhere(control: &Control, title: &str) -> Offer {
    let fields = json!({ "title": title, "short_description": "Made somewhere else." });
    create_elsewhere(control, fields).await
}

/// The day so many days from now, as offers have it.
pub(crate) fn day(from_now: i64) -> String {
    let today = jiff::Zoned::now().date();
    today.saturating_add(jiff::Span::new().days(from_now)).to_string()
}

/// What stands at this address.
pub(crate) async fn served(url: &str) -> Vec<u8> {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let bytes = within("a photo", async { client.get(url).send().await?.bytes().await });
    bytes.await.expect("the server serves it").to_vec()
}

/// An offer that began nine days ago and ends so many days from now.
pub(crate) async fn offer_until(control: &Control, title: &str, last: i64) -> Offer {
    let fields =
        json!({ "title": title, "short_description": "s", "valid_from": day(-9), "valid_to": day(last) });
    create_elsewhere(control, fields).await
}

/// Somebody else makes an offer.
pub(crate) async fn create_elsewhere(control: &Control, fields: serde_json::Value) -> Offer {
    within("an offer from elsewhere", control.create_elsewhere(HOTEL, fields))
        .await
        .expect("the hotel takes it")
}

/// What others did while nobody was here: the second of these offers is "Changed at night", the third is gone, and another was "Made at night".
pub(crate) async fn pass_a_night(control: &Control, offers: &[Offer]) {
    change_elsewhere(control, &offers[1], json!({ "title": "Changed at night" })).await;
    delete_elsewhere(control, &offers[2]).await;
    offer_from_elsewhere(control, "Made at night").await;
}

/// The hotel's offer of this title, straight from its store.
pub(crate) async fn stored(control: &Control, title: &str) -> Option<Offer> {
    let offers = all_offers(control).await;
    offers.into_iter().find(|offer| offer.title == title)
}

/// Waits until this holds for the hotel's offers.
pub(crate) async fn wait_for_stored(control: &Control, why: &str, fits: impl Fn(&[Offer]) -> bool + Send) {
    let waited = tokio::time::timeout(PATIENCE, control.wait_for_offers(HOTEL, fits)).await;
    let Ok(fits) = waited else {
        panic!(
            "waiting for {why}; the hotel has {:#?}",
            all_offers(control).await
        );
    };
    fits.expect("the hotel has offers");
}

/// Copies of as many offers as there were, for next year: hidden, beside what was `shown` before.
pub(crate) async fn wait_for_hidden_copies(control: &Control, all: usize, shown: usize) {
    wait_for_stored(control, "hidden copies", |offers| {
        offers.len() == all && offers.iter().filter(|offer| offer.is_active).count() == shown
    })
    .await;
}

/// Waits until the hotel has an offer of this title, for which this holds.
pub(crate) async fn wait_until_stored(
    control: &Control,
    title: &str,
    fits: impl Fn(&Offer) -> bool + Send + Sync,
) {
    let why = format!("\"{title}\" as it should be");
    wait_for_stored(control, &why, |offers| {
        offers.iter().any(|offer| offer.title == title && fits(offer))
    })
    .await;
}

/// Any of the seeded offers.
pub(crate) async fn some_offer(control: &Control) -> Offer {
    let offers = all_offers(control).await;
    offers.into_iter().next().expect("the hotel was seeded")
}

/// The requests that came in so far and fit.
pub(crate) fn requests(control: &Control, fits: impl Fn(&Seen) -> bool) -> Vec<Seen> {
    control.look(|stats| stats.requests.iter().filter(|seen| fits(seen)).cloned().collect())
}

/// Requests that change offers.
pub(crate) fn changing(seen: &Seen) -> bool {
    seen.method != "GET" && seen.path.contains("/offers/")
}

/// Types a new offer into the editor, short of saving it.
pub(crate) async fn begin_offer(window: &Window, title: &str) {
    window.click("new-offer").await;
    window.type_into("field-title", title).await;
    window
        .type_into("field-short_description", "Two nights by the lake.")
        .await;
}

/// Opens the editor of a listed offer.
pub(crate) async fn edit_offer(window: &Window, title: &str) {
    window.click_in_offer(title, "offer-edit").await;
    window.wait_for_words("field-title", |words| words == title).await;
}

/// Changes one field of a listed offer and saves it.
pub(crate) async fn change_offer(window: &Window, title: &str, field: &str, value: &str) {
    edit_offer(window, title).await;
    window.type_into(&format!("field-{field}"), value).await;
    window.click("save").await;
    let why = format!("the {field} of \"{title}\" to be safe");
    // "Saved" can be over before anyone looks; what is typed and no longer unsaved is on its way at least.
    let question =
        "['Not saved yet', 'Saving…'].every((words) => !byId('save-state')?.textContent.includes(words))";
    window.until_true(&why, question, &[]).await;
}

/// Somebody else changes an offer.
pub(crate) async fn change_elsewhere(control: &Control, offer: &Offer, fields: serde_json::Value) {
    within(
        "a change elsewhere",
        control.update_elsewhere(HOTEL, offer.id, fields),
    )
    .await
    .expect("the hotel takes it");
}

/// Somebody else deletes an offer.
pub(crate) async fn delete_elsewhere(control: &Control, offer: &Offer) {
    within("a deletion elsewhere", control.delete_elsewhere(HOTEL, offer.id))
        .await
        .expect("the hotel takes it");
}

/// Deletes a listed offer, question included.
pub(crate) async fn delete_offer(window: &Window, title: &str) {
    window.click_in_offer(title, "offer-delete").await;
    window.click("confirm-delete").await;
    window.wait_without(title).await;
}

/// The hotel's offers, straight from its store.
pub(crate) async fn all_offers(control: &Control) -> Vec<Offer> {
    within("the hotel's offers", control.offers(HOTEL))
        .await
        .expect("the hotel has offers")
}

/// The network goes, and the window says so.
pub(crate) async fn go_offline(control: &Control, window: &Window) {
    within("the outage", control.unplug(true)).await;
    window.wait_until_connection_is("offline").await;
}

/// The network is back, and the window is live.
pub(crate) async fn go_online(control: &Control, window: &Window) {
    within("the end of the outage", control.unplug(false)).await;
    window.wait_until_connection_is("live").await;
}

/// Waits until so many changes are not at the hotel yet.
pub(crate) async fn wait_for_waiting(window: &Window, count: usize) {
    let count = count.to_string();
    window
        .wait_for_words("waiting-count", |words| words == count)
        .await;
}

/// Waits until an offer is listed under this title in this state.
pub(crate) async fn wait_for_sync(window: &Window, title: &str, sync: &str) {
    let why = format!("\"{title}\" to be {sync}");
    window
        .wait_for_offers(&why, |cards| {
            cards.iter().any(|card| card.title == title && card.sync == sync)
        })
        .await;
}

/// A photo as a camera would make it, plain but for its size: `width` x `height` of one colour.
pub(crate) fn photo(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(colour));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a picture can be written to memory");
    bytes.into_inner()
}

/// For who watches: libtest shows what a passing test prints only when asked.
pub(crate) fn say(line: &str) {
    // Nobody who reads it is no reason to fail.
    let _ = writeln!(stderr(), "{line}");
}
