//! The kill test: whatever the console has answered is never lost and never done twice, however often it is killed.
//!
//! One computer, one data folder, one hotel. Again and again the console is started, signed in from the keyring, given work through the page's
//! own commands (creates, edits, photos, deletes, in lanes beside each other), and killed with all its processes at a random moment of it. In
//! most rounds the server misbehaves as well. An answer that reached the test was given, so what it promised must hold from then on: in what the
//! next start shows, and in the end on the server, photos byte for byte.
//!
//! `HOTELMATE_KILLS` says how often (20 unless told), `HOTELMATE_KILL_SEED` repeats a run's decisions; the moments at which processes meet stay
//! the machine's.

pub(crate) mod faults;
mod ledger;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use demo_hotel::{Control, DemoHotel};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::{
    faults::Misfortunes,
    ledger::{Deed, Findings, Ledger, Photo, Standing, Step},
};
use crate::{
    scene::{DESK, HOTEL, hotel, photo, say, served, signed_in_for_good},
    support::{Console, Window, Workstation, within},
};

const KILLS: u64 = 20;
/// What happens when, unless the environment names another.
const SEED: u64 = 2_026;
/// Work goes on this many milliseconds at most before the kill.
const LATEST: u64 = 400;
const LANES: usize = 3;
/// More steps than the time allows, so that the kill cuts them off.
const STEPS: usize = 14;
/// From here on offers are deleted rather than created.
const CROWDED: usize = 30;

#[derive(Default)]
struct Tally {
    kills: u64,
    asked: u64,
    accepted: BTreeMap<&'static str, u64>,
    refused: BTreeMap<String, u64>,
    findings: Findings,
}

struct Trial {
    hotel: DemoHotel,
    control: Control,
    station: Workstation,
    random: StdRng,
    ledger: Ledger,
    misfortunes: Misfortunes,
    /// Every photo that was ever in the file dialog, by its SHA-256.
    photos: BTreeMap<String, Vec<u8>>,
    steps: u64,
    tally: Tally,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_answered_survives_every_kill_and_nothing_is_done_twice() {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse().ok());
    let kills = number("HOTELMATE_KILLS").unwrap_or(KILLS);
    let seed = number("HOTELMATE_KILL_SEED").unwrap_or(SEED);
    say(&format!("kill test: HOTELMATE_KILL_SEED={seed}"));
    let started = Instant::now();

    let hotel = hotel(0).await;
    let control = hotel.control();
    let station = Workstation::at(&hotel, "desk");
    signed_in_for_good(&hotel, &station, DESK).await.quit().await;
    let mut trial = Trial {
        hotel,
        control,
        station,
        random: StdRng::seed_from_u64(seed),
        ledger: Ledger::default(),
        misfortunes: Misfortunes::default(),
        photos: BTreeMap::new(),
        steps: 0,
        tally: Tally::default(),
    };
    for round in 1..=kills {
        trial.round(round).await;
    }
    trial.settle().await;
    trial.report(started.elapsed());

    assert_eq!(
        (&trial.tally.findings.lost, &trial.tally.findings.doubled),
        (&vec![], &vec![]),
        "lost and doubled; repeat with HOTELMATE_KILL_SEED={seed} HOTELMATE_KILLS={kills}"
    );
    let accepted: u64 = trial.tally.accepted.values().sum();
    assert!(
        accepted > kills,
        "too little was answered to show anything: {accepted}"
    );
}

impl Trial {
    /// One start, some work, one kill.
    async fn round(&mut self, round: u64) {
        let desk = self.open().await;
        let window = desk.window();
        self.compare_with_view(&format!("after kill {}", round - 1), window)
            .await;
        if self.random.random_bool(0.5) {
            window.wait_until_connection_is("live").await;
        }

        let (side, colour) = (self.random.random_range(40..400), self.random.random());
        let picture = photo(side, side, colour);
        self.station
            .put_in_file_dialog(&format!("photo-{round}.jpg"), &picture);
        // What is sent: the same bytes as long as there is nothing to mend in them.
        let sent = ::photo::prepare(&picture, None)
            .expect("it is a picture")
            .picture
            .bytes;
        let hash = cache::PhotoHash::of(&sent).to_string();
        self.photos.insert(hash.clone(), sent);
        let lanes = self.plan(round, &hash);
        let steps: BTreeMap<u64, Step> = lanes.iter().flatten().map(|s| (s.number, s.clone())).collect();
        steps.values().for_each(|step| self.ledger.ask(step));

        if self.random.random_bool(0.6) {
            self.misfortunes.befall(&self.control, &mut self.random).await;
        }
        let moment = Duration::from_millis(self.random.random_range(0..=LATEST));
        let script = Value::from_iter(
            lanes
                .iter()
                .map(|lane| Value::from_iter(lane.iter().map(Step::script))),
        );
        window
            .run_async(include_str!("kill/shift.js"), vec![script])
            .await
            .expect("the page takes the work");
        let (answers, ()) = tokio::join!(answers(window), async {
            tokio::time::sleep(moment).await;
            desk.kill_all().await;
        });
        self.tally.kills += 1;
        self.book(&steps, &answers);
        drop(desk);
        check_database(&self.station.data());
        self.misfortunes.end(&self.control).await;
    }

    /// Starts the console, which is signed in from the last time.
    async fn open(&self) -> Console {
        let desk = self.station.launch().await;
        desk.window().wait_for("console").await;
        desk
    }

    /// What the lanes are to do. An offer is one lane's alone, so that the order of its changes is known.
    fn plan(&mut self, round: u64, photo: &str) -> Vec<Vec<Step>> {
        let mut lanes = vec![(Vec::new(), Vec::new()); LANES];
        let titles = self.ledger.titles();
        let crowd = titles.len();
        for title in titles {
            let lane = self.random.random_range(0..LANES);
            lanes[lane].0.push(title);
        }
        for (titles, steps) in &mut lanes {
            for _ in 0..STEPS {
                let step = self.step(round, titles, crowd, photo);
                match step.deed {
                    Deed::Create => titles.push(step.title.clone()),
                    Deed::Delete => titles.retain(|title| *title != step.title),
                    _ => {}
                }
                steps.push(step);
            }
        }
        lanes.into_iter().map(|(_, steps)| steps).collect()
    }

    fn step(&mut self, round: u64, titles: &[String], crowd: usize, photo: &str) -> Step {
        self.steps += 1;
        let number = self.steps;
        let random = &mut self.random;
        let pause = random.random_range(0..=10);
        let new = if crowd < CROWDED { 0.3 } else { 0.05 };
        let (deed, title) = match titles.choose(random) {
            Some(title) if !random.random_bool(new) => {
                let deed = match random.random_range(0..100) {
                    0..62 => Deed::Edit,
                    62..78 => Deed::Upload,
                    78..84 => Deed::Bare,
                    _ => Deed::Delete,
                };
                (deed, title.clone())
            }
            _ => (Deed::Create, format!("Offer {round}.{number}")),
        };
        let all = ["short_description", "details_text", "tag", "sort_order"];
        let fields: Vec<&'static str> = match deed {
            Deed::Create => all.to_vec(),
            Deed::Edit => all.sample(random, 2).copied().collect(),
            _ => vec![],
        };
        let values = fields.into_iter().map(|field| {
            let value = match field {
                "sort_order" => json!(number),
                _ => json!(format!("{field} {number}")),
            };
            (field, value)
        });
        let brings_photo = match deed {
            Deed::Upload => true,
            Deed::Create => random.random_bool(0.4),
            Deed::Edit => random.random_bool(0.1),
            Deed::Bare | Deed::Delete => false,
        };
        Step {
            number,
            deed,
            title,
            values: values.collect(),
            photo: brings_photo.then(|| photo.to_owned()),
            pause,
        }
    }

    fn book(&mut self, steps: &BTreeMap<u64, Step>, answers: &[(u64, Option<String>)]) {
        self.tally.asked += u64::try_from(steps.len()).expect("a small number");
        for (number, refused) in answers {
            let step = &steps[number];
            self.ledger.answer(step, refused.is_none());
            match refused {
                None => *self.tally.accepted.entry(step.deed.name()).or_default() += 1,
                Some(code) => {
                    // The window and this test would not speak of the same commands any more.
                    assert!(!code.contains("invalid args"), "{code}");
                    let what = format!("{}: {code}", step.deed.name());
                    *self.tally.refused.entry(what).or_default() += 1;
                }
            }
        }
    }

    /// Nothing answered is missing from what a window shows.
    async fn compare_with_view(&mut self, when: &str, window: &Window) {
        let standing: Vec<_> = offers_in(&snapshot(window).await).map(shown).collect();
        self.note(when, &standing);
    }

    fn note(&mut self, when: &str, standing: &[Standing]) {
        let found = self.ledger.compare(when, standing);
        let is_new = self.tally.findings.lost.is_empty() && self.tally.findings.doubled.is_empty();
        if is_new && !(found.lost.is_empty() && found.doubled.is_empty()) {
            self.show_how_it_came();
        }
        for line in found.lost.iter().chain(&found.doubled).chain(&found.held) {
            say(line);
        }
        let all = &mut self.tally.findings;
        all.lost.extend(found.lost);
        all.doubled.extend(found.doubled);
        all.held.extend(found.held);
    }

    /// For the first finding: what the console logged and kept, and what the server was asked, as far as they are at hand.
    fn show_how_it_came(&self) {
        say("--- the console's log, its last lines");
        say(&self.station.last_log_lines(120));
        say("--- the server's last requests");
        self.control.look(|stats| {
            let from = stats.requests.len().saturating_sub(80);
            for seen in stats
                .requests
                .range(from..)
                .filter(|seen| !seen.path.starts_with("/media"))
            {
                let status = seen.status.map_or("cut".to_owned(), |status| status.to_string());
                say(&format!(
                    "{} {}?{} {:?} {status}",
                    seen.method,
                    seen.path,
                    seen.query.as_deref().unwrap_or(""),
                    seen.fields
                ));
            }
        });
        say("--- what waits in the console");
        let folder = copy_of_database(&self.station.data());
        let database = rusqlite::Connection::open(folder.path().join("console.db")).expect("it opens");
        let mut rows = database
            .prepare("SELECT id, offer_key, action, delivery FROM operation ORDER BY id")
            .expect("the table is there");
        let line = |row: &rusqlite::Row<'_>| {
            Ok(format!(
                "{} {} {} {}",
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?
            ))
        };
        for line in rows.query_map([], line).expect("it answers").flatten() {
            say(&line);
        }
    }

    /// Lets the console finish in peace, and holds the server against all that was answered.
    async fn settle(&mut self) {
        let desk = self.open().await;
        let window = desk.window();
        self.compare_with_view("after the last kill", window).await;
        window.wait_until_connection_is("live").await;
        // Changes that wait for a person count as waiting; nothing else may.
        let idle = "const done = arguments[0]; const { invoke } = window.__TAURI_INTERNALS__;
            invoke('retry_now').then(() => invoke('snapshot')).then((s) =>
                done(s.offers.filter((offer) => offer.sync === 'waiting' || offer.sync === 'sending').length));";
        within("everything to be sent", async {
            while window.run_async(idle, vec![]).await.expect("the page answers") != 0 {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
        .await;
        self.compare_with_view("in the end, in the window", window).await;
        let held: BTreeSet<String> = {
            let snapshot = snapshot(window).await;
            let held = offers_in(&snapshot)
                .filter(|offer| matches!(offer["sync"].as_str(), Some("parked" | "conflict")));
            held.filter_map(|offer| offer["fields"]["title"].as_str().map(str::to_owned))
                .collect()
        };
        if held.is_empty() {
            window.wait_for_words("waiting-count", |words| words == "0").await;
        }
        desk.quit().await;
        check_database(&self.station.data());

        let mut standing = Vec::new();
        let offers = within("the hotel's offers", self.control.offers(HOTEL))
            .await
            .expect("the store answers");
        for offer in offers {
            let photo = match &offer.photo_url {
                None => Photo::None,
                Some(url) => Photo::Known(self.served(url).await),
            };
            standing.push(Standing {
                is_held: held.contains(&offer.title),
                fields: serde_json::to_value(&offer).expect("an offer is JSON"),
                title: offer.title,
                photo,
            });
        }
        self.note("in the end, at the server", &standing);
    }

    /// The SHA-256 of what the server serves as a photo, which must be one of ours to the last byte.
    async fn served(&self, url: &str) -> String {
        let bytes = served(url).await;
        let hash = cache::PhotoHash::of(&bytes).to_string();
        assert_eq!(
            self.photos.get(&hash).map(Vec::as_slice),
            Some(&bytes[..]),
            "{url} serves a photo that somebody chose"
        );
        hash
    }

    fn report(&self, took: Duration) {
        let tally = &self.tally;
        let counted = self.control.look(|stats| stats.requests_done);
        say(&format!(
            "kill test: {} kills in {} s · {} commands planned, accepted {:?}, refused {:?} · {counted} requests at {}, faults met {:?} · \
             lost {} · doubled {} · held for a person {}",
            tally.kills,
            took.as_secs(),
            tally.asked,
            tally.accepted,
            tally.refused,
            self.hotel.api_url(),
            self.misfortunes.met(),
            tally.findings.lost.len(),
            tally.findings.doubled.len(),
            tally.findings.held.len(),
        ));
    }
}

/// Collects what the page is answered until the app is gone: the step, and the code of a refusal.
async fn answers(window: &Window) -> Vec<(u64, Option<String>)> {
    let mut answers = Vec::new();
    // Ends with the app: the driver is killed with it.
    while let Ok(new) = window
        .run_async(include_str!("kill/answers.js"), vec![json!(answers.len())])
        .await
    {
        let new = new.as_array().cloned().unwrap_or_default();
        answers.extend(new.iter().map(|answer| {
            let step = answer["step"].as_u64().expect("a step has a number");
            (step, answer["refused"].as_str().map(str::to_owned))
        }));
    }
    answers
}

/// All that a window knows. Of a long list only a part is in its page.
async fn snapshot(window: &Window) -> Value {
    let script = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('snapshot').then(done);";
    window.run_async(script, vec![]).await.expect("a snapshot")
}

fn offers_in(snapshot: &Value) -> impl Iterator<Item = &Value> {
    snapshot["offers"].as_array().expect("a list of offers").iter()
}

/// An offer of a snapshot.
fn shown(offer: &Value) -> Standing {
    let photo = match (&offer["photo"], offer["photo"]["hash"].as_str()) {
        (Value::Null, _) => Photo::None,
        (_, Some(hash)) => Photo::Known(hash.to_owned()),
        _ => Photo::Some,
    };
    Standing {
        title: offer["fields"]["title"]
            .as_str()
            .expect("an offer has a title")
            .to_owned(),
        fields: offer["fields"].clone(),
        photo,
        is_held: matches!(offer["sync"].as_str(), Some("parked" | "conflict")),
    }
}

/// The database as the kill left it is sound.
fn check_database(data: &Path) {
    let folder = copy_of_database(data);
    let database = rusqlite::Connection::open(folder.path().join("console.db")).expect("it opens");
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("it answers");
    assert_eq!(verdict, "ok", "the database is whole");
}

/// A copy to look into: opening the database itself would tidy up what the console has to cope with.
fn copy_of_database(data: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["console.db", "console.db-wal"] {
        let from = data.join(name);
        if from.exists() {
            fs::copy(from, folder.path().join(name)).expect("a database can be copied");
        }
    }
    folder
}
