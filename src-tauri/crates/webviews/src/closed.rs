//! Web views that end with their windows.
//!
//! wry's handler of the page's messages holds the web view, which holds the manager of its page's scripts, which holds the handler: the web
//! view of a closed window stays, some 60 kB and a file handle. The handler is let go of with the window, and the rest follows.

use std::ptr;

use webkit2gtk::glib::gobject_ffi;
use webkit2gtk::glib::object::ObjectType;
use webkit2gtk::glib::prelude::*;
use webkit2gtk::glib::translate::IntoGlib;
use webkit2gtk::{UserContentManager, WebView, WebViewExt};

/// Lets go of this web view when its window closes. For web views that nobody uses after that.
pub fn end_with_window(webview: &WebView) {
    webview.connect_local("destroy", false, |values| {
        let webview: Option<WebView> = values.first().and_then(|value| value.get().ok());
        if let Some(manager) = webview.and_then(|webview| webview.user_content_manager()) {
            let_go_of_handlers(&manager);
        }
        None
    });
}

fn let_go_of_handlers(manager: &UserContentManager) {
    let object: *mut gobject_ffi::GObject = manager.as_ptr().cast();
    #[expect(
        unsafe_code,
        reason = "wry does not tell its handler's number, and without that there is no safe way"
    )]
    // SAFETY: `manager` holds a reference, so the object is alive, and its type has this signal; a handler that runs just now is kept by
    // GLib until it returns.
    unsafe {
        let signal =
            gobject_ffi::g_signal_lookup(c"script-message-received".as_ptr(), manager.type_().into_glib());
        loop {
            let handler = gobject_ffi::g_signal_handler_find(
                object,
                gobject_ffi::G_SIGNAL_MATCH_ID,
                signal,
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            );
            if handler == 0 {
                break;
            }
            gobject_ffi::g_signal_handler_disconnect(object, handler);
        }
    }
}
