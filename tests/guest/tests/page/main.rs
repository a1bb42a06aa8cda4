//! The guest page as guests see it: a real Chromium, against a real hotel on loopback.
//!
//! Each test has a hotel and a browser of its own, so they run beside each other. What must *not* happen is looked at after something that comes
//! later on the same way has arrived, never after a pause.

#![cfg(target_os = "linux")]

mod changes;
mod embedded;
mod layout;
mod outages;
mod reading;
mod safety;
mod same_cards;
mod scene;
