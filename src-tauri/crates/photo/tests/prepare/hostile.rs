//! Files made to break or busy the one who opens them. Each is refused in words or shown, soon, and within the memory given.

use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use photo::{PhotoError, facts, prepare, preview, thumbnail};
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{
    Order, chunk, deflated, encoded, even_jpeg, jpeg, jpeg_of, quarters, turned, webp, webp_header,
    webp_pixels, with_chunk, with_profile,
};

/// The limit on opening any file, with the ordinary build of the tests.
const SOON: Duration = Duration::from_secs(10);

fn png_of(width: u32, height: u32, depth: u8, colour: u8, pixels: &[u8]) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[depth, colour, 0, 0, 0],
    ]
    .concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", pixels),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

#[test]
fn a_small_file_that_unfolds_to_a_huge_picture_is_refused_on_paper() {
    let bytes = png_of(50_000, 50_000, 1, 0, &deflated(1 << 20));
    assert!(bytes.len() < 10_000, "{} bytes", bytes.len());
    let refused = PhotoError::TooManyPixels {
        width: 50_000,
        height: 50_000,
        most: 100_000_000,
    };
    assert_eq!(prepare(&bytes, None).unwrap_err(), refused);
    assert_eq!(preview(&bytes, 100).unwrap_err(), refused);
    assert_eq!(thumbnail(&bytes, 10, 10).unwrap_err(), refused);
    assert_eq!(
        refused.to_string(),
        "This picture measures 50000 × 50000 pixels; photos can have at most 100 megapixels."
    );
    let jpeg = even_jpeg(20_000, 20_000);
    assert!(matches!(
        facts(&jpeg),
        Err(PhotoError::TooManyPixels {
            most: 250_000_000,
            ..
        })
    ));
}

#[test]
fn pixels_that_are_few_but_deep_are_weighed() {
    // 99 megapixels, eight bytes each, in a format whose decoder needs them twice.
    let deep = png_of(11_000, 9_000, 16, 6, &deflated(1 << 20));
    assert!(facts(&deep).is_ok(), "792 MB fit");
    assert_eq!(
        prepare(&deep, None).unwrap_err(),
        PhotoError::Damaged,
        "its pixels end early"
    );
    // Progressive, and in colours as fine as brightness: six bytes for each pixel until the last scan.
    let small = jpeg_of(
        &[128; 16 * 16 * 3],
        (16, 16),
        PixelFormat::RGB,
        Subsamp::None,
        true,
    );
    let frame = small
        .windows(2)
        .position(|marker| marker == [0xff, 0xc2])
        .unwrap();
    let mut bytes = small;
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x3a, 0x98, 0x3a, 0x98]);
    assert_eq!(
        facts(&bytes).unwrap_err(),
        PhotoError::TooMuchMemory {
            width: 15_000,
            height: 15_000
        }
    );
}

#[test]
fn texts_and_profiles_that_unfold_without_end_are_left_folded() {
    let png = encoded(&DynamicImage::ImageRgb8(quarters(64, 40)), ImageFormat::Png);
    let bomb = deflated(256 << 20);
    let named = |name: &[u8]| [name, &[0, 0], &bomb[..]].concat();
    let unfolding_xmp = [b"XML:com.adobe.xmp\0\x01\0\0\0", &bomb[..]].concat();
    for (bytes, what) in [
        (with_chunk(&png, b"zTXt", &named(b"Comment")), "zTXt"),
        (with_chunk(&png, b"iTXt", &unfolding_xmp), "XMP"),
        (with_chunk(&png, b"iCCP", &named(b"profile")), "iCCP"),
        (
            with_profile(&jpeg(&quarters(64, 40)), &vec![0; 16_000_000]),
            "JPEG profile",
        ),
    ] {
        let begun = Instant::now();
        match prepare(&bytes, None) {
            Ok(prepared) => assert!(prepared.picture.bytes.len() < 100_000, "{what}: it is gone"),
            Err(error) => assert!(
                matches!(error, PhotoError::Damaged | PhotoError::TooMuchMemory { .. }),
                "{what}: {error}"
            ),
        }
        assert!(begun.elapsed() < SOON, "{what} took {:?}", begun.elapsed());
    }
}

/// `image-webp` would take four gigabytes before it reads: on a computer that has not got them, the program would end.
#[test]
fn a_webp_chunk_that_says_it_is_longer_than_the_file_is_read_as_far_as_it_goes() {
    let exif = turned(Order::Little, 6);
    let mut bytes = webp(&[
        (b"VP8X", &webp_header(0x08, 64, 40)),
        (b"VP8L", &webp_pixels(&quarters(64, 40))),
        (b"EXIF", &exif),
    ]);
    let length = bytes.windows(4).rposition(|name| name == b"EXIF").unwrap() + 4;
    bytes[length..length + 4].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    let facts = facts(&bytes).unwrap();
    assert!(facts.turned && facts.details, "{facts:?}");
    assert_eq!(prepare(&bytes, None).unwrap().picture.width, 40);
}

#[test]
fn a_jpeg_of_thousands_of_scans_is_refused() {
    let bytes = jpeg_of(
        &vec![99; 1_600 * 1_600 * 3],
        (1_600, 1_600),
        PixelFormat::RGB,
        Subsamp::None,
        true,
    );
    let scan = bytes
        .windows(2)
        .rposition(|marker| marker == [0xff, 0xda])
        .unwrap();
    let end = bytes.len() - 2;
    let last = &bytes[scan..end];
    let mut endless = bytes[..end].to_vec();
    for _ in 0..3_000 {
        endless.extend(last);
    }
    endless.extend([0xff, 0xd9]);
    let begun = Instant::now();
    assert_eq!(prepare(&endless, None).unwrap_err(), PhotoError::Damaged);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}
