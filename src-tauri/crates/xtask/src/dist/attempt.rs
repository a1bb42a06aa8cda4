//! `cargo xtask dist --try`: the `.deb` in a Debian that knows nothing of us: installed, used in its real window by an ordinary user, removed.
//!
//! The Debian is made by debootstrap, from the mirror that this machine's own apt uses, in a folder that goes away afterwards. What runs in
//! it runs in a process and mount namespace of its own, which ends with everything in it. Only root may do all this.
//!
//! Absent: the update from an older version, since there is none yet, and a keyring: the console says so there and goes on.

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io::Write,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::NAME;
use crate::{
    group::{Group, end_all_on_interrupt},
    shell::{ask, check, part, took},
};

/// What a desktop has, and a bare Debian has not. The window's driver brings the web view along.
const DESKTOP: [&str; 5] = [
    "xvfb",
    "dbus",
    "webkit2gtk-driver",
    "xdg-utils",
    "desktop-file-utils",
];
const USER: &str = "staff-member";
const SESSION: &str = include_str!("session.sh");
/// The window tests' own, for the same reason.
const STIR: &str = include_str!("../../../../../tests/console/support/stir.js");
const PAGE: &str = include_str!("../../../../../tests/console/support/page.js");
/// The name under which WebDriver answers with an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// What is typed into an offer.
const CHANGED: &str = "Typed into a clean Debian";
/// A clean machine shows its first window within a few seconds; a busy one gets the rest.
const PATIENCE: Duration = Duration::from_secs(90);
const GLANCE: Duration = Duration::from_millis(200);

/// Installs, uses and removes the package.
pub(super) fn attempt(deb: &Path) -> Result<()> {
    if ask(Command::new("id").arg("-u")).as_deref() != Some("0") {
        bail!("only root may make a clean Debian: sudo cargo xtask dist --try");
    }
    for (tool, package) in [
        ("debootstrap", "debootstrap"),
        ("unshare", "util-linux"),
        ("curl", "curl"),
    ] {
        ensure!(
            ask(Command::new("which").arg(tool)).is_some(),
            "{tool} is missing: apt-get install {package}"
        );
    }
    end_all_on_interrupt()?;
    let started = Instant::now();
    let folder = tempfile::Builder::new().prefix("hotelmate-root-").tempdir()?;
    let root = Root(folder.path().join("debian"));
    part("a clean Debian", || root.make())?;
    let before = root.files()?;

    part("the package is installed", || {
        fs::copy(deb, root.0.join("tmp/console.deb"))?;
        root.apt(&["install", "--no-install-recommends", "/tmp/console.deb"])
    })?;
    let installed: Vec<_> = root.files()?.difference(&before).cloned().collect();
    println!("  {} files and folders more", installed.len());
    let pictures = deb.with_file_name("try.png");
    part("it is used", || used(&root, &pictures))?;
    let home = format!("/home/{USER}/");
    ensure!(
        root.0
            .join(&home[1..])
            .join(".local/share/hotelmate-console/console.db")
            .exists(),
        "the user's data is not where the manual says"
    );

    part("it is removed", || {
        root.apt(&["purge", NAME])?;
        // Dependencies that it brought go too, also where something else would only like to have them.
        root.apt(&[
            "autoremove",
            "--purge",
            "-o",
            "APT::AutoRemove::RecommendsImportant=false",
        ])
    })?;
    let after = root.files()?;
    let is_kept = |path: &&String| path.starts_with(&home);
    let left: Vec<_> = after.difference(&before).filter(|path| !is_kept(path)).collect();
    let lost: Vec<_> = before.difference(&after).collect();
    ensure!(left.is_empty(), "it leaves behind: {left:#?}");
    ensure!(lost.is_empty(), "it takes with it: {lost:#?}");
    ensure!(
        after
            .iter()
            .any(|path| path.ends_with("/hotelmate-console/console.db")),
        "the user's data is gone"
    );
    println!(
        "\ninstalled, used and removed in {}; nothing is left but the data of its user. The window: {}",
        took(started.elapsed()),
        pictures.display()
    );
    Ok(())
}

/// A Debian in a folder.
struct Root(PathBuf);

impl Root {
    fn make(&self) -> Result<()> {
        let release = fs::read_to_string("/etc/os-release").context("/etc/os-release")?;
        let codename = release
            .lines()
            .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let codename = codename.context("this system's release has no name")?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap
            .args(["--variant=minbase", codename])
            .arg(&self.0)
            .arg(mirror(codename)?);
        check(debootstrap.stdout(Stdio::null()))?;
        // How this machine reaches its mirrors.
        let ways = ask(Command::new("apt-config").args(["dump", "Acquire"])).unwrap_or_default();
        fs::write(self.0.join("etc/apt/apt.conf.d/99-as-outside"), ways)?;
        self.apt(&[&["install", "--no-install-recommends"], DESKTOP.as_slice()].concat())?;
        check(self.inside().args(["useradd", "--create-home", USER]))?;
        let session = self.0.join("usr/local/bin/session");
        fs::write(&session, SESSION)?;
        fs::set_permissions(&session, Permissions::from_mode(0o755))?;
        Ok(())
    }

    /// A command in it, in namespaces of its own.
    fn inside(&self) -> Command {
        // /proc of the new namespace, so that nobody in there sees, or ends, anybody outside.
        let enter =
            "mount -t proc proc \"$0/proc\" && mount --bind /dev \"$0/dev\" && exec chroot \"$0\" \"$@\"";
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter])
            .arg(&self.0);
        command
    }

    fn apt(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.inside();
        command
            .args([
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "LC_ALL=C",
                "apt-get",
                "-qq",
                "-y",
            ])
            .args(["-o", "Dpkg::Use-Pty=0"])
            .args(arguments);
        check(command.stdout(Stdio::null()))
    }

    /// Every path in it, but for what the system makes anew by itself.
    fn files(&self) -> Result<BTreeSet<String>> {
        let mut find = Command::new("find");
        find.arg(&self.0).args(["-xdev", "-printf", "/%P\\n"]);
        let all = ask(&mut find).context("find could not list the files")?;
        let passing = [
            "/proc/",
            "/dev/",
            "/tmp/",
            "/run/",
            "/var/cache/",
            "/var/lib/apt/lists/",
        ];
        let is_lasting = |path: &&str| !passing.iter().any(|start| path.starts_with(start));
        Ok(all.lines().filter(is_lasting).map(str::to_owned).collect())
    }
}

/// Where this machine's apt gets this release from.
fn mirror(codename: &str) -> Result<String> {
    let mut question = Command::new("apt-get");
    question.args([
        "indextargets",
        "--format",
        "$(SITE) $(CODENAME)",
        "Created-By: Packages",
    ]);
    let said = ask(&mut question).context("apt does not say where it gets packages from")?;
    let mut targets = said.lines().filter_map(|line| line.split_once(' '));
    let found = targets.find(|(_, of)| *of == codename);
    let (site, _) = found.with_context(|| format!("apt has no source for {codename}"))?;
    Ok(site.to_owned())
}

/// The demo hotel in the installed console; a link clicked elsewhere, and the offer that it opens changed; a link to nowhere.
fn used(root: &Root, picture: &Path) -> Result<()> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut session = root.inside();
    session
        .args(["runuser", "-u", USER, "--", "env", "-i"])
        .args([
            "PATH=/usr/bin:/bin",
            "LANG=C.UTF-8",
            "HOTELMATE_DEMO=1",
            "TAURI_AUTOMATION=true",
        ])
        .args(["TAURI_WEBVIEW_AUTOMATION=true", "NO_AT_BRIDGE=1"])
        .arg(format!("HOME=/home/{USER}"))
        .args([
            "dbus-run-session",
            "--",
            "/usr/local/bin/session",
            &port.to_string(),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _session = Group::spawn(&mut session)?;

    let window = Window::open(port)?;
    let offers = window.until("the demo hotel's offers", OFFERS, |offers| {
        offers.as_array().is_some_and(|offers| offers.len() > 3)
    })?;
    let offer = offers
        .as_array()
        .and_then(|offers| offers.get(2))
        .context("three offers")?;
    let (id, title) = (&offer[0], &offer[1]);
    println!("  {} offers are shown", offers.as_array().map_or(0, Vec::len));

    let id = id.as_str().context("an offer has an id")?;
    click(root, &format!("hotelmate://offer/{id}"))?;
    window.until("the editor of the link's offer", TITLE, |shown| shown == title)?;
    println!("  hotelmate://offer/{id} opened {title}");

    window.type_into("field-title", CHANGED)?;
    window.click("save")?;
    // Its card says that the hotel has it.
    let changed = json!([id, CHANGED]);
    window.until("the changed card", &format!("{PAGE} {SETTLED}"), |offers| {
        offers.as_array().is_some_and(|offers| offers.contains(&changed))
    })?;
    println!("  it was given another title, which the hotel has");
    window.picture(picture)?;

    click(root, "hotelmate://server/https://elsewhere.example")?;
    window.until("words about a link to nowhere", WORDS, |words| {
        words
            .as_str()
            .is_some_and(|words| words.contains("This link leads nowhere"))
    })?;
    println!("  a link to nowhere is refused in words");
    window.close()
}

const OFFERS: &str = "return [...document.querySelectorAll('[data-testid=offer]')]
    .map((card) => [card.dataset.offerId, card.querySelector('[data-testid=offer-title]').textContent.trim()])";
const SETTLED: &str =
    "return offerCards().filter(({ sync }) => sync === 'synced').map(({ id, title }) => [id, title])";
const TITLE: &str = "return document.querySelector('[data-testid=field-title]')?.value ?? null";
const WORDS: &str = "return document.querySelector('[data-testid=status-bar]')?.textContent ?? null";

fn click(root: &Root, link: &str) -> Result<()> {
    let mut pipe = fs::OpenOptions::new()
        .write(true)
        .open(root.0.join("tmp/links"))?;
    writeln!(pipe, "{link}")?;
    Ok(())
}

/// The console's window, through WebDriver's few calls that are needed.
struct Window {
    session: String,
}

impl Window {
    fn open(port: u16) -> Result<Self> {
        let driver = format!("http://127.0.0.1:{port}");
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": format!("/usr/bin/{NAME}"), "args": [] },
        } } });
        // The driver takes a moment to listen.
        let answer = patiently(|| call("POST", &format!("{driver}/session"), &wanted))?;
        let id = answer["sessionId"]
            .as_str()
            .context("the driver names no session")?;
        Ok(Self {
            session: format!("{driver}/session/{id}"),
        })
    }

    fn until(&self, what: &str, script: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        patiently(|| match self.run(script) {
            Ok(value) if fits(&value) => Ok(value),
            last => bail!("waiting for {what}; the last answer was {last:?}"),
        })
    }

    /// Replaces what stands in a field: emptied at once, then typed key by key.
    fn type_into(&self, id: &str, text: &str) -> Result<()> {
        let empty = format!("{PAGE} fill(byId('{id}'), '')");
        let typed = json!({ "text": text });
        patiently(|| {
            self.run(&empty)?;
            self.do_to(id, "value", &typed)
        })
        .with_context(|| format!("typing into {id}"))
    }

    fn click(&self, id: &str) -> Result<()> {
        patiently(|| self.do_to(id, "click", &json!({}))).with_context(|| format!("clicking {id}"))
    }

    fn do_to(&self, id: &str, deed: &str, with: &Value) -> Result<()> {
        let wanted = json!({ "using": "css selector", "value": format!("[data-testid={id}]") });
        let found = call("POST", &format!("{}/element", self.session), &wanted)?;
        let element = found[ELEMENT].as_str().context("no element")?;
        call(
            "POST",
            &format!("{}/element/{element}/{deed}", self.session),
            with,
        )
        .map(|_| ())
    }

    fn run(&self, script: &str) -> Result<Value> {
        let asked = json!({ "script": script, "args": [] });
        call("POST", &format!("{}/execute/sync", self.session), &asked)
    }

    fn picture(&self, path: &Path) -> Result<()> {
        self.run(STIR)?;
        let answer = call("GET", &format!("{}/screenshot", self.session), &Value::Null)?;
        let bytes = STANDARD.decode(answer.as_str().unwrap_or_default())?;
        fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
    }

    fn close(self) -> Result<()> {
        call("DELETE", &self.session, &Value::Null).map(|_| ())
    }
}

/// What an attempt comes to, as soon as one succeeds.
fn patiently<T>(attempt: impl Fn() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => thread::sleep(GLANCE),
            done => return done,
        }
    }
}

fn call(method: &str, address: &str, body: &Value) -> Result<Value> {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--max-time",
        "60",
        "--noproxy",
        "*",
        "--request",
        method,
    ]);
    if !body.is_null() {
        curl.arg("--data").arg(body.to_string());
    }
    let output = curl.arg(address).output().context("could not start curl")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut answer: Value =
        serde_json::from_slice(&output.stdout).context("the driver did not answer in JSON")?;
    let value = answer["value"].take();
    ensure!(
        value["error"].is_null(),
        "{}: {}",
        value["error"],
        value["message"]
    );
    Ok(value)
}
