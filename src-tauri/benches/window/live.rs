//! From an event at the hub to its text in the page: one at a time, and as fast as the hub sends.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use demo_hotel::{DemoHotel, Offer};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::sleep};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    figures::{Aim, Row, median, quantile},
    scene::{DESK, HOTEL, all_offers, hotel},
    support::{Window, Workstation, within},
    written::Written,
};

const OFFERS: usize = 20;
const EVENTS: usize = 500;
const APART: Duration = Duration::from_millis(50);
const FLOOD: usize = 5_000;
/// One says little of its longest frame.
const FLOODS: usize = 5;
/// Until what changed in a flood glows no longer; then some single events, or the first would wait for processors that sleep.
const CALM: Duration = Duration::from_secs(3);
const SINGLE: usize = 20;

/// Notes when each title of the watched offer came to stand in the page, and how long the frames took.
const WATCH: &str = "
    const [id, done] = arguments;
    const title = () => document.querySelector(`[data-offer-id=\"${id}\"] [data-testid=\"offer-title\"]`)?.textContent.trim();
    const notes = (window.benchNotes = { titles: [], frames: [], first: null });
    let last = title();
    const look = () => {
      const now = title();
      if (now === last) return;
      last = now;
      notes.titles.push([now, performance.timeOrigin + performance.now()]);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    let before = performance.now();
    const frame = (at) => { notes.frames.push(at - before); before = at; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    done(null);";

/// Begins to wait until every one of these titles stands in the page. The page notes it by itself: who asks it again and again takes its time.
const WATCH_FOR: &str = "
    const [wanted, done] = arguments;
    const notes = window.benchNotes;
    const titles = () => new Set([...document.querySelectorAll('[data-testid=\"offer-title\"]')].map((one) => one.textContent.trim()));
    notes.titles = [];
    notes.frames = [];
    notes.right = new Promise((isRight) => {
      const observer = new MutationObserver(() => {
        const there = titles();
        if (!wanted.every((title) => there.has(title))) return;
        observer.disconnect();
        isRight({ titles: notes.titles, frames: [...notes.frames], right: performance.timeOrigin + performance.now() });
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    done(null);";

/// Changes one title in each of so many frames, so often, and tells each time how long the longest of them took.
const ONE_WORD: &str = "
    const [frames, tries, done] = arguments;
    const title = document.querySelector('[data-testid=\"offer-title\"]');
    const shown = document.createTreeWalker(title, NodeFilter.SHOW_TEXT).nextNode();
    const was = shown.data;
    const frame = () => new Promise((began) => requestAnimationFrame(() => began(performance.now())));
    (async () => {
      const longest = [];
      for (let one = 0; one < tries; one++) {
        let [before, most] = [await frame(), 0];
        for (let number = 0; number < frames; number++) {
          shown.data = `Word ${number}`;
          const at = await frame();
          most = Math.max(most, at - before);
          before = at;
        }
        longest.push(most);
      }
      shown.data = was;
      done(longest);
    })();";
const TRIES: usize = 25;

pub(crate) async fn rows() -> Vec<Row> {
    let hotel = hotel(OFFERS).await;
    let station = Workstation::at(&hotel, "desk");
    let console = station.sign_in(DESK).await;
    let window = console.window();
    let offer = all_offers(&hotel.control()).await.remove(0);
    window.wait_for_synced(&offer.title).await;
    window
        .run_async(WATCH, vec![json!(offer.id.to_string())])
        .await
        .expect("the page watches");
    let mut rows = one_by_one(&hotel, window, &offer).await;
    // All of the single events stand in the page by now, so what is written down from here on is the floods'.
    rows.extend(floods(&hotel, window, Written::so_far(&station)).await);
    rows
}

async fn one_by_one(hotel: &DemoHotel, window: &Window, offer: &Offer) -> Vec<Row> {
    let mut raw = raw_socket(hotel).await;
    let (mut sent, mut received) = (HashMap::new(), HashMap::new());
    for number in 0..EVENTS {
        let title = format!("Event {number}");
        let event = updated(offer, &title);
        sent.insert(title, now());
        publish(hotel, &event);
        sleep(APART).await;
    }
    within("the last event", async {
        while received.len() < EVENTS {
            let (title, at) = raw.recv().await.expect("the socket stays open");
            received.insert(title, at);
        }
    })
    .await;
    window.wait_for_synced(&format!("Event {}", EVENTS - 1)).await;
    let notes = notes(window).await;
    let seen: HashMap<String, f64> = notes["titles"]
        .as_array()
        .expect("notes")
        .iter()
        .filter_map(|note| Some((note[0].as_str()?.to_owned(), note[1].as_f64()?)))
        .collect();
    let taken = |times: &HashMap<String, f64>| -> Vec<f64> {
        times
            .iter()
            .filter_map(|(title, at)| Some(at - sent.get(title)?))
            .collect()
    };
    let (page, socket) = (taken(&seen), taken(&received));
    let row = |what, part, aim| Row {
        what,
        unit: "ms",
        ours: quantile(&page, part),
        against: "the same events on a raw socket",
        theirs: quantile(&socket, part),
        aim: Aim::More(aim),
    };
    vec![
        row(
            "event to text in the page, 500 events 50 ms apart: median",
            0.5,
            4.0,
        ),
        row("the same: 99 of 100", 0.99, 16.0),
        Row {
            what: "events of these that never stood in the page",
            unit: "",
            ours: count(EVENTS - page.len()),
            against: "",
            theirs: 0.0,
            aim: Aim::Most(0.0),
        },
    ]
}

async fn floods(hotel: &DemoHotel, window: &Window, mut written: Written) -> Vec<Row> {
    let (mut firsts, mut longest, mut rights, mut one_word) = (vec![], vec![], vec![], vec![]);
    let mut lost = 0;
    let offers = all_offers(&hotel.control()).await;
    for number in 0..FLOODS {
        sleep(CALM).await;
        for event in 0..SINGLE {
            let title = format!("Before flood {number}, event {event}");
            publish(hotel, &updated(&offers[0], &title));
            sleep(APART).await;
        }
        let flood = flood(hotel, window, &offers, number).await;
        firsts.push(flood.first);
        longest.push(quantile(&flood.frames, 1.0));
        rights.push(flood.right);
        lost += written.missing_of(SINGLE + FLOOD);
        one_word.extend(longest_with_one_word(window, flood.frames.len()).await);
    }
    vec![
        Row {
            what: "5,000 events at once, median of 5: first change on screen",
            unit: "ms",
            ours: median(&firsts),
            against: "",
            theirs: 0.0,
            aim: Aim::Most(20.0),
        },
        Row {
            what: "5,000 events at once, median of 5: longest frame",
            unit: "ms",
            ours: median(&longest),
            against: "one word changed in as many frames",
            theirs: median(&one_word),
            aim: Aim::Most(50.0),
        },
        Row {
            what: "5,000 events at once, worst of 5: longest frame",
            unit: "ms",
            ours: quantile(&longest, 1.0),
            against: "one word changed in as many frames",
            theirs: quantile(&one_word, 1.0),
            aim: Aim::Told,
        },
        Row {
            what: "5,000 events at once, all 5: not in the console's history",
            unit: "lost",
            ours: count(lost),
            against: "",
            theirs: 0.0,
            aim: Aim::Most(0.0),
        },
        Row {
            what: "5,000 events at once, median of 5: every offer is right",
            unit: "ms",
            ours: median(&rights),
            against: "",
            theirs: 0.0,
            aim: Aim::Told,
        },
    ]
}

/// Milliseconds since the first event was handed to the hub.
struct Flood {
    first: f64,
    right: f64,
    frames: Vec<f64>,
}

async fn flood(hotel: &DemoHotel, window: &Window, offers: &[Offer], number: usize) -> Flood {
    let title = |event: usize| format!("Flood {number}, event {event}");
    let wanted: Vec<String> = (FLOOD - offers.len()..FLOOD).map(title).collect();
    window
        .run_async(WATCH_FOR, vec![json!(wanted)])
        .await
        .expect("the page watches");
    // Made before: the hub is another computer in a hotel, and shares this one's processors with the page here.
    let events: Vec<String> = (0..FLOOD)
        .map(|event| updated(&offers[event % offers.len()], &title(event)))
        .collect();
    let begun = now();
    for (number, event) in events.iter().enumerate() {
        publish(hotel, event);
        // A burst of the hub's own making: what it hands on waits for nobody, and this one thread leaves it room to do so.
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let noted = window
        .run_async("window.benchNotes.right.then(arguments[0]);", vec![])
        .await
        .expect("the last state of every offer");
    let frames = noted["frames"].as_array().expect("frames");
    Flood {
        first: noted["titles"][0][1].as_f64().unwrap_or(f64::INFINITY) - begun,
        right: noted["right"].as_f64().expect("a time") - begun,
        frames: frames.iter().filter_map(Value::as_f64).collect(),
    }
}

/// What the machine needs at least: the longest of so many frames in which a single word changes, each time.
async fn longest_with_one_word(window: &Window, frames: usize) -> Vec<f64> {
    let answer = window
        .run_async(ONE_WORD, vec![json!(frames), json!(TRIES)])
        .await
        .expect("the page changes a word");
    let longest = answer.as_array().expect("times");
    longest.iter().filter_map(Value::as_f64).collect()
}

fn channel() -> String {
    format!("hotel-{HOTEL}")
}

/// The event that tells of a new title.
fn updated(offer: &Offer, title: &str) -> String {
    let mut offer = serde_json::to_value(offer).expect("an offer is JSON");
    offer["title"] = json!(title);
    json!({ "offer": offer, "action": "updated" }).to_string()
}

fn publish(hotel: &DemoHotel, event: &str) {
    hotel
        .control()
        .publish_event(&channel(), "offer-updated", event)
        .expect("the hub takes it");
}

async fn notes(window: &Window) -> Value {
    window.ask("window.benchNotes", vec![]).await
}

/// Milliseconds since 1970, as the page counts them.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is later than 1970")
        .as_secs_f64()
        * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "a count of some hundreds")]
fn count(number: usize) -> f64 {
    number as f64
}

/// A socket on the same channel that does nothing with what it is told but look at the clock.
async fn raw_socket(hotel: &DemoHotel) -> mpsc::UnboundedReceiver<(String, f64)> {
    let address = format!(
        "ws://{}/app/{}?protocol=7&client=bench&version=1",
        hotel.address(),
        hotel.pusher_key()
    );
    let (socket, _) = within("a raw socket", connect_async(address))
        .await
        .expect("the hub lets it in");
    let (mut out, mut incoming) = socket.split();
    let subscribe = json!({ "event": "pusher:subscribe", "data": { "channel": channel() } });
    out.send(Message::text(subscribe.to_string()))
        .await
        .expect("the hub listens");
    let (tell, told) = mpsc::unbounded_channel();
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut ready = Some(ready);
        // The way out lives as long as the way in.
        let _out = out;
        while let Some(Ok(message)) = incoming.next().await {
            let at = now();
            let Ok(text) = message.to_text() else { continue };
            if text.contains("subscription_succeeded")
                && let Some(ready) = ready.take()
            {
                let _ = ready.send(());
            }
            let Some(title) = title(text) else { continue };
            if tell.send((title, at)).is_err() {
                return;
            }
        }
    });
    within("the subscription", is_ready)
        .await
        .expect("the hub subscribes it");
    told
}

fn title(frame: &str) -> Option<String> {
    let frame: Value = serde_json::from_str(frame).ok()?;
    let data: Value = serde_json::from_str(frame["data"].as_str()?).ok()?;
    data["offer"]["title"].as_str().map(str::to_owned)
}
