//! What is known of an offer's past, as windows see it.
//!
//! The cache keeps the states; what changed from one to the next is worked out here, so that the two cannot disagree.

use cache::VersionRow;
use model::{Field, FieldValue, OfferFields, OfferKey};
use serde::{Deserialize, Serialize};

use crate::view::Picture;

/// One field that became something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// What it was.
    pub before: FieldValue,
    /// What it became.
    pub after: FieldValue,
}

/// Who made a version, as far as this computer can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Origin {
    /// Somebody at this computer.
    ThisComputer {
        /// Label of the window, if it is one of this run.
        window: Option<String>,
    },
    /// Somebody else.
    Elsewhere,
}

/// A state that an offer was seen in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct OfferVersion {
    /// Names it.
    #[specta(type = u32)]
    pub id: i64,
    /// Of the offer, which may be gone.
    pub key: OfferKey,
    /// Unix milliseconds.
    #[specta(type = u32)]
    pub seen_at: i64,
    /// Who.
    pub origin: Origin,
    /// What the offer was; of a deletion, its last state.
    pub fields: OfferFields,
    /// Its photo; null: it had none.
    pub photo: Option<Picture>,
    /// Whether the offer was deleted then.
    pub is_deletion: bool,
    /// Against the version before; empty for the first that is known.
    pub changes: Vec<FieldChange>,
    /// Against the version before.
    pub photo_changed: bool,
}

/// `rows`: of one offer, newest first. `is_of_this_run` tells whether a window's label still means that window.
pub(crate) fn versions(
    rows: Vec<VersionRow>,
    is_of_this_run: impl Fn(&VersionRow) -> bool,
) -> Vec<OfferVersion> {
    let before: Vec<Option<VersionRow>> = rows.iter().skip(1).cloned().map(Some).chain([None]).collect();
    let pairs = rows.into_iter().zip(before);
    pairs
        .map(|(row, before)| {
            let of_this_run = is_of_this_run(&row);
            version(row, before.as_ref(), of_this_run)
        })
        .collect()
}

fn version(row: VersionRow, before: Option<&VersionRow>, of_this_run: bool) -> OfferVersion {
    let picture = row.offer.photo_url.as_ref().map(|_| Picture {
        hash: row.photo.map(|hash| hash.to_string()),
    });
    OfferVersion {
        id: row.id.0,
        key: row.offer.id.into(),
        seen_at: row.seen_at,
        origin: match row.window {
            None => Origin::Elsewhere,
            Some(window) => Origin::ThisComputer {
                window: (of_this_run && !window.is_empty()).then_some(window),
            },
        },
        changes: before.map_or_else(Vec::new, |before| {
            changes(&before.offer.fields, &row.offer.fields)
        }),
        photo_changed: before.is_some_and(|before| {
            before.offer.photo_url != row.offer.photo_url
                || matches!((before.photo, row.photo), (Some(was), Some(is)) if was != is)
        }),
        photo: picture,
        fields: row.offer.fields,
        is_deletion: row.is_deletion,
    }
}

/// The fields that differ, in the order a person reads an offer.
pub(crate) fn changes(before: &OfferFields, after: &OfferFields) -> Vec<FieldChange> {
    let change = |field: &Field| {
        let (before, after) = (before.get(*field), after.get(*field));
        (before != after).then_some(FieldChange {
            field: *field,
            before,
            after,
        })
    };
    Field::ALL.iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use cache::VersionId;

    use super::*;
    use crate::testing::offer;

    fn row(id: i64, title: &str, window: Option<&str>) -> VersionRow {
        VersionRow {
            id: VersionId(id),
            seen_at: id,
            window: window.map(str::to_owned),
            offer: offer(1, title),
            is_deletion: false,
            photo: None,
        }
    }

    #[test]
    fn each_version_tells_what_it_changed_and_who_made_it() {
        let rows = vec![
            row(3, "C", None),
            row(2, "B", Some("console-1")),
            row(1, "A", Some("console-1")),
        ];
        let versions = versions(rows, |row| row.id.0 > 1);
        let told: Vec<_> = versions
            .iter()
            .map(|version| (version.changes.len(), version.origin.clone()))
            .collect();
        let here = |window: Option<&str>| Origin::ThisComputer {
            window: window.map(str::to_owned),
        };
        assert_eq!(
            told,
            [
                (1, Origin::Elsewhere),
                (1, here(Some("console-1"))),
                (0, here(None)),
            ]
        );
        assert_eq!(versions[1].changes[0].before, FieldValue::Text("A".to_owned()));
    }
}
