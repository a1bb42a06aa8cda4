//! An event of the hotel's channel, read where it arrives: on the network's threads, while the engine writes the ones before it.

use model::{HotelEvent, Malformed};
use serde_json::Value;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct HotelMessage {
    /// The event's name.
    pub name: String,
    /// The id of the offer that it names, for the activity list; also of one that cannot be read.
    pub about: Option<i64>,
    /// What it says.
    pub says: Result<HotelEvent, Malformed>,
}

impl HotelMessage {
    /// Reads an event; `None` for names that are not ours, since other programs share the channel.
    pub fn read(name: String, data: Value) -> Option<Self> {
        let offer = data.get("offer").and_then(|offer| offer.get("id"));
        let about = offer.or_else(|| data.get("offer_id")).and_then(Value::as_i64);
        let says = HotelEvent::parse(&name, data)?;
        Some(Self { name, about, says })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_tells_which_offer_it_is_about_even_if_it_cannot_be_read() {
        let read = |name: &str, data| HotelMessage::read(name.to_owned(), data);
        let broken = read("offer-updated", json!({"offer": {"id": 7, "title": null}})).unwrap();
        assert_eq!(broken.about, Some(7));
        assert!(broken.says.is_err());
        let deleted = read("offer-deleted", json!({"offer_id": 8})).unwrap();
        assert_eq!(deleted.about, Some(8));
        assert_eq!(read("offers-updated", json!({})).unwrap().about, None);
        assert_eq!(read("room-cleaned", json!({"offer_id": 9})), None, "not ours");
    }
}
