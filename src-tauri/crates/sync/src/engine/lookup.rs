//! Creates whose answer never came: found again by what the list and the events show, or sent again once that is safe.
//!
//! The server has no idempotency key: sent twice, an offer is there twice. So a create without an answer is given the time it may
//! still be on its way, then looked for in complete reads of the list, and sent again only when those have missed it. An offer that
//! is only like it (somebody may have edited it since) is for a person to judge.

use std::collections::hash_map::Entry;

use api::Listing;

use super::Engine;
use super::desk::{Made, Operation};
use crate::action::Action;
use crate::backoff::backoff;
use crate::base::Tick;
use crate::problem::{AppError, ErrorCode, Problem};

/// Complete reads of the list in a row that have to miss what an unanswered create may have made. One alone can be deceived: while
/// its pages are read, an offer deleted and another created hide that a third has slipped from one page to the other.
const LOOKS: u8 = 2;

impl Engine {
    /// Wants a list read that begins from now on to tell whether a create of ours was done.
    pub(super) fn look_up(&mut self, id: cache::OperationId) {
        let (now, tick) = (self.now, self.tick);
        let Some(desk) = &mut self.desk else { return };
        // Asked for once: a read that begins from then on counts, however often the outbox is looked at meanwhile.
        if let Entry::Vacant(entry) = desk.lookups.entry(id) {
            entry.insert(tick);
            desk.reading.ask_now(now);
        }
    }

    /// A list read that began at `since` is here: creates without an answer are on it, or were never done.
    pub(super) fn claim_creations(&mut self, listing: &Listing, since: Tick) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let due: Vec<_> = desk
            .lookups
            .iter()
            .filter(|(_, asked)| **asked <= since)
            .map(|(id, _)| *id)
            .collect();
        let sending = self.sending();
        for id in due {
            let Some(desk) = &mut self.desk else { return Ok(()) };
            desk.lookups.remove(&id);
            let Some(mut operation) = desk.operation(id).cloned() else {
                continue;
            };
            if let Some(made) = desk.made_by(&operation, &listing.offers, &sending) {
                self.claim(&operation, made, since)?;
            } else if let Some(similar) = desk.similar(&operation, &listing.offers) {
                // Sent again, it might be there twice; taken for ours, somebody else's might be.
                operation.delivery.attempted = false;
                operation.delivery.in_doubt = true;
                // One that was deleted here since shows again: nobody could see the question otherwise.
                let was_deleted = self.take_back_unsent_delete(operation.key)?;
                self.park(operation, may_be_there(&similar, was_deleted))?;
            } else if proves_absence(listing, &operation) {
                operation.not_found += 1;
                operation.undecided = 0;
                operation.delivery.attempted = operation.not_found < LOOKS;
                self.rewrite(operation)?;
            } else {
                // Looked up again later, less and less often: what cannot be read may stay so.
                operation.not_found = 0;
                operation.undecided = operation.undecided.saturating_add(1);
                let wait = backoff(operation.undecided.saturating_add(3), &mut self.rng);
                operation.rest.put_off(self.now.since_start, wait, None);
                self.rewrite(operation)?;
            }
        }
        self.release_held()
    }

    /// An event may have shown what the lost answer would have said.
    pub(super) fn claim_held(&mut self, id: cache::OperationId) -> cache::Result<()> {
        let (tick, sending) = (self.tick, self.sending());
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let Some(operation) = desk.operation(id).cloned() else {
            return Ok(());
        };
        match desk.made_by(&operation, &[], &sending) {
            Some(made) => self.claim(&operation, made, tick),
            None => self.release_held(),
        }
    }

    /// Something was seen that may be what a create of ours has made: those whose answer is lost need not wait for a look-up.
    pub(super) fn claim_unanswered(&mut self) -> cache::Result<()> {
        let (tick, sending) = (self.tick, self.sending());
        let is_unanswered = |operation: &&Operation| {
            matches!(operation.action, Action::Create { .. })
                && operation.delivery.attempted
                && !sending.contains(&operation.id)
        };
        let operations = self
            .desk
            .iter()
            .flat_map(|desk| &desk.outbox)
            .filter(is_unanswered);
        let ids: Vec<_> = operations.map(|operation| operation.id).collect();
        for id in ids {
            let Some(desk) = &mut self.desk else { return Ok(()) };
            let Some(operation) = desk.operation(id).cloned() else {
                continue;
            };
            if let Some(made) = desk.made_by(&operation, &[], &sending) {
                self.claim(&operation, made, tick)?;
            }
        }
        Ok(())
    }

    /// This is what the create has made.
    fn claim(&mut self, operation: &Operation, made: Made, left: Tick) -> cache::Result<()> {
        let Made {
            offer,
            heard,
            is_gone,
        } = made;
        let id = offer.id;
        // What an event has told is no newer now that it is claimed.
        let left = heard.filter(|_| !is_gone).unwrap_or(left);
        self.created(operation, offer, left)?;
        if is_gone { self.gone(id, None) } else { Ok(()) }
    }
}

/// Whether the offer that this operation may have created would be on the list: the list was read whole, and whatever on it could
/// not be read is older.
fn proves_absence(listing: &Listing, operation: &Operation) -> bool {
    let Action::Create { known_up_to, .. } = &operation.action else {
        return false;
    };
    let is_older =
        |id: Option<model::OfferId>| id.is_some_and(|id| known_up_to.is_some_and(|known| id <= known));
    listing.complete && listing.malformed.iter().all(|malformed| is_older(malformed.id))
}

fn may_be_there(similar: &str, was_deleted: bool) -> Problem {
    let message = if was_deleted {
        format!(
            "You deleted this, and it may be at the hotel all the same, as \"{similar}\": the server never answered, and that offer is new \
             and like it. Delete that one too if it is this, and discard this one. Try again to create it."
        )
    } else {
        format!(
            "This may be at the hotel already, as \"{similar}\": the server never answered, and that offer is new and like it. Try again \
             to create another one, or discard this one."
        )
    };
    AppError::new(ErrorCode::Server, message).into()
}
