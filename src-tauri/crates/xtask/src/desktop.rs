//! The desktop that the tests see: a display without a screen, a session bus, an unlocked keyring, and a home folder, all of their own.
//!
//! A developer's display, keyring and files are never touched, and a machine with none of them passes. Only package caches (cargo, npm, pip) are
//! still the user's, by explicit variables, so that a test that installs a package does not fetch it anew each time.

use std::{
    env,
    fs::{self, Permissions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{
    group::{Group, remove_on_interrupt},
    shell::ask,
};

const SCREEN: &str = "1920x1200x24";
/// Each part is up within a second on an idle machine; a busy one gets the rest.
const READY_WITHIN: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(50);

/// A bus that starts no service by itself, unlike a session's usual one: a locked keyring, portals and the like would come up uninvited.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running desktop; it ends when dropped. The fields end in this order: who speaks on the bus before the bus, everything before its folder.
pub(crate) struct Desktop {
    variables: Vec<(&'static str, PathBuf)>,
    _keyring: Group,
    _bus: Group,
    _display: Group,
    _folder: TempDir,
}

impl Desktop {
    /// Starts all of it and waits until the keyring can keep secrets.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("hotelmate-test-")
            .tempdir()
            .context("could not make a temporary folder")?;
        remove_on_interrupt(folder.path().to_path_buf());
        let mut variables = folders(folder.path())?;
        variables.extend(package_caches());

        let (display, number) = spoken(
            Command::new("Xvfb").args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ]),
            &variables,
        )?;
        variables.push(("DISPLAY", format!(":{number}").into()));

        let configuration = folder.path().join("bus.conf");
        fs::write(&configuration, BUS).context("could not write the bus's configuration")?;
        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file")
            .arg(configuration)
            .args(["--nofork", "--print-address=1"]);
        let (bus, address) = spoken(&mut bus, &variables)?;
        variables.push(("DBUS_SESSION_BUS_ADDRESS", address.into()));

        let keyring = unlocked_keyring(&variables)?;
        Ok(Self {
            variables,
            _keyring: keyring,
            _bus: bus,
            _display: display,
            _folder: folder,
        })
    }

    /// Makes `command` run on this desktop.
    pub(crate) fn furnish<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        furnish(command, &self.variables)
    }
}

fn furnish<'a>(command: &'a mut Command, variables: &[(&'static str, PathBuf)]) -> &'a mut Command {
    for foreign in [
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_PID",
        "GNOME_KEYRING_CONTROL",
        "SESSION_MANAGER",
    ] {
        command.env_remove(foreign);
    }
    // Assistive technology on the user's own desktop is asked for over a bus that this desktop does not have.
    command
        .env("NO_AT_BRIDGE", "1")
        .env("GDK_BACKEND", "x11")
        // This display has no graphics card. Imitating one would cost half as much again, and its memory would be counted as the console's.
        .env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
        .env("XDG_SESSION_TYPE", "x11");
    command.envs(variables.iter().map(|(name, value)| (name, value)))
}

/// The tests' own home and what lies in one.
fn folders(root: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    let mut variables = Vec::new();
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_DATA_HOME", "home/.local/share"),
        ("XDG_STATE_HOME", "home/.local/state"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_RUNTIME_DIR", "run"),
        ("TMPDIR", "tmp"),
    ] {
        let path = root.join(folder);
        fs::create_dir_all(&path).with_context(|| format!("could not make {}", path.display()))?;
        // Whoever uses XDG_RUNTIME_DIR refuses it when others may look in.
        #[cfg(unix)]
        fs::set_permissions(
            &path,
            <Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700),
        )?;
        variables.push((name, path));
    }
    Ok(variables)
}

/// Where the user's package managers keep what they fetched, and are configured: all of them look below HOME unless told.
fn package_caches() -> Vec<(&'static str, PathBuf)> {
    let Some(home) = env::home_dir() else {
        return Vec::new();
    };
    let defaults = [
        ("CARGO_HOME", ".cargo"),
        ("RUSTUP_HOME", ".rustup"),
        ("npm_config_cache", ".npm"),
        ("npm_config_userconfig", ".npmrc"),
        ("PIP_CACHE_DIR", ".cache/pip"),
        ("PIP_CONFIG_FILE", ".config/pip/pip.conf"),
    ];
    let unset = |name: &str| env::var_os(name).is_none();
    let kept = defaults
        .into_iter()
        .filter(|(name, _)| unset(name))
        .map(|(name, below)| (name, home.join(below)));
    kept.filter(|(_, path)| path.exists()).collect()
}

/// Starts a server that says one line on its standard output once it is ready, and returns both.
fn spoken(command: &mut Command, variables: &[(&'static str, PathBuf)]) -> Result<(Group, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    furnish(command, variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut group = Group::spawn(command)?;
    let output = group.child().stdout.take().context("the output is piped")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut line = String::new();
        // A failed read is an empty line, which is reported below; nobody listening any more is no concern of this thread.
        let _ = reader.read_line(&mut line);
        let _ = sender.send(line);
    });
    let line = receiver.recv_timeout(READY_WITHIN).unwrap_or_default();
    let line = line.trim();
    if line.is_empty() {
        bail!("{name} did not get ready; start it by hand to see why");
    }
    Ok((group, line.to_owned()))
}

/// A Secret Service whose default collection is unlocked, with a password that protects nothing.
fn unlocked_keyring(variables: &[(&'static str, PathBuf)]) -> Result<Group> {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--foreground", "--unlock", "--components=secrets"]);
    furnish(&mut command, variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut keyring = Group::spawn(&mut command)?;
    let mut password = keyring.child().stdin.take().context("the input is piped")?;
    // No newline: it would be part of the password. The end of the input is what the daemon waits for.
    password
        .write_all(b"test")
        .context("gnome-keyring-daemon did not take its password")?;
    drop(password);

    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let mut question = Command::new("dbus-send");
        question.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets/aliases/default",
        ]);
        question.args([
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ]);
        let answer = ask(furnish(&mut question, variables));
        if answer.is_some_and(|answer| answer.contains("boolean false")) {
            return Ok(keyring);
        }
        if Instant::now() >= deadline {
            bail!(
                "gnome-keyring-daemon did not offer an unlocked keyring within {} s",
                READY_WITHIN.as_secs()
            );
        }
        thread::sleep(GLANCE);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_keeps_secrets_and_leaves_nothing() {
        let desktop = Desktop::start().unwrap();
        let home = ask(desktop.furnish(Command::new("sh").args(["-c", "echo $HOME"]))).unwrap();
        let home = PathBuf::from(home);
        assert!(
            home.starts_with(env::temp_dir()),
            "programs on the desktop see its own home, not {}",
            home.display()
        );
        assert!(
            home.join(".local/share/keyrings/login.keyring").exists(),
            "the keyring lies in that home"
        );
        drop(desktop);
        assert!(!home.exists(), "the home is gone with the desktop");
    }
}
