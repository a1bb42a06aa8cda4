//! Redirects: followed for reads on the server we signed in to, and nowhere else.

use api::{Error, Upload};
use bytes::Bytes;
use model::{OfferId, OfferPatch};

use crate::script::{Script, fields, json_reply, offer, page, redirect, within};

#[tokio::test]
async fn a_read_is_followed_on_the_same_server_with_its_token() {
    let script = Script::start([redirect(301, "/api/moved/7/"), json_reply(200, &offer(7))]).await;
    within(script.staff().read(OfferId(7))).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked[1].line, "GET /api/moved/7/");
    assert_eq!(asked[1].header("authorization"), Some("Token d686f00d"));
}

#[tokio::test]
async fn a_redirect_never_carries_the_token_to_another_server() {
    let other = Script::start([]).await;
    for status in [301, 302, 303, 307, 308] {
        let script = Script::start([redirect(status, &format!("{}/api/", other.origin))]).await;
        let error = within(script.staff().list()).await.unwrap_err();
        assert!(
            matches!(error, Error::Refused { status: told, .. } if told == status),
            "{error:?}"
        );
        assert!(error.to_string().contains(&other.origin), "says whither: {error}");
    }
    assert!(other.lines().is_empty(), "not even without a token");
}

#[tokio::test]
async fn the_next_page_is_never_read_from_another_server() {
    let other = Script::start([]).await;
    let next = format!("{}/api/staff/hotel/killarney/offers/?page=2", other.origin);
    let script = Script::start([page(11, Some(&next), 1..=10), page(11, None, [11])]).await;
    assert_eq!(within(script.staff().list()).await.unwrap().offers.len(), 11);
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_write_is_sent_once_wherever_it_is_pointed_to() {
    for status in [301, 302, 303, 307, 308] {
        let script = Script::start((0..4).map(|_| redirect(status, "/api/elsewhere/"))).await;
        let staff = script.staff();
        let photo = Upload {
            name: "a.jpg".into(),
            content_type: "image/jpeg".into(),
            bytes: Bytes::from_static(b"x"),
            progress: None,
        };
        let errors = within(async {
            [
                staff.create(&fields(), None).await.unwrap_err(),
                staff
                    .update(OfferId(7), &OfferPatch::default())
                    .await
                    .unwrap_err(),
                staff.delete(OfferId(7)).await.unwrap_err(),
                staff.upload_image(OfferId(7), photo).await.unwrap_err(),
            ]
        })
        .await;
        for error in errors {
            assert!(
                matches!(error, Error::Refused { status: told, .. } if told == status),
                "{error:?}"
            );
        }
        assert_eq!(script.lines().len(), 4, "one request each");
    }
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let script = Script::start((0..20).map(|_| redirect(302, "/api/again/"))).await;
    let error = within(script.staff().read(OfferId(7))).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(script.lines().len() < 10);
}
