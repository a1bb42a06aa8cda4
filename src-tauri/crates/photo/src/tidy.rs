//! What libjpeg-turbo warns of although nothing of the picture is missing, put right before it is read.
//!
//! Cameras and programs write headers that are not quite by the rules. Any warning refuses a photo (`decode.rs`), since a hole is
//! no more than a warning either; and only the first one is told in words, so that one let pass would hide those after it.

use std::borrow::Cow;

use crate::jpeg::{APP0, APP2, APP14, JFIF, PROFILE, SOI, SOS, Segments};

/// The picture with a header by the rules; the bytes themselves if it has one.
pub(crate) fn tidied(bytes: &[u8]) -> Cow<'_, [u8]> {
    match tidy_head(bytes) {
        Some((head, end)) if bytes.get(..end) != Some(&head) => {
            Cow::Owned([&head, bytes.get(end..).unwrap_or_default()].concat())
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// All up to the data of the first scan, and where that stood. Whatever lies between segments is left out. `None` without a scan.
fn tidy_head(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let believes_profile = has_sound_profile(bytes);
    let mut head = vec![0xff, SOI];
    let mut components = 0;
    let mut is_sequential = false;
    let mut adobe_transform = None;
    for segment in Segments::of(bytes) {
        if segment.marker == APP2 && segment.body.starts_with(PROFILE) && !believes_profile {
            continue;
        }
        head.extend([0xff, segment.marker]);
        head.extend(u16::try_from(segment.body.len() + 2).ok()?.to_be_bytes());
        let start = head.len();
        head.extend(segment.body);
        match segment.marker {
            // Of a later revision than any there is.
            APP0 if segment.body.starts_with(JFIF) && segment.body.len() > JFIF.len() => {
                head[start + JFIF.len()] = 1;
            }
            APP14 if segment.body.starts_with(b"Adobe") && segment.body.len() > 11 => {
                adobe_transform = Some(start + 11);
            }
            0xc0..=0xc2 => {
                components = *segment.body.get(5)?;
                is_sequential = segment.marker != 0xc2;
            }
            SOS => {
                if is_sequential {
                    // Which coefficients, and which of their bits: in one scan all of them. Some phones write zeros.
                    let spectrum = head.len().checked_sub(3)?;
                    head[spectrum..].copy_from_slice(&[0, 63, 0]);
                }
                if let Some(at) = adobe_transform {
                    head[at] = known_transform(head[at], components);
                }
                return Some((head, segment.end));
            }
            _ => {}
        }
    }
    None
}

/// What a decoder takes an unknown colour transform of so many components for.
fn known_transform(transform: u8, components: u8) -> u8 {
    match (components, transform) {
        (3, 2..) => 1,
        (4, 1 | 3..) => 2,
        _ => transform,
    }
}

/// Whether the pieces of the colour profile, if there are any, are numbered from one on and say how many they are.
fn has_sound_profile(bytes: &[u8]) -> bool {
    let mut pieces = Vec::new();
    for segment in Segments::of(bytes) {
        if segment.marker == APP2
            && let Some([number, count, ..]) = segment.body.strip_prefix(PROFILE)
        {
            pieces.push((usize::from(*number), usize::from(*count)));
        }
    }
    let count = pieces.len();
    pieces.sort_unstable();
    (1..)
        .zip(&pieces)
        .all(|(number, piece)| *piece == (number, count))
}
