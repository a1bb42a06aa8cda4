//! Stored photos: files in a folder, or bytes in memory.
//!
//! Names are random hex and an extension, made here and never taken from a request as they come: a name that is not
//! of that shape is not found, so no path leaves the folder. The photos of seeded offers are drawn when they are
//! first asked for. Nothing is deleted with its offer: a console that still shows the old URL keeps its picture.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{form::Upload, private_file};
use crate::scene;

/// The photos of one hotel server. Clones share them.
#[derive(Clone, Debug)]
pub struct Photos(Arc<Shelf>);

#[derive(Debug)]
struct Shelf {
    place: Place,
    /// File name → seed of the scene to draw.
    scenes: HashMap<String, u64>,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Memory(Mutex<HashMap<String, Photo>>),
}

/// One stored photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The file's bytes, whatever they are.
    pub bytes: Arc<[u8]>,
    /// When they were stored.
    pub modified: Timestamp,
}

impl Photos {
    pub(super) fn in_folder(folder: PathBuf, scenes: HashMap<String, u64>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self(Arc::new(Shelf {
            place: Place::Folder(folder),
            scenes,
        })))
    }

    pub(super) fn in_memory(scenes: HashMap<String, u64>) -> Self {
        Self(Arc::new(Shelf {
            place: Place::Memory(Mutex::default()),
            scenes,
        }))
    }

    /// Stores `bytes` under `name`, replacing what was there in one step. `now` is only used in memory; a file has
    /// its own time.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn store(&self, name: &str, bytes: Arc<[u8]>, now: Timestamp) -> io::Result<()> {
        match &self.0.place {
            Place::Folder(folder) => {
                // Two writers of one name (two requests for an undrawn scene) must not share the temporary file.
                let unfinished = folder.join(format!("{name}.{:016x}.part", rand::random::<u64>()));
                private_file(&unfinished)?.write_all(&bytes)?;
                fs::rename(&unfinished, folder.join(name))
            }
            Place::Memory(photos) => {
                let mut photos = photos.lock().unwrap_or_else(PoisonError::into_inner);
                photos.insert(name.to_owned(), Photo { bytes, modified: now });
                Ok(())
            }
        }
    }

    /// The photo called `name`; drawn now if it belongs to a seeded offer and nobody asked before.
    ///
    /// # Errors
    /// When the folder can't be read or written.
    pub fn read(&self, name: &str, now: Timestamp) -> io::Result<Option<Photo>> {
        if !is_photo_name(name) {
            return Ok(None);
        }
        if let Some(photo) = self.stored(name)? {
            return Ok(Some(photo));
        }
        let Some(seed) = self.0.scenes.get(name) else {
            return Ok(None);
        };
        self.store(name, scene::draw(*seed).into(), now)?;
        self.stored(name)
    }

    fn stored(&self, name: &str) -> io::Result<Option<Photo>> {
        match &self.0.place {
            Place::Folder(folder) => {
                let path = folder.join(name);
                let read = fs::read(&path).and_then(|bytes| Ok((bytes, fs::metadata(&path)?.modified()?)));
                match read {
                    Ok((bytes, modified)) => Ok(Some(Photo {
                        bytes: bytes.into(),
                        modified: modified.try_into().unwrap_or(Timestamp::UNIX_EPOCH),
                    })),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(error),
                }
            }
            Place::Memory(photos) => Ok(photos
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(name)
                .cloned()),
        }
    }

    /// Whether reading needs no disk and no drawing, so that it may run on an async thread.
    pub fn at_hand(&self, name: &str) -> bool {
        match &self.0.place {
            Place::Folder(_) => false,
            Place::Memory(photos) => {
                photos
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .contains_key(name)
                    || !self.0.scenes.contains_key(name)
            }
        }
    }
}

/// A file name for an upload: `stem` (random hex) and the upload's extension.
pub(super) fn photo_name(stem: u64, upload: &Upload) -> String {
    let extension = upload
        .file_name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let by_type = || match upload.content_type.as_deref() {
        Some("image/jpeg") => "jpg",
        Some("image/png") => "png",
        Some("image/webp") => "webp",
        Some("image/gif") => "gif",
        _ => "bin",
    };
    let extension = extension
        .filter(|extension| is_extension(extension))
        .unwrap_or_else(|| by_type().to_owned());
    format!("{stem:016x}.{extension}")
}

fn is_extension(text: &str) -> bool {
    (1..=8).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_photo_name(name: &str) -> bool {
    name.split_once('.').is_some_and(|(stem, extension)| {
        stem.len() == 16 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_extension(extension)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_a_harmless_extension_and_nothing_else_of_the_upload() {
        for (file_name, content_type, name) in [
            ("Beach.JPG", None, "000000000000002a.jpg"),
            ("../../etc/passwd", Some("image/png"), "000000000000002a.png"),
            ("a.tar.gz", None, "000000000000002a.gz"),
            ("a.", Some("image/webp"), "000000000000002a.webp"),
            ("a.j/pg", None, "000000000000002a.bin"),
        ] {
            let upload = Upload {
                file_name: file_name.into(),
                content_type: content_type.map(Into::into),
                bytes: vec![],
            };
            assert_eq!(photo_name(42, &upload), name, "{file_name}");
            assert!(is_photo_name(name), "{name}");
        }
    }

    #[test]
    fn only_names_of_our_own_making_are_looked_up() {
        for name in [
            "",
            "..",
            "../hotel.sqlite",
            "000000000000002a.jpg/..",
            "000000000000002a.jpg.part",
            "a.jpg",
        ] {
            assert!(!is_photo_name(name), "{name}");
        }
    }
}
