//! What windows see. These types cross to the webview; their TypeScript is generated from here.
//!
//! A window holds no truth: it shows a [`Snapshot`] and the numbered [`Batch`]es after it.

use std::sync::Arc;

use model::{Day, FieldValue, HotelSlug, OfferFields, OfferId, OfferKey, Validity};
use serde::{Deserialize, Serialize};

use crate::activity::ActivityEntry;
use crate::history::FieldChange;
use crate::preview::Receipt;
use crate::problem::Problem;
use crate::settings::Settings;

/// How far the changes made here to one offer have got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum SyncState {
    /// Nothing made here is missing on the server.
    Synced,
    /// Safe on this computer, not sent yet.
    Waiting,
    /// On its way.
    Sending,
    /// The server refused it; a person has to change something.
    Parked,
    /// Somebody else changed the same fields; a person has to choose.
    Conflict,
}

/// An offer's photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Picture {
    /// Names the bytes; null while they are not on this computer.
    pub hash: Option<String>,
}

/// A field that was changed here and, differently, elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct FieldConflict {
    /// The field's name on the wire.
    pub field: model::Field,
    /// What stood there when the edit was made.
    pub base: FieldValue,
    /// What was wanted here.
    pub mine: FieldValue,
    /// What stands there now.
    pub theirs: FieldValue,
}

/// An offer as this computer's staff should see it: what the server has, with the changes made here on top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ViewOffer {
    /// Names it in every command.
    pub key: OfferKey,
    /// The server's id, once there is one.
    pub id: Option<OfferId>,
    /// What staff edit.
    pub fields: OfferFields,
    /// Its photo, if it has one.
    pub photo: Option<Picture>,
    /// RFC 3339; null until the server has stored it.
    pub created_at: Option<String>,
    /// How far the changes made here have got.
    pub sync: SyncState,
    /// Where it stands on the hotel's calendar.
    pub validity: Validity,
    /// Why it is parked.
    pub problem: Option<Problem>,
    /// The fields to choose for.
    pub conflicts: Vec<FieldConflict>,
    /// How far its photo is, while that is on its way to the server.
    pub upload: Option<Upload>,
    /// What became of the last change made here on the public page; null: nothing to tell, or nothing that would still hold.
    pub receipt: Option<Receipt>,
}

/// Who is signed in, where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// As typed at sign-in.
    pub username: String,
    /// For people.
    pub hotel_name: String,
    /// Names the hotel in addresses.
    pub hotel_slug: HotelSlug,
    /// API base.
    pub api_url: String,
}

/// Where the token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKept {
    /// In the system's keyring.
    Keyring,
    /// In a file only its owner can read, because the user agreed.
    File,
    /// Nowhere: there is no keyring, and it is gone when the program ends.
    ThisRun,
}

/// The session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "state", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Session {
    /// Nobody.
    SignedOut,
    /// All is well.
    SignedIn {
        /// Who.
        account: AccountView,
        /// Whether this is the embedded demo hotel.
        demo: bool,
        /// Where the token is.
        token_kept: TokenKept,
    },
    /// There is no token that the server takes. Cached offers stay visible, sending pauses.
    Expired {
        /// Who was signed in.
        account: AccountView,
        /// Whether this is the embedded demo hotel.
        demo: bool,
        /// Whether the server has ended the session; otherwise the sign-in was not kept on this computer, or cannot be used.
        by_server: bool,
        /// Why, in words.
        message: String,
    },
}

/// How current the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionState {
    /// Changes from elsewhere arrive as they happen.
    Live,
    /// On the way there.
    Connecting,
    /// The server or its live updates cannot be reached.
    Offline,
    /// Nobody is signed in, or not any more.
    SignedOut,
}

/// The truth about now, for the status bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The state.
    pub state: ConnectionState,
    /// Unix milliseconds of the next try; null when none is planned.
    #[specta(type = Option<f64>)]
    pub retry_at: Option<i64>,
    /// Unix milliseconds when the list was last known to be complete; null: never.
    #[specta(type = Option<f64>)]
    pub last_synced: Option<i64>,
    /// Operations that are not known to be on the server.
    pub waiting: u32,
    /// What else needs saying, in words.
    pub message: Option<String>,
    /// What staff must know of the data on this computer: it was damaged, or nothing can be kept.
    pub storage: Option<String>,
}

/// What a [`Notice`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Somebody created an offer.
    Created,
    /// Somebody deleted an offer.
    Deleted,
    /// Something needs a person.
    Attention,
    /// Deleted here, and guests still see it.
    StillSeen,
    /// A change made here took the place of one that somebody else had just made and nobody here had seen.
    Replaced,
}

/// Who caused a [`Notice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeBy {
    /// Another computer.
    Elsewhere,
    /// Another window of this program.
    AnotherWindow,
}

/// Something the user would want to know, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Notice {
    /// Tells notices apart; ascending.
    pub id: u32,
    /// What happened.
    pub kind: NoticeKind,
    /// The offer's title.
    pub title: String,
    /// The offer, if it can be shown.
    pub key: Option<OfferKey>,
    /// Who did it.
    pub by: NoticeBy,
    /// Label of the window that did it, which says nothing of it.
    pub origin: Option<String>,
    /// Of [`Replaced`](NoticeKind::Replaced): what somebody else had set, and what stands there now.
    pub replaced: Vec<FieldChange>,
}

/// One change of what windows show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ViewChange {
    /// An offer is new or different.
    Offer {
        /// All of it.
        offer: Arc<ViewOffer>,
        /// Whether the cause lies on another computer.
        remote: bool,
    },
    /// An offer is gone.
    Removed {
        /// Which.
        key: OfferKey,
    },
    /// An offer has got its id. Follows or precedes the [`Offer`](Self::Offer) under the new key in the same batch.
    Renamed {
        /// The key it had.
        from: OfferKey,
        /// The key it has.
        to: OfferKey,
    },
    /// The state of the connection.
    Connection {
        /// All of it.
        connection: Connection,
    },
    /// The session.
    Session {
        /// All of it.
        session: Session,
    },
    /// What staff have set.
    Settings {
        /// All of it.
        settings: Settings,
    },
    /// The hotel's day is another one.
    Today {
        /// Which.
        today: Day,
    },
    /// Something happened that the list of activities tells.
    Activity {
        /// Oldest first.
        entries: Vec<ActivityEntry>,
    },
    /// Something to tell.
    Notice {
        /// What.
        notice: Notice,
    },
    /// What the guest preview shows may be different in a way that nothing else here tells.
    Preview,
    /// Everything may be different: read a snapshot.
    Reset,
}

/// Changes that belong together, numbered without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Batch {
    /// One more than the batch before.
    pub seq: u32,
    /// In the order they happened.
    pub changes: Vec<ViewChange>,
}

/// Everything a window shows. Batches with a larger `seq` apply to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Snapshot {
    /// The last batch that is certainly contained.
    pub seq: u32,
    /// The session.
    pub session: Session,
    /// The connection.
    pub connection: Connection,
    /// What staff have set.
    pub settings: Settings,
    /// The hotel's day.
    pub today: Day,
    /// Every offer, in no particular order.
    pub offers: Vec<ViewOffer>,
}

/// What the sign-in form holds, but for the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct SignInForm {
    /// API base, e.g. `https://hotel.example/api`.
    pub api_url: String,
    /// The Pusher application's public key.
    pub pusher_key: String,
    /// The Pusher cluster, e.g. `eu`; unused when a host is given.
    pub pusher_cluster: String,
    /// A self-hosted Pusher-compatible server; empty for Pusher's own.
    pub pusher_host: String,
    /// Its port; null: 443 with TLS, else 80.
    pub pusher_port: Option<u16>,
    /// Whether live updates are encrypted.
    pub pusher_tls: bool,
    /// The user.
    pub username: String,
    /// The user has agreed to an unencrypted connection to another computer.
    pub allow_insecure: bool,
}

impl Default for SignInForm {
    fn default() -> Self {
        Self {
            api_url: String::new(),
            pusher_key: String::new(),
            pusher_cluster: String::new(),
            pusher_host: String::new(),
            pusher_port: None,
            pusher_tls: true,
            username: String::new(),
            allow_insecure: false,
        }
    }
}

/// A part of the connection that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum CheckedPart {
    /// Does the server's address answer?
    Address,
    /// Are user and password right?
    SignIn,
    /// Can the offers be read?
    Offers,
    /// Do live updates arrive?
    Live,
}

/// How one part of the connection test went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CheckStep {
    /// The part.
    pub step: CheckedPart,
    /// Whether it works.
    pub ok: bool,
    /// What was found, or what to mend.
    pub message: String,
}

/// A picture that was chosen and checked; its bytes are on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct StagedPhoto {
    /// Names the bytes.
    #[specta(type = String)]
    pub hash: cache::PhotoHash,
    /// The file's name, for people and for the upload.
    pub name: String,
    /// MIME type, by content.
    pub content_type: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Size of the file in bytes.
    pub bytes: u32,
    /// What it was made from; `None`: it came from nowhere else, as an earlier version's does.
    #[serde(default)]
    pub source: Option<PhotoSource>,
}

/// A file that somebody has chosen as a photo, as it came: its bytes are on this computer until what was made from it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ChosenPhoto {
    /// Names the bytes.
    #[specta(type = String)]
    pub hash: cache::PhotoHash,
    /// The file's name, for people.
    pub name: String,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Size of the file in bytes.
    pub bytes: u32,
}

/// Where a photo that will be sent comes from, and what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct PhotoSource {
    /// The file as it came.
    pub chosen: ChosenPhoto,
    /// Cropped to the card's shape around this point; `None`: the whole picture.
    pub crop: Option<Focus>,
    /// What was done, and what the user may want to know, in words.
    pub advice: Vec<String>,
}

/// A point of a picture, in thousandths of its width and height from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Focus {
    /// From the left.
    pub x: u16,
    /// From above.
    pub y: u16,
}

/// How far an upload is, in bytes of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Upload {
    /// Handed to the network.
    #[specta(type = u32)]
    pub sent: u64,
    /// In all.
    #[specta(type = u32)]
    pub total: u64,
}

/// What an edit does to the photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum PhotoChange {
    /// Put this one in its place.
    Set(StagedPhoto),
    /// Take it away.
    Remove,
}

/// Whose value a conflicting field should get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// This computer's.
    Mine,
    /// The server's.
    Theirs,
}

/// What becomes, at signing out, of changes that are not on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingChanges {
    /// Sign out when they are all there.
    SendFirst,
    /// They stay on this computer until the same account signs in again.
    Keep,
    /// They are dropped.
    Discard,
}

/// A decision about one conflicting field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Choice {
    /// The field.
    pub field: model::Field,
    /// Whose value.
    pub side: Side,
    /// What stood on the server when it was decided: a decision about something else than what stands there now decides nothing.
    pub theirs: FieldValue,
}
