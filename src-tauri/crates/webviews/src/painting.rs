//! How pages are painted.
//!
//! WebKitGTK composes a page of layers, which a graphics card does in no time. Where there is none, the processor imitates one: each frame is
//! composed anew, whole, however little of it has changed, and some 60 MiB are taken for it. Without layers only what has changed is painted.

use std::env;
use std::fs;
use std::path::Path;

use nix::unistd::{AccessFlags, access};

/// WebKitGTK's own: without layers, unless `0`.
const NAME: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// Where the kernel shows what can be drawn with.
const DEVICES: &str = "/dev/dri";

/// Lets WebKit do without layers where this user can draw with no graphics card. Call it at the beginning of `main`, before there is a
/// second thread. What somebody has set in the environment (`WEBKIT_DISABLE_COMPOSITING_MODE`) is left as it is.
/// Programs that the console starts inherit it; it says something to those of WebKit only.
///
/// A setting of each web view would do the same, but come only when its page has begun with layers: later by some 30 ms.
pub fn paint_as_fits() {
    if env::var_os(NAME).is_some() || has_graphics_card() {
        return;
    }
    #[expect(
        unsafe_code,
        reason = "before its first page begins WebKit can be told in no other way"
    )]
    // SAFETY: it may race with other threads that read the environment; there are none yet.
    unsafe {
        env::set_var(NAME, "1");
    }
}

/// Whether there is a graphics card that this user may draw with. Nothing is opened: that would wake a card that sleeps.
#[must_use]
pub fn has_graphics_card() -> bool {
    has_card(Path::new(DEVICES))
}

fn has_card(devices: &Path) -> bool {
    let Ok(devices) = fs::read_dir(devices) else {
        return false;
    };
    devices.filter_map(Result::ok).any(|device| {
        // `card*` shows pictures, `renderD*` draws them.
        let draws = device.file_name().to_string_lossy().starts_with("renderD");
        draws && access(&device.path(), AccessFlags::R_OK | AccessFlags::W_OK).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_draws() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("none")), "no folder");
        fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()), "a screen only");
        fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
