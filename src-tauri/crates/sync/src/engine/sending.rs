//! Sending the outbox: in order for each offer, the offers side by side.
//!
//! An operation that waited may meet an offer that has changed meanwhile, and the server compares nothing. So whatever waited,
//! was tried before, or is sent while live updates are down, first reads its offer and merges. A create whose answer never came is
//! looked up in a list read that began afterwards, and sent again only if it is not found.

use std::collections::HashSet;
use std::time::Duration;

use model::{Offer, OfferFields, OfferKey, OfferPatch, validation};

use super::desk::{IN_TRANSIT, Operation};
use super::reads::retry_after;
use super::{Engine, Purpose};
use crate::action::Action;
use crate::activity::{Activity, ChangeStep};
use crate::backoff::backoff;
use crate::base::{Tick, Verdict};
use crate::effect::{Answer, Call};
use crate::problem::{AppError, ErrorCode, Problem};
use crate::view::{NoticeKind, ViewChange};

/// Writes on their way at once.
const AT_ONCE: usize = 4;
/// After this many milliseconds in the outbox an operation reads its offer before it is sent.
const FRESH: i64 = 3_000;
/// How long the read of an offer is good for sending over it.
const CHECK_LIFETIME: Duration = Duration::from_secs(3);

/// So many answers of 500 in a row to one photo are its fault, or that of where the server keeps pictures, and do not pass by
/// themselves. The tries take a minute or two: a server that is started anew is back by then.
const STUMBLES: u8 = 8;

/// What to do next about the operation at the head of its offer's queue.
enum Step {
    /// Nothing: it is on its way, waits for a better time, or for a person.
    Wait,
    /// The server has it already.
    Done,
    /// Nothing, ever: its offer is to be deleted anyway.
    LetGo,
    Park(Problem),
    LookUp,
    Read,
    Send(Box<Call>),
}

impl Engine {
    pub(super) fn send_what_is_ready(&mut self) -> cache::Result<()> {
        // What is done now can free the next operation of the same offer, so look until nothing moves.
        loop {
            if self.busy_with_operations() >= AT_ONCE {
                return Ok(());
            }
            let Some(desk) = &self.desk else { return Ok(()) };
            let mut seen = HashSet::new();
            let heads = desk.outbox.iter().filter(|operation| seen.insert(operation.key));
            let heads: Vec<Operation> = heads.cloned().collect();
            let mut settled = false;
            for operation in heads {
                if self.busy_with_operations() >= AT_ONCE {
                    return Ok(());
                }
                match self.step(&operation) {
                    Step::Wait => {}
                    Step::Done => {
                        self.settled(&operation)?;
                        if let Action::RemovePhoto { .. } = operation.action {
                            self.photo_is_seen(operation.key, Some(None))?;
                        }
                        settled = true;
                    }
                    Step::LetGo => {
                        self.let_go_of(&operation)?;
                        settled = true;
                    }
                    Step::Park(problem) => self.park(operation, problem)?,
                    Step::LookUp => self.look_up(operation.id),
                    Step::Read => {
                        if let Some(id) = operation.key.id() {
                            self.call(Purpose::Read(id, Some(operation.id)), Call::Read(id));
                        }
                    }
                    Step::Send(call) => self.send(operation, *call)?,
                }
            }
            if !settled {
                return Ok(());
            }
        }
    }

    fn step(&self, operation: &Operation) -> Step {
        let Some(desk) = &self.desk else { return Step::Wait };
        let is_busy = self.calls.values().any(|call| match call.purpose {
            Purpose::Send(id) | Purpose::Read(_, Some(id)) => id == operation.id,
            _ => false,
        });
        if is_busy {
            return Step::Wait;
        }
        if self.is_pointless(operation) {
            return Step::LetGo;
        }
        if operation.delivery.parked.is_some() || operation.rest.until() > self.now.since_start {
            return Step::Wait;
        }
        let Some(id) = operation.key.id() else {
            return match &operation.action {
                Action::Create { .. } if operation.delivery.attempted => {
                    let may_arrive = operation.in_transit_until > self.now.since_start;
                    if may_arrive { Step::Wait } else { Step::LookUp }
                }
                Action::Create { fields, photo, .. } => {
                    Step::Send(Box::new(Call::Create(fields.clone(), photo.clone())))
                }
                _ => Step::Wait,
            };
        };
        let Some(offer) = desk.base.get(id) else {
            // Unknown is not gone before somebody has asked: the offers may have been lost with a damaged file.
            if desk.stale_since.is_some() {
                return Step::Read;
            }
            return match operation.action {
                Action::Delete { .. } => Step::Done,
                _ => Step::Park(deleted_elsewhere()),
            };
        };
        let waited = self.now.unix_millis().saturating_sub(operation.delivery.done_at);
        let is_checked = operation
            .checked
            .is_some_and(|read| self.now.since_start.saturating_sub(read) < CHECK_LIFETIME);
        let must_read = !is_checked
            && (operation.delivery.attempted
                || !(0..FRESH).contains(&waited)
                || !self.live.is_subscribed()
                || desk.stale_since.is_some()
                || desk.rereads.contains_key(&id));
        match &operation.action {
            // An attempt has left and its answer is missing, or was overtaken: only a read tells what became of it.
            Action::Update { .. } if must_read && operation.delivery.attempted => Step::Read,
            _ if operation.collides(&offer.fields) => Step::Wait,
            Action::Update { patch, .. } => {
                let merged = patch.merge(&offer.fields).patch;
                if must_read {
                    Step::Read
                } else if merged.is_empty() {
                    Step::Done
                } else if let Some(problem) = faulty_once_merged(&merged, &offer.fields) {
                    Step::Park(problem)
                } else {
                    Step::Send(Box::new(Call::Update(id, Box::new(merged))))
                }
            }
            Action::Delete { .. } if must_read => Step::Read,
            Action::Delete { seen, seen_photo }
                if **seen != offer.fields || is_another(seen_photo, &offer.photo_url) =>
            {
                Step::Park(changed_elsewhere())
            }
            Action::Delete { .. } => Step::Send(Box::new(Call::Delete(id))),
            Action::SetPhoto { .. } | Action::RemovePhoto { .. } if must_read => Step::Read,
            Action::RemovePhoto { .. } if offer.photo.is_none() && offer.photo_url.is_none() => Step::Done,
            // A photo that was put there may be the work of an earlier try, at an address that nobody has told. A try to remove one
            // leaves none: whatever else stands there is somebody else's.
            Action::SetPhoto { seen_photo, .. } | Action::RemovePhoto { seen_photo, .. }
                if (!operation.delivery.tried || matches!(operation.action, Action::RemovePhoto { .. }))
                    && is_another(seen_photo, &offer.photo_url) =>
            {
                Step::Park(photo_changed_elsewhere())
            }
            Action::SetPhoto { photo, .. } => Step::Send(Box::new(Call::Upload(id, photo.clone()))),
            Action::RemovePhoto { .. } => Step::Send(Box::new(Call::RemovePhoto(id))),
            // A create under a server's id does not exist.
            Action::Create { .. } => Step::Wait,
        }
    }

    /// Whether an edit cannot be sent, or a create need not be, since its offer is to be deleted after it anyway.
    fn is_pointless(&self, operation: &Operation) -> bool {
        let Some(desk) = &self.desk else { return false };
        let goes =
            |later: &Operation| later.id > operation.id && matches!(later.action, Action::Delete { .. });
        let id = operation.key.id();
        let base = id.and_then(|id| desk.base.get(id));
        let is_attempted = operation.delivery.attempted;
        let is_gone = id.is_some() && base.is_none() && desk.stale_since.is_none();
        let is_pointless = match operation.action {
            // What is certainly not there would be shown to everybody only to be deleted, or to stay if the line breaks before that.
            Action::Create { .. } => !is_attempted,
            Action::Delete { .. } => false,
            _ => {
                operation.delivery.parked.is_some()
                    || is_gone
                    || (!is_attempted && base.is_some_and(|offer| operation.collides(&offer.fields)))
            }
        };
        is_pointless && desk.of(operation.key).any(goes)
    }

    /// With a create goes what stands behind it: the offer never came to be.
    fn let_go_of(&mut self, operation: &Operation) -> cache::Result<()> {
        match operation.action {
            Action::Create { .. } => {
                self.drop_operations(operation.key)?;
                self.release_held()
            }
            _ => self.remove(operation.id),
        }
    }

    /// Writes down that a request leaves, and lets it leave after the commit.
    fn send(&mut self, mut operation: Operation, call: Call) -> cache::Result<()> {
        if let Action::Create { known_up_to, .. } = &mut operation.action {
            *known_up_to = self.desk.as_ref().and_then(|desk| desk.base.largest_id());
        }
        operation.delivery.attempted = true;
        operation.delivery.has_stood = false;
        operation.delivery.tried_before = operation.delivery.tried;
        operation.delivery.tried = true;
        operation.in_transit_until = self.now.since_start + IN_TRANSIT;
        operation.not_found = 0;
        operation.undecided = 0;
        operation.checked = None;
        let id = operation.id;
        if let Call::Update(offer, patch) = &call {
            self.race_begins(*offer, patch);
        }
        self.rewrite(operation)?;
        self.call(Purpose::Send(id), call);
        Ok(())
    }

    /// What this operation wanted is so on the server.
    fn settled(&mut self, operation: &Operation) -> cache::Result<()> {
        self.note_change(operation.key, ChangeStep::Sent, None);
        if let Some(id) = operation.key.id() {
            self.expect_on_page(id, operation);
        }
        self.remove(operation.id)
    }

    /// The answer to a write, or word that there is none.
    pub(super) fn sent(&mut self, id: cache::OperationId, left: Tick, answer: Answer) -> cache::Result<()> {
        let Some(operation) = self.desk.as_mut().and_then(|desk| desk.operation(id)).cloned() else {
            return Ok(());
        };
        match (answer, &operation.action) {
            (Answer::Offer(Ok(offer)), Action::Create { .. }) => self.created(&operation, *offer, left),
            (Answer::Offer(Ok(offer)), _) => self.written(operation, *offer, left),
            (Answer::Deleted(Ok(()) | Err(api::Error::Missing { .. })), _) => {
                self.settled(&operation)?;
                match operation.key.id() {
                    Some(offer) => self.gone(offer, Some(&operation.delivery.window)),
                    None => Ok(()),
                }
            }
            (Answer::Uploaded(Ok(url)), Action::SetPhoto { photo, .. }) => {
                let hash = photo.hash;
                self.uploaded(&operation, url, hash, left)
            }
            (Answer::Offer(Err(error)) | Answer::Deleted(Err(error)) | Answer::Uploaded(Err(error)), _) => {
                self.not_sent(operation, left, &error)
            }
            (other, _) => super::unexpected(&other),
        }
    }

    /// A create of ours is on the server, as `offer`.
    pub(super) fn created(&mut self, operation: &Operation, offer: Offer, left: Tick) -> cache::Result<()> {
        let (from, id) = (operation.key, offer.id);
        if let (
            Action::Create {
                photo: Some(photo), ..
            },
            Some(url),
        ) = (&operation.action, &offer.photo_url)
        {
            self.picture_is(url.clone(), photo.hash)?;
        }
        self.settled(operation)?;
        self.rename_draft(from, id.into())?;
        self.expect_on_page(id, operation);
        let Some(desk) = &mut self.desk else { return Ok(()) };
        // The answer tells how the offer began: what was heard of it meanwhile is newer.
        let about_it = desk.held.iter().position(|held| held.offer.id == id);
        let held = about_it.map(|index| desk.held.swap_remove(index));
        let is_missed = desk
            .base
            .is_missed(id, held.as_ref().map_or(left, |held| held.heard));
        let is_doubtful = held.as_ref().is_some_and(|held| held.is_doubtful);
        let heard = held.filter(|held| !held.is_gone && held.offer.fields != offer.fields);
        let has_changed = heard.is_some();
        let known = heard.map_or(offer, |held| held.offer);
        let verdict = desk.base.answer(known, left, self.tick);
        let to = OfferKey::from(id);
        let followers: Vec<Operation> = desk.of(from).cloned().collect();
        for mut follower in followers {
            follower.key = to;
            self.rewrite(follower)?;
        }
        self.photo_is_seen(to, self.standing_address(to))?;
        self.changes.push(ViewChange::Renamed { from, to });
        if let Some(desk) = &mut self.desk {
            // The windows show it under its new key from here on, also if it is gone before the turn ends.
            if let Some(shown) = desk.shown.remove(&from) {
                desk.shown.insert(to, shown);
            }
            desk.dirty.remove(&from);
            desk.touch(to, false);
        }
        self.learned(id, verdict, Some(&operation.delivery.window))?;
        if has_changed || is_missed || is_doubtful {
            self.read_again(id, true);
        }
        self.release_held()
    }

    /// An update or a removal of the photo is on the server, which answered with `offer`.
    fn written(&mut self, mut operation: Operation, offer: Offer, left: Tick) -> cache::Result<()> {
        let tick = self.tick;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let id = offer.id;
        let answered = offer.fields.clone();
        let verdict = desk.base.answer(offer, left, tick);
        if verdict == Verdict::ReadAgain {
            // An event overtook the answer. The operation stays until a read tells what stands there now, so that the view does
            // not fall back to the old state in between.
            operation.checked = None;
            operation.delivery.has_stood = true;
            self.rewrite(operation)?;
            return Ok(());
        }
        if let Action::Update { patch, .. } = &operation.action {
            self.rebase_followers(&operation, patch, &answered)?;
        }
        self.settled(&operation)?;
        if let Action::RemovePhoto { .. } = operation.action {
            self.photo_is_seen(operation.key, self.standing_address(operation.key))?;
        }
        self.learned(id, verdict, Some(&operation.delivery.window))
    }

    fn standing_address(&self, key: OfferKey) -> Option<Option<String>> {
        let offer = key.id().and_then(|id| self.desk.as_ref()?.base.get(id));
        Some(offer.and_then(|offer| offer.photo_url.clone()))
    }

    /// A photo of ours has come to stand there, or none: what was done here since was done in the knowledge of that. Outer `None`:
    /// nobody has told where it is.
    fn photo_is_seen(&mut self, key: OfferKey, ours: Option<Option<String>>) -> cache::Result<()> {
        let followers: Vec<Operation> = self.desk.iter().flat_map(|desk| desk.of(key)).cloned().collect();
        for mut follower in followers {
            if let Action::SetPhoto { seen_photo, .. }
            | Action::RemovePhoto { seen_photo, .. }
            | Action::Delete { seen_photo, .. } = &mut follower.action
            {
                seen_photo.clone_from(&ours);
                self.rewrite(follower)?;
            }
        }
        Ok(())
    }

    /// Later edits were made on top of what was wanted; the server may have stored it a little differently.
    fn rebase_followers(
        &mut self,
        operation: &Operation,
        written: &model::OfferPatch,
        answered: &model::OfferFields,
    ) -> cache::Result<()> {
        let followers: Vec<Operation> = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(operation.key))
            .filter(|follower| follower.id > operation.id)
            .cloned()
            .collect();
        for mut follower in followers {
            let Action::Update { patch, .. } = &mut follower.action else {
                continue;
            };
            let mut changed = false;
            for field in written.fields() {
                let wanted = written.values(field).map(|(_, after)| after);
                if patch
                    .values(field)
                    .is_some_and(|(before, _)| Some(&before) == wanted.as_ref())
                {
                    patch.rebase(field, answered);
                    changed = true;
                }
            }
            if changed {
                self.rewrite(follower)?;
            }
        }
        Ok(())
    }

    fn uploaded(
        &mut self,
        operation: &Operation,
        url: Option<String>,
        hash: cache::PhotoHash,
        left: Tick,
    ) -> cache::Result<()> {
        self.settled(operation)?;
        let Some(id) = operation.key.id() else {
            return Ok(());
        };
        // By the answer, not by what is known by now: if somebody has replaced ours since, that was not seen.
        self.photo_is_seen(operation.key, url.clone().map(Some))?;
        let tick = self.tick;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let Some(url) = url else {
            // The server does not say where the photo is now: the offer does.
            self.read_again(id, false);
            return Ok(());
        };
        // The operation is gone: until the read that tells what stands there now, the view must not fall back to the photo before.
        let is_overtaken = desk.base.is_newer(id, left);
        let verdict = desk.base.photo_uploaded(id, url.clone(), left, tick);
        self.picture_is(url, hash)?;
        self.learned(id, verdict, Some(&operation.delivery.window))?;
        if is_overtaken && verdict == Verdict::Applied {
            self.read_again(id, true);
        }
        Ok(())
    }

    fn not_sent(&mut self, mut operation: Operation, left: Tick, error: &api::Error) -> cache::Result<()> {
        tracing::warn!(operation = operation.id.0, %error, detail = ?error, "a change was not taken");
        if !error.may_be_done() {
            // What stands on the server is not this attempt's work: whatever is new there is somebody else's.
            operation.delivery.tried = operation.delivery.tried_before;
        }
        match error {
            api::Error::SignedOut { words } => {
                operation.delivery.attempted = false;
                self.rewrite(operation)?;
                self.expire(words);
                Ok(())
            }
            api::Error::Missing { .. } if operation.key.id().is_some() => {
                operation.delivery.attempted = false;
                let id = operation.key.id();
                self.rewrite(operation)?;
                let (Some(id), Some(desk)) = (id, &mut self.desk) else {
                    return Ok(());
                };
                match desk.base.missing(id, left, self.tick) {
                    Verdict::ReadAgain => {
                        self.read_again(id, true);
                        Ok(())
                    }
                    Verdict::Applied | Verdict::Known => self.found_missing(id, false),
                }
            }
            api::Error::Missing { .. } | api::Error::Refused { .. } => {
                operation.delivery.attempted = false;
                if !self.give_way_to_delete(&operation)? {
                    let problem = AppError::from(error).into();
                    self.park(operation, problem)?;
                }
                self.release_held()
            }
            api::Error::Unreachable { .. } | api::Error::Busy { .. } | api::Error::Unreadable { .. } => {
                let has_stumbled = matches!(operation.action, Action::SetPhoto { .. })
                    && matches!(error, api::Error::Busy { status: 500, .. });
                operation.stumbles = if has_stumbled { operation.stumbles + 1 } else { 0 };
                if operation.stumbles >= STUMBLES {
                    return self.park_photo(operation, error);
                }
                operation.delivery.attempted = error.may_be_done();
                operation.in_transit_until = self.now.since_start + IN_TRANSIT;
                let id = operation.id;
                self.rewrite(operation)?;
                self.claim_held(id)?;
                self.put_off(id, error)
            }
        }
    }

    /// A photo that the server fails at each time waits for its user, with the server's words. Sent for ever, it would hold up all
    /// that is done to its offer after it.
    fn park_photo(&mut self, mut photo: Operation, error: &api::Error) -> cache::Result<()> {
        // Another photo takes its place.
        photo.delivery.attempted = false;
        photo.stumbles = 0;
        let key = photo.key;
        // It may have arrived all the same, and nobody tells where.
        if self.give_way_to_delete(&photo)? {
            self.photo_is_seen(key, None)?;
        } else {
            self.park(photo, AppError::from(error).into())?;
        }
        if let Some(id) = key.id() {
            self.read_again(id, false);
        }
        Ok(())
    }

    /// A refused change of an offer that is to be deleted anyway needs nobody's decision. True when that was so.
    fn give_way_to_delete(&mut self, refused: &Operation) -> cache::Result<bool> {
        let delete = self
            .desk
            .iter()
            .flat_map(|desk| desk.of(refused.key))
            .find(|later| later.id > refused.id && matches!(later.action, Action::Delete { .. }));
        let Some(mut delete) = delete.cloned() else {
            return Ok(false);
        };
        if let Action::Create { .. } = refused.action {
            // It never came to be, so there is nothing to delete either.
            self.drop_operations(refused.key)?;
            return Ok(true);
        }
        if let (Action::Update { patch, .. }, Action::Delete { seen, .. }) =
            (&refused.action, &mut delete.action)
        {
            (**patch).clone().reversed().apply_to(seen);
            self.rewrite(delete)?;
        }
        self.remove(refused.id)?;
        Ok(true)
    }

    /// Tries an operation again later.
    pub(super) fn put_off(&mut self, id: cache::OperationId, error: &api::Error) -> cache::Result<()> {
        let now = self.now.since_start;
        let Some(mut operation) = self.desk.as_mut().and_then(|desk| desk.operation(id)).cloned() else {
            return Ok(());
        };
        operation.delivery.failures = operation.delivery.failures.saturating_add(1);
        operation.checked = None;
        let wait = backoff(operation.delivery.failures, &mut self.rng);
        operation.rest.put_off(now, wait, retry_after(error));
        let wait = operation.rest.until().saturating_sub(now);
        let title = self
            .desk
            .as_ref()
            .map(|desk| desk.title(operation.key))
            .unwrap_or_default();
        self.note(Activity::Retry {
            key: operation.key,
            title,
            in_millis: u32::try_from(wait.as_millis()).unwrap_or(u32::MAX),
            words: error.to_string(),
        });
        self.rewrite(operation)
    }

    pub(super) fn park(&mut self, mut operation: Operation, problem: Problem) -> cache::Result<()> {
        let (key, words) = (operation.key, problem.message.clone());
        operation.delivery.parked = Some(problem);
        self.rewrite(operation)?;
        // Only now does an offer whose deletion is parked show again, and has a title.
        let title = self.desk.as_ref().map(|desk| desk.title(key)).unwrap_or_default();
        self.note_change(key, ChangeStep::Parked, Some(words));
        self.notice(NoticeKind::Attention, title, Some(key), None, Vec::new());
        Ok(())
    }

    /// A deletion is known: deletes of ours are done, edits of ours wait for a decision. True when we had wanted it gone.
    pub(super) fn settle_deletion(&mut self, key: OfferKey) -> cache::Result<bool> {
        let operations: Vec<Operation> = self.desk.iter().flat_map(|desk| desk.of(key)).cloned().collect();
        let is_delete = |operation: &Operation| matches!(operation.action, Action::Delete { .. });
        let was_ours = operations.iter().any(is_delete);
        let sending = self.sending();
        // What is on its way would come back as an edit that nobody wants any more: the delete waits for its answer.
        if was_ours
            && operations
                .iter()
                .any(|operation| sending.contains(&operation.id) && !is_delete(operation))
        {
            return Ok(true);
        }
        for operation in operations {
            if was_ours && !sending.contains(&operation.id) {
                self.remove(operation.id)?;
            } else if !was_ours && operation.delivery.parked.is_none() && !sending.contains(&operation.id) {
                self.park(operation, deleted_elsewhere())?;
            }
        }
        Ok(was_ours)
    }

    /// A read or a write of this offer answered 404, and nothing newer contradicts it.
    pub(super) fn found_missing(&mut self, id: model::OfferId, is_news: bool) -> cache::Result<()> {
        let key = OfferKey::from(id);
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let title = desk.shown.get(&key).map(|offer| offer.fields.title.clone());
        self.cache.delete_base(desk.id, id)?;
        desk.races.remove(&id);
        desk.touch(key, true);
        if title.is_some()
            && let Some(offer) = self.last_version(id)?
        {
            let deleter = self.deleter_of(id);
            self.remember_deletion(&offer, deleter.as_deref())?;
        }
        let was_ours = self.settle_deletion(key)?;
        if let Some(title) = title.filter(|_| is_news && !was_ours) {
            self.notice(NoticeKind::Deleted, title, None, None, Vec::new());
        }
        Ok(())
    }

    pub(super) fn busy_with_operations(&self) -> usize {
        let is_one = |purpose: &Purpose| matches!(purpose, Purpose::Send(_) | Purpose::Read(_, Some(_)));
        self.calls.values().filter(|call| is_one(&call.purpose)).count()
    }
}

/// Whether a photo stands there that is known not to be the one that was seen.
fn is_another(seen_photo: &Option<Option<String>>, standing: &Option<String>) -> bool {
    seen_photo.as_ref().is_some_and(|seen| seen != standing)
}

/// Each of two dates was right when it was written, one here and one elsewhere: together they may not be, and the server would take
/// them.
fn faulty_once_merged(merged: &OfferPatch, standing: &OfferFields) -> Option<Problem> {
    let mut fields = standing.clone();
    merged.apply_to(&mut fields);
    let errors = validation::check_changed(&fields, &merged.fields());
    (!errors.is_empty()).then(|| AppError::invalid(errors).into())
}

fn deleted_elsewhere() -> Problem {
    let message =
        "Deleted elsewhere while you changed it. Try again to create it anew, or discard your changes.";
    AppError::new(ErrorCode::NotFound, message).into()
}

fn photo_changed_elsewhere() -> Problem {
    let message = "Somebody else has changed the photo meanwhile. Try again to use yours all the same, or discard to keep theirs.";
    AppError::new(ErrorCode::PhotoChanged, message).into()
}

fn changed_elsewhere() -> Problem {
    let message =
        "Changed elsewhere since you deleted it. Try again to delete it all the same, or discard to keep it.";
    AppError::new(ErrorCode::Changed, message).into()
}
