//! A reader that does not read.

use pusher_client::{Event, State};
use serde_json::json;

use crate::support::{connected, pair, subscribed};

/// Row 35.
#[tokio::test]
async fn a_slow_reader_of_ten_thousand_events_is_told_how_many_it_missed() {
    const SENT: u64 = 10_000;
    const BUFFER: usize = 100;
    let (server, mut peer, client, mut events) = pair(|config| config.event_buffer = BUFFER).await;
    client.subscribe("c").unwrap();
    peer.confirm("c").await;
    subscribed(&mut events, "c").await;
    for n in 0..SENT {
        peer.event("c", "e", json!({"n": n})).await;
    }
    // The answer to a ping proves that everything before it was taken in.
    peer.expect_silence().await;
    peer.close(4200).await;
    let mut peer = server.welcome("2.2").await;
    peer.confirm("c").await;
    peer.expect_silence().await;

    let mut queued = Vec::new();
    while let Some(event) = events.try_next() {
        queued.push(event);
    }
    let Event::Lagged { missed } = queued.remove(0) else {
        panic!("the loss comes first: {queued:?}")
    };
    let numbers: Vec<u64> = queued
        .iter()
        .filter_map(|event| match event {
            Event::Message { data, .. } => data.value()["n"].as_u64(),
            _ => None,
        })
        .collect();
    let errors = queued
        .iter()
        .filter(|event| matches!(event, Event::Error(_)))
        .count();
    assert_eq!(numbers.len() + errors, BUFFER, "no more than the buffer is kept");
    assert_eq!(
        missed + numbers.len() as u64,
        SENT,
        "every message was delivered or counted"
    );
    let newest: Vec<u64> = (SENT - numbers.len() as u64..SENT).collect();
    assert_eq!(numbers, newest, "the newest are kept, in order");

    let states: Vec<&State> = queued
        .iter()
        .filter_map(|event| match event {
            Event::State(change) => Some(&change.current),
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [&State::Connecting, &connected("2.2")],
        "no state is lost"
    );
    let last = queued.last();
    assert!(
        matches!(last, Some(Event::Subscribed { .. })),
        "nor the subscription after it: {last:?}"
    );
}
