//! What windows may ask: each command takes state, calls the engine, and converts nothing but types.
//!
//! Declared here once. `cargo xtask codegen` writes the TypeScript, `src-tauri/permissions/staff.toml` lists who may.

use std::sync::Arc;

use model::{OfferFields, OfferKey, OfferPatch};
use serde::{Deserialize, Serialize};
use specta_typescript::Typescript;
use sync::Console;
use sync::activity::ActivityEntry;
use sync::alerts::Opens;
use sync::draft::Draft;
use sync::effect::{Ask, Password};
use sync::history::OfferVersion;
use sync::preview::GuestPreview;
use sync::problem::AppError;
use sync::settings::{WantedAlerts, Zones};
use sync::view::{Batch, CheckStep, Choice, PhotoChange, SignInForm, Snapshot, StagedPhoto, WaitingChanges};
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};
use updates::Update;

use crate::demo::DemoMode;
use crate::environment::Environment;
use crate::links::{FollowedLink, LinkFollowed, Links};
use crate::menu::{self, MenuChosen};
use crate::photo_sources::FilesOver;
use crate::update_check::{UpdateCheck, UpdateKnown};
use crate::{diagnostics, file_dialog, guest_page, photo_commands, table_commands, update_check, windows};

/// The change feed: a batch for every window.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct Changes(pub Batch);

/// A notification of the system was clicked, and this window was brought up for what it was about.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct AlertClicked(pub Opens);

/// A row's number. To TypeScript a `number`, as every integer is; specta says of a float that it may be null.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, specta::Type)]
pub(crate) struct Number(#[specta(type = u32)] i64);

pub(crate) type Result<T> = std::result::Result<T, AppError>;

pub(crate) fn ipc() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            snapshot,
            sign_in_form,
            pick_sign_in_form,
            sign_in,
            sign_in_demo,
            test_connection,
            sign_out,
            cancel_sign_out,
            keep_token_in_file,
            create_offer,
            update_offer,
            delete_offer,
            reorder_offer,
            photo_commands::upload_photo,
            photo_commands::cancel_upload,
            photo_commands::pick_photo,
            photo_commands::drop_photo,
            photo_commands::paste_photo,
            photo_commands::photo_at,
            photo_commands::photo_again,
            photo_commands::prepare_photo,
            retry_offer,
            discard_changes,
            resolve_conflict,
            offer_history,
            deleted_offers,
            restore_version,
            save_draft,
            drop_draft,
            drafts,
            clean_markup,
            table_commands::export_offers,
            table_commands::pick_table,
            activity,
            export_diagnostics,
            retry_now,
            time_zones,
            set_time_zone,
            set_wanted_alerts,
            set_zoom,
            set_menu,
            open_console_window,
            open_offer_window,
            close_offer_window,
            open_preview_window,
            guest_preview,
            guest_page_is_served,
            open_guest_page,
            take_link,
            known_update,
            open_update_page,
            window_ready,
        ])
        .events(collect_events![
            AlertClicked,
            Changes,
            FilesOver,
            LinkFollowed,
            MenuChosen,
            UpdateKnown
        ])
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
}

pub(crate) fn typescript() -> Typescript {
    Typescript::default()
        .header("// Generated from src-tauri/src/commands.rs by `cargo xtask codegen`. Do not edit.\n")
}

#[tauri::command]
#[specta::specta]
async fn snapshot(console: State<'_, Console>) -> Result<Snapshot> {
    console.snapshot().await
}

#[tauri::command]
#[specta::specta]
async fn sign_in_form(console: State<'_, Console>) -> Result<SignInForm> {
    console.form().await
}

/// Lets the user choose a `.env` file and reads the server from it; `null`: nothing was chosen.
#[tauri::command]
#[specta::specta]
async fn pick_sign_in_form(app: AppHandle, window: WebviewWindow) -> Result<Option<SignInForm>> {
    let Some(path) = file_dialog::choose_env_file(&app, &window).await? else {
        return Ok(None);
    };
    let bytes = file_dialog::beginning_of(path, sync::env_file::BYTE_LIMIT).await?;
    sync::env_file::read(&bytes).map(Some)
}

#[tauri::command]
#[specta::specta]
async fn sign_in(console: State<'_, Console>, form: SignInForm, password: String) -> Result<()> {
    console
        .done(Ask::SignIn {
            form: Box::new(form),
            password: Password(password),
        })
        .await
}

#[tauri::command]
#[specta::specta]
async fn sign_in_demo(console: State<'_, Console>) -> Result<()> {
    console.done(Ask::SignInDemo).await
}

#[tauri::command]
#[specta::specta]
async fn test_connection(
    transport: State<'_, Arc<dyn sync::Transport>>,
    form: SignInForm,
    password: String,
) -> Result<Vec<CheckStep>> {
    Ok(sync::check(&form, &password, transport.inner().clone()).await)
}

#[tauri::command]
#[specta::specta]
async fn sign_out(console: State<'_, Console>, waiting: Option<WaitingChanges>) -> Result<()> {
    console.done(Ask::SignOut(waiting)).await
}

#[tauri::command]
#[specta::specta]
async fn cancel_sign_out(console: State<'_, Console>) -> Result<()> {
    console.done(Ask::CancelSignOut).await
}

#[tauri::command]
#[specta::specta]
async fn keep_token_in_file(console: State<'_, Console>) -> Result<()> {
    console.done(Ask::KeepTokenInFile).await
}

#[tauri::command]
#[specta::specta]
async fn create_offer(
    console: State<'_, Console>,
    window: WebviewWindow,
    fields: OfferFields,
    photo: Option<StagedPhoto>,
) -> Result<OfferKey> {
    console.create(fields, photo, window.label()).await
}

#[tauri::command]
#[specta::specta]
async fn update_offer(
    console: State<'_, Console>,
    window: WebviewWindow,
    key: OfferKey,
    patch: OfferPatch,
    photo: Option<PhotoChange>,
) -> Result<()> {
    console
        .done(Ask::Update {
            key,
            patch: Box::new(patch),
            photo,
            window: window.label().to_owned(),
        })
        .await
}

#[tauri::command]
#[specta::specta]
async fn delete_offer(console: State<'_, Console>, window: WebviewWindow, key: OfferKey) -> Result<()> {
    console
        .done(Ask::Delete {
            key,
            window: window.label().to_owned(),
        })
        .await
}

#[tauri::command]
#[specta::specta]
async fn reorder_offer(
    console: State<'_, Console>,
    window: WebviewWindow,
    key: OfferKey,
    before: Option<OfferKey>,
) -> Result<()> {
    let window = window.label().to_owned();
    console.done(Ask::Reorder { key, before, window }).await
}

#[tauri::command]
#[specta::specta]
async fn retry_offer(console: State<'_, Console>, key: OfferKey) -> Result<()> {
    console.done(Ask::Retry(key)).await
}

#[tauri::command]
#[specta::specta]
async fn discard_changes(console: State<'_, Console>, key: OfferKey) -> Result<()> {
    console.done(Ask::Discard(key)).await
}

#[tauri::command]
#[specta::specta]
async fn resolve_conflict(console: State<'_, Console>, key: OfferKey, choices: Vec<Choice>) -> Result<()> {
    console.done(Ask::Resolve(key, choices)).await
}

#[tauri::command]
#[specta::specta]
async fn offer_history(console: State<'_, Console>, key: OfferKey) -> Result<Vec<OfferVersion>> {
    console.history(key).await
}

#[tauri::command]
#[specta::specta]
async fn deleted_offers(console: State<'_, Console>) -> Result<Vec<OfferVersion>> {
    console.deleted_offers().await
}

#[tauri::command]
#[specta::specta]
async fn restore_version(console: State<'_, Console>, window: WebviewWindow, id: Number) -> Result<OfferKey> {
    console.restore(id.0, window.label()).await
}

#[tauri::command]
#[specta::specta]
async fn save_draft(console: State<'_, Console>, window: WebviewWindow, draft: Draft) -> Result<()> {
    let label = window.label().to_owned();
    let ask = Ask::SaveDraft {
        draft: Box::new(draft),
        window: label.clone(),
    };
    console.done(ask).await?;
    // A window's last words can come after it has closed.
    if window.get_webview_window(&label).is_none() {
        console.done(Ask::WindowClosed(label)).await?;
    }
    Ok(())
}

#[tauri::command]
#[specta::specta]
async fn drop_draft(console: State<'_, Console>, id: String) -> Result<()> {
    console.done(Ask::DropDraft(id)).await
}

#[tauri::command]
#[specta::specta]
async fn drafts(console: State<'_, Console>) -> Result<Vec<Draft>> {
    console.drafts().await
}

/// The part of an offer's HTML that a window may show.
#[tauri::command]
#[specta::specta]
async fn clean_markup(html: String) -> Result<String> {
    Ok(markup::clean(&html))
}

#[tauri::command]
#[specta::specta]
async fn activity(console: State<'_, Console>, before: Option<Number>) -> Result<Vec<ActivityEntry>> {
    console.activity(before.map(|number| number.0)).await
}

#[tauri::command]
#[specta::specta]
async fn export_diagnostics(
    app: AppHandle,
    window: WebviewWindow,
    console: State<'_, Console>,
    environment: State<'_, Environment>,
) -> Result<Option<String>> {
    match file_dialog::save(&app, &window, "Export diagnostics", diagnostics::FILE_NAME).await? {
        Some(path) => diagnostics::export(&console, &environment.data_dir, path)
            .await
            .map(Some),
        None => Ok(None),
    }
}

#[tauri::command]
#[specta::specta]
async fn retry_now(console: State<'_, Console>) -> Result<()> {
    console.done(Ask::RetryNow).await
}

#[tauri::command]
#[specta::specta]
async fn time_zones(console: State<'_, Console>) -> Result<Zones> {
    console.time_zones().await
}

/// Sets the hotel's time zone, by IANA name; null: this computer's.
#[tauri::command]
#[specta::specta]
async fn set_time_zone(console: State<'_, Console>, name: Option<String>) -> Result<()> {
    console.done(Ask::SetTimeZone(name)).await
}

#[tauri::command]
#[specta::specta]
async fn set_wanted_alerts(console: State<'_, Console>, wanted: WantedAlerts) -> Result<()> {
    console.done(Ask::SetWantedAlerts(wanted)).await
}

#[tauri::command]
#[specta::specta]
async fn set_zoom(window: WebviewWindow, percent: u16) -> Result<()> {
    windows::zoom(&window, percent)
}

/// Not `async`: such commands are done on the main thread, where menus are, and in their order.
#[tauri::command]
#[specta::specta]
fn set_menu(window: WebviewWindow, names: Vec<String>) -> Result<()> {
    menu::enable_only(&window, &names)
}

#[tauri::command]
#[specta::specta]
async fn open_console_window(app: AppHandle) -> Result<()> {
    windows::open(&app)
}

#[tauri::command]
#[specta::specta]
async fn open_offer_window(app: AppHandle, key: OfferKey) -> Result<()> {
    windows::open_offer(&app, key)
}

/// Asked by the window itself.
#[tauri::command]
#[specta::specta]
async fn close_offer_window(window: WebviewWindow) -> Result<()> {
    windows::close_offer(&window)
}

#[tauri::command]
#[specta::specta]
async fn open_preview_window(app: AppHandle) -> Result<()> {
    windows::open_preview(&app)
}

#[tauri::command]
#[specta::specta]
async fn guest_preview(console: State<'_, Console>) -> Result<GuestPreview> {
    console.guest_preview().await
}

/// Whether the page's address is known, so that it can be opened in a browser.
#[tauri::command]
#[specta::specta]
async fn guest_page_is_served(console: State<'_, Console>, demo: State<'_, DemoMode>) -> Result<bool> {
    guest_page::address(&console, &demo)
        .await
        .map(|address| address.is_some())
}

/// Opens the hotel's page in the system's browser. Which address that is, no window says.
#[tauri::command]
#[specta::specta]
async fn open_guest_page(console: State<'_, Console>, demo: State<'_, DemoMode>) -> Result<()> {
    guest_page::open(&console, &demo).await
}

/// The link that the console was opened with, if no other window has it.
#[tauri::command]
#[specta::specta]
async fn take_link(links: State<'_, Links>) -> Result<Option<FollowedLink>> {
    Ok(links.take())
}

#[tauri::command]
#[specta::specta]
async fn known_update(check: State<'_, UpdateCheck>) -> Result<Option<Update>> {
    Ok(check.known())
}

#[tauri::command]
#[specta::specta]
async fn open_update_page(check: State<'_, UpdateCheck>) -> Result<()> {
    update_check::open_page(&check)
}

#[tauri::command]
#[specta::specta]
async fn window_ready(console: State<'_, Console>, window: WebviewWindow) -> Result<()> {
    let shown = windows::show(&window);
    console.end_quiet_start();
    shown
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_has_its_permission_and_no_permission_is_left_over() {
        let source = include_str!("commands.rs");
        let declared = source
            .split("collect_commands![")
            .nth(1)
            .and_then(|rest| rest.split("])").next())
            .unwrap();
        let declared: Vec<_> = declared
            .split(',')
            .map(|path| path.rsplit("::").next().unwrap_or(path).trim())
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(granted(1), declared);
    }

    #[test]
    fn the_preview_may_look_and_change_nothing() {
        let may = [
            "guest_preview",
            "guest_page_is_served",
            "open_guest_page",
            "window_ready",
        ];
        assert_eq!(granted(2), may);
    }

    /// The commands of the permission of this number.
    fn granted(number: usize) -> Vec<&'static str> {
        let listed = include_str!("../permissions/staff.toml")
            .split("commands.allow = [")
            .nth(number)
            .and_then(|rest| rest.split(']').next())
            .unwrap();
        listed
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .filter(|name| !name.is_empty())
            .collect()
    }
}
