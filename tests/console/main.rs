//! The whole app: the real console in its real window, against a real hotel server on loopback.
//!
//! Each test has a hotel of its own and computers of its own, so they run beside each other. What a test says must *not* happen is looked at after
//! something that comes later on the same way has arrived, never after a pause.
//!
//! `cargo xtask test` brings the display, session bus and keyring that these tests need.

#![cfg(target_os = "linux")]

mod alerts;
mod bad_input;
mod comfort;
mod conflicts;
mod damage;
mod deletions;
mod details;
mod diagnostics;
mod drafts;
mod files;
mod history;
mod intruder;
mod keyboard;
mod kill;
mod launches;
mod leaving;
mod links;
mod list;
mod lost_answers;
mod memory;
mod offer_window;
mod offers;
mod offline;
mod painting;
mod photos;
mod pointer;
mod preview;
mod queue;
mod scene;
mod settings;
mod sign_in;
mod soak;
mod support;
mod tables;
mod tour;
mod updates;
