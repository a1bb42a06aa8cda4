//! The arrows between crates: who may depend on whom, read from the manifests.
//!
//! `shell → sync → {api, pusher-client, cache, photo, markup} → model`. A crate that is not in the table is a fault too, so that a new room gets its
//! place on purpose. Dependencies for tests are free to point at `demo-hotel`, and at nothing else that the table forbids.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::metadata;

/// The shell, in whose manifest tauri may appear.
const SHELL: &str = "hotelmate-console";

/// Each room and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    (
        SHELL,
        &[
            "sync",
            "cache",
            "photo",
            "sheet",
            "markup",
            "model",
            "demo-hotel",
            "updates",
            "arenas",
            "webviews",
        ],
    ),
    (
        "sync",
        &["api", "pusher-client", "cache", "photo", "markup", "model"],
    ),
    ("api", &["model"]),
    ("updates", &["api"]),
    ("arenas", &[]),
    ("webviews", &[]),
    ("pusher-client", &[]),
    ("cache", &["model"]),
    ("photo", &[]),
    ("sheet", &["markup", "model"]),
    ("markup", &[]),
    ("model", &[]),
    ("demo-hotel", &[]),
    ("guest-page", &["demo-hotel"]),
    ("xtask", &[]),
];

/// Rooms that do no I/O, and what they would do it with.
const PURE: [&str; 4] = ["model", "photo", "markup", "sheet"];
const DOES_IO: [&str; 9] = [
    "tokio",
    "reqwest",
    "rusqlite",
    "hyper",
    "axum",
    "tokio-tungstenite",
    "keyring",
    "keyring-core",
    "tracing-appender",
];

/// A crate's manifest, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Room {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, PartialEq)]
struct Dependency {
    name: String,
    for_tests: bool,
}

/// Fails with every arrow that points the wrong way.
pub(crate) fn check_arrows() -> Result<()> {
    let rooms = read()?;
    let faults = [faults(&rooms), unused_arrows(&rooms)].concat();
    if !faults.is_empty() {
        bail!("the arrows between crates are wrong:\n  {}", faults.join("\n  "));
    }
    Ok(())
}

fn read() -> Result<Vec<Room>> {
    // cargo reads the manifests for us: what a crate inherits from the workspace is filled in.
    parse(&metadata(&["--no-deps", "--offline"])?)
}

fn parse(metadata: &Value) -> Result<Vec<Room>> {
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    let name = |value: &Value| Some(value["name"].as_str()?.to_owned());
    let room = |package: &Value| {
        let dependencies = package["dependencies"].as_array()?.iter().map(|dependency| {
            Some(Dependency {
                name: name(dependency)?,
                for_tests: dependency["kind"].as_str() == Some("dev"),
            })
        });
        Some(Room {
            name: name(package)?,
            dependencies: dependencies.collect::<Option<_>>()?,
        })
    };
    packages
        .iter()
        .map(room)
        .collect::<Option<_>>()
        .context("cargo metadata has another shape than expected")
}

fn faults(rooms: &[Room]) -> Vec<String> {
    let allowed: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    let mut faults = Vec::new();
    for room in rooms {
        let Some(may_use) = allowed.get(room.name.as_str()) else {
            faults.push(format!(
                "{} has no place in the table of src-tauri/crates/xtask/src/rooms.rs",
                room.name
            ));
            continue;
        };
        for Dependency { name, for_tests } in &room.dependencies {
            let ours = allowed.contains_key(name.as_str());
            let for_testing = *for_tests && name == "demo-hotel";
            if ours && !for_testing && !may_use.contains(&name.as_str()) {
                faults.push(format!("{} must not depend on {name}", room.name));
            }
            if room.name != SHELL && (name == "tauri" || name.starts_with("tauri-")) {
                faults.push(format!(
                    "{} must not depend on {name}: only the shell knows tauri",
                    room.name
                ));
            }
            if PURE.contains(&room.name.as_str()) && !for_tests && DOES_IO.contains(&name.as_str()) {
                faults.push(format!("{} must not depend on {name}: it does no I/O", room.name));
            }
        }
    }
    faults
}

/// What the table allows and nobody needs: an arrow that is drawn again is drawn on purpose.
fn unused_arrows(rooms: &[Room]) -> Vec<String> {
    let uses = |user: &str, used: &str| {
        let room = rooms.iter().find(|room| room.name == user);
        room.is_some_and(|room| room.dependencies.iter().any(|dependency| dependency.name == used))
    };
    let arrows = ROOMS
        .iter()
        .flat_map(|(user, may_use)| may_use.iter().map(move |used| (user, used)));
    arrows
        .filter(|(user, used)| !uses(user, used))
        .map(|(user, used)| format!("{user} does not depend on {used}: take that out of the table"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str, dependencies: &[(&str, bool)]) -> Room {
        let dependency = |(name, for_tests): &(&str, bool)| Dependency {
            name: (*name).to_owned(),
            for_tests: *for_tests,
        };
        Room {
            name: name.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[test]
    fn every_arrow_between_our_crates_points_inward() {
        let rooms = read().unwrap();
        assert!(rooms.len() >= 9, "all crates are read, got {}", rooms.len());
        assert_eq!(faults(&rooms), Vec::<String>::new());
        assert_eq!(unused_arrows(&rooms), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_that_nobody_needs_is_named() {
        let mut rooms = read().unwrap();
        for room in &mut rooms {
            room.dependencies
                .retain(|to| (room.name.as_str(), to.name.as_str()) != ("cache", "model"));
        }
        assert_eq!(
            unused_arrows(&rooms),
            ["cache does not depend on model: take that out of the table"]
        );
    }

    #[test]
    fn a_wrong_arrow_is_named() {
        for (room, fault) in [
            (
                room("model", &[("cache", false)]),
                "model must not depend on cache",
            ),
            (
                room("api", &[("demo-hotel", false)]),
                "api must not depend on demo-hotel",
            ),
            (
                room("pusher-client", &[("model", false)]),
                "pusher-client must not depend on model",
            ),
            (
                room("sync", &[("hotelmate-console", true)]),
                "sync must not depend on hotelmate-console",
            ),
            (
                room("sync", &[("tauri", true)]),
                "sync must not depend on tauri: only the shell knows tauri",
            ),
            (
                room("cache", &[("tauri-specta", false)]),
                "cache must not depend on tauri-specta: only the shell knows tauri",
            ),
            (
                room("photo", &[("tokio", false)]),
                "photo must not depend on tokio: it does no I/O",
            ),
            (
                room("newcomer", &[]),
                "newcomer has no place in the table of src-tauri/crates/xtask/src/rooms.rs",
            ),
        ] {
            assert_eq!(faults(&[room]), [fault]);
        }
    }

    #[test]
    fn a_right_arrow_passes() {
        let right = [
            room(
                "hotelmate-console",
                &[("tauri", false), ("sync", false), ("demo-hotel", false)],
            ),
            room(
                "api",
                &[("model", false), ("reqwest", false), ("demo-hotel", true)],
            ),
            room("model", &[("serde", false), ("proptest", true)]),
        ];
        assert_eq!(faults(&right), Vec::<String>::new());
    }
}
