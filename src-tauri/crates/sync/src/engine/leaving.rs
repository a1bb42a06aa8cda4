//! Signing out with changes that are not on the server: never without saying what becomes of them.

use super::{Engine, Outcome};
use crate::effect::{Reply, Ticket};
use crate::problem::{AppError, ErrorCode};
use crate::view::WaitingChanges;

impl Engine {
    /// `None` in the outcome: answered later, when everything has been sent.
    pub(super) fn leave_desk(
        &mut self,
        ticket: Ticket,
        waiting: Option<WaitingChanges>,
    ) -> cache::Result<Option<Result<Reply, AppError>>> {
        let count = self.desk.as_ref().map_or(0, |desk| desk.outbox.len());
        // In memory only: they could be neither sent nor dropped for good.
        if count > 0 && !self.cache.is_kept() && waiting != Some(WaitingChanges::Keep) {
            let words = self.storage.clone().unwrap_or_default();
            return Ok(Some(Err(AppError::new(ErrorCode::Storage, words))));
        }
        if waiting.is_none() && count > 0 {
            return Ok(Some(Err(still_waiting(count))));
        }
        self.end_leaving("Another sign-out took over.");
        match waiting {
            Some(WaitingChanges::SendFirst) if count > 0 => {
                self.leaving = Some(ticket);
                drop(self.retry_now());
                return Ok(None);
            }
            Some(WaitingChanges::Discard) => self.discard_everything()?,
            _ => {}
        }
        self.sign_out()?;
        Ok(Some(Ok(Reply::Done)))
    }

    pub(super) fn cancel_leaving(&mut self) -> Outcome {
        self.end_leaving("You are still signed in.");
        Ok(Ok(Reply::Done))
    }

    /// Signs out if that was waited for and nothing is left to send, or says that what is left needs a person.
    pub(super) fn leave_when_all_is_sent(&mut self) -> cache::Result<()> {
        let (Some(ticket), Some(desk)) = (self.leaving, &self.desk) else {
            return Ok(());
        };
        let sending = self.sending();
        let needs_a_person = |operation: &&super::desk::Operation| {
            let mut until_it = desk
                .of(operation.key)
                .filter(|earlier| earlier.id <= operation.id);
            until_it.any(|earlier| earlier.delivery.parked.is_some())
                || !desk.conflicts(operation.key, &sending).is_empty()
        };
        let stuck = desk.outbox.iter().filter(needs_a_person).count();
        if desk.outbox.is_empty() {
            self.leaving = None;
            self.sign_out()?;
            self.reply(ticket, Ok(Reply::Done));
        } else if stuck == desk.outbox.len() {
            let message = match stuck {
                1 => "One change needs your decision before it can be sent.".to_owned(),
                n => format!("{n} changes need your decision before they can be sent."),
            };
            self.end_leaving(&message);
        } else if desk.expired.is_some() {
            self.end_leaving("The server asks for a new sign-in before the changes can be sent.");
        }
        Ok(())
    }

    pub(super) fn end_leaving(&mut self, words: &str) {
        if let Some(ticket) = self.leaving.take() {
            self.reply(ticket, Err(AppError::new(ErrorCode::WaitingChanges, words)));
        }
    }

    fn discard_everything(&mut self) -> cache::Result<()> {
        let operations = self.desk.iter().flat_map(|desk| &desk.outbox);
        let ids: Vec<_> = operations.map(|operation| operation.id).collect();
        ids.into_iter().try_for_each(|id| self.remove(id))
    }
}

fn still_waiting(count: usize) -> AppError {
    let message = match count {
        1 => "One change is not at the hotel yet.".to_owned(),
        n => format!("{n} changes are not at the hotel yet."),
    };
    AppError::new(ErrorCode::WaitingChanges, message)
}
