//! Files that staff name, such as a table on a stick: written whole, or not at all. What such a file replaces stays until there is something to put in
//! its place.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes these bytes to a file, which may be there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, |file| file.write_all(bytes))
}

/// Reads or writes such a file on a thread of its own: it may lie on a drive that takes its time.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tauri::async_runtime::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn put(path: &Path, content: impl Fn(&mut File) -> io::Result<()>) -> io::Result<()> {
    // A link leads to the file that is meant.
    let known = fs::canonicalize(path);
    let path = known.as_deref().unwrap_or(path);
    let replaced = fs::metadata(path).ok();
    // What is no file can only be written to.
    if replaced.as_ref().is_some_and(|replaced| !replaced.is_file()) {
        return content(&mut File::create(path)?);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hotelmate-");
    // Not for its owner alone: others may be meant to read what is exported.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut aside = match builder.tempfile_in(folder.unwrap_or(Path::new("."))) {
        Ok(aside) => aside,
        // The folder takes no new file; the one that is there may be ours to change all the same.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && replaced.is_some() => {
            return content(&mut File::create(path)?);
        }
        Err(error) => return Err(error),
    };
    content(aside.as_file_mut())?;
    if let Some(permissions) = replaced.as_ref().map(Metadata::permissions) {
        // Sticks know none.
        drop(aside.as_file().set_permissions(permissions));
    }
    aside.as_file().sync_all()?;
    aside.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_to_its_end_leaves_the_one_it_was_to_replace_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offers.csv");
        let half = |file: &mut File| {
            file.write_all(b"id,ti")?;
            Err(ErrorKind::StorageFull.into())
        };
        for before in [None, Some("last week's")] {
            if let Some(before) = before {
                write(&path, before.as_bytes()).unwrap();
            }
            assert_eq!(put(&path, half).unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), before);
            let left = fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(left, usize::from(before.is_some()));
        }
        write(&path, b"this week's").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"this week's");
    }

    #[cfg(unix)]
    #[test]
    fn who_could_read_the_file_that_is_replaced_can_read_the_new_one() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let [path, link, plain] = ["offers.csv", "link.csv", "plain"].map(|name| folder.path().join(name));
        fs::write(&plain, b"").unwrap();
        write(&path, b"a").unwrap();
        assert_eq!(mode(&path), mode(&plain), "as any new file");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o664)).unwrap();
        symlink(&path, &link).unwrap();
        write(&link, b"b").unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o664, b"b".to_vec()));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_is_written_to() {
        write(Path::new("/dev/null"), b"a").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
