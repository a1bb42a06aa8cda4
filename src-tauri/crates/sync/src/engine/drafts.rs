//! What editors hold unsaved, kept with the account.

use cache::DraftRow;
use model::OfferKey;

use super::commands::signed_out;
use super::{Engine, Outcome};
use crate::draft::{Draft, name_of};
use crate::effect::Reply;

impl Engine {
    pub(super) fn save_draft(&self, mut draft: Draft) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        draft.saved_at = self.now.unix_millis();
        let row = DraftRow {
            key: name_of(draft.key),
            draft: serde_json::to_string(&draft)?,
            saved_at: draft.saved_at,
        };
        self.cache.put_draft(desk.id, &row)?;
        Ok(Ok(Reply::Done))
    }

    pub(super) fn drop_draft(&self, key: Option<OfferKey>) -> Outcome {
        if let Some(desk) = &self.desk {
            self.cache.delete_draft(desk.id, &name_of(key))?;
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
        Ok(Ok(Reply::Drafts(rows.into_iter().filter_map(read).collect())))
    }

    /// An offer has another key now: so has what is being typed about it.
    pub(super) fn rename_draft(&self, from: OfferKey, to: OfferKey) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let drafts = self.cache.drafts(desk.id)?;
        let Some(row) = drafts.into_iter().find(|row| row.key == from.to_string()) else {
            return Ok(());
        };
        self.cache.delete_draft(desk.id, &row.key)?;
        if let Ok(draft) = serde_json::from_str::<Draft>(&row.draft) {
            let draft = Draft {
                key: Some(to),
                ..draft
            };
            let row = DraftRow {
                key: to.to_string(),
                draft: serde_json::to_string(&draft)?,
                ..row
            };
            self.cache.put_draft(desk.id, &row)?;
        }
        Ok(())
    }
}
