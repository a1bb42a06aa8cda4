//! The hotel without a socket: called in the process, with equal bytes for equal calls.

use std::time::Instant;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use demo_hotel::{AnswerDropped, Effect, EventFault, Fault, router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::options;

const OFFERS: &str = "/api/staff/hotel/killarney/offers/";

async fn call(router: &Router, method: &str, path: &str, token: &str, body: Value) -> (StatusCode, Vec<u8>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Token {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        })
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    (
        status,
        answer.into_body().collect().await.unwrap().to_bytes().to_vec(),
    )
}

async fn sign_in(router: &Router) -> String {
    let body = json!({"username": "manager", "password": "manager"});
    let (_, body) = call(router, "POST", "/api/staff/login/", "", body).await;
    serde_json::from_slice::<Value>(&body).unwrap()["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn equal_calls_give_equal_bytes_tokens_photo_names_and_events_included() {
    async fn run(seed: u64) -> Vec<u8> {
        let (router, control) = router(demo_hotel::Options { seed, ..options(3) }).unwrap();
        let mut events = control.tap_events(64);
        let mut all = Vec::new();
        let token = sign_in(&router).await;
        all.extend(token.bytes());
        for number in 0..5 {
            let body = json!({"title": format!("Offer {number}"), "short_description": "d"});
            all.extend(call(&router, "POST", OFFERS, &token, body).await.1);
        }
        let multipart =
            "--b\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\nx\r\n--b--\r\n";
        let request = Request::post(format!("{OFFERS}1/upload-image/"))
            .header(header::AUTHORIZATION, format!("Token {token}"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(multipart))
            .unwrap();
        all.extend(
            router
                .clone()
                .oneshot(request)
                .await
                .unwrap()
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes(),
        );
        all.extend(call(&router, "GET", OFFERS, &token, Value::Null).await.1);
        while let Ok(event) = events.try_recv() {
            all.extend(format!("{event:?}").bytes());
        }
        all
    }
    assert!(run(1).await == run(1).await, "the same seed");
    assert!(run(1).await != run(2).await, "another seed");
}

#[tokio::test]
async fn faults_work_without_a_socket_too() {
    let (router, control) = router(options(0)).unwrap();
    let token = sign_in(&router).await;
    let mut events = control.tap_events(16);
    control.fault(Fault::on_any(Effect::DropAnswer));
    control.next_events([EventFault::Lose]);
    let body = json!({"title": "A", "short_description": "d"});
    let request = Request::post(OFFERS)
        .header(header::AUTHORIZATION, format!("Token {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    assert_eq!(
        answer.extensions().get(),
        Some(&AnswerDropped),
        "to be taken for a broken connection"
    );
    assert!(
        answer.into_body().collect().await.is_err(),
        "and nothing can be read of it"
    );
    assert_eq!(
        control.offers("killarney").await.unwrap().len(),
        1,
        "but the work is done"
    );
    assert_eq!(events.try_recv().unwrap().name, "offers-updated");
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn thousands_of_requests_cost_little() {
    let (router, control) = router(options(23)).unwrap();
    let token = sign_in(&router).await;
    let begun = Instant::now();
    for number in 0..1_000 {
        let path = format!("{OFFERS}{}/", 1 + number % 23);
        let (status, _) = call(&router, "PATCH", &path, &token, json!({"sort_order": number})).await;
        assert_eq!(status, 200);
        let (status, _) = call(&router, "GET", OFFERS, &token, Value::Null).await;
        assert_eq!(status, 200);
    }
    println!("2,000 requests in {:?}", begun.elapsed());
    assert_eq!(
        control.look(|seen| (seen.requests_done, seen.list_reads, seen.changes)),
        (2_001, 1_000, 1_000)
    );
    assert_eq!(control.look(|seen| seen.events_delivered), 2_000);
}
