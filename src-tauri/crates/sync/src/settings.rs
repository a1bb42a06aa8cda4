//! What staff can set: the hotel's time zone, and which notifications the system shows.
//!
//! The zone belongs to the hotel, for every account of this computer; the notifications to the data folder, since they are about who
//! sits here.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// What is set now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// IANA name of the signed-in hotel's zone; null: this computer's.
    pub time_zone: Option<String>,
    /// Which notifications are wanted.
    pub alerts: WantedAlerts,
}

/// Which notifications of the system are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase", default)]
pub struct WantedAlerts {
    /// A change was refused, or collides with somebody else's.
    pub needs_you: bool,
    /// Offers end tomorrow.
    pub ending: bool,
    /// Others created or deleted an offer.
    pub others: bool,
}

impl Default for WantedAlerts {
    fn default() -> Self {
        Self {
            needs_you: true,
            ending: true,
            others: false,
        }
    }
}

/// A time zone to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Zone {
    /// IANA name; of the computer's own zone perhaps another one.
    pub name: String,
    /// Seconds that its clocks are ahead of UTC now.
    pub offset: i32,
}

/// The time zones there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Zones {
    /// This computer's.
    pub machine: Zone,
    /// Those that a hotel can lie in, by name.
    pub known: Vec<Zone>,
}

/// The zone of this name, which is written as people may write it.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok()?;
    // Names like `Etc/Unknown` lead to a zone that has none.
    zone.iana_name().is_some().then_some(zone)
}

/// The zones to choose from, with their clocks as they stand `now`.
pub(crate) fn zones(machine: &TimeZone, now: Timestamp) -> Zones {
    let at = |zone: &TimeZone, name: &str| Zone {
        name: name.to_owned(),
        offset: zone.to_offset(now).seconds(),
    };
    let known = jiff::tz::db().available().filter_map(|name| {
        let name = name.as_str();
        is_place(name).then(|| zone(name).map(|zone| at(&zone, name)))?
    });
    let mut known: Vec<_> = known.collect();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    known.dedup_by(|a, b| a.name == b.name);
    Zones {
        machine: at(machine, machine.iana_name().unwrap_or("Local time")),
        known,
    }
}

/// Whether people would look for a place under this name. The database also has abbreviations, and copies of itself.
fn is_place(name: &str) -> bool {
    const AREAS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    name == "UTC"
        || name
            .split_once('/')
            .is_some_and(|(area, _)| AREAS.contains(&area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_places_with_their_clocks_of_the_season() {
        let at = |time: &str| zones(&TimeZone::UTC, time.parse().unwrap());
        let offset = |zones: &Zones, name: &str| {
            zones
                .known
                .iter()
                .find(|zone| zone.name == name)
                .map(|zone| zone.offset)
        };
        let (winter, summer) = (at("2026-11-22T10:00:00Z"), at("2026-07-22T10:00:00Z"));
        assert!(winter.known.len() > 300, "{}", winter.known.len());
        assert_eq!(offset(&winter, "Europe/Dublin"), Some(0));
        assert_eq!(offset(&summer, "Europe/Dublin"), Some(3600));
        assert_eq!(offset(&winter, "Asia/Kathmandu"), Some(20_700));
        for no_place in ["EST", "posix/Europe/Dublin", "Etc/GMT+1", "posixrules"] {
            assert_eq!(offset(&winter, no_place), None, "{no_place}");
        }
        assert_eq!(winter.machine.name, "UTC");
    }

    #[test]
    fn a_zone_is_taken_in_any_case_and_nothing_else_is_a_zone() {
        assert_eq!(zone("europe/dublin").unwrap().iana_name(), Some("Europe/Dublin"));
        for name in ["", "Europe/Atlantis", "../etc/passwd", "+01:00"] {
            assert!(zone(name).is_none(), "{name}");
        }
    }

    #[test]
    fn what_another_program_has_kept_leaves_the_rest_as_it_usually_is() {
        let kept: WantedAlerts = serde_json::from_str(r#"{"ending":false,"weather":true}"#).unwrap();
        assert_eq!(
            kept,
            WantedAlerts {
                ending: false,
                ..WantedAlerts::default()
            }
        );
    }
}
