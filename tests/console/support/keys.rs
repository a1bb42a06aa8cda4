//! Keys as WebDriver names them.

pub(crate) const TAB: &str = "\u{e004}";
/// Shift held while Tab is pressed; the last key lets go of it.
pub(crate) const BACK_TAB: &str = "\u{e008}\u{e004}\u{e000}";
pub(crate) const RIGHT: &str = "\u{e014}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const DELETE: &str = "\u{e017}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const SPACE: &str = " ";

/// Ctrl held while a key is pressed.
pub(crate) fn ctrl(key: char) -> String {
    format!("\u{e009}{key}\u{e000}")
}

/// Alt held while a key is pressed.
pub(crate) fn alt(key: &str) -> String {
    format!("\u{e00a}{key}\u{e000}")
}

/// Shift held while a key is pressed.
pub(crate) fn shift(key: &str) -> String {
    format!("\u{e008}{key}\u{e000}")
}

/// Ctrl and Shift held while a key is pressed.
pub(crate) fn ctrl_shift(key: char) -> String {
    format!("\u{e009}\u{e008}{key}\u{e000}")
}
