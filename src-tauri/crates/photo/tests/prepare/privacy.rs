//! No place, no camera, no name leaves. Read by exiftool, which has nothing in common with the code under test.

use std::path::Path;
use std::process::Command;

use image::{DynamicImage, ImageFormat};
use photo::{Advice, Focus, facts, prepare, preview, thumbnail};
use serde_json::Value;
use turbojpeg::{PixelFormat, Subsamp};

use crate::made::{
    Order, encoded, jpeg, jpeg_of, located, quarters, webp, webp_header, webp_pixels, with_chunk, with_exif,
    with_segment,
};

const XMP: &[u8] = br#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="47,22.614N" exif:GPSLongitude="8,32.502E"/>
</rdf:RDF></x:xmpmeta>"#;

/// Pictures with a place in each of the ways that formats have, and one with a film behind it.
fn telling() -> Vec<(&'static str, Vec<u8>)> {
    let picture = quarters(160, 90);
    let plain = jpeg(&picture);
    let dynamic = DynamicImage::ImageRgb8(picture.clone());
    let png = encoded(&dynamic, ImageFormat::Png);
    let xmp_jpeg = [b"http://ns.adobe.com/xap/1.0/\0", XMP].concat();
    let xmp_png = [b"XML:com.adobe.xmp\0\0\0\0\0", XMP].concat();
    let exif = located(Order::Little);
    vec![
        ("exif-little.jpg", with_exif(&plain, &exif)),
        ("exif-big.jpg", with_exif(&plain, &located(Order::Big))),
        ("xmp.jpg", with_segment(&plain, 0xe1, &xmp_jpeg)),
        ("exif.png", with_chunk(&png, b"eXIf", &exif)),
        ("xmp.png", with_chunk(&png, b"iTXt", &xmp_png)),
        (
            "all.webp",
            webp(&[
                (b"VP8X", &webp_header(0x0c, 160, 90)),
                (b"VP8L", &webp_pixels(&picture)),
                (b"EXIF", &exif),
                (b"XMP ", XMP),
            ]),
        ),
    ]
}

/// What exiftool finds in a file, by group and name, without what it says about the file itself.
fn tags(folder: &Path, name: &str, bytes: &[u8]) -> Vec<String> {
    const PLAIN: [&str; 6] = [
        "SourceFile",
        "ExifTool:",
        "File:",
        "JFIF:",
        "Composite:ImageSize",
        "Composite:Megapixels",
    ];
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("exiftool")
        .args(["-json", "-G", "-a", "-u", "-ee"])
        .arg(&path)
        .output()
        .expect("exiftool is there; `cargo xtask setup --test` installs it");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tags = found[0].as_object().unwrap().keys();
    tags.filter(|tag| !PLAIN.iter().any(|plain| tag.starts_with(plain)))
        .cloned()
        .collect()
}

#[test]
fn no_place_and_no_camera_survives() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in telling() {
        let before = tags(folder.path(), name, &bytes);
        assert!(
            before.iter().any(|tag| tag.contains("GPSLatitude")),
            "{name} tells a place to begin with: {before:?}"
        );
        let known = facts(&bytes).unwrap();
        assert!(known.location && known.details, "{name}: {known:?}");
        let prepared = prepare(&bytes, None).unwrap();
        assert!(prepared.advice.contains(&Advice::LocationRemoved), "{name}");
        assert!(!prepared.is_original, "{name}");
        for (way, picture) in [
            ("whole", prepared.picture),
            (
                "crop",
                prepare(&bytes, Some(Focus { x: 0.2, y: 0.9 })).unwrap().picture,
            ),
            ("preview", preview(&bytes, 80).unwrap()),
            ("thumbnail", thumbnail(&bytes, 40, 40).unwrap()),
        ] {
            let left = tags(folder.path(), "sent.jpg", &picture.bytes);
            assert_eq!(left, Vec::<String>::new(), "{name}, {way}");
            for secret in [&b"SECRET"[..], b"SecretPhone", b"GPS", b"Nota"] {
                let found = picture.bytes.windows(secret.len()).any(|window| window == secret);
                assert!(!found, "{name}, {way}: {secret:?}");
            }
        }
    }
}

/// A JFIF header with three pixels of another picture, as older scanners and editors write it.
fn thumbnail_of_another(plain: &[u8]) -> Vec<u8> {
    let header = b"\xff\xd8\xff\xe0\x00\x10JFIF\0";
    assert!(plain.starts_with(header), "a header of the usual length");
    let body = [&b"JFIF\0\x01\x02\x00\x00\x01\x00\x01\x03\x01"[..], b"secretpix"].concat();
    let rest = &plain[header.len() + 9..];
    with_segment(&[&b"\xff\xd8"[..], rest].concat(), 0xe0, &body)
}

/// A progressive picture with a comment before its second scan.
fn with_word_between_scans() -> Vec<u8> {
    let picture = quarters(160, 90);
    let plain = jpeg_of(
        picture.as_raw(),
        picture.dimensions(),
        PixelFormat::RGB,
        Subsamp::None,
        true,
    );
    let second = plain
        .windows(2)
        .enumerate()
        .filter(|(_, marker)| *marker == [0xff, 0xda])
        .map(|(at, _)| at)
        .nth(1)
        .unwrap();
    let (before, after) = plain.split_at(second);
    [before, b"\xff\xfe\x00\x08secret", after].concat()
}

#[test]
fn comments_and_what_hangs_behind_a_picture_go_too() {
    let plain = jpeg(&quarters(160, 90));
    let png = encoded(&DynamicImage::ImageRgb8(quarters(160, 90)), ImageFormat::Png);
    assert!(prepare(&plain, None).unwrap().is_original, "nothing to remove");
    assert!(prepare(&png, None).unwrap().is_original, "nothing to remove");
    for (bytes, what) in [
        (with_segment(&plain, 0xfe, b"secret"), "comment"),
        (with_segment(&plain, 0xed, b"Photoshop 3.0\0secret"), "IPTC"),
        ([&plain[..], b"secret film"].concat(), "film"),
        (thumbnail_of_another(&plain), "the thumbnail of a JFIF"),
        (with_word_between_scans(), "between the scans"),
        (with_chunk(&png, b"tEXt", b"Author\0secret"), "PNG text"),
        ([&png[..], b"secret film"].concat(), "behind a PNG"),
    ] {
        let prepared = prepare(&bytes, None).unwrap();
        assert!(!prepared.is_original, "{what}");
        assert!(
            !prepared
                .picture
                .bytes
                .windows(6)
                .any(|window| window == b"secret"),
            "{what}"
        );
        assert!(prepared.advice.contains(&Advice::DetailsRemoved), "{what}");
    }
}
