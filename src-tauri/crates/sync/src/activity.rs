//! What the program did and saw, for whoever asks why.
//!
//! Entries name offers, paths and states, never tokens, passwords or bodies.

use model::OfferKey;
use serde::{Deserialize, Serialize};

use crate::view::ConnectionState;

/// How far a change has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeStep {
    /// Safe on this computer.
    Made,
    /// On the server.
    Sent,
    /// Refused; a person has to change something.
    Parked,
    /// Collides with somebody else's; a person has to choose.
    Conflict,
    /// Let go.
    Discarded,
    /// Stands where somebody else had just put something else.
    Replaced,
    /// The public page shows it.
    Seen,
    /// The public page was read, and shows something else.
    Unseen,
    /// It was hidden or deleted, and the public page does not show it any more.
    NoLongerSeen,
    /// It was hidden or deleted, and the public page still shows it.
    StillSeen,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Activity {
    /// A request to a server, and what came of it.
    Request {
        /// `GET`, `PATCH` …
        method: String,
        /// Of the address, without the server and the query.
        path: String,
        /// Of the answer; null: none came.
        status: Option<u16>,
        /// How long it took to the answer's head, in milliseconds.
        millis: u32,
        /// Why no answer came.
        error: Option<String>,
    },
    /// An event of the hotel's channel.
    Event {
        /// Its name.
        name: String,
        /// The offer it is about.
        #[specta(type = Option<u32>)]
        offer: Option<i64>,
    },
    /// More events came at once than are worth listing.
    EventsSkipped {
        /// How many.
        count: u32,
    },
    /// The connection's state changed.
    Connection {
        /// To this.
        state: ConnectionState,
        /// Why, if there is a reason to tell.
        words: Option<String>,
    },
    /// A change could not be sent, and will be tried again.
    Retry {
        /// The offer.
        key: OfferKey,
        /// Its title.
        title: String,
        /// Not before this many milliseconds.
        in_millis: u32,
        /// Why.
        words: String,
    },
    /// A change made here got further.
    Change {
        /// The offer.
        key: OfferKey,
        /// Its title.
        title: String,
        /// How far.
        step: ChangeStep,
        /// What else there is to tell.
        words: Option<String>,
    },
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityEntry {
    /// Later entries have larger ones.
    #[specta(type = u32)]
    pub id: i64,
    /// Unix milliseconds.
    #[specta(type = u32)]
    pub at: i64,
    /// What happened.
    pub what: Activity,
}
