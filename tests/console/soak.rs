//! Hours of staff at work: two computers of one hotel, every kind of task, and everything that goes wrong in such hours.
//!
//! People work quicker than people do, and in between the network goes, sockets are cut, the server answers badly, is restarted, and laptops are
//! closed. Now and then all rest: then both lists are the server's, nothing waits, and what the consoles take of the machine is read. In the end
//! memory and file handles stand where they stood, and there is no line in any log, and no error of any page, that the troubles do not explain.
//!
//! `HOTELMATE_SOAK_MINUTES` says how long (unless told, each kind of trouble once, which shows that all of it works, but no leak),
//! `HOTELMATE_SOAK_SEED` repeats the decisions. A task that was left, because a colleague deleted its offer, say, is counted and is no failure.

mod troubles;

use std::{
    collections::BTreeMap,
    env,
    time::{Duration, Instant},
};

use demo_hotel::{Control, Data, DemoHotel, Options};
use nix::unistd::Pid;
use rand::{
    RngExt, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};
use serde_json::{Value, json};
use sync::reading::SAFETY_NET;
use tempfile::TempDir;
use tokio::time::sleep;

use self::troubles::{Trouble, Troubles};
use crate::{
    kill::faults::Misfortunes,
    scene::{DESK, HOTEL, MANAGER, all_offers, photo, say},
    support::{CONSOLE, Console, Gauge, PREVIEW, Window, Workstation, within},
};

/// So many rests in all, first and last included.
const RESTS: u32 = 25;
/// What happens when, unless the environment names another.
const SEED: u64 = 2_026;
/// Until both consoles agree with the server after a trouble: their longest pause between two attempts, and a slow machine's time.
const RECOVERY: Duration = Duration::from_secs(150);
/// What a lost event would have told is learned with the next list: the engine reads it this often, give or take a tenth.
const NEXT_READ: Duration = Duration::from_secs(SAFETY_NET.as_secs() * 11 / 10);
/// From here on offers are deleted rather than created.
const CROWDED: usize = 30;
/// Of the gauges, the first part is the time in which caches fill.
const WARM: usize = 4;
/// What may be taken in the end, in percent of what was taken at first.
const GROWTH: u64 = 110;
const HANDLES: &str = "file handles";
/// Of those a few come and go with connections; one that is lost in every hour of work would be seen.
const MORE_HANDLES: u64 = 4;

/// A computer with its console open, and what was seen of it.
struct Desk {
    station: Workstation,
    console: Console,
    gauges: Vec<Gauge>,
    page_errors: Vec<String>,
}

struct Shift {
    hotel: Option<DemoHotel>,
    control: Control,
    options: Options,
    _data: TempDir,
    desks: Vec<Desk>,
    random: StdRng,
    troubles: Troubles,
    misfortunes: Misfortunes,
    deeds: BTreeMap<String, u64>,
    left: BTreeMap<String, u64>,
    number: u64,
    /// Events may have been lost since the last rest.
    is_deaf: bool,
    is_long: bool,
    /// Tasks in a row where nothing is wrong.
    usual: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_work_for_hours_and_the_console_takes_no_more_of_the_machine_than_at_first() {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse().ok());
    let minutes = number("HOTELMATE_SOAK_MINUTES");
    let seed = number("HOTELMATE_SOAK_SEED").unwrap_or(SEED);
    say(&format!("soak: HOTELMATE_SOAK_SEED={seed}"));
    let mut shift = Shift::begin(seed, minutes.is_some()).await;
    let started = Instant::now();
    shift.rest(started).await;
    match minutes {
        None => {
            shift.each_once().await;
            shift.rest(started).await;
        }
        Some(minutes) => {
            let pause = Duration::from_secs(minutes * 60) / (RESTS - 1);
            for rest in 1..RESTS {
                while started.elapsed() < pause * rest {
                    shift.each_once().await;
                }
                shift.rest(started).await;
            }
        }
    }
    let complaints = shift.report(started.elapsed());
    assert_eq!(
        complaints,
        Vec::<String>::new(),
        "repeat with HOTELMATE_SOAK_SEED={seed}"
    );
}

impl Shift {
    async fn begin(seed: u64, is_long: bool) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        let mut options = Options {
            offers: 12,
            data: Data::Folder(data.path().to_owned()),
            ..Options::default()
        };
        let hotel = started(&options).await;
        // It comes back where it was.
        options.port = hotel.port();
        let mut desks = Vec::new();
        for (name, user) in [("reception", DESK), ("office", MANAGER)] {
            let station = Workstation::at(&hotel, name);
            let console = station.sign_in(user).await;
            desks.push(Desk {
                station,
                console,
                gauges: Vec::new(),
                page_errors: Vec::new(),
            });
        }
        let mut shift = Self {
            control: hotel.control(),
            hotel: Some(hotel),
            options,
            _data: data,
            desks,
            random: StdRng::seed_from_u64(seed),
            troubles: Troubles::default(),
            misfortunes: Misfortunes::default(),
            deeds: BTreeMap::new(),
            left: BTreeMap::new(),
            number: 0,
            is_deaf: false,
            is_long,
            usual: if is_long { 6 } else { 1 },
        };
        for desk in &mut shift.desks {
            desk.collect_page_errors().await;
        }
        shift
    }

    /// Everything that can happen, once, in any order.
    async fn each_once(&mut self) {
        let mut kinds: Vec<u32> = (0..8).collect();
        kinds.shuffle(&mut self.random);
        for kind in kinds {
            match kind {
                0 => self.network_goes().await,
                1 => self.server_restarts().await,
                2 => self.laptop_sleeps().await,
                3 => self.server_misbehaves().await,
                4 => self.sockets_are_cut().await,
                5 => self.other_windows().await,
                _ => self.tasks(self.usual).await,
            }
        }
    }

    async fn network_goes(&mut self) {
        self.count("network gone");
        self.troubles.begin(Trouble::NetworkGone);
        within("the outage", self.control.unplug(true)).await;
        self.tasks(self.usual.div_ceil(2)).await;
        within("its end", self.control.unplug(false)).await;
        self.troubles.end();
    }

    async fn server_restarts(&mut self) {
        self.count("server restarted");
        self.troubles.begin(Trouble::ServerRestarts);
        if let Some(hotel) = self.hotel.take() {
            within("the server's end", hotel.shutdown()).await;
        }
        self.tasks(1).await;
        let hotel = started(&self.options).await;
        self.control = hotel.control();
        self.hotel = Some(hotel);
        self.troubles.end();
    }

    async fn laptop_sleeps(&mut self) {
        self.count("laptop closed");
        self.troubles.begin(Trouble::LaptopSleeps);
        let longest = if self.is_long { 60 } else { 8 };
        let asleep = Duration::from_secs(self.random.random_range(4..longest));
        let who = self.random.random_range(0..self.desks.len());
        let sleeps = self.desks[who].console.sleep(asleep);
        let control = &self.control;
        let number = self.number;
        // The hotel goes on meanwhile.
        let ((), ()) = tokio::join!(sleeps, async {
            elsewhere(control, number).await;
        });
        self.number += 1;
        self.troubles.end();
    }

    async fn server_misbehaves(&mut self) {
        self.count("server misbehaves");
        self.troubles.begin(Trouble::ServerMisbehaves);
        self.is_deaf |= self.misfortunes.befall(&self.control, &mut self.random).await;
        self.tasks(self.usual).await;
        self.misfortunes.end(&self.control).await;
        self.troubles.end();
    }

    async fn sockets_are_cut(&mut self) {
        self.count("sockets cut");
        self.troubles.begin(Trouble::SocketsCut);
        self.control.cut_sockets();
        self.tasks(self.usual.div_ceil(2)).await;
        self.troubles.end();
    }

    /// So many tasks at each computer, both at once, and changes from elsewhere.
    async fn tasks(&mut self, count: usize) {
        for _ in 0..count {
            let titles: Vec<String> = {
                let offers = all_offers(&self.control).await;
                offers.into_iter().map(|offer| offer.title).collect()
            };
            let plans: Vec<Value> = (0..self.desks.len()).map(|who| self.plan(who, &titles)).collect();
            if self.random.random_bool(0.3) {
                elsewhere(&self.control, self.number).await;
                self.number += 1;
            }
            let (first, second) = self.desks.split_at(1);
            let (a, b) = tokio::join!(first[0].does(plans[0].clone()), second[0].does(plans[1].clone()));
            for (plan, outcome) in plans.iter().zip([a, b]) {
                let name = plan["name"].as_str().expect("a task has a name");
                if outcome == "done" {
                    self.count(name);
                } else {
                    let why = format!("{name}: {}", outcome.replace(char::is_numeric, "#"));
                    *self.left.entry(why).or_default() += 1;
                }
            }
            if self.is_long {
                sleep(Duration::from_millis(self.random.random_range(0..3000))).await;
            }
        }
    }

    /// What somebody at this computer does next.
    fn plan(&mut self, who: usize, titles: &[String]) -> Value {
        self.number += 1;
        let number = self.number;
        let random = &mut self.random;
        let desk = &self.desks[who].station;
        let with_photo = random.random_bool(0.3);
        if with_photo {
            let side = random.random_range(200..1600);
            let picture = photo(side, side * 2 / 3, random.random());
            desk.put_in_file_dialog(&format!("photo-{}.jpg", number % 8), &picture);
        }
        let create = json!({ "name": "create", "title": format!("Offer {number}"), "photo": with_photo });
        let Some(title) = titles.choose(random) else {
            return create;
        };
        let value = format!("Written {number}");
        match random.random_range(0..100) {
            0..12 if titles.len() < CROWDED => create,
            0..12 => json!({ "name": "remove", "title": title }),
            12..50 => {
                let field = ["tag", "short_description", "details_text"]
                    .choose(random)
                    .expect("there are some");
                json!({ "name": "edit", "title": title, "field": field, "value": value, "photo": with_photo })
            }
            50..60 => json!({ "name": "remove", "title": title }),
            60..72 => json!({ "name": "search", "value": "offer 1" }),
            72..84 => json!({ "name": "look" }),
            84..93 => json!({ "name": "past", "title": title }),
            _ => json!({ "name": "activity" }),
        }
    }

    /// Another window of each kind, opened, looked at, closed.
    async fn other_windows(&mut self) {
        let who = self.random.random_range(0..self.desks.len());
        for (button, shows, title, count) in [
            ("new-window", "offer-list", CONSOLE, 2),
            ("show-preview", "preview-page", PREVIEW, 1),
        ] {
            let desk = &self.desks[who];
            let window = desk
                .console
                .window_after(async || {
                    let press = "byId(args[0]).click() ?? true";
                    desk.window().ask(press, vec![json!(button)]).await;
                })
                .await;
            window.wait_for(shows).await;
            self.desks[who].console.close_last_of(count, title, window).await;
            self.count(&format!("closed again: {title}"));
        }
    }

    /// Everything settles; both lists are the server's; the gauges are read.
    async fn rest(&mut self, started: Instant) {
        let reads = if self.is_deaf { NEXT_READ } else { Duration::ZERO };
        let deadline = Instant::now() + RECOVERY + reads;
        self.is_deaf = false;
        let mut differences = Vec::new();
        loop {
            differences.clear();
            let offers = all_offers(&self.control).await;
            let truth: BTreeMap<i64, Value> = offers
                .into_iter()
                .map(|offer| {
                    let id = offer.id;
                    (id, serde_json::to_value(offer).expect("an offer is JSON"))
                })
                .collect();
            for desk in &self.desks {
                differences.extend(desk.differs(&truth).await);
            }
            if differences.is_empty() {
                break;
            }
            if Instant::now() > deadline {
                let logs: Vec<String> = self
                    .desks
                    .iter()
                    .map(|desk| desk.station.last_log_lines(60))
                    .collect();
                panic!(
                    "after {} s of work the consoles do not come to what the server has: {differences:#?}\n{}",
                    started.elapsed().as_secs(),
                    logs.join("\n---\n")
                );
            }
            sleep(Duration::from_secs(1)).await;
        }
        // What was put off by work is done now.
        sleep(Duration::from_secs(5)).await;
        for desk in &mut self.desks {
            desk.collect_page_errors().await;
            let processes: Vec<Pid> = desk.console.processes();
            let gauge = Gauge::of(&processes, processes.first().copied());
            say(&format!(
                "soak: {:>5} s, {}: {gauge}, {} processes",
                started.elapsed().as_secs(),
                desk.window().name(),
                processes.len()
            ));
            desk.gauges.push(gauge);
        }
    }

    fn count(&mut self, what: &str) {
        *self.deeds.entry(what.to_owned()).or_default() += 1;
    }

    /// Says what was done and seen, and returns what should not have been.
    fn report(&self, took: Duration) -> Vec<String> {
        let mut complaints = Vec::new();
        say(&format!("soak: {} s; done {:?}", took.as_secs(), self.deeds));
        say(&format!("soak: left {:?}", self.left));
        say(&format!("soak: faults met {:?}", self.misfortunes.met()));
        let done: u64 = self.deeds.values().sum();
        let left: u64 = self.left.values().sum();
        if left * 5 > done {
            complaints.push(format!(
                "{left} tasks were left and only {done} done: {:?}",
                self.left
            ));
        }
        for desk in &self.desks {
            let name = desk.window().name();
            complaints.extend(
                desk.page_errors
                    .iter()
                    .map(|error| format!("{name}: page: {error}")),
            );
            let (kinds, unexplained) = self.troubles.judge(&desk.station.data().join("logs"));
            say(&format!("soak: {name} logged {kinds:#?}"));
            complaints.extend(unexplained.into_iter().map(|line| format!("{name}: {line}")));
            if self.is_long {
                complaints.extend(desk.grew());
            }
        }
        complaints
    }
}

impl Desk {
    fn window(&self) -> &Window {
        self.console.window()
    }

    /// One task, and what came of it.
    async fn does(&self, task: Value) -> String {
        let script = include_str!("soak/staff.js");
        match self.window().run_async(script, vec![task]).await {
            Ok(outcome) => outcome.as_str().unwrap_or("no words").to_owned(),
            Err(error) => format!("the window does not answer: {error}"),
        }
    }

    async fn collect_page_errors(&mut self) {
        let script = include_str!("soak/page.js");
        let errors = self
            .window()
            .run_async(script, vec![])
            .await
            .expect("the page answers");
        let errors = errors.as_array().cloned().unwrap_or_default();
        self.page_errors.extend(
            errors
                .iter()
                .map(|error| error.as_str().unwrap_or_default().to_owned()),
        );
    }

    /// Where this console's list is not the server's. What waits for its user is settled for the server's side.
    async fn differs(&self, truth: &BTreeMap<i64, Value>) -> Vec<String> {
        const SNAPSHOT: &str =
            "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('snapshot').then(done);";
        const DISCARD: &str = "const [key, done] = arguments;
            window.__TAURI_INTERNALS__.invoke('discard_changes', { key }).then(() => done(null), (error) => done(error.message));";
        let name = self.window().name();
        let snapshot = self
            .window()
            .run_async(SNAPSHOT, vec![])
            .await
            .expect("a snapshot");
        let mut differences = Vec::new();
        if snapshot["connection"]["state"] != "live" {
            differences.push(format!("{name} is {}", snapshot["connection"]));
        }
        let offers = snapshot["offers"].as_array().expect("a list of offers");
        if offers.len() != truth.len() {
            differences.push(format!("{name} has {} offers of {}", offers.len(), truth.len()));
        }
        for offer in offers {
            let title = &offer["fields"]["title"];
            match offer["sync"].as_str() {
                Some("synced") => {}
                Some("parked" | "conflict") => {
                    let done = self.window().run_async(DISCARD, vec![offer["key"].clone()]).await;
                    differences.push(format!("{name} asks about {title}: {done:?}"));
                    continue;
                }
                other => {
                    differences.push(format!("{name}: {title} is {other:?}"));
                    continue;
                }
            }
            let Some(there) = offer["id"].as_i64().and_then(|id| truth.get(&id)) else {
                differences.push(format!("{name} shows {title}, which is not there"));
                continue;
            };
            for (field, value) in offer["fields"].as_object().expect("fields") {
                if *value != there[field] {
                    differences.push(format!(
                        "{name}: {field} of {title} is {value}, not {}",
                        there[field]
                    ));
                }
            }
            if offer["photo"].is_null() != there["photo_url"].is_null() {
                differences.push(format!("{name}: the photo of {title}"));
            }
        }
        differences
    }

    /// What this console took more in the end than once it was warm.
    fn grew(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let warm = &self.gauges[WARM..];
        let part = (warm.len() / 4).max(1);
        let (first, last) = (&warm[..part], &warm[warm.len() - part..]);
        let measures: [(&str, Measure); 3] = [
            ("memory in KiB", |gauge| gauge.memory),
            ("memory of the core in KiB", |gauge| gauge.core),
            (HANDLES, |gauge| gauge.handles),
        ];
        let alone: Measure = |gauge| gauge.core_alone;
        say(&format!(
            "soak: {}: without files the core has {} KiB at first, {} in the end",
            self.window().name(),
            median(first, alone),
            median(last, alone)
        ));
        for (what, measure) in measures {
            let (before, after) = (median(first, measure), median(last, measure));
            say(&format!(
                "soak: {}: {what} {before} at first, {after} in the end",
                self.window().name()
            ));
            let most = if what == HANDLES {
                before + MORE_HANDLES
            } else {
                before * GROWTH / 100
            };
            if after > most {
                complaints.push(format!(
                    "{}: {what} grew from {before} to {after}",
                    self.window().name()
                ));
            }
        }
        complaints
    }
}

type Measure = fn(&Gauge) -> u64;

fn median(gauges: &[Gauge], measure: Measure) -> u64 {
    let mut values: Vec<u64> = gauges.iter().map(measure).collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// Somebody at none of these computers changes, hides or shows an offer, or makes one.
async fn elsewhere(control: &Control, number: u64) {
    let offers = all_offers(control).await;
    let which = usize::try_from(number).unwrap_or_default() % offers.len().max(1);
    let made = match offers.get(which) {
        Some(offer) if number.is_multiple_of(2) => {
            let fields = json!({ "tag": format!("Elsewhere {number}"), "is_active": !offer.is_active });
            within("a change", control.update_elsewhere(HOTEL, offer.id, fields)).await
        }
        _ if offers.len() < CROWDED => {
            let fields = json!({ "title": format!("From elsewhere {number}"), "short_description": "s" });
            within("an offer", control.create_elsewhere(HOTEL, fields)).await
        }
        Some(offer) => within("a deletion", control.delete_elsewhere(HOTEL, offer.id)).await,
        None => return,
    };
    made.expect("the hotel takes it");
}

async fn started(options: &Options) -> DemoHotel {
    within("the hotel's start", DemoHotel::start(options.clone()))
        .await
        .expect("a hotel starts")
}
