//! The engine: one owner of the truth, one closed list of causes, no I/O of its own but SQLite.
//!
//! **Protocol.** The driver calls [`Engine::turn`] with everything that has happened and the time. A turn is one transaction: all
//! of it is on disk when `turn` returns, or nothing of it happened. Only then do its [`Effect`]s leave: replies, batches for the
//! windows, requests. A request is written down as attempted before it leaves. [`Engine::next_deadline`] says when to call again
//! if nothing happens.
//!
//! **Truth.** `base` is the last known server state; the outbox holds what was done here; the view is the outbox applied over base.
//!
//! Absent: threads, async, sockets, clocks and randomness that were not handed in. So a simulation can run years of it.

mod alerts;
mod commands;
mod desk;
mod drafts;
mod events;
mod guests;
mod history;
mod html;
mod leaving;
mod live;
mod lookup;
mod notes;
mod pictures;
mod preview;
mod races;
mod reads;
mod sending;
mod session;
mod settings;
mod uploads;
mod views;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use cache::{AccountId, Cache, OperationId, PhotoHash, VersionId};
use jiff::tz::TimeZone;
use model::{Day, OfferId};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::activity::Activity;
use crate::base::Tick;
use crate::clock::Moment;
use crate::effect::{Answer, Call, CallId, Effect, Event, LiveId, Reply, Ticket};
use crate::problem::AppError;
use crate::settings::{Settings, WantedAlerts};
use crate::view::{Connection, Session, SignInForm};
use desk::Desk;
use live::Live;
pub(crate) use session::check as check_form;
use session::{SigningIn, Standing};

/// A jump of the wall clock against the steady one, or a wait that ended so much too late, means that the computer slept.
pub(crate) const SLEEP: Duration = Duration::from_secs(15);
/// A little late rather than a little early, which would be a turn for nothing.
const LATE: Duration = Duration::from_millis(50);

/// What the engine is made from.
#[derive(Debug)]
pub struct Setup {
    /// This computer's memory; the engine becomes its one writer.
    pub cache: Cache,
    /// What staff must know of that memory.
    pub storage: Option<String>,
    /// For jitter and new keys.
    pub seed: u64,
    /// This computer's: days are counted in it unless staff have set the hotel's.
    pub time_zone: TimeZone,
    /// What the environment says about the server, over what was used last.
    pub given: Option<SignInForm>,
    /// The time.
    pub now: Moment,
}

/// What a command comes to: an answer, unless nothing can be kept on this computer.
type Outcome = cache::Result<Result<Reply, AppError>>;

/// Why a request was sent.
#[derive(Clone, Debug)]
enum Purpose {
    SignIn,
    List,
    /// To learn about one offer; for an operation that must know before it is sent, or for its own sake.
    Read(OfferId, Option<OperationId>),
    Send(OperationId),
    Picture(String),
    /// To see what guests see.
    PublicPage,
}

#[derive(Clone, Debug)]
struct InFlight {
    purpose: Purpose,
    left: Tick,
}

/// See the module.
#[derive(Debug)]
pub struct Engine {
    cache: Cache,
    rng: StdRng,
    machine_zone: TimeZone,
    /// In which days are counted.
    time_zone: TimeZone,
    /// Its name, if staff have set it.
    chosen_zone: Option<String>,
    wanted_alerts: WantedAlerts,
    now: Moment,
    tick: Tick,
    today: Day,
    /// The sign-in form to start from.
    form: SignInForm,
    desk: Option<Desk>,
    signing_in: Option<SigningIn>,
    /// What is to be said where somebody signs in.
    at_the_door: Option<String>,
    live: Live,
    calls: BTreeMap<CallId, InFlight>,
    last_call: u64,
    last_live: LiveId,
    last_notice: u32,
    /// The list of offers could not be reached when last tried.
    unreachable: bool,
    /// What staff must know of this computer's memory.
    storage: Option<String>,
    /// The database was found damaged in this run.
    damaged: bool,
    /// The first version written in this run: the windows that made later ones may still be open.
    first_version: Option<VersionId>,
    /// The windows that show drafts, by the drafts' ids.
    drafts_on_screen: HashMap<String, String>,
    /// Who waits for everything to be sent before signing out.
    leaving: Option<Ticket>,
    shown_session: Option<Session>,
    shown_connection: Option<Connection>,
    shown_settings: Option<Settings>,
    shown_today: Option<Day>,
    effects: Vec<Effect>,
    changes: Vec<crate::view::ViewChange>,
    notes: Vec<Activity>,
    /// When the pictures on disk were last gone through.
    tidied: Option<Duration>,
    /// Races of accounts that are signed out: they have not been told yet what their writes have replaced.
    races_left: HashMap<AccountId, BTreeMap<OfferId, races::Race>>,
    /// Photos that operations have let go of in this turn.
    loosened: Vec<PhotoHash>,
    asked: Vec<Ticket>,
    /// Those of `asked` who want a snapshot of what this turn leaves.
    snapshots: Vec<Ticket>,
}

impl Engine {
    /// Picks up where the last run ended: offers and waiting changes are there before the first window asks.
    pub fn start(setup: Setup) -> cache::Result<Self> {
        let Setup {
            cache,
            storage,
            seed,
            time_zone,
            given,
            now,
        } = setup;
        let today = day_of(now, &time_zone);
        let mut engine = Self {
            cache,
            rng: StdRng::seed_from_u64(seed),
            machine_zone: time_zone.clone(),
            time_zone,
            chosen_zone: None,
            wanted_alerts: WantedAlerts::default(),
            now,
            tick: Tick(1),
            today,
            form: SignInForm::default(),
            desk: None,
            signing_in: None,
            at_the_door: None,
            live: Live::default(),
            calls: BTreeMap::new(),
            last_call: 0,
            last_live: LiveId::default(),
            last_notice: 0,
            unreachable: false,
            storage,
            damaged: false,
            first_version: None,
            drafts_on_screen: HashMap::new(),
            leaving: None,
            shown_session: None,
            shown_connection: None,
            shown_settings: None,
            shown_today: None,
            effects: Vec::new(),
            changes: Vec::new(),
            notes: Vec::new(),
            tidied: None,
            races_left: HashMap::new(),
            loosened: Vec::new(),
            asked: Vec::new(),
            snapshots: Vec::new(),
        };
        engine.load_wanted_alerts()?;
        engine.resume(given)?;
        engine.settle_time_zone()?;
        Ok(engine)
    }

    /// Everything that happened, as one transaction. See the module for the protocol.
    pub fn turn(&mut self, now: Moment, events: impl IntoIterator<Item = Event>) -> Vec<Effect> {
        self.effects.clear();
        self.changes.clear();
        self.notes.clear();
        self.asked.clear();
        self.snapshots.clear();
        let before = self.standing();
        self.pass_time(now);
        let done = self.cache.begin().and_then(|()| {
            for event in events {
                self.tick = Tick(self.tick.0 + 1);
                self.handle(event)?;
            }
            self.work()?;
            self.leave_when_all_is_sent()?;
            self.watch_races();
            self.publish()?;
            self.let_go()?;
            self.tidy()?;
            for ticket in std::mem::take(&mut self.snapshots) {
                let snapshot = self.snapshot();
                self.reply(ticket, Ok(Reply::Snapshot(Box::new(snapshot))));
            }
            self.cache.commit()
        });
        if let Err(error) = done {
            self.recover(error, before);
        }
        std::mem::take(&mut self.effects)
    }

    /// Whether the database held whatever was asked of it; a damaged page is met only when it is read.
    pub fn is_sound(&self) -> bool {
        self.cache.is_kept() && !self.damaged
    }

    /// The steady clock's time at which a turn is due even if nothing happens.
    pub fn next_deadline(&self) -> Duration {
        let midnight = self.now.since_start + self.until_midnight();
        let now = self.now.since_start;
        let desk = self
            .desk
            .as_ref()
            .and_then(|desk| desk.next_deadline(self.may_call(), now));
        let look = self.next_look().filter(|look| *look > now);
        let endings = self.next_look_for_endings();
        desk.into_iter()
            .chain(look)
            .chain(endings)
            .fold(midnight, Duration::min)
    }

    /// Whether a turn is due although nothing has happened: its time has come, or the clocks have moved apart since the last one, by
    /// sleep or because somebody has set one.
    pub fn is_due(&self, now: Moment) -> bool {
        let went_back = self.now.wall + self.steady(now) > now.wall + SLEEP;
        now.since_start >= self.next_deadline() || went_back || self.slept_for(now).is_some()
    }

    fn handle(&mut self, event: Event) -> cache::Result<()> {
        match event {
            Event::Ask(ticket, ask) => {
                self.asked.push(ticket);
                self.ask(ticket, ask)
            }
            Event::Called(id, answer) => match self.calls.remove(&id) {
                Some(call) => self.called(call, answer),
                // Of a session that has ended, or of a turn that could not be kept.
                None => Ok(()),
            },
            Event::Live(id, signal) if id == self.last_live => self.live_signal(signal),
            Event::Noted(notes) => {
                self.notes.extend(notes);
                Ok(())
            }
            Event::Progress(id, upload) => {
                self.upload_progress(id, upload);
                Ok(())
            }
            Event::CameLate => {
                tracing::info!("the computer slept, as it seems");
                self.woke();
                Ok(())
            }
            Event::Live(..) | Event::Tick => Ok(()),
            Event::TokenLoaded(name, token) => {
                self.token_loaded(&name, token);
                Ok(())
            }
            Event::TokenStored(name, kept) => {
                self.token_stored(&name, kept);
                Ok(())
            }
            Event::TokenLeft(name) => {
                self.token_left(&name);
                Ok(())
            }
            Event::DemoStarted(demo) => {
                self.demo_started(demo);
                Ok(())
            }
        }
    }

    fn called(&mut self, call: InFlight, answer: Answer) -> cache::Result<()> {
        self.note_reachability(&answer);
        match call.purpose {
            Purpose::SignIn => match answer {
                Answer::SignedIn(answer) => self.signed_in(answer),
                other => unexpected(&other),
            },
            Purpose::List => match answer {
                Answer::Listed(answer) => self.listed(answer),
                other => unexpected(&other),
            },
            Purpose::Read(id, operation) => match answer {
                Answer::Offer(answer) => self.read(id, operation, call.left, answer),
                other => unexpected(&other),
            },
            Purpose::Send(operation) => {
                if let Some(desk) = &mut self.desk {
                    desk.uploads.remove(&operation);
                }
                self.sent(operation, call.left, answer)
            }
            Purpose::PublicPage => match answer {
                Answer::PublicPage(answer) => self.looked_at_page(call.left, answer),
                other => unexpected(&other),
            },
            Purpose::Picture(url) => match answer {
                Answer::Picture(answer) => self.picture_fetched(url, answer),
                other => unexpected(&other),
            },
        }
    }

    /// Starts whatever is due now.
    fn work(&mut self) -> cache::Result<()> {
        if self.may_call() {
            // Sending first: it may find that it needs a read.
            if self.cache.is_kept() {
                self.send_what_is_ready()?;
            }
            self.read_what_is_due();
            self.fetch_pictures();
            self.look_at_page();
        }
        Ok(())
    }

    /// Whether staff requests can be sent: somebody is signed in, and the server takes the token.
    fn may_call(&self) -> bool {
        self.desk
            .as_ref()
            .is_some_and(|desk| desk.token.is_some() && desk.expired.is_none())
    }

    fn call(&mut self, purpose: Purpose, call: Call) {
        self.last_call += 1;
        let id = CallId(self.last_call);
        self.calls.insert(
            id,
            InFlight {
                purpose,
                left: self.tick,
            },
        );
        self.effects.push(Effect::Call(id, call));
    }

    fn reply(&mut self, ticket: Ticket, reply: Result<Reply, AppError>) {
        self.asked.retain(|asked| *asked != ticket);
        self.effects.push(Effect::Reply(ticket, reply));
    }

    fn pass_time(&mut self, now: Moment) {
        let slept = self.slept_for(now);
        self.now = now;
        if let Some(time) = slept {
            tracing::info!(seconds = time.as_secs(), "the computer slept");
            if let Some(desk) = &mut self.desk {
                desk.slept(time);
            }
            self.woke();
        }
        self.reckon_today();
    }

    fn steady(&self, now: Moment) -> Duration {
        now.since_start.saturating_sub(self.now.since_start)
    }

    /// How far the wall clock has run ahead of the steady one since the last turn, if that is too far for anything but sleep.
    fn slept_for(&self, now: Moment) -> Option<Duration> {
        let wall = Duration::try_from(now.wall.duration_since(self.now.wall)).ok()?;
        wall.checked_sub(self.steady(now)).filter(|ahead| *ahead > SLEEP)
    }

    /// Nobody listened for a while, and the line may be dead without anybody having been told.
    fn woke(&mut self) {
        // What was asked for before the sleep says nothing about now.
        self.tick = Tick(self.tick.0 + 1);
        if let Some(desk) = &mut self.desk {
            desk.has_missed(self.tick);
            desk.reading.ask_now(self.now);
            self.effects.push(Effect::CheckLine);
        }
    }

    fn until_midnight(&self) -> Duration {
        let next = jiff::civil::Date::from(self.today.next()).to_zoned(self.time_zone.clone());
        let wait = next.map(|next| next.timestamp().duration_since(self.now.wall));
        wait.ok()
            .and_then(|wait| Duration::try_from(wait).ok())
            .unwrap_or(Duration::from_secs(3600))
            + LATE
    }

    /// Nothing of this turn could be kept: forget it, say so to whoever asked, and go on from what is on disk.
    fn recover(&mut self, error: cache::Error, before: Standing) {
        tracing::error!(%error, "a turn could not be kept");
        self.damaged |= matches!(error, cache::Error::Damaged);
        if let Err(error) = self.cache.rollback() {
            tracing::error!(%error, "and could not be undone");
        }
        // Answers that were ready belong to work that was undone.
        for effect in std::mem::take(&mut self.effects) {
            if let Effect::Reply(ticket, _) = effect {
                self.asked.push(ticket);
            }
        }
        self.changes.clear();
        self.notes.clear();
        self.loosened.clear();
        let error = AppError::from(error);
        // Requests of this turn never left. Older ones did: a create among them must not be taken for one without an answer.
        self.calls.retain(|id, call| {
            id.0 <= before.last_call && matches!(call.purpose, Purpose::Send(_) | Purpose::SignIn)
        });
        let is_signing_in = self
            .calls
            .values()
            .any(|call| matches!(call.purpose, Purpose::SignIn));
        if !is_signing_in && let Some(signing_in) = self.signing_in.take() {
            self.asked.extend(signing_in.ticket);
        }
        let mut asked = std::mem::take(&mut self.asked);
        // Whoever is told now is not waited for any more.
        self.leaving.take_if(|leaving| asked.contains(leaving));
        asked.sort_unstable();
        asked.dedup();
        for ticket in asked {
            self.effects.push(Effect::Reply(ticket, Err(error.clone())));
        }
        self.reload(before, error.message);
    }
}

fn day_of(now: Moment, time_zone: &TimeZone) -> Day {
    now.wall.to_zoned(time_zone.clone()).date().into()
}

fn unexpected(answer: &Answer) -> cache::Result<()> {
    // The driver answers each call with its own kind; anything else is a fault of this program, and harmless.
    tracing::error!(?answer, "an answer to another question");
    Ok(())
}
