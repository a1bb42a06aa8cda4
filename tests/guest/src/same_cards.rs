//! The cards of one hotel, which the guest page and the console's preview have to show alike.
//!
//! The two run in different browsers, each driven by tests of its own. Both write down what stands in them by the same script, and both are held
//! against the same file. `HOTELMATE_WRITE_CARDS=1` has the guest page's test write it anew.

use demo_hotel::{Control, DemoHotel, Offer};
use serde_json::Value;

use crate::{HOTEL, within};

const OFFERS: &str = include_str!("../same-cards/offers.json");
/// What both show.
pub const CARDS: &str = include_str!("../same-cards/cards.txt");
/// Defines `cardsAsText(root)`.
pub const SCRIPT: &str = include_str!("../same-cards/cards.js");

/// How many offers the hotel is to be seeded with: they bring photos, and ids that are always the same.
pub fn count() -> usize {
    offers().len()
}

/// Makes the seeded offers of a hotel those that the file shows.
///
/// # Panics
/// When the hotel does not take them.
pub async fn prepare(hotel: &DemoHotel) {
    let control: Control = hotel.control();
    let mut seeded: Vec<Offer> = within("the seeded offers", control.offers(HOTEL))
        .await
        .expect("the hotel has offers");
    seeded.sort_by_key(|offer| offer.id);
    for (offer, fields) in seeded.iter().zip(offers()) {
        within("a change", control.update_elsewhere(HOTEL, offer.id, fields))
            .await
            .expect("the hotel takes it");
    }
}

fn offers() -> Vec<Value> {
    serde_json::from_str(OFFERS).expect("offers in JSON")
}
