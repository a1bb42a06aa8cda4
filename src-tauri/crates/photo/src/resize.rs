//! Fewer pixels, and none that guests look through.
//!
//! Resizing comes before everything that costs by the pixel (colours, turning), in the kind of pixel that was stored. Only
//! transparency comes earlier, and in place: what is invisible must not bleed into its neighbours.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::decode::{Bitmap, Ink};
use crate::error::PhotoError;
use crate::frame::Frame;

/// Lays the picture on white. Says whether anything of the white shows.
pub(crate) fn on_white(bitmap: &mut Bitmap) -> bool {
    if bitmap.ink == Ink::Cmyk {
        return false;
    }
    let image = &mut bitmap.image;
    match image.pixel_type() {
        PixelType::U8x2 => on_white_8::<2>(image.buffer_mut()),
        PixelType::U8x4 => on_white_8::<4>(image.buffer_mut()),
        PixelType::U16x2 => on_white_16::<2>(image.buffer_mut()),
        PixelType::U16x4 => on_white_16::<4>(image.buffer_mut()),
        _ => false,
    }
}

fn on_white_8<const CHANNELS: usize>(bytes: &mut [u8]) -> bool {
    let mut shows = false;
    for pixel in bytes.as_chunks_mut::<CHANNELS>().0 {
        let alpha = u32::from(pixel[CHANNELS - 1]);
        if alpha == 255 {
            continue;
        }
        shows = true;
        for value in &mut pixel[..CHANNELS - 1] {
            #[expect(clippy::cast_possible_truncation, reason = "a mean of two values of 8 bits")]
            let mixed = ((u32::from(*value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            *value = mixed;
        }
        pixel[CHANNELS - 1] = 255;
    }
    shows
}

fn on_white_16<const CHANNELS: usize>(bytes: &mut [u8]) -> bool {
    const MAX: u64 = 65_535;
    let mut shows = false;
    let (values, _) = bytes.as_chunks_mut::<2>();
    for pixel in values.as_chunks_mut::<CHANNELS>().0 {
        let alpha = u64::from(u16::from_ne_bytes(pixel[CHANNELS - 1]));
        if alpha == MAX {
            continue;
        }
        shows = true;
        for value in &mut pixel[..CHANNELS - 1] {
            let mixed = (u64::from(u16::from_ne_bytes(*value)) * alpha + MAX * (MAX - alpha) + MAX / 2) / MAX;
            #[expect(clippy::cast_possible_truncation, reason = "a mean of two values of 16 bits")]
            let mixed = mixed as u16;
            *value = mixed.to_ne_bytes();
        }
        pixel[CHANNELS - 1] = u16::MAX.to_ne_bytes();
    }
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
    let mut smaller = Image::new(width, height, image.pixel_type());
    Resizer::new()
        .resize(&image, &mut smaller, &options)
        .map_err(|_| PhotoError::Damaged)?;
    Ok(Bitmap { image: smaller, ink })
}
