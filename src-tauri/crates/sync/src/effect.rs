//! The engine's border: every cause of work that comes in, and every effect that goes out. Both lists are closed.

use std::collections::HashSet;
use std::time::Duration;

use api::{ApiBase, Listing, PublicPage, Token, Validators};
use cache::PhotoHash;
use model::{HotelSlug, Offer, OfferFields, OfferId, OfferKey, OfferPatch};

use crate::activity::{Activity, ActivityEntry};
use crate::alerts::Alert;
use crate::draft::Draft;
use crate::history::OfferVersion;
use crate::message::HotelMessage;
use crate::preview::GuestPreview;
use crate::problem::AppError;
use crate::settings::{WantedAlerts, Zones};
use crate::view::{
    Choice, PhotoChange, SignInForm, Snapshot, StagedPhoto, TokenKept, Upload, ViewChange, WaitingChanges,
};

/// Names a command that waits for its [`Effect::Reply`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Names one connection for live updates; signals of an earlier one are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveId(pub u64);

/// Every cause of work.
#[derive(Debug)]
pub enum Event {
    /// A window asked.
    Ask(Ticket, Ask),
    /// A request was answered, or never will be.
    Called(CallId, Answer),
    /// Something about live updates.
    Live(LiveId, LiveSignal),
    /// The keyring was asked for the token of the last session.
    TokenLoaded(TokenName, Option<(Token, TokenKept)>),
    /// Where a new token is kept now.
    TokenStored(TokenName, TokenKept),
    /// A token that should be forgotten may still be in the keyring or the file.
    TokenLeft(TokenName),
    /// The embedded demo hotel runs, or does not.
    DemoStarted(Result<Demo, String>),
    /// What the network has to report of the requests since the last turn.
    Noted(Vec<Activity>),
    /// How far a request with a photo is.
    Progress(CallId, Upload),
    /// A deadline the engine named has passed, or the clocks have moved apart.
    Tick,
    /// The driver comes much later than it meant to. Where the steady clock goes on while the computer sleeps, that is how sleep shows.
    CameLate,
}

/// How to reach the embedded demo hotel.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Its API and hub.
    pub form: SignInForm,
    /// Of the demo user.
    pub password: String,
}

/// What windows ask for.
#[derive(Debug)]
pub enum Ask {
    /// Everything a window shows.
    Snapshot,
    /// The form to start from.
    SignInForm,
    /// Sign in.
    SignIn {
        /// Where, and who.
        form: Box<SignInForm>,
        /// Never stored, never logged.
        password: Password,
    },
    /// Start the demo hotel and sign in to it.
    SignInDemo,
    /// Sign out. With changes waiting and nothing said of them, this is refused.
    SignOut(Option<WaitingChanges>),
    /// Stay signed in after all, while changes are being sent first.
    CancelSignOut,
    /// Keep the token in a file, since there is no keyring.
    KeepTokenInFile,
    /// Create an offer.
    Create {
        /// As typed.
        fields: Box<OfferFields>,
        /// Travels with it.
        photo: Option<StagedPhoto>,
        /// The asking window.
        window: String,
    },
    /// Change an offer.
    Update {
        /// Which.
        key: OfferKey,
        /// Changed fields, as typed.
        patch: Box<OfferPatch>,
        /// What happens to the photo.
        photo: Option<PhotoChange>,
        /// The asking window.
        window: String,
    },
    /// Move an offer to another place in the list.
    Reorder {
        /// Which.
        key: OfferKey,
        /// The offer it shall stand before; `None`: the end.
        before: Option<OfferKey>,
        /// The asking window.
        window: String,
    },
    /// Delete an offer.
    Delete {
        /// Which.
        key: OfferKey,
        /// The asking window.
        window: String,
    },
    /// Send parked changes again, as they are.
    Retry(OfferKey),
    /// Let the changes made here to an offer go.
    Discard(OfferKey),
    /// Decide about conflicting fields.
    Resolve(OfferKey, Vec<Choice>),
    /// Do not send an offer's new photo after all.
    CancelUpload(OfferKey),
    /// Try everything that waits for a better time now.
    RetryNow,
    /// Every version known of an offer.
    History(OfferKey),
    /// The last state of each offer that was deleted.
    DeletedOffers,
    /// One version as it is kept.
    Version(i64),
    /// Make an offer what it was in this version.
    Restore {
        /// As [`Ask::Version`] gave it.
        version: Box<cache::VersionRow>,
        /// Its photo, if its bytes are here.
        photo: Option<StagedPhoto>,
        /// The asking window.
        window: String,
    },
    /// Keep what an editor holds.
    SaveDraft {
        /// What it holds.
        draft: Box<Draft>,
        /// The window that shows it.
        window: String,
    },
    /// Let go of the draft with this id.
    DropDraft(String),
    /// What editors held that no window shows any more: of an earlier run, or of a window that has closed.
    Drafts,
    /// This window has closed.
    WindowClosed(String),
    /// What happened, before this entry.
    Activity(Option<i64>),
    /// What guests see, and what they would see with everything that is not sent yet.
    GuestPreview,
    /// The time zones there are.
    TimeZones,
    /// Set the zone of the signed-in hotel, by IANA name; `None`: this computer's.
    SetTimeZone(Option<String>),
    /// Say which notifications of the system are wanted.
    SetWantedAlerts(WantedAlerts),
}

impl Ask {
    /// Whether this changes something that must not be lost.
    pub(crate) fn edits(&self) -> bool {
        match self {
            Self::Create { .. }
            | Self::Update { .. }
            | Self::Reorder { .. }
            | Self::Delete { .. }
            | Self::CancelUpload(_)
            | Self::Retry(_)
            | Self::Discard(_)
            | Self::Resolve(..)
            | Self::Restore { .. }
            | Self::SaveDraft { .. }
            | Self::SetTimeZone(_)
            | Self::SetWantedAlerts(_) => true,
            Self::Snapshot
            | Self::SignInForm
            | Self::SignIn { .. }
            | Self::SignInDemo
            | Self::SignOut(_)
            | Self::CancelSignOut
            | Self::KeepTokenInFile
            | Self::RetryNow
            | Self::History(_)
            | Self::DeletedOffers
            | Self::Version(_)
            | Self::DropDraft(_)
            | Self::Drafts
            | Self::WindowClosed(_)
            | Self::Activity(_)
            | Self::GuestPreview
            | Self::TimeZones => false,
        }
    }
}

/// A password on its way to the server; printed as `•••`.
#[derive(Clone)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

/// What a command is answered with.
#[derive(Debug)]
pub enum Reply {
    /// Done.
    Done,
    /// To [`Ask::Snapshot`]; the driver adds the number of the last batch.
    Snapshot(Box<Snapshot>),
    /// To [`Ask::SignInForm`].
    Form(Box<SignInForm>),
    /// To [`Ask::Create`] and [`Ask::Restore`].
    Created(OfferKey),
    /// To [`Ask::History`] and [`Ask::DeletedOffers`]; newest first.
    Versions(Vec<OfferVersion>),
    /// To [`Ask::Version`].
    Version(Box<cache::VersionRow>),
    /// To [`Ask::Drafts`]; newest first.
    Drafts(Vec<Draft>),
    /// To [`Ask::Activity`]; newest first.
    Activity(Vec<ActivityEntry>),
    /// To [`Ask::GuestPreview`].
    GuestPreview(Box<GuestPreview>),
    /// To [`Ask::TimeZones`].
    Zones(Box<Zones>),
}

/// Everything the engine can want from the outside. Effects leave only after the commit of the turn that wanted them.
#[derive(Debug)]
pub enum Effect {
    /// Answer a command.
    Reply(Ticket, Result<Reply, AppError>),
    /// Tell the windows.
    Publish(Vec<ViewChange>),
    /// Use these credentials for staff calls from now on; `None`: no more.
    Credentials(Option<Box<Credentials>>),
    /// Send a request.
    Call(CallId, Call),
    /// Stop this request where it stands; its answer is not wanted any more.
    Abort(CallId),
    /// These pictures are needed no more.
    LetGo(Vec<PhotoHash>),
    /// Keep the pictures on disk within bounds.
    Tidy(Box<Pictures>),
    /// (Re)connect live updates, replacing an earlier connection.
    Connect(LiveId, Box<LiveTarget>),
    /// Stop live updates.
    Disconnect,
    /// Dial at once instead of waiting, also where that was given up: a user says so.
    RedialNow,
    /// Find out at once whether the line has outlived a sleep. What was given up stays so.
    CheckLine,
    /// Ask the keyring for a token.
    LoadToken(TokenName),
    /// Give the keyring a token, or the file if the user agreed to one.
    StoreToken(TokenName, Token, TokenPlace),
    /// Take a token out of the keyring and the file.
    ForgetToken(TokenName),
    /// Start the embedded demo hotel.
    StartDemo,
    /// Show a notification of the system.
    Alert(Box<Alert>),
}

/// The pictures that something refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// Of listed offers, drafts, and changes that wait: these stay.
    pub needed: HashSet<PhotoHash>,
    /// Of the versions in the histories: these stay while there is room.
    pub versions: HashSet<PhotoHash>,
}

/// Where a token should be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// In the system's keyring, or for this run only where there is none.
    Keyring,
    /// In a file only its owner can read.
    File,
}

/// Names a token in the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName {
    /// The server.
    pub api_url: String,
    /// The user.
    pub username: String,
}

/// What staff requests carry.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The server.
    pub base: ApiBase,
    /// The secret.
    pub token: Token,
    /// For `X-Hotel-ID`.
    pub hotel_id: Option<i64>,
    /// For paths and `X-Hotel-Slug`.
    pub hotel_slug: HotelSlug,
}

/// Where live updates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTarget {
    /// Key, cluster, host, port, TLS.
    pub form: SignInForm,
    /// The hotel's channel.
    pub channel: String,
}

/// A request to the hotel's server. One call is one attempt, except that a list read may need many requests.
#[derive(Clone, Debug)]
pub enum Call {
    /// Sign in.
    SignIn {
        /// Where.
        base: ApiBase,
        /// Who.
        username: String,
        /// Not stored.
        password: Password,
    },
    /// Read the complete list.
    List,
    /// Read one offer.
    Read(OfferId),
    /// Create an offer.
    Create(Box<OfferFields>, Option<StagedPhoto>),
    /// Change fields.
    Update(OfferId, Box<OfferPatch>),
    /// Delete an offer.
    Delete(OfferId),
    /// Replace a photo.
    Upload(OfferId, StagedPhoto),
    /// Take a photo away.
    RemovePhoto(OfferId),
    /// Read the hotel's public page, as a guest would.
    PublicPage,
    /// Fetch a picture and keep its bytes.
    Picture {
        /// As the server wrote it.
        url: String,
        /// What we have of it.
        known: Option<Validators>,
    },
}

/// What a [`Call`] came back with.
#[derive(Debug)]
pub enum Answer {
    /// To [`Call::SignIn`].
    SignedIn(Result<api::SignedIn, api::Error>),
    /// To [`Call::List`].
    Listed(Result<Listing, api::Error>),
    /// To the calls that answer an offer: read, create, update, remove photo.
    Offer(Result<Box<Offer>, api::Error>),
    /// To [`Call::Delete`].
    Deleted(Result<(), api::Error>),
    /// To [`Call::Upload`]: where the photo is now.
    Uploaded(Result<Option<String>, api::Error>),
    /// To [`Call::PublicPage`].
    PublicPage(Result<Box<PublicPage>, api::Error>),
    /// To [`Call::Picture`]; `None`: what we have is still right.
    Picture(Result<Option<Fetched>, PictureError>),
}

/// A picture that was fetched and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Names the bytes.
    pub hash: PhotoHash,
    /// For asking again.
    pub validators: Validators,
}

/// Why a picture is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// Worth another try.
    Later,
    /// Nothing is given out there; a photo that has just been put there may come a little later than word of it.
    NotYet(String),
    /// What stands there is no picture.
    Unusable(String),
}

/// What live updates report.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveSignal {
    /// On the way, for the first time or again.
    Connecting,
    /// No connection; dialled again after this long, if known.
    Waiting(Option<Duration>),
    /// The channel is subscribed: nothing is missed from here on.
    Subscribed,
    /// The channel is not subscribed, for this reason.
    NotSubscribed(String),
    /// Never going to work without a person, for this reason.
    Stopped(String),
    /// An event of the channel.
    Message(Box<HotelMessage>),
    /// Messages were lost or could not be read.
    Missed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed_by_whatever_holds_it() {
        let ask = Ask::SignIn {
            form: Box::default(),
            password: Password("pa55w0rd".into()),
        };
        let printed = format!("{ask:?} {ask:#?}");
        assert!(
            printed.contains("•••") && !printed.contains("pa55w0rd"),
            "{printed}"
        );
    }
}
