//! A day on the calendar, written `YYYY-MM-DD` on the wire and nothing else: no time, no zone, no other spelling.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct Day(Date);

impl Day {
    /// The given day; meant for days known to exist.
    ///
    /// # Panics
    /// When there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Self {
        Self(jiff::civil::date(year, month, day))
    }

    /// Days from `self` to `other`; negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i32 {
        other.0.since(self.0).map_or(0, |span| span.get_days())
    }

    /// The day after.
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is not a day.
#[derive(Debug, thiserror::Error)]
#[error("not a day as YYYY-MM-DD: {0:?}")]
pub struct NotADay(String);

impl FromStr for Day {
    type Err = NotADay;

    // `Date` alone would also take date-times and forms without hyphens.
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let date = Date::strptime("%Y-%m-%d", text).ok().filter(|_| text.len() == 10);
        date.map(Self).ok_or_else(|| NotADay(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Self, NotADay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wire_spelling_is_a_day() {
        assert_eq!("2026-02-28".parse::<Day>().unwrap().to_string(), "2026-02-28");
        for text in [
            "",
            "2026-02-29",
            "2026-2-8",
            "20260228",
            "2026-02-28T10:00:00Z",
            "28.02.2026",
            " 2026-02-28",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn days_are_counted_across_months_and_years() {
        assert_eq!(Day::new(2026, 12, 30).days_until(Day::new(2027, 3, 1)), 61);
        assert_eq!(Day::new(2026, 12, 30).days_until(Day::new(2026, 12, 29)), -1);
    }
}
