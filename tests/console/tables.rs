//! Offers to a spreadsheet and back, by clicking.

use std::fs;

use serde_json::json;

use crate::{
    scene::{DESK, all_offers, changing, go_offline, go_online, hotel, requests, stored, wait_for_waiting},
    support::{Window, Workstation},
};

async fn rows(window: &Window, count: usize) -> Vec<String> {
    window
        .until(
            "the rows of the table",
            "allById('import-row').map(words)",
            &[],
            |rows| {
                let rows: Vec<String> = serde_json::from_value(rows.clone()).ok()?;
                (rows.len() == count).then_some(rows)
            },
        )
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_go_to_a_spreadsheet_and_come_back_changed() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    let offers = all_offers(&control).await;
    window.wait_for_synced(&offers[0].title).await;

    window.click("show-tables").await;
    window.click("export-offers").await;
    window
        .wait_for_words("export-written", |words| words.starts_with("3 offers written to"))
        .await;
    let table = fs::read_to_string(station.save_dialog()).expect("the table was written");
    assert!(
        table.starts_with("\u{feff}id,title,short_description,"),
        "{table}"
    );

    // As it is, it changes nothing.
    station.put_in_file_dialog("offers.csv", table.as_bytes());
    window.click("import-pick").await;
    window
        .wait_for_words("import-preview", |words| words == "3 unchanged")
        .await;

    // One changed, one new, one that is wrong.
    let (first, second) = (&offers[0], &offers[1]);
    let edited = format!(
        "id;title;short_description;valid_to\r\n{};Renamed in a table;{};2031-12-24\r\n;Made in a table;By the lake.;\r\n{};{};{};24.12.2031\r\n",
        first.id, first.short_description, second.id, second.title, second.short_description
    );
    station.put_in_file_dialog("edited.csv", edited.as_bytes());
    window.click("import-pick").await;
    window
        .wait_for_words("import-preview", |words| {
            words == "1 new offer, 1 changed, 1 with errors"
        })
        .await;
    let told = rows(window, 3).await;
    assert!(
        told[0].contains("Row 4") && told[0].contains("valid_to: “24.12.2031” is not a date"),
        "errors first, with row and column: {told:?}"
    );
    assert!(
        told[1].contains("Row 2") && told[1].contains(&first.title) && told[1].contains("Renamed in a table"),
        "old and new: {told:?}"
    );
    assert_eq!(
        requests(&control, changing).len(),
        0,
        "nothing is written before it is asked for"
    );

    window.click("import-run").await;
    window
        .wait_for_words("import-result", |words| words == "2 rows imported")
        .await;
    window.press("\u{e00c}").await;
    window.wait_for_synced("Renamed in a table").await;
    window.wait_for_synced("Made in a table").await;
    let renamed = stored(&control, "Renamed in a table").await.expect("it is there");
    assert_eq!(renamed.id, first.id, "in the same offer");
    assert_eq!(
        stored(&control, &second.title).await.map(|offer| offer.id),
        Some(second.id),
        "the row with an error changed nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_chosen_and_imported_offline_and_are_sent_later() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    let offer = all_offers(&control).await.remove(0);
    window.wait_for_synced(&offer.title).await;
    go_offline(&control, window).await;

    let table = format!(
        "id,title,short_description,tag\n{},{},{},Imported\n,Not wanted,d,\n,\"'=Wanted\",d,\n",
        offer.id, offer.title, offer.short_description
    );
    station.put_in_file_dialog("offers.csv", table.as_bytes());
    window.click("show-tables").await;
    window.click("import-pick").await;
    rows(window, 3).await;
    let unwanted = "allById('import-row').find((row) => row.dataset.row === '3').querySelector('input').click() === undefined";
    window.ask(unwanted, vec![]).await;
    let two = "byId('import-run').textContent.trim() === 'Import 2 rows'";
    window.until_true("two rows to be chosen", two, &[]).await;
    window.click("import-run").await;
    window
        .wait_for_words("import-result", |words| words == "2 rows imported")
        .await;
    window.press("\u{e00c}").await;
    wait_for_waiting(window, 2).await;

    go_online(&control, window).await;
    window.wait_for_synced("=Wanted").await;
    window.wait_for_synced(&offer.title).await;
    let titles: Vec<_> = all_offers(&control)
        .await
        .into_iter()
        .map(|offer| offer.title)
        .collect();
    assert!(!titles.contains(&"Not wanted".to_owned()), "{titles:?}");
    assert_eq!(
        stored(&control, &offer.title).await.map(|offer| offer.tag),
        Some("Imported".to_owned())
    );
    let shown = window.ask("allById('offer').length", vec![]).await;
    assert_eq!(shown, json!(2));
}
