//! The hub's signed HTTP API: rows 11 to 16 of the contract's table.

use demo_hotel::{AppKeys, Clock, Options};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use md5::{Digest, Md5};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    common::{Desk, options},
    socket::Socket,
};

/// A request to the API, signed as server libraries do; a test bends what it wants to.
struct Signed {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: String,
}

impl Signed {
    fn new(desk: &Desk, method: Method, path: &str, body: Value) -> Self {
        let app = desk.hotel.pusher_app();
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut query = vec![
            ("auth_key".to_owned(), app.key.clone()),
            (
                "auth_timestamp".to_owned(),
                desk.control.now().as_second().to_string(),
            ),
            ("auth_version".to_owned(), "1.0".to_owned()),
        ];
        if !body.is_empty() {
            query.push(("body_md5".to_owned(), hex::encode(Md5::digest(&body))));
        }
        Self {
            method,
            path: format!("/apps/{}{path}", app.id),
            query,
            body,
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(key, _)| key != name);
        self.query.push((name.into(), value.into()));
        self
    }

    /// Signs, sends, and shows status and body; what is no JSON is a string.
    async fn send(mut self, desk: &Desk) -> (u16, Value) {
        if !self.query.iter().any(|(key, _)| key == "auth_signature") {
            self.query.sort();
            let pairs: Vec<String> = self
                .query
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            let text = format!("{}\n{}\n{}", self.method, self.path, pairs.join("&"));
            let mut mac = Hmac::<Sha256>::new_from_slice(desk.hotel.pusher_app().secret.as_bytes()).unwrap();
            mac.update(text.as_bytes());
            let signature = hex::encode(mac.finalize().into_bytes());
            self.query.push(("auth_signature".into(), signature));
        }
        let mut url = reqwest::Url::parse(&format!("{}{}", desk.hotel.url(), self.path)).unwrap();
        url.query_pairs_mut().extend_pairs(&self.query);
        let answer = desk
            .http
            .request(self.method, url)
            .body(self.body)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

fn trigger(desk: &Desk, body: Value) -> Signed {
    Signed::new(desk, Method::POST, "/events", body)
}

#[tokio::test]
async fn row_11_the_official_docs_example_is_accepted_at_its_time() {
    let clock = Clock::stopped_at(Timestamp::from_second(1_353_088_179).unwrap());
    let pusher = AppKeys {
        id: "3".into(),
        key: "278d425bdf160c739803".into(),
        secret: "7ad3773142a6692b25b8".into(),
    };
    let desk = Desk::start(Options {
        clock,
        pusher,
        ..options(0)
    })
    .await;
    let mut socket = Socket::on(&desk, "project-3").await;
    let url = format!(
        "{}/apps/3/events?auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&\
         body_md5=ec365a775a4cd0599faeb73354201b6f&\
         auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
        desk.hotel.url()
    );
    let body = r#"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#;
    let answer = desk.http.post(url).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({}));
    assert_eq!(socket.event().await, ("foo".to_owned(), json!({"some": "data"})));
    desk.close().await;
}

#[tokio::test]
async fn row_12_a_wrong_signature_md5_key_or_time_is_unauthorised() {
    let desk = Desk::open(0).await;
    let good = || trigger(&desk, json!({"name": "a", "channel": "c", "data": "{}"}));
    let now = desk.control.now().as_second();
    assert_eq!(good().send(&desk).await.0, 200);
    for (name, value, status) in [
        ("auth_signature", "00".to_owned(), 401),
        ("auth_signature", String::new(), 401),
        ("body_md5", "00".to_owned(), 401),
        ("auth_key", "other".to_owned(), 401),
        ("auth_version", "2.0".to_owned(), 401),
        ("auth_timestamp", (now - 601).to_string(), 401),
        ("auth_timestamp", (now + 601).to_string(), 401),
        ("auth_timestamp", "soon".to_owned(), 401),
        ("auth_timestamp", (now - 600).to_string(), 200),
        ("auth_timestamp", (now + 600).to_string(), 200),
    ] {
        assert_eq!(
            good().with(name, &value).send(&desk).await.0,
            status,
            "{name}={value}"
        );
    }
    let mut without = good();
    without.query.retain(|(key, _)| key != "body_md5");
    assert_eq!(without.send(&desk).await.0, 401, "a body needs its MD5");
    let mut other_app = good();
    other_app.path = "/apps/999/events".into();
    assert_eq!(other_app.send(&desk).await.0, 404);
    desk.close().await;
}

#[tokio::test]
async fn row_13_a_get_is_accepted_with_and_without_body_md5() {
    let desk = Desk::open(0).await;
    let get = || Signed::new(&desk, Method::GET, "/channels", Value::Null);
    assert_eq!(get().send(&desk).await, (200, json!({"channels": {}})));
    let of_nothing = hex::encode(Md5::digest(b""));
    assert_eq!(get().with("body_md5", &of_nothing).send(&desk).await.0, 200);
    desk.close().await;
}

#[tokio::test]
async fn row_14_10240_bytes_of_data_pass_and_one_more_is_too_large() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, "c").await;
    // Bytes, not characters: é has two.
    for (data, status) in [("é".repeat(5_120), 200), (format!("{}x", "é".repeat(5_120)), 413)] {
        let body = json!({"name": "a", "channels": ["c"], "data": data});
        assert_eq!(trigger(&desk, body).send(&desk).await.0, status);
    }
    assert_eq!(
        socket.next().await.frame()["data"].as_str().unwrap().len(),
        10_240
    );
    socket.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn row_15_bad_input_is_told_and_nothing_is_sent() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, "c").await;
    let event = json!({"name": "a", "channels": ["c"], "data": "{}"});
    let with = |name: &str, value: Value| {
        let mut event = event.clone();
        event[name] = value;
        event
    };
    let many = |count: usize| (0..count).map(|number| format!("c{number}")).collect::<Vec<_>>();
    for body in [
        with("channels", json!(many(101))),
        with("channels", json!([])),
        with("channels", json!(["two words"])),
        with("name", json!("x".repeat(201))),
        with("name", json!("pusher:x")),
        with("name", json!("pusher_internal:x")),
        with("name", json!("")),
        with("socket_id", json!("nonsense")),
        with("data", json!({"not": "text"})),
        json!({"name": "a", "data": "{}"}),
        json!([]),
    ] {
        assert_eq!(trigger(&desk, body.clone()).send(&desk).await.0, 400, "{body}");
    }
    let batch = |count: usize, last: Value| {
        let mut batch = vec![event.clone(); count - 1];
        batch.push(last);
        Signed::new(&desk, Method::POST, "/batch_events", json!({ "batch": batch }))
    };
    assert_eq!(batch(11, event.clone()).send(&desk).await.0, 400);
    assert_eq!(
        batch(2, with("name", json!("pusher:x"))).send(&desk).await.0,
        400,
        "a whole batch or nothing"
    );
    socket.is_quiet().await;

    assert_eq!(
        trigger(&desk, with("channels", json!(many(100))))
            .send(&desk)
            .await,
        (200, json!({}))
    );
    assert_eq!(
        trigger(&desk, with("name", json!("x".repeat(200))))
            .send(&desk)
            .await
            .0,
        200
    );
    assert_eq!(batch(10, event.clone()).send(&desk).await, (200, json!({})));
    for _ in 0..11 {
        socket.event().await;
    }
    socket.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn row_16_the_socket_that_is_named_is_skipped() {
    let desk = Desk::open(0).await;
    let mut sender = Socket::on(&desk, "c").await;
    let mut other = Socket::on(&desk, "c").await;
    let body = json!({"name": "a", "channels": ["c"], "data": "{}", "socket_id": sender.id});
    assert_eq!(trigger(&desk, body).send(&desk).await.0, 200);
    assert_eq!(other.event().await.0, "a");
    sender.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn channels_and_users_can_be_asked_for() {
    let desk = Desk::open(0).await;
    let _guest = Socket::on(&desk, "news").await;
    let mut anna = Socket::open(&desk).await;
    anna.join(&desk, "presence-desk", Some(r#"{"user_id":"anna"}"#))
        .await;
    let get = |path: &str| Signed::new(&desk, Method::GET, path, Value::Null);

    let all = json!({"channels": {"news": {}, "presence-desk": {}}});
    assert_eq!(get("/channels").send(&desk).await, (200, all));
    let counted = get("/channels")
        .with("filter_by_prefix", "presence-")
        .with("info", "user_count");
    let answer = json!({"channels": {"presence-desk": {"user_count": 1}}});
    assert_eq!(counted.send(&desk).await, (200, answer));
    assert_eq!(
        get("/channels").with("info", "user_count").send(&desk).await.0,
        400
    );
    let one = get("/channels/news")
        .with("info", "subscription_count")
        .send(&desk)
        .await;
    assert_eq!(one, (200, json!({"occupied": true, "subscription_count": 1})));
    assert_eq!(
        get("/channels/empty").send(&desk).await,
        (200, json!({"occupied": false}))
    );
    let users = get("/channels/presence-desk/users").send(&desk).await;
    assert_eq!(users, (200, json!({"users": [{"id": "anna"}]})));
    assert_eq!(get("/channels/news/users").send(&desk).await.0, 400);

    let body = json!({"name": "a", "channels": ["news"], "data": "{}", "info": "subscription_count"});
    let answer = json!({"channels": {"news": {"subscription_count": 1}}});
    assert_eq!(trigger(&desk, body).send(&desk).await, (200, answer));
    desk.close().await;
}
