//! Opening the console, the demo hotel's server, and the benches, from the sources.

use std::env;

use anyhow::{Result, bail};

use crate::{
    setup::{Purpose, setup},
    shell::{cargo, check},
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
    let mut command = cargo();
    command
        .args([
            "run",
            "--package",
            "hotelmate-console",
            "--bin",
            "hotelmate-console",
            "--",
        ])
        .args(theirs);
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
    let mut command = cargo();
    command
        .args(["run", "--package", "demo-hotel", "--bin", "demo-hotel", "--"])
        .args(arguments);
    check(&mut command)
}

/// `cargo xtask bench`.
pub(crate) fn bench() -> Result<()> {
    setup(Purpose::Run)?;
    check(cargo().args(["run", "--release", "--package", "sync", "--example", "bench"]))
}

/// What stands before and after `--`.
pub(crate) fn split(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}
