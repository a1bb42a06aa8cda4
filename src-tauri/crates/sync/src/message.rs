//! An event of the hotel's channel, read where it arrives: on the network's threads, while the engine writes the ones before it.

use model::{HotelEvent, Malformed, OfferId};

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct HotelMessage {
    /// The event's name.
    pub name: String,
    /// What it says.
    pub says: Result<HotelEvent, Malformed>,
}

impl HotelMessage {
    /// Reads an event from the text of its data; `None` for names that are not ours, since other programs share the channel.
    pub fn read(name: String, data: &str) -> Option<Self> {
        let says = HotelEvent::parse(&name, data)?;
        Some(Self { name, says })
    }

    /// The offer that it names, also where it cannot be read.
    pub fn about(&self) -> Option<OfferId> {
        match &self.says {
            Ok(event) => event.about(),
            Err(malformed) => malformed.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_which_offer_it_is_about_even_if_it_cannot_be_read() {
        let read = |name: &str, data| HotelMessage::read(name.to_owned(), data);
        let broken = read("offer-updated", r#"{"offer": {"id": 7, "title": null}}"#).unwrap();
        assert!(broken.says.is_err());
        assert_eq!(broken.about(), Some(OfferId(7)));
        let deleted = read("offer-deleted", r#"{"offer_id": 8}"#).unwrap();
        assert_eq!(deleted.about(), Some(OfferId(8)));
        assert_eq!(read("offers-updated", "{}").unwrap().about(), None);
        assert_eq!(read("room-cleaned", r#"{"offer_id": 9}"#), None, "not ours");
    }
}
