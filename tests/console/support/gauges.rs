//! What the console takes of the machine, read from `/proc`.

use std::{fmt, fs};

use nix::unistd::Pid;

/// All processes of one console together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gauge {
    /// Memory in KiB, pages shared by several processes split between them.
    pub(crate) memory: u64,
    /// What of that no file holds. Programs and libraries are shared with whoever else uses them on this computer: where windows of others
    /// open or close meanwhile, the rest changes without anything being kept.
    pub(crate) alone: u64,
    /// That of the console's own process.
    pub(crate) core: u64,
    /// What of that no file holds.
    pub(crate) core_alone: u64,
    /// Open files, sockets and pipes.
    pub(crate) handles: u64,
    /// Threads.
    pub(crate) threads: u64,
    /// Processor time so far, in hundredths of a second.
    pub(crate) work: u64,
}

impl Gauge {
    /// Of these processes, of which one is the console's own. What ends while it is read counts as nothing.
    pub(crate) fn of(processes: &[Pid], core: Option<Pid>) -> Self {
        let mut all = Self::default();
        for id in processes {
            let memory = memory(*id);
            all.memory += memory.all;
            all.alone += memory.alone;
            if Some(*id) == core {
                all.core = memory.all;
                all.core_alone = memory.alone;
            }
            all.handles += count(&format!("/proc/{id}/fd"));
            all.threads += count(&format!("/proc/{id}/task"));
            all.work += work(*id);
        }
        all
    }
}

impl fmt::Display for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1} MiB (core {:.1}, {:.1} without files), {} handles, {} threads, {:.1} s of work",
            mib(self.memory),
            mib(self.core),
            mib(self.core_alone),
            self.handles,
            self.threads,
            seconds(self.work)
        )
    }
}

fn mib(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) / 1024.0
}

fn seconds(hundredths: u64) -> f64 {
    f64::from(u32::try_from(hundredths).unwrap_or(u32::MAX)) / 100.0
}

/// In KiB.
struct Memory {
    all: u64,
    alone: u64,
}

fn memory(id: Pid) -> Memory {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let kib = |name: &str| -> u64 {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    Memory {
        all: kib("Pss:"),
        alone: kib("Pss_Anon:") + kib("Pss_Shmem:"),
    }
}

fn count(folder: &str) -> u64 {
    fs::read_dir(folder).map_or(0, |entries| entries.map(|_| 1).sum())
}

fn work(id: Pid) -> u64 {
    /// Of what follows the process's name: time in its own code, and in the system's.
    const TIMES: [usize; 2] = [11, 12];
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let Some((_, rest)) = stat.rsplit_once(") ") else {
        return 0;
    };
    let fields: Vec<_> = rest.split(' ').collect();
    TIMES
        .into_iter()
        .filter_map(|at| fields.get(at)?.parse::<u64>().ok())
        .sum()
}
