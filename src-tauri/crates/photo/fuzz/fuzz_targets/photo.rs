//! Every entry of `photo`, with whatever bytes: no panic, and what comes out is a whole picture that has nothing left to remove.
//! `cargo xtask fuzz photo` runs it.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use photo::{Focus, PhotoError, facts, inspect, prepare, preview, thumbnail};

/// Larger ones are sound too, and slow: coverage does not grow with them.
const MOST: u64 = 4_000_000;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(before) = facts(bytes) else {
        return Corpus::Keep;
    };
    if u64::from(before.width) * u64::from(before.height) > MOST {
        return Corpus::Reject;
    }
    let last = f32::from(bytes[bytes.len() - 1]) / 255.0;
    let crop = bytes.len().is_multiple_of(2).then_some(Focus {
        x: last,
        y: 1.0 - last,
    });
    match prepare(bytes, crop) {
        Ok(prepared) => {
            let after = facts(&prepared.picture.bytes).expect("what is sent is a picture");
            assert_eq!(
                (after.width, after.height),
                (prepared.picture.width, prepared.picture.height)
            );
            assert!(
                !(after.turned || after.location || after.details || after.moving),
                "{after:?}"
            );
            assert!(after.width <= photo::EDGE && after.height <= photo::EDGE);
            inspect(&prepared.picture.bytes).expect("what is sent passes the last check");
            preview(bytes, 64).expect("what can be sent can be looked at");
            thumbnail(bytes, 40, 30).expect("what can be sent can be listed");
        }
        Err(error) => assert!(
            !matches!(error, PhotoError::TooLarge { .. }),
            "an original is never too large to be sent"
        ),
    }
    Corpus::Keep
});
