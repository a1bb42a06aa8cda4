//! `hotelmate://offer/34`: a link that opens an offer in the console, from a mail, a note or the hotel's own pages.
//!
//! Anybody can put any text after the colon, and a browser hands it on with one click. So a link can show an offer and do nothing else:
//! it names a number, no address, no account and no change. What is not exactly that is refused in words, in the window and in the log.
//!
//! On Linux and Windows the system starts the program with the link as an argument, and a running console gets it from the second
//! launch; a Mac tells the running program. Either way it is kept here until a window takes it, since at a start there is none yet.
//!
//! Absent: looking for the offer, and what happens when there is none: the window knows its offers.

use std::sync::{Mutex, PoisonError};

use model::{OfferId, OfferKey};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use crate::windows;

const SCHEME: &str = "hotelmate:";
const OFFER: &str = "//offer/";
/// As much of a link as is repeated to its user.
const REPEATED: usize = 60;
/// Primary keys are far shorter; a JavaScript number holds as many digits exactly.
const DIGITS: usize = 15;

/// What a link asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum FollowedLink {
    /// Show this offer.
    Offer {
        /// Of an offer that the server knows, or not.
        key: OfferKey,
    },
    /// It leads nowhere.
    Refused {
        /// What to say.
        words: String,
    },
}

/// A link waits to be taken.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct LinkFollowed(());

/// The link that no window has taken yet. A second one replaces it: its user has changed their mind.
#[derive(Default)]
pub(crate) struct Links(Mutex<Option<FollowedLink>>);

impl Links {
    /// With what this program was started for.
    pub(crate) fn at_start() -> Self {
        Self(Mutex::new(among(std::env::args())))
    }

    /// The waiting link, once.
    pub(crate) fn take(&self) -> Option<FollowedLink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, link: FollowedLink) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }
}

/// The link among a launch's arguments.
pub(crate) fn among(mut arguments: impl Iterator<Item = String>) -> Option<FollowedLink> {
    arguments
        .find(|argument| is_link(argument))
        .map(|link| read(&link))
}

/// Keeps the link for the next window that comes up.
pub(crate) fn keep(app: &AppHandle, link: FollowedLink) {
    app.state::<Links>().put(link);
}

/// Brings a window to the front, and has it follow the link.
pub(crate) fn follow(app: &AppHandle, link: FollowedLink) {
    keep(app, link);
    match windows::foremost(app) {
        Some(window) => {
            drop(window.unminimize());
            drop(windows::show(&window));
            if let Err(error) = LinkFollowed(()).emit_to(app, window.label()) {
                tracing::error!(%error, "a window could not be told of a link");
            }
        }
        // It takes the link when it has come up.
        None => windows::open_or_log(app),
    }
}

fn is_link(argument: &str) -> bool {
    let scheme = argument.get(..SCHEME.len());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
}

/// What a link asks for. Its text is a stranger's.
pub(crate) fn read(link: &str) -> FollowedLink {
    if let Some(id) = offer(link) {
        return FollowedLink::Offer { key: id.into() };
    }
    let shown: String = link
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    let mut repeated: String = shown.chars().take(REPEATED).collect();
    if repeated.len() < shown.len() {
        repeated.push('…');
    }
    tracing::warn!(link = repeated, "a link was refused");
    let words =
        format!("This link leads nowhere: “{repeated}”. Links to offers look like hotelmate://offer/34.");
    FollowedLink::Refused { words }
}

fn offer(link: &str) -> Option<OfferId> {
    let rest = link.get(SCHEME.len()..)?;
    let path = rest.get(..OFFER.len())?;
    if !path.eq_ignore_ascii_case(OFFER) {
        return None;
    }
    let digits = rest.get(OFFER.len()..)?;
    // Some programs end every address that has a host with one.
    let digits = digits.strip_suffix('/').unwrap_or(digits);
    let is_number = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let id: i64 = digits.parse().ok().filter(|_| is_number)?;
    (id > 0).then_some(OfferId(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_an_offer_and_nothing_else() {
        for (link, id) in [
            ("hotelmate://offer/34", Some(34)),
            ("HotelMate://Offer/34/", Some(34)),
            ("hotelmate://offer/999999999999999", Some(999_999_999_999_999)),
            ("hotelmate://offer/0", None),
            ("hotelmate://offer/-3", None),
            ("hotelmate://offer/+3", None),
            ("hotelmate://offer/3.5", None),
            ("hotelmate://offer/٣", None),
            ("hotelmate://offer/9999999999999999", None),
            ("hotelmate://offer/34?delete=1", None),
            ("hotelmate://offer/34#x", None),
            ("hotelmate://offer/34/delete", None),
            ("hotelmate://offer/../offer/34", None),
            ("hotelmate://offer/%33%34", None),
            ("hotelmate://offer/", None),
            ("hotelmate://server/https://evil.example", None),
            ("hotelmate://me@offer/34", None),
            ("hotelmate:offer/34", None),
            ("hotelmate://", None),
            ("hotelmate:", None),
            ("hotelmate:ü", None),
        ] {
            assert_eq!(offer(link).map(|id| id.0), id, "{link}");
            let is_refused = matches!(read(link), FollowedLink::Refused { .. });
            assert_eq!(is_refused, id.is_none(), "{link}");
        }
    }

    #[test]
    fn a_hostile_link_is_repeated_short_and_without_what_would_garble_the_words() {
        let link = format!("hotelmate://\u{1b}[31m\n{}", "x".repeat(100_000));
        let FollowedLink::Refused { words } = read(&link) else {
            panic!("it was taken for an offer");
        };
        assert!(words.chars().count() < 200, "{words}");
        assert!(!words.chars().any(char::is_control), "{words}");
    }

    #[test]
    fn the_link_is_found_among_what_a_launch_was_given() {
        let given = |arguments: &[&str]| among(arguments.iter().map(|&argument| argument.to_owned()));
        assert_eq!(given(&["/usr/bin/hotelmate-console", "--new-window"]), None);
        assert_eq!(given(&["x", "https://hotel.example/", "ü"]), None);
        let key = OfferKey::Server(OfferId(7));
        assert_eq!(
            given(&["x", "--automation", "hotelmate://offer/7"]),
            Some(FollowedLink::Offer { key })
        );
    }

    #[test]
    fn a_link_is_taken_once_and_the_last_one_counts() {
        let links = Links::default();
        assert_eq!(links.take(), None);
        links.put(read("hotelmate://offer/1"));
        links.put(read("hotelmate://offer/2"));
        let key = OfferKey::Server(OfferId(2));
        assert_eq!(links.take(), Some(FollowedLink::Offer { key }));
        assert_eq!(links.take(), None);
    }
}
