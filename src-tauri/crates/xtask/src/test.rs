//! Every test: the crates', the whole app's in its real window, the examples in the documentation, the UI's.
//!
//! Everything is built first, in one go and outside the tests' desktop, so that a compiler error reads as usual and no crate is built twice with
//! different features. The test programs are then run one after the other on a [`Desktop`] of their own. Crate tests stay quiet unless they
//! fail; whole-app tests, which take their time, are shown as they go, two at once: each opens a real webview or several. So are those of the
//! guest page, each in a browser of its own; they wait more than they work, so there are more of them at once.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    desktop::Desktop,
    group::{Group, end_all_on_interrupt, end_left_behind},
    run::split,
    setup::{Purpose, setup},
    shell::{self, cargo, check, npm, part, root, took},
};

/// The package whose integration tests open windows of the console.
const APP: &str = "hotelmate-console";
/// The folder of the package whose integration tests open browsers.
const GUEST_PAGE: &str = "guest";
/// Far above what any test program takes: every wait inside has its own deadline, this is for the case that one does not.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Fixes what proptest draws, where a test names no seed of its own.
const PROPTEST_SEED: &str = "2026";

/// Which tests, and what their programs are told.
#[derive(Default)]
pub(crate) struct Selection {
    pub(crate) filter: Option<String>,
    pub(crate) arguments: Vec<String>,
    /// Set for the test programs.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// What a program that was asked for more than usual may take beyond [`LONGEST`].
    pub(crate) more_time: Duration,
}

/// `cargo xtask test [FILTER] [-- ARGS]`.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    let (ours, theirs) = split(arguments);
    let filter = match ours {
        [] => None,
        [filter] if !filter.starts_with('-') => Some(filter.clone()),
        _ => bail!(
            "one filter at most; what follows `--` goes to the test programs, e.g. `cargo xtask test offers -- --nocapture`"
        ),
    };
    setup(Purpose::Test)?;
    all(&Selection {
        filter,
        arguments: theirs.to_vec(),
        ..Selection::default()
    })
}

/// Runs the selected tests and says at the end how long each kind took. Expects the setup to be done.
pub(crate) fn all(selection: &Selection) -> Result<()> {
    end_all_on_interrupt()?;
    let building = Instant::now();
    let programs = part("building the tests", build)?;
    let mut summary = format!("built in {}", took(building.elapsed()));

    let desktop = part(
        "a desktop for the tests: display, session bus, keyring",
        Desktop::start,
    )?;
    let (windows, crates): (Vec<_>, Vec<_>) = programs
        .into_iter()
        .partition(|program| program.at_once.is_some());
    let mut outcome = Outcome::default();
    for (kind, programs) in [("crates", &crates), ("window", &windows)] {
        println!("· tests: {kind}");
        let (started, before) = (Instant::now(), outcome.passed);
        for program in programs {
            outcome.add(program.run(&desktop, selection)?);
        }
        write!(
            summary,
            " · {kind}: {} passed in {}",
            outcome.passed - before,
            took(started.elapsed())
        )?;
    }

    println!("· tests: examples in the documentation");
    let started = Instant::now();
    let documentation = documentation(&desktop, selection)?;
    write!(
        summary,
        " · documentation: {} passed in {}",
        documentation.passed,
        took(started.elapsed())
    )?;
    outcome.add(documentation);
    drop(desktop);

    if selection.filter.is_none() {
        println!("· tests: UI");
        let started = Instant::now();
        if let Err(error) = check(npm().args(["run", "--silent", "test"])) {
            outcome.failed.push(format!("UI: {error}"));
        }
        write!(summary, " · UI in {}", took(started.elapsed()))?;
    }
    println!("\n{summary}");
    if !outcome.failed.is_empty() {
        bail!("tests failed:\n  {}", outcome.failed.join("\n  "));
    }
    if outcome.passed == 0 {
        bail!(
            "no test has '{}' in its name",
            selection.filter.as_deref().unwrap_or_default()
        );
    }
    Ok(())
}

/// A built test program.
#[derive(Debug, PartialEq)]
struct Program {
    /// `crate` for the tests inside a library, `crate/name` for the others.
    name: String,
    executable: PathBuf,
    /// Where cargo would run it: its package's folder.
    folder: PathBuf,
    /// How many of its tests may run at once, where each opens a window or a browser.
    at_once: Option<u8>,
}

/// What came of some tests.
#[derive(Default)]
struct Outcome {
    passed: u32,
    failed: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
    }
}

fn build() -> Result<Vec<Program>> {
    let messages = shell::build(cargo().args(["test", "--workspace", "--no-run"])).context("the tests")?;
    let mut programs: Vec<_> = messages.iter().filter_map(program).collect();
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    if programs.is_empty() {
        bail!("cargo built no test");
    }
    Ok(programs)
}

/// The test program that a message of cargo announces, if it announces one.
fn program(message: &Value) -> Option<Program> {
    let is_test = message["reason"] == "compiler-artifact" && message["profile"]["test"] == true;
    if !is_test {
        return None;
    }
    let executable = PathBuf::from(message["executable"].as_str()?);
    let folder = Path::new(message["manifest_path"].as_str()?)
        .parent()?
        .to_path_buf();
    let package = if folder == root() {
        APP
    } else {
        folder.file_name()?.to_str()?
    };
    let (target, kind) = (
        message["target"]["name"].as_str()?,
        message["target"]["kind"][0].as_str()?,
    );
    let name = match kind {
        "lib" => package.to_owned(),
        "bin" => format!("{package} (program)"),
        _ => format!("{package}/{target}"),
    };
    let at_once = match package {
        _ if kind != "test" => None,
        APP => Some(2),
        GUEST_PAGE => Some(4),
        _ => None,
    };
    Some(Program {
        name,
        executable,
        folder,
        at_once,
    })
}

impl Program {
    fn run(&self, desktop: &Desktop, selection: &Selection) -> Result<Outcome> {
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            // The same cases each time: what fails, fails again.
            .env("PROPTEST_RNG_SEED", PROPTEST_SEED)
            .envs(selection.environment.iter().map(|(name, value)| (name, value)))
            .args(&selection.filter);
        let mut arguments = selection.arguments.iter();
        if let Some(at_once) = self.at_once
            && !arguments.any(|argument| argument.starts_with("--test-threads"))
        {
            command.arg(format!("--test-threads={at_once}"));
        }
        command.args(&selection.arguments);
        let shown = self.at_once.is_some() || !selection.arguments.is_empty();
        let longest = LONGEST + selection.more_time;
        report(&self.name, &mut command, desktop, shown, longest)
    }
}

fn documentation(desktop: &Desktop, selection: &Selection) -> Result<Outcome> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--doc", "--quiet"]);
    if let Some(filter) = &selection.filter {
        command.args(["--", filter]);
    }
    report("documentation", &mut command, desktop, false, LONGEST)
}

/// Runs one test program to its end and prints one line about it; all it said when it failed, or at once when `shown`.
fn report(
    name: &str,
    command: &mut Command,
    desktop: &Desktop,
    shown: bool,
    longest: Duration,
) -> Result<Outcome> {
    let started = Instant::now();
    desktop
        .furnish(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = Group::spawn(command)?;
    let said = Arc::new(Mutex::new(String::new()));
    let readers = [
        group.child().stdout.take().map(|pipe| listen(pipe, &said, shown)),
        group.child().stderr.take().map(|pipe| listen(pipe, &said, shown)),
    ];
    let status = group.wait(longest)?;
    drop(group);
    let left_behind = end_left_behind();
    for reader in readers.into_iter().flatten() {
        // A reader ends with its pipe; all that could hold one open has ended.
        let _ = reader.join();
    }
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);

    let passed = passed(&said);
    let mut failed = Vec::new();
    match status {
        Some(status) if status.success() => {}
        Some(status) => failed.push(format!(
            "{name}: {}",
            failures(&said).unwrap_or_else(|| status.to_string())
        )),
        None => failed.push(format!("{name}: did not end within {}", took(longest))),
    }
    if !left_behind.is_empty() {
        failed.push(format!("{name}: left running {}", left_behind.join(", ")));
    }
    if !failed.is_empty() && !shown {
        print!("{said}");
    }
    if passed > 0 || !failed.is_empty() {
        let word = if failed.is_empty() { "ok" } else { "FAILED" };
        println!(
            "  {word:<6} {name:<36} {passed:>4} passed in {}",
            took(started.elapsed())
        );
    }
    Ok(Outcome { passed, failed })
}

fn listen(
    pipe: impl Read + Send + 'static,
    said: &Arc<Mutex<String>>,
    shown: bool,
) -> thread::JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if shown {
                println!("    {line}");
            }
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
        }
    })
}

/// The number in libtest's `test result: ok. 12 passed; 0 failed; …`, over all such lines.
fn passed(said: &str) -> u32 {
    let results = said.lines().filter_map(|line| line.strip_prefix("test result: "));
    results
        .filter_map(|result| {
            result
                .split_once(". ")?
                .1
                .split_once(" passed")?
                .0
                .parse::<u32>()
                .ok()
        })
        .sum()
}

/// The names in libtest's closing list of failures.
fn failures(said: &str) -> Option<String> {
    let (_, list) = said.rsplit_once("\nfailures:\n")?;
    let names: Vec<_> = list
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SAID: &str = "\nrunning 3 tests\ntest a ... ok\ntest b ... FAILED\ntest c ... ok\n\nfailures:\n\n---- b stdout ----\nit said why\n\n\
        failures:\n    b\n    d::e\n\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn what_passed_and_failed_is_read_from_what_a_test_program_says() {
        assert_eq!(passed(SAID), 2);
        assert_eq!(failures(SAID).as_deref(), Some("b, d::e"));
        assert_eq!(
            passed("test result: ok. 7 passed; 0 failed\nother\ntest result: ok. 5 passed; 0 failed\n"),
            12
        );
        assert_eq!((passed(""), failures("")), (0, None));
    }

    #[test]
    fn a_test_program_is_known_by_its_package_and_kind() {
        let message = |folder: &Path, kind: &str, name: &str, test: bool| {
            json!({
                "reason": "compiler-artifact",
                "manifest_path": folder.join("Cargo.toml"),
                "target": { "name": name, "kind": [kind] },
                "profile": { "test": test },
                "executable": "/t/deps/x-1",
            })
        };
        let crates = root().join("src-tauri/crates/sync");
        let name = |message: &Value| program(message).map(|program| (program.name, program.at_once));
        assert_eq!(
            name(&message(&crates, "lib", "sync", true)),
            Some(("sync".to_owned(), None))
        );
        assert_eq!(
            name(&message(&crates, "test", "queue", true)),
            Some(("sync/queue".to_owned(), None))
        );
        assert_eq!(
            name(&message(&root(), "test", "offers", true)),
            Some(("hotelmate-console/offers".to_owned(), Some(2)))
        );
        assert_eq!(
            name(&message(&root().join("tests/guest"), "test", "page", true)),
            Some(("guest/page".to_owned(), Some(4)))
        );
        assert_eq!(
            name(&message(&root(), "lib", "hotelmate_console", true)),
            Some(("hotelmate-console".to_owned(), None))
        );
        assert_eq!(
            name(&message(&root(), "bin", "hotelmate-console", false)),
            None,
            "a program that is no test"
        );
        assert_eq!(
            name(&json!({ "reason": "build-finished", "success": true })),
            None
        );
    }
}
