//! Measures the engine against the least that anybody could do, in one run on one machine. Called by `cargo xtask bench`.
//!
//! **events**: 10,000 `offer-updated` events of 1,000 offers, from their text to durable on disk, as the driver takes a flood: one
//! thread reads them, the engine's takes what waits, at most [`TURN`] to a turn; against the same rows written by plain `rusqlite` with prepared statements, in transactions of the same
//! size and with the same durability: for each event the offer's state and a version of its history, for each turn the activities.
//! What the engine does besides (judging, telling the windows, letting go of the oldest) is the difference. Told without an aim: the same rows
//! in one transaction, where nothing is safe before the last event has come, and the state of the offers alone, which keeps no history, in
//! transactions of the same size and in one. The last is the least that anybody could write.

#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::error::Error;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use api::{Hotel, Listing, SignedIn, Token};
use cache::Cache;
use jiff::tz::TimeZone;
use model::{HotelSlug, Offer};
use serde_json::json;
use sync::clock::Moment;
use sync::driver::TURN;
use sync::effect::{Answer, Ask, Call, Effect, Event, LiveId, LiveSignal, Password, Ticket};
use sync::engine::{Engine, Setup};
use sync::message::HotelMessage;
use sync::view::SignInForm;

const OFFERS: i64 = 1_000;
const EVENTS: i64 = 10_000;
const ROUNDS: usize = 5;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let (mut engine, mut same, mut same_at_once) = (Vec::new(), Vec::new(), Vec::new());
    let (mut state, mut state_at_once) = (Vec::new(), Vec::new());
    // In turns, so that a machine that grows slower does so for all.
    for round in 0..ROUNDS {
        let events = events(round)?;
        engine.push(by_the_engine(&events)?);
        same.push(by_plain_rusqlite(&events, Rows::All, TURN)?);
        same_at_once.push(by_plain_rusqlite(&events, Rows::All, events.len())?);
        state.push(by_plain_rusqlite(&events, Rows::State, TURN)?);
        state_at_once.push(by_plain_rusqlite(&events, Rows::State, events.len())?);
    }
    let [engine, same, same_at_once, state, state_at_once] =
        [engine, same, same_at_once, state, state_at_once].map(|times| median(times).as_secs_f64() * 1e3);
    println!("{EVENTS} events of {OFFERS} offers, durable   {engine:.1} ms");
    println!("by plain rusqlite                                          time   the engine's   aim");
    for (against, time, most) in [
        ("the same rows, in the same transactions", same, Some(2.0)),
        ("the same rows, in one transaction", same_at_once, None),
        ("the offers' states alone, in the same transactions", state, None),
        (
            "the offers' states alone, in one transaction",
            state_at_once,
            None,
        ),
    ] {
        let ratio = engine / time;
        let aim = most.map_or_else(|| "none".to_owned(), |most| format!("at most {most} x"));
        let met = most.map(|most| ratio <= most);
        let verdict = match met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "told",
        };
        println!("{against:<50}   {time:>7.1} ms   {ratio:>10.2} x   {aim:<11}   {verdict}");
        let row = json!({
            "what": "10,000 events applied, durable", "events": EVENTS, "offers": OFFERS, "rounds": ROUNDS, "unit": "ms", "ours": engine,
            "against": format!("{against}, by plain rusqlite"), "theirs": time, "ratio": ratio, "aim": aim, "met": met,
        });
        println!("{row}");
    }
    Ok(())
}

fn offer(id: i64, title: &str) -> Outcome<Offer> {
    Ok(Offer::from_json(
        json!({"id":id,"title":title,"short_description":"Two nights, breakfast by the lake and a late check-out.",
        "details_text":"","details_html":"","valid_from":"2026-11-01","valid_to":"2027-02-28","tag":"Spa","book_now_url":"",
        "photo":null,"photo_url":null,"sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01Z"}),
    )?)
}

fn events(round: usize) -> Outcome<Vec<Offer>> {
    (0..EVENTS)
        .map(|n| offer(n % OFFERS + 1, &format!("Offer {round}.{n}")))
        .collect()
}

fn moment(started: Instant) -> Moment {
    Moment {
        wall: jiff::Timestamp::now(),
        since_start: started.elapsed(),
    }
}

fn by_the_engine(events: &[Offer]) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let setup = Setup {
        cache: Cache::open(folder.path())?,
        storage: None,
        seed: 1,
        time_zone: TimeZone::UTC,
        given: None,
        now: moment(started),
    };
    let mut engine = Engine::start(setup)?;
    let live = sign_in(&mut engine, started)?;
    let texts: Vec<String> = events
        .iter()
        .map(|offer| json!({"offer": offer, "action": "updated"}).to_string())
        .collect();
    let (sender, messages) = mpsc::channel();
    let begin = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            for text in &texts {
                if let Some(message) = HotelMessage::read("offer-updated".to_owned(), text) {
                    let _ = sender.send(Event::Live(live, LiveSignal::Message(Box::new(message))));
                }
            }
        });
        while let Ok(first) = messages.recv() {
            let waiting = messages.try_iter().take(TURN - 1);
            engine.turn(moment(started), [first].into_iter().chain(waiting));
        }
    });
    Ok(begin.elapsed())
}

/// Brings the engine to where it is live and knows every offer.
fn sign_in(engine: &mut Engine, started: Instant) -> Outcome<LiveId> {
    let form = SignInForm {
        api_url: "https://hotel.example/api".to_owned(),
        pusher_key: "k".to_owned(),
        username: "frontdesk".to_owned(),
        ..SignInForm::default()
    };
    let ask = Ask::SignIn {
        form: Box::new(form),
        password: Password("p".to_owned()),
    };
    let mut live = LiveId(0);
    let mut pending = engine.turn(moment(started), [Event::Ask(Ticket(1), ask)]);
    while !pending.is_empty() {
        let mut next = Vec::new();
        for effect in pending {
            match effect {
                Effect::Connect(id, _) => {
                    live = id;
                    next.push(Event::Live(id, LiveSignal::Subscribed));
                }
                Effect::Call(id, Call::SignIn { .. }) => {
                    next.push(Event::Called(id, Answer::SignedIn(Ok(signed_in()?))))
                }
                Effect::Call(id, Call::List) => {
                    let offers = (1..=OFFERS)
                        .map(|id| offer(id, "Offer"))
                        .collect::<Outcome<_>>()?;
                    let listing = Listing {
                        offers,
                        malformed: Vec::new(),
                        complete: true,
                    };
                    next.push(Event::Called(id, Answer::Listed(Ok(listing))));
                }
                _ => {}
            }
        }
        pending = if next.is_empty() {
            Vec::new()
        } else {
            engine.turn(moment(started), next)
        };
    }
    Ok(live)
}

fn signed_in() -> Outcome<SignedIn> {
    Ok(SignedIn {
        token: Token::new("t"),
        username: "frontdesk".to_owned(),
        hotel: Some(Hotel {
            id: Some(1),
            slug: HotelSlug::try_from("killarney".to_owned())?,
            name: "Killarney".to_owned(),
        }),
        access_level: None,
        is_staff: false,
        is_superuser: false,
    })
}

/// What plain `rusqlite` writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// All that the engine keeps of the same events.
    All,
    /// What each offer is now.
    State,
}

/// The engine's tables, where these rows go to.
const TABLES: &str = "
    CREATE TABLE base (account INTEGER NOT NULL, offer_id INTEGER NOT NULL, offer TEXT NOT NULL,
        PRIMARY KEY (account, offer_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE version (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, offer_id INTEGER NOT NULL, seen_at INTEGER NOT NULL,
        made_by TEXT, offer TEXT NOT NULL, is_deletion INTEGER NOT NULL, photo_url TEXT, photo TEXT) STRICT;
    CREATE INDEX version_by_offer ON version (account, offer_id, id);
    CREATE INDEX version_by_age ON version (account, id);
    CREATE INDEX version_without_photo ON version (account, photo_url) WHERE photo IS NULL AND photo_url IS NOT NULL;
    CREATE TABLE activity (id INTEGER PRIMARY KEY, account INTEGER, at INTEGER NOT NULL, what TEXT NOT NULL) STRICT;";

/// Activities of one turn: the first twenty events, and one that says how many followed.
const ACTIVITIES: usize = 21;

/// So many events to a transaction.
fn by_plain_rusqlite(events: &[Offer], rows: Rows, turn: usize) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let mut connection = rusqlite::Connection::open(folder.path().join("plain.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(TABLES)?;
    let texts: Vec<(i64, String)> = events
        .iter()
        .map(|offer| Ok((offer.id.0, serde_json::to_string(offer)?)))
        .collect::<Outcome<_>>()?;
    let begin = Instant::now();
    for texts in texts.chunks(turn) {
        let transaction = connection.transaction()?;
        {
            let mut base = transaction.prepare_cached(
                "INSERT INTO base (account, offer_id, offer) VALUES (1, ?1, ?2)
                 ON CONFLICT (account, offer_id) DO UPDATE SET offer = excluded.offer",
            )?;
            let mut version = transaction.prepare_cached(
                "INSERT INTO version (account, offer_id, seen_at, made_by, offer, is_deletion, photo_url, photo)
                 VALUES (1, ?1, 1, NULL, ?2, 0, NULL, NULL)",
            )?;
            for (id, text) in texts {
                base.execute(rusqlite::params![id, text])?;
                if rows == Rows::All {
                    version.execute(rusqlite::params![id, text])?;
                }
            }
            if rows == Rows::All {
                let mut activity = transaction
                    .prepare_cached("INSERT INTO activity (account, at, what) VALUES (1, 1, ?1)")?;
                for (id, _) in texts.iter().take(ACTIVITIES) {
                    activity.execute([format!(
                        r#"{{"kind":"event","name":"offer-updated","offer":{id}}}"#
                    )])?;
                }
            }
        }
        transaction.commit()?;
    }
    Ok(begin.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
