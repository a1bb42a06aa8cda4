//! What a file carries besides the picture: where it was taken, with which camera, by whom, and whether it moves.
//!
//! Nothing of this is ever passed on; it is only told. So a block that cannot be read counts as details, and what no reader knows (the
//! notes of camera makers) is details too. What a format lists that is not on the short list of what pictures need is an extra.

use exif::{Context, In, Reader};

use crate::format::Format;
use crate::jpeg;

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    pub(crate) location: bool,
    pub(crate) details: bool,
    pub(crate) moving: bool,
}

impl Traces {
    fn read(&mut self, block: &[u8]) {
        self.details = true;
        self.location |= names_a_place(block);
    }
}

/// The words by which XMP says where a picture was taken.
const PLACES: [&[u8]; 4] = [
    b"GPSL",
    b"photoshop:City",
    b"Iptc4xmpCore:Location",
    b"LocationCreated",
];

fn names_a_place(block: &[u8]) -> bool {
    PLACES
        .iter()
        .any(|place| block.windows(place.len()).any(|window| window == *place))
}

/// Whether an EXIF block, or a whole TIFF, has a latitude or anything else of the satellites' chapter.
fn is_located(exif: Vec<u8>) -> bool {
    let read = Reader::new().read_raw(exif);
    read.is_ok_and(|exif| exif.fields().any(|field| field.tag.context() == Context::Gps))
}

pub(crate) fn of_jpeg(header: &jpeg::Header<'_>) -> Traces {
    let mut traces = Traces::default();
    for extra in &header.extras {
        traces.read(extra);
    }
    traces.location |= header.exif.is_some_and(|exif| is_located(exif.to_vec()));
    traces
}

pub(crate) fn of_other(bytes: &[u8], format: Format, exif: Option<&[u8]>, xmp: Option<&[u8]>) -> Traces {
    let mut traces = match format {
        Format::Png => of_png(bytes),
        Format::WebP => of_webp(bytes),
        Format::Gif => of_gif(bytes).unwrap_or_default(),
        Format::Tiff => of_tiff(bytes),
        Format::Bmp | Format::Jpeg => Traces::default(),
    };
    if let Some(exif) = exif {
        traces.details = true;
        traces.location |= is_located(exif.to_vec());
    }
    if let Some(xmp) = xmp {
        traces.read(xmp);
    }
    traces
}

/// What a PNG needs to be shown: pixels, palette, transparency, and how its numbers are meant as colours.
const PNG_CHUNKS: [&[u8; 4]; 12] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"cICP", b"sBIT",
    b"pHYs",
];

fn of_png(bytes: &[u8]) -> Traces {
    let mut traces = Traces::default();
    let mut rest = &bytes[8.min(bytes.len())..];
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((name, after)) = after.split_first_chunk::<4>() else {
            break;
        };
        let Some(body) = after.get(..length) else {
            break;
        };
        match name {
            // A moving PNG's frames; what is left is its first picture.
            b"acTL" | b"fcTL" | b"fdAT" => traces.moving = true,
            // Large enough to unfold without end. Screens' and cameras' profiles take three kilobytes.
            b"iCCP" if body.len() > 64 * 1024 => traces.read(body),
            _ if PNG_CHUNKS.contains(&name) => {}
            _ => traces.read(body),
        }
        rest = after.get(length + 4..).unwrap_or_default();
        if name == b"IEND" {
            break;
        }
    }
    traces.details |= !rest.is_empty();
    traces
}

fn of_webp(bytes: &[u8]) -> Traces {
    let mut traces = Traces::default();
    for (name, body) in webp_chunks(bytes) {
        match name {
            b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ICCP" => {}
            b"ANIM" | b"ANMF" => traces.moving = true,
            _ => traces.read(body),
        }
    }
    traces
}

/// Names and bodies of a WebP's chunks; of one that says it is longer than the file, what is there.
pub(crate) fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        // Chunks are padded to an even length.
        rest = after.get(length.saturating_add(length % 2)..).unwrap_or_default();
        Some((name, after.get(..length).unwrap_or(after)))
    })
}

/// Walks the blocks of a GIF. `None` when it ends before its end.
fn of_gif(bytes: &[u8]) -> Option<Traces> {
    /// The colours of a table, by the flags that announce it.
    fn table(flags: u8) -> usize {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    }
    /// Where a chain of sub-blocks ends.
    fn skip(bytes: &[u8], mut at: usize) -> Option<usize> {
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                return Some(at);
            }
        }
    }
    let mut traces = Traces::default();
    let mut pictures = 0;
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x2c => {
                pictures += 1;
                traces.moving = pictures > 1;
                at = skip(bytes, at + 11 + table(*bytes.get(at + 9)?))?;
            }
            0x21 => {
                let label = *bytes.get(at + 1)?;
                let end = skip(bytes, at + 2)?;
                let body = bytes.get(at + 2..end)?;
                let is_loop = body.get(1..).is_some_and(|name| name.starts_with(b"NETSCAPE2.0"));
                if label == 0xfe || (label == 0xff && !is_loop) {
                    traces.read(body);
                }
                at = end;
            }
            _ => return Some(traces),
        }
    }
}

/// The tags that lay out a TIFF's pixels and colours. Everything else is details.
const TIFF_LAYOUT: [u16; 29] = [
    254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 292, 293, 296,
    301, 317, 320, 322, 323, 324, 325, 338,
];

fn of_tiff(bytes: &[u8]) -> Traces {
    let mut traces = Traces::default();
    match Reader::new().read_raw(bytes.to_vec()) {
        Ok(exif) => {
            for field in exif.fields() {
                let layout = field.tag.context() == Context::Tiff
                    && field.ifd_num == In::PRIMARY
                    && (TIFF_LAYOUT.contains(&field.tag.number())
                        || matches!(field.tag.number(), 339 | 347 | 530 | 531 | 532 | 34675));
                traces.details |= !layout;
                traces.location |= field.tag.context() == Context::Gps;
            }
        }
        Err(_) => traces.details = true,
    }
    traces
}
