//! Looking at the page that guests see: when there is a reason to, after everything else, and never instead of it.
//!
//! [`crate::guests`] decides; here is what it is told, and what becomes of what it finds.

use std::collections::BTreeMap;
use std::time::Duration;

use api::{PUBLIC_FIELDS, PublicPage};
use model::{Field, OfferId, OfferKey};

use super::desk::Operation;
use super::reads::retry_after;
use super::{Engine, Purpose};
use crate::action::Action;
use crate::activity::{Activity, ChangeStep};
use crate::base::Tick;
use crate::effect::Call;
use crate::guests::Wish;
use crate::view::{NoticeKind, ViewChange};

impl Engine {
    /// The server took this operation. Worth a look if guests can see it.
    pub(super) fn expect_on_page(&mut self, id: OfferId, operation: &Operation) {
        let (now, since) = (self.now.since_start, self.tick);
        let Some(desk) = &mut self.desk else { return };
        let is_active = desk.base.get(id).is_some_and(|offer| offer.fields.is_active);
        let seen = match &operation.action {
            Action::Create { fields, .. } => fields,
            Action::Update { seen, .. }
            | Action::SetPhoto { seen, .. }
            | Action::RemovePhoto { seen, .. }
            | Action::Delete { seen, .. } => seen,
        };
        let standing = desk.fields(id.into());
        let mut wish = Wish {
            title: standing.map_or_else(|| seen.title.clone(), |fields| fields.title),
            is_deletion: false,
            before: BTreeMap::new(),
            photo_before: None,
            moved: false,
            since,
            looks: 0,
        };
        let concerns_guests = match &operation.action {
            Action::Create { fields, .. } => fields.is_active,
            Action::Update { patch, .. } => {
                let changed = patch.fields();
                wish.moved = changed.contains(&Field::SortOrder);
                wish.before = PUBLIC_FIELDS
                    .into_iter()
                    .filter_map(|field| Some((field, patch.values(field)?.0)))
                    .collect();
                let is_seen = is_active && (wish.moved || !wish.before.is_empty());
                is_seen || changed.contains(&Field::IsActive)
            }
            Action::SetPhoto { seen_photo, .. } | Action::RemovePhoto { seen_photo, .. } => {
                wish.photo_before.clone_from(seen_photo);
                is_active
            }
            Action::Delete { seen, .. } => {
                wish.is_deletion = true;
                // A hidden one, too, as long as guests may not have lost sight of it.
                seen.is_active || desk.guests.is_open(id)
            }
        };
        if concerns_guests {
            desk.guests.expect(id, wish, now);
            desk.touch(id, false);
        }
    }

    /// Reads the public page if that is due and nothing more important is on its way.
    pub(super) fn look_at_page(&mut self) {
        let now = self.now.since_start;
        let Some(due) = self.next_look() else { return };
        if due > now {
            return;
        }
        if let Some(desk) = &mut self.desk {
            desk.guests.begun();
        }
        self.call(Purpose::PublicPage, Call::PublicPage);
    }

    /// When the public page is to be read, unless something else has to happen first.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let is_looking = || {
            let looks = |purpose: &Purpose| matches!(purpose, Purpose::PublicPage);
            self.calls.values().any(|call| looks(&call.purpose))
        };
        if !self.may_call() || self.unreachable {
            return None;
        }
        let guests = &self.desk.as_ref()?.guests;
        let due = guests.due()?;
        let waits = self.busy_with_operations() > 0 && !guests.is_overdue(self.now.since_start);
        (!waits && !is_looking()).then_some(due)
    }

    pub(super) fn looked_at_page(
        &mut self,
        left: Tick,
        answer: Result<Box<PublicPage>, api::Error>,
    ) -> cache::Result<()> {
        let now = self.now;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let concerned = desk.guests.offers();
        let findings = match answer {
            Ok(page) => {
                let in_step = desk.stale_since.is_none() && !desk.base.is_any_newer(left);
                let (steady, wall) = (now.since_start, now.unix_millis());
                let findings = desk.guests.looked(&page, &desk.base, left, in_step, steady, wall);
                self.meet_hotel(&page);
                findings
            }
            Err(error) => {
                tracing::info!(%error, "the public page could not be read");
                let is_passing = matches!(
                    error,
                    api::Error::Unreachable { .. } | api::Error::Busy { .. } | api::Error::Unreadable { .. }
                );
                desk.guests
                    .failed(now.since_start, !is_passing, retry_after(&error));
                Vec::new()
            }
        };
        if let Some(desk) = &mut self.desk {
            for id in concerned {
                desk.touch(id, false);
            }
        }
        for finding in findings {
            let key = OfferKey::from(finding.id);
            self.note(Activity::Change {
                key,
                title: finding.title.clone(),
                step: match (finding.is_shown, finding.seen) {
                    (true, true) => ChangeStep::Seen,
                    (true, false) => ChangeStep::Unseen,
                    (false, true) => ChangeStep::NoLongerSeen,
                    (false, false) => ChangeStep::StillSeen,
                },
                words: None,
            });
            if finding.is_deletion && !finding.seen {
                self.notice(NoticeKind::StillSeen, finding.title, None, None, Vec::new());
            }
        }
        Ok(())
    }

    fn meet_hotel(&mut self, page: &PublicPage) {
        let Some(desk) = &mut self.desk else { return };
        if !desk.guests.meet(&page.hotel) {
            return;
        }
        for url in [&page.hotel.hero_image_url, &page.hotel.logo_url] {
            if !url.is_empty() && !desk.pictures.contains_key(url) {
                desk.wanted.entry(url.clone()).or_default();
            }
        }
        self.changes.push(ViewChange::Preview);
    }
}
