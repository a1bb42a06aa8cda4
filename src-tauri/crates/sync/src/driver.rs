//! Runs the engine: a thread of its own for SQLite and the rules, the network on the runtime it is given.
//!
//! **Protocol.** Everything that happens goes through one bounded channel to the engine's thread, which takes all that waits as one
//! turn, commits once, and only then lets the effects go. When the channel is full, whoever has something to say waits; nothing is
//! dropped.
//!
//! Absent: rules.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::{Api, HotelRef, Progress, Staff, Token, Transport};
use cache::{Cache, Opened, PhotoFiles, RunMarker};
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use model::{OfferFields, OfferKey};
use pusher_client::{Client, RequestError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::activity::ActivityEntry;
use crate::alerts::Alert;
use crate::calls::{self, Means};
use crate::clock::Moment;
use crate::draft::Draft;
use crate::effect::{
    Ask, Call, CallId, Demo, Effect, Event, LiveId, LiveTarget, Reply, Ticket, TokenName, TokenPlace,
};
use crate::engine::{Engine, Setup};
use crate::feed::{Feed, Publish};
use crate::history::OfferVersion;
use crate::link;
use crate::opening::{in_words, open_photos, tidy};
use crate::photos::{Photos, let_go};
use crate::preview::GuestPreview;
use crate::problem::{AppError, ErrorCode};
use crate::quiet::QuietStart;
use crate::recorder::{Notes, Recorder};
use crate::settings::Zones;
use crate::view::{SignInForm, Snapshot, StagedPhoto, TokenKept, Upload};
use crate::wait::{Wake, wait};

/// Events that may wait for the engine; more than a turn ever takes.
const BACKLOG: usize = 1024;
/// Events taken as one turn at most, so that the first of a flood is on screen soon.
pub const TURN: usize = 512;
/// So many in one turn are a burst, such as after a time without a line.
const BURST: usize = 8;
/// Between the turns of a burst: about one turn for each frame. Nobody sees more of them, and the page needs the processor for what it shows.
const BREATH: Duration = Duration::from_millis(12);
/// What may wait for a slow keyring.
const TOKEN_BACKLOG: usize = 16;
/// Between two words about the progress of an upload.
const PROGRESS: Duration = Duration::from_millis(80);
/// The clocks are looked at at least this often: sleep shows in them. Each look wakes this one thread, and nothing else.
const LOOK: Duration = Duration::from_secs(5);

/// Where tokens are kept. Calls may block for as long as a keyring asks its user.
pub trait Tokens: Send + Sync + 'static {
    /// The token of an earlier sign-in, and where it was.
    fn load(&self, name: &TokenName) -> Option<(Token, TokenKept)>;
    /// Keeps a token; answers where it is now.
    fn store(&self, name: &TokenName, token: &Token, place: TokenPlace) -> TokenKept;
    /// Forgets a token wherever it is; answers whether it is gone.
    fn forget(&self, name: &TokenName) -> bool;
}

/// What the engine needs of the program around it.
pub struct Host {
    /// Takes a batch to every window. Must not block.
    pub publish: Publish,
    /// The keyring.
    pub tokens: Arc<dyn Tokens>,
    /// Shows a notification of the system. Must not block.
    pub alert: Arc<dyn Fn(Alert) + Send + Sync>,
    /// Starts the embedded demo hotel, or tells how to reach it if it runs.
    pub demo: Arc<dyn Fn() -> BoxFuture<'static, Result<Demo, String>> + Send + Sync>,
    /// Carries requests.
    pub transport: Arc<dyn Transport>,
    /// What pictures may take on disk, in bytes; [`PHOTO_ROOM`](crate::PHOTO_ROOM) unless somebody wants it otherwise.
    pub photo_room: u64,
}

/// A data folder that is open: what was known and what waits is read. It becomes a [`Console`], and may be made on another thread before there
/// is anything for one to work with.
pub struct Prepared {
    engine: Engine,
    files: PhotoFiles,
    marker: RunMarker,
    started: Instant,
}

impl Prepared {
    /// Opens the data folder, whatever state it is in. Blocks for as long as the disk takes.
    pub fn open(folder: &Path, given: Option<SignInForm>, time_zone: TimeZone) -> cache::Result<Self> {
        let (marker, unclean) = RunMarker::begin(folder);
        let Opened { cache, trouble } =
            Cache::open_or_rescue(folder, jiff::Timestamp::now().as_millisecond(), unclean);
        let files = open_photos(folder)?;
        match cache.forget_lost_pictures(&files) {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                count,
                "pictures are no longer in their folder and are fetched again"
            ),
            Err(error) => tracing::warn!(%error, "whether all pictures are in their folder is not known"),
        }
        let started = Instant::now();
        let engine = Engine::start(Setup {
            cache,
            storage: trouble.map(in_words),
            seed: rand::random(),
            time_zone,
            given,
            now: moment(started),
        })?;
        Ok(Self {
            engine,
            files,
            marker,
            started,
        })
    }
}

/// A running engine. Cheap to clone; ends when the last clone is gone.
#[derive(Clone)]
pub struct Console {
    events: mpsc::Sender<Event>,
    waiting: Waiting,
    last_ticket: Arc<AtomicU64>,
    photos: Photos,
    token_work: std::sync::mpsc::SyncSender<TokenWork>,
    quiet_start: QuietStart,
    end: mpsc::Sender<Ended>,
}

/// Told when the engine has closed its database.
type Ended = std::sync::mpsc::SyncSender<()>;

type TokenWork = Box<dyn FnOnce(&dyn Tokens) -> Option<Event> + Send>;

/// Does what is asked of the keyring in order, one after the other: a token that was forgotten must not be stored afterwards because a
/// keyring took its time.
fn keep_tokens(
    tokens: &dyn Tokens,
    work: std::sync::mpsc::Receiver<TokenWork>,
    events: &mpsc::WeakSender<Event>,
) {
    for work in work {
        if let (Some(event), Some(events)) = (work(tokens), events.upgrade()) {
            drop(events.blocking_send(event));
        }
    }
}

type Waiting = Arc<Mutex<HashMap<Ticket, oneshot::Sender<Result<Reply, AppError>>>>>;

impl Console {
    /// Starts. What was known and what waits is there when this returns.
    pub fn start(prepared: Prepared, host: Host, runtime: Handle) -> cache::Result<Self> {
        let Prepared {
            mut engine,
            files,
            marker,
            started,
        } = prepared;
        let (events, inbox) = mpsc::channel(BACKLOG);
        let waiting = Waiting::default();
        let notes = Notes::default();
        let (end, ends) = mpsc::channel(1);
        let (token_work, todo) = std::sync::mpsc::sync_channel(TOKEN_BACKLOG);
        std::thread::Builder::new().name("tokens".to_owned()).spawn({
            let (tokens, events) = (host.tokens.clone(), events.downgrade());
            move || keep_tokens(&*tokens, todo, &events)
        })?;
        let staff = Arc::<Mutex<Option<Staff>>>::default();
        let quiet_start = QuietStart::begin();
        let photos = Photos::new(files.clone(), staff.clone());
        let mut hands = Hands {
            token_work: token_work.clone(),
            feed: Feed::new(host.publish.clone(), runtime.clone()),
            means: Means {
                transport: Arc::new(Recorder::new(host.transport.clone(), notes.clone())),
                photos: files,
                staff: None,
            },
            staff,
            quiet_start: quiet_start.clone(),
            host,
            runtime,
            events: events.downgrade(),
            waiting: waiting.clone(),
            staff_calls: HashMap::new(),
            live: None,
        };
        for effect in engine.first_effects() {
            hands.perform(effect);
        }
        std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || run(engine, inbox, hands, started, &notes, ends, marker))?;
        Ok(Self {
            events,
            waiting,
            last_ticket: Arc::default(),
            photos,
            token_work,
            quiet_start,
            end,
        })
    }

    /// A window shows what is known: from now on requests go out at once. Until then, and for a second at most, they leave the processor
    /// to the window.
    pub fn end_quiet_start(&self) {
        self.quiet_start.end();
    }

    /// Closes the database, at most within `limit`, so that the next start need not check it. Blocks: for the program's last moments.
    pub fn end(&self, limit: Duration) {
        let (ended, has_ended) = std::sync::mpsc::sync_channel(1);
        if self.end.try_send(ended).is_ok() && has_ended.recv_timeout(limit).is_err() {
            tracing::warn!("the engine did not end in time");
        }
    }

    /// Waits until what was asked of the keyring so far is done, at most for `limit`. Blocks: for the program's last moments, so that
    /// who signs in and quits at once is still signed in the next time.
    pub fn wait_for_tokens(&self, limit: Duration) {
        let (done, is_done) = std::sync::mpsc::sync_channel(1);
        let last: TokenWork = Box::new(move |_| {
            let _ = done.send(());
            None
        });
        if self.token_work.try_send(last).is_ok() && is_done.recv_timeout(limit).is_err() {
            tracing::warn!("the keyring did not answer before the end");
        }
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&self, ask: Ask) -> Result<Reply, AppError> {
        let ticket = Ticket(self.last_ticket.fetch_add(1, Ordering::Relaxed));
        let (answer, answered) = oneshot::channel();
        lock(&self.waiting).insert(ticket, answer);
        if self.events.send(Event::Ask(ticket, ask)).await.is_err() {
            lock(&self.waiting).remove(&ticket);
            return Err(AppError::ended());
        }
        answered.await.unwrap_or_else(|_| Err(AppError::ended()))
    }

    /// Asks for something that is answered by being done.
    pub async fn done(&self, ask: Ask) -> Result<(), AppError> {
        self.ask(ask).await.map(drop)
    }

    /// Everything a window shows.
    pub async fn snapshot(&self) -> Result<Snapshot, AppError> {
        match self.ask(Ask::Snapshot).await? {
            Reply::Snapshot(snapshot) => Ok(*snapshot),
            other => Err(unexpected(&other)),
        }
    }

    /// The sign-in form to start from.
    pub async fn form(&self) -> Result<SignInForm, AppError> {
        match self.ask(Ask::SignInForm).await? {
            Reply::Form(form) => Ok(*form),
            other => Err(unexpected(&other)),
        }
    }

    /// Creates an offer for a window; answers its key.
    pub async fn create(
        &self,
        fields: OfferFields,
        photo: Option<StagedPhoto>,
        window: &str,
    ) -> Result<OfferKey, AppError> {
        match self
            .ask(Ask::Create {
                fields: Box::new(fields),
                photo,
                window: window.to_owned(),
            })
            .await?
        {
            Reply::Created(key) => Ok(key),
            other => Err(unexpected(&other)),
        }
    }

    /// Every version known of an offer, newest first.
    pub async fn history(&self, key: OfferKey) -> Result<Vec<OfferVersion>, AppError> {
        self.versions(Ask::History(key)).await
    }

    /// The last state of each deleted offer that this computer saw, newest first.
    pub async fn deleted_offers(&self) -> Result<Vec<OfferVersion>, AppError> {
        self.versions(Ask::DeletedOffers).await
    }

    async fn versions(&self, ask: Ask) -> Result<Vec<OfferVersion>, AppError> {
        match self.ask(ask).await? {
            Reply::Versions(versions) => Ok(versions),
            other => Err(unexpected(&other)),
        }
    }

    /// Makes an offer what it was in a version, photo included; answers its key.
    pub async fn restore(&self, version: i64, window: &str) -> Result<OfferKey, AppError> {
        let version = match self.ask(Ask::Version(version)).await? {
            Reply::Version(version) => version,
            other => return Err(unexpected(&other)),
        };
        let photo = match version.photo {
            Some(hash) => self.photos.stage_again(hash).await?,
            None => None,
        };
        let ask = Ask::Restore {
            version,
            photo,
            window: window.to_owned(),
        };
        match self.ask(ask).await? {
            Reply::Created(key) => Ok(key),
            other => Err(unexpected(&other)),
        }
    }

    /// What editors held when they were last heard of, newest first.
    pub async fn drafts(&self) -> Result<Vec<Draft>, AppError> {
        match self.ask(Ask::Drafts).await? {
            Reply::Drafts(drafts) => Ok(drafts),
            other => Err(unexpected(&other)),
        }
    }

    /// A page of what happened before this entry, newest first.
    pub async fn activity(&self, before: Option<i64>) -> Result<Vec<ActivityEntry>, AppError> {
        match self.ask(Ask::Activity(before)).await? {
            Reply::Activity(entries) => Ok(entries),
            other => Err(unexpected(&other)),
        }
    }

    /// What guests see, and what they would see with everything that is not sent yet.
    pub async fn guest_preview(&self) -> Result<GuestPreview, AppError> {
        match self.ask(Ask::GuestPreview).await? {
            Reply::GuestPreview(preview) => Ok(*preview),
            other => Err(unexpected(&other)),
        }
    }

    /// The time zones there are.
    pub async fn time_zones(&self) -> Result<Zones, AppError> {
        match self.ask(Ask::TimeZones).await? {
            Reply::Zones(zones) => Ok(*zones),
            other => Err(unexpected(&other)),
        }
    }

    /// The pictures on this computer.
    pub fn photos(&self) -> &Photos {
        &self.photos
    }
}

fn unexpected(reply: &Reply) -> AppError {
    tracing::error!(?reply, "an answer to another question");
    AppError::new(
        ErrorCode::Internal,
        "The console has answered another question. Please try again.",
    )
}

fn run(
    mut engine: Engine,
    mut inbox: mpsc::Receiver<Event>,
    mut hands: Hands,
    started: Instant,
    notes: &Notes,
    mut ends: mpsc::Receiver<Ended>,
    marker: RunMarker,
) {
    let mut events = Vec::with_capacity(TURN);
    let ended = loop {
        let until = (started + engine.next_deadline()).min(Instant::now() + LOOK);
        // All that waits is one turn, and one commit.
        let wake = wait(&mut inbox, &mut ends, &mut events, TURN, until);
        let noted = notes.take();
        match wake {
            Wake::Events => {}
            Wake::Alone => break None,
            Wake::Asked(ended) => break Some(ended),
            Wake::Late => events.push(Event::CameLate),
            Wake::Time if noted.is_empty() && !engine.is_due(moment(started)) => continue,
            Wake::Time => events.push(Event::Tick),
        }
        let is_burst = events.len() >= BURST;
        if !noted.is_empty() {
            events.insert(0, Event::Noted(noted));
        }
        for effect in engine.turn(moment(started), events.drain(..)) {
            hands.perform(effect);
        }
        if is_burst {
            // Blocks nobody: the thread is the engine's own, and what comes meanwhile is the next turn.
            std::thread::sleep(BREATH);
        }
    };
    // What was said in the last moment is kept too: a draft, perhaps.
    while let Ok(event) = inbox.try_recv() {
        events.push(event);
    }
    for effect in engine.turn(moment(started), events.drain(..)) {
        hands.perform(effect);
    }
    let is_sound = engine.is_sound();
    drop((hands, engine));
    // Left standing, the marker has the next start check the whole file.
    if is_sound {
        marker.end();
    }
    if let Some(ended) = ended {
        // Nobody may be waiting any more.
        let _ = ended.send(());
    }
}

fn moment(started: Instant) -> Moment {
    Moment {
        wall: jiff::Timestamp::now(),
        since_start: started.elapsed(),
    }
}

/// What carries effects out.
struct Hands {
    host: Host,
    token_work: std::sync::mpsc::SyncSender<TokenWork>,
    feed: Feed,
    means: Means,
    runtime: Handle,
    /// Weak, so that the engine ends when nobody can ask any more.
    events: mpsc::WeakSender<Event>,
    waiting: Waiting,
    /// Requests on their way that carry the token.
    staff_calls: HashMap<CallId, AbortHandle>,
    /// For windows that fetch a photo from the web.
    staff: Arc<Mutex<Option<Staff>>>,
    quiet_start: QuietStart,
    live: Option<(Client, tokio::task::JoinHandle<()>)>,
}

impl Hands {
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Reply(ticket, reply) => self.reply(ticket, reply),
            Effect::Publish(changes) => self.feed.push(changes),
            Effect::Credentials(credentials) => {
                if credentials.is_none() {
                    // Nobody reads their answers any more, and a slow upload must not go on behind a new session's back.
                    self.staff_calls.drain().for_each(|(_, call)| call.abort());
                }
                self.means.staff = credentials.map(|credentials| {
                    let hotel = HotelRef {
                        id: credentials.hotel_id,
                        slug: credentials.hotel_slug,
                    };
                    Api::new(credentials.base, self.means.transport.clone()).staff(credentials.token, hotel)
                });
                lock(&self.staff).clone_from(&self.means.staff);
            }
            Effect::Call(id, call) => {
                let means = self.means.clone();
                let is_staff_call = !matches!(call, Call::SignIn { .. });
                let progress = self.progress(id);
                let answer = calls::perform(call, means, progress);
                let quiet_start = self.quiet_start.clone();
                let running = self.later(async move {
                    quiet_start.ended().await;
                    Event::Called(id, answer.await)
                });
                self.staff_calls.retain(|_, call| !call.is_finished());
                if is_staff_call {
                    self.staff_calls.insert(id, running);
                }
            }
            Effect::Abort(id) => {
                if let Some(call) = self.staff_calls.remove(&id) {
                    call.abort();
                }
            }
            Effect::LetGo(hashes) => {
                let photos = self.means.photos.clone();
                drop(self.runtime.spawn_blocking(move || let_go(&photos, &hashes)));
            }
            Effect::Tidy(pictures) => {
                let (photos, room) = (self.means.photos.clone(), self.host.photo_room);
                drop(
                    self.runtime
                        .spawn_blocking(move || tidy(&photos, &pictures, room)),
                );
            }
            Effect::Connect(id, target) => self.connect(id, &target),
            Effect::Disconnect => self.disconnect(),
            Effect::RedialNow => self.ask_line(Client::reconnect_now),
            Effect::CheckLine => self.ask_line(Client::check_now),
            Effect::LoadToken(name) => self.with_tokens(Box::new(move |tokens| {
                let found = tokens.load(&name);
                Some(Event::TokenLoaded(name, found))
            })),
            Effect::StoreToken(name, token, place) => self.with_tokens(Box::new(move |tokens| {
                let kept = tokens.store(&name, &token, place);
                Some(Event::TokenStored(name, kept))
            })),
            Effect::ForgetToken(name) => self.with_tokens(Box::new(move |tokens| {
                (!tokens.forget(&name)).then_some(Event::TokenLeft(name))
            })),
            Effect::Alert(alert) => (self.host.alert)(*alert),
            Effect::StartDemo => {
                let start = (self.host.demo)();
                drop(self.later(async move { Event::DemoStarted(start.await) }));
            }
        }
    }

    fn reply(&self, ticket: Ticket, reply: Result<Reply, AppError>) {
        let reply = reply.map(|reply| match reply {
            Reply::Snapshot(mut snapshot) => {
                snapshot.seq = self.feed.seq();
                Reply::Snapshot(snapshot)
            }
            other => other,
        });
        if let Some(waiting) = lock(&self.waiting).remove(&ticket) {
            // A window that was closed meanwhile does not mind.
            drop(waiting.send(reply));
        }
    }

    /// Tells the engine how far a photo is, a few times a second: nobody sees more. What does not fit into the queue is left out,
    /// since a later word makes it good.
    fn progress(&self, id: CallId) -> Progress {
        let (events, last) = (self.events.clone(), Mutex::new(None::<Instant>));
        Arc::new(move |sent, total| {
            let mut last = lock(&last);
            let is_due = last.is_none_or(|last| last.elapsed() >= PROGRESS);
            if (is_due || sent == total)
                && let Some(events) = events.upgrade()
            {
                *last = Some(Instant::now());
                let _ = events.try_send(Event::Progress(id, Upload { sent, total }));
            }
        })
    }

    fn later(&self, event: impl Future<Output = Event> + Send + 'static) -> AbortHandle {
        let events = self.events.clone();
        let task = self.runtime.spawn(async move {
            let event = event.await;
            if let Some(events) = events.upgrade() {
                drop(events.send(event).await);
            }
        });
        task.abort_handle()
    }

    fn with_tokens(&self, work: TokenWork) {
        if self.token_work.try_send(work).is_err() {
            // Only a keyring that has not answered a dozen sign-ins; the user is signed in for this run all the same.
            tracing::error!("the keyring does not answer");
        }
    }

    fn ask_line(&self, ask: impl FnOnce(&Client) -> Result<(), RequestError>) {
        if let Some((client, _)) = &self.live
            && let Err(error) = ask(client)
        {
            tracing::warn!(%error, "live updates could not be asked about their line");
        }
    }

    fn connect(&mut self, id: LiveId, target: &LiveTarget) {
        self.disconnect();
        let _runtime = self.runtime.enter();
        let (client, mut signals) = link::connect(target);
        let events = self.events.clone();
        let forward = self.runtime.spawn(async move {
            while let Some(event) = signals.next().await {
                let Some(signal) = link::signal(event) else {
                    continue;
                };
                let Some(events) = events.upgrade() else { return };
                // When the engine cannot keep up this waits, and the client's own bounded buffer says what it lost.
                if events.send(Event::Live(id, signal)).await.is_err() {
                    return;
                }
            }
        });
        self.live = Some((client, forward));
    }

    fn disconnect(&mut self) {
        if let Some((client, forward)) = self.live.take() {
            drop(client);
            forward.abort();
        }
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.disconnect();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
