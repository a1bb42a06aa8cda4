//! What the system tells staff who look at something else: in what words, and at what hour.
//!
//! - **Needs you**: a change is parked, or in conflict. Once each time that comes about.
//! - **Ending**: offers end tomorrow. Once for each offer and last day: when the console is opened that day, else from nine in the
//!   morning to nine in the evening by the hotel's clock.
//! - **Others**: somebody created or deleted an offer. Only if it is wanted.
//!
//! Nothing is told that was told before, which the cache remembers; nothing while the hotel does not let the account in; and nothing of
//! another account. What happens at once is told at once, as one.
//!
//! Absent: showing it, and knowing whether somebody looks at a window: that is the shell's.

use model::OfferKey;
use serde::{Deserialize, Serialize};

use crate::view::SyncState;

/// The hours, by the hotel's clock, in which offers that end tomorrow are told without a console being opened.
const FROM: i8 = 9;
const UNTIL: i8 = 21;
/// Titles named in one notification.
const NAMED: usize = 3;

/// Something for the system to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The heading; may hold an offer's title.
    pub summary: String,
    /// A sentence or two, of which the hotel or a user may have written some.
    pub body: String,
    /// What a click leads to.
    pub opens: Opens,
    /// Who has a window of the console in front sees this happen there.
    pub is_in_sight: bool,
}

/// What an [`Alert`] leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Opens {
    /// An offer.
    Offer {
        /// Which.
        key: OfferKey,
    },
    /// The offers that end soon.
    Ending,
    /// The offers that need somebody.
    Attention,
    /// Just a window.
    Window,
}

/// An offer that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needy {
    pub(crate) key: OfferKey,
    pub(crate) title: String,
    /// In conflict, else parked.
    pub(crate) is_conflict: bool,
    /// Why it is parked.
    pub(crate) words: Option<String>,
}

/// Whether this state needs a person.
pub(crate) fn needs_you(sync: SyncState) -> bool {
    matches!(sync, SyncState::Parked | SyncState::Conflict)
}

/// Whether offers that end tomorrow are told at this hour.
pub(crate) fn is_daytime(hour: i8) -> bool {
    (FROM..UNTIL).contains(&hour)
}

/// The hour from which they are.
pub(crate) fn morning() -> i8 {
    FROM
}

/// What is told of offers that have just come to need somebody.
pub(crate) fn of_needy(needy: &[Needy]) -> Option<Alert> {
    let (summary, body, opens) = match needy {
        [] => return None,
        [only] => {
            let body = if only.is_conflict {
                "Somebody else changed the same fields. Choose what should stand.".to_owned()
            } else {
                let words = only
                    .words
                    .as_deref()
                    .unwrap_or("The hotel did not take this change.");
                format!("{words} Your change is safe on this computer.")
            };
            let opens = Opens::Offer { key: only.key };
            (format!("Needs you: {}", only.title), body, opens)
        }
        all => {
            let titles = all.iter().map(|needy| needy.title.as_str());
            (
                format!("{} offers need you", all.len()),
                named(titles),
                Opens::Attention,
            )
        }
    };
    Some(Alert {
        summary,
        body,
        opens,
        is_in_sight: true,
    })
}

/// What is told of offers that end tomorrow. `is_in_sight`: they came to it just now, by an edit.
pub(crate) fn of_ending(ending: &[(OfferKey, String)], is_in_sight: bool) -> Option<Alert> {
    let (summary, body, opens) = match ending {
        [] => return None,
        [(key, title)] => (
            format!("Ends tomorrow: {title}"),
            "Guests go on seeing it afterwards unless it is hidden.".to_owned(),
            Opens::Offer { key: *key },
        ),
        all => {
            let titles = all.iter().map(|(_, title)| title.as_str());
            (
                format!("{} offers end tomorrow", all.len()),
                named(titles),
                Opens::Ending,
            )
        }
    };
    Some(Alert {
        summary,
        body,
        opens,
        is_in_sight,
    })
}

/// What is told of offers that others created (with their key) or deleted.
pub(crate) fn of_others(done: &[(Option<OfferKey>, String)]) -> Option<Alert> {
    let (summary, body, opens) = match done {
        [] => return None,
        [(Some(key), title)] => (
            format!("New offer: {title}"),
            "Created elsewhere.".to_owned(),
            Opens::Offer { key: *key },
        ),
        [(None, title)] => (
            format!("Deleted: {title}"),
            "Deleted elsewhere.".to_owned(),
            Opens::Window,
        ),
        all => {
            let titles = all.iter().map(|(_, title)| title.as_str());
            (
                format!("{} offers were created or deleted elsewhere", all.len()),
                named(titles),
                Opens::Window,
            )
        }
    };
    Some(Alert {
        summary,
        body,
        opens,
        is_in_sight: true,
    })
}

/// A few titles, and how many more there are.
fn named<'a>(titles: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = titles.len().saturating_sub(NAMED);
    let mut words = titles.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    words
}

#[cfg(test)]
mod tests {
    use model::OfferId;

    use super::*;

    fn key(id: i64) -> OfferKey {
        OfferId(id).into()
    }

    #[test]
    fn one_is_named_with_what_can_be_done_and_many_are_one_notification() {
        let needy = |id: i64, is_conflict| Needy {
            key: key(id),
            title: format!("Offer {id}"),
            is_conflict,
            words: Some("There is no such tag.".to_owned()),
        };
        let parked = of_needy(&[needy(1, false)]).unwrap();
        assert_eq!(parked.summary, "Needs you: Offer 1");
        assert_eq!(
            parked.body,
            "There is no such tag. Your change is safe on this computer."
        );
        assert_eq!(parked.opens, Opens::Offer { key: key(1) });
        assert!(
            of_needy(&[needy(1, true)])
                .unwrap()
                .body
                .starts_with("Somebody else")
        );
        let many: Vec<_> = (1..=5).map(|id| needy(id, false)).collect();
        let many = of_needy(&many).unwrap();
        assert_eq!(many.summary, "5 offers need you");
        assert_eq!(many.body, "Offer 1, Offer 2, Offer 3 and 2 more");
        assert_eq!(many.opens, Opens::Attention);
        assert_eq!(
            (of_needy(&[]), of_ending(&[], false), of_others(&[])),
            (None, None, None)
        );
    }

    #[test]
    fn a_deletion_leads_to_a_window_and_a_creation_to_its_offer() {
        let deleted = of_others(&[(None, "Golf".to_owned())]).unwrap();
        assert_eq!(
            (deleted.summary.as_str(), deleted.opens),
            ("Deleted: Golf", Opens::Window)
        );
        let created = of_others(&[(Some(key(3)), "Spa".to_owned())]).unwrap();
        assert_eq!(created.opens, Opens::Offer { key: key(3) });
    }

    #[test]
    fn nobody_is_told_at_night() {
        let told: Vec<i8> = (0..24).filter(|hour| is_daytime(*hour)).collect();
        assert_eq!((told.first(), told.last()), (Some(&9), Some(&20)));
    }
}
