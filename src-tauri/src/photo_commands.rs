//! The commands about photos: choosing one, making it ready, sending it by itself.

use model::OfferKey;
use sync::Console;
use sync::effect::Ask;
use sync::problem::{AppError, ErrorCode};
use sync::view::{ChosenPhoto, Focus, PhotoChange, StagedPhoto};
use tauri::{AppHandle, State, WebviewWindow};

use crate::commands::Result;
use crate::file_dialog;
use crate::photo_sources::{self, Dropped, Pasted};

#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_photo(
    console: State<'_, Console>,
    window: WebviewWindow,
    key: OfferKey,
    photo: StagedPhoto,
) -> Result<()> {
    let photo = Some(PhotoChange::Set(photo));
    console
        .done(Ask::Update {
            key,
            patch: Box::default(),
            photo,
            window: window.label().to_owned(),
        })
        .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_upload(console: State<'_, Console>, key: OfferKey) -> Result<()> {
    console.done(Ask::CancelUpload(key)).await
}

/// Opens the file dialog; `null`: nothing was chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_photo(
    app: AppHandle,
    window: WebviewWindow,
    console: State<'_, Console>,
) -> Result<Option<ChosenPhoto>> {
    match file_dialog::choose_photo(&app, &window).await? {
        Some(path) => console.photos().choose_file(path).await.map(Some),
        None => Ok(None),
    }
}

/// One of the files that were dropped on this window last, by its place.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drop_photo(
    window: WebviewWindow,
    console: State<'_, Console>,
    dropped: State<'_, Dropped>,
    place: u16,
) -> Result<ChosenPhoto> {
    let gone = || AppError::new(ErrorCode::Photo, "The file is gone. Drop it once more.");
    let path = dropped.get(window.label(), usize::from(place)).ok_or_else(gone)?;
    console.photos().choose_file(path).await
}

/// What the clipboard holds; `null`: nothing that could be a photo.
#[tauri::command]
#[specta::specta]
pub(crate) async fn paste_photo(console: State<'_, Console>) -> Result<Option<ChosenPhoto>> {
    let pasted = tokio::task::spawn_blocking(photo_sources::paste);
    let closed = |_| AppError::new(ErrorCode::Photo, "The clipboard cannot be read.");
    match pasted.await.map_err(closed)?? {
        None => Ok(None),
        Some(Pasted::File(path)) => console.photos().choose_file(path).await.map(Some),
        Some(Pasted::Picture(bytes)) => {
            let name = "pasted.png".to_owned();
            console.photos().choose_bytes(name, bytes).await.map(Some)
        }
    }
}

/// Fetches a photo from the web.
#[tauri::command]
#[specta::specta]
pub(crate) async fn photo_at(console: State<'_, Console>, address: String) -> Result<ChosenPhoto> {
    console.photos().choose_address(&address).await
}

/// The picture of an offer, ready for a copy of it; `null`: it is not on this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn photo_again(console: State<'_, Console>, hash: String) -> Result<Option<StagedPhoto>> {
    match hash.parse() {
        Ok(hash) => console.photos().stage_again(hash).await,
        Err(_) => Ok(None),
    }
}

/// Makes of a chosen file what will be sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn prepare_photo(
    console: State<'_, Console>,
    chosen: ChosenPhoto,
    crop: Option<Focus>,
) -> Result<StagedPhoto> {
    console.photos().prepare(chosen, crop).await
}
