//! Live updates: from the Pusher client's events to the engine's signals.

use std::time::Duration;

use pusher_client::{Client, Config, DisconnectReason, Endpoint, Event, Events, State};

use crate::effect::{LiveSignal, LiveTarget};
use crate::message::HotelMessage;
use crate::view::SignInForm;

/// In bytes. Pusher's events are 10 kB at most; a server of one's own may allow more, but none of ours is anywhere near. A larger one
/// counts as missed, and the list is read.
const EVENT_LIMIT: usize = 256 << 10;
/// So many may wait while the engine writes the ones before; their bytes are bounded besides. Where a flood is cut short, the list is read
/// instead, and the history has a gap.
const EVENT_BACKLOG: usize = 16_384;

/// Connects and subscribes. Dropping the client ends it.
pub(crate) fn connect(target: &LiveTarget) -> (Client, Events) {
    let (client, events) = Client::connect(config(&target.form));
    if let Err(error) = client.subscribe(&target.channel) {
        // Only a name that is no channel name, which a slug cannot be.
        tracing::error!(%error, "the hotel's channel cannot be subscribed");
    }
    (client, events)
}

fn config(form: &SignInForm) -> Config {
    let host = form.pusher_host.trim();
    let endpoint = if host.is_empty() {
        let cluster = form.pusher_cluster.trim();
        Endpoint::Cluster(if cluster.is_empty() {
            "mt1".to_owned()
        } else {
            cluster.to_owned()
        })
    } else {
        Endpoint::Host {
            host: host.to_owned(),
            port: form.pusher_port,
        }
    };
    let mut config = Config::new(form.pusher_key.trim(), endpoint);
    config.client = (
        "hotelmate-console".to_owned(),
        env!("CARGO_PKG_VERSION").to_owned(),
    );
    // Pusher's own servers are never asked without encryption; the switch is for self-hosted ones.
    config.tls = form.pusher_tls || host.is_empty();
    config.max_message_size = EVENT_LIMIT;
    config.event_buffer = EVENT_BACKLOG;
    // The engine looks at the clocks, and has the line looked at: one look, and the runtime's threads rest.
    config.timings.sleep_look = Duration::MAX;
    config
}

/// What an event of the client means to the engine; `None`: nothing.
pub(crate) fn signal(event: Event) -> Option<LiveSignal> {
    Some(match event {
        Event::State(change) => match (change.current, change.retry_in) {
            (State::Connected { .. } | State::Initialised, _) => return None,
            (
                State::Disconnected {
                    reason: DisconnectReason::Requested,
                },
                _,
            ) => return None,
            (State::Disconnected { reason }, _) => LiveSignal::Stopped(words(&reason)),
            (State::Failed, _) => {
                LiveSignal::Stopped("the address of the live updates cannot be used".to_owned())
            }
            (State::Unavailable, retry) => LiveSignal::Waiting(retry),
            (State::Connecting, Some(retry)) if retry > Duration::ZERO => LiveSignal::Waiting(Some(retry)),
            (State::Connecting, _) => LiveSignal::Connecting,
        },
        Event::Subscribed { .. } => LiveSignal::Subscribed,
        Event::SubscriptionFailed { error, .. } => LiveSignal::NotSubscribed(error.to_string()),
        Event::Message { event, data, .. } => LiveSignal::Message(Box::new(HotelMessage::read(
            event,
            data.text().unwrap_or_default(),
        )?)),
        Event::Lagged { missed } => LiveSignal::Missed(format!("{missed} events came too fast")),
        Event::Error(error @ pusher_client::Error::Frame(_)) => LiveSignal::Missed(error.to_string()),
        Event::Error(error) => {
            tracing::warn!(%error, "live updates");
            return None;
        }
        Event::MemberAdded { .. } | Event::MemberRemoved { .. } => return None,
    })
}

fn words(reason: &DisconnectReason) -> String {
    match reason {
        DisconnectReason::Requested => "asked for".to_owned(),
        DisconnectReason::Refused { code, message } => {
            let known = match code {
                4001 => Some("this Pusher key is not known to the server"),
                4003 => Some("the Pusher application is disabled"),
                4004 => Some("the Pusher application has too many connections"),
                4006 => Some("the path of the server's address is wrong"),
                _ => None,
            };
            known.map_or_else(|| format!("{message} ({code})"), str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use demo_hotel::{DemoHotel, Options};
    use tokio::time::timeout;

    use super::*;

    fn form(host: &str, tls: bool) -> SignInForm {
        SignInForm {
            pusher_key: "k".to_owned(),
            pusher_host: host.to_owned(),
            pusher_tls: tls,
            ..SignInForm::default()
        }
    }

    #[test]
    fn pushers_own_servers_are_dialled_encrypted_whatever_the_switch_for_others_says() {
        assert!(config(&form("", false)).tls);
        assert!(config(&form(" ", false)).tls);
        assert!(config(&form("live.hotel.example", true)).tls);
        assert!(!config(&form("127.0.0.1", false)).tls);
    }

    #[test]
    fn a_cluster_that_nobody_names_is_the_usual_one() {
        assert_eq!(
            config(&form("", true)).endpoint,
            Endpoint::Cluster("mt1".to_owned())
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_five_thousand_events_that_come_while_nobody_takes_any_none_is_lost() {
        const EVENTS: i64 = 5_000;
        let hotel = DemoHotel::start(Options::default()).await.unwrap();
        let target = LiveTarget {
            form: SignInForm {
                pusher_key: hotel.pusher_key().to_owned(),
                pusher_port: Some(hotel.address().port()),
                ..form("127.0.0.1", false)
            },
            channel: "hotel-flood".to_owned(),
        };
        let (_idle, mut waiting) = connect(&target);
        let (_busy, mut taken) = connect(&target);
        for events in [&mut waiting, &mut taken] {
            while !matches!(next(events).await, Event::Subscribed { .. }) {}
        }

        for id in 1..=EVENTS {
            let about = format!(r#"{{"offer_id":{id}}}"#);
            let control = hotel.control();
            control
                .publish_event(&target.channel, "offer-deleted", &about)
                .unwrap();
        }
        // What the busy one has heard, the idle one was sent as well.
        while about(next(&mut taken).await) != Some(EVENTS) {}
        for id in 1..=EVENTS {
            assert_eq!(about(next(&mut waiting).await), Some(id));
        }
    }

    async fn next(events: &mut Events) -> Event {
        let patience = Duration::from_secs(30);
        timeout(patience, events.next()).await.unwrap().unwrap()
    }

    /// The offer that an event of the channel names.
    fn about(event: Event) -> Option<i64> {
        match signal(event)? {
            LiveSignal::Message(message) => message.about().map(|id| id.0),
            other => panic!("{other:?} instead of an event of the channel"),
        }
    }
}
