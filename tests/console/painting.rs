//! How windows are painted, with a graphics card and without.

use std::{fs, path::Path, time::Duration};

use image::{Rgb, RgbImage};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    scene::{DESK, all_offers, change_elsewhere, hotel},
    support::{CONSOLE, Painting, Window, Workstation},
};

/// WebKit's own variable: `1` without layers, as the console has it where it finds no graphics card, and `0` with them. Said here, a test is the
/// same on every machine.
const NO_LAYERS: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// In these a change is painted that stands in the page.
const FRAMES: Duration = Duration::from_millis(100);
/// By then all photos are painted that a page has, and no scrollbar comes or goes any more.
const REST: Duration = Duration::from_secs(20);
const AT_REST: &str = "document.getAnimations().length === 0 && allById('offer').length > 0 && allById('offer').every((card) => isPainted(byId('offer-photo', card)))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_layers_where_a_graphics_card_composes_them() {
    let desk = Workstation::new("desk").launch().await;
    desk.window().wait_for("signin").await;
    let told = format!("{NO_LAYERS}=1");
    // WebKit's, which the program has started: its own still has what it was started with.
    let told: Vec<bool> = desk.processes()[1..]
        .iter()
        .filter_map(|process| fs::read_to_string(format!("/proc/{process}/environ")).ok())
        .map(|environment| environment.split('\0').any(|one| one == told))
        .collect();
    assert!(!told.is_empty(), "WebKit has processes");
    assert_eq!(told, vec![!webviews::has_graphics_card(); told.len()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_graphics_card_a_colleagues_change_paints_its_card_and_not_the_list() {
    let hotel = hotel(12).await;
    let control = hotel.control();
    let desk = Workstation::at(&hotel, "desk")
        .with(NO_LAYERS, "1")
        .sign_in(DESK)
        .await;
    let window = desk.window();
    wait_for_rest(window).await;
    let shown = window.ask("allById('offer')[0].dataset.offerId", vec![]).await;
    let offers = all_offers(&control).await;
    let shown = shown.as_str().and_then(|id| id.parse().ok());
    let offer = offers.iter().find(|offer| Some(offer.id) == shown);
    let offer = offer.expect("the first card's offer");
    let all = window.ask("[innerWidth, innerHeight]", vec![]).await;
    let all: (u16, u16) = serde_json::from_value(all).expect("a size");
    let area = |(width, height): (u16, u16)| u32::from(width) * u32::from(height);
    let painting = Painting::watch(desk.processes()[0], CONSOLE);

    // Some changes are painted together with more: a scrollbar that fades after the window's first seconds, or, where another test's window comes
    // or goes beside this one, all of it. Not each of so many.
    let until = Instant::now() + REST;
    let mut largest = Vec::new();
    for number in 0.. {
        let title = format!("Changed {number} times");
        painting.so_far();
        change_elsewhere(&control, offer, json!({ "title": title })).await;
        window.wait_for_synced(&title).await;
        sleep(FRAMES).await;
        let painted = painting.so_far();
        let painted = painted.into_iter().max_by_key(|size| area(*size));
        if painted.is_some_and(|painted| area(painted) < area(all) / 3) {
            break;
        }
        largest.push(painted);
        assert!(
            Instant::now() < until,
            "the largest painted at each change, of {all:?}: {largest:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_layers_and_without_a_window_shows_the_same() {
    let hotel = hotel(6).await;
    let layered = Workstation::at(&hotel, "layered")
        .with(NO_LAYERS, "0")
        .sign_in(DESK)
        .await;
    let flat = Workstation::at(&hotel, "flat")
        .with(NO_LAYERS, "1")
        .sign_in(DESK)
        .await;
    let windows = [layered.window(), flat.window()];
    for window in windows {
        wait_for_rest(window).await;
        // Not the status bar, which says when.
        let hide = "byId('status-bar').style.visibility = 'hidden'";
        window.ask(hide, vec![]).await;
    }
    // A photo that a page has is not painted yet: WebKit decodes it beside, and shows the card without it meanwhile.
    let until = Instant::now() + REST;
    loop {
        let layered = picture(windows[0], "layered").await;
        let flat = picture(windows[1], "flat").await;
        let different = differing(&layered, &flat);
        let all = flat.pixels().len();
        if different * 200 < all {
            break;
        }
        assert!(
            Instant::now() < until,
            "{different} of {all} pixels differ between layered.png and flat.png"
        );
        sleep(FRAMES).await;
    }
}

async fn picture(window: &Window, name: &str) -> RgbImage {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    window.picture(&path).await.expect("a picture");
    image::open(path).expect("a picture").into_rgb8()
}

fn differing(one: &RgbImage, other: &RgbImage) -> usize {
    assert_eq!(one.dimensions(), other.dimensions());
    let differ = |(one, other): &(&Rgb<u8>, &Rgb<u8>)| {
        let mut channels = one.0.iter().zip(other.0);
        channels.any(|(one, other)| one.abs_diff(other) > 24)
    };
    one.pixels().zip(other.pixels()).filter(differ).count()
}

async fn wait_for_rest(window: &Window) {
    window
        .until_true("all photos, and nothing that moves", AT_REST, &[])
        .await;
}
