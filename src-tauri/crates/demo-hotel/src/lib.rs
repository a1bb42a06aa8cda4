//! The demo hotel: a whole HotelMate server in one port on loopback, for the demo mode and for tests.
//!
//! ```text
//! /api/…                REST as a running HotelMate server answers it     http/, over the rules in hotel/
//! /media/{name}         photos                                            http/media.rs, hotel/photos.rs
//! /app/{key}            Pusher Channels protocol 7, WebSocket             hub/socket.rs
//! /apps/{id}/…          the signed HTTP API of Pusher's server libraries  hub/http_api.rs
//! /{slug}/              the guest page, where its built files are given   http/guest_page.rs
//! ```
//!
//! - `hotel/` is the core: SQLite and the server's rules, synchronous and deterministic, no socket and no clock.
//! - `http/` puts it on axum; `hub/` delivers its events; `control/` brings misfortune on demand and tells tests what
//!   happened; `net.rs` is the door that refuses and the wires that can be cut.
//! - [`DemoHotel::start`] runs it on a port, [`router`] without one.
//!
//! What the server does, stricter or looser, is the contract's business: nothing here validates what a running server
//! would accept. Absent: TLS, any address but 127.0.0.1, user administration.

mod clock;
mod control;
mod hotel;
mod http;
mod hub;
mod net;
mod scene;
mod server;

pub use self::{
    clock::Clock,
    control::{Canned, Control, Effect, EventChances, EventFault, EventOrder, Fault, Gate, Seen, Stats},
    hotel::{
        Broadcast, Changes, Data, Done, FieldErrors, Form, Hotel, HotelRef, Offer, Opening, OpeningError,
        PAGE_SIZE, PLACES, Page, Photo, Photos, Place, PublicOffer, PublicPage, Purpose, Refusal, STAFF,
        SignedIn, Staff, Upload, channel,
    },
    http::AnswerDropped,
    hub::{AppKeys, HubEvent, Patience, SocketId, Untaken},
    scene::draw as draw_scene,
    server::{DemoHotel, Options, StartError, router},
};
