//! The markers of a JPEG: whether it is whole, and what it carries besides the picture.
//!
//! Its decoders paint what is missing grey and say nothing, or say it in words only. So the markers are walked to the one that ends
//! the picture. What follows that is no damage: phones hang depth maps and little films on it.

pub(crate) const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
pub(crate) const SOS: u8 = 0xda;
pub(crate) const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
pub(crate) const APP2: u8 = 0xe2;
pub(crate) const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;

pub(crate) const JFIF: &[u8] = b"JFIF\0";
/// With version, density, and the measures of a thumbnail.
const JFIF_LENGTH: usize = 14;
const EXIF: &[u8] = b"Exif\0";
pub(crate) const PROFILE: &[u8] = b"ICC_PROFILE\0";
/// What counts as a colour profile. Those of printers reach two megabytes.
const LIMIT_PROFILE: usize = 4 * 1024 * 1024;

/// What stands before the first scan.
pub(crate) struct Header<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) precision: u8,
    pub(crate) is_lossless: bool,
    pub(crate) is_arithmetic: bool,
    /// It is progressive, or comes in one scan for each component.
    has_many_scans: bool,
    /// Each component's sampling factors.
    sampling: Vec<(u8, u8)>,
    /// Adobe's marker is there, by which inks are stored inverted.
    pub(crate) is_adobe: bool,
    /// The first EXIF block, from its byte order mark on.
    pub(crate) exif: Option<&'a [u8]>,
    /// Put together from its pieces.
    pub(crate) profile: Option<Vec<u8>>,
    /// Every other segment that the picture does not need, EXIF included, without its length.
    pub(crate) extras: Vec<&'a [u8]>,
}

impl Header<'_> {
    /// The bytes that a decoder keeps while scans add up to a picture: two for each sample. Nothing, if one scan holds it all.
    pub(crate) fn memory_of_scans(&self) -> u64 {
        let widest = self.sampling.iter().map(|(h, _)| *h).max().unwrap_or(1).max(1);
        let tallest = self.sampling.iter().map(|(_, v)| *v).max().unwrap_or(1).max(1);
        if !self.has_many_scans {
            return 0;
        }
        let pixels = u64::from(self.width) * u64::from(self.height);
        let share = |(h, v): &(u8, u8)| {
            2 * pixels * u64::from(*h) * u64::from(*v) / (u64::from(widest) * u64::from(tallest))
        };
        self.sampling.iter().map(share).sum()
    }

    /// The numbers alone, for keeping.
    pub(crate) fn without_borrows(self) -> Header<'static> {
        Header {
            exif: None,
            profile: None,
            extras: Vec::new(),
            width: self.width,
            height: self.height,
            precision: self.precision,
            is_lossless: self.is_lossless,
            is_arithmetic: self.is_arithmetic,
            has_many_scans: self.has_many_scans,
            sampling: self.sampling,
            is_adobe: self.is_adobe,
        }
    }
}

/// Reads up to the first scan. `None` when there is none, or no size before it.
pub(crate) fn header(bytes: &[u8]) -> Option<Header<'_>> {
    let mut header = Header {
        width: 0,
        height: 0,
        precision: 0,
        is_lossless: false,
        is_arithmetic: false,
        has_many_scans: false,
        sampling: Vec::new(),
        is_adobe: false,
        exif: None,
        profile: None,
        extras: Vec::new(),
    };
    let mut pieces: Vec<(u8, &[u8])> = Vec::new();
    let mut has_scan = false;
    for Segment { marker, body, .. } in Segments::of(bytes) {
        match marker {
            SOS => {
                let in_scan = usize::from(*body.first()?);
                header.has_many_scans |= in_scan < header.sampling.len();
                has_scan = true;
                break;
            }
            // Start of frame; 0xc4, 0xc8 and 0xcc are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let [precision, h1, h0, w1, w0, count, components @ ..] = body else {
                    return None;
                };
                header.precision = *precision;
                header.height = u32::from(u16::from_be_bytes([*h1, *h0]));
                header.width = u32::from(u16::from_be_bytes([*w1, *w0]));
                header.is_lossless = marker & 3 == 3;
                header.has_many_scans = marker & 3 == 2;
                header.is_arithmetic = marker >= 0xc8;
                header.sampling = components
                    .chunks_exact(3)
                    .take(usize::from(*count))
                    .map(|component| (component[1] >> 4, component[1] & 15))
                    .collect();
            }
            APP2 if body.starts_with(PROFILE) => {
                if let [number, _, piece @ ..] = &body[PROFILE.len()..] {
                    pieces.push((*number, piece));
                }
            }
            // More of it is a thumbnail, which may be of another picture.
            APP0 if body.starts_with(JFIF) && body.len() <= JFIF_LENGTH => {}
            APP14 if body.starts_with(b"Adobe") => header.is_adobe = true,
            APP0..=APP15 | COM => {
                if marker == APP1 && header.exif.is_none() {
                    // One more zero pads the name.
                    header.exif = body.strip_prefix(EXIF).and_then(|exif| exif.get(1..));
                }
                header.extras.push(body);
            }
            _ => {}
        }
    }
    // A profile of no sensible size is an extra: not believed, and not passed on either.
    let piece = pieces.first().map(|(_, piece)| *piece);
    header.profile = assembled(pieces);
    if header.profile.is_none() {
        header.extras.extend(piece);
    }
    (has_scan && header.width > 0 && !header.sampling.is_empty()).then_some(header)
}

/// A marker with its length and what that counts.
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    /// Without the length.
    pub(crate) body: &'a [u8],
    /// Where it ends.
    pub(crate) end: usize,
}

/// The segments of a picture up to the first scan's. None comes after the picture's end, or if the rest is too short for it.
pub(crate) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            let (marker, at) = next_marker(self.bytes, self.at)?;
            self.at = at;
            match marker {
                // Without a length: start of image, restarts within a scan, and TEM.
                SOI | 0xd0..=0xd7 | 0x01 => {}
                EOI => return None,
                _ => {
                    let length = u16::from_be_bytes([*self.bytes.get(at)?, *self.bytes.get(at + 1)?]).max(2);
                    let end = at + usize::from(length);
                    let body = self.bytes.get(at + 2..end)?;
                    self.at = end;
                    return Some(Segment { marker, body, end });
                }
            }
        }
    }
}

fn assembled(mut pieces: Vec<(u8, &[u8])>) -> Option<Vec<u8>> {
    pieces.sort_by_key(|(number, _)| *number);
    let size: usize = pieces.iter().map(|(_, piece)| piece.len()).sum();
    let sensible = size > 0 && size <= LIMIT_PROFILE;
    sensible.then(|| {
        pieces
            .iter()
            .flat_map(|(_, piece)| piece.iter().copied())
            .collect()
    })
}

/// Whether `bytes` hold at least one scan, and the marker that ends the picture.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    end(bytes).is_some()
}

/// How a picture ends.
pub(crate) struct End {
    /// Where.
    pub(crate) at: usize,
    /// Something that the picture does not need stands behind the beginning of its first scan.
    pub(crate) has_extras: bool,
}

/// The end of the picture, if it comes after at least one scan.
pub(crate) fn end(bytes: &[u8]) -> Option<End> {
    let mut at = 0;
    let mut scans = 0;
    let mut has_extras = false;
    loop {
        let (marker, after) = next_marker(bytes, at)?;
        at = after;
        match marker {
            EOI => return (scans > 0).then_some(End { at, has_extras }),
            // Without a length: start of image, restarts within a scan, and TEM.
            SOI | 0xd0..=0xd7 | 0x01 => {}
            _ => {
                let length = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
                at += usize::from(length.max(2));
                scans += usize::from(marker == SOS);
                has_extras |= scans > 0 && matches!(marker, APP0..=APP15 | COM);
            }
        }
    }
}

/// The next marker from `at`, and where it ends. Steps over the data of a scan, where a `0xff` that is none is followed by a zero.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        // Any number of 0xff may stand before a marker.
        at += bytes.get(at..)?.iter().position(|byte| *byte != 0xff)?;
        let marker = *bytes.get(at)?;
        at += 1;
        if marker != 0 {
            return Some((marker, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_picture_ends_at_its_own_end_marker() {
        // Start, a thumbnail's end marker inside a segment, a scan with a stuffed 0xff, a restart and a fill byte, end.
        let whole = [
            &[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xd9][..],
            &[0xff, 0xda, 0, 4, 1, 2, 7, 0xff, 0, 7, 0xff, 0xd0, 7, 0xff],
            &[0xff, 0xd9],
        ]
        .concat();
        assert!(is_whole(&whole));
        assert!(is_whole(&[&whole[..], b"a little film"].concat()));
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]), "cut off after {end} bytes");
        }
    }

    #[test]
    fn a_picture_without_a_scan_is_none() {
        assert!(!is_whole(&[0xff, 0xd8, 0xff, 0xd9]));
        assert!(!is_whole(b""));
    }
}
