//! What the server tells everyone after a change: the specific event first, then the general one.
//!
//! Payloads are those of running servers: `offer-image-updated` carries `"action":"image-updated"` and no timestamp.

use serde::Serialize;
use serde_json::json;

use super::offer::Offer;

/// One event for the hotel's channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// `hotel-{slug}`.
    pub channel: String,
    /// Event name.
    pub event: &'static str,
    /// JSON text.
    pub data: String,
}

/// An answer, and what to broadcast now that the change is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// For the one who asked.
    pub answer: T,
    /// For everyone, in this order.
    pub broadcasts: Vec<Broadcast>,
}

/// The channel of a hotel.
pub fn channel(hotel: &str) -> String {
    format!("hotel-{hotel}")
}

fn pair(hotel: &str, event: &'static str, data: &impl Serialize) -> Vec<Broadcast> {
    let channel = channel(hotel);
    let data = serde_json::to_string(data).unwrap_or_default();
    vec![
        Broadcast {
            channel: channel.clone(),
            event,
            data,
        },
        Broadcast {
            channel,
            event: "offers-updated",
            data: r#"{"action":"sync"}"#.to_owned(),
        },
    ]
}

#[derive(Serialize)]
struct WholeOffer<'a> {
    offer: &'a Offer,
    action: &'a str,
}

pub(super) fn created(hotel: &str, offer: &Offer) -> Vec<Broadcast> {
    pair(
        hotel,
        "offer-created",
        &WholeOffer {
            offer,
            action: "created",
        },
    )
}

pub(super) fn updated(hotel: &str, offer: &Offer) -> Vec<Broadcast> {
    pair(
        hotel,
        "offer-updated",
        &WholeOffer {
            offer,
            action: "updated",
        },
    )
}

pub(super) fn deleted(hotel: &str, offer: &Offer) -> Vec<Broadcast> {
    let data = json!({"offer_id": offer.id, "offer_title": offer.title, "action": "deleted"});
    pair(hotel, "offer-deleted", &data)
}

pub(super) fn image_updated(hotel: &str, offer: &Offer) -> Vec<Broadcast> {
    let data = json!({
        "offer_id": offer.id, "offer_title": offer.title, "photo_url": offer.photo_url, "action": "image-updated",
    });
    pair(hotel, "offer-image-updated", &data)
}
