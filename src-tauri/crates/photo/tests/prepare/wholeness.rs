//! Half a file is no photo, and what is none is refused in words.

use image::{DynamicImage, ImageFormat};
use photo::{PhotoError, facts, prepare, preview, thumbnail};
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{Order, encoded, jpeg_of, quarters, tiff};

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
    let scan = bytes
        .windows(2)
        .position(|marker| marker == [0xff, 0xda])
        .unwrap();
    let end = bytes.len() - 2;
    bytes.drain(scan + 200..end - 100);
    assert_eq!(prepare(&bytes, None).unwrap_err(), PhotoError::Damaged);
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
