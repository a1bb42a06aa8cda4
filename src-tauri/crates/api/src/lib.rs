//! HotelMate over HTTP: sign-in, complete list reads, create, update, delete, photo uploads, and fetching pictures.
//!
//! One call is one attempt. The answer, or an [`Error`] sorted by what its reader decides (wait, sign in, park, look again), goes
//! back to the caller; what follows is the engine's affair.
//!
//! - [`base`](ApiBase): the address of the API, parsed once
//! - [`transport`](Transport): how a request leaves; a real client here, an in-process server in a simulation
//! - `request`: requests as data, built without sending
//! - `exchange`: one request and its answer: redirects, bounds, log
//! - `refusal`: what an answer other than success says, in words
//! - `sign_in`, `paging`, `picture`, `public_page`: reading each kind of answer; [`Staff`] ties them together
//!
//! Absent on purpose: retries, caches, clocks (but for `Retry-After` and the log) and any state between calls. The token is sent to
//! the API's own origin only, and to no address that came out of an answer. Neither tokens nor passwords are logged.

mod base;
mod error;
mod exchange;
mod paging;
mod picture;
mod public_page;
mod refusal;
mod request;
mod sign_in;
mod staff;
mod token;
mod transport;

pub use base::{ApiBase, BadBase, is_loopback};
pub use error::Error;
/// What a [`Transport`] carries.
pub use reqwest::{Request, Response};

pub use paging::{Listing, Paging, Step as PagingStep};
pub use picture::{PICTURE_LIMIT, PictureAnswer, Validators};
pub use public_page::{PUBLIC_FIELDS, PublicHotel, PublicOffer, PublicPage};
pub use request::{Progress, Upload};
pub use sign_in::{Api, Hotel, SignedIn};
pub use staff::{HotelRef, Staff, Uploaded};
pub use token::Token;
pub use transport::{Timeouts, Transport, TransportError, reqwest_transport};
