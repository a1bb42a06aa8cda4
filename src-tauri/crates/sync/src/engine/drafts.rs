//! What editors hold unsaved, kept with the account.
//!
//! Each editor keeps its own. What a window shows is told to no other; once its window has closed, or the run has ended, to whoever asks.

use cache::DraftRow;
use model::OfferKey;
use serde_json::Value;

use super::commands::signed_out;
use super::{Engine, Outcome};
use crate::draft::Draft;
use crate::effect::Reply;
use crate::problem::AppError;
use crate::view::ViewChange;

impl Engine {
    pub(super) fn save_draft(&mut self, mut draft: Draft, window: String) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(signed_out()));
        };
        draft.saved_at = self.now.unix_millis();
        self.cache.put_draft(desk.id, &row(&draft)?)?;
        self.drafts_on_screen.insert(draft.id, window);
        self.changes.push(ViewChange::Preview);
        Ok(Ok(Reply::Done))
    }

    pub(super) fn drop_draft(&mut self, id: &str) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Ok(Reply::Done));
        };
        self.cache.delete_draft(desk.id, id)?;
        self.drafts_on_screen.remove(id);
        self.changes.push(ViewChange::Preview);
        Ok(Ok(Reply::Done))
    }

    /// What was typed in it is on no screen any more.
    pub(super) fn window_closed(&mut self, window: &str) -> Result<Reply, AppError> {
        let before = self.drafts_on_screen.len();
        self.drafts_on_screen.retain(|_, on| on != window);
        if self.drafts_on_screen.len() < before {
            self.changes.push(ViewChange::Preview);
        }
        Ok(Reply::Done)
    }

    pub(super) fn drafts(&self) -> Outcome {
        let read = |row: DraftRow| {
            read(&row)
                .inspect_err(|error| tracing::error!(%error, key = row.key, "a draft cannot be read"))
                .ok()
        };
        let left = self.draft_rows(false)?.into_iter().filter_map(read);
        Ok(Ok(Reply::Drafts(left.collect())))
    }

    /// Of the signed-in account, newest first: those that a window shows, or the others.
    pub(super) fn draft_rows(&self, shown: bool) -> cache::Result<Vec<DraftRow>> {
        let mut rows = match &self.desk {
            Some(desk) => self.cache.drafts(desk.id)?,
            None => Vec::new(),
        };
        rows.retain(|row| self.drafts_on_screen.contains_key(&row.key) == shown);
        Ok(rows)
    }

    /// An offer has another key now: so has what is being typed about it.
    pub(super) fn rename_draft(&mut self, from: OfferKey, to: OfferKey) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        // One that cannot be read is told where it is asked for.
        for mut draft in self
            .cache
            .drafts(desk.id)?
            .iter()
            .filter_map(|row| read(row).ok())
        {
            if draft.key == Some(from) {
                draft.key = Some(to);
                self.cache.put_draft(desk.id, &row(&draft)?)?;
            }
        }
        Ok(())
    }
}

fn row(draft: &Draft) -> cache::Result<DraftRow> {
    Ok(DraftRow {
        key: draft.id.clone(),
        draft: serde_json::to_string(draft)?,
        saved_at: draft.saved_at,
    })
}

/// What the row holds, under the row's name: earlier versions wrote no id, and named a draft by its window and its offer.
pub(super) fn read(row: &DraftRow) -> serde_json::Result<Draft> {
    let mut draft: serde_json::Map<String, Value> = serde_json::from_str(&row.draft)?;
    draft.insert("id".to_owned(), row.key.clone().into());
    serde_json::from_value(draft.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_earlier_version_kept_is_read_under_its_rows_name() {
        let fields = json!({"title": "Spa", "short_description": "", "details_text": "", "details_html": "", "valid_from": null, "valid_to": null,
            "tag": "", "book_now_url": "", "sort_order": 0, "is_active": true});
        let draft = json!({"key": null, "base": fields, "fields": fields, "photo": null, "unreadable": {}, "savedAt": 1});
        let row = DraftRow {
            key: "console-1 new".to_owned(),
            draft: draft.to_string(),
            saved_at: 1,
        };
        let draft = read(&row).unwrap();
        assert_eq!(
            (draft.id, draft.fields.title),
            ("console-1 new".to_owned(), "Spa".to_owned())
        );
    }
}
