//! The control handle: faults on demand, and what happened. In the library only, never an open endpoint.

mod event_faults;
mod observations;
mod request_faults;

use jiff::Timestamp;
use tokio::sync::mpsc;

pub(crate) use self::{event_faults::EventFaults, observations::Observations, request_faults::RequestFaults};
pub use self::{
    event_faults::{EventChances, EventFault},
    observations::{Seen, Stats},
    request_faults::{Canned, Effect, Fault, Gate},
};
use crate::{
    clock::Clock,
    hotel::{Form, Offer, Refusal},
    http::App,
    hub::{HubEvent, Untaken},
    net::{Doorman, Wires},
};

/// What the one who changes something hears first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventOrder {
    /// The event: the server broadcasts before it answers, as Django does.
    #[default]
    EventFirst,
    /// The answer: the server broadcasts once the answer's body has left.
    AnswerFirst,
}

/// Whoever holds it rules the hotel. Clones rule the same one.
#[derive(Clone, Debug)]
pub struct Control {
    pub(crate) app: App,
    pub(crate) door: Option<(Doorman, Wires)>,
}

impl Control {
    // Requests

    /// Adds a fault for requests.
    pub fn fault(&self, fault: Fault) {
        self.app.faults().add(fault);
    }

    /// Forgets every fault for requests that was not used up.
    pub fn clear_faults(&self) {
        self.app.faults().clear();
    }

    /// Closes the port (new connections are refused by the system), or opens it again. Connections that are open
    /// stay, so that this and [`Control::cut_connections`] can be told apart. Without a socket: nothing.
    pub async fn refuse_connections(&self, refuse: bool) {
        if let Some((door, _)) = &self.door {
            door.refuse(refuse).await;
        }
    }

    /// Cuts every open connection, WebSockets and idle ones included.
    pub fn cut_connections(&self) {
        if let Some((_, wires)) = &self.door {
            wires.cut_all();
        }
    }

    /// The network is gone, or back: no new connections, and none that was.
    pub async fn unplug(&self, unplugged: bool) {
        self.refuse_connections(unplugged).await;
        if unplugged {
            self.cut_connections();
        }
    }

    /// Makes every token invalid.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expire_tokens(&self) -> Result<(), Refusal> {
        self.app.read(|hotel| hotel.expire_tokens()).await
    }

    /// Which comes first for the one who changes something.
    pub fn event_order(&self, order: EventOrder) {
        self.app.set_event_order(order);
    }

    /// Origin of the list's `next` and `previous` links, as a server behind a proxy gets it wrong; `None` is the
    /// request's own.
    pub fn link_origin(&self, origin: Option<&str>) {
        self.app.set_link_origin(origin.map(str::to_owned));
    }

    // Events

    /// Faults for the next events, one each, in order. Every change makes two events: the specific one, then
    /// `offers-updated`.
    pub fn next_events(&self, faults: impl IntoIterator<Item = EventFault>) {
        self.app.hub().faults().next(faults);
    }

    /// Chances for every event that has no fault of its own, by a seed; `None` ends it.
    pub fn event_chances(&self, chances: Option<EventChances>, seed: u64) {
        self.app.hub().faults().chances(chances, seed);
    }

    /// Holds every event from now on.
    pub fn hold_events(&self) {
        self.app.hub().faults().hold();
    }

    /// Delivers what is held or put behind an event that didn't come, and ends the holding.
    pub fn release_events(&self) {
        for event in self.app.hub().faults().release() {
            self.app.hub().deliver(event);
        }
    }

    /// Sends any event on any channel, past the faults and whatever its size.
    pub fn send_event(&self, channel: &str, name: &str, data: &str) {
        let event = HubEvent {
            channel: channel.into(),
            name: name.into(),
            data: data.into(),
            except: None,
        };
        self.app.hub().deliver(event);
    }

    /// Publishes an event as any server could: through the faults and the size limit.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub fn publish_event(&self, channel: &str, name: &str, data: &str) -> Result<(), Untaken> {
        let event = HubEvent {
            channel: channel.into(),
            name: name.into(),
            data: data.into(),
            except: None,
        };
        self.app.hub().publish(event)
    }

    /// Sends a frame as it is, nonsense included, to everyone on `channel`, or to every socket.
    pub fn send_frame(&self, channel: Option<&str>, frame: &str) {
        match channel {
            Some(channel) => self.app.hub().deliver_raw(channel, frame),
            None => self.app.hub().send_to_all(frame),
        }
    }

    /// Every event as it is delivered, without a socket. The receiver must keep up within `capacity`.
    pub fn tap_events(&self, capacity: usize) -> mpsc::Receiver<HubEvent> {
        self.app.hub().tap(capacity)
    }

    /// Cuts every WebSocket without a word.
    pub fn cut_sockets(&self) {
        self.app.hub().cut_all();
    }

    /// Closes every WebSocket with a code.
    pub fn close_sockets(&self, code: u16, reason: &'static str) {
        self.app.hub().close_all(code, reason);
    }

    /// Stops the hub: sockets are closed with 4200, new ones are refused with 503, events are not taken.
    pub fn stop_hub(&self) {
        self.app.hub().stop();
    }

    /// Starts it again.
    pub fn start_hub(&self) {
        self.app.hub().start();
    }

    // The hotel

    /// The hotel's clock.
    pub fn clock(&self) -> Clock {
        self.app.clock().clone()
    }

    /// Every offer of `hotel` straight from the store, in the list's order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn offers(&self, hotel: &str) -> Result<Vec<Offer>, Refusal> {
        let hotel = hotel.to_owned();
        self.app.read(move |store| store.offers(&hotel)).await
    }

    /// Somebody else creates an offer: with its events, without a request.
    ///
    /// # Errors
    /// As for a request.
    pub async fn create_elsewhere(&self, hotel: &str, fields: serde_json::Value) -> Result<Offer, Refusal> {
        let (hotel, form) = (hotel.to_owned(), Form::from_json(fields));
        self.app
            .change(move |store, now| store.create(&hotel, form, now))
            .await
    }

    /// Somebody else changes an offer.
    ///
    /// # Errors
    /// As for a request.
    pub async fn update_elsewhere(
        &self,
        hotel: &str,
        id: i64,
        fields: serde_json::Value,
    ) -> Result<Offer, Refusal> {
        let (hotel, form) = (hotel.to_owned(), Form::from_json(fields));
        self.app
            .change(move |store, now| store.update(&hotel, id, form, now))
            .await
    }

    /// Somebody else deletes an offer.
    ///
    /// # Errors
    /// As for a request.
    pub async fn delete_elsewhere(&self, hotel: &str, id: i64) -> Result<Offer, Refusal> {
        let hotel = hotel.to_owned();
        self.app.change(move |store, _| store.delete(&hotel, id)).await
    }

    /// Puts another picture behind an offer's photo URL, which stays the same; everyone is told.
    ///
    /// # Errors
    /// When the offer or its photo isn't there.
    pub async fn repaint_photo(&self, hotel: &str, id: i64, bytes: Vec<u8>) -> Result<Offer, Refusal> {
        let hotel = hotel.to_owned();
        self.app
            .change(move |store, now| store.repaint_photo(&hotel, id, bytes, now))
            .await
    }

    // What happened

    /// A copy of everything observed so far.
    pub fn stats(&self) -> Stats {
        self.app.observations().read(Stats::clone)
    }

    /// Looks at the observations without copying them. `look` must not call the hotel.
    pub fn look<T>(&self, look: impl FnOnce(&Stats) -> T) -> T {
        self.app.observations().read(look)
    }

    /// Waits until the observations meet `condition`, which is asked after each change and must not call the hotel.
    /// Give it a deadline of your own.
    pub async fn wait_until(&self, condition: impl FnMut(&Stats) -> bool) -> Stats {
        self.app.observations().wait_until(condition).await
    }

    /// Waits until the hotel's offers meet `condition`, which is asked after each change of the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn wait_for_offers(
        &self,
        hotel: &str,
        mut condition: impl FnMut(&[Offer]) -> bool,
    ) -> Result<Vec<Offer>, Refusal> {
        let mut stats = self.app.observations().subscribe();
        loop {
            let changes = stats.borrow_and_update().changes;
            let offers = self.offers(hotel).await?;
            if condition(&offers) {
                return Ok(offers);
            }
            // The sender lives in `self.app`, so an error can't happen.
            let _ = stats.wait_for(|seen| seen.changes > changes).await;
        }
    }

    /// The hotel's time.
    pub fn now(&self) -> Timestamp {
        self.app.clock().now()
    }
}
