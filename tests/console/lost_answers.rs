//! Answers that never came, while the list they are looked up in changes under the reader.

use demo_hotel::{Effect, EventFault, Fault, Gate};
use reqwest::Method;
use serde_json::json;

use crate::{
    list::reads_at_rest,
    scene::{DESK, HOTEL, create_elsewhere, hotel, requests},
    support::{Workstation, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_is_not_sent_again_because_it_slipped_between_two_pages() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    // Ours will be the eleventh of twelve: the first one of the second page.
    let mut first = None;
    for place in (1..=10).chain([12]) {
        let fields = json!({ "title": format!("At {place}"), "short_description": "d", "sort_order": place });
        let offer = create_elsewhere(&control, fields).await;
        first.get_or_insert(offer.id);
    }
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window
        .wait_for_offers("the offers", |cards| cards.len() == 11)
        .await;

    let gate = Gate::closed();
    let is_list = |method: &Method, path: &str| *method == Method::GET && path.ends_with("/offers/");
    let reads = reads_at_rest(&control).await;
    control.fault(Fault::on(Method::POST, "/offers/", Effect::DropAnswer));
    // Nor does an event tell.
    control.next_events([EventFault::Lose, EventFault::Lose]);
    control.fault(Fault::on_matching(is_list, Effect::HoldBefore(gate.clone())).after(1));
    let fields = json!({
        "title": "At 11", "short_description": "d", "details_text": "", "details_html": "", "valid_from": null, "valid_to": null,
        "tag": "", "book_now_url": "", "sort_order": 11, "is_active": true,
    });
    // The editor does not offer a place in the list, but the command takes one.
    let script = "const [fields, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('create_offer', { fields, photo: null }).then(done);";
    window
        .run_async(script, vec![fields])
        .await
        .expect("the offer is taken");
    // The look-up has read the first page, and waits for the second.
    within(
        "the first page",
        control.wait_until(|stats| stats.list_reads > reads),
    )
    .await;
    let gone = first.expect("the hotel has offers");
    within("a deletion elsewhere", control.delete_elsewhere(HOTEL, gone))
        .await
        .expect("the hotel takes it");
    gate.open();

    window.wait_for_synced("At 11").await;
    let sent = requests(&control, |seen| {
        seen.method == "POST" && seen.path.ends_with("/offers/")
    });
    assert_eq!(sent.len(), 1, "it was on the server all the time: {sent:?}");
}
