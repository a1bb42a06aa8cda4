//! Measures the engine against the least that anybody could do, in one run on one machine. Called by `cargo xtask bench`.
//!
//! **events**: 10,000 `offer-updated` events of 1,000 offers, applied by the engine and durable on disk, 256 to a turn as the driver
//! takes them from a flood; against the same rows upserted by plain `rusqlite` with one prepared statement, in transactions of the
//! same size and with the same durability.

#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::error::Error;
use std::time::{Duration, Instant};

use api::{Hotel, Listing, SignedIn, Token};
use cache::Cache;
use jiff::tz::TimeZone;
use model::{HotelSlug, Offer};
use serde_json::json;
use sync::clock::Moment;
use sync::effect::{Answer, Ask, Call, Effect, Event, LiveId, LiveSignal, Password, Ticket};
use sync::engine::{Engine, Setup};
use sync::view::SignInForm;

const OFFERS: i64 = 1_000;
const EVENTS: i64 = 10_000;
const TURN: usize = 256;
const ROUNDS: usize = 5;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let (mut engine, mut plain) = (Vec::new(), Vec::new());
    // In turns, so that a machine that grows slower does so for both.
    for round in 0..ROUNDS {
        engine.push(by_the_engine(i64::try_from(round)?)?);
        plain.push(by_plain_rusqlite(i64::try_from(round)?)?);
    }
    let (engine, plain) = (median(engine), median(plain));
    let ratio = engine.as_secs_f64() / plain.as_secs_f64();
    println!("what                                    engine      plain rusqlite   ratio   aim");
    println!(
        "{EVENTS} events, {OFFERS} offers, durable   {:>7.1} ms   {:>7.1} ms       {ratio:>5.2}   at most 2",
        engine.as_secs_f64() * 1e3,
        plain.as_secs_f64() * 1e3,
    );
    let row = json!({
        "what": "events applied, durable", "events": EVENTS, "offers": OFFERS, "rounds": ROUNDS,
        "engine_ms": engine.as_secs_f64() * 1e3, "plain_rusqlite_ms": plain.as_secs_f64() * 1e3, "ratio": ratio,
    });
    println!("{row}");
    Ok(())
}

fn offer(id: i64, title: &str) -> Outcome<Offer> {
    Ok(Offer::from_json(
        json!({"id":id,"title":title,"short_description":"Two nights, breakfast by the lake and a late check-out.",
        "details_text":"","details_html":"","valid_from":"2026-11-01","valid_to":"2027-02-28","tag":"Spa","book_now_url":"",
        "photo":null,"photo_url":null,"sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01Z"}),
    )?)
}

fn events(round: i64) -> Outcome<Vec<Offer>> {
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

fn by_the_engine(round: i64) -> Outcome<Duration> {
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
    let messages: Vec<Event> = events(round)?
        .into_iter()
        .map(|offer| {
            let data = json!({"offer": offer, "action": "updated"});
            Event::Live(
                live,
                LiveSignal::Message {
                    name: "offer-updated".to_owned(),
                    data,
                },
            )
        })
        .collect();
    let mut messages = messages.into_iter().peekable();
    let begin = Instant::now();
    while messages.peek().is_some() {
        engine.turn(moment(started), messages.by_ref().take(TURN));
    }
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

fn by_plain_rusqlite(round: i64) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let mut connection = rusqlite::Connection::open(folder.path().join("plain.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE base (id INTEGER PRIMARY KEY, offer TEXT NOT NULL) STRICT")?;
    let rows: Vec<(i64, String)> = events(round)?
        .iter()
        .map(|offer| Ok((offer.id.0, serde_json::to_string(offer)?)))
        .collect::<Outcome<_>>()?;
    let begin = Instant::now();
    for rows in rows.chunks(TURN) {
        let transaction = connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO base (id, offer) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET offer = excluded.offer",
            )?;
            for (id, offer) in rows {
                statement.execute(rusqlite::params![id, offer])?;
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
