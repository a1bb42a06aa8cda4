//! However the camera was held, the picture stands upright, and a crop is taken from what a person sees.

use image::{DynamicImage, ImageFormat, RgbImage};
use photo::{Advice, Focus, facts, prepare, preview, thumbnail};

use crate::made::{
    BLUE, GREEN, Order, RED, SAND, assert_near, corners, decoded, jpeg, quarters, turned, webp, webp_header,
    webp_pixels, with_chunk, with_exif,
};

/// As a camera held like this stores the upright picture, by the words of the EXIF standard.
fn stored(upright: &RgbImage, orientation: u16) -> RgbImage {
    let (width, height) = upright.dimensions();
    let (stored_width, stored_height) = if orientation > 4 {
        (height, width)
    } else {
        (width, height)
    };
    let mut stored = RgbImage::new(stored_width, stored_height);
    for (x, y, pixel) in upright.enumerate_pixels() {
        let (right, bottom) = (width - 1 - x, height - 1 - y);
        let (x, y) = match orientation {
            1 => (x, y),
            2 => (right, y),
            3 => (right, bottom),
            4 => (x, bottom),
            5 => (y, x),
            6 => (y, right),
            7 => (bottom, right),
            _ => (bottom, x),
        };
        stored.put_pixel(x, y, *pixel);
    }
    stored
}

#[test]
fn all_eight_orientations_in_both_byte_orders_stand_upright() {
    let upright = quarters(320, 200);
    for orientation in 1..=8 {
        for order in [Order::Little, Order::Big] {
            let what = format!("{orientation} {order:?}");
            let bytes = with_exif(&jpeg(&stored(&upright, orientation)), &turned(order, orientation));
            let before = facts(&bytes).unwrap();
            assert_eq!((before.width, before.height), (320, 200), "{what}");
            assert_eq!(before.turned, orientation > 1, "{what}");

            let prepared = prepare(&bytes, None).unwrap();
            assert!(!prepared.is_original, "{what}: there is EXIF to remove");
            assert_eq!(
                prepared.advice.contains(&Advice::TurnedUpright),
                orientation > 1,
                "{what}"
            );
            let picture = prepared.picture;
            assert_eq!((picture.width, picture.height), (320, 200), "{what}");
            let shown = [
                decoded(&picture.bytes),
                decoded(&preview(&bytes, 100).unwrap().bytes),
                decoded(&thumbnail(&bytes, 80, 50).unwrap().bytes),
            ];
            for (picture, way) in shown.iter().zip(["sent", "preview", "thumbnail"]) {
                for (seen, expected) in corners(picture).into_iter().zip([RED, GREEN, BLUE, SAND]) {
                    assert_near(seen, expected, 8, &format!("{what}, {way}"));
                }
            }
        }
    }
}

#[test]
fn a_crop_is_taken_from_what_a_person_sees() {
    // Upright 300 × 400, so that the card shows 300 × 169 of it: above the middle all is red and green.
    let upright = quarters(300, 400);
    for orientation in 1..=8 {
        let bytes = with_exif(
            &jpeg(&stored(&upright, orientation)),
            &turned(Order::Big, orientation),
        );
        for (y, left, right) in [(0.0, RED, GREEN), (1.0, BLUE, SAND)] {
            let prepared = prepare(&bytes, Some(Focus { x: 0.5, y })).unwrap();
            assert_eq!((prepared.picture.width, prepared.picture.height), (300, 169));
            assert!(
                prepared.advice.contains(&Advice::WideCrop { percent_lost: 58 }),
                "{:?}",
                prepared.advice
            );
            for (seen, expected) in corners(&decoded(&prepared.picture.bytes))
                .into_iter()
                .zip([left, right, left, right])
            {
                assert_near(
                    seen,
                    expected,
                    8,
                    &format!("orientation {orientation}, focus at {y}"),
                );
            }
        }
    }
}

#[test]
fn png_and_webp_are_turned_too() {
    let upright = quarters(64, 40);
    let exif = turned(Order::Little, 6);
    let stored = stored(&upright, 6);
    let png = crate::made::encoded(&DynamicImage::ImageRgb8(stored.clone()), ImageFormat::Png);
    let files = [
        with_chunk(&png, b"eXIf", &exif),
        webp(&[
            (b"VP8X", &webp_header(0x08, 40, 64)),
            (b"VP8L", &webp_pixels(&stored)),
            (b"EXIF", &exif),
        ]),
    ];
    for bytes in files {
        let prepared = prepare(&bytes, None).unwrap();
        assert!(prepared.before.turned, "{:?}", prepared.before);
        assert_eq!((prepared.picture.width, prepared.picture.height), (64, 40));
        for (seen, expected) in corners(&decoded(&prepared.picture.bytes))
            .into_iter()
            .zip([RED, GREEN, BLUE, SAND])
        {
            assert_near(seen, expected, 8, "turned");
        }
    }
}
