//! The bill of materials: a CycloneDX document that names every part of the packages, with its version, licence and checksum.
//!
//! Made here and not by a tool: those for cargo are built for minutes and write into the source tree, npm's knows only its half, and both
//! put the hour and a random number in, so that no two builds would agree.

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::bundled::{Kind, Part};

/// The document for these parts. `made_at` is the time it claims to be made.
pub(crate) fn document(parts: &[Part], version: &str, made_at: &str) -> Result<String> {
    let components = parts.iter().map(component).collect::<Result<Vec<_>>>()?;
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": made_at,
            "component": {
                "type": "application",
                "bom-ref": "hotelmate-console",
                "name": "hotelmate-console",
                "version": version,
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
        },
        "components": components,
    });
    Ok(format!("{document:#}\n"))
}

fn component(part: &Part) -> Result<Value> {
    let (kind, name) = match part.kind {
        Kind::Crate => ("cargo", part.name.clone()),
        // The scope's mark is written out in a package URL.
        Kind::Npm => ("npm", part.name.replace('@', "%40")),
    };
    let purl = format!("pkg:{kind}/{name}@{}", part.version.replace('+', "%2B"));
    let mut component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": part.name,
        "version": part.version,
        "purl": purl,
    });
    // Cargo used to take a stroke for "or".
    let licence = part.licence.replace(" / ", " OR ").replace('/', " OR ");
    if !licence.is_empty() {
        component["licenses"] = json!([{ "expression": licence }]);
    }
    if let Some(checksum) = &part.checksum {
        let (algorithm, content) = match checksum.strip_prefix("sha512-") {
            Some(base64) => ("SHA-512", hexadecimal(base64).with_context(|| part.name.clone())?),
            None => ("SHA-256", checksum.clone()),
        };
        component["hashes"] = json!([{ "alg": algorithm, "content": content }]);
    }
    Ok(component)
}

/// npm writes checksums in Base64, the document wants digits.
fn hexadecimal(base64: &str) -> Result<String> {
    let bytes = STANDARD.decode(base64).context("not Base64")?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_part_is_named_so_that_scanners_know_it() {
        let part = Part {
            kind: Kind::Npm,
            name: "@tauri-apps/api".to_owned(),
            version: "2.12.5".to_owned(),
            licence: "Apache-2.0 OR MIT".to_owned(),
            authors: Vec::new(),
            folder: PathBuf::new(),
            source: String::new(),
            checksum: Some("sha512-aGVsbG8=".to_owned()),
        };
        let document = document(&[part], "1.0.0", "2026-11-23T00:00:00Z").unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        let component = &document["components"][0];
        assert_eq!(component["purl"], "pkg:npm/%40tauri-apps/api@2.12.5");
        assert_eq!(component["hashes"][0]["content"], "68656c6c6f");
        assert_eq!(component["licenses"][0]["expression"], "Apache-2.0 OR MIT");
    }
}
