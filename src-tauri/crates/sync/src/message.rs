//! An event of the hotel's channel, read where it arrives: on the network's threads, while the engine writes the ones before it.

use cache::OfferText;
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
    /// Of an update: its offer as it will be kept, since every event of a flood is one.
    pub text: Option<OfferText>,
}

impl HotelMessage {
    /// Reads an event; `None` for names that are not ours, since other programs share the channel.
    pub fn read(name: String, data: Value) -> Option<Self> {
        let offer = data.get("offer").and_then(|offer| offer.get("id"));
        let about = offer.or_else(|| data.get("offer_id")).and_then(Value::as_i64);
        let says = HotelEvent::parse(&name, data)?;
        let text = match &says {
            Ok(HotelEvent::Updated(offer)) => OfferText::of(offer).ok(),
            _ => None,
        };
        Some(Self {
            name,
            about,
            says,
            text,
        })
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

    #[test]
    fn an_update_brings_its_offer_as_it_will_be_kept() {
        let offer = json!({"id":7,"title":"  Spa day ","short_description":"s","details_text":"","details_html":"","valid_from":null,
            "valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,"photo_url":null,"sort_order":0,"is_active":true,
            "created_at":"2026-11-22T09:52:01Z","added_by_a_newer_server":1});
        let message = HotelMessage::read("offer-updated".to_owned(), json!({"offer": offer})).unwrap();
        let Ok(HotelEvent::Updated(offer)) = message.says else {
            panic!("{:?}", message.says)
        };
        assert_eq!(message.text.unwrap(), OfferText::of(&offer).unwrap());
    }
}
