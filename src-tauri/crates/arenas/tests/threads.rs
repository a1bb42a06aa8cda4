//! One test in a process of its own: what `malloc` has made cannot be undone.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::{fs, sync::Barrier, thread};

/// An arena beside the first begins on a multiple of so many bytes.
const HEAP: usize = 64 << 20;

fn arenas() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux tells");
    let starts = maps
        .lines()
        .filter(|line| line.contains(" rw-p 00000000 00:00 0"));
    let starts = starts.filter_map(|line| usize::from_str_radix(line.split('-').next()?, 16).ok());
    // The first arena is the heap of the program itself.
    1 + starts.filter(|start| start % HEAP == 0).count()
}

#[test]
fn many_threads_share_few_arenas() {
    const THREADS: usize = 12;
    arenas::limit();
    let together = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let kept: Vec<Vec<u8>> = (0..500).map(|_| vec![1; 900]).collect();
                together.wait();
                assert!(arenas() <= usize::from(arenas::MOST), "{} arenas", arenas());
                together.wait();
                drop(kept);
            });
        }
    });
}
