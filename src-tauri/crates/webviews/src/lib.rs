//! What WebKitGTK, made for browsers, does otherwise than suits a console.
//!
//! - [`end_with_window`]: a closed window's web view goes
//! - [`paint_as_fits`]: without a graphics card none is imitated
//!
//! Elsewhere than on Linux there is nothing to do.

#![cfg(target_os = "linux")]

mod closed;
mod painting;

pub use closed::end_with_window;
pub use painting::{has_graphics_card, paint_as_fits};
