//! Everything that belongs to the signed-in account, and goes when it does.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use api::Token;
use cache::{Account, AccountId, Cache, OperationId, OperationRow, PictureRow};
use model::{Offer, OfferFields, OfferId, OfferKey};

use crate::action::{Action, Delivery};
use crate::backoff::Rest;
use crate::base::{Base, Tick};
use crate::clock::Moment;
use crate::effect::TokenName;
use crate::guests::Guests;
use crate::reading::ListReading;
use crate::view::{TokenKept, Upload, ViewOffer};

/// How long a request can be on its way to the server after its sender has lost sight of it: a proxy may hold it back. Looked up
/// earlier, a create could arrive after the look.
pub(super) const IN_TRANSIT: Duration = Duration::from_secs(15);

/// One row of the outbox, with what only this run knows of it.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) id: OperationId,
    pub(super) key: OfferKey,
    pub(super) action: Action,
    pub(super) delivery: Delivery,
    /// Not to be tried before.
    pub(super) rest: Rest,
    /// Until this time of the steady clock a request that has left may still reach the server, whatever became of its answer.
    pub(super) in_transit_until: Duration,
    /// Reads of the list in a row that did not find what this may have created.
    pub(super) not_found: u8,
    /// Reads of the list in a row that could not tell whether this was done.
    pub(super) undecided: u32,
    /// Answers in a row that say that the server itself has failed at this.
    pub(super) stumbles: u8,
    /// When the offer was last read for it, on the steady clock. What was read long ago says nothing.
    pub(super) checked: Option<Duration>,
}

impl Operation {
    pub(super) fn row(&self) -> cache::Result<OperationRow> {
        Ok(OperationRow {
            id: self.id,
            key: self.key,
            action: serde_json::to_string(&self.action)?,
            delivery: serde_json::to_string(&self.delivery)?,
        })
    }

    fn from_row(row: OperationRow, now: Duration) -> cache::Result<Self> {
        Ok(Self {
            id: row.id,
            key: row.key,
            action: serde_json::from_str(&row.action)?,
            delivery: serde_json::from_str(&row.delivery)?,
            rest: Rest::default(),
            // A request that left just before is given its time.
            in_transit_until: now + IN_TRANSIT,
            not_found: 0,
            undecided: 0,
            stumbles: 0,
            checked: None,
        })
    }

    /// How far an offer may be what an attempt of this create has made although no answer said so.
    pub(super) fn likeness(&self, offer: &Offer) -> Option<Likeness> {
        let Action::Create {
            fields,
            known_up_to,
            photo,
        } = &self.action
        else {
            return None;
        };
        let may_be = self.delivery.attempted && known_up_to.is_none_or(|known| offer.id > known);
        if !may_be {
            return None;
        }
        if **fields == offer.fields && (photo.is_none() || offer.photo_url.is_some()) {
            return Some(Likeness::Same);
        }
        let texts = |fields: &OfferFields| {
            [
                fields.title.clone(),
                fields.short_description.clone(),
                fields.details_text.clone(),
                fields.details_html.clone(),
            ]
        };
        let shares = texts(fields)
            .into_iter()
            .zip(texts(&offer.fields))
            .any(|(ours, theirs)| !ours.is_empty() && ours == theirs);
        shares.then_some(Likeness::Similar)
    }
}

/// See [`Operation::likeness`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It has all that was to be created.
    Same,
    /// It has one of the texts: somebody may have edited it since, or made one like it. Only a person can tell.
    Similar,
}

/// An offer that may be what a create of ours without an answer has made. Shown once that is settled.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) offer: Offer,
    /// The creates that it once had all of, whatever others have made of it since.
    pub(super) same_as: BTreeSet<OperationId>,
    /// When it was heard of last.
    pub(super) heard: Tick,
    /// When what it says here was learned.
    pub(super) learned: Tick,
    /// Something that may be older said something else: only a read tells.
    pub(super) is_doubtful: bool,
    /// Somebody has deleted it meanwhile.
    pub(super) is_gone: bool,
}

/// What a create of ours has made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) offer: Offer,
    /// When it was heard of last, where it was held; `None`: it is on the list.
    pub(super) heard: Option<Tick>,
    /// Somebody has deleted it meanwhile.
    pub(super) is_gone: bool,
}

/// An offer to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reread {
    /// Staff are told if it turns out to be new or gone.
    pub(super) is_news: bool,
    /// An answer to what left before this says nothing about why it is wanted.
    pub(super) asked: Tick,
    pub(super) failures: u32,
    /// On the steady clock. Of its own, so that offers that cannot be read leave the others their turn.
    pub(super) not_before: Duration,
}

/// A picture to fetch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub(super) not_before: Duration,
    pub(super) failures: u32,
    /// How often nothing was given out there.
    pub(super) misses: u32,
}

/// Why a user has to sign in again.
#[derive(Clone, Debug)]
pub(super) struct Expiry {
    pub(super) words: String,
    /// The server has ended the session; otherwise the sign-in was not kept on this computer, or cannot be used.
    pub(super) by_server: bool,
}

impl Expiry {
    pub(super) fn here(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            by_server: false,
        }
    }
}

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) id: AccountId,
    pub(super) account: Account,
    pub(super) demo: bool,
    pub(super) token: Option<Token>,
    pub(super) token_kept: TokenKept,
    /// Why the user has to sign in again.
    pub(super) expired: Option<Expiry>,
    pub(super) base: Base,
    /// Something may have been missed here: base is no ground to write on before a list read that began since.
    pub(super) stale_since: Option<Tick>,
    /// Waiting changes on the disk that this program cannot read.
    pub(super) unreadable: usize,
    pub(super) outbox: Vec<Operation>,
    pub(super) reading: ListReading,
    /// The list was read at least once in this run, so that what is new is news.
    pub(super) listed: bool,
    /// Something about the list that staff should know.
    pub(super) list_problem: Option<String>,
    /// Offers to read one by one.
    pub(super) rereads: BTreeMap<OfferId, Reread>,
    /// For all of them: what made one fail would meet the others, too.
    pub(super) rereads_rest: Rest,
    /// Creates whose answer never came, waiting for a list read that begins after this tick.
    pub(super) lookups: HashMap<OperationId, Tick>,
    /// Offers that may be what creates of ours have made.
    pub(super) held: Vec<Held>,
    pub(super) pictures: HashMap<String, PictureRow>,
    pub(super) wanted: BTreeMap<String, Wanted>,
    /// Addresses behind which another picture may stand by now, since word of it may have been missed.
    pub(super) doubted: BTreeSet<String>,
    /// When such addresses were last asked, on the steady clock.
    pub(super) doubts_settled: Option<Duration>,
    /// How far the photos are that are being sent.
    pub(super) uploads: BTreeMap<OperationId, Upload>,
    /// Writes of ours that others may have crossed.
    pub(super) races: BTreeMap<OfferId, super::races::Race>,
    /// What is known of the page that guests see.
    pub(super) guests: Guests,
    /// What the system's notifications have told.
    pub(super) told: super::alerts::Told,
    /// What the windows were told.
    pub(super) shown: HashMap<OfferKey, Arc<ViewOffer>>,
    /// What may look different now, and whether the cause lies elsewhere.
    pub(super) dirty: BTreeMap<OfferKey, bool>,
}

impl Desk {
    pub(super) fn load(
        cache: &Cache,
        id: AccountId,
        account: Account,
        demo: bool,
        tick: Tick,
        now: Duration,
    ) -> cache::Result<Self> {
        // One that cannot be read stays where it is, for a program that can, and must not keep this one shut.
        let read = |row: OperationRow| {
            let place = row.id;
            let operation = Operation::from_row(row, now);
            let tell = |error: &cache::Error| tracing::error!(%error, place = place.0, "a waiting change cannot be read");
            operation.inspect_err(tell).ok()
        };
        let rows = cache.operations(id)?;
        let count = rows.len();
        let outbox: Vec<Operation> = rows.into_iter().filter_map(read).collect();
        let mut desk = Self {
            unreadable: count - outbox.len(),
            id,
            account,
            demo,
            token: None,
            token_kept: TokenKept::Keyring,
            expired: None,
            base: Base::load(cache.base(id)?, tick),
            stale_since: Some(tick),
            outbox,
            reading: ListReading::default(),
            listed: false,
            list_problem: None,
            rereads: BTreeMap::new(),
            rereads_rest: Rest::default(),
            lookups: HashMap::new(),
            held: Vec::new(),
            pictures: cache
                .pictures(id)?
                .into_iter()
                .map(|picture| (picture.url.clone(), picture))
                .collect(),
            wanted: BTreeMap::new(),
            doubted: BTreeSet::new(),
            doubts_settled: None,
            uploads: BTreeMap::new(),
            races: BTreeMap::new(),
            guests: Guests::default(),
            told: super::alerts::Told::load(cache, id)?,
            shown: HashMap::new(),
            dirty: BTreeMap::new(),
        };
        desk.forget_old_pictures(cache)?;
        let unknown = |url: &&String| !desk.pictures.contains_key(*url);
        let urls = desk
            .base
            .iter()
            .filter_map(|offer| offer.photo_url.as_ref())
            .filter(unknown);
        desk.wanted = urls.map(|url| (url.clone(), Wanted::default())).collect();
        desk.doubt_pictures();
        desk.touch_all();
        Ok(desk)
    }

    /// Something may have been said at this tick that was not heard.
    pub(super) fn has_missed(&mut self, tick: Tick) {
        self.stale_since = Some(tick);
        self.doubt_pictures();
    }

    /// Any picture may have changed behind its address.
    pub(super) fn doubt_pictures(&mut self) {
        let shown = self.base.iter().filter_map(|offer| offer.photo_url.clone());
        self.doubted.extend(shown);
    }

    /// Nobody asks for the picture of an offer that is gone, or shows another by now; versions keep their own.
    pub(super) fn forget_old_pictures(&mut self, cache: &Cache) -> cache::Result<()> {
        let shown: BTreeSet<&String> = self
            .base
            .iter()
            .filter_map(|offer| offer.photo_url.as_ref())
            .collect();
        let is_old = |url: &&String| !shown.contains(url) && !self.guests.shows(url);
        let old: Vec<String> = self.pictures.keys().filter(is_old).cloned().collect();
        for url in old {
            cache.delete_picture(self.id, &url)?;
            self.pictures.remove(&url);
        }
        Ok(())
    }

    /// Says that an offer may look different.
    pub(super) fn touch(&mut self, key: impl Into<OfferKey>, remote: bool) {
        *self.dirty.entry(key.into()).or_insert(remote) &= remote;
    }

    pub(super) fn touch_all(&mut self) {
        let keys: BTreeSet<OfferKey> = self.keys().collect();
        for key in keys {
            self.touch(key, false);
        }
    }

    /// Every offer there is something to show of.
    pub(super) fn keys(&self) -> impl Iterator<Item = OfferKey> {
        let known = self.base.iter().map(|offer| OfferKey::from(offer.id));
        known.chain(self.outbox.iter().map(|operation| operation.key))
    }

    /// What waits for one offer, in order.
    pub(super) fn of(&self, key: OfferKey) -> impl DoubleEndedIterator<Item = &Operation> {
        self.outbox.iter().filter(move |operation| operation.key == key)
    }

    pub(super) fn operation(&mut self, id: OperationId) -> Option<&mut Operation> {
        self.outbox.iter_mut().find(|operation| operation.id == id)
    }

    /// The offer as its editor shows it: the server's fields with everything done here on top.
    pub(super) fn fields(&self, key: OfferKey) -> Option<OfferFields> {
        let mut fields = key
            .id()
            .and_then(|id| self.base.get(id))
            .map(|offer| offer.fields.clone());
        for operation in self.of(key) {
            match &operation.action {
                Action::Create { fields: created, .. } => fields = Some((**created).clone()),
                Action::Update { patch, seen } => {
                    patch.apply_to(fields.get_or_insert_with(|| (**seen).clone()))
                }
                Action::SetPhoto { seen, .. } | Action::RemovePhoto { seen, .. } => {
                    fields.get_or_insert_with(|| (**seen).clone());
                }
                Action::Delete { seen, .. } if operation.delivery.parked.is_some() => {
                    fields.get_or_insert_with(|| (**seen).clone());
                }
                Action::Delete { .. } => fields = None,
            }
        }
        fields
    }

    /// What an offer is called, also when it has just gone.
    pub(super) fn title(&self, key: OfferKey) -> String {
        let shown = || self.shown.get(&key).map(|offer| offer.fields.title.clone());
        let fields = self.fields(key).map(|fields| fields.title);
        fields.or_else(shown).unwrap_or_default()
    }

    /// The line is back: what we chose to wait with need not wait any longer.
    pub(super) fn hurry(&mut self, now: Duration) {
        self.rereads_rest.hurry(now);
        for reread in self.rereads.values_mut() {
            reread.not_before = reread.not_before.min(now);
        }
        for operation in &mut self.outbox {
            operation.rest.hurry(now);
        }
    }

    /// A user says that the server need not be spared any longer, or has signed in.
    pub(super) fn insist(&mut self, now: Moment) {
        self.reading.insist(now);
        self.rereads_rest.insist();
        for operation in &mut self.outbox {
            operation.rest.insist();
        }
    }

    /// The steady clock stood still for so long.
    pub(super) fn slept(&mut self, time: Duration) {
        self.reading.slept(time);
        self.rereads_rest.slept(time);
        for operation in &mut self.outbox {
            operation.rest.slept(time);
        }
    }

    /// How this account's token is named in the keyring.
    pub(super) fn token_name(&self) -> TokenName {
        TokenName {
            api_url: self.account.api_url.clone(),
            username: self.account.username.clone(),
        }
    }

    /// Whether this offer, unknown so far, may be what a create of ours without an answer has made.
    pub(super) fn may_be_ours(&self, offer: &Offer) -> bool {
        self.base.get(offer.id).is_none()
            && self
                .outbox
                .iter()
                .any(|operation| operation.likeness(offer).is_some())
    }

    /// Keeps an offer that may be ours aside until the create is settled. `left`: when what told of it was asked for; `None`: its
    /// creation's event, and what is held is no older.
    pub(super) fn hold(&mut self, offer: Offer, left: Option<Tick>, heard: Tick, now: Tick) {
        let is_same = |operation: &&Operation| operation.likeness(&offer) == Some(Likeness::Same);
        let same = self.outbox.iter().filter(is_same);
        let same_as = same.map(|operation| operation.id).collect();
        let is_gone = left.is_some_and(|left| self.base.was_deleted_after(offer.id, left));
        let before = self.held.iter().position(|held| held.offer.id == offer.id);
        let mut held = Held {
            offer,
            same_as,
            heard,
            learned: now,
            is_doubtful: false,
            is_gone,
        };
        if let Some(before) = before.map(|index| self.held.swap_remove(index)) {
            held.same_as.extend(before.same_as);
            held.is_gone |= left.is_none() && before.is_gone;
            if left.is_none_or(|left| before.learned > left) {
                held.is_doubtful = before.is_doubtful || before.offer != held.offer;
                held.offer = before.offer;
                held.learned = before.learned;
            }
        }
        self.held.push(held);
    }

    /// What this create has made, among these and those that are held. `sending`: requests on their way, whose answers will name
    /// their offers themselves.
    pub(super) fn made_by(
        &self,
        operation: &Operation,
        offers: &[Offer],
        sending: &[OperationId],
    ) -> Option<Made> {
        let listed = offers.iter().map(|offer| (offer, None));
        let held = self.held.iter().map(|held| (&held.offer, Some(held)));
        let mut candidates: Vec<(&Offer, Option<&Held>)> = listed.chain(held).collect();
        candidates.retain(|(offer, _)| {
            self.base.get(offer.id).is_none() && !self.is_same_for_another(operation, offer, sending)
        });
        let was_same = |id| {
            let held = self.held.iter().find(|held| held.offer.id == id);
            held.is_some_and(|held| held.same_as.contains(&operation.id))
        };
        let is_same =
            |(offer, _): &&(&Offer, Option<&Held>)| operation.likeness(offer) == Some(Likeness::Same);
        let is_edited =
            |(offer, _): &&(&Offer, Option<&Held>)| operation.likeness(offer).is_some() && was_same(offer.id);
        let same = candidates.iter().find(is_same);
        let made = same.or_else(|| candidates.iter().find(is_edited));
        made.map(|(offer, held)| Made {
            offer: (*offer).clone(),
            heard: held.map(|held| held.heard),
            is_gone: held.is_some_and(|held| held.is_gone),
        })
    }

    /// Whether this offer has all that another of these creates wanted.
    fn is_same_for_another(&self, operation: &Operation, offer: &Offer, among: &[OperationId]) -> bool {
        self.outbox.iter().any(|other| {
            other.id != operation.id
                && among.contains(&other.id)
                && other.likeness(offer) == Some(Likeness::Same)
        })
    }

    /// The title of one among these offers that may be what this create has made, and may be not.
    pub(super) fn similar(&self, operation: &Operation, offers: &[Offer]) -> Option<String> {
        let others: Vec<OperationId> = self.outbox.iter().map(|other| other.id).collect();
        let is_similar = |offer: &&Offer| {
            self.base.get(offer.id).is_none()
                && operation.likeness(offer).is_some()
                && !self.is_same_for_another(operation, offer, &others)
        };
        offers
            .iter()
            .find(is_similar)
            .map(|offer| offer.fields.title.clone())
    }

    /// The next time at which something is to be done that no event will announce. What is due by now was looked at in this turn;
    /// what still holds it up ends with an event.
    pub(super) fn next_deadline(&self, may_call: bool, now: Duration) -> Option<Duration> {
        if !may_call {
            return None;
        }
        let tries = self
            .outbox
            .iter()
            .filter(|operation| operation.delivery.parked.is_none());
        let tries = tries.map(|operation| {
            let is_unanswered =
                matches!(operation.action, Action::Create { .. }) && operation.delivery.attempted;
            let transit = operation.in_transit_until;
            operation
                .rest
                .until()
                .max(if is_unanswered { transit } else { Duration::ZERO })
        });
        let rest = self.rereads_rest.until();
        let rereads = self.rereads.values().map(|reread| reread.not_before.max(rest));
        let pictures = self.wanted.values().map(|wanted| wanted.not_before);
        let all = tries.chain(rereads).chain(pictures).chain(self.reading.next());
        all.filter(|time| *time > now && *time < Duration::MAX).min()
    }
}
