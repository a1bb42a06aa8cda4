//! What a file is, from its headers alone: nothing is decoded, no pixel gets room.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ImageDecoder, ImageReader, Limits};

use crate::error::PhotoError;
use crate::format::{Format, is_camera_raw};
use crate::inspect::{LIMIT_MEMORY, LIMIT_PIXELS, refusal};
use crate::jpeg;
use crate::traces::{self, Traces};

/// The largest file that is opened at all, before it is made smaller. Cameras' largest JPEGs and a 50 megapixel TIFF lie below.
pub const LIMIT_ORIGINAL_BYTES: usize = 200 * 1024 * 1024;

/// The most pixels of a JPEG. It is decoded scaled, so that the 200 megapixels of a phone take less room than other formats' 100.
pub const LIMIT_PIXELS_JPEG: u64 = 250_000_000;

/// What a file is, by its content, before anything is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it really is, whatever its name says.
    pub format: Format,
    /// In pixels, as a person sees it: after the camera's note about its orientation is heeded.
    pub width: u32,
    /// Likewise.
    pub height: u32,
    /// The size of the file.
    pub bytes: u64,
    /// The camera was held so that the picture has to be turned or mirrored.
    pub turned: bool,
    /// The file says where the picture was taken, in a way this program can read.
    pub location: bool,
    /// The file carries more than the picture: camera, time, program, a second picture, a film.
    pub details: bool,
    /// The file holds a moving picture; its first one counts.
    pub moving: bool,
}

/// Finds out what `bytes` are. A file that is cut off later on is not noticed here.
pub fn facts(bytes: &[u8]) -> Result<Facts, PhotoError> {
    Ok(survey(bytes)?.facts())
}

/// What decoding needs to know beforehand.
pub(crate) struct Survey {
    pub(crate) format: Format,
    /// In pixels as stored.
    pub(crate) width: u32,
    /// Likewise.
    pub(crate) height: u32,
    pub(crate) bytes: u64,
    pub(crate) orientation: Orientation,
    pub(crate) traces: Traces,
    /// Of a JPEG only.
    pub(crate) jpeg: Option<jpeg::Header<'static>>,
    /// The embedded colour profile, as it stands in the file.
    pub(crate) profile: Option<Vec<u8>>,
}

impl Survey {
    pub(crate) fn facts(&self) -> Facts {
        let (width, height) = self.upright();
        Facts {
            format: self.format,
            width,
            height,
            bytes: self.bytes,
            turned: self.orientation != Orientation::NoTransforms,
            location: self.traces.location,
            details: self.traces.details,
            moving: self.traces.moving,
        }
    }

    /// The size after orientation.
    pub(crate) fn upright(&self) -> (u32, u32) {
        if lies_on_its_side(self.orientation) {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

/// Whether width and height change places.
pub(crate) fn lies_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Reads the headers, and refuses what is beyond the limits.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, PhotoError> {
    if bytes.len() > LIMIT_ORIGINAL_BYTES {
        return Err(PhotoError::OriginalTooLarge {
            bytes: bytes.len() as u64,
        });
    }
    let format = Format::of(bytes)?;
    let survey = if format == Format::Jpeg {
        survey_jpeg(bytes)?
    } else {
        survey_other(bytes, format)?
    };
    let most = if format == Format::Jpeg {
        LIMIT_PIXELS_JPEG
    } else {
        LIMIT_PIXELS
    };
    let (width, height) = (survey.width, survey.height);
    if width == 0 || height == 0 {
        return Err(PhotoError::Damaged);
    }
    if u64::from(width) * u64::from(height) > most {
        return Err(PhotoError::TooManyPixels { width, height, most });
    }
    Ok(survey)
}

fn survey_jpeg(bytes: &[u8]) -> Result<Survey, PhotoError> {
    let mut header = jpeg::header(bytes).ok_or(PhotoError::Damaged)?;
    if header.precision != 8 || header.is_lossless || header.is_arithmetic {
        return Err(PhotoError::Unsupported {
            kind: "a JPEG made for medicine or printing",
        });
    }
    if header.memory_of_scans() > LIMIT_MEMORY {
        return Err(PhotoError::TooMuchMemory {
            width: header.width,
            height: header.height,
        });
    }
    let orientation = header
        .exif
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms);
    let mut traces = traces::of_jpeg(&header);
    // A film, a depth map, a second picture; or a word between the scans.
    traces.details |= jpeg::end(bytes).is_some_and(|end| end.at < bytes.len() || end.has_extras);
    Ok(Survey {
        format: Format::Jpeg,
        width: header.width,
        height: header.height,
        bytes: bytes.len() as u64,
        orientation,
        traces,
        profile: header.profile.take(),
        jpeg: Some(header.without_borrows()),
    })
}

fn survey_other(bytes: &[u8], format: Format) -> Result<Survey, PhotoError> {
    if format == Format::Tiff && is_camera_raw(bytes) {
        return Err(PhotoError::Unsupported {
            kind: "a camera's raw file",
        });
    }
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    // Decoders of TIFF, GIF and WebP fill a buffer of their own first.
    let copies = if matches!(format, Format::Png | Format::Bmp) {
        1
    } else {
        2
    };
    let pixels = u64::from(width) * u64::from(height);
    if pixels <= LIMIT_PIXELS && decoder.total_bytes().saturating_mul(copies) > LIMIT_MEMORY {
        return Err(PhotoError::TooMuchMemory { width, height });
    }
    let Metadata { exif, xmp, profile } = metadata(bytes, format, &mut decoder);
    let orientation = match (&exif, format) {
        (Some(exif), _) => Orientation::from_exif_chunk(exif).unwrap_or(Orientation::NoTransforms),
        (None, Format::Tiff) => decoder.orientation().unwrap_or(Orientation::NoTransforms),
        (None, _) => Orientation::NoTransforms,
    };
    Ok(Survey {
        format,
        width,
        height,
        bytes: bytes.len() as u64,
        orientation,
        traces: traces::of_other(bytes, format, exif.as_deref(), xmp.as_deref()),
        jpeg: None,
        profile,
    })
}

struct Metadata {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    profile: Option<Vec<u8>>,
}

fn metadata(bytes: &[u8], format: Format, decoder: &mut impl ImageDecoder) -> Metadata {
    // The decoder of WebP takes as much memory as a chunk says it is long, up to four gigabytes, before it looks whether the file is.
    if format == Format::WebP {
        let chunk = |wanted: &[u8; 4]| {
            let found = traces::webp_chunks(bytes).find(|(name, _)| *name == wanted);
            found.map(|(_, body)| body.to_vec())
        };
        return Metadata {
            exif: chunk(b"EXIF"),
            xmp: chunk(b"XMP "),
            profile: chunk(b"ICCP"),
        };
    }
    Metadata {
        exif: decoder.exif_metadata().ok().flatten(),
        xmp: decoder.xmp_metadata().ok().flatten(),
        profile: decoder.icc_profile().ok().flatten(),
    }
}

/// The decoder of a format that is not JPEG, with its headers read.
pub(crate) fn decoder(bytes: &[u8], format: Format) -> Result<impl ImageDecoder + '_, PhotoError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(LIMIT_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
    reader.limits(limits);
    reader
        .into_decoder()
        .map_err(|error| refusal(error, format, (0, 0)))
}
