//! Picture bytes on disk, named by their content.
//!
//! A name is the SHA-256 of the bytes, so a file never changes, can be served with an everlasting cache header, and no name that
//! arrives from a window can lead out of the folder: a [`PhotoHash`] is 64 hexadecimal digits or it does not exist.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of a picture's bytes; 64 lower-case hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhotoHash([u8; 32]);

impl PhotoHash {
    /// The name of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
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

/// The folder of pictures. Cheap to clone; safe to use from any thread.
#[derive(Clone, Debug)]
pub struct PhotoFiles {
    folder: PathBuf,
}

impl PhotoFiles {
    /// Opens the folder, creating it if needed.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Keeps these bytes. When it returns they are on disk, whole, under their name.
    pub fn put(&self, bytes: &[u8]) -> io::Result<PhotoHash> {
        let hash = PhotoHash::of(bytes);
        let path = self.path(hash);
        if path.exists() {
            return Ok(hash);
        }
        // A file under its final name is always whole: a crash leaves at most an unnamed temporary one. Its owner alone can read it.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        // The rename is not on disk before its folder is.
        #[cfg(unix)]
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(hash)
    }

    /// The bytes of this name.
    pub fn get(&self, hash: PhotoHash) -> io::Result<Vec<u8>> {
        fs::read(self.path(hash))
    }

    /// Whether these bytes are kept.
    pub fn has(&self, hash: PhotoHash) -> bool {
        self.path(hash).exists()
    }

    fn path(&self, hash: PhotoHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_under_the_name_of_their_content() {
        let folder = tempfile::tempdir().unwrap();
        let files = PhotoFiles::open(&folder.path().join("photos")).unwrap();
        let hash = files.put(b"picture").unwrap();
        assert_eq!(files.put(b"picture").unwrap(), hash);
        assert_eq!(files.get(hash).unwrap(), b"picture");
        assert!(!files.has(PhotoHash::of(b"another")));
        assert_eq!(
            fs::read_dir(folder.path().join("photos")).unwrap().count(),
            1,
            "nothing temporary stays"
        );
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
}
