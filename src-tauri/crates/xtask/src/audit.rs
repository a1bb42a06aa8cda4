//! What is known against the work of others that we use: cargo-deny with its advisories, and `npm audit`.
//!
//! Not a part of CI: building cargo-deny takes minutes, and what it finds changes without a change of ours. CI asks what can be asked
//! without it (`licences`). Both need the network: cargo-deny fetches a database of advisories, npm asks its registry. Where one cannot be
//! reached, that is said, and the rest is done all the same.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{
    licences,
    setup::{Purpose, setup},
    shell::{check, npm, part},
    tools::tool,
};

/// The version that `deny.toml` is written for, or a later one of its kind.
const CARGO_DENY: &str = "^0.20";

/// `cargo xtask audit`.
pub(crate) fn audit() -> Result<()> {
    setup(Purpose::Run)?;
    part("licences, doubled crates, sources", licences::check)?;
    let mut troubles = Vec::new();
    let program = part("cargo-deny", || tool("cargo-deny", CARGO_DENY))?;
    let mut deny = Command::new(&program);
    let mut note = |name: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            troubles.push(format!("{name}: {error:#}"));
        }
    };
    note(
        "licences, bans, sources",
        check(
            deny.current_dir(crate::shell::root())
                .args(["check", "licenses", "bans", "sources"]),
        ),
    );
    let mut deny = Command::new(&program);
    note(
        "advisories (their database is fetched from the network)",
        check(
            deny.current_dir(crate::shell::root())
                .args(["check", "advisories"]),
        ),
    );
    note(
        "npm audit (asks the registry)",
        check(npm().args(["audit", "--omit", "dev"])),
    );
    if !troubles.is_empty() {
        bail!(
            "not everything is as it should be, or could be asked:\n  {}",
            troubles.join("\n  ")
        );
    }
    Ok(())
}
