//! The server's answers, good and bad, to each call: no panic, an end, and no success without what makes one.

#![no_main]

use std::sync::Arc;

use api::{Api, ApiBase, HotelRef, Request, Response, Token, Transport, TransportError};
use futures_util::future::BoxFuture;
use libfuzzer_sys::fuzz_target;
use model::{OfferFields, OfferId, OfferPatch};

const STATUSES: [u16; 16] = [
    200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 413, 429, 500, 503,
];
const TYPES: [&str; 4] = ["application/json", "text/html; charset=utf-8", "image/jpeg", ""];

const TOKENS: [&str; 2] = ["5ecret-of-th1s-run", "of-an0ther"];
const FIELDS: &str = r#"{"title":"t","short_description":"s","details_text":"","details_html":"","valid_from":null,"valid_to":null,"tag":"","book_now_url":"","sort_order":0,"is_active":true}"#;

/// Answers everything with the same.
struct Canned {
    status: u16,
    content_type: &'static str,
    location: String,
    body: Vec<u8>,
}

impl Transport for Canned {
    fn execute(&self, _: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let mut answer = http::Response::builder().status(self.status);
        if !self.content_type.is_empty() {
            answer = answer.header("content-type", self.content_type);
        }
        if let Ok(location) = http::HeaderValue::from_str(&self.location) {
            answer = answer
                .header("location", location.clone())
                .header("retry-after", location);
        }
        let answer = answer.body(self.body.clone()).expect("an answer");
        Box::pin(async { Ok(answer.into()) })
    }
}

fuzz_target!(|input: (u8, u8, String, Vec<u8>)| {
    let (call, kind, location, body) = input;
    let status = STATUSES[usize::from(kind) % STATUSES.len()];
    let fields: OfferFields = serde_json::from_str(FIELDS).expect("fields");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let outcomes = TOKENS.map(|token| {
        let canned = Canned {
            status,
            content_type: TYPES[usize::from(kind) / STATUSES.len() % TYPES.len()],
            location: location.clone(),
            body: body.clone(),
        };
        let base = ApiBase::parse("https://hotel.example/api").expect("an address");
        let api = Api::new(base, Arc::new(canned));
        let hotel = HotelRef {
            id: Some(1),
            slug: "killarney".to_owned().try_into().expect("a slug"),
        };
        let staff = api.staff(Token::new(token), hotel);
        let outcome = runtime.block_on(async {
            match call % 7 {
                0 => api.sign_in("u", "p").await.map(drop),
                1 => staff.list().await.map(drop),
                2 => staff.read(OfferId(3)).await.map(drop),
                3 => staff.create(&fields, None).await.map(drop),
                4 => staff.update(OfferId(3), &OfferPatch::default()).await.map(drop),
                5 => staff.delete(OfferId(3)).await,
                _ => staff.public_page().await.map(drop),
            }
        });
        outcome.map_err(|error| (error.to_string(), format!("{error:?}")))
    });
    let [outcome, with_another] = &outcomes;
    // An answer may hold the token's letters by chance; what is told of it must not depend on the token.
    assert_eq!(outcome, with_another, "an error tells of the token");
    let is_success = (200..300).contains(&status);
    assert!(
        outcome.is_err() || is_success,
        "a success without the server's word"
    );
});
