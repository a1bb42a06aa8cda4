//! "Test connection": which of address, sign-in, offers and live updates works, and what to mend. Changes nothing.

use std::sync::Arc;
use std::time::Duration;

use api::{Api, HotelRef, Transport};

use crate::effect::{LiveSignal, LiveTarget};
use crate::engine::check_form;
use crate::link;
use crate::view::{CheckStep, CheckedPart, SignInForm};

/// Longest wait for live updates.
const LIVE_WITHIN: Duration = Duration::from_secs(12);

/// Tries each part in turn, until one fails that the others need.
pub async fn check(form: &SignInForm, password: &str, transport: Arc<dyn Transport>) -> Vec<CheckStep> {
    let mut steps = Vec::new();
    let mut say = |step, ok, message: String| steps.push(CheckStep { step, ok, message });

    let base = match check_form(form) {
        Ok(base) => base,
        Err(error) => {
            say(CheckedPart::Address, false, error.message);
            return steps;
        }
    };
    let server = Api::new(base, transport);
    let signed_in = match server.sign_in(form.username.trim(), password).await {
        Ok(signed_in) => signed_in,
        Err(
            error
            @ (api::Error::Unreachable { .. } | api::Error::Busy { .. } | api::Error::Unreadable { .. }),
        ) => {
            say(CheckedPart::Address, false, error.to_string());
            return steps;
        }
        Err(api::Error::Refused { status, words, .. }) if status != 400 => {
            say(CheckedPart::Address, false, words);
            return steps;
        }
        Err(error) => {
            say(CheckedPart::Address, true, "Address answers".to_owned());
            say(CheckedPart::SignIn, false, error.to_string());
            return steps;
        }
    };
    say(CheckedPart::Address, true, "Address answers".to_owned());
    let Some(hotel) = signed_in.hotel else {
        say(
            CheckedPart::SignIn,
            false,
            format!("{} belongs to no hotel", signed_in.username),
        );
        return steps;
    };
    say(CheckedPart::SignIn, true, format!("Signed in to {}", hotel.name));

    let channel = hotel.slug.channel();
    match server
        .staff(
            signed_in.token,
            HotelRef {
                id: hotel.id,
                slug: hotel.slug,
            },
        )
        .list()
        .await
    {
        Ok(listing) => {
            let count = listing.offers.len();
            let noun = if count == 1 { "offer" } else { "offers" };
            say(CheckedPart::Offers, true, format!("{count} {noun} readable"));
        }
        Err(error) => say(CheckedPart::Offers, false, error.to_string()),
    }
    match live(form, channel).await {
        Ok(()) => say(CheckedPart::Live, true, "Live updates arrive".to_owned()),
        Err(why) => say(CheckedPart::Live, false, format!("Live updates: {why}")),
    }
    steps
}

async fn live(form: &SignInForm, channel: String) -> Result<(), String> {
    if form.pusher_key.trim().is_empty() {
        return Err("no Pusher key is set".to_owned());
    }
    let (_client, mut events) = link::connect(&LiveTarget {
        form: form.clone(),
        channel,
    });
    let outcome = async {
        while let Some(event) = events.next().await {
            match link::signal(event) {
                Some(LiveSignal::Subscribed) => return Ok(()),
                Some(LiveSignal::Stopped(why) | LiveSignal::NotSubscribed(why)) => return Err(why),
                Some(LiveSignal::Waiting(_)) => {
                    return Err("the server of the live updates cannot be reached".to_owned());
                }
                _ => {}
            }
        }
        Err("the connection ended".to_owned())
    };
    tokio::time::timeout(LIVE_WITHIN, outcome)
        .await
        .unwrap_or_else(|_| Err("no answer".to_owned()))
}
