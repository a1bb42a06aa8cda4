//! A computer at the front desk whose network is the test: it hands in what happens, and looks at what comes out.

use std::time::Duration;

use api::{Hotel, Listing, PublicPage, SignedIn, Token, Validators};
use cache::{Cache, PhotoHash};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{HotelSlug, Offer, OfferFields, OfferId, OfferKey, OfferPatch};
use serde_json::{Value, json};
use sync::alerts::Alert;
use sync::clock::Moment;
use sync::effect::{
    Answer, Ask, Call, CallId, Effect, Event, LiveId, LiveSignal, Password, Pictures, Reply, Ticket,
};
use sync::engine::{Engine, Setup};
use sync::message::HotelMessage;
use sync::problem::AppError;
use sync::view::{Notice, SignInForm, Snapshot, StagedPhoto, TokenKept, ViewChange, ViewOffer};
use tempfile::TempDir;

/// See the module.
pub(crate) struct Desk {
    folder: TempDir,
    engine: Engine,
    now: Duration,
    slept: Duration,
    tickets: u64,
    live: LiveId,
    calls: Vec<(CallId, Call)>,
    replies: Vec<(Ticket, Result<Reply, AppError>)>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) changes: Vec<ViewChange>,
    pub(crate) aborted: Vec<CallId>,
    pub(crate) let_go: Vec<PhotoHash>,
    pub(crate) tidied: Vec<Pictures>,
    /// The users whose tokens were to be kept.
    pub(crate) tokens: Vec<String>,
    /// How often the line was to be looked at.
    pub(crate) line_checks: usize,
    /// The hotel that requests name from now on.
    pub(crate) hotel_id: Option<i64>,
}

pub(crate) fn offer(id: i64, title: &str) -> Offer {
    Offer::from_json(json!({"id":id,"title":title,"short_description":"s","details_text":"","details_html":"",
        "valid_from":null,"valid_to":null,"tag":"","book_now_url":"","photo":null,"photo_url":null,"sort_order":0,
        "is_active":true,"created_at":"2026-11-22T09:52:01Z"}))
    .expect("an offer in the wire's shape")
}

pub(crate) fn titled(title: &str) -> OfferFields {
    offer(1, title).fields
}

/// A photo that was chosen; its bytes are nowhere.
pub(crate) fn photo(content: &str) -> StagedPhoto {
    StagedPhoto {
        hash: PhotoHash::of(content.as_bytes()),
        name: format!("{content}.jpg"),
        content_type: "image/jpeg".into(),
        width: 1,
        height: 1,
        bytes: 100,
        source: None,
    }
}

pub(crate) fn key(id: i64) -> OfferKey {
    OfferKey::from(OfferId(id))
}

pub(crate) fn lost() -> api::Error {
    api::Error::Unreachable {
        sent: true,
        reason: "cut".into(),
    }
}

fn start(folder: &TempDir, now: Duration, given: Option<SignInForm>) -> (Engine, Vec<Effect>) {
    let cache = Cache::open(folder.path()).expect("the folder can be written");
    let now = moment(now, Duration::ZERO);
    let setup = Setup {
        cache,
        storage: None,
        seed: 7,
        time_zone: TimeZone::UTC,
        given,
        now,
    };
    let mut engine = Engine::start(setup).expect("the cache can be read");
    let effects = engine.first_effects();
    (engine, effects)
}

fn moment(since_start: Duration, slept: Duration) -> Moment {
    let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    Moment {
        wall: start + since_start + slept,
        since_start,
    }
}

impl Desk {
    /// Nobody has signed in yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (engine, _) = start(&folder, Duration::ZERO, None);
        let (calls, replies, notices) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            folder,
            engine,
            now: Duration::ZERO,
            slept: Duration::ZERO,
            tickets: 0,
            live: LiveId(0),
            calls,
            replies,
            notices,
            alerts: Vec::new(),
            changes: Vec::new(),
            aborted: Vec::new(),
            let_go: Vec::new(),
            tidied: Vec::new(),
            tokens: Vec::new(),
            line_checks: 0,
            hotel_id: None,
        }
    }

    /// A computer whose disk is full.
    pub(crate) fn keeping_nothing() -> Self {
        let mut desk = Self::new();
        let setup = Setup {
            cache: Cache::in_memory().expect("there is memory"),
            storage: Some("The disk is full.".into()),
            seed: 7,
            time_zone: TimeZone::UTC,
            given: None,
            now: moment(Duration::ZERO, Duration::ZERO),
        };
        desk.engine = Engine::start(setup).expect("an empty cache can be read");
        desk
    }

    /// Signed in, live, and in step with a server that has these offers.
    pub(crate) fn live(offers: Vec<Offer>) -> Self {
        let mut desk = Self::new();
        desk.sign_in("frontdesk");
        desk.signal(LiveSignal::Subscribed);
        // One read began at sign-in, and one more follows since the subscription: only what is read after it misses nothing.
        desk.list(offers.clone());
        desk.list(offers);
        assert_eq!(
            desk.count(|call| !matches!(call, Call::Picture { .. })),
            0,
            "all quiet"
        );
        desk.notices.clear();
        desk
    }

    pub(crate) fn sign_in(&mut self, user: &str) {
        let ticket = self.begin_sign_in(user);
        assert!(self.reply(ticket).is_ok(), "the sign-in succeeds");
    }

    /// Signs in at a server that agrees; whether it can be kept is for the caller to see.
    pub(crate) fn begin_sign_in(&mut self, user: &str) -> Ticket {
        let (ticket, call) = self.ask_to_sign_in(user);
        self.agree(call, user);
        ticket
    }

    /// The sign-in leaves, and the server has not answered yet.
    pub(crate) fn ask_to_sign_in(&mut self, user: &str) -> (Ticket, CallId) {
        self.ask_to_sign_in_at("https://hotel.example/api", user)
    }

    pub(crate) fn ask_to_sign_in_at(&mut self, api_url: &str, user: &str) -> (Ticket, CallId) {
        let form = SignInForm {
            api_url: api_url.into(),
            pusher_key: "k".into(),
            username: user.into(),
            ..SignInForm::default()
        };
        let password = Password("secret".into());
        let ticket = self.ask(Ask::SignIn {
            form: Box::new(form),
            password,
        });
        (ticket, self.take(|call| matches!(call, Call::SignIn { .. })))
    }

    /// The server agrees to a sign-in.
    pub(crate) fn agree(&mut self, call: CallId, user: &str) {
        self.agree_as(call, user, 1, "Hotel Killarney");
    }

    /// The same with the hotel's id and name.
    pub(crate) fn agree_as(&mut self, call: CallId, user: &str, id: i64, name: &str) {
        let hotel = Hotel {
            id: Some(id),
            slug: HotelSlug::try_from("killarney".to_owned()).expect("a slug"),
            name: name.into(),
        };
        let signed_in = SignedIn {
            token: Token::new(format!("token-of-{user}")),
            username: user.into(),
            hotel: Some(hotel),
            access_level: None,
            is_staff: false,
            is_superuser: false,
        };
        self.answer(call, Answer::SignedIn(Ok(signed_in)));
    }

    /// From now on SQLite fails to write to this table, as it does on a full disk.
    pub(crate) fn refuse_writes(&self, table: &str) {
        self.sql(&format!(
            "CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
        ));
    }

    pub(crate) fn allow_writes(&self) {
        self.sql("DROP TRIGGER full");
    }

    /// The offers' pages are damaged, and nothing of them can be saved.
    pub(crate) fn forget_offers(&self) {
        self.sql("DELETE FROM base");
    }

    /// An earlier release kept addresses as they were typed.
    pub(crate) fn spell_server(&self, api_url: &str) {
        self.sql(&format!(
            "UPDATE account SET api_url = '{api_url}'; UPDATE hotel SET api_url = '{api_url}'"
        ));
    }

    fn sql(&self, sql: &str) {
        let path = self.folder.path().join(cache::FILE_NAME);
        let connection = rusqlite::Connection::open(path).expect("the database can be opened");
        connection.execute_batch(sql).expect("the statement is right");
    }

    /// What the system's notifications have said since this was last asked.
    pub(crate) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.alerts)
            .into_iter()
            .map(|alert| alert.summary)
            .collect()
    }

    pub(crate) fn set_time_zone(&mut self, name: Option<&str>) -> Result<(), AppError> {
        let ticket = self.ask(Ask::SetTimeZone(name.map(str::to_owned)));
        self.reply(ticket).map(drop)
    }

    /// How long until the engine wants to be called again if nothing happens.
    pub(crate) fn due_in(&self) -> Duration {
        self.engine.next_deadline().saturating_sub(self.now)
    }

    /// The program ends without warning, and is started again.
    pub(crate) fn crash_and_restart(&mut self) {
        self.crash_and_restart_where(None);
    }

    /// The same where nobody kept the token.
    pub(crate) fn crash_and_restart_without_keyring(&mut self) {
        let (engine, effects) = self.restarted(None);
        self.engine = engine;
        for effect in effects {
            match effect {
                Effect::LoadToken(name) => self.happen(Event::TokenLoaded(name, None)),
                other => self.collect(vec![other]),
            }
        }
    }

    fn restarted(&mut self, given: Option<SignInForm>) -> (Engine, Vec<Effect>) {
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        let (parked, _) = start(&elsewhere, self.now, None);
        drop(std::mem::replace(&mut self.engine, parked));
        self.calls.clear();
        start(&self.folder, self.now, given)
    }

    /// The same where the environment says this about the server.
    pub(crate) fn crash_and_restart_where(&mut self, given: Option<SignInForm>) {
        let (engine, effects) = self.restarted(given);
        self.engine = engine;
        let (asked, effects) = effects
            .into_iter()
            .partition(|effect| matches!(effect, Effect::LoadToken(_)));
        let asked: Vec<Effect> = asked;
        self.collect(effects);
        for effect in asked {
            if let Effect::LoadToken(name) = effect {
                self.happen(Event::TokenLoaded(
                    name,
                    Some((Token::new("token"), TokenKept::Keyring)),
                ));
            }
        }
    }

    pub(crate) fn happen(&mut self, event: Event) {
        self.happen_together([event]);
    }

    /// One turn takes all that waits.
    pub(crate) fn happen_together(&mut self, events: impl IntoIterator<Item = Event>) {
        let effects = self.engine.turn(moment(self.now, self.slept), events);
        self.collect(effects);
    }

    /// What an event of the hotel's channel is to the engine.
    pub(crate) fn message(&self, name: &str, data: Value) -> Event {
        match HotelMessage::read(name.to_owned(), &data.to_string()) {
            Some(message) => Event::Live(self.live, LiveSignal::Message(Box::new(message))),
            None => Event::Tick,
        }
    }

    fn collect(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Reply(ticket, reply) => self.replies.push((ticket, reply)),
                Effect::Call(id, call) => self.calls.push((id, call)),
                Effect::Connect(id, _) => self.live = id,
                Effect::Publish(changes) => {
                    for change in changes {
                        if let ViewChange::Notice { notice } = &change {
                            self.notices.push(notice.clone());
                        }
                        self.changes.push(change);
                    }
                }
                Effect::Abort(id) => self.aborted.push(id),
                Effect::LetGo(hashes) => self.let_go.extend(hashes),
                Effect::Alert(alert) => self.alerts.push(*alert),
                Effect::Tidy(pictures) => self.tidied.push(*pictures),
                Effect::StoreToken(name, ..) => self.tokens.push(name.username),
                Effect::Credentials(Some(credentials)) => self.hotel_id = credentials.hotel_id,
                Effect::CheckLine => self.line_checks += 1,
                _ => {}
            }
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
        self.happen(Event::Tick);
    }

    /// The lid is closed: only the wall clock goes on.
    pub(crate) fn sleep(&mut self, time: Duration) {
        self.slept += time;
        self.happen(Event::Tick);
    }

    /// Whether the engine wants a turn when only the clocks have moved: the steady one by so much, the wall's by so many seconds.
    pub(crate) fn is_due(&self, steady: Duration, wall: i64) -> bool {
        let mut then = moment(self.now + steady, self.slept);
        then.wall = moment(self.now, self.slept).wall + jiff::SignedDuration::from_secs(wall);
        self.engine.is_due(then)
    }

    pub(crate) fn signal(&mut self, signal: LiveSignal) {
        self.happen(Event::Live(self.live, signal));
    }

    pub(crate) fn event(&mut self, name: &str, data: Value) {
        let message = self.message(name, data);
        self.happen(message);
    }

    /// Asks without looking at the answer.
    pub(crate) fn ask(&mut self, ask: Ask) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.happen(Event::Ask(ticket, ask));
        ticket
    }

    pub(crate) fn reply(&mut self, ticket: Ticket) -> Result<Reply, AppError> {
        let place = self
            .replies
            .iter()
            .position(|(of, _)| *of == ticket)
            .expect("the command is answered");
        self.replies.remove(place).1
    }

    pub(crate) fn create(&mut self, title: &str) -> OfferKey {
        let ask = Ask::Create {
            fields: Box::new(titled(title)),
            photo: None,
            window: "console-1".into(),
        };
        let ticket = self.ask(ask);
        match self.reply(ticket) {
            Ok(Reply::Created(key)) => key,
            other => panic!("not created: {other:?}"),
        }
    }

    pub(crate) fn edit(
        &mut self,
        key: OfferKey,
        before: &OfferFields,
        after: &OfferFields,
    ) -> Result<(), AppError> {
        let patch: OfferPatch = before.patch_to(after);
        let ticket = self.ask(Ask::Update {
            key,
            patch: Box::new(patch),
            photo: None,
            window: "console-1".into(),
        });
        self.reply(ticket).map(drop)
    }

    pub(crate) fn delete(&mut self, key: OfferKey) {
        let ticket = self.ask(Ask::Delete {
            key,
            window: "console-1".into(),
        });
        self.reply(ticket).expect("the delete is taken");
    }

    /// The request on its way that is meant; there must be exactly one.
    pub(crate) fn take(&mut self, is_meant: impl Fn(&Call) -> bool) -> CallId {
        let place = self.calls.iter().position(|(_, call)| is_meant(call));
        let place = place.unwrap_or_else(|| panic!("no such request among {:?}", self.calls));
        self.calls.remove(place).0
    }

    pub(crate) fn count(&self, is_meant: impl Fn(&Call) -> bool) -> usize {
        self.calls.iter().filter(|(_, call)| is_meant(call)).count()
    }

    /// What the requests for pictures on their way name as known here.
    pub(crate) fn asked_pictures(&self) -> Vec<Option<Validators>> {
        let known = |(_, call): &(CallId, Call)| match call {
            Call::Picture { known, .. } => Some(known.clone()),
            _ => None,
        };
        self.calls.iter().filter_map(known).collect()
    }

    /// The writes on their way.
    pub(crate) fn writes(&self) -> Vec<&Call> {
        let is_write = |call: &&Call| {
            !matches!(
                call,
                Call::List | Call::Read(_) | Call::PublicPage | Call::Picture { .. } | Call::SignIn { .. }
            )
        };
        self.calls.iter().map(|(_, call)| call).filter(is_write).collect()
    }

    pub(crate) fn answer(&mut self, call: CallId, answer: Answer) {
        self.happen(Event::Called(call, answer));
    }

    /// The update on its way is answered with what the offer is now.
    pub(crate) fn updated(&mut self, offer: Offer) {
        let call = self.take_update();
        self.answer(call, ok(offer));
    }

    /// The list read on its way is answered with these offers.
    pub(crate) fn list(&mut self, offers: Vec<Offer>) {
        let call = self.take(|call| matches!(call, Call::List));
        self.answer(
            call,
            Answer::Listed(Ok(Listing {
                offers,
                malformed: Vec::new(),
                complete: true,
            })),
        );
    }

    pub(crate) fn snapshot(&mut self) -> Snapshot {
        let ticket = self.ask(Ask::Snapshot);
        match self.reply(ticket) {
            Ok(Reply::Snapshot(snapshot)) => *snapshot,
            other => panic!("no snapshot: {other:?}"),
        }
    }

    pub(crate) fn view(&mut self, key: OfferKey) -> Option<ViewOffer> {
        self.snapshot().offers.into_iter().find(|offer| offer.key == key)
    }

    pub(crate) fn titles(&mut self) -> Vec<String> {
        let mut titles: Vec<_> = self
            .snapshot()
            .offers
            .into_iter()
            .map(|offer| offer.fields.title)
            .collect();
        titles.sort();
        titles
    }

    pub(crate) fn take_create(&mut self) -> CallId {
        self.take(|call| matches!(call, Call::Create(..)))
    }

    pub(crate) fn take_update(&mut self) -> CallId {
        self.take(|call| matches!(call, Call::Update(..)))
    }

    pub(crate) fn take_read(&mut self) -> CallId {
        self.take(|call| matches!(call, Call::Read(_)))
    }
}

pub(crate) fn ok(offer: Offer) -> Answer {
    Answer::Offer(Ok(Box::new(offer)))
}

/// The public page as the server makes it of these offers.
pub(crate) fn public_page(offers: &[Offer]) -> PublicPage {
    let listed: Vec<Value> = offers
        .iter()
        .filter(|offer| offer.fields.is_active)
        .map(|offer| serde_json::to_value(offer).expect("an offer is JSON"))
        .collect();
    PublicPage::read(
        &json!({"name": "Hotel Killarney", "booking_url": "https://book.example/", "offers": listed}),
    )
    .expect("a page in the wire's shape")
}

pub(crate) fn page(offers: &[Offer]) -> Answer {
    Answer::PublicPage(Ok(Box::new(public_page(offers))))
}
