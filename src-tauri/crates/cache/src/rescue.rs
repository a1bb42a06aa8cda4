//! Opening a data folder whatever state it is in: staff see offers, and what waits to be sent is not lost to a bad sector.
//!
//! - A **damaged** file is set aside under another name and never written again. What can be read of it goes into a new file.
//! - A file that **cannot be used now** (of a newer program, locked, not writable, disk full) stays exactly as it is. What can be read
//!   of it goes into a cache in memory, which says so: [`Cache::is_kept`].
//!
//! **Order of a rescue.** The new file is complete and closed, under a name of its own, before the damaged one is moved; the last step
//! is the rename to the usual name. Cut off at any point, the next start finds either the damaged file, and begins again, or the
//! complete new one, and renames it.

mod wreck;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::wreck::{Copied, Wreck};
use crate::{Cache, Error, FILE_NAME, PATIENCE, Result};

/// What had to be done to open.
#[derive(Debug)]
pub enum Trouble {
    /// The file was damaged and is kept aside; what could be read of the waiting operations is in the new one.
    Rescued {
        /// The damaged file; its log lies beside it.
        kept_as: PathBuf,
        /// So many operations are in the new file.
        operations: usize,
        /// So many at least are not. Where not even the places of operations can be read, nobody knows how many there were.
        unreadable: usize,
    },
    /// Nothing can be kept on this computer now: the cache is in memory only, with what could be read from the file copied into it.
    NotKept(Error),
}

/// A cache that can be worked with.
#[derive(Debug)]
pub struct Opened {
    /// On disk, or in memory: [`Cache::is_kept`].
    pub cache: Cache,
    /// `None`: all is well.
    pub trouble: Option<Trouble>,
}

impl Cache {
    /// Opens the database in `folder` as [`Cache::open`] does, and what there is to save if that fails.
    ///
    /// `now` is in Unix milliseconds and names the file set aside. After an `unclean` end of the last run the whole file is checked:
    /// then a page may have been written by half. After a clean end it is not, since reading all of it would hold up every start; a
    /// bad page is then met when it is needed, as [`Error::Damaged`], and whoever meets it leaves the [`crate::RunMarker`] standing.
    ///
    /// # Panics
    ///
    /// When there is not even memory for an empty database.
    pub fn open_or_rescue(folder: &Path, now: i64, unclean: bool) -> Opened {
        Self::open_or_rescue_within(folder, now, unclean, PATIENCE)
    }

    fn open_or_rescue_within(folder: &Path, now: i64, unclean: bool, patience: Duration) -> Opened {
        let files = Files::of(folder, now);
        let opened = files
            .finish_rescue()
            .and_then(|()| Self::open_file(&files.usual, unclean, patience));
        let error = match opened {
            Ok(cache) => return Opened { cache, trouble: None },
            Err(Error::Damaged) => match files.rescue(patience) {
                Ok(opened) => return opened,
                Err(error) => error,
            },
            Err(error) => error,
        };
        let cache = Self::in_memory().expect("an empty database has room in memory");
        if let Some(wreck) = Wreck::open(&files.usual) {
            // Whatever fails here, the offers are read again from the hotel and the file still holds everything.
            let _ = wreck.copy_into(&cache);
        }
        Opened {
            cache,
            trouble: Some(Trouble::NotKept(error)),
        }
    }
}

/// The names that a rescue moves files between.
struct Files {
    folder: PathBuf,
    usual: PathBuf,
    /// Half-made while `usual` exists, complete when it does not.
    rescued: PathBuf,
    aside: PathBuf,
}

impl Files {
    fn of(folder: &Path, now: i64) -> Self {
        let aside = (now..)
            .map(|stamp| folder.join(format!("console.damaged-{stamp}.db")))
            .find(|path| !path.exists());
        Self {
            folder: folder.to_owned(),
            usual: folder.join(FILE_NAME),
            rescued: folder.join("console.rescued.db"),
            aside: aside.expect("there are fewer files than numbers"),
        }
    }

    /// Goes on where a rescue was cut off after the damaged file had been moved. One that was cut off before has to begin again.
    fn finish_rescue(&self) -> Result<()> {
        if self.usual.exists() {
            return self.forget_rescue();
        }
        if self.rescued.exists() {
            return self.put_in_place();
        }
        Ok(())
    }

    fn forget_rescue(&self) -> Result<()> {
        for suffix in SUFFIXES {
            remove(&beside(&self.rescued, suffix))?;
        }
        Ok(())
    }

    fn rescue(&self, patience: Duration) -> Result<Opened> {
        let rescued = self.try_rescue(patience);
        if rescued.is_err() && self.usual.exists() {
            // What is left of it would only stand for a rescue to finish; if it cannot be removed now, the next start does.
            let _ = self.forget_rescue();
        }
        rescued
    }

    fn try_rescue(&self, patience: Duration) -> Result<Opened> {
        let fresh = Cache::open_file(&self.rescued, false, patience)?;
        let Copied {
            operations,
            unreadable,
        } = match Wreck::open(&self.usual) {
            Some(wreck) => wreck.copy_into(&fresh)?,
            None => Copied::default(),
        };
        // One file, with nothing left in a log beside it: a rename moves one file.
        fresh.connection.pragma_update(None, "journal_mode", "DELETE")?;
        drop(fresh);
        self.put_in_place()?;
        Ok(Opened {
            cache: Cache::open_file(&self.usual, false, patience)?,
            trouble: Some(Trouble::Rescued {
                kept_as: self.aside.clone(),
                operations,
                unreadable,
            }),
        })
    }

    /// Moves what is under the usual name aside, as far as it is there, and the rescued file in its place. All or nothing.
    ///
    /// The log has to go too, or SQLite would write it into the new file.
    fn put_in_place(&self) -> Result<()> {
        let mut moves: Vec<_> = SUFFIXES
            .map(|suffix| (beside(&self.usual, suffix), beside(&self.aside, suffix)))
            .into_iter()
            .filter(|(from, _)| from.exists())
            .collect();
        moves.push((self.rescued.clone(), self.usual.clone()));
        for (done, (from, to)) in moves.iter().enumerate() {
            if let Err(error) = fs::rename(from, to) {
                for (from, to) in moves[..done].iter().rev() {
                    fs::rename(to, from)?;
                }
                return Err(error.into());
            }
        }
        // A rename is not on disk before its folder is.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }
}

/// A database, its log, and the log's index.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
