//! Networks that fail, and whether the server may have done what it was asked.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use api::{Api, ApiBase, Error, HotelRef, Staff, Timeouts, Token, Transport, TransportError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use model::OfferId;
use tokio::net::TcpListener;

use crate::script::{blunt, fields, staff_at, within};

fn hasty() -> Timeouts {
    Timeouts {
        whole: Duration::from_secs(2),
        ..Timeouts::default()
    }
}

#[tokio::test]
async fn a_server_that_is_away_has_done_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = within(staff_at(&origin, Timeouts::default()).create(&fields(), None))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Unreachable { sent: false, .. }),
        "{error:?}"
    );
    assert!(!error.may_be_done());
    assert_eq!(error.to_string(), "HotelMate cannot be reached.");
}

#[tokio::test]
async fn a_server_that_hangs_up_or_stays_silent_may_have_done_it() {
    let answers: [(Option<&'static [u8]>, Timeouts); 4] = [
        (Some(b""), Timeouts::default()),
        (None, hasty()),
        (
            Some(b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\":"),
            Timeouts::default(),
        ),
        (Some(b"\x16\x03\x01 this is no HTTP"), Timeouts::default()),
    ];
    for (bytes, timeouts) in answers {
        let (origin, served) = blunt(bytes).await;
        let error = within(staff_at(&origin, timeouts).create(&fields(), None))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::Unreachable { sent: true, .. }),
            "{bytes:?}: {error:?}"
        );
        assert!(error.may_be_done());
        within(served).await.unwrap().ok();
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_gets_nothing() {
    let (origin, served) = blunt(Some(b"HTTP/1.1 200 OK\r\n\r\n")).await;
    let origin = origin.replace("http://", "https://");
    let error = within(staff_at(&origin, hasty()).list()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    served.abort();
}

#[tokio::test]
async fn nothing_told_about_a_failure_holds_the_token_or_the_address() {
    let (origin, served) = blunt(Some(b"")).await;
    let staff = staff_at(&origin, Timeouts::default());
    let error = within(staff.list()).await.unwrap_err();
    let told = format!("{error} {error:?} {staff:?}");
    assert!(!told.contains(crate::script::SECRET), "{told}");
    let Error::Unreachable { reason, .. } = error else {
        panic!("{error:?}")
    };
    assert!(!reason.contains("http://"), "{reason}");
    within(served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_spoilt_token_is_a_lost_sign_in_and_nothing_is_sent() {
    let hotel = HotelRef {
        id: None,
        slug: "killarney".to_owned().try_into().unwrap(),
    };
    let api = Api::new(ApiBase::parse("http://127.0.0.1:9/api").unwrap(), Arc::new(Never));
    let error = within(api.staff(Token::new("a\nb"), hotel).list())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::SignedOut { .. }), "{error:?}");
}

/// A transport that must not be used.
struct Never;

impl Transport for Never {
    fn execute(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'static, Result<reqwest::Response, TransportError>> {
        panic!("sent {request:?}")
    }
}

/// A transport whose answers begin and then neither go on nor end.
struct Stalling;

impl Transport for Stalling {
    fn execute(&self, _: reqwest::Request) -> BoxFuture<'static, Result<reqwest::Response, TransportError>> {
        let begun = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{\"id\":")) });
        let body = reqwest::Body::wrap_stream(begun.chain(stream::pending()));
        async { Ok(axum::http::Response::new(body).into()) }.boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stalls_is_given_up() {
    let hotel = HotelRef {
        id: None,
        slug: "killarney".to_owned().try_into().unwrap(),
    };
    let api = Api::new(
        ApiBase::parse("http://127.0.0.1:9/api").unwrap(),
        Arc::new(Stalling),
    );
    let staff: Staff = api.staff(Token::new("t"), hotel);
    let error = within(staff.read(OfferId(7))).await.unwrap_err();
    assert!(
        matches!(&error, Error::Unreachable { sent: true, reason } if reason.contains("15 s")),
        "{error:?}"
    );
}
