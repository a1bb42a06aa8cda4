//! Where an offer stands on the hotel's calendar. An offer holds through the whole of its last day.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::fields::OfferFields;

/// Days before the last one from which an offer counts as ending.
pub const ENDING_WITHIN: i32 = 7;

/// The part of its life an offer is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Not active: guests do not see it.
    Hidden,
    /// Starts on a later day.
    Scheduled,
    /// Holds today, and for more than a week, or without end.
    Live,
    /// Holds today, its last day is within a week.
    Ending,
    /// Its last day has passed.
    Ended,
}

/// An offer's [`Phase`] with the day that matters in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Validity {
    /// The part of its life it is in.
    pub state: Phase,
    /// Scheduled: the first day. Live, ending and ended: the last day. Hidden: the last day if that is over.
    pub date: Option<Day>,
    /// Days between today and `date`, never negative.
    pub days: Option<i32>,
    /// Whether guests see it: the server lists active offers whatever their dates.
    pub shown: bool,
}

impl Validity {
    /// Where `fields` stand on the day `today` of the hotel.
    pub fn of(fields: &OfferFields, today: Day) -> Self {
        let (state, date) = match (fields.valid_from, fields.valid_to) {
            (_, last) if !fields.is_active => (Phase::Hidden, last.filter(|last| *last < today)),
            (_, Some(last)) if last < today => (Phase::Ended, Some(last)),
            (Some(first), _) if today < first => (Phase::Scheduled, Some(first)),
            (_, Some(last)) if today.days_until(last) <= ENDING_WITHIN => (Phase::Ending, Some(last)),
            (_, last) => (Phase::Live, last),
        };
        Self {
            state,
            date,
            days: date.map(|date| today.days_until(date).abs()),
            shown: fields.is_active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_holds_through_the_whole_of_its_last_day() {
        let today = Day::new(2026, 11, 22);
        let day = |month, day| Some(Day::new(2026, month, day));
        let cases = [
            (None, None, true, Phase::Live, None),
            (None, day(11, 21), true, Phase::Ended, Some(1)),
            (None, day(11, 22), true, Phase::Ending, Some(0)),
            (day(11, 22), day(11, 29), true, Phase::Ending, Some(7)),
            (day(11, 22), day(11, 30), true, Phase::Live, Some(8)),
            (day(11, 23), None, true, Phase::Scheduled, Some(1)),
            (day(11, 1), day(11, 2), false, Phase::Hidden, Some(20)),
            (day(11, 1), day(11, 22), false, Phase::Hidden, None),
            (day(11, 23), None, false, Phase::Hidden, None),
        ];
        for (valid_from, valid_to, is_active, state, days) in cases {
            let fields = OfferFields {
                title: "t".into(),
                short_description: "s".into(),
                details_text: String::new(),
                details_html: String::new(),
                valid_from,
                valid_to,
                tag: String::new(),
                book_now_url: String::new(),
                sort_order: 0,
                is_active,
            };
            let validity = Validity::of(&fields, today);
            assert_eq!(
                (validity.state, validity.days),
                (state, days),
                "{valid_from:?} to {valid_to:?}"
            );
            assert_eq!(validity.shown, is_active, "dates hide nothing from guests");
        }
    }
}
