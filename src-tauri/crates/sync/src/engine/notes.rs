//! The list of activities: gathered during a turn, kept with it, and told with it.

use cache::ActivityId;
use model::OfferKey;

use super::{Engine, Outcome};
use crate::activity::{Activity, ActivityEntry, ChangeStep};
use crate::effect::Reply;
use crate::view::ViewChange;

/// Events of one turn that are listed one by one.
const EVENTS_LISTED: usize = 20;
/// Entries told at once when somebody asks.
const PAGE: u32 = 200;

impl Engine {
    pub(super) fn note(&mut self, what: Activity) {
        self.notes.push(what);
    }

    pub(super) fn note_change(&mut self, key: OfferKey, step: ChangeStep, words: Option<String>) {
        let title = self.desk.as_ref().map(|desk| desk.title(key)).unwrap_or_default();
        self.note(Activity::Change {
            key,
            title,
            step,
            words,
        });
    }

    pub(super) fn note_event(&mut self, name: &str, offer: Option<i64>) {
        let listed = |note: &&Activity| matches!(note, Activity::Event { .. });
        if self.notes.iter().filter(listed).count() >= EVENTS_LISTED {
            match self.notes.last_mut() {
                Some(Activity::EventsSkipped { count }) => *count += 1,
                _ => self.note(Activity::EventsSkipped { count: 1 }),
            }
            return;
        }
        self.note(Activity::Event {
            name: name.to_owned(),
            offer,
        });
    }

    /// Keeps what was noted in this turn, and tells the windows.
    pub(super) fn publish_notes(&mut self) -> cache::Result<()> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let at = self.now.unix_millis();
        let notes = std::mem::take(&mut self.notes);
        let rows: Vec<(i64, String)> = notes
            .iter()
            .map(|what| Ok((at, serde_json::to_string(what)?)))
            .collect::<cache::Result<_>>()?;
        let account = self.desk.as_ref().map(|desk| desk.id);
        let ids = self.cache.push_activity(account, &rows)?;
        let entries = ids.into_iter().zip(notes);
        let entries = entries
            .map(|(id, what)| ActivityEntry { id: id.0, at, what })
            .collect();
        self.changes.push(ViewChange::Activity { entries });
        Ok(())
    }

    pub(super) fn activity(&self, before: Option<i64>) -> Outcome {
        let rows = self.cache.activity(
            self.desk.as_ref().map(|desk| desk.id),
            before.map(ActivityId),
            PAGE,
        )?;
        let read = |row: cache::ActivityRow| {
            // Written by another version of the program, perhaps: a list without it is better than none.
            let what = serde_json::from_str(&row.what).ok()?;
            Some(ActivityEntry {
                id: row.id.0,
                at: row.at,
                what,
            })
        };
        Ok(Ok(Reply::Activity(rows.into_iter().filter_map(read).collect())))
    }
}
