//! What is installed beside the program: manual page, changelog, licences, the icon that scales.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value};

use super::{NAME, debian};
use crate::{bundled::Part, licences, shell::root};

/// Makes the files below `folder`, and answers where each is to be installed, as the Tauri CLI wants it.
pub(super) fn make(folder: &Path, parts: &[Part], version: &str) -> Result<Map<String, Value>> {
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    let read = |path: &str| fs::read_to_string(root().join(path)).with_context(|| path.to_owned());
    let doc = format!("/usr/share/doc/{NAME}");
    let mut places = Map::new();
    let mut place = |at: String, file: &Path| {
        places.insert(at, file.display().to_string().into());
    };

    for (name, at, text) in [
        (
            format!("{NAME}.1.gz"),
            format!("/usr/share/man/man1/{NAME}.1.gz"),
            read(&format!("docs/{NAME}.1"))?,
        ),
        (
            "changelog.gz".to_owned(),
            format!("{doc}/changelog.gz"),
            debian::changelog(&read("CHANGELOG.md")?)?,
        ),
        (
            "third-party-licences.txt.gz".to_owned(),
            format!("{doc}/third-party-licences.txt.gz"),
            licences::list(parts)?,
        ),
    ] {
        let file = folder.join(name);
        pack(&file, &text)?;
        place(at, &file);
    }
    let copyright = folder.join("copyright");
    fs::write(&copyright, debian::copyright(&read("LICENSE-MIT")?, version)).context("copyright")?;
    place(format!("{doc}/copyright"), &copyright);
    place(
        format!("/usr/share/icons/hicolor/scalable/apps/{NAME}.svg"),
        &root().join("icons/icon.svg"),
    );
    Ok(places)
}

/// As `gzip -9n`: no name and no time in it, so that the same text is the same file.
fn pack(path: &Path, text: &str) -> Result<()> {
    let file = File::create(path).with_context(|| format!("could not make {}", path.display()))?;
    let mut gzip = GzBuilder::new().mtime(0).write(file, Compression::best());
    gzip.write_all(text.as_bytes())?;
    gzip.finish()?;
    Ok(())
}
