//! What an offer is, and every rule about offers that needs neither a network, a disk nor a clock.
//!
//! - [`day`]: a calendar day, never an instant
//! - [`offer`]: an offer as the server knows it, read strictly from its JSON
//! - [`fields`]: the editable fields, patches of them, and the three-way merge
//! - [`validation`]: what the server would refuse, said before it is asked
//! - [`validity`]: where an offer stands on the hotel's calendar; "today" is always passed in
//! - [`event`]: the hotel's live events
//! - [`order`]: the list's order, and what moving an offer in it takes
//!
//! Absent on purpose: I/O, clocks, randomness, and anything a window would have to word.

pub mod day;
pub mod event;
pub mod fields;
pub mod id;
pub mod offer;
pub mod order;
pub mod validation;
pub mod validity;

pub use day::Day;
pub use event::HotelEvent;
pub use fields::{Change, Field, FieldValue, Merge, OfferFields, OfferPatch};
pub use id::{HotelSlug, OfferId, OfferKey};
pub use offer::{Malformed, Offer};
pub use validation::FieldErrors;
pub use validity::{Phase, Validity};
