//! Pictures of the real window: the tour that the tests make, photographed.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    setup::{Purpose, setup},
    shell::root,
    test::{self, Selection},
};

/// What the README and the user guide show, by the folder of their size and theme.
const SHOWN: &[(&str, &[&str])] = &[
    (
        "1180x760-light",
        &[
            "activity",
            "cards",
            "conflict",
            "desk-sheet",
            "editor",
            "handover",
            "history",
            "marked",
            "offline",
            "palette",
            "parked",
            "settings",
            "sign-in",
            "table",
            "timeline",
        ],
    ),
    ("1180x760-dark", &["editor"]),
];

/// `cargo xtask screenshots`.
pub(crate) fn screenshots() -> Result<()> {
    setup(Purpose::Test)?;
    let taken = root().join("target/screenshots");
    let shown = root().join("docs/pictures");
    fs::create_dir_all(&shown).context("docs/pictures cannot be made")?;
    test::all(&Selection {
        filter: Some("tour::".to_owned()),
        environment: vec![("HOTELMATE_PICTURES", taken.display().to_string())],
        ..Selection::default()
    })?;
    for (folder, states) in SHOWN {
        let dark = if folder.ends_with("-dark") { "-dark" } else { "" };
        for state in *states {
            let picture = taken.join(folder).join(format!("{state}.png"));
            fs::copy(&picture, shown.join(format!("{state}{dark}.png")))
                .with_context(|| format!("{} was not taken", picture.display()))?;
        }
    }
    println!(
        "pictures in {}, and {} of them are copied to {}",
        taken.display(),
        SHOWN.iter().map(|(_, states)| states.len()).sum::<usize>(),
        shown.display()
    );
    Ok(())
}
