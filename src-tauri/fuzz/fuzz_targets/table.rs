//! Tables that somebody imports: no panic, and what was read can be shown, row for row.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{OfferFields, OfferId};
use sheet::Known;

fuzz_target!(|bytes: &[u8]| {
    let known: Vec<Known> = (1..4)
        .map(|id| Known {
            key: OfferId(id).into(),
            fields: fields(&format!("Offer {id}")),
        })
        .collect();
    if let Ok(preview) = sheet::read(bytes, &known) {
        assert!(preview.rows.len() <= sheet::ROW_LIMIT);
    }
});

fn fields(title: &str) -> OfferFields {
    let fields = serde_json::json!({
        "title": title, "short_description": "s", "details_text": "", "details_html": "", "valid_from": null, "valid_to": null,
        "tag": "", "book_now_url": "", "sort_order": 0, "is_active": true,
    });
    serde_json::from_value(fields).expect("fields")
}
