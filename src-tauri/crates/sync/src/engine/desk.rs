//! Everything that belongs to the signed-in account, and goes when it does.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use api::Token;
use cache::{Account, AccountId, Cache, OperationId, OperationRow, PictureRow};
use model::{Offer, OfferFields, OfferId, OfferKey};

use crate::action::{Action, Delivery};
use crate::base::{Base, Tick};
use crate::effect::TokenName;
use crate::reading::ListReading;
use crate::view::{TokenKept, ViewOffer};

/// One row of the outbox, with what only this run knows of it.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) id: OperationId,
    pub(super) key: OfferKey,
    pub(super) action: Action,
    pub(super) delivery: Delivery,
    /// Not to be tried before this time of the steady clock.
    pub(super) not_before: Duration,
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

    fn from_row(row: OperationRow) -> cache::Result<Self> {
        Ok(Self {
            id: row.id,
            key: row.key,
            action: serde_json::from_str(&row.action)?,
            delivery: serde_json::from_str(&row.delivery)?,
            not_before: Duration::ZERO,
            checked: None,
        })
    }

    /// Whether this creates an offer with these fields, and may have done so already as an offer with this id.
    pub(super) fn may_have_created(&self, offer: &Offer) -> bool {
        match &self.action {
            Action::Create {
                fields,
                known_up_to,
                photo,
            } => {
                self.delivery.attempted
                    && known_up_to.is_none_or(|known| offer.id > known)
                    && **fields == offer.fields
                    && (photo.is_none() || offer.photo_url.is_some())
            }
            _ => false,
        }
    }
}

/// A picture to fetch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub(super) not_before: Duration,
    pub(super) failures: u32,
}

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) id: AccountId,
    pub(super) account: Account,
    pub(super) demo: bool,
    pub(super) token: Option<Token>,
    pub(super) token_kept: TokenKept,
    /// Why the server, or the keyring, makes the user sign in again.
    pub(super) expired: Option<String>,
    pub(super) base: Base,
    pub(super) outbox: Vec<Operation>,
    pub(super) reading: ListReading,
    /// The list was read at least once in this run, so that what is new is news.
    pub(super) listed: bool,
    /// Something about the list that staff should know.
    pub(super) list_problem: Option<String>,
    /// Offers to read one by one, and whether their absence or arrival is news.
    pub(super) rereads: BTreeMap<OfferId, bool>,
    pub(super) rereads_not_before: Duration,
    /// Creates whose answer never came, waiting for a list read that begins after this tick.
    pub(super) lookups: HashMap<OperationId, Tick>,
    /// `offer-created` events that may be echoes of creates of ours.
    pub(super) held: Vec<Offer>,
    pub(super) pictures: HashMap<String, PictureRow>,
    pub(super) wanted: BTreeMap<String, Wanted>,
    /// What the windows were told.
    pub(super) shown: HashMap<OfferKey, ViewOffer>,
    /// What may look different now, and whether the cause lies elsewhere.
    pub(super) dirty: BTreeMap<OfferKey, bool>,
}

impl Desk {
    pub(super) fn load(
        cache: &Cache,
        id: AccountId,
        account: Account,
        demo: bool,
        now: Tick,
    ) -> cache::Result<Self> {
        let outbox = cache
            .operations(id)?
            .into_iter()
            .map(Operation::from_row)
            .collect::<cache::Result<_>>()?;
        let mut desk = Self {
            id,
            account,
            demo,
            token: None,
            token_kept: TokenKept::Keyring,
            expired: None,
            base: Base::load(cache.base(id)?, now),
            outbox,
            reading: ListReading::default(),
            listed: false,
            list_problem: None,
            rereads: BTreeMap::new(),
            rereads_not_before: Duration::ZERO,
            lookups: HashMap::new(),
            held: Vec::new(),
            pictures: cache
                .pictures(id)?
                .into_iter()
                .map(|picture| (picture.url.clone(), picture))
                .collect(),
            wanted: BTreeMap::new(),
            shown: HashMap::new(),
            dirty: BTreeMap::new(),
        };
        desk.touch_all();
        Ok(desk)
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
                Action::SetPhoto { seen, .. } | Action::RemovePhoto { seen } => {
                    fields.get_or_insert_with(|| (**seen).clone());
                }
                Action::Delete { seen } if operation.delivery.parked.is_some() => {
                    fields.get_or_insert_with(|| (**seen).clone());
                }
                Action::Delete { .. } => fields = None,
            }
        }
        fields
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
                .any(|operation| operation.may_have_created(offer))
    }

    /// Keeps an offer that may be ours aside until the create is settled.
    pub(super) fn hold(&mut self, offer: Offer) {
        self.held.retain(|held| held.id != offer.id);
        self.held.push(offer);
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
        let tries = tries.map(|operation| operation.not_before);
        let rereads = (!self.rereads.is_empty()).then_some(self.rereads_not_before);
        let pictures = self.wanted.values().map(|wanted| wanted.not_before);
        let all = tries.chain(rereads).chain(pictures).chain(self.reading.next());
        all.filter(|time| *time > now && *time < Duration::MAX).min()
    }
}
