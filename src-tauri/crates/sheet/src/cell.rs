//! Cells that a spreadsheet would run.
//!
//! A cell that begins with `=`, `+`, `-` or `@`, or with a character that hides one of these, is a formula to a spreadsheet, whoever wrote it.
//! An apostrophe in front makes it text. To take the apostrophe off again without ever taking one that was written by a person, a text that
//! has apostrophes before such a character gets one more.

use std::borrow::Cow;

/// The text as it is written.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if runs(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text as it was meant.
pub(crate) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if runs(text) => text,
        _ => cell,
    }
}

/// Whether this would be run, were it not for apostrophes in front.
fn runs(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe_and_loses_it_again() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+353 64", "'+353 64"),
            ("-20 %", "'-20 %"),
            ("@home", "'@home"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'=1", "''=1"),
            ("''-", "'''-"),
            ("'twas", "'twas"),
            ("Two = 2", "Two = 2"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
    }
}
