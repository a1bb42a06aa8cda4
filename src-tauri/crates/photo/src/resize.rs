//! Fewer pixels, of a plainer kind, and none that guests look through.
//!
//! First, in place: what is transparent is laid on white (what is invisible must not bleed into its neighbours), and 16 bits become 8.
//! Then the size, before everything else that costs by the pixel.

use fast_image_resize::images::Image;
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, PixelType, ResizeAlg, ResizeOptions, Resizer};

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
    let smaller = match ink {
        Ink::Grey => resized::<U8>(&image, frame.to, &options),
        Ink::Rgb => resized::<U8x3>(&image, frame.to, &options),
        Ink::Cmyk => resized::<U8x4>(&image, frame.to, &options),
    };
    let image = smaller.ok_or(PhotoError::Damaged)?;
    Ok(Bitmap { image, ink })
}

/// By the kind of pixel: the library's own choice at run time would compile its code for each of the kinds it knows.
fn resized<P: PixelTrait>(
    image: &Image<'_>,
    (width, height): (u32, u32),
    options: &ResizeOptions,
) -> Option<Image<'static>> {
    let mut smaller = Image::new(width, height, image.pixel_type());
    let from = image.typed_image::<P>()?;
    let mut to = smaller.typed_image_mut::<P>()?;
    Resizer::new().resize_typed(&from, &mut to, options).ok()?;
    drop(to);
    Some(smaller)
}
