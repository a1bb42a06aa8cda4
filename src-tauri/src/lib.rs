//! The shell: the only code that knows tauri. It forwards.
//!
//! - `commands`: what windows may ask, declared once; the TypeScript is generated from it
//! - `windows`: making and showing windows
//! - `alerts`: notifications of the system
//! - `menu`: the menus of the windows
//! - `photo_protocol`: pictures for the webview, which has no network
//! - `file_dialog`: choosing a photo or a table, naming a file to write
//! - `guest_page`: the hotel's page in the system's browser
//! - `table_commands`: offers as a table for spreadsheets
//! - `diagnostics`: one file that tells what happened
//! - `whole_file`: writing the files that staff name
//! - `tokens`: where tokens are kept; `system_keyring`: the keyring
//! - `links`: `hotelmate://` links
//! - `update_check`: whether a newer version is there, where an administrator wants to know
//! - `demo`: the embedded demo hotel
//! - `environment`, `logs`: where things are, and what is written about them
//! - `instance`: one console for a data folder
//!
//! **Start.** A lock on the data folder; then what is in it is read on a thread of its own, while the window system starts and single
//! instance, keyed by that folder (on Linux), ends a second launch; then the engine, which has everything ready before the first window asks.
//!
//! Absent: rules, SQL, HTTP, state.

mod alerts;
mod commands;
mod demo;
mod diagnostics;
mod environment;
mod file_dialog;
mod guest_page;
mod instance;
mod links;
mod logs;
mod menu;
mod photo_commands;
mod photo_protocol;
mod photo_sources;
mod system_keyring;
mod table_commands;
mod tokens;
mod update_check;
mod whole_file;
mod windows;

use std::fs::File;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use sync::effect::Ask;
use sync::view::{Session, ViewChange};
use sync::{Console, Host, Prepared};
use tauri::{App, AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;
use tauri_specta::Event;

use environment::{Environment, private_file};
use links::{FollowedLink, Links};
use system_keyring::SystemKeyring;
use update_check::UpdateCheck;

/// How long the program's end may wait for a keyring.
const KEYRING_WAIT: Duration = Duration::from_secs(3);

/// Seldom enough to cost nothing, soon enough after whatever needed much.
const GIVE_BACK_EVERY: Duration = Duration::from_secs(60);

/// How long it may wait for the engine to close its database.
const ENGINE_WAIT: Duration = Duration::from_secs(3);

/// Opens the console and runs it until its last window is closed.
pub fn run() -> Result<()> {
    let begun = Environment::read().and_then(|environment| Ok((logs::start(&environment)?, environment)));
    let (_logs, environment) = match begun {
        Ok(begun) => begun,
        // Whoever clicked an icon has no terminal to read it in.
        Err(error) if !std::io::stderr().is_terminal() => return only_say(error),
        Err(error) => return Err(error),
    };
    let folder = instance::own(&environment.data_dir, &environment.instance_id());
    let data = folder.map(|lock| (lock, read_ahead(&environment)));
    let ipc = commands::ipc();
    let invoke_handler = ipc.invoke_handler();
    let windows_file = environment.data_dir.join("windows.json");
    if let Err(error) = private_file(&windows_file, b"{}") {
        tracing::warn!(%error, "where windows stand cannot be kept");
    }
    let window_state = tauri_plugin_window_state::Builder::new()
        // A window is shown when it is painted, never because it was visible when the program ended.
        .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
        // Windows of single offers come and go: each where the desktop puts it.
        .with_filter(|label| !windows::is_of_one_offer(label))
        .with_filename(windows_file.to_string_lossy())
        .build();

    tauri::Builder::default()
        // Before another launch can hand over a link of its own.
        .manage(Links::at_start())
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(environment.instance_id())
                .callback(|app, arguments, _folder| call(app, links::among(arguments.into_iter())))
                .build(),
        )
        .plugin(window_state)
        .register_asynchronous_uri_scheme_protocol(photo_protocol::SCHEME, photo_protocol::serve)
        .invoke_handler(invoke_handler)
        .setup(move |app| {
            ipc.mount_events(app);
            if let Err(error) = start(app, environment, data) {
                give_up(app, &error);
            }
            Ok(())
        })
        .build(context())
        .context("the window system")?
        .run(|app, event| match event {
            RunEvent::Exit => {
                if let Some(console) = app.try_state::<Console>() {
                    console.wait_for_tokens(KEYRING_WAIT);
                    console.end(ENGINE_WAIT);
                }
            }
            #[cfg(target_os = "macos")]
            RunEvent::Opened { urls } => {
                for url in urls {
                    call(app, Some(links::read(url.as_str())));
                }
            }
            _ => {}
        });
    Ok(())
}

/// Somebody starts the program once more, or follows a link to it.
fn call(app: &AppHandle, link: Option<FollowedLink>) {
    let has_started = app.try_state::<Console>().is_some();
    match link {
        Some(link) if has_started => links::follow(app, link),
        // The window that a start ends with takes it; one that could not start says why, and opens nothing.
        Some(link) => links::keep(app, link),
        None if has_started => windows::open_or_log(app),
        None => tracing::info!("another launch, while this one has not started"),
    }
}

/// What the bundle embeds, once.
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// An app that opens nothing but the words why.
fn only_say(error: anyhow::Error) -> Result<()> {
    tauri::Builder::default()
        .setup(move |app| {
            give_up(app, &error);
            Ok(())
        })
        .build(context())
        .context("the window system")?
        .run(|_, _| {});
    Ok(())
}

/// Writes the TypeScript of commands and events.
pub fn export_bindings(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    commands::ipc().export(commands::typescript(), path)?;
    Ok(())
}

/// What needs no window: what staff have known, and the transport, which reads every certificate that the system trusts.
type Ahead = (Prepared, Arc<dyn sync::Transport>);
type Data = (Option<File>, JoinHandle<Result<Ahead>>);

/// Is read while the window system starts.
fn read_ahead(environment: &Environment) -> JoinHandle<Result<Ahead>> {
    let (folder, form) = (environment.data_dir.clone(), environment.form.clone());
    thread::spawn(move || {
        let time_zone = jiff::tz::TimeZone::system();
        let prepared = Prepared::open(&folder, form, time_zone).context("the data of this computer")?;
        Ok((prepared, Arc::new(sync::transport()?) as _))
    })
}

fn start(app: &mut App, environment: Environment, data: Result<Data>) -> Result<()> {
    let (lock, ahead) = data?;
    app.manage(lock);
    let photo_room = environment.photo_room.clone().map_err(anyhow::Error::msg)?;
    let handle = app.handle().clone();
    let (prepared, transport) = ahead
        .join()
        .map_err(|_| anyhow!("the data of this computer could not be read"))??;
    // Beside the program, where the bundle and the build script put it.
    let resources = app.path().resource_dir();
    let guest_page = resources.ok().map(|folder| folder.join("guest-page"));
    let demo = demo::DemoMode::new(environment.data_dir.join("demo"), guest_page);
    let host = Host {
        publish: Arc::new({
            let handle = handle.clone();
            move |batch| {
                for change in &batch.changes {
                    if let ViewChange::Renamed { from, to } = change {
                        windows::rename_offer(&handle, *from, *to);
                    }
                }
                if let Err(error) = commands::Changes(batch).emit(&handle) {
                    tracing::error!(%error, "windows could not be told of a change");
                }
            }
        }),
        alert: Arc::new({
            let alerts = alerts::Alerts::start(handle.clone())?;
            move |alert| alerts.show(alert)
        }),
        tokens: Arc::new(tokens::TokenStore::new(
            environment.data_dir.join("token.json"),
            SystemKeyring::new(),
        )),
        demo: Arc::new({
            let demo = demo.clone();
            move || demo.start()
        }),
        transport: transport.clone(),
        photo_room: photo_room.unwrap_or(sync::PHOTO_ROOM),
    };
    let runtime = tauri::async_runtime::handle().inner().clone();
    let console = Console::start(prepared, host, runtime).context("the data of this computer")?;
    app.manage(console.clone());
    let enters_demo = environment.demo;
    let update_check = UpdateCheck::of(&environment);
    app.manage(environment);
    app.manage(demo);
    app.manage(photo_sources::Dropped::default());
    app.manage(transport);
    update_check.start(&handle);
    app.manage(update_check);
    if enters_demo {
        tauri::async_runtime::spawn(enter_demo(console));
    }
    #[cfg(unix)]
    tauri::async_runtime::spawn(end_when_asked(handle.clone()));
    tauri::async_runtime::spawn(give_memory_back());
    windows::open(&handle)?;
    Ok(())
}

/// Says why the console cannot open, where its user looks, and ends. Handing the error to tauri would be a panic.
#[expect(
    clippy::print_stderr,
    reason = "who starts it from a terminal, or has no display, reads it there"
)]
fn give_up(app: &App, error: &anyhow::Error) {
    let words = format!("HotelMate Console cannot open: {error:#}");
    tracing::error!("{words}");
    eprintln!("{words}");
    // Not the blocking kind: on Linux it would wait for the very event loop that this runs on.
    let dialog = rfd::AsyncMessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("HotelMate Console")
        .set_description(&words)
        .show();
    let app = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        dialog.await;
        app.exit(1);
    });
}

/// A desktop that shuts down, or whose user logs out, asks programs to end. Without this they would end at once, as in a crash.
#[cfg(unix)]
async fn end_when_asked(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut asked = match signal(SignalKind::terminate()) {
        Ok(asked) => asked,
        Err(error) => return tracing::warn!(%error, "the system's wish to end cannot be heard"),
    };
    if asked.recv().await.is_some() {
        tracing::info!("the system asks to end");
        app.exit(0);
    }
}

/// A console stays open for weeks: what a large photo, a long list or the start has needed is not kept for the next one.
async fn give_memory_back() {
    loop {
        tokio::time::sleep(GIVE_BACK_EVERY).await;
        if let Err(error) = tauri::async_runtime::spawn_blocking(arenas::give_back).await {
            return tracing::warn!(%error, "memory is no longer given back");
        }
    }
}

/// `HOTELMATE_DEMO=1`: signed in to the demo hotel, unless the last session is there already.
async fn enter_demo(console: Console) {
    let is_there = match console.snapshot().await {
        Ok(snapshot) => matches!(snapshot.session, Session::SignedIn { demo: true, .. }),
        Err(_) => false,
    };
    if !is_there && let Err(error) = console.ask(Ask::SignInDemo).await {
        tracing::error!(%error, "the demo hotel could not be entered");
    }
}
