//! One test in a process of its own: it measures the whole of it.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::fs;

/// Below this size `malloc` takes memory from its heap and not from the system.
const PIECE: usize = 16 << 10;
const PIECES: usize = 2_000;

/// Memory of this process that is really there, in bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let resident = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    resident.expect("a number of pages") * 4096
}

#[test]
fn what_was_needed_for_a_moment_goes_back_to_the_system() {
    let mut pieces: Vec<Vec<u8>> = (0..PIECES).map(|_| vec![1; PIECE]).collect();
    // Stands above all the others.
    let last = pieces.pop();
    drop(pieces);
    let before = resident();
    arenas::give_back();
    let given = before.saturating_sub(resident());
    assert!(given > PIECES * PIECE / 2, "{given} bytes");
    drop(last);
}
