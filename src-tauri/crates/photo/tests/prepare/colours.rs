//! What guests see has the colours that were meant, on any screen.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageBuffer, ImageEncoder, ImageFormat, Luma, Rgb, Rgba};
use moxcms::ColorProfile;
use photo::{Advice, Format, Prepared, prepare, preview};
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{
    assert_near, decoded, encoded, flat, jpeg, jpeg_of, webp, webp_header, webp_pixels, with_profile,
};

/// Colours, and what the same numbers in Display P3 and in Adobe RGB are in sRGB; computed from the standards' primaries.
const COLOURS: [([u8; 3], [u8; 3], [u8; 3]); 3] = [
    ([200, 100, 50], [215, 93, 31], [227, 100, 42]),
    ([60, 160, 90], [0, 163, 82], [0, 161, 85]),
    ([90, 80, 180], [92, 80, 186], [93, 79, 184]),
];

fn middle(prepared: &Prepared) -> [u8; 3] {
    let picture = decoded(&prepared.picture.bytes);
    picture.get_pixel(picture.width() / 2, picture.height() / 2).0
}

#[test]
fn phone_and_camera_profiles_become_srgb() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    for (colour, from_p3, from_adobe) in COLOURS {
        for (profile, expected, name) in [(&p3, from_p3, "P3"), (&adobe, from_adobe, "Adobe RGB")] {
            let bytes = with_profile(&jpeg(&flat(48, 32, colour)), profile);
            let prepared = prepare(&bytes, None).unwrap();
            assert!(prepared.advice.contains(&Advice::ColoursConverted), "{name}");
            assert!(!prepared.is_original, "{name}");
            assert_near(middle(&prepared), expected, 4, name);
            let look = decoded(&preview(&bytes, 24).unwrap().bytes);
            assert_near(look.get_pixel(8, 8).0, expected, 5, name);
        }
    }
}

#[test]
fn a_profile_in_a_png_counts_too() {
    let (colour, expected, _) = COLOURS[0];
    let picture = flat(20, 20, colour);
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder
        .set_icc_profile(ColorProfile::new_display_p3().encode().unwrap())
        .unwrap();
    encoder
        .write_image(picture.as_raw(), 20, 20, ExtendedColorType::Rgb8)
        .unwrap();
    let prepared = prepare(&bytes.into_inner(), None).unwrap();
    assert_near(middle(&prepared), expected, 3, "P3 in a PNG");
}

#[test]
fn srgb_by_name_is_sent_as_it_is_and_a_broken_profile_is_ignored() {
    let plain = jpeg(&flat(48, 32, [90, 120, 200]));
    let tagged = with_profile(&plain, &ColorProfile::new_srgb().encode().unwrap());
    let prepared = prepare(&tagged, None).unwrap();
    assert!(prepared.is_original, "{:?}", prepared.advice);
    assert_eq!(prepared.picture.bytes, tagged);

    let prepared = prepare(&with_profile(&plain, &[7; 600]), None).unwrap();
    assert_near(middle(&prepared), [90, 120, 200], 3, "no profile at all");
}

#[test]
fn a_grey_jpeg_stays_grey() {
    let bytes = jpeg_of(&[137; 64 * 48], (64, 48), PixelFormat::GRAY, Subsamp::Gray, true);
    let prepared = prepare(&bytes, None).unwrap();
    assert!(prepared.is_original, "browsers show it");
    let turned = crate::made::with_exif(&bytes, &crate::made::turned(crate::made::Order::Big, 6));
    let prepared = prepare(&turned, None).unwrap();
    assert_eq!((prepared.picture.width, prepared.picture.height), (48, 64));
    assert_near(middle(&prepared), [137; 3], 2, "grey");
}

#[test]
fn inks_become_light() {
    // As Adobe's programs store them: inverted.
    let ink = [20_u8, 180, 40, 60].map(|amount| 255 - amount);
    let pixels: Vec<u8> = std::iter::repeat_n(ink, 64 * 48).flatten().collect();
    let bytes = jpeg_of(&pixels, (64, 48), PixelFormat::CMYK, Subsamp::None, false);
    assert!(bytes.windows(5).any(|name| name == b"Adobe"));
    let prepared = prepare(&bytes, None).unwrap();
    assert_eq!(prepared.picture.format, Format::Jpeg);
    assert!(prepared.advice.contains(&Advice::ColoursConverted));
    assert_near(middle(&prepared), [180, 57, 165], 4, "by the plain rule");
}

/// A profile of four inks by which full cyan is a dusty red, and nothing else says anything: an ICC profile of version 2 with one
/// table of two steps per ink into Lab.
fn strange_inks() -> Vec<u8> {
    const WHITE: [u8; 3] = [255, 128, 128];
    const DUSTY_RED: [u8; 3] = [153, 128 + 40, 128 + 20];
    let identity = || 0..=255_u8;
    let mut table = [&b"mft1"[..], &[0; 4], &[4, 3, 2, 0]].concat();
    for entry in 0..9 {
        table.extend(if entry % 4 == 0 { [0, 1, 0, 0] } else { [0; 4] });
    }
    (0..4).for_each(|_| table.extend(identity()));
    for node in 0..16 {
        table.extend(if node & 8 == 0 { WHITE } else { DUSTY_RED });
    }
    (0..3).for_each(|_| table.extend(identity()));

    let mut profile = vec![0; 128];
    profile[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    profile[12..24].copy_from_slice(b"prtrCMYKLab ");
    profile[36..40].copy_from_slice(b"acsp");
    // The white that Lab is seen under: D50, in units of 1/65536.
    for (place, part) in [(68, 0xF6D6_u32), (72, 0x1_0000), (76, 0xD32D)] {
        profile[place..place + 4].copy_from_slice(&part.to_be_bytes());
    }
    profile.extend(1_u32.to_be_bytes());
    profile.extend(b"A2B0");
    profile.extend(144_u32.to_be_bytes());
    profile.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
    profile.extend(table);
    let length = u32::try_from(profile.len()).unwrap();
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile
}

#[test]
fn inks_with_a_profile_become_the_light_it_says() {
    let of = |ink: [u8; 4]| {
        let pixels: Vec<u8> = std::iter::repeat_n(ink.map(|amount| 255 - amount), 64 * 48)
            .flatten()
            .collect();
        let bytes = jpeg_of(&pixels, (64, 48), PixelFormat::CMYK, Subsamp::None, false);
        prepare(&with_profile(&bytes, &strange_inks()), None).unwrap()
    };
    let red = of([255, 0, 0, 0]);
    assert!(red.advice.contains(&Advice::ColoursConverted));
    assert_near(middle(&red), [215, 114, 112], 4, "Lab 60, 40, 20 in sRGB");
    assert_near(middle(&of([0; 4])), [255; 3], 3, "paper");
}

#[test]
fn sixteen_bits_become_eight() {
    let rgb = ImageBuffer::from_pixel(40, 30, Rgb([0x3000_u16, 0x8080, 0xfff0]));
    let grey = ImageBuffer::from_pixel(40, 30, Luma([0x8080_u16]));
    for (picture, expected) in [
        (DynamicImage::ImageRgb16(rgb), [0x30, 0x80, 0xff]),
        (DynamicImage::ImageLuma16(grey), [0x80; 3]),
    ] {
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let prepared = prepare(&encoded(&picture, format), None).unwrap();
            assert_eq!(prepared.picture.format, Format::Jpeg);
            assert_near(middle(&prepared), expected, 3, "16 bits");
        }
    }
}

#[test]
fn what_is_transparent_is_white() {
    // Half of a blue, and a red that nobody can see.
    let half = ImageBuffer::from_pixel(32, 32, Rgba([0_u8, 0, 255, 128]));
    let none = ImageBuffer::from_pixel(32, 32, Rgba([65_535_u16, 0, 0, 0]));
    for (picture, expected) in [
        (DynamicImage::ImageRgba8(half), [127, 127, 255]),
        (DynamicImage::ImageRgba16(none), [255; 3]),
    ] {
        let prepared = prepare(&encoded(&picture, ImageFormat::Png), None).unwrap();
        assert!(prepared.advice.contains(&Advice::OnWhite));
        assert_near(middle(&prepared), expected, 4, "on white");
    }
    let opaque = ImageBuffer::from_pixel(32, 32, Rgba([10_u8, 20, 30, 255]));
    let prepared = prepare(
        &encoded(&DynamicImage::ImageRgba8(opaque), ImageFormat::Png),
        None,
    )
    .unwrap();
    assert!(prepared.is_original, "opaque everywhere: {:?}", prepared.advice);
}

#[test]
fn of_a_moving_picture_the_first_is_sent() {
    let (red, blue) = (flat(30, 20, [200, 0, 0]), flat(30, 20, [0, 0, 200]));
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for frame in [&red, &blue] {
        let frame = DynamicImage::ImageRgb8(frame.clone()).into_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let frame = |picture| {
        let header = [0, 0, 0, 0, 0, 0, 29, 0, 0, 19, 0, 0, 100, 0, 0, 0];
        let pixels = webp_pixels(picture);
        let length = u32::try_from(pixels.len()).unwrap().to_le_bytes();
        let padding = vec![0; pixels.len() % 2];
        [&header[..], b"VP8L", &length, &pixels, &padding].concat()
    };
    let webp = webp(&[
        (b"VP8X", &webp_header(0x02, 30, 20)),
        (b"ANIM", &[0; 6]),
        (b"ANMF", &frame(&red)),
        (b"ANMF", &frame(&blue)),
    ]);
    for (bytes, format) in [(gif, Format::Gif), (webp, Format::WebP)] {
        let prepared = prepare(&bytes, None).unwrap();
        assert_eq!(prepared.before.format, format);
        assert!(prepared.before.moving && !prepared.is_original, "{format:?}");
        assert!(prepared.advice.contains(&Advice::StillOfAnimation), "{format:?}");
        assert_near(middle(&prepared), [200, 0, 0], 4, "the first picture");
    }
}
