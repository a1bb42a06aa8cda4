//! One test in a process of its own: what `malloc` has made cannot be undone.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::{ffi::CStr, ptr, sync::Barrier, thread};

/// How many `malloc` itself tells of. The memory map does not tell: a thread's stack may lie where an arena would.
#[expect(unsafe_code, reason = "there is no safe way to glibc's heaps")]
fn arenas() -> usize {
    let (mut text, mut size) = (ptr::null_mut(), 0);
    // SAFETY: the stream writes into memory of its own, which after `fclose` is a text that ends with a zero, is ours, and is freed once.
    let told = unsafe {
        let stream = libc::open_memstream(&raw mut text, &raw mut size);
        assert!(!stream.is_null(), "a stream in memory");
        assert_eq!(libc::malloc_info(0, stream), 0);
        assert_eq!(libc::fclose(stream), 0);
        let told = CStr::from_ptr(text).to_string_lossy().into_owned();
        libc::free(text.cast());
        told
    };
    told.matches("<heap nr=").count()
}

#[test]
fn many_threads_share_few_arenas() {
    const THREADS: usize = 12;
    arenas::limit();
    let together = Barrier::new(THREADS);
    // Nobody claims anything before all are through: the others would wait for whoever fails.
    let counted = thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            scope.spawn(|| {
                let kept: Vec<Vec<u8>> = (0..500).map(|_| vec![1; 900]).collect();
                together.wait();
                let counted = arenas();
                together.wait();
                drop(kept);
                counted
            })
        });
        threads.map(|thread| thread.join().expect("a count"))
    });
    assert!(
        counted
            .iter()
            .all(|arenas| (1..=usize::from(arenas::MOST)).contains(arenas)),
        "arenas that each thread counted: {counted:?}"
    );
}
