//! One WebKitWebDriver process, the app that it starts, and the session between them.

use std::{
    ffi::OsString,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::WindowHandle};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::{Pid, getpgid},
};
use serde_json::json;
use tokio::{
    net::TcpStream,
    sync::{Mutex, MutexGuard},
    time::{sleep, timeout},
};

use super::{PATIENCE, display::put_pointer_away};

pub(super) const APP: &str = env!("CARGO_BIN_EXE_hotelmate-console");
pub(super) const GLANCE: Duration = Duration::from_millis(20);

/// The driver's process, and through its process group everything it started. Ends with this value.
pub(super) struct Driver {
    process: Child,
    port: u16,
    said: Said,
}

impl Driver {
    /// Starts a driver whose environment the app will inherit. What both print goes to a file of `said`.
    pub(super) async fn start(environment: &[(String, OsString)], said: Said) -> Self {
        put_pointer_away();
        // The driver wants to be told its port. The one the system gives us can be taken by another before the driver listens; then it ends
        // at once, and the next one is tried.
        for _ in 0..5 {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback has a free port");
            let port = listener.local_addr().expect("a listener has an address").port();
            drop(listener);
            let output = File::create(&said.printed).expect("the workstation's folder can be written");
            let process = Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdin(Stdio::null())
                .stdout(output.try_clone().expect("a file can be shared"))
                .stderr(output)
                .process_group(0)
                .spawn()
                .expect("WebKitWebDriver starts; `cargo xtask setup --test` installs it");
            let mut driver = Self {
                process,
                port,
                said: said.clone(),
            };
            if driver.is_ready().await {
                return driver;
            }
        }
        panic!(
            "WebKitWebDriver found no port to listen on:\n{}",
            said.last_lines()
        );
    }

    async fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_ok() {
                return true;
            }
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return false;
            }
            sleep(GLANCE).await;
        }
        false
    }

    /// Starts the app and connects to it.
    pub(super) async fn open(&self, arguments: &[&str]) -> Session {
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": APP, "args": arguments } });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{}", self.port);
        match timeout(PATIENCE, builder.connect(&address)).await {
            Ok(Ok(client)) => Session {
                client,
                current: Arc::default(),
            },
            Ok(Err(error)) => panic!("the app did not start: {error}\n{}", self.said.last_lines()),
            Err(_) => panic!(
                "the app did not show a window within {} s\n{}",
                PATIENCE.as_secs(),
                self.said.last_lines()
            ),
        }
    }

    pub(super) fn said(&self) -> &Said {
        &self.said
    }

    /// The app's process, while it runs.
    pub(super) fn app(&self) -> Option<Pid> {
        let driver = self.process.id();
        all_processes().find(|id| parent(*id) == Some(driver))
    }

    /// The app, and what it started.
    pub(super) fn processes(&self) -> Vec<Pid> {
        let driver = self.group();
        let app = self.app();
        app.into_iter()
            .chain(members(driver).filter(|id| *id != driver && Some(*id) != app))
            .collect()
    }

    /// Ends the app as a power cut would.
    pub(super) async fn kill_app(&self) {
        let app = self.app().expect("the app runs");
        kill(app, Signal::SIGKILL).expect("the app is ours to end");
        self.app_ended().await;
    }

    /// Ends the app, WebKit's processes and the driver in one instant, as the machine's own end would.
    pub(super) async fn kill_all(&self) {
        let app = self.app().expect("the app runs");
        killpg(self.group(), Signal::SIGKILL).expect("the group is ours to end");
        super::within("the app's end", async {
            while parent(app).is_some() {
                sleep(GLANCE).await;
            }
        })
        .await;
    }

    /// The driver, the app, and WebKit's processes.
    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).expect("process ids are small"))
    }

    /// Waits until the app has ended by itself.
    pub(super) async fn app_ended(&self) {
        super::within("the app's end", async {
            while self.app().is_some() {
                sleep(GLANCE).await;
            }
        })
        .await;
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = killpg(self.group(), Signal::SIGKILL);
        let _ = self.process.wait();
    }
}

/// The processes of a group that have not ended.
pub(super) fn members(group: Pid) -> impl Iterator<Item = Pid> {
    all_processes().filter(move |id| getpgid(Some(*id)) == Ok(group) && parent(*id).is_some())
}

fn all_processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").expect("Linux has /proc");
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .map(Pid::from_raw)
}

/// The parent of a process that has not ended. One whose main thread is gone has not, as long as another thread is on its way out: what the
/// process held, its name on the session bus for one, is let go of by the last.
fn parent(id: Pid) -> Option<u32> {
    const STATE: usize = 0;
    const PARENT: usize = 1;
    const THREADS: usize = 17;
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ended = fields.get(STATE) == Some(&"Z") && matches!(fields.get(THREADS), Some(&("0" | "1")));
    if ended {
        None
    } else {
        fields.get(PARENT)?.parse().ok()
    }
}

/// Where the driver and the app leave their words.
#[derive(Clone)]
pub(super) struct Said {
    /// What both print.
    pub(super) printed: PathBuf,
    /// The folder of the app's logs.
    pub(super) logs: PathBuf,
}

impl Said {
    /// The end of it all.
    pub(super) fn last_lines(&self) -> String {
        let log = last_log_lines(&self.logs, 60);
        format!("printed:\n{}\n\nlogged:\n{log}", tail(&self.printed, 20))
    }
}

/// The end of the newest log in a folder.
pub(super) fn last_log_lines(logs: &Path, lines: usize) -> String {
    let mut logs: Vec<_> = fs::read_dir(logs)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    logs.sort();
    logs.pop()
        .map_or_else(|| "(the app wrote no log)".to_owned(), |log| tail(&log, lines))
}

/// The last lines of a file of text, or why there are none.
fn tail(path: &Path, lines: usize) -> String {
    match fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let all: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
            all[all.len().saturating_sub(lines)..].join("\n")
        }
        Err(error) => format!("({}: {error})", path.display()),
    }
}

/// The connection to one app. It has one current window at a time, so whoever speaks to a window holds the session meanwhile.
#[derive(Clone)]
pub(super) struct Session {
    client: Client,
    current: Arc<Mutex<Option<WindowHandle>>>,
}

/// The session, turned to one window until this is dropped.
pub(super) struct Turned<'a> {
    pub(super) client: &'a Client,
    _current: MutexGuard<'a, Option<WindowHandle>>,
}

impl Session {
    /// Turns to a window.
    pub(super) async fn turn_to(&self, window: &WindowHandle) -> Result<Turned<'_>, CmdError> {
        let mut current = self.current.lock().await;
        if current.as_ref() != Some(window) {
            *current = None;
            self.client.switch_to_window(window.clone()).await?;
            *current = Some(window.clone());
        }
        Ok(Turned {
            client: &self.client,
            _current: current,
        })
    }

    /// The app's windows, in no order that means anything.
    pub(super) async fn windows(&self) -> Result<Vec<WindowHandle>, CmdError> {
        let _current = self.current.lock().await;
        self.client.windows().await
    }

    /// Closes a window as its close button would.
    pub(super) async fn close(&self, window: &WindowHandle) -> Result<(), CmdError> {
        self.turn_to(window).await?.client.close_window().await?;
        *self.current.lock().await = None;
        Ok(())
    }
}
