//! Programs of others that are written in Rust, for commands that CI does not call.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    codegen::target,
    shell::{ask, cargo, check},
};

/// The system's, or one that is built below `target`, of this version or a later one of its kind.
pub(crate) fn tool(name: &str, version: &str) -> Result<PathBuf> {
    if ask(Command::new(name).arg("--version")).is_some() {
        return Ok(name.into());
    }
    let folder = target().join("tools");
    check(
        cargo()
            .args(["install", "--locked", "--version", version, name, "--root"])
            .arg(&folder),
    )?;
    Ok(folder.join("bin").join(name))
}
