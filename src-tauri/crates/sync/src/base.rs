//! The last known server state of each offer, and the rule of age.
//!
//! Nothing the server sends carries a version, so what was asked before something newer arrived may be older than it. Each turn of
//! the engine has a [`Tick`]; each offer remembers the tick at which it was last learned, and each request the tick at which it left:
//!
//! - an event applies at once;
//! - an answer whose request left before an event for the same offer applies only if the two agree; else the offer is read again;
//! - a list read does not touch offers learned since it began: those are read again one by one;
//! - an offer missing from a list is only suspected gone: a read of it has to answer 404. It is not even that when it was there
//!   after the list began: an event said so since, or an answer whose request left since. An older request tells nothing about it,
//!   whenever its answer came;
//! - an offer known to be deleted is not brought back by a late event, but by a read.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use model::{Offer, OfferId};

/// A turn of the engine; later turns have larger ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(pub u64);

/// What became of something the server said about one offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what we knew.
    Known,
    /// It is what we know now.
    Applied,
    /// Nobody can tell whether it is newer than what we know: the offer must be read.
    ReadAgain,
}

/// What became of a complete list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Offers that were unknown or different.
    pub applied: Vec<OfferId>,
    /// Offers to read one by one.
    pub read_again: Vec<OfferId>,
}

#[derive(Clone, Debug)]
struct Held {
    offer: Offer,
    /// When it was last heard of.
    learned: Tick,
    /// It was there at this tick or later: an answer speaks of any time since its request left.
    there: Tick,
}

impl Held {
    fn heard(offer: Offer, now: Tick) -> Self {
        Self {
            offer,
            learned: now,
            there: now,
        }
    }
}

/// The server's offers as far as we know them.
#[derive(Clone, Debug, Default)]
pub struct Base {
    offers: HashMap<OfferId, Held>,
    gone: HashMap<OfferId, Tick>,
    /// The largest id of an offer on a list that could not be read.
    unreadable: Option<OfferId>,
    /// When the last complete list read began.
    listed: Option<Tick>,
}

impl Base {
    /// What the cache remembers. `now`: answers to what was asked before it was read are not taken for newer.
    pub fn load(offers: Vec<Offer>, now: Tick) -> Self {
        let held = |offer: Offer| (offer.id, Held::heard(offer, now));
        Self {
            offers: offers.into_iter().map(held).collect(),
            gone: HashMap::new(),
            unreadable: None,
            listed: None,
        }
    }

    /// One offer.
    pub fn get(&self, id: OfferId) -> Option<&Offer> {
        self.offers.get(&id).map(|held| &held.offer)
    }

    /// Whether something was learned of this offer since a request left then: what that request was answered with may be older.
    pub fn is_newer(&self, id: OfferId, left: Tick) -> bool {
        let learned = self.offers.get(&id).map(|held| held.learned);
        learned
            .or(self.gone.get(&id).copied())
            .is_some_and(|learned| learned > left)
    }

    /// The same of any offer.
    pub fn is_any_newer(&self, left: Tick) -> bool {
        let learned = self.offers.values().map(|held| held.learned);
        learned
            .chain(self.gone.values().copied())
            .any(|learned| learned > left)
    }

    /// Every offer, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Offer> {
        self.offers.values().map(|held| &held.offer)
    }

    /// The largest id ever seen, deleted ones and those on lists that could not be read included.
    pub fn largest_id(&self) -> Option<OfferId> {
        let ids = self.offers.keys().chain(self.gone.keys());
        ids.chain(&self.unreadable).max().copied()
    }

    /// Whether the answer to a request that left then tells of an offer that a later, complete list did not have: it was made after
    /// its page was read, or is deleted by now.
    pub fn is_missed(&self, id: OfferId, left: Tick) -> bool {
        !self.offers.contains_key(&id) && self.listed.is_some_and(|since| since >= left)
    }

    /// An event carried a full offer.
    pub fn event(&mut self, offer: Offer, is_creation: bool, now: Tick) -> Verdict {
        match self.offers.entry(offer.id) {
            // The first that is said of an offer: what is known of it is no older.
            Entry::Occupied(_) if is_creation => Verdict::Known,
            Entry::Occupied(mut entry) => {
                let same = says_the_same(&entry.get().offer, &offer);
                entry.insert(Held::heard(offer, now));
                if same { Verdict::Known } else { Verdict::Applied }
            }
            // A late event of a deleted offer, or an update whose creation we missed: it may be deleted by now.
            Entry::Vacant(_) if self.gone.contains_key(&offer.id) || !is_creation => Verdict::ReadAgain,
            Entry::Vacant(entry) => {
                entry.insert(Held::heard(offer, now));
                Verdict::Applied
            }
        }
    }

    /// An event said that a photo is somewhere else now.
    pub fn photo_moved(&mut self, id: OfferId, photo_url: Option<String>, now: Tick) -> Verdict {
        self.photo_is(id, photo_url, now, now)
    }

    fn photo_is(&mut self, id: OfferId, photo_url: Option<String>, there: Tick, now: Tick) -> Verdict {
        let Some(held) = self.offers.get_mut(&id) else {
            return Verdict::ReadAgain;
        };
        held.learned = now;
        held.there = held.there.max(there);
        if held.offer.photo_url == photo_url {
            return Verdict::Known;
        }
        held.offer.photo_url = photo_url;
        Verdict::Applied
    }

    /// The upload of a photo, which left at `left`, was answered with where the photo is now. It applies also where something was
    /// heard since, which may have been said before it: [`Self::is_newer`] tells, and only a read then says what stands there.
    pub fn photo_uploaded(&mut self, id: OfferId, photo_url: String, left: Tick, now: Tick) -> Verdict {
        self.photo_is(id, Some(photo_url), left, now)
    }

    /// A request for this offer, which left at `left`, was answered with it.
    pub fn answer(&mut self, offer: Offer, left: Tick, now: Tick) -> Verdict {
        if let Some(held) = self.offers.get_mut(&offer.id) {
            if says_the_same(&held.offer, &offer) {
                *held = Held {
                    offer,
                    learned: now,
                    there: held.there.max(left),
                };
                return Verdict::Known;
            }
            if held.learned > left {
                return Verdict::ReadAgain;
            }
        } else if self.was_deleted_after(offer.id, left) {
            return Verdict::ReadAgain;
        }
        self.gone.remove(&offer.id);
        let held = Held {
            offer,
            learned: now,
            there: left,
        };
        self.offers.insert(held.offer.id, held);
        Verdict::Applied
    }

    /// Whether it is known to have gone since `left`.
    pub fn was_deleted_after(&self, id: OfferId, left: Tick) -> bool {
        self.gone.get(&id).is_some_and(|gone| *gone > left)
    }

    /// An event, or the answer to a delete of ours, said that the offer is gone.
    pub fn deleted(&mut self, id: OfferId, now: Tick) -> Option<Offer> {
        self.gone.insert(id, now);
        self.offers.remove(&id).map(|held| held.offer)
    }

    /// A read of this offer, which left at `left`, answered 404.
    pub fn missing(&mut self, id: OfferId, left: Tick, now: Tick) -> Verdict {
        match self.offers.get(&id) {
            None => Verdict::Known,
            Some(held) if held.learned > left => Verdict::ReadAgain,
            Some(_) => {
                self.deleted(id, now);
                Verdict::Applied
            }
        }
    }

    /// A complete list was read; the read began at `since`. `unreadable` offers were on it, but could not be read: they stay.
    pub fn listed(&mut self, offers: Vec<Offer>, unreadable: &[OfferId], since: Tick, now: Tick) -> Listed {
        let mut listed = Listed::default();
        self.listed = Some(since);
        let mut unseen: HashSet<OfferId> = self.offers.keys().copied().collect();
        for id in unreadable {
            unseen.remove(id);
        }
        self.unreadable = self.unreadable.max(unreadable.iter().max().copied());
        for offer in offers {
            let id = offer.id;
            unseen.remove(&id);
            match self.answer(offer, since, now) {
                Verdict::Known => {}
                Verdict::Applied => listed.applied.push(id),
                Verdict::ReadAgain => listed.read_again.push(id),
            }
        }
        let suspects = unseen
            .into_iter()
            .filter(|id| self.offers.get(id).is_some_and(|held| held.there <= since));
        listed.read_again.extend(suspects);
        listed.applied.sort_unstable();
        listed.read_again.sort_unstable();
        listed
    }
}

/// The storage id of a photo is known from a full offer only: an event or an upload tells where the photo is, and not that.
fn says_the_same(known: &Offer, said: &Offer) -> bool {
    let is_same_photo = known.photo_url == said.photo_url && known.photo_url.is_some();
    let with_its_photo = || Offer {
        photo: said.photo.clone(),
        ..known.clone()
    };
    known == said || (is_same_photo && known.photo != said.photo && with_its_photo() == *said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn offer(id: i64, title: &str) -> Offer {
        serde_json::from_value(json!({"id":id,"title":title,"short_description":"s","details_text":"","details_html":"",
            "valid_from":null,"valid_to":null,"tag":"","book_now_url":"","photo":null,"photo_url":null,"sort_order":0,
            "is_active":true,"created_at":"2026-11-22T09:52:01Z"}))
        .unwrap()
    }

    const ID: OfferId = OfferId(1);
    const T: [Tick; 6] = [Tick(0), Tick(1), Tick(2), Tick(3), Tick(4), Tick(5)];

    fn title(base: &Base) -> Option<&str> {
        base.get(ID).map(|offer| offer.fields.title.as_str())
    }

    #[test]
    fn an_answer_older_than_an_event_applies_only_if_they_agree() {
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        assert_eq!(base.event(offer(1, "event"), false, T[2]), Verdict::Applied);
        assert_eq!(base.answer(offer(1, "answer"), T[1], T[3]), Verdict::ReadAgain);
        assert_eq!(title(&base), Some("event"));
        assert_eq!(base.answer(offer(1, "event"), T[1], T[3]), Verdict::Known);
        assert_eq!(base.answer(offer(1, "answer"), T[3], T[4]), Verdict::Applied);
        assert_eq!(title(&base), Some("answer"));
    }

    #[test]
    fn a_list_leaves_alone_what_was_learned_since_it_began() {
        let mut base = Base::load(vec![offer(1, "old"), offer(2, "stays")], T[0]);
        base.event(offer(1, "event"), false, T[2]);
        let listed = base.listed(
            vec![offer(1, "old"), offer(2, "stays"), offer(3, "new")],
            &[],
            T[1],
            T[3],
        );
        assert_eq!(
            listed,
            Listed {
                applied: vec![OfferId(3)],
                read_again: vec![ID]
            }
        );
        assert_eq!(title(&base), Some("event"));
    }

    #[test]
    fn an_offer_missing_from_a_list_is_gone_only_once_a_read_of_it_said_so() {
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        assert_eq!(base.listed(vec![], &[], T[1], T[2]).read_again, [ID]);
        assert!(base.get(ID).is_some());
        assert_eq!(base.missing(ID, T[2], T[3]), Verdict::Applied);
        assert!(base.get(ID).is_none());
    }

    #[test]
    fn an_offer_created_while_the_list_was_read_is_not_missing_from_it() {
        let mut base = Base::default();
        base.event(offer(1, "new"), true, T[2]);
        assert_eq!(base.listed(vec![], &[], T[1], T[3]), Listed::default());
    }

    #[test]
    fn an_offer_missing_from_a_list_is_suspected_whenever_the_answer_to_an_older_request_came() {
        let mut base = Base::load(vec![offer(1, "old"), offer(2, "stays")], T[0]);
        // Both requests left before the list did; whoever deleted the offers may have done so in between.
        assert_eq!(base.answer(offer(1, "written"), T[1], T[3]), Verdict::Applied);
        assert_eq!(base.answer(offer(2, "stays"), T[1], T[3]), Verdict::Known);
        assert_eq!(base.listed(vec![], &[], T[2], T[4]).read_again, [ID, OfferId(2)]);
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        assert_eq!(base.photo_uploaded(ID, "u".into(), T[1], T[3]), Verdict::Applied);
        assert_eq!(base.listed(vec![], &[], T[2], T[4]).read_again, [ID]);
    }

    #[test]
    fn an_offer_that_was_read_after_the_list_began_is_not_missing_from_it() {
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        assert_eq!(base.answer(offer(1, "read"), T[2], T[3]), Verdict::Applied);
        assert_eq!(base.listed(vec![], &[], T[1], T[4]), Listed::default());
    }

    #[test]
    fn an_offer_that_could_not_be_read_keeps_its_last_good_state() {
        let mut base = Base::load(vec![offer(1, "good")], T[0]);
        assert_eq!(base.listed(vec![], &[ID], T[1], T[2]), Listed::default());
        assert_eq!(title(&base), Some("good"));
    }

    #[test]
    fn a_late_event_does_not_bring_a_deleted_offer_back_and_a_read_does() {
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        assert!(base.deleted(ID, T[2]).is_some());
        assert_eq!(base.event(offer(1, "late"), false, T[3]), Verdict::ReadAgain);
        assert_eq!(base.event(offer(1, "late"), true, T[3]), Verdict::ReadAgain);
        assert_eq!(
            base.answer(offer(1, "older"), T[1], T[3]),
            Verdict::ReadAgain,
            "asked before the deletion"
        );
        assert!(base.get(ID).is_none());
        assert_eq!(base.answer(offer(1, "again"), T[3], T[4]), Verdict::Applied);
        assert_eq!(title(&base), Some("again"));
    }

    #[test]
    fn a_404_asked_for_before_an_event_is_asked_for_again() {
        let mut base = Base::load(vec![offer(1, "old")], T[0]);
        base.event(offer(1, "event"), false, T[2]);
        assert_eq!(base.missing(ID, T[1], T[3]), Verdict::ReadAgain);
        assert!(base.get(ID).is_some());
    }

    #[test]
    fn doubled_events_change_nothing() {
        let mut base = Base::default();
        assert_eq!(base.event(offer(1, "new"), true, T[1]), Verdict::Applied);
        assert_eq!(base.event(offer(1, "new"), true, T[2]), Verdict::Known);
        assert!(base.deleted(ID, T[3]).is_some());
        assert!(base.deleted(ID, T[4]).is_none());
    }
}
