//! Sign-in, tokens and hotels.

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::common::{Desk, read};

async fn login(desk: &Desk, body: Value) -> (u16, Value) {
    let url = format!("{}/staff/login/", desk.hotel.api_url());
    let (status, body) = read(desk.http.post(url).json(&body).send().await.unwrap()).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn signing_in_answers_the_token_and_the_hotel() {
    let desk = Desk::open(0).await;
    let (status, body) = login(&desk, json!({"username": "frontdesk", "password": "frontdesk"})).await;
    let token = body["token"].as_str().unwrap();
    assert_eq!(token.len(), 40);
    assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({
            "username": "frontdesk", "token": token, "hotel_id": 1, "hotel_name": "Hotel Killarney",
            "hotel_slug": "killarney", "is_staff": false, "is_superuser": false, "access_level": "staff_admin",
            "hotel": {"id": 1, "name": "Hotel Killarney", "slug": "killarney"}, "allowed_navs": [],
            "profile_image_url": null, "role": null, "department": null, "staff_id": 1,
        })
    );
    assert_eq!(token, desk.token, "a second sign-in answers the same token");
    let (_, manager) = login(&desk, json!({"username": "manager", "password": "manager"})).await;
    assert_ne!(manager["token"], body["token"]);
    let (_, outsider) = login(&desk, json!({"username": "outsider", "password": "outsider"})).await;
    assert_eq!(outsider["hotel_slug"], "other");
    desk.close().await;
}

#[tokio::test]
async fn a_user_without_a_hotel_has_null_for_it() {
    let desk = Desk::open(0).await;
    let (status, body) = login(&desk, json!({"username": "visitor", "password": "visitor"})).await;
    assert_eq!(
        (status, &body["hotel_slug"], &body["hotel"]),
        (200, &Value::Null, &Value::Null)
    );
    desk.close().await;
}

#[tokio::test]
async fn wrong_and_missing_credentials_are_told_apart() {
    let desk = Desk::open(0).await;
    let wrong = json!({"non_field_errors": ["Unable to log in with provided credentials."]});
    for (sent, said) in [
        (json!({"username": "frontdesk", "password": "no"}), wrong.clone()),
        (json!({"username": "nobody", "password": "nobody"}), wrong),
        (
            json!({}),
            json!({"username": ["This field is required."], "password": ["This field is required."]}),
        ),
        (
            json!({"username": "frontdesk"}),
            json!({"password": ["This field is required."]}),
        ),
        (
            json!({"username": "", "password": null}),
            json!({"username": ["This field may not be blank."], "password": ["This field may not be null."]}),
        ),
    ] {
        assert_eq!(login(&desk, sent.clone()).await, (400, said), "{sent}");
    }
    desk.close().await;
}

#[tokio::test]
async fn every_staff_request_needs_a_token_of_its_hotel() {
    let desk = Desk::open(1).await;
    let url = format!("{}/staff/hotel/killarney/offers/", desk.hotel.api_url());
    let missing = "Authentication credentials were not provided.";
    let outsider = format!("Token {}", desk.sign_in("outsider").await);
    let visitor = format!("Token {}", desk.sign_in("visitor").await);
    let other = "You can only access resources from your hotel.";
    for (authorization, status, words) in [
        (None, 401, missing),
        (Some("Bearer abc"), 401, missing),
        (Some("Token 0123"), 401, "Invalid token."),
        (
            Some("Token"),
            401,
            "Invalid token header. No credentials provided.",
        ),
        (
            Some("Token a b"),
            401,
            "Invalid token header. Token string should not contain spaces.",
        ),
        (Some(outsider.as_str()), 403, other),
        (Some(visitor.as_str()), 403, other),
    ] {
        for (method, path) in [
            (Method::GET, url.clone()),
            (Method::POST, url.clone()),
            (Method::GET, format!("{url}1/")),
            (Method::PATCH, format!("{url}1/")),
            (Method::DELETE, format!("{url}1/")),
            (Method::POST, format!("{url}1/upload-image/")),
        ] {
            let mut request = desk.http.request(method.clone(), &path);
            if let Some(authorization) = authorization {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
            let (answered, body) = read(answer).await;
            let said = (answered.as_u16(), body);
            assert_eq!(
                said,
                (status, json!({ "detail": words })),
                "{method} {path} {authorization:?}"
            );
        }
    }
    assert_eq!(
        desk.control.offers("killarney").await.unwrap().len(),
        1,
        "nothing has changed"
    );
    desk.close().await;
}

#[tokio::test]
async fn hotel_headers_may_not_contradict_the_path() {
    let desk = Desk::open(0).await;
    let url = format!("{}/staff/hotel/killarney/offers/", desk.hotel.api_url());
    for (name, value, status) in [
        ("x-hotel-slug", "killarney", 200),
        ("x-hotel-id", "1", 200),
        ("x-hotel-slug", "other", 403),
        ("x-hotel-id", "2", 403),
        ("x-other", "", 200),
    ] {
        let request = desk
            .http
            .get(&url)
            .header("authorization", format!("Token {}", desk.token));
        let answer = request.header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
    desk.close().await;
}

#[tokio::test]
async fn an_expired_token_is_invalid_and_a_new_sign_in_makes_another() {
    let desk = Desk::open(0).await;
    desk.control.expire_tokens().await.unwrap();
    let (status, body) = desk.get("").await;
    assert_eq!(
        (status.as_u16(), body),
        (401, json!({"detail": "Invalid token."}))
    );
    assert_ne!(desk.sign_in("frontdesk").await, desk.token);
    desk.close().await;
}
