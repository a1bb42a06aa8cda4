//! When the server or the network was in trouble, and what the console's log says outside of that.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use jiff::Timestamp;

/// What can be wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    NetworkGone,
    ServerRestarts,
    LaptopSleeps,
    ServerMisbehaves,
    SocketsCut,
}

impl Trouble {
    /// The lines that it brings about. Whatever else is logged meanwhile is not of its making.
    fn brings(self) -> &'static [Line] {
        match self {
            Self::NetworkGone | Self::ServerRestarts => &[REFUSED, UNANSWERED, CUT],
            // What stood still while others went on finds its connections ended.
            Self::LaptopSleeps => &[UNANSWERED, CUT],
            // It refuses connections and cuts them, too.
            Self::ServerMisbehaves => &[REFUSED, UNANSWERED, CUT, ANSWERED],
            Self::SocketsCut => &[CUT],
        }
    }
}

/// A kind of line, by what stands in it.
struct Line {
    words: &'static [&'static str],
    /// It may come this much later than its trouble ended.
    late: Duration,
}

/// Nothing listens.
const REFUSED: Line = Line {
    words: &[
        "Unreachable { sent: false",
        "error=not sent: ",
        "live updates error=could not connect",
    ],
    late: Duration::from_secs(10),
};
/// A request left, and no answer came: its time runs out first.
const UNANSWERED: Line = Line {
    words: &["Unreachable { sent: true", "error=lost: "],
    late: Duration::from_secs(75),
};
/// The live connection ended, or was found dead by a ping without an answer.
const CUT: Line = Line {
    words: &[
        "live updates error=the connection was closed",
        "live updates error=could not connect",
    ],
    late: Duration::from_secs(45),
};
/// An answer that is none.
const ANSWERED: Line = Line {
    words: &["detail=Busy {", "detail=Unreadable {"],
    late: Duration::from_secs(10),
};

/// Warnings that a hotel at work brings about without any trouble, and why.
const ORDINARY: [(&str, &str); 4] = [
    // The tests' desktop has no service that shows notifications.
    ("hotelmate_console::alerts", "org.freedesktop.Notifications"),
    // An edit or a photo of an offer that a colleague has just deleted.
    ("a change was not taken", "detail=Missing {"),
    ("an offer could not be read", "404"),
    ("hotelmate::api", "404"),
];

/// The stretches of time in which something was wrong on purpose.
#[derive(Default)]
pub(crate) struct Troubles(Vec<(Trouble, Timestamp, Option<Timestamp>)>);

impl Troubles {
    pub(crate) fn begin(&mut self, what: Trouble) {
        self.0.push((what, Timestamp::now(), None));
    }

    pub(crate) fn end(&mut self) {
        if let Some((_, _, end)) = self.0.last_mut() {
            *end = Some(Timestamp::now());
        }
    }

    fn explain(&self, at: Timestamp, text: &str) -> bool {
        self.0.iter().any(|(what, from, to)| {
            let is_in_time = |line: &Line| *from <= at && to.is_none_or(|to| at <= to + line.late);
            let is_of_it = |line: &Line| line.words.iter().any(|words| text.contains(words));
            what.brings()
                .iter()
                .any(|line| is_of_it(line) && is_in_time(line))
        })
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
                if level == "ERROR" || !(is_ordinary || self.explain(at, line)) {
                    unexplained.push(line.to_owned());
                }
            }
        }
        (kinds, unexplained)
    }
}

#[test]
fn a_line_is_explained_by_a_trouble_that_brings_it_about_and_only_while_it_can() {
    let mut troubles = Troubles::default();
    troubles.begin(Trouble::SocketsCut);
    let at = Timestamp::now();
    troubles.end();
    let cut = "sync::link: live updates error=the connection was closed with no code";
    assert!(troubles.explain(at, cut));
    assert!(!troubles.explain(at + CUT.late + Duration::from_secs(1), cut));
    for other in [
        "sync::engine::reads: detail=Busy { status: 502",
        "a turn could not be kept",
    ] {
        assert!(!troubles.explain(at, other), "{other}");
    }
}
