//! chromedriver, the Chromium that it starts, and their end.

use std::{
    collections::HashMap,
    fs,
    process::{ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{PATIENCE, within};

/// Between two looks at a process that is ending.
const GLANCE: Duration = Duration::from_millis(5);

/// A running driver. It and everything it started ends with this value.
pub(crate) struct Driver {
    process: Child,
    pub(crate) port: u16,
}

impl Driver {
    /// The port that the system gave to the driver for one kind of address can be taken for the other: then it ends at once, and the next one
    /// is tried.
    pub(crate) async fn start() -> Self {
        for _ in 0..5 {
            if let Some(driver) = Self::once().await {
                return driver;
            }
        }
        panic!("chromedriver does not name its port");
    }

    async fn once() -> Option<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; `cargo xtask setup --test` installs it");
        let output = process.stdout.take().expect("the output is piped");
        let mut lines = BufReader::new(output).lines();
        // "ChromeDriver was started successfully on port 40187."
        let port = within("chromedriver's port", async {
            while let Ok(Some(line)) = lines.next_line().await {
                let said = line.split_once("successfully on port ");
                let port = said.and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
                if port.is_some() {
                    return port;
                }
            }
            None
        })
        .await?;
        // Whatever else it says is read away: a full pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { process, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let Some(driver) = self.process.id().and_then(|id| i32::try_from(id).ok()) else {
            return;
        };
        // Whom the driver started is known by the chain of parents only while the driver lives.
        let all = with_descendants(Pid::from_raw(driver));
        for id in &all {
            // It may be gone already.
            let _ = kill(*id, Signal::SIGKILL);
        }
        let deadline = Instant::now() + PATIENCE;
        while ended(self.process.try_wait()).is_none() && Instant::now() < deadline {
            thread::sleep(GLANCE);
        }
        // The browser writes to its profile until its last process has ended.
        while all.iter().any(|id| runs(*id)) && Instant::now() < deadline {
            thread::sleep(GLANCE);
        }
    }
}

fn ended(status: std::io::Result<Option<ExitStatus>>) -> Option<ExitStatus> {
    status.ok().flatten()
}

fn with_descendants(first: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        if let Some(parent) = field(Pid::from_raw(id), 1).and_then(|parent| parent.parse().ok()) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut all = vec![first];
    let mut at = 0;
    while let Some(parent) = all.get(at) {
        let found = children.remove(&parent.as_raw()).unwrap_or_default();
        all.extend(found.into_iter().map(Pid::from_raw));
        at += 1;
    }
    all
}

/// Whether a process has not ended; one that nobody has waited for has.
fn runs(id: Pid) -> bool {
    field(id, 0).is_some_and(|state| state != "Z")
}

/// A field of a process's `stat` after its name: 0 is the state, 1 the parent.
fn field(id: Pid, at: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields = stat.rsplit_once(") ")?.1;
    fields.split(' ').nth(at).map(str::to_owned)
}
