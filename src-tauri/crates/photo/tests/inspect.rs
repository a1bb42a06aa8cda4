//! Files as they come from phones, mailboxes and downloads: sound, misnamed, cut off, hostile.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use photo::{Format, Inspected, LIMIT_BYTES, PhotoError, inspect};

const ALL: [(ImageFormat, Format); 6] = [
    (ImageFormat::Jpeg, Format::Jpeg),
    (ImageFormat::Png, Format::Png),
    (ImageFormat::WebP, Format::WebP),
    (ImageFormat::Gif, Format::Gif),
    (ImageFormat::Bmp, Format::Bmp),
    (ImageFormat::Tiff, Format::Tiff),
];

/// Noise, so that no format can leave much of it out.
fn picture(width: u32, height: u32) -> DynamicImage {
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |_, _| {
        Rgb([next(), next(), next()])
    }))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn each_format_is_known_by_its_content() {
    for (format, expected) in ALL {
        let bytes = encoded(&picture(48, 32), format);
        let inspected = Inspected {
            format: expected,
            width: 48,
            height: 32,
        };
        assert_eq!(inspect(&bytes), Ok(inspected));
        assert_eq!(expected.content_type(), format.to_mime_type());
        assert!(
            format.extensions_str().contains(&expected.extension()),
            "{expected:?}"
        );
    }
}

#[test]
fn grey_deep_and_transparent_pictures_are_pictures() {
    let picture = picture(5, 3);
    for (bytes, what) in [
        (
            encoded(&DynamicImage::ImageLuma8(picture.to_luma8()), ImageFormat::Jpeg),
            "grey JPEG",
        ),
        (
            encoded(&DynamicImage::ImageRgba16(picture.to_rgba16()), ImageFormat::Png),
            "deep, transparent PNG",
        ),
        (
            encoded(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::WebP),
            "transparent WebP",
        ),
    ] {
        assert!(inspect(&bytes).is_ok(), "{what}");
    }
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for bytes in [
        &b""[..],
        b"\0",
        b"\xff\xd8",
        b"Dear guests,\n",
        b"P1 is where staff park.\n",
        b"%PDF-1.7\n",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 an archive named photo.jpg",
        b"\0\0\0\x18ftypmp42 a film",
        b"MZ\x90\0 a program",
    ] {
        assert_eq!(
            inspect(bytes),
            Err(PhotoError::NotAnImage),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    assert_eq!(PhotoError::NotAnImage.to_string(), "This file is not a picture.");
}

#[test]
fn pictures_that_cannot_be_opened_are_named() {
    for (bytes, kind) in [
        (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "AVIF"),
        (b"\0\0\x01\0\x01\0", "icon"),
    ] {
        let error = inspect(bytes).unwrap_err();
        assert_eq!(error, PhotoError::Unsupported { kind });
        assert!(error.to_string().contains("JPEG or PNG"), "{error}");
    }
}

#[test]
fn a_picture_that_was_cut_off_is_damaged_wherever_it_was_cut() {
    for (format, _) in ALL {
        let bytes = encoded(&picture(64, 48), format);
        for kept in [bytes.len() / 3, bytes.len() / 2, bytes.len() * 9 / 10] {
            assert_eq!(
                inspect(&bytes[..kept]),
                Err(PhotoError::Damaged),
                "{format:?}, {kept} of {}",
                bytes.len()
            );
        }
    }
    let jpeg = encoded(&picture(64, 48), ImageFormat::Jpeg);
    assert_eq!(
        inspect(&jpeg[..jpeg.len() - 1]),
        Err(PhotoError::Damaged),
        "its last byte"
    );
}

#[test]
fn a_beginning_followed_by_nonsense_is_damaged() {
    for (format, _) in ALL {
        let mut bytes = encoded(&picture(64, 48), format);
        bytes.truncate(12);
        bytes.extend(std::iter::repeat_n(0x5a, 4_000));
        let error = inspect(&bytes).unwrap_err();
        assert!(
            !matches!(error, PhotoError::NotAnImage | PhotoError::TooLarge { .. }),
            "{format:?}: {error:?}"
        );
    }
}

#[test]
fn what_a_phone_hangs_on_a_picture_is_no_damage() {
    let bytes = [
        encoded(&picture(64, 48), ImageFormat::Jpeg),
        b"\0\0\0\x18ftypmp42 a little film".to_vec(),
    ]
    .concat();
    assert_eq!(
        inspect(&bytes).map(|inspected| inspected.format),
        Ok(Format::Jpeg)
    );
}

#[test]
fn a_file_over_the_limit_is_refused_unread_and_one_at_the_limit_is_not() {
    let mut bytes = encoded(&picture(8, 8), ImageFormat::Jpeg);
    bytes.resize(LIMIT_BYTES, 0);
    assert!(inspect(&bytes).is_ok());
    bytes.push(0);
    let bytes_told = LIMIT_BYTES as u64 + 1;
    assert_eq!(inspect(&bytes), Err(PhotoError::TooLarge { bytes: bytes_told }));
}

#[test]
fn a_few_bytes_that_declare_a_giant_are_refused_before_room_is_made_for_it() {
    let side = 50_000_u32;
    let png = {
        let mut png = encoded(&picture(1, 1), ImageFormat::Png);
        png[16..20].copy_from_slice(&side.to_be_bytes());
        png[20..24].copy_from_slice(&side.to_be_bytes());
        let checksum = crc32(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&checksum);
        png
    };
    let bmp = {
        let mut bmp = encoded(&picture(1, 1), ImageFormat::Bmp);
        bmp[18..22].copy_from_slice(&side.to_le_bytes());
        bmp[22..26].copy_from_slice(&side.to_le_bytes());
        bmp
    };
    let gif = {
        let mut gif = encoded(&picture(1, 1), ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0xff; 4]);
        gif
    };
    let jpeg = {
        let mut jpeg = encoded(&picture(1, 1), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
        jpeg
    };
    for bytes in [png, bmp, gif, jpeg] {
        let error = inspect(&bytes).unwrap_err();
        let PhotoError::TooManyPixels { width, height, .. } = error else {
            panic!("{error:?}")
        };
        assert!(u64::from(width) * u64::from(height) > 100_000_000);
        assert!(
            error
                .to_string()
                .ends_with("photos can have at most 100 megapixels."),
            "{error}"
        );
    }
}

/// The checksum of PNG chunks, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
