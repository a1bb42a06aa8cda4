//! Fewer pixels, of a plainer kind, and none that guests look through.
//!
//! First, in place: what is transparent is laid on white (what is invisible must not bleed into its neighbours), and 16 bits become 8.
//! Then the size, before everything else that costs by the pixel.

use fast_image_resize::images::Image;
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::decode::{Bitmap, Ink, Stored};
use crate::error::PhotoError;
use crate::frame::Frame;

/// 8 bits a sample and nothing transparent. Says whether anything of the white below shows.
pub(crate) fn plain(stored: Stored) -> Result<(Bitmap, bool), PhotoError> {
    let Stored {
        width,
        height,
        mut bytes,
        ink,
        has_alpha,
        is_deep,
    } = stored;
    if is_deep {
        let (values, _) = bytes.as_chunks::<2>();
        let count = values.len();
        for at in 0..count {
            let value = u32::from(u16::from_ne_bytes([bytes[2 * at], bytes[2 * at + 1]]));
            #[expect(clippy::cast_possible_truncation, reason = "65535 / 257 is 255")]
            let eight = ((value + 128) / 257) as u8;
            bytes[at] = eight;
        }
        bytes.truncate(count);
    }
    let shows = match (ink, has_alpha) {
        (Ink::Grey, true) => on_white::<2>(&mut bytes),
        (Ink::Rgb, true) => on_white::<4>(&mut bytes),
        _ => false,
    };
    let pixel = match ink {
        Ink::Grey => PixelType::U8,
        Ink::Rgb => PixelType::U8x3,
        Ink::Cmyk => PixelType::U8x4,
    };
    let image = Image::from_vec_u8(width, height, bytes, pixel).map_err(|_| PhotoError::Damaged)?;
    Ok((Bitmap { image, ink }, shows))
}

/// Mixes the last channel's transparency with white, and leaves that channel out.
fn on_white<const CHANNELS: usize>(bytes: &mut Vec<u8>) -> bool {
    let colours = CHANNELS - 1;
    let count = bytes.len() / CHANNELS;
    let mut shows = false;
    for at in 0..count {
        let alpha = u32::from(bytes[at * CHANNELS + colours]);
        shows |= alpha < 255;
        for channel in 0..colours {
            let value = u32::from(bytes[at * CHANNELS + channel]);
            #[expect(clippy::cast_possible_truncation, reason = "a mean of two values of 8 bits")]
            let mixed = ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            bytes[at * colours + channel] = mixed;
        }
    }
    bytes.truncate(count * colours);
    shows
}

/// How carefully pixels are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// For what guests see.
    Fine,
    /// For a first look.
    Quick,
}

/// The part that `frame` shows, in its size. `frame` counts in the pixels as stored, whatever part of them was decoded.
pub(crate) fn resize(
    bitmap: Bitmap,
    frame: &Frame,
    stored: (u32, u32),
    care: Care,
) -> Result<Bitmap, PhotoError> {
    let Bitmap { image, ink } = bitmap;
    let (width, height) = frame.to;
    let across = f64::from(image.width()) / f64::from(stored.0);
    let down = f64::from(image.height()) / f64::from(stored.1);
    let left = (frame.left * across).min(f64::from(image.width()) - 1.0);
    let top = (frame.top * down).min(f64::from(image.height()) - 1.0);
    let crop_width = (frame.width * across).min(f64::from(image.width()) - left);
    let crop_height = (frame.height * down).min(f64::from(image.height()) - top);
    if (image.width(), image.height()) == (width, height) && left == 0.0 && top == 0.0 {
        return Ok(Bitmap { image, ink });
    }
    let filter = match care {
        Care::Fine => FilterType::Lanczos3,
        Care::Quick => FilterType::Bilinear,
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false)
        .crop(left, top, crop_width, crop_height);
    let smaller = resized(image, frame.to, &options).ok_or(PhotoError::Damaged)?;
    Ok(Bitmap { image: smaller, ink })
}

/// By four bytes a pixel, whatever the picture has: the library compiles its code for each kind of pixel it is asked for, at a minute
/// or more each.
fn resized(image: Image<'_>, (width, height): (u32, u32), options: &ResizeOptions) -> Option<Image<'static>> {
    let (kind, across, down) = (image.pixel_type(), image.width(), image.height());
    let four = match kind {
        PixelType::U8 => spread::<1>(image.buffer()),
        PixelType::U8x3 => spread::<3>(image.buffer()),
        _ => image.buffer().to_vec(),
    };
    drop(image);
    let four = Image::from_vec_u8(across, down, four, PixelType::U8x4).ok()?;
    let mut smaller = Image::new(width, height, PixelType::U8x4);
    {
        let from = four.typed_image::<U8x4>()?;
        let mut to = smaller.typed_image_mut::<U8x4>()?;
        Resizer::new().resize_typed(&from, &mut to, options).ok()?;
    }
    let bytes = smaller.into_vec();
    let bytes = match kind {
        PixelType::U8 => gathered::<1>(&bytes),
        PixelType::U8x3 => gathered::<3>(&bytes),
        _ => bytes,
    };
    Image::from_vec_u8(width, height, bytes, kind).ok()
}

fn spread<const CHANNELS: usize>(bytes: &[u8]) -> Vec<u8> {
    let (pixels, _) = bytes.as_chunks::<CHANNELS>();
    let mut four = vec![0; pixels.len() * 4];
    let (spread, _) = four.as_chunks_mut::<4>();
    for (to, from) in spread.iter_mut().zip(pixels) {
        to[..CHANNELS].copy_from_slice(from);
    }
    four
}

fn gathered<const CHANNELS: usize>(four: &[u8]) -> Vec<u8> {
    let (pixels, _) = four.as_chunks::<4>();
    let mut bytes = Vec::with_capacity(pixels.len() * CHANNELS);
    for pixel in pixels {
        bytes.extend_from_slice(&pixel[..CHANNELS]);
    }
    bytes
}
