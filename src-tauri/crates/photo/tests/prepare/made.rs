//! Pictures and the blocks that cameras add to them.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

pub(crate) const RED: [u8; 3] = [210, 40, 30];
pub(crate) const GREEN: [u8; 3] = [40, 170, 60];
pub(crate) const BLUE: [u8; 3] = [30, 50, 200];
pub(crate) const SAND: [u8; 3] = [220, 200, 150];

/// Four quarters: red and green above, blue and sand below.
pub(crate) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x * 2 < width, y * 2 < height) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => SAND,
        })
    })
}

/// The colours in the middle of the four quarters, in the order of reading.
pub(crate) fn corners(picture: &RgbImage) -> [[u8; 3]; 4] {
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| picture.get_pixel(width * x / 4, height * y / 4).0)
}

pub(crate) fn flat(width: u32, height: u32, colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(colour))
}

#[track_caller]
pub(crate) fn assert_near(seen: [u8; 3], expected: [u8; 3], most: u8, what: &str) {
    let is_near = seen.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= most);
    assert!(is_near, "{what}: {seen:?} instead of {expected:?}");
}

pub(crate) fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    jpeg_of(
        picture.as_raw(),
        picture.dimensions(),
        PixelFormat::RGB,
        Subsamp::None,
        false,
    )
}

pub(crate) fn jpeg_of(
    samples: &[u8],
    (width, height): (u32, u32),
    format: PixelFormat,
    subsamp: Subsamp,
    progressive: bool,
) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(92).unwrap();
    compressor.set_subsamp(subsamp).unwrap();
    compressor.set_progressive(progressive).unwrap();
    let width = width as usize;
    let image = turbojpeg::Image {
        pixels: samples,
        width,
        pitch: width * format.size(),
        height: height as usize,
        format,
    };
    compressor.compress_to_vec(image).unwrap()
}

/// An even grey JPEG of any size, without encoding it: each block of 16 × 16 pixels is the same four bytes.
pub(crate) fn even_jpeg(width: u16, height: u16) -> Vec<u8> {
    let small = jpeg_of(
        &[128; 16 * 16 * 3],
        (16, 16),
        PixelFormat::RGB,
        Subsamp::Sub2x2,
        false,
    );
    let frame = small
        .windows(2)
        .position(|marker| marker == [0xff, 0xc0])
        .unwrap();
    let scan = small
        .windows(2)
        .position(|marker| marker == [0xff, 0xda])
        .unwrap();
    let scan_length = usize::from(u16::from_be_bytes([small[scan + 2], small[scan + 3]]));
    let mut bytes = small[..scan + 2 + scan_length].to_vec();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    // By the standard's tables: four times “no change, end of block” of brightness (001010), twice of colour (0000).
    let blocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
    bytes.extend(std::iter::repeat_n([0b0010_1000, 0b1010_0010, 0b1000_1010, 0], blocks).flatten());
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// A JPEG with one more segment, right after its start.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}

pub(crate) fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let pieces: Vec<&[u8]> = profile.chunks(65_000).collect();
    let count = u8::try_from(pieces.len()).unwrap();
    let mut bytes = jpeg.to_vec();
    for (number, piece) in (1..=count).zip(&pieces).rev() {
        bytes = with_segment(
            &bytes,
            0xe2,
            &[b"ICC_PROFILE\0", &[number, count][..], piece].concat(),
        );
    }
    bytes
}

/// The order of a number's bytes in EXIF.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// “II”
    Little,
    /// “MM”
    Big,
}

impl Order {
    fn two(self, number: u16) -> [u8; 2] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    fn four(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    fn entry(self, tag: u16, kind: u16, count: u32, value: [u8; 4]) -> Vec<u8> {
        [&self.two(tag)[..], &self.two(kind), &self.four(count), &value].concat()
    }
}

/// An EXIF block with nothing but an orientation.
pub(crate) fn turned(order: Order, orientation: u16) -> Vec<u8> {
    let [high, low] = order.two(orientation);
    let entry = order.entry(0x112, 3, 1, [high, low, 0, 0]);
    [&head(order)[..], &order.two(1), &entry, &order.four(0)].concat()
}

/// A TIFF of 2 × 2 pixels, with more entries in its directory than a picture needs: tags with one number each, in rising order.
pub(crate) fn tiff(order: Order, more: &[(u16, u32)]) -> Vec<u8> {
    let needed = [
        (256, 2),
        (257, 2),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 2),
        (279, 4),
    ];
    let mut entries = [&needed, more].concat();
    entries.sort_unstable();
    let mark = match order {
        Order::Little => b"II",
        Order::Big => b"MM",
    };
    // The pixels stand before the directory.
    let mut bytes = [&mark[..], &order.two(42), &order.four(12), &[0, 90, 180, 255]].concat();
    bytes.extend(order.two(u16::try_from(entries.len()).unwrap()));
    for (tag, number) in entries {
        bytes.extend(order.entry(tag, 4, 1, order.four(number)));
    }
    bytes.extend(order.four(0));
    bytes
}

fn head(order: Order) -> Vec<u8> {
    let mark = match order {
        Order::Little => b"II",
        Order::Big => b"MM",
    };
    [&mark[..], &order.two(42), &order.four(8)].concat()
}

/// An EXIF block as a phone writes it: its make, a note of its maker's with a place in it, and the place.
pub(crate) fn located(order: Order) -> Vec<u8> {
    const NOTE: &[u8] = b"Nota\0 lat 47.3769 lon 8.5417 serial SECRET-SERIAL-4711\0";
    let note_length = u32::try_from(NOTE.len()).unwrap();
    // Three lists of entries, and behind them what does not fit into an entry.
    let first = 8;
    let exif = first + 2 + 3 * 12 + 4;
    let gps = exif + 2 + 12 + 4;
    let make = gps + 2 + 4 * 12 + 4;
    let note = make + 12;
    let degrees = note + note_length;
    let rational = |whole: u32, parts: u32| [order.four(whole), order.four(parts)].concat();
    let mut bytes = head(order);
    bytes.extend(order.two(3));
    bytes.extend(order.entry(0x10f, 2, 12, order.four(make)));
    bytes.extend(order.entry(0x8769, 4, 1, order.four(exif)));
    bytes.extend(order.entry(0x8825, 4, 1, order.four(gps)));
    bytes.extend(order.four(0));
    bytes.extend(order.two(1));
    bytes.extend(order.entry(0x927c, 7, note_length, order.four(note)));
    bytes.extend(order.four(0));
    bytes.extend(order.two(4));
    bytes.extend(order.entry(1, 2, 2, *b"N\0\0\0"));
    bytes.extend(order.entry(2, 5, 3, order.four(degrees)));
    bytes.extend(order.entry(3, 2, 2, *b"E\0\0\0"));
    bytes.extend(order.entry(4, 5, 3, order.four(degrees + 24)));
    bytes.extend(order.four(0));
    bytes.extend(b"SecretPhone\0");
    bytes.extend(NOTE);
    for (whole, parts) in [(47, 1), (22, 1), (3684, 100), (8, 1), (32, 1), (3012, 100)] {
        bytes.extend(rational(whole, parts));
    }
    bytes
}

pub(crate) fn with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xe1, &[b"Exif\0\0", exif].concat())
}

/// A PNG with one more chunk, before its pixels.
pub(crate) fn with_chunk(png: &[u8], name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    // After the signature and the header chunk.
    [&png[..33], &chunk(name, body), &png[33..]].concat()
}

pub(crate) fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut check = flate2::Crc::new();
    check.update(name);
    check.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length[..], name, body, &check.sum().to_be_bytes()].concat()
}

pub(crate) fn deflated(length: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..length.div_ceil(zeros.len()) {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap()
}

/// A WebP put together from its chunks.
pub(crate) fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, content) in chunks {
        body.extend(*name);
        body.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        body.extend(*content);
        body.extend(std::iter::repeat_n(0, content.len() % 2));
    }
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    [&b"RIFF"[..], &length, &body].concat()
}

/// The chunk with the pixels of a plain lossless WebP.
pub(crate) fn webp_pixels(picture: &RgbImage) -> Vec<u8> {
    let bytes = encoded(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::WebP);
    assert_eq!(&bytes[12..16], b"VP8L");
    let length = u32::from_le_bytes(bytes[16..20].try_into().unwrap()) as usize;
    bytes[20..20 + length].to_vec()
}

/// The chunk that announces what else a WebP has.
pub(crate) fn webp_header(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let (width, height) = ((width - 1).to_le_bytes(), (height - 1).to_le_bytes());
    [&[flags, 0, 0, 0], &width[..3], &height[..3]].concat()
}
