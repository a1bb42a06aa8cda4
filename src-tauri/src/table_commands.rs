//! The commands about offers as a table: writing one, and saying what one would change. What is then imported goes through the ordinary
//! commands, one by one, so nothing is written here.

use std::collections::HashMap;

use model::OfferKey;
use serde::{Deserialize, Serialize};
use sheet::{Known, Preview};
use sync::Console;
use sync::problem::{AppError, ErrorCode};
use tauri::{AppHandle, State, WebviewWindow};

use crate::commands::Result;
use crate::file_dialog;
use crate::whole_file::{self, blocking};

/// What the table is called unless its user calls it something else.
const FILE_NAME: &str = "offers.csv";

/// A table that was chosen, held against the offers that are there.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type)]
pub(crate) struct ChosenTable {
    /// The file's name, without its folder.
    name: String,
    /// What it would change.
    preview: Preview,
}

/// Opens the save dialog and writes a table of these offers, in this order; the path written, `null`: cancelled.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_offers(
    app: AppHandle,
    window: WebviewWindow,
    console: State<'_, Console>,
    keys: Vec<OfferKey>,
) -> Result<Option<String>> {
    let Some(path) = file_dialog::save(&app, &window, "Export offers", FILE_NAME).await? else {
        return Ok(None);
    };
    let offers = known(&console).await?;
    let by_key: HashMap<_, _> = offers.iter().map(|offer| (offer.key, &offer.fields)).collect();
    let chosen = keys.into_iter().filter_map(|key| Some((key, *by_key.get(&key)?)));
    let bytes = sheet::write(chosen);
    let bytes = bytes.map_err(|error| AppError::new(ErrorCode::Internal, error.to_string()))?;
    blocking(move || whole_file::write(&path, &bytes).map(|()| path.display().to_string()))
        .await
        .map(Some)
        .map_err(|error| {
            let words = format!("The file could not be written: {error}. Choose another place.");
            AppError::new(ErrorCode::Storage, words)
        })
}

/// Opens the file dialog and says what the chosen table would change; `null`: nothing was chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_table(
    app: AppHandle,
    window: WebviewWindow,
    console: State<'_, Console>,
) -> Result<Option<ChosenTable>> {
    let Some(path) = file_dialog::choose_table(&app, &window).await? else {
        return Ok(None);
    };
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let bytes = file_dialog::beginning_of(path, sheet::BYTE_LIMIT).await?;
    let offers = known(&console).await?;
    let preview = blocking(move || Ok(sheet::read(&bytes, &offers))).await;
    let preview = preview.map_err(|error| AppError::new(ErrorCode::Internal, error.to_string()))?;
    match preview {
        Ok(preview) => Ok(Some(ChosenTable { name, preview })),
        Err(unreadable) => Err(AppError::new(ErrorCode::Invalid, unreadable.to_string())),
    }
}

async fn known(console: &Console) -> Result<Vec<Known>> {
    let offers = console.snapshot().await?.offers.into_iter();
    Ok(offers
        .map(|offer| Known {
            key: offer.key,
            fields: offer.fields,
        })
        .collect())
}
