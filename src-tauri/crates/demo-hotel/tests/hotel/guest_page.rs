//! The guest page's files, as far as the server is concerned.

use std::fs;

use demo_hotel::{DemoHotel, Options};
use serde_json::{Value, json};

#[tokio::test]
async fn the_page_is_served_under_each_hotels_name_and_told_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>the page").unwrap();
    fs::write(folder.path().join("guest.js"), "1").unwrap();
    let hotel = open(folder.path()).await;

    let page = get(hotel.page_url("killarney").unwrap()).await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("script-src 'self'")
    );
    assert_eq!(page.text().await.unwrap(), "<!doctype html>the page");

    fs::write(folder.path().join("guest.js.gz"), "small").unwrap();
    let small = reqwest::Client::builder().gzip(false).no_proxy().build().unwrap();
    let small = small
        .get(format!("{}/killarney/guest.js", hotel.url()))
        .header("accept-encoding", "br, gzip;q=0.8");
    let small = small.send().await.unwrap();
    assert_eq!(
        small.headers()["content-encoding"],
        "gzip",
        "where the client takes it and it is there"
    );
    assert_eq!(small.bytes().await.unwrap(), "small");
    fs::remove_file(folder.path().join("guest.js.gz")).unwrap();

    let without_slash = get(format!("{}/other", hotel.url())).await.unwrap();
    assert_eq!(
        without_slash.url().path(),
        "/other/",
        "what it loads lies beside it"
    );

    let config: Value = get(format!("{}/other/config.json", hotel.url()))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let pusher =
        json!({ "key": hotel.pusher_key(), "host": "127.0.0.1", "port": hotel.port(), "tls": false });
    assert_eq!(
        config,
        json!({ "api": "/api", "slug": "other", "pusher": pusher })
    );

    for (path, status) in [
        ("killarney/guest.js", 200),
        ("killarney/missing.js", 404),
        ("killarney/..%2fsecret.json", 404),
        ("killarney/sub/guest.js", 404),
        ("nowhere/", 404),
        ("api/guest.js", 404),
    ] {
        let answer = get(format!("{}/{path}", hotel.url())).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    hotel.shutdown().await;
}

#[tokio::test]
async fn a_hotel_without_the_pages_files_is_a_hotel_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let hotel = open(folder.path()).await;
    assert_eq!(hotel.page_url("killarney"), None, "there is nothing to open");
    let answer = get(format!("{}/killarney/", hotel.url())).await.unwrap();
    assert_eq!(answer.status(), 404);

    fs::write(folder.path().join("index.html"), "built meanwhile").unwrap();
    let address = hotel.page_url("killarney").unwrap();
    assert_eq!(
        get(address).await.unwrap().text().await.unwrap(),
        "built meanwhile"
    );
    hotel.shutdown().await;
}

/// Not by way of a proxy that the machine's environment names.
async fn get(address: impl reqwest::IntoUrl) -> reqwest::Result<reqwest::Response> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    client.get(address).send().await
}

async fn open(folder: &std::path::Path) -> DemoHotel {
    let options = Options {
        offers: 0,
        guest_page: Some(folder.to_path_buf()),
        ..Options::default()
    };
    DemoHotel::start(options).await.unwrap()
}
