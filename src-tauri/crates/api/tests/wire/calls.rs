//! What each call sends, and what it makes of the answer that the contract promises.

use api::{Api, Error, HotelRef, Listing, Timeouts, Upload};
use bytes::Bytes;
use expect_test::expect;
use model::{Offer, OfferId, OfferPatch};
use serde_json::{Value, json};

use crate::script::{Script, api_at, fields, json_reply, offer, page, reply, within};

const OFFERS: &str = "/api/staff/hotel/killarney/offers/";

fn read(value: Value) -> Offer {
    Offer::from_json(value).unwrap()
}

fn photo(length: usize) -> Upload {
    let bytes = Bytes::from((0..length).map(|n| (n % 251) as u8).collect::<Vec<_>>());
    Upload {
        name: "pool bar.jpg".into(),
        content_type: "image/jpeg".into(),
        bytes,
        progress: None,
    }
}

#[tokio::test]
async fn sign_in_sends_name_and_password_and_no_token() {
    let answer = json!({"username": "frontdesk", "token": "d686", "hotel_id": 1, "hotel_slug": "killarney", "hotel_name": "Killarney"});
    let script = Script::start([json_reply(200, &answer)]).await;
    let api: Api = api_at(&script.origin, Timeouts::default());
    let signed_in = within(api.sign_in("frontdesk", "pass \"word\"")).await.unwrap();
    assert_eq!(signed_in.token.reveal(), "d686");
    let hotel = HotelRef::from(&signed_in.hotel.unwrap());
    assert_eq!((hotel.id, hotel.slug.as_str()), (Some(1), "killarney"));

    let asked = script.asked_once();
    assert_eq!(asked.line, "POST /api/staff/login/");
    assert_eq!(
        asked.json(),
        json!({"username": "frontdesk", "password": "pass \"word\""})
    );
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_the_servers_words() {
    let words = "Unable to log in with provided credentials.";
    let script = Script::start([json_reply(400, &json!({"non_field_errors": [words]}))]).await;
    let error = within(api_at(&script.origin, Timeouts::default()).sign_in("a", "b"))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        Error::Refused {
            status: 400,
            words: words.into(),
            fields: Default::default()
        }
    );
}

#[tokio::test]
async fn every_staff_request_says_who_asks_and_for_which_hotel() {
    let gone = || json_reply(404, &json!({"detail": "No Offer matches the given query."}));
    let script = Script::start((0..7).map(|_| gone())).await;
    let (staff, id) = (script.staff(), OfferId(7));
    within(async {
        staff.list().await.unwrap_err();
        staff.read(id).await.unwrap_err();
        staff.create(&fields(), None).await.unwrap_err();
        staff.update(id, &OfferPatch::default()).await.unwrap_err();
        staff.remove_photo(id).await.unwrap_err();
        staff.delete(id).await.unwrap_err();
        staff.upload_image(id, photo(10)).await.unwrap_err();
    })
    .await;
    let asked = script.asked();
    assert_eq!(asked.len(), 7);
    for asked in asked {
        assert_eq!(
            asked.header("authorization"),
            Some("Token d686f00d"),
            "{}",
            asked.line
        );
        assert_eq!(
            (asked.header("x-hotel-id"), asked.header("x-hotel-slug")),
            (Some("1"), Some("killarney"))
        );
        assert_eq!(asked.header("accept"), Some("application/json"));
        let agent = asked.header("user-agent").unwrap();
        assert!(agent.starts_with("hotelmate-console/"), "{agent}");
    }
}

#[tokio::test]
async fn a_hotel_whose_id_is_not_known_is_named_by_its_slug_alone() {
    let script = Script::start([json_reply(200, &json!([]))]).await;
    let hotel = HotelRef {
        id: None,
        slug: "killarney".to_owned().try_into().unwrap(),
    };
    let staff = api_at(&script.origin, Timeouts::default()).staff(api::Token::new("t"), hotel);
    within(staff.list()).await.unwrap();
    let asked = script.asked_once();
    assert_eq!(
        (asked.header("x-hotel-id"), asked.header("x-hotel-slug")),
        (None, Some("killarney"))
    );
}

#[tokio::test]
async fn a_list_is_read_across_its_pages_on_our_own_server() {
    let script = Script::start([
        page(23, Some("http://inside.example:8000/api/x/?page=2"), 1..=10),
        page(23, Some("https://inside.example/api/x/?page=3"), 11..=20),
        page(23, None, 21..=23),
    ])
    .await;
    let listing = within(script.staff().list()).await.unwrap();
    let ids: Vec<i64> = listing.offers.iter().map(|offer| offer.id.0).collect();
    assert_eq!(ids, (1..=23).collect::<Vec<_>>());
    assert!(listing.complete && listing.malformed.is_empty());
    let lines = [
        format!("GET {OFFERS}"),
        format!("GET {OFFERS}?page=2"),
        format!("GET {OFFERS}?page=3"),
    ];
    assert_eq!(script.lines(), lines);
}

#[tokio::test]
async fn a_list_that_shrinks_under_the_read_is_read_again() {
    let script = Script::start([
        page(11, Some("?page=2"), 1..=10),
        json_reply(404, &json!({"detail": "Invalid page."})),
        page(10, None, 2..=11),
    ])
    .await;
    let listing = within(script.staff().list()).await.unwrap();
    assert_eq!((listing.offers.len(), listing.complete), (10, true));
    assert_eq!(script.lines().len(), 3);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_whole_read() {
    let script = Script::start([
        page(11, Some("?page=2"), 1..=10),
        reply(502, "text/html", "<h1>Bad gateway</h1>"),
    ])
    .await;
    let error = within(script.staff().list()).await.unwrap_err();
    assert!(matches!(error, Error::Busy { status: 502, .. }), "{error:?}");
}

#[tokio::test]
async fn a_bare_array_is_a_list_too_and_a_hotel_that_is_missing_is_said_so() {
    let script = Script::start([
        json_reply(200, &json!([offer(2), {"id": 3, "title": null}])),
        json_reply(404, &json!({"detail": "No Hotel matches the given query."})),
    ])
    .await;
    let Listing {
        offers,
        malformed,
        complete,
    } = within(script.staff().list()).await.unwrap();
    assert_eq!(offers, [read(offer(2))]);
    assert_eq!(
        malformed.iter().map(|malformed| malformed.id).collect::<Vec<_>>(),
        [Some(OfferId(3))]
    );
    assert!(complete);
    let error = within(script.staff().list()).await.unwrap_err();
    assert_eq!(
        error,
        Error::Missing {
            words: "No Hotel matches the given query.".into()
        }
    );
}

#[tokio::test]
async fn a_create_without_a_photo_is_json_with_every_field() {
    let script = Script::start([json_reply(201, &offer(23))]).await;
    let created = within(script.staff().create(&fields(), None)).await.unwrap();
    assert_eq!(created, read(offer(23)));
    let asked = script.asked_once();
    assert_eq!(asked.line, format!("POST {OFFERS}"));
    assert_eq!(asked.json(), serde_json::to_value(fields()).unwrap());
}

#[tokio::test]
async fn a_create_with_a_photo_is_one_multipart_request_with_every_field() {
    let script = Script::start([json_reply(201, &offer(23))]).await;
    let mut photo = photo(0);
    photo.bytes = Bytes::from_static(b"(photo)");
    within(script.staff().create(&fields(), Some(photo)))
        .await
        .unwrap();
    let asked = script.asked_once();
    assert_eq!(asked.line, format!("POST {OFFERS}"));
    let boundary = asked
        .header("content-type")
        .unwrap()
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let body = std::str::from_utf8(&asked.body)
        .unwrap()
        .replace(boundary, "BOUNDARY")
        .replace("\r\n", "\n");
    expect![[r#"
        --BOUNDARY
        Content-Disposition: form-data; name="title"

        Spa day
        --BOUNDARY
        Content-Disposition: form-data; name="short_description"

        Two nights, “été”
        --BOUNDARY
        Content-Disposition: form-data; name="details_text"


        --BOUNDARY
        Content-Disposition: form-data; name="details_html"

        <b>x</b>
        --BOUNDARY
        Content-Disposition: form-data; name="valid_from"


        --BOUNDARY
        Content-Disposition: form-data; name="valid_to"

        2026-12-24
        --BOUNDARY
        Content-Disposition: form-data; name="tag"


        --BOUNDARY
        Content-Disposition: form-data; name="book_now_url"


        --BOUNDARY
        Content-Disposition: form-data; name="sort_order"

        0
        --BOUNDARY
        Content-Disposition: form-data; name="is_active"

        true
        --BOUNDARY
        Content-Disposition: form-data; name="photo"; filename="pool_bar.jpg"
        Content-Type: image/jpeg

        (photo)
        --BOUNDARY--
    "#]]
    .assert_eq(&body);
}

#[tokio::test]
async fn an_upload_says_its_length_and_arrives_whole() {
    let words = json!({"message": "Image uploaded", "photo_url": "http://res.example/new.jpg"});
    let script = Script::start([json_reply(200, &words)]).await;
    let photo = photo(3_000_000);
    let uploaded = within(script.staff().upload_image(OfferId(7), photo.clone()))
        .await
        .unwrap();
    assert_eq!(uploaded.photo_url.as_deref(), Some("http://res.example/new.jpg"));
    let asked = script.asked_once();
    assert_eq!(asked.line, format!("POST {OFFERS}7/upload-image/"));
    assert_eq!(
        asked.header("content-length"),
        Some(asked.body.len().to_string().as_str())
    );
    assert_eq!(
        asked.header("transfer-encoding"),
        None,
        "a WSGI server reads a chunked body as none"
    );
    let start = asked
        .body
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    assert_eq!(&asked.body[start..start + photo.bytes.len()], &photo.bytes[..]);
}

#[tokio::test]
async fn an_uploads_answer_may_keep_the_address_to_itself() {
    let script = Script::start([
        json_reply(200, &json!({"message": "Photo stored"})),
        json_reply(200, &json!({"photo_url": null})),
        json_reply(200, &json!("done")),
    ])
    .await;
    let staff = script.staff();
    for _ in 0..2 {
        assert_eq!(
            within(staff.upload_image(OfferId(7), photo(1)))
                .await
                .unwrap()
                .photo_url,
            None
        );
    }
    assert!(matches!(
        within(staff.upload_image(OfferId(7), photo(1))).await,
        Err(Error::Unreadable { .. })
    ));
}

#[tokio::test]
async fn an_update_sends_the_changed_fields_and_answers_what_the_server_made_of_them() {
    let script = Script::start([json_reply(200, &offer(7)), json_reply(200, &offer(7))]).await;
    let mut after = fields();
    after.title = "  Spa day for two ".into();
    after.valid_to = None;
    let staff = script.staff();
    let updated = within(staff.update(OfferId(7), &fields().patch_to(&after)))
        .await
        .unwrap();
    assert_eq!(updated.fields.title, "Offer 7", "the answer, not what was sent");
    let asked = script.asked_once();
    assert_eq!(asked.line, format!("PATCH {OFFERS}7/"));
    assert_eq!(
        asked.json(),
        json!({"title": "  Spa day for two ", "valid_to": null})
    );

    within(staff.remove_photo(OfferId(7))).await.unwrap();
    let asked = script.asked_once();
    assert_eq!(
        (asked.line.as_str(), asked.json()),
        (format!("PATCH {OFFERS}7/").as_str(), json!({"photo": null}))
    );
}

#[tokio::test]
async fn a_delete_has_no_body_and_expects_none() {
    let script = Script::start([
        reply(204, "application/json", ""),
        json_reply(200, &json!({"message": "Deleted"})),
    ])
    .await;
    within(script.staff().delete(OfferId(7))).await.unwrap();
    let asked = script.asked_once();
    assert_eq!((asked.line, asked.body.len()), (format!("DELETE {OFFERS}7/"), 0));
    within(script.staff().delete(OfferId(7)))
        .await
        .expect("a server that says something is believed too");
}

#[tokio::test]
async fn one_offer_is_read_by_its_id_and_another_one_is_not_taken_for_it() {
    let script = Script::start([json_reply(200, &offer(7)), json_reply(200, &offer(8))]).await;
    assert_eq!(
        within(script.staff().read(OfferId(7))).await.unwrap(),
        read(offer(7))
    );
    assert_eq!(script.asked_once().line, format!("GET {OFFERS}7/"));
    let error = within(script.staff().read(OfferId(7))).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_upload_tells_how_far_it_is() {
    let script = Script::start([json_reply(200, &json!({"photo_url": "http://res.example/a.jpg"}))]).await;
    let (sender, told) = std::sync::mpsc::channel();
    let mut photo = photo(300_000);
    photo.progress = Some(std::sync::Arc::new(move |sent, total| {
        let _ = sender.send((sent, total));
    }));
    within(script.staff().upload_image(OfferId(7), photo))
        .await
        .unwrap();
    let told: Vec<(u64, u64)> = told.try_iter().collect();
    let total = told[0].1;
    assert!(
        total > 300_000 && told.iter().all(|(_, of)| *of == total),
        "{told:?}"
    );
    assert!(told.is_sorted() && told.len() > 10, "{told:?}");
    let last = told.last().unwrap().0;
    assert!(told[0].0 == 0 && last == total, "{told:?}");
}

#[tokio::test]
async fn an_upload_that_nobody_takes_does_not_get_on() {
    // It answers the connection and reads not a byte.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let deaf = tokio::spawn(async move {
        let connection = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
        drop(connection);
    });
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    // More than a system keeps for a connection on its own behalf.
    let mut photo = photo(32 * 1024 * 1024);
    photo.progress = Some(std::sync::Arc::new(move |sent, total| {
        let _ = sender.send((sent, total));
    }));
    let staff = crate::script::staff_at(&origin, Timeouts::default());
    let upload = tokio::spawn(async move { staff.upload_image(OfferId(7), photo).await });
    let mut last = within(told.recv()).await.expect("the beginning is told");
    while let Ok(Some(told)) = tokio::time::timeout(std::time::Duration::from_secs(1), told.recv()).await {
        last = told;
    }
    assert!(last.0 > 0 && last.0 < last.1 / 2, "{last:?}");
    upload.abort();
    deaf.abort();
}
