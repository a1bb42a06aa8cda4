//! From state to what windows show: the outbox applied over base.

use std::sync::Arc;

use model::{Field, FieldValue, Offer, OfferKey, OfferPatch, Validity};

use super::desk::{Desk, Operation};
use super::{Engine, Purpose};
use crate::action::Action;
use crate::activity::{Activity, ChangeStep};
use crate::effect::Effect;
use crate::history::FieldChange;
use crate::view::{
    AccountView, Connection, ConnectionState, FieldConflict, Notice, NoticeBy, NoticeKind, Picture, Session,
    Snapshot, SyncState, Upload, ViewChange, ViewOffer,
};

impl Engine {
    /// Tells the windows what has changed since they were last told. What looks the same is not mentioned.
    pub(super) fn publish(&mut self) -> cache::Result<()> {
        self.gather_changes();
        self.alert()?;
        self.publish_notes()?;
        self.send_changes();
        Ok(())
    }

    /// What looks different now than the windows were last told.
    pub(super) fn gather_changes(&mut self) {
        let sending = self.sending();
        let today = self.today;
        let mut collided = Vec::new();
        if let Some(desk) = &mut self.desk {
            for (key, remote) in std::mem::take(&mut desk.dirty) {
                match desk.view(key, &sending, today) {
                    Some(offer) if desk.shown.get(&key).is_none_or(|shown| **shown != offer) => {
                        let is_conflict = |offer: &ViewOffer| offer.sync == SyncState::Conflict;
                        if is_conflict(&offer)
                            && !desk.shown.get(&key).is_some_and(|shown| is_conflict(shown))
                        {
                            collided.push((key, offer.fields.title.clone()));
                        }
                        let offer = Arc::new(offer);
                        desk.shown.insert(key, offer.clone());
                        self.changes.push(ViewChange::Offer { offer, remote });
                    }
                    Some(_) => {}
                    None => {
                        if desk.shown.remove(&key).is_some() {
                            self.changes.push(ViewChange::Removed { key });
                        }
                    }
                }
            }
        }
        let session = self.session_view();
        if self.shown_session.as_ref() != Some(&session) {
            self.shown_session = Some(session.clone());
            self.changes.push(ViewChange::Session { session });
        }
        let settings = self.settings();
        if self.shown_settings.as_ref() != Some(&settings) {
            self.shown_settings = Some(settings.clone());
            self.changes.push(ViewChange::Settings { settings });
        }
        if self.shown_today != Some(today) {
            self.shown_today = Some(today);
            self.changes.push(ViewChange::Today { today });
        }
        let connection = self.connection_view();
        if self.shown_connection.as_ref() != Some(&connection) {
            let is_new_state =
                self.shown_connection.as_ref().map(|shown| shown.state) != Some(connection.state);
            if is_new_state {
                self.note(Activity::Connection {
                    state: connection.state,
                    words: connection.message.clone(),
                });
            }
            self.shown_connection = Some(connection.clone());
            self.changes.push(ViewChange::Connection { connection });
        }
        for (key, title) in collided {
            self.note(Activity::Change {
                key,
                title,
                step: ChangeStep::Conflict,
                words: None,
            });
        }
    }

    pub(super) fn send_changes(&mut self) {
        if !self.changes.is_empty() {
            // Before the replies: by the time a command is answered, the windows have been told what it did.
            self.effects
                .insert(0, Effect::Publish(std::mem::take(&mut self.changes)));
        }
    }

    /// Everything a window shows.
    pub(super) fn snapshot(&self) -> Snapshot {
        let sending = self.sending();
        let keys: std::collections::BTreeSet<OfferKey> = self.desk.iter().flat_map(Desk::keys).collect();
        let view = |key| {
            self.desk
                .as_ref()
                .and_then(|desk| desk.view(key, &sending, self.today))
        };
        Snapshot {
            seq: 0,
            session: self.session_view(),
            connection: self.connection_view(),
            settings: self.settings(),
            today: self.today,
            offers: keys.into_iter().filter_map(view).collect(),
        }
    }

    /// Something to tell once. `key` is given when the offer can be shown.
    pub(super) fn notice(
        &mut self,
        kind: NoticeKind,
        title: String,
        key: Option<OfferKey>,
        origin: Option<String>,
        replaced: Vec<FieldChange>,
    ) {
        self.last_notice += 1;
        let by = if origin.is_some() {
            NoticeBy::AnotherWindow
        } else {
            NoticeBy::Elsewhere
        };
        let notice = Notice {
            id: self.last_notice,
            kind,
            title,
            key,
            by,
            origin,
            replaced,
        };
        self.changes.push(ViewChange::Notice { notice });
    }

    pub(super) fn session_view(&self) -> Session {
        let Some(desk) = &self.desk else {
            return Session::SignedOut;
        };
        let account = AccountView {
            username: desk.account.username.clone(),
            hotel_name: desk.account.hotel_name.clone(),
            hotel_slug: desk.account.hotel_slug.clone(),
            api_url: desk.account.api_url.clone(),
        };
        let demo = desk.demo;
        match &desk.expired {
            Some(expiry) => Session::Expired {
                account,
                demo,
                by_server: expiry.by_server,
                message: expiry.words.clone(),
            },
            None => Session::SignedIn {
                account,
                demo,
                token_kept: desk.token_kept,
            },
        }
    }

    pub(super) fn connection_view(&self) -> Connection {
        let Some(desk) = &self.desk else {
            return Connection {
                state: ConnectionState::SignedOut,
                retry_at: None,
                last_synced: None,
                waiting: 0,
                message: self.at_the_door.clone(),
                storage: self.storage.clone(),
            };
        };
        let state = if desk.expired.is_some() {
            ConnectionState::SignedOut
        } else if self.unreachable || self.live.is_down() {
            ConnectionState::Offline
        } else if self.live.is_subscribed() && desk.listed {
            ConnectionState::Live
        } else {
            ConnectionState::Connecting
        };
        let retry = match state {
            ConnectionState::Offline if self.unreachable => desk.reading.next(),
            ConnectionState::Offline => self.live.retry_at(),
            _ => None,
        };
        Connection {
            state,
            retry_at: retry.map(|time| self.now.unix_millis_at(time)),
            last_synced: desk.account.last_synced,
            waiting: u32::try_from(desk.outbox.len()).unwrap_or(u32::MAX),
            message: self
                .live
                .problem()
                .map(str::to_owned)
                .or_else(|| desk.list_problem.clone()),
            storage: self.storage.clone().or_else(|| unreadable(desk.unreadable)),
        }
    }

    /// The operations whose requests are on their way.
    pub(super) fn sending(&self) -> Vec<cache::OperationId> {
        let operation = |call: &super::InFlight| match call.purpose {
            Purpose::Send(id) => Some(id),
            _ => None,
        };
        self.calls.values().filter_map(operation).collect()
    }
}

impl Desk {
    fn view(&self, key: OfferKey, sending: &[cache::OperationId], today: model::Day) -> Option<ViewOffer> {
        let fields = self.fields(key)?;
        let base = key.id().and_then(|id| self.base.get(id));
        let conflicts = self.conflicts(key, sending);
        let problem = self
            .of(key)
            .find_map(|operation| operation.delivery.parked.clone());
        let sync = if !conflicts.is_empty() {
            SyncState::Conflict
        } else if problem.is_some() {
            SyncState::Parked
        } else if self.of(key).any(|operation| sending.contains(&operation.id)) {
            SyncState::Sending
        } else if self.of(key).next().is_some() {
            SyncState::Waiting
        } else {
            SyncState::Synced
        };
        Some(ViewOffer {
            key,
            id: key.id(),
            validity: Validity::of(&fields, today),
            fields,
            photo: self.photo(key),
            created_at: base.map(|offer| offer.created_at.to_string()),
            sync,
            problem,
            conflicts,
            upload: self.of(key).find_map(|operation| self.upload(operation)),
            // With something on its way, what guests see is about to change anyway.
            receipt: base
                .filter(|_| sync == SyncState::Synced)
                .and_then(|offer| self.guests.receipt(offer)),
        })
    }

    /// How far the photo of an operation is: at its beginning, while it waits to replace another.
    fn upload(&self, operation: &super::desk::Operation) -> Option<Upload> {
        let waiting = match &operation.action {
            Action::SetPhoto { photo, .. } => Some(Upload {
                sent: 0,
                total: photo.bytes.into(),
            }),
            _ => None,
        };
        self.uploads.get(&operation.id).copied().or(waiting)
    }

    /// The photo as it will be once everything done here is on the server.
    pub(super) fn photo(&self, key: OfferKey) -> Option<Picture> {
        let picture = |hash: String| Some(Picture { hash: Some(hash) });
        for operation in self.of(key).rev() {
            match &operation.action {
                Action::SetPhoto { photo, .. }
                | Action::Create {
                    photo: Some(photo), ..
                } => {
                    return picture(photo.hash.to_string());
                }
                Action::RemovePhoto { .. } => return None,
                _ => {}
            }
        }
        self.standing_photo(self.base.get(key.id()?)?)
    }

    /// The photo as the server has it.
    pub(super) fn standing_photo(&self, offer: &Offer) -> Option<Picture> {
        let url = offer.photo_url.as_ref()?;
        Some(Picture {
            hash: self.pictures.get(url).map(|picture| picture.hash.to_string()),
        })
    }

    /// The fields of an offer that were changed here and, differently, elsewhere.
    ///
    /// Each edit is held against what stood before it: the server's state with the earlier edits on top. A request on its way is
    /// not judged: its answer, or the read after it, will tell.
    pub(super) fn conflicts(&self, key: OfferKey, sending: &[cache::OperationId]) -> Vec<FieldConflict> {
        let base = key.id().and_then(|id| self.base.get(id));
        let Some(base) = base.filter(|_| self.of(key).next().is_some()) else {
            return Vec::new();
        };
        let mut standing = base.fields.clone();
        let mut conflicts: Vec<FieldConflict> = Vec::new();
        for operation in self.of(key) {
            let Action::Update { patch, .. } = &operation.action else {
                continue;
            };
            if sending.contains(&operation.id) {
                patch.apply_to(&mut standing);
                continue;
            }
            let merge = patch.merge(&standing);
            for field in merge.conflicts {
                conflicts.retain(|conflict| conflict.field != field);
                conflicts.push(conflict_of(field, patch, &standing));
            }
            // What collides has not come to stand: a later edit of the same field is held against what has.
            merge.patch.apply_to(&mut standing);
        }
        conflicts
    }
}

fn unreadable(count: usize) -> Option<String> {
    let words = match count {
        0 => return None,
        1 => "One waiting change on this computer cannot be read by this version of the program. It is kept, and not sent.".to_owned(),
        n => format!("{n} waiting changes on this computer cannot be read by this version of the program. They are kept, and not sent."),
    };
    Some(words)
}

fn conflict_of(field: Field, patch: &OfferPatch, standing: &model::OfferFields) -> FieldConflict {
    let (base, mine) = patch
        .values(field)
        .unwrap_or((FieldValue::Nothing(()), FieldValue::Nothing(())));
    FieldConflict {
        field,
        base,
        mine,
        theirs: standing.get(field),
    }
}

impl Operation {
    /// Whether these fields are as this change wants them.
    pub(super) fn stands_in(&self, standing: &model::OfferFields) -> bool {
        let Action::Update { patch, .. } = &self.action else {
            return false;
        };
        let merge = patch.merge(standing);
        merge.patch.is_empty() && merge.conflicts.is_empty()
    }

    /// Whether something has to be decided before this can be sent.
    pub(super) fn collides(&self, standing: &model::OfferFields) -> bool {
        match &self.action {
            Action::Update { patch, .. } => !patch.merge(standing).conflicts.is_empty(),
            _ => false,
        }
    }
}
