//! Questions to a page: each is a line of script, answered in JSON.

use serde::Deserialize;
use serde_json::Value;

/// What every question may use.
const WORDS: &str = include_str!("page.js");
const WATCH: &str = include_str!("watch.js");

/// An offer as the list shows it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct OfferCard {
    /// The server's id, or `new:…` while it has none.
    pub(crate) id: String,
    /// `synced`, `waiting`, `sending`, `parked` or `conflict`.
    pub(crate) sync: String,
    pub(crate) title: String,
    pub(crate) tag: String,
    /// Where it stands, in words.
    pub(crate) state: String,
}

/// The script that answers `question`, an expression over `args`.
pub(super) fn asking(question: &str) -> String {
    format!("{WORDS}\nconst args = [...arguments];\nreturn {question};")
}

/// The script that answers `question` once the answer is another than the known one.
pub(super) fn watching(question: &str) -> String {
    format!("{WORDS}\nconst question = (args) => {question};\n{WATCH}")
}

/// What a watching script answered.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Value { value: Value },
    Error { error: String },
}
