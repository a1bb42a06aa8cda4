//! What was measured, as a table for people and a line of JSON for programs.

use serde_json::json;

/// One line: the console's figure, that of what it is compared with, and the aim.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    pub(crate) against: &'static str,
    pub(crate) theirs: f64,
    pub(crate) aim: Aim,
}

/// What the figure ought to be.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    /// At most so many times the other.
    Times(f64),
    /// At most so much more than the other.
    More(f64),
    /// At most so much.
    Most(f64),
    /// None: told beside rows that have one.
    Told,
}

impl Row {
    /// `None`: there is nothing to be met.
    fn is_met(&self) -> Option<bool> {
        match self.aim {
            Aim::Times(times) => Some(self.ours <= self.theirs * times),
            Aim::More(more) => Some(self.ours <= self.theirs + more),
            Aim::Most(most) => Some(self.ours <= most),
            Aim::Told => None,
        }
    }

    pub(crate) fn print(&self) {
        let Self {
            what,
            unit,
            ours,
            against,
            theirs,
            aim,
        } = self;
        // Tenths of a percent are an aim of their own.
        let places = if *unit == "%" { 2 } else { 1 };
        let (aim, compared) = match aim {
            Aim::Times(times) => (format!("at most {times} x"), format!("{:.2} x", ours / theirs)),
            Aim::More(more) => (
                format!("at most {more} {unit} more"),
                format!("{:+.places$} {unit}", ours - theirs),
            ),
            Aim::Most(most) => (format!("at most {most} {unit}"), String::from("-")),
            Aim::Told => (String::from("none"), String::from("-")),
        };
        let verdict = match self.is_met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "told",
        };
        println!(
            "{what:<58} {ours:>9.places$} {unit:<4} {theirs:>9.places$} {against:<36} {compared:>10}  {aim:<20} {verdict}"
        );
        let row = json!({
            "what": what, "unit": unit, "ours": ours, "against": against, "theirs": theirs, "aim": aim, "met": self.is_met(),
        });
        println!("{row}");
    }
}

pub(crate) fn head() {
    println!("what, ours, what it is compared with, how they compare, the aim");
}

/// The value below which this part of them lies, of values in any order.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among some thousand values"
    )]
    let at = ((sorted.len().saturating_sub(1)) as f64 * part).round() as usize;
    sorted[at]
}

pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}
