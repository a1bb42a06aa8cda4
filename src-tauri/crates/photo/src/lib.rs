//! Photos as bytes: what a file is, how it will look, and what is sent.
//!
//! The hotel's server stores any bytes as a photo and serves them to guests, so this is the only place where anybody looks at them.
//! Everything goes by the content, never by a name, and looks at the size on paper before it makes room for a single pixel.
//!
//! - [`facts()`]: what a file is, from its headers, within a millisecond or so
//! - [`preview()`]: a first look, and [`thumbnail()`] for lists
//! - [`prepare()`]: what is sent: upright, in sRGB, small, without a word about place or camera; with [`Advice`] in words
//! - [`inspect()`]: the last check of what is about to be sent, that it is a whole picture
//!
//! What is taken: JPEG, PNG, WebP, GIF, BMP and TIFF ([`Format`]). What is refused says why, in words ([`PhotoError`]).
//!
//! Absent on purpose: files, threads, time. A large photo takes up to some seconds: call these where that may block. Nothing here can
//! be cancelled; the limits on bytes, pixels and memory bound how long it takes.

mod advice;
mod colour;
mod decode;
mod encode;
mod error;
mod facts;
mod format;
mod frame;
mod inspect;
mod jpeg;
mod prepare;
mod resize;
mod tidy;
mod traces;

pub use advice::Advice;
pub use error::PhotoError;
pub use facts::{Facts, LIMIT_ORIGINAL_BYTES, LIMIT_PIXELS_JPEG, facts};
pub use format::Format;
pub use frame::{CARD_SHAPE, Focus};
pub use inspect::{Inspected, LIMIT_BYTES, LIMIT_PIXELS, inspect};
pub use prepare::{EDGE, Picture, Prepared, prepare, preview, thumbnail};
