//! When the server or the network was in trouble, and what the console's log says outside of that.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use jiff::Timestamp;

/// What was begun in a trouble may be told this much later: requests time out, retries wait.
const AFTERMATH: Duration = Duration::from_secs(75);

/// Warnings that a hotel at work brings about without any trouble, and why.
const ORDINARY: [(&str, &str); 4] = [
    // The tests' desktop has no service that shows notifications.
    ("hotelmate_console::alerts", "org.freedesktop.Notifications"),
    // An edit or a photo of an offer that a colleague has just deleted.
    ("a change was not taken", "404"),
    ("an offer could not be read", "404"),
    ("hotelmate::api", "404"),
];

/// The stretches of time in which something was wrong on purpose.
#[derive(Default)]
pub(crate) struct Troubles(Vec<(Timestamp, Option<Timestamp>)>);

impl Troubles {
    pub(crate) fn begin(&mut self) {
        self.0.push((Timestamp::now(), None));
    }

    pub(crate) fn end(&mut self) {
        if let Some((_, end)) = self.0.last_mut() {
            *end = Some(Timestamp::now() + AFTERMATH);
        }
    }

    fn explain(&self, at: Timestamp) -> bool {
        self.0
            .iter()
            .any(|(from, to)| *from <= at && to.is_none_or(|to| at <= to))
    }

    /// The log's warnings and errors: how many of each kind, and those that nothing explains.
    pub(crate) fn judge(&self, logs: &Path) -> (BTreeMap<String, u64>, Vec<String>) {
        let mut kinds = BTreeMap::new();
        let mut unexplained = Vec::new();
        let files = fs::read_dir(logs).expect("the console writes logs").flatten();
        for file in files {
            let text = fs::read(file.path()).expect("a log can be read");
            for line in String::from_utf8_lossy(&text).lines() {
                let mut parts = line.split_whitespace();
                let (Some(at), Some(level)) = (parts.next(), parts.next()) else {
                    continue;
                };
                if !matches!(level, "WARN" | "ERROR") {
                    continue;
                }
                let Ok(at) = at.parse::<Timestamp>() else { continue };
                let kind: Vec<_> = parts.take(6).collect();
                *kinds.entry(format!("{level} {}", kind.join(" "))).or_default() += 1;
                let is_ordinary = ORDINARY
                    .iter()
                    .any(|(part, other)| line.contains(part) && line.contains(other));
                if level == "ERROR" || !(is_ordinary || self.explain(at)) {
                    unexplained.push(line.to_owned());
                }
            }
        }
        (kinds, unexplained)
    }
}
