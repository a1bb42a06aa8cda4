//! The menus of a window. What is chosen is told to that window's page, which does it as if its key had been pressed.
//!
//! The names of the items are those of the page's commands (`ui/src/console/commands.ts`, where a test holds that it knows them all).
//!
//! Items that make no sense now are grey: all of them, until the page says which do.
//!
//! Closing the window and ending the program are none of the page's affairs: they go on working where it does not, and are all there is to
//! choose in the preview.
//!
//! Absent: what the other items do, and when they make sense. One that is chosen at the wrong moment is ignored by the page.

use serde::{Deserialize, Serialize};
use sync::problem::{AppError, ErrorCode};
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, MenuItemKind, Submenu, SubmenuBuilder};
use tauri::{AppHandle, Manager, WebviewWindow, Window, Wry};
use tauri_specta::Event;

use crate::windows;

/// A command was chosen from the menu of this window.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct MenuChosen(pub String);

/// A line between items.
const LINE: (&str, &str, &str) = ("", "", "");

/// Name, words, keys.
type Item = (&'static str, &'static str, &'static str);

const FILE: &[Item] = &[
    ("new", "New Offer", "CmdOrCtrl+N"),
    ("window", "New Window", "CmdOrCtrl+Shift+N"),
    LINE,
    ("export", "Export This View as a Table…", ""),
    ("import", "Import Offers from a Table…", ""),
    ("desk-sheet", "Desk Sheet…", "CmdOrCtrl+P"),
    LINE,
    ("settings", "Settings…", "CmdOrCtrl+,"),
    ("sign-out", "Sign Out", ""),
];
const OFFER: &[Item] = &[
    ("edit", "Edit", ""),
    ("save", "Save", "CmdOrCtrl+S"),
    // The page takes Ctrl+Enter: as a key of the menu it would never reach a text field, where it is a line break.
    ("offer-window", "Edit in a Window of Its Own", ""),
    ("duplicate", "Duplicate", "CmdOrCtrl+D"),
    ("history", "Versions", "CmdOrCtrl+H"),
    LINE,
    ("delete", "Delete…", ""),
    ("deleted", "Recently Deleted", ""),
];
const GO: &[Item] = &[
    ("search", "Search", "CmdOrCtrl+F"),
    ("go", "Go to Offer or Command…", "CmdOrCtrl+K"),
    LINE,
    ("view-all", "All", ""),
    ("view-live", "Live Now", ""),
    ("view-scheduled", "Scheduled", ""),
    ("view-ending", "Ending Soon", ""),
    ("view-ended", "Ended", ""),
    ("view-hidden", "Hidden", ""),
    ("view-shown-ended", "Ended, Still Shown", ""),
    ("view-waiting", "Waiting to Send", ""),
    ("view-attention", "Needs You", ""),
];
const VIEW: &[Item] = &[
    ("cards", "Cards", "CmdOrCtrl+1"),
    ("table", "Table", "CmdOrCtrl+2"),
    ("timeline", "Timeline", "CmdOrCtrl+3"),
    LINE,
    ("larger", "Larger", "CmdOrCtrl+="),
    ("smaller", "Smaller", "CmdOrCtrl+-"),
    ("actual-size", "Actual Size", "CmdOrCtrl+0"),
    LINE,
    ("preview", "What Guests See", "CmdOrCtrl+G"),
    ("handover", "Since You Were Last Here", "CmdOrCtrl+Shift+L"),
    ("activity", "Activity", "CmdOrCtrl+Shift+A"),
];
const HELP: &[Item] = &[("keys", "Keys", "F1")];
/// What works in a window of one offer: the page's `keysOfOneOffer` (`ui/src/console/keys.ts`).
const OF_ONE_OFFER: &[&str] = &[
    "save",
    "history",
    "activity",
    "window",
    "preview",
    "settings",
    "larger",
    "smaller",
    "actual-size",
    "keys",
];

const CLOSE: &str = "close-window";
const QUIT: &str = "quit";
/// What is done here and makes sense at any time. A Mac has items of its own for both; those that GTK is given stay grey for ever.
const OURS: &[Item] = &[
    (CLOSE, "Close Window", "CmdOrCtrl+W"),
    (QUIT, "Quit", "CmdOrCtrl+Q"),
];

/// The menus of the window of this label.
pub(crate) fn of_window(app: &AppHandle, label: &str) -> tauri::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(app).item(&file(app, label)?);
    #[cfg(target_os = "macos")]
    {
        menu = menu.item(&edit(app)?);
    }
    for (title, items) in [("Offer", OFFER), ("Go", GO), ("View", VIEW), ("Help", HELP)] {
        let groups = groups_in(label, items);
        if !groups.is_empty() {
            let part = with_groups(SubmenuBuilder::new(app, title), app, label, &groups)?;
            menu = menu.item(&part.build()?);
        }
    }
    menu.build()
}

fn file(app: &AppHandle, label: &str) -> tauri::Result<Submenu<Wry>> {
    let groups = groups_in(label, FILE);
    let mut file = with_groups(SubmenuBuilder::new(app, "File"), app, label, &groups)?;
    if !groups.is_empty() {
        file = file.separator();
    }
    #[cfg(target_os = "macos")]
    let file = file.close_window_with_text("Close Window").quit_with_text("Quit");
    #[cfg(not(target_os = "macos"))]
    let file = with_groups(file, app, label, &[OURS.to_vec()])?;
    file.build()
}

/// Elsewhere the page does this by itself; a Mac's keys reach it by way of the menu.
#[cfg(target_os = "macos")]
fn edit(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    let edit = SubmenuBuilder::new(app, "Edit").undo().redo().separator();
    edit.cut().copy().paste().select_all().build()
}

/// The items that work in this window, as the lines between them part them.
fn groups_in(label: &str, items: &[Item]) -> Vec<Vec<Item>> {
    let works = |name: &str| {
        windows::is_staffs(label) && (!windows::is_of_one_offer(label) || OF_ONE_OFFER.contains(&name))
    };
    items
        .split(|item| *item == LINE)
        .map(|group| group.iter().copied().filter(|(name, ..)| works(name)).collect())
        .filter(|group: &Vec<Item>| !group.is_empty())
        .collect()
}

fn with_groups<'a>(
    mut menu: SubmenuBuilder<'a, Wry, AppHandle>,
    app: &'a AppHandle,
    label: &str,
    groups: &[Vec<Item>],
) -> tauri::Result<SubmenuBuilder<'a, Wry, AppHandle>> {
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            menu = menu.separator();
        }
        for (name, words, keys) in group {
            let mut item = MenuItemBuilder::with_id(id(label, name), words).enabled(is_ours(name));
            if !keys.is_empty() {
                item = item.accelerator(keys);
            }
            menu = menu.item(&item.build(app)?);
        }
    }
    Ok(menu)
}

fn is_ours(name: &str) -> bool {
    OURS.iter().any(|(ours, ..)| *ours == name)
}

/// Every window hears of every menu, so each item says whose it is.
fn id(label: &str, name: &str) -> String {
    format!("{label}/{name}")
}

/// The other way; `None` for another window's item.
fn name_in<'a>(id: &'a str, label: &str) -> Option<&'a str> {
    id.strip_prefix(label)?.strip_prefix('/')
}

/// Enables the items of these names; the others are grey.
pub(crate) fn enable_only(window: &WebviewWindow, names: &[String]) -> Result<(), AppError> {
    try_enable_only(window, names).map_err(|error| {
        AppError::new(
            ErrorCode::Internal,
            format!("The menu could not be changed: {error}"),
        )
    })
}

fn try_enable_only(window: &WebviewWindow, names: &[String]) -> tauri::Result<()> {
    let Some(menu) = window.menu() else {
        return Ok(());
    };
    for part in menu.items()? {
        let MenuItemKind::Submenu(part) = part else {
            continue;
        };
        for item in part.items()? {
            // Lines, and what the system does by itself, are of other kinds.
            let MenuItemKind::MenuItem(item) = item else {
                continue;
            };
            if let Some(name) = name_in(item.id().as_ref(), window.label())
                && !is_ours(name)
            {
                let wanted = names.iter().any(|enabled| enabled == name);
                if item.is_enabled()? != wanted {
                    item.set_enabled(wanted)?;
                }
            }
        }
    }
    Ok(())
}

/// Does what was chosen, or tells the page, if it was from its own window's menu.
pub(crate) fn chosen(window: &Window, event: &MenuEvent) {
    let Some(name) = name_in(event.id().as_ref(), window.label()) else {
        return;
    };
    match name {
        CLOSE => {
            if let Err(error) = window.close() {
                tracing::error!(%error, "a window could not be closed from its menu");
            }
        }
        QUIT => windows::close_all(window.app_handle()),
        _ => tell(window, name),
    }
}

fn tell(window: &Window, name: &str) {
    if let Err(error) = MenuChosen(name.to_owned()).emit_to(window, window.label()) {
        tracing::error!(%error, "a window could not be told what was chosen from its menu");
    }
}
