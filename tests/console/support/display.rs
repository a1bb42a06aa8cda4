//! The display's side of a window: what its frame does, where there is no window manager to draw one.

use nix::unistd::Pid;
use x11rb::{
    connection::Connection,
    protocol::xproto::{Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window},
    rust_connection::RustConnection,
};

/// Puts the display's own pointer into its last corner, where no window is. It begins in the middle, and each window that opens or closes there
/// tells the one below that the pointer has come: in the middle of a drag by the tests' hand, that is another place to drop.
pub(super) fn put_pointer_away() {
    let (display, screen) = x11rb::connect(None).expect("the tests' display");
    let screen = &display.setup().roots[screen];
    let corner = [screen.width_in_pixels, screen.height_in_pixels]
        .map(|pixels| i16::try_from(pixels - 1).expect("a display of usual size"));
    display
        .warp_pointer(x11rb::NONE, screen.root, 0, 0, 0, 0, corner[0], corner[1])
        .expect("a request")
        .check()
        .expect("the display has a pointer");
}

/// Asks the program's window of this title to close, the one opened last of so many; `false`: there are not so many yet.
pub(super) fn close_last_of(count: usize, program: Pid, title: &str) -> bool {
    let (display, screen) = x11rb::connect(None).expect("the tests' display");
    let root = display.setup().roots[screen].root;
    let atom = |name: &str| -> Atom {
        let reply = display
            .intern_atom(false, name.as_bytes())
            .expect("a request")
            .reply();
        reply.expect("a name for a property").atom
    };
    let (owner, name, protocols) = (atom("_NET_WM_PID"), atom("_NET_WM_NAME"), atom("WM_PROTOCOLS"));
    let all = display
        .query_tree(root)
        .expect("a request")
        .reply()
        .expect("the windows")
        .children;
    let is_meant = |window: &Window| {
        property(&display, *window, owner, AtomEnum::CARDINAL.into())
            .is_some_and(|id| id == program.as_raw().to_ne_bytes())
            && property(&display, *window, name, atom("UTF8_STRING"))
                .is_some_and(|text| text == title.as_bytes())
            && is_shown(&display, *window)
    };
    let meant: Vec<Window> = all.into_iter().filter(is_meant).collect();
    // A program's windows are numbered as it makes them.
    let Some(window) = meant.iter().copied().max().filter(|_| meant.len() == count) else {
        return false;
    };
    let event = ClientMessageEvent::new(32, window, protocols, [atom("WM_DELETE_WINDOW"), 0, 0, 0, 0]);
    display
        .send_event(false, window, EventMask::NO_EVENT, event)
        .expect("a request")
        .check()
        .expect("the window is there");
    true
}

fn property(display: &RustConnection, window: Window, name: Atom, kind: Atom) -> Option<Vec<u8>> {
    // A window may have gone meanwhile.
    let reply = display
        .get_property(false, window, name, kind, 0, 256)
        .ok()?
        .reply()
        .ok()?;
    Some(reply.value)
}

fn is_shown(display: &RustConnection, window: Window) -> bool {
    let attributes = display
        .get_window_attributes(window)
        .ok()
        .and_then(|asked| asked.reply().ok());
    attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
}
