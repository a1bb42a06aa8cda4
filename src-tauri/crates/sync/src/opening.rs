//! The data folder: where pictures go, which of them are let go, and what staff are told of trouble.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cache::{PhotoFiles, Trouble};

use crate::effect::Pictures;

/// Pictures that nothing refers to are let go this long after they came: one may have been chosen and not been saved yet.
const UNREFERENCED: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// What pictures may take on disk unless something else is said, in bytes. Those of listed offers and of changes that wait are here in
/// any case.
pub const PHOTO_ROOM: u64 = 500 * 1024 * 1024;

/// Where no folder can be made, pictures are kept for this run only: seeing offers matters more.
pub(crate) fn open_photos(folder: &Path) -> cache::Result<PhotoFiles> {
    PhotoFiles::open(&folder.join("photos")).or_else(|error| {
        tracing::error!(%error, "pictures cannot be kept in the data folder");
        Ok(PhotoFiles::open(&own_folder()?)?)
    })
}

/// A temporary folder that nobody else can have made, or can look into.
fn own_folder() -> std::io::Result<PathBuf> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("hotelmate-photos-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    Ok(folder.tempdir()?.keep())
}

/// Removes the pictures that nothing refers to, and then those that were not looked at for longest until the rest fits into `room`
/// bytes. Walks through the whole folder.
pub(crate) fn tidy(photos: &PhotoFiles, pictures: &Pictures, room: u64) {
    let keep = pictures.needed.union(&pictures.versions).copied().collect();
    let long_ago = SystemTime::now() - UNREFERENCED;
    match photos.retain(&keep, long_ago) {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "let go of pictures that nothing shows any more"),
        Err(error) => tracing::warn!(%error, "pictures that nobody needs are kept"),
    }
    match photos.make_room(room, &pictures.needed) {
        Ok(0) => {}
        Ok(count) => tracing::info!(
            count,
            "let go of the pictures that were not looked at for longest"
        ),
        Err(error) => tracing::warn!(%error, "pictures take more room than they should"),
    }
}

pub(crate) fn in_words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Rescued {
            kept_as,
            operations,
            unreadable,
        } => {
            let saved = match operations {
                0 => "No waiting change was found in it".to_owned(),
                1 => "One waiting change was saved from it".to_owned(),
                n => format!("{n} waiting changes were saved from it"),
            };
            let lost = match unreadable {
                0 => String::new(),
                1 => ", one at least could not be read".to_owned(),
                n => format!(", {n} at least could not be read"),
            };
            format!(
                "The data on this computer was damaged. {saved}{lost}; the offers are read from the hotel again. The damaged file is kept as {}.",
                kept_as.display()
            )
        }
        Trouble::NotKept(error) => {
            format!(
                "{error} Until then, and a new start of the program, offers can be seen here but not changed."
            )
        }
    }
}
