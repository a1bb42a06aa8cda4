//! The long tests, for a night or before a release: what `test` does for minutes, for hours.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::{
    setup::{Purpose, setup},
    shell::{cargo, check, part},
    test::{self, Selection},
};

const RUNS: u32 = 100_000;
const KILLS: u32 = 200;
const MINUTES: u32 = 120;
/// Far above what one takes.
const PER_KILL: Duration = Duration::from_secs(10);

/// `cargo xtask soak [RUNS] [KILLS] [MINUTES]`. Nought leaves one of them out.
pub(crate) fn soak(arguments: &[String]) -> Result<()> {
    if let [_, _, _, other, ..] = arguments {
        bail!("'{other}' is one argument too many");
    }
    let asked = |at: usize, usual| arguments.get(at).map_or(Ok(usual), |text| number(text));
    let (runs, kills, minutes) = (asked(0, RUNS)?, asked(1, KILLS)?, asked(2, MINUTES)?);
    setup(Purpose::Test)?;
    // What nobody has lived through yet.
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    if runs > 0 {
        part("the simulation", || simulate(runs, seed))?;
    }
    if kills > 0 {
        test::all(&Selection {
            filter: Some("kill::".to_owned()),
            arguments: vec!["--nocapture".to_owned()],
            environment: vec![
                ("HOTELMATE_KILLS", kills.to_string()),
                ("HOTELMATE_KILL_SEED", seed.to_string()),
            ],
            more_time: PER_KILL * kills,
        })?;
    }
    if minutes > 0 {
        test::all(&Selection {
            filter: Some("soak::".to_owned()),
            arguments: vec!["--nocapture".to_owned()],
            environment: vec![
                ("HOTELMATE_SOAK_MINUTES", minutes.to_string()),
                ("HOTELMATE_SOAK_SEED", seed.to_string()),
            ],
            more_time: Duration::from_secs(60) * minutes,
        })?;
    }
    Ok(())
}

/// Optimised, since a run costs what the engine costs.
fn simulate(runs: u32, seed: u64) -> Result<()> {
    println!("HOTELMATE_SEED={seed}");
    let mut command = cargo();
    command
        .args([
            "test",
            "--release",
            "--package",
            "sync",
            "--test",
            "simulation",
            "--",
            "--nocapture",
        ])
        .env("HOTELMATE_RUNS", runs.to_string())
        .env("HOTELMATE_SEED", seed.to_string());
    check(&mut command)
}

fn number(text: &str) -> Result<u32> {
    text.parse()
        .with_context(|| format!("'{text}' is no number of runs, kills or minutes"))
}
