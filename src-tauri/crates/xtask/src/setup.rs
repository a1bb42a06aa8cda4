//! What every other command does first: system packages, Node packages, the built UI. Each is skipped when it is current.
//!
//! Two stamps decide: the lock file's fingerprint after `npm ci`, and the fingerprint of the UI's sources after its build. Both lie in
//! `ui/node_modules`, so deleting that folder starts afresh.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    packages,
    shell::{ask, check, npm, part, ui},
};

/// What the machine is being prepared for; each needs what those before it need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Building and opening the console.
    Run,
    /// Driving its window without a display.
    Test,
    /// Measuring it beside what others have made.
    Bench,
}

/// Node versions the UI's tools accept; the UI's package.json says the same.
const NODE: &str = "20.19 or later of 20, or 22.12 and later";

/// Prepares the machine for `purpose`.
pub(crate) fn setup(purpose: Purpose) -> Result<()> {
    part("system packages", || packages::ensure(purpose))?;
    check_node(ask(Command::new("node").arg("--version")).as_deref())?;
    install_node_packages()?;
    build_ui()
}

fn check_node(version: Option<&str>) -> Result<()> {
    let Some(version) = version else {
        bail!(
            "Node.js is missing; the window is built with it. Install version {NODE} from nodejs.org, your distribution or a version manager"
        );
    };
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let fits = matches!((major, minor), (20, 19..) | (22, 12..) | (23.., _));
    if !fits {
        bail!("Node.js {version} is too old or unsupported; the window is built with version {NODE}");
    }
    Ok(())
}

fn install_node_packages() -> Result<()> {
    let stamp = Stamp::new(
        "packages",
        &[ui().join("package.json"), ui().join("package-lock.json")],
    )?;
    if stamp.is_current() {
        return Ok(());
    }
    part("Node packages", || {
        check(npm().args(["ci", "--no-audit", "--no-fund"]))?;
        stamp.set()
    })
}

fn build_ui() -> Result<()> {
    let mut sources = Vec::new();
    collect(&ui(), &mut sources)?;
    let stamp = Stamp::new("build", &sources)?;
    let built = ["dist/index.html", "dist-guest/index.html", "dist-guest/embed.js"];
    if stamp.is_current() && built.iter().all(|file| ui().join(file).exists()) {
        return Ok(());
    }
    part("the UI", || {
        check(npm().args(["run", "--silent", "build"]))?;
        stamp.set()
    })
}

/// Every file the UI is built from, in a fixed order. Tests are left out: they change nothing that is built.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !matches!(name.as_ref(), "node_modules" | "dist" | "dist-guest" | "coverage")
                && !name.starts_with('.')
            {
                collect(&path, files)?;
            }
        } else if !name.ends_with(".test.ts") {
            files.push(path);
        }
    }
    Ok(())
}

/// A fingerprint of some files, kept in a file once what is made from them is made.
struct Stamp {
    path: PathBuf,
    fingerprint: String,
}

impl Stamp {
    fn new(name: &str, files: &[PathBuf]) -> Result<Self> {
        let path = ui().join("node_modules").join(format!(".hotelmate-{name}"));
        Ok(Self {
            path,
            fingerprint: fingerprint(files)?,
        })
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|kept| kept == self.fingerprint)
    }

    fn set(&self) -> Result<()> {
        fs::write(&self.path, &self.fingerprint)
            .with_context(|| format!("could not write {}", self.path.display()))
    }
}

/// Names and contents together: a rename is a change too. Not cryptographic; it only notices edits.
fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file)
            .with_context(|| format!("could not read {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_supported_node_versions_pass() {
        for (version, fits) in [
            ("v20.19.0", true),
            ("v20.18.3", false),
            ("v18.20.1", false),
            ("v21.7.0", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.1.0", true),
            ("nonsense", false),
        ] {
            assert_eq!(check_node(Some(version)).is_ok(), fits, "{version}");
        }
        assert!(
            check_node(None)
                .unwrap_err()
                .to_string()
                .contains("Node.js is missing")
        );
    }

    #[test]
    fn a_fingerprint_notices_content_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&a, "one").unwrap();
        fs::write(&b, "one").unwrap();
        let before = fingerprint(std::slice::from_ref(&a)).unwrap();
        assert_ne!(
            before,
            fingerprint(&[b]).unwrap(),
            "another name is another fingerprint"
        );
        fs::write(&a, "two").unwrap();
        assert_ne!(
            before,
            fingerprint(&[a]).unwrap(),
            "other content is another fingerprint"
        );
    }

    #[test]
    fn what_is_built_and_installed_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "src/a.ts",
            "src/a.test.ts",
            "node_modules/x.js",
            "dist/index.html",
            "dist-guest/index.html",
            ".svelte-kit/y",
            "index.html",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let mut files = Vec::new();
        collect(folder.path(), &mut files).unwrap();
        let names: Vec<_> = files
            .iter()
            .map(|file| file.strip_prefix(folder.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["index.html", "src/a.ts"]);
    }
}
