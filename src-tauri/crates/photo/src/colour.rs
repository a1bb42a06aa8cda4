//! Every picture's colours as sRGB, which is what browsers take a picture without a profile for.
//!
//! An embedded profile is believed when it can be read and fits the pixels; otherwise the numbers are taken as they are, as browsers
//! do. Inks without a profile are turned into light by the plain rule.

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::decode::{Bitmap, Ink};
use crate::error::PhotoError;

/// Profiles that shift no colour by more than this are sRGB by another name.
const SAME: u8 = 2;

/// An embedded profile that changes colours.
pub(crate) struct Profile(Box<ColorProfile>);

impl Profile {
    /// Reads a profile. `None` when it is none, does not fit, or says no more than sRGB.
    pub(crate) fn read(bytes: Option<&[u8]>, ink: Ink) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(bytes?).ok()?;
        let fits = match ink {
            Ink::Grey => profile.color_space == DataColorSpace::Gray,
            Ink::Rgb => profile.color_space == DataColorSpace::Rgb,
            Ink::Cmyk => profile.color_space == DataColorSpace::Cmyk,
        };
        let profile = Self(Box::new(profile));
        (fits && !profile.is_plain(ink)).then_some(profile)
    }

    /// Whether colours stay as they are. Tried out: profiles of the same colours are written in many ways.
    fn is_plain(&self, ink: Ink) -> bool {
        if ink == Ink::Cmyk {
            return false;
        }
        let steps = [0_u8, 32, 64, 96, 128, 160, 192, 224, 255];
        let mut samples = Vec::new();
        for red in steps {
            for green in steps {
                for blue in steps {
                    let is_grey = red == green && green == blue;
                    match ink {
                        Ink::Grey if is_grey => samples.push(red),
                        Ink::Grey => {}
                        _ => samples.extend([red, green, blue]),
                    }
                }
            }
        }
        let before: Vec<u8> = match ink {
            Ink::Grey => samples.iter().flat_map(|grey| [*grey; 3]).collect(),
            _ => samples.clone(),
        };
        self.convert(&samples, ink)
            .is_some_and(|after| before.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= SAME))
    }

    fn convert(&self, samples: &[u8], ink: Ink) -> Option<Vec<u8>> {
        let (layout, channels) = match ink {
            Ink::Grey => (Layout::Gray, 1),
            Ink::Rgb => (Layout::Rgb, 3),
            Ink::Cmyk => (Layout::Rgba, 4),
        };
        let srgb = ColorProfile::new_srgb();
        let transform = self
            .0
            .create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default())
            .ok()?;
        let mut converted = vec![0; samples.len() / channels * 3];
        transform.transform(samples, &mut converted).ok()?;
        Some(converted)
    }
}

/// The picture in sRGB with 8 bits, and whether a profile changed its colours.
pub(crate) fn to_srgb(bitmap: Bitmap, profile: Option<&[u8]>) -> Result<(RgbImage, bool), PhotoError> {
    let Bitmap { image, ink } = bitmap;
    let (width, height) = (image.width(), image.height());
    let samples = image.into_vec();
    let converted = Profile::read(profile, ink).and_then(|profile| profile.convert(&samples, ink));
    let was_converted = converted.is_some() || ink == Ink::Cmyk;
    let rgb = match (converted, ink) {
        (Some(rgb), _) => rgb,
        (None, Ink::Rgb) => samples,
        (None, Ink::Grey) => samples.iter().flat_map(|grey| [*grey; 3]).collect(),
        (None, Ink::Cmyk) => samples.as_chunks::<4>().0.iter().flat_map(light).collect(),
    };
    let rgb = RgbImage::from_raw(width, height, rgb).ok_or(PhotoError::Damaged)?;
    Ok((rgb, was_converted))
}

/// What ink leaves of white light.
fn light([cyan, magenta, yellow, black]: &[u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let left = u32::from(255 - ink) * u32::from(255 - black);
        #[expect(clippy::cast_possible_truncation, reason = "at most 255")]
        let light = ((left + 127) / 255) as u8;
        light
    })
}
