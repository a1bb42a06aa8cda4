//! When to look at the page that guests see, and what to make of it. Pure.
//!
//! After the server took a change that guests can see, the public page is read: once for a burst of changes, soon but never between a change
//! and its way to the server. What the page shows otherwise is looked at again a few times, further and further apart, since caches may stand
//! before it; then it is told as it is. A page that cannot be read is told of by nothing at all.
//!
//! Nothing here draws a random number: one console saved, so there is no crowd to spread.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::{PUBLIC_FIELDS, PublicHotel, PublicPage};
use model::{Field, FieldValue, Offer, OfferId};

use crate::base::{Base, Tick};
use crate::preview::{Difference, Receipt};

/// Nothing more was taken by the server for this long: the burst is over.
pub const QUIET: Duration = Duration::from_millis(800);
/// The longest that a burst may hold the look up.
pub const LONGEST: Duration = Duration::from_secs(10);
/// Between looks while guests see something else.
const AGAIN: [Duration; 4] = [
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(120),
];
/// After something else was learned, where what was told may not hold any more.
const ONCE_MORE: Duration = Duration::from_secs(30);
/// After failures in a row; then nothing is tried before the next change.
const AFTER_FAILURES: [Duration; 4] = [
    Duration::from_secs(3),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(180),
];
/// The page's header is read again for a preview after this.
const HEADER_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A change that the server has taken, to be looked for on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// What the offer was called, for one that is gone when the page is read.
    pub title: String,
    /// It was deleted here: guests shall not see it.
    pub is_deletion: bool,
    /// What public fields had before it.
    pub before: BTreeMap<Field, FieldValue>,
    /// The address of the photo before it, where that was changed and is known.
    pub photo_before: Option<Option<String>>,
    /// The offer's place was changed.
    pub moved: bool,
    /// A look that left before this says nothing.
    pub since: Tick,
    /// Looks that have found something else.
    pub looks: usize,
}

/// What was told of an offer, and of which state of it: once it is another, that says nothing any more.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    receipt: Receipt,
    of: Option<Shown>,
    wish: Wish,
}

/// An offer as far as guests can see it.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    fields: Vec<Option<FieldValue>>,
    place: (u32, bool),
    photo: Option<String>,
}

/// What came of a look, to be told once.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The offer.
    pub id: OfferId,
    /// What it is called.
    pub title: String,
    /// Guests see what they should.
    pub seen: bool,
    /// It is shown to guests; otherwise they should not see it.
    pub is_shown: bool,
    /// It was deleted here.
    pub is_deletion: bool,
}

/// What is known of the page that guests see.
#[derive(Debug, Default)]
pub struct Guests {
    awaited: BTreeMap<OfferId, Wish>,
    told: BTreeMap<OfferId, Told>,
    /// When the page is to be read.
    due: Option<Duration>,
    /// When the burst that is waited for began.
    burst: Option<Duration>,
    failures: usize,
    hotel: Option<PublicHotel>,
    /// When the header was last asked for.
    hotel_asked: Option<Duration>,
}

impl Guests {
    /// The server took a change that guests can see.
    pub fn expect(&mut self, id: OfferId, wish: Wish, now: Duration) {
        match self.awaited.get_mut(&id) {
            Some(earlier) => {
                // What stood there first is what guests may still see.
                for (field, value) in wish.before {
                    earlier.before.entry(field).or_insert(value);
                }
                earlier.photo_before = earlier.photo_before.take().or(wish.photo_before);
                earlier.moved |= wish.moved;
                earlier.title = wish.title;
                (earlier.is_deletion, earlier.since, earlier.looks) = (wish.is_deletion, wish.since, 0);
            }
            None => {
                self.awaited.insert(id, wish);
            }
        }
        self.told.remove(&id);
        self.failures = 0;
        let burst = *self.burst.get_or_insert(now);
        self.due = Some((now + QUIET).min(burst + LONGEST));
    }

    /// Whether guests may see of this offer what they should not: a change is awaited, or was last told to be otherwise.
    pub fn is_open(&self, id: OfferId) -> bool {
        let differs = |told: &Told| matches!(told.receipt, Receipt::Differs { .. });
        self.awaited.contains_key(&id) || self.told.get(&id).is_some_and(differs)
    }

    /// A preview wants the page's header. True when it is worth asking for.
    pub fn want_header(&mut self, now: Duration) {
        let is_fresh = self
            .hotel_asked
            .is_some_and(|asked| now < asked + HEADER_LIFETIME);
        if !is_fresh {
            self.hotel_asked = Some(now);
            self.due = Some(self.due.map_or(now, |due| due.min(now)));
        }
    }

    /// The page's header, once it was read.
    pub fn hotel(&self) -> Option<&PublicHotel> {
        self.hotel.as_ref()
    }

    /// Whether the page's header has this picture.
    pub fn shows(&self, url: &str) -> bool {
        let pictures = |hotel: &PublicHotel| hotel.hero_image_url == url || hotel.logo_url == url;
        self.hotel.as_ref().is_some_and(pictures)
    }

    /// Something else was learned of the hotel's offers: what was told of a place among them may have been wrong, or be it now.
    pub fn others_changed(&mut self, now: Duration) {
        for (id, told) in &self.told {
            let is_of_place = matches!(&told.receipt, Receipt::Differs { differences, .. } if differences.contains(&Difference::Place));
            if is_of_place && !self.awaited.contains_key(id) {
                let looks = AGAIN.len();
                self.awaited.insert(
                    *id,
                    Wish {
                        looks,
                        ..told.wish.clone()
                    },
                );
                self.due.get_or_insert(now + ONCE_MORE);
            }
        }
    }

    /// When the page is to be read, if it is not being read: a look that was cut off by a sign-in or a failed turn is due at once.
    pub fn due(&self) -> Option<Duration> {
        self.due.or((!self.awaited.is_empty()).then_some(Duration::ZERO))
    }

    /// Whether a look that is due may be held up no longer.
    pub fn is_overdue(&self, now: Duration) -> bool {
        self.burst.is_some_and(|burst| now >= burst + LONGEST)
    }

    /// The look has begun.
    pub fn begun(&mut self) {
        self.due = None;
        self.burst = None;
    }

    /// What to tell of an offer that is settled.
    pub fn receipt(&self, offer: &Offer) -> Option<Receipt> {
        let told = self.told.get(&offer.id);
        match told.filter(|told| told.of.as_ref() == Some(&Shown::of(offer))) {
            Some(told) => Some(told.receipt.clone()),
            None => self.awaited.contains_key(&offer.id).then_some(Receipt::Awaited),
        }
    }

    /// Offers of which something is told or awaited.
    pub fn offers(&self) -> BTreeSet<OfferId> {
        self.awaited.keys().chain(self.told.keys()).copied().collect()
    }

    /// The page could not be read. `for_good`: another try would come to the same.
    pub fn failed(&mut self, now: Duration, for_good: bool, server_asks: Option<Duration>) {
        match AFTER_FAILURES.get(self.failures).filter(|_| !for_good) {
            Some(wait) => {
                self.failures += 1;
                let wait = (*wait).max(server_asks.unwrap_or_default());
                self.due = Some(self.due.map_or(now + wait, |due| due.min(now + wait)));
            }
            None => {
                self.failures = 0;
                self.awaited.clear();
            }
        }
    }

    /// The page was read; the request left at `left`. `in_step`: what is known here of the other offers is current.
    pub fn looked(
        &mut self,
        page: &PublicPage,
        base: &Base,
        left: Tick,
        in_step: bool,
        now: Duration,
        at: i64,
    ) -> Vec<Finding> {
        self.failures = 0;
        let mut findings = Vec::new();
        let mut next = None;
        let out_of_place = out_of_place(page, base);
        for (id, mut wish) in std::mem::take(&mut self.awaited) {
            if wish.since > left || base.is_newer(id, left) {
                // The look began before the change, or something was learned since: it cannot tell which of the two is newer.
                next = min(next, now + QUIET);
                self.awaited.insert(id, wish);
                continue;
            }
            let offer = base.get(id);
            let told = match offer {
                // Among others that may stand elsewhere by now, nobody can tell a place.
                _ if wish.moved && !in_step => None,
                None if page.offer(id).is_some() => Some(vec![Difference::StillThere]),
                // What could not be read may be this one.
                _ if page.offer(id).is_none() && page.may_list(id) => None,
                None => Some(Vec::new()),
                Some(offer) => {
                    let mut differences = differences(offer, page, &wish);
                    if wish.moved && out_of_place.contains(&id) {
                        differences.push(Difference::Place);
                    }
                    Some(differences)
                }
            };
            let Some(differences) = told else {
                if let Some(wait) = AGAIN.get(wish.looks) {
                    wish.looks += 1;
                    next = min(next, now + *wait);
                    self.awaited.insert(id, wish);
                } else {
                    self.told.remove(&id);
                }
                continue;
            };
            let seen = differences.is_empty();
            let (is_first, is_last) = (wish.looks == 0, wish.looks >= AGAIN.len());
            // A deletion is told once it is certain to have stayed without effect; an offer has its card to say so at once.
            let tells = seen || if offer.is_some() { is_first } else { is_last };
            if tells {
                findings.push(Finding {
                    id,
                    title: offer.map_or(wish.title.clone(), |offer| offer.fields.title.clone()),
                    seen,
                    is_shown: offer.is_some_and(|offer| offer.fields.is_active),
                    is_deletion: offer.is_none() && wish.is_deletion,
                });
            }
            if let Some(offer) = offer {
                let receipt = if seen {
                    Receipt::Seen { at }
                } else {
                    Receipt::Differs { at, differences }
                };
                let of = Some(Shown::of(offer));
                let told = Told {
                    receipt,
                    of,
                    wish: wish.clone(),
                };
                self.told.insert(id, told);
            }
            if !seen && let Some(wait) = AGAIN.get(wish.looks) {
                wish.looks += 1;
                next = min(next, now + *wait);
                self.awaited.insert(id, wish);
            }
        }
        if let Some(next) = next {
            self.due = Some(self.due.map_or(next, |due| due.min(next)));
        }
        findings
    }

    /// Keeps the page's header. True when it is another.
    pub fn meet(&mut self, hotel: &PublicHotel) -> bool {
        let is_other = self.hotel.as_ref() != Some(hotel);
        if is_other {
            self.hotel = Some(hotel.clone());
        }
        is_other
    }
}

impl Shown {
    fn of(offer: &Offer) -> Self {
        Self {
            fields: PUBLIC_FIELDS
                .iter()
                .map(|field| Some(offer.fields.get(*field)))
                .collect(),
            place: (offer.fields.sort_order, offer.fields.is_active),
            photo: offer.photo_url.clone(),
        }
    }
}

/// What guests see otherwise of an offer that the server has, on a page that tells.
fn differences(offer: &Offer, page: &PublicPage, wish: &Wish) -> Vec<Difference> {
    let listed = page.offer(offer.id);
    let Some(listed) = listed.filter(|_| offer.fields.is_active) else {
        return match (offer.fields.is_active, listed) {
            (true, None) => vec![Difference::Missing],
            (false, Some(_)) => vec![Difference::StillThere],
            _ => Vec::new(),
        };
    };
    let mut differences: Vec<Difference> = PUBLIC_FIELDS
        .into_iter()
        .filter_map(|field| {
            let guests = listed.get(field)?;
            (guests != offer.fields.get(field)).then(|| Difference::Field {
                old: wish.before.get(&field) == Some(&guests),
                field,
                guests,
            })
        })
        .collect();
    let (guests, ours) = (
        address(listed.photo_url.as_ref()),
        address(offer.photo_url.as_ref()),
    );
    let is_old = wish
        .photo_before
        .as_ref()
        .is_some_and(|before| address(before.as_ref()) == guests);
    // Two addresses may lead to one picture: only the old one, or none where there is one, is certainly another.
    if guests != ours && (is_old || guests.is_none() || ours.is_none()) {
        differences.push(Difference::Photo);
    }
    differences
}

/// A photo's address, whose scheme a server behind a proxy can name wrongly.
fn address(url: Option<&String>) -> Option<&str> {
    url.map(|url| url.split_once("://").map_or(url.as_str(), |(_, rest)| rest))
}

/// Offers that have others before them on the page than here.
fn out_of_place(page: &PublicPage, base: &Base) -> BTreeSet<OfferId> {
    let mut ours: Vec<&Offer> = base.iter().filter(|offer| offer.fields.is_active).collect();
    ours.sort_by(|a, b| a.listing_order(b));
    let known: BTreeSet<OfferId> = ours.iter().map(|offer| offer.id).collect();
    let theirs: Vec<OfferId> = page
        .offers
        .iter()
        .map(|offer| offer.id)
        .filter(|id| known.contains(id))
        .collect();
    let listed: BTreeSet<OfferId> = theirs.iter().copied().collect();
    let ours: Vec<OfferId> = ours
        .iter()
        .map(|offer| offer.id)
        .filter(|id| listed.contains(id))
        .collect();
    let mut out = BTreeSet::new();
    // Those that stand before here in one of the two lists only.
    let mut apart = BTreeSet::new();
    for (our, their) in ours.into_iter().zip(theirs) {
        if our != their || !apart.is_empty() {
            out.extend([our, their]);
        }
        for id in [our, their] {
            if !apart.remove(&id) {
                apart.insert(id);
            }
        }
    }
    out
}

fn min(one: Option<Duration>, other: Duration) -> Option<Duration> {
    Some(one.map_or(other, |one| one.min(other)))
}
