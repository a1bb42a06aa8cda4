//! Pictures, from servers that are not ours to trust.

use api::{Error, PICTURE_LIMIT, PictureAnswer, Validators};
use axum::body::Body;
use axum::http::HeaderValue;
use axum::response::Response;
use bytes::Bytes;
use url::Url;

use crate::script::{Script, html, redirect, reply, within};

fn picture(etag: &'static str) -> Response {
    let mut answer = reply(200, "image/jpeg", "(picture)");
    answer
        .headers_mut()
        .insert("etag", HeaderValue::from_static(etag));
    answer.headers_mut().insert(
        "last-modified",
        HeaderValue::from_static("Sun, 22 Nov 2026 10:00:00 GMT"),
    );
    answer
}

async fn fetch(script: &Script, known: Option<&Validators>) -> Result<PictureAnswer, Error> {
    let url = Url::parse(&format!("{}/media/a.jpg", script.origin)).unwrap();
    within(script.staff().picture(&url, known)).await
}

#[tokio::test]
async fn a_picture_is_fetched_once_and_then_asked_about() {
    let unchanged = Response::builder().status(304).body(Body::empty()).unwrap();
    let script = Script::start([picture("\"v1\""), unchanged, picture("\"v2\"")]).await;
    let PictureAnswer::Picture { bytes, validators } = fetch(&script, None).await.unwrap() else {
        panic!("no picture")
    };
    assert_eq!(bytes, "(picture)");
    assert_eq!(validators.etag.as_deref(), Some("\"v1\""));
    assert_eq!(
        fetch(&script, Some(&validators)).await,
        Ok(PictureAnswer::NotModified)
    );
    let changed = fetch(&script, Some(&validators)).await.unwrap();
    assert!(
        matches!(changed, PictureAnswer::Picture { validators, .. } if validators.etag.as_deref() == Some("\"v2\""))
    );

    let asked = script.asked();
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[1].header("if-none-match"), Some("\"v1\""));
    assert_eq!(
        asked[1].header("if-modified-since"),
        Some("Sun, 22 Nov 2026 10:00:00 GMT")
    );
}

#[tokio::test]
async fn the_sign_in_goes_to_no_picture_server_not_even_our_own() {
    let other = Script::start([picture("\"v1\"")]).await;
    let script = Script::start([redirect(302, &format!("{}/b.jpg", other.origin))]).await;
    fetch(&script, None).await.unwrap();
    for asked in script.asked().into_iter().chain(other.asked()) {
        for name in ["authorization", "x-hotel-id", "x-hotel-slug", "cookie", "referer"] {
            assert_eq!(asked.header(name), None, "{name} in {}", asked.line);
        }
    }
}

#[tokio::test]
async fn a_picture_server_cannot_sign_anyone_out_and_a_missing_picture_is_missing() {
    let answers = [
        html(401),
        html(403),
        html(404),
        html(410),
        html(503),
        html(304),
        html(204),
        reply(200, "image/jpeg", ""),
    ];
    let script = Script::start(answers).await;
    let mut kinds = Vec::new();
    for _ in 0..8 {
        kinds.push(match fetch(&script, None).await.unwrap_err() {
            Error::Refused { status, .. } => format!("refused {status}"),
            Error::Missing { .. } => "missing".to_owned(),
            Error::Busy { status, .. } => format!("busy {status}"),
            Error::Unreadable { .. } => "unreadable".to_owned(),
            error => format!("{error:?}"),
        });
    }
    let expected = [
        "refused 401",
        "refused 403",
        "missing",
        "missing",
        "busy 503",
        "refused 304",
        "unreadable",
        "unreadable",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_picture_without_end_is_given_up_at_its_bound() {
    let chunk = Bytes::from(vec![0; 1 << 20]);
    let endless = futures_util::stream::repeat(Ok::<_, std::convert::Infallible>(chunk));
    let whole = Bytes::from(vec![0; PICTURE_LIMIT]);
    let script = Script::start([
        reply(200, "image/jpeg", Body::from_stream(endless)),
        reply(200, "image/jpeg", whole),
    ])
    .await;
    assert!(matches!(
        fetch(&script, None).await,
        Err(Error::Unreadable { .. })
    ));
    assert!(
        matches!(fetch(&script, None).await, Ok(PictureAnswer::Picture { .. })),
        "the bound itself is taken"
    );
}

#[tokio::test]
async fn only_web_addresses_are_fetched() {
    let script = Script::start([redirect(302, "file:///etc/passwd")]).await;
    for address in [
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://hotel.example/a.jpg",
    ] {
        let error = within(script.staff().picture(&Url::parse(address).unwrap(), None))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{address}: {error:?}");
    }
    assert!(matches!(
        fetch(&script, None).await,
        Err(Error::Refused { status: 302, .. })
    ));
}

async fn choose(script: &Script, address: &str) -> Result<Bytes, Error> {
    within(script.staff().chosen_picture(&Url::parse(address).unwrap())).await
}

#[tokio::test]
async fn a_picture_that_a_person_names_comes_over_https_or_from_the_hotels_own_server() {
    let script = Script::start([picture("\"v1\"")]).await;
    let own = format!("{}/media/a.jpg", script.origin);
    assert_eq!(choose(&script, &own).await.unwrap(), "(picture)");
    assert_eq!(script.asked_once().header("authorization"), None);

    let other = Script::start([picture("\"v1\"")]).await;
    let plain = format!("{}/b.jpg", other.origin);
    let refusal = choose(&script, &plain).await.unwrap_err();
    assert!(refusal.to_string().contains("https"), "{refusal}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_picture_that_a_person_names_leads_nowhere_else() {
    let other = Script::start([picture("\"v1\"")]).await;
    let script = Script::start([redirect(302, &format!("{}/b.jpg", other.origin))]).await;
    let own = format!("{}/media/a.jpg", script.origin);
    choose(&script, &own).await.unwrap_err();
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_a_named_picture_is_said_in_words() {
    for (status, words) in [
        (404, "There is nothing at this address."),
        (
            403,
            "This address does not give its picture to others. Save the picture, and choose the file.",
        ),
    ] {
        let script = Script::start([html(status)]).await;
        let own = format!("{}/media/a.jpg", script.origin);
        let refusal = choose(&script, &own).await.unwrap_err();
        assert_eq!(refusal.to_string(), words);
    }
}
