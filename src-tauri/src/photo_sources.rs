//! Where photos come from besides the file dialog: files dropped on a window, and the clipboard.
//!
//! A window never names a path: it says which of the dropped files it wants, by its place. So a page gone wrong could read nothing
//! that its user has not just handed to it.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sync::problem::{AppError, ErrorCode};
use tauri::{DragDropEvent, Manager, WebviewWindow, WindowEvent};
use tauri_specta::Event;

/// Files over a window, or dropped on it.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FilesOver {
    /// Being dragged over it.
    Over,
    /// Gone again.
    Left,
    /// Dropped: their names, in the order in which they can be asked for.
    Dropped(Vec<String>),
}

/// What was dropped last on each window.
#[derive(Default)]
pub(crate) struct Dropped(Mutex<HashMap<String, Vec<PathBuf>>>);

impl Dropped {
    fn put(&self, window: &str, paths: Vec<PathBuf>) {
        let mut dropped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dropped.insert(window.to_owned(), paths);
    }

    fn forget(&self, window: &str) {
        let mut dropped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dropped.remove(window);
    }

    /// The file at this place among those dropped last.
    pub(crate) fn get(&self, window: &str, place: usize) -> Option<PathBuf> {
        let dropped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dropped.get(window)?.get(place).cloned()
    }
}

/// Tells a window's page of files that are dragged over it.
pub(crate) fn watch(window: &WebviewWindow) {
    let handle = window.clone();
    window.on_window_event(move |event| {
        let dropped = handle.state::<Dropped>();
        let told = match event {
            WindowEvent::DragDrop(DragDropEvent::Enter { .. }) => FilesOver::Over,
            WindowEvent::DragDrop(DragDropEvent::Leave) => FilesOver::Left,
            WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
                let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
                let names = paths.iter().map(|path| name(path).unwrap_or_default()).collect();
                dropped.put(handle.label(), paths.clone());
                FilesOver::Dropped(names)
            }
            WindowEvent::Destroyed => return dropped.forget(handle.label()),
            _ => return,
        };
        if let Err(error) = told.emit_to(&handle, handle.label()) {
            tracing::warn!(%error, "a window could not be told of dropped files");
        }
    });
}

/// What the clipboard holds that could be a photo.
pub(crate) enum Pasted {
    /// A file that was copied.
    File(PathBuf),
    /// A picture that was copied, as PNG.
    Picture(Vec<u8>),
}

/// Looks into the clipboard; `None`: nothing there that could be a photo. Blocks.
pub(crate) fn paste() -> Result<Option<Pasted>, AppError> {
    let closed = |error: arboard::Error| {
        AppError::new(ErrorCode::Photo, format!("The clipboard cannot be read: {error}"))
    };
    let mut clipboard = arboard::Clipboard::new().map_err(closed)?;
    // Copied in a file manager, a picture is a file first: with all of its pixels.
    if let Some(path) = clipboard
        .get()
        .file_list()
        .ok()
        .and_then(|paths| paths.into_iter().next())
    {
        return Ok(Some(Pasted::File(path)));
    }
    let picture = match clipboard.get_image() {
        Ok(picture) => picture,
        Err(arboard::Error::ContentNotAvailable) => return Ok(None),
        Err(error) => return Err(closed(error)),
    };
    let broken = || AppError::new(ErrorCode::Photo, "The picture in the clipboard is damaged.");
    let (width, height) = (picture.width as u32, picture.height as u32);
    let pixels = image::RgbaImage::from_raw(width, height, picture.bytes.into_owned()).ok_or_else(broken)?;
    let mut png = Cursor::new(Vec::new());
    pixels
        .write_to(&mut png, image::ImageFormat::Png)
        .map_err(|_| broken())?;
    Ok(Some(Pasted::Picture(png.into_inner())))
}
