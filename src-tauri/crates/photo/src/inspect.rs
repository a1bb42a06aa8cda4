//! The check that every file passes before it is sent.

use std::io::Cursor;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use crate::error::PhotoError;
use crate::format::Format;
use crate::jpeg;

/// The largest photo, in bytes. The hotels' limit is said in “MB”, which web servers and upload forms count in 1024s; a server that
/// counts in 1000s would answer 413 for the last half megabyte, in words.
pub const LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// The most pixels, by the size that the file declares.
pub const LIMIT_PIXELS: u64 = 100_000_000;

/// The memory that decoding may take: the most pixels, with four channels of 16 bits, and room to work.
pub(crate) const LIMIT_MEMORY: u64 = 1 << 30;

/// A file that is a whole picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What it really is, whatever its name says.
    pub format: Format,
    /// In pixels as stored, before a camera's note about its orientation is heeded.
    pub width: u32,
    /// Likewise.
    pub height: u32,
}

/// Finds out what `bytes` are, and that they are a whole picture within the limits.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, PhotoError> {
    if bytes.len() > LIMIT_BYTES {
        return Err(PhotoError::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    let format = Format::of(bytes)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(LIMIT_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
    reader.limits(limits);
    let decoder = reader
        .into_decoder()
        .map_err(|error| refusal(error, format, (0, 0)))?;

    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > LIMIT_PIXELS || decoder.total_bytes() > LIMIT_MEMORY {
        return Err(PhotoError::TooManyPixels {
            width,
            height,
            most: LIMIT_PIXELS,
        });
    }
    DynamicImage::from_decoder(decoder).map_err(|error| refusal(error, format, (width, height)))?;
    if format == Format::Jpeg && !jpeg::is_whole(bytes) {
        return Err(PhotoError::Damaged);
    }
    Ok(Inspected {
        format,
        width,
        height,
    })
}

/// What a decoder's complaint means to a person. The size is nought by nought as long as it is not known.
pub(crate) fn refusal(error: ImageError, format: Format, (width, height): (u32, u32)) -> PhotoError {
    match error {
        ImageError::Limits(_) if width > 0 => PhotoError::TooMuchMemory { width, height },
        ImageError::Unsupported(_) => PhotoError::Unsupported { kind: format.name() },
        _ => PhotoError::Damaged,
    }
}
