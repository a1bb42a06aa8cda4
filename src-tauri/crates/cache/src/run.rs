//! Whether the last run of the program ended by itself.
//!
//! A run that was cut off (a crash, a power cut, a kill) may have left a file half-written, and is followed by an integrity check.

use std::fs;
use std::path::{Path, PathBuf};

use crate::private_file;

/// Name of the file that is there while the program runs.
const FILE_NAME: &str = "running";

/// Stands for this run. Dropping it says nothing, since a panic drops it too: only [`RunMarker::end`] calls the run ended.
#[derive(Debug)]
pub struct RunMarker {
    path: PathBuf,
}

impl RunMarker {
    /// Marks that a run has begun; answers also whether the last one ended uncleanly.
    ///
    /// The marker is not forced to the disk: a crash of the program leaves it anyway, and after a power cut that came before it was
    /// written there was next to nothing to damage. Where no file can be made nothing can be damaged either, so that is no error.
    pub fn begin(folder: &Path) -> (Self, bool) {
        let path = folder.join(FILE_NAME);
        let unclean = path.exists();
        // Nothing to do about it: see above.
        let _ = private_file(&path);
        (Self { path }, unclean)
    }

    /// The run ends by itself; call it when the [`crate::Cache`] is closed.
    pub fn end(self) {
        // A marker that stays costs the next start one check.
        let _ = fs::remove_file(self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_was_ended_ended_cleanly() {
        let folder = tempfile::tempdir().unwrap();
        let (first, unclean) = RunMarker::begin(folder.path());
        assert!(!unclean, "nothing ran before");
        first.end();
        let (second, unclean) = RunMarker::begin(folder.path());
        assert!(!unclean, "the first run said that it ended");
        drop(second);
        let (third, unclean) = RunMarker::begin(folder.path());
        assert!(unclean, "the second run was dropped, as in a panic");
        third.end();
        assert!(!RunMarker::begin(folder.path()).1);
    }

    #[test]
    fn a_folder_that_cannot_be_written_does_not_keep_the_program_from_starting() {
        let folder = tempfile::tempdir().unwrap();
        let (run, unclean) = RunMarker::begin(&folder.path().join("missing"));
        assert!(!unclean);
        run.end();
    }
}
