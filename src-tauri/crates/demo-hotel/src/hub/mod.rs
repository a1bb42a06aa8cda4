//! A Pusher-compatible hub: WebSocket clients on `/app/{key}`, the signed HTTP API under `/apps/{id}/`.
//!
//! ```text
//! hotel ──publish──▶ event faults ──▶ rooms (who is subscribed) ──▶ a bounded queue per socket ──▶ WebSocket
//! ```
//!
//! The rooms are pure ([`rooms`]); this module owns them behind one lock, numbers the sockets and hands frames to
//! their queues without ever waiting: a socket whose queue is full is sent away with 4100. Nothing is kept for those
//! who are away. Faults act between publishing and the rooms, so every subscriber sees the same misfortune.
//!
//! Absent: cache channels, watchlists, user sign-in and termination, webhooks, SockJS, more than one app.

mod http_api;
mod protocol;
mod rooms;
mod signature;
mod socket;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

pub(crate) use self::{http_api::routes as http_api_routes, socket::routes as socket_routes};
pub use self::{protocol::SocketId, signature::AppKeys};
use self::{protocol::close, rooms::Rooms};
use crate::{
    control::{EventFaults, Observations},
    net::Wire,
};

/// Frames that wait for one socket at most.
const QUEUE: usize = 16_384;

/// How long a socket may be silent, and how long a pong may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Told to clients as `activity_timeout`; after it the hub asks with a ping.
    pub silence: Duration,
    /// From the ping to the close.
    pub pong: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(120),
            pong: Duration::from_secs(30),
        }
    }
}

/// An event on its way to the subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubEvent {
    /// The channel.
    pub channel: String,
    /// The event's name.
    pub name: String,
    /// Its data as text.
    pub data: String,
    /// The socket that is not told.
    pub except: Option<SocketId>,
}

/// Why the hub did not take an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untaken {
    /// More than 10,240 bytes of data.
    #[error("the event's data is over 10 kB")]
    TooLarge,
    /// The hub is stopped.
    #[error("the hub is stopped")]
    Stopped,
}

/// The hub. Clones are the same hub.
#[derive(Clone, Debug)]
pub(crate) struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: AppKeys,
    patience: Patience,
    state: Mutex<State>,
    faults: EventFaults,
    observations: Observations,
    /// True once the server has ended: delayed events give up.
    ended: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    rooms: Rooms,
    desks: BTreeMap<SocketId, Desk>,
    taps: Vec<mpsc::Sender<HubEvent>>,
    random: Xoshiro256PlusPlus,
    running: bool,
}

/// What the hub holds of a socket.
#[derive(Debug)]
struct Desk {
    frames: mpsc::Sender<Utf8Bytes>,
    ending: watch::Sender<Option<Ending>>,
    wire: Option<Wire>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ending {
    code: u16,
    reason: &'static str,
}

/// Come back at once: the hub may be back by then.
const GOING_AWAY: Ending = Ending {
    code: close::RECONNECT,
    reason: "The hub is going away",
};

/// The socket's end of a [`Desk`]; dropping it leaves the hub.
#[derive(Debug)]
struct Seat {
    hub: Hub,
    id: SocketId,
    frames: mpsc::Receiver<Utf8Bytes>,
    ending: watch::Receiver<Option<Ending>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(self.id);
    }
}

impl Hub {
    pub(crate) fn new(
        app: AppKeys,
        patience: Patience,
        seed: u64,
        faults: EventFaults,
        observations: Observations,
    ) -> Self {
        let state = State {
            rooms: Rooms::default(),
            desks: BTreeMap::new(),
            taps: Vec::new(),
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            running: true,
        };
        Self(Arc::new(Inner {
            app,
            patience,
            state: Mutex::new(state),
            faults,
            observations,
            ended: watch::Sender::new(false),
        }))
    }

    /// The app's id, key and secret.
    pub(crate) fn app(&self) -> &AppKeys {
        &self.0.app
    }

    /// Publishes an event: through the faults to everyone on its channel. Never waits.
    ///
    /// # Errors
    /// When the hub refuses the event.
    pub(crate) fn publish(&self, event: HubEvent) -> Result<(), Untaken> {
        if event.data.len() > protocol::MAX_DATA {
            return Err(Untaken::TooLarge);
        }
        if !self.is_running() {
            return Err(Untaken::Stopped);
        }
        self.0.observations.change(|seen| seen.events_published += 1);
        self.0.faults.pass(
            event,
            |event| self.deliver(event),
            |event, after| {
                let hub = self.clone();
                tokio::spawn(async move {
                    let mut ended = hub.0.ended.subscribe();
                    tokio::select! {
                        () = tokio::time::sleep(after) => hub.deliver(event),
                        _ = ended.wait_for(|ended| *ended) => {}
                    }
                });
            },
        );
        Ok(())
    }

    /// Hands an event to the subscribers, past the faults and whatever its size.
    pub(crate) fn deliver(&self, event: HubEvent) {
        {
            let mut state = self.state();
            let frame = protocol::event(&event.channel, &event.name, &event.data);
            let outbox = state.rooms.publish(&event.channel, &frame, event.except);
            state.send(outbox);
            state.taps.retain(|tap| match tap.try_send(event.clone()) {
                Ok(()) => true,
                Err(mpsc::error::TrySendError::Full(_)) => {
                    tracing::warn!("a tap on the hub is full: an event is lost on it");
                    true
                }
                Err(mpsc::error::TrySendError::Closed(_)) => false,
            });
        }
        self.0.observations.change(|seen| seen.events_delivered += 1);
    }

    /// A frame for everyone on `channel`, as it is: for tests of what clients do with nonsense.
    pub(crate) fn deliver_raw(&self, channel: &str, frame: &str) {
        let mut state = self.state();
        let outbox = state.rooms.publish(channel, frame, None);
        state.send(outbox);
    }

    /// A frame for every socket, subscribed or not.
    pub(crate) fn send_to_all(&self, frame: &str) {
        let mut state = self.state();
        let outbox = state
            .desks
            .keys()
            .map(|socket| (*socket, frame.to_owned()))
            .collect();
        state.send(outbox);
    }

    /// Every event as it is delivered, for listeners inside the process: no socket, no subscription.
    pub(crate) fn tap(&self, capacity: usize) -> mpsc::Receiver<HubEvent> {
        let (sender, receiver) = mpsc::channel(capacity);
        self.state().taps.push(sender);
        receiver
    }

    /// Sends every socket away with a close code.
    pub(crate) fn close_all(&self, code: u16, reason: &'static str) {
        for desk in self.state().desks.values() {
            desk.ending.send_replace(Some(Ending { code, reason }));
        }
    }

    /// Sends every socket away with 4200, and takes nobody and nothing until it is started again.
    pub(crate) fn stop(&self) {
        self.state().running = false;
        self.close_all(GOING_AWAY.code, GOING_AWAY.reason);
    }

    /// Stops for good: delayed events are given up, too.
    pub(crate) fn end(&self) {
        self.stop();
        self.0.ended.send_replace(true);
    }

    pub(crate) fn start(&self) {
        self.state().running = true;
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().running
    }

    /// Cuts every socket's connection without a word.
    pub(crate) fn cut_all(&self) {
        let wires: Vec<Wire> = self
            .state()
            .desks
            .values()
            .filter_map(|desk| desk.wire.clone())
            .collect();
        for wire in wires {
            wire.cut();
        }
    }

    /// The events of the hotel's faults.
    pub(crate) fn faults(&self) -> &EventFaults {
        &self.0.faults
    }

    fn enter(&self, wire: Option<Wire>) -> Seat {
        let (frames, queue) = mpsc::channel(QUEUE);
        let (ending, ended) = watch::channel(None);
        let id = {
            let mut state = self.state();
            let mut id = SocketId(
                state.random.random_range(1..=999_999),
                state.random.random_range(1..=999_999_999),
            );
            while state.desks.contains_key(&id) {
                id.1 = state.random.random_range(1..=999_999_999);
            }
            state.rooms.enter(id);
            if !state.running {
                // The hub was stopped between the upgrade and now.
                ending.send_replace(Some(GOING_AWAY));
            }
            state.desks.insert(id, Desk { frames, ending, wire });
            self.observe(&state);
            id
        };
        Seat {
            hub: self.clone(),
            id,
            frames: queue,
            ending: ended,
        }
    }

    fn receive(&self, from: SocketId, text: &str) {
        let mut state = self.state();
        let outbox = state.rooms.receive(from, text, &self.0.app, Instant::now());
        state.send(outbox);
        self.observe(&state);
    }

    fn leave(&self, socket: SocketId) {
        let mut state = self.state();
        state.desks.remove(&socket);
        let outbox = state.rooms.leave(socket);
        state.send(outbox);
        self.observe(&state);
    }

    /// Tells who is there: under the lock, so that what is told last is what is.
    fn observe(&self, state: &State) {
        let subscribers = state
            .rooms
            .occupied()
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        self.0.observations.change(|seen| {
            seen.sockets = state.desks.len();
            seen.subscribers = subscribers;
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn send(&mut self, outbox: rooms::Outbox) {
        for (socket, frame) in outbox {
            let Some(desk) = self.desks.get(&socket) else {
                continue;
            };
            if let Err(mpsc::error::TrySendError::Full(_)) = desk.frames.try_send(frame.into()) {
                let reason = "You read too slowly";
                desk.ending.send_replace(Some(Ending {
                    code: close::OVER_CAPACITY,
                    reason,
                }));
            }
        }
    }
}
