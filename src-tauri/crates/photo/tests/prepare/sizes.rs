//! From a logo to the 200 megapixels of a phone: what is sent is small enough, sharp enough, and never enlarged.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use photo::{Advice, CARD_SHAPE, Focus, Format, LIMIT_BYTES, facts, inspect, prepare, preview, thumbnail};
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{
    BLUE, GREEN, RED, SAND, assert_near, corners, decoded, encoded, even_jpeg, jpeg, jpeg_of, quarters,
};

#[test]
fn a_phones_photo_becomes_2048_pixels_wide() {
    let scene = quarters(4_000, 3_000);
    for progressive in [false, true] {
        let bytes = jpeg_of(
            scene.as_raw(),
            (4_000, 3_000),
            PixelFormat::RGB,
            Subsamp::Sub2x2,
            progressive,
        );
        let prepared = prepare(&bytes, None).unwrap();
        let picture = &prepared.picture;
        assert_eq!(
            (picture.width, picture.height, picture.format),
            (2_048, 1_536, Format::Jpeg)
        );
        assert!(prepared.advice.contains(&Advice::MadeSmaller {
            from: (4_000, 3_000),
            to: (2_048, 1_536)
        }));
        assert_eq!(
            inspect(&picture.bytes).map(|seen| (seen.width, seen.height)),
            Ok((2_048, 1_536))
        );
        for (seen, expected) in corners(&decoded(&picture.bytes))
            .into_iter()
            .zip([RED, GREEN, BLUE, SAND])
        {
            assert_near(seen, expected, 4, "sent");
        }
        let marker = picture.bytes.windows(2).any(|marker| marker == [0xff, 0xc2]);
        assert!(marker, "it is progressive");

        let card = prepare(&bytes, Some(Focus::MIDDLE)).unwrap().picture;
        assert_eq!((card.width, card.height), (2_048, 1_152));
        assert_eq!(card.width * CARD_SHAPE.1, card.height * CARD_SHAPE.0);
        let look = preview(&bytes, 640).unwrap();
        assert_eq!((look.width, look.height), (640, 480));
        let row = thumbnail(&bytes, 96, 96).unwrap();
        assert_eq!((row.width, row.height), (96, 96));
    }
}

#[test]
fn forty_eight_and_two_hundred_megapixels_are_taken() {
    for (width, height, to) in [(8_000, 6_000, (2_048, 1_536)), (16_320, 12_240, (2_048, 1_536))] {
        let bytes = even_jpeg(width, height);
        let prepared = prepare(&bytes, None).unwrap();
        assert_eq!((prepared.picture.width, prepared.picture.height), to);
        let picture = decoded(&prepared.picture.bytes);
        assert_near(
            picture.get_pixel(2_000, 1_500).0,
            [128; 3],
            1,
            "to the far corner",
        );
        assert_eq!(preview(&bytes, 320).unwrap().width, 320);
    }
}

#[test]
fn detail_survives_shrinking_and_nothing_shifts() {
    // Lines of 8 pixels, which are 4 afterwards; where they lie is seen in the picture that is sent.
    let lines = RgbImage::from_fn(4_096, 64, |x, _| Rgb([if x % 16 < 8 { 230 } else { 20 }; 3]));
    let sent = decoded(&prepare(&jpeg(&lines), None).unwrap().picture.bytes);
    assert_eq!(sent.dimensions(), (2_048, 32));
    for line in 1..255 {
        let bright = sent.get_pixel(line * 8 + 1, 16).0[0].min(sent.get_pixel(line * 8 + 2, 16).0[0]);
        let dark = sent.get_pixel(line * 8 + 5, 16).0[0].max(sent.get_pixel(line * 8 + 6, 16).0[0]);
        assert!(bright > 200 && dark < 50, "line {line}: {bright} and {dark}");
    }
}

#[test]
fn every_format_is_taken_and_the_browsers_own_are_sent_as_they_are() {
    let picture = DynamicImage::ImageRgb8(quarters(1_280, 720));
    for (format, is_browsers) in [
        (ImageFormat::Jpeg, true),
        (ImageFormat::Png, true),
        (ImageFormat::WebP, true),
        (ImageFormat::Gif, false),
        (ImageFormat::Bmp, false),
        (ImageFormat::Tiff, false),
    ] {
        let bytes = encoded(&picture, format);
        let prepared = prepare(&bytes, None).unwrap();
        assert_eq!(prepared.is_original, is_browsers, "{format:?}");
        assert_eq!(prepared.picture.bytes == bytes, is_browsers, "{format:?}");
        assert_eq!((prepared.picture.width, prepared.picture.height), (1_280, 720));
        assert_eq!(prepared.advice, [], "{format:?}");
        for (seen, expected) in corners(&decoded(&prepared.picture.bytes))
            .into_iter()
            .zip([RED, GREEN, BLUE, SAND])
        {
            assert_near(seen, expected, 8, &format!("{format:?}"));
        }
        let card = prepare(&bytes, Some(Focus::MIDDLE)).unwrap();
        assert_eq!(
            card.is_original, is_browsers,
            "{format:?} has the card's shape already"
        );
    }
}

#[test]
fn a_small_picture_is_said_to_be_small_and_not_enlarged() {
    let bytes = jpeg(&quarters(320, 200));
    let prepared = prepare(&bytes, None).unwrap();
    assert!(prepared.is_original);
    assert_eq!(
        prepared.advice,
        [Advice::Small {
            width: 320,
            height: 200
        }]
    );
    assert_eq!(
        prepared.advice[0].to_string(),
        "Small, 320 × 200 pixels: may look soft on large screens."
    );
    let row = thumbnail(&bytes, 640, 400).unwrap();
    assert_eq!((row.width, row.height), (320, 200));
}

#[test]
fn what_is_sent_is_below_the_limit_even_if_it_is_noise() {
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise = RgbImage::from_fn(2_300, 2_300, |_, _| Rgb([next(), next(), next()]));
    let bytes = encoded(&DynamicImage::ImageRgb8(noise), ImageFormat::Bmp);
    assert!(bytes.len() > LIMIT_BYTES);
    let prepared = prepare(&bytes, None).unwrap();
    assert!(prepared.picture.bytes.len() < LIMIT_BYTES);
    assert_eq!(facts(&prepared.picture.bytes).unwrap().width, 2_048);
}

#[test]
fn a_dark_and_a_blurred_picture_are_told_apart_from_good_ones() {
    let advice = |picture: &RgbImage| prepare(&jpeg(picture), None).unwrap().advice;
    let scene = quarters(1_280, 720);
    assert_eq!(advice(&scene), []);
    let dark = RgbImage::from_fn(1_280, 720, |x, y| {
        Rgb(scene.get_pixel(x, y).0.map(|value| value / 8))
    });
    assert_eq!(advice(&dark), [Advice::Dark]);
    // The same edges, each over 160 pixels.
    let blurred = RgbImage::from_fn(1_280, 720, |x, y| {
        let slope =
            |at: u32, middle: u32| (f64::from(at) - f64::from(middle) + 80.0).clamp(0.0, 160.0) / 160.0;
        let (across, down) = (slope(x, 640), slope(y, 360));
        Rgb([0, 1, 2].map(|channel| {
            let mix = |a: [u8; 3], b: [u8; 3]| {
                f64::from(a[channel]) * (1.0 - across) + f64::from(b[channel]) * across
            };
            (mix(RED, GREEN) * (1.0 - down) + mix(BLUE, SAND) * down) as u8
        }))
    });
    assert_eq!(advice(&blurred), [Advice::Blurred]);
    let sky = crate::made::flat(1_280, 720, [150, 190, 235]);
    assert_eq!(advice(&sky), [], "a clear sky has no edges, and is no blur");
}
