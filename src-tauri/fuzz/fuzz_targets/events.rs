//! The payloads of the hotel's events and the offers in them: no panic; what was understood reads back as the same, straight from an
//! event's text too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{HotelEvent, Offer};
use serde_json::{Value, json};

const NAMES: [&str; 6] = [
    "offer-created",
    "offer-updated",
    "offer-deleted",
    "offer-image-updated",
    "offers-updated",
    "something-else",
];

fuzz_target!(|text: &str| {
    for name in NAMES {
        let _ = HotelEvent::parse(name, text);
    }
    let Ok(data) = serde_json::from_str::<Value>(text) else {
        return;
    };
    if let Ok(offer) = Offer::from_json(data) {
        let event = json!({ "offer": offer }).to_string();
        let read = HotelEvent::parse("offer-updated", &event).expect("it is ours");
        assert_eq!(read.expect("it was read before"), HotelEvent::Updated(offer));
    }
});
