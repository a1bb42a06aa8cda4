//! Opening the console and the demo hotel's server, from the sources.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    setup::{Purpose, setup},
    shell::{build, cargo, check, part, ui},
};

/// Variables that name a server; with one of them the console opens its sign-in instead of the demo hotel.
const SERVER: [&str; 2] = ["HOTELMATE_API_URL", "VITE_API_URL"];

/// `cargo xtask run [--sign-in] [-- ARGS]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (ours, theirs) = split(arguments);
    let sign_in = match ours {
        [] => false,
        [flag] if flag == "--sign-in" => true,
        [other, ..] => bail!("'{other}' is not known here; what follows `--` goes to the console"),
    };
    setup(Purpose::Run)?;
    let mut command = part("building the console", || built(Target::Bin("hotelmate-console")))?;
    command.args(theirs);
    let server_named = SERVER
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !sign_in && !server_named && env::var_os("HOTELMATE_DEMO").is_none() {
        command.env("HOTELMATE_DEMO", "1");
        println!("  opening the demo hotel; --sign-in opens the sign-in instead");
    }
    check(&mut command)
}

/// `cargo xtask demo-hotel [ARGS]`.
pub(crate) fn demo_hotel(arguments: &[String]) -> Result<()> {
    // The guest page is served if it happens to be built: a server for other clients does not need it.
    let mut command = part("building the demo hotel", || built(Target::Bin("demo-hotel")))?;
    check(command.arg("--page").arg(ui().join("dist-guest")).args(arguments))
}

/// A program of the workspace.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    Bin(&'static str),
    Example(&'static str),
}

impl Target {
    /// As cargo names it: kind and name.
    fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Bin(name) => ("bin", name),
            Self::Example(name) => ("example", name),
        }
    }
}

/// A program of the workspace, built and ready to be started.
///
/// Built as the tests are, out of the same dependencies: cargo chooses features for the packages it is asked for, and with those of their
/// `[dev-dependencies]` only if a test or an example is among the targets. So it is asked for the whole workspace and, beside a program, for the
/// example that needs least. Otherwise most of the dependencies would be built a second time, and again after each change of them.
pub(crate) fn built(target: Target) -> Result<Command> {
    let (_, name) = target.named();
    let mut command = cargo();
    command.args(["build", "--workspace"]);
    match target {
        Target::Bin(name) => command.args(["--bin", name, "--example", "watch"]),
        Target::Example(name) => command.args(["--example", name]),
    };
    let messages = build(&mut command).context(name)?;
    let program = messages.iter().find_map(|message| program(message, target));
    program
        .map(|program| alone(&program))
        .with_context(|| format!("cargo did not say where {name} is"))
}

/// A program of the workspace as a person would start it: cargo tells this one where its own package lies, and what it starts would look there for
/// what belongs to others.
fn alone(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("CARGO_MANIFEST_DIR");
    command
}

/// Where the program lies, if that is what a message of cargo says.
fn program(message: &Value, target: Target) -> Option<PathBuf> {
    let (kind, name) = target.named();
    let is_it = message["target"]["kind"][0] == kind && message["target"]["name"] == name;
    is_it.then(|| message["executable"].as_str().map(PathBuf::from))?
}

/// What stands before and after `--`.
pub(crate) fn split(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_started_program_is_not_told_that_it_is_this_package() {
        let mut command = alone(Path::new("/usr/bin/env"));
        let told = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(
            told.contains("PATH=") && !told.contains("CARGO_MANIFEST_DIR="),
            "{told}"
        );
    }

    #[test]
    fn the_program_is_found_among_what_cargo_built() {
        let message = |kind: &str, name: &str, executable: Value| json!({ "reason": "compiler-artifact", "target": { "kind": [kind], "name": name }, "executable": executable });
        let found = |message: &Value| program(message, Target::Bin("demo-hotel"));
        assert_eq!(
            found(&message("bin", "demo-hotel", json!("/t/debug/demo-hotel"))),
            Some(PathBuf::from("/t/debug/demo-hotel"))
        );
        assert_eq!(found(&message("bin", "xtask", json!("/t/debug/xtask"))), None);
        assert_eq!(found(&message("lib", "demo-hotel", Value::Null)), None);
        assert_eq!(
            found(&json!({ "reason": "build-finished", "success": true })),
            None
        );
    }
}
