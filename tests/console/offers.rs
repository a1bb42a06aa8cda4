//! Creating, changing and deleting offers: on the server, in this window, in the next one, and on another computer.

use crate::{
    scene::{
        DESK, HOTEL, MANAGER, begin_offer, changing, edit_offer, hotel, offer_from_elsewhere, photo,
        requests, some_offer, stored, wait_for_stored,
    },
    support::Workstation,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_offer_appears_in_every_window_and_on_every_computer() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);
    let second = desk.open_window().await;
    for window in [desk.window(), &second, lobby.window()] {
        window.notices().await;
    }

    begin_offer(desk.window(), "Seaweed bath").await;
    desk.window().click("save").await;

    for window in [desk.window(), &second, lobby.window()] {
        window.wait_for_synced("Seaweed bath").await;
    }
    second.wait_for_notice("Seaweed bath").await;
    lobby.window().wait_for_notice("Seaweed bath").await;
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 1, "one request makes one offer: {sent:?}");
    assert_eq!(sent[0].content_type.as_deref(), Some("application/json"));
    let offer = stored(&control, "Seaweed bath").await.expect("the server has it");
    assert!(offer.is_active, "a new offer is shown to guests");

    // The echo of our own offer travelled before this one on the same socket.
    offer_from_elsewhere(&control, "Trad night").await;
    desk.window().wait_for_notice("Trad night").await;
    let notices = desk.window().notices().await;
    assert_eq!(
        notices.len(),
        1,
        "the window that made the offer hears only of the other one: {notices:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_offer_travels_with_its_photo_in_one_request_and_comes_out_active() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    desk.put_in_file_dialog("terrace.jpg", &photo(1200, 800, [200, 120, 40]));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);

    begin_offer(desk.window(), "Terrace dinner").await;
    desk.window().click("photo-pick").await;
    desk.window().wait_for("photo-preview").await;
    desk.window().click("save").await;

    for window in [desk.window(), lobby.window()] {
        window.wait_for_synced("Terrace dinner").await;
        window.wait_for_photo("Terrace dinner").await;
    }
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 1, "offer and photo are one request: {sent:?}");
    assert!(
        sent[0]
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.starts_with("multipart/form-data"))
    );
    assert!(
        sent[0].fields.iter().any(|field| field == "photo"),
        "the photo is in it: {:?}",
        sent[0].fields
    );
    let offer = stored(&control, "Terrace dinner")
        .await
        .expect("the server has it");
    assert!(
        offer.is_active,
        "multipart leaves an offer inactive unless it is told"
    );
    assert!(offer.photo.is_some(), "the server has the photo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_for_an_existing_offer_goes_to_its_own_endpoint() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    desk.put_in_file_dialog("pool.jpg", &photo(900, 600, [20, 90, 160]));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);
    let second = desk.open_window().await;
    let windows = [desk.window(), &second, lobby.window()];
    let mut before = Vec::new();
    for window in windows {
        before.push(window.wait_for_photo(&offer.title).await);
    }

    edit_offer(desk.window(), &offer.title).await;
    desk.window().click("photo-pick").await;
    desk.window().click("photo-upload-now").await;

    for (window, before) in windows.into_iter().zip(before) {
        let question = "paintedPhoto(args[0]) !== null && paintedPhoto(args[0]) !== args[1]";
        let args = [offer.title.clone().into(), before.into()];
        window.until_true("the new photo", question, &args).await;
        window.wait_for_synced(&offer.title).await;
    }
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 1, "an upload is one request: {sent:?}");
    assert_eq!(
        sent[0].path,
        format!("/api/staff/hotel/{HOTEL}/offers/{}/upload-image/", offer.id)
    );
    assert_eq!(sent[0].fields, ["photo"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_sends_what_changed_and_is_seen_everywhere_without_a_notice() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);
    let second = desk.open_window().await;
    let windows = [desk.window(), &second, lobby.window()];
    for window in windows {
        window.notices().await;
    }

    edit_offer(desk.window(), &offer.title).await;
    desk.window().type_into("field-title", "Now with breakfast").await;
    desk.window().click("save").await;

    for window in windows {
        window.wait_for_synced("Now with breakfast").await;
        window.wait_without(&offer.title).await;
    }
    let sent = requests(&control, changing);
    assert_eq!(sent.len(), 1, "one edit is one request: {sent:?}");
    assert_eq!(
        (sent[0].method.as_str(), sent[0].fields.as_slice()),
        ("PATCH", ["title".to_owned()].as_slice())
    );

    offer_from_elsewhere(&control, "Trad night").await;
    for window in windows {
        window.wait_for_notice("Trad night").await;
        let notices = window.notices().await;
        assert_eq!(notices.len(), 1, "an edit is no news: {notices:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_offer_leaves_every_window_and_only_the_others_are_told() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offer = some_offer(&control).await;
    let (desk, lobby) = (Workstation::at(&hotel, "desk"), Workstation::at(&hotel, "lobby"));
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);
    let second = desk.open_window().await;
    let windows = [desk.window(), &second, lobby.window()];
    for window in windows {
        window.wait_for_synced(&offer.title).await;
        window.notices().await;
    }

    desk.window().click_in_offer(&offer.title, "offer-delete").await;
    desk.window().click("confirm-cancel").await;
    desk.window().wait_gone("confirm-cancel").await;
    assert!(
        requests(&control, changing).is_empty(),
        "nothing is deleted before it is confirmed"
    );
    desk.window().click_in_offer(&offer.title, "offer-delete").await;
    desk.window().click("confirm-delete").await;

    for window in windows {
        window.wait_without(&offer.title).await;
    }
    second.wait_for_notice(&offer.title).await;
    lobby.window().wait_for_notice(&offer.title).await;
    wait_for_stored(&control, "the deletion", |offers| {
        offers.iter().all(|other| other.id != offer.id)
    })
    .await;

    offer_from_elsewhere(&control, "Trad night").await;
    desk.window().wait_for_notice("Trad night").await;
    let notices = desk.window().notices().await;
    let [own, other] = notices.as_slice() else {
        panic!("one can be taken back, and one is news: {notices:?}");
    };
    assert!(
        own.contains(&offer.title) && own.contains("Restore"),
        "the window that deleted is told nothing, but can have the offer back: {own}"
    );
    assert!(other.contains("Trad night"), "{other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_title_the_server_trimmed_is_the_one_that_shows() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let desk = Workstation::at(&hotel, "desk");
    let desk = desk.sign_in(DESK).await;

    begin_offer(desk.window(), "  Spa day  ").await;
    desk.window().click("save").await;

    desk.window().wait_for_synced("Spa day").await;
    offer_from_elsewhere(&control, "Trad night").await;
    desk.window().wait_for_notice("Trad night").await;
    let spa = desk
        .window()
        .titles()
        .await
        .into_iter()
        .filter(|title| title == "Spa day")
        .count();
    assert_eq!(spa, 1, "the echo is the same offer");
}
