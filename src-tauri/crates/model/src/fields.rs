//! The editable fields of an offer, changes of them, and the three-way merge of a change with what others did meanwhile.
//!
//! A [`Change`] remembers the value its author saw. That is what makes a merge possible on a server that has no versions: a field
//! whose current value is neither what the author saw nor what the author wants was changed elsewhere, and only a person can choose.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::day::Day;
use crate::id::OfferId;
use crate::offer::Offer;

/// What a field had when its author saw it, and what the author made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Change<T> {
    /// The value in the base state at edit time.
    pub before: T,
    /// The value wanted.
    pub after: T,
}

/// What stays of a patch when it meets a base that may have moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The changes that are still wanted and collide with nothing.
    pub patch: OfferPatch,
    /// Fields changed here and, differently, elsewhere.
    pub conflicts: Vec<Field>,
}

/// A field's value where any field can stand: in a conflict, in history.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(untagged)]
pub enum FieldValue {
    /// A switch.
    Flag(bool),
    /// A whole number.
    Number(u32),
    /// Text, and dates as `YYYY-MM-DD`.
    Text(String),
    /// A date that is not set, or a photo that is not there.
    Nothing(()),
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for FieldValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for FieldValue {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<Option<Day>> for FieldValue {
    fn from(day: Option<Day>) -> Self {
        day.map_or(Self::Nothing(()), |day| Self::Text(day.to_string()))
    }
}

/// One list of the fields; everything that must treat each of them alike is made from it.
macro_rules! offer_fields {
    ($( $(#[$meta:meta])* $name:ident: $type:ty => $field:ident $(where $read:meta)? ),+ $(,)?) => {
        /// The editable fields of an offer, by the wire's names.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
        pub struct OfferFields {
            $( $(#[$meta])* pub $name: $type, )+
        }

        /// An offer as it is read: on one level, like the wire's. With `serde(flatten)`, which keeps every field aside first, reading
        /// took twice the time. What may be null and has always been sent has to be there: left to itself, serde takes an `Option` that
        /// is left out for null.
        #[derive(Deserialize)]
        pub(crate) struct FlatOffer {
            id: OfferId,
            $( $(#[$meta])* $(#[$read])? $name: $type, )+
            #[serde(deserialize_with = "Option::deserialize")]
            photo: Option<String>,
            #[serde(deserialize_with = "Option::deserialize")]
            photo_url: Option<String>,
            created_at: Timestamp,
        }

        impl From<FlatOffer> for Offer {
            fn from(flat: FlatOffer) -> Self {
                Self {
                    id: flat.id,
                    fields: OfferFields { $( $name: flat.$name ),+ },
                    photo: flat.photo,
                    photo_url: flat.photo_url,
                    created_at: flat.created_at,
                }
            }
        }

        impl Serialize for Offer {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let count = 4 + Field::ALL.len();
                let mut flat = serializer.serialize_struct("Offer", count)?;
                flat.serialize_field("id", &self.id)?;
                $( flat.serialize_field(stringify!($name), &self.fields.$name)?; )+
                flat.serialize_field("photo", &self.photo)?;
                flat.serialize_field("photo_url", &self.photo_url)?;
                flat.serialize_field("created_at", &self.created_at)?;
                flat.end()
            }
        }

        /// The changed fields of an offer; the others are absent.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
        pub struct OfferPatch {
            $(
                #[doc = concat!("Change of `", stringify!($name), "`.")]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<Change<$type>>,
            )+
        }

        /// Names an editable field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $( #[doc = concat!("`", stringify!($name), "`")] $field, )+
        }

        impl Field {
            /// Every field, in the order a person reads an offer.
            pub const ALL: &[Self] = &[$( Self::$field ),+];

            /// The wire's name.
            pub fn name(self) -> &'static str {
                match self { $( Self::$field => stringify!($name) ),+ }
            }
        }

        impl OfferFields {
            /// The value of one field.
            pub fn get(&self, field: Field) -> FieldValue {
                match field { $( Field::$field => self.$name.clone().into() ),+ }
            }

            /// The fields as the server will answer them: it trims every text.
            pub fn trimmed(&self) -> Self {
                Self { $( $name: self.$name.trimmed() ),+ }
            }

            /// The patch that leads from `self` to `after`.
            pub fn patch_to(&self, after: &Self) -> OfferPatch {
                OfferPatch { $( $name: (self.$name != after.$name)
                    .then(|| Change { before: self.$name.clone(), after: after.$name.clone() }) ),+ }
            }
        }

        impl OfferPatch {
            /// The fields this patch changes.
            pub fn fields(&self) -> Vec<Field> {
                let mut fields = Vec::new();
                $( if self.$name.is_some() { fields.push(Field::$field); } )+
                fields
            }

            /// Writes the wanted values into `fields`, whatever stood there.
            pub fn apply_to(&self, fields: &mut OfferFields) {
                $( if let Some(change) = &self.$name { fields.$name = change.after.clone(); } )+
            }

            /// This patch and then `later`, as one. A field that ends where it began is no longer changed.
            pub fn then(self, later: Self) -> Self {
                Self { $( $name: match (self.$name, later.$name) {
                    (Some(first), Some(second)) => (first.before != second.after)
                        .then_some(Change { before: first.before, after: second.after }),
                    (first, second) => first.or(second),
                } ),+ }
            }

            /// Whether `later` was made on top of this: it saw what this wanted.
            pub fn is_followed_by(&self, later: &Self) -> bool {
                $( (match (&self.$name, &later.$name) {
                    (Some(first), Some(second)) => first.after == second.before,
                    _ => true,
                }) )&&+
            }

            /// Holds this patch against what the server has now. See [`Merge`].
            pub fn merge(&self, base: &OfferFields) -> Merge {
                let mut conflicts = Vec::new();
                let patch = Self { $( $name: self.$name.clone().filter(|change| {
                    let settled = base.$name == change.after;
                    let collides = !settled && base.$name != change.before;
                    if collides { conflicts.push(Field::$field); }
                    !settled && !collides
                }) ),+ };
                Merge { patch, conflicts }
            }

            /// The patch that takes this one back.
            pub fn reversed(self) -> Self {
                Self { $( $name: self.$name.map(|change| Change { before: change.after, after: change.before }) ),+ }
            }

            /// What one field had and what it should get, if this changes it.
            pub fn values(&self, field: Field) -> Option<(FieldValue, FieldValue)> {
                match field { $( Field::$field => self.$name.as_ref()
                    .map(|change| (change.before.clone().into(), change.after.clone().into())) ),+ }
            }

            /// Drops the change of one field.
            pub fn forget(&mut self, field: Field) {
                match field { $( Field::$field => self.$name = None ),+ }
            }

            /// Says that the author of this field's change has now seen `base`, and still wants the change.
            pub fn rebase(&mut self, field: Field, base: &OfferFields) {
                match field { $( Field::$field => if let Some(change) = &mut self.$name {
                    change.before = base.$name.clone();
                } ),+ }
            }
        }
    };
}

offer_fields! {
    /// 1 to 200 characters.
    title: String => Title,
    /// Not blank.
    short_description: String => ShortDescription,
    /// Plain text, may be blank.
    details_text: String => DetailsText,
    /// HTML as somebody sent it, scripts included: sanitise before showing.
    details_html: String => DetailsHtml,
    /// First day, in the hotel's time zone.
    valid_from: Option<Day> => ValidFrom where serde(deserialize_with = "Option::deserialize"),
    /// Last day; the offer holds through the whole of it.
    valid_to: Option<Day> => ValidTo where serde(deserialize_with = "Option::deserialize"),
    /// At most 50 characters, may be blank.
    tag: String => Tag,
    /// At most 200 characters, may be blank.
    book_now_url: String => BookNowUrl,
    /// Ascending; at most [`i32::MAX`].
    sort_order: u32 => SortOrder,
    /// Guests see it, whatever its dates.
    is_active: bool => IsActive,
}

impl OfferPatch {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.fields().is_empty()
    }
}

/// What the server makes of a value that it is sent.
trait Trimmed {
    fn trimmed(&self) -> Self;
}

impl Trimmed for String {
    /// Python's `str.strip`, which the server uses, also takes the four ASCII separators that Rust does not call white space.
    fn trimmed(&self) -> Self {
        self.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
            .to_owned()
    }
}

impl Trimmed for Option<Day> {
    fn trimmed(&self) -> Self {
        *self
    }
}

impl Trimmed for u32 {
    fn trimmed(&self) -> Self {
        *self
    }
}

impl Trimmed for bool {
    fn trimmed(&self) -> Self {
        *self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> OfferFields {
        OfferFields {
            title: "Spa weekend".into(),
            short_description: "Two nights".into(),
            details_text: String::new(),
            details_html: String::new(),
            valid_from: None,
            valid_to: None,
            tag: "Spa".into(),
            book_now_url: String::new(),
            sort_order: 3,
            is_active: true,
        }
    }

    fn with(edit: impl FnOnce(&mut OfferFields)) -> OfferFields {
        let mut fields = base();
        edit(&mut fields);
        fields
    }

    #[test]
    fn only_changed_fields_are_in_a_patch_and_on_the_wire() {
        let patch = base().patch_to(&with(|f| f.tag = "Wellness".into()));
        assert_eq!(
            serde_json::to_value(&patch).unwrap(),
            serde_json::json!({"tag": {"before": "Spa", "after": "Wellness"}})
        );
    }

    #[test]
    fn a_field_changed_elsewhere_too_is_a_conflict_and_the_others_merge() {
        let mine = with(|f| {
            f.title = "Mine".into();
            f.sort_order = 9;
            f.is_active = false;
        });
        let patch = base().patch_to(&mine);
        let theirs = with(|f| {
            f.title = "Theirs".into();
            f.tag = "Family".into();
            f.is_active = false;
        });
        let merge = patch.merge(&theirs);
        assert_eq!(merge.conflicts, [Field::Title]);
        assert_eq!(
            merge.patch.fields(),
            [Field::SortOrder],
            "is_active says the same already"
        );
    }

    #[test]
    fn a_field_edited_back_is_no_longer_changed() {
        let there = base().patch_to(&with(|f| f.title = "Other".into()));
        let back = with(|f| f.title = "Other".into()).patch_to(&base());
        assert!(there.then(back).is_empty());
    }

    #[test]
    fn a_rebased_conflict_is_an_ordinary_change() {
        let mut patch = base().patch_to(&with(|f| f.title = "Mine".into()));
        let theirs = with(|f| f.title = "Theirs".into());
        patch.rebase(Field::Title, &theirs);
        assert_eq!(
            patch.merge(&theirs),
            Merge {
                patch: patch.clone(),
                conflicts: vec![]
            }
        );
    }

    #[test]
    fn every_text_is_trimmed_as_the_server_trims_it() {
        let wide = |text: &String| format!("\u{1f} \u{a0}{text} \n");
        let fields = with(|f| {
            for text in [
                &mut f.title,
                &mut f.short_description,
                &mut f.details_text,
                &mut f.details_html,
                &mut f.tag,
                &mut f.book_now_url,
            ] {
                *text = wide(text);
            }
        });
        assert_eq!(fields.trimmed(), base());
    }

    fn any_fields() -> impl Strategy<Value = OfferFields> {
        let word = || prop::sample::select(vec!["", "a", "b"]).prop_map(str::to_owned);
        let day = || prop::option::of((1i8..4).prop_map(|d| Day::new(2026, 12, d)));
        (word(), word(), day(), day(), 0u32..3, any::<bool>()).prop_map(
            |(title, tag, from, to, sort_order, is_active)| OfferFields {
                title,
                tag,
                valid_from: from,
                valid_to: to,
                sort_order,
                is_active,
                ..base()
            },
        )
    }

    proptest! {
        #[test]
        fn a_patch_leads_where_it_was_made_for(from in any_fields(), to in any_fields()) {
            let mut fields = from.clone();
            from.patch_to(&to).apply_to(&mut fields);
            prop_assert_eq!(fields, to);
        }

        #[test]
        fn two_patches_as_one_do_what_they_did_one_by_one(a in any_fields(), b in any_fields(), c in any_fields()) {
            let joined = a.patch_to(&b).then(b.patch_to(&c));
            prop_assert_eq!(joined, a.patch_to(&c));
        }

        #[test]
        fn a_merge_never_overwrites_what_it_did_not_see(a in any_fields(), mine in any_fields(), theirs in any_fields()) {
            let patch = a.patch_to(&mine);
            let merge = patch.merge(&theirs);
            let mut merged = theirs.clone();
            merge.patch.apply_to(&mut merged);
            for field in Field::ALL.iter().copied() {
                let (was, now, end) = (a.get(field), theirs.get(field), merged.get(field));
                if now != was {
                    prop_assert_eq!(end, now, "{:?} was changed elsewhere and stays so", field);
                } else if !merge.conflicts.contains(&field) {
                    prop_assert_eq!(end, mine.get(field), "{:?} was changed by nobody else", field);
                }
            }
        }
    }
}
