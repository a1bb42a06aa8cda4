//! The contract, statement by statement, against a real server on a loopback port; and what tests of other crates
//! rely on: faults, observations, restarts. One binary, since linking is what costs here.

#![expect(
    clippy::unwrap_used,
    reason = "what the tests here share fails as a test fails"
)]

mod broadcasts;
mod common;
mod edges;
mod faults;
mod fields;
mod guest_page;
mod hub_api;
mod hub_socket;
mod lifecycle;
mod media;
mod offers;
mod official_clients;
mod pages;
mod public_page;
mod sign_in;
mod simulation;
mod socket;
mod sown;
