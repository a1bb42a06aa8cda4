//! The system's dialogs for choosing a photo and for naming a file to write.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use rfd::{AsyncFileDialog, FileHandle};
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, WebviewWindow};

/// Lets the user choose a photo; `None` when nothing was chosen.
pub(crate) async fn choose_photo(
    app: &AppHandle,
    window: &WebviewWindow,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, |dialog| {
        let pictures = &["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"];
        let dialog = dialog
            .set_title("Choose a photo")
            .add_filter("Pictures", pictures);
        Box::pin(dialog.pick_file())
    })
    .await
}

/// Lets the user say where to write a file; `None` when it shall not be written.
pub(crate) async fn save(
    app: &AppHandle,
    window: &WebviewWindow,
    name: &'static str,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, move |dialog| {
        let dialog = dialog.set_title("Export diagnostics").set_file_name(name);
        Box::pin(dialog.save_file())
    })
    .await
}

async fn open(
    app: &AppHandle,
    window: &WebviewWindow,
    show: impl FnOnce(AsyncFileDialog) -> BoxFuture<'static, Option<FileHandle>> + Send + 'static,
) -> Result<Option<PathBuf>, AppError> {
    // Native dialogs cannot be driven by WebDriver.
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("HOTELMATE_PICK_FILE") {
        return Ok(Some(path.into()));
    }
    let (sender, chosen) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    // Toolkits want their dialogs made on the main thread; the answer is waited for elsewhere.
    app.run_on_main_thread(move || {
        let dialog = show(AsyncFileDialog::new().set_parent(&parent));
        tauri::async_runtime::spawn(async move {
            drop(sender.send(dialog.await));
        });
    })
    .map_err(|error| {
        AppError::new(
            ErrorCode::Internal,
            format!("The file dialog could not be opened: {error}"),
        )
    })?;
    Ok(chosen.await.ok().flatten().map(|file| file.path().to_owned()))
}
