//! What a manager should know about a photo, in plain words. Advice never blocks.

use std::fmt;

use image::RgbImage;

/// One thing worth knowing about a photo, or one that was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The camera was held sideways or upside down.
    TurnedUpright,
    /// The file said where it was taken.
    LocationRemoved,
    /// The file carried other details, such as camera and time.
    DetailsRemoved,
    /// The colours were meant for other screens or for print.
    ColoursConverted,
    /// Only the first picture of a moving one is shown.
    StillOfAnimation,
    /// What was transparent is white now.
    OnWhite,
    /// Fewer pixels than before.
    MadeSmaller {
        /// The upright size before, of the part that is shown.
        from: (u32, u32),
        /// The size that is sent.
        to: (u32, u32),
    },
    /// Too few pixels for large screens.
    Small {
        /// Of what is sent.
        width: u32,
        /// Likewise.
        height: u32,
    },
    /// Hard to see anything on.
    Dark,
    /// Nothing in it is sharp.
    Blurred,
    /// The crop leaves much of the picture out.
    WideCrop {
        /// Of the picture's area.
        percent_lost: u8,
    },
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TurnedUpright => f.write_str("Turned upright."),
            Self::LocationRemoved => f.write_str("The place where it was taken is removed."),
            Self::DetailsRemoved => f.write_str("Hidden details, such as camera and time, are removed."),
            Self::ColoursConverted => {
                f.write_str("Colours are converted, so that they look the same on every screen.")
            }
            Self::StillOfAnimation => f.write_str("It moves; guests see its first picture."),
            Self::OnWhite => f.write_str("Transparent parts are white."),
            Self::MadeSmaller { from, to } => write!(
                f,
                "Made smaller, from {} × {} to {} × {} pixels.",
                from.0, from.1, to.0, to.1
            ),
            Self::Small { width, height } => {
                write!(
                    f,
                    "Small, {width} × {height} pixels: may look soft on large screens."
                )
            }
            Self::Dark => f.write_str("Quite dark."),
            Self::Blurred => f.write_str("Looks blurred."),
            Self::WideCrop { percent_lost } => {
                write!(
                    f,
                    "The card's wide shape leaves out {percent_lost} % of the picture."
                )
            }
        }
    }
}

/// A card on a large screen is about 640 points wide, and such screens have two pixels to a point.
const SMALL: u32 = 1_200;
/// The share that a crop may leave out unsaid, in percent. A photo of 4:3 loses 25.
const WIDE_CROP: u8 = 30;

/// Of the picture as it will be sent, with the share that its crop leaves out.
pub(crate) fn on(picture: &RgbImage, percent_lost: u8) -> Vec<Advice> {
    let (width, height) = picture.dimensions();
    let mut advice = Vec::new();
    if width < SMALL {
        advice.push(Advice::Small { width, height });
    }
    let luma = Luma::of(picture);
    if luma.is_dark() {
        advice.push(Advice::Dark);
    } else if luma.is_blurred() {
        advice.push(Advice::Blurred);
    }
    if percent_lost >= WIDE_CROP {
        advice.push(Advice::WideCrop { percent_lost });
    }
    advice
}

/// Brightness alone.
struct Luma {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

impl Luma {
    fn of(picture: &RgbImage) -> Self {
        let luma = |[red, green, blue]: &[u8; 3]| {
            #[expect(clippy::cast_possible_truncation, reason = "the weights add up to 256")]
            let luma = ((77 * u32::from(*red) + 150 * u32::from(*green) + 29 * u32::from(*blue)) >> 8) as u8;
            luma
        };
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values: picture.as_raw().as_chunks::<3>().0.iter().map(luma).collect(),
        }
    }

    /// Nine tenths of the picture are nearly black, and so is its mean. A night sky with a lit house is not dark.
    fn is_dark(&self) -> bool {
        let mut histogram = [0_usize; 256];
        for value in &self.values {
            histogram[usize::from(*value)] += 1;
        }
        let total = self.values.len().max(1);
        let mean = self.values.iter().map(|value| usize::from(*value)).sum::<usize>() / total;
        let darker: usize = histogram[..90].iter().sum();
        mean < 45 && darker * 10 >= total * 9
    }

    /// Even the sharpest of 8 × 8 parts has no edge that is steep for its contrast. A picture without contrast has nothing to be sharp.
    fn is_blurred(&self) -> bool {
        const PARTS: usize = 8;
        if self.width < 16 * PARTS || self.height < 16 * PARTS {
            return false;
        }
        let mut has_contrast = false;
        for part in 0..PARTS * PARTS {
            let (column, row) = (part % PARTS, part / PARTS);
            let columns = column * self.width / PARTS..(column + 1) * self.width / PARTS;
            let rows = row * self.height / PARTS..(row + 1) * self.height / PARTS;
            let Some((contrast, steepest)) = self.steepest(columns, rows) else {
                continue;
            };
            has_contrast = true;
            // An edge that takes more than about ten pixels for its rise is soft to the eye.
            if steepest * 10 >= contrast {
                return false;
            }
        }
        has_contrast
    }

    /// The contrast within a part, and how much of it the steepest step between two neighbours takes. Nothing where all is even.
    fn steepest(&self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Option<(u32, u32)> {
        const EVEN: u8 = 40;
        let (mut darkest, mut brightest) = (u8::MAX, 0);
        let mut steps = [0_u32; 256];
        let mut count = 0;
        for row in rows {
            let line = &self.values[row * self.width..][columns.clone()];
            for pair in line.windows(2) {
                darkest = darkest.min(pair[0]);
                brightest = brightest.max(pair[0]);
                steps[usize::from(pair[0].abs_diff(pair[1]))] += 1;
                count += 1;
            }
            if row + 1 < self.height {
                let next = &self.values[(row + 1) * self.width..][columns.clone()];
                for (above, below) in line.iter().zip(next) {
                    steps[usize::from(above.abs_diff(*below))] += 1;
                    count += 1;
                }
            }
        }
        let contrast = brightest.saturating_sub(darkest);
        if contrast < EVEN {
            return None;
        }
        // One in a thousand may be noise.
        let mut left = count / 1_000;
        let steepest = (0..256_u32).rev().find(|step| {
            let here = steps[*step as usize];
            let reached = here > left;
            left = left.saturating_sub(here);
            reached
        });
        Some((u32::from(contrast), steepest.unwrap_or(0)))
    }
}
