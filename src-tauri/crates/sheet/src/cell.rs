//! Cells that a spreadsheet would run.
//!
//! A cell that begins with `=`, `+`, `-` or `@`, or with a character that hides one of these, is a formula to a spreadsheet, whoever wrote it.
//! An apostrophe in front makes it text. To take the apostrophe off again without ever taking one that was written by a person, a text that
//! has apostrophes before such a character gets one more.
//!
//! A spreadsheet that separates cells by semicolons or tabs, as in most of Europe, finds more cells in a text than were written: what stands
//! behind one of these, or on a line of its own, is treated as a beginning too.

use std::borrow::Cow;

/// Behind these another cell may begin.
const SEPARATORS: [char; 4] = [';', '\t', '\n', '\r'];

/// The text as it is written.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    let begins = beginnings(text).filter(|at| runs(&text[*at..], *at));
    edited(text, begins, |out, at| {
        out.push('\'');
        at
    })
}

/// The text as it was meant.
pub(crate) fn unguarded(cell: &str) -> Cow<'_, str> {
    let begins =
        beginnings(cell).filter(|at| cell[*at..].strip_prefix('\'').is_some_and(|text| runs(text, *at)));
    edited(cell, begins, |_, at| at + 1)
}

/// Where a cell begins, or might to a spreadsheet, in order.
fn beginnings(text: &str) -> impl Iterator<Item = usize> {
    let behind = text
        .match_indices(SEPARATORS)
        .map(|(at, separator)| at + separator.len());
    std::iter::once(0).chain(behind)
}

/// `text`, where `edit` writes something at each of these places and says where the text goes on.
fn edited(
    text: &str,
    places: impl Iterator<Item = usize>,
    edit: impl Fn(&mut String, usize) -> usize,
) -> Cow<'_, str> {
    let mut places = places.peekable();
    if places.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len() + 1), 0);
    for at in places {
        out.push_str(&text[done..at]);
        done = edit(&mut out, at);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Whether this would be run, were it not for apostrophes in front. `at`: its place in its text.
fn runs(text: &str, at: usize) -> bool {
    let text = text.trim_start_matches('\'');
    // At the beginning these two hide what follows; further on they are separators, behind which it is looked at by itself.
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || (at == 0 && text.starts_with(['\t', '\r']))
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
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("Spa;=1+1", "Spa;'=1+1"),
            ("a;;'@b", "a;;''@b"),
            (
                "Bring:\r\n- a towel\n-- or two",
                "Bring:\r\n'- a towel\n'-- or two",
            ),
            ("=1;=2", "'=1;'=2"),
            ("äö;＝1", "äö;'＝1"),
            ("one; two\r\n\r\nthree\n\tfour", "one; two\r\n\r\nthree\n\tfour"),
            ("';'", "';'"),
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
