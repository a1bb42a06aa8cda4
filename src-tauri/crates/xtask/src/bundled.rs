//! What is in the packages besides our own work: crates that are linked into the program, npm packages that its pages are built from.
//!
//! Crates come from `cargo metadata` (normal dependencies of the program, for this system), npm packages from the lock file (those that are not
//! for development). Both may name a little more than ends up in the bytes, never less: a licence too many harms nobody.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{self, ask, root, ui};

/// The package whose program is shipped.
const APP: &str = "hotelmate-console";

/// Where a part comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Crate,
    Npm,
}

/// Somebody else's work, as it is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression in its author's spelling; empty where there is none.
    pub(crate) licence: String,
    /// Whom it names.
    pub(crate) authors: Vec<String>,
    /// Its unpacked files.
    pub(crate) folder: PathBuf,
    /// `cargo`'s name of where it was fetched from, or npm's address.
    pub(crate) source: String,
    /// As the lock file has it: hexadecimal SHA-256 of a crate, `sha512-…` in Base64 of an npm package.
    pub(crate) checksum: Option<String>,
}

/// Which arrows of the graph are followed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Depth {
    /// What is linked in.
    Linked,
    /// That, and what builds it.
    Built,
}

/// Everything that is shipped, sorted.
pub(crate) fn shipped() -> Result<Vec<Part>> {
    let mut parts = crates(&metadata()?, Depth::Linked)?;
    let lock = fs::read_to_string(ui().join("package-lock.json")).context("package-lock.json")?;
    parts.extend(npm_packages(
        &serde_json::from_str(&lock).context("package-lock.json")?,
    )?);
    parts.sort();
    parts.dedup();
    Ok(parts)
}

/// What cargo knows of the graph, for the system this runs on.
pub(crate) fn metadata() -> Result<Value> {
    let host = ask(Command::new("rustc").args(["--print", "host-tuple"])).context("rustc names no host")?;
    shell::metadata(&["--locked", "--filter-platform", &host])
}

/// The crates below the program, without our own.
pub(crate) fn crates(metadata: &Value, depth: Depth) -> Result<Vec<Part>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let by_id: BTreeMap<String, Value> = list(&metadata["packages"])
        .into_iter()
        .map(|package| (text(&package["id"]), package))
        .collect();
    let below: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let wanted = |kind: &Value| match kind["kind"].as_str() {
                None => true,
                Some("build") => depth == Depth::Built,
                Some(_) => false,
            };
            let dependencies = list(&node["deps"]).into_iter();
            let dependencies =
                dependencies.filter(|dependency| list(&dependency["dep_kinds"]).iter().any(wanted));
            (
                text(&node["id"]),
                dependencies.map(|dependency| text(&dependency["pkg"])).collect(),
            )
        })
        .collect();
    let (app, _) = by_id
        .iter()
        .find(|(_, package)| package["name"] == APP)
        .context("cargo metadata does not know the program")?;

    let (mut seen, mut ahead) = (BTreeSet::new(), vec![app.clone()]);
    while let Some(id) = ahead.pop() {
        if seen.insert(id.clone()) {
            ahead.extend(below.get(&id).into_iter().flatten().cloned());
        }
    }
    let checksums = checksums(&fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?)?;
    let mut parts: Vec<_> = seen
        .iter()
        .filter_map(|id| by_id.get(id))
        // Our own have no source.
        .filter(|package| package["source"].is_string())
        .map(|package| {
            let (name, version) = (text(&package["name"]), text(&package["version"]));
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            let checksum = checksums.get(&(name.clone(), version.clone())).cloned();
            Part {
                kind: Kind::Crate,
                licence: text(&package["license"]),
                authors: list(&package["authors"]).iter().map(text).collect(),
                folder: manifest.parent().unwrap_or(Path::new("")).to_path_buf(),
                source: text(&package["source"]),
                checksum,
                name,
                version,
            }
        })
        .collect();
    parts.sort();
    Ok(parts)
}

/// The checksums in cargo's lock file, by name and version.
fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table = lock.parse().context("Cargo.lock is not TOML")?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let packages = packages.context("Cargo.lock lists no packages")?;
    let field = |package: &toml::Value, name| Some(package.get(name)?.as_str()?.to_owned());
    Ok(packages
        .iter()
        .filter_map(|package| {
            let key = (field(package, "name")?, field(package, "version")?);
            Some((key, field(package, "checksum")?))
        })
        .collect())
}

/// The packages of npm's lock file that are not for development.
fn npm_packages(lock: &Value) -> Result<Vec<Part>> {
    let packages = lock["packages"]
        .as_object()
        .context("the lock file lists no packages")?;
    let shipped = packages.iter().filter(|(place, package)| {
        !place.is_empty() && package["dev"] != true && package["devOptional"] != true
    });
    Ok(shipped
        .map(|(place, package)| {
            let folder = ui().join(place);
            let manifest = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
            let manifest: Value = serde_json::from_str(&manifest).unwrap_or_default();
            let author = match &manifest["author"] {
                Value::String(name) => name.clone(),
                author => text(&author["name"]),
            };
            Part {
                kind: Kind::Npm,
                name: place
                    .rsplit("node_modules/")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                version: text(&package["version"]),
                licence: text(&package["license"]),
                authors: Some(author)
                    .filter(|author| !author.is_empty())
                    .into_iter()
                    .collect(),
                source: text(&package["resolved"]),
                checksum: package["integrity"].as_str().map(str::to_owned),
                folder,
            }
        })
        .collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_linked_in_is_found_through_the_graph_and_what_only_builds_or_tests_is_not() {
        let package = |name: &str, source: Option<&str>| {
            json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT", "authors": ["A"],
                "manifest_path": format!("/c/{name}/Cargo.toml"), "source": source })
        };
        let arrow = |name: &str, kind: Option<&str>| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let registry = Some("registry+x");
        let metadata = json!({
            "packages": [package(APP, None), package("sync", None), package("serde", registry), package("deep", registry),
                package("cc", registry), package("proptest", registry), package("elsewhere", registry)],
            "resolve": { "nodes": [
                { "id": APP, "deps": [arrow("sync", None), arrow("cc", Some("build")), arrow("proptest", Some("dev"))] },
                { "id": "sync", "deps": [arrow("serde", None)] },
                { "id": "serde", "deps": [arrow("deep", None)] },
                { "id": "deep", "deps": [] },
            ] },
        });
        let names = |depth| -> Vec<String> {
            let parts = crates(&metadata, depth).unwrap();
            parts.into_iter().map(|part| part.name).collect()
        };
        assert_eq!(names(Depth::Linked), ["deep", "serde"]);
        assert_eq!(names(Depth::Built), ["cc", "deep", "serde"]);
    }

    #[test]
    fn npm_packages_for_development_are_not_shipped() {
        let lock = json!({ "packages": {
            "": { "version": "0.1.0" },
            "node_modules/svelte": { "version": "5.0.0", "license": "MIT", "integrity": "sha512-x" },
            "node_modules/svelte/node_modules/@a/b": { "version": "1.0.0" },
            "node_modules/vite": { "version": "8.0.0", "dev": true },
        } });
        let parts = npm_packages(&lock).unwrap();
        let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["svelte", "@a/b"]);
        assert_eq!(
            (parts[0].licence.as_str(), parts[1].licence.as_str()),
            ("MIT", "")
        );
    }
}
