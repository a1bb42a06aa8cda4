//! Pictures on this computer: every listed offer's photo, fetched in the background, so that it shows while offline.

use std::time::Duration;

use api::Validators;
use cache::{PhotoHash, PictureRow};

use super::desk::Wanted;
use super::{Engine, Purpose};
use crate::backoff::backoff;
use crate::effect::{Call, Fetched, PictureError};
use crate::reading::SAFETY_NET;
use crate::view::ViewChange;

/// Pictures on their way at once; few, since offers matter more.
const AT_ONCE: usize = 3;
/// Least time between two rounds of asking whether pictures have changed behind their addresses, where no subscription begins.
const ROUNDS_APART: Duration = Duration::from_secs(10 * 60);
/// After this many failures in a row a picture is asked for no more often than the list is read by itself.
const TRIES: u32 = 8;
/// So often a picture that is not given out is asked for once more: a picture's host can know of it later than the hotel's channel.
const LATE: u32 = 3;

impl Engine {
    /// Asks for the picture behind an address, even if we have one.
    pub(super) fn want_picture(&mut self, url: String) {
        if let Some(desk) = &mut self.desk {
            desk.wanted.insert(url, Wanted::default());
        }
    }

    /// The list is read, which says nothing of what stands behind an address: what may have changed there without a word is asked
    /// for now and then. Not before a subscription that is near, which does the same.
    pub(super) fn settle_old_doubts(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        if !self.live.is_subscribed() {
            desk.doubt_pictures();
        }
        let now = self.now.since_start;
        let is_recent = |settled: Duration| now.saturating_sub(settled) < ROUNDS_APART;
        if !self.live.is_starting() && !desk.doubts_settled.is_some_and(is_recent) {
            self.settle_doubts();
        }
    }

    /// Asks for the pictures that may have changed behind their addresses. Cheap where the server tells versions of them apart.
    pub(super) fn settle_doubts(&mut self) {
        let now = self.now.since_start;
        let Some(desk) = &mut self.desk else { return };
        for url in std::mem::take(&mut desk.doubted) {
            desk.wanted.entry(url).or_default().not_before = Duration::ZERO;
            desk.doubts_settled = Some(now);
        }
    }

    pub(super) fn fetch_pictures(&mut self) {
        let fetching: Vec<String> = self
            .calls
            .values()
            .filter_map(|call| call.purpose.picture())
            .cloned()
            .collect();
        let free = AT_ONCE.saturating_sub(fetching.len());
        let now = self.now.since_start;
        let Some(desk) = &mut self.desk else { return };
        let due = |(url, wanted): &(&String, &Wanted)| wanted.not_before <= now && !fetching.contains(url);
        let urls: Vec<String> = desk
            .wanted
            .iter()
            .filter(due)
            .take(free)
            .map(|(url, _)| url.clone())
            .collect();
        for url in urls {
            let Some(desk) = &mut self.desk else { return };
            let is_shown = desk
                .base
                .iter()
                .any(|offer| offer.photo_url.as_ref() == Some(&url));
            if !is_shown && !desk.guests.shows(&url) {
                desk.wanted.remove(&url);
                continue;
            }
            let known = desk.pictures.get(&url).map(|picture| Validators {
                etag: picture.etag.clone(),
                last_modified: picture.last_modified.clone(),
            });
            if let Some(wanted) = desk.wanted.get_mut(&url) {
                // Until the answer: a new wish meanwhile replaces the entry and is fetched again.
                wanted.not_before = Duration::MAX;
            }
            self.call(Purpose::Picture(url.clone()), Call::Picture { url, known });
        }
    }

    pub(super) fn picture_fetched(
        &mut self,
        url: String,
        answer: Result<Option<Fetched>, PictureError>,
    ) -> cache::Result<()> {
        let now = self.now.since_start;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let is_asked_again = desk
            .wanted
            .get(&url)
            .is_some_and(|wanted| wanted.not_before != Duration::MAX);
        match answer {
            Ok(fetched) => {
                if !is_asked_again {
                    desk.wanted.remove(&url);
                }
                match fetched {
                    Some(Fetched {
                        hash,
                        validators: Validators { etag, last_modified },
                    }) => self.keep_picture(PictureRow {
                        url,
                        hash,
                        etag,
                        last_modified,
                    }),
                    None => Ok(()),
                }
            }
            Err(PictureError::Later) => {
                if let Some(wanted) = desk.wanted.get_mut(&url).filter(|_| !is_asked_again) {
                    wanted.failures = wanted.failures.saturating_add(1);
                    let is_long = wanted.failures >= TRIES;
                    let pace = if is_long { SAFETY_NET } else { Duration::ZERO };
                    let wait = backoff(wanted.failures.saturating_add(1), &mut self.rng);
                    wanted.not_before = now + pace + wait;
                }
                Ok(())
            }
            Err(PictureError::NotYet(why)) => {
                tracing::warn!(%why, "a photo is not to be had");
                if is_asked_again {
                    return Ok(());
                }
                if let Some(wanted) = desk.wanted.get_mut(&url).filter(|wanted| wanted.misses < LATE) {
                    wanted.misses += 1;
                    wanted.not_before = now + SAFETY_NET + backoff(wanted.misses, &mut self.rng);
                } else {
                    desk.wanted.remove(&url);
                }
                Ok(())
            }
            Err(PictureError::Unusable(why)) => {
                tracing::warn!(%why, "a photo cannot be shown");
                if !is_asked_again {
                    desk.wanted.remove(&url);
                }
                Ok(())
            }
        }
    }

    /// We have just sent these bytes; the server may have changed them, so they are fetched all the same, and shown meanwhile.
    pub(super) fn picture_is(&mut self, url: String, hash: PhotoHash) -> cache::Result<()> {
        self.want_picture(url.clone());
        self.keep_picture(PictureRow {
            url,
            hash,
            etag: None,
            last_modified: None,
        })
    }

    fn keep_picture(&mut self, picture: PictureRow) -> cache::Result<()> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        self.cache.put_picture(desk.id, &picture)?;
        self.cache
            .set_version_photos(desk.id, &picture.url, picture.hash)?;
        // What we have put there ourselves comes back re-encoded: no new version.
        let is_another = desk.pictures.get(&picture.url).is_some_and(|known| {
            let is_as_sent = known.etag.is_none() && known.last_modified.is_none();
            known.hash != picture.hash && !is_as_sent
        });
        let shows = |offer: &&model::Offer| offer.photo_url.as_ref() == Some(&picture.url);
        let ids: Vec<_> = desk.base.iter().filter(shows).map(|offer| offer.id).collect();
        if desk.guests.shows(&picture.url) {
            self.changes.push(ViewChange::Preview);
        }
        desk.pictures.insert(picture.url.clone(), picture);
        for id in ids {
            let Some(desk) = &mut self.desk else { return Ok(()) };
            desk.touch(id, false);
            if is_another {
                self.remember_version(id)?;
            }
        }
        Ok(())
    }
}

impl Purpose {
    fn picture(&self) -> Option<&String> {
        match self {
            Self::Picture(url) => Some(url),
            _ => None,
        }
    }
}
