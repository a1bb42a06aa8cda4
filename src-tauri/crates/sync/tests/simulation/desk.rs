//! One workstation: an engine on a real database, the window of its user, its keyring, and its line to the server.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use api::Token;
use cache::Cache;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::{Field, OfferFields, OfferId, OfferKey};
use sync::clock::Moment;
use sync::effect::{Effect, Event, LiveId, Reply, Ticket, TokenName};
use sync::engine::{Engine, Setup};
use sync::problem::AppError;
use sync::view::{Connection, Notice, Session, Snapshot, ViewChange, ViewOffer};
use tempfile::TempDir;

pub(crate) struct Desk {
    folder: TempDir,
    engine: Option<Engine>,
    seed: u64,
    /// The world's time when the engine started.
    started: Duration,
    /// What the steady clock has missed since then.
    slept: Duration,
    /// What the wall clock is wrong by.
    skew: SignedDuration,
    /// Counts the engine's starts: what belongs to an earlier one is nobody's any more.
    pub(crate) epoch: u64,
    /// The power fails between the commit of the next turn and what was to follow it.
    pub(crate) dies_in_turn: bool,
    pub(crate) awake: bool,
    pub(crate) line_up: bool,
    /// The socket that is open and subscribed, as far as the server is concerned.
    pub(crate) socket: Option<LiveId>,
    /// The connection that the engine wants.
    pub(crate) live: Option<LiveId>,
    /// Counts dials; an earlier one that was replaced does nothing.
    pub(crate) dial: u64,
    pub(crate) credentials: Option<Token>,
    keyring: HashMap<(String, String), Token>,
    /// When the last event will have arrived: events arrive in order unless something goes wrong.
    pub(crate) last_event: Duration,
    /// What this run of the program has been told of the server: each field's value of each offer, and when that was said.
    pub(crate) heard: HashMap<(OfferId, Field, String), Vec<Timestamp>>,
    tickets: u64,
    pub(crate) window: Window,
    /// Editors that were opened, with what they showed then.
    pub(crate) editors: BTreeMap<OfferKey, OfferFields>,
    replies: HashMap<Ticket, Result<Reply, AppError>>,
}

/// What the user sees: built from the feed alone, as a real window does.
#[derive(Default)]
pub(crate) struct Window {
    pub(crate) offers: BTreeMap<OfferKey, ViewOffer>,
    pub(crate) session: Option<Session>,
    pub(crate) connection: Option<Connection>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) renamed: Vec<(OfferKey, OfferKey)>,
    is_stale: bool,
}

impl Window {
    fn follow(&mut self, changes: Vec<ViewChange>) {
        for change in changes {
            match change {
                ViewChange::Offer { offer, .. } => {
                    self.offers.insert(offer.key, Arc::unwrap_or_clone(offer));
                }
                ViewChange::Removed { key } => {
                    self.offers.remove(&key);
                }
                ViewChange::Renamed { from, to } => {
                    if let Some(mut offer) = self.offers.remove(&from) {
                        offer.key = to;
                        self.offers.entry(to).or_insert(offer);
                    }
                    self.renamed.push((from, to));
                }
                ViewChange::Connection { connection } => self.connection = Some(connection),
                ViewChange::Session { session } => self.session = Some(session),
                ViewChange::Notice { notice } => self.notices.push(notice),
                ViewChange::Activity { .. }
                | ViewChange::Settings { .. }
                | ViewChange::Today { .. }
                | ViewChange::Preview => {}
                ViewChange::Reset => self.is_stale = true,
            }
        }
    }

    fn show(&mut self, snapshot: Snapshot) {
        self.offers = snapshot
            .offers
            .into_iter()
            .map(|offer| (offer.key, offer))
            .collect();
        self.session = Some(snapshot.session);
        self.connection = Some(snapshot.connection);
    }

    pub(crate) fn user(&self) -> Option<&str> {
        match &self.session {
            Some(Session::SignedIn { account, .. } | Session::Expired { account, .. }) => {
                Some(&account.username)
            }
            _ => None,
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self.session, Some(Session::SignedIn { .. }))
    }

    /// The offer that a person points at, if there is any.
    pub(crate) fn nth(&self, number: usize) -> Option<&ViewOffer> {
        let count = self.offers.len();
        (count > 0)
            .then(|| self.offers.values().nth(number % count))
            .flatten()
    }
}

impl Desk {
    pub(crate) fn new(seed: u64) -> Self {
        // Memory where there is some: thousands of runs commit some hundred times each.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        Self {
            folder: folder.expect("a temporary folder"),
            engine: None,
            seed,
            started: Duration::ZERO,
            slept: Duration::ZERO,
            skew: SignedDuration::ZERO,
            epoch: 0,
            dies_in_turn: false,
            awake: true,
            line_up: true,
            socket: None,
            live: None,
            dial: 0,
            credentials: None,
            keyring: HashMap::new(),
            last_event: Duration::ZERO,
            heard: HashMap::new(),
            tickets: 0,
            window: Window::default(),
            editors: BTreeMap::new(),
            replies: HashMap::new(),
        }
    }

    pub(crate) fn runs(&self) -> bool {
        self.engine.is_some() && self.awake
    }

    /// The program starts; what the engine wants first.
    pub(crate) fn start(&mut self, now: Duration) -> Vec<Effect> {
        self.started = now;
        self.slept = Duration::ZERO;
        let cache = Cache::open(self.folder.path()).expect("the database can be opened");
        let mut engine = Engine::start(Setup {
            cache,
            storage: None,
            seed: self.seed ^ self.epoch,
            time_zone: TimeZone::UTC,
            given: None,
            now: self.moment(now),
        })
        .expect("the cache can be read");
        let effects = engine.first_effects();
        self.engine = Some(engine);
        self.window.is_stale = true;
        effects
    }

    /// The program is gone, with all it had not committed.
    pub(crate) fn end(&mut self) {
        self.engine = None;
        self.epoch += 1;
        self.dies_in_turn = false;
        self.socket = None;
        self.live = None;
        self.dial += 1;
        self.credentials = None;
        self.editors.clear();
        self.heard.clear();
        self.replies.clear();
        self.window = Window::default();
    }

    pub(crate) fn fall_asleep(&mut self) {
        self.awake = false;
        self.socket = None;
    }

    pub(crate) fn wake(&mut self, slept: Duration) {
        self.awake = true;
        if self.engine.is_some() {
            self.slept += slept;
        }
    }

    pub(crate) fn set_clock(&mut self, by: SignedDuration) {
        self.skew += by;
    }

    pub(crate) fn moment(&self, now: Duration) -> Moment {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        Moment {
            wall: start + now + self.skew,
            since_start: now.saturating_sub(self.started).saturating_sub(self.slept),
        }
    }

    /// The world's time at which the engine wants to be called.
    pub(crate) fn due(&self) -> Option<Duration> {
        let due = self.engine.as_ref()?.next_deadline();
        Some(self.started + self.slept + due)
    }

    /// One turn. `None`: the power failed after its commit.
    pub(crate) fn turn(&mut self, now: Duration, events: Vec<Event>) -> Option<Vec<Effect>> {
        let moment = self.moment(now);
        let effects = self.engine.as_mut()?.turn(moment, events);
        (!self.dies_in_turn).then_some(effects)
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(crate) fn answered(&mut self, ticket: Ticket, reply: Result<Reply, AppError>) {
        self.replies.insert(ticket, reply);
    }

    pub(crate) fn reply(&mut self, ticket: Ticket) -> Option<Result<Reply, AppError>> {
        self.replies.remove(&ticket)
    }

    pub(crate) fn tell(&mut self, changes: Vec<ViewChange>) {
        self.window.follow(changes);
    }

    /// Whether the window has to read everything again; says so once.
    pub(crate) fn wants_snapshot(&mut self) -> bool {
        self.runs() && std::mem::take(&mut self.window.is_stale)
    }

    pub(crate) fn show(&mut self, snapshot: Snapshot) {
        self.window.show(snapshot);
    }

    pub(crate) fn token(&self, name: &TokenName) -> Option<Token> {
        self.keyring
            .get(&(name.api_url.clone(), name.username.clone()))
            .cloned()
    }

    pub(crate) fn keep_token(&mut self, name: &TokenName, token: Token) {
        self.keyring
            .insert((name.api_url.clone(), name.username.clone()), token);
    }

    pub(crate) fn forget_token(&mut self, name: &TokenName) {
        self.keyring
            .remove(&(name.api_url.clone(), name.username.clone()));
    }
}
