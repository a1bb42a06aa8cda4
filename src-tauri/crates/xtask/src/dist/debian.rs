//! Debian's own rules, where the Tauri CLI does not know them: which libraries the program needs, who maintains the package, a changelog in
//! Debian's format, a copyright file, permissions and owners.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use super::{NAME, reproducible};
use crate::shell::{ask, check, root};

/// Who answers for the packages.
const MAINTAINER: &str = "HotelMate Console <console@hotelmate.invalid>";
const DESCRIPTION: &str = "special offers of a hotel, for its staff
 Hotel staff create, change, hide and delete special offers and their photos.
 Every window on every computer of the hotel follows at once; when the line is
 down, everything known is still shown, and changes wait on this computer until
 they can be sent.
 .
 The package brings a demo hotel, so it can be tried without a server.";

/// This machine's, in Debian's words.
pub(super) fn architecture() -> Result<String> {
    ask(Command::new("dpkg").arg("--print-architecture"))
        .context("dpkg is missing: the packages are made on Debian or Ubuntu")
}

/// The packages that own the libraries which the program is linked with, with the versions it needs of them.
pub(super) fn libraries(program: &Path) -> Result<String> {
    // It reads the name of the package from a source tree, which we have none of.
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("debian"))?;
    fs::write(
        folder.path().join("debian/control"),
        format!("Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"),
    )?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.current_dir(folder.path()).args(["-O", "-e"]).arg(program);
    let said = ask(&mut command).context("dpkg-shlibdeps could not read the program's libraries")?;
    let depends = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    Ok(depends.context("dpkg-shlibdeps names no libraries")?.to_owned())
}

/// Takes the package that the Tauri CLI made apart, sets it right, and builds it again as `to`.
pub(super) fn refine(from: &Path, to: &Path, depends: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tree = folder.path().join("tree");
    check(Command::new("dpkg-deb").arg("--raw-extract").args([from, &tree]))?;
    let overrides = tree.join("usr/share/lintian/overrides");
    fs::create_dir_all(&overrides)?;
    fs::copy(
        root().join("src-tauri/packaging/lintian-overrides"),
        overrides.join(NAME),
    )?;
    settle(&tree)?;

    let path = tree.join("DEBIAN/control");
    let made = fs::read_to_string(&path).context("the package's control file")?;
    let installed = kilobytes(&tree)?;
    fs::write(&path, control(&made, depends, installed)?)?;
    // In the order of names, as Debian's own tools write it.
    let sums = "cd \"$0\" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    check(Command::new("sh").args(["-c", sums]).arg(&tree))?;
    check(
        Command::new("chmod")
            .arg("644")
            .args([tree.join("DEBIAN/md5sums"), path]),
    )?;
    check(
        Command::new("dpkg-deb")
            .env("SOURCE_DATE_EPOCH", reproducible::epoch()?)
            .args(["--root-owner-group", "-Zxz", "--build"])
            .args([tree.as_path(), to]),
    )?;
    lint(to)
}

/// Everybody may read everything, nobody but root may write, and only the program runs.
fn settle(tree: &Path) -> Result<()> {
    let modes = "chmod -R u=rwX,go=rX \"$0\" && find \"$0/usr\" -type f -exec chmod 644 {} + && chmod 755 \"$0/usr/bin/\"*";
    check(Command::new("sh").args(["-c", modes]).arg(tree))
}

/// The control file, with what the Tauri CLI could not know.
fn control(made: &str, depends: &str, installed: u64) -> Result<String> {
    let field = |name: &str| {
        let line = made
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.with_context(|| format!("the package's control file has no {name}"))
    };
    Ok(format!(
        "Package: {NAME}\nVersion: {}\nArchitecture: {}\nMaintainer: {MAINTAINER}\nInstalled-Size: {installed}\nDepends: {depends}, ca-certificates\n\
         Recommends: default-dbus-session-bus | dbus-session-bus, gnome-keyring | keepassxc | kwalletmanager, xdg-utils\n\
         Section: misc\nPriority: optional\nDescription: {DESCRIPTION}\n",
        field("Version")?,
        field("Architecture")?,
    ))
}

/// What the package takes on disk, as Debian counts: whole kilobytes of every file, and one for everything else.
fn kilobytes(tree: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in fs::read_dir(tree)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        total += match entry.file_name() == "DEBIAN" {
            true => 0,
            false if metadata.is_dir() => 1 + kilobytes(&entry.path())?,
            false => metadata.len().div_ceil(1024),
        };
    }
    Ok(total)
}

/// What the package says of its size on disk.
pub(super) fn installed_kilobytes(deb: &Path) -> Result<u64> {
    let said = ask(Command::new("dpkg-deb")
        .arg("--field")
        .arg(deb)
        .arg("Installed-Size"));
    said.and_then(|said| said.parse().ok())
        .context("the package does not say how large it is")
}

fn lint(deb: &Path) -> Result<()> {
    if ask(Command::new("lintian").arg("--version")).is_none() {
        println!("  lintian is not installed: what it would say remains unsaid");
        return Ok(());
    }
    check(
        Command::new("lintian")
            .args(["--fail-on", "error", "--tag-display-limit", "0"])
            .arg(deb),
    )
}

/// CHANGELOG.md in Debian's format: a released version is an entry, and so is each of its points.
pub(super) fn changelog(markdown: &str) -> Result<String> {
    let mut entries = String::new();
    for release in markdown.split("\n## [").skip(1) {
        let (head, body) = release.split_once('\n').unwrap_or((release, ""));
        let Some((version, day)) = head.split_once("] - ") else {
            continue;
        };
        let day: jiff::civil::Date = day
            .trim()
            .parse()
            .with_context(|| format!("the day of {version}"))?;
        write!(entries, "{NAME} ({version}) stable; urgency=medium\n\n")?;
        for point in points(body) {
            let mut width = 0;
            entries.push_str("  *");
            for word in point.split_whitespace() {
                if width + word.len() > 72 {
                    entries.push_str("\n   ");
                    width = 0;
                }
                write!(entries, " {word}")?;
                width += word.len() + 1;
            }
            entries.push('\n');
        }
        write!(
            entries,
            "\n -- {MAINTAINER}  {} 12:00:00 +0000\n\n",
            day.strftime("%a, %d %b %Y")
        )?;
    }
    if entries.is_empty() {
        bail!("CHANGELOG.md has no release");
    }
    Ok(entries)
}

/// The points of a list, which may go on over several lines.
fn points(body: &str) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for line in body.lines() {
        if let Some(first) = line.strip_prefix("- ") {
            points.push(first.to_owned());
        } else if let (Some(more), Some(point)) = (line.strip_prefix("  "), points.last_mut()) {
            point.push(' ');
            point.push_str(more);
        }
    }
    points
}

/// Debian's copyright file: ours in full, and where that of others is.
pub(super) fn copyright(mit: &str, version: &str) -> String {
    // Below its copyright line.
    let (holders, terms) = mit.split_once("\n\n").unwrap_or(("", mit));
    let holders = holders.trim_start_matches("Copyright (c) ");
    let mut indented = String::new();
    for line in terms.trim().lines() {
        indented.push_str(if line.is_empty() { "\n ." } else { "\n " });
        indented.push_str(line);
    }
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: HotelMate Console
Upstream-Contact: {MAINTAINER}
Comment: Version {version}. The program and its pages contain the work of others, under the licences listed in
 /usr/share/doc/{NAME}/third-party-licences.txt.gz

Files: *
Copyright: {holders}
License: Expat or Apache-2.0

License: Expat{indented}

License: Apache-2.0
 On Debian systems, the full text of the Apache License, Version 2.0 can be found in the file
 /usr/share/common-licenses/Apache-2.0.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_becomes_an_entry_of_debians_changelog() {
        let markdown = "# Changelog\n\n## [Unreleased]\n\n- not yet\n\n## [0.2.0] - 2026-11-23\n\n### Added\n\n- One thing that is\n  long.\n- Another.\n\n\
            ## [0.1.0] - 2026-01-02\n\n- First.\n";
        let entries = changelog(markdown).unwrap();
        assert_eq!(
            entries,
            format!(
                "{NAME} (0.2.0) stable; urgency=medium\n\n  * One thing that is long.\n  * Another.\n\n \
                 -- {MAINTAINER}  Mon, 23 Nov 2026 12:00:00 +0000\n\n\
                 {NAME} (0.1.0) stable; urgency=medium\n\n  * First.\n\n -- {MAINTAINER}  Fri, 02 Jan 2026 12:00:00 +0000\n\n"
            )
        );
        assert!(changelog("# Changelog\n\n## [Unreleased]\n").is_err());
    }

    #[test]
    fn the_control_file_keeps_the_version_and_says_what_is_needed() {
        let made = "Package: x\nVersion: 0.1.0\nArchitecture: amd64\nDepends: a, a\nDescription: y\n";
        let control = control(made, "libc6 (>= 2.34)", 40_000).unwrap();
        assert!(
            control.contains("\nVersion: 0.1.0\nArchitecture: amd64\n"),
            "{control}"
        );
        assert!(
            control.contains("\nDepends: libc6 (>= 2.34), ca-certificates\n"),
            "{control}"
        );
        assert!(control.contains("\nInstalled-Size: 40000\n"), "{control}");
        assert!(super::control("Package: x\n", "", 0).is_err());
    }
}
