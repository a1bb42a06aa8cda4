//! From bytes to pixels, in the format's own kind of pixel and with as few of them as the result needs.
//!
//! A JPEG is decoded by libjpeg-turbo, which leaves out what a smaller picture does not need while it decodes (in eighths, never
//! below the size that is wanted); everything else by `image`. Memory is bounded before, by what the headers say. Time is bounded by
//! the same: a JPEG's scans are counted, and no other format here decodes more than its pixels. No deadline is kept here.

use fast_image_resize::PixelType;
use fast_image_resize::images::Image;
use image::{ColorType, DynamicImage, ImageDecoder};
use turbojpeg::{Colorspace, Decompressor, PixelFormat, ScalingFactor};

use crate::error::PhotoError;
use crate::facts::{Survey, decoder};
use crate::inspect::refusal;
use crate::jpeg;

/// The most scans of a progressive JPEG. Encoders write about ten; thousands in a small file are made to keep a computer busy.
const LIMIT_SCANS: u32 = 200;

/// What the channels of a bitmap are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// One channel, or two with transparency.
    Grey,
    /// Three channels, or four with transparency.
    Rgb,
    /// Cyan, magenta, yellow and black, as amounts of ink.
    Cmyk,
}

/// Pixels as stored: not yet turned, in whatever colours.
pub(crate) struct Bitmap {
    pub(crate) image: Image<'static>,
    pub(crate) ink: Ink,
}

impl Bitmap {
    /// Whether the pixels are of 16 bits, or inks.
    pub(crate) fn is_deep(&self) -> bool {
        let deep = matches!(
            self.image.pixel_type(),
            PixelType::U16 | PixelType::U16x2 | PixelType::U16x3 | PixelType::U16x4
        );
        deep || self.ink == Ink::Cmyk
    }
}

/// Decodes the picture, at `scale` or a little more. 1 is the whole size; formats other than JPEG know nothing else.
pub(crate) fn decode(bytes: &[u8], survey: &Survey, scale: f64) -> Result<Bitmap, PhotoError> {
    match &survey.jpeg {
        Some(header) => decode_jpeg(bytes, header, scale),
        None => decode_other(bytes, survey),
    }
}

fn decode_jpeg(bytes: &[u8], header: &jpeg::Header<'_>, scale: f64) -> Result<Bitmap, PhotoError> {
    if !jpeg::is_whole(bytes) {
        return Err(PhotoError::Damaged);
    }
    let damaged = |_| PhotoError::Damaged;
    let mut decompressor = Decompressor::new().map_err(damaged)?;
    decompressor.set_scan_limit(LIMIT_SCANS).map_err(damaged)?;
    let read = decompressor.read_header(bytes).map_err(damaged)?;
    let (format, pixel, ink) = match read.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => (PixelFormat::CMYK, PixelType::U8x4, Ink::Cmyk),
        Colorspace::Gray => (PixelFormat::GRAY, PixelType::U8, Ink::Grey),
        _ => (PixelFormat::RGB, PixelType::U8x3, Ink::Rgb),
    };
    let factor = factor(scale);
    decompressor.set_scaling_factor(factor).map_err(damaged)?;
    let scaled = read.scaled(factor);
    let (Ok(width), Ok(height)) = (u32::try_from(scaled.width), u32::try_from(scaled.height)) else {
        return Err(PhotoError::Damaged);
    };
    let mut image = Image::new(width, height, pixel);
    let output = turbojpeg::Image {
        pixels: image.buffer_mut(),
        width: scaled.width,
        pitch: scaled.width * format.size(),
        height: scaled.height,
        format,
    };
    match decompressor.decompress(bytes, output) {
        Ok(()) => {}
        Err(turbojpeg::Error::TurboJpegError(words)) if is_harmless(&words) => {}
        Err(_) => return Err(PhotoError::Damaged),
    }
    if ink == Ink::Cmyk && header.is_adobe {
        for amount in image.buffer_mut() {
            *amount = 255 - *amount;
        }
    }
    Ok(Bitmap { image, ink })
}

/// The smallest eighths that are not below `scale`.
fn factor(scale: f64) -> ScalingFactor {
    let eighths = (1..8_u8).find(|eighths| f64::from(*eighths) / 8.0 >= scale);
    ScalingFactor::new(usize::from(eighths.unwrap_or(8)), 8)
}

/// The library's warnings about what cameras are known to write. The picture is complete nevertheless.
fn is_harmless(words: &str) -> bool {
    [
        "extraneous bytes",
        "Unknown Adobe color transform",
        "JFIF revision",
    ]
    .iter()
    .any(|known| words.contains(known))
}

fn decode_other(bytes: &[u8], survey: &Survey) -> Result<Bitmap, PhotoError> {
    let (width, height) = (survey.width, survey.height);
    let refused = |error| refusal(error, survey.format, (width, height));
    let decoder = decoder(bytes, survey.format)?;
    if decoder.dimensions() != (width, height) {
        return Err(PhotoError::Damaged);
    }
    let (pixel, ink) = match decoder.color_type() {
        ColorType::L8 => (PixelType::U8, Ink::Grey),
        ColorType::La8 => (PixelType::U8x2, Ink::Grey),
        ColorType::Rgb8 => (PixelType::U8x3, Ink::Rgb),
        ColorType::Rgba8 => (PixelType::U8x4, Ink::Rgb),
        ColorType::L16 => (PixelType::U16, Ink::Grey),
        ColorType::La16 => (PixelType::U16x2, Ink::Grey),
        ColorType::Rgb16 => (PixelType::U16x3, Ink::Rgb),
        ColorType::Rgba16 => (PixelType::U16x4, Ink::Rgb),
        // Fractions, and whatever a later version of the library adds.
        _ => {
            let pixels = DynamicImage::from_decoder(decoder).map_err(refused)?.into_rgba8();
            let image = Image::from_vec_u8(width, height, pixels.into_raw(), PixelType::U8x4)
                .map_err(|_| PhotoError::Damaged)?;
            return Ok(Bitmap { image, ink: Ink::Rgb });
        }
    };
    let mut image = Image::new(width, height, pixel);
    decoder.read_image(image.buffer_mut()).map_err(refused)?;
    Ok(Bitmap { image, ink })
}

#[cfg(test)]
mod tests {
    use super::factor;

    #[test]
    fn a_jpeg_is_never_decoded_smaller_than_needed() {
        for (scale, eighths) in [(1.0, 8), (0.9, 8), (0.512, 5), (0.5, 4), (0.17, 2), (0.01, 1)] {
            let factor = factor(scale);
            assert_eq!(factor.num() * 8 / factor.denom(), eighths, "{scale}");
        }
    }
}
