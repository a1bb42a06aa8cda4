//! `demo-hotel`: the demo hotel as a process of its own.
//!
//! Prints one line, `listening http://127.0.0.1:PORT`, when it answers; ends cleanly on SIGTERM and Ctrl-C. The log
//! goes to standard error, filtered by `HOTELMATE_LOG`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use demo_hotel::{Data, DemoHotel, Options};
use lexopt::prelude::{Long, Short, ValueExt};

const USAGE: &str = "\
Usage: demo-hotel --port 8000 --data DIR [options]

  --port PORT             port on 127.0.0.1; 0 lets the system pick (default 8000)
  --data DIR              where offers and photos are kept; a new folder is seeded
  --offers N              offers of a new folder (default 12)
  --seed S                the same seed gives the same offers (default 1)
  --pusher-key KEY        (default app-key)
  --pusher-secret SECRET  (default app-secret)
  --pusher-app-id ID      (default 1234)
  --page DIR              the built guest page, served at /SLUG/ (default: the folder guest-page beside this program)
  --help

Users: frontdesk, manager (hotel killarney), outsider (hotel other), visitor (no hotel); the password is the name.
";

fn main() -> ExitCode {
    let outcome = match options(lexopt::Parser::from_env()) {
        Ok(Some(options)) => run(options),
        Ok(None) => say(USAGE),
        Err(error) => Err(format!("{error}\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nowhere is left to tell that standard error is closed.
            let _ = writeln!(std::io::stderr(), "demo-hotel: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line; `None` asks for help.
fn options(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        port: 8000,
        guest_page: std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.join("guest-page"))),
        ..Options::default()
    };
    let mut data = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("data") => data = Some(PathBuf::from(arguments.value()?)),
            Long("offers") => options.offers = arguments.value()?.parse()?,
            Long("seed") => options.seed = arguments.value()?.parse()?,
            Long("pusher-key") => options.pusher.key = arguments.value()?.string()?,
            Long("pusher-secret") => options.pusher.secret = arguments.value()?.string()?,
            Long("pusher-app-id") => options.pusher.id = arguments.value()?.string()?,
            Long("page") => options.guest_page = Some(PathBuf::from(arguments.value()?)),
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    options.data = Data::Folder(data.ok_or("--data is needed")?);
    Ok(Some(options))
}

fn run(options: Options) -> Result<(), String> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("HOTELMATE_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime can't start: {error}"))?;
    runtime.block_on(async {
        // Before the line is printed: who reads it may send the signal at once.
        let ending = ending().map_err(|error| format!("signals can't be heard: {error}"))?;
        let hotel = DemoHotel::start(options)
            .await
            .map_err(|error| error.to_string())?;
        say(&format!("listening {}\n", hotel.url()))?;
        ending.await;
        hotel.shutdown().await;
        Ok(())
    })
}

fn say(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("standard output can't be written: {error}"))
}

/// Resolves on SIGTERM or Ctrl-C.
#[cfg(unix)]
fn ending() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Resolves on Ctrl-C.
#[cfg(not(unix))]
fn ending() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
