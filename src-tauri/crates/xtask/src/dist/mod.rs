//! `cargo xtask dist`: the packages, and everything that travels with them.
//!
//! 1. The program is built, with no path of this computer in it and the day of the commit as its only date (`reproducible`).
//! 2. What is installed beside it is made (`files`): the manual page, the changelog, the licences.
//! 3. The Tauri CLI packs `.deb` and `.rpm`; the `.deb` is then gone over once more, since the CLI leaves a few of Debian's rules out
//!    (`debian`), and lintian reads it.
//! 4. The bill of materials is written beside them, and the sizes are printed.
//!
//! `--try` installs the `.deb` in a clean Debian, uses it there, and removes it (`attempt`). Packages for macOS and Windows, and the
//! AppImage, are described in docs/packaging.md: they are made on those systems, or with tools that are fetched from elsewhere.

mod attempt;
mod debian;
mod files;
mod reproducible;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{
    bundled, sbom,
    setup::{Purpose, setup},
    shell::{check, part, root, ui},
};

/// The name of the packages, and of the program in them.
const NAME: &str = "hotelmate-console";
/// What the `.deb` may weigh.
pub(crate) const LARGEST_DEB: u64 = 15_000_000;

/// `cargo xtask dist [--try | --compare]`.
pub(crate) fn dist(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => pack().map(|_| ()),
        [flag] if flag == "--try" => attempt::attempt(&pack()?),
        [flag] if flag == "--compare" => reproducible::compare(),
        [other, ..] => bail!("'{other}' is not known here; the arguments are --try and --compare"),
    }
}

/// The `.deb` that was made here last.
pub(crate) struct Made {
    pub(crate) deb: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) installed_bytes: u64,
}

/// `None`: there is none of this version.
pub(crate) fn made() -> Result<Option<Made>> {
    let Some(deb) = deb().ok().filter(|deb| deb.exists()) else {
        return Ok(None);
    };
    Ok(Some(Made {
        bytes: size(&deb)?,
        installed_bytes: debian::installed_kilobytes(&deb)? * 1024,
        deb,
    }))
}

/// Where this version's is.
fn deb() -> Result<PathBuf> {
    let name = format!("{NAME}_{}_{}.deb", version()?, debian::architecture()?);
    Ok(packages().join(name))
}

fn packages() -> PathBuf {
    reproducible::target().join("packages")
}

/// Makes the packages, and returns where the `.deb` is.
fn pack() -> Result<PathBuf> {
    if !cfg!(target_os = "linux") {
        bail!("here the Tauri CLI makes the packages by itself: docs/packaging.md says how");
    }
    setup(Purpose::Run)?;
    let version = version()?;
    let target = reproducible::target();
    part("the program", || {
        let mut build = tauri();
        build.args(["build", "--no-bundle"]);
        check(reproducible::furnish(&mut build, &root(), &target)?)
    })?;
    let program = target.join("release").join(NAME);

    let parts = bundled::shipped()?;
    let files = part("what is installed beside it", || {
        files::make(&target.join("beside"), &parts, &version)
    })?;
    let depends = debian::libraries(&program)?;
    let configuration =
        json!({ "bundle": { "linux": { "deb": { "files": files }, "rpm": { "files": files } } } });
    part("the packages", || {
        for kind in ["deb", "rpm"] {
            let folder = target.join("release/bundle").join(kind);
            if folder.exists() {
                fs::remove_dir_all(&folder)
                    .with_context(|| format!("could not empty {}", folder.display()))?;
            }
        }
        let mut bundle = tauri();
        bundle
            .args(["bundle", "--bundles", "deb,rpm", "--config"])
            .arg(configuration.to_string());
        check(reproducible::furnish(&mut bundle, &root(), &target)?)
    })?;

    let folder = packages();
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let deb = deb()?;
    let made = only_file(&target.join("release/bundle/deb"), "deb")?;
    part("Debian's rules", || debian::refine(&made, &deb, &depends))?;
    let made = only_file(&target.join("release/bundle/rpm"), "rpm")?;
    let rpm = folder.join(made.file_name().unwrap_or_default());
    fs::copy(&made, &rpm).with_context(|| format!("could not copy {}", made.display()))?;
    let materials = folder.join(format!("{NAME}_{version}.cdx.json"));
    fs::write(
        &materials,
        sbom::document(&parts, &version, &reproducible::moment()?)?,
    )
    .with_context(|| format!("could not write {}", materials.display()))?;

    println!();
    for (path, note) in [
        (&program, ", the program"),
        (&deb, ""),
        (&rpm, ""),
        (&materials, ", the bill of materials"),
    ] {
        println!("{:>8} kB  {}{note}", size(path)? / 1_000, path.display());
    }
    println!("{:>8} kB  installed", debian::installed_kilobytes(&deb)?);
    if size(&deb)? > LARGEST_DEB {
        bail!("the .deb is larger than {} MB", LARGEST_DEB / 1_000_000);
    }
    Ok(deb)
}

/// The one version, which stands in the workspace's manifest.
fn version() -> Result<String> {
    let text = fs::read_to_string(root().join("Cargo.toml")).context("Cargo.toml")?;
    let manifest: toml::Table = text.parse().context("Cargo.toml")?;
    let version = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    Ok(version.context("Cargo.toml names no version")?.to_owned())
}

/// Run at the root, where tauri.conf.json lies; in `ui/` the CLI would look for an app of its own.
fn tauri() -> Command {
    let mut tauri = Command::new(ui().join("node_modules/.bin/tauri"));
    tauri.current_dir(root());
    tauri
}

fn only_file(folder: &Path, extension: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == extension));
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => bail!(
            "the Tauri CLI left {} packages in {}",
            files.len(),
            folder.display()
        ),
    }
}

fn size(path: &Path) -> Result<u64> {
    let metadata = fs::metadata(path).with_context(|| format!("could not read {}", path.display()))?;
    Ok(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_version_and_the_changelog_knows_it() {
        let version = version().unwrap();
        let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
        for path in ["tauri.conf.json", "tauri.linux.conf.json", "ui/package.json"] {
            let json: serde_json::Value = serde_json::from_str(&read(path)).unwrap();
            assert_eq!(json.get("version"), None, "{path} has a version of its own");
        }
        let known = format!("\n## [{version}] - ");
        assert!(
            read("CHANGELOG.md").contains(&known),
            "CHANGELOG.md has no {version}"
        );
    }
}
