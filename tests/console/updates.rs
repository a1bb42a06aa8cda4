//! The line about a newer version, where an administrator has named whom to ask.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    scene::{DESK, hotel, signed_in_for_good},
    support::{Workstation, within},
};

/// Where the versions are said: the origin, and how often somebody has asked.
pub(crate) async fn publisher(version: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("the loopback has a port");
    let port = listener.local_addr().expect("it has an address").port();
    let origin = format!("http://127.0.0.1:{port}");
    let body = format!("{{\"version\": \"{version}\", \"page\": \"{origin}/new\"}}");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // It ends with the test's runtime.
    tokio::spawn(async move {
        while let Ok((mut visitor, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            // A request without a body is shorter than this, and comes at once.
            let _ = visitor.read(&mut [0; 4096]).await;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = visitor.write_all(answer.as_bytes()).await;
        }
    });
    (origin, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_version_is_said_in_a_line_that_leads_to_its_page_and_can_be_put_away_for_good() {
    let hotel = hotel(1).await;
    let (origin, asked) = publisher("99.0.0").await;
    let station = Workstation::at(&hotel, "desk")
        .with_browser()
        .with("HOTELMATE_UPDATE_URL", format!("{origin}/console.json"));
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let window = desk.window();
    window
        .wait_for_words("update", |words| words.starts_with("Version 99.0.0 is available"))
        .await;
    window.click("update-page").await;
    assert_eq!(station.opened().await, format!("{origin}/new"));
    window.click("update-dismiss").await;
    window.wait_gone("update").await;
    station.wait_until_stored("hotelmate.update-put-away").await;
    desk.quit().await;

    // It is known still, and neither said nor asked for again.
    let desk = station.launch().await;
    let window = desk.window();
    window.wait_until_connection_is("live").await;
    let known = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('known_update').then((known) => done(known?.version));";
    let known = window.run_async(known, vec![]).await.expect("an answer");
    assert_eq!(known, "99.0.0");
    assert!(!window.shows("update").await);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "once a day is enough");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_of_a_version_that_is_no_newer() {
    let hotel = hotel(1).await;
    let (origin, asked) = publisher(env!("CARGO_PKG_VERSION")).await;
    let station =
        Workstation::at(&hotel, "desk").with("HOTELMATE_UPDATE_URL", format!("{origin}/console.json"));
    let desk = station.sign_in(DESK).await;
    within("a look for a newer version", async {
        while asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // What came of it is told, if anything is, before a sign-in by hand has ended.
    let window = desk.window();
    window.wait_until_connection_is("live").await;
    assert!(!window.shows("update").await);
}
