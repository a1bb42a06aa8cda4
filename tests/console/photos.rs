//! Photos, from the file to the guests' card: what is said of them, what is sent, how far it is, and stopping it.

use demo_hotel::{Effect, Fault, Gate};
use reqwest::Method;
use serde_json::json;

use crate::{
    scene::{
        DESK, HOTEL, MANAGER, begin_offer, changing, edit_offer, go_offline, go_online, hotel, photo,
        requests, served, some_offer, stored, wait_for_sync,
    },
    support::{Window, Workstation, within},
};

/// Larger than guests need, and shaped otherwise than their card.
fn large() -> Vec<u8> {
    photo(3000, 2400, [20, 120, 90])
}

async fn choose(window: &Window) {
    window.click("photo-pick").await;
    window
        .wait_for_words("photo-sizes", |words| words.contains("Sent as"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_photo_is_seen_at_once_made_smaller_and_said_so() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    station.put_in_file_dialog("terrace.jpg", &large());
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    begin_offer(window, "Terrace dinner").await;
    choose(window).await;

    let sizes = window.words("photo-sizes").await.unwrap_or_default();
    for part in ["terrace.jpg", "3000 × 2400", "Sent as 2048 × 1638"] {
        assert!(sizes.contains(part), "{part} is said: {sizes}");
    }
    let advice = window.words("photo-advice").await.unwrap_or_default();
    assert!(advice.contains("maller"), "what was done is said: {advice}");

    // Cut to the card's shape, and moved with the keys.
    window.click("photo-crop").await;
    window
        .wait_for_words("photo-sizes", |words| words.contains("Sent as 2048 × 1152"))
        .await;
    window.wait_for("photo-crop-frame").await;
    window.click("save").await;
    window.wait_for_synced("Terrace dinner").await;
    window.wait_for_photo("Terrace dinner").await;

    let offer = stored(&control, "Terrace dinner")
        .await
        .expect("the server has it");
    let url = offer.photo_url.expect("its photo has an address");
    let sent = image::load_from_memory(&served(&url).await).expect("a picture");
    assert_eq!(
        (sent.width(), sent.height()),
        (2048, 1152),
        "guests get what was shown"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_shows_how_far_it_is_and_can_be_stopped_and_sent_again() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let gate = Gate::closed();
    control.fault(Fault::on(
        Method::POST,
        "upload-image",
        Effect::HoldBefore(gate.clone()),
    ));
    let station = Workstation::at(&hotel, "desk");
    station.put_in_file_dialog("pool.jpg", &large());
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    let before = window.wait_for_photo(&offer.title).await;

    edit_offer(window, &offer.title).await;
    choose(window).await;
    window.click("photo-upload-now").await;
    window.wait_for("photo-progress").await;
    let question =
        "byId('photo-progress').value > 0 && byId('photo-progress').value <= byId('photo-progress').max";
    window.until_true("bytes on their way", question, &[]).await;
    window.click("photo-cancel").await;
    window.wait_gone("photo-progress").await;
    gate.open();
    window.wait_for_synced(&offer.title).await;
    let question = "paintedPhoto(args[0]) === args[1]";
    let args = [json!(offer.title), json!(before)];
    window
        .until_true("the photo that stood there", question, &args)
        .await;
    let stands = within("the offers", control.offers(HOTEL)).await.expect("offers");
    let stands = stands
        .into_iter()
        .find(|stands| stands.id == offer.id)
        .expect("it is there");
    assert_eq!(
        stands.photo_url, offer.photo_url,
        "the hotel's photo is as it was"
    );

    choose(window).await;
    window.click("photo-upload-now").await;
    let question = "paintedPhoto(args[0]) !== null && paintedPhoto(args[0]) !== args[1]";
    window.until_true("the new photo", question, &args).await;
    window.wait_for_synced(&offer.title).await;
    window.wait_gone("photo-cancel").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_chosen_offline_arrives_when_the_server_is_back_after_a_restart_too() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (station, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    station.put_in_file_dialog("pool.jpg", &large());
    let desk = crate::scene::signed_in_for_good(&hotel, &station, DESK).await;
    let lobby = lobby.sign_in(MANAGER).await;
    desk.window().wait_for_photo(&offer.title).await;
    let before = lobby.window().wait_for_photo(&offer.title).await;

    go_offline(&control, desk.window()).await;
    edit_offer(desk.window(), &offer.title).await;
    choose(desk.window()).await;
    desk.window().click("save").await;
    wait_for_sync(desk.window(), &offer.title, "waiting").await;
    desk.quit().await;
    let desk = station.launch().await;
    desk.window().wait_for_photo(&offer.title).await;
    go_online(&control, desk.window()).await;

    desk.window().wait_for_synced(&offer.title).await;
    let question = "paintedPhoto(args[0]) !== null && paintedPhoto(args[0]) !== args[1]";
    let args = [json!(offer.title), json!(before)];
    lobby.window().until_true("the new photo", question, &args).await;
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 1, "it was sent once: {sent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_from_the_hotels_own_server_is_taken_by_its_address_and_others_are_refused_in_words() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let url = offer.photo_url.clone().expect("the demo's offers have photos");
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    begin_offer(window, "From the web").await;

    window.type_into("photo-url", "http://192.0.2.1/photo.jpg").await;
    window.click("photo-url-fetch").await;
    window
        .wait_for_words("error-photo", |words| words.contains("https"))
        .await;
    window.type_into("photo-url", &url).await;
    window.click("photo-url-fetch").await;
    window.wait_gone("error-photo").await;
    window.wait_for("photo-remove").await;
    window.click("save").await;
    window.wait_for_photo("From the web").await;
    window.wait_for_synced("From the web").await;
}
