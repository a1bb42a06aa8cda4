//! Fuzzing: what comes from outside, with whatever bytes, for a while each.
//!
//! CI only sees that the targets still compile. Running them builds everything anew, with coverage and the address sanitizer, and takes
//! as long as it is given. What it finds lies in `target/fuzz/found` and becomes a test of the crate it is about. What it learns is kept
//! in `target/fuzz/corpus`, so that the next run begins where this one ended; a first run begins with the little of it that lies beside the
//! targets (CONTRIBUTING.md).

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    codegen::target,
    setup::{Purpose, setup},
    shell::{cargo, check, part, root},
    tools::tool,
};

/// Packages of fuzz targets, seen from the root.
const FOLDERS: [&str; 2] = ["src-tauri/fuzz", "src-tauri/crates/photo/fuzz"];
const SECONDS: u32 = 900;
/// The version that the packages are written for, or a later one of its kind.
const CARGO_FUZZ: &str = "^0.13";

/// `cargo xtask fuzz [TARGET|all] [SECONDS]`.
pub(crate) fn fuzz(arguments: &[String]) -> Result<()> {
    let (wanted, seconds) = match arguments {
        [] => ("all", SECONDS),
        [wanted] => (wanted.as_str(), SECONDS),
        [wanted, seconds] => (
            wanted.as_str(),
            seconds
                .parse()
                .with_context(|| format!("'{seconds}' is no number of seconds"))?,
        ),
        [_, _, other, ..] => bail!("'{other}' is one argument too many"),
    };
    let all = targets()?;
    let chosen: Vec<_> = all
        .iter()
        .filter(|(_, name)| wanted == "all" || wanted == name)
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = all.iter().map(|(_, name)| name.as_str()).collect();
        bail!(
            "there is no fuzz target '{wanted}'; there are all, {}",
            names.join(", ")
        );
    }
    setup(Purpose::Run)?;
    let program = tool("cargo-fuzz", CARGO_FUZZ)?;
    for (folder, name) in chosen {
        part(name, || run(&program, folder, name, seconds))?;
    }
    Ok(())
}

/// Whether the targets still fit what they are about, and the house's rules: they are workspaces of their own, so nothing else looks at them.
pub(crate) fn check_targets() -> Result<()> {
    for folder in FOLDERS {
        let manifest = root().join(folder).join("Cargo.toml");
        check(cargo().args(["fmt", "--check", "--manifest-path"]).arg(&manifest))?;
        check(
            cargo()
                .args(["clippy", "--locked", "--bins", "--manifest-path"])
                .arg(manifest)
                .args(["--", "--deny", "warnings"])
                // What the lints have checked of the same crates is not checked again.
                .env("CARGO_TARGET_DIR", target()),
        )?;
    }
    Ok(())
}

/// Each with the folder of its package.
fn targets() -> Result<Vec<(&'static str, String)>> {
    let mut targets = Vec::new();
    for folder in FOLDERS {
        let sources = root().join(folder).join("fuzz_targets");
        let entries =
            fs::read_dir(&sources).with_context(|| format!("could not read {}", sources.display()))?;
        for entry in entries {
            if let Some(name) = entry?.path().file_stem() {
                targets.push((folder, name.to_string_lossy().into_owned()));
            }
        }
    }
    targets.sort();
    Ok(targets)
}

fn run(program: &PathBuf, folder: &str, name: &str, seconds: u32) -> Result<()> {
    let place = target().join("fuzz");
    let (learnt, found) = (place.join("corpus").join(name), place.join("found").join(name));
    for folder in [&learnt, &found] {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    }
    let mut command = Command::new(program);
    command
        .current_dir(root())
        // Lets the ordinary toolchain measure coverage.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &place)
        .args(["run", "--fuzz-dir", folder, name])
        .arg(&learnt);
    let kept = root().join(folder).join("corpus").join(name);
    if kept.is_dir() {
        command.arg(kept);
    }
    command
        .args(["--", "-max_len=65536", "-timeout=20", "-rss_limit_mb=2048"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", found.display()));
    check(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_found() {
        let targets = targets().unwrap();
        for known in ["frames", "paging", "photo"] {
            assert!(targets.iter().any(|(_, name)| name == known), "{targets:?}");
        }
    }

    #[test]
    fn an_unknown_target_is_answered_with_those_that_are_known() {
        let error = fuzz(&["phtoo".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("phtoo") && error.contains("photo"), "{error}");
    }
}
