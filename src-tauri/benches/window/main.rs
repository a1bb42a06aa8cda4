//! The real console in its real window, measured; each figure against something measured in the same run. `cargo xtask bench window` builds it
//! as it is shipped and brings the display, session bus and keyring.
//!
//! Absolute figures are this machine's and this moment's; the ratios and differences are what is compared over time.

#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a bench prints")]

#[path = "../../../tests/console/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest of it")]
mod support;

#[path = "../../../tests/console/scene.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod scene;

mod figures;
mod large;
mod live;
mod save;
mod start;
mod written;

use std::env;

use figures::Row;

/// One part of the bench, which gives rows.
type Part = (&'static str, fn() -> Rows);
type Rows = std::pin::Pin<Box<dyn Future<Output = Vec<Row>>>>;

#[tokio::main]
async fn main() {
    let parts: [Part; 4] = [
        ("start", || Box::pin(start::rows())),
        ("live", || Box::pin(live::rows())),
        ("save", || Box::pin(save::rows())),
        ("large", || Box::pin(large::rows())),
    ];
    // Cargo adds `--bench`.
    let wanted: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    figures::head();
    for (name, rows) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            for row in rows().await {
                row.print();
            }
        }
    }
}
