//! What staff did to an offer, and how several things they did become one before anything was sent.
//!
//! [`join`] is pure: it takes what waits unsent for one offer and what is done now, and answers what waits then.

use model::{OfferFields, OfferId, OfferPatch};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::view::StagedPhoto;

/// One thing to do on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Action {
    /// Create the offer, with its photo in the same request.
    Create {
        /// Trimmed and checked.
        fields: Box<OfferFields>,
        /// Travels with it.
        photo: Option<StagedPhoto>,
        /// The largest id known before the first attempt: an offer that an unanswered attempt made has a larger one.
        known_up_to: Option<OfferId>,
    },
    /// Change some fields.
    Update {
        /// With the values their author saw.
        patch: Box<OfferPatch>,
        /// The offer as its author saw it, to show and restore it if it is deleted elsewhere.
        seen: Box<OfferFields>,
    },
    /// Replace the photo.
    SetPhoto {
        /// By this one.
        photo: StagedPhoto,
        /// As in `Update`.
        seen: Box<OfferFields>,
        /// Where the server's photo was when this was done; outer `None`: not known.
        #[serde(default)]
        seen_photo: Option<Option<String>>,
    },
    /// Take the photo away.
    RemovePhoto {
        /// As in `Update`.
        seen: Box<OfferFields>,
        /// As in `SetPhoto`.
        #[serde(default)]
        seen_photo: Option<Option<String>>,
    },
    /// Delete the offer.
    Delete {
        /// The offer that its author saw and wanted gone.
        seen: Box<OfferFields>,
        /// As in `SetPhoto`.
        #[serde(default)]
        seen_photo: Option<Option<String>>,
    },
}

impl Action {
    fn is_photo(&self) -> bool {
        matches!(self, Self::SetPhoto { .. } | Self::RemovePhoto { .. })
    }
}

/// How far an action has got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Unix milliseconds when it was done here.
    pub done_at: i64,
    /// Label of the window it was done in.
    #[serde(default)]
    pub window: String,
    /// Failed tries in a row.
    pub failures: u32,
    /// A request has left whose answer never came: the server may have done it. Written before the request leaves.
    pub attempted: bool,
    /// A request has left that may have been done: what stands on the server may be its work. Written before it leaves, and taken
    /// back with an answer that says that it came to nothing.
    #[serde(default)]
    pub tried: bool,
    /// What `tried` was before the request that left last.
    #[serde(default)]
    pub tried_before: bool,
    /// What was wanted has stood on the server since it left: where it does no longer, somebody has seen it and wants it otherwise.
    #[serde(default)]
    pub has_stood: bool,
    /// Why it waits for a person.
    pub parked: Option<Problem>,
    /// It may be on the server already: only a person's word sends it again, no edit does.
    #[serde(default)]
    pub in_doubt: bool,
}

/// What waits, unsent, for one offer after `new` was done too.
///
/// `waiting` is in order and holds nothing of which a request has left.
pub fn join(waiting: Vec<Action>, new: Action) -> Vec<Action> {
    let mut actions = waiting.into_iter();
    if let [Action::Create { .. }, ..] = actions.as_slice()
        && let Some(Action::Create {
            mut fields,
            mut photo,
            known_up_to,
        }) = actions.next()
    {
        // What was done while it was on its way stands behind it, and came before this.
        for done in actions.chain([new]) {
            match done {
                Action::Update { patch, .. } => patch.apply_to(&mut fields),
                Action::SetPhoto { photo: new, .. } => photo = Some(new),
                Action::RemovePhoto { .. } => photo = None,
                Action::Delete { .. } | Action::Create { .. } => return Vec::new(),
            }
        }
        return vec![Action::Create {
            fields,
            photo,
            known_up_to,
        }];
    }
    let mut waiting: Vec<Action> = actions.collect();
    match new {
        // Nothing of what went before matters for an offer that goes.
        Action::Delete { .. } => vec![new],
        Action::SetPhoto { .. } | Action::RemovePhoto { .. } => {
            waiting.retain(|action| !action.is_photo());
            waiting.push(new);
            waiting
        }
        Action::Update { patch, seen } => {
            fold_updates(&mut waiting);
            let last = waiting.iter_mut().rev().find_map(|action| match action {
                Action::Update { patch, .. } => Some(patch),
                _ => None,
            });
            match last {
                Some(earlier) => **earlier = std::mem::take(&mut **earlier).then(*patch),
                None => waiting.push(Action::Update { patch, seen }),
            }
            waiting.retain(|action| !matches!(action, Action::Update { patch, .. } if patch.is_empty()));
            waiting
        }
        Action::Create { .. } => {
            waiting.push(new);
            waiting
        }
    }
}

/// Edits made on top of each other become one, also when something kept them apart so far: a later one had been made while the
/// earlier was on its way, and the earlier was refused. Edits that did not see each other stay apart, or their collision would be lost.
fn fold_updates(waiting: &mut Vec<Action>) {
    let mut folded: Vec<Action> = Vec::with_capacity(waiting.len());
    for action in waiting.drain(..) {
        let Action::Update { patch: later, .. } = &action else {
            folded.push(action);
            continue;
        };
        let earlier = folded.iter_mut().rev().find_map(|action| match action {
            Action::Update { patch, .. } => Some(patch),
            _ => None,
        });
        match earlier {
            Some(earlier) if earlier.is_followed_by(later) => {
                **earlier = std::mem::take(&mut **earlier).then((**later).clone());
            }
            _ => folded.push(action),
        }
    }
    *waiting = folded;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{offer, photo};

    fn fields(title: &str, tag: &str) -> OfferFields {
        OfferFields {
            title: title.into(),
            tag: tag.into(),
            ..offer(1, "old").fields
        }
    }

    fn create(title: &str, tag: &str, photo: Option<StagedPhoto>) -> Action {
        Action::Create {
            fields: Box::new(fields(title, tag)),
            photo,
            known_up_to: None,
        }
    }

    fn update(from: (&str, &str), to: (&str, &str)) -> Action {
        let patch = Box::new(fields(from.0, from.1).patch_to(&fields(to.0, to.1)));
        Action::Update {
            patch,
            seen: Box::new(offer(1, "old").fields),
        }
    }

    fn set(name: &str) -> Action {
        Action::SetPhoto {
            photo: photo(name),
            seen: Box::new(offer(1, "old").fields),
            seen_photo: None,
        }
    }

    fn remove() -> Action {
        Action::RemovePhoto {
            seen: Box::new(offer(1, "old").fields),
            seen_photo: None,
        }
    }

    fn delete() -> Action {
        Action::Delete {
            seen: Box::new(offer(1, "old").fields),
            seen_photo: None,
        }
    }

    #[test]
    fn a_deletion_that_an_earlier_release_has_kept_says_nothing_of_the_photo() {
        let kept = serde_json::json!({"type": "delete", "seen": offer(1, "old").fields});
        let read: Action = serde_json::from_value(kept).unwrap();
        assert_eq!(read, delete());
    }

    #[test]
    fn what_has_not_left_yet_becomes_one() {
        let cases: Vec<(&str, Vec<Action>, Action, Vec<Action>)> = vec![
            (
                "nothing waits",
                vec![],
                update(("a", ""), ("b", "")),
                vec![update(("a", ""), ("b", ""))],
            ),
            (
                "an edit of a create that came back, with an earlier edit behind it",
                vec![create("a", "", None), update(("a", ""), ("a", "x")), set("p")],
                update(("a", "x"), ("a", "y")),
                vec![create("a", "y", Some(photo("p")))],
            ),
            (
                "an edit of an edit",
                vec![update(("a", ""), ("b", ""))],
                update(("b", ""), ("c", "t")),
                vec![update(("a", ""), ("c", "t"))],
            ),
            (
                "an edit taken back",
                vec![update(("a", ""), ("b", ""))],
                update(("b", ""), ("a", "")),
                vec![],
            ),
            (
                "an edit taken back leaves the photo",
                vec![update(("a", ""), ("b", "")), set("p")],
                update(("b", ""), ("a", "")),
                vec![set("p")],
            ),
            (
                "an edit of a create",
                vec![create("a", "", None)],
                update(("a", ""), ("b", "")),
                vec![create("b", "", None)],
            ),
            (
                "a photo of a create",
                vec![create("a", "", None)],
                set("p"),
                vec![create("a", "", Some(photo("p")))],
            ),
            (
                "a create's photo removed",
                vec![create("a", "", Some(photo("p")))],
                remove(),
                vec![create("a", "", None)],
            ),
            ("a create deleted", vec![create("a", "", None)], delete(), vec![]),
            (
                "an edit of two edits made on top of each other",
                vec![update(("a", ""), ("b", "")), update(("b", ""), ("b", "t"))],
                update(("b", "t"), ("c", "t")),
                vec![update(("a", ""), ("c", "t"))],
            ),
            (
                "an edit of one that had not seen the one before",
                vec![update(("a", ""), ("b", "")), update(("a", ""), ("c", ""))],
                update(("c", ""), ("d", "")),
                vec![update(("a", ""), ("b", "")), update(("a", ""), ("d", ""))],
            ),
            (
                "a photo replaced",
                vec![set("p"), update(("a", ""), ("b", ""))],
                set("q"),
                vec![update(("a", ""), ("b", "")), set("q")],
            ),
            (
                "a photo set, then removed",
                vec![set("p")],
                remove(),
                vec![remove()],
            ),
            (
                "a delete after edits",
                vec![update(("a", ""), ("b", "")), set("p")],
                delete(),
                vec![delete()],
            ),
        ];
        for (name, waiting, new, expected) in cases {
            assert_eq!(join(waiting, new), expected, "{name}");
        }
    }
}
