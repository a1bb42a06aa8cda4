//! What the server accepts in each field, and its exact words when it doesn't.

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};

use crate::common::{Desk, id, picture};

const DATE: &str = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";

#[tokio::test]
async fn refused_fields_are_named_in_the_servers_words() {
    let desk = Desk::open(0).await;
    let long = |length: usize| "x".repeat(length);
    for (sent, said) in [
        (
            json!({"title": ""}),
            json!({"title": ["This field may not be blank."]}),
        ),
        (
            json!({"title": " \n"}),
            json!({"title": ["This field may not be blank."]}),
        ),
        (
            json!({"title": null}),
            json!({"title": ["This field may not be null."]}),
        ),
        (
            json!({"title": long(201)}),
            json!({"title": ["Ensure this field has no more than 200 characters."]}),
        ),
        (json!({"title": ["a"]}), json!({"title": ["Not a valid string."]})),
        (
            json!({"short_description": ""}),
            json!({"short_description": ["This field may not be blank."]}),
        ),
        (
            json!({"details_text": "a\u{0}b"}),
            json!({"details_text": ["Null characters are not allowed."]}),
        ),
        (
            json!({"details_html": "\u{0}"}),
            json!({"details_html": ["Null characters are not allowed."]}),
        ),
        (
            json!({"details_html": null}),
            json!({"details_html": ["This field may not be null."]}),
        ),
        (
            json!({"is_active": "maybe"}),
            json!({"is_active": ["Must be a valid boolean."]}),
        ),
        (
            json!({"is_active": null}),
            json!({"is_active": ["This field may not be null."]}),
        ),
        (json!({"valid_from": ""}), json!({"valid_from": [DATE]})),
        (json!({"valid_to": "2026-02-30"}), json!({"valid_to": [DATE]})),
        (
            json!({"sort_order": 2_147_483_648_u64}),
            json!({"sort_order": ["Ensure this value is less than or equal to 2147483647."]}),
        ),
        (
            json!({"sort_order": "x"}),
            json!({"sort_order": ["A valid integer is required."]}),
        ),
        (
            json!({"book_now_url": format!("https://example.com/{}", long(200))}),
            json!({"book_now_url": ["Ensure this field has no more than 200 characters."]}),
        ),
        (
            json!({"photo": "image/upload/v1/a.jpg"}),
            json!({"photo": ["The submitted data was not a file. Check the encoding type on the form."]}),
        ),
        (
            json!({"valid_from": "soon", "tag": long(51), "book_now_url": "nowhere", "sort_order": -1}),
            json!({
                "valid_from": [DATE], "tag": ["Ensure this field has no more than 50 characters."],
                "book_now_url": ["Enter a valid URL."],
                "sort_order": ["Ensure this value is greater than or equal to 0."],
            }),
        ),
    ] {
        let mut whole = json!({"title": "t", "short_description": "d"});
        whole
            .as_object_mut()
            .unwrap()
            .extend(sent.as_object().unwrap().clone());
        let (status, body) = desk.post(whole).await;
        assert_eq!((status.as_u16(), body), (400, said), "{sent}");
    }
    assert!(
        desk.control.offers("killarney").await.unwrap().is_empty(),
        "nothing was stored"
    );
    desk.close().await;
}

#[tokio::test]
async fn a_create_needs_title_and_description_an_update_nothing() {
    let desk = Desk::open(0).await;
    let required =
        json!({"title": ["This field is required."], "short_description": ["This field is required."]});
    let (status, body) = desk.post(json!({})).await;
    assert_eq!((status.as_u16(), body), (400, required.clone()));
    let (status, body) = desk.form(Method::POST, "", Form::new().text("tag", "a")).await;
    assert_eq!((status.as_u16(), body), (400, required));
    let offer = desk.offer("A").await;
    let (status, body) = desk.patch(id(&offer), json!({})).await;
    assert_eq!((status.as_u16(), body), (200, offer));
    desk.close().await;
}

#[tokio::test]
async fn whatever_the_contract_allows_is_stored_as_it_came() {
    let desk = Desk::open(0).await;
    let offer = desk.offer("A").await;
    for (field, sent, stored) in [
        ("title", json!("é".repeat(200)), None),
        ("title", json!("  Spa day "), Some(json!("Spa day"))),
        ("short_description", json!("x".repeat(5000)), None),
        (
            "details_html",
            json!("<script>alert(1)</script><p onclick='x()'>Hi</p>"),
            None,
        ),
        ("details_text", json!("one\r\ntwo"), None),
        ("details_text", json!(""), None),
        ("valid_from", json!("2026-12-24"), None),
        ("valid_to", json!("2026-01-01"), None), // Before valid_from: the console's business.
        ("valid_from", json!(null), None),
        ("tag", json!("y".repeat(50)), None),
        ("tag", json!(""), None),
        ("book_now_url", json!("ftp://files.example.com/offer.pdf"), None),
        ("book_now_url", json!(""), None),
        ("sort_order", json!(2_147_483_647), None),
        ("sort_order", json!("5"), Some(json!(5))),
        ("is_active", json!("false"), Some(json!(false))),
        ("is_active", json!(1), Some(json!(true))),
    ] {
        let (status, body) = desk.patch(id(&offer), json!({ field: sent })).await;
        assert_eq!(status, 200, "{field} = {sent}: {body}");
        assert_eq!(body[field], stored.unwrap_or(sent), "{field}");
    }
    desk.close().await;
}

#[tokio::test]
async fn read_only_and_unknown_fields_are_ignored() {
    let desk = Desk::open(0).await;
    let offer = desk.offer("A").await;
    let sent = json!({
        "id": 99, "created_at": "2000-01-01T00:00:00Z", "photo_url": "http://evil.example/a.jpg", "hotel": "other",
        "nonsense": [1],
    });
    let (status, body) = desk.patch(id(&offer), sent).await;
    assert_eq!((status.as_u16(), body), (200, offer));
    desk.close().await;
}

#[tokio::test]
async fn a_multipart_create_that_leaves_out_is_active_is_inactive() {
    let desk = Desk::open(0).await;
    let form = || Form::new().text("title", "A").text("short_description", "d");
    for (form, active) in [
        (form(), false),
        (form().text("is_active", "true"), true),
        (form().text("is_active", "false"), false),
    ] {
        let (status, offer) = desk.form(Method::POST, "", form).await;
        assert_eq!((status.as_u16(), &offer["is_active"]), (201, &json!(active)));
    }
    let offer = desk.offer("JSON is active by default").await;
    assert_eq!(offer["is_active"], true);
    let below = format!("{}/", id(&offer));
    let (_, offer) = desk
        .form(Method::PATCH, &below, Form::new().text("tag", "a"))
        .await;
    assert_eq!(offer["is_active"], true, "an update changes only what it holds");
    desk.close().await;
}

#[tokio::test]
async fn an_empty_date_is_null_in_multipart() {
    let desk = Desk::open(0).await;
    let (_, offer) = desk
        .post(json!({"title": "A", "short_description": "d", "valid_from": "2026-12-01"}))
        .await;
    let form = Form::new()
        .text("valid_from", "")
        .text("valid_to", "2026-12-02")
        .text("sort_order", "3");
    let (status, offer) = desk.form(Method::PATCH, &format!("{}/", id(&offer)), form).await;
    assert_eq!(status, 200);
    assert_eq!(offer["valid_from"], Value::Null);
    assert_eq!(
        (&offer["valid_to"], &offer["sort_order"]),
        (&json!("2026-12-02"), &json!(3))
    );
    let form = Form::new().text("valid_from", "1 May");
    let (status, body) = desk.form(Method::PATCH, &format!("{}/", id(&offer)), form).await;
    assert_eq!((status.as_u16(), body), (400, json!({"valid_from": [DATE]})));
    desk.close().await;
}

#[tokio::test]
async fn null_removes_the_photo() {
    let desk = Desk::open(0).await;
    let form = Form::new()
        .text("title", "A")
        .text("short_description", "d")
        .part("photo", picture("a.jpg"));
    let (_, offer) = desk.form(Method::POST, "", form).await;
    assert!(offer["photo"].as_str().unwrap().starts_with("image/upload/v1/"));
    let (status, body) = desk.patch(id(&offer), json!({"photo": null})).await;
    assert_eq!(
        (status.as_u16(), &body["photo"], &body["photo_url"]),
        (200, &Value::Null, &Value::Null)
    );
    desk.close().await;
}
