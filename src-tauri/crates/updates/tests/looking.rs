//! The check against a real server on loopback.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use api::{Timeouts, Transport, reqwest_transport};
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use semver::Version;
use tempfile::TempDir;
use tokio::net::TcpListener;
use updates::{Address, INTERVAL, Trouble, Update, Updates};

const PATIENCE: Duration = Duration::from_secs(20);

type Answering = fn() -> Response;

/// A server of versions, and how often it was asked.
struct Server {
    address: Address,
    says: Arc<Mutex<Answering>>,
    asked: Arc<AtomicU32>,
}

impl Server {
    async fn start(says: Answering) -> Self {
        let (says, asked) = (Arc::new(Mutex::new(says)), Arc::new(AtomicU32::new(0)));
        let answer = {
            let (says, asked) = (says.clone(), asked.clone());
            move || {
                asked.fetch_add(1, Ordering::Relaxed);
                let says = *says.lock().expect("nobody panics with it");
                async move { says() }
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("the loopback has a port");
        let port = listener.local_addr().expect("it has an address").port();
        // It ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let address = Address::parse(&format!("http://127.0.0.1:{port}/console.json")).expect("an address");
        Self { address, says, asked }
    }

    fn now_says(&self, says: Answering) {
        *self.says.lock().expect("nobody panics with it") = says;
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    fn updates(&self, folder: &TempDir) -> Updates {
        Updates::open(self.address.clone(), Version::new(1, 2, 3), folder.path())
    }
}

fn newer() -> Response {
    r#"{"version": "1.3.0", "page": "https://hotel.example/console", "sha256": "for others"}"#.into_response()
}

async fn look(updates: &Updates, now: SystemTime) -> Option<Result<(), Trouble>> {
    let transport: Box<dyn Transport> =
        Box::new(reqwest_transport(Timeouts::default()).expect("TLS can be set up"));
    tokio::time::timeout(PATIENCE, updates.look_if_due(now, transport.as_ref()))
        .await
        .expect("the look ends")
}

fn update(version: &str) -> Option<Update> {
    Some(Update {
        version: version.to_owned(),
        page: "https://hotel.example/console".to_owned(),
    })
}

#[tokio::test]
async fn a_newer_version_is_told_now_and_after_a_restart() {
    let (server, folder) = (Server::start(newer).await, tempfile::tempdir().unwrap());
    let updates = server.updates(&folder);
    assert_eq!(updates.known(), None, "nobody was asked yet");
    look(&updates, SystemTime::now()).await.unwrap().unwrap();
    assert_eq!(updates.known(), update("1.3.0"));
    assert_eq!(server.updates(&folder).known(), update("1.3.0"));
}

#[tokio::test]
async fn an_address_is_asked_once_a_day_also_across_restarts_and_after_failures() {
    let failing = || StatusCode::SERVICE_UNAVAILABLE.into_response();
    let (server, folder) = (Server::start(failing).await, tempfile::tempdir().unwrap());
    let start = SystemTime::now();
    let trouble = look(&server.updates(&folder), start).await;
    assert!(matches!(trouble, Some(Err(Trouble::Status(503)))), "{trouble:?}");
    let just_before = start + INTERVAL - Duration::from_secs(2);
    assert!(look(&server.updates(&folder), just_before).await.is_none());
    assert_eq!(server.asked(), 1);

    server.now_says(newer);
    let updates = server.updates(&folder);
    look(&updates, start + INTERVAL).await.unwrap().unwrap();
    assert_eq!((server.asked(), updates.known()), (2, update("1.3.0")));
    // The clock was wrong by years, and is right again.
    let set_back = start - Duration::from_secs(3600 * 24 * 365);
    assert!(look(&updates, set_back).await.is_some());
}

#[tokio::test]
async fn what_runs_already_or_was_said_by_another_address_is_no_news() {
    let (server, folder) = (Server::start(newer).await, tempfile::tempdir().unwrap());
    look(&server.updates(&folder), SystemTime::now())
        .await
        .unwrap()
        .unwrap();
    let installed = Updates::open(server.address.clone(), Version::new(1, 3, 0), folder.path());
    assert_eq!(installed.known(), None, "the new version is installed");
    let elsewhere = Address::parse("https://elsewhere.example/console.json").unwrap();
    let elsewhere = Updates::open(elsewhere, Version::new(1, 2, 3), folder.path());
    assert_eq!(elsewhere.known(), None);
    std::fs::write(folder.path().join("updates.json"), "{").unwrap();
    assert_eq!(server.updates(&folder).known(), None, "a damaged file");
}

#[tokio::test]
async fn nothing_is_learned_from_what_is_no_version_file() {
    let cases: [(Answering, &str); 6] = [
        (
            || Redirect::temporary("/other.json").into_response(),
            "status 307",
        ),
        (|| "<!doctype html>".into_response(), "not a version file"),
        (
            || r#"{"version": "newest", "page": "https://hotel.example/"}"#.into_response(),
            "not a version file",
        ),
        (
            || r#"{"version": "9.0.0", "page": "http://hotel.example/"}"#.into_response(),
            "https://",
        ),
        (
            || r#"{"version": "9.0.0", "page": "file:///bin/sh"}"#.into_response(),
            "https://",
        ),
        (|| vec![b' '; 1 << 20].into_response(), "more than"),
    ];
    for (says, words) in cases {
        let (server, folder) = (Server::start(says).await, tempfile::tempdir().unwrap());
        let updates = server.updates(&folder);
        let trouble = look(&updates, SystemTime::now()).await.unwrap().unwrap_err();
        assert!(trouble.to_string().contains(words), "{trouble}");
        assert_eq!((updates.known(), server.asked()), (None, 1), "{trouble}");
    }
}
