//! The list's order, and what has to change for an offer to stand elsewhere in it.
//!
//! The server lists by `sort_order`, and among equals the newest first. Moving an offer writes as few of the others as possible: each
//! write is a change that colleagues see, and may collide with theirs.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::id::OfferKey;
use crate::validation::SORT_ORDER_LIMIT;

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub key: OfferKey,
    /// Ascending.
    pub sort_order: u32,
    /// Among equals the newest stands first; `None`: not on the server yet, so newer than all that are.
    pub created_at: Option<Timestamp>,
}

impl Place {
    /// The list's order.
    pub fn compare(&self, other: &Self) -> Ordering {
        let age = |place: &Self| (place.created_at.is_some(), std::cmp::Reverse(place.created_at));
        let by_order = self.sort_order.cmp(&other.sort_order);
        by_order.then_with(|| age(self).cmp(&age(other)))
    }

    /// Whether `later` would stand behind this, both having the same `sort_order`.
    fn leads(&self, later: &Self) -> bool {
        let same = Self {
            sort_order: self.sort_order,
            ..*later
        };
        self.compare(&same) == Ordering::Less
    }
}

/// The `sort_order`s to write for `key` to stand before `before`, or at the end.
///
/// `places` are all offers, in any order. Nothing is to be written when it stands there already, or when either is unknown.
pub fn moves(places: &[Place], key: OfferKey, before: Option<OfferKey>) -> Vec<(OfferKey, u32)> {
    let mut list = places.to_vec();
    list.sort_by(Place::compare);
    let Some(from) = list.iter().position(|place| place.key == key) else {
        return Vec::new();
    };
    let moved = list.remove(from);
    let to = match before {
        None => list.len(),
        Some(before) => match list.iter().position(|place| place.key == before) {
            Some(to) => to,
            None => return Vec::new(),
        },
    };
    list.insert(to, moved);
    if to == from {
        return Vec::new();
    }
    let behind = pushed_behind(&list, to);
    let ahead = pulled_ahead(&list, to);
    let all = (0..)
        .zip(&list)
        .map(|(sort_order, place)| (place.key, sort_order));
    let candidates = [behind, ahead, Some(all.collect())];
    let fewest = candidates
        .into_iter()
        .flatten()
        .map(|wanted| changed(&list, wanted));
    fewest.min_by_key(Vec::len).unwrap_or_default()
}

/// The moved offer right behind the one before it; those behind make room.
fn pushed_behind(list: &[Place], to: usize) -> Option<Vec<(OfferKey, u32)>> {
    let mut list = list.to_vec();
    list[to].sort_order = 0;
    for at in to..list.len() {
        let least = match at.checked_sub(1).map(|ahead| list[ahead]) {
            None => 0,
            Some(ahead) if ahead.leads(&list[at]) => ahead.sort_order,
            Some(ahead) => ahead.sort_order + 1,
        };
        list[at].sort_order = list[at].sort_order.max(least);
        if list[at].sort_order > SORT_ORDER_LIMIT {
            return None;
        }
    }
    Some(orders(&list))
}

/// The moved offer right ahead of the one behind it; those ahead make room.
fn pulled_ahead(list: &[Place], to: usize) -> Option<Vec<(OfferKey, u32)>> {
    let mut list = list.to_vec();
    list[to].sort_order = SORT_ORDER_LIMIT;
    for at in (0..=to).rev() {
        let most = match list.get(at + 1).copied() {
            None => list[at].sort_order,
            Some(behind) if list[at].leads(&behind) => behind.sort_order,
            Some(behind) => behind.sort_order.checked_sub(1)?,
        };
        list[at].sort_order = list[at].sort_order.min(most);
    }
    Some(orders(&list))
}

fn orders(list: &[Place]) -> Vec<(OfferKey, u32)> {
    list.iter().map(|place| (place.key, place.sort_order)).collect()
}

fn changed(list: &[Place], wanted: Vec<(OfferKey, u32)>) -> Vec<(OfferKey, u32)> {
    let differs = |(place, (_, sort_order)): &(&Place, (OfferKey, u32))| place.sort_order != *sort_order;
    list.iter()
        .zip(wanted)
        .filter(differs)
        .map(|(_, wanted)| wanted)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::OfferId;

    fn key(id: i64) -> OfferKey {
        OfferKey::from(OfferId(id))
    }

    /// Offers with these orders; the first is the oldest.
    fn places(orders: &[u32]) -> Vec<Place> {
        let place = |(id, sort_order): (i64, &u32)| Place {
            key: key(id),
            sort_order: *sort_order,
            created_at: Some(Timestamp::from_second(id).unwrap()),
        };
        (1..).zip(orders).map(place).collect()
    }

    #[test]
    fn only_the_offers_that_must_change_are_written() {
        type Case = (
            &'static str,
            &'static [u32],
            i64,
            Option<i64>,
            &'static [(i64, u32)],
        );
        let cases: [Case; 6] = [
            ("to the front", &[1, 2, 3], 3, Some(1), &[(3, 0)]),
            ("into a gap", &[10, 20, 30], 3, Some(2), &[(3, 11)]),
            ("to the end", &[1, 2, 3], 1, None, &[(1, 3)]),
            ("to where it stands", &[1, 2, 3], 2, Some(3), &[]),
            ("where there is no room", &[0, 1, 2], 3, Some(1), &[(3, 0)]),
            (
                "among equals, the oldest to the front",
                &[0, 0, 0],
                1,
                Some(3),
                &[(3, 1), (2, 1)],
            ),
        ];
        for (name, orders, moved, before, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(id, order)| (key(*id), *order)).collect();
            let before = before.map(key);
            assert_eq!(moves(&places(orders), key(moved), before), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_puts_the_offer_there_and_leaves_the_others_in_their_order(
            orders in prop::collection::vec(0u32..6, 1..9), moved in 0usize..9, before in prop::option::of(0usize..9),
        ) {
            let mut list = places(&orders);
            list.sort_by(Place::compare);
            let moved = list[moved % list.len()].key;
            let before = before.map(|before| list[before % list.len()].key).filter(|before| *before != moved);
            let mut expected: Vec<_> = list.iter().map(|place| place.key).filter(|key| *key != moved).collect();
            let to = before.map_or(expected.len(), |before| expected.iter().position(|key| *key == before).unwrap());
            expected.insert(to, moved);

            let writes = moves(&list, moved, before);
            for place in &mut list {
                if let Some((_, sort_order)) = writes.iter().find(|(key, _)| *key == place.key) {
                    place.sort_order = *sort_order;
                }
            }
            list.sort_by(Place::compare);
            prop_assert_eq!(list.iter().map(|place| place.key).collect::<Vec<_>>(), expected);
        }
    }
}
