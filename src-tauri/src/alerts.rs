//! Notifications of the system. The engine says what and when; here they are shown, and a click brings up a window with what it was about.
//!
//! `notify-rust` and not tauri's plugin, which is a layer over it that knows no clicks on the desktop.
//!
//! Absent: rules, but for one: who has a window of ours in front is not told of what happens in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use notify_rust::Notification;
use sync::alerts::Alert;
use tauri::AppHandle;

use crate::windows;

/// What may wait for a slow notification service; more of it would be noise.
const BACKLOG: usize = 16;
/// Notifications whose clicks are waited for at once. A service that never says that one is closed must not cost a thread for each.
const LISTENED_TO: usize = 8;
const PROGRAM: &str = "HotelMate Console";

/// Where alerts go to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Alerts(SyncSender<Alert>);

impl Alerts {
    /// Starts the thread that shows them: services may take their time to answer.
    pub(crate) fn start(app: AppHandle) -> std::io::Result<Self> {
        let (sender, alerts) = sync_channel(BACKLOG);
        std::thread::Builder::new()
            .name("alerts".to_owned())
            .spawn(move || show_all(&app, &alerts))?;
        Ok(Self(sender))
    }

    /// Shows one as soon as possible; does not block.
    pub(crate) fn show(&self, alert: Alert) {
        if self.0.try_send(alert).is_err() {
            tracing::warn!("the system's notifications are not taken in time");
        }
    }
}

fn show_all(app: &AppHandle, alerts: &Receiver<Alert>) {
    let listening = Arc::new(AtomicUsize::new(0));
    for alert in alerts {
        if alert.is_in_sight && windows::is_in_sight(app, &alert.opens) {
            tracing::debug!("not notified: a window shows it");
        } else if let Err(error) = show(app, alert, &listening) {
            // Not every desktop shows any. Nothing is lost: the windows show it all.
            tracing::warn!(%error, "the system shows no notifications");
        }
    }
}

fn show(app: &AppHandle, alert: Alert, listening: &Arc<AtomicUsize>) -> notify_rust::error::Result<()> {
    let mut notification = Notification::new();
    notification
        .appname(PROGRAM)
        .summary(&alert.summary)
        .body(&body(&alert.body));
    #[cfg(target_os = "linux")]
    notification
        .icon("hotelmate-console")
        .hint(notify_rust::Hint::DesktopEntry("hotelmate-console".to_owned()))
        .action("default", "Show");
    let shown = notification.show()?;
    tracing::debug!(opens = ?alert.opens, "notified");
    #[cfg(target_os = "linux")]
    listen(app, shown, alert, listening);
    #[cfg(not(target_os = "linux"))]
    let _ = (app, shown, listening);
    Ok(())
}

/// Services that take markup would take a user's `<` for it. Only the body may hold any.
#[cfg(target_os = "linux")]
fn body(text: &str) -> String {
    let takes_markup = notify_rust::get_capabilities()
        .is_ok_and(|capabilities| capabilities.iter().any(|capability| capability == "body-markup"));
    if takes_markup {
        escaped(text)
    } else {
        text.to_owned()
    }
}

#[cfg(not(target_os = "linux"))]
fn body(text: &str) -> String {
    text.to_owned()
}

#[cfg(target_os = "linux")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Waits for a click, on a thread of its own since that is how the library waits.
#[cfg(target_os = "linux")]
fn listen(
    app: &AppHandle,
    shown: notify_rust::NotificationHandle,
    alert: Alert,
    listening: &Arc<AtomicUsize>,
) {
    if listening.fetch_add(1, Ordering::Relaxed) >= LISTENED_TO {
        listening.fetch_sub(1, Ordering::Relaxed);
        return;
    }
    let (app, done) = (app.clone(), Arc::clone(listening));
    let thread = std::thread::Builder::new()
        .name("alert".to_owned())
        .spawn(move || {
            shown.wait_for_action(|action| {
                if action == "default" {
                    windows::bring_up(&app, &alert.opens);
                }
            });
            done.fetch_sub(1, Ordering::Relaxed);
        });
    if let Err(error) = thread {
        listening.fetch_sub(1, Ordering::Relaxed);
        tracing::warn!(%error, "clicks on a notification lead nowhere");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_hotel_wrote_is_no_markup() {
        assert_eq!(
            escaped("<b>Bed & Breakfast</b>"),
            "&lt;b&gt;Bed &amp; Breakfast&lt;/b&gt;"
        );
    }
}
