//! The icons, drawn from `icons/icon.svg`. They are committed, since a build should not have to draw them.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    setup::{Purpose, setup},
    shell::{check, part, root, ui},
};

/// Of the hicolor theme, in pixels; `tauri.conf.json` names the same.
const SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// `cargo xtask icons`.
pub(crate) fn icons() -> Result<()> {
    setup(Purpose::Run)?;
    let folder = tempfile::tempdir()?;
    let (icons, svg) = (root().join("icons"), root().join("icons/icon.svg"));
    let tauri = |arguments: &[&str]| {
        let mut tauri = Command::new(ui().join("node_modules/.bin/tauri"));
        tauri
            .current_dir(root())
            .arg("icon")
            .arg(&svg)
            .arg("--output")
            .arg(folder.path());
        check(tauri.args(arguments))
    };
    let keep = |name: &str| {
        fs::copy(folder.path().join(name), icons.join(name)).with_context(|| format!("could not keep {name}"))
    };
    part("icons", || {
        let sizes: Vec<_> = SIZES.iter().map(u32::to_string).collect();
        tauri(&["--png", &sizes.join(",")])?;
        for size in SIZES {
            keep(&format!("{size}x{size}.png"))?;
        }
        tauri(&[])?;
        keep("icon.ico")?;
        // Its pictures come in another order each time, so it would always look changed.
        if !icons.join("icon.icns").exists() {
            keep("icon.icns")?;
        }
        Ok(())
    })
}
