//! The official libraries understand the hub: `pusher-js` listens, the Python server library triggers.
//!
//! Both are installed from their locked lists into the target folder, and kept there until the list changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::Mutex,
    time::timeout,
};

use crate::{
    common::{Desk, soon},
    socket::Socket,
};

const CHANNEL: &str = "hotel-killarney";
/// Registries and wheels on a slow line.
const INSTALLING: Duration = Duration::from_secs(300);

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/official-clients")
}

/// Installs once per content of `list`: `install` fills the folder, which counts only when it is complete.
async fn installed(name: &str, list: &str, install: impl AsyncFn(&Path)) -> PathBuf {
    // Two tests of one process may want the same; two processes use the same target folder one after the other.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    let _guard = ONE_AT_A_TIME.lock().await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let wanted = fs::read_to_string(sources().join(list)).unwrap();
    let mark = folder.join("installed-from");
    if fs::read_to_string(&mark).ok().as_ref() != Some(&wanted) {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        install(&folder).await;
        fs::write(mark, wanted).unwrap();
    }
    folder
}

async fn run(command: &mut Command) -> Vec<u8> {
    let shown = format!("{command:?}");
    let output = timeout(
        INSTALLING,
        command.kill_on_drop(true).stdin(Stdio::null()).output(),
    )
    .await
    .unwrap_or_else(|_| panic!("{shown} took longer than {INSTALLING:?}"))
    .unwrap_or_else(|error| panic!("{shown} can't be run: {error}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}: {}\n{words}", output.status);
    output.stdout
}

/// A folder in which Node finds pusher-js.
async fn node() -> PathBuf {
    installed("pusher-js", "package-lock.json", async |folder| {
        for file in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(sources().join(file), folder.join(file)).unwrap();
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        run(Command::new(npm)
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder))
        .await;
    })
    .await
}

/// A Python that has the `pusher` library.
async fn python() -> PathBuf {
    let below = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let folder = installed("pusher-python", "requirements.txt", async |folder| {
        let system = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(system).args(["-m", "venv"]).arg(folder)).await;
        let list = sources().join("requirements.txt");
        run(Command::new(folder.join(below))
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(list))
        .await;
    })
    .await;
    folder.join(below)
}

/// pusher-js under Node, subscribed.
struct Listener {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Listener {
    async fn start(desk: &Desk) -> Self {
        let folder = node().await;
        let script = folder.join("listen.mjs");
        fs::copy(sources().join("listen.mjs"), &script).unwrap();
        let mut child = Command::new("node")
            .arg(script)
            .args([desk.hotel.pusher_key(), &desk.hotel.port().to_string(), CHANNEL])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut listener = Self { child, lines };
        assert_eq!(listener.next().await["state"], "connected");
        assert_eq!(listener.next().await, json!({ "subscribed": CHANNEL }));
        listener
    }

    async fn next(&mut self) -> Value {
        let line = soon("a line of pusher-js", self.lines.next_line()).await.unwrap();
        serde_json::from_str(&line.expect("pusher-js goes on")).unwrap()
    }

    async fn stop(mut self) {
        drop(self.child.stdin.take());
        let status = soon("the end of pusher-js", self.child.wait()).await.unwrap();
        assert!(status.success(), "{status}");
    }
}

#[tokio::test]
async fn pusher_js_subscribes_receives_and_comes_back_after_a_restart_of_the_hub() {
    let desk = Desk::open(0).await;
    let mut listener = Listener::start(&desk).await;
    let offer = desk.offer("Spa").await;
    let said = json!({"event": "offer-created", "data": {"offer": offer, "action": "created"}});
    assert_eq!(listener.next().await, said);
    assert_eq!(
        listener.next().await,
        json!({"event": "offers-updated", "data": {"action": "sync"}})
    );

    // 4200: come back at once, and subscribe again.
    desk.control.close_sockets(4200, "restart");
    // It tells what happened, once or more, before it is back.
    let mut told = Vec::new();
    let back = loop {
        let line = listener.next().await;
        if line["error"].is_null() {
            break line;
        }
        told.push(line);
    };
    assert_eq!(back["state"], "connected", "after {told:?}");
    assert_eq!(told[0]["error"]["data"]["code"], 4200, "{told:?}");
    assert_eq!(listener.next().await, json!({ "subscribed": CHANNEL }));
    desk.control
        .send_event(CHANNEL, "offers-updated", r#"{"action":"sync"}"#);
    assert_eq!(listener.next().await["event"], "offers-updated");

    listener.stop().await;
    soon("its leaving", desk.control.wait_until(|seen| seen.sockets == 0)).await;
    desk.close().await;
}

#[tokio::test]
async fn the_python_server_library_triggers_events_through_the_signed_api() {
    // A clock of today: the library signs with the machine's.
    let desk = Desk::start(demo_hotel::Options {
        offers: 0,
        ..demo_hotel::Options::default()
    })
    .await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    let app = desk.hotel.pusher_app();
    let port = desk.hotel.port().to_string();
    let printed = run(Command::new(python().await)
        .arg(sources().join("trigger.py"))
        .args([&app.id, &app.key, &app.secret, &port, CHANNEL]))
    .await;
    let answers: Value = serde_json::from_slice(&printed).unwrap();
    assert_eq!(
        answers,
        json!({
            "trigger": {}, "batch": {}, "channels": {"channels": {CHANNEL: {}}},
            "channel": {"occupied": true, "subscription_count": 1},
            "auth": {"auth": app.sign_subscription("1.2", "private-desk", None)}, "wrong secret": "refused",
        })
    );
    let created = json!({"offer": {"title": "Fáilte"}, "action": "created"});
    assert_eq!(socket.event().await, ("offer-created".to_owned(), created));
    assert_eq!(
        socket.event().await,
        ("offers-updated".to_owned(), json!({"action": "sync"}))
    );
    socket.is_quiet().await;
    desk.close().await;
}
