//! From the click on *Save* to the changed card on screen, which the window shows only once the change is safe on disk; against two frames in
//! which a script changes the same title, and one commit. The aim as it reads, two frames of a screen that shows sixty in a second, is a row of
//! its own, beside one such frame of this machine and one commit: where no graphics card paints, a frame with a change can take longer.

use std::time::Instant;

use crate::{
    figures::{Aim, Row, quantile},
    scene::{DESK, edit_offer, hotel, some_offer},
    support::Workstation,
};
use serde_json::{Value, json};

const SAVES: usize = 100;
/// In milliseconds, of a screen that shows sixty in a second.
const TWO_FRAMES: f64 = 33.4;

/// Types a title, clicks *Save*, and tells after how many milliseconds the frame with the new title began to be shown, and how long a frame takes
/// in which nothing but this title changes.
const SAVE: &str = "
    const [from, to, done] = arguments;
    const byId = (id, root = document) => root.querySelector(`[data-testid=\"${id}\"]`);
    const card = [...document.querySelectorAll('[data-testid=\"offer\"]')].find((card) => byId('offer-title', card).textContent.trim() === from);
    const field = byId('field-title');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, to);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    const shown = document.createTreeWalker(byId('offer-title', card), NodeFilter.SHOW_TEXT).nextNode();
    const frame = () => new Promise((began) => requestAnimationFrame(() => began(performance.now())));
    // What was typed is painted, so that only the save is counted.
    frame().then(frame).then(async (before) => {
      const was = shown.data;
      shown.data = to;
      const frames = (await frame()) - before;
      shown.data = was;
      await frame().then(frame);
      const begun = performance.now();
      const observer = new MutationObserver(() => {
        if (byId('offer-title', card).textContent.trim() !== to) return;
        observer.disconnect();
        requestAnimationFrame(() => done([performance.now() - begun, frames]));
      });
      observer.observe(card, { subtree: true, childList: true, characterData: true });
      byId('save').click();
    });";

pub(crate) async fn rows() -> Vec<Row> {
    let hotel = hotel(20).await;
    let station = Workstation::at(&hotel, "desk");
    let console = station.sign_in(DESK).await;
    let window = console.window();
    let offer = some_offer(&hotel.control()).await;
    window.wait_for_synced(&offer.title).await;
    edit_offer(window, &offer.title).await;
    let (mut saves, mut frames) = (Vec::new(), Vec::new());
    let mut title = offer.title;
    for number in 0..SAVES {
        let next = format!("Saved {number}");
        let answer = window
            .run_async(SAVE, vec![json!(title), json!(next)])
            .await
            .expect("the card changes");
        let at = |place: usize| answer.get(place).and_then(Value::as_f64).expect("a time");
        saves.push(at(0));
        frames.push(at(1));
        window.wait_for_synced(&next).await;
        title = next;
    }
    // Like is held against like: what else the machine does in these seconds takes its time from both.
    let most = |values: &[f64]| quantile(values, 0.95);
    let (frame, commit) = (most(&frames), most(&commits(&station)));
    vec![
        Row {
            what: "Save to changed card, safe on disk: 95 of 100",
            unit: "ms",
            ours: most(&saves),
            against: "two frames and a commit, 95 of 100",
            theirs: 2.0 * frame + commit,
            aim: Aim::Times(1.0),
        },
        Row {
            what: "Save to changed card, safe on disk: 95 of 100, two frames",
            unit: "ms",
            ours: most(&saves),
            against: "one frame and a commit, 95 of 100",
            theirs: frame + commit,
            aim: Aim::Most(TWO_FRAMES),
        },
    ]
}

/// What a durable commit of a small change takes on this disk, in milliseconds, each time.
fn commits(station: &Workstation) -> Vec<f64> {
    let database = rusqlite::Connection::open(station.data().join("bench.db")).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT);",
        )
        .expect("it is set up");
    (0..SAVES)
        .map(|number| {
            let begun = Instant::now();
            database
                .execute("INSERT INTO t (text) VALUES (?1)", [format!("row {number}")])
                .expect("it is written");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect()
}
