//! The same commit gives the same program: no path of this computer in it, no clock, and a second build to prove it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::NAME;
use crate::{
    codegen,
    setup::{Purpose, setup},
    shell::{ask, check, part, root},
};

/// Where releases are built. A folder of its own, since cargo would otherwise build everything anew whenever the flags below come and go.
pub(super) fn target() -> PathBuf {
    codegen::target().join("dist")
}

/// Makes `command` build reproducibly in `root`, into `target`.
pub(super) fn furnish<'a>(command: &'a mut Command, root: &Path, target: &Path) -> Result<&'a mut Command> {
    let home = env::home_dir().context("this user has no home")?;
    let cargo_home = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    // The last that fits is taken, and the target folder usually lies in the root.
    let names = [
        (home.as_path(), "/home"),
        (&cargo_home, "/cargo"),
        (root, "/hotelmate"),
        (target, "/target"),
    ];
    let flags = |flag: &str| names.map(|(path, name)| format!("{flag}={}={name}", path.display()));
    let c_flags = flags("-ffile-prefix-map").join(" ");
    command
        .env("CARGO_TARGET_DIR", target)
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            flags("--remap-path-prefix").join("\u{1f}"),
        )
        .env("CFLAGS", &c_flags)
        .env("CXXFLAGS", &c_flags)
        .env("SOURCE_DATE_EPOCH", epoch()?);
    Ok(command)
}

/// Seconds of Unix time of the commit that is built.
pub(super) fn epoch() -> Result<String> {
    if let Ok(given) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(given);
    }
    let mut git = Command::new("git");
    git.current_dir(root()).args(["log", "-1", "--format=%ct"]);
    ask(&mut git).context("git does not say when the last commit was; set SOURCE_DATE_EPOCH")
}

/// The same, as a date and time.
pub(super) fn moment() -> Result<String> {
    let seconds = epoch()?.parse().context("SOURCE_DATE_EPOCH")?;
    Ok(jiff::Timestamp::from_second(seconds)?.to_string())
}

/// `cargo xtask dist --compare`: builds a copy of the last commit in another folder, and says whether the program is the same, byte by byte.
pub(super) fn compare() -> Result<()> {
    setup(Purpose::Run)?;
    let (here, there) = (
        target(),
        tempfile::Builder::new().prefix("hotelmate-again-").tempdir()?,
    );
    let copy = there.path().join("source");
    part("a copy of the last commit", || {
        let mut git = Command::new("git");
        git.current_dir(root())
            .args(["worktree", "add", "--detach"])
            .arg(&copy);
        check(&mut git)
    })?;
    let outcome = build_twice(&copy, &here, &there.path().join("target"));
    let mut git = Command::new("git");
    git.current_dir(root())
        .args(["worktree", "remove", "--force"])
        .arg(&copy);
    check(&mut git)?;
    outcome
}

fn build_twice(copy: &Path, here: &Path, there: &Path) -> Result<()> {
    let mut programs = Vec::new();
    for (name, root, target) in [("here", root().as_path(), here), ("in the copy", copy, there)] {
        if root == copy {
            let mut npm = Command::new("npm");
            npm.current_dir(copy.join("ui"))
                .args(["ci", "--no-audit", "--no-fund"]);
            check(&mut npm)?;
        }
        part(format!("the program, {name}"), || {
            let mut npm = Command::new("npm");
            npm.current_dir(root.join("ui"))
                .args(["run", "--silent", "build"]);
            check(&mut npm)?;
            let mut build = Command::new(root.join("ui/node_modules/.bin/tauri"));
            build.current_dir(root).args(["build", "--no-bundle"]);
            check(furnish(&mut build, root, target)?)
        })?;
        let program = target.join("release").join(NAME);
        programs.push(fs::read(&program).with_context(|| format!("could not read {}", program.display()))?);
    }
    let [first, second] = programs.as_slice() else {
        bail!("there are two programs");
    };
    let differing = first.iter().zip(second).filter(|(a, b)| a != b).count();
    if first != second {
        bail!(
            "the programs differ: {} and {} bytes long, {differing} bytes differ",
            first.len(),
            second.len()
        );
    }
    println!("\nboth programs are the same, {} bytes", first.len());
    Ok(())
}
