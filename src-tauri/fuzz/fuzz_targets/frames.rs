//! What comes over the socket of live updates, line by line: no panic, whatever it is, and never more to say than was heard.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let frames: Vec<&str> = text.lines().collect();
    let sent = pusher_client::fuzzing::hear(&frames);
    assert!(sent <= 2 * frames.len() + 2, "{sent} frames for {}", frames.len());
});
