//! The files that fuzzing starts from, and those it kept, with the ordinary build. See `fuzz/` for how it is run.

use std::fs;
use std::path::Path;

use photo::{Focus, facts, prepare, preview, thumbnail};

#[test]
fn no_file_of_the_fuzzing_corpus_breaks_anything() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/photo");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        count += 1;
        let Ok(before) = facts(&bytes) else {
            continue;
        };
        if u64::from(before.width) * u64::from(before.height) > 4_000_000 {
            continue;
        }
        for crop in [None, Some(Focus { x: 0.3, y: 0.8 })] {
            let Ok(prepared) = prepare(&bytes, crop) else {
                continue;
            };
            let after = facts(&prepared.picture.bytes).unwrap();
            assert!(
                !(after.turned || after.location || after.details || after.moving),
                "{after:?}"
            );
            preview(&bytes, 64).unwrap();
            thumbnail(&bytes, 40, 30).unwrap();
        }
    }
    assert!(count > 10, "the corpus is there");
}
