//! A computer at the hotel, and the console running on it.

use std::{
    env,
    ffi::OsString,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use demo_hotel::DemoHotel;
use fantoccini::wd::WindowHandle;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{
    display,
    driver::{APP, Driver, GLANCE, Said, Session, last_log_lines},
    process::Launch,
    window::Window,
    within,
};

/// What stands in the frames of the windows.
pub(crate) const CONSOLE: &str = "HotelMate Console";
pub(crate) const PREVIEW: &str = "What guests see";

/// A computer: a data folder, a home, an environment. Two of them know nothing of each other but what the server tells.
pub(crate) struct Workstation {
    name: String,
    folder: Arc<TempDir>,
    environment: Vec<(String, OsString)>,
    launches: AtomicU32,
}

impl Workstation {
    /// A new computer. The name appears in what a failed wait says, and in the names of pictures.
    pub(crate) fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("hotelmate-").tempdir();
        let folder = Arc::new(folder.expect("a temporary folder can be made"));
        let below = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).expect("a temporary folder can be written");
            path.into_os_string()
        };
        let environment = [
            ("HOTELMATE_DATA_DIR", below("data")),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_DATA_HOME", below("share")),
            ("XDG_CACHE_HOME", below("cache")),
            (
                "HOTELMATE_PICK_FILE",
                folder.path().join("picked").into_os_string(),
            ),
            (
                "HOTELMATE_SAVE_FILE",
                folder.path().join("saved").into_os_string(),
            ),
            ("HOTELMATE_LOG", "info,hotelmate=debug".into()),
            ("TAURI_AUTOMATION", "true".into()),
            ("TAURI_WEBVIEW_AUTOMATION", "true".into()),
            // Every machine shows the same words and dates.
            ("LANG", "C.UTF-8".into()),
            ("LANGUAGE", "en".into()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self {
            name: name.to_owned(),
            folder,
            environment,
            launches: AtomicU32::new(0),
        }
    }

    /// A new computer at this hotel: its sign-in form knows where the hotel's server is.
    pub(crate) fn at(hotel: &DemoHotel, name: &str) -> Self {
        Self::new(name)
            .with("HOTELMATE_API_URL", hotel.api_url())
            .with("HOTELMATE_PUSHER_KEY", hotel.pusher_key())
            .with("HOTELMATE_PUSHER_HOST", "127.0.0.1")
            .with("HOTELMATE_PUSHER_PORT", hotel.port().to_string())
            .with("HOTELMATE_PUSHER_TLS", "false")
    }

    /// The same computer with another variable in its environment.
    pub(crate) fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The same computer, with these lines in the settings of its desktop. Nothing moves on it.
    pub(crate) fn with_toolkit_settings(self, lines: &str) -> Self {
        let folder = self.folder.path().join("config/gtk-3.0");
        let settings = format!("[Settings]\ngtk-enable-animations=0\n{lines}\n");
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join("settings.ini"), settings))
            .expect("a temporary folder can be written");
        self
    }

    /// The same computer, whose way to open an address in a browser writes down what it is asked for.
    pub(crate) fn with_browser(self) -> Self {
        let folder = self.folder.path().join("programs");
        let opener = folder.join("xdg-open");
        let script = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", self.browser_log().display());
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&opener, script))
            .and_then(|()| fs::set_permissions(&opener, Permissions::from_mode(0o755)))
            .expect("a temporary folder can hold a program");
        let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap_or_default());
        self.with("PATH", path)
    }

    fn browser_log(&self) -> PathBuf {
        self.folder.path().join("opened")
    }

    /// What was opened in the browser, one address in a line, as soon as there is one.
    pub(crate) async fn opened(&self) -> String {
        within("the browser", async {
            loop {
                match fs::read_to_string(self.browser_log()) {
                    Ok(text) if text.ends_with('\n') => break text.trim_end().to_owned(),
                    _ => sleep(GLANCE).await,
                }
            }
        })
        .await
    }

    /// Waits until the webview has written something of this name to its storage, which it does a while after the page has.
    pub(crate) async fn wait_until_stored(&self, name: &str) {
        let folder = self.folder.path().join("share");
        within(&format!("\"{name}\" in the webview's storage"), async {
            while !holds(&folder, name.as_bytes()) {
                sleep(GLANCE).await;
            }
        })
        .await;
    }

    /// Where the console keeps what it knows.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where a file dialog leads.
    pub(crate) fn file_dialog(&self) -> PathBuf {
        self.folder.path().join("picked")
    }

    /// Where a save dialog leads.
    pub(crate) fn save_dialog(&self) -> PathBuf {
        self.folder.path().join("saved")
    }

    /// What the next file dialog returns: a file of this name and content.
    pub(crate) fn put_in_file_dialog(&self, name: &str, content: &[u8]) {
        let file = self.folder.path().join(name);
        fs::write(&file, content).expect("a temporary folder can be written");
        // The app was told one path when it started. The link there changes what it leads to, and the file keeps a name a user would know.
        let picked = self.file_dialog();
        let _ = fs::remove_file(&picked);
        std::os::unix::fs::symlink(&file, &picked).expect("a temporary folder can hold a link");
    }

    /// Starts the console, signs in, and waits until it is live and has read the offers.
    pub(crate) async fn sign_in(&self, user: &str) -> Console {
        let console = self.launch().await;
        console.window().sign_in(user, user).await;
        console.window().wait_until_connection_is("live").await;
        console.window().wait_for("last-synced").await;
        console
    }

    /// Starts the console's program, and waits for nothing.
    pub(crate) fn start(&self) -> Launch {
        self.start_with(&[])
    }

    /// The same with arguments.
    pub(crate) fn start_with(&self, arguments: &[&str]) -> Launch {
        self.start_program(Path::new(APP), arguments)
    }

    /// Starts any program on this computer.
    pub(crate) fn start_program(&self, program: &Path, arguments: &[&str]) -> Launch {
        Launch::new(program, &self.environment, arguments, self.said())
    }

    /// The end of what the console logged.
    pub(crate) fn last_log_lines(&self, lines: usize) -> String {
        last_log_lines(&self.data().join("logs"), lines)
    }

    /// Where the next launch leaves its words.
    fn said(&self) -> Said {
        let launch = self.launches.fetch_add(1, Ordering::Relaxed) + 1;
        Said {
            printed: self.folder.path().join(format!("printed-{launch}.txt")),
            logs: self.data().join("logs"),
        }
    }

    /// Starts the console and waits for its first window.
    pub(crate) async fn launch(&self) -> Console {
        self.launch_with(&[]).await
    }

    /// The same with arguments.
    pub(crate) async fn launch_with(&self, arguments: &[&str]) -> Console {
        let driver = Driver::start(&self.environment, self.said()).await;
        let session = driver.open(arguments).await;
        let first = within("the first window", async { session.windows().await }).await;
        let first = first
            .expect("the app answers")
            .into_iter()
            .next()
            .expect("the app has a window");
        let window = Window::new(session.clone(), first, self.name.clone(), driver.said().clone());
        Console {
            window,
            session,
            driver,
            _folder: Arc::clone(&self.folder),
        }
    }
}

/// The console, running. It ends, and everything it started, when this is dropped: at once, as in a power cut.
pub(crate) struct Console {
    window: Window,
    session: Session,
    driver: Driver,
    /// The computer outlives what runs on it.
    _folder: Arc<TempDir>,
}

impl Console {
    /// The window it started with.
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }

    /// Opens another window, as staff would.
    pub(crate) async fn open_window(&self) -> Window {
        self.window_after(async || self.window.click("new-window").await)
            .await
    }

    /// The window that opens because of `deed`.
    pub(crate) async fn window_after(&self, deed: impl AsyncFnOnce()) -> Window {
        let before = self.handles().await;
        deed().await;
        let handle = within("another window", async {
            loop {
                let now = self.handles().await;
                if let Some(new) = now.into_iter().find(|handle| !before.contains(handle)) {
                    break new;
                }
            }
        })
        .await;
        let name = format!("{}, window {}", self.window.name(), before.len() + 1);
        Window::new(self.session.clone(), handle, name, self.driver.said().clone())
    }

    /// Closes a window by its close button: the one that was opened last of so many with this title. The driver's own way takes the page
    /// away and leaves the window.
    pub(crate) async fn close_last_of(&self, count: usize, title: &str, window: Window) {
        let app = self.driver.app().expect("the app runs");
        // A page can be looked at before its window is shown.
        within("the window to be shown", async {
            while !display::close_last_of(count, app, title) {
                sleep(GLANCE).await;
            }
        })
        .await;
        self.wait_until_closed(window).await;
    }

    /// Presses a key with Ctrl in a window, which is the one that was opened last of so many with this title, as staff do.
    pub(crate) async fn press_in_last_of(&self, count: usize, title: &str, key: char) {
        let app = self.driver.app().expect("the app runs");
        within("the window to be shown", async {
            while !display::press_in_last_of(count, app, title, key) {
                sleep(GLANCE).await;
            }
        })
        .await;
    }

    /// Of a window that closes by itself.
    pub(crate) async fn wait_until_closed(&self, window: Window) {
        within("the window's end", async {
            while self.handles().await.contains(window.handle()) {
                sleep(GLANCE).await;
            }
        })
        .await;
    }

    async fn handles(&self) -> Vec<WindowHandle> {
        match self.session.windows().await {
            Ok(handles) => handles,
            Err(error) => panic!(
                "the app does not say which windows it has: {error}\n{}",
                self.driver.said().last_lines()
            ),
        }
    }

    /// The app and WebKit's processes, the app first.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        self.driver.processes()
    }

    /// Stops the app and WebKit's processes for a while, as a laptop that is closed does.
    pub(crate) async fn sleep(&self, time: Duration) {
        for (signal, pause) in [(Signal::SIGSTOP, time), (Signal::SIGCONT, Duration::ZERO)] {
            for process in self.driver.processes() {
                // WebKit may have ended one of its own.
                let _ = kill(process, signal);
            }
            sleep(pause).await;
        }
    }

    /// Ends the app with no warning, so that it can finish nothing.
    pub(crate) async fn kill(self) {
        self.driver.kill_app().await;
    }

    /// Ends the app and everything it started with no warning.
    pub(crate) async fn kill_all(&self) {
        self.driver.kill_all().await;
    }

    /// Waits until the app has ended by itself.
    pub(crate) async fn ended(self) {
        self.driver.app_ended().await;
    }

    /// Closes every window, and waits until the app has ended by itself.
    pub(crate) async fn quit(self) {
        for handle in self.handles().await {
            // The answer to closing the last window can be lost with the app.
            let _ = self.session.close(&handle).await;
        }
        self.driver.app_ended().await;
    }
}

/// Whether a file below this folder has these bytes in it. What vanishes meanwhile has not.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.any(|path| {
        if path.is_dir() {
            holds(&path, bytes)
        } else {
            fs::read(path).is_ok_and(|held| held.windows(bytes.len()).any(|part| part == bytes))
        }
    })
}

/// Where pictures of failed waits go: beside what cargo builds, so that `cargo clean` takes them.
pub(super) fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}
