//! Staff's offers over HTTP, as the contract tells them.

use crate::common::{Desk, id, picture};
use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};

#[tokio::test]
async fn an_offer_is_created_read_changed_and_deleted() {
    let desk = Desk::open(0).await;
    let (status, offer) = desk
        .post(json!({"title": "  Spa day ", "short_description": "d"}))
        .await;
    assert_eq!(status, 201);
    assert_eq!(
        offer,
        json!({
            "id": id(&offer), "title": "Spa day", "short_description": "d", "details_text": "", "details_html": "",
            "valid_from": null, "valid_to": null, "tag": "", "book_now_url": "", "photo": null, "photo_url": null,
            "sort_order": 0, "is_active": true, "created_at": "2026-11-22T12:00:00Z",
        }),
        "the whole offer, trimmed, with the model's defaults"
    );
    let below = format!("{}/", id(&offer));
    assert_eq!(desk.get(&below).await, (http(200), offer.clone()));

    let (status, changed) = desk.patch(id(&offer), json!({"tag": "Spa"})).await;
    assert_eq!(status, 200);
    let mut expected = offer.clone();
    expected["tag"] = json!("Spa");
    assert_eq!(changed, expected, "only the field that was sent changes");

    assert_eq!(desk.delete(id(&offer)).await, (http(204), Value::Null));
    let gone = json!({"detail": "No Offer matches the given query."});
    assert_eq!(desk.get(&below).await, (http(404), gone.clone()));
    assert_eq!(
        desk.patch(id(&offer), json!({"title": ""})).await,
        (http(404), gone.clone())
    );
    assert_eq!(
        desk.delete(id(&offer)).await,
        (http(404), gone),
        "also on a repeated delete"
    );
    desk.close().await;
}

fn http(status: u16) -> reqwest::StatusCode {
    reqwest::StatusCode::from_u16(status).unwrap()
}

#[tokio::test]
async fn a_photo_arrives_by_create_by_update_and_by_its_own_endpoint() {
    let desk = Desk::open(0).await;
    let form = Form::new()
        .text("title", "A")
        .text("short_description", "d")
        .text("is_active", "true");
    let (status, offer) = desk
        .form(Method::POST, "", form.part("photo", picture("a.jpg")))
        .await;
    assert_eq!(
        (status, &offer["is_active"]),
        (http(201), &json!(true)),
        "{offer}"
    );
    let url = offer["photo_url"].as_str().unwrap().to_owned();
    let served = desk.http.get(&url).send().await.unwrap();
    assert_eq!(served.headers()["content-type"], "image/jpeg");
    assert_eq!(&served.bytes().await.unwrap()[..], b"\xff\xd8\xff\xe0 picture");

    let below = format!("{}/", id(&offer));
    let (status, changed) = desk
        .form(Method::PATCH, &below, Form::new().part("photo", picture("b.png")))
        .await;
    assert_eq!(status, 200);
    assert_ne!(
        changed["photo_url"], offer["photo_url"],
        "a new photo has a new name"
    );

    let upload = format!("{below}upload-image/");
    let (status, answer) = desk
        .form(
            Method::POST,
            &upload,
            Form::new().part("photo", picture("c.webp")),
        )
        .await;
    let (_, now) = desk.get(&below).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({"message": "Image uploaded", "photo_url": now["photo_url"]})
    );
    assert_ne!(now["photo_url"], changed["photo_url"]);
    desk.close().await;
}
