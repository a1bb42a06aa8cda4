//! Offers as a table that spreadsheets open (CSV), and what such a table would change.
//!
//! - [`write()`]: the table of some offers
//! - [`read()`]: a table held against the offers that are there, row by row: new, changed, unchanged, or wrong and why
//!
//! **The table.** RFC 4180 in UTF-8 with a byte order mark, without which Excel takes it for another encoding. The first row has the
//! wire's names: `id` and the offer's fields. A cell that a spreadsheet would run as a formula gets an apostrophe in front, and loses it when
//! it is read (`cell`). What was written reads back as no change at all.
//!
//! **Reading** takes what spreadsheets make of such a table: `;` or tabs between cells, UTF-16, Windows-1252, fewer columns in another order.
//! It does not guess dates: `03/04/2026` is two different days.
//!
//! Absent: files, writing anything into an offer, and photos.

mod cell;
mod read;
mod table;
mod write;

pub use read::{CellError, Known, Plan, Preview, Row, read};
pub use table::{BYTE_LIMIT, Encoding, ROW_LIMIT, Unreadable};
pub use write::write;

/// The column that names the offer; the others are named as the fields of an offer.
pub(crate) const ID: &str = "id";
