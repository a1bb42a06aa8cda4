//! Peace, and what must be true after it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use model::{Offer, OfferKey};
use sync::effect::{Ask, Event, Reply};
use sync::preview::Receipt;
use sync::problem::ErrorCode;
use sync::view::{ConnectionState, FieldConflict, SyncState, ViewOffer, WaitingChanges};

use crate::desk::Window;
use crate::plan::Weather;
use crate::server::{Overwritten, text};
use crate::world::World;

/// Longer than the safety net's read and the longest wait between two tries together.
const QUIET: Duration = Duration::from_secs(12 * 60);
/// By then the last of the lost requests and the last of the half-open sockets are known for what they are.
const LOST_AFTER: Duration = Duration::from_secs(120);
const USERS: [&str; 2] = ["frontdesk", "manager"];

/// Ends all trouble, waits, and answers what is wrong then.
pub(crate) fn after_quiet(world: &mut World) -> Vec<String> {
    // An event that comes seconds late says what stood there long ago; nobody can know then who replaced whom.
    let in_order = world.weather.event_late == 0;
    let is_complete = world.weather.event_lost == 0;
    world.weather = Weather::default();
    world.server_up = true;
    let desks = world.desks.len();
    for desk in 0..desks {
        world.desks[desk].line_up = true;
        world.desks[desk].dies_in_turn = false;
    }
    // Who sleeps wakes, what was started comes up.
    while world.desks.iter().any(|desk| !desk.runs()) {
        world.pass(Duration::from_secs(10));
    }
    let mut faults = Vec::new();
    if in_order && is_complete {
        // No read of the list that comes by itself is waited for: events and answers alone have to agree with the server.
        world.pass(LOST_AFTER);
        faults.extend(stale(world));
    }
    // Whose token has expired learns it with the next request, the last of the lost ones after half a minute.
    for _ in 0..2 {
        for desk in 0..desks {
            world.ask(desk, Ask::RetryNow);
        }
        world.pass(Duration::from_secs(45));
        for desk in 0..desks {
            let user = user_at(world, desk);
            if !world.desks[desk].window.is_signed_in() {
                world.sign_in(desk, &user);
            }
        }
    }
    world.pass(QUIET);
    look(world, &mut faults);
    // The other accounts of these computers may have something waiting too.
    for desk in 0..desks {
        let user = user_at(world, desk);
        let other = USERS.into_iter().find(|name| *name != user).unwrap_or(USERS[0]);
        world.ask(desk, Ask::SignOut(Some(WaitingChanges::Keep)));
        world.sign_in(desk, other);
    }
    world.pass(QUIET);
    look(world, &mut faults);
    // What was heard while another account was at work is told to the account it concerns.
    if in_order {
        faults.extend(untold(world));
    }
    faults.extend(world.promises.doubled(&world.server.log));
    faults.extend(world.promises.strayed(&world.server.log));
    faults.extend(hidden(world));
    world.stats.overwritten_unseen += world.server.log.overwritten.len() as u64;
    faults
}

fn user_at(world: &World, desk: usize) -> String {
    world.desks[desk]
        .window
        .user()
        .unwrap_or(USERS[desk % 2])
        .to_owned()
}

/// Settled offers that a desk with live updates shows wrongly, although it has missed nothing.
fn stale(world: &World) -> Vec<String> {
    if world.stats.events_too_large > 0 {
        return Vec::new();
    }
    let offers = world.server.offers();
    let mut stale = Vec::new();
    for (number, desk) in world.desks.iter().enumerate() {
        let state = desk.window.connection.as_ref().map(|connection| connection.state);
        if state != Some(ConnectionState::Live) {
            continue;
        }
        for shown in desk
            .window
            .offers
            .values()
            .filter(|shown| shown.sync == SyncState::Synced)
        {
            let offer = offers.iter().find(|offer| shown.id == Some(offer.id));
            if offer.map(|offer| &offer.fields) != Some(&shown.fields) {
                stale.push(format!(
                    "desk {number} goes on showing {:?}, the server has {offer:?}",
                    shown.fields
                ));
            }
        }
    }
    stale
}

/// Values that a desk has replaced, has heard of, and has told nobody about.
fn untold(world: &World) -> Vec<String> {
    let offers = world.server.offers();
    let is_untold = |overwritten: &&Overwritten| {
        let (desk, epoch) = overwritten.by_desk;
        let here = &world.desks[desk];
        // A value that somebody put back was there before: only what was said of it while it stood there this time counts.
        let has_heard = |value: &String, while_it_stood: RangeInclusive<Timestamp>| {
            let said = here
                .heard
                .get(&(overwritten.id, overwritten.field, value.clone()));
            said.is_some_and(|said| said.iter().any(|at| while_it_stood.contains(at)))
        };
        let is_told = here
            .window
            .notices
            .iter()
            .flat_map(|notice| &notice.replaced)
            .any(|change| change.field == overwritten.field && text(&change.before) == overwritten.value);
        let is_there = offers.iter().any(|offer| offer.id == overwritten.id);
        is_there
            && here.epoch == epoch
            && has_heard(&overwritten.value, overwritten.since..=overwritten.at)
            && has_heard(&overwritten.by, overwritten.at..=Timestamp::MAX)
            && !is_told
    };
    let untold = world.server.log.overwritten.iter().filter(is_untold);
    untold
        .map(|overwritten| format!("replaced without a word: {overwritten:?}"))
        .collect()
}

/// What waits although its user has let go of all that needs somebody: no window shows it, and nothing is being deleted any more.
fn hidden(world: &mut World) -> Vec<String> {
    let mut hidden = Vec::new();
    for desk in 0..world.desks.len() {
        let offers = world.desks[desk].window.offers.values();
        let keys: Vec<OfferKey> = offers
            .filter(|offer| needs_somebody(offer))
            .map(|offer| offer.key)
            .collect();
        for key in keys {
            world.ask(desk, Ask::Discard(key));
        }
        let waiting = waiting(&world.desks[desk].window);
        if waiting > 0 {
            hidden.push(format!("desk {desk}: {waiting} wait where nobody can see them"));
        }
    }
    hidden
}

fn needs_somebody(offer: &ViewOffer) -> bool {
    matches!(offer.sync, SyncState::Parked | SyncState::Conflict)
}

fn waiting(window: &Window) -> u32 {
    window
        .connection
        .as_ref()
        .map_or(0, |connection| connection.waiting)
}

fn look(world: &mut World, faults: &mut Vec<String>) {
    for desk in 0..world.desks.len() {
        world.happen(desk, Event::Tick);
        let snapshot = match world.ask(desk, Ask::Snapshot) {
            Some(Ok(Reply::Snapshot(snapshot))) => snapshot,
            other => {
                faults.push(format!("desk {desk} gives no snapshot: {other:?}"));
                continue;
            }
        };
        let shown: BTreeMap<OfferKey, ViewOffer> = snapshot
            .offers
            .into_iter()
            .map(|offer| (offer.key, offer))
            .collect();
        for offer in shown.values() {
            // Guests see what the server has: nothing else may be claimed, and nobody waits for ever.
            if !matches!(offer.receipt, None | Some(Receipt::Seen { .. })) {
                faults.push(format!("desk {desk} says of what guests see: {offer:?}"));
            }
        }
        let window = &world.desks[desk].window;
        if shown != window.offers {
            faults.push(format!(
                "desk {desk}: the window shows something else than the engine has"
            ));
        }
        if waiting(window) > 0 && !window.offers.values().any(needs_somebody) {
            faults.push(format!(
                "desk {desk} says that something waits, and shows nothing that does: {:?}",
                window.connection
            ));
        }
        let state = window.connection.as_ref().map(|connection| connection.state);
        if state != Some(ConnectionState::Live) {
            faults.push(format!(
                "desk {desk} is not live: {:?} {:?}",
                window.session, window.connection
            ));
        }
        let now = world.wall();
        let offers: BTreeMap<OfferKey, Offer> = world
            .server
            .offers()
            .into_iter()
            .map(|offer| (OfferKey::from(offer.id), offer))
            .collect();
        let served: BTreeMap<OfferKey, Option<String>> = offers
            .iter()
            .map(|(key, offer)| {
                let url = offer.photo_url.as_deref();
                (
                    *key,
                    url.and_then(|url| world.server.served(url, now))
                        .map(|hash| hash.to_string()),
                )
            })
            .collect();
        compare(desk, window, &offers, &served, faults);
        world.stats.asked += window
            .offers
            .values()
            .filter(|offer| needs_somebody(offer))
            .count() as u64;
        faults.extend(world.promises.broken(desk, window, &world.server));
    }
}

fn compare(
    desk: usize,
    window: &Window,
    offers: &BTreeMap<OfferKey, Offer>,
    served: &BTreeMap<OfferKey, Option<String>>,
    faults: &mut Vec<String>,
) {
    for (key, shown) in &window.offers {
        match (shown.sync, offers.get(key)) {
            (SyncState::Parked, at_server) => {
                let is_told_gone = shown
                    .problem
                    .as_ref()
                    .is_some_and(|problem| problem.code == ErrorCode::NotFound);
                if is_told_gone && at_server.is_some() {
                    faults.push(format!(
                        "desk {desk}: {key} is said to be gone, and the server has it"
                    ));
                }
            }
            (SyncState::Conflict, None) => {
                faults.push(format!("desk {desk}: {key} is in conflict with nothing"));
            }
            (SyncState::Conflict, Some(offer)) => {
                let is_real = |conflict: &FieldConflict| {
                    conflict.theirs == offer.fields.get(conflict.field) && conflict.mine != conflict.theirs
                };
                if shown.conflicts.is_empty() || !shown.conflicts.iter().all(is_real) {
                    faults.push(format!(
                        "desk {desk}: {key} asks about {:?}, the server has {:?}",
                        shown.conflicts, offer.fields
                    ));
                }
            }
            (SyncState::Waiting | SyncState::Sending, _) => {
                faults.push(format!(
                    "desk {desk}: {key} is still {:?}: {:?}",
                    shown.sync, window.connection
                ));
            }
            (SyncState::Synced, None) => {
                faults.push(format!("desk {desk}: {key} is shown and not on the server"))
            }
            (SyncState::Synced, Some(offer)) => {
                if shown.fields != offer.fields {
                    faults.push(format!(
                        "desk {desk}: {key} shows {:?}, the server has {:?}",
                        shown.fields, offer.fields
                    ));
                }
                let photo = shown.photo.as_ref().map(|photo| photo.hash.clone());
                let expected = offer.photo_url.as_ref().map(|_| served[key].clone());
                if photo != expected {
                    faults.push(format!(
                        "desk {desk}: {key} shows photo {photo:?}, the server has {expected:?}"
                    ));
                }
            }
        }
    }
    for key in offers.keys() {
        if !window.offers.contains_key(key) {
            faults.push(format!("desk {desk}: {key} is on the server and not shown"));
        }
    }
}
