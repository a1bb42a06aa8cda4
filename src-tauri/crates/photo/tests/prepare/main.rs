//! What becomes of the files that reach a hotel: sideways, in other colours, with a place in them, cut off, hostile. Every file is made here.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod colours;
mod fuzz_corpus;
mod hostile;
mod made;
mod orientation;
mod privacy;
mod sizes;
mod wholeness;
