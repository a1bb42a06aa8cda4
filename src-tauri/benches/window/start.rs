//! From starting the program to its window being shown with the offers in it, and what it takes of the machine when nothing happens; against an
//! empty window of the same toolchain.
//!
//! Absent: the moment of the first picture, which is later. A hidden window paints nothing, so both programs show theirs when the page is ready
//! and tell of that moment; neither hears when the display has the picture.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use demo_hotel::{DemoHotel, Options};
use jiff::Timestamp;
use nix::{time::ClockId, unistd::Pid};
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
/// What is done at rest is done every half minute and every minute: a shorter time would catch it or not, as chance has it.
const IDLE: Duration = Duration::from_secs(60);
/// In turns, and the one in the middle counts: a minute has few wakes, and a slow moment makes each of them longer.
const SAMPLES: usize = 3;
/// In percent of a core. An empty window alone takes more on a slow machine, so this is what a console may take beyond it.
const IDLE_WORK: f64 = 0.1;
/// What both say as they have their window shown.
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
    let (mut console, mut window) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        console.note(station.start()).await;
        window.note(nowhere.start_program(&empty, &[])).await;
    }
    drop(hotel);
    vec![
        Row {
            what: "start to the window being shown, 1,000 offers with photos",
            unit: "ms",
            ours: median(&ours),
            against: "an empty window",
            theirs: median(&theirs),
            aim: Aim::Times(1.5),
        },
        Row {
            what: "memory of all processes, idle, 1,000 offers",
            unit: "MiB",
            ours: median(&console.memory),
            against: "an empty window",
            theirs: median(&window.memory),
            aim: Aim::More(60.0),
        },
        Row {
            what: "processor, idle, held against an empty window's own",
            unit: "%",
            ours: median(&console.work),
            against: if median(&window.work) > IDLE_WORK {
                "an empty window, itself above 0.1 %"
            } else {
                "an empty window"
            },
            theirs: median(&window.work),
            aim: Aim::More(IDLE_WORK),
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

/// Milliseconds from starting a program to its window being shown.
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

/// When a line says that a window is being shown, unless it speaks of an earlier run.
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

/// What a program takes when nothing happens.
#[derive(Default)]
struct Samples {
    /// In MiB.
    memory: Vec<f64>,
    /// In percent of a core.
    work: Vec<f64>,
}

impl Samples {
    async fn note(&mut self, mut launch: Launch) {
        sleep(SETTLING).await;
        let (before, begun) = (work(&launch.processes()), Instant::now());
        sleep(IDLE).await;
        let (after, took) = (work(&launch.processes()), begun.elapsed());
        let memory = Gauge::of(&launch.processes(), None).memory;
        launch.ask_to_end();
        within("its end", launch.ended()).await;
        assert!(
            !before.is_empty(),
            "the system tells how long a process has worked"
        );
        let done = after.iter().map(|(process, work)| {
            // One that has begun meanwhile has done all of it meanwhile.
            work.saturating_sub(before.get(process).copied().unwrap_or_default())
        });
        let done: Duration = done.sum();
        self.memory
            .push(f64::from(u32::try_from(memory).unwrap_or(u32::MAX)) / 1024.0);
        self.work.push(done.as_secs_f64() / took.as_secs_f64() * 100.0);
    }
}

/// How long each of these has worked so far. Its clock counts nanoseconds, where `stat` in `/proc` counts hundredths of a second, and also what
/// threads did that have ended since, of which `schedstat` there tells nothing.
fn work(processes: &[Pid]) -> HashMap<Pid, Duration> {
    let worked = |process: Pid| ClockId::pid_cpu_clock_id(process)?.now();
    let told = processes
        .iter()
        .filter_map(|process| Some((*process, worked(*process).ok()?.into())));
    told.collect()
}

/// Built by the bench's command, beside this program.
fn empty_window() -> PathBuf {
    let here = std::env::current_exe().expect("this program has a path");
    let profile = here.parent().and_then(Path::parent).expect("target/release/deps");
    profile.join("examples/empty-window")
}
