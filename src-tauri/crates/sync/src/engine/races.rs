//! The last gap: the server compares nothing, so a write of ours can land on what somebody else has just put there.
//!
//! A [`Race`] begins when a change of fields leaves. While it is on its way, and for a while after, every value of those fields that
//! was neither seen nor wanted here is noted. When ours is seen to follow it, the user is told what it has replaced: as soon as the
//! write is settled, and also if somebody has replaced ours by then.
//!
//! An event that says something else than what was written last, and is settled, may be older than that or newer: the offer is
//! read, and the race lasts until that read has told.
//!
//! A race outlasts a sign-out; what was heard in it is told to its own account once that is back.
//!
//! Absent: what no event ever told. Then nobody here can know it. And the end of the program, which forgets a race.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Change, Field, FieldValue, OfferId, OfferKey, OfferPatch};

use super::Engine;
use crate::action::Action;
use crate::activity::ChangeStep;
use crate::history::FieldChange;
use crate::view::NoticeKind;

/// Events may come this long after the answer to the write that caused them.
const LATE: Duration = Duration::from_secs(10);

/// A write, and what others did to the same fields meanwhile.
#[derive(Clone, Debug, Default)]
pub(super) struct Race {
    fields: BTreeMap<Field, Gap>,
    /// When the last of it is expected to have been heard of; `None`: the write is still on its way.
    until: Option<Duration>,
}

#[derive(Clone, Debug, Default)]
struct Gap {
    /// What this computer has written there, the last being what it wants, each with what it knew there before.
    written: Vec<Change<FieldValue>>,
    /// So many of these were heard of in events. What was known before them is no news until then, and news if it comes again.
    heard: usize,
    /// What somebody else has put there, by the events, which come in the order of what they tell.
    theirs: Option<FieldValue>,
    /// The same by an answer, which may be ahead of the events or behind them: only another answer tells what followed it.
    answered: Option<FieldValue>,
    /// What of theirs was followed by something of ours. It stays that way, whatever has followed since.
    replaced: Vec<FieldValue>,
}

impl Engine {
    /// A change of these fields leaves.
    pub(super) fn race_begins(&mut self, id: OfferId, patch: &OfferPatch) {
        let Some(desk) = &mut self.desk else { return };
        let race = desk.races.entry(id).or_default();
        race.until = None;
        for field in patch.fields() {
            if let Some((before, after)) = patch.values(field) {
                let gap = race.fields.entry(field).or_default();
                // What its author has seen meanwhile is replaced knowingly.
                gap.theirs.take_if(|theirs| *theirs == before);
                gap.answered.take_if(|theirs| *theirs == before);
                gap.written.push(Change { before, after });
            }
        }
    }

    /// An answer said how the offer is: has somebody else been there?
    pub(super) fn look_at_race(&mut self, id: OfferId) {
        let Some(desk) = &mut self.desk else { return };
        let (Some(race), Some(offer)) = (desk.races.get_mut(&id), desk.base.get(id)) else {
            return;
        };
        for (field, gap) in &mut race.fields {
            let value = offer.fields.get(*field);
            if gap.is_ours(&value) {
                let heard = gap.theirs.take();
                gap.replaced.extend(
                    gap.answered
                        .take()
                        .filter(|theirs| heard.as_ref() != Some(theirs)),
                );
                gap.replaced.extend(heard);
            } else if gap.is_news(&value) {
                gap.answered = Some(value);
            }
        }
    }

    /// An event said how the offer is.
    pub(super) fn race_heard_of(&mut self, id: OfferId) {
        let Some(desk) = &mut self.desk else { return };
        let (Some(race), Some(offer)) = (desk.races.get_mut(&id), desk.base.get(id)) else {
            return;
        };
        for (field, gap) in &mut race.fields {
            let value = offer.fields.get(*field);
            if let Some(at) = gap.written.iter().position(|write| write.after == value) {
                gap.replaced.extend(gap.theirs.take());
                gap.heard = gap.heard.max(at + 1);
            } else if gap.is_news(&value) {
                gap.answered.take_if(|theirs| *theirs == value);
                gap.theirs = Some(value);
            }
        }
    }

    /// Whether an event has just put something in the place of ours, which is settled: nobody can tell which of them came first.
    pub(super) fn may_be_older_than_ours(&self, id: OfferId) -> bool {
        let Some(desk) = &self.desk else { return false };
        let (Some(race), Some(offer)) = (desk.races.get(&id), desk.base.get(id)) else {
            return false;
        };
        let is_other = |(field, gap): (&Field, &Gap)| {
            let wanted = gap.written.last().map(|write| &write.after);
            wanted.is_some_and(|wanted| *wanted != offer.fields.get(*field))
        };
        race.until.is_some() && race.fields.iter().any(is_other)
    }

    /// At the end of a turn: what was replaced is told once the write is settled.
    pub(super) fn watch_races(&mut self) {
        let now = self.now.since_start;
        let Some(desk) = &mut self.desk else { return };
        let races = std::mem::take(&mut desk.races);
        for (id, mut race) in races {
            let Some(desk) = &mut self.desk else { return };
            let key = OfferKey::from(id);
            let is_on_its_way = desk.of(key).any(|operation| {
                operation.delivery.attempted && matches!(operation.action, Action::Update { .. })
            });
            if is_on_its_way {
                desk.races.insert(id, race);
                continue;
            }
            let until = *race.until.get_or_insert(now + LATE);
            let replaced = race.replaced();
            if until > now || desk.rereads.contains_key(&id) {
                desk.races.insert(id, race);
            }
            if !replaced.is_empty() {
                let title = desk.title(key);
                self.note_change(key, ChangeStep::Replaced, None);
                self.notice(NoticeKind::Replaced, title, Some(key), None, replaced);
            }
        }
    }
}

impl Gap {
    fn is_ours(&self, value: &FieldValue) -> bool {
        self.written.iter().any(|write| write.after == *value)
    }

    fn is_news(&self, value: &FieldValue) -> bool {
        self.written[self.heard..]
            .iter()
            .all(|write| write.before != *value)
    }
}

impl Race {
    /// What ours has taken the place of; each told once.
    fn replaced(&mut self) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        for (field, gap) in &mut self.fields {
            let Some(Change { after, .. }) = gap.written.last() else {
                continue;
            };
            changes.extend(gap.replaced.drain(..).map(|before| FieldChange {
                field: *field,
                before,
                after: after.clone(),
            }));
        }
        changes
    }
}
