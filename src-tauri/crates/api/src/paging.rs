//! Reading a list that changes while it is read, ten offers at a time.
//!
//! An offer that moves between two pages is seen twice or missed. Twice is harmless: the later sight wins. Missed shows as fewer
//! offers than the server counts, and then the read starts over. A list that never holds still is answered as
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
pub(crate) enum Step {
    /// Read the page with this query; `None` is the first.
    Read(Option<String>),
    /// That was all.
    Done(Listing),
}

/// A read of the list under way.
pub(crate) struct Paging {
    list: Url,
    restarts: usize,
    pages: HashSet<String>,
    sights: Vec<Result<Offer, Malformed>>,
    places: HashMap<OfferId, usize>,
}

impl Paging {
    pub(crate) fn new(list: Url) -> Self {
        Self {
            list,
            restarts: 0,
            pages: HashSet::new(),
            sights: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Takes one page, or a whole list as a bare array.
    pub(crate) fn page(&mut self, answer: Value) -> Result<Step, Error> {
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
        match page.get("next").unwrap_or(&Value::Null) {
            Value::Null => {}
            Value::String(next) => return self.follow(next),
            _ => return Err(Error::unreadable("a page whose `next` is no address")),
        }
        match page.get("count").and_then(Value::as_u64) {
            Some(count) if count != self.sights.len() as u64 => Ok(self.start_over()),
            _ => Ok(Step::Done(self.finish(true))),
        }
    }

    /// The page that was to be read is not there any more: the list has shrunk. `None` when that page was the first.
    pub(crate) fn page_gone(&mut self) -> Option<Step> {
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
