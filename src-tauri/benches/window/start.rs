//! From starting the program to offers on screen, and what it takes of the machine when nothing happens; against an empty window of the same
//! toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use demo_hotel::{DemoHotel, Options};
use jiff::Timestamp;
use tokio::time::sleep;

use crate::{
    figures::{Aim, Row, median},
    scene::{DESK, signed_in_for_good},
    support::{Gauge, Launch, Workstation, within},
};

const OFFERS: usize = 1_000;
const ROUNDS: usize = 7;
/// A program that was just started is not idle yet: within a minute its page clears away, once, what its start has left.
const SETTLING: Duration = Duration::from_secs(75);
/// Long enough for a tenth of a percent to be more than the hundredths of a second that the system counts in.
const IDLE: Duration = Duration::from_secs(60);
/// What both say once their window is painted and shown.
const SHOWN: &str = "painted and shown";

pub(crate) async fn rows() -> Vec<Row> {
    let (hotel, station) = furnished(OFFERS, true).await;
    let empty = empty_window();
    let nowhere = Workstation::new("empty");

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turns, so that a machine that grows slower does so for both; the first of each warms the disk's cache.
    for round in 0..=ROUNDS {
        let console = shown(&station, || station.start(), true).await;
        let window = shown(&nowhere, || nowhere.start_program(&empty, &[]), false).await;
        if round > 0 {
            ours.push(console);
            theirs.push(window);
        }
    }
    let console = idle(station.start()).await;
    let window = idle(nowhere.start_program(&empty, &[])).await;
    drop(hotel);
    vec![
        Row {
            what: "start to offers on screen, 1,000 offers with photos",
            unit: "ms",
            ours: median(&ours),
            against: "an empty window",
            theirs: median(&theirs),
            aim: Aim::Times(1.5),
        },
        Row {
            what: "memory of all processes, idle, 1,000 offers",
            unit: "MiB",
            ours: console.memory,
            against: "an empty window",
            theirs: window.memory,
            aim: Aim::More(60.0),
        },
        Row {
            what: "processor, idle, in percent of a core",
            unit: "%",
            ours: console.work,
            against: "an empty window",
            theirs: window.work,
            aim: Aim::More(0.1),
        },
    ]
}

/// A hotel with so many offers, and a computer that knows them all, photos included, and is signed in.
pub(crate) async fn furnished(offers: usize, with_photos: bool) -> (DemoHotel, Workstation) {
    let options = Options {
        offers,
        ..Options::default()
    };
    let hotel = within("the hotel's start", DemoHotel::start(options))
        .await
        .expect("a hotel starts");
    let station = Workstation::at(&hotel, "desk");
    let console = signed_in_for_good(&hotel, &station, DESK).await;
    let missing = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('snapshot').then((s) =>
        done(s.offers.length < 1 ? -1 : s.offers.filter((o) => o.photo && o.photo.hash === null).length + 1e6 * s.offers.length));";
    loop {
        let answer = console
            .window()
            .run_async(missing, vec![])
            .await
            .expect("a snapshot");
        let (known, without) = (
            answer.as_u64().unwrap_or(0) / 1_000_000,
            answer.as_u64().unwrap_or(1) % 1_000_000,
        );
        if known == offers as u64 && (without == 0 || !with_photos) {
            break;
        }
        sleep(Duration::from_millis(500)).await;
    }
    console.quit().await;
    (hotel, station)
}

/// Milliseconds from starting a program to its window.
pub(crate) async fn shown(station: &Workstation, start: impl Fn() -> Launch, logs: bool) -> f64 {
    let begun = Timestamp::now();
    let mut launch = start();
    let at = within("a window", async {
        loop {
            let said = if logs {
                log(&station.data())
            } else {
                launch.printed()
            };
            if let Some(at) = said.lines().rev().find_map(|line| told(line, begun)) {
                break at;
            }
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    // What it does once it is shown belongs to this start and not to the next one.
    sleep(Duration::from_secs(2)).await;
    launch.ask_to_end();
    within("its end", launch.ended()).await;
    (at - begun)
        .total(jiff::Unit::Millisecond)
        .expect("a span of time")
}

/// When a line says that a window was shown, unless it speaks of an earlier run.
fn told(line: &str, begun: Timestamp) -> Option<Timestamp> {
    let at: Timestamp = line.split_whitespace().next()?.parse().ok()?;
    (line.contains(SHOWN) && at > begun).then_some(at)
}

fn log(data: &Path) -> String {
    let mut logs: Vec<PathBuf> = fs::read_dir(data.join("logs"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    logs.sort();
    logs.pop()
        .and_then(|log| fs::read_to_string(log).ok())
        .unwrap_or_default()
}

struct Idle {
    memory: f64,
    work: f64,
}

/// What a program takes when nothing happens.
async fn idle(mut launch: Launch) -> Idle {
    sleep(SETTLING).await;
    let processes = launch.processes();
    let before = Gauge::of(&processes, None);
    sleep(IDLE).await;
    let after = Gauge::of(&processes, None);
    launch.ask_to_end();
    within("its end", launch.ended()).await;
    Idle {
        memory: f64::from(u32::try_from(after.memory).unwrap_or(u32::MAX)) / 1024.0,
        // Hundredths of a second of work in so many seconds are percent of a core.
        work: f64::from(u32::try_from(after.work - before.work).unwrap_or(u32::MAX)) / IDLE.as_secs_f64(),
    }
}

/// Built by the bench's command, beside this program.
fn empty_window() -> PathBuf {
    let here = std::env::current_exe().expect("this program has a path");
    let profile = here.parent().and_then(Path::parent).expect("target/release/deps");
    profile.join("examples/empty-window")
}
