//! The TypeScript bindings of the shell's commands and events: generated from Rust, committed, and checked.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    setup::{Purpose, setup},
    shell::{cargo, check, npm, root, ui},
};

const BINDINGS: &str = "src/backend/bindings.ts";
const EXAMPLE: &str = "export-bindings";

/// `cargo xtask codegen [--check]`.
pub(crate) fn codegen(only_check: bool) -> Result<()> {
    setup(Purpose::Run)?;
    if only_check { verify() } else { write() }
}

/// Fails when the committed bindings are not what the sources generate. Expects the setup to be done.
pub(crate) fn verify() -> Result<()> {
    let generated = generate()?;
    let committed = fs::read_to_string(ui().join(BINDINGS)).unwrap_or_default();
    if generated != committed {
        bail!("ui/{BINDINGS} is not what the Rust sources generate");
    }
    Ok(())
}

fn write() -> Result<()> {
    let generated = generate()?;
    let path = ui().join(BINDINGS);
    if fs::read_to_string(&path).is_ok_and(|committed| committed == generated) {
        println!("  ui/{BINDINGS} is current");
        return Ok(());
    }
    fs::write(&path, generated).with_context(|| format!("could not write {}", path.display()))?;
    println!("  wrote ui/{BINDINGS}");
    Ok(())
}

/// The bindings as they are committed: generated, then formatted by the UI's own rules.
fn generate() -> Result<String> {
    // Beside the committed file's place, so that prettier finds the UI's configuration; never in it, so that a failure leaves it whole.
    let folder = tempfile::Builder::new()
        .prefix("codegen-")
        .tempdir_in(ui().join("node_modules"))?;
    let fresh = folder.path().join("bindings.ts");

    // The whole workspace, as the tests build it: choosing one package would choose other features of shared crates and build them twice.
    check(cargo().args(["build", "--workspace", "--example", EXAMPLE]))?;
    check(
        Command::new(target().join("debug/examples").join(EXAMPLE))
            .arg(&fresh)
            .current_dir(root()),
    )?;

    let formatted = npm()
        .args(["exec", "--", "prettier", "--stdin-filepath", BINDINGS])
        .stdin(fs::File::open(&fresh).context("the export wrote nothing")?)
        .output()
        .context("could not start prettier")?;
    if !formatted.status.success() {
        bail!(
            "prettier refused the generated bindings:\n{}",
            String::from_utf8_lossy(&formatted.stderr)
        );
    }
    String::from_utf8(formatted.stdout).context("prettier answers in UTF-8")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(Path::new(&folder)))
}
