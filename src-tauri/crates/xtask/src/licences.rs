//! The licences of what is shipped: whether each is one that we accept, and the list that travels with the packages.
//!
//! `deny.toml` says what is accepted; it is cargo-deny's file. cargo-deny takes minutes to build, so CI asks the same questions of the same
//! file here, within a second: licences (of npm packages too, which cargo-deny does not know), crates in two versions, sources. What it
//! knows besides, advisories above all, is `cargo xtask audit`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::{
    bundled::{self, Depth, Kind, Part},
    shell::root,
};

/// The part of cargo-deny's configuration that is checked here.
#[derive(Deserialize)]
struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

/// Where cargo says a crate of the public registry comes from; every other source is a fault. Only its kind is looked at: who has a
/// mirror of it is free to use it.
const REGISTRY: &str = "registry+";

/// Packages that leave the licence out of their manifest, and what their licence file says.
const TOLD_BY_FILE: &[(&str, &str)] = &[("svelte-toolbelt", "MIT")];

/// Licence texts inside a crate: its own, and those of the C libraries that it brings.
const TEXTS: [&str; 8] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
    "UNLICENCE",
    "README.IJG",
];
/// How deep in a crate's folder they are looked for.
const DEPTH: usize = 3;

/// Fails with everything that `deny.toml` does not accept.
pub(crate) fn check() -> Result<()> {
    let text = fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let policy: Policy = toml::from_str(&text).context("deny.toml")?;
    let built = bundled::crates(&bundled::metadata()?, Depth::Built)?;
    let mut parts = bundled::shipped()?;
    parts.extend(built.clone());
    parts.sort();
    parts.dedup();
    let mut faults = refused(&parts, &policy.licenses.allow)?;
    faults.extend(doubled(&built, &policy.bans.skip));
    if !faults.is_empty() {
        bail!("deny.toml does not accept:\n  {}", faults.join("\n  "));
    }
    println!("  {} crates and npm packages", parts.len());
    Ok(())
}

fn refused(parts: &[Part], allowed: &[String]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let is_allowed = |licence: &LicenseReq| allowed.contains(&licence.to_string());
    for part in parts {
        let licence = licence_of(part);
        let named = format!("{} {}", part.name, part.version);
        match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) if expression.evaluate(is_allowed) => {}
            Ok(_) => faults.push(format!("{named}: its licence is {licence}")),
            Err(_) if licence.is_empty() => faults.push(format!("{named}: it names no licence")),
            Err(_) => faults.push(format!("{named}: its licence '{licence}' is no SPDX expression")),
        }
        if part.kind == Kind::Crate && !part.source.starts_with(REGISTRY) {
            faults.push(format!("{named}: it comes from {}", part.source));
        }
    }
    Ok(faults)
}

fn licence_of(part: &Part) -> &str {
    let told = TOLD_BY_FILE.iter().find(|(name, _)| *name == part.name);
    match told {
        Some((_, licence)) if part.licence.is_empty() => licence,
        _ => &part.licence,
    }
}

/// Crates in more than one version that nobody has given a reason for, and reasons that nobody needs any more.
fn doubled(crates: &[Part], skip: &[Skip]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for part in crates {
        versions.entry(&part.name).or_default().insert(&part.version);
    }
    let skipped: BTreeSet<&str> = skip.iter().map(|skip| skip.name.as_str()).collect();
    let is_doubled = |name: &str| versions.get(name).is_some_and(|versions| versions.len() > 1);
    let doubled = versions
        .iter()
        .filter(|(name, versions)| versions.len() > 1 && !skipped.contains(*name));
    let doubled = doubled.map(|(name, versions)| {
        let versions: Vec<_> = versions.iter().copied().collect();
        format!(
            "{name} in the versions {}, without a reason",
            versions.join(" and ")
        )
    });
    let needless = skipped.iter().filter(|name| !is_doubled(name));
    doubled
        .chain(needless.map(|name| format!("a reason for {name}, which is there once")))
        .collect()
}

/// Every part with its licence, and every text once: `third-party-licences.txt` of the packages.
pub(crate) fn list(parts: &[Part]) -> Result<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut places = BTreeMap::new();
    let mut lines = Vec::new();
    for part in parts {
        let mut found = Vec::new();
        collect(&part.folder, DEPTH, &mut found)?;
        found.sort();
        if found.is_empty() {
            found = standard(licence_of(part));
        }
        if found.is_empty() {
            bail!("{} {} has no licence text", part.name, part.version);
        }
        let mut numbers: Vec<usize> = found
            .into_iter()
            .map(|text| {
                *places.entry(text.clone()).or_insert_with(|| {
                    texts.push(text);
                    texts.len()
                })
            })
            .collect();
        numbers.dedup();
        let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
        let authors = match part.authors.join(", ") {
            authors if authors.is_empty() => String::new(),
            authors => format!(" by {authors}"),
        };
        lines.push(format!(
            "{} {}{authors}: {} [{}]",
            part.name,
            part.version,
            licence_of(part),
            numbers.join(", ")
        ));
    }
    let mut list = format!(
        "HotelMate Console is made with the work of others: {} Rust crates and npm packages. Each is named here with its version, its\n\
         licence, and the numbers of the texts below that belong to it.\n\n{}\n",
        parts.len(),
        lines.join("\n")
    );
    for (index, text) in texts.iter().enumerate() {
        list.push_str(&format!("\n\n{:=<78}\n\n{text}\n", format!("[{}] ", index + 1)));
    }
    Ok(list)
}

/// The texts below a folder. Line ends and the space around them do not make another text.
fn collect(folder: &Path, depth: usize, found: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_dir() {
            // Packages below it are parts of their own.
            if depth > 1 && name != "NODE_MODULES" {
                collect(&path, depth - 1, found)?;
            }
            continue;
        }
        let is_code = [".RS", ".JS", ".TS", ".PY", ".H", ".C"]
            .iter()
            .any(|end| name.ends_with(end));
        if !is_code && TEXTS.iter().any(|start| name.starts_with(start)) {
            let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<_> = text.lines().map(str::trim_end).collect();
            found.push(lines.join("\n").trim_matches('\n').to_owned());
        }
    }
    Ok(())
}

/// The standard texts of an expression, for packages that name their licence and leave its text out.
fn standard(licence: &str) -> Vec<String> {
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Vec::new();
    };
    let ids = expression
        .requirements()
        .filter_map(|required| required.req.license.id());
    ids.map(|id| id.text().trim_matches('\n').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, version: &str, licence: &str) -> Part {
        Part {
            kind: Kind::Crate,
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.to_owned(),
            authors: vec!["Somebody".to_owned()],
            folder: std::env::temp_dir(),
            source: format!("{REGISTRY}x"),
            checksum: None,
        }
    }

    #[test]
    fn everything_that_is_used_is_accepted_and_no_reason_is_left_over() {
        check().unwrap();
    }

    #[test]
    fn a_licence_is_accepted_where_one_way_through_its_expression_is() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        for (licence, accepted) in [
            ("MIT", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-2.0-only", false),
            ("ask me", false),
            ("", false),
        ] {
            let faults = refused(&[part("a", "1.0.0", licence)], &allowed).unwrap();
            assert_eq!(faults.is_empty(), accepted, "{licence}: {faults:?}");
        }
        let mut foreign = part("a", "1.0.0", "MIT");
        foreign.source = "git+https://example.org/a".to_owned();
        assert_eq!(refused(&[foreign], &allowed).unwrap().len(), 1);
    }

    #[test]
    fn a_second_version_needs_a_reason_and_a_reason_a_second_version() {
        let crates = [
            part("a", "1.0.0", ""),
            part("a", "2.0.0", ""),
            part("b", "1.0.0", ""),
        ];
        let skip = |names: &[&str]| -> Vec<Skip> {
            let skip = |name: &&str| Skip {
                name: (*name).to_owned(),
            };
            names.iter().map(skip).collect()
        };
        assert_eq!(
            doubled(&crates, &skip(&[])),
            ["a in the versions 1.0.0 and 2.0.0, without a reason"]
        );
        assert_eq!(doubled(&crates, &skip(&["a"])), [""; 0]);
        assert_eq!(
            doubled(&crates, &skip(&["a", "b"])),
            ["a reason for b, which is there once"]
        );
    }

    #[test]
    fn the_list_has_every_part_and_each_text_once() {
        let folder = tempfile::tempdir().unwrap();
        let with_text = |name: &str, text: &str| {
            let folder = folder.path().join(name);
            fs::create_dir_all(folder.join("c-library")).unwrap();
            fs::write(folder.join("LICENSE-MIT"), text).unwrap();
            fs::write(folder.join("license.rs"), "code").unwrap();
            fs::write(folder.join("c-library/COPYING"), "of the C library").unwrap();
            Part {
                folder,
                ..part(name, "1.0.0", "MIT")
            }
        };
        let bare = folder.path().join("bare");
        fs::create_dir_all(&bare).unwrap();
        let bare = Part {
            folder: bare,
            ..part("bare", "2.0.0", "ISC")
        };
        let list = list(&[with_text("a", "the text\r\n"), with_text("b", "the text"), bare]).unwrap();
        assert_eq!(list.matches("\nthe text\n").count(), 1, "{list}");
        assert!(list.contains("a 1.0.0 by Somebody: MIT [1, 2]"), "{list}");
        assert!(list.contains("b 1.0.0 by Somebody: MIT [1, 2]"), "{list}");
        assert!(list.contains("bare 2.0.0 by Somebody: ISC [3]"), "{list}");
        assert!(
            list.contains("Permission to use, copy, modify"),
            "the standard text: {list}"
        );
    }
}
