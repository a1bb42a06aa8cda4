//! Bytes to rows of cells: encoding, separator, limits. Knows nothing of offers but the names of columns.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// Largest file that is read.
pub const BYTE_LIMIT: usize = 32 * 1024 * 1024;

/// Most rows that are read.
pub const ROW_LIMIT: usize = 20_000;

/// No cell of a table is this alone.
const END: &str = "\u{1}";

/// How the file's bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// With or without a byte order mark.
    Utf8,
    /// Either order, by its mark.
    Utf16,
    /// Taken for what is no UTF-8 and has no mark: some characters may not be what was meant.
    Windows1252,
}

/// Why a file is no table of offers. Said to its user as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Beyond [`BYTE_LIMIT`].
    #[error("The file is larger than {} MB. Split it.", BYTE_LIMIT / 1024 / 1024)]
    TooLarge,
    /// Beyond [`ROW_LIMIT`].
    #[error("The file has more than {ROW_LIMIT} rows. Split it.")]
    TooManyRows,
    /// Nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// Another kind of file.
    #[error("This is no CSV file. In a spreadsheet, choose “Save as” and “CSV UTF-8”.")]
    NotText,
    /// No known column in the first row.
    #[error(
        "The first row names no field of an offer. It has to hold names like id, title, short_description."
    )]
    NoHeader,
    /// A cell that begins with a quotation mark and has no end, in this row.
    #[error(
        "In row {0} a cell begins with a quotation mark and never ends: all that follows would be in it. Mend it and choose the file again."
    )]
    OpenQuote(u32),
    /// One name twice.
    #[error("The column {0} is there twice.")]
    Twice(String),
}

/// Rows of cells.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) encoding: Encoding,
    pub(crate) header: Vec<String>,
    /// Each with its number in a spreadsheet, where the header is row 1.
    pub(crate) rows: Vec<(u32, Vec<String>)>,
}

/// Reads the cells. The separator is the one that finds most names in the header.
pub(crate) fn parse(bytes: &[u8], is_name: impl Fn(&str) -> bool) -> Result<Table, Unreadable> {
    if bytes.len() > BYTE_LIMIT {
        return Err(Unreadable::TooLarge);
    }
    let (encoding, text) = decode(bytes);
    // The beginnings of an .xlsx and of an .xls, and what no text holds.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Unreadable::NotText);
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    // A line that tells Excel the separator, and is no row.
    let (skipped, text) = match text.split_once('\n') {
        Some((first, rest)) if first.len() <= 6 && first.to_lowercase().starts_with("sep=") => (1, rest),
        _ => (0, &*text),
    };
    let names = |separator: u8| {
        let header = reader(text, separator).records().next().and_then(Result::ok);
        let cells: Vec<_> = header
            .iter()
            .flat_map(StringRecord::iter)
            .map(|cell| cell.trim().to_lowercase())
            .collect();
        (cells.iter().filter(|cell| is_name(cell)).count(), cells)
    };
    let (separator, (known, header)) = [b',', b';', b'\t']
        .map(|separator| (separator, names(separator)))
        .into_iter()
        .max_by_key(|(_, (known, _))| *known)
        .unwrap_or((b',', (0, Vec::new())));
    if known == 0 {
        return Err(Unreadable::NoHeader);
    }
    for (at, name) in header.iter().enumerate() {
        if is_name(name) && header[..at].contains(name) {
            return Err(Unreadable::Twice(name.clone()));
        }
    }
    let mut rows = Vec::new();
    let mut lines = Lines::of(text);
    // A line of our own behind it all: where that is no record, a quotation mark is still open.
    let closed = format!("{text}\n{END}");
    let mut records = reader(&closed, separator).into_records().enumerate().peekable();
    while let Some((at, record)) = records.next() {
        let record = record.map_err(|_| Unreadable::NotText)?;
        let begins = record
            .position()
            .and_then(|place| usize::try_from(place.byte()).ok());
        let empty = lines.empty_until(begins.unwrap_or_default());
        let number = number(at + skipped + empty);
        if records.peek().is_none() {
            if record.len() == 1 && record.get(0) == Some(END) {
                break;
            }
            return Err(Unreadable::OpenQuote(number));
        }
        if at == 0 {
            continue;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == ROW_LIMIT {
            return Err(Unreadable::TooManyRows);
        }
        rows.push((number, record.iter().map(str::to_owned).collect()));
    }
    Ok(Table {
        encoding,
        header,
        rows,
    })
}

/// Counts the lines without a single character. A spreadsheet shows them as rows; the reader passes over them.
struct Lines<'a> {
    text: &'a [u8],
    empty: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            empty: 0,
        }
    }

    /// Those before the record for which the reader set out at `start`. Each start is behind the one before.
    fn empty_until(&mut self, start: usize) -> usize {
        // The reader stops at the first character that ends a row, which may be one of two.
        let mut rest = self.text.get(start..).unwrap_or_default();
        let is_second = start > 0 && self.text.get(start - 1) == Some(&b'\r');
        if is_second {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let [b'\r' | b'\n', after @ ..] = rest {
            rest = match rest {
                [b'\r', b'\n', after @ ..] => after,
                _ => after,
            };
            self.empty += 1;
        }
        self.empty
    }
}

/// As a spreadsheet counts, from 1.
fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn decode(bytes: &[u8]) -> (Encoding, std::borrow::Cow<'_, str>) {
    for (mark, encoding, name) in [
        (&b"\xef\xbb\xbf"[..], UTF_8, Encoding::Utf8),
        (b"\xff\xfe", UTF_16LE, Encoding::Utf16),
        (b"\xfe\xff", UTF_16BE, Encoding::Utf16),
    ] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return (name, encoding.decode_without_bom_handling(rest).0);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Encoding::Utf8, text.into()),
        Err(_) => (
            Encoding::Windows1252,
            WINDOWS_1252.decode_without_bom_handling(bytes).0,
        ),
    }
}
