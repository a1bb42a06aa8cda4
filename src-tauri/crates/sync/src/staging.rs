//! Photos that are chosen: checked, kept on this computer, and described for windows and requests.

use std::path::Path;

use cache::{PhotoFiles, PhotoHash};

use crate::problem::{AppError, ErrorCode};
use crate::view::StagedPhoto;

pub(crate) fn stage(photos: &PhotoFiles, path: &Path) -> Result<StagedPhoto, AppError> {
    let refuse = |message: String| {
        let fields = Some([("photo".to_owned(), vec![message.clone()])].into());
        AppError {
            fields,
            ..AppError::new(ErrorCode::Photo, message)
        }
    };
    let unreadable = |error: std::io::Error| refuse(format!("This file cannot be read: {error}."));
    // A file that is too large is not even read.
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > photo::LIMIT_BYTES as u64 {
        return Err(refuse(photo::PhotoError::TooLarge { bytes: size }.to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let inspected = photo::inspect(&bytes).map_err(|error| refuse(error.to_string()))?;
    let hash = photos.put(&bytes).map_err(cache::Error::from)?;
    // The name the user knows, whatever link led to it.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(StagedPhoto {
        hash,
        name: name.unwrap_or_else(|| format!("photo.{}", inspected.format.extension())),
        content_type: inspected.format.content_type().to_owned(),
        width: inspected.width,
        height: inspected.height,
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    })
}

/// Work that reads files or decodes pictures.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    let broken = || AppError::new(ErrorCode::Photo, "This file could not be opened as a picture.");
    done.unwrap_or_else(|_| Err(broken()))
}

/// A picture that is on this computer, as if it had just been chosen. `None`: its bytes are gone.
pub(crate) fn stage_again(photos: &PhotoFiles, hash: PhotoHash) -> Result<Option<StagedPhoto>, AppError> {
    let Ok(bytes) = photos.get(hash) else {
        return Ok(None);
    };
    let inspected = photo::inspect(&bytes)
        .map_err(|error| AppError::new(ErrorCode::Photo, format!("The photo cannot be put back: {error}")))?;
    Ok(Some(StagedPhoto {
        hash,
        name: format!("photo.{}", inspected.format.extension()),
        content_type: inspected.format.content_type().to_owned(),
        width: inspected.width,
        height: inspected.height,
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    }))
}
