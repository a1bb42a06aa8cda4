//! What most tests begin with: a hotel, its computers, an offer to speak of.

use demo_hotel::{Control, DemoHotel, Offer, Options, Seen};
use keyring::v1::Entry;
use serde_json::json;

use crate::support::{Console, Window, Workstation, within};

/// The hotel whose staff we are.
pub(crate) const HOTEL: &str = "killarney";
/// Who sits at the computers. The demo hotel's passwords are the names.
pub(crate) const DESK: &str = "frontdesk";
pub(crate) const MANAGER: &str = "manager";

/// A hotel with this many offers.
pub(crate) async fn hotel(offers: usize) -> DemoHotel {
    let options = Options {
        offers,
        ..Options::default()
    };
    within("the hotel's start", DemoHotel::start(options))
        .await
        .expect("a hotel starts")
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
    let name = format!("{user} at {}", hotel.api_url());
    within("the token in the keyring", async {
        loop {
            let name = name.clone();
            let look = move || Entry::new("hotelmate-console", &name).and_then(|entry| entry.get_password());
            let token = tokio::task::spawn_blocking(look)
                .await
                .expect("a look does not panic");
            if token.is_ok() {
                break;
            }
        }
    })
    .await;
    console
}

/// An offer that somebody made who is none of our consoles. Seen there, it shows that all that came before was seen too.
pub(crate) async fn offer_from_elsewhere(control: &Control, title: &str) -> Offer {
    let fields = json!({ "title": title, "short_description": "Made somewhere else." });
    within("an offer from elsewhere", control.create_elsewhere(HOTEL, fields))
        .await
        .expect("the hotel takes it")
}

/// The hotel's offer of this title, straight from its store.
pub(crate) async fn stored(control: &Control, title: &str) -> Option<Offer> {
    let offers = within("the hotel's offers", control.offers(HOTEL))
        .await
        .expect("the hotel has offers");
    offers.into_iter().find(|offer| offer.title == title)
}

/// Any of the seeded offers.
pub(crate) async fn some_offer(control: &Control) -> Offer {
    let offers = within("the hotel's offers", control.offers(HOTEL))
        .await
        .expect("the hotel has offers");
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

/// A photo as a camera would make it, plain but for its size: `width` x `height` of one colour.
pub(crate) fn photo(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(colour));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a picture can be written to memory");
    bytes.into_inner()
}
