//! Half a file is no photo, and what is none is refused in words.

use image::{DynamicImage, ImageFormat};
use photo::{PhotoError, facts, prepare, preview, thumbnail};
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{
    Order, assert_near, corners, decoded, encoded, jpeg, jpeg_of, quarters, tiff, with_profile, with_segment,
};

#[test]
fn a_file_that_was_cut_off_is_damaged() {
    let picture = DynamicImage::ImageRgb8(quarters(400, 300));
    let progressive = jpeg_of(
        quarters(400, 300).as_raw(),
        (400, 300),
        PixelFormat::RGB,
        Subsamp::Sub2x2,
        true,
    );
    let mut files = vec![progressive];
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
    ] {
        files.push(encoded(&picture, format));
    }
    for whole in files {
        for percent in [20, 60, 95] {
            let cut = &whole[..whole.len() * percent / 100];
            let name = facts(&whole).unwrap().format;
            let refused = prepare(cut, None).unwrap_err();
            assert_eq!(refused, PhotoError::Damaged, "{name:?}, {percent} %");
            assert_eq!(
                preview(cut, 100).unwrap_err(),
                PhotoError::Damaged,
                "{name:?}, {percent} %"
            );
        }
    }
}

#[test]
fn a_jpeg_with_a_hole_in_it_is_damaged() {
    let mut bytes = jpeg_of(
        quarters(400, 300).as_raw(),
        (400, 300),
        PixelFormat::RGB,
        Subsamp::None,
        false,
    );
    make_a_hole(&mut bytes);
    assert_eq!(prepare(&bytes, None).unwrap_err(), PhotoError::Damaged);
}

fn make_a_hole(jpeg: &mut Vec<u8>) {
    let scan = first_scan(jpeg);
    let end = jpeg.len() - 2;
    jpeg.drain(scan + 200..end - 100);
}

/// Where its marker stands.
fn first_scan(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|marker| marker == [0xff, 0xda]).unwrap()
}

/// What cameras and programs write beside the rules, with nothing of the picture missing; by what the decoder says of it.
fn oddities() -> Vec<(&'static str, Vec<u8>)> {
    let plain = jpeg(&quarters(400, 300));
    let scan = first_scan(&plain);
    let after_scan = scan + 2 + usize::from(u16::from_be_bytes([plain[scan + 2], plain[scan + 3]]));
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = plain.clone();
        change(&mut bytes);
        bytes
    };
    // Without the JFIF segment, which says what colours are meant.
    let adobe = |transform| {
        let length = usize::from(u16::from_be_bytes([plain[4], plain[5]]));
        let bare = [&plain[..2], &plain[4 + length..]].concat();
        with_segment(&bare, 0xee, &[b"Adobe\0d\0\0\0\0", &[transform][..]].concat())
    };
    let profile = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let twice = {
        let once = with_profile(&plain, &profile);
        with_segment(&once, 0xe2, &[b"ICC_PROFILE\0", &[1, 1][..], &profile].concat())
    };
    vec![
        (
            "scan parameters of zeros",
            changed(&|bytes| bytes[after_scan - 3..after_scan].fill(0)),
        ),
        ("JFIF 2.01", changed(&|bytes| bytes[11] = 2)),
        ("colours of an unknown transform", adobe(7)),
        ("a profile twice", twice),
        (
            "a piece of a profile missing",
            with_segment(&plain, 0xe2, &[b"ICC_PROFILE\0", &[1, 2][..], &profile].concat()),
        ),
        (
            "bytes between segments",
            changed(&|bytes| {
                let second = 4 + usize::from(u16::from_be_bytes([bytes[4], bytes[5]]));
                bytes.splice(second..second, [0, 0, 0]);
            }),
        ),
        (
            "bytes before the end",
            changed(&|bytes| {
                let end = bytes.len() - 2;
                bytes.splice(end..end, [0; 12]);
            }),
        ),
    ]
}

#[test]
fn what_cameras_write_beside_the_rules_is_no_damage() {
    let whole = corners(&quarters(400, 300));
    for (what, bytes) in oddities() {
        let prepared = prepare(&bytes, None).unwrap_or_else(|error| panic!("{what}: {error}"));
        for (seen, expected) in corners(&decoded(&prepared.picture.bytes)).into_iter().zip(whole) {
            assert_near(seen, expected, 6, what);
        }
        assert!(thumbnail(&bytes, 80, 60).is_ok(), "{what}: its small picture");
    }
}

#[test]
fn a_hole_is_found_whatever_the_header_is_like() {
    for (what, mut bytes) in oddities() {
        make_a_hole(&mut bytes);
        assert_eq!(prepare(&bytes, None).unwrap_err(), PhotoError::Damaged, "{what}");
    }
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for bytes in [
        &b""[..],
        b"\0",
        b"hello",
        b"%PDF-1.7 a brochure",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ] {
        assert_eq!(facts(bytes).unwrap_err(), PhotoError::NotAnImage);
        assert_eq!(prepare(bytes, None).unwrap_err(), PhotoError::NotAnImage);
        assert_eq!(thumbnail(bytes, 0, 0).unwrap_err(), PhotoError::NotAnImage);
    }
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert_eq!(
        prepare(heic, None).unwrap_err().to_string(),
        "This kind of picture (HEIC) cannot be used. Save it as JPEG or PNG, and use that file."
    );
}

#[test]
fn a_cameras_raw_file_is_refused_and_not_taken_for_the_thumbnail_it_begins_with() {
    let words = "This kind of picture (a camera's raw file) cannot be used. Save it as JPEG or PNG, and use that file.";
    for order in [Order::Little, Order::Big] {
        for (raw, what) in [
            (tiff(order, &[(254, 1), (330, 8)]), "NEF"),
            (tiff(order, &[(254, 0), (50706, 0x0401_0000)]), "DNG"),
        ] {
            for refused in [
                facts(&raw).unwrap_err(),
                prepare(&raw, None).unwrap_err(),
                preview(&raw, 100).unwrap_err(),
            ] {
                assert_eq!(refused.to_string(), words, "{what}, {order:?}");
            }
        }
        for more in [&[][..], &[(254, 0)], &[(254, 0), (330, 8)], &[(254, 1)]] {
            let taken = prepare(&tiff(order, more), None);
            assert!(taken.is_ok(), "{more:?}, {order:?}: {taken:?}");
        }
    }
}
