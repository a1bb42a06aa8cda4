//! The project's own commands: `cargo xtask run`, `test`, `ci` and the rest of `--help`.
//!
//! A command first sees to what it needs (`setup`: system packages, Node packages, the built UI), each only when missing or stale, and then
//! does its work by calling the ordinary tools, printing every command line it runs. Nothing here is needed to build the product: with the
//! packages in place, plain `cargo build` and `npm run build` do.
//!
//! Absent on purpose: settings, caches outside `target/` and `ui/node_modules`, and any network access besides the package managers'.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on its standard streams"
)]

mod audit;
mod bench;
mod bundled;
mod ci;
mod codegen;
mod desktop;
mod dist;
mod fuzz;
mod group;
mod icons;
mod licences;
mod named;
mod packages;
mod rooms;
mod run;
mod sbom;
mod screenshots;
mod setup;
mod shell;
mod soak;
mod test;
mod tools;

use std::{env, process::ExitCode};

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  run [--sign-in] [-- ARGS]   build and open the console, on the demo hotel unless a server is configured
  test [FILTER] [-- ARGS]     every test, the real window included; needs no display. ARGS go to the Rust test binaries
  ci [--no-test]              what CI checks: format, lints, generated code, the arrows between crates, what pages name, docs, UI, tests
  codegen [--check]           write the TypeScript bindings of the shell's commands, or check that they are current
  demo-hotel [ARGS]           the demo hotel's server on its own, e.g. --port 8000 --data DIR
  soak [RUNS] [KILLS] [MINUTES]
                              the simulation 100,000 times, the real binary killed 200 times, and staff at work at two of them for 120 minutes,
                              unless told otherwise; 0 leaves one of them out
  fuzz [TARGET|all] [SECONDS] what comes from outside, with whatever bytes: each fuzz target for 900 seconds unless told otherwise
  bench [PART [ROWS]]         release builds measured against the least anybody could do; prints a table and writes target/bench.json.
                              Parts: size (of the .deb that dist made), events, photo, window (start, live, save, large), guest; all of them
                              unless told
  screenshots                 every state of the window in three sizes and two themes, in target/screenshots; some of them are docs/pictures
  dist [--try|--compare]      packages of the console (.deb and .rpm) and their bill of materials. --try installs, uses and removes the .deb
                              in a clean Debian; --compare builds the last commit again elsewhere, which should give the same bytes
  audit                       cargo-deny and npm audit: licences, doubled crates, sources, advisories
  icons                       draws the icons from icons/icon.svg
  setup [--test]              only what the commands above do first: system packages, Node packages, the built UI
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match command.as_str() {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "ci" => ci::ci(rest),
        "codegen" => codegen::codegen(flag(rest, "--check")?),
        "demo-hotel" => run::demo_hotel(rest),
        "soak" => soak::soak(rest),
        "fuzz" => fuzz::fuzz(rest),
        "bench" => bench::bench(rest),
        "screenshots" => {
            no_arguments(rest)?;
            screenshots::screenshots()
        }
        "dist" => dist::dist(rest),
        "audit" => {
            no_arguments(rest)?;
            audit::audit()
        }
        "icons" => {
            no_arguments(rest)?;
            icons::icons()
        }
        "setup" => setup::setup(if flag(rest, "--test")? {
            setup::Purpose::Test
        } else {
            setup::Purpose::Run
        }),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command '{other}'\n\n{HELP}"),
    }
}

/// Whether the one flag a command knows was given; anything else is refused, so that a typing error is not ignored.
fn flag(arguments: &[String], known: &str) -> Result<bool> {
    match arguments {
        [] => Ok(false),
        [given] if given == known => Ok(true),
        [other, ..] => bail!("'{other}' is not known here; the only argument is {known}"),
    }
}

fn no_arguments(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => Ok(()),
        [other, ..] => bail!("'{other}' is not known here; this command takes no arguments"),
    }
}
