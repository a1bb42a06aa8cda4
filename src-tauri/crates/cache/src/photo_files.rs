//! Picture bytes on disk, named by their content.
//!
//! A name is the SHA-256 of the bytes, so a file never changes, can be served with an everlasting cache header, and no name that
//! arrives from a window can lead out of the folder: a [`PhotoHash`] is 64 hexadecimal digits or it does not exist.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Cache;

/// SHA-256 of a picture's bytes; 64 lower-case hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhotoHash([u8; 32]);

impl PhotoHash {
    /// The name of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// For spreading names evenly over a few places.
    pub fn first_byte(self) -> u8 {
        self.0[0]
    }
}

impl fmt::Display for PhotoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PhotoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhotoHash({self})")
    }
}

/// A text that names no picture.
#[derive(Debug, thiserror::Error)]
#[error("not the name of a picture")]
pub struct NotAHash;

impl FromStr for PhotoHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for PhotoHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

impl From<PhotoHash> for String {
    fn from(hash: PhotoHash) -> Self {
        hash.to_string()
    }
}

/// How the name of a file begins that is not whole yet.
const TEMPORARY: &str = ".tmp";

/// Where smaller pictures are kept, below the others: each can be made again.
const THUMBNAILS: &str = "thumbnails";

/// A picture that nothing refers to may have been chosen an instant ago, and be on its way into a draft.
const JUST_CHOSEN: Duration = Duration::from_secs(10);

/// A picture that is looked at counts as used; noted no more often than this.
const USED: Duration = Duration::from_secs(60 * 60);

/// The folder of pictures. Cheap to clone; safe to use from any thread.
#[derive(Clone, Debug)]
pub struct PhotoFiles {
    folder: PathBuf,
}

impl PhotoFiles {
    /// Opens the folder, creating it if needed.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join(THUMBNAILS))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Keeps these bytes. When it returns they are on disk, whole, under their name.
    pub fn put(&self, bytes: &[u8]) -> io::Result<PhotoHash> {
        let hash = PhotoHash::of(bytes);
        let path = self.path(hash);
        // Kept already, but perhaps for nothing any more: young again, so that `retain` spares it until a row names it. Opened for
        // writing since Windows asks for that. Where a file cannot be touched it cannot be removed either.
        let file = fs::File::options().append(true).open(&path);
        let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
        if touched.is_ok() || path.exists() {
            return Ok(hash);
        }
        // A file under its final name is always whole: a crash leaves at most an unnamed temporary one. Its owner alone can read it.
        let mut file = self.temporary(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        // The rename is not on disk before its folder is.
        #[cfg(unix)]
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(hash)
    }

    fn temporary(&self, folder: &Path) -> io::Result<tempfile::NamedTempFile> {
        tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)
    }

    /// Keeps a smaller form of a picture. It may be gone after a power cut: it can be made again.
    pub fn put_thumbnail(&self, hash: PhotoHash, size: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.temporary(&self.folder.join(THUMBNAILS))?;
        file.write_all(bytes)?;
        file.persist(self.thumbnail_path(hash, size))
            .map_err(|error| error.error)?;
        Ok(())
    }

    /// A smaller form of a picture, if it was made.
    pub fn thumbnail(&self, hash: PhotoHash, size: &str) -> io::Result<Vec<u8>> {
        used(&self.thumbnail_path(hash, size))
    }

    fn thumbnail_path(&self, hash: PhotoHash, size: &str) -> PathBuf {
        self.folder.join(THUMBNAILS).join(format!("{hash}-{size}"))
    }

    /// The bytes of this name.
    pub fn get(&self, hash: PhotoHash) -> io::Result<Vec<u8>> {
        used(&self.path(hash))
    }

    /// Names of what is in the folder, in one look.
    pub(crate) fn names(&self) -> io::Result<HashSet<OsString>> {
        fs::read_dir(&self.folder)?
            .map(|entry| Ok(entry?.file_name()))
            .collect()
    }

    /// Whether these bytes are kept.
    pub fn has(&self, hash: PhotoHash) -> bool {
        self.path(hash).exists()
    }

    /// Removes the pictures that nobody refers to any more, and what cut-off writes left behind; answers how many files went.
    ///
    /// Nothing that was put at or after `older_than` goes: it may be on its way into a row. Files of other names are not ours.
    pub fn retain(&self, keep: &HashSet<PhotoHash>, older_than: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let is_unneeded = entry.file_name().to_str().is_some_and(|name| {
                name.starts_with(TEMPORARY) || name.parse().is_ok_and(|hash| !keep.contains(&hash))
            });
            if !is_unneeded {
                continue;
            }
            let removal = entry.metadata().and_then(|metadata| {
                let is_old = metadata.is_file() && metadata.modified()? < older_than;
                if is_old {
                    fs::remove_file(entry.path())?;
                }
                Ok(is_old)
            });
            match removal {
                Ok(went) => removed += usize::from(went),
                // A temporary file that has just got its name.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }

    /// Removes a picture that nothing refers to any more, and its smaller forms, unless it has just been put: then it may be on its
    /// way into a row, and is left to [`retain`](Self::retain). Answers whether it went.
    pub fn let_go(&self, hash: PhotoHash) -> io::Result<bool> {
        let path = self.path(hash);
        match fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            Ok(put) if put + JUST_CHOSEN > SystemTime::now() => return Ok(false),
            Ok(_) => fs::remove_file(&path)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let own = format!("{hash}-");
        for entry in fs::read_dir(self.folder.join(THUMBNAILS))? {
            let entry = entry?;
            if entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.starts_with(&own))
            {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(true)
    }

    /// Removes what was not looked at for longest until all of it fits into `limit` bytes. Never what is in `keep`; that may be more
    /// than the limit, and then everything else goes but what has just been put. Answers how many files went.
    pub fn make_room(&self, limit: u64, keep: &HashSet<PhotoHash>) -> io::Result<usize> {
        let just_now = SystemTime::now() - JUST_CHOSEN;
        let mut total = 0;
        let mut spare = Vec::new();
        for folder in [self.folder.clone(), self.folder.join(THUMBNAILS)] {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let metadata = entry.metadata()?;
                if !metadata.is_file() {
                    continue;
                }
                total += metadata.len();
                let name = entry.file_name();
                let is_kept = name
                    .to_str()
                    .and_then(|name| name.parse().ok())
                    .is_some_and(|hash| keep.contains(&hash));
                let used = metadata.modified()?;
                if !is_kept && used < just_now {
                    spare.push((used, metadata.len(), entry.path()));
                }
            }
        }
        spare.sort_unstable();
        let mut removed = 0;
        for (_, size, path) in spare {
            if total <= limit {
                break;
            }
            fs::remove_file(path)?;
            total -= size;
            removed += 1;
        }
        Ok(removed)
    }

    fn path(&self, hash: PhotoHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }
}

/// Reads a file, and notes that it is of use.
fn used(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = fs::read(path)?;
    let now = SystemTime::now();
    let is_noted = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|modified| modified + USED > now);
    if !is_noted && let Ok(file) = fs::File::options().append(true).open(path) {
        // Only costs a place in the order of going.
        let _ = file.set_modified(now);
    }
    Ok(bytes)
}

impl Cache {
    /// Every picture that must be here while offline: of listed offers, of changes that wait, of editors.
    pub fn needed_photos(&self) -> crate::Result<HashSet<PhotoHash>> {
        self.photos_in(
            "SELECT hash FROM picture UNION ALL SELECT action FROM operation UNION ALL SELECT draft FROM draft",
        )
    }

    /// Every picture that something here refers to: for [`PhotoFiles::retain`].
    ///
    /// The texts of operations and drafts belong to the engine, so whatever in them could name a picture counts: keeping one too many
    /// costs some space, one too few costs somebody's photo.
    pub fn referenced_photos(&self) -> crate::Result<HashSet<PhotoHash>> {
        let mut photos = self.needed_photos()?;
        photos.extend(self.version_photos()?);
        Ok(photos)
    }

    /// The pictures of versions: for going back to one.
    pub fn version_photos(&self) -> crate::Result<HashSet<PhotoHash>> {
        self.photos_in("SELECT photo FROM version WHERE photo IS NOT NULL")
    }

    fn photos_in(&self, select: &str) -> crate::Result<HashSet<PhotoHash>> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query([])?;
        let mut photos = HashSet::new();
        while let Some(row) = rows.next()? {
            // Bytes, since a text that is damaged may still name its picture.
            photos.extend(named_in(row.get_ref(0)?.as_bytes().unwrap_or_default()));
        }
        Ok(photos)
    }
}

/// Every 64 hexadecimal digits on end.
fn named_in(text: &[u8]) -> impl Iterator<Item = PhotoHash> {
    text.split(|byte| !byte.is_ascii_hexdigit())
        .flat_map(|digits| digits.windows(64))
        .filter_map(|digits| str::from_utf8(digits).ok()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::Offer;

    use super::*;
    use crate::{Account, DraftRow, NewVersion, PictureRow};

    fn files_in(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().flatten();
        entries.filter(|entry| entry.path().is_file()).count()
    }

    #[test]
    fn bytes_come_back_under_the_name_of_their_content() {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(&folder.path().join("photos")).unwrap();
        let hash = files.put(b"picture").unwrap();
        assert_eq!(files.put(b"picture").unwrap(), hash);
        assert_eq!(files.get(hash).unwrap(), b"picture");
        assert!(!files.has(PhotoHash::of(b"another")));
        assert_eq!(
            files_in(&folder.path().join("photos")),
            1,
            "nothing temporary stays"
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_a_picture() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(folder.path()).unwrap();
        let hash = files.put(b"picture").unwrap();
        files.put_thumbnail(hash, "card-160", b"small").unwrap();
        for path in [files.path(hash), files.thumbnail_path(hash, "card-160")] {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }

    #[test]
    fn only_old_pictures_that_nobody_refers_to_go() {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(folder.path()).unwrap();
        let [kept, unneeded, young, staged_again] =
            ["kept", "unneeded", "young", "staged again"].map(|bytes| files.put(bytes.as_bytes()).unwrap());
        let [cut_off, being_written, foreign] =
            [".tmpold", ".tmpnew", "notes.txt"].map(|name| folder.path().join(name));
        for path in [&cut_off, &being_written, &foreign] {
            fs::write(path, "").unwrap();
        }
        let started = SystemTime::now() - Duration::from_secs(60);
        let before = started - Duration::from_secs(60);
        for path in [
            files.path(kept),
            files.path(unneeded),
            files.path(staged_again),
            cut_off.clone(),
            foreign.clone(),
        ] {
            let file = fs::File::options().append(true).open(path).unwrap();
            file.set_modified(before).unwrap();
        }
        files.put(b"staged again").unwrap();

        assert_eq!(files.retain(&HashSet::from([kept]), started).unwrap(), 2);
        assert!(!files.has(unneeded) && !cut_off.exists());
        assert!(files.has(kept), "something refers to it");
        assert!(
            files.has(young) && being_written.exists(),
            "on its way into a row"
        );
        assert!(files.has(staged_again), "as good as new");
        assert!(foreign.exists(), "not ours");
    }

    #[test]
    fn whatever_could_name_a_picture_counts() {
        let cache = Cache::in_memory().unwrap();
        assert_eq!(cache.referenced_photos().unwrap(), HashSet::new());
        let account = cache.upsert_account(&Account::example()).unwrap();
        let [fetched, seen, waiting, typed, shouted] =
            [b"1", b"2", b"3", b"4", b"5"].map(|bytes| PhotoHash::of(bytes));
        let picture = PictureRow {
            url: "http://x/a.jpg".into(),
            hash: fetched,
            etag: None,
            last_modified: None,
        };
        cache.put_picture(account, &picture).unwrap();
        let offer = Offer::from_json(serde_json::json!({"id":7,"title":"t","short_description":"s","details_text":"",
            "details_html":"","valid_from":null,"valid_to":"2026-12-24","tag":"","book_now_url":"","photo":null,
            "photo_url":null,"sort_order":0,"is_active":true,"created_at":"2026-11-22T09:52:01.968263Z"}))
        .unwrap();
        for photo in [None, Some(seen)] {
            let version = NewVersion {
                seen_at: 1,
                window: None,
                offer: &offer,
                is_deletion: false,
                photo,
            };
            cache.push_version(account, &version).unwrap();
        }
        let action = format!(
            r#"{{"photo":"{waiting}","id":"{}","short":"{}"}}"#,
            shouted.to_string().to_uppercase(),
            "a".repeat(63)
        );
        cache
            .push_operation(account, offer.id.into(), &action, "{}")
            .unwrap();
        let draft = DraftRow {
            key: "new".into(),
            draft: format!(r#"["{typed}"]"#),
            saved_at: 1,
        };
        cache.put_draft(account, &draft).unwrap();
        let expected = HashSet::from([fetched, seen, waiting, typed, shouted]);
        assert_eq!(cache.referenced_photos().unwrap(), expected);
    }

    #[test]
    fn digits_before_or_after_a_name_do_not_hide_it() {
        let name = PhotoHash::of(b"picture");
        let text = format!("\\u00e{name}");
        assert!(named_in(text.as_bytes()).any(|found| found == name));
    }

    #[test]
    fn no_text_but_64_digits_names_a_picture() {
        let name = PhotoHash::of(b"picture").to_string();
        assert!(name.parse::<PhotoHash>().is_ok());
        for text in [
            "",
            "..",
            "../console.db",
            "%2e%2e/console.db",
            &name[1..],
            &format!("{name}0"),
        ] {
            assert!(text.parse::<PhotoHash>().is_err(), "{text:?}");
        }
    }

    /// As if it had been put, or looked at, this long ago.
    fn age(files: &PhotoFiles, path: &Path, age: Duration) {
        let file = fs::File::options()
            .append(true)
            .open(files.folder.join(path))
            .unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    fn open() -> (tempfile::TempDir, PhotoFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(folder.path()).unwrap();
        (folder, files)
    }

    #[test]
    fn a_picture_that_is_let_go_takes_its_thumbnails_along_unless_it_was_just_chosen() {
        let (_folder, files) = open();
        let (gone, stays) = (files.put(b"gone").unwrap(), files.put(b"stays").unwrap());
        for hash in [gone, stays] {
            files.put_thumbnail(hash, "card-160", b"small").unwrap();
        }
        assert!(!files.let_go(gone).unwrap(), "it has just been put");
        assert!(files.has(gone));
        age(&files, Path::new(&gone.to_string()), JUST_CHOSEN * 2);
        assert!(files.let_go(gone).unwrap());
        assert!(!files.has(gone) && files.thumbnail(gone, "card-160").is_err());
        assert_eq!(files.thumbnail(stays, "card-160").unwrap(), b"small");
        assert!(files.let_go(gone).unwrap(), "what is gone is gone");
    }

    #[test]
    fn room_is_made_of_what_was_not_looked_at_for_longest_and_never_of_what_is_needed() {
        let (_folder, files) = open();
        let day = Duration::from_secs(24 * 60 * 60);
        let [needed, old, seen] =
            [b"needed...1", b"old......2", b"seen.....3"].map(|bytes| files.put(bytes).unwrap());
        files.put_thumbnail(needed, "card-160", b"thumbnail1").unwrap();
        for hash in [needed, old, seen] {
            age(&files, Path::new(&hash.to_string()), day);
        }
        age(
            &files,
            &Path::new(THUMBNAILS).join(format!("{needed}-card-160")),
            day * 2,
        );
        files.get(seen).unwrap();

        let keep = HashSet::from([needed]);
        assert_eq!(files.make_room(40, &keep).unwrap(), 0, "there is room");
        assert_eq!(files.make_room(30, &keep).unwrap(), 1);
        assert!(
            files.thumbnail(needed, "card-160").is_err(),
            "it can be made again"
        );
        assert_eq!(files.make_room(29, &keep).unwrap(), 1);
        assert!(files.has(needed) && files.has(seen) && !files.has(old));
        assert_eq!(
            files.make_room(0, &keep).unwrap(),
            0,
            "who has just looked may look on"
        );
        age(&files, Path::new(&seen.to_string()), JUST_CHOSEN * 2);
        assert_eq!(files.make_room(0, &keep).unwrap(), 1);
        assert!(files.has(needed) && !files.has(seen));
    }
}
