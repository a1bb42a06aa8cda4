//! The hotel's time zone: whose day it is. The clock of these tests begins at 10:00 UTC on 22 November 2026, a Sunday.

use std::time::Duration;

use model::{Day, Offer, Phase};
use sync::effect::{Ask, Reply};
use sync::problem::ErrorCode;
use sync::settings::WantedAlerts;
use sync::view::{ViewChange, WaitingChanges};

use crate::desk::{Desk, key, offer};

/// 14 hours ahead of UTC: its Monday begins when these tests do.
const AHEAD: &str = "Pacific/Kiritimati";
/// 5 hours behind.
const BEHIND: &str = "America/New_York";

fn until(day: &str) -> Offer {
    let mut offer = offer(1, "Spa");
    offer.fields.valid_to = Some(day.parse().expect("a day"));
    offer
}

fn state(desk: &mut Desk) -> (Phase, Option<i32>) {
    let validity = desk.view(key(1)).expect("it is listed").validity;
    (validity.state, validity.days)
}

#[test]
fn another_time_zone_is_another_day_at_once_for_every_offer_and_every_window() {
    let mut desk = Desk::live(vec![until("2026-11-22")]);
    assert_eq!(state(&mut desk), (Phase::Ending, Some(0)));
    desk.changes.clear();
    desk.set_time_zone(Some(AHEAD)).unwrap();
    assert_eq!(state(&mut desk), (Phase::Ended, Some(1)));
    let told = |what: &dyn Fn(&ViewChange) -> bool| desk.changes.iter().any(what);
    assert!(told(
        &|change| matches!(change, ViewChange::Offer { offer, .. } if offer.validity.state == Phase::Ended)
    ));
    assert!(told(&|change| *change
        == ViewChange::Today {
            today: Day::new(2026, 11, 23)
        }));
    assert!(told(
        &|change| matches!(change, ViewChange::Settings { settings } if settings.time_zone.as_deref() == Some(AHEAD))
    ));
    let snapshot = desk.snapshot();
    assert_eq!(
        (snapshot.today, snapshot.settings.time_zone.as_deref()),
        (Day::new(2026, 11, 23), Some(AHEAD))
    );
    desk.set_time_zone(None).unwrap();
    assert_eq!(
        state(&mut desk),
        (Phase::Ending, Some(0)),
        "this computer's zone again"
    );
}

#[test]
fn midnight_comes_when_it_does_at_the_hotel() {
    let mut desk = Desk::live(vec![until("2026-11-22")]);
    desk.set_time_zone(Some(BEHIND)).unwrap();
    // It is 5:00 there.
    desk.pass(Duration::from_secs(18 * 3600));
    assert_eq!(
        state(&mut desk),
        (Phase::Ending, Some(0)),
        "23:00, although it is Monday in UTC"
    );
    assert!(desk.due_in() <= Duration::from_secs(3601), "{:?}", desk.due_in());
    desk.pass(Duration::from_secs(3601));
    assert_eq!(state(&mut desk), (Phase::Ended, Some(1)));
}

#[test]
fn the_day_of_a_clock_change_has_its_own_length() {
    let mut desk = Desk::live(vec![until("2027-03-28")]);
    desk.set_time_zone(Some("Europe/Dublin")).unwrap();
    // To 27 March, 12:00; in the night after, clocks go forward.
    desk.pass(Duration::from_secs((125 * 24 + 2) * 3600));
    assert_eq!(state(&mut desk), (Phase::Ending, Some(1)));
    desk.pass(Duration::from_secs(12 * 3600));
    assert_eq!(
        state(&mut desk),
        (Phase::Ending, Some(0)),
        "midnight of the short day"
    );
    desk.pass(Duration::from_secs(23 * 3600));
    assert_eq!(state(&mut desk), (Phase::Ended, Some(1)), "23 hours later");
}

#[test]
fn the_zone_outlives_a_restart_and_is_the_hotels_whoever_signs_in() {
    let mut desk = Desk::live(vec![until("2026-11-22")]);
    desk.set_time_zone(Some("pacific/kiritimati")).unwrap();
    desk.crash_and_restart();
    assert_eq!(state(&mut desk), (Phase::Ended, Some(1)));
    assert_eq!(
        desk.snapshot().settings.time_zone.as_deref(),
        Some(AHEAD),
        "as the database spells it"
    );

    let ticket = desk.ask(Ask::SignOut(Some(WaitingChanges::Keep)));
    desk.reply(ticket).unwrap();
    let snapshot = desk.snapshot();
    assert_eq!(
        (snapshot.today, snapshot.settings.time_zone),
        (Day::new(2026, 11, 22), None),
        "without a hotel, this computer's"
    );
    desk.sign_in("manager");
    assert_eq!(desk.snapshot().today, Day::new(2026, 11, 23));
}

#[test]
fn a_zone_that_does_not_exist_is_refused_in_words_and_without_a_hotel_there_is_none_to_set() {
    let mut desk = Desk::new();
    assert_eq!(
        desk.set_time_zone(Some(AHEAD)).unwrap_err().code,
        ErrorCode::SignedOut
    );
    let mut desk = Desk::live(Vec::new());
    let error = desk.set_time_zone(Some("Europe/Atlantis")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert_eq!(error.message, "There is no time zone called “Europe/Atlantis”.");
    assert_eq!(desk.snapshot().settings.time_zone, None);
}

#[test]
fn a_choice_that_could_not_be_kept_is_not_made() {
    let mut desk = Desk::live(vec![until("2026-11-22")]);
    desk.refuse_writes("hotel");
    assert!(desk.set_time_zone(Some(AHEAD)).is_err());
    assert_eq!(desk.snapshot().today, Day::new(2026, 11, 22));
    desk.allow_writes();
    desk.set_time_zone(Some(AHEAD)).unwrap();
    assert_eq!(desk.snapshot().today, Day::new(2026, 11, 23));
}

#[test]
fn which_notifications_are_wanted_is_kept() {
    let mut desk = Desk::live(Vec::new());
    assert_eq!(desk.snapshot().settings.alerts, WantedAlerts::default());
    let wanted = WantedAlerts {
        ending: false,
        others: true,
        ..WantedAlerts::default()
    };
    let ticket = desk.ask(Ask::SetWantedAlerts(wanted));
    desk.reply(ticket).unwrap();
    desk.crash_and_restart();
    assert_eq!(desk.snapshot().settings.alerts, wanted);
}

#[test]
fn the_zones_to_choose_from_say_what_their_clocks_say_now() {
    let mut desk = Desk::live(Vec::new());
    let ticket = desk.ask(Ask::TimeZones);
    let Ok(Reply::Zones(zones)) = desk.reply(ticket) else {
        panic!("no zones")
    };
    let dublin = zones.known.iter().find(|zone| zone.name == "Europe/Dublin");
    assert_eq!(dublin.map(|zone| zone.offset), Some(0), "in winter");
    assert_eq!(zones.machine.name, "UTC");
}

#[test]
fn a_hotels_time_zone_is_one_for_all_who_sign_in_there_however_they_spell_its_server() {
    let mut desk = Desk::live(vec![]);
    desk.set_time_zone(Some(AHEAD)).unwrap();
    desk.spell_server("https://Hotel.example:443/api");
    let change_to = |desk: &mut Desk, user: &str| {
        let ticket = desk.ask(Ask::SignOut(None));
        desk.reply(ticket).unwrap();
        desk.sign_in(user);
        desk.snapshot().settings.time_zone
    };
    assert_eq!(change_to(&mut desk, "manager").as_deref(), Some(AHEAD));
    desk.set_time_zone(Some(BEHIND)).unwrap();
    assert_eq!(change_to(&mut desk, "frontdesk").as_deref(), Some(BEHIND));
}
