//! The hotel's public page, as guests' browsers are given it: who the hotel is, and its active offers in the order guests see them.
//!
//! Read without anything of the sign-in. What the server leaves out or sends as `null` is empty; an offer that cannot be read makes the page
//! no worse than that one offer.

use std::collections::BTreeSet;

use model::{Day, Field, FieldValue, OfferFields, OfferId};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::Error;

/// What is publicly known of a hotel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicPage {
    /// The page's header.
    pub hotel: PublicHotel,
    /// Active offers whatever their dates, first to last.
    pub offers: Vec<PublicOffer>,
    /// What could not be read; `None`: not even which offer that is.
    unreadable: BTreeSet<Option<OfferId>>,
}

/// A hotel's header; what is not said is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicHotel {
    /// For people.
    pub name: String,
    /// A line below it.
    pub tagline: String,
    /// Where the hotel is.
    pub city: String,
    /// Where the city is.
    pub country: String,
    /// As typed by the hotel.
    pub phone: String,
    /// As typed by the hotel.
    pub email: String,
    /// The hotel's own site.
    pub website_url: String,
    /// Where an offer is booked that names no address of its own.
    pub booking_url: String,
    /// A picture for the head of the page.
    pub hero_image_url: String,
    /// The hotel's sign.
    pub logo_url: String,
}

/// An offer on the public page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PublicOffer {
    /// The same as the staff's.
    pub id: OfferId,
    #[serde(deserialize_with = "text")]
    title: String,
    #[serde(deserialize_with = "text")]
    short_description: String,
    #[serde(default, deserialize_with = "text")]
    details_html: String,
    valid_from: Option<Day>,
    valid_to: Option<Day>,
    #[serde(default, deserialize_with = "text")]
    tag: String,
    #[serde(default, deserialize_with = "text")]
    book_now_url: String,
    /// Where the photo can be fetched.
    #[serde(default)]
    pub photo_url: Option<String>,
}

/// The fields of an offer that guests can see.
pub const PUBLIC_FIELDS: [Field; 7] = [
    Field::Title,
    Field::ShortDescription,
    Field::DetailsHtml,
    Field::ValidFrom,
    Field::ValidTo,
    Field::Tag,
    Field::BookNowUrl,
];

impl PublicOffer {
    /// The public side of an offer, as the server makes it.
    pub fn of(id: OfferId, fields: &OfferFields, photo_url: Option<String>) -> Self {
        Self {
            id,
            title: fields.title.clone(),
            short_description: fields.short_description.clone(),
            details_html: fields.details_html.clone(),
            valid_from: fields.valid_from,
            valid_to: fields.valid_to,
            tag: fields.tag.clone(),
            book_now_url: fields.book_now_url.clone(),
            photo_url,
        }
    }

    /// What guests are given for a field; `None` for those that they are not given.
    pub fn get(&self, field: Field) -> Option<FieldValue> {
        Some(match field {
            Field::Title => self.title.clone().into(),
            Field::ShortDescription => self.short_description.clone().into(),
            Field::DetailsHtml => self.details_html.clone().into(),
            Field::ValidFrom => self.valid_from.into(),
            Field::ValidTo => self.valid_to.into(),
            Field::Tag => self.tag.clone().into(),
            Field::BookNowUrl => self.book_now_url.clone().into(),
            Field::DetailsText | Field::SortOrder | Field::IsActive => return None,
        })
    }
}

impl PublicPage {
    /// An offer, if it is listed.
    pub fn offer(&self, id: OfferId) -> Option<&PublicOffer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// Whether an offer that is not among those that were read may be on the page all the same.
    pub fn may_list(&self, id: OfferId) -> bool {
        self.unreadable.contains(&None) || self.unreadable.contains(&Some(id))
    }

    /// Reads the server's JSON. Without a list of offers it is no public page.
    pub fn read(answer: &Value) -> Result<Self, Error> {
        let Some(listed) = answer["offers"].as_array() else {
            return Err(Error::unreadable("a public page without offers"));
        };
        let mut offers = Vec::new();
        let mut unreadable = BTreeSet::new();
        for entry in listed {
            match PublicOffer::deserialize(entry) {
                Ok(offer) => offers.push(offer),
                Err(_) => {
                    unreadable.insert(entry["id"].as_i64().map(OfferId));
                }
            }
        }
        let text = |name: &str| answer[name].as_str().unwrap_or_default().trim().to_owned();
        Ok(Self {
            offers,
            unreadable,
            hotel: PublicHotel {
                name: text("name"),
                tagline: text("tagline"),
                city: text("city"),
                country: text("country"),
                phone: text("phone"),
                email: text("email"),
                website_url: text("website_url"),
                booking_url: text("booking_url"),
                hero_image_url: text("hero_image_url"),
                logo_url: text("logo_url"),
            },
        })
    }
}

/// A text; `null` is an empty one.
fn text<'a, D: Deserializer<'a>>(wire: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(wire)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(id: i64) -> Value {
        json!({"id": id, "title": "Spa", "short_description": "s", "details_html": "", "valid_from": null, "valid_to": "2026-12-24",
            "tag": "", "book_now_url": "", "photo_url": null})
    }

    #[test]
    fn the_fields_that_guests_can_see_are_those_that_they_are_given() {
        let offer = PublicOffer::deserialize(listed(1)).unwrap();
        let given = Field::ALL
            .iter()
            .copied()
            .filter(|field| offer.get(*field).is_some());
        assert_eq!(given.collect::<Vec<_>>(), PUBLIC_FIELDS);
    }

    #[test]
    fn the_contracts_page_is_read_and_what_is_null_is_empty() {
        let page = json!({"slug": "killarney", "name": "Hotel Killarney", "tagline": null, "booking_url": "https://book.example/",
            "offers": [listed(2), listed(1)]});
        let page = PublicPage::read(&page).unwrap();
        assert_eq!(
            page.offers.iter().map(|offer| offer.id.0).collect::<Vec<_>>(),
            [2, 1]
        );
        assert_eq!(
            (page.hotel.name.as_str(), page.hotel.tagline.as_str()),
            ("Hotel Killarney", "")
        );
        assert_eq!(page.hotel.booking_url, "https://book.example/");
        assert!(!page.may_list(OfferId(3)));
        let offer = page.offer(OfferId(1)).unwrap();
        assert_eq!(
            offer.get(Field::ValidTo),
            Some(FieldValue::Text("2026-12-24".into()))
        );
        assert_eq!(offer.get(Field::DetailsText), None, "guests are not given that");
    }

    #[test]
    fn a_text_of_an_offer_that_is_null_is_empty() {
        let mut entry = listed(1);
        for name in [
            "title",
            "short_description",
            "details_html",
            "tag",
            "book_now_url",
        ] {
            entry[name] = Value::Null;
        }
        let page = PublicPage::read(&json!({"offers": [entry]})).unwrap();
        let offer = page.offer(OfferId(1)).unwrap();
        for field in [
            Field::Title,
            Field::ShortDescription,
            Field::DetailsHtml,
            Field::Tag,
            Field::BookNowUrl,
        ] {
            assert_eq!(offer.get(field), Some(FieldValue::Text(String::new())));
        }
    }

    #[test]
    fn an_offer_that_cannot_be_read_spoils_only_itself_and_is_told() {
        let page = json!({"offers": [listed(1), {"id": 2, "title": 7}]});
        let page = PublicPage::read(&page).unwrap();
        assert!(page.offer(OfferId(1)).is_some());
        assert!(page.may_list(OfferId(2)) && !page.may_list(OfferId(3)));
        let page = PublicPage::read(&json!({"offers": [listed(1), "?"]})).unwrap();
        assert!(page.may_list(OfferId(3)), "nobody can tell which offer that is");
        assert!(PublicPage::read(&json!({"detail": "?"})).is_err());
        assert!(PublicPage::read(&json!([])).is_err());
    }
}
