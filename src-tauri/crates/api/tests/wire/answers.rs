//! Answers that are not what was hoped for, each sorted by what the engine does next.

use std::time::Duration;

use api::Error;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::response::Response;
use bytes::Bytes;
use model::{FieldErrors, OfferId};
use serde_json::json;

use crate::script::{Script, html, json_reply, offer, reply, within};

async fn read_answered(answer: Response) -> Error {
    let script = Script::start([answer]).await;
    within(script.staff().read(OfferId(7))).await.unwrap_err()
}

#[tokio::test]
async fn a_lost_sign_in_a_gone_offer_and_another_hotel_are_told_apart() {
    let error = read_answered(json_reply(401, &json!({"detail": "Invalid token."}))).await;
    assert!(matches!(error, Error::SignedOut { .. }), "{error:?}");
    let error = read_answered(json_reply(
        404,
        &json!({"detail": "No Offer matches the given query."}),
    ))
    .await;
    assert!(matches!(error, Error::Missing { .. }), "{error:?}");
    let words = "You can only access resources from your hotel.";
    let error = read_answered(json_reply(403, &json!({"detail": words}))).await;
    assert_eq!(
        error,
        Error::Refused {
            status: 403,
            words: words.into(),
            fields: FieldErrors::new()
        }
    );
}

#[tokio::test]
async fn a_404_that_is_not_hotelmates_says_nothing_about_the_offer() {
    let error = read_answered(html(404)).await;
    assert!(
        matches!(error, Error::Refused { status: 404, .. }),
        "an engine would delete the offer: {error:?}"
    );
    assert_eq!(error.to_string(), "The address does not lead to HotelMate.");
}

#[tokio::test]
async fn field_errors_arrive_at_their_fields() {
    let script = Script::start([json_reply(
        400,
        &json!({"title": ["This field may not be blank."], "tag": ["Too long."]}),
    )])
    .await;
    let error = within(script.staff().create(&crate::script::fields(), None))
        .await
        .unwrap_err();
    let Error::Refused {
        status: 400, fields, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(fields["title"], ["This field may not be blank."]);
    assert_eq!(fields["tag"], ["Too long."]);
}

#[tokio::test]
async fn what_may_pass_is_busy_with_the_servers_wish_and_without_its_markup() {
    for status in [408, 429, 500, 502, 503, 504] {
        let mut answer = html(status);
        answer
            .headers_mut()
            .insert("retry-after", HeaderValue::from_static("7"));
        let error = read_answered(answer).await;
        let Error::Busy {
            status: told,
            retry_after,
            words,
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((told, retry_after), (status, Some(Duration::from_secs(7))));
        assert!(!words.contains('<') && !words.is_empty(), "{words}");
    }
}

#[tokio::test]
async fn a_write_that_ended_in_doubt_is_told_from_one_that_did_not_begin() {
    let doubt = |status| async move {
        let script = Script::start([html(status)]).await;
        within(script.staff().create(&crate::script::fields(), None))
            .await
            .unwrap_err()
            .may_be_done()
    };
    for (status, in_doubt) in [
        (429, false),
        (400, false),
        (413, false),
        (500, true),
        (502, true),
        (504, true),
        (200, true),
    ] {
        assert_eq!(doubt(status).await, in_doubt, "{status}");
    }
}

#[tokio::test]
async fn success_that_cannot_be_read_is_unreadable() {
    let whole = offer(7).to_string();
    let mut wrong_type = offer(7);
    wrong_type["title"] = json!(null);
    let bodies: [(&str, Bytes); 7] = [
        ("truncated", whole[..whole.len() - 2].to_owned().into()),
        ("nothing", Bytes::new()),
        ("null where text was", wrong_type.to_string().into()),
        ("an array", json!([offer(7)]).to_string().into()),
        (
            "invalid UTF-8",
            whole
                .replace("Offer", "\u{fffd}")
                .into_bytes()
                .into_iter()
                .filter(|byte| *byte != 0xbf)
                .collect(),
        ),
        ("trailing rubbish", format!("{whole}}}").into()),
        ("deep nesting", "[".repeat(100_000).into()),
    ];
    for (what, body) in bodies {
        let error = read_answered(reply(200, "application/json", body)).await;
        assert!(matches!(error, Error::Unreadable { .. }), "{what}: {error:?}");
        assert_eq!(
            error.to_string(),
            "HotelMate sent an answer that this program cannot read."
        );
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_decompressed_is_unreadable() {
    let mut answer = json_reply(200, &offer(7));
    let gzip = HeaderValue::from_static("gzip");
    answer.headers_mut().insert("content-encoding", gzip);
    let error = read_answered(answer).await;
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn the_page_of_a_guest_network_is_no_success() {
    for answer in [html(200), reply(200, "application/json", "<html>")] {
        let script = Script::start([answer]).await;
        let error = within(script.staff().delete(OfferId(7))).await.unwrap_err();
        assert!(
            matches!(error, Error::Unreadable { .. }),
            "the offer was not deleted: {error:?}"
        );
    }
    let error = read_answered(html(200)).await;
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_body_without_end_is_given_up_at_its_bound() {
    let chunk = Bytes::from(vec![b' '; 1 << 20]);
    let endless = move || {
        Body::from_stream(futures_util::stream::repeat(Ok::<_, std::convert::Infallible>(
            chunk.clone(),
        )))
    };
    let error = read_answered(reply(200, "application/json", endless())).await;
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    let error = read_answered(reply(500, "text/html", endless())).await;
    assert!(
        matches!(error, Error::Busy { status: 500, .. }),
        "the status says enough: {error:?}"
    );
}

#[tokio::test]
async fn a_list_of_huge_pages_is_given_up_at_its_bound_whatever_each_of_them_holds() {
    let page = |number: u32| {
        let room = " ".repeat(30 << 20);
        let next = format!("?page={}", number + 1);
        let body = format!(r#"{{"count":1000,"next":"{next}","previous":null,{room}"results":[]}}"#);
        reply(200, "application/json", Body::from(body))
    };
    let script = Script::start((1..=6).map(page)).await;
    let error = within(script.staff().list()).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    assert_eq!(script.asked().len(), 5, "128 MB are four whole pages of 30");
}
