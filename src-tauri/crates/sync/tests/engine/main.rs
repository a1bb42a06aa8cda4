//! The engine's promises, on a clock and a server made of values: no thread, no socket, no waiting.

mod alerts;
mod conflicts;
mod desk;
mod echo;
mod failed_turns;
mod guests;
mod history;
mod html;
mod leaving;
mod lost_answers;
mod photo_conflicts;
mod photos;
mod pictures;
mod preview;
mod reading;
mod session;
mod settings;
