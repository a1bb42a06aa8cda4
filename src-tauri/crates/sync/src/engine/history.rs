//! Versions of offers: written down as they are learned, told, and restored.

use cache::{NewVersion, VersionId, VersionRow};
use model::{Field, Offer, OfferId, OfferKey, validation};

use super::desk::{Desk, Operation};
use super::{Engine, Outcome};
use crate::action::Action;
use crate::clock::Moment;
use crate::effect::Reply;
use crate::history::versions;
use crate::problem::{AppError, ErrorCode};
use crate::view::{PhotoChange, StagedPhoto};

impl Engine {
    /// What is known of an offer now is a new version of it, although the offer itself is what it was: its picture is another.
    pub(super) fn remember_version(&mut self, id: OfferId) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let Some(offer) = desk.base.get(id) else {
            return Ok(());
        };
        let version = self
            .cache
            .push_version(desk.id, &desk.version(offer, None, self.now))?;
        self.first_version.get_or_insert(version);
        Ok(())
    }

    /// An offer that was as this is gone. `window`: of this computer, where that was wanted.
    pub(super) fn remember_deletion(&mut self, offer: &Offer, window: Option<&str>) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let version = NewVersion {
            is_deletion: true,
            ..desk.version(offer, window, self.now)
        };
        let version = self.cache.push_version(desk.id, &version)?;
        self.first_version.get_or_insert(version);
        Ok(())
    }

    /// The last state of an offer, when nothing else knows it any more.
    pub(super) fn last_version(&self, id: OfferId) -> cache::Result<Option<Offer>> {
        let Some(desk) = &self.desk else { return Ok(None) };
        let latest = self.cache.latest_version(desk.id, id)?;
        Ok(latest.map(|version| version.offer))
    }

    /// Whose attempt has brought an offer to this state, if it was one of ours whose answer has not come yet.
    pub(super) fn attempt_behind(&self, id: OfferId) -> Option<String> {
        let desk = self.desk.as_ref()?;
        let offer = desk.base.get(id)?;
        let is_behind = |operation: &&Operation| match &operation.action {
            Action::Update { .. } => operation.delivery.attempted && operation.stands_in(&offer.fields),
            Action::SetPhoto { seen, .. } | Action::RemovePhoto { seen, .. } => {
                **seen == offer.fields && has_changed_photo(operation, offer)
            }
            Action::Create { .. } | Action::Delete { .. } => false,
        };
        let operation = desk.of(id.into()).find(is_behind)?;
        Some(operation.delivery.window.clone())
    }

    /// The same where only the photo is another now, whatever others have done to the fields.
    pub(super) fn attempt_behind_photo(&self, id: OfferId) -> Option<String> {
        let desk = self.desk.as_ref()?;
        let offer = desk.base.get(id)?;
        let mut operations = desk.of(id.into());
        let operation = operations.find(|operation| has_changed_photo(operation, offer))?;
        Some(operation.delivery.window.clone())
    }

    /// The window of this computer that wants an offer gone.
    pub(super) fn deleter_of(&self, id: OfferId) -> Option<String> {
        let mut operations = self.desk.as_ref()?.of(id.into());
        let delete = operations.find(|operation| {
            operation.delivery.attempted && matches!(operation.action, Action::Delete { .. })
        })?;
        Some(delete.delivery.window.clone())
    }

    pub(super) fn history(&self, key: OfferKey) -> Outcome {
        let rows = match (&self.desk, key.id()) {
            (Some(desk), Some(id)) => self.cache.versions(desk.id, id)?,
            _ => Vec::new(),
        };
        Ok(Ok(Reply::Versions(self.told(rows))))
    }

    pub(super) fn deleted_offers(&self) -> Outcome {
        let rows = match &self.desk {
            Some(desk) => self.cache.deleted_offers(desk.id)?,
            None => Vec::new(),
        };
        // Each of another offer: nothing to compare with.
        let told = rows.into_iter().flat_map(|row| self.told(vec![row])).collect();
        Ok(Ok(Reply::Versions(told)))
    }

    pub(super) fn version(&self, id: i64) -> Outcome {
        let row = match &self.desk {
            Some(desk) => self.cache.version(desk.id, VersionId(id))?,
            None => None,
        };
        Ok(match row {
            Some(row) => Ok(Reply::Version(Box::new(row))),
            None => Err(AppError::new(
                ErrorCode::NotFound,
                "This version is no longer kept on this computer.",
            )),
        })
    }

    /// Makes an offer what it was, as an edit like any other; one that is gone is created anew.
    pub(super) fn restore(
        &mut self,
        version: &VersionRow,
        photo: Option<StagedPhoto>,
        window: String,
    ) -> Outcome {
        let key = OfferKey::from(version.offer.id);
        let fields = &version.offer.fields;
        let current = self.desk.as_ref().and_then(|desk| desk.fields(key));
        let changed = current.map_or_else(
            || Field::ALL.to_vec(),
            |current| current.patch_to(fields).fields(),
        );
        let errors = validation::check_changed(&fields.trimmed(), &changed);
        if !errors.is_empty() {
            return Ok(Err(AppError::invalid(errors)));
        }
        self.take_back_unsent_delete(key)?;
        let Some(current) = self.desk.as_ref().and_then(|desk| desk.fields(key)) else {
            return self.create(&version.offer.fields, photo, window);
        };
        let shown = self.desk.as_ref().and_then(|desk| desk.photo(key));
        let shown = shown.map(|picture| picture.hash);
        let photo = match photo {
            Some(photo) if shown != Some(Some(photo.hash.to_string())) => Some(PhotoChange::Set(photo)),
            None if version.offer.photo_url.is_none() && shown.is_some() => Some(PhotoChange::Remove),
            _ => None,
        };
        let patch = current.patch_to(&version.offer.fields);
        let done = self.update(key, patch, photo, &window)?;
        Ok(done.map(|_| Reply::Created(key)))
    }

    /// A deletion that has not left yet need not be sent at all. True when there was one.
    pub(super) fn take_back_unsent_delete(&mut self, key: OfferKey) -> cache::Result<bool> {
        let is_unsent_delete = |operation: &&Operation| {
            matches!(operation.action, Action::Delete { .. }) && !operation.delivery.attempted
        };
        let deletes = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(key))
            .filter(is_unsent_delete);
        let ids: Vec<_> = deletes.map(|operation| operation.id).collect();
        let was_to_go = !ids.is_empty();
        ids.into_iter().try_for_each(|id| self.remove(id))?;
        Ok(was_to_go)
    }

    fn told(&self, rows: Vec<VersionRow>) -> Vec<crate::history::OfferVersion> {
        versions(rows, |row| {
            self.first_version.is_some_and(|first| row.id >= first)
        })
    }
}

/// Whether an attempt of this, whose answer has not come yet, may have left the photo of an offer as it is.
fn has_changed_photo(operation: &Operation, offer: &Offer) -> bool {
    operation.delivery.attempted
        && match &operation.action {
            Action::SetPhoto { seen_photo, .. } => {
                seen_photo.as_ref().is_some_and(|seen| *seen != offer.photo_url)
            }
            Action::RemovePhoto { .. } => offer.photo_url.is_none(),
            _ => false,
        }
}

impl Desk {
    /// An offer as it is now. `window`: of this computer, where it was made so.
    pub(super) fn version<'a>(
        &self,
        offer: &'a Offer,
        window: Option<&'a str>,
        now: Moment,
    ) -> NewVersion<'a> {
        let url = offer.photo_url.as_ref();
        NewVersion {
            seen_at: now.unix_millis(),
            window,
            offer,
            is_deletion: false,
            photo: url
                .and_then(|url| self.pictures.get(url))
                .map(|picture| picture.hash),
        }
    }
}
