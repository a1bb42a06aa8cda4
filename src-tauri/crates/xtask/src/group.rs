//! Programs started for the tests, and their certain end.
//!
//! Each gets a process group of its own, so that what it starts in turn ends with it: when its [`Group`] is dropped, when the work fails, and
//! on Ctrl-C or SIGTERM. Only process ids that we started ourselves are ever signalled. On Linux we also become the parent of whatever outlives
//! the program that started it, so that a test that leaves something running is told on.

use std::{
    fs, io,
    path::PathBuf,
    process::{Child, Command, ExitStatus},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::shell::line_of;

/// How long a program may take to end by itself once asked.
const GRACE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(20);

/// What an interrupt must clean up. A program interrupted while it runs `Drop` code would leave both behind.
#[derive(Default)]
struct Open {
    groups: Vec<u32>,
    folders: Vec<PathBuf>,
}

static OPEN: Mutex<Open> = Mutex::new(Open {
    groups: Vec::new(),
    folders: Vec::new(),
});

fn open() -> MutexGuard<'static, Open> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on Ctrl-C and SIGTERM end every group, remove every registered folder, and then us. Commands that run several others ask more than
/// once.
pub(crate) fn end_all_on_interrupt() -> Result<()> {
    static ASKED: AtomicBool = AtomicBool::new(false);
    if ASKED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    system::adopt_orphans()?;
    ctrlc::set_handler(|| {
        let open = open();
        for group in &open.groups {
            system::signal(*group, system::Signal::End);
        }
        thread::sleep(Duration::from_millis(500));
        for group in &open.groups {
            system::signal(*group, system::Signal::Kill);
        }
        for orphan in system::children(&open.groups) {
            system::signal(orphan.id, system::Signal::Kill);
        }
        for folder in &open.folders {
            // Nobody is left to tell about a failure here.
            let _ = fs::remove_dir_all(folder);
        }
        std::process::exit(130);
    })
    .context("could not listen for Ctrl-C")
}

/// Has `folder` removed on an interrupt as well.
pub(crate) fn remove_on_interrupt(folder: PathBuf) {
    open().folders.push(folder);
}

/// A running program and what it started.
pub(crate) struct Group {
    child: Child,
}

impl Group {
    /// Starts `command` in a process group of its own.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        system::own_group(command);
        // Held over the spawn, so that an interrupt cannot fall between starting and registering.
        let mut open = open();
        let child = command
            .spawn()
            .with_context(|| format!("could not start: {}", line_of(command)))?;
        open.groups.push(child.id());
        Ok(Self { child })
    }

    /// The program itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the program's end; `None` when it still runs after `limit`.
    pub(crate) fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(GLANCE);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.child.id();
        system::signal(id, system::Signal::End);
        let ended = matches!(self.wait(GRACE), Ok(Some(_)));
        // Even when the program itself is gone, something it started may not be.
        system::signal(id, system::Signal::Kill);
        if !ended {
            // A killed process always ends; a failure to wait for it cannot be mended here.
            let _ = self.child.wait();
        }
        open().groups.retain(|other| *other != id);
    }
}

/// Ends every process that outlived the one that started it, and names those that were still running after a moment: whoever starts something
/// ends it. Processes in a [`Group`] of ours are not meant.
pub(crate) fn end_left_behind() -> Vec<String> {
    let deadline = Instant::now() + GRACE;
    let strays = loop {
        let ours = open().groups.clone();
        let strays = system::children(&ours);
        if strays.is_empty() || Instant::now() >= deadline {
            break strays;
        }
        thread::sleep(GLANCE);
    };
    for stray in &strays {
        system::signal(stray.id, system::Signal::Kill);
    }
    strays
        .into_iter()
        .map(|stray| format!("{} (process {})", stray.name, stray.id))
        .collect()
}

/// A direct child of ours.
struct Process {
    id: u32,
    name: String,
}

#[cfg(unix)]
mod system {
    use std::{os::unix::process::CommandExt, process::Command};

    use anyhow::Result;
    use nix::{sys::signal, unistd::Pid};

    use super::Process;

    #[derive(Clone, Copy)]
    pub(super) enum Signal {
        End,
        Kill,
    }

    pub(super) fn own_group(command: &mut Command) {
        command.process_group(0);
    }

    /// To the whole group where `id` leads one, else to that process. That it may be gone already is fine.
    pub(super) fn signal(id: u32, signal: Signal) {
        let Ok(id) = i32::try_from(id) else { return };
        let signal = match signal {
            Signal::End => signal::Signal::SIGTERM,
            Signal::Kill => signal::Signal::SIGKILL,
        };
        if signal::killpg(Pid::from_raw(id), signal).is_err() {
            let _ = signal::kill(Pid::from_raw(id), signal);
        }
    }

    #[cfg(target_os = "linux")]
    pub(super) fn adopt_orphans() -> Result<()> {
        Ok(nix::sys::prctl::set_child_subreaper(true)?)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn adopt_orphans() -> Result<()> {
        Ok(())
    }

    /// Our direct children that still run, adopted ones included, save those given. Those that ended unseen are taken leave of on the way.
    #[cfg(target_os = "linux")]
    pub(super) fn children(besides: &[u32]) -> Vec<Process> {
        use nix::sys::wait::{WaitPidFlag, waitpid};

        let mut children = Vec::new();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(id) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<u32>().ok())
            else {
                continue;
            };
            // `pid (name, which may hold anything) state ppid …`
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            let Some((head, tail)) = stat.rsplit_once(") ") else {
                continue;
            };
            let mut fields = tail.split(' ');
            let (state, parent) = (
                fields.next(),
                fields.next().and_then(|parent| parent.parse::<u32>().ok()),
            );
            if parent != Some(std::process::id()) {
                continue;
            }
            if besides.contains(&id) {
                continue;
            }
            if state == Some("Z") {
                if let Ok(id) = i32::try_from(id) {
                    let _ = waitpid(Pid::from_raw(id), Some(WaitPidFlag::WNOHANG));
                }
                continue;
            }
            let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
            children.push(Process { id, name });
        }
        children
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn children(_: &[u32]) -> Vec<Process> {
        Vec::new()
    }
}

#[cfg(not(unix))]
mod system {
    use std::process::Command;

    use anyhow::Result;

    use super::Process;

    #[derive(Clone, Copy)]
    pub(super) enum Signal {
        End,
        Kill,
    }

    pub(super) fn own_group(_: &mut Command) {}

    pub(super) fn signal(id: u32, signal: Signal) {
        // There is no polite way that console programs understand, so the end comes with the second signal.
        if let Signal::Kill = signal {
            let _ = Command::new("taskkill")
                .args(["/T", "/F", "/PID", &id.to_string()])
                .output();
        }
    }

    pub(super) fn adopt_orphans() -> Result<()> {
        Ok(())
    }

    pub(super) fn children(_: &[u32]) -> Vec<Process> {
        Vec::new()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        io::{BufRead, BufReader},
        path::Path,
        process::Stdio,
    };

    use super::*;

    #[test]
    fn a_command_may_run_several_that_each_listen_for_an_interrupt() {
        for time in ["the first time", "the second time"] {
            end_all_on_interrupt().expect(time);
        }
    }

    #[test]
    fn what_a_program_started_ends_with_its_group() {
        // The shell starts a child, says its id, and waits.
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped());
        let mut group = Group::spawn(&mut command).unwrap();
        let mut line = String::new();
        BufReader::new(group.child().stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let grandchild = Path::new("/proc").join(line.trim());
        assert!(grandchild.exists(), "the grandchild runs while its group does");

        drop(group);
        let deadline = Instant::now() + GRACE;
        let gone = |path: &Path| {
            fs::read_to_string(path.join("stat"))
                .map_or(true, |stat| stat.rsplit(") ").next().unwrap().starts_with('Z'))
        };
        while !gone(&grandchild) && Instant::now() < deadline {
            thread::sleep(GLANCE);
        }
        assert!(gone(&grandchild), "the grandchild ended with the group");
    }

    #[test]
    fn a_program_that_ignores_the_request_to_end_is_killed() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' TERM; echo ready; while :; do sleep 600; done"])
            .stdout(Stdio::piped());
        let mut group = Group::spawn(&mut command).unwrap();
        let mut line = String::new();
        BufReader::new(group.child().stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let id = group.child().id();
        drop(group);
        assert!(
            !Path::new("/proc").join(id.to_string()).exists(),
            "it was killed and waited for"
        );
    }
}
