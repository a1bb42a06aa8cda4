//! What the server would refuse, and the one thing it wrongly accepts, said in words before anything is sent.

use std::collections::BTreeMap;

use crate::fields::{Field, FieldValue, OfferFields};

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Longest tag, in characters.
pub const TAG_LIMIT: usize = 50;
/// Longest booking address, in characters.
pub const URL_LIMIT: usize = 200;
/// Largest `sort_order`.
pub const SORT_ORDER_LIMIT: u32 = i32::MAX as u32;

/// Messages by the wire's field name.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Everything that is wrong with `fields`; empty when they may be saved. Expects trimmed fields.
///
/// A booking address that looks wrong is not an error here: the server decides, and its words are shown.
pub fn check(fields: &OfferFields) -> FieldErrors {
    let mut errors = FieldErrors::new();
    let mut say = |field: &str, message: String| errors.entry(field.to_owned()).or_default().push(message);

    if fields.title.is_empty() {
        say("title", "Give the offer a title.".to_owned());
    }
    if fields.short_description.is_empty() {
        say(
            "short_description",
            "Describe the offer in a sentence.".to_owned(),
        );
    }
    for (field, text, limit) in [
        ("title", &fields.title, TITLE_LIMIT),
        ("tag", &fields.tag, TAG_LIMIT),
        ("book_now_url", &fields.book_now_url, URL_LIMIT),
    ] {
        let length = text.chars().count();
        if length > limit {
            say(field, format!("At most {limit} characters; this has {length}."));
        }
    }
    for field in Field::ALL {
        if matches!(fields.get(*field), FieldValue::Text(text) if text.contains('\0')) {
            say(
                field.name(),
                "Holds a character that cannot be stored (NUL).".to_owned(),
            );
        }
    }
    if let (Some(from), Some(to)) = (fields.valid_from, fields.valid_to)
        && to < from
    {
        say("valid_to", "The end date is before the start date.".to_owned());
    }
    if fields.sort_order > SORT_ORDER_LIMIT {
        say("sort_order", format!("At most {SORT_ORDER_LIMIT}."));
    }
    errors
}

/// What is wrong with `fields` as far as a change of these answers for it: what others have stored in the rest is not for its
/// author to mend. Either date answers for their order.
pub fn check_changed(fields: &OfferFields, changed: &[Field]) -> FieldErrors {
    let mut errors = check(fields);
    errors.retain(|name, _| {
        let is_order = name == Field::ValidTo.name();
        let answers = |field: &Field| field.name() == name || (is_order && *field == Field::ValidFrom);
        changed.iter().any(answers)
    });
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Day;

    fn good() -> OfferFields {
        OfferFields {
            title: "t".repeat(TITLE_LIMIT),
            short_description: "s".into(),
            details_text: String::new(),
            details_html: String::new(),
            valid_from: Some(Day::new(2026, 12, 24)),
            valid_to: Some(Day::new(2026, 12, 24)),
            tag: "é".repeat(TAG_LIMIT),
            book_now_url: "not an address".into(),
            sort_order: SORT_ORDER_LIMIT,
            is_active: true,
        }
    }

    #[test]
    fn what_the_server_takes_is_taken_up_to_each_limit() {
        assert_eq!(check(&good()), FieldErrors::new());
    }

    #[test]
    fn each_rule_speaks_at_its_own_field() {
        type Spoil = fn(&mut OfferFields);
        let cases: [(&str, Spoil); 8] = [
            ("title", |f| f.title.clear()),
            ("title", |f| f.title.push('x')),
            ("short_description", |f| f.short_description.clear()),
            ("tag", |f| f.tag.push('x')),
            ("book_now_url", |f| f.book_now_url = "x".repeat(URL_LIMIT + 1)),
            ("details_text", |f| f.details_text = "a\0b".into()),
            ("valid_to", |f| f.valid_to = Some(Day::new(2026, 12, 23))),
            ("sort_order", |f| f.sort_order = SORT_ORDER_LIMIT + 1),
        ];
        for (field, spoil) in cases {
            let mut fields = good();
            spoil(&mut fields);
            assert_eq!(check(&fields).keys().collect::<Vec<_>>(), [field]);
        }
    }

    #[test]
    fn a_change_answers_for_its_own_fields_and_each_date_for_both() {
        let mut fields = good();
        fields.title.push('x');
        fields.valid_to = Some(Day::new(2026, 12, 23));
        let cases: [(&[Field], &[&str]); 5] = [
            (&[], &[]),
            (&[Field::Tag, Field::IsActive], &[]),
            (&[Field::Title], &["title"]),
            (&[Field::ValidFrom], &["valid_to"]),
            (&[Field::ValidTo, Field::Title], &["title", "valid_to"]),
        ];
        for (changed, expected) in cases {
            let errors = check_changed(&fields, changed);
            assert_eq!(errors.keys().collect::<Vec<_>>(), expected, "{changed:?}");
        }
    }
}
