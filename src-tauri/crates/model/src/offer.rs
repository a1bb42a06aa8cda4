//! An offer as the server knows it.
//!
//! Reading is strict about every field the contract names: a server that sends `null` where text belongs, or leaves a field out,
//! has sent nothing we may put in the place of the last good state. Unknown fields are ignored.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::fields::{FlatOffer, OfferFields};
use crate::id::OfferId;

/// A full staff offer, as listed, read, answered to a write, or carried by an event.
///
/// Read and written on one level, `fields` among the others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "FlatOffer")]
pub struct Offer {
    /// Given by the server.
    pub id: OfferId,
    /// What staff can edit.
    pub fields: OfferFields,
    /// The server's storage id of the photo.
    pub photo: Option<String>,
    /// Where the photo can be fetched; may be `http://` where `https://` works.
    pub photo_url: Option<String>,
    /// When the server stored it.
    pub created_at: Timestamp,
}

/// Something that was sent as an offer and is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable offer{}: {reason}", .id.map(|id| format!(" {id}")).unwrap_or_default())]
pub struct Malformed {
    /// Its id, when at least that could be read.
    pub id: Option<OfferId>,
    /// What was wrong, for the log.
    pub reason: String,
}

impl Offer {
    /// Reads one offer from the server's JSON.
    pub fn from_json(value: Value) -> Result<Self, Malformed> {
        let id = value.get("id").and_then(Value::as_i64).map(OfferId);
        serde_json::from_value(value).map_err(|error| Malformed {
            id,
            reason: error.to_string(),
        })
    }

    /// The order in which guests and staff see offers: `sort_order` ascending, then newest first.
    pub fn listing_order(&self, other: &Self) -> Ordering {
        let by_age = || {
            other
                .created_at
                .cmp(&self.created_at)
                .then(other.id.cmp(&self.id))
        };
        self.fields
            .sort_order
            .cmp(&other.fields.sort_order)
            .then_with(by_age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract_offer() -> Value {
        json!({"id":23,"title":"Offer 22","short_description":"d","details_text":"","details_html":"","valid_from":null,"valid_to":"2026-12-24",
            "tag":"","book_now_url":"","photo":"image/upload/v1/58f76b17.jpg","photo_url":"http://res.example/58f76b17.jpg",
            "sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"})
    }

    #[test]
    fn the_contracts_offer_is_read_whatever_else_it_carries() {
        let mut value = contract_offer();
        value["hotel_rating"] = json!({"stars": 5});
        let offer = Offer::from_json(value).unwrap();
        assert_eq!(offer.id, OfferId(23));
        assert_eq!(
            offer.fields.valid_to.map(|day| day.to_string()).as_deref(),
            Some("2026-12-24")
        );
        assert_eq!(
            serde_json::to_value(&offer).unwrap(),
            contract_offer(),
            "and is written as it came"
        );
    }

    #[test]
    fn wrong_types_nulls_and_gaps_are_told_with_the_id() {
        for (field, wrong) in [
            ("title", json!(null)),
            ("title", json!(7)),
            ("valid_to", json!("")),
            ("sort_order", json!(-1)),
            ("is_active", json!("yes")),
            ("created_at", json!("yesterday")),
        ] {
            let mut value = contract_offer();
            value[field] = wrong.clone();
            let malformed = Offer::from_json(value).expect_err(&format!("{field} = {wrong}"));
            assert_eq!(malformed.id, Some(OfferId(23)));
        }
        for field in contract_offer().as_object().unwrap().keys() {
            let mut value = contract_offer();
            value.as_object_mut().unwrap().remove(field);
            assert!(
                Offer::from_json(value).is_err(),
                "{field}: a field left out must not blank the one we hold"
            );
        }
    }

    #[test]
    fn offers_stand_in_the_servers_order() {
        let offer = |id: i64, sort: u32, created: &str| {
            let mut value = contract_offer();
            value["id"] = json!(id);
            value["sort_order"] = json!(sort);
            value["created_at"] = json!(created);
            Offer::from_json(value).unwrap()
        };
        let mut offers = [
            offer(1, 1, "2026-01-01T00:00:00Z"),
            offer(2, 0, "2026-01-01T00:00:00Z"),
            offer(3, 0, "2026-01-01T00:00:00.5Z"),
        ];
        offers.sort_by(Offer::listing_order);
        assert_eq!(offers.map(|offer| offer.id.0), [3, 2, 1]);
    }
}
