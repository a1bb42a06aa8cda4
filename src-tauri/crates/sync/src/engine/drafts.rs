//! What editors hold unsaved, kept with the account.
//!
//! Each window keeps its own; what a run has kept is told to the next one only, since in this one it is still on a screen.

use cache::DraftRow;
use model::OfferKey;

use super::commands::signed_out;
use super::{Engine, Outcome};
use crate::draft::{Draft, name_of};
use crate::effect::Reply;
use crate::view::ViewChange;

impl Engine {
    pub(super) fn save_draft(&mut self, mut draft: Draft, window: &str) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        draft.saved_at = self.now.unix_millis();
        let row = DraftRow {
            key: name_of(window, draft.key),
            draft: serde_json::to_string(&draft)?,
            saved_at: draft.saved_at,
        };
        self.cache.put_draft(desk.id, &row)?;
        self.drafts_on_screen.insert(row.key);
        self.changes.push(ViewChange::Preview);
        Ok(Ok(Reply::Done))
    }

    pub(super) fn drop_draft(&mut self, key: Option<OfferKey>, window: &str) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Ok(Reply::Done));
        };
        let own = name_of(window, key);
        self.drafts_on_screen.remove(&own);
        let is_same_offer =
            |name: &str| name.split_once(' ').map(|(_, key)| key) == own.split_once(' ').map(|(_, key)| key);
        for row in self.cache.drafts(desk.id)? {
            if is_same_offer(&row.key) && !self.drafts_on_screen.contains(&row.key) {
                self.cache.delete_draft(desk.id, &row.key)?;
                self.changes.push(ViewChange::Preview);
            }
        }
        Ok(Ok(Reply::Done))
    }

    pub(super) fn drafts(&self) -> Outcome {
        let rows = match &self.desk {
            Some(desk) => self.cache.drafts(desk.id)?,
            None => Vec::new(),
        };
        let read = |row: DraftRow| match serde_json::from_str(&row.draft) {
            Ok(draft) => Some(draft),
            Err(error) => {
                tracing::error!(%error, key = row.key, "a draft cannot be read");
                None
            }
        };
        let of_earlier_runs = rows
            .into_iter()
            .filter(|row| !self.drafts_on_screen.contains(&row.key));
        Ok(Ok(Reply::Drafts(of_earlier_runs.filter_map(read).collect())))
    }

    /// An offer has another key now: so has what is being typed about it.
    pub(super) fn rename_draft(&mut self, from: OfferKey, to: OfferKey) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        for row in self.cache.drafts(desk.id)? {
            let Some((window, key)) = row.key.split_once(' ') else {
                continue;
            };
            if key != from.to_string() {
                continue;
            }
            self.cache.delete_draft(desk.id, &row.key)?;
            let name = name_of(window, Some(to));
            if self.drafts_on_screen.remove(&row.key) {
                self.drafts_on_screen.insert(name.clone());
            }
            if let Ok(draft) = serde_json::from_str::<Draft>(&row.draft) {
                let draft = Draft {
                    key: Some(to),
                    ..draft
                };
                let row = DraftRow {
                    key: name,
                    draft: serde_json::to_string(&draft)?,
                    saved_at: row.saved_at,
                };
                self.cache.put_draft(desk.id, &row)?;
            }
        }
        Ok(())
    }
}
