//! Photos of this computer: chosen files, what is made of them to be sent, and pictures in the sizes that windows show.
//!
//! **Protocol.** A file is chosen first: it is looked at by its headers only, and kept as it came. What will be sent is made from it
//! afterwards, again whenever the crop changes; nothing is lost on the way. Windows ask for pictures by the name of their bytes and
//! one of a few sizes; each is made once and kept.
//!
//! Large pictures take memory: one is worked on at a time, and thumbnails are made two at a time.
//!
//! Absent: image work, which is the photo room's; when bytes are let go, which the engine and the start of the program say.

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::Staff;
use cache::{PhotoFiles, PhotoHash};
use tokio::sync::Semaphore;
use url::Url;

use crate::problem::{AppError, ErrorCode};
use crate::view::{ChosenPhoto, Focus, PhotoSource, StagedPhoto};

/// Nobody waits longer for a picture; the largest that are allowed take less on an old computer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The size of a picture that a window asks for, in pixels. A closed list: whatever is asked for is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As it came.
    Whole,
    /// Covers a card of this width, in the card's shape.
    Card(u32),
    /// Fits into a square.
    Within(u32),
}

impl Size {
    /// What lists and cards show, up to twice as sharp.
    const CARDS: [u32; 4] = [160, 320, 640, 1280];
    /// What the editor shows of a photo that has been chosen.
    const WITHIN: [u32; 1] = [1024];

    /// The card that is this wide.
    pub fn card(width: u32) -> Option<Self> {
        Self::CARDS.contains(&width).then_some(Self::Card(width))
    }

    /// The square of this edge.
    pub fn within(edge: u32) -> Option<Self> {
        Self::WITHIN.contains(&edge).then_some(Self::Within(edge))
    }

    fn name(self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Card(width) => Some(format!("card-{width}")),
            Self::Within(edge) => Some(format!("within-{edge}")),
        }
    }

    fn make(self, bytes: &[u8]) -> Result<photo::Picture, photo::PhotoError> {
        match self {
            Self::Card(width) => {
                let (across, down) = photo::CARD_SHAPE;
                photo::thumbnail(bytes, width, width * down / across)
            }
            Self::Within(edge) => photo::preview(bytes, edge),
            Self::Whole => photo::preview(bytes, u32::MAX),
        }
    }
}

/// The pictures of this computer. Cheap to clone; safe to use from any thread.
#[derive(Clone)]
pub struct Photos {
    files: PhotoFiles,
    /// Who is signed in: for pictures from the web.
    staff: Arc<Mutex<Option<Staff>>>,
    work: Arc<Semaphore>,
    making: Arc<[Mutex<()>; 2]>,
}

impl Photos {
    pub(crate) fn new(files: PhotoFiles, staff: Arc<Mutex<Option<Staff>>>) -> Self {
        Self {
            files,
            staff,
            work: Arc::new(Semaphore::new(1)),
            making: Arc::default(),
        }
    }

    /// Takes a file as a photo.
    pub async fn choose_file(&self, path: PathBuf) -> Result<ChosenPhoto, AppError> {
        // Not the turn of pictures: a drive that never answers would keep it, and with it all other photos.
        let read = tokio::task::spawn_blocking(move || read_file(path));
        let (name, bytes) = tokio::time::timeout(PATIENCE, read)
            .await
            .map_err(|_| {
                refuse(
                    "The drive with this file does not answer. Copy the file to this computer, and choose it there."
                        .to_owned(),
                )
            })?
            .unwrap_or_else(|error| Err(unreadable(&error)))?;
        let files = self.files.clone();
        self.blocking(move || choose(&files, name, &bytes)).await
    }

    /// Takes bytes as a photo: from the clipboard, for instance.
    pub async fn choose_bytes(&self, name: String, bytes: Vec<u8>) -> Result<ChosenPhoto, AppError> {
        let files = self.files.clone();
        self.blocking(move || choose(&files, Some(name), &bytes)).await
    }

    /// Fetches a photo from the web, over https or from the hotel's own server.
    pub async fn choose_address(&self, address: &str) -> Result<ChosenPhoto, AppError> {
        let address = address.trim();
        let with_scheme = if address.contains("://") {
            address.to_owned()
        } else {
            format!("https://{address}")
        };
        let url = Url::parse(&with_scheme)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                refuse("This is not a web address. It looks like https://example.com/photo.jpg.".to_owned())
            })?;
        let staff = self.staff.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let staff = staff.ok_or_else(|| refuse("Sign in first.".to_owned()))?;
        let bytes = match staff.chosen_picture(&url).await {
            Ok(bytes) => bytes,
            Err(api::Error::Refused { words, .. }) => return Err(refuse(words)),
            Err(error) => {
                tracing::warn!(%error, "a photo from the web did not come");
                return Err(refuse(
                    "The picture could not be fetched. Check the address, or save the picture and choose the file.".to_owned(),
                ));
            }
        };
        let last = url.path_segments().and_then(|mut segments| segments.next_back());
        let name = last.filter(|name| !name.is_empty()).map(str::to_owned);
        let files = self.files.clone();
        self.blocking(move || choose(&files, name, &bytes)).await
    }

    /// Makes of a chosen file what will be sent, and says what was done to it.
    pub async fn prepare(&self, chosen: ChosenPhoto, crop: Option<Focus>) -> Result<StagedPhoto, AppError> {
        let files = self.files.clone();
        self.blocking(move || prepare(&files, chosen, crop)).await
    }

    /// A picture of this computer. Blocks. `None`: its bytes are not here.
    pub fn picture(&self, hash: PhotoHash, size: Size) -> Option<Vec<u8>> {
        let Some(name) = size.name() else {
            return self.files.get(hash).ok();
        };
        if let Some(bytes) = self.made(hash, &name) {
            return Some(bytes);
        }
        let lane = &self.making[usize::from(hash.first_byte()) % self.making.len()];
        let _making = lane.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever asked for the same has made it meanwhile.
        if let Some(bytes) = self.made(hash, &name) {
            return Some(bytes);
        }
        let whole = self.files.get(hash).ok()?;
        match size.make(&whole) {
            Ok(picture) => {
                if let Err(error) = self.files.put_thumbnail(hash, &name, &picture.bytes) {
                    tracing::warn!(%error, "a thumbnail could not be kept");
                }
                Some(picture.bytes)
            }
            Err(error) => {
                // Whatever the hotel's server gives as a picture: the window may still know how to show it.
                tracing::warn!(%error, %hash, "no thumbnail could be made");
                Some(whole)
            }
        }
    }

    /// One that was made before. It is written without waiting for the disk: a power cut can leave its name with nothing, or with noughts, in it.
    fn made(&self, hash: PhotoHash, name: &str) -> Option<Vec<u8>> {
        let (begins, ends) = (b"\xff\xd8", b"\xff\xd9");
        let bytes = self.files.thumbnail(hash, name).ok()?;
        (bytes.starts_with(begins) && bytes.ends_with(ends)).then_some(bytes)
    }

    /// A picture that is on this computer, as if it had just been chosen. `None`: its bytes are gone.
    pub async fn stage_again(&self, hash: PhotoHash) -> Result<Option<StagedPhoto>, AppError> {
        let files = self.files.clone();
        self.blocking(move || {
            let Ok(bytes) = files.get(hash) else {
                return Ok(None);
            };
            let inspected = photo::inspect(&bytes)
                .map_err(|error| refuse(format!("The photo cannot be put back: {error}")))?;
            Ok(Some(StagedPhoto {
                hash,
                name: format!("photo.{}", inspected.format.extension()),
                content_type: inspected.format.content_type().to_owned(),
                width: inspected.width,
                height: inspected.height,
                bytes: size_of(&bytes),
                source: None,
            }))
        })
        .await
    }

    /// Work that decodes pictures, one at a time. One that takes too long is not waited for, but keeps its turn: it
    /// still holds its memory.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let broken = || refuse("This file could not be opened as a picture.".to_owned());
        let turn = in_time(self.work.clone().acquire_owned())
            .await?
            .map_err(|_| broken())?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        in_time(done).await?.unwrap_or_else(|_| Err(broken()))
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, AppError> {
    let too_long =
        |_| refuse("This picture takes too long to open. Save it smaller, and choose that file.".to_owned());
    tokio::time::timeout(PATIENCE, work).await.map_err(too_long)
}

/// Its name and its bytes.
fn read_file(path: PathBuf) -> Result<(Option<String>, Vec<u8>), AppError> {
    let about = std::fs::metadata(&path).map_err(|error| unreadable(&error))?;
    // A pipe or a device says it is empty, and may never end.
    if !about.is_file() {
        return Err(refuse("This is no file.".to_owned()));
    }
    // A file that is too large is not even read.
    if about.len() > photo::LIMIT_ORIGINAL_BYTES as u64 {
        return Err(too_large(about.len()));
    }
    let bytes = std::fs::read(&path).map_err(|error| unreadable(&error))?;
    // The name the user knows, whatever link led to it.
    let path = path.canonicalize().unwrap_or(path);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((name, bytes))
}

fn choose(files: &PhotoFiles, name: Option<String>, bytes: &[u8]) -> Result<ChosenPhoto, AppError> {
    if bytes.len() > photo::LIMIT_ORIGINAL_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    let facts = photo::facts(bytes).map_err(|error| refuse(error.to_string()))?;
    let hash = files.put(bytes).map_err(cache::Error::from)?;
    Ok(ChosenPhoto {
        hash,
        name: name.unwrap_or_else(|| format!("photo.{}", facts.format.extension())),
        width: facts.width,
        height: facts.height,
        bytes: size_of(bytes),
    })
}

fn prepare(files: &PhotoFiles, chosen: ChosenPhoto, crop: Option<Focus>) -> Result<StagedPhoto, AppError> {
    let gone = |_| refuse("The file is no longer on this computer. Choose it again.".to_owned());
    let bytes = files.get(chosen.hash).map_err(gone)?;
    let focus = crop.map(|Focus { x, y }| photo::Focus {
        x: f32::from(x.min(1000)) / 1000.0,
        y: f32::from(y.min(1000)) / 1000.0,
    });
    let prepared = photo::prepare(&bytes, focus).map_err(|error| refuse(error.to_string()))?;
    let picture = &prepared.picture;
    let hash = files.put(&picture.bytes).map_err(cache::Error::from)?;
    Ok(StagedPhoto {
        hash,
        name: named_as(&chosen.name, picture.format),
        content_type: picture.format.content_type().to_owned(),
        width: picture.width,
        height: picture.height,
        bytes: size_of(&picture.bytes),
        source: Some(PhotoSource {
            chosen,
            crop,
            advice: prepared.advice.iter().map(ToString::to_string).collect(),
        }),
    })
}

/// The chosen file's name with the extension of what is sent.
fn named_as(name: &str, format: photo::Format) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}.{}", format.extension())
}

fn size_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn too_large(bytes: u64) -> AppError {
    refuse(photo::PhotoError::OriginalTooLarge { bytes }.to_string())
}

fn unreadable(error: &dyn std::error::Error) -> AppError {
    refuse(format!("This file cannot be read: {error}."))
}

fn refuse(message: String) -> AppError {
    let fields = Some([("photo".to_owned(), vec![message.clone()])].into());
    AppError {
        fields,
        ..AppError::new(ErrorCode::Photo, message)
    }
}

/// Removes pictures that nobody refers to any more.
pub(crate) fn let_go(files: &PhotoFiles, hashes: &[PhotoHash]) {
    for hash in hashes {
        match files.let_go(*hash) {
            Ok(went) => tracing::debug!(%hash, went, "a photo that is needed no more"),
            Err(error) => tracing::warn!(%error, %hash, "a photo that is needed no more is kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bitmap of two by two grey pixels.
    fn bitmap() -> Vec<u8> {
        let numbers = |numbers: &[u32]| -> Vec<u8> { numbers.iter().flat_map(|n| n.to_le_bytes()).collect() };
        let header = numbers(&[70, 0, 54, 40, 2, 2]);
        let kind = [1, 0, 24, 0];
        [
            b"BM".as_slice(),
            &header,
            &kind,
            &numbers(&[0, 16, 0, 0, 0, 0]),
            &[0x80; 16],
        ]
        .concat()
    }

    #[test]
    fn a_thumbnail_that_a_power_cut_has_emptied_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(folder.path()).unwrap();
        let hash = files.put(&bitmap()).unwrap();
        let photos = Photos::new(files.clone(), Arc::default());
        let size = Size::card(160).unwrap();
        let whole = photos.picture(hash, size).unwrap();
        for left in [
            Vec::new(),
            vec![0; whole.len()],
            whole[..whole.len() / 2].to_vec(),
        ] {
            files.put_thumbnail(hash, &size.name().unwrap(), &left).unwrap();
            assert_eq!(
                photos.picture(hash, size).as_ref(),
                Some(&whole),
                "{} bytes were left",
                left.len()
            );
        }
    }

    /// A pipe says that it has no bytes, and gives none until somebody writes into it.
    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_no_file_is_refused_and_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let photos = Photos::new(PhotoFiles::open(folder.path()).unwrap(), Arc::default());
        let pipe = folder.path().join("pipe.jpg");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        for nothing in [pipe, "/dev/zero".into(), folder.path().to_owned()] {
            let refused = photos.choose_file(nothing).await.unwrap_err();
            assert_eq!(refused.message, "This is no file.");
        }
        assert!(photos.choose_bytes("a.bmp".to_owned(), bitmap()).await.is_ok());
    }
}
