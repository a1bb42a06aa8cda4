//! What will be sent, and what is seen before: the whole way from a file's bytes to a picture's.
//!
//! Survey, decode (scaled where the format can), white under what is transparent and 8 bits a sample, crop and resize, colours, turn upright, encode. The
//! order is by cost: everything after resizing sees at most [`EDGE`] by [`EDGE`] pixels.

use image::{DynamicImage, RgbImage};

use crate::advice::{self, Advice};
use crate::colour;
use crate::decode::{Ink, decode};
use crate::encode::{Manner, encode};
use crate::error::PhotoError;
use crate::facts::{Facts, Survey, survey};
use crate::format::Format;
use crate::frame::{CARD_SHAPE, Focus, Frame};
use crate::inspect::{LIMIT_BYTES, inspect};
use crate::resize::{Care, plain, resize};

/// The longer edge of what is sent, at most: a card across a large screen, with two pixels to a point.
pub const EDGE: u32 = 2_048;

/// A picture that can be shown and sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: Format,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} {} × {}, {} bytes",
            self.format,
            self.width,
            self.height,
            self.bytes.len()
        )
    }
}

/// What will be sent, and what became of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The photo, under [`LIMIT_BYTES`].
    pub picture: Picture,
    /// These are the very bytes given: nothing had to be done.
    pub is_original: bool,
    /// What was given.
    pub before: Facts,
    /// What to tell about it, most important first.
    pub advice: Vec<Advice>,
}

/// A first look: upright, in sRGB, at most `edge` pixels on the longer edge. Quick, and good enough to decide by.
pub fn preview(bytes: &[u8], edge: u32) -> Result<Picture, PhotoError> {
    let survey = survey(bytes)?;
    let frame = Frame::whole(survey.upright(), edge.max(1));
    let rendered = render(bytes, &survey, &frame, Care::Quick)?;
    encode(&rendered.picture, LOOK, LIMIT_BYTES)
}

/// A picture for lists: covers `width` by `height`, cropped to the middle, and is no larger than the original.
pub fn thumbnail(bytes: &[u8], width: u32, height: u32) -> Result<Picture, PhotoError> {
    let survey = survey(bytes)?;
    let (width, height) = (width.max(1), height.max(1));
    let frame = Frame::of_shape(
        survey.upright(),
        (width, height),
        Focus::MIDDLE,
        width.max(height),
    );
    let rendered = render(bytes, &survey, &frame, Care::Fine)?;
    encode(&rendered.picture, LOOK, LIMIT_BYTES)
}

/// Makes what will be sent: the whole picture, or with `crop` the part of the card's shape around it. Nothing but the picture is left
/// in the file.
pub fn prepare(bytes: &[u8], crop: Option<Focus>) -> Result<Prepared, PhotoError> {
    let survey = survey(bytes)?;
    let upright = survey.upright();
    let frame = match crop {
        Some(focus) => Frame::of_shape(upright, CARD_SHAPE, focus, EDGE),
        None => Frame::whole(upright, EDGE),
    };
    let rendered = render(bytes, &survey, &frame, Care::Fine)?;
    let before = survey.facts();
    let advice = advice_on(&before, &rendered, &frame);
    let is_original = is_fine(bytes, &survey, &rendered, &frame);
    let picture = if is_original {
        Picture {
            bytes: bytes.to_vec(),
            format: survey.format,
            width: upright.0,
            height: upright.1,
        }
    } else {
        let manner = Manner {
            quality: 85,
            progressive: true,
            // What was stored without loss is often lettering.
            fine_colours: matches!(survey.format, Format::Png | Format::Gif | Format::Bmp),
        };
        encode(&rendered.picture, manner, LIMIT_BYTES)?
    };
    Ok(Prepared {
        picture,
        is_original,
        before,
        advice,
    })
}

/// For the screen of this computer only.
const LOOK: Manner = Manner {
    quality: 82,
    progressive: false,
    fine_colours: false,
};

struct Rendered {
    picture: RgbImage,
    is_converted: bool,
    is_on_white: bool,
    /// Pixels of 16 bits, or inks: browsers show some of them, each in its way.
    is_deep: bool,
}

fn render(bytes: &[u8], survey: &Survey, frame: &Frame, care: Care) -> Result<Rendered, PhotoError> {
    let stored = decode(bytes, survey, frame.scale())?;
    let is_deep = stored.is_deep || stored.ink == Ink::Cmyk;
    let (bitmap, is_on_white) = plain(stored)?;
    let as_stored = frame.as_stored(survey.upright(), survey.orientation);
    let bitmap = resize(bitmap, &as_stored, (survey.width, survey.height), care)?;
    let (picture, is_converted) = colour::to_srgb(bitmap, survey.profile.as_deref())?;
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(survey.orientation);
    Ok(Rendered {
        picture: picture.into_rgb8(),
        is_converted,
        is_on_white,
        is_deep,
    })
}

/// Whether the file can be sent as it is: a browser's format, upright, in sRGB, small enough, whole, opaque, and nothing but a picture.
fn is_fine(bytes: &[u8], survey: &Survey, rendered: &Rendered, frame: &Frame) -> bool {
    let (width, height) = survey.upright();
    let facts = survey.facts();
    let all_of_it =
        frame.to == (width, height) && frame.width * frame.height == f64::from(width) * f64::from(height);
    matches!(survey.format, Format::Jpeg | Format::Png | Format::WebP)
        && bytes.len() < LIMIT_BYTES
        && all_of_it
        && !(facts.turned || facts.details || facts.location || facts.moving)
        && !(rendered.is_converted || rendered.is_on_white || rendered.is_deep)
        // The last check before sending reads it once more, with another decoder.
        && inspect(bytes).is_ok()
}

fn advice_on(before: &Facts, rendered: &Rendered, frame: &Frame) -> Vec<Advice> {
    let size = (before.width, before.height);
    let mut all = advice::on(&rendered.picture, frame.percent_lost(size));
    let done = [
        (before.location, Advice::LocationRemoved),
        (before.turned, Advice::TurnedUpright),
        (rendered.is_converted, Advice::ColoursConverted),
        (rendered.is_on_white, Advice::OnWhite),
        (before.moving, Advice::StillOfAnimation),
        (before.details && !before.location, Advice::DetailsRemoved),
    ];
    all.extend(
        done.into_iter()
            .filter_map(|(is_so, advice)| is_so.then_some(advice)),
    );
    if frame.scale() < 1.0 {
        all.push(Advice::MadeSmaller {
            from: size,
            to: frame.to,
        });
    }
    all
}
