//! What our pages name exists: the tests that hold a promise, and the files that hold the code.
//!
//! A page is prose, so only what stands in `code` is looked at, and of that what cannot be anything else:
//! - `leaving::what_was_typed_survives…` is a test in a file or folder called `leaving`; without a module, a test anywhere. Three dots stand
//!   for the rest of a name, and `leaving::…` for all tests there
//! - `sync/src/feed.rs`, `tables.test.ts`, `crates/sync/tests/engine/` are files and folders, by the end of their paths
//!
//! Absent: whether a test shows what the page says of it.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::shell::root;

/// The pages that promise something by name.
const PAGES: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/threat-model.md"];

/// What is looked at for files and tests.
const SOURCES: &[&str] = &["src-tauri", "tests", "ui", "docs", ".cargo", ".ci"];
/// What is made, or belongs to others.
const NOT_OURS: &[&str] = &["node_modules", "target", "dist", "dist-guest", "corpus", "gen"];

/// A name that is a path if it ends so.
const ENDINGS: &[&str] = &[".rs", ".ts", ".svelte", ".toml", ".txt", ".js", "/"];

/// A test's name is a sentence; fewer words might be any function.
const WORDS_IN_A_SENTENCE: usize = 4;

/// What there is to be named.
#[derive(Debug, Default)]
struct Repository {
    /// Files and folders from the root, folders with a slash at their end.
    paths: BTreeSet<String>,
    /// The test's name, and every part of the path of its file, without the extension.
    tests: Vec<(String, Vec<String>)>,
}

/// Fails with every name that leads nowhere.
pub(crate) fn check_names() -> Result<()> {
    let repository = Repository::read(&root())?;
    let mut faults = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).with_context(|| format!("{page} cannot be read"))?;
        let missing = names(&text).filter(|name| !repository.has(name));
        faults.extend(missing.map(|name| format!("{page}: `{name}`")));
    }
    if !faults.is_empty() {
        bail!("named, but not there:\n  {}", faults.join("\n  "));
    }
    Ok(())
}

impl Repository {
    fn read(root: &Path) -> Result<Self> {
        let mut repository = Self::default();
        for folder in SOURCES {
            repository.walk(root, folder)?;
        }
        for entry in fs::read_dir(root)? {
            repository
                .paths
                .insert(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(repository)
    }

    fn walk(&mut self, root: &Path, folder: &str) -> Result<()> {
        let entries = fs::read_dir(root.join(folder)).with_context(|| format!("{folder} cannot be read"))?;
        self.paths.insert(format!("{folder}/"));
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if NOT_OURS.contains(&name.as_str()) {
                continue;
            }
            let path = format!("{folder}/{name}");
            if entry.file_type()?.is_dir() {
                self.walk(root, &path)?;
            } else {
                if name.ends_with(".rs") {
                    self.add_tests(&path, &fs::read_to_string(entry.path())?);
                }
                self.paths.insert(path);
            }
        }
        Ok(())
    }

    fn add_tests(&mut self, path: &str, source: &str) {
        let parts: Vec<_> = path
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        let mut is_test = false;
        for line in source.lines().map(str::trim_start) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some(rest) = line.trim_start_matches("async ").strip_prefix("fn ") {
                if is_test {
                    let end = rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
                    self.tests.push((rest[..end].to_owned(), parts.clone()));
                }
                is_test = false;
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        if is_path(name) {
            return self.paths.iter().any(|path| {
                path.strip_suffix(name)
                    .is_some_and(|before| before.is_empty() || before.ends_with('/'))
            });
        }
        let (modules, test) = name.rsplit_once("::").unwrap_or(("", name));
        self.tests.iter().any(|(known, parts)| {
            let is_it = match test.strip_suffix('…') {
                Some(beginning) => known.starts_with(beginning),
                None => known == test,
            };
            is_it
                && (modules.is_empty()
                    || modules
                        .split("::")
                        .all(|module| parts.iter().any(|part| part == module)))
        })
    }
}

/// The names in a page that must lead somewhere.
fn names(page: &str) -> impl Iterator<Item = &str> {
    // Blocks of code are commands and examples.
    let prose = page.split("```").step_by(2);
    prose
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .filter(|name| is_path(name) || is_test(name))
}

fn is_path(name: &str) -> bool {
    let is_plain = name
        .chars()
        .all(|c| is_of_name(c) || matches!(c, '/' | '.' | '-'));
    // `.rs` alone is an ending, and `/killarney/` an address.
    is_plain && !name.starts_with(['.', '/']) && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_test(name: &str) -> bool {
    let is_plain = name.chars().all(|c| is_of_name(c) || matches!(c, ':' | '…'));
    let last = name.rsplit("::").next().unwrap_or(name);
    is_plain && (name.ends_with('…') || last.split('_').count() >= WORDS_IN_A_SENTENCE)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_our_pages_name_is_there() {
        check_names().unwrap();
    }

    #[test]
    fn tests_and_files_are_found_among_all_that_stands_in_code() {
        let page = "`Engine::turn` in `sync/src/feed.rs`, `leaving::what_was_typed_survives…` and `kill::…`; `cache::RunMarker`,\n\
            `a_burst_of_changes_is_one_look`, `min_nights`, `cargo xtask test`, `/killarney/`, `.rs`, `crates/sync/`.\n\
            ```sh\ncargo xtask test `not_a_name_of_ours`\n```\n`tables.test.ts`";
        assert_eq!(
            names(page).collect::<Vec<_>>(),
            [
                "sync/src/feed.rs",
                "leaving::what_was_typed_survives…",
                "kill::…",
                "a_burst_of_changes_is_one_look",
                "crates/sync/",
                "tables.test.ts",
            ]
        );
    }

    #[test]
    fn a_name_that_leads_nowhere_is_noticed() {
        let mut repository = Repository::default();
        repository
            .paths
            .extend(["a/tests/".to_owned(), "a/tests/leaving.rs".to_owned()]);
        let source = "fn helper_of_the_tests_below() {}\n#[test]\nfn what_was_typed_survives_a_crash() {}\n\
            #[cfg(unix)]\n#[tokio::test(start_paused = true)]\nasync fn a_second_test_is_here() {}\n";
        repository.add_tests("a/tests/leaving.rs", source);
        for (name, there) in [
            ("leaving::what_was_typed_survives_a_crash", true),
            ("leaving::what_was_typed_survives…", true),
            ("leaving::…", true),
            ("a_second_test_is_here", true),
            ("leaving::what_was_typed_survives", false),
            ("session::what_was_typed_survives_a_crash", false),
            ("session::…", false),
            ("helper_of_the_tests_below", false),
            ("tests/leaving.rs", true),
            ("tests/", true),
            ("eaving.rs", false),
            ("tests/staying.rs", false),
        ] {
            assert_eq!(repository.has(name), there, "{name}");
        }
    }
}
