//! Text that was typed and not saved.

use crate::{
    scene::{DESK, begin_offer, edit_offer, hotel, signed_in_for_good, some_offer, stored},
    support::{Window, Workstation, within},
};

/// Waits until the console has kept a text that holds `part`.
async fn wait_until_kept(window: &Window, part: &str) {
    let script = "const [done] = arguments; window.__TAURI_INTERNALS__.invoke('drafts').then((drafts) => done(JSON.stringify(drafts)));";
    within("the text to be kept", async {
        loop {
            let drafts = window.run_async(script, vec![]).await.expect("the page answers");
            if drafts.as_str().is_some_and(|drafts| drafts.contains(part)) {
                break;
            }
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
    wait_until_kept(desk.window(), "Half a thought").await;
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
    wait_until_kept(window, "Two nights by the lake.").await;
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
