//! The hotel's live events. An event is a hint that is usually right: the list is the truth.

use serde::Deserialize;
use serde_json::Value;

use crate::id::OfferId;
use crate::offer::{Malformed, Offer};

/// What an event of the hotel's channel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HotelEvent {
    /// `offer-created`
    Created(Offer),
    /// `offer-updated`
    Updated(Offer),
    /// `offer-deleted`
    Deleted {
        /// The offer that is gone.
        id: OfferId,
    },
    /// `offer-image-updated`: the picture may have changed behind the same address.
    ImageUpdated {
        /// The offer whose photo changed.
        id: OfferId,
        /// Where the photo is now.
        photo_url: Option<String>,
    },
    /// `offers-updated`: something changed; follows each specific event on servers that send it at all.
    SomethingChanged,
}

#[derive(Deserialize)]
struct Carried {
    offer: Offer,
}

#[derive(Deserialize)]
struct Deleted {
    offer_id: OfferId,
}

#[derive(Deserialize)]
struct ImageUpdated {
    offer_id: OfferId,
    // Left out, it is not null.
    #[serde(deserialize_with = "Option::deserialize")]
    photo_url: Option<String>,
}

impl HotelEvent {
    /// Reads an event from the text of its data; `None` for names that are not ours, since other programs share the channel.
    pub fn parse(name: &str, data: &str) -> Option<Result<Self, Malformed>> {
        Some(match name {
            "offer-created" => read(data).map(|Carried { offer }| Self::Created(offer)),
            "offer-updated" => read(data).map(|Carried { offer }| Self::Updated(offer)),
            "offer-deleted" => read(data).map(|Deleted { offer_id }| Self::Deleted { id: offer_id }),
            "offer-image-updated" => {
                read(data).map(|ImageUpdated { offer_id, photo_url }| Self::ImageUpdated {
                    id: offer_id,
                    photo_url,
                })
            }
            "offers-updated" => Ok(Self::SomethingChanged),
            _ => return None,
        })
    }

    /// The offer that it is about; `None`: any.
    pub fn about(&self) -> Option<OfferId> {
        match self {
            Self::Created(offer) | Self::Updated(offer) => Some(offer.id),
            Self::Deleted { id } | Self::ImageUpdated { id, .. } => Some(*id),
            Self::SomethingChanged => None,
        }
    }
}

/// Straight from the text, which takes half the time of a way over [`Value`]; that is gone to say which offer a broken one was about.
fn read<T: for<'de> Deserialize<'de>>(data: &str) -> Result<T, Malformed> {
    serde_json::from_str(data).or_else(|_| {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        let offer = data.get("offer").and_then(|offer| offer.get("id"));
        let id = offer.or_else(|| data.get("offer_id")).and_then(Value::as_i64);
        // Read anew, since a key may stand there twice: the last one counts.
        serde_json::from_value(data).map_err(|error| Malformed {
            id: id.map(OfferId),
            reason: error.to_string(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_of_the_five_events_is_read_in_the_forms_servers_send() {
        let offer = json!({"id":7,"title":"t","short_description":"s","details_text":"","details_html":"","valid_from":null,"valid_to":null,
            "tag":"","book_now_url":"","photo":null,"photo_url":null,"sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01Z"});
        let parse = |name: &str, data: Value| HotelEvent::parse(name, &data.to_string()).unwrap().unwrap();
        assert!(
            matches!(parse("offer-created", json!({"offer": offer, "action": "created"})), HotelEvent::Created(o) if o.id == OfferId(7))
        );
        assert!(matches!(
            parse("offer-updated", json!({"offer": offer})),
            HotelEvent::Updated(_)
        ));
        assert_eq!(
            parse(
                "offer-deleted",
                json!({"offer_id": 7, "offer_title": "t", "action": "deleted"})
            ),
            HotelEvent::Deleted { id: OfferId(7) }
        );
        let image = HotelEvent::ImageUpdated {
            id: OfferId(7),
            photo_url: Some("http://x/a.jpg".into()),
        };
        for data in [
            json!({"offer_id": 7, "offer_title": "t", "photo_url": "http://x/a.jpg", "timestamp": "2026-11-22T09:52:01Z"}),
            json!({"offer_id": 7, "offer_title": "t", "photo_url": "http://x/a.jpg", "action": "image-updated"}),
        ] {
            assert_eq!(parse("offer-image-updated", data), image);
        }
        assert_eq!(
            parse("offers-updated", json!({"action": "sync"})),
            HotelEvent::SomethingChanged
        );
    }

    #[test]
    fn other_programs_events_are_not_ours_and_broken_ones_say_whose_they_were() {
        let parse = |name: &str, data: &str| HotelEvent::parse(name, data);
        assert_eq!(parse("room-cleaned", "{}"), None);
        let broken = |name: &str, data: &str| parse(name, data).unwrap().unwrap_err();
        assert_eq!(
            broken("offer-updated", r#"{"offer": {"id": 7, "title": null}}"#).id,
            Some(OfferId(7))
        );
        assert_eq!(
            broken("offer-image-updated", r#"{"offer_id": 8, "photo_url": 1}"#).id,
            Some(OfferId(8))
        );
        assert_eq!(
            broken("offer-image-updated", r#"{"offer_id": 8}"#).id,
            Some(OfferId(8)),
            "it does not say that there is no photo"
        );
        for text in [r#""x""#, "x", "", "null", "[]"] {
            assert_eq!(broken("offer-deleted", text).id, None);
        }
    }

    #[test]
    fn of_a_key_that_stands_there_twice_the_last_counts() {
        let twice = HotelEvent::parse("offer-deleted", r#"{"offer_id": 7, "offer_id": 8}"#);
        assert_eq!(twice, Some(Ok(HotelEvent::Deleted { id: OfferId(8) })));
    }
}
