//! HTTP in front of the hotel: routes, and the state they share.
//!
//! Handlers are thin: they read the request, call the hotel under its lock and turn the outcome into bytes. Broadcasts
//! are published while the lock is held, so that events leave in the order of the commits. A hotel on disk works on
//! the blocking pool and a request that was begun is finished even when its client goes away; a hotel in memory works
//! on the spot, so that a simulation pays no thread hop.
//!
//! The guest page is looked up last, in the fallback, so that no hotel's name can hide a route.

mod answers;
mod body;
mod faults;
mod guest_page;
mod media;
mod public;
mod slash;
mod staff;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, Uri},
    middleware,
    response::Response,
    routing::get,
};
use jiff::Timestamp;

pub use self::faults::AnswerDropped;
pub(crate) use self::guest_page::GuestPage;
use crate::{
    clock::Clock,
    control::{EventOrder, Observations, RequestFaults},
    hotel::{Broadcast, Done, Hotel, Photos, Refusal},
    hub::{self, Hub, HubEvent},
};

/// What every handler has. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct App(Arc<House>);

#[derive(Debug)]
struct House {
    hotel: Mutex<Hotel>,
    photos: Photos,
    guest_page: Option<GuestPage>,
    on_disk: bool,
    clock: Clock,
    hub: Hub,
    faults: RequestFaults,
    observations: Observations,
    manners: Mutex<Manners>,
}

#[derive(Clone, Debug, Default)]
struct Manners {
    order: EventOrder,
    link_origin: Option<String>,
}

/// A change that is committed, and the events that are still to be sent when the answer goes first.
pub(crate) struct Told<T> {
    pub(crate) answer: T,
    pub(crate) after: Vec<Broadcast>,
}

impl App {
    pub(crate) fn new(
        hotel: Hotel,
        guest_page: Option<GuestPage>,
        on_disk: bool,
        clock: Clock,
        hub: Hub,
        observations: Observations,
    ) -> Self {
        Self(Arc::new(House {
            photos: hotel.photos(),
            hotel: Mutex::new(hotel),
            guest_page,
            on_disk,
            clock,
            hub,
            faults: RequestFaults::default(),
            observations,
            manners: Mutex::default(),
        }))
    }

    pub(crate) fn guest_page(&self) -> Option<&GuestPage> {
        self.0.guest_page.as_ref()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn faults(&self) -> &RequestFaults {
        &self.0.faults
    }

    pub(crate) fn observations(&self) -> &Observations {
        &self.0.observations
    }

    pub(crate) fn set_event_order(&self, order: EventOrder) {
        self.manners().order = order;
    }

    pub(crate) fn set_link_origin(&self, origin: Option<String>) {
        self.manners().link_origin = origin;
    }

    fn manners(&self) -> MutexGuard<'_, Manners> {
        self.0.manners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the hotel, on the thread that suits its store.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hotel) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let app = self.clone();
        let locked = move || work(&mut app.0.hotel.lock().unwrap_or_else(PoisonError::into_inner));
        self.run(locked).await
    }

    /// Runs a change and broadcasts it at once, whatever the order is for requests.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hotel, Timestamp) -> Result<Done<T>, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        Ok(self.change_in_order(EventOrder::EventFirst, work).await?.answer)
    }

    /// Runs a change for a request; events that must wait for its answer come back with it.
    async fn change_for_request<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hotel, Timestamp) -> Result<Done<T>, Refusal> + Send + 'static,
    ) -> Result<Told<T>, Refusal> {
        let order = self.manners().order;
        self.change_in_order(order, work).await
    }

    async fn change_in_order<T: Send + 'static>(
        &self,
        order: EventOrder,
        work: impl FnOnce(&mut Hotel, Timestamp) -> Result<Done<T>, Refusal> + Send + 'static,
    ) -> Result<Told<T>, Refusal> {
        let app = self.clone();
        // Delayed events are tokio tasks, and the blocking pool has the runtime at hand too.
        self.run(move || {
            let mut hotel = app.0.hotel.lock().unwrap_or_else(PoisonError::into_inner);
            let Done { answer, broadcasts } = work(&mut hotel, app.0.clock.now())?;
            let after = match order {
                EventOrder::EventFirst => {
                    app.broadcast(broadcasts);
                    Vec::new()
                }
                EventOrder::AnswerFirst => broadcasts,
            };
            app.0.observations.change(|seen| seen.changes += 1);
            Ok(Told { answer, after })
        })
        .await
    }

    /// Publishes; what the hub refuses is lost, as the real server ignores Pusher's failures.
    fn broadcast(&self, broadcasts: Vec<Broadcast>) {
        for Broadcast { channel, event, data } in broadcasts {
            let event = HubEvent {
                channel,
                name: event.to_owned(),
                data,
                except: None,
            };
            if let Err(untaken) = self.0.hub.publish(event) {
                tracing::debug!(%untaken, "a broadcast is lost");
            }
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if !self.0.on_disk {
            return work();
        }
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            // The closure panicked, or the runtime is shutting down: there is nothing to answer.
            Err(error) => Err(Refusal::UploadFailed(error.to_string())),
        }
    }
}

/// Every route, with faults and the log around them.
pub(crate) fn router(app: &App) -> Router {
    Router::new()
        .merge(staff::routes())
        .merge(public::routes())
        .route("/media/{name}", get(media::serve))
        .fallback(elsewhere)
        .with_state(app.clone())
        .merge(hub::socket_routes(app.hub()))
        .merge(hub::http_api_routes(app.hub(), app.clock()))
        .layer(middleware::from_fn_with_state(app.clone(), faults::around))
}

async fn elsewhere(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(page) = app.guest_page()
        && let Some(answer) = page.answer(&method, uri.path(), &headers).await
    {
        return answer;
    }
    slash::redirect_or_not_found(&method, &uri)
}
