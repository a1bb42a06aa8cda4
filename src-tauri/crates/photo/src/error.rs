//! Why a file cannot be an offer's photo, in words for a hotel's manager.

use crate::facts::LIMIT_ORIGINAL_BYTES;
use crate::inspect::LIMIT_BYTES;

/// Why a file cannot be sent as a photo. `Display` says it to a person, and what to do about it where that helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Larger than [`LIMIT_BYTES`].
    #[error("This file is {} MB; photos can be at most {} MB.", megabytes(*.bytes), megabytes(LIMIT_BYTES as u64))]
    TooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// Larger than [`LIMIT_ORIGINAL_BYTES`], so that it is not even made smaller.
    #[error("This file is {} MB; pictures can be at most {} MB.", megabytes(*.bytes), megabytes(LIMIT_ORIGINAL_BYTES as u64))]
    OriginalTooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// Nothing that looks like a picture.
    #[error("This file is not a picture.")]
    NotAnImage,
    /// A picture of a kind that guests' browsers or this program cannot show.
    #[error("This kind of picture ({kind}) cannot be used. Save it as JPEG or PNG, and use that file.")]
    Unsupported {
        /// The kind, as people call it.
        kind: &'static str,
    },
    /// Begins as a picture, and then is cut off or holds nonsense.
    #[error("This picture is damaged or incomplete. Try to copy or download it again.")]
    Damaged,
    /// More pixels than are taken of this format.
    #[error(
        "This picture measures {width} × {height} pixels; photos can have at most {} megapixels.",
        most / 1_000_000
    )]
    TooManyPixels {
        /// As the file says.
        width: u32,
        /// As the file says.
        height: u32,
        /// What is taken: [`LIMIT_PIXELS`](crate::LIMIT_PIXELS) or [`LIMIT_PIXELS_JPEG`](crate::LIMIT_PIXELS_JPEG).
        most: u64,
    },
    /// Few enough pixels, but stored so that opening them takes more memory than is given.
    #[error(
        "This picture of {width} × {height} pixels takes too much memory to open. Save it smaller, or as an ordinary JPEG, and use that file."
    )]
    TooMuchMemory {
        /// As the file says.
        width: u32,
        /// As the file says.
        height: u32,
    },
}

/// Tenths of a megabyte, rounded up: a file just over the limit must not be said to have its size.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_said_as_a_person_reads_it() {
        for (bytes, words) in [
            (
                14 * 1024 * 1024,
                "This file is 14 MB; photos can be at most 10 MB.",
            ),
            (
                LIMIT_BYTES as u64 + 1,
                "This file is 10.1 MB; photos can be at most 10 MB.",
            ),
            (15_000_000, "This file is 14.4 MB; photos can be at most 10 MB."),
        ] {
            assert_eq!(PhotoError::TooLarge { bytes }.to_string(), words);
        }
    }
}
