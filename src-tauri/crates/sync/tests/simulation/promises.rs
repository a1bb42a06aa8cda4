//! What users were told is safe, and what became of it.
//!
//! Every value typed in a run is unique, so a promise needs no more than the value: it was kept if the server ever had it, or if it
//! stands on the screen of the one who typed it, parked or in conflict. Whoever deletes, discards or decides against it lets the
//! console off.

use std::collections::HashMap;

use model::{Field, OfferKey};
use sync::view::SyncState;

use cache::PhotoHash;

use crate::desk::Window;
use crate::server::{Log, Server, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// An offer with this mark.
    Create(String),
    Edit(Field, String),
    Photo(PhotoHash),
    Delete,
}

/// Something that a user saw accepted.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    pub(crate) desk: usize,
    pub(crate) user: String,
    pub(crate) key: OfferKey,
    pub(crate) what: What,
}

#[derive(Default)]
pub(crate) struct Promises {
    made: Vec<Promise>,
    /// The mark of each offer that was created here or pointed at.
    marks: HashMap<OfferKey, String>,
    /// How often somebody wanted one more of an offer that was, or may have been, created.
    one_more: HashMap<String, usize>,
}

impl Promises {
    pub(crate) fn make(&mut self, promise: Promise) {
        // A later value of the same field, or a later photo, takes the place of an earlier one.
        self.made.retain(|old| {
            let same_offer = old.desk == promise.desk && old.user == promise.user && old.key == promise.key;
            let replaced = match (&old.what, &promise.what) {
                (What::Edit(old, _), What::Edit(new, _)) => old == new,
                (What::Photo(_), What::Photo(_)) => true,
                _ => false,
            };
            !(same_offer && replaced)
        });
        if let What::Create(mark) = &promise.what {
            self.marks.insert(promise.key, mark.clone());
        }
        self.made.push(promise);
    }

    /// The user has let the console off some of its promises about an offer.
    pub(crate) fn release(
        &mut self,
        desk: usize,
        user: &str,
        key: OfferKey,
        is_meant: impl Fn(&What) -> bool,
    ) {
        self.made.retain(|promise| {
            !(promise.desk == desk && promise.user == user && promise.key == key && is_meant(&promise.what))
        });
    }

    /// The user has thrown away everything that waited here.
    pub(crate) fn release_all(&mut self, desk: usize, user: &str) {
        self.made
            .retain(|promise| !(promise.desk == desk && promise.user == user));
    }

    /// The user points at an offer. The word that it has another key now (it got its id, or was created again) may have been lost with a
    /// crash. Where the other still stands beside it, nothing is decided yet; and what was deleted is not what is pointed at.
    pub(crate) fn recognise(
        &mut self,
        desk: usize,
        user: &str,
        key: OfferKey,
        mark: &str,
        is_shown: impl Fn(OfferKey) -> bool,
    ) {
        let before: Vec<OfferKey> = self
            .marks
            .iter()
            .filter(|(other, known)| **other != key && *known == mark && !is_shown(**other))
            .map(|(other, _)| *other)
            .collect();
        for promise in &mut self.made {
            let is_meant = promise.desk == desk && promise.user == user && promise.what != What::Delete;
            if is_meant && before.contains(&promise.key) {
                promise.key = key;
            }
        }
        self.marks.insert(key, mark.to_owned());
    }

    pub(crate) fn renamed(&mut self, desk: usize, user: &str, from: OfferKey, to: OfferKey) {
        for promise in &mut self.made {
            if promise.desk == desk && promise.user == user && promise.key == from {
                promise.key = to;
            }
        }
    }

    pub(crate) fn created_anew(&mut self, mark: &str) {
        *self.one_more.entry(mark.to_owned()).or_default() += 1;
    }

    /// Offers that were there more often than somebody wanted.
    pub(crate) fn doubled(&self, log: &Log) -> Vec<String> {
        let count = |mark: &String| log.doubled.iter().filter(|doubled| *doubled == mark).count();
        let allowed = |mark: &String| self.one_more.get(mark).copied().unwrap_or(0);
        let doubled = log.doubled.iter().filter(|mark| count(mark) > allowed(mark));
        doubled.map(|mark| format!("{mark} is there twice")).collect()
    }

    /// Promises to the user who is signed in at this desk that were not kept.
    pub(crate) fn broken(&self, desk: usize, window: &Window, server: &Server) -> Vec<String> {
        let user = window.user().unwrap_or_default();
        let now = server.offers();
        let is_kept = |promise: &&Promise| match &promise.what {
            What::Create(mark) => {
                server.log.created.iter().any(|(made, ..)| made == mark)
                    || waits(window, |offer| offer.fields.details_text == *mark)
            }
            What::Edit(field, value) => {
                server
                    .log
                    .values
                    .iter()
                    .any(|(_, held, had)| held == field && had == value)
                    || waits(window, |offer| {
                        text(&offer.fields.get(*field)) == *value
                            || offer
                                .conflicts
                                .iter()
                                .any(|conflict| conflict.field == *field && text(&conflict.mine) == *value)
                    })
            }
            What::Photo(hash) => {
                let shown = hash.to_string();
                server.log.photos.iter().any(|(_, held)| held == hash)
                    || waits(window, |offer| {
                        offer.photo.as_ref().and_then(|photo| photo.hash.as_ref()) == Some(&shown)
                    })
            }
            What::Delete => {
                let id = promise.key.id();
                !now.iter().any(|offer| Some(offer.id) == id)
                    || waits(window, |offer| offer.key == promise.key)
            }
        };
        self.made
            .iter()
            .filter(|promise| promise.desk == desk && promise.user == user && !is_kept(promise))
            .map(|promise| {
                format!(
                    "desk {desk}, {user}: {:?} of {} is nowhere",
                    promise.what, promise.key
                )
            })
            .collect()
    }

    /// Values that reached the server with another user's token.
    pub(crate) fn strayed(&self, log: &Log) -> Vec<String> {
        let author = |value: &str| log.authors.get(value).cloned().flatten();
        self.made
            .iter()
            .filter_map(|promise| {
                let sent_by = match &promise.what {
                    What::Edit(_, value) => author(value)?,
                    What::Create(mark) => log.created.iter().find(|(made, ..)| made == mark)?.1.clone()?,
                    _ => return None,
                };
                (sent_by != promise.user).then(|| format!("{promise:?} was sent by {sent_by}"))
            })
            .collect()
    }
}

/// Whether an offer that needs its user is on this screen and is meant.
fn waits(window: &Window, is_meant: impl Fn(&sync::view::ViewOffer) -> bool) -> bool {
    window
        .offers
        .values()
        .any(|offer| matches!(offer.sync, SyncState::Parked | SyncState::Conflict) && is_meant(offer))
}
