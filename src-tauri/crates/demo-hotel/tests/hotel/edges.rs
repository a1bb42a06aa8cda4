//! Everything that is no offer: slashes, unknown paths, broken bodies, methods.

use reqwest::{Method, Response, multipart::Form};
use serde_json::json;

use crate::common::{Desk, id, picture, read};

async fn is_html(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.contains("<!doctype html>"), "{text}");
    text
}

#[tokio::test]
async fn a_path_without_its_slash_is_redirected_for_get_and_fails_for_the_rest() {
    let desk = Desk::open(1).await;
    for path in [
        "/staff/hotel/killarney/offers?page=1",
        "/staff/hotel/killarney/offers/1",
        "/hotel/public/page/killarney",
    ] {
        let answer = desk
            .http
            .get(format!("{}{path}", desk.hotel.api_url()))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 301, "{path}");
        let slashed = match path.split_once('?') {
            Some((path, query)) => format!("/api{path}/?{query}"),
            None => format!("/api{path}/"),
        };
        assert_eq!(answer.headers()["location"], slashed.as_str());
    }
    for (method, path) in [
        (Method::POST, "/staff/hotel/killarney/offers"),
        (Method::PATCH, "/staff/hotel/killarney/offers/1"),
        (Method::POST, "/staff/login"),
    ] {
        let url = format!("{}{path}", desk.hotel.api_url());
        is_html(
            desk.http
                .request(method, url)
                .json(&json!({}))
                .send()
                .await
                .unwrap(),
            500,
        )
        .await;
    }
    desk.close().await;
}

#[tokio::test]
async fn an_unknown_route_is_not_found_in_html_also_the_guest_page_that_is_not_here() {
    let desk = Desk::open(0).await;
    for path in [
        "/",
        "/api/",
        "/api/nothing/",
        "/api/nothing",
        "/killarney/",
        "/media/",
    ] {
        let answer = desk
            .http
            .get(format!("{}{path}", desk.hotel.url()))
            .send()
            .await
            .unwrap();
        assert!(is_html(answer, 404).await.contains("Not Found"), "{path}");
    }
    desk.close().await;
}

#[tokio::test]
async fn broken_json_is_told_with_its_place() {
    let desk = Desk::open(0).await;
    for (sent, said) in [
        (
            &b"{\"title\": }"[..],
            "JSON parse error - Expecting value: line 1 column 11 (char 10)",
        ),
        (
            b"\xff",
            "JSON parse error - 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        ),
    ] {
        let request = desk
            .request(Method::POST, "")
            .header("content-type", "application/json");
        let (status, body) = read(request.body(sent.to_vec()).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), body), (400, json!({ "detail": said })));
    }
    desk.close().await;
}

#[tokio::test]
async fn a_body_must_be_an_object_of_a_known_type() {
    let desk = Desk::open(0).await;
    for (sent, said) in [
        (json!([1]), "Invalid data. Expected a dictionary, but got list."),
        (json!("a"), "Invalid data. Expected a dictionary, but got str."),
        (json!(1), "Invalid data. Expected a dictionary, but got int."),
        (json!(null), "No data provided"),
    ] {
        let (status, body) = desk.post(sent).await;
        assert_eq!(
            (status.as_u16(), body),
            (400, json!({"non_field_errors": [said]}))
        );
    }
    let request = desk
        .request(Method::POST, "")
        .header("content-type", "text/plain")
        .body("title=a");
    let (status, body) = read(request.send().await.unwrap()).await;
    let said = "Unsupported media type \"text/plain\" in request.";
    assert_eq!((status.as_u16(), body), (415, json!({ "detail": said })));
    let request = desk
        .request(Method::POST, "")
        .header("content-type", "multipart/form-data")
        .body("x");
    let (status, body) = read(request.send().await.unwrap()).await;
    let said = "Multipart form parse error - Invalid boundary in multipart: None";
    assert_eq!((status.as_u16(), body), (400, json!({ "detail": said })));
    desk.close().await;
}

#[tokio::test]
async fn a_method_that_a_route_lacks_is_not_allowed() {
    let desk = Desk::open(1).await;
    let answer = desk
        .request(Method::PUT, "1/")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert!(answer.headers()["allow"].to_str().unwrap().contains("PATCH"));
    let (status, body) = read(answer).await;
    assert_eq!(
        (status.as_u16(), body),
        (405, json!({"detail": "Method \"PUT\" not allowed."}))
    );
    desk.close().await;
}

#[tokio::test]
async fn answers_are_json_of_exactly_that_type() {
    let desk = Desk::open(1).await;
    for below in ["", "1/", "99/"] {
        let answer = desk.request(Method::GET, below).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json", "{below}");
    }
    desk.close().await;
}

#[tokio::test]
async fn the_upload_takes_any_bytes_and_says_when_there_are_none() {
    let desk = Desk::open(0).await;
    let below = format!("{}/upload-image/", id(&desk.offer("A").await));
    let text = reqwest::multipart::Part::text("not a picture").file_name("notes.html");
    let (status, body) = desk
        .form(Method::POST, &below, Form::new().part("photo", text))
        .await;
    assert_eq!(status, 200, "{body}");

    let nothing = json!({"error": "No photo file provided"});
    for form in [
        Form::new(),
        Form::new().text("photo", "a.jpg"),
        Form::new().part("picture", picture("a.jpg")),
    ] {
        let (status, body) = desk.form(Method::POST, &below, form).await;
        assert_eq!((status.as_u16(), body), (400, nothing.clone()));
    }
    let (status, body) = read(
        desk.request(Method::POST, &below)
            .json(&json!({}))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((status.as_u16(), body), (400, nothing));
    let empty = reqwest::multipart::Part::bytes(Vec::new()).file_name("a.jpg");
    let (status, body) = desk
        .form(Method::POST, &below, Form::new().part("photo", empty))
        .await;
    assert_eq!(
        (status.as_u16(), body),
        (500, json!({"error": "Upload failed: Empty file"}))
    );
    let (status, body) = desk
        .form(
            Method::POST,
            "99/upload-image/",
            Form::new().part("photo", picture("a.jpg")),
        )
        .await;
    assert_eq!(
        (status.as_u16(), body),
        (404, json!({"detail": "No Offer matches the given query."}))
    );
    desk.close().await;
}
