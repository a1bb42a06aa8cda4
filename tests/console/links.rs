//! `hotelmate://` links: to an offer, in a running console and at a start; to an offer that is not there; and to anything else.

use std::fs::File;

use rusqlite::Connection;
use tokio::task::yield_now;

use crate::{
    scene::{DESK, hotel, signed_in_for_good},
    support::{Console, Workstation, within},
};

/// A click on a link while the console runs: the system starts the program with it, which hands it over and ends.
async fn follow(station: &Workstation, link: &str) {
    let mut launch = station.start_with(&[link]);
    let status = within("the end of the link's launch", launch.ended()).await;
    assert!(status.success(), "{status}, {}", launch.printed());
}

async fn wait_for_editor_of(desk: &Console, title: &str) {
    let question = "byId('field-title')?.value === args[0]";
    let why = format!("the editor of \"{title}\"");
    desk.window().until_true(&why, question, &[title.into()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_its_offer_in_the_running_console_and_at_a_start() {
    let hotel = hotel(4).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let cards = desk
        .window()
        .wait_for_offers("the hotel's offers", |cards| cards.len() == 4)
        .await;

    follow(&station, &format!("hotelmate://offer/{}", cards[2].id)).await;
    wait_for_editor_of(&desk, &cards[2].title).await;
    follow(&station, &format!("HOTELMATE://offer/{}/", cards[1].id)).await;
    wait_for_editor_of(&desk, &cards[1].title).await;
    desk.quit().await;

    let link = format!("hotelmate://offer/{}", cards[3].id);
    let desk = station.launch_with(&[&link]).await;
    wait_for_editor_of(&desk, &cards[3].title).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_nowhere_is_refused_in_words_and_does_nothing_else() {
    let hotel = hotel(2).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let control = hotel.control();
    let before = control.look(|stats| stats.changes);

    for link in [
        "hotelmate://offer/1?delete=true",
        "hotelmate://server/https://elsewhere.example/api",
        "hotelmate://offer/../../etc/passwd",
        "hotelmate:<img src=x onerror=alert(1)>",
    ] {
        follow(&station, link).await;
        desk.window()
            .wait_for_words("status-bar", |words| words.contains(link))
            .await;
        assert!(!desk.window().shows("editor").await, "{link} opened something");
    }
    follow(&station, "hotelmate://offer/987654").await;
    desk.window()
        .wait_for_words("status-bar", |words| words.contains("Offer 987654 is not listed"))
        .await;
    assert_eq!(
        control.look(|stats| stats.changes),
        before,
        "a link changed something"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_followed_while_the_console_starts_is_opened_by_its_first_window() {
    let hotel = hotel(3).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let cards = desk
        .window()
        .wait_for_offers("the hotel's offers", |cards| cards.len() == 3)
        .await;
    desk.quit().await;

    // As a backup that holds the database: the start waits for it.
    let database = Connection::open(station.data().join("console.db")).expect("it opens");
    database
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE session SET form = form; COMMIT",
        )
        .expect("nobody else has it open");
    let click = async {
        let lock = File::open(station.data().join("lock")).expect("it is always there");
        within("the beginning of the start", async {
            while lock.try_lock().is_ok() {
                lock.unlock().expect("it is ours");
                yield_now().await;
            }
        })
        .await;
        follow(&station, &format!("hotelmate://offer/{}", cards[1].id)).await;
        drop(database);
    };
    let (desk, ()) = tokio::join!(station.launch(), click);

    assert!(
        !desk.window().shows("storage-problem").await,
        "the start had its database in the end"
    );
    wait_for_editor_of(&desk, &cards[1].title).await;
}
