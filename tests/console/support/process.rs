//! The app as a terminal or a menu starts it: no driver sees into it, its process tells what became of it. Waits here
//! have no deadline of their own.

use std::{
    ffi::OsString,
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};
use tokio::time::sleep;

use super::driver::{GLANCE, Said, members};

/// A launch of the app. What it started ends with this value.
pub(crate) struct Launch {
    process: Child,
    said: Said,
}

impl Launch {
    pub(super) fn new(
        program: &Path,
        environment: &[(String, OsString)],
        arguments: &[&str],
        said: Said,
    ) -> Self {
        let output = File::create(&said.printed).expect("the workstation's folder can be written");
        let process = Command::new(program)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file can be shared"))
            .stderr(output)
            .process_group(0)
            .spawn()
            .expect("the app starts");
        Self { process, said }
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.process.try_wait().expect("it is our child") {
                return status;
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until it has said something that contains `part`, and returns all it said.
    pub(crate) async fn says(&self, part: &str) -> String {
        loop {
            let said = self.printed();
            if said.contains(part) {
                return said;
            }
            sleep(GLANCE).await;
        }
    }

    /// What it printed so far.
    pub(crate) fn printed(&self) -> String {
        fs::read_to_string(&self.said.printed).unwrap_or_default()
    }

    /// The end of all it printed and logged.
    pub(crate) fn last_lines(&self) -> String {
        self.said.last_lines()
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// It and what it started.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        members(self.group()).collect()
    }

    /// Asks it to end, as a desktop that shuts down does.
    pub(crate) fn ask_to_end(&self) {
        // It may be gone already.
        let _ = kill(self.group(), Signal::SIGTERM);
    }

    /// Ends it and what it started, and does not wait for their end.
    pub(crate) fn kill(&self) {
        // It may be gone already.
        let _ = killpg(self.group(), Signal::SIGKILL);
    }

    /// Lets it keep all it holds and do nothing any more.
    pub(crate) fn freeze(&self) {
        killpg(self.group(), Signal::SIGSTOP).expect("it runs and is ours");
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).expect("process ids are small"))
    }
}

impl Drop for Launch {
    fn drop(&mut self) {
        self.kill();
        let _ = self.process.wait();
    }
}
