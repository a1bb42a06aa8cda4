//! Which part of a picture is shown, and in how many pixels: sizes and rectangles, no pixels.

use image::metadata::Orientation;

use crate::facts::lies_on_its_side;

/// The shape of an offer's card, width to height.
pub const CARD_SHAPE: (u32, u32) = (16, 9);

/// Where a crop lies: the point of the upright picture that stays in the middle, as far as its edges allow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focus {
    /// From the left edge, 0, to the right, 1. Beyond counts as at the edge.
    pub x: f32,
    /// From the top, 0, to the bottom, 1.
    pub y: f32,
}

impl Focus {
    /// The middle of the picture.
    pub const MIDDLE: Self = Self { x: 0.5, y: 0.5 };
}

/// A part of a picture and the size it gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// In pixels of the result.
    pub(crate) to: (u32, u32),
}

impl Frame {
    /// All of a picture, at most `edge` pixels on its longer side.
    pub(crate) fn whole((width, height): (u32, u32), edge: u32) -> Self {
        let longer = width.max(height);
        let to = if longer <= edge {
            (width, height)
        } else {
            let scale = f64::from(edge.max(1)) / f64::from(longer);
            (
                pixels(f64::from(width) * scale),
                pixels(f64::from(height) * scale),
            )
        };
        Self {
            left: 0.0,
            top: 0.0,
            width: f64::from(width),
            height: f64::from(height),
            to,
        }
    }

    /// The largest part that has `shape`, as near to `focus` as the edges allow, at most `edge` pixels on its longer side.
    pub(crate) fn of_shape(size: (u32, u32), shape: (u32, u32), focus: Focus, edge: u32) -> Self {
        let whole = Self::whole(size, u32::MAX);
        let ratio = f64::from(shape.0.max(1)) / f64::from(shape.1.max(1));
        let width = whole.width.min(whole.height * ratio);
        let height = whole.height.min(whole.width / ratio);
        let place = |focus: f32, size: f64, part: f64| {
            let focus = if focus.is_nan() { 0.5 } else { f64::from(focus) };
            (focus * size - part / 2.0).clamp(0.0, (size - part).max(0.0))
        };
        let scale = (f64::from(edge.max(1)) / width.max(height)).min(1.0);
        let to = (pixels(width * scale), pixels(height * scale));
        Self {
            left: place(focus.x, whole.width, width),
            top: place(focus.y, whole.height, height),
            width,
            height,
            to,
        }
    }

    /// How much the result is smaller than what it shows, at most 1.
    pub(crate) fn scale(&self) -> f64 {
        (f64::from(self.to.0) / self.width).max(f64::from(self.to.1) / self.height)
    }

    /// The share of a picture that lies outside, in percent.
    pub(crate) fn percent_lost(&self, (width, height): (u32, u32)) -> u8 {
        let kept = self.width * self.height / (f64::from(width) * f64::from(height));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = ((1.0 - kept) * 100.0).round().clamp(0.0, 100.0) as u8;
        percent
    }

    /// The same part, in the pixels as stored. `upright` is the size of the picture after `orientation`.
    pub(crate) fn as_stored(&self, (width, height): (u32, u32), orientation: Orientation) -> Self {
        let (far_x, far_y) = (
            f64::from(width) - self.left - self.width,
            f64::from(height) - self.top - self.height,
        );
        let (left, top) = match orientation {
            Orientation::NoTransforms => (self.left, self.top),
            Orientation::FlipHorizontal => (far_x, self.top),
            Orientation::Rotate180 => (far_x, far_y),
            Orientation::FlipVertical => (self.left, far_y),
            Orientation::Rotate90FlipH => (self.top, self.left),
            Orientation::Rotate90 => (self.top, far_x),
            Orientation::Rotate270FlipH => (far_y, far_x),
            Orientation::Rotate270 => (far_y, self.left),
        };
        let (left, top) = (left.max(0.0), top.max(0.0));
        if lies_on_its_side(orientation) {
            Self {
                left,
                top,
                width: self.height,
                height: self.width,
                to: (self.to.1, self.to.0),
            }
        } else {
            Self { left, top, ..*self }
        }
    }
}

fn pixels(length: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, which is meant"
    )]
    let whole = length.round() as u32;
    whole.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_picture_gets_the_longer_edge_and_a_small_one_stays() {
        assert_eq!(Frame::whole((4000, 3000), 2048).to, (2048, 1536));
        assert_eq!(Frame::whole((3000, 4000), 2048).to, (1536, 2048));
        assert_eq!(Frame::whole((2048, 10), 2048).to, (2048, 10));
        assert_eq!(Frame::whole((60_000, 2), 2048).to, (2048, 1), "no side vanishes");
    }

    #[test]
    fn a_crop_follows_its_focus_and_stops_at_the_edges() {
        let at = |x, y| {
            let frame = Frame::of_shape((4000, 3000), CARD_SHAPE, Focus { x, y }, 2048);
            assert_eq!(
                (frame.width, frame.height, frame.to),
                (4000.0, 2250.0, (2048, 1152))
            );
            (frame.left, frame.top)
        };
        assert_eq!(at(0.5, 0.5), (0.0, 375.0));
        assert_eq!(at(0.1, 0.0), (0.0, 0.0));
        assert_eq!(at(0.9, 7.0), (0.0, 750.0));
        assert_eq!(at(f32::NAN, f32::NAN), (0.0, 375.0));
        let tall = Frame::of_shape((900, 1600), CARD_SHAPE, Focus::MIDDLE, 2048);
        assert_eq!(tall.to, (900, 506));
        assert_eq!(tall.percent_lost((900, 1600)), 68);
    }

    #[test]
    fn a_part_of_the_upright_picture_is_found_in_the_stored_one() {
        // Upright 4 x 2, its left top pixel.
        let frame = Frame {
            left: 0.0,
            top: 0.0,
            width: 1.0,
            height: 1.0,
            to: (1, 1),
        };
        for (exif, corner) in [
            (1, (0.0, 0.0)),
            (2, (3.0, 0.0)),
            (3, (3.0, 1.0)),
            (4, (0.0, 1.0)),
            (5, (0.0, 0.0)),
            (6, (0.0, 3.0)),
            (7, (1.0, 3.0)),
            (8, (1.0, 0.0)),
        ] {
            let orientation = Orientation::from_exif(exif).unwrap();
            let stored = frame.as_stored((4, 2), orientation);
            assert_eq!((stored.left, stored.top), corner, "orientation {exif}");
        }
    }
}
