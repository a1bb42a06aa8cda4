//! The system's dialog for choosing a photo.

use std::path::PathBuf;

use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, WebviewWindow};

/// Lets the user choose; `None` when nothing was chosen.
pub(crate) async fn choose(app: &AppHandle, window: &WebviewWindow) -> Result<Option<PathBuf>, AppError> {
    // Native dialogs cannot be driven by WebDriver.
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("HOTELMATE_PICK_FILE") {
        return Ok(Some(path.into()));
    }
    let (sender, chosen) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    // Toolkits want their dialogs made on the main thread; the answer is waited for elsewhere.
    app.run_on_main_thread(move || {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Choose a photo")
            .set_parent(&parent)
            .add_filter(
                "Pictures",
                &["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"],
            )
            .pick_file();
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
