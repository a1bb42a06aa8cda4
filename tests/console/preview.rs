//! The window that shows what guests see, beside the console and in step with it.

use std::path::Path;

use serde_json::{Value, json};

use crate::{
    scene::{
        DESK, HOTEL, begin_offer, change_elsewhere, change_offer, create_elsewhere, day, edit_offer,
        go_offline, hotel, stored,
    },
    support::{CONSOLE, Console, PREVIEW, Window, Workstation, keys::ctrl},
};

/// What the guest page and the preview have to show alike; see `tests/guest/src/same_cards.rs`.
const CARDS: &str = include_str!("../guest/same-cards/cards.txt");
const CARDS_AS_TEXT: &str = include_str!("../guest/same-cards/cards.js");
const OFFERS: &str = include_str!("../guest/same-cards/offers.json");

/// The preview of this console, as Ctrl+G opens it.
pub(crate) async fn open_preview(console: &Console) -> Window {
    let preview = console
        .window_after(async || console.window().press(&ctrl('g')).await)
        .await;
    preview.wait_for("preview-page").await;
    preview
}

const TITLES: &str = "allById('guest-offer').map((offer) => words(offer.querySelector('h3')))";

async fn wait_for_titles(preview: &Window, why: &str, fits: impl Fn(&[&str]) -> bool) {
    let accept = |answer: &Value| {
        let titles: Vec<&str> = answer.as_array()?.iter().filter_map(Value::as_str).collect();
        fits(&titles).then_some(())
    };
    preview.until(why, TITLES, &[], accept).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_follows_the_hotel_card_by_card_and_marks_what_is_not_there_yet() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    for (place, title) in ["Golf", "Spa", "Tea"].iter().enumerate() {
        let fields = json!({"title": title, "short_description": "s", "sort_order": place});
        create_elsewhere(&control, fields).await;
    }
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let preview = open_preview(&desk).await;
    wait_for_titles(&preview, "the offers as guests see them", |titles| {
        titles == ["Golf", "Spa", "Tea"]
    })
    .await;

    // The same window again, not another one.
    preview.ask("(window.marked = true)", vec![]).await;
    desk.window().press(&ctrl('g')).await;
    let mark = "allById('guest-offer').forEach((node) => (node.marked = true)) ?? true";
    preview.ask(mark, vec![]).await;

    change_offer(desk.window(), "Spa", "title", "Spa for two").await;
    wait_for_titles(&preview, "the edit", |titles| {
        titles == ["Golf", "Spa for two", "Tea"]
    })
    .await;
    let question = "window.marked === true && allById('guest-offer').every((node) => node.marked)";
    assert_eq!(
        preview.ask(question, vec![]).await,
        true,
        "the same window and the same cards"
    );
    // The receipt: guests were looked at, and see it.
    desk.window()
        .wait_for_words("receipt", |words| words.starts_with("Guests see it"))
        .await;
    // What stands there before is longer, and yet leaves “Saved” its place.
    let fits = "(byId('receipt').firstElementChild.textContent = args[0])
        && byId('save-state').scrollWidth <= byId('save-state').clientWidth";
    let looking = "Looking up what guests see…";
    assert_eq!(desk.window().ask(fits, vec![json!(looking)]).await, true);

    let tea = stored(&control, "Tea").await.expect("it is there");
    change_elsewhere(&control, &tea, json!({"is_active": false})).await;
    wait_for_titles(&preview, "the hidden offer to leave", |titles| {
        titles == ["Golf", "Spa for two"]
    })
    .await;

    // Typed and not saved: guests see nothing of it, and it can be looked at.
    desk.window().click("cancel").await;
    begin_offer(desk.window(), "Just typed").await;
    preview
        .wait_for_words("preview-open", |words| {
            words == "1 change not sent yet, not shown here, as guests see it."
        })
        .await;
    preview.click("preview-with-pending").await;
    wait_for_titles(&preview, "the unsaved offer", |titles| {
        titles.contains(&"Just typed")
    })
    .await;
    preview
        .wait_for_words("preview-pending-note", |words| {
            words == "Not saved yet: guests do not see this offer yet"
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_that_was_closed_opens_again() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    for _ in 0..3 {
        let preview = open_preview(&desk).await;
        desk.close_last_of(1, PREVIEW, preview).await;
        let other = desk.open_window().await;
        other.wait_for("offer-list").await;
        desk.close_last_of(2, CONSOLE, other).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_day_says_what_would_have_ended_and_takes_nothing_away() {
    let hotel = hotel(0).await;
    let control = hotel.control();
    let fields = json!({"title": "Ten more days", "short_description": "s", "valid_to": day(10)});
    create_elsewhere(&control, fields).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let preview = open_preview(&desk).await;
    wait_for_titles(&preview, "the offer", |titles| titles == ["Ten more days"]).await;
    assert!(!preview.shows("preview-day-note").await, "today its dates hold");

    preview.put_into("preview-slider", "11").await;
    preview
        .wait_for_words("preview-day-note", |words| {
            words.starts_with("Would have ended on ") && words.ends_with(", and guests still see it")
        })
        .await;
    assert_eq!(preview.ask(TITLES, vec![]).await, json!(["Ten more days"]));

    for (name, pixels) in [("phone", 390), ("tablet", 768), ("desktop", 1280)] {
        preview
            .ask(
                "byId(args[0]).click() ?? true",
                vec![json!(format!("preview-width-{name}"))],
            )
            .await;
        let question = "byId('preview-page').offsetWidth === args[0]";
        preview
            .until_true("the page's width", question, &[json!(pixels)])
            .await;
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("preview-{name}.png"));
        preview.picture(&picture).await.expect("a picture");
    }

    go_offline(&control, desk.window()).await;
    preview
        .wait_for_words("preview-currency", |words| {
            words.starts_with("Offline, as last known at ")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_shows_the_cards_that_the_page_shows() {
    let offers: Vec<Value> = serde_json::from_str(OFFERS).expect("offers in JSON");
    let hotel = hotel(offers.len()).await;
    let control = hotel.control();
    let mut seeded = crate::scene::all_offers(&control).await;
    seeded.sort_by_key(|offer| offer.id);
    for (offer, fields) in seeded.iter().zip(offers) {
        change_elsewhere(&control, offer, fields).await;
    }
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let preview = open_preview(&desk).await;
    let question = format!("(() => {{ {CARDS_AS_TEXT}; return cardsAsText(document); }})()");
    let accept = |answer: &Value| (*answer == CARDS).then_some(());
    preview
        .until(&format!("these cards:\n{CARDS}"), &question, &[], accept)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_may_look_and_neither_change_anything_nor_leave() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let preview = open_preview(&desk).await;
    preview
        .ask(
            "(window.refusals = {}, ['snapshot', 'retry_now', 'open_console_window', 'drafts'].forEach((name) =>
                window.__TAURI_INTERNALS__.invoke(name).then(() => (refusals[name] = 'granted'), (error) => (refusals[name] = String(error)))), true)",
            vec![],
        )
        .await;
    let refusals = preview
        .until("four answers", "window.refusals", &[], |answer| {
            answer.as_object().filter(|answers| answers.len() == 4).cloned()
        })
        .await;
    for (name, answer) in refusals {
        let words = answer.as_str().unwrap_or_default();
        assert!(words.contains("not allowed"), "{name}: {words}");
    }
    preview
        .ask("(location.href = 'tauri://localhost/index.html', true)", vec![])
        .await;
    preview
        .ask("(location.href = args[0], true)", vec![json!(hotel.api_url())])
        .await;
    let offer = "Nobody has gone anywhere";
    crate::scene::offer_from_elsewhere(&hotel.control(), offer).await;
    wait_for_titles(&preview, "the preview to be there still", |titles| {
        titles.contains(&offer)
    })
    .await;
    edit_offer(desk.window(), offer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_the_demo_hotel_opens_in_the_browser_and_no_other_address() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk")
        .with_browser()
        .with("HOTELMATE_DEMO", "1");
    let console = station.launch().await;
    let window = console.window();
    window.wait_until_connection_is("live").await;
    let preview = open_preview(&console).await;
    preview.click("preview-browser").await;
    let address = station.opened().await;
    assert!(
        address.starts_with("http://127.0.0.1:") && address.ends_with(&format!("/{HOTEL}/")),
        "{address}"
    );

    // With a server whose page nobody has told us of, nothing is offered, though the demo hotel still runs.
    window.click("sign-out").await;
    window.wait_for("signin").await;
    window.sign_in(DESK, DESK).await;
    window.wait_until_connection_is("live").await;
    preview.wait_gone("preview-browser").await;
    assert!(preview.shows("preview-page").await);
    // Nor opened for a script that asks all the same.
    let ask = "(window.opened = null, window.__TAURI_INTERNALS__.invoke('open_guest_page').then(() => 'granted', (error) => error)
        .then((answer) => (window.opened = answer)), true)";
    preview.ask(ask, vec![]).await;
    let refusal = preview
        .until("an answer", "window.opened", &[], |answer| {
            (!answer.is_null()).then(|| answer.clone())
        })
        .await;
    assert_eq!(
        refusal["message"], "Where this hotel's page is, the console does not know.",
        "{refusal}"
    );
}
