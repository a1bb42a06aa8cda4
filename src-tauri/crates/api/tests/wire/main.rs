//! The crate over real sockets, against servers whose every answer is written down in the test.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod answers;
mod calls;
mod pictures;
mod redirects;
mod script;
mod tls;
mod trouble;
