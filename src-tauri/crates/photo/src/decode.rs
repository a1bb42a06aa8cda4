//! From bytes to pixels, in the format's own kind of pixel and with as few of them as the result needs.
//!
//! A JPEG is decoded by libjpeg-turbo, which leaves out what a smaller picture does not need while it decodes (in eighths, never
//! below the size that is wanted); everything else by `image`. Memory is bounded before, by what the headers say. Time is bounded by
//! the same: a JPEG's scans are counted, and no other format here decodes more than its pixels. No deadline is kept here.

use fast_image_resize::images::Image;
use image::{ColorType, DynamicImage, ImageDecoder};
use turbojpeg::{Colorspace, Decompressor, PixelFormat, ScalingFactor};

use crate::error::PhotoError;
use crate::facts::{Survey, decoder};
use crate::inspect::refusal;
use crate::jpeg;
use crate::tidy::tidied;

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

/// Pixels as the file holds them: not yet turned, in whatever colours.
pub(crate) struct Stored {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) ink: Ink,
    /// One more channel follows the colours.
    pub(crate) has_alpha: bool,
    /// 16 bits a sample, in the machine's order.
    pub(crate) is_deep: bool,
}

/// Pixels of 8 bits a sample, opaque; not yet turned, in whatever colours.
pub(crate) struct Bitmap {
    pub(crate) image: Image<'static>,
    pub(crate) ink: Ink,
}

/// Decodes the picture, at `scale` or a little more. 1 is the whole size; formats other than JPEG know nothing else.
pub(crate) fn decode(bytes: &[u8], survey: &Survey, scale: f64) -> Result<Stored, PhotoError> {
    match &survey.jpeg {
        Some(header) => decode_jpeg(bytes, header, scale),
        None => decode_other(bytes, survey),
    }
}

fn decode_jpeg(bytes: &[u8], header: &jpeg::Header<'_>, scale: f64) -> Result<Stored, PhotoError> {
    if !jpeg::is_whole(bytes) {
        return Err(PhotoError::Damaged);
    }
    let bytes = tidied(bytes);
    let damaged = |_| PhotoError::Damaged;
    let mut decompressor = Decompressor::new().map_err(damaged)?;
    decompressor.set_scan_limit(LIMIT_SCANS).map_err(damaged)?;
    let read = decompressor.read_header(&bytes).map_err(damaged)?;
    let (format, ink) = match read.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => (PixelFormat::CMYK, Ink::Cmyk),
        Colorspace::Gray => (PixelFormat::GRAY, Ink::Grey),
        _ => (PixelFormat::RGB, Ink::Rgb),
    };
    let factor = factor(scale);
    decompressor.set_scaling_factor(factor).map_err(damaged)?;
    let scaled = read.scaled(factor);
    let (Ok(width), Ok(height)) = (u32::try_from(scaled.width), u32::try_from(scaled.height)) else {
        return Err(PhotoError::Damaged);
    };
    let mut pixels = vec![0; scaled.width * scaled.height * format.size()];
    let output = turbojpeg::Image {
        pixels: pixels.as_mut_slice(),
        width: scaled.width,
        pitch: scaled.width * format.size(),
        height: scaled.height,
        format,
    };
    match decompressor.decompress(&bytes, output) {
        Ok(()) => {}
        Err(turbojpeg::Error::TurboJpegError(words)) if is_harmless(&words) => {}
        Err(_) => return Err(PhotoError::Damaged),
    }
    if ink == Ink::Cmyk && header.is_adobe {
        for amount in &mut pixels {
            *amount = 255 - *amount;
        }
    }
    Ok(Stored {
        width,
        height,
        bytes: pixels,
        ink,
        has_alpha: false,
        is_deep: false,
    })
}

/// The smallest eighths that are not below `scale`.
fn factor(scale: f64) -> ScalingFactor {
    let eighths = (1..8_u8).find(|eighths| f64::from(*eighths) / 8.0 >= scale);
    ScalingFactor::new(usize::from(eighths.unwrap_or(8)), 8)
}

/// The one warning that is about nothing missing: something lies between the picture and the marker that ends it, so nothing after it can
/// be missing either. What cameras write into headers is put right before.
fn is_harmless(words: &str) -> bool {
    words.contains("extraneous bytes before marker 0xd9")
}

fn decode_other(bytes: &[u8], survey: &Survey) -> Result<Stored, PhotoError> {
    let (width, height) = (survey.width, survey.height);
    let refused = |error| refusal(error, survey.format, (width, height));
    let decoder = decoder(bytes, survey.format)?;
    if decoder.dimensions() != (width, height) {
        return Err(PhotoError::Damaged);
    }
    let stored = |ink, has_alpha, is_deep, bytes| Stored {
        width,
        height,
        bytes,
        ink,
        has_alpha,
        is_deep,
    };
    let (ink, has_alpha, is_deep) = match decoder.color_type() {
        ColorType::L8 => (Ink::Grey, false, false),
        ColorType::La8 => (Ink::Grey, true, false),
        ColorType::Rgb8 => (Ink::Rgb, false, false),
        ColorType::Rgba8 => (Ink::Rgb, true, false),
        ColorType::L16 => (Ink::Grey, false, true),
        ColorType::La16 => (Ink::Grey, true, true),
        ColorType::Rgb16 => (Ink::Rgb, false, true),
        ColorType::Rgba16 => (Ink::Rgb, true, true),
        // Fractions, and whatever a later version of the library adds.
        _ => {
            let pixels = DynamicImage::from_decoder(decoder).map_err(refused)?.into_rgba8();
            return Ok(stored(Ink::Rgb, true, false, pixels.into_raw()));
        }
    };
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| PhotoError::Damaged)?;
    let mut bytes = vec![0; size];
    decoder.read_image(&mut bytes).map_err(refused)?;
    Ok(stored(ink, has_alpha, is_deep, bytes))
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
