//! Whether a JPEG is whole.
//!
//! Its decoder paints what is missing grey and says nothing. So the markers are walked to the one that ends the picture. What
//! follows that is no damage: phones hang depth maps and little films on it.

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

/// Whether `bytes` hold at least one scan, and the marker that ends the picture.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    walk(bytes).unwrap_or(false)
}

/// `None` when the bytes end before the picture does.
fn walk(bytes: &[u8]) -> Option<bool> {
    let mut at = 0;
    let mut scans = 0;
    loop {
        let (marker, after) = next_marker(bytes, at)?;
        at = after;
        match marker {
            EOI => return Some(scans > 0),
            // Without a length: start of image, restarts within a scan, and TEM.
            SOI | 0xd0..=0xd7 | 0x01 => {}
            _ => {
                let length = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
                at += usize::from(length.max(2));
                scans += usize::from(marker == SOS);
            }
        }
    }
}

/// The next marker from `at`, and where it ends. Steps over the data of a scan, where a `0xff` that is none is followed by a zero.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        // Any number of 0xff may stand before a marker.
        at += bytes.get(at..)?.iter().position(|byte| *byte != 0xff)?;
        let marker = *bytes.get(at)?;
        at += 1;
        if marker != 0 {
            return Some((marker, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_picture_ends_at_its_own_end_marker() {
        // Start, a thumbnail's end marker inside a segment, a scan with a stuffed 0xff, a restart and a fill byte, end.
        let whole = [
            &[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xd9][..],
            &[0xff, 0xda, 0, 4, 1, 2, 7, 0xff, 0, 7, 0xff, 0xd0, 7, 0xff],
            &[0xff, 0xd9],
        ]
        .concat();
        assert!(is_whole(&whole));
        assert!(is_whole(&[&whole[..], b"a little film"].concat()));
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]), "cut off after {end} bytes");
        }
    }

    #[test]
    fn a_picture_without_a_scan_is_none() {
        assert!(!is_whole(&[0xff, 0xd8, 0xff, 0xd9]));
        assert!(!is_whole(b""));
    }
}
