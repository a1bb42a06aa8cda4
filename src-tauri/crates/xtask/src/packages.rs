//! The system packages the console needs, and how each system installs them.
//!
//! Debian and Ubuntu: what is missing is installed. Elsewhere the exact command, or what is needed, is printed and the work stops only when
//! something is really missing, as far as that can be asked.

use std::{fs, process::Command};

use anyhow::{Result, bail};

use crate::{
    setup::Purpose,
    shell::{ask, check},
};

/// One thing the system must provide: why, and its package on each kind of Linux.
struct Need {
    why: &'static str,
    purpose: Purpose,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        why: "the C compiler and linker behind SQLite, the TLS library and every link",
        purpose: Purpose::Run,
        debian: "build-essential",
        fedora: "gcc gcc-c++ make",
        arch: "base-devel",
    },
    Need {
        why: "finds the libraries below at build time",
        purpose: Purpose::Run,
        debian: "pkg-config",
        fedora: "pkgconf-pkg-config",
        arch: "pkgconf",
    },
    Need {
        why: "builds libjpeg-turbo, the JPEG library that is linked in",
        purpose: Purpose::Run,
        debian: "cmake",
        fedora: "cmake",
        arch: "cmake",
    },
    Need {
        why: "assembles the fast paths of the JPEG library; without it photos take several times as long",
        purpose: Purpose::Run,
        debian: "nasm",
        fedora: "nasm",
        arch: "nasm",
    },
    Need {
        why: "the webview, and GTK with it",
        purpose: Purpose::Run,
        debian: "libwebkit2gtk-4.1-dev",
        fedora: "webkit2gtk4.1-devel",
        arch: "webkit2gtk-4.1",
    },
    Need {
        why: "draws SVG icons in GTK's windows and dialogs",
        purpose: Purpose::Run,
        debian: "librsvg2-dev",
        fedora: "librsvg2-devel",
        arch: "librsvg",
    },
    Need {
        why: "the window library asks the desktop for its colour scheme over D-Bus",
        purpose: Purpose::Run,
        debian: "libdbus-1-dev",
        fedora: "dbus-devel",
        arch: "dbus",
    },
    Need {
        why: "a display without a screen",
        purpose: Purpose::Test,
        debian: "xvfb",
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
    },
    Need {
        why: "a session bus of the tests' own (dbus-daemon, dbus-send)",
        purpose: Purpose::Test,
        debian: "dbus",
        fedora: "dbus-daemon dbus-tools",
        arch: "dbus",
    },
    Need {
        why: "a real Secret Service to keep tokens in",
        purpose: Purpose::Test,
        debian: "gnome-keyring",
        fedora: "gnome-keyring",
        arch: "gnome-keyring",
    },
    Need {
        why: "WebKitWebDriver, which drives the real window",
        purpose: Purpose::Test,
        debian: "webkit2gtk-driver",
        fedora: "webkit2gtk-driver",
        arch: "webkit2gtk-4.1",
    },
    Need {
        why: "exiftool, which reads what a photo still tells after it was made ready to send",
        purpose: Purpose::Test,
        debian: "libimage-exiftool-perl",
        fedora: "perl-Image-ExifTool",
        arch: "perl-image-exiftool",
    },
    Need {
        why: "a browser, in which the guest page is tried",
        purpose: Purpose::Test,
        debian: "chromium",
        fedora: "chromium",
        arch: "chromium",
    },
    Need {
        why: "chromedriver, which drives that browser",
        purpose: Purpose::Test,
        debian: "chromium-driver",
        fedora: "chromedriver",
        arch: "chromium",
    },
    Need {
        why: "the official Python server library triggers events at the demo hotel",
        purpose: Purpose::Test,
        debian: "python3-venv",
        fedora: "python3",
        arch: "python",
    },
    Need {
        why: "vipsthumbnail, beside which making a photo ready is measured",
        purpose: Purpose::Bench,
        debian: "libvips-tools",
        fedora: "vips-tools",
        arch: "libvips",
    },
];

/// Sees to the system packages for `purpose`, or says what to do.
pub(crate) fn ensure(purpose: Purpose) -> Result<()> {
    if cfg!(target_os = "macos") {
        println!("  macOS: needs Xcode's command line tools (xcode-select --install), cmake and nasm");
        return no_window_tests(purpose);
    }
    if cfg!(windows) {
        println!(
            "  Windows: needs the Visual Studio Build Tools (C++), CMake, NASM and the WebView2 runtime, which Windows 10 and 11 bring"
        );
        return no_window_tests(purpose);
    }
    match family(&fs::read_to_string("/etc/os-release").unwrap_or_default()) {
        Family::Debian => install_with_apt(&names(purpose, |need| need.debian)),
        Family::Fedora => {
            let names = names(purpose, |need| need.fedora);
            let missing = absent(&names, |name| {
                Command::new("rpm").args(["-q", "--whatprovides", name]).output()
            });
            tell(&missing, "sudo dnf install")
        }
        Family::Arch => {
            let names = names(purpose, |need| need.arch);
            // pacman knows groups apart from packages; -T resolves both.
            let missing = absent(&names, |name| Command::new("pacman").args(["-T", name]).output());
            tell(&missing, "sudo pacman -S --needed")
        }
        Family::Other => {
            println!("  this system is not known here; the build needs, in Debian's names:");
            for need in needed(purpose) {
                println!("    {:<22} {}", need.debian, need.why);
            }
            Ok(())
        }
    }
}

fn no_window_tests(purpose: Purpose) -> Result<()> {
    if purpose >= Purpose::Test {
        bail!(
            "tests and benches drive the real window through WebKitGTK's driver, which exists on Linux only; `cargo test -p CRATE` works here"
        );
    }
    Ok(())
}

fn needed(purpose: Purpose) -> impl Iterator<Item = &'static Need> {
    NEEDS.iter().filter(move |need| need.purpose <= purpose)
}

fn names(purpose: Purpose, of: impl Fn(&Need) -> &'static str) -> Vec<&'static str> {
    let mut names: Vec<_> = needed(purpose).flat_map(|need| of(need).split(' ')).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn absent(
    names: &[&'static str],
    query: impl Fn(&str) -> std::io::Result<std::process::Output>,
) -> Vec<&'static str> {
    names
        .iter()
        .copied()
        .filter(|name| !query(name).is_ok_and(|output| output.status.success()))
        .collect()
}

fn tell(missing: &[&str], install: &str) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "system packages are missing; install them and run this again:\n\n  {install} {}\n",
        missing.join(" ")
    )
}

fn install_with_apt(names: &[&str]) -> Result<()> {
    let installed = |name: &str| {
        ask(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", name])).as_deref()
            == Some("installed")
    };
    let missing: Vec<_> = names.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("  installing: {}", missing.join(" "));
    let root = ask(Command::new("id").arg("-u")).as_deref() == Some("0");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if root { "env" } else { "sudo" });
        // sudo takes assignments as env does, and unlike the environment they survive its reset.
        command
            .arg("DEBIAN_FRONTEND=noninteractive")
            .arg("apt-get")
            .args(["-q", "-y"])
            .args(arguments);
        check(&mut command)
    };
    apt(&["update"])?;
    apt(&[&["install", "--no-install-recommends"], missing.as_slice()].concat())
}

#[derive(Debug, PartialEq)]
enum Family {
    Debian,
    Fedora,
    Arch,
    Other,
}

/// Which packages a Linux speaks, by the `ID` and `ID_LIKE` of its os-release file: derivatives name what they descend from.
fn family(os_release: &str) -> Family {
    let value = |key: &str| {
        let line = os_release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let ids = format!("{} {}", value("ID"), value("ID_LIKE"));
    for id in ids.split_whitespace() {
        match id {
            "debian" | "ubuntu" => return Family::Debian,
            "fedora" | "rhel" => return Family::Fedora,
            "arch" => return Family::Arch,
            _ => {}
        }
    }
    Family::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derivative_is_known_by_what_it_descends_from() {
        assert_eq!(
            family("NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n"),
            Family::Debian
        );
        assert_eq!(
            family("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Family::Debian
        );
        assert_eq!(
            family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
            Family::Fedora
        );
        assert_eq!(family("ID=manjaro\nID_LIKE=arch\n"), Family::Arch);
        assert_eq!(family("ID=nixos\n"), Family::Other);
        assert_eq!(family(""), Family::Other);
    }

    #[test]
    fn each_purpose_needs_its_own_packages_and_those_of_the_ones_before() {
        let of = |purpose| names(purpose, |need| need.debian);
        let (run, test, bench) = (of(Purpose::Run), of(Purpose::Test), of(Purpose::Bench));
        assert!(
            !run.contains(&"xvfb") && test.contains(&"xvfb"),
            "only tests need a display of their own"
        );
        assert!(
            run.iter().all(|name| test.contains(name)),
            "tests build the app too"
        );
        assert!(
            !test.contains(&"libvips-tools") && bench.contains(&"libvips-tools"),
            "only benches measure beside others"
        );
        assert!(
            test.iter().all(|name| bench.contains(name)),
            "benches drive the window too"
        );
    }
}
