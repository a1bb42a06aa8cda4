//! A server on a port of its own that gives the answers it was told, in order, and remembers what it was asked.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{Api, ApiBase, HotelRef, Staff, Timeouts, Token, reqwest_transport};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use model::{HotelSlug, OfferFields};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Time enough for the largest bodies on a computer that is busy building.
const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(60),
    whole: Duration::from_secs(60),
    slowest_upload: 1,
};

pub(crate) const SECRET: &str = "d686f00d";

/// What the server was asked.
#[derive(Debug)]
pub(crate) struct Asked {
    /// `GET /api/staff/…?page=2`
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Book {
    answers: VecDeque<Response>,
    asked: Vec<Asked>,
}

/// A scripted server; ends when it is dropped.
pub(crate) struct Script {
    pub(crate) origin: String,
    book: Arc<Mutex<Book>>,
    served: JoinHandle<()>,
}

impl Script {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Response>) -> Self {
        let book = Arc::new(Mutex::new(Book {
            answers: answers.into_iter().collect(),
            asked: Vec::new(),
        }));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&book));
        let (origin, listener) = listen().await;
        let served = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, book, served }
    }

    /// The staff of hotel 1, `killarney`, on this server.
    pub(crate) fn staff(&self) -> Staff {
        staff_at(&self.origin, PATIENT)
    }

    /// Everything asked since the last look.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.book.lock().unwrap().asked)
    }

    /// The one thing asked since the last look.
    pub(crate) fn asked_once(&self) -> Asked {
        let [asked] = <[Asked; 1]>::try_from(self.asked()).expect("exactly one request");
        asked
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn answer(State(book): State<Arc<Mutex<Book>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut book = book.lock().unwrap();
    book.asked.push(Asked {
        line: format!("{} {}", head.method, head.uri),
        headers: head.headers,
        body,
    });
    let unexpected = || reply(418, "text/plain", "nothing more was expected");
    book.answers.pop_front().unwrap_or_else(unexpected)
}

async fn listen() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (format!("http://{}", listener.local_addr().unwrap()), listener)
}

/// A server that reads one request, its body included when that has a length, writes `bytes`, and hangs up. Without bytes it
/// stays silent until the other side goes.
pub(crate) async fn blunt(bytes: Option<&'static [u8]>) -> (String, JoinHandle<io::Result<()>>) {
    let (origin, listener) = listen().await;
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await?;
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        while !is_whole(&request) {
            match socket.read(&mut buffer).await? {
                0 => return Ok(()),
                read => request.extend_from_slice(&buffer[..read]),
            }
        }
        match bytes {
            Some(bytes) => socket.write_all(bytes).await,
            None => socket.read(&mut buffer).await.map(drop),
        }
    });
    (origin, served)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

pub(crate) fn api_at(origin: &str, timeouts: Timeouts) -> Api {
    let transport = reqwest_transport(timeouts).unwrap();
    Api::new(
        ApiBase::parse(&format!("{origin}/api")).unwrap(),
        Arc::new(transport),
    )
}

pub(crate) fn staff_at(origin: &str, timeouts: Timeouts) -> Staff {
    let slug = HotelSlug::try_from("killarney".to_owned()).unwrap();
    api_at(origin, timeouts).staff(Token::new(SECRET), HotelRef { id: Some(1), slug })
}

/// Every wait in these tests ends.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(90), work)
        .await
        .expect("an end within 90 s")
}

pub(crate) fn reply(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

pub(crate) fn json_reply(status: u16, body: &Value) -> Response {
    reply(status, "application/json", body.to_string())
}

pub(crate) fn html(status: u16) -> Response {
    reply(
        status,
        "text/html",
        "<!doctype html><title>Sign in to the guest network</title><h1>Hello</h1>",
    )
}

pub(crate) fn redirect(status: u16, to: &str) -> Response {
    Response::builder()
        .status(status)
        .header("location", to)
        .body(Body::empty())
        .unwrap()
}

pub(crate) fn offer(id: i64) -> Value {
    json!({"id": id, "title": format!("Offer {id}"), "short_description": "d", "details_text": "", "details_html": "",
        "valid_from": null, "valid_to": null, "tag": "", "book_now_url": "", "photo": "image/upload/v1/58f76b17.jpg",
        "photo_url": "http://res.example/58f76b17.jpg", "sort_order": 0, "is_active": true,
        "created_at": "2026-11-22T09:52:01.968263Z", "unknown": {"field": 1}})
}

pub(crate) fn page(count: usize, next: Option<&str>, ids: impl IntoIterator<Item = i64>) -> Response {
    let results: Vec<Value> = ids.into_iter().map(offer).collect();
    json_reply(
        200,
        &json!({"count": count, "next": next, "previous": null, "results": results}),
    )
}

pub(crate) fn fields() -> OfferFields {
    OfferFields {
        title: "Spa day".into(),
        short_description: "Two nights, “été”".into(),
        details_text: String::new(),
        details_html: "<b>x</b>".into(),
        valid_from: None,
        valid_to: "2026-12-24".parse().ok(),
        tag: String::new(),
        book_now_url: String::new(),
        sort_order: 0,
        is_active: true,
    }
}
