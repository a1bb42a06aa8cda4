//! The offers inside a hotel's own page, whose styles and theirs must not meet.

use std::{fs, path::Path};

use guest_page::{HOTEL, Size, built_page};
use serde_json::json;

use crate::scene::{Scene, channel};

const HOST: &str = r#"<!doctype html>
<html lang="en">
  <head><title>The hotel's own page</title><link rel="stylesheet" href="host.css" /><script defer src="embed.js"></script></head>
  <body><h1>Stay with us</h1><p class="guest">Our own words</p><hotelmate-offers config="config.json"></hotelmate-offers></body>
</html>"#;
/// Rules that would disfigure anything they reach.
const HOST_STYLES: &str = "ul { columns: 3 } li { display: none } h3 { font-size: 90px } .guest { color: rgb(1, 2, 3) } .btn, a { background: red }";

#[tokio::test(flavor = "multi_thread")]
async fn the_offers_live_in_a_page_of_others_and_neither_disfigures_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&built_page(), folder.path());
    fs::write(folder.path().join("host.html"), HOST).expect("it can be written");
    fs::write(folder.path().join("host.css"), HOST_STYLES).expect("it can be written");
    let scene = Scene::before(6, folder.path().to_path_buf(), Size::DESK).await;

    scene.browser.open(&format!("{}host.html", scene.address())).await;
    scene.wait_for_order("the offers").await;
    scene
        .control
        .wait_until(|stats| stats.subscribers_of(&channel()) > 0)
        .await;
    let looks = scene
        .browser
        .ask(
            "({ shown: offerNodes()[0].getClientRects().length > 0, title: getComputedStyle(offerNodes()[0].querySelector('h3')).fontSize,
                book: getComputedStyle(offerNodes()[0].querySelector('a.book')).backgroundColor,
                theirs: getComputedStyle(document.querySelector('p.guest')).color + ' ' + getComputedStyle(document.querySelector('p.guest')).borderStyle,
                troubles: window.notes.troubles })",
            vec![],
        )
        .await;
    assert_eq!(
        looks,
        json!({ "shown": true, "title": "20px", "book": "rgb(14, 102, 86)", "theirs": "rgb(1, 2, 3) none", "troubles": [] })
    );
    scene.browser.picture("guest-embedded").await;

    scene
        .create(json!({ "title": "Comes live", "sort_order": 0 }))
        .await;
    scene.wait_for_order("the new offer").await;

    // A page that builds itself by script may take it out and put it in elsewhere.
    let element = "document.querySelector('hotelmate-offers')";
    scene
        .browser
        .execute(
            &format!("window.taken = {element}; window.taken.remove();"),
            vec![],
        )
        .await;
    scene.control.wait_until(|stats| stats.sockets == 0).await;
    scene
        .browser
        .execute("document.body.prepend(window.taken)", vec![])
        .await;
    scene
        .control
        .wait_until(|stats| stats.subscribers_of(&channel()) == 1)
        .await;
    scene.wait_for_order("the offers again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_configure_it_and_a_missing_one_is_named_to_the_owner_only() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&built_page(), folder.path());
    let scene = Scene::before(2, folder.path().to_path_buf(), Size::DESK).await;
    let key = scene.hotel.pusher_key().to_owned();
    let element = |attributes: &str| {
        HOST.replace(
            "<hotelmate-offers config=\"config.json\">",
            &format!("<hotelmate-offers {attributes}>"),
        )
    };
    let port = scene.hotel.port();
    let whole = format!(
        "api=\"/api\" slug=\"{HOTEL}\" pusher-key=\"{key}\" pusher-host=\"127.0.0.1\" pusher-port=\"{port}\" pusher-tls=\"false\""
    );
    fs::write(folder.path().join("host.html"), element(&whole)).expect("it can be written");
    scene.browser.open(&format!("{}host.html", scene.address())).await;
    scene.wait_for_order("the offers").await;
    scene
        .control
        .wait_until(|stats| stats.subscribers_of(&channel()) > 0)
        .await;

    fs::write(folder.path().join("host.html"), element("slug=\"killarney\"")).expect("it can be written");
    scene.browser.open(&format!("{}host.html", scene.address())).await;
    scene
        .browser
        .until_true(
            "kind words",
            "words(byId('guest-unset')) === 'Our offers will be back here soon.'",
            &[],
        )
        .await;
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the page is built").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a file can be copied");
    }
}
