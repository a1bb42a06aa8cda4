//! Windows: made hidden, shown once their first frame is painted, so that nobody sees a white flash.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::commands::AlertClicked;
use crate::{menu, photo_sources};
use model::OfferKey;
use sync::Console;
use sync::alerts::Opens;
use sync::effect::Ask;
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event as _;

/// Capabilities name the windows by these prefixes.
const LABEL: &str = "console-";
/// Windows of one offer each; its key follows.
const OFFER: &str = "offer-";
/// There is one preview.
const PREVIEW: &str = "preview-1";
const PREVIEW_PAGE: &str = "preview.html";
/// Also the page of an address that names none.
const CONSOLE_PAGE: &str = "index.html";
/// A window whose page never says that it is painted is shown all the same: an empty window can be closed, a hidden one cannot.
const LATEST: Duration = Duration::from_secs(3);

/// In percent. Beyond these nothing could be read, or nothing would be in sight that leads back.
const ZOOMS: RangeInclusive<u16> = 50..=300;

static LAST: AtomicU32 = AtomicU32::new(0);
/// The number of the staff window that had the focus last.
static FOREMOST: AtomicU32 = AtomicU32::new(1);

/// Offers that have got another key since a window of their own was opened, with the one that its label has, which cannot change.
static RENAMED: LazyLock<Mutex<HashMap<OfferKey, OfferKey>>> = LazyLock::new(Mutex::default);

/// Opens another staff window.
pub(crate) fn open(app: &AppHandle) -> Result<(), AppError> {
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let label = labelled(number);
    let window = staff_window(app, &label, CONSOLE_PAGE)?
        .inner_size(1180.0, 760.0)
        .min_inner_size(900.0, 600.0)
        .build()
        .map_err(failed)?;
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Focused(true)) {
            FOREMOST.store(number, Ordering::Relaxed);
        }
    });
    watch_over(app, window);
    Ok(())
}

/// Opens a window about one offer, or brings it to the front.
pub(crate) fn open_offer(app: &AppHandle, key: OfferKey) -> Result<(), AppError> {
    let label = of_offer(key);
    if let Some(window) = app.get_webview_window(&label) {
        return bring_to_front(&window);
    }
    let window = staff_window(app, &label, &format!("{CONSOLE_PAGE}?offer={key}"))?
        .inner_size(480.0, 760.0)
        .min_inner_size(388.0, 480.0)
        // The page knows what the offer is called by now.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "a window cannot be named after its offer");
            }
        })
        .build()
        .map_err(failed)?;
    watch_over(app, window);
    Ok(())
}

/// Closes a window of one offer, and no other.
pub(crate) fn close_offer(window: &WebviewWindow) -> Result<(), AppError> {
    if is_of_one_offer(window.label()) {
        window.close().map_err(failed)?;
    }
    Ok(())
}

fn staff_window<'a>(
    app: &'a AppHandle,
    label: &str,
    page: &str,
) -> Result<WebviewWindowBuilder<'a, tauri::Wry, AppHandle>, AppError> {
    Ok(hidden_window(app, label, page)?
        .title("HotelMate Console")
        // The page's security policy says nothing of leaving it: an address could carry away what the page knows.
        .on_navigation(is_console))
}

/// With its menus.
fn hidden_window<'a>(
    app: &'a AppHandle,
    label: &str,
    page: &str,
) -> Result<WebviewWindowBuilder<'a, tauri::Wry, AppHandle>, AppError> {
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .visible(false)
        .menu(menu::of_window(app, label).map_err(failed)?)
        .on_menu_event(|window, event| menu::chosen(window, &event));
    Ok(window)
}

fn watch_over(app: &AppHandle, window: WebviewWindow) {
    photo_sources::watch(&window);
    #[cfg(target_os = "linux")]
    keep_little(&window);
    let_go_of_menu(&window);
    window.on_window_event({
        let (app, label) = (app.clone(), window.label().to_owned());
        move |event| {
            if matches!(event, WindowEvent::Destroyed) {
                tell_closed(&app, &label);
                end_lone_preview(&app, &label);
                forget_renamed(&label);
            }
        }
    });
    show_at_the_latest(window);
}

fn of_offer(key: OfferKey) -> String {
    let labelled = renamed().get(&key).copied().unwrap_or(key);
    format!("{OFFER}{labelled}")
}

/// An offer has got another key: a window of its own goes with it.
pub(crate) fn rename_offer(app: &AppHandle, from: OfferKey, to: OfferKey) {
    if app.get_webview_window(&of_offer(from)).is_some() {
        note_renamed(from, to);
    }
}

fn note_renamed(from: OfferKey, to: OfferKey) {
    let mut renamed = renamed();
    let labelled = renamed.remove(&from).unwrap_or(from);
    renamed.insert(to, labelled);
}

/// The window of this label has gone.
fn forget_renamed(label: &str) {
    renamed().retain(|_, labelled| label != format!("{OFFER}{labelled}"));
}

fn renamed() -> MutexGuard<'static, HashMap<OfferKey, OfferKey>> {
    RENAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn is_of_one_offer(label: &str) -> bool {
    label.starts_with(OFFER)
}

/// A window of one offer shows nothing of the others.
fn shows(label: &str, opens: &Opens) -> bool {
    let own = match opens {
        Opens::Offer { key } => Some(of_offer(*key)),
        _ => None,
    };
    label.starts_with(LABEL) || own.is_some_and(|own| label == own)
}

/// Of any kind but the preview.
pub(crate) fn is_staffs(label: &str) -> bool {
    label.starts_with(LABEL) || is_of_one_offer(label)
}

/// Tauri keeps every menu that a window was made with, also when the window has gone: some 40 KiB each.
fn let_go_of_menu(window: &WebviewWindow) {
    window.on_window_event({
        let window = window.clone();
        move |event| {
            if matches!(event, WindowEvent::Destroyed)
                && let Err(error) = window.remove_menu()
            {
                tracing::warn!(%error, "the menu of a closed window is kept");
            }
        }
    });
}

fn labelled(number: u32) -> String {
    format!("{LABEL}{number}")
}

/// The staff window that was used last, or any, while there is one.
pub(crate) fn foremost(app: &AppHandle) -> Option<WebviewWindow> {
    let last = app.get_webview_window(&labelled(FOREMOST.load(Ordering::Relaxed)));
    last.or_else(|| {
        let mut windows = app.webview_windows().into_iter();
        windows
            .find(|(label, _)| label.starts_with(LABEL))
            .map(|(_, window)| window)
    })
}

/// What is typed in a window and not saved can be had in another once it has closed.
fn tell_closed(app: &AppHandle, label: &str) {
    let (app, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn(async move {
        // At the end of the program nobody is there to be told.
        if let Some(console) = app.try_state::<Console>()
            && let Err(error) = console.done(Ask::WindowClosed(label)).await
        {
            tracing::debug!(%error, "nobody was told of a closed window");
        }
    });
}

/// Without a console beside it, the preview would keep a program running in which nothing can be done.
fn end_lone_preview(app: &AppHandle, closed: &str) {
    let windows = app.webview_windows();
    if !windows.keys().any(|label| is_staffs(label) && label != closed)
        && let Some(preview) = windows.get(PREVIEW)
        && let Err(error) = preview.close()
    {
        tracing::warn!(%error, "the preview could not be closed");
    }
}

/// Closes every window as its frame does, so that each page keeps what was typed; the program ends with the last.
pub(crate) fn close_all(app: &AppHandle) {
    for (label, window) in app.webview_windows() {
        if let Err(error) = window.close() {
            tracing::error!(%error, label, "a window could not be closed");
        }
    }
}

/// Opens the guest preview, or brings it to the front.
pub(crate) fn open_preview(app: &AppHandle) -> Result<(), AppError> {
    if let Some(window) = app.get_webview_window(PREVIEW) {
        return bring_to_front(&window);
    }
    let window = hidden_window(app, PREVIEW, PREVIEW_PAGE)?
        .title("What guests see")
        .inner_size(1120.0, 800.0)
        .min_inner_size(480.0, 480.0)
        // Offers are full of links. None of them leads anywhere in here.
        .on_navigation(is_preview)
        .build()
        .map_err(failed)?;
    #[cfg(target_os = "linux")]
    keep_little(&window);
    let_go_of_menu(&window);
    show_at_the_latest(window);
    Ok(())
}

fn bring_to_front(window: &WebviewWindow) -> Result<(), AppError> {
    // One that is not painted yet comes by itself.
    let is_shown = window.is_visible().unwrap_or(true);
    drop(window.unminimize());
    if is_shown { show(window) } else { Ok(()) }
}

fn is_preview(url: &Url) -> bool {
    page(url) == Some(PREVIEW_PAGE)
}

fn is_console(url: &Url) -> bool {
    matches!(page(url), Some("" | CONSOLE_PAGE))
}

/// Which of our own pages an address names; `None`: it leads elsewhere.
fn page(url: &Url) -> Option<&str> {
    let is_ours = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // How some systems spell it.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    is_ours.then(|| url.path().trim_start_matches('/'))
}

fn show_at_the_latest(window: WebviewWindow) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LATEST).await;
        if !window.is_visible().unwrap_or(true)
            && let Err(error) = show(&window)
        {
            tracing::warn!(%error, "a window could not be shown");
        }
    });
}

/// For a second launch: a window, or a line in the log.
pub(crate) fn open_or_log(app: &AppHandle) {
    if let Err(error) = open(app) {
        tracing::error!(%error, "a second launch could not open a window");
        // At least bring what there is to the front.
        if let Some(window) = app.webview_windows().values().next() {
            drop(window.set_focus());
        }
    }
}

/// Whether somebody looks at a window that shows what this is about.
pub(crate) fn is_in_sight(app: &AppHandle, opens: &Opens) -> bool {
    let windows = app.webview_windows();
    let mut showing = windows.iter().filter(|(label, _)| shows(label, opens));
    showing.any(|(_, window)| window.is_focused().unwrap_or(false))
}

/// WebKitGTK's usual cache is one for browsing: it keeps photos that are no longer shown, decoded, by the hundred. Ours are read anew from this
/// computer. All windows share one context, and so this choice. And nothing is kept of a window that has closed.
#[cfg(target_os = "linux")]
fn keep_little(window: &WebviewWindow) {
    use webkit2gtk::{CacheModel, WebContextExt as _, WebViewExt as _};

    let chosen = window.with_webview(|webview| {
        let webview = webview.inner();
        if let Some(context) = webview.context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
        webviews::end_with_window(&webview);
    });
    if let Err(error) = chosen {
        tracing::warn!(%error, "the window keeps more than it shows");
    }
}

/// Brings the staff window up that was used last, and tells it what to show.
pub(crate) fn bring_up(app: &AppHandle, opens: &Opens) {
    let Some(window) = foremost(app) else {
        // There are windows of single offers only.
        return match opens {
            Opens::Offer { key } => open_offer(app, *key).unwrap_or_else(|error| {
                tracing::error!(%error, "a notification that was clicked could not be followed");
            }),
            _ => open_or_log(app),
        };
    };
    drop(window.unminimize());
    if let Err(error) = show(&window) {
        tracing::warn!(%error, "a window could not be brought up");
    }
    if let Err(error) = AlertClicked(opens.clone()).emit_to(&window, window.label()) {
        tracing::error!(%error, "a window could not be told what was clicked");
    }
}

/// Shows a window that is painted.
pub(crate) fn show(window: &WebviewWindow) -> Result<(), AppError> {
    tracing::info!(window = window.label(), "painted and shown");
    window.show().and_then(|()| window.set_focus()).map_err(failed)
}

/// Shows everything in a window larger or smaller.
pub(crate) fn zoom(window: &WebviewWindow, percent: u16) -> Result<(), AppError> {
    let percent = percent.clamp(*ZOOMS.start(), *ZOOMS.end());
    window.set_zoom(f64::from(percent) / 100.0).map_err(failed)
}

fn failed(error: tauri::Error) -> AppError {
    AppError::new(
        ErrorCode::Internal,
        format!("The window system did not do that: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_one_offer_shows_nothing_of_the_others() {
        let about = |id| Opens::Offer {
            key: model::OfferId(id).into(),
        };
        assert!(shows("offer-7", &about(7)));
        assert!(!shows("offer-7", &about(70)));
        assert!(!shows("offer-7", &Opens::Attention));
        assert!(!shows("preview-1", &Opens::Ending));
        assert!(shows("console-2", &about(7)) && shows("console-2", &Opens::Attention));
    }

    #[test]
    fn the_window_of_an_offer_stays_its_window_when_the_offer_gets_its_id() {
        let new: OfferKey = "new:6f0f7a3e-6a4f-4c63-9b0a-2f6f4d1c9b10".parse().expect("a key");
        let id = OfferKey::from(model::OfferId(4711));
        let label = of_offer(new);
        note_renamed(new, id);
        assert_eq!(of_offer(id), label);
        assert!(shows(&label, &Opens::Offer { key: id }));
        forget_renamed(&label);
        assert_eq!(of_offer(id), "offer-4711");
    }

    #[test]
    fn nothing_but_the_preview_itself_opens_in_the_previews_window() {
        for (address, opens) in [
            ("tauri://localhost/preview.html", true),
            ("http://tauri.localhost/preview.html", true),
            ("tauri://localhost/index.html", false),
            ("tauri://elsewhere/preview.html", false),
            ("https://book.example/preview.html", false),
            ("mailto:desk@hotel.example", false),
            ("javascript:alert(1)", false),
        ] {
            let url = address.parse().expect("an address");
            assert_eq!(is_preview(&url), opens, "{address}");
        }
    }

    #[test]
    fn nothing_but_the_console_itself_opens_in_a_staff_window() {
        for (address, opens) in [
            ("tauri://localhost", true),
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html", true),
            ("tauri://localhost/index.html?offer=new:1", true),
            ("http://tauri.localhost/", true),
            ("tauri://localhost/preview.html", false),
            ("tauri://elsewhere/", false),
            ("https://elsewhere.example/?what-the-page-knows", false),
            ("http://tauri.localhost.elsewhere.example/", false),
            ("data:text/html,hello", false),
            ("javascript:alert(1)", false),
        ] {
            let url = address.parse().expect("an address");
            assert_eq!(is_console(&url), opens, "{address}");
        }
    }
}
