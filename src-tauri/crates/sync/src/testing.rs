//! Small values for tests.

use model::Offer;
use serde_json::json;

use crate::view::StagedPhoto;

pub(crate) fn offer(id: i64, title: &str) -> Offer {
    serde_json::from_value(json!({"id":id,"title":title,"short_description":"s","details_text":"","details_html":"",
        "valid_from":null,"valid_to":null,"tag":"","book_now_url":"","photo":null,"photo_url":null,"sort_order":0,
        "is_active":true,"created_at":"2026-11-22T09:52:01Z"}))
    .expect("an offer in the wire's shape")
}

pub(crate) fn photo(name: &str) -> StagedPhoto {
    StagedPhoto {
        hash: cache::PhotoHash::of(name.as_bytes()),
        name: name.to_owned(),
        content_type: "image/jpeg".to_owned(),
        width: 16,
        height: 9,
        bytes: 100,
        source: None,
    }
}
