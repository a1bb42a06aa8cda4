//! Reading a list that changes while it is read, ten offers at a time.
//!
//! An offer that moves between two pages is seen twice or missed. Twice is harmless: the later sight wins. Missed shows as fewer
//! offers than the server counts, or as a count that changes from page to page, and then the read starts over. A deletion and a
//! creation between two pages can hide each other: one read alone does not prove that an offer is not there. A list that never holds still is answered as
//! [incomplete](Listing::complete) rather than never.
//!
//! Pure: [`Paging`] is fed answers and says what to read next. Of an answer's `next` only the query is used, since its host and
//! scheme are wrong behind some proxies, and the token must not follow it there.

use std::collections::{HashMap, HashSet};

use model::{Malformed, Offer, OfferId};
use serde_json::Value;
use url::Url;

use crate::error::Error;

/// More pages than a hotel can have offers: a server that has not ended by then never will.
const PAGES: usize = 1_000;

/// How often a read starts over.
const RESTARTS: usize = 2;

/// The hotel's offers as one read of the list found them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Each offer once, in the server's order.
    pub offers: Vec<Offer>,
    /// What was listed and could not be read. Those offers exist: their absence from `offers` is no deletion.
    pub malformed: Vec<Malformed>,
    /// Whether as many offers were seen as the server counted. When not, an offer that is absent may still exist.
    pub complete: bool,
}

/// What to do after an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Read the page with this query; `None` is the first.
    Read(Option<String>),
    /// That was all.
    Done(Listing),
}

/// A read of the list under way. Pure; for whoever brings the pages in a way of their own, a simulation for one.
#[derive(Debug)]
pub struct Paging {
    list: Url,
    restarts: usize,
    /// How many offers there were when the read began, as far as the server says.
    count: Option<u64>,
    pages: HashSet<String>,
    sights: Vec<Result<Offer, Malformed>>,
    places: HashMap<OfferId, usize>,
}

impl Paging {
    /// A read that begins with the first page of the list at `list`.
    pub fn new(list: Url) -> Self {
        Self {
            list,
            restarts: 0,
            count: None,
            pages: HashSet::new(),
            sights: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Takes one page, or a whole list as a bare array.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when it is neither, or leads nowhere.
    pub fn page(&mut self, answer: Value) -> Result<Step, Error> {
        let mut page = match answer {
            Value::Array(offers) => {
                self.see(offers);
                return Ok(Step::Done(self.finish(true)));
            }
            Value::Object(page) => page,
            _ => return Err(Error::unreadable("a list that is neither an array nor a page")),
        };
        let Some(Value::Array(offers)) = page.remove("results") else {
            return Err(Error::unreadable("a page without results"));
        };
        self.see(offers);
        // Another count than on an earlier page: offers have moved between the pages, and one may be on none of those read. The sum
        // can come out right all the same.
        let count = page.get("count").and_then(Value::as_u64);
        if let Some(count) = count
            && *self.count.get_or_insert(count) != count
        {
            return Ok(self.start_over());
        }
        match page.get("next").unwrap_or(&Value::Null) {
            Value::Null => {}
            Value::String(next) => return self.follow(next),
            _ => return Err(Error::unreadable("a page whose `next` is no address")),
        }
        match count {
            Some(count) if count != self.sights.len() as u64 => Ok(self.start_over()),
            _ => Ok(Step::Done(self.finish(true))),
        }
    }

    /// The page that was to be read is not there any more: the list has shrunk. `None` when that page was the first.
    pub fn page_gone(&mut self) -> Option<Step> {
        (!self.pages.is_empty()).then(|| self.start_over())
    }

    fn follow(&mut self, next: &str) -> Result<Step, Error> {
        let next = self.list.join(next).map_err(Error::unreadable)?;
        let query = next.query().unwrap_or_default().to_owned();
        if query.is_empty() || !self.pages.insert(query.clone()) {
            return Err(Error::unreadable("pages that lead in a circle"));
        }
        if self.pages.len() >= PAGES {
            return Err(Error::unreadable(format!("more than {PAGES} pages")));
        }
        Ok(Step::Read(Some(query)))
    }

    fn see(&mut self, offers: Vec<Value>) {
        for sight in offers.into_iter().map(Offer::from_json) {
            let id = sight
                .as_ref()
                .map_or_else(|malformed| malformed.id, |offer| Some(offer.id));
            match id.and_then(|id| self.places.insert(id, self.sights.len()).map(|place| (id, place))) {
                Some((id, place)) => {
                    self.places.insert(id, place);
                    self.sights[place] = sight;
                }
                None => self.sights.push(sight),
            }
        }
    }

    fn start_over(&mut self) -> Step {
        if self.restarts == RESTARTS {
            return Step::Done(self.finish(false));
        }
        *self = Self {
            restarts: self.restarts + 1,
            ..Self::new(self.list.clone())
        };
        Step::Read(None)
    }

    fn finish(&mut self, complete: bool) -> Listing {
        let mut listing = Listing {
            complete,
            ..Listing::default()
        };
        for sight in self.sights.drain(..) {
            match sight {
                Ok(offer) => listing.offers.push(offer),
                Err(malformed) => listing.malformed.push(malformed),
            }
        }
        listing
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn offer(id: i64, title: &str) -> Value {
        json!({"id": id, "title": title, "short_description": "d", "details_text": "", "details_html": "", "valid_from": null,
            "valid_to": null, "tag": "", "book_now_url": "", "photo": null, "photo_url": null, "sort_order": 0, "is_active": true,
            "created_at": "2026-11-22T09:52:01Z"})
    }

    fn page(count: u64, next: impl Into<Value>, ids: impl IntoIterator<Item = i64>) -> Value {
        let results: Vec<Value> = ids.into_iter().map(|id| offer(id, "t")).collect();
        json!({"count": count, "next": next.into(), "previous": null, "results": results})
    }

    fn paging() -> Paging {
        Paging::new(Url::parse("https://hotel.example/api/staff/hotel/killarney/offers/").unwrap())
    }

    fn ids(listing: &Listing) -> Vec<i64> {
        listing.offers.iter().map(|offer| offer.id.0).collect()
    }

    fn reads(step: Result<Step, Error>) -> Option<String> {
        match step {
            Ok(Step::Read(query)) => query,
            other => panic!("{other:?}"),
        }
    }

    fn done(step: Result<Step, Error>) -> Listing {
        match step {
            Ok(Step::Done(listing)) => listing,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_offer_that_slipped_onto_a_page_read_before_is_noticed_although_the_sum_is_right() {
        let mut paging = paging();
        assert_eq!(
            reads(paging.page(page(12, "?page=2", 1..=10))).as_deref(),
            Some("page=2")
        );
        // An offer of the first page was deleted meanwhile, and the eleventh took its place there.
        assert_eq!(
            reads(paging.page(page(11, (), 12..=12))),
            None,
            "from the first page again"
        );
    }

    #[test]
    fn twenty_three_offers_on_three_pages_all_appear_once() {
        let mut paging = paging();
        assert_eq!(
            reads(paging.page(page(23, "http://inside:8000/x/?page=2", 1..=10))).as_deref(),
            Some("page=2")
        );
        assert_eq!(
            reads(paging.page(page(23, "http://inside:8000/x/?page=3", 11..=20))).as_deref(),
            Some("page=3")
        );
        let listing = done(paging.page(page(23, (), 21..=23)));
        assert_eq!(ids(&listing), (1..=23).collect::<Vec<_>>());
        assert!(listing.complete);
    }

    #[test]
    fn of_the_next_address_only_the_query_is_followed() {
        for next in [
            "https://hotel.example/api/staff/hotel/killarney/offers/?page=2",
            "http://10.0.0.5:8000/elsewhere/?page=2",
            "//evil.example/?page=2",
            "?page=2",
            "javascript:x?page=2",
        ] {
            assert_eq!(
                reads(paging().page(page(20, next, 1..=10))).as_deref(),
                Some("page=2"),
                "{next}"
            );
        }
    }

    #[test]
    fn a_bare_array_is_a_whole_list() {
        let listing = done(paging().page(json!([offer(2, "t"), offer(1, "t")])));
        assert_eq!((ids(&listing), listing.complete), (vec![2, 1], true));
        let empty = Listing {
            complete: true,
            ..Listing::default()
        };
        assert_eq!(done(paging().page(json!([]))), empty);
        assert_eq!(
            done(paging().page(json!({"count": 0, "next": null, "results": []}))),
            empty
        );
    }

    #[test]
    fn a_page_without_a_count_is_believed() {
        let listing = done(paging().page(json!({"results": [offer(1, "t")]})));
        assert_eq!((ids(&listing), listing.complete), (vec![1], true));
    }

    #[test]
    fn an_offer_seen_twice_stands_once_as_it_was_seen_last() {
        let mut paging = paging();
        let mut second = page(3, (), [3, 1]);
        second["results"][1] = offer(1, "later");
        reads(paging.page(page(3, "?page=2", [1, 2])));
        let listing = done(paging.page(second));
        assert_eq!(ids(&listing), [1, 2, 3]);
        assert_eq!(listing.offers[0].fields.title, "later");
        assert!(listing.complete);
    }

    #[test]
    fn an_offer_missed_between_two_pages_starts_the_read_over() {
        let mut paging = paging();
        reads(paging.page(page(3, "?page=2", [1, 2])));
        assert_eq!(reads(paging.page(page(3, (), [2]))), None, "from the first page");
        reads(paging.page(page(3, "?page=2", [3, 1])));
        let listing = done(paging.page(page(3, (), [2])));
        assert_eq!(
            (ids(&listing), listing.complete),
            (vec![3, 1, 2], true),
            "nothing of the first read is left"
        );
    }

    #[test]
    fn a_list_that_never_holds_still_is_answered_as_incomplete() {
        let mut paging = paging();
        for _ in 0..RESTARTS {
            assert_eq!(reads(paging.page(page(9, (), [1]))), None);
        }
        let listing = done(paging.page(page(9, (), [1])));
        assert_eq!((ids(&listing), listing.complete), (vec![1], false));
    }

    #[test]
    fn a_page_that_went_away_under_the_read_starts_it_over_and_a_missing_list_does_not() {
        let mut paging = paging();
        assert_eq!(paging.page_gone(), None);
        reads(paging.page(page(11, "?page=2", 1..=10)));
        assert_eq!(paging.page_gone(), Some(Step::Read(None)));
        assert_eq!(paging.page_gone(), None, "the list itself is gone now");
    }

    #[test]
    fn unreadable_offers_are_told_apart_and_counted() {
        let mut broken = page(4, (), [1, 2]);
        broken["results"][1]["title"] = Value::Null;
        broken["results"]
            .as_array_mut()
            .unwrap()
            .extend([json!("an offer?"), Value::Null]);
        let listing = done(paging().page(broken));
        assert_eq!(ids(&listing), [1]);
        let broken: Vec<_> = listing.malformed.iter().map(|malformed| malformed.id).collect();
        assert_eq!(broken, [Some(OfferId(2)), None, None]);
        assert!(listing.complete);
    }

    #[test]
    fn circles_and_endless_lists_end() {
        for next in ["", "?", "https://hotel.example/api/"] {
            assert!(
                matches!(paging().page(page(20, next, [1])), Err(Error::Unreadable { .. })),
                "{next:?}"
            );
        }
        let mut circle = paging();
        reads(circle.page(page(20, "?page=2", [1])));
        assert!(matches!(
            circle.page(page(20, "?page=2", [2])),
            Err(Error::Unreadable { .. })
        ));

        let mut endless = paging();
        let pages = (2..)
            .take_while(|n| endless.page(page(1, format!("?page={n}"), [*n])).is_ok())
            .count();
        assert_eq!(pages, PAGES - 1);
    }

    #[test]
    fn what_is_no_page_is_unreadable() {
        for answer in [
            json!(null),
            json!("offers"),
            json!({}),
            json!({"results": {}}),
            json!({"results": null, "count": 0}),
            json!({"results": [], "next": 2}),
        ] {
            assert!(
                matches!(paging().page(answer.clone()), Err(Error::Unreadable { .. })),
                "{answer}"
            );
        }
    }
}
