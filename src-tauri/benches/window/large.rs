//! Ten thousand offers against a hundred: opening, a keystroke of search, scrolling, another view.

use std::collections::BTreeMap;

use demo_hotel::DemoHotel;
use serde_json::{Value, json};

use crate::{
    figures::{Aim, Row, median, quantile},
    scene::{DESK, create_elsewhere, hotel, signed_in_for_good},
    start::shown,
    support::{Console, Window, Workstation},
};

const MANY: usize = 10_000;
const FEW: usize = 100;
const STARTS: usize = 5;
/// In turns with so many and so few, so that a machine that grows slower does so for both.
const ROUNDS: usize = 3;

/// What the steps share: `timed` gives the milliseconds until the frame after a deed.
const TOOLS: &str = "
    const [done] = arguments;
    const byId = (id) => document.querySelector(`[data-testid=\"${id}\"]`);
    const framed = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    const times = [];
    const timed = async (deed) => {
      const begun = performance.now();
      deed();
      await framed();
      times.push(performance.now() - begun);
    };
    const type = (value) => {
      const field = byId('search');
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, value);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const scroll = async (layout) => {
      byId(`layout-${layout}`).click();
      await framed();
      await new Promise((next) => setTimeout(next, 500));
      const list = byId('offer-list');
      const isScroller = (node) => node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY);
      const around = [];
      for (let at = list; at; at = at.parentElement) around.push(at);
      const scroller = [...list.querySelectorAll('*'), ...around].find(isScroller);
      for (let n = 0; n < 40; n++) await timed(() => (scroller.scrollTop += 400));
    };";

/// What somebody does, each kind in a script of its own: a slow machine needs its time for each.
const KINDS_OF_USE: [(&str, &str); 6] = [
    ("idle", "for (let n = 0; n < 20; n++) await timed(() => {});"),
    (
        "search",
        "for (const word of ['offer 77', 'autumn', 'spa week']) {
           for (let n = 1; n <= word.length; n++) await timed(() => type(word.slice(0, n)));
           await timed(() => type(''));
         }",
    ),
    (
        "view",
        "for (let n = 0; n < 3; n++)
           for (const view of ['hidden', 'live', 'all']) await timed(() => byId(`view-${view}`).click());",
    ),
    (
        "layout",
        "for (let n = 0; n < 3; n++)
           for (const layout of ['table', 'timeline', 'cards']) await timed(() => byId(`layout-${layout}`).click());",
    ),
    ("scroll the cards", "await scroll('cards');"),
    ("scroll the table", "await scroll('table'); byId('layout-cards').click();"),
];

pub(crate) async fn rows() -> Vec<Row> {
    let (many, few) = (Desk::with(MANY).await, Desk::with(FEW).await);
    let (mut with_many, mut with_few) = (Times::new(), Times::new());
    for _ in 0..ROUNDS {
        many.note(&mut with_many).await;
        few.note(&mut with_few).await;
    }
    let (many, few) = (many.closed().await, few.closed().await);
    let (mut starts_with_many, mut starts_with_few) = (vec![], vec![]);
    for _ in 0..STARTS {
        starts_with_many.push(many.start().await);
        starts_with_few.push(few.start().await);
    }
    let row = |what, key: &str, aim| Row {
        what,
        unit: "ms",
        ours: quantile(&with_many[key], 0.95),
        against: "100 offers",
        theirs: quantile(&with_few[key], 0.95),
        aim,
    };
    // A step ends with the next frame, for which an idle one waits as well: what a key adds is held against the aim.
    let frame = median(&with_many["idle"]);
    vec![
        Row {
            what: "10,000 offers: start to the window being shown",
            unit: "ms",
            ours: median(&starts_with_many),
            against: "100 offers",
            theirs: median(&starts_with_few),
            aim: Aim::Times(2.0),
        },
        Row {
            against: "a frame in which nothing is done",
            theirs: frame,
            ..row(
                "10,000 offers: a key of search, more than an idle frame",
                "search",
                Aim::More(16.7),
            )
        },
        row(
            "10,000 offers: scrolling the cards, frame by frame",
            "scroll the cards",
            Aim::More(16.7),
        ),
        row(
            "10,000 offers: scrolling the table, frame by frame",
            "scroll the table",
            Aim::More(16.7),
        ),
        row("10,000 offers: another view", "view", Aim::More(16.7)),
        row("10,000 offers: another layout", "layout", Aim::More(50.0)),
    ]
}

/// Milliseconds of each step, by its kind.
type Times = BTreeMap<&'static str, Vec<f64>>;

/// A computer that knows all offers of a hotel of its own, and its console.
struct Desk {
    closed: ClosedDesk,
    console: Console,
}

/// The same after its console was closed.
struct ClosedDesk {
    _hotel: DemoHotel,
    station: Workstation,
}

impl Desk {
    async fn with(offers: usize) -> Self {
        let hotel = filled(offers).await;
        let station = Workstation::at(&hotel, "desk");
        let console = signed_in_for_good(&hotel, &station, DESK).await;
        wait_until_read(console.window(), offers).await;
        Self {
            closed: ClosedDesk {
                _hotel: hotel,
                station,
            },
            console,
        }
    }

    async fn note(&self, times: &mut Times) {
        for (kind, steps) in KINDS_OF_USE {
            let noted = milliseconds(self.console.window(), kind, steps).await;
            times.entry(kind).or_default().extend(noted);
        }
    }

    async fn closed(self) -> ClosedDesk {
        self.console.quit().await;
        self.closed
    }
}

impl ClosedDesk {
    async fn start(&self) -> f64 {
        shown(&self.station, || self.station.start(), true).await
    }
}

async fn milliseconds(window: &Window, kind: &str, steps: &str) -> Vec<f64> {
    let script = format!(
        "{TOOLS}\n(async () => {{ {steps}\ndone(times); }})().catch((error) => done(String(error)));"
    );
    let answer = window
        .run_async(&script, vec![])
        .await
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
    let times = answer
        .as_array()
        .map(|times| times.iter().filter_map(Value::as_f64));
    times.unwrap_or_else(|| panic!("{kind}: {answer}")).collect()
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
        create_elsewhere(&control, fields).await;
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
