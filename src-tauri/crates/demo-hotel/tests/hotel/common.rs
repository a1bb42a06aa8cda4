//! A hotel for a test, and the requests that staff make.

use std::time::Duration;

use demo_hotel::{Clock, Control, DemoHotel, Options};
use reqwest::{Method, RequestBuilder, Response, StatusCode, multipart};
use serde_json::{Value, json};

/// Longer than anything may take, also on a loaded machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Fails the test when `future` takes too long.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} took longer than {DEADLINE:?}"),
    }
}

/// A running hotel and somebody signed in at its front desk.
pub(crate) struct Desk {
    pub(crate) hotel: DemoHotel,
    pub(crate) control: Control,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

pub(crate) fn noon() -> Clock {
    Clock::stopped_at("2026-11-22T12:00:00Z".parse().unwrap())
}

/// In memory, with a stopped clock and this many offers.
pub(crate) fn options(offers: usize) -> Options {
    Options {
        offers,
        clock: noon(),
        ..Options::default()
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DEADLINE)
        .no_proxy()
        .build()
        .unwrap()
}

impl Desk {
    pub(crate) async fn open(offers: usize) -> Self {
        Self::start(options(offers)).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        let hotel = soon("the start", DemoHotel::start(options)).await.unwrap();
        let mut desk = Self {
            control: hotel.control(),
            hotel,
            http: client(),
            token: String::new(),
        };
        desk.token = desk.sign_in("frontdesk").await;
        desk
    }

    pub(crate) async fn sign_in(&self, who: &str) -> String {
        let answer = self
            .http
            .post(format!("{}/staff/login/", self.hotel.api_url()))
            .json(&json!({"username": who, "password": who}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{who} signs in");
        answer.json::<Value>().await.unwrap()["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn close(self) {
        soon("the shutdown", self.hotel.shutdown()).await;
    }

    /// The path below the hotel's offers: `""`, `"7/"`, `"7/upload-image/"`.
    pub(crate) fn request(&self, method: Method, below: &str) -> RequestBuilder {
        self.http
            .request(
                method,
                format!("{}/staff/hotel/killarney/offers/{below}", self.hotel.api_url()),
            )
            .header("authorization", format!("Token {}", self.token))
            .header("x-hotel-id", "1")
            .header("x-hotel-slug", "killarney")
    }

    pub(crate) async fn get(&self, below: &str) -> (StatusCode, Value) {
        read(self.request(Method::GET, below).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, body: Value) -> (StatusCode, Value) {
        read(self.request(Method::POST, "").json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn patch(&self, id: i64, body: Value) -> (StatusCode, Value) {
        read(
            self.request(Method::PATCH, &format!("{id}/"))
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn form(
        &self,
        method: Method,
        below: &str,
        form: multipart::Form,
    ) -> (StatusCode, Value) {
        read(self.request(method, below).multipart(form).send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, id: i64) -> (StatusCode, Value) {
        read(
            self.request(Method::DELETE, &format!("{id}/"))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Creates an offer that has only what it needs.
    pub(crate) async fn offer(&self, title: &str) -> Value {
        let (status, offer) = self.post(json!({"title": title, "short_description": "d"})).await;
        assert_eq!(status, 201, "{offer}");
        offer
    }
}

pub(crate) fn id(offer: &Value) -> i64 {
    offer["id"].as_i64().expect("an offer has an id")
}

/// A JPEG part, as far as anyone here looks.
pub(crate) fn picture(file_name: &str) -> multipart::Part {
    multipart::Part::bytes(b"\xff\xd8\xff\xe0 picture".to_vec())
        .file_name(file_name.to_owned())
        .mime_str("image/jpeg")
        .unwrap()
}

/// Status and JSON body; an empty body is null.
pub(crate) async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    if bytes.is_empty() {
        return (status, Value::Null);
    }
    let body = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&bytes)));
    (status, body)
}
