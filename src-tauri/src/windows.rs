//! Windows: made hidden, shown once their first frame is painted, so that nobody sees a white flash.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::photo_sources;
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Capabilities name the windows by this prefix.
const LABEL: &str = "console-";
/// A window whose page never says that it is painted is shown all the same: an empty window can be closed, a hidden one cannot.
const LATEST: Duration = Duration::from_secs(3);

static LAST: AtomicU32 = AtomicU32::new(0);

/// Opens another staff window.
pub(crate) fn open(app: &AppHandle) -> Result<(), AppError> {
    let label = format!("{LABEL}{}", LAST.fetch_add(1, Ordering::Relaxed) + 1);
    let window = WebviewWindowBuilder::new(app, &label, WebviewUrl::App("index.html".into()))
        .title("HotelMate Console")
        .inner_size(1180.0, 760.0)
        .min_inner_size(900.0, 600.0)
        .visible(false)
        .build()
        .map_err(failed)?;
    photo_sources::watch(&window);
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LATEST).await;
        if !window.is_visible().unwrap_or(true)
            && let Err(error) = show(&window)
        {
            tracing::warn!(%error, "a window could not be shown");
        }
    });
    Ok(())
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

/// Shows a window that is painted.
pub(crate) fn show(window: &WebviewWindow) -> Result<(), AppError> {
    window.show().and_then(|()| window.set_focus()).map_err(failed)
}

fn failed(error: tauri::Error) -> AppError {
    AppError::new(
        ErrorCode::Internal,
        format!("The window could not be opened: {error}"),
    )
}
