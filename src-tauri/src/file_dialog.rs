//! The system's dialogs for choosing a photo, a table or settings, and for naming a file to write.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use rfd::{AsyncFileDialog, FileHandle};
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, WebviewWindow};

use crate::whole_file;

/// Lets the user choose a photo; `None` when nothing was chosen.
pub(crate) async fn choose_photo(
    app: &AppHandle,
    window: &WebviewWindow,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, PICKED, |dialog| {
        // HEIC cannot be used, which is said in words once it is chosen; a file that is not to be seen would be looked for.
        let pictures = [
            "jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif",
        ];
        let dialog = dialog
            .set_title("Choose a photo")
            .add_filter("Pictures", &in_both_cases(&pictures))
            .add_filter("All files", &["*"]);
        Box::pin(dialog.pick_file())
    })
    .await
}

/// Lets the user choose a table of offers; `None` when nothing was chosen.
pub(crate) async fn choose_table(
    app: &AppHandle,
    window: &WebviewWindow,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, PICKED, |dialog| {
        let dialog = dialog
            .set_title("Import offers")
            .add_filter("CSV tables", &in_both_cases(&["csv", "txt", "tsv"]))
            .add_filter("All files", &["*"]);
        Box::pin(dialog.pick_file())
    })
    .await
}

/// Lets the user choose the settings of the web page; `None` when nothing was chosen.
pub(crate) async fn choose_env_file(
    app: &AppHandle,
    window: &WebviewWindow,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, PICKED, |dialog| {
        // No filter: such a file has no name but its ending, and dialogs differ in whether that matches.
        Box::pin(dialog.set_title("Choose a .env file").pick_file())
    })
    .await
}

/// Endings as people and cameras write them: GTK heeds the case.
fn in_both_cases(endings: &[&str]) -> Vec<String> {
    endings
        .iter()
        .flat_map(|ending| [ending.to_lowercase(), ending.to_uppercase()])
        .collect()
}

/// The beginning of a file, so much of it that whoever reads it can tell when it is too large.
pub(crate) async fn beginning_of(path: PathBuf, most: usize) -> Result<Vec<u8>, AppError> {
    let read = move || {
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    whole_file::blocking(read).await.map_err(|error| {
        AppError::new(
            ErrorCode::Storage,
            format!("The file could not be read: {error}."),
        )
    })
}

/// Lets the user say where to write a file; `None` when it shall not be written.
pub(crate) async fn save(
    app: &AppHandle,
    window: &WebviewWindow,
    title: &'static str,
    name: &'static str,
) -> Result<Option<PathBuf>, AppError> {
    open(app, window, SAVED, move |dialog| {
        let dialog = dialog.set_title(title).set_file_name(name);
        Box::pin(dialog.save_file())
    })
    .await
}

/// Where debug builds are told what a dialog "returns", since native dialogs cannot be driven by WebDriver: the first that is set.
const PICKED: &[&str] = &["HOTELMATE_PICK_FILE"];
const SAVED: &[&str] = &["HOTELMATE_SAVE_FILE", "HOTELMATE_PICK_FILE"];

#[cfg_attr(
    not(debug_assertions),
    expect(unused_variables, reason = "only debug builds are told what a dialog returns")
)]
async fn open(
    app: &AppHandle,
    window: &WebviewWindow,
    told_by: &[&str],
    show: impl FnOnce(AsyncFileDialog) -> BoxFuture<'static, Option<FileHandle>> + Send + 'static,
) -> Result<Option<PathBuf>, AppError> {
    #[cfg(debug_assertions)]
    if let Some(path) = told_by.iter().find_map(std::env::var_os) {
        return Ok(Some(path.into()));
    }
    let (sender, chosen) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    // Toolkits want their dialogs made on the main thread; the answer is waited for elsewhere. (On Linux rfd heeds no parent.)
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

#[cfg(test)]
mod tests {
    use super::in_both_cases;

    #[test]
    fn a_cameras_files_in_capitals_are_offered_too() {
        assert_eq!(in_both_cases(&["jpg", "csv"]), ["jpg", "JPG", "csv", "CSV"]);
    }
}
