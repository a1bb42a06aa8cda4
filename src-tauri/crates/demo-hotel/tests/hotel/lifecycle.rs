//! Starting, stopping, starting again: in the process, and as the binary.

use std::{io::ErrorKind, process::Stdio};

use demo_hotel::{Data, DemoHotel, Options, StartError};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::Command,
};

use crate::{
    common::{Desk, client, id, options, read, soon},
    socket::Socket,
};

#[tokio::test]
async fn a_hotel_on_disk_comes_back_on_the_same_port_with_its_offers_tokens_and_photos() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Folder(folder.path().join("new/hotel"));
    let desk = Desk::start(Options {
        data: data.clone(),
        ..options(3)
    })
    .await;
    let offer = desk.offer("Kept").await;
    let (_, page) = desk.get("").await;
    let photo = page["results"][1]["photo_url"].as_str().unwrap().to_owned();
    let picture = desk.http.get(&photo).send().await.unwrap().bytes().await.unwrap();
    let _open = Socket::on(&desk, "hotel-killarney").await;
    let (port, token, http) = (desk.hotel.port(), desk.token.clone(), desk.http.clone());
    desk.close().await;

    // Another number of offers and another seed: an existing folder is kept.
    let again = Options {
        port,
        data,
        seed: 9,
        ..options(50)
    };
    let hotel = soon("the second start", DemoHotel::start(again)).await.unwrap();
    assert_eq!(hotel.port(), port);
    let url = format!("{}/staff/hotel/killarney/offers/", hotel.api_url());
    let request = http.get(url).header("authorization", format!("Token {token}"));
    let (status, now) = read(request.send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &now["count"]), (200, &json!(4)));
    assert_eq!(now["results"], page["results"]);
    assert!(
        now["results"]
            .as_array()
            .unwrap()
            .iter()
            .any(|kept| id(kept) == id(&offer))
    );
    assert_eq!(
        http.get(&photo).send().await.unwrap().bytes().await.unwrap(),
        picture
    );
    soon("the shutdown", hotel.shutdown()).await;
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let desk = Desk::open(0).await;
    let port = desk.hotel.port();
    let outcome = soon("the start", DemoHotel::start(Options { port, ..options(0) })).await;
    assert!(
        matches!(outcome, Err(StartError::Port { port: told, .. }) if told == port),
        "{outcome:?}"
    );
    desk.close().await;
}

#[tokio::test]
async fn a_shutdown_ends_held_requests_and_idle_connections_in_bounded_time() {
    let desk = Desk::open(0).await;
    let gate = demo_hotel::Gate::closed();
    desk.control
        .fault(demo_hotel::Fault::on_any(demo_hotel::Effect::HoldBefore(gate)));
    let begun = desk.control.look(|seen| seen.requests_begun);
    let held = tokio::spawn(desk.request(reqwest::Method::GET, "").send());
    soon(
        "its arrival",
        desk.control.wait_until(|seen| seen.requests_begun > begun),
    )
    .await;
    let address = desk.hotel.address();
    let shutdown = tokio::time::timeout(std::time::Duration::from_secs(20), desk.hotel.shutdown()).await;
    assert!(shutdown.is_ok(), "it waits for nobody for long");
    assert!(soon("the held request", held).await.unwrap().is_err());
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "nobody listens"
    );
}

#[tokio::test]
async fn a_private_hotel_has_a_key_and_secret_of_its_own() {
    let (one, two) = (Options::private().pusher, Options::private().pusher);
    assert!(one.key.len() == 32 && one.secret.len() == 32);
    assert!(one.key != two.key && one.secret != two.secret && one.key != one.secret);
    assert!(one.id.bytes().all(|byte| byte.is_ascii_digit()));
}

#[cfg(unix)]
#[tokio::test]
async fn the_binary_prints_its_address_serves_and_ends_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_demo-hotel"))
        .args([
            "--port",
            "0",
            "--offers",
            "5",
            "--seed",
            "3",
            "--pusher-key",
            "k",
            "--pusher-secret",
            "s",
        ])
        .args(["--pusher-app-id", "7", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = soon("the line", lines.next_line()).await.unwrap().unwrap();
    let url = line.strip_prefix("listening ").expect("the promised words");
    assert!(url.starts_with("http://127.0.0.1:"), "{line}");
    let page = client()
        .get(format!("{url}/api/hotel/public/page/killarney/"))
        .send()
        .await
        .unwrap();
    let page: serde_json::Value = page.json().await.unwrap();
    assert!(!page["offers"].as_array().unwrap().is_empty());

    let pid = child.id().unwrap().to_string();
    let killed = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
    assert!(killed.success());
    let status = soon("the end", child.wait()).await.unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(lines.next_line().await.unwrap(), None, "one line only");
}

#[tokio::test]
async fn the_binary_says_what_is_wrong_with_its_command_line() {
    for (arguments, words) in [
        (&["--port", "0"][..], "--data is needed"),
        (&["--port", "many", "--data", "x"], "many"),
        (&["--nonsense"], "--nonsense"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_demo-hotel"))
            .args(arguments)
            .output();
        let output = soon("its end", output).await.unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains(words) && said.contains("Usage"),
            "{arguments:?}: {said}"
        );
    }
}

/// Where a whole network leads to this computer, as 127.0.0.0/8 does on Linux, a listener on all addresses would answer on another one of it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hotel_listens_on_one_address_of_this_computer_and_on_no_other() {
    let hotel = soon("the start", DemoHotel::start(options(1))).await.unwrap();
    let port = hotel.port();
    assert_eq!(hotel.url(), format!("http://127.0.0.1:{port}"));
    soon("its own address", TcpStream::connect(("127.0.0.1", port)))
        .await
        .unwrap();
    let other = soon("another address", TcpStream::connect(("127.0.0.2", port))).await;
    assert_eq!(other.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    soon("the shutdown", hotel.shutdown()).await;
}
