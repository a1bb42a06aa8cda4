//! What guests get.

use serde_json::json;

use crate::common::{Desk, read};

#[tokio::test]
async fn guests_see_active_offers_whatever_their_dates_without_signing_in() {
    let desk = Desk::open(0).await;
    for (title, active) in [("ended", true), ("hidden", false)] {
        desk.post(json!({
            "title": title, "short_description": "d", "is_active": active, "details_text": "internal",
            "valid_from": "2020-01-01", "valid_to": "2020-02-01", "details_html": "<script>",
        }))
        .await;
    }
    let url = format!("{}/hotel/public/page/killarney/", desk.hotel.api_url());
    let (status, page) = read(desk.http.get(url).send().await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&page["slug"], &page["name"]),
        (&json!("killarney"), &json!("Hotel Killarney"))
    );
    for field in [
        "tagline",
        "hero_image_url",
        "logo_url",
        "city",
        "country",
        "phone",
        "email",
        "website_url",
        "booking_url",
    ] {
        assert!(page.get(field).is_some(), "{field}");
    }
    let offer = json!({
        "id": page["offers"][0]["id"], "title": "ended", "short_description": "d", "details_html": "<script>",
        "valid_from": "2020-01-01", "valid_to": "2020-02-01", "tag": "", "book_now_url": "", "photo_url": null,
    });
    assert_eq!(
        page["offers"],
        json!([offer]),
        "no is_active, no details_text, no hidden offer"
    );
    desk.close().await;
}

#[tokio::test]
async fn an_unknown_hotel_is_not_found() {
    let desk = Desk::open(0).await;
    let url = format!("{}/hotel/public/page/nowhere/", desk.hotel.api_url());
    let (status, body) = read(desk.http.get(url).send().await.unwrap()).await;
    assert_eq!(
        (status.as_u16(), body),
        (404, json!({"detail": "No Hotel matches the given query."}))
    );
    desk.close().await;
}
