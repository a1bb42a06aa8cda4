//! Every state of the window, one after the other: gone through by axe, so that nobody is kept out of any of them, and photographed for
//! people by `cargo xtask screenshots`, which names a folder in `HOTELMATE_PICTURES`.

use std::{env, fs, path::PathBuf};

use demo_hotel::{Canned, Control, Effect, Fault};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    scene::{
        DESK, all_offers, change_elsewhere, change_offer, create_elsewhere, delete_elsewhere, edit_offer,
        go_offline, go_online, hotel, kept_token, offer_from_elsewhere, wait_for_sync, wait_for_waiting,
    },
    support::{
        Console, Window, Workstation,
        keys::{ESCAPE, TAB, ctrl},
        within,
    },
};

/// From the smallest window to a large screen.
const SIZES: [(u32, u32); 3] = [(900, 600), (1180, 760), (1920, 1200)];

/// Starts axe, which answers later.
const CHECK: &str = "(() => {
    window.barriers = null;
    const rules = { resultTypes: ['violations'] };
    axe.run(document, rules).then(
        (all) => (window.barriers = all.violations.flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${node.failureSummary}`))),
        (error) => (window.barriers = [String(error)]),
    );
    return true;
})()";

/// A window is told of its new size before its page is, and cards in sight are painted a frame after that: a picture in between shows the old
/// size, or empty cards.
const PAINTED: &str = "((width) => {
    if (window.paintedAt !== width) {
        if (innerWidth === width) requestAnimationFrame(() => requestAnimationFrame(() => (window.paintedAt = width)));
        return false;
    }
    const isInSight = ({ top, bottom }) => bottom > 0 && top < innerHeight;
    return [...document.images].every((image) => image.complete || !isInSight(image.getBoundingClientRect()));
})(args[0])";

struct Tour {
    theme: &'static str,
    axe: String,
    pictures: Option<PathBuf>,
    barriers: Vec<String>,
}

impl Tour {
    fn begin(theme: &'static str) -> Self {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");
        Self {
            theme,
            axe: fs::read_to_string(axe).expect("the UI's packages are installed"),
            pictures: env::var_os("HOTELMATE_PICTURES").map(PathBuf::from),
            barriers: Vec::new(),
        }
    }

    /// Looks at what the window shows now.
    async fn look(&mut self, window: &Window, state: &str) {
        if window.ask("typeof axe", vec![]).await == "undefined" {
            // As a script of the driver's own: the page allows no evaluation of text.
            let load = format!("(() => {{ {}; return true; }})()", self.axe);
            window.ask(&load, vec![]).await;
        }
        window.ask(CHECK, vec![]).await;
        let found = window
            .until("axe", "window.barriers", &[], |found| found.as_array().cloned())
            .await;
        let found = found.iter().filter_map(Value::as_str);
        self.barriers
            .extend(found.map(|barrier| format!("{state}: {barrier}")));
        if let Some(pictures) = &self.pictures {
            for (width, height) in SIZES {
                let folder = pictures.join(format!("{width}x{height}-{}", self.theme));
                fs::create_dir_all(&folder).expect("the folder for pictures can be made");
                window.resize(width, height).await;
                window
                    .until_true("a page of the new size", PAINTED, &[json!(width)])
                    .await;
                window
                    .picture(&folder.join(format!("{state}.png")))
                    .await
                    .expect("a picture can be taken");
            }
            let (width, height) = SIZES[1];
            window.resize(width, height).await;
        }
    }

    fn end(self) {
        assert!(
            self.barriers.is_empty(),
            "in the {} theme:\n{}",
            self.theme,
            self.barriers.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_state_of_the_window_keeps_anybody_out() {
    tour("light", "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_state_of_the_window_keeps_anybody_out_in_the_dark() {
    tour("dark", "gtk-application-prefer-dark-theme=1").await;
}

async fn tour(theme: &'static str, settings: &str) {
    let hotel = hotel(12).await;
    let control = hotel.control();
    let offers = all_offers(&control).await;
    let station = Workstation::at(&hotel, theme).with_toolkit_settings(settings);
    let mut tour = Tour::begin(theme);
    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for("signin").await;
    let theme_is = "matchMedia('(prefers-color-scheme: dark)').matches === args[0]";
    window
        .until_true("the theme", theme_is, &[json!(theme == "dark")])
        .await;
    tour.look(window, "sign-in").await;
    window.sign_in(DESK, "wrong").await;
    window.wait_for("signin-error").await;
    tour.look(window, "sign-in-refused").await;
    window.sign_in(DESK, DESK).await;
    window.wait_until_connection_is("live").await;
    window.wait_for_synced(&offers[0].title).await;
    window.wait_for_photo(&offers[0].title).await;

    tour.look(window, "cards").await;
    kept_token(&hotel, DESK).await;
    let desk = shift_changes(&mut tour, &station, &control, desk).await;
    let window = desk.window();
    views(&mut tour, window, &offers[0].title).await;
    overlays(&mut tour, window).await;
    panels(&mut tour, window, &offers[0].title).await;
    editing(&mut tour, window, &offers[0].title).await;

    let preview = desk
        .window_after(async || window.click("show-preview").await)
        .await;
    preview.wait_for("preview-page").await;
    tour.look(&preview, "preview").await;

    let title = &offers[0].title;
    let alone = desk
        .window_after(async || window.double_click_in_offer(title, "offer-title").await)
        .await;
    alone.wait_for_words("field-title", |words| words == title).await;
    tour.look(&alone, "offer-window").await;
    desk.close_last_of(1, &format!("{title} · Hotel Killarney"), alone)
        .await;

    offer_from_elsewhere(&control, "Brought by a colleague").await;
    window.wait_for_notice("Brought by a colleague").await;
    tour.look(window, "notice").await;

    go_offline(&control, window).await;
    change_offer(window, &offers[1].title, "title", "Mine").await;
    change_offer(window, &offers[2].title, "tag", "Refused").await;
    wait_for_waiting(window, 2).await;
    tour.look(window, "offline").await;
    change_elsewhere(&control, &offers[1], json!({ "title": "Theirs" })).await;
    let refusal = Canned::json(
        StatusCode::BAD_REQUEST,
        br#"{"tag":["There is no such tag."]}"#.as_slice(),
    );
    control.fault(Fault::on(Method::PATCH, "/offers/", Effect::Instead(refusal)));
    go_online(&control, window).await;
    wait_for_sync(window, "Mine", "conflict").await;
    wait_for_sync(window, &offers[2].title, "parked").await;
    window.click_in_offer(&offers[2].title, "offer-edit").await;
    window.wait_for("parked").await;
    window
        .ask("byId('parked').scrollIntoView() ?? true", vec![])
        .await;
    tour.look(window, "parked").await;
    window.click_in_offer("Mine", "offer-edit").await;
    window.wait_for("conflict").await;
    tour.look(window, "conflict").await;
    window.click("sign-out").await;
    window.wait_for("sign-out-cancel").await;
    tour.look(window, "sign-out").await;
    window.click("sign-out-cancel").await;
    window.wait_gone("sign-out-cancel").await;

    within("the tokens' end", control.expire_tokens())
        .await
        .expect("the hotel ends them");
    window.click("connection").await;
    change_offer(window, &offers[3].title, "title", "Too late").await;
    window.wait_for("expired").await;
    tour.look(window, "expired").await;
    tour.end();
}

/// Somebody goes home, the hotel goes on, and somebody comes.
async fn shift_changes(tour: &mut Tour, station: &Workstation, control: &Control, desk: Console) -> Console {
    desk.window().press(ESCAPE).await;
    station.wait_until_stored("hotelmate.last ").await;
    desk.quit().await;
    let offers = all_offers(control).await;
    change_elsewhere(
        control,
        &offers[5],
        json!({ "tag": "Wellness", "valid_to": null }),
    )
    .await;
    change_elsewhere(control, &offers[6], json!({ "is_active": !offers[6].is_active })).await;
    delete_elsewhere(control, &offers[7]).await;
    // Behind the others, which are to stay in sight.
    let fields = json!({ "title": "Christmas Markets", "short_description": "By coach to Cork and back.", "sort_order": 99 });
    create_elsewhere(control, fields).await;
    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for_photo(&offers[0].title).await;
    window.click("show-handover").await;
    window
        .wait_for_words("handover", |words| words.contains("Christmas Markets"))
        .await;
    tour.look(window, "handover").await;
    window.click("handover-done").await;
    window.wait_gone("handover-done").await;
    window.press(ESCAPE).await;
    window.wait_gone("handover").await;
    desk
}

async fn views(tour: &mut Tour, window: &Window, title: &str) {
    window.click("layout-table").await;
    window.wait_for("mark-all").await;
    tour.look(window, "table").await;
    window.click("layout-timeline").await;
    window.wait_for("timeline-bar").await;
    tour.look(window, "timeline").await;
    window.click("layout-cards").await;
    window.click_in_offer(title, "offer-mark").await;
    window.wait_for("bulk").await;
    tour.look(window, "marked").await;
    window.click("bulk-clear").await;
    window.wait_gone("bulk").await;
    window.type_into("search", "nothing is called that").await;
    window.wait_without(title).await;
    tour.look(window, "nothing-found").await;
    window.type_into("search", "").await;
    window.wait_for_synced(title).await;
    window.click("view-waiting").await;
    window.wait_without(title).await;
    tour.look(window, "nothing-waits").await;
    window.click("view-all").await;
    window.wait_for_synced(title).await;
}

async fn overlays(tour: &mut Tour, window: &Window) {
    window.press(&ctrl('k')).await;
    window.wait_for("palette-input").await;
    tour.look(window, "palette").await;
    window.press(ESCAPE).await;
    window.wait_gone("palette-input").await;
    window.press(&ctrl(',')).await;
    window.wait_for("zone-clock").await;
    tour.look(window, "settings").await;
    window.tab_to("zone-search", TAB).await;
    window.press("new").await;
    window.wait_for("zone").await;
    tour.look(window, "settings-zones").await;
    window.press(ESCAPE).await;
    window.wait_gone("settings").await;
    for state in ["keys", "desk-sheet", "tables"] {
        window.click(&format!("show-{state}")).await;
        window.wait_for(state).await;
        tour.look(window, state).await;
        window.press(ESCAPE).await;
        window.wait_gone(state).await;
    }
}

async fn panels(tour: &mut Tour, window: &Window, title: &str) {
    window.click("show-activity").await;
    window.wait_for("activity-row").await;
    tour.look(window, "activity").await;
    window.click("show-activity").await;
    window.wait_gone("activity").await;
    window.click("show-deleted").await;
    window.wait_for("deleted-offers").await;
    tour.look(window, "deleted").await;
    window.press(ESCAPE).await;
    window.wait_gone("deleted-offers").await;
    edit_offer(window, title).await;
    window.click("show-history").await;
    window.wait_for("history").await;
    tour.look(window, "history").await;
    window.press(ESCAPE).await;
    window.wait_gone("history").await;
}

async fn editing(tour: &mut Tour, window: &Window, title: &str) {
    edit_offer(window, title).await;
    tour.look(window, "editor").await;
    window.type_into("field-title", "").await;
    window.click("save").await;
    window.wait_for("error-title").await;
    tour.look(window, "editor-with-error").await;
    window.type_into("field-title", title).await;
    window.click("cancel").await;
    window.wait_gone("editor").await;
    window.click_in_offer(title, "offer-delete").await;
    window.wait_for("confirm-delete").await;
    tour.look(window, "delete").await;
    window.click("confirm-cancel").await;
    window.wait_gone("confirm-delete").await;
}
