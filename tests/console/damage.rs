//! A data folder that cannot be used as it is: the console opens, says so, and shows the hotel's offers.
//!
//! Absent: a folder that cannot be written. Whoever runs these tests as root may write everywhere; the `cache` crate shows what such a folder
//! leads to.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use rusqlite::Connection;

use crate::{
    scene::{
        DESK, all_offers, begin_offer, change_offer, changing, edit_offer, go_offline, hotel, requests,
        signed_in_for_good, stored, wait_for_waiting,
    },
    support::{Workstation, within},
};

/// The database in one file, with nothing left in its log.
fn tidied(data: &Path) -> Connection {
    let database = Connection::open(data.join("console.db")).expect("it opens");
    database
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("nobody else has it open");
    database
}

/// Overwrites the page that the offers' table starts with, as a bad sector would.
fn spoil_offers(data: &Path) {
    let database = tidied(data);
    let number = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).expect("it answers") };
    let size = number("PRAGMA page_size");
    let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'base'");
    drop(database);
    let at = u64::try_from((page - 1) * size).expect("pages are counted from 1");
    let mut file = fs::File::options()
        .write(true)
        .open(data.join("console.db"))
        .expect("it is ours");
    file.seek(SeekFrom::Start(at)).expect("it is that long");
    let noise = vec![0xA5; usize::try_from(size).expect("a page is small")];
    file.write_all(&noise).expect("it can be written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_data_is_said_set_aside_and_read_again_and_what_waited_is_sent() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offers[3].title).await;
    go_offline(&control, desk.window()).await;
    begin_offer(desk.window(), "Written before the damage").await;
    desk.window().click("save").await;
    wait_for_waiting(desk.window(), 1).await;
    change_offer(
        desk.window(),
        &offers[0].title,
        "title",
        "Changed before the damage",
    )
    .await;
    wait_for_waiting(desk.window(), 2).await;
    desk.kill_all().await;
    drop(desk);
    spoil_offers(&station.data());
    within("the end of the outage", control.unplug(false)).await;

    let desk = station.launch().await;
    let window = desk.window();
    let words = window
        .wait_for_words("storage-problem", |words| words.contains("damaged"))
        .await;
    assert!(
        words.contains("console.damaged-"),
        "where the damaged file is: {words}"
    );
    window.wait_for_synced("Written before the damage").await;
    window.wait_for_synced("Changed before the damage").await;
    window
        .wait_for_offers("all offers", |cards| {
            cards.len() == 5 && cards.iter().all(|card| card.sync == "synced")
        })
        .await;
    for title in ["Written before the damage", "Changed before the damage"] {
        assert!(
            stored(&control, title).await.is_some(),
            "the server has \"{title}\""
        );
    }
    let kept = fs::read_dir(station.data())
        .expect("the folder is there")
        .flatten();
    let kept = kept.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("console.damaged-")
    });
    assert!(kept.count() > 0, "the damaged file is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_a_newer_program_is_left_alone_and_offers_are_shown_but_not_changed() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offers[0].title).await;
    desk.quit().await;
    let database = tidied(&station.data());
    database
        .pragma_update(None, "user_version", 1_000)
        .expect("it can be written");
    drop(database);
    drop(tidied(&station.data()));
    let file = station.data().join("console.db");
    let before = fs::read(&file).expect("it is there");

    let desk = station.launch().await;
    let window = desk.window();
    let words = window
        .wait_for_words("storage-problem", |words| !words.is_empty())
        .await;
    assert!(
        words.contains("newer version") && words.contains("update the program"),
        "what to do is said: {words}"
    );
    window.wait_until_connection_is("live").await;
    window
        .wait_for_offers("the hotel's offers", |cards| cards.len() == 3)
        .await;
    edit_offer(window, &offers[0].title).await;
    window.type_into("field-title", "Cannot be kept").await;
    window.click("save").await;
    let words = window
        .wait_for_words("save-state", |words| words.contains("newer version"))
        .await;
    assert!(
        words.contains("not changed"),
        "the edit is refused in words: {words}"
    );
    assert_eq!(
        window.words("field-title").await.as_deref(),
        Some("Cannot be kept"),
        "what was typed stays in sight"
    );
    let sent = requests(&control, changing);
    assert!(sent.is_empty(), "nothing was sent: {sent:?}");
    desk.quit().await;
    assert!(
        fs::read(&file).expect("it is there") == before,
        "the file is as it was, to the last byte"
    );
}
