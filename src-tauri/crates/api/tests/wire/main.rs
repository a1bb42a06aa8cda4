//! The crate over real sockets, against servers whose every answer is written down in the test.

mod answers;
mod calls;
mod pictures;
mod redirects;
mod script;
mod trouble;
