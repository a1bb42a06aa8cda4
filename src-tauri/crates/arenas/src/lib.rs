//! Few heaps for many threads.
//!
//! glibc's `malloc` gives threads that allocate at the same time arenas of their own, up to eight for each processor, and keeps in each
//! what was once needed there. The console has some fifty threads, most of them WebKit's, which seldom allocate at the same time: over
//! a day its memory would grow by as much as each arena has ever held. And what was needed for a moment, such as for a large photo, stays with
//! the arena when something small still stands above it, until it is [given back](give_back).
//!
//! Elsewhere than on Linux with glibc nothing is done.

/// So many arenas, in this process and in those that it starts. The ones meant are WebKit's; a web browser that a page is opened in brings
/// an allocator of its own, to which this says nothing.
pub const MOST: u8 = 2;

/// Limits the arenas. Call it at the beginning of `main`, before there is a second thread. What somebody has set in the environment
/// (`MALLOC_ARENA_MAX`) is left as it is.
pub fn limit() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    glibc::limit();
}

/// Gives the system what nobody needs any more. Takes some milliseconds, in which whoever allocates waits: not for the middle of some work.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    glibc::give_back();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::env;

    const NAME: &str = "MALLOC_ARENA_MAX";

    pub(super) fn give_back() {
        #[expect(unsafe_code, reason = "there is no safe way to glibc's heaps")]
        // SAFETY: `malloc_trim` may be called from any thread at any time, and touches free memory only.
        unsafe {
            libc::malloc_trim(0);
        }
    }

    pub(super) fn limit() {
        if env::var_os(NAME).is_some() {
            return;
        }
        #[expect(unsafe_code, reason = "there is no safe way to glibc's settings")]
        // SAFETY: both may race with other threads that allocate or read the environment; `limit` is called before there are any.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, super::MOST.into());
            env::set_var(NAME, super::MOST.to_string());
        }
    }
}
