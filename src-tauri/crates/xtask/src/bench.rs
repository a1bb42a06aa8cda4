//! Measuring: each part against the least that anybody could do, or against something measured in the same run.
//!
//! What a bench prints is shown as it comes; its lines of JSON are also collected in `target/bench.json`, with what machine they are of. The
//! package is weighed as `cargo xtask dist` left it: to make it here would take longer than to measure all of the rest.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    codegen::target,
    desktop::Desktop,
    dist::{self, LARGEST_DEB},
    group::end_all_on_interrupt,
    run::{Target, built},
    setup::{Purpose, setup},
    shell::{ask, build, cargo, check, line_of, part},
};

/// In the order in which all of them run: the quick ones first.
const PARTS: [&str; 5] = ["size", "events", "photo", "window", "guest"];

/// `cargo xtask bench [PART [ROWS…]]`.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let (wanted, rest) = match arguments {
        [] => (PARTS.to_vec(), arguments),
        [part, rest @ ..] => match PARTS.iter().find(|known| *known == part) {
            Some(known) => (vec![*known], rest),
            None => bail!("'{part}' is not known here; the parts are {}", PARTS.join(", ")),
        },
    };
    end_all_on_interrupt()?;
    setup(Purpose::Bench)?;
    let mut rows = Vec::new();
    for name in wanted {
        rows.extend(part(name, || match name {
            "size" => size(),
            "events" => measure(&mut example("sync", "bench")?, rest),
            "photo" => measure(&mut example("photo", "photo-bench")?, rest),
            "window" => window(rest),
            _ => measure(&mut built(Target::Example("guest-bench"))?, rest),
        })?);
    }
    let path = target().join("bench.json");
    let machine = json!({
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "rustc": ask(Command::new("rustc").arg("--version")),
        "commit": ask(Command::new("git").args(["log", "-1", "--format=%h"])),
    });
    let report = serde_json::to_string_pretty(&json!({ "machine": machine, "rows": rows }))?;
    fs::write(&path, report).with_context(|| format!("could not write {}", path.display()))?;
    println!("{} in {}", verdict(&rows), path.display());
    Ok(())
}

/// How many rows met their aim. Others are told beside them and have none.
fn verdict(rows: &[Value]) -> String {
    let aimed: Vec<bool> = rows.iter().filter_map(|row| row["met"].as_bool()).collect();
    let met = aimed.iter().filter(|met| **met).count();
    format!("{met} of {} with an aim met; {} rows", aimed.len(), rows.len())
}

/// What the package weighs.
fn size() -> Result<Vec<Value>> {
    let aim = format!("at most {} MB", LARGEST_DEB / 1_000_000);
    let Some(made) = dist::made()? else {
        let words = format!("not made here; `cargo xtask dist` makes it, and holds it to {aim}");
        println!("  the .deb: {words}");
        return Ok(vec![
            json!({ "what": "the .deb", "aim": aim, "met": null, "words": words }),
        ]);
    };
    let is_met = made.bytes <= LARGEST_DEB;
    let (deb, installed) = (megabytes(made.bytes), megabytes(made.installed_bytes));
    println!("  {}", made.deb.display());
    println!(
        "  the .deb    {deb:>6.1} MB   {aim}   {}",
        if is_met { "met" } else { "MISSED" }
    );
    println!("  installed   {installed:>6.1} MB   none            told");
    let is_older = is_older_than_the_last_commit(&made.deb);
    if is_older {
        println!("  it was made before the last commit; `cargo xtask dist` makes it anew");
    }
    Ok(vec![
        json!({ "what": "the .deb", "unit": "MB", "ours": deb, "aim": aim, "met": is_met, "before_last_commit": is_older }),
        json!({ "what": "installed", "unit": "MB", "ours": installed, "aim": "none", "met": null, "before_last_commit": is_older }),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "sizes of programs")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// `false` also where nobody can tell.
fn is_older_than_the_last_commit(path: &Path) -> bool {
    let made = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let seconds = ask(Command::new("git").args(["log", "-1", "--format=%ct"]));
    let committed = seconds.and_then(|seconds| Some(UNIX_EPOCH + Duration::from_secs(seconds.parse().ok()?)));
    made.zip(committed)
        .is_some_and(|(made, committed)| made < committed)
}

/// An example as it would be shipped.
fn example(package: &str, name: &str) -> Result<Command> {
    check(cargo().args(["build", "--release", "--package", package, "--example", name]))?;
    Ok(Command::new(target().join("release/examples").join(name)))
}

/// The console in its window, on a desktop of its own, beside an empty window.
fn window(rows: &[String]) -> Result<Vec<Value>> {
    check(cargo().args([
        "build",
        "--release",
        "--package",
        "hotelmate-console",
        "--example",
        "empty-window",
    ]))?;
    let messages = build(cargo().args([
        "bench",
        "--no-run",
        "--package",
        "hotelmate-console",
        "--bench",
        "window",
    ]))
    .context("the bench")?;
    let program = messages.iter().find_map(|message| {
        let is_it = message["target"]["name"] == "window" && message["target"]["kind"][0] == "bench";
        is_it.then(|| message["executable"].as_str())?
    });
    let program = program.context("cargo did not say where the bench is")?;
    let desktop = Desktop::start()?;
    let mut command = Command::new(program);
    desktop.furnish(&mut command);
    measure(&mut command, rows)
}

/// Runs a bench and returns its rows.
fn measure(command: &mut Command, rows: &[String]) -> Result<Vec<Value>> {
    command.args(rows);
    let line = line_of(command);
    println!("  $ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start: {line}"))?;
    let mut rows = Vec::new();
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(row @ Value::Object(_)) => rows.push(row),
            _ => println!("{line}"),
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_with_an_aim_are_counted_among_those_that_meet_theirs() {
        let rows = [
            json!({ "met": true }),
            json!({ "met": false }),
            json!({ "met": null }),
            json!({}),
        ];
        assert_eq!(verdict(&rows), "1 of 2 with an aim met; 4 rows");
    }
}
