//! The display's side of a window: what its frame does, where there is no window manager to draw one, and what is painted in it.

use nix::unistd::Pid;
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        composite::{ConnectionExt as _, Redirect},
        damage::{ConnectionExt as _, ReportLevel},
        xproto::{
            Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
            KeyButMask, KeyPressEvent, Keycode, MapState, Window,
        },
    },
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
    let (display, root) = connect();
    let Some(window) = last_of(&display, root, count, program, title) else {
        return false;
    };
    let [protocols, delete] = ["WM_PROTOCOLS", "WM_DELETE_WINDOW"].map(|name| atom(&display, name));
    let event = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
    send(&display, window, event);
    true
}

/// Presses a key with Ctrl in that window, where its menus hear of it: what the driver presses is heard by the page alone.
pub(super) fn press_in_last_of(count: usize, program: Pid, title: &str, key: char) -> bool {
    let (display, root) = connect();
    let Some(window) = last_of(&display, root, count, program, title) else {
        return false;
    };
    let event = |response_type| KeyPressEvent {
        response_type,
        detail: keycode(&display, key),
        sequence: 0,
        time: x11rb::CURRENT_TIME,
        root,
        event: window,
        child: x11rb::NONE,
        root_x: 0,
        root_y: 0,
        event_x: 0,
        event_y: 0,
        state: KeyButMask::CONTROL,
        same_screen: true,
    };
    send(&display, window, event(KEY_PRESS_EVENT));
    // The key may have closed the window by now.
    display
        .send_event(false, window, EventMask::NO_EVENT, event(KEY_RELEASE_EVENT))
        .expect("a request")
        .ignore_error();
    display.flush().expect("the display");
    true
}

/// Which of the keyboard's keys has this letter.
fn keycode(display: &RustConnection, letter: char) -> Keycode {
    let (first, last) = (display.setup().min_keycode, display.setup().max_keycode);
    let keyboard = display
        .get_keyboard_mapping(first, last - first + 1)
        .expect("a request")
        .reply()
        .expect("a keyboard");
    let per_key = usize::from(keyboard.keysyms_per_keycode);
    let keys = (first..=last).zip(keyboard.keysyms.chunks(per_key));
    let mut with_letter = keys.filter(|(_, letters)| letters.first() == Some(&u32::from(letter)));
    with_letter.next().expect("a key for every letter").0
}

/// Notes what is painted in a program's window, from now on.
pub(crate) struct Painting {
    display: RustConnection,
}

impl Painting {
    /// Of its only window with this title.
    pub(crate) fn watch(program: Pid, title: &str) -> Self {
        let (display, root) = connect();
        let windows = windows(&display, root, program, title);
        let [window] = windows[..] else {
            panic!("{} windows are called \"{title}\"", windows.len());
        };
        // In a picture of its own, or it would be painted also where another test's window goes away from above it.
        display
            .composite_redirect_window(window, Redirect::AUTOMATIC)
            .expect("a request")
            .check()
            .expect("a display that keeps pictures of windows");
        display
            .damage_query_version(1, 1)
            .expect("a request")
            .reply()
            .expect("a display that tells what is painted");
        let damage = display.generate_id().expect("a number for it");
        display
            .damage_create(damage, window, ReportLevel::RAW_RECTANGLES)
            .expect("a request")
            .check()
            .expect("the window is there");
        Self { display }
    }

    /// What was painted since this was asked last: the width and height of a rectangle for each time.
    pub(crate) fn so_far(&self) -> Vec<(u16, u16)> {
        // What was painted before this is answered comes before the answer.
        self.display
            .get_input_focus()
            .expect("a request")
            .reply()
            .expect("an answer");
        let events = std::iter::from_fn(|| self.display.poll_for_event().expect("the display"));
        events
            .filter_map(|event| match event {
                Event::DamageNotify(painted) => Some((painted.area.width, painted.area.height)),
                _ => None,
            })
            .collect()
    }
}

fn send(display: &RustConnection, window: Window, event: impl Into<[u8; 32]>) {
    display
        .send_event(false, window, EventMask::NO_EVENT, event)
        .expect("a request")
        .check()
        .expect("the window is there");
}

/// The one opened last of the program's so many windows of this title.
fn last_of(
    display: &RustConnection,
    root: Window,
    count: usize,
    program: Pid,
    title: &str,
) -> Option<Window> {
    let meant = windows(display, root, program, title);
    // A program's windows are numbered as it makes them.
    meant.iter().copied().max().filter(|_| meant.len() == count)
}

fn connect() -> (RustConnection, Window) {
    let (display, screen) = x11rb::connect(None).expect("the tests' display");
    let root = display.setup().roots[screen].root;
    (display, root)
}

/// A program's windows that are shown and have this title.
fn windows(display: &RustConnection, root: Window, program: Pid, title: &str) -> Vec<Window> {
    let [owner, name, utf8] = ["_NET_WM_PID", "_NET_WM_NAME", "UTF8_STRING"].map(|name| atom(display, name));
    let all = display
        .query_tree(root)
        .expect("a request")
        .reply()
        .expect("the windows")
        .children;
    let is_meant = |window: &Window| {
        property(display, *window, owner, AtomEnum::CARDINAL.into())
            .is_some_and(|id| id == program.as_raw().to_ne_bytes())
            && property(display, *window, name, utf8).is_some_and(|text| text == title.as_bytes())
            && is_shown(display, *window)
    };
    all.into_iter().filter(is_meant).collect()
}

fn atom(display: &RustConnection, name: &str) -> Atom {
    let reply = display
        .intern_atom(false, name.as_bytes())
        .expect("a request")
        .reply();
    reply.expect("a name for a property").atom
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
