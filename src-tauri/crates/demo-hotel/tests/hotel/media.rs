//! Photos: kept by clients, harmless whatever was uploaded, and never a way out of the folder.

use demo_hotel::{Data, Options};
use reqwest::{
    Method,
    multipart::{Form, Part},
};

use crate::common::{Desk, id, options};

#[tokio::test]
async fn a_photo_is_sent_again_only_when_it_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    for data in [Data::InMemory, Data::Folder(folder.path().into())] {
        let desk = Desk::start(Options { data, ..options(1) }).await;
        let (_, page) = desk.get("").await;
        let offer = &page["results"][0];
        let url = offer["photo_url"].as_str().unwrap();
        let first = desk.http.get(url).send().await.unwrap();
        assert_eq!(first.status(), 200);
        let (tag, date) = (
            first.headers()["etag"].clone(),
            first.headers()["last-modified"].clone(),
        );
        for (name, value) in [("if-none-match", &tag), ("if-modified-since", &date)] {
            let again = desk.http.get(url).header(name, value).send().await.unwrap();
            assert_eq!(again.status(), 304, "{name}");
            assert_eq!(again.headers()["etag"], tag);
            assert!(again.bytes().await.unwrap().is_empty());
        }
        desk.control
            .repaint_photo("killarney", id(offer), b"another".to_vec())
            .await
            .unwrap();
        let now = desk
            .http
            .get(url)
            .header("if-none-match", &tag)
            .send()
            .await
            .unwrap();
        assert_eq!(now.status(), 200, "the picture behind the URL has changed");
        assert_eq!(&now.bytes().await.unwrap()[..], b"another");
        desk.close().await;
    }
}

#[tokio::test]
async fn only_pictures_are_served_as_what_they_claim_to_be() {
    let desk = Desk::open(0).await;
    let below = format!("{}/upload-image/", id(&desk.offer("A").await));
    for (file, content_type) in [
        ("a.jpg", "image/jpeg"),
        ("a.PNG", "image/png"),
        ("a.webp", "image/webp"),
        ("a.gif", "image/gif"),
        ("page.html", "application/octet-stream"),
        ("../../../a.js", "application/octet-stream"),
        ("noname", "application/octet-stream"),
    ] {
        let part = Part::bytes(b"<script>".to_vec()).file_name(file);
        let (_, answer) = desk
            .form(Method::POST, &below, Form::new().part("photo", part))
            .await;
        let served = desk
            .http
            .get(answer["photo_url"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(served.status(), 200, "{file}");
        assert_eq!(served.headers()["content-type"], content_type, "{file}");
        assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    }
    desk.close().await;
}

#[tokio::test]
async fn no_path_leaves_the_media_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let desk = Desk::start(Options {
        data: Data::Folder(folder.path().into()),
        ..options(0)
    })
    .await;
    for path in [
        "..%2fhotel.sqlite",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "..\\secret.txt",
        "%00",
        "a/b.jpg",
    ] {
        let answer = desk
            .http
            .get(format!("{}/media/{path}", desk.hotel.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    desk.close().await;
}
