//! What crosses to the windows about guests: the receipt of a change, and everything the preview window shows.
//!
//! The public page lists active offers **whatever their dates**, so a day changes nothing about which offers there are: what a day would mean
//! for an offer, the preview words itself from its dates.

use model::{Day, Field, FieldValue, OfferId, OfferKey};
use serde::{Deserialize, Serialize};

use crate::view::{ConnectionState, Picture, Session};

/// What became of a change made here on the page that guests see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Receipt {
    /// The server took it; the public page has not been read since.
    Awaited,
    /// Guests see it as it stands here; a hidden offer, not at all.
    Seen {
        /// Unix milliseconds of the look.
        #[specta(type = u32)]
        at: i64,
    },
    /// Guests see something else.
    Differs {
        /// Unix milliseconds of the look.
        #[specta(type = u32)]
        at: i64,
        /// What; never empty.
        differences: Vec<Difference>,
    },
}

/// One thing that guests see otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Difference {
    /// It is shown to guests, and not on their page.
    Missing,
    /// It is hidden, and on their page.
    StillThere,
    /// A field.
    Field {
        /// Which.
        field: Field,
        /// What guests see.
        guests: FieldValue,
        /// That is what stood there before the change.
        old: bool,
    },
    /// The photo: the one before the change, or none, or one although there is none.
    Photo,
    /// Its place among the others.
    Place,
}

/// Everything the preview window shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct GuestPreview {
    /// Who is signed in.
    pub session: Session,
    /// How current this is.
    pub connection: ConnectionState,
    /// Unix milliseconds when the list was last known to be complete; null: never.
    #[specta(type = Option<f64>)]
    pub last_synced: Option<i64>,
    /// The hotel's day.
    pub today: Day,
    /// The page's header; null: it could not be read in this run.
    pub hotel: Option<GuestHotel>,
    /// What the server lists for guests, as far as is known here, first to last.
    pub offers: Vec<GuestOffer>,
    /// The same with everything that was done here and is not on the server, unsaved text included.
    pub intended: Vec<GuestOffer>,
    /// Offers that are only in `offers`, and those whose deletion waits for a person, which are in both.
    pub leaving: Vec<Leaving>,
}

/// The hotel as its public page introduces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GuestHotel {
    /// For people.
    pub name: String,
    /// A line below it.
    pub tagline: String,
    /// Where it is.
    pub city: String,
    /// Where the city is.
    pub country: String,
    /// As typed by the hotel.
    pub phone: String,
    /// As typed by the hotel.
    pub email: String,
    /// The hotel's own site.
    pub website_url: String,
    /// Where an offer is booked that names no address of its own.
    pub booking_url: String,
    /// A picture for the head of the page, if it is on this computer.
    pub hero: Option<Picture>,
    /// The hotel's sign, if it is on this computer.
    pub logo: Option<Picture>,
}

/// An offer as guests are given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GuestOffer {
    /// Null: an offer that was never saved.
    pub key: Option<OfferKey>,
    /// Null: the server does not know it yet.
    pub id: Option<OfferId>,
    /// Its heading.
    pub title: String,
    /// The lines below the title.
    pub short_description: String,
    /// As it came: whoever shows it sanitises it.
    pub details_html: String,
    /// The first day.
    pub valid_from: Option<Day>,
    /// The last day.
    pub valid_to: Option<Day>,
    /// A word on the photo.
    pub tag: String,
    /// Where it is booked; empty: at the hotel's address.
    pub book_now_url: String,
    /// Its photo, if it has one.
    pub photo: Option<Picture>,
    /// What is not on the server; null: nothing.
    pub pending: Option<Pending>,
}

/// What of an offer is not on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// How far it has got.
    pub stage: Stage,
    /// Guests do not see the offer at all so far.
    pub is_new: bool,
    /// Which public fields differ, and its place.
    pub fields: Vec<Field>,
    /// The photo differs.
    pub photo: bool,
}

/// How far a change has got that is not on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Typed, and not saved.
    Unsaved,
    /// Saved here, and not sent.
    Waiting,
    /// On its way.
    Sending,
    /// A person has to do something first.
    NeedsYou,
}

/// An offer that guests will not see any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Leaving {
    /// Which.
    pub key: OfferKey,
    /// What guests call it.
    pub title: String,
    /// How far that has got.
    pub stage: Stage,
    /// It is being deleted; otherwise hidden.
    pub is_deleted: bool,
}
