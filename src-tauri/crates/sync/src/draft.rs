//! Text in an editor that nobody has saved yet: kept on this computer at every pause in typing, so that a crash costs none of it.
//!
//! A draft is no operation: it is never sent, and says nothing about what is waiting.

use std::collections::BTreeMap;

use model::{Field, OfferFields, OfferKey};
use serde::{Deserialize, Serialize};

use crate::view::PhotoChange;

/// What an editor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// This text's own, made up by the editor that keeps it: two editors may be about the same offer, or each about a new one, also of two
    /// runs of the program.
    pub id: String,
    /// The offer being edited; null: one that was never saved.
    pub key: Option<OfferKey>,
    /// What the fields had when the editor opened, or last agreed with the outside.
    pub base: OfferFields,
    /// What they have now.
    pub fields: OfferFields,
    /// What is to happen to the photo.
    pub photo: Option<PhotoChange>,
    /// What was typed where a date belongs and is none.
    pub unreadable: BTreeMap<Field, String>,
    /// Unix milliseconds; set when it is kept.
    #[specta(type = u32)]
    pub saved_at: i64,
}
