//! The formats of pictures, recognised by how a file begins. A file's name is never asked.

use image::ImageFormat;

use crate::error::PhotoError;

/// A format that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// WebP
    WebP,
    /// GIF; of a moving one, the first picture counts.
    Gif,
    /// Windows bitmap
    Bmp,
    /// TIFF; of several pages, the first counts.
    Tiff,
}

impl Format {
    /// The media type, such as `image/jpeg`.
    pub fn content_type(self) -> &'static str {
        self.decoder().to_mime_type()
    }

    /// The usual end of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
        }
    }

    pub(crate) fn decoder(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::WebP => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
            Self::Bmp => ImageFormat::Bmp,
            Self::Tiff => ImageFormat::Tiff,
        }
    }

    /// Recognises what `bytes` begin as, and nothing more: whether they go on as they should is for [`inspect`](crate::inspect()).
    pub fn of(bytes: &[u8]) -> Result<Self, PhotoError> {
        if let Some(kind) = phone_picture(bytes) {
            return Err(PhotoError::Unsupported { kind });
        }
        match image::guess_format(bytes) {
            Ok(ImageFormat::Jpeg) => Ok(Self::Jpeg),
            Ok(ImageFormat::Png) => Ok(Self::Png),
            Ok(ImageFormat::WebP) => Ok(Self::WebP),
            Ok(ImageFormat::Gif) => Ok(Self::Gif),
            Ok(ImageFormat::Bmp) => Ok(Self::Bmp),
            Ok(ImageFormat::Tiff) => Ok(Self::Tiff),
            Ok(ImageFormat::Ico) => Err(PhotoError::Unsupported { kind: "icon" }),
            // Of what else the library knows, nothing is met in a hotel, and a text that begins with “P1” counts as one.
            _ => Err(PhotoError::NotAnImage),
        }
    }
}

/// The formats of phones that this program cannot open. They begin as videos do, with a box called `ftyp` that names a brand.
fn phone_picture(bytes: &[u8]) -> Option<&'static str> {
    let brand = bytes.get(4..12)?.strip_prefix(b"ftyp")?;
    match brand {
        b"avif" | b"avis" => Some("AVIF"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Some("HEIC"),
        _ => None,
    }
}

/// Tags of a TIFF's directory: what kind of picture it describes, where others stand that belong to it, and the mark of a DNG.
const KIND_OF_PICTURE: u16 = 254;
const OTHERS: u16 = 330;
const DNG_VERSION: u16 = 50706;

/// Whether a TIFF is what a camera's sensor saw (NEF, DNG). Its first picture, the one that counts, is a thumbnail; the photo itself stands
/// behind it, in a form of the camera's maker.
pub(crate) fn is_camera_raw(tiff: &[u8]) -> bool {
    first_directory_is_raws(tiff).unwrap_or(false)
}

fn first_directory_is_raws(tiff: &[u8]) -> Option<bool> {
    let is_little = tiff.starts_with(b"II");
    let two = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let four = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    };
    let directory = usize::try_from(four(4)?).ok()?;
    let (mut is_thumbnail, mut has_others) = (false, false);
    for entry in 0..usize::from(two(directory)?) {
        let at = directory + 2 + entry * 12;
        match two(at)? {
            KIND_OF_PICTURE => is_thumbnail = four(at + 8)? & 1 == 1,
            OTHERS => has_others = true,
            DNG_VERSION => return Some(true),
            _ => {}
        }
    }
    Some(is_thumbnail && has_others)
}
