//! Time, the network, and everything that goes wrong in it.
//!
//! What is to happen waits in one queue by its time; the world takes the next, and time is what it says. Nothing sleeps, and the same
//! plan gives the same run.

use std::collections::BTreeMap;
use std::time::Duration;

use api::{Paging, PagingStep, Token};
use demo_hotel::Broadcast;
use jiff::Timestamp;
use model::{Field, HotelEvent};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sync::effect::{Answer, Ask, Call, CallId, Effect, Event, LiveId, LiveSignal, Reply, TokenPlace};
use sync::message::HotelMessage;
use sync::problem::AppError;
use sync::view::TokenKept;
use url::Url;

use crate::desk::Desk;
use crate::plan::{Plan, Weather};
use crate::promises::Promises;
use crate::server::{self, Server};
use crate::stats::{Stats, count};

/// More than any run needs: an engine that wants to be called without end is stopped here.
const MOST_HAPPENINGS: u64 = 400_000;
/// What the driver gives a request at most.
const PATIENCE: Duration = Duration::from_secs(30);

type Happening = Box<dyn FnOnce(&mut World)>;

pub(crate) struct World {
    pub(crate) now: Duration,
    queue: BTreeMap<(Duration, u64), Happening>,
    happenings: u64,
    pub(crate) rng: StdRng,
    /// For reading the page that guests see, alone.
    looks: StdRng,
    pub(crate) weather: Weather,
    pub(crate) server_up: bool,
    pub(crate) server: Server,
    pub(crate) desks: Vec<Desk>,
    pub(crate) promises: Promises,
    ticks: Vec<u64>,
    /// Numbers that are used once.
    pub(crate) numbers: u64,
    pub(crate) stats: Stats,
    /// Tells the run on standard output.
    pub(crate) trace: bool,
}

/// Who waits for an answer: a request of this run of the program at a desk.
#[derive(Clone, Copy)]
struct Caller {
    desk: usize,
    epoch: u64,
    id: CallId,
}

/// What becomes of a request.
enum Fate {
    Fine,
    RequestLost,
    AnswerLost,
    Busy { status: u16, done: bool },
    Unreadable,
    Redirect,
}

impl World {
    pub(crate) fn new(plan: &Plan) -> Self {
        let start = wall(Duration::ZERO);
        Self {
            now: Duration::ZERO,
            queue: BTreeMap::new(),
            happenings: 0,
            rng: StdRng::seed_from_u64(plan.seed),
            looks: StdRng::seed_from_u64(!plan.seed),
            weather: Weather::default(),
            server_up: true,
            server: Server::new(plan.offers, start),
            desks: (0..plan.desks)
                .map(|desk| Desk::new(plan.seed.wrapping_add(desk as u64)))
                .collect(),
            promises: Promises::default(),
            ticks: vec![0; plan.desks],
            numbers: 0,
            stats: Stats::default(),
            trace: false,
        }
    }

    pub(crate) fn wall(&self) -> Timestamp {
        wall(self.now)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Lets time pass, and everything happen that was to happen in it.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= until
        {
            let ((at, _), happening) = entry.remove_entry();
            self.now = at;
            self.happenings += 1;
            assert!(self.happenings < MOST_HAPPENINGS, "an engine turns without end");
            happening(self);
        }
        self.now = until;
    }

    pub(crate) fn later(&mut self, wait: Duration, happening: impl FnOnce(&mut Self) + 'static) {
        let number = self.number();
        self.queue.insert((self.now + wait, number), Box::new(happening));
    }

    pub(crate) fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.rng.random_range(from..=to))
    }

    fn chance(&mut self, in_a_thousand: u32) -> bool {
        in_a_thousand > 0 && self.rng.random_range(0..1_000) < in_a_thousand
    }

    // Desks

    pub(crate) fn start(&mut self, desk: usize) {
        let effects = self.desks[desk].start(self.now);
        for effect in effects {
            self.perform(desk, effect);
        }
        self.look_again(desk);
        self.plan_tick(desk);
    }

    pub(crate) fn end(&mut self, desk: usize) {
        self.desks[desk].end();
    }

    /// Ends the program at a desk and starts it again soon.
    pub(crate) fn restart(&mut self, desk: usize) {
        self.end(desk);
        let wait = self.millis(300, 4_000);
        let epoch = self.desks[desk].epoch;
        self.later(wait, move |world| {
            if world.desks[desk].epoch == epoch && world.desks[desk].awake {
                world.start(desk);
            }
        });
    }

    /// Something happens to the program at a desk.
    pub(crate) fn happen(&mut self, desk: usize, event: Event) {
        if !self.desks[desk].runs() {
            return;
        }
        count(&mut self.stats.turns);
        let now = self.now;
        if self.trace && !matches!(event, Event::Ask(_, Ask::Snapshot)) {
            println!("{now:?} desk {desk} <- {event:?}");
        }
        let dies = self.desks[desk].dies_in_turn;
        match self.desks[desk].turn(now, vec![event]) {
            Some(effects) => {
                for effect in effects {
                    self.perform(desk, effect);
                }
                self.look_again(desk);
                self.plan_tick(desk);
            }
            None if dies => {
                count(&mut self.stats.crashes_in_turn);
                self.restart(desk);
            }
            None => {}
        }
    }

    /// A window asks; the answer, unless it takes longer or never comes.
    pub(crate) fn ask(&mut self, desk: usize, ask: Ask) -> Option<Result<Reply, AppError>> {
        let ticket = self.desks[desk].ticket();
        self.happen(desk, Event::Ask(ticket, ask));
        self.desks[desk].reply(ticket)
    }

    fn look_again(&mut self, desk: usize) {
        if self.desks[desk].wants_snapshot()
            && let Some(Ok(Reply::Snapshot(snapshot))) = self.ask(desk, Ask::Snapshot)
        {
            self.desks[desk].show(*snapshot);
        }
    }

    fn plan_tick(&mut self, desk: usize) {
        self.ticks[desk] += 1;
        let tick = self.ticks[desk];
        let Some(due) = self.desks[desk].due() else { return };
        let wait = due.saturating_sub(self.now);
        self.later(wait, move |world| {
            if world.ticks[desk] == tick {
                world.happen(desk, Event::Tick);
            }
        });
    }

    fn perform(&mut self, desk: usize, effect: Effect) {
        if self.trace && !matches!(effect, Effect::Reply(_, Ok(Reply::Snapshot(_)))) {
            println!("{:?} desk {desk} -> {effect:?}", self.now);
        }
        match effect {
            Effect::Reply(ticket, reply) => self.desks[desk].answered(ticket, reply),
            Effect::Publish(changes) => {
                self.desks[desk].tell(changes);
                let user = self.desks[desk].window.user().map(str::to_owned);
                for (from, to) in std::mem::take(&mut self.desks[desk].window.renamed) {
                    if let Some(user) = &user {
                        self.promises.renamed(desk, user, from, to);
                    }
                    if let Some(editor) = self.desks[desk].editors.remove(&from) {
                        self.desks[desk].editors.insert(to, editor);
                    }
                }
            }
            Effect::Credentials(credentials) => {
                self.desks[desk].credentials = credentials.map(|credentials| credentials.token);
            }
            Effect::Call(id, call) => self.call(desk, id, call),
            Effect::Abort(call) => unreachable!("nobody stops {call:?} here"),
            // Bytes are named here, never read.
            Effect::LetGo(_) | Effect::Tidy(_) | Effect::Alert(_) => {}
            Effect::Connect(live, _) => {
                self.desks[desk].live = Some(live);
                self.desks[desk].socket = None;
                self.dial(desk, Duration::ZERO);
            }
            Effect::Disconnect => {
                self.desks[desk].live = None;
                self.desks[desk].socket = None;
            }
            Effect::RedialNow | Effect::CheckLine => {
                if self.desks[desk].socket.is_none() {
                    self.dial(desk, Duration::ZERO);
                }
            }
            Effect::LoadToken(name) => {
                let token = self.desks[desk].token(&name);
                let wait = self.millis(1, 80);
                let event = Event::TokenLoaded(name, token.map(|token| (token, TokenKept::Keyring)));
                self.happen_later(desk, wait, event);
            }
            Effect::StoreToken(name, token, TokenPlace::Keyring | TokenPlace::File) => {
                self.desks[desk].keep_token(&name, token);
                let wait = self.millis(1, 80);
                self.happen_later(desk, wait, Event::TokenStored(name, TokenKept::Keyring));
            }
            Effect::ForgetToken(name) => self.desks[desk].forget_token(&name),
            Effect::StartDemo => unreachable!("nobody asks for the demo hotel here"),
        }
    }

    fn happen_later(&mut self, desk: usize, wait: Duration, event: Event) {
        self.happen_to_run(desk, self.desks[desk].epoch, wait, event);
    }

    fn happen_to_run(&mut self, desk: usize, epoch: u64, wait: Duration, event: Event) {
        self.later(wait, move |world| {
            if world.desks[desk].epoch != epoch {
                return;
            }
            if world.desks[desk].awake {
                world.happen(desk, event);
            } else {
                world.happen_to_run(desk, epoch, Duration::from_secs(5), event);
            }
        });
    }

    // Requests

    fn fate(&mut self) -> Fate {
        let weather = self.weather;
        let fate = if self.chance(weather.request_lost) {
            Fate::RequestLost
        } else if self.chance(weather.answer_lost) {
            Fate::AnswerLost
        } else if self.chance(weather.busy) {
            let status = [408, 429, 500, 502, 503][self.rng.random_range(0..5)];
            // The first two say that nothing was begun.
            let done = status >= 500 && self.rng.random();
            Fate::Busy { status, done }
        } else if self.chance(weather.unreadable) {
            Fate::Unreadable
        } else if self.chance(weather.redirect) {
            Fate::Redirect
        } else {
            Fate::Fine
        };
        match fate {
            Fate::Fine => {}
            Fate::RequestLost => count(&mut self.stats.requests_lost),
            Fate::AnswerLost => count(&mut self.stats.answers_lost),
            Fate::Busy { .. } => count(&mut self.stats.busy),
            Fate::Unreadable => count(&mut self.stats.unreadable),
            Fate::Redirect => count(&mut self.stats.redirects),
        }
        fate
    }

    fn way(&mut self) -> Duration {
        if self.chance(self.weather.slow) {
            count(&mut self.stats.slow);
            self.millis(1_000, 12_000)
        } else {
            self.millis(2, 150)
        }
    }

    fn call(&mut self, desk: usize, id: CallId, call: Call) {
        let caller = Caller {
            desk,
            epoch: self.desks[desk].epoch,
            id,
        };
        count(&mut self.stats.requests);
        if matches!(call, Call::PublicPage) {
            return self.look_at_page(caller);
        }
        let token = self.desks[desk].credentials.clone();
        let way = self.way();
        if !self.desks[desk].line_up || !self.server_up {
            return self.unreachable(caller, &call, false, way);
        }
        match call {
            Call::SignIn { ref username, .. } => {
                let username = username.clone();
                match self.fate() {
                    Fate::Fine => {
                        let answer = self.server.sign_in(&username);
                        self.answer(caller, &call, way, answer);
                    }
                    _ => self.unreachable(caller, &call, true, way),
                }
            }
            Call::List => {
                let token = token.unwrap_or_else(|| Token::new("none"));
                let list =
                    Url::parse("https://hotel.example/api/staff/hotel/killarney/offers/").expect("a URL");
                self.read_page(caller, token, Paging::new(list), 1);
            }
            Call::Picture { ref url, .. } => {
                let answer = match self.fate() {
                    Fate::Fine => self.server.picture(url, self.wall()),
                    _ => server::cut(&call),
                };
                self.answer(caller, &call, way, answer);
            }
            call => {
                let token = token.unwrap_or_else(|| Token::new("none"));
                let fate = self.fate();
                self.request(caller, token, call, fate, way);
            }
        }
    }

    /// Reading the page that guests see meets the same weather, by chances of its own: plans that were kept mean what they meant.
    fn look_at_page(&mut self, caller: Caller) {
        count(&mut self.stats.looks);
        std::mem::swap(&mut self.rng, &mut self.looks);
        let (way, back) = (self.way(), self.way());
        let fate = self.fate();
        std::mem::swap(&mut self.rng, &mut self.looks);
        let call = Call::PublicPage;
        if !self.desks[caller.desk].line_up || !self.server_up {
            return self.unreachable(caller, &call, false, way);
        }
        match fate {
            Fate::RequestLost | Fate::AnswerLost => self.unreachable(caller, &call, true, PATIENCE),
            Fate::Busy { status, .. } => {
                let answer = server::refused(&call, server::busy(status, None));
                self.answer(caller, &call, way + back, answer);
            }
            Fate::Unreadable | Fate::Redirect => self.answer(caller, &call, way + back, server::cut(&call)),
            Fate::Fine => self.later(way, move |world| {
                let answer = world.server.public_page();
                world.answer(caller, &Call::PublicPage, back, answer);
            }),
        }
    }

    fn request(&mut self, caller: Caller, token: Token, call: Call, fate: Fate, way: Duration) {
        let back = self.way();
        match fate {
            Fate::RequestLost => self.unreachable(caller, &call, true, PATIENCE),
            Fate::Redirect => {
                let error = api::Error::Refused {
                    status: 302,
                    words: "elsewhere".to_owned(),
                    fields: model::FieldErrors::new(),
                };
                self.answer(caller, &call, way + back, server::refused(&call, error));
            }
            Fate::Busy { status, done: false } => {
                let retry_after = self.rng.random::<bool>().then(|| self.millis(500, 5_000));
                let answer = server::refused(&call, server::busy(status, retry_after));
                self.answer(caller, &call, way + back, answer);
            }
            Fate::Fine | Fate::AnswerLost | Fate::Unreadable | Fate::Busy { done: true, .. } => {
                self.later(way, move |world| {
                    if !world.server_up {
                        return world.unreachable(caller, &call, true, back);
                    }
                    let by = (caller.desk, caller.epoch);
                    let (answer, broadcasts) = world.server.perform(by, &token, &call, world.wall());
                    world.broadcast(broadcasts);
                    match fate {
                        Fate::AnswerLost => world.unreachable(caller, &call, true, PATIENCE),
                        Fate::Unreadable => world.answer(caller, &call, back, server::cut(&call)),
                        Fate::Busy { status, .. } => {
                            let answer = server::refused(&call, server::busy(status, None));
                            world.answer(caller, &call, back, answer);
                        }
                        _ => world.answer(caller, &call, back, answer),
                    }
                });
            }
        }
    }

    fn read_page(&mut self, caller: Caller, token: Token, mut paging: Paging, number: i64) {
        let (way, back) = (self.way(), self.way());
        match self.fate() {
            Fate::Fine => {}
            Fate::RequestLost | Fate::AnswerLost => {
                return self.unreachable(caller, &Call::List, true, PATIENCE);
            }
            Fate::Busy { status, .. } => {
                let answer = server::refused(&Call::List, server::busy(status, None));
                return self.answer(caller, &Call::List, way + back, answer);
            }
            Fate::Unreadable | Fate::Redirect => {
                return self.answer(caller, &Call::List, way + back, server::cut(&Call::List));
            }
        }
        self.later(way, move |world| {
            if !world.server_up {
                return world.unreachable(caller, &Call::List, true, back);
            }
            let step = match world.server.page(&token, number) {
                Ok(Some(page)) => paging.page(page),
                Ok(None) => paging
                    .page_gone()
                    .ok_or(api::Error::Missing { words: String::new() }),
                Err(error) => Err(error),
            };
            match step {
                Ok(PagingStep::Done(listing)) => {
                    world.answer(caller, &Call::List, back, Answer::Listed(Ok(listing)));
                }
                Ok(PagingStep::Read(query)) => {
                    let number = query
                        .and_then(|query| query.strip_prefix("page=")?.parse().ok())
                        .unwrap_or(1);
                    world.later(back, move |world| world.read_page(caller, token, paging, number));
                }
                Err(error) => world.answer(caller, &Call::List, back, Answer::Listed(Err(error))),
            }
        });
    }

    fn unreachable(&mut self, caller: Caller, call: &Call, sent: bool, wait: Duration) {
        let error = api::Error::Unreachable {
            sent,
            reason: "the line".to_owned(),
        };
        self.arrive_later(caller, wait, server::refused(call, error));
    }

    /// An answer arrives, unless the line has gone or the computer sleeps by then.
    fn answer(&mut self, caller: Caller, call: &Call, wait: Duration, answer: Answer) {
        let call = call.clone();
        self.later(wait, move |world| {
            let here = &world.desks[caller.desk];
            if here.line_up && here.awake {
                world.arrive_later(caller, Duration::ZERO, answer);
            } else {
                world.unreachable(caller, &call, true, Duration::from_secs(1));
            }
        });
    }

    /// Word of a request comes to the run of the program that sent it, once its computer is awake.
    fn arrive_later(&mut self, caller: Caller, wait: Duration, answer: Answer) {
        let event = Event::Called(caller.id, answer);
        self.happen_to_run(caller.desk, caller.epoch, wait, event);
    }

    // Live updates

    pub(crate) fn broadcast(&mut self, broadcasts: Vec<Broadcast>) {
        for broadcast in broadcasts {
            if broadcast.data.len() > 10_000 {
                count(&mut self.stats.events_too_large);
                continue;
            }
            for desk in 0..self.desks.len() {
                if let Some(live) = self.desks[desk].socket {
                    self.deliver(desk, live, broadcast.event, &broadcast.data);
                }
            }
        }
    }

    fn deliver(&mut self, desk: usize, live: LiveId, name: &'static str, data: &str) {
        if self.chance(self.weather.event_lost) {
            return count(&mut self.stats.events_lost);
        }
        let mut copies = 1;
        if self.chance(self.weather.event_doubled) {
            count(&mut self.stats.events_doubled);
            copies = 2;
        }
        for _ in 0..copies {
            count(&mut self.stats.events);
            let wait = self.millis(1, 200);
            let mut at = (self.now + wait).max(self.desks[desk].last_event);
            if self.chance(self.weather.event_late) {
                count(&mut self.stats.events_late);
                at += self.millis(500, 6_000);
            } else {
                self.desks[desk].last_event = at;
            }
            let Some(message) = HotelMessage::read(name.to_owned(), data) else {
                continue;
            };
            let wait = at.saturating_sub(self.now);
            let said = self.wall();
            self.later(wait, move |world| {
                let here = &world.desks[desk];
                if here.socket == Some(live) && here.line_up {
                    world.hear(desk, said, &message);
                    world.happen(desk, Event::Live(live, LiveSignal::Message(Box::new(message))));
                }
            });
        }
    }

    /// Remembers what this desk is told and when that was said, for the verdict.
    fn hear(&mut self, desk: usize, said: Timestamp, message: &HotelMessage) {
        let Ok(HotelEvent::Created(offer) | HotelEvent::Updated(offer)) = &message.says else {
            return;
        };
        for field in Field::ALL {
            let value = server::text(&offer.fields.get(*field));
            let heard = &mut self.desks[desk].heard;
            heard.entry((offer.id, *field, value)).or_default().push(said);
        }
    }

    /// The client of live updates dials after `wait`, until it gets through.
    pub(crate) fn dial(&mut self, desk: usize, wait: Duration) {
        self.desks[desk].dial += 1;
        let dial = self.desks[desk].dial;
        let way = self.millis(20, 1_200);
        self.later(wait, move |world| {
            if let Some(live) = world.dialling(desk, dial) {
                world.happen(desk, Event::Live(live, LiveSignal::Connecting));
                world.later(way, move |world| world.dialled(desk, dial));
            }
        });
    }

    fn dialling(&self, desk: usize, dial: u64) -> Option<LiveId> {
        let here = &self.desks[desk];
        here.live.filter(|_| here.dial == dial && here.runs())
    }

    fn dialled(&mut self, desk: usize, dial: u64) {
        let Some(live) = self.dialling(desk, dial) else {
            return;
        };
        if self.desks[desk].line_up && self.server_up {
            self.desks[desk].socket = Some(live);
            self.desks[desk].last_event = self.now;
            self.happen(desk, Event::Live(live, LiveSignal::Subscribed));
        } else {
            self.redial(desk, live);
        }
    }

    fn redial(&mut self, desk: usize, live: LiveId) {
        let wait = self.millis(500, 20_000);
        self.happen(desk, Event::Live(live, LiveSignal::Waiting(Some(wait))));
        self.dial(desk, wait);
    }

    /// The socket is gone; the client notices after `wait`.
    pub(crate) fn cut_socket(&mut self, desk: usize, wait: Duration) {
        let Some(live) = self.desks[desk].socket.take() else {
            return;
        };
        count(&mut self.stats.sockets_cut);
        let epoch = self.desks[desk].epoch;
        self.later(wait, move |world| {
            let here = &world.desks[desk];
            if here.epoch == epoch && here.live == Some(live) && here.socket.is_none() && here.runs() {
                world.redial(desk, live);
            }
        });
    }
}

fn wall(now: Duration) -> Timestamp {
    let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    start + now
}
