//! The same field changed here and elsewhere: nothing is overwritten before somebody has chosen.

use demo_hotel::{Control, DemoHotel, Effect, Fault, Gate, Offer};
use reqwest::Method;
use serde_json::json;

use crate::{
    scene::{
        DESK, all_offers, change_elsewhere, change_offer, changing, delete_offer, edit_offer, go_offline,
        go_online, hotel, offer_from_elsewhere, requests, signed_in_for_good, stored, wait_for_sync,
        wait_for_waiting,
    },
    support::{Console, Window, Workstation, within},
};

/// Five offers whose title (of the last three the tag too) was changed here without the server, and there meanwhile. The console was
/// restarted in between.
async fn collided(hotel: &DemoHotel, control: &Control, station: &Workstation) -> (Console, Vec<Offer>) {
    let offers = all_offers(control).await;
    let desk = signed_in_for_good(hotel, station, DESK).await;
    desk.window().wait_for_synced(&offers[4].title).await;
    go_offline(control, desk.window()).await;
    for (number, offer) in offers.iter().enumerate() {
        if number >= 2 {
            change_offer(desk.window(), &offer.title, "tag", "My tag").await;
        }
        change_offer(desk.window(), &offer.title, "title", &format!("Mine {number}")).await;
    }
    wait_for_waiting(desk.window(), offers.len()).await;
    desk.quit().await;
    for (number, offer) in offers.iter().enumerate() {
        let mut fields = json!({ "title": format!("Theirs {number}") });
        if number >= 2 {
            fields["tag"] = json!("Their tag");
        }
        change_elsewhere(control, offer, fields).await;
    }

    let desk = station.launch().await;
    wait_for_sync(desk.window(), "Mine 4", "waiting").await;
    wait_for_waiting(desk.window(), offers.len()).await;
    go_online(control, desk.window()).await;
    for number in 0..offers.len() {
        wait_for_sync(desk.window(), &format!("Mine {number}"), "conflict").await;
    }
    (desk, offers)
}

/// Opens the question about an offer, answers it with these buttons, and sends the answer.
async fn settle(window: &Window, title: &str, buttons: &[&str]) {
    window.click_in_offer(title, "offer-edit").await;
    // The question about another offer may still stand there.
    let question = "byId('conflict') && byId('editor').querySelector('h2').textContent === args[0]";
    window
        .until_true(
            &format!("the two versions of \"{title}\""),
            question,
            &[json!(title)],
        )
        .await;
    for button in buttons {
        window.click(button).await;
    }
    window.click("save").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_field_changed_elsewhere_while_offline_is_asked_about_and_each_answer_is_what_the_server_gets()
 {
    let hotel = hotel(5).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let (desk, offers) = collided(&hotel, &control, &station).await;
    let window = desk.window();
    let sent = requests(&control, changing);
    assert!(sent.is_empty(), "nothing is sent over their changes: {sent:?}");

    settle(window, "Mine 0", &["conflict-mine-title"]).await;
    settle(window, "Mine 1", &["conflict-theirs-title"]).await;
    settle(window, "Mine 2", &["conflict-mine-title", "conflict-theirs-tag"]).await;
    settle(window, "Mine 3", &["conflict-mine-all"]).await;
    settle(window, "Mine 4", &["conflict-theirs-all"]).await;

    let expected = [
        ("Mine 0", offers[0].tag.as_str()),
        ("Theirs 1", offers[1].tag.as_str()),
        ("Mine 2", "Their tag"),
        ("Mine 3", "My tag"),
        ("Theirs 4", "Their tag"),
    ];
    for (title, tag) in expected {
        let card = window.wait_for_synced(title).await;
        let stored = stored(&control, title).await;
        let stored = stored.unwrap_or_else(|| panic!("the server has \"{title}\""));
        assert_eq!(
            (stored.tag.as_str(), card.tag.as_str()),
            (tag, tag),
            "the tag of \"{title}\", there and here"
        );
    }
    wait_for_waiting(window, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_before_the_list_is_read_again_is_not_sent_over_what_an_outage_hid() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[1].title).await;
    window.notices().await;
    go_offline(&control, window).await;
    change_elsewhere(&control, &offers[0], json!({ "title": "Theirs" })).await;
    change_elsewhere(&control, &offers[1], json!({ "title": "Theirs, kept" })).await;

    // Live updates are back, but what was missed is not known yet.
    let gate = Gate::closed();
    let is_list = |method: &Method, path: &str| *method == Method::GET && path.ends_with("/offers/");
    control.fault(Fault::on_matching(is_list, Effect::HoldBefore(gate.clone())).always());
    within("the end of the outage", control.unplug(false)).await;
    let subscribed = control.wait_until(|stats| stats.subscribers.values().any(|count| *count > 0));
    within("live updates", subscribed).await;
    change_offer(window, &offers[0].title, "title", "Mine").await;
    delete_offer(window, &offers[1].title).await;

    wait_for_sync(window, "Mine", "conflict").await;
    wait_for_sync(window, "Theirs, kept", "parked").await;
    window.wait_for_notice("Needs you: Theirs, kept").await;
    gate.open();
    window.wait_until_connection_is("live").await;
    let sent = requests(&control, changing);
    assert!(sent.is_empty(), "neither is sent over theirs: {sent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_that_do_not_collide_merge_without_a_question() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[0].title).await;

    go_offline(&control, window).await;
    change_offer(window, &offers[0].title, "title", "Mine").await;
    change_elsewhere(&control, &offers[0], json!({ "tag": "Their tag" })).await;
    go_online(&control, window).await;

    let card = window.wait_for_synced("Mine").await;
    assert_eq!(card.tag, "Their tag", "the window shows both");
    let stored = stored(&control, "Mine").await.expect("the server has our title");
    assert_eq!(stored.tag, "Their tag", "and their tag");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_windows_that_edit_the_same_offer_ask_before_one_overwrites_the_other() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let first = desk.window();
    let second = desk.open_window().await;
    second.wait_for_synced(&offers[0].title).await;

    edit_offer(&second, &offers[0].title).await;
    second.type_into("field-title", "Of the second").await;
    change_offer(first, &offers[0].title, "title", "Of the first").await;
    second.wait_for("conflict-mine-title").await;
    assert_eq!(
        second.words("field-title").await.as_deref(),
        Some("Of the second"),
        "what is typed stays"
    );
    second.click("conflict-mine-title").await;
    second.click("save").await;
    first.wait_for_synced("Of the second").await;
    assert!(
        stored(&control, "Of the second").await.is_some(),
        "the server has what the second chose"
    );

    first.type_into("field-title", "Of the first again").await;
    change_offer(&second, "Of the second", "title", "Of the second again").await;
    first.click("conflict-theirs-title").await;
    first
        .wait_for_words("field-title", |words| words == "Of the second again")
        .await;
    first.click("save").await;
    offer_from_elsewhere(&control, "Later").await;
    first.wait_for_synced("Later").await;
    first.wait_for_synced("Of the second again").await;
    assert!(
        stored(&control, "Of the second again").await.is_some(),
        "taking theirs has sent nothing over it"
    );
}
