//! Photos as bytes: what a file is, and whether it may be sent.
//!
//! The hotel's server stores any bytes as a photo and serves them to guests, so [`inspect()`] is the only check that a file is a
//! picture at all. It goes by the content, never by a name; it looks at the size on paper before it makes room for a single pixel;
//! and it decodes the whole picture, since a file that was cut off looks sound at its beginning.
//!
//! - [`format`](Format): the formats that are taken, and how they are recognised
//! - `jpeg`: whether a JPEG is whole, which its decoder does not say
//! - `error`: [`PhotoError`], in words for a hotel's manager
//!
//! Absent on purpose: files, threads, time. Decoding a large photo takes up to some seconds: call it where that may block.

mod error;
mod format;
mod inspect;
mod jpeg;

pub use error::PhotoError;
pub use format::Format;
pub use inspect::{Inspected, LIMIT_BYTES, LIMIT_PIXELS, inspect};
