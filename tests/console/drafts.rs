//! Text that was typed and not saved.

use std::time::Duration;

use rusqlite::Connection;

use crate::{
    scene::{DESK, begin_offer, edit_offer, hotel, signed_in_for_good, some_offer, stored},
    support::{Workstation, within},
};

/// Between two looks; the wait has a deadline of its own.
const GLANCE: Duration = Duration::from_millis(20);

/// Waits until the console has kept a text that holds `part`.
async fn wait_until_kept(station: &Workstation, part: &str) {
    // A window is told of drafts that no window shows only: this one is still on its screen.
    let database = Connection::open(station.data().join("console.db")).expect("it opens");
    within("the text to be kept", async {
        let count = "SELECT count(*) FROM draft WHERE instr(draft, ?1)";
        while database
            .query_row(count, [part], |row| row.get::<_, u32>(0))
            .expect("it is read")
            == 0
        {
            tokio::time::sleep(GLANCE).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_and_not_saved_is_back_after_a_power_cut() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offer.title).await;
    edit_offer(desk.window(), &offer.title).await;
    desk.window().type_into("field-title", "Half a thought").await;
    wait_until_kept(&station, "Half a thought").await;
    desk.kill().await;

    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for("draft-restored").await;
    assert_eq!(
        window.words("field-title").await.as_deref(),
        Some("Half a thought"),
        "as it was typed"
    );
    assert!(
        window.titles().await.contains(&offer.title),
        "and not in the list, since nobody has saved it"
    );
    window.click("save").await;
    window.wait_for_synced("Half a thought").await;
    window.wait_gone("draft-restored").await;
    assert!(
        stored(&control, "Half a thought").await.is_some(),
        "saved, it is sent like anything else"
    );

    // A new offer has no card to lead back to it.
    begin_offer(window, "Not even an offer").await;
    wait_until_kept(&station, "Two nights by the lake.").await;
    desk.kill().await;
    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for("draft-restored").await;
    assert_eq!(
        window.words("field-title").await.as_deref(),
        Some("Not even an offer")
    );
    window.click("draft-discard").await;
    window.wait_gone("draft-restored").await;
    assert!(!window.shows("editor").await, "what was given up is gone");
}
