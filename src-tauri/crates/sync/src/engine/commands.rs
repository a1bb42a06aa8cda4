//! What windows ask for. Each edit is checked, written to the outbox and visible when it is answered; sending comes later.

use model::order::{Place, moves};
use model::{Field, FieldValue, OfferFields, OfferKey, OfferPatch, validation};
use rand::RngExt;
use uuid::Uuid;

use super::desk::Operation;
use super::{Engine, Outcome};
use crate::action::{Action, Delivery, join};
use crate::activity::ChangeStep;
use crate::backoff::Rest;
use crate::effect::{Ask, Effect, Reply, Ticket, TokenPlace};
use crate::problem::{AppError, ErrorCode};
use crate::view::{Choice, NoticeKind, PhotoChange, Side, StagedPhoto};

impl Engine {
    pub(super) fn ask(&mut self, ticket: Ticket, ask: Ask) -> cache::Result<()> {
        if ask.edits() && !self.cache.is_kept() {
            let words = self.storage.clone().unwrap_or_default();
            self.reply(ticket, Err(AppError::new(ErrorCode::Storage, words)));
            return Ok(());
        }
        let outcome = match ask {
            // Answered at the end of the turn: it is numbered like everything the turn publishes, so it must hold all of that.
            Ask::Snapshot => {
                self.snapshots.push(ticket);
                return Ok(());
            }
            Ask::SignInForm => Ok(Reply::Form(Box::new(self.sign_in_form()))),
            // These two are answered when the server has.
            Ask::SignIn { form, password } => return self.sign_in(Some(ticket), *form, password, false),
            Ask::SignInDemo => return self.sign_in_demo(Some(ticket)),
            Ask::SignOut(waiting) => match self.leave_desk(ticket, waiting)? {
                Some(outcome) => outcome,
                None => return Ok(()),
            },
            Ask::CancelSignOut => self.cancel_leaving()?,
            Ask::KeepTokenInFile => self.keep_token_in_file(),
            Ask::Create {
                fields,
                photo,
                window,
            } => self.create(&fields, photo, window)?,
            Ask::Update {
                key,
                patch,
                photo,
                window,
            } => self.update(key, *patch, photo, &window)?,
            Ask::Reorder { key, before, window } => self.reorder(key, before, &window)?,
            Ask::Delete { key, window } => self.delete(key, window)?,
            Ask::Retry(key) => self.retry(key)?,
            Ask::Discard(key) => self.discard(key)?,
            Ask::Resolve(key, choices) => self.resolve(key, &choices)?,
            Ask::RetryNow => self.retry_now(),
            Ask::CancelUpload(key) => self.cancel_upload(key)?,
            Ask::History(key) => self.history(key)?,
            Ask::DeletedOffers => self.deleted_offers()?,
            Ask::Version(id) => self.version(id)?,
            Ask::Restore {
                version,
                photo,
                window,
            } => self.restore(&version, photo, window)?,
            Ask::SaveDraft { draft, window } => self.save_draft(*draft, window)?,
            Ask::DropDraft(id) => self.drop_draft(&id)?,
            Ask::Drafts => self.drafts()?,
            Ask::WindowClosed(window) => self.window_closed(&window),
            Ask::Activity(before) => self.activity(before)?,
            Ask::GuestPreview => self.guest_preview()?,
            Ask::TimeZones => Ok(self.zones()),
            Ask::SetTimeZone(name) => self.set_time_zone(name.as_deref())?,
            Ask::SetWantedAlerts(wanted) => self.set_wanted_alerts(wanted)?,
        };
        self.reply(ticket, outcome);
        Ok(())
    }

    pub(super) fn create(
        &mut self,
        fields: &OfferFields,
        photo: Option<StagedPhoto>,
        window: String,
    ) -> Outcome {
        if self.desk.is_none() {
            return Ok(Err(signed_out()));
        }
        let mut fields = fields.trimmed();
        fields.details_html = self.sendable_html(fields.details_html)?;
        let errors = validation::check(&fields);
        if !errors.is_empty() {
            return Ok(Err(AppError::invalid(errors)));
        }
        let key = OfferKey::New(Uuid::from_u128(self.rng.random()));
        let title = fields.title.clone();
        self.append(
            key,
            Action::Create {
                fields: Box::new(fields),
                photo,
                known_up_to: None,
            },
            &window,
        )?;
        self.notice(NoticeKind::Created, title, Some(key), Some(window), Vec::new());
        Ok(Ok(Reply::Created(key)))
    }

    pub(super) fn update(
        &mut self,
        key: OfferKey,
        patch: OfferPatch,
        photo: Option<PhotoChange>,
        window: &str,
    ) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        let Some(current) = desk.fields(key) else {
            return Ok(Err(not_found()));
        };

        // What the author saw and what the author wants, for the changed fields; the rest as it stands.
        let (mut before, mut after) = (current.clone(), current.clone());
        patch.clone().reversed().apply_to(&mut before);
        patch.apply_to(&mut after);
        let mut after = after.trimmed();
        if patch.details_html.is_some() {
            after.details_html = self.sendable_html(after.details_html)?;
        }
        // In what nobody has touched, others may have stored white space, or what could not be saved here: that is left as it is.
        let asked = patch.fields();
        let mut patch = before.patch_to(&after);
        for field in Field::ALL.iter().filter(|field| !asked.contains(field)) {
            patch.forget(*field);
        }
        let mut after = current.clone();
        patch.apply_to(&mut after);
        let errors = validation::check_changed(&after, &patch.fields());
        if !errors.is_empty() {
            return Ok(Err(AppError::invalid(errors)));
        }
        let is_stale = !patch.merge(&current).conflicts.is_empty();
        // Fields that another window has brought there already need nothing more.
        let patch = if is_stale {
            patch
        } else {
            patch.merge(&current).patch
        };

        self.take_back_delete(key)?;
        let seen = Box::new(current);
        // A photo is sent after the fields that were saved with it.
        let seen_with_photo = Box::new(after);
        let base = key.id().and_then(|id| self.desk.as_ref()?.base.get(id));
        let seen_photo = Some(base.and_then(|offer| offer.photo_url.clone()));
        if !patch.is_empty() {
            let action = Action::Update {
                patch: Box::new(patch),
                seen,
            };
            // An edit made on a view that has moved on must not melt into an earlier one: that would hide the collision.
            if is_stale {
                self.append(key, action, window)?
            } else {
                self.enqueue(key, action, window)?
            }
        }
        match photo {
            Some(PhotoChange::Set(photo)) => {
                let action = Action::SetPhoto {
                    photo,
                    seen: seen_with_photo,
                    seen_photo,
                };
                self.enqueue(key, action, window)?;
            }
            Some(PhotoChange::Remove) => {
                let action = Action::RemovePhoto {
                    seen: seen_with_photo,
                    seen_photo,
                };
                self.enqueue(key, action, window)?;
            }
            None => {}
        }
        Ok(Ok(Reply::Done))
    }

    fn reorder(&mut self, key: OfferKey, before: Option<OfferKey>, window: &str) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        let mut places = Vec::new();
        for key in desk.keys().collect::<std::collections::BTreeSet<_>>() {
            // One whose deletion waits for a decision stands outside the order.
            let goes = |operation: &Operation| matches!(operation.action, Action::Delete { .. });
            if desk.of(key).any(goes) {
                continue;
            }
            if let Some(fields) = desk.fields(key) {
                let base = key.id().and_then(|id| desk.base.get(id));
                places.push(Place {
                    key,
                    sort_order: fields.sort_order,
                    created_at: base.map(|offer| offer.created_at),
                });
            }
        }
        for (key, sort_order) in moves(&places, key, before) {
            let Some(fields) = self.desk.as_ref().and_then(|desk| desk.fields(key)) else {
                continue;
            };
            let after = OfferFields {
                sort_order,
                ..fields.clone()
            };
            let patch = fields.patch_to(&after);
            let seen = Box::new(fields);
            let action = Action::Update {
                patch: Box::new(patch),
                seen,
            };
            self.enqueue(key, action, window)?;
        }
        Ok(Ok(Reply::Done))
    }

    /// Whoever edits an offer whose deletion waits for a decision has decided to keep it.
    fn take_back_delete(&mut self, key: OfferKey) -> cache::Result<()> {
        let is_parked_delete = |operation: &&Operation| {
            operation.delivery.parked.is_some() && matches!(operation.action, Action::Delete { .. })
        };
        let deletes = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(key))
            .filter(is_parked_delete);
        let ids: Vec<_> = deletes.map(|operation| operation.id).collect();
        ids.into_iter().try_for_each(|id| self.remove(id))
    }

    fn delete(&mut self, key: OfferKey, window: String) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        let Some(current) = desk.fields(key) else {
            return Ok(Err(not_found()));
        };
        let title = current.title.clone();
        let base = key.id().and_then(|id| desk.base.get(id));
        match (key, base) {
            // It was deleted elsewhere: what is left of it are changes that were made here.
            (OfferKey::Server(_), None) => self.drop_operations(key)?,
            _ => {
                // Edits that have not left yet go with it; those that have will stand when it is the delete's turn.
                let mut seen = base.map_or(current, |offer| offer.fields.clone());
                for operation in desk.of(key).filter(|operation| operation.delivery.attempted) {
                    match &operation.action {
                        Action::Create { fields, .. } => seen = (**fields).clone(),
                        Action::Update { patch, .. } => patch.apply_to(&mut seen),
                        _ => {}
                    }
                }
                let action = Action::Delete {
                    seen: Box::new(seen),
                    seen_photo: base.map(|offer| offer.photo_url.clone()),
                };
                self.enqueue(key, action, &window)?;
            }
        }
        self.notice(NoticeKind::Deleted, title, None, Some(window), Vec::new());
        Ok(Ok(Reply::Done))
    }

    fn retry(&mut self, key: OfferKey) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        // Unknown alone is not gone: it has to have been said that it was deleted.
        let was_deleted = |operation: &Operation| {
            let problem = operation.delivery.parked.as_ref();
            problem.is_some_and(|problem| problem.code == ErrorCode::NotFound)
        };
        let is_unknown = key.id().is_some_and(|id| desk.base.get(id).is_none());
        let is_gone = is_unknown && desk.of(key).any(was_deleted);
        if is_gone && let Some(fields) = desk.fields(key) {
            return self.create_again(key, fields);
        }
        for operation in desk
            .of(key)
            .filter(|operation| operation.delivery.parked.is_some())
            .cloned()
            .collect::<Vec<_>>()
        {
            let mut operation = operation;
            operation.delivery.parked = None;
            operation.delivery.in_doubt = false;
            operation.delivery.failures = 0;
            operation.checked = None;
            if let (Action::Delete { seen, .. }, Some(offer)) = (
                &mut operation.action,
                key.id().and_then(|id| self.desk.as_ref()?.base.get(id)),
            ) {
                **seen = offer.fields.clone();
            }
            if let Action::SetPhoto { seen_photo, .. }
            | Action::RemovePhoto { seen_photo, .. }
            | Action::Delete { seen_photo, .. } = &mut operation.action
            {
                // Told to, it takes the place of whatever stands there, or takes it along.
                *seen_photo = None;
            }
            self.rewrite(operation)?;
        }
        Ok(Ok(Reply::Done))
    }

    /// The offer was deleted elsewhere while it was edited here: it becomes a new one.
    fn create_again(&mut self, key: OfferKey, fields: OfferFields) -> Outcome {
        // All of it is ours from here on, also what others had stored.
        let fields = fields.trimmed();
        let errors = validation::check(&fields);
        if !errors.is_empty() {
            return Ok(Err(AppError::invalid(errors)));
        }
        let window = self.desk.as_ref().and_then(|desk| {
            let last = desk.of(key).next_back()?;
            Some(last.delivery.window.clone())
        });
        let photo = self.desk.as_ref().and_then(|desk| {
            let last = desk.of(key).rev().find_map(|operation| match &operation.action {
                Action::SetPhoto { photo, .. } => Some(Some(photo.clone())),
                Action::RemovePhoto { .. } => Some(None),
                _ => None,
            });
            last.flatten()
        });
        self.drop_operations(key)?;
        let new = OfferKey::New(Uuid::from_u128(self.rng.random()));
        self.changes
            .push(crate::view::ViewChange::Renamed { from: key, to: new });
        self.append(
            new,
            Action::Create {
                fields: Box::new(fields),
                photo,
                known_up_to: None,
            },
            &window.unwrap_or_default(),
        )?;
        self.rename_draft(key, new)?;
        Ok(Ok(Reply::Done))
    }

    fn discard(&mut self, key: OfferKey) -> Outcome {
        let sending = self.sending();
        let sending = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(key))
            .any(|operation| sending.contains(&operation.id));
        if self.desk.is_none() {
            return Ok(Err(signed_out()));
        }
        if sending {
            let message = "This change is on its way to the server right now. Wait a moment and try again.";
            return Ok(Err(AppError::new(ErrorCode::Internal, message)));
        }
        self.note_change(key, ChangeStep::Discarded, None);
        self.drop_operations(key)?;
        self.release_held()?;
        Ok(Ok(Reply::Done))
    }

    fn resolve(&mut self, key: OfferKey, choices: &[Choice]) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        let Some(offer) = key.id().and_then(|id| desk.base.get(id)) else {
            return Ok(Err(not_found()));
        };
        let mut standing = offer.fields.clone();
        let operations: Vec<Operation> = desk.of(key).cloned().collect();
        // What is ours is the last that was made of a field here.
        let is_outdone = |place: usize, field: Field, standing: &OfferFields| {
            operations[place + 1..].iter().any(|later| match &later.action {
                Action::Update { patch, .. } => patch.merge(standing).conflicts.contains(&field),
                _ => false,
            })
        };
        let mut decided = Vec::new();
        for (place, mut operation) in operations.iter().cloned().enumerate() {
            let Action::Update { patch, .. } = &mut operation.action else {
                continue;
            };
            let untouched = patch.clone();
            let (mut chosen, mut open) = (Vec::new(), Vec::new());
            for field in patch.merge(&standing).conflicts {
                let side = side_of(field, &standing.get(field), choices);
                match side {
                    Some(Side::Mine) if !is_outdone(place, field, &standing) => {
                        patch.rebase(field, &standing);
                    }
                    Some(_) => patch.forget(field),
                    None => {}
                }
                if side.is_some() { &mut chosen } else { &mut open }.push(field);
            }
            patch.merge(&standing).patch.apply_to(&mut standing);
            // One date of each side: said where it was chosen, rather than once it is to be sent. A date that is still to be chosen
            // may set it right.
            let is_date = |field: &Field| matches!(field, Field::ValidFrom | Field::ValidTo);
            if chosen.iter().any(is_date) && !open.iter().any(is_date) {
                let errors = validation::check_changed(&standing, &patch.fields());
                if !errors.is_empty() {
                    return Ok(Err(AppError::invalid(errors)));
                }
            }
            if patch.is_empty() {
                decided.push((operation.id, None));
            } else if **patch != *untouched {
                decided.push((operation.id, Some(operation)));
            }
        }
        for (id, operation) in decided {
            match operation {
                Some(operation) => self.rewrite(operation)?,
                None => self.remove(id)?,
            }
        }
        Ok(Ok(Reply::Done))
    }

    pub(super) fn retry_now(&mut self) -> Result<Reply, AppError> {
        let now = self.now;
        if let Some(desk) = &mut self.desk {
            desk.insist(now);
            desk.hurry(now.since_start);
            for wanted in desk.wanted.values_mut() {
                wanted.not_before = now.since_start;
            }
            self.effects.push(Effect::RedialNow);
        }
        Ok(Reply::Done)
    }

    fn keep_token_in_file(&mut self) -> Result<Reply, AppError> {
        match self
            .desk
            .as_ref()
            .and_then(|desk| Some((desk.token_name(), desk.token.clone()?)))
        {
            Some((name, token)) => {
                self.effects
                    .push(Effect::StoreToken(name, token, TokenPlace::File));
                Ok(Reply::Done)
            }
            None => Err(signed_out()),
        }
    }

    /// Adds to what waits for an offer, as one with what has not left yet.
    fn enqueue(&mut self, key: OfferKey, action: Action, window: &str) -> cache::Result<()> {
        let sending = self.sending();
        let Some(desk) = &self.desk else { return Ok(()) };
        let has_left =
            |operation: &&Operation| operation.delivery.attempted || sending.contains(&operation.id);
        // What stands behind something that has left, up to the end, may still change.
        let mut unsent: Vec<Operation> = desk
            .of(key)
            .rev()
            .take_while(|operation| !has_left(operation))
            .cloned()
            .collect();
        unsent.reverse();
        let joined = join(
            unsent.iter().map(|operation| operation.action.clone()).collect(),
            action,
        );

        let done_at = self.now.unix_millis();
        let mut places = unsent.into_iter();
        for action in joined {
            match places.next() {
                Some(operation) if operation.action == action => {}
                Some(mut operation) => {
                    operation.action = action;
                    let Delivery { parked, in_doubt, .. } = operation.delivery;
                    operation.delivery = Delivery {
                        done_at,
                        window: window.to_owned(),
                        parked: parked.filter(|_| in_doubt),
                        in_doubt,
                        ..Delivery::default()
                    };
                    operation.rest.hurry(self.now.since_start);
                    operation.checked = None;
                    self.rewrite(operation)?;
                }
                None => self.append(key, action, window)?,
            }
        }
        for leftover in places {
            self.remove(leftover.id)?;
        }
        if let Some(desk) = &mut self.desk {
            desk.touch(key, false);
        }
        Ok(())
    }

    /// Adds an operation of its own to the outbox.
    fn append(&mut self, key: OfferKey, action: Action, window: &str) -> cache::Result<()> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let delivery = Delivery {
            done_at: self.now.unix_millis(),
            window: window.to_owned(),
            ..Delivery::default()
        };
        let json = (serde_json::to_string(&action)?, serde_json::to_string(&delivery)?);
        let id = self.cache.push_operation(desk.id, key, &json.0, &json.1)?;
        desk.outbox.push(Operation {
            id,
            key,
            action,
            delivery,
            rest: Rest::default(),
            in_transit_until: std::time::Duration::ZERO,
            not_found: 0,
            undecided: 0,
            stumbles: 0,
            checked: None,
        });
        desk.touch(key, false);
        self.note_change(key, ChangeStep::Made, None);
        Ok(())
    }

    /// Writes an operation back where it stands.
    pub(super) fn rewrite(&mut self, operation: Operation) -> cache::Result<()> {
        self.cache.update_operation(&operation.row()?)?;
        if let Some(desk) = &mut self.desk {
            desk.touch(operation.key, false);
            if let Some(place) = desk.operation(operation.id) {
                *place = operation;
            }
        }
        Ok(())
    }

    /// Takes an operation out of the outbox.
    pub(super) fn remove(&mut self, id: cache::OperationId) -> cache::Result<()> {
        self.cache.delete_operation(id)?;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        desk.lookups.remove(&id);
        desk.uploads.remove(&id);
        let place = desk.outbox.iter().position(|operation| operation.id == id);
        if let Some(operation) = place.map(|place| desk.outbox.remove(place)) {
            desk.touch(operation.key, false);
            self.loosen(&operation);
        }
        Ok(())
    }

    pub(super) fn drop_operations(&mut self, key: OfferKey) -> cache::Result<()> {
        let ids: Vec<_> = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(key))
            .map(|operation| operation.id)
            .collect();
        for id in ids {
            self.remove(id)?;
        }
        Ok(())
    }
}

fn side_of(field: Field, theirs: &FieldValue, choices: &[Choice]) -> Option<Side> {
    choices
        .iter()
        .find(|choice| choice.field == field && choice.theirs == *theirs)
        .map(|choice| choice.side)
}

pub(super) fn signed_out() -> AppError {
    AppError::new(ErrorCode::SignedOut, "Sign in first.")
}

fn not_found() -> AppError {
    AppError::new(ErrorCode::NotFound, "This offer no longer exists.")
}
