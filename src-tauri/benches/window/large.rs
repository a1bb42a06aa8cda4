//! Ten thousand offers against a hundred: opening, a keystroke of search, scrolling, another view.

use demo_hotel::DemoHotel;
use serde_json::{Value, json};

use crate::{
    figures::{Aim, Row, median, quantile},
    scene::{DESK, HOTEL, hotel, signed_in_for_good},
    start::shown,
    support::{Window, Workstation, within},
};

const MANY: usize = 10_000;
const FEW: usize = 100;
const STARTS: usize = 5;

/// Each step of what somebody does, in milliseconds until the frame after it.
const USE: &str = "
    const [done] = arguments;
    const byId = (id) => document.querySelector(`[data-testid=\"${id}\"]`);
    const framed = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    const timed = async (deed) => {
      const begun = performance.now();
      deed();
      await framed();
      return performance.now() - begun;
    };
    const type = (value) => {
      const field = byId('search');
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, value);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    (async () => {
      const times = { idle: [], search: [], scroll: [], view: [], layout: [] };
      for (let n = 0; n < 20; n++) times.idle.push(await timed(() => {}));
      for (const word of ['offer 77', 'autumn', 'spa week']) {
        for (let n = 1; n <= word.length; n++) times.search.push(await timed(() => type(word.slice(0, n))));
        times.search.push(await timed(() => type('')));
      }
      for (let n = 0; n < 3; n++)
        for (const view of ['hidden', 'live', 'all']) times.view.push(await timed(() => byId(`view-${view}`).click()));
      for (let n = 0; n < 3; n++)
        for (const layout of ['table', 'timeline', 'cards']) times.layout.push(await timed(() => byId(`layout-${layout}`).click()));
      for (const layout of ['cards', 'table']) {
        byId(`layout-${layout}`).click();
        await framed();
        await new Promise((next) => setTimeout(next, 500));
        const list = byId('offer-list');
        const scroller = [...list.querySelectorAll('*'), list, ...ancestors(list)].find((node) => node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY));
        for (let n = 0; n < 60; n++) times.scroll.push(await timed(() => (scroller.scrollTop += 400)));
      }
      byId('layout-cards').click();
      done(times);
    })().catch((error) => done(String(error)));
    function ancestors(node) {
      const all = [];
      for (let at = node.parentElement; at; at = at.parentElement) all.push(at);
      return all;
    }";

struct Measured {
    start: f64,
    times: Value,
}

pub(crate) async fn rows() -> Vec<Row> {
    let many = measured(MANY).await;
    let few = measured(FEW).await;
    let of = |measured: &Measured, what: &str| -> Vec<f64> {
        let times = measured.times[what]
            .as_array()
            .unwrap_or_else(|| panic!("no times of {what}: {}", measured.times));
        times.iter().filter_map(Value::as_f64).collect()
    };
    let row = |what, key: &str, aim| Row {
        what,
        unit: "ms",
        ours: quantile(&of(&many, key), 0.95),
        against: "100 offers",
        theirs: quantile(&of(&few, key), 0.95),
        aim,
    };
    let frame = median(&of(&many, "idle"));
    vec![
        Row {
            what: "10,000 offers: start to offers on screen",
            unit: "ms",
            ours: many.start,
            against: "100 offers",
            theirs: few.start,
            aim: Aim::Times(2.0),
        },
        Row {
            against: "a frame in which nothing is done",
            theirs: frame,
            ..row(
                "10,000 offers: a keystroke of search, to the next frame",
                "search",
                Aim::More(16.7),
            )
        },
        row(
            "10,000 offers: scrolling, frame by frame",
            "scroll",
            Aim::More(16.7),
        ),
        row("10,000 offers: another view", "view", Aim::More(16.7)),
        row("10,000 offers: another layout", "layout", Aim::More(50.0)),
    ]
}

async fn measured(offers: usize) -> Measured {
    let hotel = filled(offers).await;
    let station = Workstation::at(&hotel, "desk");
    let console = signed_in_for_good(&hotel, &station, DESK).await;
    wait_until_read(console.window(), offers).await;
    let times = console
        .window()
        .run_async(USE, vec![])
        .await
        .expect("the page can be used");
    console.quit().await;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(shown(&station, || station.start(), true).await);
    }
    Measured {
        start: median(&starts),
        times,
    }
}

/// A hotel with so many offers, none with a photo: the photos of thousands would measure the network.
async fn filled(offers: usize) -> DemoHotel {
    const KINDS: [&str; 4] = ["Spa weekend", "Autumn golf", "Family week", "Dinner for two"];
    let hotel = hotel(0).await;
    let control = hotel.control();
    for number in 0..offers {
        let fields = json!({
            "title": format!("{} offer {number}", KINDS[number % KINDS.len()]), "short_description": "Two nights by the lake.",
            "tag": KINDS[number % KINDS.len()], "valid_from": "2026-01-01", "valid_to": format!("20{}-06-{:02}", 27 + number % 3, 1 + number % 28),
            "sort_order": number % 1000, "is_active": number % 5 != 0,
        });
        within("an offer", control.create_elsewhere(HOTEL, fields))
            .await
            .expect("the hotel takes it");
    }
    hotel
}

/// Reading ten thousand offers takes a thousand requests.
async fn wait_until_read(window: &Window, offers: usize) {
    let script = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('snapshot').then((s) => done(s.offers.length));";
    loop {
        let known = window.run_async(script, vec![]).await.expect("a snapshot");
        if known.as_u64() == Some(offers as u64) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}
