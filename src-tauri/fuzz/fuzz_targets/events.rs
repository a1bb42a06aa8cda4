//! The payloads of the hotel's events and the offers in them: no panic; what was understood reads back as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{HotelEvent, Offer};
use serde_json::Value;

const NAMES: [&str; 6] = [
    "offer-created",
    "offer-updated",
    "offer-deleted",
    "offer-image-updated",
    "offers-updated",
    "something-else",
];

fuzz_target!(|text: &str| {
    let Ok(data) = serde_json::from_str::<Value>(text) else {
        return;
    };
    for name in NAMES {
        let _ = HotelEvent::parse(name, data.clone());
    }
    if let Ok(offer) = Offer::from_json(data) {
        let again = serde_json::to_value(&offer).expect("an offer is JSON");
        assert_eq!(Offer::from_json(again).expect("it was read before"), offer);
    }
});
