//! Photos on their way: how far they are, stopping them, and letting go of bytes that nobody needs any more.
//!
//! An upload that is stopped may have arrived all the same; the offer is read again to know.
//!
//! **Letting go.** The bytes of a photo that waited here, and those it was made from, go when the last that refers to them is gone:
//! sent, replaced or taken back. Asked at the end of a turn, since a turn often moves a reference from one place to another.

use std::collections::BTreeSet;
use std::time::Duration;

use cache::PhotoHash;
use model::OfferKey;

use super::desk::Operation;
use super::{Engine, Outcome, Purpose};
use crate::action::Action;
use crate::effect::{CallId, Effect, Pictures, Reply};
use crate::view::{StagedPhoto, Upload};

/// Pictures come and go slowly.
const TIDY_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

impl Engine {
    pub(super) fn upload_progress(&mut self, call: CallId, upload: Upload) {
        let Some(Purpose::Send(id)) = self.calls.get(&call).map(|call| &call.purpose) else {
            return;
        };
        let Some(desk) = &mut self.desk else { return };
        if let Some(key) = desk.operation(*id).map(|operation| operation.key) {
            desk.uploads.insert(*id, upload);
            desk.touch(key, false);
        }
    }

    /// Stops sending an offer's new photo, or waiting to send it. What else was done to the offer stays.
    pub(super) fn cancel_upload(&mut self, key: OfferKey) -> Outcome {
        let is_upload = |operation: &&Operation| matches!(operation.action, Action::SetPhoto { .. });
        let uploads = self.desk.iter().flat_map(|desk| desk.of(key)).filter(is_upload);
        let uploads: Vec<Operation> = uploads.cloned().collect();
        for operation in uploads {
            let sends = |purpose: &Purpose| matches!(purpose, Purpose::Send(id) if *id == operation.id);
            let call = self.calls.iter().find(|(_, call)| sends(&call.purpose));
            if let Some(call) = call.map(|(id, _)| *id) {
                self.calls.remove(&call);
                self.effects.push(Effect::Abort(call));
            }
            self.remove(operation.id)?;
            if let Some(id) = key.id().filter(|_| operation.delivery.attempted) {
                self.read_again(id, false);
            }
        }
        Ok(Ok(Reply::Done))
    }

    /// An operation is leaving the outbox: its photo may be needed no more.
    pub(super) fn loosen(&mut self, operation: &Operation) {
        if let Action::SetPhoto { photo, .. }
        | Action::Create {
            photo: Some(photo), ..
        } = &operation.action
        {
            self.loosened.extend(hashes(photo));
        }
    }

    /// At the end of a turn: bytes that nothing refers to any more go.
    pub(super) fn let_go(&mut self) -> cache::Result<()> {
        if self.loosened.is_empty() {
            return Ok(());
        }
        let kept = self.cache.referenced_photos()?;
        let free: BTreeSet<PhotoHash> = std::mem::take(&mut self.loosened)
            .into_iter()
            .filter(|hash| !kept.contains(hash))
            .collect();
        if !free.is_empty() {
            self.effects.push(Effect::LetGo(free.into_iter().collect()));
        }
        Ok(())
    }

    /// At the end of a turn, now and then: the pictures on disk are gone through. Not while the database cannot tell what is needed.
    pub(super) fn tidy(&mut self) -> cache::Result<()> {
        let now = self.now.since_start;
        let is_due = self.tidied.is_none_or(|last| now >= last + TIDY_EVERY);
        if is_due && self.storage.is_none() && self.is_sound() {
            if let Some(desk) = &mut self.desk {
                desk.forget_old_pictures(&self.cache)?;
            }
            let needed = self.cache.needed_photos()?;
            let versions = self.cache.version_photos()?;
            self.effects
                .push(Effect::Tidy(Box::new(Pictures { needed, versions })));
            self.tidied = Some(now);
        }
        Ok(())
    }
}

fn hashes(photo: &StagedPhoto) -> impl Iterator<Item = PhotoHash> {
    let source = photo.source.as_ref().map(|source| source.chosen.hash);
    [Some(photo.hash), source].into_iter().flatten()
}
