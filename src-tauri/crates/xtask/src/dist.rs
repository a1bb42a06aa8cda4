//! An installable package of the console, made by the Tauri CLI from the UI that `setup` built.

use std::{fs, process::Command, time::SystemTime};

use anyhow::{Context, Result, bail};

use crate::{
    codegen::target,
    setup::{Purpose, setup},
    shell::{check, part, root, ui},
};

/// `cargo xtask dist`.
pub(crate) fn dist() -> Result<()> {
    setup(Purpose::Run)?;
    let started = SystemTime::now();
    part("the package", || {
        // Run at the root, where tauri.conf.json lies; in ui/ the CLI would look for an app of its own.
        let mut tauri = Command::new(ui().join("node_modules/.bin/tauri"));
        check(tauri.current_dir(root()).args(["build", "--bundles", "deb"]))
    })?;
    let folder = target().join("release/bundle/deb");
    let mut made = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))? {
        let (path, metadata) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
        if path.extension().is_some_and(|extension| extension == "deb") && metadata.modified()? >= started {
            made.push((path, metadata.len()));
        }
    }
    if made.is_empty() {
        bail!("the Tauri CLI left no new package in {}", folder.display());
    }
    for (path, bytes) in made {
        println!(
            "{}  {}.{} MB",
            path.display(),
            bytes / 1_000_000,
            bytes / 100_000 % 10
        );
    }
    Ok(())
}
