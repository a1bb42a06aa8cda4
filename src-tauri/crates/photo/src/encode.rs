//! From pixels to a JPEG that carries nothing but the picture.

use image::RgbImage;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::error::PhotoError;
use crate::format::Format;
use crate::prepare::Picture;

/// How a JPEG is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) quality: u8,
    /// Appears as a whole and then gets clearer, and is smaller for it; takes longer to make.
    pub(crate) progressive: bool,
    /// Colours as fine as brightness, for lettering and drawings.
    pub(crate) fine_colours: bool,
}

/// Encodes `picture`, in less than `most` bytes at the price of quality.
pub(crate) fn encode(picture: &RgbImage, manner: Manner, most: usize) -> Result<Picture, PhotoError> {
    let mut quality = manner.quality;
    loop {
        let bytes = jpeg(picture, Manner { quality, ..manner }).map_err(|_| PhotoError::Damaged)?;
        if bytes.len() < most || quality <= 10 {
            return Ok(Picture {
                bytes,
                format: Format::Jpeg,
                width: picture.width(),
                height: picture.height(),
            });
        }
        quality -= 10;
    }
}

fn jpeg(picture: &RgbImage, manner: Manner) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(manner.quality))?;
    compressor.set_progressive(manner.progressive)?;
    compressor.set_subsamp(if manner.fine_colours {
        Subsamp::None
    } else {
        Subsamp::Sub2x2
    })?;
    let width = picture.width() as usize;
    compressor.compress_to_vec(turbojpeg::Image {
        pixels: picture.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height: picture.height() as usize,
        format: PixelFormat::RGB,
    })
}
