//! The protocol without a socket, for `cargo fuzz` (`src-tauri/fuzz`). Not part of any other build.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    backoff::Backoff,
    channels::{self, Channels},
    config::Timings,
    names::ChannelName,
    protocol,
    state::{self, Input, Machine},
};

const STEP: Duration = Duration::from_secs(7);

/// Hears these frames, one after the other and some seconds apart, on a connection that wants two channels; answers how many it would have sent.
pub fn hear(frames: &[&str]) -> usize {
    let backoff = || Backoff::new(Duration::from_secs(1), Duration::from_secs(30), 1);
    let mut machine = Machine::new(Timings::default(), backoff());
    let mut channels = Channels::new(Duration::from_secs(10), backoff());
    let mut now = Instant::from_std(std::time::Instant::now());
    for name in ["hotel-killarney", "presence-hotel-killarney"] {
        if let Ok(name) = ChannelName::parse(name) {
            channels.subscribe(name, now);
        }
    }
    machine.step(Input::Connect, now);
    let mut sent = 0;
    for frame in frames {
        now += STEP;
        let input = match protocol::decode(frame) {
            Ok(frame) => Input::Frame(frame),
            Err(error) => Input::BadFrame(error),
        };
        for input in [input, Input::Tick] {
            for action in machine.step(input, now) {
                let actions = match action {
                    state::Action::Send(_) => {
                        sent += 1;
                        Vec::new()
                    }
                    state::Action::Joined { socket_id } => channels.joined(socket_id, now),
                    state::Action::Left => channels.left(),
                    state::Action::Deliver(frame) => channels.deliver(frame, now),
                    _ => Vec::new(),
                };
                sent += actions
                    .iter()
                    .filter(|action| matches!(action, channels::Action::Send(_)))
                    .count();
            }
        }
        sent += channels
            .tick(now)
            .iter()
            .filter(|action| matches!(action, channels::Action::Send(_)))
            .count();
    }
    sent
}
