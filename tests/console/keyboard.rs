//! Each task of staff by keys alone: nothing is clicked, nothing is given the focus but by keys, and the focus can be seen on the way.
//!
//! Formatted details are in `details`, the time zone in `settings`, windows in `preview`. What a scene begins with, and what others do, comes
//! about as it does in other tests.

use std::fs;

use serde_json::json;

use crate::{
    scene::{
        DESK, all_offers, change_elsewhere, change_offer, changing, day, go_offline, go_online, hotel,
        offer_until, pass_a_night, photo, requests, signed_in_for_good, stored, wait_for_hidden_copies,
        wait_for_stored, wait_for_sync, wait_until_stored,
    },
    support::{
        CONSOLE, PREVIEW, Window, Workstation,
        keys::{BACK_TAB, DELETE, DOWN, ENTER, ESCAPE, RIGHT, SPACE, TAB, alt, ctrl, ctrl_shift, shift},
    },
};

const IN_LIST: &str = "document.activeElement?.dataset.stop === 'true'";

/// Puts the focus on the first offer, or the selected one.
async fn go_to_list(window: &Window) {
    for _ in 0..60 {
        if window.ask(IN_LIST, vec![]).await == true {
            return window.expect_visible_focus().await;
        }
        window.press(TAB).await;
    }
    panic!("the offers cannot be reached by keyboard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_from_sign_in_to_its_return_by_keyboard_alone() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.launch().await;
    let window = desk.window();
    window
        .wait_for_words("signin-api-url", |address| !address.is_empty())
        .await;
    window.go_to("signin-username").await;
    window.press(DESK).await;
    window.go_to("signin-password").await;
    window.press(DESK).await;
    window.press(ENTER).await;
    window.wait_until_connection_is("live").await;
    window.wait_for("last-synced").await;

    // New: the title has the focus at once.
    window.press(&ctrl('n')).await;
    window.wait_for("editor").await;
    window.go_to("field-title").await;
    window.press("Seaweed bath").await;
    window.go_to("field-short_description").await;
    window.press("By the lake.").await;
    window.press(&ctrl('s')).await;
    window.wait_for_synced("Seaweed bath").await;

    // Edited, hidden, and shown again.
    window.go_to("field-tag").await;
    window.press("Spa").await;
    window.go_to("field-is_active").await;
    window.press(SPACE).await;
    window.press(&ctrl('s')).await;
    wait_until_stored(&control, "Seaweed bath", |offer| {
        offer.tag == "Spa" && !offer.is_active
    })
    .await;
    window.press(SPACE).await;
    window.press(&ctrl('s')).await;
    wait_until_stored(&control, "Seaweed bath", |offer| offer.is_active).await;
    window.wait_for_synced("Seaweed bath").await;
    window.press(ESCAPE).await;
    window.wait_gone("editor").await;
    window.wait_for_focus_on_offer("Seaweed bath").await;

    // Duplicated: a copy to be edited, which is put away.
    window.press(&ctrl('d')).await;
    window
        .until_true(
            "the copy in the editor",
            "allById('offer').length === 4 && byId('editor') !== null",
            &[],
        )
        .await;
    let copy = window.words("field-title").await.expect("its title");
    window.wait_for_synced(&copy).await;
    window.press(ESCAPE).await;
    window.wait_gone("editor").await;
    window.wait_for_focus_on_offer(&copy).await;

    // Deleted, after a question whose safe answer has the focus; the keyboard goes on in the list.
    window.press(DELETE).await;
    window.wait_for("confirm-cancel").await;
    window.expect_visible_focus().await;
    window.go_to("confirm-delete").await;
    window.press(ENTER).await;
    window
        .until_true("the copy to be gone", "allById('offer').length === 3", &[])
        .await;
    window
        .until_true(
            "the focus on an offer",
            "document.activeElement?.dataset.stop === 'true'",
            &[],
        )
        .await;
    window.expect_visible_focus().await;

    // And back.
    window.run_command("Recently deleted").await;
    window.wait_for("deleted-restore").await;
    window.go_to("deleted-restore").await;
    window.press(ENTER).await;
    window.wait_for_synced(&copy).await;
    window.wait_gone("deleted-offers").await;
    wait_until_stored(&control, &copy, |_| true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_are_ordered_marked_hidden_and_copied_to_next_year_by_keyboard_alone() {
    let hotel = hotel(3).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[2].title).await;

    // The first one down, and the focus with it.
    go_to_list(window).await;
    window.wait_for_focus_on_offer(&offers[0].title).await;
    window.press(&alt(RIGHT)).await;
    let order = [&offers[1].title, &offers[0].title, &offers[2].title];
    window
        .wait_for_offers("the new order", |cards| {
            cards.iter().map(|card| &card.title).eq(order) && cards.iter().all(|card| card.sync == "synced")
        })
        .await;
    window.wait_for_focus_on_offer(&offers[0].title).await;

    // In the table: this one and the next.
    window.press(&ctrl('2')).await;
    window.wait_for("mark-all").await;
    go_to_list(window).await;
    window.press(SPACE).await;
    window.press(&shift(DOWN)).await;
    window.wait_for("bulk").await;
    window.go_to("bulk-hide").await;
    window.press(ENTER).await;
    for offer in [&offers[0], &offers[2]] {
        wait_until_stored(&control, &offer.title, |offer| !offer.is_active).await;
    }
    assert!(
        stored(&control, &offers[1].title)
            .await
            .is_some_and(|offer| offer.is_active),
        "what was not marked is as it was"
    );
    window.wait_gone("bulk").await;
    window
        .until_true(
            "the focus to be kept",
            "document.activeElement !== document.body",
            &[],
        )
        .await;

    // All of them, for next year.
    go_to_list(window).await;
    window.press(&ctrl('a')).await;
    window.wait_for("bulk").await;
    window.go_to("bulk-next-year").await;
    window.press(ENTER).await;
    wait_for_hidden_copies(&control, 6, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_last_day_is_moved_on_the_timeline_and_a_version_restored_by_keyboard_alone() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    offer_until(&control, "Golf", 10).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced("Golf").await;

    window.press(&ctrl('3')).await;
    window.wait_for("timeline-bar").await;
    window.go_to("timeline-bar").await;
    // At one go: a pause between them would make two edits of it.
    window.press(&shift(&RIGHT.repeat(2))).await;
    let moved = day(12);
    wait_until_stored(&control, "Golf", |offer| {
        offer.valid_to.map(|day| day.to_string()) == Some(moved.clone())
    })
    .await;

    // The version before that.
    window.press(&ctrl('h')).await;
    window.wait_for("history-restore").await;
    window.go_to("history-restore").await;
    window.press(ENTER).await;
    window.wait_for("history-restore-confirm").await;
    window.expect_visible_focus().await;
    window.go_to("history-restore-confirm").await;
    window.press(ENTER).await;
    let before = day(10);
    wait_until_stored(&control, "Golf", |offer| {
        offer.valid_to.map(|day| day.to_string()) == Some(before.clone())
    })
    .await;
    window.wait_gone("history").await;

    // What is valid today, on paper, and away again.
    window.press(&ctrl('p')).await;
    window
        .wait_for_words("desk-sheet-offer", |words| words.contains("Golf"))
        .await;
    window.go_to("desk-sheet-print").await;
    window.press(ESCAPE).await;
    window.wait_gone("desk-sheet").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_settled_by_keyboard_alone() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offers[1].title).await;
    go_offline(&control, window).await;
    change_offer(window, &offers[0].title, "title", "Mine").await;
    change_elsewhere(&control, &offers[0], json!({ "title": "Theirs" })).await;
    window.press(ESCAPE).await;
    window.wait_gone("editor").await;
    go_online(&control, window).await;
    wait_for_sync(window, "Mine", "conflict").await;
    assert!(
        requests(&control, changing).is_empty(),
        "nothing is sent over theirs"
    );

    window.run_command("Mine").await;
    window.wait_for("conflict-theirs-title").await;
    window.go_to("conflict-theirs-title").await;
    window.press(ENTER).await;
    window.tab_to("conflict-mine-title", BACK_TAB).await;
    window.expect_visible_focus().await;
    window.press(ENTER).await;
    window.press(&ctrl('s')).await;
    window.wait_for_synced("Mine").await;
    wait_until_stored(&control, "Mine", |_| true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_goes_out_and_comes_in_by_keyboard_alone() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let offer = all_offers(&control).await.remove(0);
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;

    window.run_command("Export this view").await;
    window
        .wait_for_words("export-written", |words| words.starts_with("2 offers written to"))
        .await;
    let table = fs::read_to_string(station.save_dialog()).expect("the table was written");
    assert!(table.contains(&offer.title), "{table}");
    let table = table.replace(&offer.title, "Renamed in a table");
    station.put_in_file_dialog("edited.csv", table.as_bytes());
    window.go_to("import-pick").await;
    window.press(ENTER).await;
    window.wait_for("import-row").await;
    window.go_to("import-run").await;
    window.press(ENTER).await;
    window
        .wait_for_words("import-result", |words| words == "1 row imported")
        .await;
    window.press(ESCAPE).await;
    window.wait_gone("tables").await;
    window.wait_for_synced("Renamed in a table").await;
    go_to_list(window).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_is_hidden_dates_are_moved_and_a_photo_is_chosen_by_keyboard_alone() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    for (title, last) in [("Ended", -2), ("Golf", 10), ("Spa", 20)] {
        offer_until(&control, title, last).await;
    }
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced("Spa").await;

    // What ended and is still shown.
    window.run_command("still shown").await;
    window.wait_for("hide-all").await;
    window.go_to("hide-all").await;
    window.press(ENTER).await;
    wait_until_stored(&control, "Ended", |offer| !offer.is_active).await;

    // All of those that guests see, a week later.
    window.run_command("View: Live").await;
    window
        .wait_for_offers("the live ones", |cards| cards.len() == 2)
        .await;
    go_to_list(window).await;
    window.press(&ctrl('a')).await;
    window.wait_for("bulk").await;
    window.go_to("bulk-move").await;
    window.press(ENTER).await;
    window.wait_for("bulk-days").await;
    window.press(&ctrl('a')).await;
    window.press("7").await;
    window.press(ENTER).await;
    for (title, last) in [("Golf", 17), ("Spa", 27)] {
        let last = day(last);
        wait_until_stored(&control, title, |offer| {
            offer.valid_to.map(|day| day.to_string()) == Some(last.clone())
        })
        .await;
    }

    // And one of them gets a photo.
    station.put_in_file_dialog("green.jpg", &photo(900, 600, [20, 90, 60]));
    go_to_list(window).await;
    window.press(ESCAPE).await;
    window.press(ENTER).await;
    window.wait_for("editor").await;
    window.go_to("photo-pick").await;
    window.press(ENTER).await;
    window
        .wait_for_words("photo-sizes", |words| words.contains("sent as it is"))
        .await;
    window.press(&ctrl('s')).await;
    wait_for_stored(&control, "a photo", |offers| {
        offers.iter().any(|offer| offer.photo_url.is_some())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_that_goes_on_among_the_offers_is_seen_though_the_last_one_came_from_a_press() {
    let hotel = hotel(2).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window
        .wait_for_offers("two offers", |offers| offers.len() == 2)
        .await;

    window.press(&ctrl('2')).await;
    let first = all_offers(&control).await.remove(0);
    change_elsewhere(&control, &first, json!({ "tag": "Spa" })).await;
    window
        .until_true("the focus among the offers", IN_LIST, &[])
        .await;
    window.expect_visible_focus().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_new_since_somebody_was_last_here_is_read_and_ticked_off_by_keyboard_alone() {
    let hotel = hotel(4).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    desk.window().wait_for_synced(&offers[0].title).await;
    desk.window().press(DOWN).await;
    station.wait_until_stored("hotelmate.last ").await;
    desk.quit().await;

    pass_a_night(&control, &offers).await;

    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for_synced("Made at night").await;
    window.press(&ctrl_shift('l')).await;
    // Those deleted are told last, once the whole list has been read.
    window
        .wait_for_words("handover", |words| {
            ["Made at night", "Changed at night", &offers[2].title]
                .iter()
                .all(|title| words.contains(title))
        })
        .await;
    window.go_to("handover-offer").await;
    window.press(ENTER).await;
    let chosen = "document.querySelector('[data-testid=offer] [aria-current=true]')?.textContent === args[0]";
    window
        .until_true("the offer to be chosen", chosen, &[json!("Made at night")])
        .await;
    window.press(&ctrl_shift('l')).await;
    window.wait_for("handover-done").await;
    window.go_to("handover-done").await;
    window.press(ENTER).await;
    window
        .wait_for_words("handover", |words| words.contains("Nothing is different."))
        .await;
    window.press(ESCAPE).await;
    window.wait_gone("handover").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_of_each_kind_are_closed_and_the_program_is_ended_by_keys() {
    let hotel = hotel(1).await;
    let offers = all_offers(&hotel.control()).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let second = desk.open_window().await;
    second.wait_for("last-synced").await;

    desk.press_in_last_of(2, CONSOLE, 'w').await;
    desk.wait_until_closed(second).await;
    assert!(desk.window().shows("offer-list").await, "the console goes on");

    let preview = desk
        .window_after(async || desk.window().press(&ctrl('g')).await)
        .await;
    preview.wait_for("preview-page").await;
    desk.press_in_last_of(1, PREVIEW, 'w').await;
    desk.wait_until_closed(preview).await;

    let title = &offers[0].title;
    let alone = desk
        .window_after(async || desk.window().double_click_in_offer(title, "offer-title").await)
        .await;
    alone.wait_for("editor").await;
    let frame = format!("{title} · Hotel Killarney");
    desk.press_in_last_of(1, &frame, 'w').await;
    desk.wait_until_closed(alone).await;

    // From any of them, and with all of them.
    let preview = desk
        .window_after(async || desk.window().press(&ctrl('g')).await)
        .await;
    preview.wait_for("preview-page").await;
    desk.press_in_last_of(1, PREVIEW, 'q').await;
    desk.ended().await;
    assert!(
        !station.data().join("running").exists(),
        "it came to its end, as if its windows had been closed"
    );
}
