//! What must be true of every offer: what was answered holds, and what was asked for and not answered may.
//!
//! Each value is a [`Claim`]: the last one that is sure, and those asked for since. A look at the console or the server settles a claim: a value
//! that stands there was kept, and one that does not stand there never comes. Titles name offers, since they are given once and never changed.
//!
//! Absent on purpose: any knowledge of how the console keeps its promises.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What one step asks for.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Unique in the whole test.
    pub(crate) number: u64,
    pub(crate) deed: Deed,
    pub(crate) title: String,
    /// Editable fields and the values they get.
    pub(crate) values: BTreeMap<&'static str, Value>,
    /// The photo it brings, by the SHA-256 of its bytes.
    pub(crate) photo: Option<String>,
    /// Milliseconds after the step before.
    pub(crate) pause: u64,
}

/// Kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    Create,
    Edit,
    Upload,
    Bare,
    Delete,
}

impl Deed {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Upload => "upload",
            Self::Bare => "bare",
            Self::Delete => "delete",
        }
    }
}

impl Step {
    /// As the page takes it.
    pub(crate) fn script(&self) -> Value {
        json!({
            "number": self.number,
            "deed": self.deed.name(),
            "title": self.title,
            "values": self.values,
            "photo": self.photo.is_some(),
            "pause": self.pause,
        })
    }
}

/// An offer somewhere: in a console's view, or at the server.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) title: String,
    /// Every editable field.
    pub(crate) fields: Value,
    pub(crate) photo: Photo,
    /// It is parked or in conflict: a person sees that it needs one.
    pub(crate) is_held: bool,
}

/// What is known of an offer's photo.
#[derive(Debug)]
pub(crate) enum Photo {
    None,
    /// There is one, and nobody knows yet which.
    Some,
    /// By the SHA-256 of its bytes.
    Known(String),
}

#[derive(Debug)]
struct Claim<T> {
    sure: T,
    /// Asked for since, by step, in order.
    open: Vec<(u64, T)>,
}

impl<T: Clone + PartialEq> Claim<T> {
    fn new(sure: T) -> Self {
        Self {
            sure,
            open: Vec::new(),
        }
    }

    fn accept(&mut self, step: u64) {
        if let Some(at) = self.open.iter().position(|(number, _)| *number == step) {
            // The steps before it were answered too: they were refused.
            self.sure = self.open[at].1.clone();
            self.open.drain(..=at);
        }
    }

    fn refuse(&mut self, step: u64) {
        self.open.retain(|(number, _)| *number != step);
    }

    fn candidates(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.sure).chain(self.open.iter().map(|(_, value)| value))
    }

    /// The value that stands there now, or an error with those that could.
    fn settle(&mut self, stands: T) -> Result<(), Vec<T>> {
        if !self.candidates().any(|value| *value == stands) {
            return Err(self.candidates().cloned().collect());
        }
        *self = Self::new(stands);
        Ok(())
    }
}

#[derive(Debug)]
struct Entry {
    exists: Claim<bool>,
    fields: BTreeMap<&'static str, Claim<Value>>,
    photo: Claim<Option<String>>,
}

/// All claims.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: BTreeMap<String, Entry>,
}

/// What a look has found wrong, one line each.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Findings {
    /// Something answered is not there, or something else is there instead.
    pub(crate) lost: Vec<String>,
    /// An offer is there more than once.
    pub(crate) doubled: Vec<String>,
    /// Not as it was answered, but held for a person to see.
    pub(crate) held: Vec<String>,
}

impl Ledger {
    /// Titles of the offers that are there for sure.
    pub(crate) fn titles(&self) -> Vec<String> {
        let there = self.entries.iter().filter(|(_, entry)| entry.exists.sure);
        there.map(|(title, _)| title.clone()).collect()
    }

    /// A step is about to be asked for.
    pub(crate) fn ask(&mut self, step: &Step) {
        if step.deed == Deed::Create {
            let claims = step
                .values
                .iter()
                .map(|(field, value)| (*field, Claim::new(value.clone())));
            let mut entry = Entry {
                exists: Claim::new(false),
                fields: claims.collect(),
                photo: Claim::new(step.photo.clone()),
            };
            entry.exists.open.push((step.number, true));
            self.entries.insert(step.title.clone(), entry);
            return;
        }
        let Some(entry) = self.entries.get_mut(&step.title) else {
            return;
        };
        match step.deed {
            Deed::Delete => entry.exists.open.push((step.number, false)),
            Deed::Bare => entry.photo.open.push((step.number, None)),
            Deed::Create | Deed::Edit | Deed::Upload => {
                for (field, value) in &step.values {
                    if let Some(claim) = entry.fields.get_mut(field) {
                        claim.open.push((step.number, value.clone()));
                    }
                }
                if let Some(photo) = &step.photo {
                    entry.photo.open.push((step.number, Some(photo.clone())));
                }
            }
        }
    }

    /// A step was answered.
    pub(crate) fn answer(&mut self, step: &Step, accepted: bool) {
        let Some(entry) = self.entries.get_mut(&step.title) else {
            return;
        };
        if accepted {
            entry.exists.accept(step.number);
            entry.photo.accept(step.number);
            entry
                .fields
                .values_mut()
                .for_each(|claim| claim.accept(step.number));
        } else {
            entry.exists.refuse(step.number);
            entry.photo.refuse(step.number);
            entry
                .fields
                .values_mut()
                .for_each(|claim| claim.refuse(step.number));
        }
    }

    /// Holds everything against what stands in a place, and settles what was open.
    pub(crate) fn compare(&mut self, place: &str, standing: &[Standing]) -> Findings {
        let mut findings = Findings::default();
        let mut by_title: BTreeMap<&str, Vec<&Standing>> = BTreeMap::new();
        for offer in standing {
            by_title.entry(&offer.title).or_default().push(offer);
        }
        for (title, offers) in &by_title {
            if offers.len() > 1 {
                findings
                    .doubled
                    .push(format!("{place}: \"{title}\" {} times", offers.len()));
            }
            if !self.entries.contains_key(*title) {
                findings
                    .lost
                    .push(format!("{place}: \"{title}\", which nobody asked for"));
            }
        }
        for (title, entry) in &mut self.entries {
            let offer = by_title.get(title.as_str()).map(|offers| offers[0]);
            entry.compare(&format!("{place}: \"{title}\""), offer, &mut findings);
        }
        findings
    }
}

impl Entry {
    fn compare(&mut self, whose: &str, offer: Option<&Standing>, findings: &mut Findings) {
        let is_held = offer.is_some_and(|offer| offer.is_held);
        let mut wrong = |what: String| {
            if is_held {
                findings.held.push(what);
            } else {
                findings.lost.push(what);
            }
        };
        if self.exists.settle(offer.is_some()).is_err() {
            let what = if offer.is_some() {
                "is there, though its deletion was answered or it never came to be"
            } else {
                "is not there, though its creation was answered"
            };
            wrong(format!("{whose} {what}"));
            return;
        }
        let Some(offer) = offer else { return };
        for (field, claim) in &mut self.fields {
            if let Err(expected) = claim.settle(offer.fields[*field].clone()) {
                wrong(format!(
                    "{whose} has {field} {}, not one of {expected:?}",
                    offer.fields[*field]
                ));
            }
        }
        let photo = match &offer.photo {
            Photo::None => self.photo.settle(None),
            Photo::Known(hash) => self.photo.settle(Some(hash.clone())),
            Photo::Some if self.photo.candidates().any(Option::is_some) => Ok(()),
            Photo::Some => Err(vec![None]),
        };
        if let Err(expected) = photo {
            wrong(format!(
                "{whose} has photo {:?}, not one of {expected:?}",
                offer.photo
            ));
        }
    }
}

#[test]
fn a_ledger_tells_what_was_lost_and_doubled_from_what_was_never_answered() {
    let step = |number, deed, tag: &str| Step {
        number,
        deed,
        title: "Spa day".into(),
        values: [("tag", json!(tag))].into(),
        photo: None,
        pause: 0,
    };
    let standing = |tag: &str, is_held| Standing {
        title: "Spa day".into(),
        fields: json!({ "tag": tag }),
        photo: Photo::None,
        is_held,
    };
    let ledger = || {
        let mut ledger = Ledger::default();
        for step in [
            step(1, Deed::Create, "a"),
            step(2, Deed::Edit, "b"),
            step(3, Deed::Edit, "c"),
        ] {
            ledger.ask(&step);
        }
        ledger
    };
    let good = Findings::default();

    let mut nothing_answered = ledger();
    assert_eq!(nothing_answered.compare("here", &[]), good);
    let back = nothing_answered.compare("there", &[standing("a", false)]);
    assert_eq!(back.lost.len(), 1, "what was not kept does not come later");

    let mut answered = ledger();
    answered.answer(&step(1, Deed::Create, "a"), true);
    answered.answer(&step(2, Deed::Edit, "b"), true);
    assert_eq!(
        answered.compare("here", &[standing("c", false)]),
        good,
        "kept unanswered"
    );
    assert_eq!(
        answered.compare("here", &[standing("b", false)]).lost.len(),
        1,
        "and then it stays"
    );
    assert_eq!(answered.compare("here", &[]).lost.len(), 1, "the offer is lost");

    let mut held = ledger();
    held.answer(&step(1, Deed::Create, "a"), true);
    held.answer(&step(2, Deed::Edit, "b"), true);
    let findings = held.compare("here", &[standing("a", true)]);
    assert_eq!((findings.lost.len(), findings.held.len()), (0, 1));

    let twice = ledger().compare("here", &[standing("a", false), standing("a", false)]);
    assert_eq!(twice.doubled.len(), 1);
}
