//! Running other programs, and saying so: one line before each command, one with the time after each part.

use std::{
    ffi::OsStr,
    fmt::Display,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The repository's root: two folders of crates above this one.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The UI's folder.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The cargo that started us, so that a `cargo +toolchain xtask …` keeps its toolchain.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        // What cargo told *us* about our own package would only make other packages look changed to it.
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// `npm` in the UI's folder. On Windows npm is a script that only the shell's rules find under its full name.
pub(crate) fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui());
    command
}

/// Prints the command, runs it, and turns a failing status into an error that names it.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    println!("  $ {line}");
    let status = command
        .status()
        .with_context(|| format!("could not start: {line}"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Has cargo build something, and returns what it says about what it built. Its complaints are shown as usual.
pub(crate) fn build(command: &mut Command) -> Result<Vec<Value>> {
    command.arg("--message-format=json-render-diagnostics");
    let line = line_of(command);
    println!("  $ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start: {line}"))?;
    if !output.status.success() {
        bail!("it does not build");
    }
    let messages = String::from_utf8(output.stdout).context("cargo answers in UTF-8")?;
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    Ok(messages.collect())
}

/// What cargo knows of the workspace.
pub(crate) fn metadata(arguments: &[&str]) -> Result<Value> {
    let output = cargo()
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .output()
        .context("could not start cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata did not answer in JSON")
}

/// What a command prints, or `None` when it is not there or fails: for asking, not for doing.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs one named part and prints how long it took.
pub(crate) fn part<T>(name: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("· {name}");
    let started = Instant::now();
    let value = work()?;
    println!("  done in {}", took(started.elapsed()));
    Ok(value)
}

/// `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) fn took(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// The command as one would type it.
pub(crate) fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    // Only the last part of a path to a program matters to a reader.
    let text = if text.starts_with('/') && text.ends_with("/cargo") {
        "cargo".into()
    } else {
        text
    };
    if text.is_empty() || text.contains([' ', '"', '\'', '$']) {
        format!("'{text}'")
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/home/me/.cargo/bin/cargo");
        command.args(["test", "--", "two words", ""]);
        assert_eq!(line_of(&command), "cargo test -- 'two words' ''");
    }

    #[test]
    fn times_are_short_and_readable() {
        assert_eq!(took(Duration::from_millis(420)), "0.4 s");
        assert_eq!(took(Duration::from_secs(59)), "59 s");
        assert_eq!(took(Duration::from_secs(185)), "3 min 05 s");
    }
}
