//! What CI checks, cheapest first. Each step that fails says which command repairs it.

use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::{
    codegen, flag, fuzz, licences, named, rooms,
    setup::{Purpose, setup},
    shell::{cargo, check, npm, part, took},
    test,
};

/// `cargo xtask ci [--no-test]`.
pub(crate) fn ci(arguments: &[String]) -> Result<()> {
    let no_test = flag(arguments, "--no-test")?;
    let started = Instant::now();
    setup(if no_test { Purpose::Run } else { Purpose::Test })?;

    step("format", "cargo fmt --all", || {
        check(cargo().args(["fmt", "--all", "--check"]))
    })?;
    step(
        "arrows between crates",
        "the crate's Cargo.toml, or the house plan in ARCHITECTURE.md",
        rooms::check_arrows,
    )?;
    step(
        "what our pages name",
        "the page, or the name of the test or file",
        named::check_names,
    )?;
    step(
        "licences, doubled crates, sources",
        "another crate, or deny.toml with a reason",
        licences::check,
    )?;
    step(
        "UI format and lint",
        "npm run format, in ui/; what remains is for you",
        || check(npm().args(["run", "--silent", "lint"])),
    )?;
    step("UI types", "the file named above", || {
        check(npm().args(["run", "--silent", "check"]))
    })?;
    step(
        "Rust lints",
        "cargo clippy --workspace --all-targets --fix; what remains is for you",
        || {
            check(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ]))
        },
    )?;
    step("documentation", "the comment named above", || {
        let mut doc = cargo();
        // Naming the examples makes cargo choose the features it chose for the lints; without, it would check every dependency again.
        doc.args([
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--lib",
            "--examples",
        ]);
        doc.env("RUSTDOCFLAGS", "--deny warnings");
        check(&mut doc)
    })?;
    step("fuzz targets", "the target named above", fuzz::check_targets)?;
    step("generated code", "cargo xtask codegen", codegen::verify)?;
    if !no_test {
        test::all(&test::Selection::default())?;
    }
    println!("\nall checks passed in {}", took(started.elapsed()));
    Ok(())
}

fn step(name: &str, repair: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    part(name, || {
        work().map_err(|error| anyhow!("{error:#}\nto repair: {repair}"))
    })
}
